"""The pages of statistics: what each is called, who may open it, and what its tables are."""

from collections.abc import Callable
from dataclasses import dataclass

from members.access import Verb
from reports.statistics import attendance, bodies, compared, entries, months, opinions, people, proposals, shares
from reports.statistics.tables import Table
from reports.statistics.years import Year


@dataclass(frozen=True, slots=True)
class Page:
    """``url_name`` takes the year. ``is_internal``: for the chair's office alone, those who may see places.

    ``more``: tables that the page shows in another way, for its files.
    """

    code: str
    name: str
    url_name: str
    make: Callable[[Year], list[Table]]
    is_internal: bool = False
    more: Callable[[Year], list[Table]] = lambda year: []

    @property
    def verb(self) -> Verb:
        return Verb.RANK if self.is_internal else Verb.VIEW


def _shares(year: Year) -> list[Table]:
    found = shares.cards(year)
    return shares.tables(year, found) if found else []


PAGES = [
    Page("months", "逐月", "statistics", months.tables),
    Page("sectors", "界别", "statistics_sectors", lambda year: bodies.tables(year, bodies.SECTOR)),
    Page("specials", "专委会", "statistics_specials", lambda year: bodies.tables(year, bodies.SPECIAL)),
    Page("attendance", "出席", "statistics_attendance", attendance.tables),
    Page("proposals", "提案", "statistics_proposals", proposals.tables, more=proposals.by_unit),
    Page("opinions", "社情民意", "statistics_opinions", opinions.tables),
    Page("compared", "与上年相比", "statistics_compared", compared.tables),
    Page("shares", "得分来源", "statistics_shares", _shares),
    Page(
        "people", "还没有记录的委员", "statistics_people", people.tables, True, lambda year: [people.names_table(year)]
    ),
    Page("entries", "录入时间", "statistics_entries", entries.tables, is_internal=True),
]
BY_CODE = {page.code: page for page in PAGES}
