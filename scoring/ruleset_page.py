"""What the pages of a draft show, from its content."""

from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from members.access import Verb, committees_beyond_own, visible
from members.models import User
from scoring import engine, ruleset_editing
from scoring.engine import schema as s
from scoring.engine.labels import CODES, KINDS, NAMES
from scoring.engine.surprises import surprises
from scoring.models import ReportCard, Ruleset
from scoring.ruleset_conditions import Spelling
from scoring.ruleset_editing import Said


class Line(NamedTuple):
    """One part in the list: its place in the ruleset, words and warnings."""

    part: str
    place: int
    name: str
    clause: str
    sentence: str
    surprises: tuple[str, ...]
    rules: tuple[Any, ...] = ()
    depth: int = 0
    code: str = ""


LISTS = (
    ("once", "不重复计分", "同一件只计一次的规则或类别"),
    ("gate", "必选项", "“三个一”、一票否决、约谈"),
    ("grade", "等次", "从高到低"),
    ("window", "单独的计分期间", "期间和别的不同的事项，如提案按十二月到十一月"),
)
SINGLES = (("total", "总分"), ("switches", "计分的通用规定"), ("rank", "排名"), ("labels", "本地名称"))


def readable(user: User) -> QuerySet[Ruleset]:
    """The rulesets that the user may read: drafts only of committees whose cards he may see."""
    ours = committees_beyond_own(user, Verb.VIEW, ReportCard)
    rows = visible(user, Ruleset).exclude(~Q(committee__in=ours), state=Ruleset.State.DRAFT)
    return rows.select_related("committee")


def judged(content: engine.Ruleset) -> dict[str, Any]:
    """What forbids using it, and what would surprise."""
    problems = ruleset_editing.problems_of(content)
    return {"problems": problems, "surprises": [] if problems else surprises(content)}


def draft_page(row: Ruleset, content: engine.Ruleset, seen_by_user: QuerySet[Ruleset]) -> dict[str, Any]:
    said, found = Said(content), judged(content)
    told: dict[tuple[str, str], list[str]] = {}
    for one in found["surprises"]:
        told.setdefault((one.table, one.code), []).append(one.text)

    def line(part: str, place: int, one: Any, **more: Any) -> Line:
        code = one.name if part == "grade" else getattr(one, "code", "")
        name = getattr(one, "name", "") or {"once": "不重复计分"}.get(part, "")
        if part == "window":
            name = Spelling(dict(content.labels)).kind(one.kind)
        clause = getattr(one, "clause", "") or getattr(one, "source", "")
        warnings = tuple(told.get((part, code), ()))
        return Line(part, place, name, clause, said.sentence(part, one), warnings, code=code, **more)

    rules = [(rule.category, line("rule", n, rule)) for n, rule in enumerate(content.rules)]
    codes = {category.code for category in content.categories}
    categories = [
        line(
            "category",
            n,
            category,
            rules=tuple(one for code, one in rules if code == category.code),
            depth=_depth(content, category),
        )
        for n, category in enumerate(content.categories)
    ]
    return found | {
        "ruleset": row,
        "seen": ruleset_editing.fingerprint(content),
        "head": said.single("head"),
        "singles": [(part, name, said.single(part)) for part, name in SINGLES],
        "categories": categories,
        "lost": [one for code, one in rules if code not in codes],
        "lists": [
            (
                part,
                name,
                help_text,
                [line(part, n, one) for n, one in enumerate(ruleset_editing.items_of(content, part))],
            )
            for part, name, help_text in LISTS
        ],
        "base": before(list(others(seen_by_user, row)), row),
    }


def _depth(content: engine.Ruleset, category: s.Category) -> int:
    parents = {one.code: one.parent for one in content.categories}
    depth, at = 0, category.parent
    while at in parents and depth < 9:
        depth, at = depth + 1, parents[at]
    return depth


def others(rows: QuerySet[Ruleset], row: Ruleset) -> QuerySet[Ruleset]:
    """Versions of the same committee and kind of subject to compare with, the newest first."""
    found = rows.filter(committee=row.committee_id, subject_kind=row.subject_kind).exclude(pk=row.pk)
    return found.order_by("-year", "-version")


def before(found: list[Ruleset], row: Ruleset) -> Ruleset | None:
    """The version that this one follows."""
    return next((one for one in found if (one.year, one.version) < (row.year, row.version)), None)


def vocabulary(spelling: Spelling) -> list[tuple[str, str, list[str]]]:
    """[(heading, what stands before each word, words)] that may be typed into the boxes of scopes and conditions."""
    local = [code for code in spelling.labels.local if "=" not in code]
    kinds = [spelling.kind(code) for code in (*KINDS, *(code for code in local if code.startswith("x-")))]
    out = [("事项", "", list(dict.fromkeys(kinds)))]
    for name in (
        "stage",
        "level",
        "outcome",
        "leave",
        "role",
        "part",
        "way",
        "form",
        "effect",
        "by",
        "mandatory",
        "post",
    ):
        codes = [code.partition("=")[2] for code in spelling.labels.local if code.startswith(f"{name}=")]
        words = [spelling.condition(name, [code]).partition("：")[2] for code in (*CODES[name], *codes)]
        out.append((NAMES[name], f"{NAMES[name]}：", list(dict.fromkeys(words))))
    return out
