"""Pages of 评价: the office's overview and lists, the second person's decisions, the member's own parts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import Verb, grants_for, staff_grant, visible
from members.evidence import file_form_page
from members.ids import as_uuid
from members.listing import listing
from members.models import Committee, Grant, Sector, Subject, User
from members.provenance import provenance_for
from members.recording import form_page
from scoring import cardpage
from scoring.appraisal_forms import AppraisalFilter, AppraisalListForm, OwnAppraisalForm
from scoring.appraising import Part, asked, may_hand_in, own_parts, parts
from scoring.compiled import compiled
from scoring.forms import DecideForm
from scoring.models import Appraisal, Assessment
from scoring.services.appraisals import Entered, decide_appraisals, part_of, reopen_appraisal, take_back
from scoring.services.basis import OPEN_STATES

State = Appraisal.State
SUBJECT = ("subject__seat__member", "subject__special_committee", "subject__group")
ORDER = ("-assessment__year", "subject__seat__number", "rule", "pk")
AT_ONCE = 2000  # that one button approves


@dataclass(frozen=True, slots=True)
class PartCount:
    """One part of a year: of how many it is asked, how many figures there are, how many of them wait."""

    part: Part
    asked: int
    there: int
    waiting: int

    @property
    def missing(self) -> int:
        return max(0, self.asked - self.there) if self.part.is_named else 0


# ---------------------------------------------------------------- the office
@login_required
@require_safe
def appraisals(request: HttpRequest) -> HttpResponse:
    """The years that ask for appraisals with what is there, and the figures themselves."""
    staff_grant(request.user, Verb.VIEW, Appraisal)
    rows = _rows(request.user).order_by(*ORDER)
    shown = listing(request, rows, AppraisalFilter(request.GET))
    waiting = _waiting(request.user, request.GET)
    theirs = set(waiting.filter(pk__in=[row.pk for row in shown.page]).values_list("pk", flat=True))
    context = {
        "listing": shown,
        "rows": [(row, _rule_name(row), row.pk in theirs) for row in shown.page],
        "years": list(_years(request.user)),
        "logging": visible(request.user, Assessment).exists() and _may_log(request.user),
        "waiting": waiting.count(),
        "at_once": AT_ONCE,
    }
    return render(request, "scoring/appraisals.html", context)


def _rows(user: User):
    return visible(user, Appraisal).select_related(*SUBJECT, "office", "assessment__ruleset", "entered_by")


def _rule_name(row: Appraisal) -> str:
    rules = compiled(row.assessment.ruleset).ruleset.rules
    return next((rule.name for rule in rules if rule.code == row.rule), row.rule)


def _waiting(user: User, query: QueryDict):
    """What the filter shows of what this person may decide as a second person."""
    rows = visible(user, Appraisal, Verb.VERIFY).filter(state=State.PROPOSED).exclude(entered_by=user)
    if user.member_id is not None:
        rows = rows.exclude(subject__seat__member=user.member_id)
    return AppraisalFilter(query).narrowed(rows)


def _years(user: User) -> Iterable[tuple[Assessment, list[PartCount]]]:
    """Open years whose rules ask for appraisals. One question more for each year, not for each part."""
    committees = Committee.objects.filter(pk__in=visible(user, Assessment).values("committee"))
    found = visible(user, Assessment).filter(committee__in=committees, state__in=OPEN_STATES)
    for assessment in found.exclude(state="draft").select_related("committee", "ruleset").order_by("-year", "pk"):
        if counted := _counted(assessment):
            yield assessment, counted


def _counted(assessment: Assessment) -> list[PartCount]:
    try:
        wanted = parts(assessment)
    except ValidationError:
        return []  # the page of the ruleset says why it cannot be used
    if not wanted:
        return []
    of_whom = asked(assessment, wanted)
    rows = Appraisal.objects.standing().filter(assessment=assessment).order_by().values("rule", "by")
    rows = rows.annotate(n=Count("subject", distinct=True), w=Count("pk", filter=Q(state=State.PROPOSED)))
    there = {(row["rule"], row["by"]): (row["n"], row["w"]) for row in rows}
    return [PartCount(part, len(of_whom[part]), *there.get((part.rule.code, part.by), (0, 0))) for part in wanted]


def _may_log(user: User) -> bool:
    try:
        grants_for(user, Verb.LOG, Appraisal)
    except Http404:
        return False
    return True


@login_required
@require_http_methods(["GET", "POST"])
@gzip_page
def appraisal_enter(request: HttpRequest) -> HttpResponse:
    """?of= the assessment's public id, ?rule= and ?by= the part, ?source= who gave it, ?sector= only these members."""
    grants_for(request.user, Verb.LOG, Appraisal)
    assessment = _assessment(request)
    asked_for = request.GET
    try:
        part = part_of(assessment, asked_for.get("rule", ""), asked_for.get("by", ""))
    except ValidationError as error:
        raise Http404 from error
    sector = asked_for.get("sector", "").replace("\0", "")[:40]

    def list_of(entered: Entered) -> str:
        messages.success(request, f"已保存：{entered.words}。由另一人复核后计入。")
        return f"{reverse('appraisals')}?{urlencode({'year': assessment.year, 'by': part.by})}"

    return file_form_page(
        request,
        lambda data, files: AppraisalListForm(
            data,
            files,
            user=request.user,
            assessment=assessment,
            part=part,
            source=asked_for.get("source", "").replace("\0", "").strip()[:60],
            sector=sector,
        ),
        back=reverse("appraisals"),
        then=list_of,
        template="scoring/appraisal_enter.html",
        assessment=assessment,
        part=part,
        sector=sector,
        sectors=visible(request.user, Sector).filter(committee=assessment.committee)
        if assessment.subject_kind == Subject.Kind.MEMBER
        else [],
    )


def _assessment(request: HttpRequest) -> Assessment:
    """Of a committee in which the user may enter appraisals."""
    committees = {grant.committee_id for grant in grants_for(request.user, Verb.LOG, Appraisal)}
    rows = visible(request.user, Assessment).filter(committee__in=committees).exclude(state=Assessment.State.DRAFT)
    rows = rows.select_related("committee", "ruleset")
    return get_object_or_404(rows, public_id=as_uuid(request.GET.get("of", "")))


@login_required
@require_safe
def appraisal(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = _rows(request.user).select_related("decided_by", "evidence", "committee")
    row = get_object_or_404(rows, public_id=public_id)
    is_mine = request.user.member_id is not None and row.subject.seat_id in _own_seats(request.user)
    is_second = not is_mine and visible(request.user, Appraisal, Verb.VERIFY).filter(pk=row.pk).exists()
    context = {
        "appraisal": row,
        "rule_name": _rule_name(row),
        "may_decide": is_second and row.state == State.PROPOSED and row.entered_by_id != request.user.pk,
        "may_reopen": is_second and row.state == State.APPROVED,
        "is_staff": not is_mine,
        "provenance": provenance_for(request.user, row),
    }
    return render(request, "scoring/appraisal.html", context)


def _own_seats(user: User) -> set[int]:
    return set(visible(user, Subject).filter(seat__member=user.member_id).values_list("seat_id", flat=True))


# ---------------------------------------------------------------- the second person
@login_required
@require_POST
def appraisals_decide(request: HttpRequest) -> HttpResponse:
    """``row``: public ids; or with ``everything`` the first AT_ONCE of all that the filter of ``query`` shows, ``count``
    of them before the cut."""
    grants = grants_for(request.user, Verb.VERIFY, Appraisal)
    query = QueryDict(request.POST.get("query", "")[:500])
    back = _back(request, query)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请点“同意”或“不同意”。")
        return redirect(back)
    rows = visible(request.user, Appraisal, Verb.VERIFY).select_related("assessment__committee", "committee")
    if request.POST.get("everything"):
        waiting = _waiting(request.user, query)
        if str(waiting.count()) != request.POST.get("count"):
            messages.error(request, "没有复核：您打开这一页之后，待复核的项目有变动。请看过现在的内容再办理。")
            return redirect(back)
        chosen = list(rows.filter(pk__in=waiting.values("pk")).order_by(*ORDER)[:AT_ONCE])
    else:
        chosen = list(rows.filter(public_id__in=[as_uuid(one) for one in request.POST.getlist("row")[:AT_ONCE]]))
    _decide(request, chosen, form.cleaned_data, grants)
    return redirect(back)


def _back(request: HttpRequest, query: QueryDict) -> str:
    if request.POST.get("page") == "one" and (asked_for := as_uuid(request.POST.get("row", ""))):
        return reverse("appraisal", args=[asked_for])
    return reverse("appraisals") + (f"?{query.urlencode()}" if query else "")


def _decide(request: HttpRequest, chosen: list[Appraisal], given: dict, grants: list[Grant]) -> None:
    is_approved = given["decision"] == "approve"
    try:
        for committee in dict.fromkeys(row.committee_id for row in chosen) or [None]:
            decided = decide_appraisals(
                user=request.user,
                appraisals=[row for row in chosen if row.committee_id == committee],
                is_approved=is_approved,
                reason=given["reason"],
                grant=next((one for one in grants if one.committee_id == committee), None),
            )
            messages.success(request, f"已{'同意' if is_approved else '退回'} {decided} 项评价。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


@login_required
@require_POST
def appraisal_reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Appraisal, Verb.VERIFY).select_related("committee")
    row = get_object_or_404(rows, public_id=public_id)
    try:
        reopen_appraisal(user=request.user, appraisal=row, reason=request.POST.get("reason", "")[:500])
        messages.success(request, "已撤回复核，现在待复核，不计分。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("appraisal", row.public_id)


# ---------------------------------------------------------------- the member
@login_required
@require_http_methods(["GET", "POST"])
def my_appraisals(request: HttpRequest) -> HttpResponse:
    """My own parts of the year of ?of=, otherwise of the newest that asks for any: to hand in, and handed in."""
    grants_for(request.user, Verb.REPORT, Appraisal)
    handed = visible(request.user, Appraisal, Verb.REPORT).filter(by="self").select_related("assessment__ruleset")
    context = {
        "handed": [
            (row, _rule_name(row), _may_take_back(request.user, row))
            for row in handed.order_by("-assessment__year", "rule")
        ]
    }
    found = _own_year(request, handed)
    if found is None:
        return render(request, "scoring/appraisals_mine.html", context)
    assessment, subject, wanted = found

    def page_of(rows: list[Appraisal]) -> str:
        messages.success(request, "自评已提交，机关复核后计入成绩单。")
        return reverse("my_appraisals")

    return form_page(
        request,
        lambda data: OwnAppraisalForm(data, user=request.user, assessment=assessment, subject=subject, parts=wanted),
        back=reverse("me"),
        then=page_of,
        template="scoring/appraisals_mine.html",
        assessment=assessment,
        **context,
    )


def _may_take_back(user: User, row: Appraisal) -> bool:
    is_own = row.office_id is None and row.entered_by_id == user.pk
    return is_own and row.state == State.PROPOSED and may_hand_in(row.assessment)


def _own_year(request: HttpRequest, handed) -> tuple[Assessment, Subject, list[Part]] | None:
    """The first open year with a part that is asked of me and not there yet."""
    own = visible(request.user, Subject, Verb.VIEW).filter(seat__member=request.user.member_id)
    years = visible(request.user, Assessment).filter(subject_kind=Subject.Kind.MEMBER).exclude(state="draft")
    if of := request.GET.get("of"):
        years = years.filter(public_id=as_uuid(of))
    years = years.select_related("committee", "ruleset").order_by("-year")
    for assessment in cardpage.covering([one for one in years if may_hand_in(one)], own):
        subject = cardpage.subject_in(assessment, own)
        there = set(handed.standing().filter(assessment=assessment).values_list("rule", flat=True))
        try:
            wanted = [part for part in own_parts(assessment, subject) if part.rule.code not in there]
        except ValidationError:
            continue  # a ruleset that cannot be used asks for nothing; the card says why
        if wanted:
            return assessment, subject, wanted
    return None


@login_required
@require_POST
def my_appraisal_take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = visible(request.user, Appraisal, Verb.REPORT).select_related("committee")
    row = get_object_or_404(rows, public_id=public_id)
    try:
        take_back(user=request.user, appraisal=row)
        messages.success(request, "已撤回，可以改了再提交。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("my_appraisals")
