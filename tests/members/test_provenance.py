"""Who entered a record, when, from what: in full for staff, office and day for a member, at one query count."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Member, Post
from members.provenance import provenance_for
from members.services import change_seat, set_posts
from tests.cast import DAY, TERM_START, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return make_cast()


def test_provenance_tells_each_change_in_words(cast):
    seat = cast.ordinary
    posts = [("member", TERM_START, DAY), ("standing_member", DAY.replace(day=DAY.day + 1), None)]
    set_posts(user=cast.whole_clerk, seat=seat, posts=posts, reason="常委会增补")
    change_seat(user=cast.whole_clerk, seat=seat, sector=cast.place.sectors[1], place="3-12")

    told = provenance_for(cast.clerk, seat, (Post, "seat"))

    assert (told.user, told.last_user, told.in_full) == ("系统", "whole_clerk", True)
    assert [(step.verb, step.user, step.reason) for step in told.steps] == [
        ("修改委员", "whole_clerk", ""),
        ("调整职务", "whole_clerk", "常委会增补"),
        ("新增委员", "系统", ""),
    ]
    sector, place = told.steps[0].lines[0].differences[::-1]
    assert (sector.label, sector.old, sector.new) == ("界别", "科学技术", "农业")
    assert (place.label, place.old, place.new) == ("座位号", "", "3-12")
    assert [
        (line.happened, line.part, line.differences[0].new or line.differences[0].old) for line in told.steps[1].lines
    ] == [
        ("删除", "职务", "委员"),
        ("新增", "职务", "委员"),
        ("新增", "职务", "常委"),
    ]


def test_provenance_of_own_record_is_office_and_day(cast):
    change_seat(user=cast.whole_clerk, seat=cast.ordinary, place="3-12")
    told = provenance_for(cast.ordinary_user, cast.ordinary)
    assert (told.in_full, told.user, told.last_user, told.source, told.steps) == (False, "", "", "", [])


def test_provenance_never_tells_a_telephone_number(cast):
    change_seat(user=cast.whole_clerk, seat=cast.ordinary, telephone="13800001234")
    member = Member.objects.get(pk=cast.ordinary.member_id)
    (line,) = provenance_for(cast.clerk, member).steps[0].lines
    assert [(one.label, one.old, one.new) for one in line.differences] == [("电话", "", "（新号码）")]


def test_provenance_takes_as_many_queries_for_many_changes(cast):
    def count():
        with CaptureQueriesContext(connection) as queries:
            provenance_for(cast.clerk, cast.ordinary, (Post, "seat"))
        return len(queries)

    sectors = cast.place.sectors
    change_seat(user=cast.whole_clerk, seat=cast.ordinary, sector=sectors[1])
    count()  # reads the grants
    once = count()
    for turn in range(6):
        change_seat(user=cast.whole_clerk, seat=cast.ordinary, sector=sectors[turn % 2], place=str(turn))
    assert count() == once
