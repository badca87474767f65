"""Report cards, the office's list of members, rankings, rulesets in words, runs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from members.access import Verb, committees_beyond_own, may, may_beyond_own, staff_grant, visible
from members.models import GroupMembership, Member, Post, Seat, Sector, SpecialCommittee, Subject
from members.position import position_note
from members.provenance import provenance_for
from scoring import cardpage, editions, own_rules, roster
from scoring.compiled import TamperedRuleset, compiled
from scoring.engine.schema import RulesetError
from scoring.engine.words import in_words
from scoring.models import Assessment, EditionCard, Rehearsal, ReportCard, Ruleset, Run
from scoring.progress import is_worker_alive, progress_of
from scoring.services.assessments import rescore as ask_for_run

PAGE_SIZE = 50
REFRESH_SECONDS = 3


# ---------------------------------------------------------------- report cards
@require_safe
@login_required
@gzip_page
def me(request, year=None):
    """A member's own card: of the year asked for, otherwise the newest. Compressed, so that it weighs under 30 KB."""
    if request.user.member_id is None:
        raise Http404
    own = visible(request.user, Subject).filter(seat__member=request.user.member_id)
    assessments = _assessments_of(request.user, own)
    if year is None and not assessments:
        return render(request, "scoring/me_empty.html")
    assessment = assessments[0] if year is None else _of_year(assessments, year)
    return _card(request, assessment, cardpage.subject_in(assessment, own), assessments, is_own=True)


@require_safe
@login_required
@gzip_page
def my_part(request, year, part):
    """A part of a member's own card with its rules and records; ``part`` is its number on the card."""
    if request.user.member_id is None:
        raise Http404
    own = visible(request.user, Subject).filter(seat__member=request.user.member_id)
    assessment = _of_year(_assessments_of(request.user, own), year)
    return _part(request, assessment, cardpage.subject_in(assessment, own), part, is_own=True)


@require_safe
@login_required
def card(request, year, public_id):
    """The same page for those who may see other people's cards; ``public_id`` is the subject's."""
    staff_grant(request.user, Verb.VIEW, ReportCard)
    subject = get_object_or_404(visible(request.user, Subject), public_id=public_id)
    subjects = visible(request.user, Subject).filter(pk=subject.pk)
    assessments = _assessments_of(request.user, subjects)
    assessment = _of_year(assessments, year)
    return _card(request, assessment, cardpage.subject_in(assessment, subjects), assessments, is_own=False)


@require_safe
@login_required
@gzip_page
def card_part(request, year, public_id, part):
    """The same part for those who may see other people's cards."""
    staff_grant(request.user, Verb.VIEW, ReportCard)
    subject = get_object_or_404(visible(request.user, Subject), public_id=public_id)
    subjects = visible(request.user, Subject).filter(pk=subject.pk)
    assessment = _of_year(_assessments_of(request.user, subjects), year)
    return _part(request, assessment, cardpage.subject_in(assessment, subjects), part, is_own=False)


def _part(request, assessment, subject, number, *, is_own):
    page = cardpage.card_page(request.user, assessment, subject)
    part = page.view.by_number.get(number) if page.view else None
    if part is None:
        raise Http404
    context = {"page": page, "part": part, "assessment": assessment, "subject": subject, "is_own": is_own}
    return render(request, "scoring/card_records.html", context)


def _card(request, assessment, subject, assessments, *, is_own):
    page = cardpage.card_page(request.user, assessment, subject)
    context = {"page": page, "assessment": assessment, "subject": subject, "is_own": is_own, "assessments": assessments}
    return render(request, "scoring/card.html", context)


def _assessments_of(user, subjects):
    """Assessments the user may see in which one of the subjects is scored, newest first. Drafts only for staff."""
    found = _without_drafts(visible(user, Assessment), user).select_related("committee", "ruleset").order_by("-year")
    return cardpage.covering(found, subjects)


def _without_drafts(found, user):
    """Drafts only of committees whose cards the user may see."""
    ours = committees_beyond_own(user, Verb.VIEW, ReportCard)
    return found.exclude(~Q(committee__in=ours), state="draft")


def _of_year(assessments, year):
    for assessment in assessments:
        if assessment.year == year:
            return assessment
    raise Http404


# ---------------------------------------------------------------- lists
@require_safe
@login_required
def cards(request):
    """The committee's members with their scores."""
    committee = staff_grant(request.user, Verb.VIEW, Seat).committee
    chosen = _chosen_assessment(request, committee) if may(request.user, Verb.VIEW, ReportCard) else (None, [])
    assessment, assessments = chosen
    asked = roster.Asked.read(request.GET)
    seats = roster.listed(visible(request.user, Seat).filter(committee=committee), assessment, asked)
    page = Paginator(seats, PAGE_SIZE).get_page(request.GET.get("page"))
    if edition := editions.current(assessment) if assessment else None:
        ids = [seat.subject.pk for seat in page]
        cards_by_subject = editions.by_subject(visible(request.user, EditionCard), edition, ids)
    else:
        cards_by_subject = roster.cards_of(visible(request.user, ReportCard), assessment, page)
    context = {
        "committee": committee,
        "assessment": assessment,
        "assessments": assessments,
        "asked": asked,
        "sectors": roster.sectors(visible(request.user, Sector).filter(committee=committee)),
        "specials": visible(request.user, SpecialCommittee).filter(committee=committee),
        "page": page,
        "rows": [(seat, cards_by_subject.get(seat.subject.pk)) for seat in page],
        "may_add": may_beyond_own(request.user, Verb.LOG, Seat),
    }
    return render(request, "scoring/cards.html", context)


def _chosen_assessment(request, committee):
    """(the assessment of ?year= or the newest or None, all of the committee's)."""
    kind = Subject.Kind.MEMBER
    found = visible(request.user, Assessment).filter(committee=committee, subject_kind=kind).order_by("-year")
    assessments = list(found)
    year = request.GET.get("year", "")
    if not year:
        return (assessments[0] if assessments else None), assessments
    return _of_year(
        assessments, int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    ), assessments


@require_safe
@login_required
def seat(request, public_id):
    """One member's seat: who it is, and the cards of each year."""
    staff_grant(request.user, Verb.VIEW, Seat)
    found = get_object_or_404(
        visible(request.user, Seat)
        .select_related("member", "sector", "term", "special_committee", "second_special_committee", "subject")
        .prefetch_related("posts", "group_memberships__group"),
        public_id=public_id,
    )
    own_cards = visible(request.user, ReportCard).filter(subject=found.subject).select_related("assessment")
    cards = {card.assessment: card for card in own_cards.defer("document", "standing")}
    cards |= editions.by_assessment(visible(request.user, EditionCard), found.subject)
    context = {
        "seat": found,
        "cards": sorted(((one.year, card) for one, card in cards.items()), key=lambda row: -row[0]),
        "may_see_cards": may(request.user, Verb.VIEW, ReportCard),
        "position_note": position_note(found.member),
        "may_change": visible(request.user, Member, Verb.LOG).filter(pk=found.member_id).exists(),
        "provenance": provenance_for(
            request.user, found, (Post, "seat"), (GroupMembership, "seat"), beside=[found.member]
        ),
    }
    return render(request, "scoring/seat.html", context)


def _by_year_and_kind(assessment):
    """Newest first, members before committees and groups."""
    return -assessment.year, list(Subject.Kind).index(assessment.subject_kind)


# ---------------------------------------------------------------- rulesets
def _rulesets(user):
    """Members see what holds or held, not drafts."""
    return _without_drafts(visible(user, Ruleset), user).select_related("committee")


@require_safe
@login_required
@gzip_page
def rulesets(request):
    if not may(request.user, Verb.VIEW, Ruleset):
        raise Http404
    found = sorted(_rulesets(request.user), key=lambda row: (*_by_year_and_kind(row), -row.version))
    if own_rules.is_only_member(request.user) and (own := own_rules.own_rules(found, request.user)):
        return render(request, "scoring/own_rules.html", own)
    context = {
        "rulesets": found,
        "may_see_rehearsals": may_beyond_own(request.user, Verb.VIEW, Rehearsal),
        "drafting": committees_beyond_own(request.user, Verb.LOG, Ruleset),
        "rehearsed": set(visible(request.user, Rehearsal).values_list("ruleset_id", flat=True)),
    }
    return render(request, "scoring/rulesets.html", context)


@require_safe
@login_required
@gzip_page
def ruleset(request, public_id):
    found = get_object_or_404(_rulesets(request.user), public_id=public_id)
    try:
        words, problems = in_words(compiled(found).ruleset), []
    except RulesetError as error:
        words, problems = None, error.problems
    except TamperedRuleset as error:
        words, problems = None, [str(error)]
    context = {"ruleset": found, "words": words, "problems": problems, "parts": own_rules.parts(words) if words else []}
    startable = visible(request.user, Ruleset, Verb.APPROVE).without_assessment()
    context["may_start"] = bool(words) and startable.filter(pk=found.pk).exists()
    context["may_rehearse"] = bool(words) and visible(request.user, Ruleset, Verb.RESCORE).filter(pk=found.pk).exists()
    return render(request, "scoring/ruleset.html", context)


# ---------------------------------------------------------------- runs
@require_safe
@login_required
def runs(request):
    staff_grant(request.user, Verb.VIEW, Run)
    found = visible(request.user, Run).select_related("assessment__committee", "asked_by")
    assessments = visible(request.user, Assessment, Verb.RESCORE).select_related("committee")
    context = {
        "runs": found.annotate(done=Sum("chunks__done", default=0))[:PAGE_SIZE],
        "assessments": sorted(assessments, key=_by_year_and_kind),
        "is_worker_alive": is_worker_alive(),
    }
    return render(request, "scoring/runs.html", context)


@require_safe
@login_required
def run(request, public_id):
    staff_grant(request.user, Verb.VIEW, Run)
    found = get_object_or_404(
        visible(request.user, Run).select_related("assessment__committee", "asked_by"), public_id=public_id
    )
    shown = progress_of(found)
    context = {
        "run": found,
        "progress": shown,
        "may_see_people": may_beyond_own(request.user, Verb.VIEW, ReportCard),
        "can_rescore": visible(request.user, Assessment, Verb.RESCORE).filter(pk=found.assessment_id).exists(),
    }
    response = render(request, "scoring/run.html", context)
    if shown.is_open:
        # The page reloads itself, without a script, as long as there is something to wait for.
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


@require_POST
@login_required
def rescore(request, public_id):
    """Ask for a run: rows only, the sweep rings for it."""
    assessment = get_object_or_404(visible(request.user, Assessment, Verb.RESCORE), public_id=public_id)
    try:
        asked = ask_for_run(user=request.user, assessment=assessment)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("runs")
    messages.success(request, "已安排重新计算，本页会自动刷新。")
    return redirect("run", asked.public_id)
