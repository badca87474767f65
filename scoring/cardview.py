"""A card's document, with titles of records and words of rules, arranged for the page that loops over it.

Nothing is scored here: figures, points and sentences come from the document as they are.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from scoring.engine.schema import Grade, Ruleset
from scoring.uncredited import Uncredited

SCALE_WIDTH = 1000  # units of the drawing; the page stretches it


@dataclass(frozen=True, slots=True)
class LineView:
    """One line. ``points`` is what it counts, ``earned`` what it was before caps, both in hundredths."""

    on: date
    title: str
    url: str
    points: int
    earned: int
    sentence: str
    fact: str = ""  # key of the fact, "" when the line stands on none

    @property
    def is_lost(self) -> bool:
        """Something was taken from it."""
        return self.points != self.earned

    @property
    def is_minus(self) -> bool:
        return self.points < 0


@dataclass(frozen=True, slots=True)
class UncreditedView:
    """A record that brought nothing, with the reason."""

    on: date
    title: str
    url: str
    reason: str
    fact: str = ""  # "kind/public id" of what is a fact, and may be disputed


@dataclass(slots=True)
class RuleView:
    code: str
    name: str
    clause: str
    words: str
    counted: int = 0
    lines: list[LineView] = field(default_factory=list)


@dataclass(slots=True)
class PartView:
    """A category with its rules and the categories beneath it. ``number``: its place in the document, 0 the whole card's;
    addresses name it by that, since codes may be any text.
    """

    number: int
    code: str
    name: str
    clause: str
    figure: int
    cap: int | None
    outside: bool
    sentence: str
    rules: list[RuleView] = field(default_factory=list)
    parts: list["PartView"] = field(default_factory=list)
    uncredited: list[UncreditedView] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return self.cap is not None and self.figure >= self.cap

    @property
    def shown(self) -> int:
        """The figure as far as a bar can show it."""
        return max(0, min(self.figure, self.cap or 0))

    @property
    def room(self) -> int | None:
        """What the cap still lets in."""
        return None if self.cap is None else max(0, self.cap - self.figure)

    @property
    def count(self) -> int:
        """Lines of this part alone."""
        return sum(len(rule.lines) for rule in self.rules)

    @property
    def scored(self) -> list[RuleView]:
        return [rule for rule in self.rules if rule.lines]

    @property
    def unused(self) -> list[RuleView]:
        """Rules that have no line yet."""
        return [rule for rule in self.rules if not rule.lines]


@dataclass(frozen=True, slots=True)
class GateView:
    """``readings``: (sentence, is met) of each thing asked for, when there are several; ``outcome`` what then follows of
    all of them. Otherwise ``sentence`` says everything.
    """

    name: str
    is_met: bool
    sentence: str
    readings: list[tuple[str, bool]]
    outcome: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A grade's lowest total on the scale."""

    name: str
    at_least: int
    x: int
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Scale:
    width: int
    have: int
    marks: list[Mark]

    @property
    def label(self) -> str:
        return "，".join(f"{mark.name}线 {mark.at_least / 100:g} 分" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class CardView:
    total: int
    grade_by_threshold: str
    is_ranked: bool
    reason: str
    months: int
    whole: PartView  # what stands on the total itself: a veto, a conversion, and what no rule is near to
    by_number: dict[int, PartView]
    outside: list[PartView]
    gates: list[GateView]
    to_next: dict | None
    missing: list[dict]
    scale: Scale | None

    @property
    def parts(self) -> list[PartView]:
        return self.whole.parts

    @property
    def own(self) -> list[RuleView]:
        return self.whole.scored

    @property
    def uncredited(self) -> list[UncreditedView]:
        return self.whole.uncredited


def fact_keys(document: str) -> list[str]:
    """Keys of the facts a document's lines stand on, each once."""
    return list(dict.fromkeys(line["fact"] for line in json.loads(document)["lines"] if line["fact"]))


def arrange(
    *,
    document: str,
    ruleset: Ruleset,
    words: Mapping[str, str],
    titles: Mapping[str, tuple[str, tuple]],
    is_open: Callable[[tuple], bool] = lambda address: True,
    uncredited: Iterable[Uncredited] = (),
) -> CardView:
    """``document``: the engine's JSON. ``words``: rule code → sentence. ``titles``: "kind/public id" → (title, (url name,
    public id)) of the records. ``is_open`` says whether the reader may open the page at such an address. ``uncredited``
    stand beneath the category of the rule they name.
    """
    plain = json.loads(document)
    rules = _rules(ruleset, words)
    for line in plain["lines"]:
        rule = rules.setdefault(
            line["rule"], (line["category"], RuleView(line["rule"], line["name"], line["clause"], ""))
        )[1]
        rule.counted += line["counted"]
        rule.lines.append(_line(line, titles, is_open))
    tree = {node["code"]: _part(number, node) for number, node in enumerate(plain["nodes"])}
    for category, rule in rules.values():
        if category in tree:
            tree[category].rules.append(rule)
    for node in plain["nodes"]:
        if node["parent"] and not node["outside"]:
            tree[node["parent"]].parts.append(tree[node["code"]])
    root = tree[plain["nodes"][0]["code"]]
    for one in uncredited:
        category = rules[one.rule][0] if one.rule in rules else root.code
        tree.get(category, root).uncredited.append(_uncredited(one, titles, is_open))
    missing = plain["missing"]
    return CardView(
        total=plain["total"],
        grade_by_threshold=plain["grade_by_threshold"] or "",
        is_ranked=plain["ranked"],
        reason=plain["reason"],
        months=plain["months"],
        whole=root,
        by_number={part.number: part for part in tree.values()},
        outside=[tree[node["code"]] for node in plain["nodes"] if node["outside"]],
        gates=[_gate(gate) for gate in plain["gates"]],
        to_next=next((one for one in missing if one["what"] == "grade"), None),
        missing=_to_do(missing),
        scale=_scale(plain["total"], ruleset.grades, ruleset.total_cap),
    )


def _to_do(missing: list[dict]) -> list[dict]:
    """What still scores, most points first, each sentence once. Grade and gates are shown beside."""
    by_sentence = {one["sentence"]: one for one in missing if one["what"] not in {"grade", "gate"}}
    return sorted(by_sentence.values(), key=lambda one: -one["points"])


def _rules(ruleset: Ruleset, words: Mapping[str, str]) -> dict[str, tuple[str, RuleView]]:
    """{rule code: (category code, view without lines)} in the ruleset's order."""
    return {
        rule.code: (rule.category, RuleView(rule.code, rule.name, rule.clause, words.get(rule.code, "")))
        for rule in ruleset.rules
    }


def _part(number: int, node: dict) -> PartView:
    return PartView(
        number=number,
        code=node["code"],
        name=node["name"],
        clause=node.get("clause", ""),
        figure=node["figure"],
        cap=node["cap"],
        outside=node["outside"],
        sentence=node["sentence"],
    )


def _gate(gate: dict) -> GateView:
    told = [one["sentence"] for one in gate["readings"]]
    before = [f"{gate['name']}：{joint.join(told)}，" for joint in ("；", "，或")]
    outcome = next((gate["sentence"].removeprefix(one) for one in before if gate["sentence"].startswith(one)), "")
    is_one = len(told) < 2 or not outcome
    readings = [] if is_one else [(one["sentence"], one["met"]) for one in gate["readings"]]
    return GateView(gate["name"], gate["met"], gate["sentence"], readings, "" if is_one else outcome)


def _line(line: dict, titles: Mapping[str, tuple[str, tuple]], is_open: Callable[[tuple], bool]) -> LineView:
    title, address = titles.get("/".join(line["fact"].split("/")[:2]), (line["name"], ()))
    url = reverse(address[0], args=address[1:]) if address and is_open(address) else ""
    return LineView(
        on=date.fromisoformat(line["on"]),
        title=title,
        url=url,
        points=line["counted"],
        earned=line["earned"],
        sentence=line["sentence"],
        fact=line["fact"],
    )


def _uncredited(one: Uncredited, titles: Mapping[str, tuple[str, tuple]], is_open: Callable[[tuple], bool]):
    title, address = titles.get(one.key, (one.title, ()))
    url = reverse(address[0], args=address[1:]) if address and is_open(address) else ""
    # What the record itself still waits for is asked of its office, not of the card.
    return UncreditedView(one.on, one.title or title, url, one.reason, "" if one.title else one.key)


def _scale(total: int, grades: tuple[Grade, ...], cap: int | None) -> Scale | None:
    """A line from 0 to the full mark with the grades' bounds; None when no grade has one."""
    bounds = [(grade.name, grade.at_least) for grade in reversed(grades) if grade.at_least]
    if not bounds:
        return None
    full = max(cap or 0, total, *(bound for _, bound in bounds))
    marks = [Mark(name, bound, bound * SCALE_WIDTH // full, total >= bound) for name, bound in bounds]
    return Scale(SCALE_WIDTH, max(0, total) * SCALE_WIDTH // full, marks)
