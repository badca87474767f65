"""The year that statistics are about, and for whom they are counted."""

import calendar
import datetime
from dataclasses import dataclass
from functools import cached_property

from members.access import visible
from members.models import Committee, Subject, User
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
