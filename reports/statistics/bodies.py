"""Sector by sector and special committee by special committee: the same figures, of one member each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from members.access import visible
from members.models import Seat, Sector, SpecialCommittee
from members.narrowing import NO_BODY
from reports import charts
from reports.statistics import attendance
from reports.statistics.nouns import PAPERS
from reports.statistics.tables import NOTHING, Cell, Table, figure, link, names, values
from reports.statistics.years import Year
from scoring import roster


@dataclass(frozen=True, slots=True)
class Body:
    """``code``: sector or special, as the lists' filters call it; ``nowhere``: the row of what belongs to none."""

    code: str
    name: str
    nowhere: str


SECTOR = Body("sector", "界别", "没有界别的（集体等）")
SPECIAL = Body("special", "专门委员会", "没有专门委员会的")


def tables(year: Year, body: Body) -> list[Table]:
    """Seven queries, eight with the members' figures, for any number of bodies and records."""
    counts = {noun.code: noun.by_body(year, body.code) for noun in PAPERS}
    turnouts = attendance.turnouts(year, body.code)
    members = _members(year, body) if year.assessment else {}
    codes = dict(_parts(year, body))
    everywhere = [*counts.values(), turnouts, members]
    in_order = [*codes, *sorted({name for one in everywhere for name in one if name} - set(codes)), None]
    rows = []
    for name in in_order:
        if not any(one.get(name) for one in everywhere):
            continue
        papers = [
            figure(counts[noun.code].get(name, 0), noun.url(year, **{body.code: name or noun.nowhere[body.code]}))
            for noun in PAPERS
        ]
        turnout = turnouts.get(name, attendance.NOBODY)
        expected, attended, *_, rate = turnout.cells(year, **{body.code: name or NO_BODY})
        have = members.get(name, 0)
        people = _people(year, body, codes.get(name, ""), have, papers) if members else []
        rows.append([Cell(name or body.nowhere), *people[:1], *papers, *people[1:], expected, attended, rate])
    return [_table(year, body, rows, attendance.total(turnouts), has_people=bool(members))]


def _table(year: Year, body: Body, rows: list[list[Cell]], whole: attendance.Turnout, *, has_people: bool) -> Table:
    columns = [
        *([body.name, "委员（人）"] if has_people else [body.name]),
        *(noun.heading for noun in PAPERS),
        *(["人均（件）"] if has_people else []),
        *("应到（人次）", "出席（人次）", "出席率"),
    ]
    first = 2 if has_people else 1
    foot = [figure(sum(values(rows, first + at)), noun.url(year)) for at, noun in enumerate(PAPERS)]
    expected, attended, *_, rate = whole.cells(year)
    have = sum(values(rows, 1)) if has_people else 0
    people = [figure(have, link("cards", year=year.number)), _each(have, foot)] if has_people else []
    notes = [noun.note for noun in PAPERS] + attendance.NOTES
    if has_people:
        notes.append("委员：本年度考核名单上的委员，按现在的界别和第一专门委员会；人均：前三项之和 ÷ 委员数。")
    shown = rows if rows and rows[-1][0].text != body.nowhere else rows[:-1]
    drawn = [
        charts.lying(noun.heading, names(shown), [charts.Series(noun.name, values(shown, first + at))])
        for at, noun in enumerate(PAPERS)
    ]
    return Table(
        body.code,
        f"{year.number}年各{body.name}",
        columns,
        rows,
        notes,
        [Cell("合计"), *people[:1], *foot, *people[1:], expected, attended, rate],
        drawn if shown else [],
    )


def _people(year: Year, body: Body, code: str, have: int, papers: list[Cell]) -> list[Cell]:
    """The number of members, and how much each of them did."""
    address = link("cards", year=year.number, **{body.code: code or NO_BODY})
    return [figure(have, address), _each(have, papers)]


def _each(have: int, papers: Iterable[Cell]) -> Cell:
    """With one decimal, rounded half up."""
    if not have:
        return Cell(NOTHING)
    tenths = (sum(one.value or 0 for one in papers) * 20 + have) // (2 * have)
    return Cell(f"{tenths // 10}.{tenths % 10}")


def _parts(year: Year, body: Body) -> list[tuple[str, str]]:
    """[(name, code), …] in the committee's order."""
    if body is SECTOR:
        found = roster.sectors(visible(year.user, Sector).filter(committee=year.committee))
        return [(name, code) for code, name in found]
    parts = visible(year.user, SpecialCommittee).filter(committee=year.committee)
    return list(parts.values_list("name", "code"))


def _members(year: Year, body: Body) -> dict[str | None, int]:
    """{name of the body: members on the year's list}."""
    seats = visible(year.user, Seat).filter(committee=year.committee)
    found = roster.listed(seats, year.assessment, roster.Asked()).order_by().select_related(None)
    path = "sector__name" if body is SECTOR else "special_committee__name"
    return dict(found.values_list(path).annotate(Count("pk")))
