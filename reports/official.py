"""The text of an official paper (GB/T 9704) as paragraphs and runs: the one source of its PDF and its Word file."""

import math
import re
from dataclasses import dataclass, field
from datetime import date
from unicodedata import east_asian_width

CHARACTERS = 28  # on a line
BREAK = re.compile(r"(.+?)((?:关于|(?<!关于)\d{4}年度).+)")  # before what an office did, or the year
TITLE_CHARACTERS = 19.5  # of 2号 on a line: figures of some fonts are more than half as wide
HEADINGS = (
    (re.compile(r"[一二三四五六七八九十百]+、"), "heading"),
    (re.compile(r"（[一二三四五六七八九十百]+）"), "note"),
)
Run = tuple[str, str]  # role of the font, text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``indent``: characters before the first line; ``right``: characters kept free at the right, None for justified.

    ``hanging``: characters before the further lines. ``is_kept``: stays with what follows.
    """

    runs: list[Run]
    indent: float = 2
    hanging: float = 0
    right: float | None = None
    is_kept: bool = False

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.runs)


@dataclass(frozen=True, slots=True)
class Footer:
    """At the edge of the page that has no number, small: what the paper is made from."""

    text: str
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """An official list: ``rows`` of [(text, columns it takes), …], four columns a row; ``order``: （共5名，…）"""

    title: list[str]
    order: str
    rows: list[list[tuple[str, int]]]
    people: list[str] = field(default_factory=list)


def paragraphs(text: str) -> list[Paragraph]:
    """Lines of a body; headings 一、 and （一） get their fonts up to the first full stop, blank lines stay blank lines."""
    return [_paragraph(line.strip()) for line in text.strip("\n").splitlines()]


def _paragraph(line: str) -> Paragraph:
    for pattern, role in HEADINGS:
        if pattern.match(line):
            head, stop, rest = line.partition("。")
            if rest:
                return Paragraph([(role, head + stop), ("body", rest)])
            return Paragraph([(role, line)], is_kept=True)
    return Paragraph([("body", line)])


def width(text: str) -> float:
    """In characters of 3号; what is half wide counts half."""
    return sum(1 if east_asian_width(one) in "WFA" else 0.5 for one in text)


def title_lines(text: str, characters: float = TITLE_CHARACTERS) -> list[str]:
    """The lines as typed; one that is too long is broken where its words allow it, else into lines of like length."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        parts = math.ceil(width(line) / characters)
        words = BREAK.fullmatch(line)
        if parts == 2 and words and all(width(one) <= characters for one in words.groups()):
            found += words.groups()
            continue
        size = math.ceil(len(line) / parts)
        found += [line[start : start + size] for start in range(0, len(line), size)]
    return found


def chinese_date(day: date | None) -> str:
    """2026年1月5日, without zeros; room to write for a day not yet known."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "　　　　年　　月　　日"


def signature(name: str, day: str, is_sealed: bool) -> list[Paragraph]:
    """署名 and 成文日期. Sealed: the date four characters from the right, the name centred on it. Else: the name two
    characters from the right and the date beginning two characters further in; a longer date is two from the right."""
    wide, long = width(name), width(day)
    if is_sealed:
        right = 4.0
        before = max(0.0, right + long / 2 - wide / 2)
    else:
        right = max(2.0, wide - long)
        before = right + long + 2 - wide
    return [
        Paragraph([("body", name)], right=before, indent=0, is_kept=True),
        Paragraph([("body", day)], right=right, indent=0),
    ]
