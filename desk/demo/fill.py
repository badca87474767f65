"""Fill an empty database with the demonstration: three committees, two years, rules, records, assessments."""

import datetime
import random
from collections.abc import Callable
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction

from desk.demo import places
from desk.demo.coming import make_coming
from desk.demo.committee import Cast, make_committee
from desk.demo.drafted import make_drafted
from desk.demo.gathered import make_gathered
from desk.demo.meetings import make_meetings, meetings
from desk.demo.own import make_own
from desk.demo.papers import make_contributions, make_proposals, make_reports
from desk.demo.parts import make_parts
from desk.demo.reported import make_reported
from desk.founding import in_year
from members.models import Committee
from members.signals import gathered
from scoring.engine import toml
from scoring.models import Assessment
from scoring.rulesets import shipped
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from scoring.services.assessments import open_assessment
from scoring.services.rulesets import approve_ruleset, store_ruleset

PROPOSALS = 210
REPORTS = 150
COUNTY = "yunhe"
RULESETS = (("sample", 2025), ("sample", 2026), ("sample_special_committee", 2026), ("sample_group", 2026))


def is_filled() -> bool:
    """Whether the database already holds the demonstration. ValidationError when it holds a real committee."""
    real = Committee.objects.filter(is_demonstration=False).first()
    if real is not None:
        raise ValidationError(
            f"数据库里已有正式数据（{real.name}），不能再装入示例。请换一个空的数据库，例如另设 DATABASE_URL。"
        )
    return Committee.objects.exists()


def fill(say: Callable[[str], None]) -> list[Assessment]:
    """Everything or nothing, in one transaction; the same rows for the same seed. Returns the assessments."""
    assessments = []
    with transaction.atomic(), gathered(fill):
        made: dict[str, Committee] = {}
        for place in places.PLACES:
            say(f"正在生成{place.short_name}（{place.people} 名委员）……")
            cast = make_committee(place, made.get(place.parent))
            made[place.code] = cast.committee
            assessments += _make_years(cast)
            _make_records(cast, place)
    return assessments


def _make_years(cast: Cast) -> list[Assessment]:
    """Both years' rules, approved, and their assessments; special committees and groups in the last year."""
    found = []
    approver = cast.accounts["chair"]
    for name, year in RULESETS:
        ruleset = in_year(toml.loads(shipped(name)), year)
        row = store_ruleset(user=approver, committee=cast.committee, year=year, ruleset=ruleset)
        approve_ruleset(user=approver, ruleset=row)
        found.append(
            open_assessment(
                user=approver,
                committee=cast.committee,
                year=year,
                subject_kind=ruleset.subjects,
                ruleset=row,
                from_on=ruleset.first_day,
                to_on=ruleset.last_day,
            )
        )
    return found


def _make_records(cast: Cast, place: places.Place) -> None:
    rng = random.Random(place.seed * 7919)
    chosen = meetings()
    if place.code != COUNTY:
        names = (place.short_name[:2], "市政协" if place.level == "city" else "县政协")
        chosen = [replace(m, name=m.name.replace("县政协", names[1])) for m in chosen if m.kind in {"plenary", "study"}]
    make_meetings(cast, rng, chosen)
    share = place.people / 300
    proposals = make_proposals(cast, rng, round(PROPOSALS * share))
    make_reports(cast, rng, round(REPORTS * share), proposals)
    make_contributions(cast, rng)
    make_parts(cast, rng)
    _adjust(cast, rng)
    if place.code == COUNTY:
        make_coming(cast)
        make_gathered(cast)
        make_drafted(cast)
        make_reported(cast)
        make_own(cast)


def _adjust(cast: Cast, rng: random.Random) -> None:
    """Points entered by hand: proposed by one person, approved by another; one still waits."""
    clerk, chair = cast.accounts["clerk-general"], cast.accounts["chair"]
    ordinary = [s for s in cast.seats if cast.posts[s.number] == "member" and s.left_on is None]
    for n, seat in enumerate(rng.sample(ordinary, 3)):
        adjustment = propose_adjustment(
            user=clerk,
            committee=cast.committee,
            office=cast.offices["general"],
            subject=seat.subject,
            effect="points",
            rule="central_work",
            points=(300, 450, 200)[n],
            happened_on=datetime.date(2026, 9, 10 + n),
            reason="牵头完成县里交办的专项调研",
        )
        if n < 2:
            decide_adjustment(user=chair, adjustment=adjustment, is_approved=True, reason="情况属实")
