"""The year that statistics are about, and for whom they are counted."""

import calendar
import datetime
from dataclasses import dataclass
from functools import cached_property

from members.access import Verb, grants_for, visible
from members.models import Committee, Role, Subject, User
from proposals.models import Proposal
from scoring.models import Assessment


@dataclass(frozen=True)
class Year:
    """``today``: what is later than it has not happened yet."""

    user: User
    committee: Committee
    number: int
    today: datetime.date

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.number, 1, 1)

    @property
    def last(self) -> datetime.date:
        return datetime.date(self.number, 12, 31)

    @property
    def is_running(self) -> bool:
        return self.first <= self.today < self.last

    @property
    def has_next(self) -> bool:
        """Nothing is recorded of years that have not begun."""
        return self.number < self.today.year

    @cached_property
    def scope_in_words(self) -> str:
        """Whose records are counted, for a clerk of some offices; "" when it is everybody's."""
        offices = [grant.office for grant in grants_for(self.user, Verb.VIEW, Proposal) if grant.role != Role.MEMBER]
        return "" if None in offices else f"只统计{'、'.join(str(one) for one in offices)}登记的记录"

    @property
    def until(self) -> datetime.date:
        """The last day that is compared: today while the year runs."""
        return self.today if self.is_running else self.last

    @property
    def until_before(self) -> datetime.date:
        """The same day of the year before."""
        return same_day(self.until, self.number - 1)

    @property
    def period_in_words(self) -> str:
        now, then = self.until, self.until_before
        return (
            f"本年算到{now.month}月{now.day}日；上年同期是{then.year}年1月1日至{then.month}月{then.day}日。"
            "提案和信息的年度按登记的年度，在此日以前提交、报送的计入。"
        )

    def month(self, number: int) -> tuple[datetime.date, datetime.date]:
        """Its first and last day."""
        last = calendar.monthrange(self.number, number)[1]
        return datetime.date(self.number, number, 1), datetime.date(self.number, number, last)

    @cached_property
    def assessment(self) -> Assessment | None:
        """The members' assessment of the year, if there is one."""
        found = visible(self.user, Assessment).filter(
            committee=self.committee, year=self.number, subject_kind=Subject.Kind.MEMBER
        )
        return found.select_related("committee", "ruleset").first()


def same_day(day: datetime.date, number: int) -> datetime.date:
    """Of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=number)
    except ValueError:
        return day.replace(year=number, day=28)
