"""Steps that still score: found by scoring one more thing, printed with exactly what it brings."""

import datetime
import re
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
import time_machine
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from activities.models import ContributionKind
from members.models import Committee, Seat, Subject
from scoring import engine
from scoring.cardview import arrange
from scoring.engine.check import check
from scoring.models import Fact
from scoring.steps import MOST, Way, steps, with_facts
from scoring.ways import NEXT, own_ways, ways_of
from tests.cast import make_activity, make_attendance, make_contribution, make_proposal, make_report
from tests.engine import chance, chance_facts
from tests.scoring.year import YEAR, make_year

SHIPPED = sorted((Path(__file__).parents[2] / "scoring" / "rulesets").glob("*.toml"))
OF_MEMBERS = [path for path in SHIPPED if 'subjects = "member"' in path.read_text(encoding="utf-8")]
relaxed = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def ways_in(random, ruleset):
    """What the ruleset asks for, as things to do: half of them on any day, half on their own."""
    made = [
        fact for fact in chance_facts.facts_asked_in(random, ruleset) if fact.kind not in {"adjustment", "appraisal"}
    ]
    return [
        Way(fact.matter, fact.key, (fact,), until=fact.happened_on if chance.often(random) else None) for fact in made
    ]


@relaxed
@given(st.randoms(use_true_random=False))
def test_what_the_card_shows_adds_up_to_the_total(random):
    """Every point stands on a line under its rule: sum of the lines = what the rules brought = the total shown."""
    ruleset = chance.ruleset_in(random)
    assume(not check(ruleset))
    facts = [*chance_facts.facts_in(random, ruleset), *chance_facts.facts_asked_in(random, ruleset)]
    rules, subject = engine.compile(ruleset), chance_facts.subject_in(random, ruleset)
    try:
        document = engine.score(rules, subject, facts).document()
    except engine.FactError:
        assume(False)
    view = arrange(document=document, ruleset=ruleset, words={}, titles={})
    shown = [*view.own, *(rule for part in view.parts for rule in rules_under(part))]
    lines = [line for rule in shown for line in rule.lines]
    assert view.total == sum(rule.counted for rule in shown) == sum(line.points for line in lines)
    assert all(line.sentence for line in lines)


def rules_under(part):
    return [*part.rules, *(rule for below in part.parts for rule in rules_under(below))]


@relaxed
@given(st.randoms(use_true_random=False))
def test_on_record_a_step_raises_the_total_by_exactly_the_printed_points(random):
    ruleset = chance.ruleset_in(random)
    assume(not check(ruleset))
    rules, subject = engine.compile(ruleset), chance_facts.subject_in(random, ruleset)
    today = chance.day_in(random, ruleset.first_day, ruleset.last_day)
    facts = chance_facts.facts_in(random, ruleset)
    try:
        engine.score(rules, subject, facts)
    except engine.FactError:
        assume(False)
    assert_steps_keep_their_word(rules, subject, facts, ways_in(random, ruleset), today)


def assert_steps_keep_their_word(rules, subject, facts, ways, today):
    before = engine.score(rules, subject, facts).total
    found = steps(rules, subject, facts, ways, today)
    after = [engine.score(rules, subject, with_facts(facts, step.facts)).total for step in found]
    assert [total - before for total in after] == [step.points for step in found]
    assert all(step.points > 0 for step in found)
    assert len(found) <= MOST
    assert found == sorted(found, key=lambda step: (-step.points, step.until))
    return found


# What nobody can read aloud: a code, two stops at once, a gap, no end.
STUMBLES = re.compile(r"[A-Za-z_]{2,}|[，。；：、！？]{2,}|  |[^。]$|^$")


def told_in(card):
    """Every sentence of a card."""
    return [one["sentence"] for part in ("lines", "nodes", "gates", "missing") for one in card[part]]


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_every_sentence_of_a_card_reads_aloud(path):
    ruleset = engine.loads(path.read_text(encoding="utf-8"))
    rules, told = engine.compile(ruleset), set()
    for seed in range(12):
        random = Random(seed)
        subject, facts = chance_facts.subject_in(random, ruleset), chance_facts.facts_asked_in(random, ruleset)
        with suppress(engine.FactError):
            told |= {*told_in(engine.score(rules, subject, facts).plain())}
    assert (bool(told), [one for one in told if STUMBLES.search(one)]) == (True, [])


def someone(level="county"):
    """A subject and its ways without a database."""
    committee = Committee(pk=1, level=level, short_name="示例政协")
    return Subject(pk=1, committee=committee, seat=Seat(pk=1, member_id=1))


def kinds_in(ruleset):
    """Every kind that the ruleset reads, as one that members report."""
    kinds = {kind for rule in ruleset.rules for scope in rule.of for kind in scope.kinds}
    return [ContributionKind(code=kind, name=kind, unit="项") for kind in sorted(kinds - NOT_REPORTED)]


NOT_REPORTED = {"proposal", "opinion", "adjustment", "appraisal"}


@pytest.mark.parametrize("path", OF_MEMBERS, ids=[path.stem for path in OF_MEMBERS])
def test_in_each_shipped_ruleset_a_step_raises_the_total_by_exactly_the_printed_points(path):
    """With what a proposal, a report or a contribution really becomes, whatever stands on the card already."""
    ruleset = engine.loads(path.read_text(encoding="utf-8"))
    rules, kinds = engine.compile(ruleset), kinds_in(ruleset)
    a_year = engine.Subject("甲", served=(engine.Span("seat", datetime.date(2000, 1, 1)),))
    first = ruleset.first_day
    known = [engine.Fact(first, "proposal/A/filed", first, "proposal", "role=lead;stage=filed", matter="proposal/A")]
    ways = own_ways(someone(), kinds)
    offered = [assert_steps_keep_their_word(rules, a_year, facts, ways, first) for facts in ([], known)]
    assert any(offered) == (path.stem != "anqing_2018")  # whose rules only take away

    @settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(st.randoms(use_true_random=False))
    def promised(random):
        subject = chance_facts.subject_in(random, ruleset)
        facts = chance_facts.facts_asked_in(random, ruleset)
        today = chance.day_in(random, ruleset.first_day, ruleset.last_day)
        ways = [*own_ways(someone(random.choice(["county", "city"])), kinds), *ways_in(random, ruleset)]
        try:
            engine.score(rules, subject, facts)
        except engine.FactError:
            assume(False)
        assert_steps_keep_their_word(rules, subject, facts, ways, today)

    promised()


TODAY = datetime.date(YEAR, 6, 1)


def carried_out(year, seat, way):
    """The record that the way speaks of, through the services."""
    level = year.place.committee.level
    if way.group == "proposal":
        return make_proposal(year.place, [seat], day=TODAY, filed_on=TODAY if "立案" in way.title else None)
    if way.group == "opinion":
        adopted = [level] if "采用" in way.title else []
        return make_report(year.place, [seat], day=TODAY, adopted=adopted)
    if way.page == "my_activities":
        return make_attendance(year.meeting, {seat: "present"}).activity
    return make_contribution(
        year.place,
        seat,
        kind=way.group,
        day=TODAY,
        office=year.place.offices[0],
        level=level if "（" in way.title else "",
    )


@pytest.mark.sqlite
@pytest.mark.django_db
def test_what_a_step_assumes_is_what_the_record_becomes():
    """Each way is walked: the facts of the record are those that the step was computed with, but for its id."""
    with time_machine.travel(datetime.datetime(YEAR, 6, 1, 2, tzinfo=datetime.UTC), tick=False):
        year = make_year(1)
        seat, subject = year.seats[0], year.subjects[0]
        ContributionKind.objects.filter(code__in=["honour", "public_service"]).update(is_reportable=True)
        year.meeting = make_activity(year.place, [seat], kind="study", day=TODAY)
        ways = ways_of(year.assessment, subject, TODAY)
        assumed, became = {}, {}
        for way in ways:
            before = set(Fact.objects.values_list("key", flat=True)) if way.until is None else set()
            public_id = str(carried_out(year, seat, way).public_id)
            rows = Fact.objects.filter(subject=subject).exclude(key__in=before)
            if way.until is not None:
                rows = rows.filter(kind="study")
            became[way.title] = sorted(plain(row, public_id) for row in rows)
            assumed[way.title] = sorted(plain(fact, public_id if way.until else NEXT) for fact in way.facts)
    assert assumed == became
    assert sorted({way.group.partition("/")[0] for way in ways}) == [
        "honour",
        "opinion",
        "proposal",
        "public_service",
        "study",
    ]


def plain(fact, public_id):
    """A fact without its days and the id of its record; the organ of an adoption is the committee's to name."""
    attributes = [one for one in fact.attributes.split(";") if not one.startswith("organ=")]
    key = fact.key.replace(public_id, "").partition("adopted")[0]
    return (key, fact.kind, attributes, fact.quantity, fact.position, fact.sharers, fact.matter.replace(public_id, ""))
