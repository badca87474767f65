"""统计: a year's records counted as they are, and what its points come from. Rows come through members.access alone."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.access import Verb, may_beyond_own, staff_grant, visible
from members.listing import ROWS_A_PAGE, YEARS, listing
from members.models import Subject
from proposals.models import Proposal
from reports.answers import answer
from reports.statistics import attendance, people, shares
from reports.statistics.files import statistics_csv, statistics_xlsx
from reports.statistics.pages import BY_CODE, PAGES, Page
from reports.statistics.tables import Table
from reports.statistics.years import Year
from scoring.models import Assessment


def page_view(code: str) -> Callable[..., HttpResponse]:
    """The view of a page that is its tables alone."""
    page = BY_CODE[code]

    @require_safe
    @login_required
    def statistics_page(request: HttpRequest, year: int) -> HttpResponse:
        asked = _year(request, page, year)
        return render(request, "reports/statistics.html", _context(request, page, asked, page.make(asked)))

    return statistics_page


@require_safe
@login_required
def statistics_shares(request: HttpRequest, year: int) -> HttpResponse:
    """Where the points come from; ?who=1 with source, part or rule lists whose they are.

    The most stands first for those who may see places.
    """
    page = BY_CODE["shares"]
    asked = _year(request, page, year)
    found = shares.cards(asked)
    context = _context(request, page, asked, shares.tables(asked, found) if found else [])
    context["basis"] = found.basis if found else ""
    if found and "who" in request.GET:
        chosen = {name: request.GET.get(name, "") for name in ("source", "part", "rule")}
        owners = shares.who(found, **chosen)
        if not may_beyond_own(request.user, Verb.RANK, Assessment):
            owners = _by_strokes(asked, owners)
        context |= {"people": _people(request, owners), "points": sum(points for _, points in owners)}
        context["chosen"] = _in_words(found, **chosen)
    return render(request, "reports/statistics_shares.html", context)


def _by_strokes(year, owners):
    """The same in an order that tells nobody's place."""
    rows = visible(year.user, Subject).filter(public_id__in=[public_id for public_id, _ in owners])
    rows = rows.order_by("seat__member__stroke_key", "pk").values_list("public_id", flat=True)
    points = dict(owners)
    return [(public_id, points[public_id]) for public_id in rows]


def _people(request, owners):
    """A page of [(subject, hundredths)], the subjects as the user may see them."""
    page = Paginator(owners, ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = visible(request.user, Subject).filter(public_id__in=[public_id for public_id, _ in page])
    subjects = {one.public_id: one for one in rows.select_related("seat__member", "seat__sector")}
    page.object_list = [(subjects.get(public_id), points) for public_id, points in page]
    return page


def _in_words(found, *, source, part, rule):
    words = [shares.SOURCES.get(source, ""), found.parts.get(part, ""), found.rules.get(rule, "")]
    return " · ".join(word for word in words if word) or "全部得分"


@require_safe
@login_required
def statistics_people(request: HttpRequest, year: int) -> HttpResponse:
    """Who has nothing yet; ?without= lists them by name."""
    page = BY_CODE["people"]
    asked = _year(request, page, year)
    context = _context(request, page, asked, page.make(asked))
    code = request.GET.get("without", "anything")
    if code not in people.WANTED and code != people.EVERYBODY:
        raise Http404
    found = Paginator(people.wanted(asked, code), ROWS_A_PAGE).get_page(request.GET.get("page"))
    counts = people.cosigned(asked, list(found)) if code == "cosigned" else {}
    context |= {
        "page": found,
        "rows": [(seat, counts.get(seat.pk)) for seat in found],
        "code": code,
        "chosen": people.WANTED.get(code, "全体委员"),
    }
    return render(request, "reports/statistics_people.html", context)


@require_safe
@login_required
def statistics_attendance_records(request: HttpRequest, year: int) -> HttpResponse:
    """Everybody invited × every half-day: the list behind the figures of attendance."""
    page = BY_CODE["attendance"]
    asked = _year(request, page, year)
    found = listing(request, attendance.pairs(asked), attendance.PairFilter(request.GET))
    rows = [
        (pair, attendance.half_name(pair.half), attendance.WORDS[pair.outcome or attendance.UNKNOWN])
        for pair in found.page
    ]
    return render(request, "reports/statistics_attendance.html", {"listing": found, "rows": rows, "year": asked})


@require_safe
@login_required
def statistics_xlsx_file(request: HttpRequest, year: int) -> HttpResponse:
    """Every table the user may see, or those of the page that ?page= names."""
    name, tables = _exported(request, year)
    return answer(statistics_xlsx(tables, timezone.now()), f"{name}.xlsx")


@require_safe
@login_required
def statistics_csv_file(request: HttpRequest, year: int) -> HttpResponse:
    name, tables = _exported(request, year)
    return answer(statistics_csv(tables), f"{name}.csv")


def _exported(request, year):
    asked = _year(request, PAGES[0], year)
    code = request.GET.get("page", "")
    pages = [page for page in _open_to(request.user) if code in ("", page.code)]
    if not pages:
        raise Http404
    name = f"{asked.committee.short_name}{year}年度履职统计" + (f"-{pages[0].name}" if code else "")
    return name, [_dated(table, page, asked) for page in pages for table in page.make(asked) + page.more(asked)]


def _dated(table: Table, page: Page, year: Year) -> Table:
    """A file is read later, and by others: it says of when it is, and whose records it counts."""
    scope = f"；{year.scope_in_words}" if year.scope_in_words and page.code != "shares" else ""
    said = f"截至 {timezone.localtime():%Y-%m-%d %H:%M} 按现有记录算出{scope}。"
    return replace(table, notes=[*table.notes, said])


# ---------------------------------------------------------------- the same for all
def _year(request: HttpRequest, page: Page, number: int) -> Year:
    """Http404 for those who may not open the page, and for a year there cannot be."""
    grant = staff_grant(request.user, page.verb, Assessment if page.is_internal else Proposal)
    if not YEARS[0] < number < YEARS[1]:
        raise Http404
    return Year(request.user, grant.committee, number, timezone.localdate())


def _open_to(user) -> list[Page]:
    return [page for page in PAGES if not page.is_internal or may_beyond_own(user, Verb.RANK, Assessment)]


def _context(request, page, year, tables):
    return {"page_of": page, "pages": _open_to(request.user), "year": year, "tables": tables, "now": timezone.now()}
