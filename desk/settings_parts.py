"""The kinds of parts a committee consists of, as the pages of the settings know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from members.access import Verb, visible
from members.models import Group, Office, Sector, SpecialCommittee, Term, User
from members.parts import Part
from scoring.models import Assessment, ReportCard


@dataclass(frozen=True, slots=True)
class Kind:
    """One list of the settings; ``slug`` stands in its address."""

    slug: str
    label: str
    model: type[models.Model]
    hint: str
    order: tuple[str, ...] = ("position", "name")

    @property
    def is_ordered(self) -> bool:
        """Terms come by number, all others in an order of the office's own."""
        return self.model is not Term

    @property
    def closes(self) -> bool:
        return self.model not in {Term, Sector}


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("terms", "届", Term, "一般五年一届；换届时从上一届接过界别和连任的委员", ("committee", "-number")),
        Kind("sectors", "界别", Sector, "每届各有一份", ("-term__number", "position", "name")),
        Kind("special-committees", "专门委员会", SpecialCommittee, "也可作为考核对象"),
        Kind("groups", "活动组", Group, "界别活动组、联络组、委员工作室，也可作为考核对象"),
        Kind("offices", "处室", Office, "谁组织谁记录：每条记录属于一个处室"),
    )
}


class KindConverter:
    """``<part:kind>`` in an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> Kind:
        return KINDS[value]

    def to_url(self, value: Kind | str) -> str:
        return value if isinstance(value, str) else value.slug


def parts(user: User, kind: Kind) -> models.QuerySet:
    """The parts of one kind that the user keeps, in the order of their list."""
    related = ("committee", "term") if kind.model is Sector else ("committee",)
    return visible(user, kind.model, Verb.SETTING).select_related(*related).order_by(*kind.order)


def reordered(rows: list[Any], typed: Callable[[Any], str]) -> list[Any]:
    """The rows in the order that the numbers typed beside them ask for: a changed number goes before an unchanged one.

    ``typed(row)``: what stands in the row's box. What is no number leaves the row where it was.
    """

    def place(at: int) -> tuple[int, int, int]:
        text = typed(rows[at]).strip()
        asked = int(text) if text.isdecimal() and len(text) < 5 else at + 1
        return asked, 0 if asked < at + 1 else 1 if asked == at + 1 else 2, at

    return [rows[at] for at in sorted(range(len(rows)), key=place)]


def check_cards(part: Part) -> None:
    """ValidationError when an approved year holds the part's own report card: that year stays as it is."""
    if not isinstance(part, SpecialCommittee | Group):
        return
    own = Q(subject__special_committee=part) if isinstance(part, SpecialCommittee) else Q(subject__group=part)
    settled = [Assessment.State.APPROVED, Assessment.State.PUBLISHED]
    years = ReportCard.objects.filter(own, assessment__state__in=settled).values_list("assessment__year", flat=True)
    if years:
        listed = "、".join(map(str, sorted(years)))
        raise ValidationError(f"“{part}”不能删除：{listed} 年度已审定，其中有它的成绩单。不再使用的可以停用。")
