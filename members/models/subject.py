"""考核对象: what can be scored."""

from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.models.committee import Committee, Group, SpecialCommittee
from members.models.person import Seat
from members.scope import Scope


def _exactly_one(*names: str) -> Q:
    """Q that holds when exactly one of the nullable columns is set."""
    ways = Q()
    for chosen in names:
        ways |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return ways


class Subject(Tracked):
    """One row per seat, special committee or group; exactly one of the three is set."""

    class Kind(models.TextChoices):
        MEMBER = "member", "委员"
        SPECIAL_COMMITTEE = "special_committee", "专门委员会"
        GROUP = "group", "活动组"

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="subjects", verbose_name="委员会")
    kind = models.CharField("类型", max_length=20, choices=Kind)
    seat = models.OneToOneField(Seat, models.CASCADE, null=True, blank=True, verbose_name="委员资格")
    special_committee = models.OneToOneField(
        SpecialCommittee, models.CASCADE, null=True, blank=True, verbose_name="专门委员会"
    )
    group = models.OneToOneField(Group, models.CASCADE, null=True, blank=True, verbose_name="活动组")

    class Meta:
        verbose_name = "考核对象"
        verbose_name_plural = "考核对象"
        constraints = [
            models.CheckConstraint(
                condition=_exactly_one("seat", "special_committee", "group"), name="subject_is_exactly_one"
            ),
            models.CheckConstraint(
                condition=Q(kind="member", seat__isnull=False)
                | Q(kind="special_committee", special_committee__isnull=False)
                | Q(kind="group", group__isnull=False),
                name="subject_kind_agrees",
            ),
        ]

    def __str__(self) -> str:
        return str(self.seat or self.special_committee or self.group)

    @property
    def name(self) -> str:
        """The person's, special committee's or group's name, without a number."""
        return self.seat.member.name if self.seat else str(self.special_committee or self.group)

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="committee", member=("seat__member",))
