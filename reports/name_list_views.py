"""名单: any group of a year, chosen in the address. For the chair's office alone, the order by score with it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.answers import answer, not_printed
from reports.name_lists import EVERYBODY, Group, NameList, groups, name_list
from reports.official_files import names_docx, names_pdf
from reports.paper import MissingCharacters
from reports.people import Order
from reports.years import source_for

LONGEST = 60


@require_safe
@login_required
def names(request: HttpRequest, year: int) -> HttpResponse:
    """Which group, in which order, under which title; and the list as it will be printed."""
    source = source_for(request.user, year)
    found = groups(source)
    group, order, title = _asked(request, found)
    kinds: dict[str, list[Group]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    context = {
        "assessment": source.assessment,
        "edition": source.edition,
        "kinds": list(kinds.items()),
        "group": group,
        "order": order,
        "orders": list(Order),
        "typed": title,
        "list": name_list(source, group, order, title) if group else None,
        "query": request.GET.urlencode(),
    }
    return render(request, "reports/name_list.html", context)


@require_safe
@login_required
def names_pdf_file(request: HttpRequest, year: int) -> HttpResponse:
    return _file(request, year, names_pdf, "pdf")


@require_safe
@login_required
def names_docx_file(request: HttpRequest, year: int) -> HttpResponse:
    return _file(request, year, names_docx, "docx")


def _file(request: HttpRequest, year: int, make: Any, ending: str) -> HttpResponse:
    source = source_for(request.user, year)
    group, order, title = _asked(request, groups(source))
    if group is None:
        message = f"没有生成文件：{year} 年度还没有成绩单，名单里没有人。计算出成绩单后再打印。"
        return not_printed(request, message)
    found: NameList = name_list(source, group, order, title)
    try:
        made = make(found.name, found.names, found.foot, found.at)
    except MissingCharacters as refusal:
        return not_printed(request, refusal)
    return answer(made, f"{found.name}.{ending}")


def _asked(request: HttpRequest, found: list[Group]) -> tuple[Group | None, Order, str]:
    """The group of the address, the honour list without one, everybody when there is none; None for an empty year.

    Http404 for a group that the year has not.
    """
    code = request.GET.get("group", "")
    order = request.GET.get("order", "")
    title = request.GET.get("title", "").replace("\0", "").strip()[:LONGEST]
    first = next((one for one in found if one.code.startswith("honour-")), next(iter(found), None))
    group = next((one for one in found if one.code == code), None) if code else first
    if code and group is None and code != EVERYBODY:
        raise Http404
    return group, Order(order) if order in set(Order) else Order.SURNAME, title
