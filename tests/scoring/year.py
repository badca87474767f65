"""A committee's year to be scored: seats through the services, facts as rows, one short ruleset."""

import datetime
import hashlib
from itertools import count
from types import SimpleNamespace

from django.utils import timezone

from audit.actions import act
from scoring.engine import dumps, loads
from scoring.models import Assessment, Fact, ReportCard, Ruleset, Stale
from scoring.services.assessments import open_assessment
from tests.cast import make_committee, make_seat
from tests.remembered import remembered

YEAR = 2026
FIRST, LAST = datetime.date(YEAR, 1, 1), datetime.date(YEAR, 12, 31)
DAY = datetime.date(YEAR, 3, 10)
NUMBERS = count(1)

RULES = """
code = "short"
title = "测试用办法"
year = 2026
first_day = 2026-01-01
last_day = 2026-12-31

[total]
name = "总分"
cap = 100
floor = 0

[switches]
excluded = [{ post = ["chair"], reason = "主席会议成员不参加排名" }]

[[category]]
code = "work"
name = "履职"
floor = "none"

[[category]]
code = "services"
name = "公益"
parent = "work"
cap = 40

[[rule]]
code = "service"
name = "公益活动"
category = "services"
clause = "第一条"
of = { kind = "public_service" }
rows = [{ points = 5 }]

[[rule]]
code = "proposal"
name = "立案提案"
category = "work"
clause = "第二条"
of = { kind = "proposal", stage = "filed" }
rows = [{ points = "10" }]
share = "equal"

[[rule]]
code = "extra"
name = "考核加分"
category = "work"
clause = "第三条"
manual = { low = -10, high = 10 }

[[gate]]
code = "no_service"
name = "至少一次公益活动"
clause = "第四条"
ceiling = "合格"
tests = [{ of = { kind = "public_service" }, at_least = 1 }]

[[grade]]
name = "优秀"
at_least = 20
share = "1/2"
tie = "in"

[[grade]]
name = "合格"
at_least = 10

[[grade]]
name = "不合格"

[rank]
by = ["post"]
smallest = 2
"""


def make_ruleset(committee, text=RULES, *, year=YEAR, subject_kind="member", version=1):
    """An approved ruleset with this text."""
    canonical = dumps(loads(text))
    with act(user=None, verb="test", committee=committee):
        return Ruleset.objects.create(
            committee=committee,
            year=year,
            subject_kind=subject_kind,
            title="测试用办法",
            version=version,
            reason="" if version == 1 else "修订",
            state=Ruleset.State.APPROVED,
            toml=canonical,
            digest=hashlib.sha256(canonical.encode()).hexdigest(),
            approved_at=timezone.now(),
        )


def make_year(members=4, *, text=RULES, place=None):
    """An open assessment of `members` seats. Returns place, seats, subjects, assessment."""
    return remembered(_year, members, text) if place is None else _year(members, text, place)


def _year(members, text, place=None):
    place = place or make_committee()
    ruleset = make_ruleset(place.committee, text)
    assessment = open_assessment(
        user=None,
        committee=place.committee,
        year=YEAR,
        subject_kind="member",
        ruleset=ruleset,
        from_on=FIRST,
        to_on=LAST,
    )
    seats = [make_seat(place, "张示例", number=f"{n:04d}") for n in range(1, members + 1)]
    Stale.objects.filter(assessment=assessment).delete()  # tests set their own marks
    return SimpleNamespace(
        place=place, seats=seats, subjects=[seat.subject for seat in seats], assessment=assessment, ruleset=ruleset
    )


def add_fact(subject, kind="public_service", *, key=None, day=None, attributes="", **columns):
    """One fact of the subject; its key is a running number unless given."""
    key = key or f"{kind}/{next(NUMBERS)}"
    day = day or DAY
    return Fact.objects.create(
        committee=subject.committee,
        subject=subject,
        happened_on=day,
        origin_on=day,
        key=key,
        kind=kind,
        attributes=attributes,
        matter="/".join(key.split("/")[:2]),
        source=key,
        **columns,
    )


def fill(year):
    """Facts that make all totals different: the n-th subject has n services and every third a shared proposal."""
    rows = []
    for n, subject in enumerate(year.subjects):
        for m in range(n % 9):
            rows.append((subject, f"public_service/{n}-{m}", "public_service", "", 100 + n, 1, 1))
        if n % 3 == 0:
            rows.append((subject, f"proposal/{n}/filed", "proposal", "role=lead;stage=filed", 100, 1, 1 + n % 4))
    Fact.objects.bulk_create(
        Fact(
            committee=year.place.committee,
            subject=subject,
            happened_on=datetime.date(YEAR, 1 + n % 12, 10),
            origin_on=datetime.date(YEAR, 1, 5),
            key=key,
            kind=kind,
            attributes=attributes,
            quantity=quantity,
            position=position,
            sharers=sharers,
            matter="/".join(key.split("/")[:2]),
            source=key,
        )
        for n, (subject, key, kind, attributes, quantity, position, sharers) in enumerate(rows)
    )


def cards_of(assessment):
    """{seat number: (digest, total, place, grade, cohort)} as stored."""
    rows = (
        ReportCard.objects.filter(assessment=assessment)
        .order_by("place", "subject__seat__number")
        .values_list("subject__seat__number", "digest", "total", "place", "grade", "cohort")
    )
    return {number: tuple(values) for number, *values in rows}


def fresh(assessment):
    return Assessment.objects.select_related("ruleset", "committee").get(pk=assessment.pk)
