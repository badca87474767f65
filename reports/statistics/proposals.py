"""Proposals filed, replied and satisfied: the same rates as on the page of proposals, of one year."""

from dataclasses import replace

from members.access import visible
from proposals.handling import HANDLING
from proposals.models import Proposal
from proposals.rates import RATES, Line, Rate, Rates, rates
from proposals.rates import Cell as Counted
from reports import charts
from reports.statistics.nouns import PROPOSALS
from reports.statistics.tables import Cell, Table, figure, link
from reports.statistics.years import Year


def tables(year: Year) -> list[Table]:
    """Four queries. By unit there is a page of its own already: there may be sixty of them."""
    found = _rates(year)
    more = ("按主办单位", link("proposals_rates", year=year.number, by="unit"))
    sectors = _lines("sectors", "按第一提案人界别", "界别", found.sectors, RATES)
    return [_overall(year, found.total, PROPOSALS.rows(year).count()), replace(sectors, beside=more)]


def by_unit(year: Year) -> list[Table]:
    """For the files. Three queries."""
    return [_lines("units", "按主办单位", "主办单位", _rates(year).units, RATES[1:])]


def _rates(year: Year) -> Rates:
    rows = visible(year.user, Proposal).filter(year=year.number)
    return rates(rows, year.today, {"year": year.number})


def _overall(year: Year, cells: list[Counted], handed_in: int) -> Table:
    rows = [[Cell(one.rate.name), *_cells(one)] for one in cells]
    parts = {one.rate.part: one.part for one in cells}
    steps = {"提交": handed_in, "审查": cells[0].whole, "立案": parts["filed"], "已答复": parts["replied"]}
    steps |= {"已评议": parts["evaluated"], "满意": parts["satisfied"], "满意和基本满意": parts["content"]}
    listed = [[Cell("提交"), figure(handed_in, PROPOSALS.url(year)), Cell(""), Cell("")], *rows]
    notes = [PROPOSALS.note, *(f"{one.rate.name}：{one.rate.meaning}。" for one in cells)]
    drawn = charts.lying("从提交到满意（件）", list(steps), [charts.Series("件数", list(steps.values()))])
    return Table("total", f"{year.number}年度提案", ["指标", "件数", "基数", "比率"], listed, notes, [], [drawn])


def _lines(code: str, heading: str, of: str, lines: list[Line], chosen: list[Rate]) -> Table:
    """Each count once, and each rate behind the count that it divides."""
    columns, shown = [of], []
    for at, rate in enumerate(chosen):
        for word, name, make in (
            (rate.whole, HANDLING[rate.whole][0], _whole),
            (rate.part, HANDLING[rate.part][0], _part),
            (rate.name, rate.name, _percent),
        ):
            if word not in [one for one, *_ in shown]:
                shown.append((word, at, make))
                columns.append(name)
    rows = [[Cell(line.name), *(make(line.cells[at]) for _, at, make in shown)] for line in lines]
    return Table(code, heading, columns, rows, ["各项的算法同上表；只列有已审查提案的。"])


def _cells(one: Counted) -> list[Cell]:
    return [_part(one), _whole(one), _percent(one)]


def _part(one: Counted) -> Cell:
    return figure(one.part, one.part_url)


def _whole(one: Counted) -> Cell:
    return figure(one.whole, one.whole_url)


def _percent(one: Counted) -> Cell:
    return Cell(one.percent)
