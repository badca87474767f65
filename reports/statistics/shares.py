"""What the points come from: having been there, or what came of it. Read from the lines of the cards as they stand."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from members.access import visible
from proposals.rates import percent
from reports import charts
from reports.statistics.tables import NOTHING, Cell, Table, figure, link, names
from reports.statistics.years import Year
from scoring import editions
from scoring.compiled import TamperedRuleset, compiled
from scoring.engine.schema import MEETING_KINDS, Base, Manual, Members, Rule, RulesetError
from scoring.engine.sentences import points
from scoring.models import Edition, EditionCard, ReportCard

PRESENCE, RESULTS, OTHER = "presence", "results", "other"
SOURCES = {PRESENCE: "到会参加", RESULTS: "履职成果", OTHER: "其他"}
DECIDED = {"adjustment", "appraisal", "deduction"}  # kinds of facts that are neither
NOTES = [
    "到会参加：由出席登记得分（或扣分）的规则；履职成果：由提案、社情民意、发言、调研报告等记录得分的规则；"
    "其他：基本分、人工加减分、扣分事项、折算等。",
    "分数是全体考核对象成绩单上各条得分之和，已按上限折减；占比是占得分合计的比例。",
]


class Earned(NamedTuple):
    """Points (hundredths) of one rule on one card. ``part``: code of the category right below the total."""

    subject: Any
    part: str
    rule: str
    source: str
    counted: int


@dataclass(frozen=True, slots=True)
class Cards:
    """``parts`` and ``rules``: names by code; ``edition`` None: live cards. ``count``: how many there are."""

    earned: list[Earned]
    parts: dict[str, str]
    rules: dict[str, str]
    edition: Edition | None
    count: int

    @property
    def basis(self) -> str:
        if self.edition:
            return f"取自{self.edition.name}的定版，共 {self.count} 份成绩单；以后的更改不影响这里，直到发布更正。"
        return f"取自现在的 {self.count} 份成绩单，尚未定版，会随记录变动。"


def cards(year: Year) -> Cards | None:
    """Of the year's members: a published year's as its edition has them. None without an assessment. Four queries."""
    assessment = year.assessment
    if assessment is None:
        return None
    edition = editions.current(assessment)
    source_of = _sources(assessment.ruleset)
    earned, parts, rules, count = [], {}, {}, 0
    for subject, document in _documents(year, edition):
        count += 1
        tops = _tops(document["nodes"])
        parts |= {code: name for code, name in tops.values() if code}
        by_rule: dict[tuple[str, str, str], int] = defaultdict(int)
        for line in document["lines"]:
            rules[line["rule"]] = line["name"]
            by_rule[tops[line["category"]][0], line["rule"], source_of(line)] += line["counted"]
        earned += [Earned(subject, *key, counted) for key, counted in by_rule.items() if counted]
    return Cards(earned, parts, rules, edition, count)


def _documents(year: Year, edition: Edition | None) -> Iterator[tuple[Any, dict]]:
    if edition:
        rows: QuerySet = visible(year.user, EditionCard).filter(edition=edition)
        for subject, text in rows.order_by("pk").values_list("subject__public_id", "document").iterator():
            yield subject, json.loads(text)["card"]
    else:
        rows = visible(year.user, ReportCard).filter(assessment=year.assessment)
        for subject, text in rows.order_by("pk").values_list("subject__public_id", "document").iterator():
            yield subject, json.loads(text)


def _tops(nodes: list[dict]) -> dict[str, tuple[str, str]]:
    """{code of a category: (code, name) of the one it belongs to right below the total}; the total has ("", "")."""
    root, found = nodes[0]["code"], {nodes[0]["code"]: ("", "")}
    for node in nodes[1:]:  # parents come first
        found[node["code"]] = (node["code"], node["name"]) if node["parent"] == root else found[node["parent"]]
    return found


# ---------------------------------------------------------------- which rule is fed by what
def _sources(ruleset: Any) -> Callable[[dict], str]:
    """From a line to its source; by its fact alone where the rule cannot be read or takes both."""
    try:
        rules = {rule.code: source_of_rule(rule) for rule in compiled(ruleset).ruleset.rules}
    except (RulesetError, TamperedRuleset):
        rules = {}
    return lambda line: rules.get(line["rule"]) or source_of_kind(line["kind"])


def source_of_rule(rule: Rule) -> str:
    """ "" when it takes facts of both."""
    kinds = {kind for scope in rule.of for kind in scope.kinds}
    if isinstance(rule.value, Base | Manual | Members):
        return OTHER
    found = {source_of_kind(kind) for kind in kinds} or {OTHER}
    return found.pop() if len(found) == 1 else ""


def source_of_kind(kind: str) -> str:
    if kind in MEETING_KINDS:
        return PRESENCE
    return OTHER if kind in DECIDED or not kind else RESULTS


# ---------------------------------------------------------------- tables
def tables(year: Year, found: Cards) -> list[Table]:
    whole = sum(one.counted for one in found.earned)
    return [_sources_table(year, found, whole), _parts_table(year, found, whole), _rules_table(year, found)]


def _sources_table(year: Year, found: Cards, whole: int) -> Table:
    rows, sums = [], []
    for code, name in SOURCES.items():
        mine = [one for one in found.earned if one.source == code]
        sums.append(sum(one.counted for one in mine))
        rows.append([Cell(name), *_cells(year, mine, source=code), Cell(_share(sums[-1], whole))])
    drawn = charts.lying("得分来源（分）", names(rows), [charts.Series("得分", sums, [row[1].text for row in rows])])
    foot = [Cell("合计"), *_cells(year, found.earned), Cell(_share(whole, whole))]
    return Table(
        "sources",
        "到会参加与履职成果",
        ["来源", "得分合计", "得分人数", "占比"],
        rows,
        [*NOTES, found.basis],
        foot,
        [drawn],
    )


def _parts_table(year: Year, found: Cards, whole: int) -> Table:
    rows, series = [], {code: [] for code in SOURCES}
    for part, name in [*found.parts.items(), ("", "不属于任何类别")]:
        mine = [one for one in found.earned if one.part == part]
        if not mine:
            continue
        row = [Cell(name)]
        for code in SOURCES:
            some = [one for one in mine if one.source == code]
            series[code].append(sum(one.counted for one in some))
            row += _cells(year, some, part=part or NOTHING, source=code)[:1]
        rows.append([*row, *_cells(year, mine, part=part or NOTHING), Cell(_share(_sum(mine), whole))])
    drawn = [
        charts.lying(
            "各类别的得分来源（分）",
            names(rows),
            [
                charts.Series(name, series[code], [points(one) for one in series[code]])
                for code, name in SOURCES.items()
            ],
        )
    ]
    columns = ["类别", *SOURCES.values(), "得分合计", "得分人数", "占比"]
    return Table("parts", "按计分类别", columns, rows, NOTES, [], drawn if rows else [])


def _rules_table(year: Year, found: Cards) -> Table:
    rows = []
    for rule, name in found.rules.items():
        mine = [one for one in found.earned if one.rule == rule]
        if mine:
            fed = "、".join(SOURCES[code] for code in SOURCES if any(one.source == code for one in mine))
            rows.append(
                [Cell(name), Cell(found.parts.get(mine[0].part, NOTHING)), Cell(fed), *_cells(year, mine, rule=rule)]
            )
    return Table("rules", "按计分规则", ["规则", "类别", "来源", "得分合计", "得分人数"], rows, NOTES[1:])


def _cells(year: Year, mine: list[Earned], **query: str) -> list[Cell]:
    """Points and members; both lead to the members."""
    url = link("statistics_shares", year.number, **query, who="1") + "#who"
    people = len({one.subject for one in mine})
    return [Cell(points(_sum(mine)), url if people else ""), figure(people, url)]


def _sum(mine: list[Earned]) -> int:
    return sum(one.counted for one in mine)


def _share(part: int, whole: int) -> str:
    return percent(part, whole) if part >= 0 and whole > 0 else NOTHING


def who(found: Cards, *, source: str = "", part: str = "", rule: str = "") -> list[tuple[Any, int]]:
    """[(public id of the subject, points in hundredths), …] of those who have points of these, the most first."""
    sums: dict[Any, int] = {}
    for one in found.earned:
        if source in ("", one.source) and part in ("", one.part or NOTHING) and rule in ("", one.rule):
            sums[one.subject] = sums.get(one.subject, 0) + one.counted
    return sorted(sums.items(), key=lambda item: (-item[1], str(item[0])))
