"""The duty record (履职档案) and the look-back on a year. Rows come through members.access, for members and staff alike."""

import json

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from members.access import Verb, staff_grant, visible
from members.models import Member, Seat
from reports.answers import answer, not_printed
from reports.everything import everything
from reports.lookbacks import look_back
from reports.paper import MissingCharacters
from reports.printing import record_pdf
from reports.records import holder_of, sheet, year_rows
from scoring.models import ReportCard


# ---------------------------------------------------------------- one's own
@require_safe
@login_required
def my_record(request):
    """Every year and term of mine."""
    return _record(request, _own(request), None)


@require_safe
@login_required
def my_record_year(request, year):
    """One year as it is printed."""
    return _year(request, _own(request), None, year)


@require_safe
@login_required
def my_record_year_pdf(request, year):
    return _year_pdf(request, _own(request), year)


@require_safe
@login_required
def my_record_pdf(request):
    """All years in one file, the newest first."""
    return _whole_pdf(request, _own(request))


@require_safe
@login_required
def my_record_json(request):
    """Everything held about the signed-in member, for nobody else."""
    member = _member(request)
    text = json.dumps(everything(request.user, member), ensure_ascii=False, indent=1)
    return answer(text, f"{member.name}-全部数据.json")


@require_safe
@login_required
def my_year(request, year):
    """The look-back: still cards, printable."""
    holder = _own(request)
    assessment = _assessment(holder, year)
    context = {
        "assessment": assessment,
        "cards": look_back(holder, assessment),
        "others": [one for one in holder.assessments if one.year != year],
    }
    return render(request, "reports/look_back.html", context)


def _member(request):
    if request.user.member_id is None:
        raise Http404
    return get_object_or_404(visible(request.user, Member), pk=request.user.member_id)


def _own(request):
    return holder_of(request.user, _member(request))


# ---------------------------------------------------------------- others', for staff
@require_safe
@login_required
def record(request, public_id):
    """The same for those who may see other people's cards, from the seat's page."""
    seat = _seat(request, public_id)
    return _record(request, holder_of(request.user, seat.member), seat)


@require_safe
@login_required
def record_year(request, public_id, year):
    seat = _seat(request, public_id)
    return _year(request, holder_of(request.user, seat.member), seat, year)


@require_safe
@login_required
def record_year_pdf(request, public_id, year):
    return _year_pdf(request, holder_of(request.user, _seat(request, public_id).member), year)


@require_safe
@login_required
def record_pdf_of_all(request, public_id):
    return _whole_pdf(request, holder_of(request.user, _seat(request, public_id).member))


def _seat(request, public_id):
    staff_grant(request.user, Verb.VIEW, ReportCard)
    return get_object_or_404(visible(request.user, Seat).select_related("member"), public_id=public_id)


# ---------------------------------------------------------------- the same for both
def _record(request, holder, seat):
    context = {"member": holder.member, "seat": seat, "rows": year_rows(holder)}
    return render(request, "reports/record.html", context)


def _year(request, holder, seat, year):
    assessment = _assessment(holder, year)
    context = {"seat": seat, "assessment": assessment, "sheet": sheet(holder, assessment)}
    return render(request, "reports/record_year.html", context)


def _year_pdf(request, holder, year):
    return _pdf(request, holder, [_assessment(holder, year)], f"{holder.member.name}-履职成绩单-{year}.pdf")


def _whole_pdf(request, holder):
    if not holder.assessments:
        raise Http404
    return _pdf(request, holder, holder.assessments, f"{holder.member.name}-履职档案.pdf")


def _pdf(request, holder, assessments, name):
    try:
        made = record_pdf(holder.member, [sheet(holder, one) for one in assessments])
    except MissingCharacters as refusal:
        return not_printed(request, refusal)
    return answer(made, name)


def _assessment(holder, year):
    found = holder.of_year(year)
    if found is None:
        raise Http404
    return found
