"""How alike two titles are, so that one matter entered twice is seen: proposals, opinion reports, contributions."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

# What titles of every kind share says nothing about what they are about.
FORMULA = re.compile(r"^(关于|有关)|的?(提案|建议|意见|报告|信息|情况|思考|对策|调研|问题|几点)+$")
NOT_A_WORD = re.compile(r"[^\w]+")


@lru_cache(maxsize=20_000)
def pairs_of(title: str) -> Counter[str]:
    """The pairs of neighbouring characters of a title, counted, without its formula words and punctuation."""
    text = NOT_A_WORD.sub("", unicodedata.normalize("NFKC", title).lower())
    core = text
    while (shorter := FORMULA.sub("", core)) != core:
        core = shorter
    core = core or text
    return Counter(core[place : place + 2] for place in range(max(1, len(core) - 1)))


def likeness(one: str, other: str) -> float:
    """0.0 (nothing in common) to 1.0 (the same words): twice the shared pairs of both (Sørensen and Dice, 1948)."""
    first, second = pairs_of(one), pairs_of(other)
    shared = sum((first & second).values())
    return 2 * shared / (first.total() + second.total())
