"""Verbs on people: rows with their history under one action, keys of names, posts without gaps or overlaps."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from audit.actions import NoActionError, act
from audit.models import Action
from members.ids import natural_id
from members.models import Member, Office, Post, Seat
from members.names import stroke_key
from members.services import (
    add_group_membership,
    change_seat,
    end_group_membership,
    place_by_hand,
    seat_ids,
    set_post,
    set_posts,
)
from members.signals import announce, gathered
from members.telephone import decrypt, lookup_hash
from tests.cast import TERM_START, make_committee, make_seat

pytestmark = pytest.mark.django_db

MID = datetime.date(2024, 7, 1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def place():
    return make_committee()


def errors_of(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(user=None, **arguments)
    return caught.value.message_dict


def posts_of(seat):
    return [(post.code, post.from_on, post.to_on) for post in seat.posts.all()]


# ---------------------------------------------------------------- a new seat
def test_new_seat_has_person_post_and_subject_under_one_action(place):
    seat = make_seat(place, "单　志松", post="standing_member")
    rows = [seat, seat.member, seat.subject, seat.posts.get()]
    assert {row.history.get().action_id for row in rows} == {Action.objects.get(verb="新增委员").pk}
    assert posts_of(seat) == [("standing_member", TERM_START, None)]
    assert (seat.subject.kind, seat.subject.committee) == ("member", place.committee)


def test_name_is_spelled_once_and_read_and_ordered(place):
    member = make_seat(place, "单　志松").member
    assert (member.name, member.initials, member.full_pinyin, member.stroke_key) == (
        "单志松",
        "szs",
        "shanzhisong",
        stroke_key("单志松"),
    )


def test_telephone_is_stored_encrypted_and_found_by_its_hash(place):
    member = make_seat(place, telephone="139 0000 1234").member
    assert (decrypt(member.telephone_cipher), member.telephone_hash) == ("13900001234", lookup_hash("13900001234"))
    assert [row for row in Member.history.values_list() if "13900001234" in map(str, row)] == []


def test_posts_may_change_within_the_seat(place):
    posts = [("member", TERM_START, MID - DAY), ("standing_member", MID, None)]
    assert posts_of(make_seat(place, posts=posts)) == posts


def test_public_ids_follow_from_term_and_number_where_asked(place):
    seat = make_seat(place, number="0042", public_ids=seat_ids(place.committee, place.term, "0042"))
    assert [seat.public_id, seat.member.public_id, seat.subject.public_id] == [
        natural_id("yunhe", kind, "15", "0042") for kind in ("seat", "member", "subject")
    ]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "“姓名”没有填，请填写。"),
        ({"sex": "m"}, "sex", "“性别”填的是“m”，应为男、女之一，请改选。"),
        ({"unit": "长" * 101}, "unit", "“工作单位”有 101 个字，最多 100 个字，请缩短。"),
        (
            {"telephone": "12345"},
            "telephone",
            "电话“12345”不是有效号码：应为 11 位手机号，或带区号的座机号（如 0571-12345678）。",
        ),
        ({"post": "boss"}, "code", "“职务”填的是“boss”，应为主席、副主席、秘书长、常委、委员之一，请改选。"),
        (
            {"left_on": datetime.date(2021, 1, 1)},
            "left_on",
            "“任职结束”是 2021-01-01，早于“任职开始”2022-01-01。任职结束不能早于任职开始，请改正其中一个日期。",
        ),
        (
            {"posts": [("member", TERM_START, None), ("chair", MID, None)]},
            "posts",
            "张示例（0042）的“委员”和“主席”在 2024-07-01 重叠，同一天只能有一个职务，请改正起止日期。",
        ),
    ],
)
def test_wrong_seat_is_refused_whole(place, change, field, sentence):
    with pytest.raises(ValidationError) as caught:
        make_seat(place, **{"number": "0042", **change})
    assert caught.value.message_dict == {field: [sentence]}
    assert (Seat.objects.count(), Member.objects.count(), Action.objects.filter(verb="新增委员").count()) == (0, 0, 0)


def test_number_is_given_once_in_a_term(place):
    make_seat(place, "何珺", number="0042")
    with pytest.raises(ValidationError) as caught:
        make_seat(place, number="0042")
    assert caught.value.message_dict == {"number": ["委员编号“0042”已是何珺的编号，请改用别的编号。"]}


def test_sector_of_another_committee_is_refused(place):
    other = make_committee("linhe", name="邻河县政协")
    with pytest.raises(ValidationError) as caught:
        make_seat(place, sector=other.sectors[0])
    assert caught.value.message_dict == {"sector": ["“科学技术”不属于yunhe政协，请改选本委员会的。"]}


def test_tracked_row_does_not_change_outside_an_action(place):
    office = place.offices[0]
    office.name = "别的处室"
    with pytest.raises(NoActionError):
        office.save()
    assert Office.objects.get(pk=office.pk).name == "委员联络室"


# ---------------------------------------------------------------- changes
def test_change_keeps_who_before_after_and_why(place):
    seat = make_seat(place, unit="示例医院")
    change_seat(user=None, seat=seat, unit="示例中学", reason="工作调动")
    after, before = seat.history.order_by("-history_id")
    assert (before.unit, after.unit, after.action.reason) == ("示例医院", "示例中学", "工作调动")


def test_change_to_the_same_writes_nothing(place):
    seat = make_seat(place, unit="示例医院", telephone="13900001234")
    before = Action.objects.count()
    assert change_seat(user=None, seat=seat, unit="示例医院", name="张示例", telephone="139-0000-1234") is False
    assert Action.objects.count() == before


def test_corrected_name_is_read_and_ordered_anew(place):
    seat = make_seat(place, "单志松")
    change_seat(user=None, seat=seat, name="解淑云")
    member = Member.objects.get(pk=seat.member_id)
    assert (member.name, member.initials, member.stroke_key) == ("解淑云", "xsy", stroke_key("解淑云"))


def test_leaving_ends_the_post_and_drops_later_ones(place):
    seat = make_seat(place, posts=[("member", TERM_START, MID - DAY), ("standing_member", MID, None)])
    change_seat(user=None, seat=seat, left_on=datetime.date(2023, 6, 30))
    assert posts_of(seat) == [("member", TERM_START, datetime.date(2023, 6, 30))]


def test_unknown_field_is_a_programming_error(place):
    with pytest.raises(TypeError):
        change_seat(user=None, seat=make_seat(place), colour="red")


def test_new_post_ends_the_former_the_day_before(place):
    seat = make_seat(place)
    set_post(user=None, seat=seat, code="standing_member", from_on=MID)
    assert posts_of(seat) == [("member", TERM_START, MID - DAY), ("standing_member", MID, None)]


def test_post_before_a_later_one_is_refused(place):
    seat = make_seat(place)
    set_post(user=None, seat=seat, code="standing_member", from_on=MID)
    assert errors_of(set_post, seat=seat, code="chair", from_on=MID - DAY) == {
        "from_on": [f"{seat}自 2024-07-01 起已另有职务，晚于 2024-06-30。请先改正后面的职务，或用“修改全部职务”。"]
    }


def test_same_posts_in_another_order_change_nothing(place):
    posts = [("member", TERM_START, MID - DAY), ("standing_member", MID, None)]
    seat = make_seat(place, posts=posts)
    before = Post.history.count()
    set_posts(user=None, seat=seat, posts=posts[::-1])
    assert Post.history.count() == before


def test_hand_set_place_needs_a_reason_and_survives_a_corrected_name(place):
    member = make_seat(place, "沈䶮").member
    assert errors_of(place_by_hand, member=member, position="沈宁", reason=" ") == {
        "hand_position_reason": ["沈䶮改了手工排位，没有写理由。请写明理由，例如“‘䶮’字不在笔画表内”。"]
    }
    place_by_hand(user=None, member=member, position="沈宁", reason="字不在表内")
    assert member.stroke_key == stroke_key("沈䶮", "沈宁")
    change_seat(user=None, seat=member.seats.get(), name="沈䶮宁")
    assert Member.objects.get(pk=member.pk).stroke_key == stroke_key("沈䶮宁", "沈宁")


def test_hand_set_place_after_an_unknown_character_is_refused(place):
    member = make_seat(place, "沈宁").member
    assert errors_of(place_by_hand, member=member, position="沈䶮", reason="试试") == {
        "hand_position": ["手工位置“沈䶮”中的“䶮”不在笔画表内，请改填一个由常用字组成的姓名。"]
    }


def test_group_membership_has_dates_and_comes_once(place):
    seat = make_seat(place)
    row = add_group_membership(user=None, seat=seat, group=place.group, from_on=MID)
    assert errors_of(add_group_membership, seat=seat, group=place.group, from_on=MID) == {
        "group": [f"{seat}自 2024-07-01 起已是“第一活动组”成员，不必重复登记。"]
    }
    end_group_membership(user=None, membership=row, to_on=MID + DAY)
    assert [list(Seat.objects.in_group(place.group, day)) for day in (MID, MID + DAY, MID + 2 * DAY)] == [
        [seat],
        [seat],
        [],
    ]


# ---------------------------------------------------------------- what scoring hears
def test_scoring_hears_of_a_changed_post_but_not_of_a_unit(place, sent):
    seat = make_seat(place)
    sent.clear()
    change_seat(user=None, seat=seat, unit="示例中学")
    set_post(user=None, seat=seat, code="chair", from_on=MID)
    assert sent == [[("subject", seat.subject.pk)]]


def test_gathered_changes_are_told_once_at_the_end(place, sent):
    with act(user=None, verb="test"), gathered(None):
        announce(None, [("proposal", 1)])
        with gathered(None):
            announce(None, [("proposal", 2), ("proposal", 1)])
        assert sent == []
    assert sent == [[("proposal", 1), ("proposal", 2)]]


def test_failed_gathering_tells_nothing(sent):
    @gathered(None)
    def fail():
        announce(None, [("proposal", 1)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    announce(None, [("proposal", 2)])
    assert sent == [[("proposal", 2)]]


def test_services_inside_an_act_join_it(place):
    with act(user=None, verb="导入委员") as action:
        seat = make_seat(place)
    assert seat.history.get().action == action


def test_refused_seat_inside_an_act_takes_all_with_it(place):
    @act(user=None, verb="导入委员")
    def two_with_one_number():
        make_seat(place, number="1")
        make_seat(place, "何珺", number="1")

    with pytest.raises(ValidationError):
        two_with_one_number()
    assert (Seat.objects.count(), Action.objects.filter(verb="导入委员").count()) == (0, 0)
