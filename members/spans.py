"""Verbs on what a seat holds with dates: posts and groups."""

import datetime
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import create_all, delete_all, update_all
from members.checks import check_fields, check_order, check_same_committee
from members.models import Grant, Group, GroupMembership, Post, Seat, User
from members.signals import announce

Span = tuple[str, datetime.date, datetime.date | None]  # post code, first day, last day or None


# ---------------------------------------------------------------- posts
def set_post(
    *, user: User | None, seat: Seat, code: str, from_on: datetime.date, reason: str = "", grant: Grant | None = None
) -> Post:
    """From a day on the seat holds another post: the earlier one ends the day before, later ones are refused."""
    spans = [(post.code, post.from_on, post.to_on) for post in seat.posts.all()]
    later = [span for span in spans if span[1] > from_on]
    if later:
        raise ValidationError(
            {
                "from_on": f"{seat}自 {later[0][1]} 起已另有职务，晚于 {from_on}。请先改正后面的职务，或用“修改全部职务”。"
            }
        )
    before = [(code_, first, last) for code_, first, last in spans if first < from_on]
    day_before = from_on - datetime.timedelta(days=1)
    kept = [(code_, first, day_before if last is None or last >= from_on else last) for code_, first, last in before]
    set_posts(user=user, seat=seat, posts=[*kept, (code, from_on, seat.left_on)], reason=reason, grant=grant)
    return seat.posts.get(from_on=from_on)


def set_posts(
    *, user: User | None, seat: Seat, posts: Sequence[Span], reason: str = "", grant: Grant | None = None
) -> None:
    """Replace all posts of a seat by ``posts`` (code, first day, last day or None), in any order; the same is nothing."""
    if sorted(posts, key=lambda span: span[1]) == [(post.code, post.from_on, post.to_on) for post in seat.posts.all()]:
        return
    with act(user=user, verb="调整职务", reason=reason, grant=grant, committee=seat.committee):
        delete_all(Post, list(seat.posts.all()))
        write_posts(seat, posts, None)
        announce(Seat, [("subject", seat.subject.pk)])


def write_posts(seat: Seat, posts: Sequence[Span], public_id: uuid.UUID | None) -> None:
    """Check and insert the posts of a seat: known codes, one after the other, within the seat's own dates."""
    rows, previous = [], None
    for code, from_on, to_on in sorted(posts, key=lambda span: span[1]):
        row = Post(committee_id=seat.committee_id, seat=seat, code=code, from_on=from_on, to_on=to_on)
        check_fields(row)
        check_order("to_on", from_on, to_on, ("职务开始日期", "职务结束日期"))
        if previous is not None and (previous.to_on is None or previous.to_on >= from_on):
            raise ValidationError(
                {"posts": f"{seat}的“{previous}”和“{row}”在 {from_on} 重叠，同一天只能有一个职务，请改正起止日期。"}
            )
        rows.append(row)
        previous = row
    if public_id and rows:
        rows[0].public_id = public_id
    create_all(Post, rows)


def end_posts(seat: Seat, day: datetime.date) -> None:
    posts = list(seat.posts.all())
    delete_all(Post, [post for post in posts if post.from_on > day])
    lasting = [post for post in posts if post.from_on <= day and (post.to_on is None or post.to_on > day)]
    for post in lasting:
        post.to_on = day
    update_all(Post, lasting, ["to_on"])


# ---------------------------------------------------------------- groups
def add_group_membership(
    *,
    user: User | None,
    seat: Seat,
    group: Group,
    from_on: datetime.date,
    to_on: datetime.date | None = None,
    grant: Grant | None = None,
) -> GroupMembership:
    check_same_committee(seat.committee, group=group)
    check_order("to_on", from_on, to_on, ("加入日期", "退出日期"))
    if seat.group_memberships.filter(group=group, from_on=from_on).exists():
        raise ValidationError({"group": f"{seat}自 {from_on} 起已是“{group}”成员，不必重复登记。"})
    row = GroupMembership(committee=seat.committee, seat=seat, group=group, from_on=from_on, to_on=to_on)
    with act(user=user, verb="加入活动组", grant=grant, committee=seat.committee):
        row.save()
        announce(Seat, [("subject", seat.subject.pk)])
    return row


def end_group_membership(
    *, user: User | None, membership: GroupMembership, to_on: datetime.date, grant: Grant | None = None
) -> None:
    check_order("to_on", membership.from_on, to_on, ("加入日期", "退出日期"))
    membership.to_on = to_on
    with act(user=user, verb="退出活动组", grant=grant, committee=membership.committee):
        membership.save()
        announce(Seat, [("subject", membership.seat.subject.pk)])


def set_groups(
    *,
    user: User | None,
    seat: Seat,
    spans: Sequence[tuple[Group, datetime.date, datetime.date | None]],
    reason: str = "",
    grant: Grant | None = None,
) -> None:
    """Replace all group memberships of a seat by ``spans`` (group, first day, last day or None); the same is nothing."""
    check_same_committee(seat.committee, group=[group for group, _, _ in spans])
    wanted: dict[tuple[int, datetime.date], datetime.date | None] = {}
    for group, from_on, to_on in spans:
        check_order("to_on", from_on, to_on, ("加入日期", "退出日期"))
        if (group.pk, from_on) in wanted:
            raise ValidationError(f"“{group}”自 {from_on} 起写了两行，请只留一行。")
        wanted[group.pk, from_on] = to_on
    present = {(row.group_id, row.from_on): row for row in seat.group_memberships.all()}
    gone = [row for key, row in present.items() if key not in wanted]
    changed = [row for key, row in present.items() if key in wanted and row.to_on != wanted[key]]
    new = [key for key in wanted if key not in present]
    if not (gone or changed or new):
        return
    with act(user=user, verb="调整活动组", reason=reason, grant=grant, committee=seat.committee):
        delete_all(GroupMembership, gone)
        for row in changed:
            row.to_on = wanted[row.group_id, row.from_on]
        update_all(GroupMembership, changed, ["to_on"])
        make = {"committee": seat.committee, "seat": seat}
        rows = [GroupMembership(**make, group_id=pk, from_on=day, to_on=wanted[pk, day]) for pk, day in new]
        create_all(GroupMembership, rows)
        announce(Seat, [("subject", seat.subject.pk)])
