"""What the engine reads: the dataclasses of a ruleset, a subject and a fact.

Units. *Hundredths* are whole hundredths of a point (int); caps, floors, bounds and everything printed are hundredths.
Row points, marks, factors and shares are exact fractions of a point (`Fraction`), because 1/3 must stay 1/3 until a
line is rounded. Dates are inclusive on both ends. Every word used here is defined in docs/rules.md.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

TOTAL = "total"  # code of the root of the category tree
ALL = "all"  # need: every meeting convened to the subject
NONE = "none"  # floor: stated that there is none
UNSTATED = "unstated"  # floor: nothing beneath can be negative, so nothing is said

POSTS = ("chair", "vice_chair", "secretary_general", "standing_member", "member")
SUBJECT_KINDS = ("member", "special_committee", "group")
MEETING_KINDS = (
    "plenary",
    "standing_meeting",
    "chair_meeting",
    "consultation",
    "inspection",
    "research",
    "oversight",
    "study",
    "sector_activity",
    "committee_activity",
    "other_activity",
)
KINDS = (
    *MEETING_KINDS,
    "proposal",
    "opinion",
    "address_oral",
    "address_written",
    "research_report",
    "article",
    "historical_material",
    "public_service",
    "studio_duty",
    "contact_visit",
    "honour",
    "deduction",
    "study_notes",
    "adjustment",
    "appraisal",
)
ATTRIBUTES = (
    "stage",
    "level",
    "form",
    "outcome",
    "role",
    "part",
    "leave",
    "organ",
    "honour",
    "way",
    "rule",
    "half",
    "effect",
    "mandatory",
    "by",
)
CODES = {  # closed lists; other attributes take any code, and every list takes local "x-…" codes
    "stage": (
        "submitted",
        "filed",
        "merged",
        "key",
        "outstanding",
        "issued",
        "adopted",
        "instructed",
        "not_filed",
        "passed_on",
    ),
    "level": ("unit", "township", "county", "city", "province", "nation"),
    "form": ("single", "composite"),
    "outcome": ("present", "late", "left_early", "part", "leave", "absent", "exempt", "not_recorded"),
    "way": ("individual", "joint", "collective"),
    "effect": ("points", "veto", "exemption"),
    "mandatory": ("yes", "no"),
}
MEETING_OUTCOMES = ("present", "part", "leave", "absent", "exempt", "not_recorded")
SITTING_OUTCOMES = ("present", "late", "left_early", "leave", "absent", "exempt", "not_recorded")


class RulesetError(ValueError):
    """A ruleset that cannot be accepted. `problems`: Chinese sentences, each saying where, what was found, what is expected."""

    def __init__(self, problems):
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class FactError(ValueError):
    """A fact the rules cannot take (manual points outside their bounds). The text is a Chinese sentence."""


# --- what is scored ------------------------------------------------------------------------------------------------


class Fact(NamedTuple):
    """One stage of one object for one subject; column order of table scoring_fact. It carries no points."""

    happened_on: date  # day of this stage
    key: str  # "kind/object/stage[/organ]", unique per subject
    origin_on: date  # day the object was submitted or held
    kind: str
    attributes: str = ""  # "name=code;name=code", names sorted
    quantity: int = 100  # hundredths; adjustment and appraisal: points in hundredths, signed
    position: int = 1  # 1 = first signer
    sharers: int = 1  # confirmed signers
    matter: str = ""  # root object: what limit, highest, once and need call an object


class Span(NamedTuple):
    """A post held, or service, from a day to a day (None: still)."""

    code: str
    from_on: date
    to_on: date | None = None


class MemberFigures(NamedTuple):
    """The printed figures of one member of a group on the last day of the window."""

    key: str
    ranked: bool
    figures: tuple[tuple[str, int], ...]  # (category code or "total", hundredths)


@dataclass(frozen=True, slots=True)
class Subject:
    key: str
    kind: str = "member"
    posts: tuple[Span, ...] = ()
    served: tuple[Span, ...] = ()  # groups and special committees: empty = always
    attributes: tuple[tuple[str, str], ...] = ()
    exempt: str = ""  # why not scored; "" = scored
    figures: tuple[MemberFigures, ...] = ()
    earlier: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = ()  # (year, printed figures) of earlier years


# --- the ruleset ---------------------------------------------------------------------------------------------------

Where = tuple[tuple[str, tuple[str, ...]], ...]
"""Conditions: (name, codes), all of which hold; a code "!x" excludes x, "" is the absent attribute."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`of`: which facts. `unit` decides whether attendance is read by the meeting or by the sitting."""

    kinds: tuple[str, ...]
    where: Where = ()
    unit: str = "meeting"  # meeting | sitting


@dataclass(frozen=True, slots=True)
class Excepted:
    """Subjects left out, with the reason that is printed."""

    where: Where
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    points: Fraction
    where: Where = ()
    name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A base mark; `posts` empty = whoever is not named by an earlier amount."""

    points: Fraction
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Manual:
    low: int  # hundredths, both allowed
    high: int


@dataclass(frozen=True, slots=True)
class Need:
    points: Fraction
    n: int | str  # ALL = every meeting convened
    partial: bool = False
    every: str = "year"  # year | quarter


@dataclass(frozen=True, slots=True)
class Ratio:
    points: Fraction
    over: tuple[Scope, ...]  # b; the rule's own `of` is a


@dataclass(frozen=True, slots=True)
class Members:
    """Groups: sum or mean of the members' printed figures."""

    figure: str = TOTAL
    by: str = "sum"  # sum | mean


@dataclass(frozen=True, slots=True)
class Times:
    factor: Fraction
    where: Where = ()
    name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    name: str
    category: str
    value: Rows | Base | Manual | Need | Ratio | Members
    of: tuple[Scope, ...] = ()
    clause: str = ""
    source: str = ""
    note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    credit: str = ""  # "" = the ruleset's | stage | event
    who: Where = ()  # on "post" and any attribute of the subject
    excepted: tuple[Excepted, ...] = ()
    times: tuple[Times, ...] = ()
    share: str = ""  # "" | first | half | equal
    conserve: bool = False
    named: int | None = None  # only the first K named earn
    highest: bool = False
    skip: int = 0
    limit: int | None = None
    count: str = "objects"  # what skip, limit and need count: objects | quantity


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    name: str
    parent: str = TOTAL
    clause: str = ""
    note: str = ""
    cap: int | None = None  # hundredths
    floor: int | str = UNSTATED  # hundredths | NONE | UNSTATED
    outside: bool = False
    weight: Fraction = Fraction(1)
    provenance: str = ""  # where a weighted part comes from


@dataclass(frozen=True, slots=True)
class Once:
    """An object counts under one of the headings (codes of rules or categories)."""

    code: str
    headings: tuple[str, ...]
    keep: str = "greatest"  # greatest | first
    name: str = ""
    clause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a gate: a count of objects (`of`) or a printed figure (`figure`) against one bound."""

    of: tuple[Scope, ...] = ()
    figure: str = ""  # category code or "total"
    at_least: int | None = None  # objects; hundredths for a figure
    at_most: int | None = None
    count: str = "objects"
    years: int = 1
    years_by: str = "sum"  # sum of the years | each: fails only when every year fails
    credit: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    code: str
    name: str
    tests: tuple[Test, ...]
    match: str = "all"  # all | any
    clause: str = ""
    source: str = ""
    note: str = ""
    who: Where = ()
    excepted: tuple[Excepted, ...] = ()
    ceiling: str = ""  # name of the highest grade left open
    zero: bool = False
    action: str = ""  # e.g. 约谈


@dataclass(frozen=True, slots=True)
class Grade:
    """Best first. `share` and `places` limit how many; both stated: the smaller holds."""

    name: str
    at_least: int | None = None  # hundredths; None = no lower bound
    share: Fraction | None = None
    places: int | None = None
    tie: str = ""  # in | out | categories; stated when there is a quota
    compare: tuple[str, ...] = ()  # categories compared in turn
    colour: str = ""
    clause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    name: str
    to: Fraction  # place ≤ to × ranked subjects


@dataclass(frozen=True, slots=True)
class Rank:
    by: tuple[str, ...] = ()  # partitions: "post" and attributes of the subject
    places: bool = True
    smallest: int = 1  # partitions with fewer ranked subjects get no places
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Switches:
    credit: str = "stage"
    prorate_needs: bool = False
    prorate_base: bool = False
    min_months: int = 0
    present_from: tuple[tuple[str, Fraction], ...] = ()  # kind → share of sittings; default 1
    part_from: tuple[tuple[str, Fraction], ...] = ()
    exempt_leave: tuple[str, ...] = ()
    decimals: int = 2
    excluded: tuple[Excepted, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """The days of one kind of fact, when they differ from the ruleset's."""

    kind: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Ruleset:
    code: str
    title: str
    year: int
    first_day: date
    last_day: date
    version: int = 1
    subjects: str = "member"
    adopted: str = ""  # by whom and when, as printed
    source: str = ""
    note: str = ""
    missing: tuple[str, ...] = ()  # what the source says and this ruleset leaves out, with the reason
    switches: Switches = Switches()
    total_name: str = "总分"
    total_cap: int | None = None
    total_floor: int | str = UNSTATED
    windows: tuple[Window, ...] = ()
    categories: tuple[Category, ...] = ()
    rules: tuple[Rule, ...] = ()
    once: tuple[Once, ...] = ()
    gates: tuple[Gate, ...] = ()
    grades: tuple[Grade, ...] = ()
    rank: Rank = Rank()
    labels: tuple[tuple[str, str], ...] = ()  # Chinese names of local codes
