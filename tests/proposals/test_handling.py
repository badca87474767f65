"""办 → 督 → 评: units, replies, urging, evaluations, a second round, and what is counted of all that."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.due import due_counts
from proposals.handling import HANDLING
from proposals.models import Evaluation, HandlingSetting, Honour, Proposal, Undertaking, UndertakingUnit
from proposals.rates import percent, rates
from proposals.services import honour_proposal, record_evaluation, record_proposal, record_undertaking
from proposals.undertakings import Assignment, assign_units, hand_back, record_reply, reopen_undertaking, urge
from tests.cast import make_cast, make_proposal, queries_of

pytestmark = pytest.mark.django_db

Day = datetime.date
NOW = datetime.datetime(2026, 6, 10, 9, tzinfo=datetime.UTC)
TODAY = NOW.date()
FILED = Day(2026, 3, 10)


@pytest.fixture
def cast():
    return make_cast()


def sentences(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**{"user": None, **arguments})
    return caught.value.message_dict


def assigned(cast, proposal, *units, on=FILED, due=None):
    """The first of `units` is the main one."""
    roles = ["main"] + ["joint"] * (len(units) - 1)
    given = [Assignment(unit, role, due) for unit, role in zip(units, roles, strict=True)]
    return assign_units(user=cast.other_clerk, proposal=proposal, assignments=given, assigned_on=on)


def filed(cast, *seats, **fields):
    return make_proposal(cast.place, list(seats) or [cast.ordinary], filed_on=FILED, **fields)


def evaluated(row, seat, satisfaction, on=TODAY, **fields):
    return record_evaluation(
        user=None, undertaking=row, seat=seat, satisfaction=satisfaction, evaluated_on=on, **fields
    )


def waits(page):
    return {step.letter: step.waits for step in page.context["steps"] if step.waits}


# ---------------------------------------------------------------- the story
@pytest.mark.sqlite
@time_machine.travel(NOW, tick=False)
def test_proposal_is_assigned_urged_answered_evaluated_and_handled_again(client, cast):
    proposal = filed(cast, cast.ordinary, cast.cosigner)
    page, mine = f"/proposals/{proposal.public_id}/", f"/me/proposals/{proposal.public_id}/evaluation/"

    def office(path, **data):
        client.force_login(cast.other_clerk)
        answer = client.post(path, data)
        assert answer.status_code == 302, answer.context["form"].errors
        return client.get(page)

    def member(**data):
        client.force_login(cast.ordinary_user)
        return client.post(mine, data).status_code

    def of(unit, verb, number=1):
        return f"/proposals/undertakings/{Undertaking.objects.get(unit=unit, round=number).public_id}/{verb}/"

    client.force_login(cast.other_clerk)
    assert waits(client.get(page)) == {"办": ["等待交办主办单位"]}

    shown = office(
        f"{page}undertaking/", main="住建局", joint_1="水利局", joint_1_due="2026-06-20", assigned_on="2026-03-12"
    )
    assert waits(shown) == {
        "办": [
            "等待住建局（主办）答复，2026-06-10 前，今天到期",
            "等待水利局（会办）答复，2026-06-20 前，还有 10 天",
        ]
    }
    office(of("水利局", "hand-back"), handed_back_on="2026-04-01", reason="不属于本单位职责", to_unit="交通局")
    office(of("住建局", "urge"), urged_on="今天", note="电话催办", next_due_on="2026-06-25")
    assert member(satisfaction="satisfied") == 200  # nobody has replied yet
    office(of("交通局", "reply"), replied_on="2026-06-01", reply_class="A")
    shown = office(of("住建局", "reply"), replied_on="2026-06-08", reply_class="C", reply_text="明年再议")
    assert waits(shown) == {"评": ["等待单志松、何珺评议"]}
    assert member(satisfaction="dissatisfied") == 200  # without a word why
    assert member(satisfaction="dissatisfied", note="没有时间表") == 302
    shown = office(of("住建局", "reopen"), reopened_on="今天", reason="补充时间表", due_on="2026-07-10")
    assert waits(shown) == {"办": ["等待住建局（主办）答复，2026-07-10 前，还有 30 天"]}
    office(of("住建局", "reply", 2), replied_on="今天", reply_class="A", reply_text="年底完成")
    assert member(satisfaction="satisfied") == 302

    rows = Undertaking.objects.order_by("round", "pk").values_list("unit", "role", "round", "reply_class", "due_on")
    assert list(rows) == [
        ("住建局", "main", 1, "C", Day(2026, 6, 10)),
        ("水利局", "joint", 1, "", Day(2026, 6, 20)),
        ("交通局", "joint", 1, "A", Day(2026, 6, 30)),
        ("住建局", "main", 2, "A", Day(2026, 7, 10)),
    ]
    words = Evaluation.objects.order_by("pk").values_list("undertaking__round", "satisfaction", "source")
    assert list(words) == [(1, "dissatisfied", "self"), (2, "satisfied", "self")]
    shown = client.get(page)
    assert [event for step in shown.context["steps"] for event in step.events] == [
        (Day(2026, 3, 10), "提交"),
        (Day(2026, 3, 10), "立案"),
        (Day(2026, 3, 12), "交住建局主办"),
        (Day(2026, 3, 12), "交水利局会办"),
        (Day(2026, 4, 1), "水利局退办：不属于本单位职责"),
        (Day(2026, 4, 1), "交交通局会办（由水利局退办后改派）"),
        (Day(2026, 6, 1), "交通局答复，A 类"),
        (Day(2026, 6, 8), "住建局答复，C 类"),
        (TODAY, "交住建局主办，第 2 次办理（补充时间表）"),
        (TODAY, "住建局答复，A 类，第 2 次办理"),
        (TODAY, "催办住建局：电话催办，要求 2026-06-25 前答复"),
        (TODAY, "单志松评议不满意（本人填写）：没有时间表"),
        (TODAY, "单志松评议第 2 次办理，满意（本人填写）"),
    ]
    assert list(UndertakingUnit.objects.values_list("name", flat=True)) == ["住建局", "水利局", "交通局"]


# ---------------------------------------------------------------- units and replies
def test_units_with_a_mistake_are_refused(cast):
    proposal = filed(cast)
    give = {"proposal": proposal, "assigned_on": FILED}
    main, joint = Assignment("住建局", "main"), Assignment("水利局", "joint")
    early = [Assignment("住建局", "main", Day(2026, 3, 1))]
    draft = make_proposal(cast.place, [cast.ordinary], number="9", title="关于水的提案")
    assert [
        sentences(assign_units, **{**give, **one})
        for one in (
            {"proposal": draft, "assignments": [main]},
            {"assignments": []},
            {"assignments": [joint]},
            {"assignments": [main, main._replace(role="joint")]},
            {"assignments": [main, joint._replace(role="main")]},
            {"assignments": early},
            {"assignments": [main], "assigned_on": Day(2026, 3, 9)},
        )
    ] == [
        {"unit": ["提案“9 关于水的提案”是“已提交”，立案后才能交办。请先登记审查结果。"]},
        {"assignments": ["没有填承办单位，请至少填一个。"]},
        {"assignments": ["没有主办单位。每件提案要有一个主办单位，请填写。"]},
        {"assignments": ["“住建局”已是这件提案的承办单位，请只填一次。"]},
        {"assignments": ["主办单位有住建局、水利局，只能有一个。请把其余的填为会办，或先把原主办单位退办改派。"]},
        {
            "due_on": [
                "“办理期限”是 2026-03-01，早于“交办日期”2026-03-10。办理期限不能早于交办日期，请改正其中一个日期。"
            ]
        },
        {
            "assigned_on": [
                "“交办日期”是 2026-03-09，早于“审查日期”2026-03-10。交办日期不能早于审查日期，请改正其中一个日期。"
            ]
        },
    ]
    assert (Undertaking.objects.count(), UndertakingUnit.objects.count()) == (0, 0)


def test_what_is_over_is_not_done_again(cast):
    main, joint = assigned(cast, filed(cast), "住建局", "水利局")
    again = {"handed_back_on": TODAY, "reason": "不属职责"}
    hand_back(user=None, undertaking=joint, **again)
    record_reply(user=None, undertaking=main, replied_on=TODAY, reply_class="A")
    assert sentences(hand_back, undertaking=main, **again) == {
        "handed_back_on": ["住建局已于 2026-06-10 答复，不能再退办。"]
    }
    assert sentences(urge, undertaking=main, urged_on=TODAY, note="电话") == {
        "urged_on": ["住建局已于 2026-06-10 答复，不必催办。"]
    }
    assert sentences(record_reply, undertaking=joint, replied_on=TODAY, reply_class="A") == {
        "replied_on": ["水利局已于 2026-06-10 退办，请登记现在的承办单位。"]
    }
    assert sentences(record_reply, undertaking=main, replied_on=TODAY, reply_class="Z") == {
        "reply_class": ["“答复类别”填的是“Z”，应为A、B、C、D之一，请改选。"]
    }
    assert sentences(reopen_undertaking, undertaking=main, reopened_on=TODAY, reason="再办") == {
        "reopened_on": ["没有提案人对这次答复评议为“不满意”，不需要再次办理。"]
    }


# ---------------------------------------------------------------- evaluations
@pytest.mark.sqlite
@time_machine.travel(NOW, tick=False)
def test_confirmed_signers_evaluate_and_staff_do_not_write_over_them(client, cast):
    seats = [(cast.ordinary, "lead"), (cast.standing, "cosigner", False), (cast.cosigner, "cosigner")]
    proposal = record_proposal(
        user=None,
        committee=cast.place.committee,
        office=cast.place.offices[1],
        term=cast.place.term,
        year=2026,
        number="7",
        title="关于水的提案",
        way="joint",
        submitted_on=FILED,
        proposers=seats,
        state="filed",
        decided_on=FILED,
    )
    (row,) = assigned(cast, proposal, "住建局")
    record_reply(user=None, undertaking=row, replied_on=TODAY, reply_class="A")
    mine, paper = (
        f"/me/proposals/{proposal.public_id}/evaluation/",
        f"/proposals/undertakings/{row.public_id}/evaluation/",
    )

    client.force_login(cast.standing_user)  # has not confirmed his signature
    assert [client.get(mine).status_code, client.post(mine, {"satisfaction": "satisfied"}).status_code] == [404, 404]
    client.force_login(cast.ordinary_user)
    assert client.post(mine, {"satisfaction": "acceptable"}).status_code == 302
    client.force_login(cast.other_clerk)
    said = {"source": "paper", "satisfaction": "satisfied", "evaluated_on": "今天"}
    refused = client.post(paper, {**said, "seat": cast.ordinary.public_id})
    assert refused.context["form"].errors == {
        "seat": [f"{cast.ordinary}已在系统里本人评议，不能代为改动。请由本人修改。"]
    }
    unconfirmed = client.post(paper, {**said, "seat": cast.standing.public_id})
    assert unconfirmed.context["form"].errors == {"seat": ["“提案人”选的不在可选范围内，请重新选择。"]}
    assert client.post(paper, {**said, "seat": cast.cosigner.public_id}).status_code == 302
    found = Evaluation.objects.order_by("pk").values_list("seat__member__name", "satisfaction", "source")
    assert list(found) == [("单志松", "acceptable", "self"), ("何珺", "satisfied", "paper")]
    assert list(row.evaluations.get(source="paper").history.values_list("action__user__username", flat=True)) == [
        "other_clerk"
    ]


# ---------------------------------------------------------------- what is due
@time_machine.travel(NOW, tick=False)
def test_due_replies_are_listed_by_the_day_asked_for_last(client, cast):
    dues = {"逾期局": Day(2026, 5, 29), "今天局": TODAY, "下周局": Day(2026, 6, 17), "月底局": Day(2026, 7, 10)}
    rows = {unit: assigned(cast, filed(cast), unit, due=due)[0] for unit, due in dues.items()}
    (replied,) = assigned(cast, filed(cast), "已答局", due=TODAY)
    record_reply(user=None, undertaking=replied, replied_on=TODAY, reply_class="A")
    record_undertaking(user=None, proposal=filed(cast), unit="没有期限局")

    def units(found):
        return {row.unit for row in found}

    objects = Undertaking.objects
    assert units(objects.overdue(TODAY)) == {"逾期局"}
    assert [units(objects.due_within(TODAY, days)) for days in (0, 7, 30)] == [
        {"今天局"},
        {"今天局", "下周局"},
        {"今天局", "下周局", "月底局"},
    ]
    urge(user=None, undertaking=rows["逾期局"], urged_on=TODAY, note="发函", next_due_on=Day(2026, 6, 12))
    assert (units(objects.overdue(TODAY)), units(objects.due_within(TODAY, 3))) == (set(), {"今天局", "逾期局"})
    assert [(name, count) for _, name, count in due_counts(objects.waiting().with_term(), TODAY)] == [
        ("已逾期", 0),
        ("7 天内到期", 3),
        ("15 天内到期", 3),
        ("30 天内到期", 4),
        ("没有定期限", 1),
    ]
    client.force_login(cast.chair_office)
    pages = {query: client.get(f"/proposals/due/?{query}") for query in ("", "within=7&unit=局", "within=none")}
    assert [len(page.context["listing"].page) for page in pages.values()] == [5, 3, 1]
    assert "◆ 还有 2 天" in pages[""].content.decode()
    one = queries_of(client, "/proposals/due/")
    for number in range(3):
        assigned(cast, filed(cast), f"第{number}局")
    assert queries_of(client, "/proposals/due/") == one
    printed = client.get("/proposals/due/?rows=all")
    assert (len(printed.context["rows"]), printed.content.decode().count("▲ 逾期 2 天")) == (8, 3)
    with time_machine.travel(NOW + datetime.timedelta(days=12), tick=False):
        client.force_login(cast.chair_office)
        assert "▲ 逾期 12 天" in client.get("/proposals/due/?within=overdue").content.decode()


# ---------------------------------------------------------------- rates
def year(cast):
    """Nine proposals of 2026 as of 10 June; what they count is in the table of the test below."""
    lead, other = cast.ordinary, cast.standing  # of 科学技术 and of 农业
    make_proposal(cast.place, [lead])  # still to be examined
    refused = {"decided_on": FILED, "decision_reason": "不属职能"}
    make_proposal(cast.place, [lead], state="not_filed", **refused)
    make_proposal(cast.place, [lead], state="returned", **refused)
    filed(cast, lead)  # no unit yet
    waiting, past, timely, late = (
        assigned(cast, filed(cast, seat, cast.cosigner), unit, "财政局", due=due)[0]
        for seat, unit, due in (
            (lead, "住建局", Day(2026, 7, 1)),
            (lead, "住建局", Day(2026, 6, 9)),
            (other, "住建局", Day(2026, 6, 1)),
            (other, "水利局", Day(2026, 5, 1)),
        )
    )
    loose = record_undertaking(user=None, proposal=filed(cast, other), unit="水利局", replied_on=Day(2026, 5, 1))
    record_reply(user=None, undertaking=timely, replied_on=Day(2026, 6, 1), reply_class="A")
    record_reply(user=None, undertaking=late, replied_on=Day(2026, 5, 2), reply_class="B")
    record_reply(  # the joint unit's reply makes no proposal replied
        user=None, undertaking=waiting.proposal.undertakings.get(role="joint"), replied_on=TODAY, reply_class="A"
    )
    # An urging does not lengthen the term of the rates.
    urge(user=None, undertaking=past, urged_on=TODAY, note="电话", next_due_on=Day(2026, 7, 1))
    # The lead's word counts, not the co-signer's; of two rounds the later.
    evaluated(timely, cast.cosigner, "satisfied")
    evaluated(timely, other, "acceptable")
    evaluated(late, other, "dissatisfied")
    again = reopen_undertaking(user=None, undertaking=late, reopened_on=TODAY, reason="再办")
    record_reply(user=None, undertaking=again, replied_on=TODAY, reply_class="A")
    evaluated(again, cast.cosigner, "satisfied")
    return loose


@time_machine.travel(NOW, tick=False)
def test_rates_equal_a_count_by_hand(client, cast):
    year(cast)
    with CaptureQueriesContext(connection) as queries:
        found = rates(Proposal.objects.filter(year=2026), TODAY, {"year": 2026})
    assert len(queries) == 3

    def figures(cells):
        return [(cell.part, cell.whole, cell.percent) for cell in cells]

    assert figures(found.total) == [
        (6, 7, "85.7%"),  # filed of examined: not the one to be examined, not the returned one
        (3, 6, "50.0%"),  # replied of filed: timely, late and the one without a term
        (1, 3, "33.3%"),  # in time of timely, late and past; neither the waiting one nor the one without a term
        (2, 3, "66.7%"),
        (1, 2, "50.0%"),  # late's second round by a co-signer; timely's lead said acceptable
        (2, 2, "100.0%"),
    ]
    assert {line.name: figures(line.cells) for line in found.units} == {
        "住建局": [(1, 3, "33.3%"), (1, 2, "50.0%"), (1, 1, "100.0%"), (0, 1, "0.0%"), (1, 1, "100.0%")],
        "水利局": [(2, 2, "100.0%"), (0, 1, "0.0%"), (1, 2, "50.0%"), (1, 1, "100.0%"), (1, 1, "100.0%")],
    }
    assert {line.name: figures(line.cells)[:3] for line in found.sectors} == {
        "科学技术": [(3, 4, "75.0%"), (0, 3, "0.0%"), (0, 1, "0.0%")],
        "农业": [(3, 3, "100.0%"), (3, 3, "100.0%"), (1, 2, "50.0%")],
    }
    client.force_login(cast.chair_office)
    page = client.get("/proposals/rates/")  # this year's
    lines = [page.context["rates"].total, *(line.cells for line in found.units + found.sectors)]
    linked = [(cell.part, cell.part_url) for cells in lines for cell in cells]
    linked += [(cell.whole, cell.whole_url) for cell in found.total]
    lists = {url: client.get(url).context["listing"].page.paginator.count for _, url in linked}
    assert lists == {url: part for part, url in linked}
    assert (percent(1, 8), percent(1, 16), percent(0, 0)) == ("12.5%", "6.3%", "—")


@pytest.mark.sqlite
@time_machine.travel(NOW, tick=False)
def test_words_of_handling_in_lists_and_queries_of_the_rates(client, cast):
    year(cast)
    counts = Proposal.objects.counts(list(HANDLING), TODAY)
    assert counts == {word: Proposal.objects.handled(word, TODAY).count() for word in HANDLING}
    assert [counts[word] for word in ("unassigned", "waiting", "overdue", "again", "dissatisfied")] == [1, 2, 1, 1, 0]
    client.force_login(cast.chair_office)
    page = f"/proposals/rates/?term={cast.place.term.number}"
    one = queries_of(client, page)
    year(cast)
    assert queries_of(client, page) == one


# ---------------------------------------------------------------- what the office keeps; honours
@pytest.mark.sqlite
def test_office_keeps_the_term_the_classes_and_the_units(client, cast):
    assigned(cast, filed(cast), "住建局", "水利局")
    client.force_login(cast.other_clerk)
    shown = client.get("/proposals/handling/").context["form"].initial
    assert (shown["days"], shown["units"], shown["classes"].splitlines()[0]) == (
        90,
        "住建局\n水利局",
        "A 所提问题已经解决或采纳",
    )
    wrong = client.post("/proposals/handling/", {"days": "0", "classes": "A已解决", "units": ""})
    assert wrong.context["form"].errors == {
        "classes": ["“A已解决”不是“字母、空格、含义”，例如“A 所提问题已经解决”。字母最多两个，请改正。"]
    }
    data = {"days": "60", "classes": "A 解决\nE 不采纳", "units": "交通局\n住建局"}
    assert client.post("/proposals/handling/", data).status_code == 302
    assert HandlingSetting.objects.get().days_to_reply == 60
    units = UndertakingUnit.objects.order_by("name").values_list("name", "is_open", "position")
    assert {name: rest for name, *rest in units} == {"住建局": [True, 1], "水利局": [False, 1], "交通局": [True, 0]}
    (row,) = assigned(cast, filed(cast), "住建局")
    assert row.due_on == FILED + datetime.timedelta(days=60)
    assert record_reply(user=None, undertaking=row, replied_on=TODAY, reply_class="E").reply_class == "E"


@pytest.mark.sqlite
def test_honour_is_withdrawn_with_a_reason(client, cast):
    honour = honour_proposal(
        user=None, proposal=filed(cast), kind="key", decided_on=FILED, reason="主席会议", leading_chair="副主席"
    )
    client.force_login(cast.other_clerk)
    page = f"/proposals/honours/{honour.public_id}/withdraw/"
    assert client.post(page, {"reason": ""}).context["form"].errors == {"reason": ["“撤销理由”没有填，请填写。"]}
    client.post(page, {"reason": "登记错了"})
    assert (Honour.objects.count(), Honour.history.first().action.reason) == (0, "登记错了")
