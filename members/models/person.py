"""A person, the person's seats, and what a seat carries: posts and groups with dates."""

import datetime
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q

from audit.models import Tracked
from members.models.committee import Committee, Group, Sector, SpecialCommittee, Term
from members.scope import Scope
from members.telephone import UnreadableTelephone, decrypt, mask


class PostCode(models.TextChoices):
    CHAIR = "chair", "主席"
    VICE_CHAIR = "vice_chair", "副主席"
    SECRETARY_GENERAL = "secretary_general", "秘书长"
    STANDING_MEMBER = "standing_member", "常委"
    MEMBER = "member", "委员"


class MemberQuerySet(models.QuerySet):
    def in_stroke_order(self) -> "MemberQuerySet":
        """姓氏笔画为序; the key is stored, so every database sorts alike."""
        return self.order_by("stroke_key", "id")


class Member(Tracked):
    """委员 as a person, kept across terms. No identity-card number anywhere.

    The telephone is stored encrypted, with a keyed hash for sign-in and search, since history copies the row.
    """

    class Sex(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="members", verbose_name="委员会")
    name = models.CharField("姓名", max_length=60)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    party = models.CharField("党派", max_length=40, blank=True)
    birth_on = models.DateField("出生日期", null=True, blank=True)
    telephone_cipher = models.TextField("电话（密文）", blank=True, editable=False)
    telephone_hash = models.CharField("电话（查找值）", max_length=64, blank=True, db_index=True, editable=False)
    initials = models.CharField("拼音首字母", max_length=60, blank=True, db_index=True)
    full_pinyin = models.CharField("全拼", max_length=200, blank=True)
    stroke_key = models.CharField("笔画序值", max_length=300, blank=True, db_index=True, editable=False)
    hand_position = models.CharField("手工排位", max_length=300, blank=True)
    hand_position_reason = models.CharField("手工排位理由", max_length=200, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "委员"
        verbose_name_plural = "委员"
        ordering = ["stroke_key", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["", "male", "female"]), name="member_sex"),
            models.CheckConstraint(
                condition=Q(hand_position="") | ~Q(hand_position_reason=""), name="member_hand_position_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_telephone(self) -> str:
        """138****1234, "" for none; a number that the present key cannot read is said to be unreadable."""
        try:
            return mask(decrypt(self.telephone_cipher))
        except UnreadableTelephone:
            return "（无法读取）"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", member=("",))


class SeatQuerySet(models.QuerySet):
    def serving_on(self, day: datetime.date) -> "SeatQuerySet":
        """Seats held on ``day``."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=day), joined_on__lte=day)

    def serving_between(self, first: datetime.date, last: datetime.date) -> "SeatQuerySet":
        """Seats held on at least one day from ``first`` to ``last``, both included."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=first), joined_on__lte=last)

    def holding_post(self, codes: Iterable[str], day: datetime.date) -> "SeatQuerySet":
        """Seats that hold one of these posts on ``day``; a seat has one post a day, so no seat comes twice."""
        held = Q(posts__to_on__isnull=True) | Q(posts__to_on__gte=day)
        return self.filter(held, posts__code__in=list(codes), posts__from_on__lte=day)

    def in_special_committee(self, special_committee: SpecialCommittee) -> "SeatQuerySet":
        return self.filter(Q(special_committee=special_committee) | Q(second_special_committee=special_committee))

    def in_group(self, group: Group, day: datetime.date) -> "SeatQuerySet":
        """Seats that belong to a group on ``day``."""
        memberships = GroupMembership.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=day), group=group, from_on__lte=day
        )
        return self.filter(pk__in=memberships.values("seat"))

    def in_stroke_order(self) -> "SeatQuerySet":
        return self.order_by("member__stroke_key", "number")


class Seat(Tracked):
    """One membership in one term (委员资格): what meetings, proposals and reports refer to."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="seats", verbose_name="委员会")
    term = models.ForeignKey(Term, models.PROTECT, related_name="seats", verbose_name="届")
    member = models.ForeignKey(Member, models.PROTECT, related_name="seats", verbose_name="委员")
    number = models.CharField("委员编号", max_length=20)
    place = models.CharField("座位号", max_length=20, blank=True)
    unit = models.CharField("工作单位", max_length=100, blank=True)
    duty = models.CharField("单位职务", max_length=60, blank=True)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="seats", verbose_name="界别")
    special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name="专门委员会"
    )
    second_special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="第二专门委员会"
    )
    joined_on = models.DateField("任职开始")
    left_on = models.DateField("任职结束", null=True, blank=True)
    not_scored_reason = models.CharField("不参加评价的理由", max_length=200, blank=True)
    not_scored_from_on = models.DateField("不参加评价自", null=True, blank=True)
    not_scored_to_on = models.DateField("不参加评价至", null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = "委员资格"
        verbose_name_plural = "委员资格"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["term", "number"], name="seat_number_once"),
            models.UniqueConstraint(fields=["term", "member"], name="seat_once_a_term"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")), name="seat_left_after_joined"
            ),
            models.CheckConstraint(
                condition=Q(second_special_committee__isnull=True)
                | ~Q(second_special_committee=F("special_committee")),
                name="seat_two_different_special_committees",
            ),
            models.CheckConstraint(
                condition=Q(not_scored_to_on__isnull=True)
                | Q(not_scored_from_on__isnull=True)
                | Q(not_scored_to_on__gte=F("not_scored_from_on")),
                name="seat_not_scored_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.name}（{self.number}）"

    def not_scored_between(self, first: datetime.date, last: datetime.date) -> str:
        """Why the seat is not scored in the year from ``first`` to ``last``; "" when it is.

        A reason without days holds always, one with days in every year that these days touch.
        """
        is_over = self.not_scored_to_on is not None and self.not_scored_to_on < first
        is_later = self.not_scored_from_on is not None and self.not_scored_from_on > last
        return "" if is_over or is_later else self.not_scored_reason

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", member=("member",))


class Post(Tracked):
    """职务 with dates; both ends included, ``to_on`` empty while it is held."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="posts", verbose_name="委员资格")
    code = models.CharField("职务", max_length=20, choices=PostCode)
    from_on = models.DateField("开始日期")
    to_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "职务"
        verbose_name_plural = "职务"
        ordering = ["from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "from_on"], name="post_one_from_a_day"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="post_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(code__in=list(PostCode.values)), name="post_code"),
        ]

    def __str__(self) -> str:
        return self.get_code_display()

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", member=("seat__member",))


class GroupMembershipQuerySet(models.QuerySet):
    def group_names(self, day: datetime.date) -> dict[int, list[str]]:
        """{seat: names of the groups it belongs to on ``day``, in the office's order}. One query."""
        rows = self.filter(Q(to_on__isnull=True) | Q(to_on__gte=day), from_on__lte=day)
        found: dict[int, list[str]] = {}
        for seat, name in rows.order_by("group__position", "group__name").values_list("seat_id", "group__name"):
            found[seat] = list(dict.fromkeys([*found.get(seat, []), name]))
        return found


class GroupMembership(Tracked):
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name="委员会")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="group_memberships", verbose_name="委员资格")
    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships", verbose_name="活动组")
    from_on = models.DateField("加入日期")
    to_on = models.DateField("退出日期", null=True, blank=True)

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "活动组成员"
        verbose_name_plural = "活动组成员"
        ordering = ["from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "group", "from_on"], name="group_membership_once_a_day"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="group_membership_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.group}"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", member=("seat__member",))
