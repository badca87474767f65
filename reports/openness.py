"""公开程度: the four steps, who sets them, and the only door through which names reach slides and the public page.

Whatever the step, nobody without points is named, and nobody's points stand without his step: see docs/decisions.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from audit.actions import act
from members.checks import check_fields
from members.models import Grant, PostCode, Subject, User
from members.names.spelling import display_name
from reports.models import Openness
from reports.year_figures import Figures, PersonFigures, total_text
from scoring.models import Assessment, Commendation
from scoring.positions import FEWEST

Step = Openness.Step
FIRST = 5
MARKS = dict(zip(Step, "①②③④", strict=True))
# Code → name of what the public page may have besides names.
SECTIONS = {
    "overall": "总体情况",
    "sectors": "各界别情况",
    "proposals": "提案",
    "opinions": "社情民意",
    "year": "我们的一年",
}
APART = {PostCode.STANDING_MEMBER: "常委", PostCode.MEMBER: "委员"}


@dataclass(frozen=True, slots=True)
class Honours:
    """One list of honour, by strokes."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leading:
    """The first of one special committee, by strokes: (常委 or 委员, how many they are taken from, names)."""

    special_committee: str
    groups: tuple[tuple[str, int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ShownNames:
    """Everybody who may be named, and as what. ``scores``: (name, points as text), by strokes."""

    honours: tuple[Honours, ...] = ()
    leading: tuple[Leading, ...] = ()
    scores: tuple[tuple[str, str], ...] = ()


def openness_of(assessment: Assessment) -> Openness:
    """As it was set; unsaved and mildest when nobody did."""
    return Openness.objects.filter(assessment=assessment).first() or Openness(assessment=assessment)


def label_of(step: int) -> str:
    """ "②公布优秀名单"."""
    return f"{MARKS[Step(step)]}{Step(step).label}"


# ---------------------------------------------------------------- who is named
def names_of(openness: Openness, figures: Figures) -> ShownNames:
    """At most one query."""
    step = openness.step
    if step < Step.HONOURS:
        return ShownNames()
    return ShownNames(
        honours=_honours(openness.assessment, figures),
        leading=_leading(figures.people) if step >= Step.LEADING else (),
        scores=_scores(figures.people) if step >= Step.SCORES else (),
    )


def _honours(assessment: Assessment, figures: Figures) -> tuple[Honours, ...]:
    """The lists as they stand today: a name that was taken off is shown nowhere from then on. Named as in the edition."""
    people = {one.key: one for one in figures.people}
    found = defaultdict(list)
    standing = Commendation.objects.standing().filter(assessment=assessment)
    for title, key in standing.values_list("title", "subject__public_id"):
        person = people.get(str(key))
        if person is not None and person.total > 0:
            found[title].append(person)
    titles = sorted(found, key=lambda title: (title != Commendation.TITLE, title))
    return tuple(Honours(title, _by_strokes(found[title])) for title in titles)


def _leading(people: Iterable[PersonFigures]) -> tuple[Leading, ...]:
    groups = defaultdict(lambda: defaultdict(list))
    for one in people:
        if one.is_ranked and one.special_committee and one.post in APART:
            groups[one.special_committee][one.post].append(one)
    found = []
    for name in sorted(groups):
        parts = [
            (label, len(some), first_of(groups[name][post]))
            for post, label in APART.items()
            if (some := groups[name][post])
        ]
        shown = tuple((label, count, _by_strokes(first)) for label, count, first in parts if first)
        if shown:
            found.append(Leading(name, shown))
    return tuple(found)


def first_of(group: list[PersonFigures]) -> list[PersonFigures]:
    """The first five by points, never more than the better half, none of a group of fewer than six.

    Who has the same points as the last of them is with them, unless that would be more than the better half: then none
    of those with these points is.
    """
    half = len(group) // 2
    room = min(FIRST, half)
    if len(group) < FEWEST:
        return []
    edge = sorted((one.total for one in group), reverse=True)[room - 1]
    found = [one for one in group if one.total >= edge and one.total > 0]
    return found if len(found) <= half else [one for one in found if one.total > edge]


def _scores(people: Iterable[PersonFigures]) -> tuple[tuple[str, str], ...]:
    """Of those who are ranked. By strokes and not by points, so that nobody is shown as the last."""
    shown = sorted((one for one in people if one.is_ranked and one.total > 0), key=_strokes)
    return tuple((display_name(one.name), total_text(one.total)) for one in shown)


def _by_strokes(people: Iterable[PersonFigures]) -> tuple[str, ...]:
    return tuple(display_name(one.name) for one in sorted(people, key=_strokes))


def _strokes(person: PersonFigures) -> tuple[str, str, str]:
    return person.stroke_key, person.name, person.key


# ---------------------------------------------------------------- setting it
def set_openness(
    *,
    user: User | None,
    assessment: Assessment,
    step: int,
    is_public: bool = False,
    sections: Collection[str] = (),
    basis: str = "",
    grant: Grant | None = None,
) -> Openness:
    """What the committee decided about a year of its members; returns the row.

    ValidationError: not a year of members; more than the mildest step, or a public page, without ``basis``; a public
    page with nothing on it.
    """
    if assessment.subject_kind != Subject.Kind.MEMBER:
        raise ValidationError("公开程度只对委员的年度考核设置，专委会、活动组的没有。")
    basis, chosen = basis.strip(), [code for code in SECTIONS if code in sections]
    if is_public and not chosen and step == Step.OWN:
        raise ValidationError({"sections": "公开页上没有内容：请至少选一项，或者不开放公开页。"})
    if (is_public or step != Step.OWN) and not basis:
        raise ValidationError({"basis": "没有写“依据”：请写明是哪次会议决定的，例如 2026年1月5日主席会议。"})
    with act(user=user, verb="设定公开程度", reason=basis, grant=grant, committee=assessment.committee):
        row = Openness.objects.select_for_update().filter(assessment=assessment).first()
        row = row or Openness(assessment=assessment)
        row.step, row.is_public, row.sections, row.basis = step, is_public, chosen, basis
        check_fields(row)
        row.save()
    return row
