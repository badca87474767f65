"""Make one demonstration committee: its parts, its people and their accounts."""

import datetime
import random
from dataclasses import dataclass, field

from activities.models import ContributionKind
from desk.demo import places
from desk.demo.people import Person, people
from desk.founding import add_usual_kinds
from members.models import Committee, Group, Office, Role, Seat, Sector, SpecialCommittee, Term, User
from members.names import LAST, unknown_characters
from members.services import (
    add_committee,
    add_group,
    add_group_membership,
    add_office,
    add_seat,
    add_sector,
    add_special_committee,
    add_term,
    create_account,
    grant_role,
    place_by_hand,
    seat_ids,
    set_post,
)

TERM_STARTS_ON = datetime.date(2022, 1, 10)
SINCE = datetime.date(2022, 1, 10)
JOINED_LATE = datetime.date(2026, 7, 1)
LEFT_EARLY = datetime.date(2026, 4, 30)
PROMOTED_ON = datetime.date(2026, 6, 1)


@dataclass(slots=True)
class Cast:
    """What the records of a committee are made of; ``zeal`` (0 to 1) says how busy each seat is, by number."""

    committee: Committee
    term: Term
    offices: dict[str, Office] = field(default_factory=dict)
    sectors: list[Sector] = field(default_factory=list)
    special_committees: list[SpecialCommittee] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    kinds: dict[str, ContributionKind] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    posts: dict[str, str] = field(default_factory=dict)
    zeal: dict[str, float] = field(default_factory=dict)
    accounts: dict[str, User] = field(default_factory=dict)

    def seat_of(self, code: str) -> Seat:
        """The seat of one of the two members with accounts."""
        return next(seat for seat in self.seats if seat.member_id == self.accounts[code].member_id)


def make_committee(place: places.Place, parent: Committee | None) -> Cast:
    """The committee of ``place`` with parts, people and accounts; the same for the same seed on every machine."""
    rng = random.Random(place.seed * 1009)
    committee = add_committee(
        user=None,
        code=place.code,
        name=place.name,
        short_name=place.short_name,
        level=place.level,
        parent=parent,
        is_demonstration=True,
    )
    term = add_term(user=None, committee=committee, number=10, starts_on=TERM_STARTS_ON)
    cast = Cast(committee, term)
    _make_parts(cast)
    _make_people(cast, people(place.people, place.seed, place.first_telephone), rng)
    _make_accounts(cast)
    return cast


def _make_parts(cast: Cast) -> None:
    committee = cast.committee
    for position, (code, name) in enumerate(places.OFFICES, start=1):
        cast.offices[code] = add_office(user=None, committee=committee, code=code, name=name, position=position)
    for position, (code, name) in enumerate(places.SECTORS, start=1):
        sector = add_sector(user=None, committee=committee, term=cast.term, code=code, name=name, position=position)
        cast.sectors.append(sector)
    for position, (code, name) in enumerate(places.SPECIAL_COMMITTEES, start=1):
        part = add_special_committee(user=None, committee=committee, code=code, name=name, position=position)
        cast.special_committees.append(part)
    for position, (code, name, kind) in enumerate(places.GROUPS, start=1):
        group = add_group(user=None, committee=committee, code=code, name=name, kind=kind, position=position)
        cast.groups.append(group)
    cast.kinds |= add_usual_kinds(committee)


def _post(index: int, size: int) -> str:
    """The leaders come first, then the standing members (one in six), then everybody else."""
    leaders = ["chair", *["vice_chair"] * (4 if size > 100 else 1), "secretary_general"]
    if index < len(leaders):
        return leaders[index]
    return "standing_member" if index < len(leaders) + size // 6 else "member"


def _make_people(cast: Cast, persons: list[Person], rng: random.Random) -> None:
    size = len(persons)
    for index, person in enumerate(persons):
        number = f"{index + 1:03d}"
        post = _post(index, size)
        ordinary = post == "member"
        first, second = rng.sample(cast.special_committees, 2)
        is_late = ordinary and index % 67 == 40
        is_early = ordinary and index % 89 == 60
        seat = add_seat(
            user=None,
            committee=cast.committee,
            term=cast.term,
            number=number,
            name=person.name,
            sector=cast.sectors[_sector_of(person, rng, cast)],
            joined_on=JOINED_LATE if is_late else SINCE,
            left_on=LEFT_EARLY if is_early else None,
            post=post,
            sex=person.sex,
            ethnicity=person.ethnicity,
            party=person.party,
            birth_on=person.birth_on,
            telephone=person.telephone,
            unit=person.unit,
            duty=person.duty,
            place=f"{index // 20 + 1}排{index % 20 + 1}座",
            special_committee=first,
            second_special_committee=second if rng.random() < 0.15 else None,
            not_scored_reason="援外工作一年，经主席会议同意不参加评价" if ordinary and index % 101 == 90 else "",
            public_ids=seat_ids(cast.committee, cast.term, number),
        )
        if unknown_characters(seat.member.name):
            place_by_hand(user=None, member=seat.member, position=LAST, reason="姓名中有笔画表以外的字，暂排同姓末位")
        if ordinary and index % 97 == 70:
            set_post(user=None, seat=seat, code="standing_member", from_on=PROMOTED_ON, reason="六月全会增选为常委")
        if rng.random() < 0.5:
            add_group_membership(user=None, seat=seat, group=rng.choice(cast.groups), from_on=SINCE)
        cast.seats.append(seat)
        cast.posts[number] = post
        cast.zeal[number] = min(1.0, max(0.05, rng.gauss(0.62 if ordinary else 0.75, 0.22)))


def _sector_of(person: Person, rng: random.Random, cast: Cast) -> int:
    """Index of a sector that fits the party; any other for everybody else."""
    if person.party == "中共" and rng.random() < 0.3:
        return 0
    if person.party not in {"中共", "无党派", "群众"}:
        return 1
    if person.party == "无党派" and rng.random() < 0.5:
        return 2
    return rng.randrange(3, len(cast.sectors))


ACCOUNTS = (
    ("clerk-general", "办公室录入员", Role.CLERK, "general"),
    ("clerk-liaison", "联络室录入员", Role.CLERK, "liaison"),
    ("clerk-proposals", "提案办录入员", Role.CLERK, "proposals"),
    ("clerk-opinions", "信息室录入员", Role.CLERK, "opinions"),
    ("clerk-committees", "专委会录入员", Role.CLERK, "committees"),
    ("clerk", "综合录入员", Role.CLERK, ""),
    ("chair", "主席办公室", Role.CHAIR_OFFICE, ""),
    ("chair-second", "主席办公室第二人", Role.CHAIR_OFFICE, ""),  # publishes what the first approved
    ("system", "系统管理员", Role.SYSTEM_ADMIN, ""),
    ("security", "安全管理员", Role.SECURITY_ADMIN, ""),
    ("audit", "审计管理员", Role.AUDIT_ADMIN, ""),
)


def _make_accounts(cast: Cast) -> None:
    """One account for each role, and one for an ordinary and a standing member; passwords nobody knows."""
    for code, name, role, office in ACCOUNTS:
        account, _ = create_account(
            user=None,
            committee=cast.committee,
            username=f"{cast.committee.code}-{code}",
            name=name,
            must_change_password=False,
        )
        grant_role(
            user=None,
            account=account,
            role=role,
            committee=cast.committee,
            office=cast.offices[office] if office else None,
            from_on=SINCE,
        )
        cast.accounts[code] = account
    for code, post in (("member", "member"), ("standing", "standing_member")):
        seat = next(s for s in cast.seats if cast.posts[s.number] == post and cast.zeal[s.number] > 0.6)
        account, _ = create_account(
            user=None,
            committee=cast.committee,
            username=f"{cast.committee.code}-{code}",
            member=seat.member,
            must_change_password=False,
        )
        grant_role(user=None, account=account, role=Role.MEMBER, committee=cast.committee, from_on=SINCE)
        cast.accounts[code] = account
