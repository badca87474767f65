"""Finds the seat that a row of a sheet means: by number, or by a name that only one serving member has."""

import datetime
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from members.columns import CellError, Context, Row, RowError
from members.models import Committee, Seat, Term
from members.names import normalise_name

SEPARATORS = re.compile(r"[、，,;；/\n\r]+")
WITH_REMARK = re.compile(r"(?P<name>[^（(]+)[（(](?P<remark>[^）)]*)[）)]")
SUGGESTED = 3
IN_COLUMN = "请在“委员编号”列写明是哪一位。"
IN_BRACKETS = "请在姓名后用括号写明编号，例如“张三（012）”。"


def number_key(number: str) -> str:
    """The spelling under which 委员编号 are compared: Excel turns 012 into 12, so leading zeros do not count."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
    return plain.lstrip("0") or plain


def term_on(terms: Iterable[Term], day: datetime.date) -> Term | None:
    return next(
        (term for term in terms if term.starts_on <= day and (term.ends_on is None or term.ends_on >= day)), None
    )


class People:
    """The seats of one committee, read once; each question is answered from memory."""

    def __init__(self, committee: Committee):
        self.terms = list(Term.objects.filter(committee=committee).order_by("-number"))
        self.by_number: dict[tuple[int, str], Seat] = {}
        self.by_name: dict[tuple[int, str], list[Seat]] = defaultdict(list)
        rows = Seat.objects.filter(committee=committee).select_related("member", "sector", "term", "subject")
        for seat in rows.order_by("number"):
            self.by_number[seat.term_id, number_key(seat.number)] = seat
            self.by_name[seat.term_id, seat.member.name].append(seat)

    def seat_of(self, row: Row, day: datetime.date) -> Seat | RowError:
        """The seat meant by a row's 委员编号, 姓名 and 界别 on a day, or what is wrong with them."""
        field = "number" if "number" in row.values else "name"
        try:
            return self.find(
                day,
                number=row.values.get("number", ""),
                name=row.values.get("name", ""),
                sector=row.values.get("sector", ""),
            )
        except CellError as error:
            return row.error(field, str(error))

    def find(
        self, day: datetime.date, *, number: str = "", name: str = "", sector: str = "", ask: str = IN_COLUMN
    ) -> Seat:
        """The seat serving on `day`. The number decides; a name alone must be one person's. CellError otherwise.

        `ask` tells where the user can say which of several namesakes is meant.
        """
        term = term_on(self.terms, day)
        if term is None:
            raise CellError(f"{day} 不在任何一届之内。请核对日期，或请管理员登记这一届的起止日期。")
        if number:
            return self._by_number(term, day, number, name)
        return self._by_name(term, day, name, sector, ask)

    def _by_number(self, term: Term, day: datetime.date, number: str, name: str) -> Seat:
        seat = self.by_number.get((term.pk, number_key(number)))
        if seat is None:
            raise CellError(f"{term}没有这个委员编号。请核对编号，或先导入委员名册。")
        if name and seat.member.name != name:
            raise CellError(
                f"系统里编号 {seat.number} 是{seat.member.name}，这一行的姓名却是{name}。请核对编号和姓名。"
            )
        if not serves(seat, day):
            raise CellError(_not_serving(seat, day))
        return seat

    def _by_name(self, term: Term, day: datetime.date, name: str, sector: str, ask: str) -> Seat:
        known = self.by_name.get((term.pk, name), [])
        if not known:
            raise CellError(f"{term}委员中没有这个姓名。{self._suggestion(term, name)}")
        serving = [seat for seat in known if serves(seat, day)]
        if not serving:
            raise CellError(_not_serving(known[0], day))
        if len(serving) > 1 and sector:
            serving = [seat for seat in serving if seat.sector.name == sector] or serving
        if len(serving) > 1:
            raise CellError(f"有 {len(serving)} 位委员同名：{candidates(serving)}。{ask}")
        return serving[0]

    def find_all(self, cell: str, day: datetime.date) -> list[Seat]:
        """The seats of a cell with several people: 张三、李四（科技界）、王五（012）. CellError names the one it fails on."""
        parts = [part.strip() for part in SEPARATORS.split(cell) if part.strip()]
        seats: list[Seat] = []
        for part in parts:
            try:
                seat = self._one_of_many(part, day)
            except CellError as error:
                raise CellError(f"其中“{part}”：{error}" if len(parts) > 1 else str(error)) from None
            if seat in seats:
                raise CellError(f"其中“{part}”写了两次。请只留一次。")
            seats.append(seat)
        return seats

    def _one_of_many(self, part: str, day: datetime.date) -> Seat:
        number, sector = "", ""
        if match := WITH_REMARK.fullmatch(part):
            part, remark = match["name"], match["remark"].strip()
            number, sector = (remark, "") if any(c.isdigit() for c in remark) else ("", remark)
        if part.isdecimal():
            return self.find(day, number=part)
        return self.find(day, number=number, name=normalise_name(part), sector=sector, ask=IN_BRACKETS)

    def _suggestion(self, term: Term, name: str) -> str:
        """Members whose names differ in one character; a hint, never a choice."""
        alike = [
            seat
            for (term_id, other), seats in self.by_name.items()
            if term_id == term.pk and _differ_in_one(name, other)
            for seat in seats
        ]
        if not alike:
            return "请核对姓名，或先导入委员名册。"
        return f"是否为{candidates(alike[:SUGGESTED])}？请核对姓名，或先导入委员名册。"


def serves(seat: Seat, day: datetime.date) -> bool:
    return seat.joined_on <= day and (seat.left_on is None or seat.left_on >= day)


def candidates(seats: Iterable[Seat]) -> str:
    return "、".join(f"{seat.member.name}（编号 {seat.number}，{seat.sector.name}）" for seat in seats)


def _not_serving(seat: Seat, day: datetime.date) -> str:
    served = f"{seat.joined_on} 至 {seat.left_on or '今'}"
    return f"{seat.member.name}（编号 {seat.number}）的任期是 {served}，{day} 不在任期内。请核对日期或委员。"


def _differ_in_one(one: str, other: str) -> bool:
    """Same length and one character different, or one of them lacks one character of the other."""
    if len(one) == len(other) and len(one) > 1:
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return (
        len(shorter) > 1
        and len(longer) == len(shorter) + 1
        and any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    )


def read_sector(cell: str, context: Context) -> str:
    """界别 as a help to tell namesakes apart: compared by name, not required to exist."""
    return normalise_name(cell)
