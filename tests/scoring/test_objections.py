"""更正申请: raised, answered, decided by a third person, corrected, and told; and who has confirmed the year."""

import datetime
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from activities.services import change_contribution
from audit.actions import act
from audit.models import Action
from members.models import Notice
from members.services import grant_role
from scoring.confirmations import remind
from scoring.models import Assessment, Confirmation, Objection, ReportCard
from scoring.objections import (
    answer_objection,
    decide_objection,
    mark_corrected,
    pass_objection_on,
    raise_objection,
)
from scoring.services.runs import drive, refresh_stale, rescore
from tests.cast import make_account, make_cast, make_contribution, queries_of
from tests.papers import jpeg
from tests.scoring.year import YEAR, fresh, make_year

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime(2026, 11, 22, 9, tzinfo=datetime.UTC)


@pytest.fixture
def cast():
    """Three members: 10, 5 and 5 points of services; the ordinary one disputes one of his two."""
    with time_machine.travel(TODAY, tick=False):
        cast = make_cast()
        cast.year = make_year(0, place=cast.place)
        first, *_ = cast.place.offices
        cast.rows = [
            make_contribution(cast.place, cast.ordinary, office=first, title=title) for title in ("义诊", "植树")
        ]
        for seat in (cast.standing, cast.cosigner):
            make_contribution(cast.place, seat, office=first)
        drive(rescore(user=None, assessment=fresh(cast.year.assessment)))
        yield cast


def card_of(cast, seat=None):
    cards = ReportCard.objects.select_related("assessment__committee", "assessment__ruleset", "subject__seat")
    return cards.get(subject=(seat or cast.ordinary).subject)


def line_of(row):
    return f"service@public_service/{row.public_id}"


def disputed(cast, line=None, **changes):
    given = {"user": cast.ordinary_user, "card": card_of(cast), "text": "数量少记了一次", **changes}
    return raise_objection(line=line_of(cast.rows[0]) if line is None else line, **given)


def answered(cast, advice="correct", **changes):
    row = disputed(cast, **changes)
    answer_objection(user=cast.clerk, objection=row, advice=advice, answer="经核实，记录有误。")
    return row


def set_state(assessment, state, **columns):
    with act(user=None, verb="test"):
        for name, value in {"state": state, **columns}.items():
            setattr(assessment, name, value)
        assessment.save()


def refusal(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**arguments)
    return "".join(caught.value.messages)


def notices():
    return sorted(Notice.objects.values_list("user__username", "text"))


def correct(cast, row, quantity=3):
    """What the clerk does on the record's own page; the sweep comes by a moment later."""
    change_contribution(
        user=cast.clerk,
        contribution=row,
        kind=row.kind,
        title=row.title,
        happened_on=row.happened_on,
        quantity=quantity,
    )
    refresh_stale(assessment_id=cast.year.assessment.pk)


def whole_card(client):
    """One's card with the pages of all its parts."""
    shown = client.get("/me/").content.decode()
    parts = dict.fromkeys(re.findall(r'href="(/me/[0-9]+/[0-9]+/)"', shown))
    return "".join([shown, *(client.get(part).content.decode() for part in parts)])


# ---------------------------------------------------------------- the story
def test_objection_goes_to_the_office_that_logged_the_record(cast):
    row = disputed(cast)
    assert (row.office, row.rule, row.state, row.about) == (
        cast.place.offices[0],
        "service",
        "open",
        "义诊（2026年3月10日）：计 5 分，按第一条。",
    )
    left_out = disputed(cast, line="")
    assert (left_out.office, left_out.about, list(Objection.objects.unfinished().order_by("pk"))) == (
        None,
        "",
        [row, left_out],
    )


def test_correction_re_scores_and_tells_whose_place_moved_because_of_it(cast):
    """The standing member is ranked apart, so that only the co-signer's place can move."""
    row = disputed(cast, user=make_member(cast), card=card_of(cast, cast.cosigner), line=line_of_only(cast))
    answer_objection(user=cast.clerk, objection=row, advice="correct", answer="经核实，记录有误。")
    decide_objection(user=cast.chair_office, objection=row, is_accepted=True)
    assert (row.words, list(Objection.objects.unfinished())) == ("同意更正，正在改", [row])
    Notice.objects.all().delete()
    correct(cast, cast.cosigner.subject.contributions.get())
    row.refresh_from_db()
    assert (row.words, card_of(cast, cast.cosigner).total, card_of(cast, cast.cosigner).place) == ("已更正", 1500, 1)
    assert (card_of(cast).place, list(Objection.objects.unfinished())) == (2, [])
    assert notices() == [
        ("cosigner", "您申请的更正已经计入成绩单。"),
        ("ordinary", "2026 年度有一项更正已计入，您的名次随之变动，请查看成绩单。"),
    ]


@pytest.mark.sqlite
def test_record_that_brought_nothing_may_be_disputed_too(client, cast):
    row = make_contribution(
        cast.place, cast.ordinary, kind="research_report", title="调研", office=cast.place.offices[1]
    )
    drive(rescore(user=None, assessment=fresh(cast.year.assessment)))
    client.force_login(cast.ordinary_user)
    address = f"/me/objections/new/?of={cast.year.assessment.public_id}&line=@research_report/{row.public_id}"
    assert address.replace("&", "&amp;") in whole_card(client)
    client.post(address, {"text": "应当计分"})
    made = Objection.objects.get()
    assert (made.about, made.office, made.rule) == (
        "调研（2026年3月10日）：没有计分。",
        cast.place.offices[1],
        "",
    )
    assert "已不在成绩单上" in refusal(disputed, cast=cast, line=f"@research_report/{cast.rows[0].public_id}")


def make_member(cast):
    return make_account(cast.place, "cosigner", "member", seat=cast.cosigner)


def line_of_only(cast):
    return line_of(cast.cosigner.subject.contributions.get())


def test_correction_without_a_move_tells_nobody_else(cast):
    row = answered(cast)
    decide_objection(user=cast.chair_office, objection=row, is_accepted=True)
    Notice.objects.all().delete()
    # Another record of the same hour moves the others; it is not because of the correction.
    make_contribution(cast.place, cast.cosigner, quantity=5)
    correct(cast, cast.rows[0])
    assert notices() == [("ordinary", "您申请的更正已经计入成绩单。")]


def test_correction_made_before_the_decision_counts_when_it_is_decided(cast):
    row = answered(cast)
    correct(cast, cast.rows[0])
    decide_objection(user=cast.chair_office, objection=row, is_accepted=True)
    assert row.words == "已更正"


@pytest.mark.sqlite
def test_correction_that_changes_no_point_is_marked_by_hand(cast):
    row = answered(cast)
    decide_objection(user=cast.chair_office, objection=row, is_accepted=True)
    mark_corrected(user=cast.clerk, objection=row)
    assert (row.words, "已经改正" in refusal(mark_corrected, user=cast.clerk, objection=row)) == ("已更正", True)


@pytest.mark.sqlite
def test_every_act_is_on_record(cast):
    row = answered(cast)
    decide_objection(user=cast.chair_office, objection=row, is_accepted=False, reason="签到表上没有")
    verbs = row.history.order_by("history_id").values_list("action__verb", "action__user__username")
    assert list(verbs) == [
        ("提出更正申请", "ordinary"),
        ("答复更正申请", "clerk"),
        ("决定更正申请", "chair_office"),
    ]
    assert (row.words, Action.objects.filter(verb="决定更正申请").get().reason) == ("未更正", "签到表上没有")


# ---------------------------------------------------------------- states × verbs
def in_state(cast, state):
    if state == "open":
        return disputed(cast)
    row = answered(cast)
    if state in {"accepted", "corrected"}:
        decide_objection(user=cast.chair_office, objection=row, is_accepted=True)
    if state == "corrected":
        mark_corrected(user=cast.clerk, objection=row)
    if state == "refused":
        decide_objection(user=cast.chair_office, objection=row, is_accepted=False, reason="签到表上没有")
    return row


VERBS = {
    "answer": lambda cast, row: answer_objection(user=cast.clerk, objection=row, advice="keep", answer="没有错"),
    "pass_on": lambda cast, row: pass_objection_on(user=cast.clerk, objection=row, office=cast.place.offices[1]),
    "accept": lambda cast, row: decide_objection(user=cast.chair_office, objection=row, is_accepted=True),
    "correct": lambda cast, row: mark_corrected(user=cast.clerk, objection=row),
    "again": lambda cast, row: disputed(cast),
}
# What each verb makes of each state; "-" is refused.
STATES = """
          answer    pass_on  accept    correct   again
open      answered  open     -         -         -
answered  answered  -        accepted  -         -
accepted  -         -        -         accepted  -
corrected -         -        -         -         open
refused   -         -        -         -         open
"""


@pytest.mark.sqlite
@pytest.mark.parametrize("state", ["open", "answered", "accepted", "corrected", "refused"])
def test_states_and_verbs(cast, state):
    names, *lines = [line.split() for line in STATES.strip().splitlines()]
    expected = {line[0]: dict(zip(names, line[1:], strict=True)) for line in lines}[state]
    found = {}
    for name, verb in VERBS.items():
        row = in_state(cast, state)
        try:
            new = verb(cast, row)
            found[name] = (new or Objection.objects.get(pk=row.pk)).state
        except ValidationError:
            found[name] = "-"
        with act(user=None, verb="test"):
            Objection.objects.all().delete()
    assert found == expected


# ---------------------------------------------------------------- who may not
def test_whoever_is_concerned_decides_nothing(cast):
    row = answered(cast)
    both = make_account(cast.place, "both", "chair_office", seat=cast.cosigner)
    own = answered(cast, user=both, card=card_of(cast, cast.cosigner), line=line_of_only(cast))
    assert refusal(decide_objection, user=cast.clerk, objection=row, is_accepted=True).startswith("更正申请须由另一人")
    assert refusal(decide_objection, user=both, objection=own, is_accepted=True).startswith("这是您本人的履职")
    assert refusal(answer_objection, user=both, objection=own, advice="keep", answer="无误").startswith("这是您本人")
    writer = make_account(cast.place, "writer", "chair_office")
    with act(user=writer, verb="登记履职记录"):
        cast.rows[0].save()
    assert refusal(decide_objection, user=writer, objection=row, is_accepted=True).startswith("这条记录是您登记")
    assert "没有写理由" in refusal(decide_objection, user=cast.chair_office, objection=row, is_accepted=False)


# State of the year, last day of the window, what the page says ("" where the objection is taken).
DEADLINES = [
    ("recording", None, ""),
    ("member_check", datetime.date(2026, 11, 22), ""),
    ("member_check", datetime.date(2026, 11, 21), "核对期到 2026年11月21日为止，已经结束"),
    ("draft", None, "还没有开始"),
    ("approved", None, "成绩不再变动"),
    ("published", None, "成绩不再变动"),
]


@pytest.mark.sqlite
def test_deadline_and_closed_years_refuse_with_words(client, cast):
    client.force_login(cast.ordinary_user)
    address = f"/me/objections/new/?of={cast.year.assessment.public_id}"
    found = []
    for state, until, words in DEADLINES:
        set_state(cast.year.assessment, state, member_check_until=until)
        before = Objection.objects.count()
        page = client.post(address, {"text": "到会了"}, follow=True).content.decode()
        found.append(
            (state, until, words if words in page and Objection.objects.count() == before + (not words) else page)
        )
    assert found == DEADLINES


@pytest.mark.sqlite
def test_objection_to_another_members_card_is_not_there(client, cast):
    client.force_login(cast.stranger_member)
    address = f"/me/objections/new/?of={cast.year.assessment.public_id}"
    statuses = [client.get(address).status_code, client.post(address, {"text": "到会了"}).status_code]
    assert (statuses, client.get("/me/objections/new/?of=1").status_code) == ([404, 404], 404)
    assert "不是您本人" in refusal(disputed, cast=cast, user=cast.standing_user)


# ---------------------------------------------------------------- pages
@pytest.mark.sqlite
def test_pages_from_the_member_to_the_chair(client, cast, evidence_dir):
    client.force_login(cast.ordinary_user)
    link = f"/me/objections/new/?of={cast.year.assessment.public_id}&amp;line={line_of(cast.rows[0])}"
    assert link in whole_card(client)
    client.post(link.replace("&amp;", "&"), {"text": "少记一次", "evidence": SimpleUploadedFile("证书.jpg", jpeg())})
    row = Objection.objects.get()
    client.force_login(cast.clerk)
    assert client.get(f"/evidence/{row.evidence.public_id}/").status_code == 200
    page = client.get(f"/objections/{row.public_id}/").content.decode()
    assert [text in page for text in ("少记一次", f"/contributions/{cast.rows[0].public_id}/edit/")] == [True, True]
    client.post(f"/objections/{row.public_id}/answer/", {"sentence": "own_keep"})
    assert Objection.objects.get().state == "open"
    client.post(f"/objections/{row.public_id}/answer/", {"sentence": "as_recorded", "text": "见签到表。"})
    client.force_login(cast.chair_office)
    client.post(f"/objections/{row.public_id}/decide/", {"decision": "accept", "reason": "证书可信"})
    row.refresh_from_db()
    assert (row.state, row.answer, row.decision) == (
        "accepted",
        "经核实，记录与签到和会议材料一致。见签到表。",
        "证书可信",
    )
    client.force_login(cast.ordinary_user)
    assert "证书可信" in client.get("/me/objections/").content.decode()
    client.force_login(cast.standing_user)
    assert "少记一次" not in client.get("/me/objections/").content.decode()


@pytest.mark.sqlite
def test_figures_lead_to_lists_of_as_many(client, cast):
    refused = answered(cast, advice="keep")
    decide_objection(user=cast.chair_office, objection=refused, is_accepted=False)
    disputed(cast, line="")
    disputed(cast, line=line_of(cast.rows[1]))
    client.force_login(cast.chair_office)
    context = client.get("/objections/statistics/").context
    found = context["found"]
    counts = [*found.states, *found.offices, *found.rules]
    listed = {
        one.label: client.get(f"/objections/?year={YEAR}&{one.query}").context["listing"].page.paginator.count
        for one in counts
    }
    assert listed == {one.label: one.count for one in counts}
    assert (found.count, found.median_days, found.accepted_share) == (3, 0.0, 0)
    assert {one.label: one.count for one in found.rules} == {"公益 · 公益活动": 2, "漏记": 1}
    choices = client.get("/objections/").context["listing"].form.fields["part"].choices
    assert [name for _, name in choices] == ["全部", "漏记", "公益 · 公益活动"]


@pytest.mark.sqlite
@pytest.mark.parametrize("address", ["/objections/", "/objections/statistics/", "/confirmations/?show=all"])
def test_lists_take_the_same_queries_for_many(client, cast, address):
    disputed(cast)
    client.force_login(cast.chair_office)
    client.get(address)
    one = queries_of(client, address)
    for line in ("", "", line_of(cast.rows[1])):
        disputed(cast, line=line)
    disputed(cast, user=make_member(cast), card=card_of(cast, cast.cosigner), line="")
    assert queries_of(client, address) == one


@pytest.mark.sqlite
def test_workbench_counts_what_waits_for_each(client, cast):
    disputed(cast)
    answered(cast, line="")
    waiting = {}
    for user in (cast.clerk, cast.other_clerk, cast.chair_office):
        client.force_login(user)
        page = client.get("/").content.decode()
        waiting[user.username] = [f"/objections/?state={state}" in page for state in ("open", "answered")]
    assert waiting == {"clerk": [True, False], "other_clerk": [False, False], "chair_office": [True, True]}


@pytest.mark.sqlite
def test_own_objection_is_no_work_of_a_clerk_elsewhere(client, cast):
    row = disputed(cast)
    grant_role(
        user=None,
        account=cast.ordinary_user,
        role="clerk",
        committee=cast.sibling.committee,
        from_on=datetime.date(2026, 1, 1),
    )
    client.force_login(cast.ordinary_user)
    assert client.get(f"/objections/{row.public_id}/").status_code == 404
    assert client.get("/objections/").context["listing"].page.paginator.count == 0


# ---------------------------------------------------------------- 我已核对
@pytest.fixture
def checking(cast):
    set_state(cast.year.assessment, Assessment.State.MEMBER_CHECK, member_check_until=datetime.date(2026, 11, 30))
    return cast


def confirm(client, cast, seen=None):
    sent = {"of": cast.year.assessment.public_id, "seen": seen or card_of(cast).digest}
    return client.post("/me/confirmation/", sent, follow=True).content.decode()


def test_member_confirms_what_he_saw_and_may_still_object(client, checking):
    client.force_login(checking.ordinary_user)
    assert "成绩单有更新" in confirm(client, checking, seen="0" * 64)
    assert Confirmation.objects.count() == 0
    confirm(client, checking)
    confirm(client, checking)
    row = Confirmation.objects.get()
    assert (row.subject, row.digest, row.total) == (checking.ordinary.subject, card_of(checking).digest, 1000)
    assert list(row.history.values_list("action__user__username", flat=True)) == ["ordinary"]
    assert disputed(checking).state == "open"


@pytest.mark.sqlite
def test_confirming_outside_the_window_is_refused_with_words(client, cast):
    client.force_login(cast.ordinary_user)
    found = []
    for state, until in (("data_check", None), ("approved", None), ("member_check", datetime.date(2026, 11, 21))):
        set_state(cast.year.assessment, state, member_check_until=until)
        found.append("没有确认：" in confirm(client, cast))
    assert (found, Confirmation.objects.count()) == ([True, True, True], 0)


def test_reminders_reach_those_who_have_not_confirmed_once_a_day(client, checking):
    client.force_login(checking.ordinary_user)
    confirm(client, checking)
    assert remind(user=checking.whole_clerk, assessment=checking.year.assessment) == (1, 1)
    assert remind(user=checking.whole_clerk, assessment=checking.year.assessment) == (0, 1)
    assert [name for name, _ in notices()] == ["standing"]
    client.force_login(checking.whole_clerk)
    rows = client.get("/confirmations/").context["rows"]
    assert {str(card.subject.seat.member.name): row and row.reminders for card, row in rows} == {
        "欧阳文松": 1,
        "何珺": None,
    }


@pytest.mark.sqlite
def test_chair_sets_the_last_day(client, cast):
    client.force_login(cast.chair_office)
    sent = {"of": cast.year.assessment.public_id, "until": "2026-11-30"}
    client.post("/confirmations/until/", sent)
    assert fresh(cast.year.assessment).member_check_until == datetime.date(2026, 11, 30)
    page = client.post("/confirmations/until/", {**sent, "until": "2026-11-01"}, follow=True).content.decode()
    assert "已经过去" in page
