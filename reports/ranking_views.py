"""报表中心: each year's prints, and its ranking as a file. For the chair's office alone."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.access import Verb, staff_grant, visible
from members.models import Subject
from reports.answers import answer
from reports.centre import part_of
from reports.paper import MissingCharacters
from reports.rankings import ranking
from reports.tables import ranking_csv, ranking_docx, ranking_pdf, ranking_xlsx
from scoring.models import Assessment

FORMATS = {
    "pdf": (ranking_pdf, "application/pdf"),
    "docx": (ranking_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (ranking_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (ranking_csv, "text/csv; charset=utf-8"),
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


def _file(request, year, ending):
    """?of= names the kind of subject, members without it."""
    kind = request.GET.get("of", Subject.Kind.MEMBER)
    assessment = next((one for one in _assessments(request) if (one.year, one.subject_kind) == (year, kind)), None)
    if assessment is None:
        raise Http404
    make, media_type = FORMATS[ending]
    found = ranking(request.user, assessment)
    try:
        made = make(found)
    except MissingCharacters as refusal:
        return render(request, "reports/not_printed.html", {"message": str(refusal)}, status=409)
    return answer(made, media_type, f"{found.title}.{ending}", as_attachment=ending != "pdf")
