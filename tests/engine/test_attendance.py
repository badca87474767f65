"""The outcome of a meeting out of its sittings."""

from datetime import date
from fractions import Fraction

import pytest

from scoring.engine import Fact, compile, score
from scoring.engine import schema as s
from scoring.engine.attendance import judged, meetings
from tests.engine.make import make_rule, make_ruleset, make_subject

TWO_THIRDS = Fraction(2, 3)


@pytest.mark.parametrize(
    ("attended", "leave", "absent", "unknown", "expected"),
    [
        (6, 2, 0, 0, "present"),  # 6/8
        (4, 2, 0, 0, "present"),  # 4/6 is exactly ⅔
        (3, 0, 1, 0, "present"),
        (5, 3, 0, 0, "leave"),  # 5/8, every missed sitting on leave
        (5, 2, 1, 0, "absent"),
        (5, 0, 3, 0, "absent"),
        (0, 0, 0, 0, "exempt"),
        (8, 0, 0, 4, "present"),  # 8/12 whatever the four are
        (8, 0, 0, 5, "not_recorded"),  # 8/13 < ⅔, 9/13 ≥ ⅔
        (0, 0, 8, 4, "absent"),  # 4/12 at best
        (0, 8, 0, 1, "not_recorded"),  # absent or on leave
        (0, 0, 0, 1, "not_recorded"),
    ],
)
def test_outcome_of_a_meeting(attended, leave, absent, unknown, expected):
    assert judged(attended, leave, absent, unknown, TWO_THIRDS, None) == expected


@pytest.mark.parametrize(("attended", "absent", "expected"), [(4, 0, "present"), (2, 2, "part"), (1, 3, "absent")])
def test_part_lies_between_its_share_and_present(attended, absent, expected):
    assert judged(attended, 0, absent, 0, 1, Fraction(1, 2)) == expected


def make_sittings(*outcomes, kind="plenary"):
    """Outcomes like "leave/official" on consecutive days of one meeting."""
    out = []
    for n, text in enumerate(outcomes, 1):
        outcome, _, leave = text.partition("/")
        attributes = (f"leave={leave};" if leave else "") + f"level=county;outcome={outcome};stage=sitting"
        if leave:
            attributes = f"leave={leave};level=county;outcome={outcome};stage=sitting"
        out.append(
            Fact(date(2026, 1, n), f"{kind}/P/sitting/{n}", date(2026, 1, 1), kind, attributes, matter=f"{kind}/P")
        )
    return out


def make_rules(**switches):
    return compile(make_ruleset(switches=s.Switches(**switches)))


def test_meeting_is_one_fact_on_its_last_day_with_what_its_sittings_share():
    (meeting,) = meetings(make_rules(), make_sittings("present", "late", "left_early"))
    assert meeting == Fact(
        date(2026, 1, 3),
        "plenary/P/meeting",
        date(2026, 1, 1),
        "plenary",
        "level=county;outcome=present;stage=meeting",
        100,
        1,
        1,
        "plenary/P",
    )


def test_leave_of_one_kind_is_kept_on_the_meeting():
    (meeting,) = meetings(make_rules(), make_sittings("present", "leave/sick", "leave/sick"))
    assert meeting.attributes == "leave=sick;level=county;outcome=leave;stage=meeting"


def test_leave_of_different_kinds_is_not_kept():
    (meeting,) = meetings(make_rules(), make_sittings("leave/personal", "leave/sick"))
    assert meeting.attributes == "level=county;outcome=leave;stage=meeting"


def test_exempt_leave_leaves_the_count():
    (meeting,) = meetings(make_rules(exempt_leave=("official",)), make_sittings("present", "leave/official"))
    assert meeting.attributes == "level=county;outcome=present;stage=meeting"


def test_meeting_of_exempt_sittings_alone_is_exempt():
    (meeting,) = meetings(make_rules(exempt_leave=("official",)), make_sittings("exempt", "leave/official"))
    assert meeting.attributes == "level=county;outcome=exempt;stage=meeting"


def test_other_facts_make_no_meeting():
    assert (
        meetings(
            make_rules(), [Fact(date(2026, 1, 1), "article/A", date(2026, 1, 1), "article", "", matter="article/A")]
        )
        == []
    )


@pytest.mark.parametrize("outcome", ["not_recorded", "exempt"])
def test_unknown_and_exempt_score_only_where_they_are_named(outcome):
    not_absent = make_rule("r", of=(s.Scope(("study",), (("outcome", ("!absent",)),)),))
    named = make_rule("n", of=(s.Scope(("study",), (("outcome", (outcome,)),)),))
    card = score(compile(make_ruleset(not_absent, named)), make_subject(), make_sittings(outcome, kind="study"))
    assert [line.item.rule.code for line in card.lines] == ["n"]


def test_rule_by_the_sitting_does_not_see_the_meeting():
    rule = make_rule("r", of=(s.Scope(("study",), (("outcome", ("present",)),), "sitting"),))
    card = score(
        compile(make_ruleset(rule)), make_subject(), make_sittings("present", "absent", "present", kind="study")
    )
    assert [line.key for line in card.lines] == ["study/P/sitting/1", "study/P/sitting/3"]


def test_leave_noted_beside_an_absence_is_not_the_meetings():
    (meeting,) = meetings(make_rules(), make_sittings("absent/personal", "absent/personal"))
    assert meeting.attributes == "level=county;outcome=absent;stage=meeting"


def test_leave_without_a_kind_gives_the_meeting_none():
    (meeting,) = meetings(make_rules(), make_sittings("leave", "leave"))
    assert meeting.attributes == "level=county;outcome=leave;stage=meeting"


def test_sittings_after_an_exempt_one_count():
    (meeting,) = meetings(make_rules(), make_sittings("exempt", "absent"))
    assert meeting.attributes == "level=county;outcome=absent;stage=meeting"


def test_sitting_without_outcome_is_not_recorded():
    fact = Fact(date(2026, 1, 1), "study/P/sitting/1", date(2026, 1, 1), "study", "stage=sitting", matter="study/P")
    assert [m.attributes for m in meetings(make_rules(), [fact])] == ["outcome=not_recorded;stage=meeting"]


def test_part_played_at_any_sitting_is_the_meetings_the_first_stated_wins():
    sittings = [
        f._replace(attributes=f.attributes.replace(";stage", f";part={part};stage") if part else f.attributes)
        for f, part in zip(make_sittings("present", "present", "present"), ("", "speaker", "host"), strict=True)
    ]
    (meeting,) = meetings(make_rules(), sittings)
    assert meeting.attributes == "level=county;outcome=present;part=speaker;stage=meeting"


def test_meeting_begins_with_the_earliest_origin():
    first, second = make_sittings("present", "present")
    (meeting,) = meetings(make_rules(), [first._replace(origin_on=date(2025, 12, 30)), second])
    assert (meeting.happened_on, meeting.origin_on) == (date(2026, 1, 2), date(2025, 12, 30))


def test_unrecorded_sitting_cannot_hide_a_part():
    """2 of 4 attended, one unknown: 2/4 … 3/4, part either way when part begins at a half and present at all."""
    assert judged(2, 0, 1, 1, 1, Fraction(1, 2)) == "part"


@pytest.mark.parametrize(
    ("attended", "unknown", "expected"), [(3, 1, "not_recorded"), (6, 3, "present"), (6, 4, "not_recorded")]
)
def test_as_many_as_are_unknown_could_be_missed(attended, unknown, expected):
    assert judged(attended, 0, 0, unknown, TWO_THIRDS if attended > 3 else 1, None) == expected
