"""A published year of three people – 赵示例, 钱示例, 孙示例 with 5, 10 and 15 points – the last on the honour list."""

import datetime

from scoring.services.honours import commend
from tests.remembered import remembered
from tests.scoring.closing import close, make_closing_year
from tests.scoring.year import fresh

DECIDED = datetime.date(2027, 1, 20)


def make_published_year():
    """What make_closing_year returns. The clock is to stand at CLOSED."""
    return remembered(_published)


def _published():
    year = make_closing_year()
    close(year)
    honour(year, year.subjects[2:])
    return year


def honour(year, subjects):
    """Put them on the honour list by one act."""
    chosen = [(subject, "主席会议审定") for subject in subjects]
    commend(user=year.approver, assessment=fresh(year.assessment), chosen=chosen, decided_on=DECIDED)
