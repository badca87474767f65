"""The records that are counted: which of them, by which day, and the list that shows exactly these."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from activities.models import Activity, Contribution
from members.access import visible
from members.narrowing import NO_BODY, midnight
from opinions.forms import COLLECTED
from opinions.models import OpinionReport
from proposals.forms import IN_HAND
from proposals.handling_forms import COLLECTIVE
from proposals.models import Proposal
from reports.statistics.tables import link
from reports.statistics.years import Year

BEFORE, AFTER = 0, 13  # the months beside the year's own: a proposal of this year may have been handed in last year


@dataclass(frozen=True, slots=True)
class Noun:
    """``kept``: those of a year that count; ``query``: the same as filters of the list ``url_name``.

    ``nowhere``: {body: the word by which the list is asked for what belongs to none}.
    """

    code: str
    name: str
    unit: str
    model: type
    day: str
    url_name: str
    kept: Callable[[QuerySet, int], QuerySet]
    query: dict[str, str]
    note: str
    nowhere: dict[str, str]

    @property
    def heading(self) -> str:
        return f"{self.name}（{self.unit}）"

    def rows(self, year: Year, number: int | None = None) -> QuerySet:
        """Of the year, or of another one."""
        return self.kept(visible(year.user, self.model), number or year.number).order_by()

    def url(self, year: Year, number: int | None = None, **query: object) -> str:
        return link(self.url_name, **{"year": number or year.number, **self.query, **query})

    def by_month(self, year: Year) -> dict[int, int]:
        """{month from BEFORE to AFTER: number of records} by their day. One query."""
        return _by_month(self.rows(year), self.day, year.number)

    def by_body(self, year: Year, body: str) -> dict[str | None, int]:
        """{name of the sector or special committee, None for neither: number}; ``body`` is sector or special."""
        return dict(self.rows(year).with_bodies().values_list(f"lead_{body}").annotate(Count("pk")))


def _by_month(rows: QuerySet, day: str, number: int) -> dict[int, int]:
    counted = rows.annotate(of_month=month_of(day, number)).values_list("of_month").annotate(Count("pk"))
    return dict.fromkeys(range(BEFORE, AFTER + 1), 0) | dict(counted)


def month_of(day: str, number: int, *, has_time: bool = False) -> Case:
    """The month from BEFORE to AFTER of the year ``number`` in which a column lies; compared, which is fastest."""
    begins = [datetime.date(number + month // 12, month % 12 + 1, 1) for month in range(13)]
    bounds = [midnight(one) for one in begins] if has_time else begins
    cases = [When(**{f"{day}__lt": bound}, then=Value(month)) for month, bound in enumerate(bounds)]
    return Case(*cases, default=Value(AFTER), output_field=IntegerField())


def days_of(year: Year, month: int) -> dict[str, datetime.date]:
    """Filters from_on and to_on of a month as ``by_month`` numbers it."""
    if month == BEFORE:
        return {"to_on": year.first - datetime.timedelta(days=1)}
    if month == AFTER:
        return {"from_on": year.last + datetime.timedelta(days=1)}
    first, last = year.month(month)
    return {"from_on": first, "to_on": last}


def month_names(year: Year) -> dict[int, str]:
    inside = {month: f"{month}月" for month in range(1, 13)}
    return {BEFORE: f"{year.number - 1}年及以前", **inside, AFTER: f"{year.number + 1}年及以后"}


PROPOSALS = Noun(
    code="proposals",
    name="提案",
    unit="件",
    model=Proposal,
    day="submitted_on",
    url_name="proposals",
    kept=lambda rows, year: rows.in_hand().filter(year=year),
    query={"state": IN_HAND[0]},
    note="提案：本年度的提案，草稿和退回修改的不计；月份按提交日期，界别和专委会按第一提案人，专委会的集体提案算在该专委会。",
    nowhere={"sector": COLLECTIVE, "special": NO_BODY},
)
OPINIONS = Noun(
    code="opinions",
    name="社情民意",
    unit="篇",
    model=OpinionReport,
    day="submitted_on",
    url_name="opinions",
    kept=lambda rows, year: rows.collected().filter(year=year),
    query={"state": COLLECTED[0]},
    note="社情民意：本年度报送的信息，草稿和机关编写的综合信息不计；月份按报送日期，界别和专委会按第一撰稿人。",
    nowhere={"sector": NO_BODY, "special": NO_BODY},
)
CONTRIBUTIONS = Noun(
    code="contributions",
    name="其他履职",
    unit="条",
    model=Contribution,
    day="happened_on",
    url_name="contributions",
    kept=lambda rows, year: rows.verified().filter(happened_on__year=year),
    query={"state": Contribution.State.VERIFIED.value},
    note="其他履职：日期在本年、已核实的记录，各种类型都计；界别和专委会按记录的委员，专委会本身的记录算在该专委会。",
    nowhere={"sector": NO_BODY, "special": NO_BODY},
)
ACTIVITIES = Noun(
    code="activities",
    name="会议活动",
    unit="项",
    model=Activity,
    day="starts_on",
    url_name="activities",
    kept=lambda rows, year: rows.filter(starts_on__year=year),
    query={},
    note="会议活动：开始日期在本年的会议活动，开几天都算一项。",
    nowhere={},
)
PAPERS = [PROPOSALS, OPINIONS, CONTRIBUTIONS]  # what single members or bodies did
