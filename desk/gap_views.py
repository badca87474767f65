"""What is missing or there twice, each row with its mend; and the reasons why some of it stays."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from activities.models import Activity
from desk import signoffs
from desk.doubles import DOUBLES
from desk.gaps import MISSING, Gap, Section, sections, year_of
from desk.models import SignOff
from members.access import Verb, grants_for, may_beyond_own, staff_grant, visible
from members.models import User

SHOWN = 50  # rows of one kind on the page
YEARS_BACK = 3


def gap_sections(user: User, year: int) -> list[Section]:
    return sections(user, year, [*MISSING, *DOUBLES])


@login_required
@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    staff_grant(request.user, Verb.VIEW, Activity)
    year = year_of(request.GET.get("year"))
    found = gap_sections(request.user, year)
    may_write = may_beyond_own(request.user, Verb.LOG, SignOff)
    this_year = timezone.localdate().year
    context = {
        "year": year,
        "years": range(this_year, this_year - YEARS_BACK, -1),
        "sections": found,
        "shown": SHOWN,
        "open_count": sum(len(section.open) for section in found),
        "mine": {gap.key for gap in _open(found) if may_write and signoffs.may_sign_off(request.user, gap)},
        "reopenable": signoffs.reopenable(request.user) if may_write else set(),
    }
    return render(request, "desk/gaps.html", context)


@login_required
@require_POST
def gap_sign_off(request: HttpRequest) -> HttpResponse:
    grants_for(request.user, Verb.LOG, SignOff)
    year = year_of(request.POST.get("year"))
    key = request.POST.get("key", "")
    gap = next((gap for gap in _open(gap_sections(request.user, year)) if gap.key == key), None)
    if gap is None:
        messages.error(request, "没有保存：这一项已经不在列表里，可能刚刚补好了。请看刷新后的列表。")
    else:
        try:
            signoffs.sign_off(user=request.user, gap=gap, reason=request.POST.get("reason", ""))
            messages.success(request, f"已写明理由：{gap.title}。")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect(f"{reverse('gaps')}?year={year}")


@login_required
@require_POST
def gap_reopen(request: HttpRequest) -> HttpResponse:
    grants_for(request.user, Verb.LOG, SignOff)
    year = year_of(request.POST.get("year"))
    rows = visible(request.user, SignOff, Verb.LOG).select_related("committee")
    row = get_object_or_404(rows, key=request.POST.get("key", ""))
    signoffs.reopen(user=request.user, row=row)
    messages.success(request, "已撤销说明，这一项回到列表里。")
    return redirect(f"{reverse('gaps')}?year={year}")


def _open(found: list[Section]) -> Iterator[Gap]:
    return (gap for section in found for gap in section.open)
