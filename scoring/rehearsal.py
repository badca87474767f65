"""What a rehearsal says, from what each subject's card would be: pure functions of plain values, no database.

An *entry* is what a chunk keeps of one subject:
  subject  its primary key
  after    a *reading* of the card that the rehearsed rules make; absent when it cannot be scored
  before   a reading of the card it is compared with; absent when there is none
  moved    {key of an engine.moves.Move: total} where the total would differ
  error    the sentence why it cannot be scored
A reading holds: total, ranked, rules {code: hundredths inside the total}, touched [codes of rules with a line],
caps {category: hundredths it took}, full [categories at their cap]; and either place and grade as they stand, or
standing, from which ``summed_up`` places it. All points are hundredths.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from scoring.engine import Rules, Standing, place
from scoring.engine.moves import Moves

Entry = dict[str, Any]
Reading = dict[str, Any]

SHOWN = 10  # of those who rise or fall most
MOST_BINS = 12
WIDTHS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)  # of a bin of totals, in hundredths
NO_GRADE, UNRANKED = "", "-"


# ---------------------------------------------------------------- one card
def reading(document: dict[str, Any]) -> Reading:
    """What a rehearsal needs of a card's document."""
    parents = {node["code"]: node["parent"] for node in document["nodes"]}
    apart = {node["code"] for node in document["nodes"] if node["outside"]}
    rules: Counter[str] = Counter()
    caps: Counter[str] = Counter()
    for line in document["lines"]:
        if not _is_under(line["category"], apart, parents):
            word = line["rule"]
            rules[f"weight:{line['category']}" if word == "weight" else word] += line["counted"]
        for taken in line["taken"]:
            by, _, code = taken["by"].partition(":")
            if by == "cap":
                caps[code] += taken["points"]
    return {
        "total": document["total"],
        "ranked": document["ranked"],
        "rules": {code: points for code, points in rules.items() if points},
        "touched": sorted({line["rule"] for line in document["lines"]}),
        "caps": dict(caps),
        "full": [n["code"] for n in document["nodes"] if n["cap"] is not None and 0 < n["cap"] <= n["figure"]],
    }


def _is_under(code: str, apart: set[str], parents: dict[str, str]) -> bool:
    while code:
        if code in apart:
            return True
        code = parents[code]
    return False


# ---------------------------------------------------------------- all cards
def summed_up(rules: Rules, former: Rules | None, entries: Sequence[Entry]) -> dict[str, Any]:
    """Entries of all subjects → the result that is stored and shown.

    ``rules`` are the rehearsed ones; ``former`` are those of the cards compared with, None without any.
    """
    _placed(rules, [entry["after"] for entry in entries if "after" in entry])
    if former is not None:
        _placed(former, [entry["before"] for entry in entries if "standing" in entry.get("before", ())])
    after = [entry["after"] for entry in entries if "after" in entry]
    before = [entry["before"] for entry in entries if "before" in entry]
    both = [entry for entry in entries if "after" in entry and "before" in entry]
    changes = [entry["after"]["total"] - entry["before"]["total"] for entry in both]
    names = _names(former) | _names(rules)
    return {
        "subjects": len(after),
        "compared": len(both),
        "up": sum(change > 0 for change in changes),
        "down": sum(change < 0 for change in changes),
        "same": sum(change == 0 for change in changes),
        "mean": [_mean(before), _mean(after)],
        "bins": bins([one["total"] for one in _ranked(before)], [one["total"] for one in _ranked(after)]),
        "grades": _grades(rules, former, both),
        "rise": _most(both, names, 1),
        "fall": _most(both, names, -1),
        "caps": _caps(rules, former, before, [entry for entry in entries if "after" in entry]),
        "idle": _idle(rules, after),
        "moves": _swaps(rules, [entry for entry in entries if "after" in entry]),
        "pairs": sum(n * (n - 1) // 2 for n in Counter(_cohort(one) for one in _ranked(after)).values()),
        "errors": [[entry["subject"], entry["error"]] for entry in entries if "error" in entry],
    }


def _placed(rules: Rules, readings: list[Reading]) -> None:
    """Gives each reading the place and grade among all of them; its standing becomes its cohort."""
    standings = {}
    for one in readings:
        found = one.pop("standing")
        standing = Standing(**{**found, "partition": tuple(found["partition"])})
        standings[standing.key] = standing
        one["key"], one["cohort"] = standing.key, list(standing.partition)
    for one, placing in zip(readings, map(place(rules, standings.values()).get, standings), strict=True):
        one["place"], one["grade"] = placing.place, placing.grade or NO_GRADE


def _ranked(readings: Iterable[Reading]) -> list[Reading]:
    return [one for one in readings if one["ranked"]]


def _cohort(one: Reading) -> tuple[str, ...]:
    return tuple(one["cohort"])


def _mean(readings: list[Reading]) -> int | None:
    """Of those ranked, in hundredths, rounded half up; None without any."""
    totals = [one["total"] for one in _ranked(readings)]
    return (2 * sum(totals) + len(totals)) // (2 * len(totals)) if totals else None


def bins(before: list[int], after: list[int]) -> list[list[int]]:
    """[[from, to (not in it), how many before, how many after], …] of totals, at most MOST_BINS of one width."""
    totals = before + after
    if not totals:
        return []
    low, high = min(totals), max(totals)
    width = next((w for w in WIDTHS if high // w - low // w < MOST_BINS), WIDTHS[-1])
    counts = [Counter(total // width for total in one) for one in (before, after)]
    return [[n * width, (n + 1) * width, counts[0][n], counts[1][n]] for n in range(low // width, high // width + 1)]


# ---------------------------------------------------------------- grades
def _grades(rules: Rules, former: Rules | None, both: list[Entry]) -> dict[str, Any]:
    """Rows are the grades before, columns those after; what nobody has is left out."""
    pairs = Counter((_grade(entry["before"]), _grade(entry["after"])) for entry in both)
    listed = dict.fromkeys([*rules.grade_names, *(former.grade_names if former else ()), NO_GRADE, UNRANKED])
    order = [*listed, *sorted({name for pair in pairs for name in pair} - set(listed))]
    rows = [name for name in order if any(pair[0] == name for pair in pairs)]
    columns = [name for name in order if any(pair[1] == name for pair in pairs)]
    ranks = {name: n for n, name in enumerate(rules.grade_names)}
    known = [(ranks[old], ranks[new], n) for (old, new), n in pairs.items() if old in ranks and new in ranks]
    return {
        "rows": rows,
        "columns": columns,
        "cells": [[pairs[row, column] for column in columns] for row in rows],
        "changed": sum(n for (old, new), n in pairs.items() if old != new),
        "up": sum(n for old, new, n in known if new < old),
        "down": sum(n for old, new, n in known if new > old),
    }


def _grade(one: Reading) -> str:
    return one["grade"] if one["ranked"] else UNRANKED


# ---------------------------------------------------------------- who rises and falls
def _names(rules: Rules | None) -> dict[str, str]:
    """{key of a reading's rules: its name}."""
    if rules is None:
        return {}
    ruleset = rules.ruleset
    return (
        {f"weight:{node.code}": f"“{node.name}”折算" for node in rules.nodes}
        | {"veto": "一票否决"}
        | {rule.code: rule.name for rule in ruleset.rules}
    )


def _most(both: list[Entry], names: dict[str, str], sign: int) -> list[dict[str, Any]]:
    """The ten whose total changes most in one direction, each with the rule that did most of it."""
    moved = [(sign * (entry["after"]["total"] - entry["before"]["total"]), entry) for entry in both]
    chosen = sorted((pair for pair in moved if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]["subject"]))[:SHOWN]
    return [_mover(entry, names, sign) for _, entry in chosen]


def _mover(entry: Entry, names: dict[str, str], sign: int) -> dict[str, Any]:
    before, after = entry["before"], entry["after"]
    old, new = before["rules"], after["rules"]
    code = max(sorted(old.keys() | new.keys()), key=lambda code: sign * (new.get(code, 0) - old.get(code, 0)))
    return {
        "subject": entry["subject"],
        "total": [before["total"], after["total"]],
        "place": [before["place"], after["place"]],
        "grade": [_grade(before), _grade(after)],
        "rule": names.get(code, code),
        "points": [old.get(code, 0), new.get(code, 0)],
    }


# ---------------------------------------------------------------- caps and idle rules
def _caps(rules: Rules, former: Rules | None, before: list[Reading], entries: list[Entry]) -> list[dict[str, Any]]:
    """Of each cap: how many are at it or over it and who, most taken first, and what it takes from them; before only
    where it was there too."""
    after = [entry["after"] for entry in entries]
    old = {node.code: node for node in former.nodes} if former else {}
    found = []
    for node in rules.nodes:
        if node.cap is None:
            continue
        was = old.get(node.code)
        found.append(
            {
                "name": node.name,
                "cap": [was.cap if was else None, node.cap],
                "hit": [_hit(before, node.code) if was and was.cap is not None else None, _hit(after, node.code)],
                "taken": sum(one["caps"].get(node.code, 0) for one in after),
                "who": _who(entries, node.code),
            }
        )
    return found


def _hit(readings: list[Reading], code: str) -> int:
    return sum(code in one["full"] or code in one["caps"] for one in readings)


def _who(entries: list[Entry], code: str) -> list[list[int]]:
    """[[subject, what the cap takes], …]"""
    found = [(one["after"]["caps"].get(code, 0), one["subject"]) for one in entries if _hit([one["after"]], code)]
    return [[subject, taken] for taken, subject in sorted(found, key=lambda pair: (-pair[0], pair[1]))]


def _idle(rules: Rules, after: list[Reading]) -> list[list[str]]:
    """[name, clause] of the rules that make no line on any card."""
    touched = {code for one in after for code in one["touched"]}
    return [[rule.name, rule.clause] for rule in rules.ruleset.rules if rule.code not in touched]


# ---------------------------------------------------------------- one value moved by a tenth
def _swaps(rules: Rules, entries: list[Entry]) -> list[dict[str, Any]]:
    """For each rule and category: how many totals and pairs of one cohort would change, most pairs first."""
    cohorts = defaultdict(list)
    for entry in entries:
        if entry["after"]["ranked"]:
            cohorts[_cohort(entry["after"])].append(entry)
    found = []
    for move in Moves(rules).all():
        pairs = sum(
            swapped([(one["after"]["total"], one["moved"].get(move.key, one["after"]["total"])) for one in group])
            for group in cohorts.values()
        )
        found.append(
            {
                "what": move.key.partition(":")[0],
                "name": move.name,
                "method": move.method,
                "totals": sum(move.key in entry["moved"] for group in cohorts.values() for entry in group),
                "pairs": pairs,
            }
        )
    return sorted(found, key=lambda one: (-one["pairs"], -one["totals"]))


def swapped(totals: Iterable[tuple[int, int]]) -> int:
    """(total, moved total) of each → pairs of which one is above the other, and below it after the move."""
    higher: list[int] = []
    count = 0
    for _, group in groupby(sorted(totals, reverse=True), key=lambda pair: pair[0]):
        moved = [after for _, after in group]
        count += sum(bisect_left(higher, after) for after in moved)
        for after in moved:
            insort(higher, after)
    return count


__all__ = ["bins", "reading", "summed_up", "swapped"]
