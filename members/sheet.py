"""委员名册: one row for each seat of a term."""

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from members.bulk import SeatEntry, add_seats
from members.columns import (
    CellError,
    Column,
    Context,
    Plan,
    Row,
    RowError,
    Sheet,
    SheetProblem,
    Step,
    choice,
    code_text,
    date,
    listed,
    lookup,
    lookup_table,
    month_or_date,
    person_name,
    text,
    tidy,
)
from members.models import Member, PostCode, Seat, Sector, SpecialCommittee, Term
from members.names import unknown_characters
from members.people import number_key
from members.services import Span, change_seat, set_post
from members.telephone import lookup_hash, normalise_telephone

NEW_PERSON = "无"
POSTS = {
    **{label: code for code, label in PostCode.choices},
    "常务委员": PostCode.STANDING_MEMBER,
    "政协主席": PostCode.CHAIR,
    "政协副主席": PostCode.VICE_CHAIR,
    "政协秘书长": PostCode.SECRETARY_GENERAL,
    "政协常委": PostCode.STANDING_MEMBER,
    "政协委员": PostCode.MEMBER,
}
SEXES = {"男": "male", "女": "female", "男性": "male", "女性": "female"}
PLAIN_FIELDS = ("sex", "ethnicity", "party", "birth_on", "unit", "duty", "place", "left_on")  # as the row has them
LINKS = ("sector", "special_committee", "second_special_committee")
BULK = 500  # new seats in one step


def telephone(cell: str, context: Context) -> str:
    try:
        return normalise_telephone(cell)
    except ValueError:
        raise CellError("不是有效号码。应为 11 位手机号，或带区号的座机号（如 0571-12345678）。") from None


def ethnicity(cell: str, context: Context) -> str:
    """汉 and 汉族 are one."""
    value = tidy(cell).replace(" ", "")
    if len(value) > 19:
        raise CellError("不像民族名称。请写成“汉族”这样。")
    return value if value.endswith("族") else value + "族"


def lookups(context: Context) -> dict[str, dict[str, Any]]:
    term = term_of(context)
    return {
        "sectors": lookup_table(Sector.objects.filter(term=term)),
        "special_committees": lookup_table(SpecialCommittee.objects.filter(committee=context.committee)),
    }


def term_of(context: Context) -> Term:
    """The term that runs on the last day of the year asked for, otherwise today's, otherwise the latest."""
    day = datetime.date(context.year, 12, 31) if context.year else timezone.localdate()
    terms = Term.objects.filter(committee=context.committee)
    term = terms.on_date(day).order_by("-number").first() or terms.order_by("-number").first()
    if term is None:
        raise SheetProblem(
            f"{context.committee.short_name}还没有登记届次。请先请管理员新增届（届次和起止日期），再导入委员。"
        )
    return term


def plan(context: Context, rows: Sequence[Row]) -> Plan:
    return Roster(context).plan(rows)


class Roster:
    """What the rows of one sheet would change in one term."""

    def __init__(self, context: Context):
        self.context = context
        self.term = term_of(context)
        seats = Seat.objects.filter(term=self.term).select_related("member", "sector", "subject", "term", "committee")
        self.seats = {number_key(seat.number): seat for seat in seats.prefetch_related("posts")}
        self.earlier: dict[str, list[Seat]] = {}
        seated = {seat.member_id for seat in self.seats.values()}
        others = (
            Seat.objects.filter(committee=context.committee).exclude(term=self.term).select_related("member", "term")
        )
        for seat in others.order_by("-term__number", "number"):
            if seat.member_id not in seated:
                self.earlier.setdefault(seat.member.name, []).append(seat)
        self.met: dict[str, Row] = {}
        self.met_people: dict[int, Row] = {}
        self.entries: list[tuple[Row, SeatEntry]] = []
        self.result = Plan()

    def plan(self, rows: Sequence[Row]) -> Plan:
        for row in rows:
            error = self._repeated(row) or self._disordered(row) or self._take(row)
            if error:
                self.result.errors.append(error)
        for start in range(0, len(self.entries), BULK):
            self._add_step(self.entries[start : start + BULK])
        names = [entry.name for _, entry in self.entries]
        self.result.notices += namesakes_notice(names, self.seats.values()) + strokes_notice(names)
        return self.result

    def _add_step(self, part: list[tuple[Row, SeatEntry]]) -> None:
        def write() -> None:
            entries = [entry for _, entry in part]
            add_seats(user=self.context.user, committee=self.context.committee, term=self.term, entries=entries)

        self.result.steps.append(Step(part[0][0], write, new=len(part)))

    def _repeated(self, row: Row) -> RowError | None:
        first = self.met.setdefault(number_key(row.values["number"]), row)
        if first is not row:
            return row.error("number", f"与第 {first.number} 行重复。请只留一行，或改正编号。")
        return None

    def _disordered(self, row: Row) -> RowError | None:
        values = row.values
        seat = self.seats.get(number_key(values["number"]))
        joined_on = values.get("joined_on") or (seat.joined_on if seat else self.term.starts_on)
        left_on = values.get("left_on")
        if left_on and left_on < joined_on:
            return row.error("left_on", f"早于任职开始 {joined_on}。请改正其中一个日期。")
        first = values.get("special_committee") or (seat and seat.special_committee)
        if first and values.get("second_special_committee") == first:
            return row.error("second_special_committee", "与第一个专门委员会相同。请改正或清空。")
        return None

    def _take(self, row: Row) -> RowError | None:
        seat = self.seats.get(number_key(row.values["number"]))
        return self._new(row) if seat is None else self._known(row, seat)

    # ------------------------------------------------------------ a new seat
    def _new(self, row: Row) -> RowError | None:
        values = row.values
        person = self._person(row)
        if isinstance(person, RowError):
            return person
        joined_on = values.get("joined_on") or self.term.starts_on
        left_on = values.get("left_on")
        post_from = values.get("post_from")
        if post_from and (post_from < joined_on or (left_on and post_from > left_on)):
            return row.error("post_from", f"不在任职期间（{joined_on} 至 {left_on or '今'}）。请改正日期。")
        given = {name: values[name] for name in (*PLAIN_FIELDS, *LINKS, "telephone") if name in values}
        entry = SeatEntry(
            number=values["number"],
            name=values["name"],
            joined_on=joined_on,
            posts=posts(values.get("post", PostCode.MEMBER), joined_on, post_from, left_on),
            member=person,
            **given,
        )
        self.entries.append((row, entry))
        return None

    def _person(self, row: Row) -> Member | RowError | None:
        """The person of an earlier term whom this row continues, None for a new one, an error where it must be asked."""
        values = row.values
        known = self.earlier.get(values["name"], [])
        asked = values.get("previous", "")
        if asked == NEW_PERSON or (not known and not asked):
            return None
        chosen = [seat for seat in known if asked and number_key(seat.number) == number_key(asked)]
        if not asked:
            chosen = [seat for seat in known if values.get("birth_on") and seat.member.birth_on == values["birth_on"]]
        people = {seat.member_id: seat.member for seat in chosen}
        if len(people) == 1:
            return self._continued(row, next(iter(people.values())))
        field = "previous" if asked else "name"
        named = "、".join(f"{seat.member.name}（{seat.term}，编号 {seat.number}）" for seat in known) or "没有同名的人"
        return row.error(
            field,
            f"往届委员中有：{named}。是同一人请在“上届委员编号”列填他的编号，不是同一人填“{NEW_PERSON}”。",
        )

    def _continued(self, row: Row, member: Member) -> Member | RowError:
        first = self.met_people.setdefault(member.pk, row)
        if first is not row:
            return row.error("name", f"与第 {first.number} 行是同一人。同一届一人只能有一个编号，请删去一行。")
        return member

    # ------------------------------------------------------------ a seat that is there
    def _known(self, row: Row, seat: Seat) -> RowError | None:
        values = row.values
        if seat.member.name != values["name"]:
            return row.error(
                "name",
                f"系统里编号 {seat.number} 是{seat.member.name}。请核对编号和姓名；确实改名的，请在委员页面修改。",
            )
        changes = changed_fields(seat, values)
        change_post = self._post_change(row, seat)
        if isinstance(change_post, RowError):
            return change_post
        if not changes and change_post is None:
            self.result.same += 1
            return None

        def write() -> None:
            if changes:
                change_seat(user=self.context.user, seat=seat, reason=self.context.reason, **changes)
            if change_post:
                code, from_on = change_post
                set_post(user=self.context.user, seat=seat, code=code, from_on=from_on, reason=self.context.reason)

        self.result.steps.append(Step(row, write, changed=1))
        return None

    def _post_change(self, row: Row, seat: Seat) -> tuple[str, datetime.date] | RowError | None:
        """(post, first day) when the row says another post than the seat's last one; a change needs its day."""
        code = row.values.get("post")
        held = list(seat.posts.all())
        last = held[-1] if held else None
        if code is None or (last is not None and last.code == code):
            return None
        from_on = row.values.get("post_from")
        if from_on is None:
            return row.error(
                "post", f"系统里现在是“{last or '无'}”。职务变动要写明日期，请在“职务开始”列填写任职日期。"
            )
        return code, from_on


def posts(
    code: str, joined_on: datetime.date, from_on: datetime.date | None, left_on: datetime.date | None
) -> tuple[Span, ...]:
    """The spans of a new seat: an ordinary member until the day from which another post is held."""
    if from_on is None or from_on == joined_on or code == PostCode.MEMBER:
        return ((code, joined_on, left_on),)
    return ((PostCode.MEMBER, joined_on, from_on - datetime.timedelta(days=1)), (code, from_on, left_on))


def changed_fields(seat: Seat, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a row that differ from the seat's; a blank cell changes nothing."""
    changes = {}
    for name in (*PLAIN_FIELDS, "joined_on"):
        owner = seat if hasattr(seat, name) else seat.member
        if name in values and getattr(owner, name) != values[name]:
            changes[name] = values[name]
    for name in LINKS:
        if name in values and getattr(seat, f"{name}_id") != values[name].pk:
            changes[name] = values[name]
    if "telephone" in values and lookup_hash(values["telephone"]) != seat.member.telephone_hash:
        changes["telephone"] = values["telephone"]
    return changes


def namesakes_notice(names: Sequence[str], seats: Any) -> list[str]:
    """Says which new names another member of the term has too: later sheets must name them by number."""
    everybody = Counter([*names, *(seat.member.name for seat in seats)])
    twice = sorted({name for name in names if everybody[name] > 1})
    if not twice:
        return []
    return [f"有同名的委员：{listed(twice)}。以后导入记录时，他们要用委员编号区分。"]


def strokes_notice(names: Sequence[str]) -> list[str]:
    """Says which new names have characters outside the stroke table: somebody must place them by hand."""
    outside = [name for name in names if unknown_characters(name)]
    if not outside:
        return []
    return [f"姓名中有笔画表以外的字：{listed(outside)}。暂排在同姓的最后，请在委员页面手工排位并写明理由。"]


def read_previous(cell: str, context: Context) -> str:
    return NEW_PERSON if tidy(cell) in {NEW_PERSON, "新", "新任", "否", "没有"} else code_text(20)(cell, context)


SHEET = Sheet(
    kind="members",
    label="委员",
    unit="名委员",
    needs_office=False,
    lookups=lookups,
    plan=plan,
    notes=(
        "一行一位委员。“委员编号”在一届之内不重复，再次导入时按编号对应到同一位委员。",
        "空着的格子不改动系统里已有的内容。",
        "“界别”“专门委员会”须与系统里的名称一致。",
        "职务有变动时，同时填写“职务开始”。",
        "往届委员中有同名的人时，在“上届委员编号”填他的编号；不是同一人填“无”。",
        "不要填写身份证号。",
    ),
    columns=(
        Column(
            "number",
            "委员编号",
            code_text(20),
            ("编号", "委员证号", "证号", "委员号", "证件编号", "委员证编号"),
            is_required=True,
            example="示例-001",
        ),
        Column(
            "name", "姓名", person_name, ("委员姓名", "名字", "委员名称", "委员"), is_required=True, example="示例张三"
        ),
        Column("sex", "性别", choice(SEXES, shown=("男", "女")), (), options=("男", "女"), example="女"),
        Column("ethnicity", "民族", ethnicity, ("族别",), example="汉族"),
        Column("party", "党派", text(40), ("政治面貌", "所属党派", "党派团体", "党派名称"), example="无党派"),
        Column(
            "birth_on",
            "出生日期",
            month_or_date,
            ("出生年月", "生日", "出生年月日", "出生"),
            note="可只写年月，按当月 1 日登记",
            example="1975-03-08",
        ),
        Column(
            "sector", "界别", lookup("sectors", "界别"), ("所属界别", "委员界别"), is_required=True, options="sectors"
        ),
        Column(
            "special_committee",
            "专门委员会",
            lookup("special_committees", "专门委员会"),
            ("专委会", "所属专委会", "所在专委会", "所属专门委员会", "第一专委会"),
            options="special_committees",
        ),
        Column(
            "second_special_committee",
            "第二专门委员会",
            lookup("special_committees", "专门委员会"),
            ("第二专委会",),
            options="special_committees",
        ),
        Column(
            "post",
            "政协职务",
            choice(POSTS, shown=tuple(PostCode.labels)),
            ("政协任职", "本会职务", "委员职务", "政协内职务"),
            options=tuple(PostCode.labels),
            note="空着按“委员”登记",
            example="委员",
        ),
        Column("post_from", "职务开始", date, ("职务开始日期", "任职务日期"), note="职务变动时填写"),
        Column(
            "joined_on",
            "任职开始",
            date,
            ("任职开始日期", "任职日期", "任职时间", "增补日期"),
            note="空着按本届开始日期",
        ),
        Column("left_on", "任职结束", date, ("任职结束日期", "离任日期", "辞去日期", "撤销资格日期")),
        Column("place", "座位号", code_text(20), ("座位", "座号", "席位号")),
        Column("unit", "工作单位", text(100), ("单位", "所在单位", "单位名称"), example="示例中学"),
        Column("duty", "单位职务", text(60), ("职务", "行政职务", "工作职务"), example="教师"),
        Column("telephone", "手机号", telephone, ("电话", "联系电话", "手机", "手机号码", "电话号码", "联系方式")),
        Column("previous", "上届委员编号", read_previous, ("往届委员编号", "原委员编号"), note="往届有同名的人时填写"),
    ),
)
