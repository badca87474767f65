"""What two members of the demonstration report of themselves: waiting, returned with a reason, and confirmed."""

import datetime

from activities.services import contribution_id, decide_contribution, report_contribution
from desk.demo.committee import Cast

Day = datetime.date
# Who, kind, title, day, and what became of it: None waits, "" is confirmed, anything else is the reason for its return.
REPORTS = (
    ("member", "public_service", "参加东门社区义务植树", Day(2026, 3, 12), ""),
    ("member", "contact_visit", "走访三户联系群众", Day(2026, 11, 14), None),
    ("member", "article", "在报刊发表《让老街更宜居》", Day(2026, 11, 2), "请写明刊物名称和日期"),
    ("standing", "public_service", "为养老院捐赠图书", Day(2026, 11, 18), None),
)


def make_reported(cast: Cast) -> None:
    for code, kind, title, day, outcome in REPORTS:
        member = cast.accounts[code]
        seat = cast.seat_of(code)
        row = report_contribution(
            user=member,
            seat=seat,
            kind=cast.kinds[kind],
            title=title,
            happened_on=day,
            public_id=contribution_id(cast.kinds[kind], seat.subject, title, day),
        )
        if outcome is not None:
            clerk = cast.accounts["clerk-general"]
            decide_contribution(user=clerk, contribution=row, is_verified=not outcome, reason=outcome)
