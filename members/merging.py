"""Two members found to be one person: their seats, records and accounts become one's, in one act.

The records lie in apps above this one. They are found through the relations of Seat and Subject; what the scores are
made of is asked for and announced through members/signals.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, UniqueConstraint

from audit.actions import act
from audit.differences import Difference, Names, differences
from audit.history import delete_all, update_all
from audit.models import ActionStamp, Tracked
from members.models import Grant, Member, Post, Seat, Subject, User
from members.services import MEMBER_FIELDS, SEAT_FIELDS, change_seat, set_posts
from members.signals import announce, gathered, objects_of
from members.telephone import decrypt

KEPT, GONE = "kept", "gone"
VERB = "合并委员"
PERSON = tuple(name for name in MEMBER_FIELDS if name != "full_pinyin")  # follows from the name
BY_HAND = {Post, Subject}  # not moved row by row: posts are chosen as a whole, a seat has one subject


@dataclass(frozen=True, slots=True)
class Pair:
    """The seats of both in one term, of which ``gone`` ends."""

    kept: Seat
    gone: Seat


@dataclass(frozen=True, slots=True)
class Clash:
    """Two records of which the database allows one person only one: the same sitting, the same proposal."""

    kept: Tracked
    gone: Tracked
    differences: list[Difference]

    @property
    def key(self) -> str:
        return f"clash-{self.gone.public_id}"

    @property
    def what(self) -> str:
        return str(self.kept._meta.verbose_name)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do. ``moved``: (what, how many) records that change hands; ``clashes`` need a choice."""

    kept: Member
    gone: Member
    pairs: list[Pair]
    seats: list[Seat]  # of terms in which the kept one has none: they change hands whole
    moved: list[tuple[str, int]]
    clashes: list[Clash]

    @property
    def token(self) -> str:
        """What is typed to merge: the number of the seat that ends, or of the one that changes hands."""
        return (
            (self.pairs[0].gone if self.pairs else self.seats[0]).number if self.pairs or self.seats else self.gone.name
        )


def plan(kept: Member, gone: Member) -> Plan:
    """Look, change nothing. ValidationError for the same row twice or members of two committees."""
    if kept.pk == gone.pk:
        raise ValidationError("两边是同一位委员，不必合并。")
    if kept.committee_id != gone.committee_id:
        raise ValidationError(f"{gone}不是{kept.committee}的委员，不能合并。")
    parts = ("term", "sector", "special_committee", "second_special_committee", "committee", "member")
    held = {
        seat.term_id: seat
        for seat in kept.seats.select_related(*parts, "subject").prefetch_related("posts").order_by("joined_on")
    }
    pairs, seats = [], []
    for seat in gone.seats.select_related(*parts, "subject").prefetch_related("posts").order_by("joined_on"):
        if seat.term_id in held:
            pairs.append(Pair(held[seat.term_id], seat))
        else:
            seats.append(seat)
    moved: dict[str, int] = {}
    clashes: list[Clash] = []
    for pair in pairs:
        for relation in _relations():
            rows = _rows(relation, pair.gone)
            if rows:
                name = str(relation.model._meta.verbose_name)
                moved[name] = moved.get(name, 0) + len(rows)
            clashes += [clash for clash in _clashes(relation, pair, rows) if clash.differences]
    return Plan(kept, gone, pairs, seats, list(moved.items()), clashes)


def merge(
    *,
    user: User,
    grant: Grant | None,
    kept: Member,
    gone: Member,
    values: Mapping[str, str],
    choices: Mapping[str, str],
    reason: str,
) -> Member:
    """Make ``gone`` part of ``kept``; afterwards the row of ``gone`` is in the history alone.

    ``values``: the names of PERSON, those of SEAT_FIELDS and "posts", for each of which GONE takes over the other's value (for
    the seats of one term). ``choices``: Clash.key → KEPT or GONE, which record of the two stays. ValidationError when a
    clash has no choice, or somebody refuses (see scoring/merging.py); then nothing has changed.
    """
    with transaction.atomic():
        there = list(Member.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk"))
        if len(there) < len({kept.pk, gone.pk}):
            raise ValidationError("这两条中有一条刚刚已被别人合并，没有重复合并。请返回委员名单查看。")
        found = plan(kept, gone)
        open_ = [clash for clash in found.clashes if choices.get(clash.key) not in {KEPT, GONE}]
        if open_:
            names = "、".join(dict.fromkeys(f"{clash.what}“{clash.kept}”" for clash in open_))
            raise ValidationError(f"两边都有{names}，还没有选保留哪一条，请逐条选择。")
        words = f"{gone}并入{kept}：{reason}"[:500]
        with act(user=user, verb=VERB, reason=words, grant=grant, committee=kept.committee), gathered(merge):
            try:
                _merge(user, found, values, choices)
            except ProtectedError as error:
                names = "、".join(sorted({str(row._meta.verbose_name) for row in error.protected_objects}))
                raise ValidationError(f"{gone}的记录还被{names}用到，没有合并。请先处理这些记录。") from error
    return kept


def _merge(user: User, found: Plan, values: Mapping[str, str], choices: Mapping[str, str]) -> None:
    # Read before anything goes: the chosen values of rows that will not be there any more.
    person = {name: _value(found.gone, name) for name in PERSON if values.get(name) == GONE}
    subjects = {seat.subject.pk for seat in found.seats}
    for pair in found.pairs:
        objects = objects_of(merge, kept=pair.kept.subject.pk, gone=pair.gone.subject.pk)
        seat = {name: getattr(pair.gone, name) for name in SEAT_FIELDS if values.get(name) == GONE}
        posts = [(post.code, post.from_on, post.to_on) for post in pair.gone.posts.all()]
        _move(pair, choices)
        delete_all(Post, list(pair.gone.posts.all()))
        pair.gone.subject.delete()
        pair.gone.delete()
        change_seat(user=user, seat=pair.kept, **seat)
        if values.get("posts") == GONE:
            set_posts(user=user, seat=Seat.objects.get(pk=pair.kept.pk), posts=posts)
        announce(merge, objects)
        subjects.add(pair.kept.subject.pk)
    for seat in found.seats:
        seat.member = found.kept
    update_all(Seat, found.seats, ["member"])
    _take_account(found.kept, found.gone)
    found.gone.delete()
    any_seat = found.kept.seats.select_related("member", "committee", "term").first()
    if any_seat is not None and person:
        change_seat(user=user, seat=any_seat, **person)
    subjects |= set(Subject.objects.filter(seat__member=found.kept).values_list("pk", flat=True))
    announce(merge, [("subject", pk) for pk in sorted(subjects)])


def _value(member: Member, name: str) -> Any:
    return decrypt(member.telephone_cipher) if name == "telephone" else getattr(member, name)


# ---------------------------------------------------------------- the records
@dataclass(frozen=True, slots=True)
class Relation:
    """A tracked model with a foreign key to Seat or to Subject."""

    model: type[Tracked]
    field: models.ForeignKey
    is_of_subject: bool

    def end(self, seat: Seat) -> models.Model:
        return seat.subject if self.is_of_subject else seat


def _relations() -> Iterator[Relation]:
    """Every kind of record about a seat. What is no record (facts, cards) is made anew and goes with its subject."""
    for target in (Seat, Subject):
        for one in target._meta.get_fields(include_hidden=True):
            is_backward = one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one)
            if not is_backward or issubclass(one.related_model, ActionStamp) or one.related_model in BY_HAND:
                continue
            if issubclass(one.related_model, Tracked):
                yield Relation(one.related_model, one.field, target is Subject)


def _rows(relation: Relation, seat: Seat) -> list[Tracked]:
    rows = relation.model._base_manager.filter(**{relation.field.name: relation.end(seat)})
    return list(rows.select_related().order_by("pk"))


def _clashes(relation: Relation, pair: Pair, rows: Sequence[Tracked]) -> Iterator[Clash]:
    """Rows of both that would be the same to one of the model's unique constraints once they have one owner."""
    beside = [
        [name for name in constraint.fields if name != relation.field.name]
        for constraint in relation.model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and relation.field.name in constraint.fields
    ]
    if not rows or not beside:
        return
    own = _rows(relation, pair.kept)
    met = set()
    for names in beside:
        known = {_key(row, names): row for row in own}
        for row in rows:
            other = known.get(_key(row, names))
            if other is not None and row.pk not in met:
                met.add(row.pk)
                yield Clash(other, row, _unlike(relation, other, row))


def _key(row: Tracked, names: Sequence[str]) -> tuple:
    return tuple(getattr(row, row._meta.get_field(name).attname) for name in names)


def _unlike(relation: Relation, kept: Tracked, gone: Tracked) -> list[Difference]:
    """In what the two differ beside their owner; a place in a list is no matter of substance."""
    silent = {str(relation.field.verbose_name), "顺序"}
    found = differences(kept, gone, Names([(kept, gone)]))
    return [one for one in found if one.label not in silent]


def _move(pair: Pair, choices: Mapping[str, str]) -> None:
    """Give the records of the seat that ends to the kept one; of two that clash one goes."""
    for relation in _relations():
        rows = _rows(relation, pair.gone)
        lost: list[Tracked] = []
        for clash in _clashes(relation, pair, rows):
            lost.append(clash.kept if choices.get(clash.key) == GONE else clash.gone)
        delete_all(relation.model, lost)
        moving = [row for row in rows if row.pk is not None]  # Django empties the key of what it deleted
        for row in moving:
            setattr(row, relation.field.name, relation.end(pair.kept))
        update_all(relation.model, moving, [relation.field.name])


# ---------------------------------------------------------------- the account
def _take_account(kept: Member, gone: Member) -> None:
    """The kept one's account stays, else the other's becomes it; a second account is closed and stands for nobody."""
    account = User.objects.filter(member=gone).first()
    if account is None:
        return
    account.member = None
    if User.objects.filter(member=kept).exists():
        account.is_active = False
        account.session_epoch += 1
        account.save()
        return
    account.member = kept
    account.save()
