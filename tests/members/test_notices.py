"""Notices: who is told of what and how often, the inbox, and that nothing personal is in them."""

import ast
import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.services import (
    ask_leave,
    decide_contribution,
    decide_leave,
    invite,
    withdraw_contribution,
)
from audit.actions import act
from members.models import Notice
from members.notices import notify, tell
from opinions.drafts import save_draft as write_report
from opinions.outcomes import record_adoption
from opinions.services import issue_report
from proposals.drafts import change_draft, save_draft, submit_proposal
from proposals.evaluations import record_evaluation
from proposals.examination import decide_proposal
from proposals.undertakings import record_reply, record_undertaking
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from tests.cast import (
    DAY,
    make_activity,
    make_attendance,
    make_cast,
    make_contribution,
    make_report,
    make_seat,
    queries_of,
)
from tests.conftest import ROOT

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
TOMORROW = timezone.localdate() + datetime.timedelta(days=1)


@pytest.fixture
def cast():
    return make_cast()


def told(user):
    """[(text, where it leads)], oldest first; and forgotten, so that each step shows its own."""
    found = list(Notice.objects.filter(user=user).order_by("pk").values_list("text", "url"))
    Notice.objects.all().delete()
    return found


# ---------------------------------------------------------------- telling
def test_notice_goes_with_the_act_that_failed(cast):
    def fail():
        with act(user=None, verb="核实"):
            tell([cast.ordinary], cast.place.committee, "您有一条记录已核实。")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not Notice.objects.exists()


def test_telling_takes_the_same_queries_for_thirty_as_for_one(cast, django_assert_num_queries):
    seats = [cast.ordinary, cast.standing, *(make_seat(cast.place, f"冯示例{n}") for n in range(28))]
    for some in (seats[:1], seats):
        with django_assert_num_queries(2):
            tell(some, cast.place.committee, f"{len(some)}")
    assert Notice.objects.count() == 3


def test_who_acts_and_who_left_is_not_told(cast):
    cast.standing_user.is_active = False
    cast.standing_user.save()
    seats = [cast.ordinary, cast.standing, cast.cosigner, None, cast.stranger_seat]
    tell(seats, cast.place.committee, "有会议请您参加。", but=cast.ordinary_user)
    assert not Notice.objects.exists()


# ---------------------------------------------------------------- who is told
def test_member_is_told_of_what_becomes_of_his_records(cast):
    place, user, seat = cast.place, cast.ordinary_user, cast.ordinary
    mine = {"user": cast.clerk}
    contributions = [make_contribution(place, seat, is_verified=False) for _ in range(2)]
    for contribution, is_verified in zip(contributions, (True, False), strict=True):
        decide_contribution(**mine, contribution=contribution, is_verified=is_verified, reason="照片不清楚")
    withdraw_contribution(**mine, contribution=contributions[0], reason="重复")
    assert told(user) == [
        ("您的一条申报已核实，请查看。", "/me/contributions/"),
        ("您的一条申报已退回，请查看原因。", "/me/contributions/"),
        ("您的一条履职记录已撤销，请查看原因。", "/me/contributions/"),
    ]
    meeting = make_activity(place, [seat], day=TOMORROW)
    open_day = make_activity(place, [seat], day=TOMORROW, kind="study", signup_until=TOMORROW)
    invite(user=cast.clerk, activity=open_day, seats=[cast.standing])
    assert told(user) == [
        ("有会议或活动请您参加，请查看。", "/me/activities/"),
        ("有活动开放报名，请查看。", "/me/activities/"),
    ]
    make_activity(place, [seat], day=DAY)  # entered after the fact: nobody can go there any more
    (leave,) = ask_leave(
        user=user, activity=meeting, seat=seat, sittings=meeting.sittings.all(), kind="sick", reason="手术", grant=None
    )
    decide_leave(user=cast.clerk, leave=leave, is_approved=True)
    assert told(user) == [("您的请假已批准，请查看。", "/me/activities/")]
    propose = {"committee": place.committee, "office": place.offices[0], "subject": seat.subject, "rule": "extra"}
    made = propose_adjustment(**mine, **propose, effect="veto", points=None, happened_on=DAY, reason="处分")
    decide_adjustment(user=cast.chair_office, adjustment=made, is_approved=True)
    assert told(user) == [("您的成绩单有一项人工加减分，请查看。", "/me/")]


def test_signers_are_told_of_a_proposal_at_each_turn(cast):
    lead, other = cast.ordinary_user, cast.standing_user
    words = {"title": "关于修路的提案", "text": "应当修路。"}
    proposal = save_draft(user=lead, lead=cast.ordinary, **words, cosigners=[cast.standing])
    assert told(other) == [("有一件提案请您联名，请查看后答复。", "/me/proposals/")]
    change_draft(user=lead, proposal=proposal, **words, cosigners=[cast.standing, cast.cosigner])
    assert told(other) == []
    submit_proposal(user=lead, proposal=proposal)
    decide_proposal(user=cast.clerk, proposal=proposal, state="filed", decided_on=timezone.localdate())
    address = reverse("proposal", args=[proposal.public_id])
    assert told(lead) == [("您的提案审查有了进展，请查看。", address)]
    handling = record_undertaking(user=cast.clerk, proposal=proposal, unit="示例县交通局")
    reply = {"replied_on": timezone.localdate(), "reply_class": "A", "reply_text": "已修。"}
    record_reply(user=cast.clerk, undertaking=handling, **reply)
    assert told(other) == [("您的提案有了答复，请查看并评议。", address)]
    handling.refresh_from_db()
    record_evaluation(
        user=lead, undertaking=handling, seat=cast.ordinary, satisfaction="satisfied", evaluated_on=timezone.localdate()
    )
    assert told(lead) == []


def test_writers_are_told_of_an_opinion_report(cast):
    report = write_report(
        user=cast.ordinary_user,
        lead=cast.ordinary,
        office=cast.place.offices[0],
        title="关于路灯的信息",
        cosigners=[cast.standing],
    )
    assert told(cast.standing_user) == [("有一篇社情民意信息请您联名，请查看后答复。", "/me/opinions/")]
    report = make_report(cast.place, [cast.ordinary], number="")
    issue_report(user=cast.clerk, report=report, number="7", issued_on=DAY)
    record_adoption(user=cast.clerk, report=report, level="city", organ="示例市政协", adopted_on=DAY)
    assert told(cast.ordinary_user) == [("您的社情民意信息有了进展，请查看。", "/me/opinions/")]


# ---------------------------------------------------------------- nothing personal
def texts_given():
    """[(file: line, expression)] of every text handed to notify and tell by the apps."""
    found = []
    for app in ("members", "activities", "proposals", "opinions", "scoring", "reports", "desk"):
        for path in (ROOT / app).rglob("*.py"):
            if path.name == "notices.py" and app == "members":
                continue
            source = path.read_text(encoding="utf-8")
            if "from members.notices import" not in source:
                continue
            tree = ast.parse(source)
            imported = {
                alias.asname or alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and node.module == "members.notices"
                for alias in node.names
            } & {"notify", "tell"}
            for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
                named = {}
                for node in ast.walk(function):
                    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                        named.setdefault(node.targets[0].id, []).append(node.value)
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in imported:
                        text = node.args[2]
                        texts = named.get(text.id, [text]) if isinstance(text, ast.Name) else [text]
                        found += [(f"{path.relative_to(ROOT)}:{node.lineno}", text) for text in texts]
    return found


def is_fixed(text):
    """A literal, one of two literals, or a literal with nothing but a date or an edition's number put in."""
    if isinstance(text, ast.IfExp):
        return is_fixed(text.body) and is_fixed(text.orelse)
    if isinstance(text, ast.JoinedStr):
        holes = [part for part in text.values if isinstance(part, ast.FormattedValue)]
        return all(ast.unparse(hole.value).rpartition(".")[2] in {"year", "month", "day", "number"} for hole in holes)
    return isinstance(text, ast.Constant) and isinstance(text.value, str)


def test_every_text_is_a_sentence_that_stands_in_the_code():
    given = texts_given()
    assert len(given) > 10
    assert [(where, ast.unparse(text)) for where, text in given if not is_fixed(text)] == []


# ---------------------------------------------------------------- the inbox
def test_inbox_shows_unread_first_and_reads_by_post(client, cast):
    client.force_login(cast.ordinary_user)
    for text in ("甲事", "乙事"):
        notify([cast.ordinary_user], cast.place.committee, text, "/me/activities/")
    first = Notice.objects.get(text="甲事")
    second = Notice.objects.get(text="乙事")
    response = client.post(reverse("notices"), {"notice": str(second.public_id)})
    assert (response.status_code, response.url) == (302, "/me/activities/")
    page = client.get(reverse("notices"))
    assert [notice.text for notice in page.context["page"]] == ["甲事", "乙事"]
    assert page.content.decode().count('1<span class="hidden"> 条未读</span>') > 0
    client.post(reverse("notices"), {"notice": "every"})
    first.refresh_from_db()
    assert first.read_at is not None
    assert "条未读" not in client.get(reverse("notices")).content.decode()


def test_inbox_holds_nobody_elses_notices(client, cast):
    notify([cast.standing_user, cast.clerk], cast.place.committee, "别人的事")
    client.force_login(cast.ordinary_user)
    assert "别人的事" not in client.get(reverse("notices")).content.decode()
    theirs = Notice.objects.get(user=cast.standing_user)
    for asked in (str(theirs.public_id), "1", ""):
        assert client.post(reverse("notices"), {"notice": asked}).status_code == 404
    client.post(reverse("notices"), {"notice": "every"})
    assert Notice.objects.unread().count() == 2
    client.force_login(cast.clerk)
    assert "别人的事" in client.get(reverse("notices")).content.decode()


def test_inbox_takes_the_same_queries_for_thirty_notices_as_for_one(client, cast):
    client.force_login(cast.ordinary_user)
    counts = []
    for many in (1, 30):
        for n in range(many):
            notify([cast.ordinary_user], cast.place.committee, f"第 {n} 件事")
        counts.append(queries_of(client, reverse("notices")))
    assert counts[0] == counts[1]


def test_page_counts_its_notices_with_one_query(client, cast, django_assert_num_queries):
    client.force_login(cast.ordinary_user)
    make_attendance(make_activity(cast.place, [cast.ordinary]), {cast.ordinary: "present"})
    with django_assert_num_queries(queries_of(client, reverse("my_proposals"))) as queries:
        client.get(reverse("my_proposals"))
    assert sum("members_notice" in query["sql"] for query in queries.captured_queries) == 1
