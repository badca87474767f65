"""报表中心: each year's prints, and its ranking as a file. For the chair's office alone."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from members.access import Verb, staff_grant, visible
from members.models import Subject
from reports.answers import answer, not_printed
from reports.centre import part_of
from reports.paper import MissingCharacters
from reports.ranked import choices, year_of
from reports.ranking_excel import ranking_xlsx
from reports.ranking_word import ranking_docx
from reports.rankings import FILTERS, PARTS, Asked, ranking, table
from reports.tables import ranking_csv, ranking_pdf
from scoring.models import Assessment

FORMATS = {
    "pdf": ranking_pdf,
    "docx": ranking_docx,
    "xlsx": ranking_xlsx,
    "csv": ranking_csv,
}


@require_safe
@login_required
def reports(request, year=None):
    """What can be printed of a year; of the newest when none is asked for."""
    assessments = _assessments(request)
    years = list(dict.fromkeys(one.year for one in assessments))
    if year is not None and year not in years:
        raise Http404
    chosen = year or next(iter(years), None)
    parts = [part_of(one) for one in assessments if one.year == chosen]
    return render(request, "reports/reports.html", {"year": chosen, "years": years, "parts": parts})


@require_safe
@login_required
def old_rankings(request, year=None):
    """The address that rankings had before."""
    found = _assessments(request)
    if not found:
        return redirect("reports")
    query = request.GET.urlencode()
    return redirect(reverse("ranking", args=[year or found[0].year]) + (f"?{query}" if query else ""))


@require_safe
@login_required
@gzip_page
def ranking_page(request, year):
    """The year's ranking, narrowed as the address says; the same filters for its prints."""
    assessments = _assessments(request)
    assessment = _asked_for(request, assessments, year)
    asked, found = Asked.read(request.GET), year_of(request.user, assessment)
    made = table(found, asked)
    context = {
        "assessment": assessment,
        "assessments": [one for one in assessments if one.year == year],
        "years": list(dict.fromkeys(one.year for one in assessments)),
        "year": found,
        "asked": asked,
        "ranking": made,
        "sections": [_shown(made, section) for section in made.sections],
        "filters": list(_filters(found, asked)),
        "ways": [(name, label) for name, label in PARTS.items() if choices(found.entries, name)],
        "bands": found.rules.ruleset.rank.bands,
        "query": asked.query(assessment.subject_kind),
    }
    return render(request, "reports/ranking.html", context)


def _shown(ranking, section):
    """(section, names and kinds of its columns, [(row, [(kind, text), …]), …]): the columns that paper has, too."""
    places = ranking.printed(section)
    columns = [ranking.columns[n] for n in places]
    return section, columns, [(row, [(ranking.columns[n].kind, row.cells[n]) for n in places]) for row in section.rows]


def _filters(year, asked):
    """(name, label, chosen value, values) of those that can narrow; a value nobody has, any more, stays to be seen."""
    for name, label in FILTERS.items():
        values, chosen = choices(year.entries, name), getattr(asked, name)
        if chosen or len(values) > 1:
            yield name, label, chosen, [*values, *([chosen] if chosen and chosen not in values else [])]


@require_safe
@login_required
def ranking_pdf_file(request, year):
    return _file(request, year, "pdf")


@require_safe
@login_required
def ranking_docx_file(request, year):
    return _file(request, year, "docx")


@require_safe
@login_required
def ranking_xlsx_file(request, year):
    return _file(request, year, "xlsx")


@require_safe
@login_required
def ranking_csv_file(request, year):
    return _file(request, year, "csv")


def _assessments(request):
    """Of the committee whose places the user may see: newest first, members before committees and groups."""
    committee = staff_grant(request.user, Verb.RANK, Assessment).committee
    found = visible(request.user, Assessment, Verb.RANK).filter(committee=committee)
    kinds = list(Subject.Kind)
    return sorted(
        found.select_related("committee", "ruleset"), key=lambda one: (-one.year, kinds.index(one.subject_kind))
    )


def _asked_for(request, assessments, year):
    """?of= names the kind of subject, members without it."""
    kind = request.GET.get("of", Subject.Kind.MEMBER)
    found = next((one for one in assessments if (one.year, one.subject_kind) == (year, kind)), None)
    if found is None:
        raise Http404
    return found


def _file(request, year, ending):
    assessment = _asked_for(request, _assessments(request), year)
    found = ranking(request.user, assessment, Asked.read(request.GET))
    try:
        made = FORMATS[ending](found)
    except MissingCharacters as refusal:
        return not_printed(request, refusal)
    return answer(made, f"{found.title}{found.subtitle}.{ending}")
