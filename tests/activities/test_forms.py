"""The office's plain pages of meetings, attendance, leave and contributions, as browsers send them."""

import datetime
import html
import json
import re

import pytest

from activities.models import Activity, Attendance, Contribution, Leave
from activities.services import invite, record_attendance
from scoring.models import Fact
from tests.cast import DAY, make_activity, make_attendance, make_cast, make_contribution, make_seat, queries_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,
]  # what boxes take; what a database refuses is tried in tests/security


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def meeting(cast, **changes):
    """What the form of a new meeting sends."""
    return {
        "office": cast.place.offices[0].public_id,
        "kind": "standing_meeting",
        "name": "第一次常委会议",
        "starts_on": "2026-03-10",
        "pattern": "am",
        "scope": "all",
        **changes,
    }


def errors(response):
    return response.context["form"].errors


def test_meeting_of_everybody_invites_all_serving_seats(clerk, cast):
    make_seat(cast.place, "钱宁", left_on=datetime.date(2026, 1, 1))
    response = clerk.post("/activities/new/", meeting(cast))
    activity = Activity.objects.get()
    assert response["Location"] == f"/activities/sittings/{activity.sittings.get().public_id}/"
    assert {row.seat for row in activity.invitations.all()} == {cast.ordinary, cast.standing, cast.cosigner}


@pytest.mark.parametrize(
    ("scope", "listed", "names"),
    [
        ("standing", "", ["欧阳文松"]),
        ("sector", "", ["欧阳文松"]),
        ("special_committee", "", ["单志松"]),
        ("group", "", ["单志松"]),
        ([], "何珺、szs", ["何珺", "单志松"]),
        ("standing", "何　珺", ["何珺", "欧阳文松"]),
    ],
)
def test_meeting_invites_the_chosen_scope(clerk, cast, scope, listed, names):
    place = cast.place
    parts = {"sector": place.sectors[1], "special_committee": place.special_committees[0], "group": place.group}
    chosen = f"{scope}:{parts[scope].public_id}" if str(scope) in parts else scope
    clerk.post("/activities/new/", meeting(cast, scope=chosen, names=listed))
    invited = Activity.objects.get().invitations.values_list("seat__member__name", flat=True)
    assert sorted(invited) == sorted(names)


def test_meeting_of_four_days_has_eight_half_days(clerk, cast):
    clerk.post("/activities/new/", meeting(cast, kind="plenary", pattern="both", ends_on="3.13"))
    halves = [(str(row.held_on), row.half) for row in Activity.objects.get().sittings.all()]
    assert halves == [(f"2026-03-{day}", half) for day in (10, 11, 12, 13) for half in ("am", "pm")]


def test_meeting_of_irregular_half_days_follows_the_lines(clerk, cast):
    clerk.post("/activities/new/", meeting(cast, halves="2026-03-10 下午\n2026年3月12日上午"))
    activity = Activity.objects.get()
    assert [(str(row.held_on), row.half) for row in activity.sittings.all()] == [
        ("2026-03-10", "pm"),
        ("2026-03-12", "am"),
    ]
    assert str(activity.ends_on) == "2026-03-12"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "“名称”没有填，请填写。"),
        (
            {"starts_on": "2026-13-05"},
            "starts_on",
            "“开始日期”填的是“2026-13-05”，日历上没有这一天。请写成 2026-11-21 这样的日期。",
        ),
        (
            {"ends_on": "2026-03-09"},
            "ends_on",
            "“结束日期”是 2026-03-09，早于“开始日期”2026-03-10。结束日期不能早于开始日期，请改正其中一个日期。",
        ),
        ({"ends_on": "2062-03-10"}, "ends_on", "会期有 13150 天，最多 31 天。请核对日期。"),
        ({"scope": "sector:1"}, "scope", "“应到范围”选的不在可选范围内，请重新选择。"),
        ({"kind": "research", "scope": []}, "scope", "应到名单里一个人也没有，请勾选范围或填写名单。"),
        (
            {"scope": [], "names": "何珍"},
            "names",
            "“何珍”没有找到。请核对姓名，或改填委员编号、拼音首字母。",
        ),
    ],
)
def test_meeting_with_a_mistake_says_what_to_do_and_keeps_the_rest(clerk, cast, change, field, sentence):
    response = clerk.post("/activities/new/", meeting(cast, **change))
    assert errors(response) == {field: [sentence]}
    assert sentence in response.content.decode()
    assert response.context["form"]["kind"].value() == change.get("kind", "standing_meeting")
    assert Activity.objects.count() == 0


def test_namesakes_are_listed_with_sector_and_number(clerk, cast):
    make_seat(cast.place, "单志松", number="9001", sector=cast.place.sectors[1])
    response = clerk.post("/activities/new/", meeting(cast, scope=[], names="单志松"))
    number = cast.ordinary.number
    assert errors(response)["names"] == [
        f"“单志松”有 2 位：单志松（科学技术，编号 {number}）；单志松（农业，编号 9001）。请改填委员编号。"
    ]


def test_meeting_of_another_office_cannot_be_made_by_a_tampered_form(clerk, cast):
    response = clerk.post("/activities/new/", meeting(cast, office=cast.place.offices[1].public_id))
    assert errors(response) == {"office": ["“记录处室”选的不在可选范围内，请重新选择。"]}


def test_parts_of_another_committee_are_not_offered(clerk, cast):
    scopes = dict(clerk.get("/activities/new/").context["form"].fields["scope"].choices)
    assert scopes["界别"] == [(f"sector:{row.public_id}", row.name) for row in cast.place.sectors]
    response = clerk.post("/activities/new/", meeting(cast, scope=f"sector:{cast.sibling.sectors[0].public_id}"))
    assert errors(response) == {"scope": ["“应到范围”选的不在可选范围内，请重新选择。"]}


def test_seldom_needed_fields_are_folded_until_used(clerk, cast):
    folded = "<details open>\n        <summary>更多选项"
    assert folded not in clerk.get("/activities/new/").content.decode()
    response = clerk.post("/activities/new/", meeting(cast, name="", place="县会堂"))
    assert folded in response.content.decode()


def test_several_scopes_are_invited_together_once_each(clerk, cast):
    place = cast.place
    parts = [f"sector:{place.sectors[1].public_id}", f"special_committee:{place.special_committees[0].public_id}"]
    clerk.post("/activities/new/", meeting(cast, scope=["standing", *parts], names="szs"))
    assert expected(Activity.objects.get()) == ["单志松", "欧阳文松"]


def expected(activity):
    return sorted(activity.invitations.values_list("seat__member__name", flat=True))


@pytest.mark.parametrize(
    ("kind", "halves", "names", "is_mandatory"),
    [
        ("plenary", ["am", "pm"], ["何珺", "单志松", "欧阳文松"], True),
        ("standing_meeting", ["am", "pm"], ["欧阳文松"], True),
        ("other_activity", ["am"], ["何珺"], False),
    ],
)
def test_kind_fills_what_is_left_open(clerk, cast, kind, halves, names, is_mandatory):
    listed = "何珺" if kind == "other_activity" else ""
    clerk.post("/activities/new/", meeting(cast, kind=kind, pattern="", scope=[], names=listed))
    activity = Activity.objects.get()
    found = list(activity.sittings.values_list("half", flat=True))
    assert (found, expected(activity), activity.is_mandatory) == (halves, names, is_mandatory)


# ---------------------------------------------------------------- attendance
@pytest.fixture
def sitting(cast):
    return make_activity(cast.place, [cast.ordinary, cast.standing, cast.cosigner]).sittings.get()


def roll(response, changes=(), **fields):
    """What the page of a sitting sends: every select as shown, but for `changes` {seat: mark}."""
    form, changes = response.context["form"], dict(changes)
    data = {"shown": form["shown"].value(), "names_mark": "leave:personal", **fields}
    for row in form.rows:
        data[f"mark-{row.key}"] = changes.get(row.seat, row.mark)
        data[f"part-{row.key}"] = row.part
    return data


def sent_again(response):
    """What the page sends when it came back with errors and nothing is changed on it."""
    page, form = response.content.decode(), response.context["form"]
    shown = html.unescape(re.search(r'name="shown" value="([^"]*)"', page)[1])
    rows = form.shown_rows()
    data = {"shown": shown, "names_mark": "leave:personal", **{f"mark-{row.key}": row.mark for row in rows}}
    return data | {f"part-{row.key}": row.part for row in rows}


def outcomes(sitting):
    return {row.seat: (row.outcome, row.leave_kind) for row in sitting.attendances.all()}


def test_exceptions_by_name_and_the_rest_present(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    clerk.post(url, roll(clerk.get(url), names="hj", rest="present", is_complete="on"))
    assert outcomes(sitting) == {
        cast.cosigner: ("leave", "personal"),
        cast.ordinary: ("present", ""),
        cast.standing: ("present", ""),
    }
    sitting.refresh_from_db()
    assert sitting.is_complete is True


def test_who_is_not_marked_stays_unknown(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    clerk.post(url, roll(clerk.get(url), {cast.ordinary: "absent"}))
    assert outcomes(sitting) == {cast.ordinary: ("absent", "")}


def test_complete_is_refused_while_somebody_is_unknown(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    response = clerk.post(url, roll(clerk.get(url), {cast.ordinary: "absent", cast.standing: "late"}, is_complete="on"))
    assert errors(response) == {
        "is_complete": [f"还有 1 人未登记：{cast.cosigner}。请逐人标明，或把其余的人一并记为出席，再选“登记完毕”。"]
    }
    assert outcomes(sitting) == {}


def test_two_people_at_one_sitting_do_not_undo_one_another(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    seen_by_the_second = clerk.get(url)
    clerk.post(url, roll(clerk.get(url), {cast.ordinary: "absent"}))
    clerk.post(url, roll(seen_by_the_second, {cast.standing: "present"}))
    assert outcomes(sitting) == {cast.ordinary: ("absent", ""), cast.standing: ("present", "")}


def test_complete_is_not_taken_back_by_an_older_page(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    older = clerk.get(url)
    clerk.post(url, roll(clerk.get(url), rest="present", is_complete="on"))
    refused = clerk.post(url, roll(older, {cast.ordinary: "late"}))
    clerk.post(url, sent_again(refused))
    sitting.refresh_from_db()
    assert (sitting.is_complete, outcomes(sitting)[cast.ordinary]) == (True, ("late", ""))


def test_row_changed_by_another_is_refused_with_both_values(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    older = clerk.get(url)
    make_attendance(sitting.activity, {cast.ordinary: "absent"})
    refused = clerk.post(url, roll(older, {cast.ordinary: "leave:sick", cast.standing: "late"}))
    assert errors(refused)["__all__"] == [
        f"{cast.ordinary}：别人已改为“缺席”，您填的是“请假（病假）”，没有保存。请核对后再定。"
    ]
    assert outcomes(sitting) == {cast.ordinary: ("absent", "")}
    clerk.post(url, sent_again(refused))
    assert outcomes(sitting) == {cast.ordinary: ("leave", "sick"), cast.standing: ("late", "")}


def test_page_that_comes_back_for_a_name_still_knows_what_it_showed(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    older = clerk.get(url)
    make_attendance(sitting.activity, {cast.ordinary: "absent"})
    misspelt = clerk.post(url, roll(older, {cast.ordinary: "late"}, names="沈宁"))
    refused = clerk.post(url, sent_again(misspelt) | {"names": ""})
    assert "别人已改为“缺席”" in errors(refused)["__all__"][0]


def test_exceptions_of_the_half_day_before_are_taken_over(clerk, cast):
    halves = [(DAY, "am"), (DAY, "pm")]
    activity = make_activity(cast.place, [cast.ordinary, cast.standing, cast.cosigner], halves=halves)
    make_attendance(activity, {cast.ordinary: ("leave", "sick", ""), cast.standing: "absent", cast.cosigner: "late"})
    second = activity.sittings.last()
    record_attendance(user=None, sitting=second, marks={cast.standing.pk: "present"})
    url = f"/activities/sittings/{second.public_id}/"
    clerk.post(url, roll(clerk.get(url), carry="1"))
    assert outcomes(second) == {cast.ordinary: ("leave", "sick"), cast.standing: ("present", "")}


def test_tampered_mark_is_refused(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    response = clerk.post(url, roll(clerk.get(url), {cast.ordinary: "super"}))
    assert errors(response)["__all__"] == [f"{cast.ordinary}的出席情况“super”不在可选范围内，请重新选择。"]


def test_tampered_snapshot_only_means_that_all_rows_are_written(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    data = roll(clerk.get(url), {cast.ordinary: "absent"}) | {"shown": "[[[not json"}
    clerk.post(url, data)
    assert outcomes(sitting) == {cast.ordinary: ("absent", "")}


def test_stranger_named_in_the_box_is_an_error(clerk, cast, sitting):
    url = f"/activities/sittings/{sitting.public_id}/"
    response = clerk.post(url, roll(clerk.get(url), names="沈宁"))
    assert errors(response) == {"names": ["“沈宁”不在应到名单中。请核对姓名，或改填委员编号、拼音首字母。"]}


def test_member_sees_only_her_own_attendance(client, cast, sitting):
    make_attendance(sitting.activity, {cast.ordinary: "absent", cast.standing: "present"})
    client.force_login(cast.standing_user)
    page = client.get(f"/activities/sittings/{sitting.public_id}/").content.decode()
    assert ("欧阳文松" in page, "单志松" in page, "<select" in page) == (True, False, False)


def test_attendance_is_not_saved_by_those_who_only_see_it(client, cast, sitting):
    client.force_login(cast.chair_office)
    assert client.post(f"/activities/sittings/{sitting.public_id}/", {"rest": "present"}).status_code == 405
    assert Attendance.objects.count() == 0


# ---------------------------------------------------------------- leave
def test_leave_is_logged_then_approved_and_marks_the_sitting(clerk, cast, sitting):
    activity = sitting.activity
    clerk.post(f"/activities/{activity.public_id}/leave/", {"names": "单志松", "kind": "sick", "reason": "住院"})
    leave = Leave.objects.get()
    assert (leave.state, outcomes(sitting)) == ("applied", {})
    clerk.post(f"/leaves/{leave.public_id}/decide/", {"decision": "approve"})
    leave.refresh_from_db()
    assert (leave.state, leave.decided_by, outcomes(sitting)) == (
        "approved",
        cast.clerk,
        {cast.ordinary: ("leave", "sick")},
    )


def test_refused_leave_marks_nothing(clerk, cast, sitting):
    activity = sitting.activity
    clerk.post(f"/activities/{activity.public_id}/leave/", {"names": "单志松", "kind": "sick", "reason": "住院"})
    leave = Leave.objects.get()
    clerk.post(f"/leaves/{leave.public_id}/decide/", {"decision": "refuse", "reason": "人数不足"})
    leave.refresh_from_db()
    assert (leave.state, outcomes(sitting)) == ("refused", {})


def test_activity_is_changed_with_a_reason(clerk, cast):
    activity = make_activity(cast.place, [cast.ordinary])
    data = {"kind": "study", "name": "读书会", "is_mandatory": "on", "reason": "名称写错"}
    clerk.post(f"/activities/{activity.public_id}/edit/", data)
    activity.refresh_from_db()
    assert (activity.kind, activity.name) == ("study", "读书会")


# ---------------------------------------------------------------- contributions
def piece(cast, **changes):
    return {
        "office": cast.place.offices[0].public_id,
        "kind": cast.place.kinds["research_report"].public_id,
        "title_of_work": "关于水的调研报告",
        "happened_on": "2026-03-10",
        "names": "单志松、何珺",
        "level": "city",
        "quantity": "1",
        **changes,
    }


def test_contribution_of_several_people_is_logged_for_each(clerk, cast):
    clerk.post("/contributions/new/", piece(cast))
    rows = Contribution.objects.order_by("id")
    assert [(row.subject.seat, row.position, row.sharers, row.level, row.verified_by) for row in rows] == [
        (cast.ordinary, 1, 1, "city", cast.clerk),
        (cast.cosigner, 1, 1, "city", cast.clerk),
    ]


def test_shared_work_keeps_the_order_of_names(clerk, cast):
    clerk.post("/contributions/new/", piece(cast, names="何珺、单志松", is_shared="on"))
    rows = list(Contribution.objects.order_by("position"))
    assert [(row.subject.seat, row.position, row.sharers) for row in rows] == [
        (cast.cosigner, 1, 2),
        (cast.ordinary, 2, 2),
    ]
    assert rows[0].work == rows[1].work


def test_contribution_of_a_special_committee(clerk, cast):
    subject = cast.place.special_committees[0].subject
    clerk.post("/contributions/new/", piece(cast, names="", special_subject=subject.public_id))
    assert Contribution.objects.get().subject == subject


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"quantity": "两次"}, {"quantity": ["“数量”不是数字。请填大于 0 的数，例如 1 或 0.5。"]}),
        ({"quantity": "0"}, {"quantity": ["“数量”填的是“0”，应大于 0。请改正。"]}),
        ({"names": ""}, {"names": ["没有填是谁的履职。请填委员姓名，或选择专委会、活动组。"]}),
    ],
)
def test_contribution_with_a_mistake_says_what_to_do(clerk, cast, change, expected):
    assert errors(clerk.post("/contributions/new/", piece(cast, **change))) == expected


def test_contribution_typed_twice_is_refused(clerk, cast):
    clerk.post("/contributions/new/", piece(cast, names="何珺"))
    response = clerk.post("/contributions/new/", piece(cast, names="何珺"))
    assert errors(response)["title_of_work"] == [
        f"{cast.cosigner} 2026-03-10 的“关于水的调研报告”（调研报告）已登记过。如不是同一件，请改写事项名称。"
    ]
    assert Contribution.objects.count() == 1


def test_reported_contribution_is_confirmed_by_the_office(clerk, cast):
    row = make_contribution(cast.place, cast.ordinary, is_verified=False)
    clerk.post(f"/contributions/{row.public_id}/decide/", {"decision": "verify"})
    row.refresh_from_db()
    assert (row.state, row.verified_by) == ("verified", cast.clerk)


def test_contribution_logged_by_mistake_is_withdrawn_and_no_fact_any_more(clerk, cast):
    row = make_contribution(cast.place, cast.ordinary)
    assert Fact.objects.count() == 1
    clerk.post(f"/contributions/{row.public_id}/decide/", {"decision": "withdraw", "reason": "登记错了人"})
    row.refresh_from_db()
    assert (row.state, row.return_reason, Fact.objects.count()) == ("returned", "登记错了人", 0)


def test_returned_contribution_needs_a_reason(clerk, cast):
    row = make_contribution(cast.place, cast.ordinary, is_verified=False)
    clerk.post(f"/contributions/{row.public_id}/decide/", {"decision": "return", "reason": " "})
    row.refresh_from_db()
    assert row.state == "reported"


# ---------------------------------------------------------------- lists
PAGES = ["/activities/", "/contributions/", "{activity}", "{sitting}"]


@pytest.mark.parametrize("page", PAGES)
def test_page_takes_the_same_queries_for_three_rows_as_for_one(clerk, cast, page):
    activity = make_activity(cast.place, [cast.ordinary])
    make_attendance(activity, {cast.ordinary: "present"})
    make_contribution(cast.place, cast.ordinary)
    sitting = activity.sittings.first()
    url = page.format(
        activity=f"/activities/{activity.public_id}/", sitting=f"/activities/sittings/{sitting.public_id}/"
    )
    clerk.get(url)
    one = queries_of(clerk, url)
    invite(user=None, activity=activity, seats=[cast.standing, cast.cosigner])
    make_attendance(activity, {cast.standing: "late"})
    for seat in (cast.standing, cast.cosigner):
        make_activity(cast.place, [seat])
        make_contribution(cast.place, seat)
    assert queries_of(clerk, url) == one


def test_list_is_filtered_by_name_year_and_state(clerk, cast):
    make_activity(cast.place, [cast.ordinary], name="常委会议甲")
    old = make_activity(cast.place, [cast.ordinary], name="常委会议乙", day=datetime.date(2025, 3, 1))
    make_attendance(old, {cast.ordinary: "present"}, is_complete=True)

    def names(query):
        return [row.name for row in clerk.get(f"/activities/?{query}").context["listing"].page]

    assert names("q=甲") == ["常委会议甲"]
    assert names("year=2025") == ["常委会议乙"]
    assert names("state=open") == ["常委会议甲"]
    assert names("year=abc") == ["常委会议甲", "常委会议乙"]


# ---------------------------------------------------------------- who may
def addresses(cast):
    activity = make_activity(cast.place, [cast.ordinary])
    contribution = make_contribution(cast.place, cast.ordinary)
    sitting = activity.sittings.get()
    return {
        "see": [
            f"/activities/{activity.public_id}/",
            f"/activities/sittings/{sitting.public_id}/",
            f"/contributions/{contribution.public_id}/",
        ],
        "log": [
            "/activities/new/",
            "/contributions/new/",
            f"/activities/{activity.public_id}/edit/",
            f"/activities/{activity.public_id}/leave/",
        ],
    }


@pytest.mark.parametrize(
    ("who", "see", "log"),
    [
        ("clerk", 200, [200, 200, 200, 200]),
        ("whole_clerk", 200, [200, 200, 200, 200]),
        ("other_clerk", 404, [200, 200, 404, 404]),
        ("chair_office", 200, [404, 404, 404, 404]),
        ("ordinary_user", 200, [404, 404, 404, 404]),
        ("standing_user", 404, [404, 404, 404, 404]),
        ("stranger", 404, [200, 200, 404, 404]),
        ("system_admin", 404, [404, 404, 404, 404]),
        ("nobody", 404, [404, 404, 404, 404]),
        (None, 302, [302, 302, 302, 302]),
    ],
)
def test_pages_answer_each_of_the_cast(client, cast, who, see, log):
    urls = addresses(cast)
    if who:
        client.force_login(getattr(cast, who))
    assert [client.get(url).status_code for url in urls["see"]] == [see] * 3
    assert [client.get(url).status_code for url in urls["log"]] == log


def test_shown_marks_are_plain_json(clerk, cast, sitting):
    form = clerk.get(f"/activities/sittings/{sitting.public_id}/").context["form"]
    marks = {str(seat.public_id): ["", ""] for seat in (cast.ordinary, cast.standing, cast.cosigner)}
    assert json.loads(form["shown"].value()) == marks | {"complete": False}
