"""What a list pasted from a chat says about one half-day: 请假：张三、李四 王五，赵六（上午）."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from activities.models import Attendance, Sitting
from members.matching import Matcher
from members.models import Seat

Outcome, Half = Attendance.Outcome, Sitting.Half

# Words of a list and the mark they mean, the longer first where one holds another.
WORDS = {
    "免于出席": Outcome.EXEMPT.value,
    "公务": "leave:official",
    "公假": "leave:official",
    "因公": "leave:official",
    "出差": "leave:official",
    "病假": "leave:sick",
    "因病": "leave:sick",
    "事假": "leave:personal",
    "因事": "leave:personal",
    "请假": "leave:personal",
    "缺席": Outcome.ABSENT.value,
    "缺勤": Outcome.ABSENT.value,
    "未到": Outcome.ABSENT.value,
    "迟到": Outcome.LATE.value,
    "早退": Outcome.LEFT_EARLY.value,
    "部分参加": Outcome.PARTIAL.value,
    "中途": Outcome.PARTIAL.value,
    "出席": Outcome.PRESENT.value,
    "参会": Outcome.PRESENT.value,
    "到会": Outcome.PRESENT.value,
}
WORD = "|".join(WORDS)
HEADING = re.compile(rf"({WORD})(?:的?(?:人员|名单|委员|同志|者))?\s*(?:\(?\d+\s*人?\)?)?\s*:")
ORDINAL = re.compile(r"^\s*(?:[1-9]\d{0,2}[.、)]|[-•*·])\s*(?=\D)")
SPACED_NAME = re.compile(r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[ \t]+([\u3400-\u9fff])(?![\u3400-\u9fff])")
ITEM = re.compile(r"([^、,;:/\s()。]+)\s*(?:\(([^)]*)\)?)?")
TAIL = re.compile(rf"(.+?)(?:委员|同志)?({WORD})?$")
HALVES = {"上午": Half.MORNING, "下午": Half.AFTERNOON}


@dataclass(slots=True)
class Entry:
    """One name of the list. ``candidates``: one seat when it is sure, several namesakes, or those that come near."""

    text: str
    mark: str
    candidates: list[Seat] = field(default_factory=list)
    is_sure: bool = False
    is_marked: bool = False  # by a word of its own, not by the heading
    halves: set[str] = field(default_factory=set)

    def is_about(self, half: str) -> bool:
        """False for what is said of the other half of the day alone."""
        return not self.halves or half == Half.WHOLE or half in self.halves


def parse(text: str, matcher: Matcher, mark: str) -> list[Entry]:
    """The entries of a list, in its order, each seat once; ``mark`` holds until a heading says otherwise."""
    entries: list[Entry] = []
    for line in SPACED_NAME.sub(r"\1\2", unicodedata.normalize("NFKC", text)).splitlines():
        before, *rest = HEADING.split(ORDINAL.sub("", line))
        pieces = [(mark, before), *((WORDS[word], piece) for word, piece in zip(rest[::2], rest[1::2], strict=True))]
        for found, piece in pieces:
            mark = found
            entries += _entries(piece, mark)
    seats: set[int] = set()
    return [entry for entry in entries if _find(entry, matcher, seats)]


def _entries(piece: str, mark: str) -> Iterator[Entry]:
    """The names of one stretch under one heading, with what is noted behind them."""
    entries: list[Entry] = []
    for base, note in ITEM.findall(piece):
        if base in WORDS or base in HALVES:
            for entry in entries:  # 张三 李四 病假: said of those before
                _note(entry, base)
            continue
        name, word = TAIL.fullmatch(base).groups()
        entry = Entry(name, mark)
        _note(entry, f"{word or ''} {note}")
        entries.append(entry)
    yield from entries


def _note(entry: Entry, note: str) -> None:
    entry.halves |= {half for word, half in HALVES.items() if word in note}
    word = next((word for word in WORDS if word in note), None)
    if word and not entry.is_marked:
        entry.mark, entry.is_marked = WORDS[word], True


def _find(entry: Entry, matcher: Matcher, seats: set[int]) -> bool:
    """Fill in whom the entry means; False when this seat has come before."""
    found = matcher.candidates(entry.text)
    entry.is_sure = len(found) == 1
    entry.candidates = found or matcher.near(entry.text)
    if entry.is_sure:
        if found[0].pk in seats:
            return False
        seats.add(found[0].pk)
    return True
