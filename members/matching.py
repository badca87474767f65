"""Which seats a list of names typed by staff means: by name, number, place, initials or pinyin; never a guess."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from members.models import Seat
from members.names import normalise_name

SEPARATORS = re.compile(r"[、，,；;／/\s]+")
ONE_HAN = re.compile(r"[\u3400-\u9fff]")
SUGGESTED = 5


@dataclass(slots=True)
class Matches:
    """What a text meant: seats in the order typed, each once, and a sentence for each part that is not one seat."""

    seats: list[Seat] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Matcher:
    """Finds seats among those it is given (with member and sector loaded); asks no further query."""

    def __init__(self, seats: Iterable[Seat]):
        self.seats = list(seats)
        self.by_key: dict[str, dict[str, list[Seat]]] = {
            name: defaultdict(list) for name in ("number", "name", "place", "initials", "pinyin")
        }
        for seat in self.seats:
            member = seat.member
            keys = {
                "number": seat.number.lower(),
                "name": member.name.lower(),
                "place": seat.place.lower(),
                "initials": member.initials,
                "pinyin": member.full_pinyin,
            }
            for name, key in keys.items():
                if key:
                    self.by_key[name][key].append(seat)

    def match(self, text: str) -> Matches:
        """Seats meant by names separated by 、，； spaces or line breaks. Each part must mean exactly one seat."""
        result = Matches()
        for part in parts(text):
            candidates = self.candidates(part)
            if len(candidates) == 1:
                if candidates[0] not in result.seats:
                    result.seats.append(candidates[0])
            elif candidates:
                listed = "；".join(_described(seat) for seat in candidates)
                result.problems.append(f"“{part}”有 {len(candidates)} 位：{listed}。请改填委员编号。")
            else:
                result.problems.append(f"“{part}”没有找到。{self._suggestion(part)}")
        return result

    def candidates(self, part: str) -> list[Seat]:
        """The seats of the first way of reading that finds any."""
        spelled = normalise_name(part).lower()
        for found in self.by_key.values():
            if seats := found.get(spelled) or found.get(part.lower()):
                return seats
        return []

    def near(self, part: str) -> list[Seat]:
        """At most SUGGESTED seats that ``part``, which means nobody, may have been meant for."""
        near = [
            seat
            for seat in self.seats
            if part in seat.member.name or seat.member.name in part or seat.member.initials.startswith(part.lower())
        ]
        return near[:SUGGESTED]

    def _suggestion(self, part: str) -> str:
        near = self.near(part)
        if not near:
            return "请核对姓名，或改填委员编号、拼音首字母。"
        return f"是不是：{'；'.join(_described(seat) for seat in near)}？请照此改写。"


def _described(seat: Seat) -> str:
    """Name, sector and number, by which namesakes are told apart."""
    return f"{seat.member.name}（{seat.sector}，编号 {seat.number}）"


def parts(text: str) -> Iterator[str]:
    """The parts of a list; "张　三" written with a space inside is one name."""
    waiting = ""
    for part in SEPARATORS.split(unicodedata.normalize("NFKC", text)):
        if waiting and ONE_HAN.fullmatch(part):
            yield waiting + part
            waiting = ""
            continue
        if waiting:
            yield waiting
            waiting = ""
        if ONE_HAN.fullmatch(part):
            waiting = part
        elif part:
            yield part
    if waiting:
        yield waiting
