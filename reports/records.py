"""履职档案: a person's years, and one year as the figures and lines that page and paper both show."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from members.access import visible
from members.models import Member, Post, Seat, Subject, User
from members.names.spelling import display_name
from scoring import cardpage
from scoring.cardview import CardView, LineView, PartView, RuleView
from scoring.engine.sentences import points
from scoring.models import Assessment, EditionCard, ReportCard
from scoring.services.basis import FINAL_STATES

# Characters for the names of a part's rules: two lines beside a part with records, one beside another.
ROOM, LITTLE_ROOM = 30, 9


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose record it is, as far as ``user`` may see it: the person's seats and the years, newest first."""

    user: User
    member: Member
    subjects: Any  # QuerySet[Subject]
    assessments: list[Assessment]

    def of_year(self, year: int) -> Assessment | None:
        return next((one for one in self.assessments if one.year == year), None)


@dataclass(frozen=True, slots=True)
class YearRow:
    """One year in the list. ``total`` in hundredths, None when nothing is computed. ``counts``: (part, things done)."""

    assessment: Assessment
    seat: Seat
    total: int | None
    grade: str
    is_final: bool
    counts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One year, every figure as text: what the page and the paper have in common.

    ``person``: (label, text, columns it takes of five). ``error``: why there are no figures, in Chinese.
    """

    year: int
    heading: str
    name: str
    person: list[tuple[str, str, int]]
    parts: list[dict[str, str]]
    grade: str
    total: str
    last: str
    records: list[dict[str, str]]
    foot: str
    error: str
    at: datetime


def holder_of(user: User, member: Member) -> Holder:
    """Without drafts of a year: nothing in them holds yet."""
    subjects = visible(user, Subject).filter(seat__member=member)
    found = visible(user, Assessment).exclude(state=Assessment.State.DRAFT).select_related("committee", "ruleset")
    assessments = cardpage.covering(found.order_by("-year"), subjects)
    return Holder(user, member, subjects, assessments)


def year_rows(holder: Holder) -> list[YearRow]:
    """Newest first; the same few queries for any number of years. Stored cards only: opening a year computes it.

    Published years are read from their editions alone.
    """
    found = visible(holder.user, ReportCard).filter(subject__in=holder.subjects, assessment__in=holder.assessments)
    live = {card.assessment_id: card for card in found.order_by("subject_id")}
    settled = _settled(holder)
    seats = [subject.seat for subject in holder.subjects.select_related("seat__term").order_by("pk")]
    rows = []
    for one in holder.assessments:
        card = None if one.state == Assessment.State.PUBLISHED else live.get(one.pk)
        figures = settled.get(one.pk) or (_figures(card) if card else None)
        rows.append(_year_row(one, _seat_in(one, seats), figures))
    return rows


Figures = tuple[int, str, dict[str, Any]]  # total in hundredths, grade, the card as plain values


def _settled(holder: Holder) -> dict[int, Figures]:
    """{assessment: figures} of published years, each of its last edition. One query."""
    published = [one for one in holder.assessments if one.state == Assessment.State.PUBLISHED]
    rows = visible(holder.user, EditionCard).filter(edition__assessment__in=published, subject__in=holder.subjects)
    found = {}
    for row in rows.order_by("edition__number").select_related("edition").defer("edition__document"):
        text = json.loads(row.document)
        found[row.edition.assessment_id] = (text["card"]["total"], text["placing"]["grade"], text["card"])
    return found


def _figures(card: ReportCard) -> Figures:
    plain = json.loads(card.document)
    return card.total, card.grade or plain["grade_by_threshold"] or "", plain


def _seat_in(assessment: Assessment, seats: list[Seat]) -> Seat:
    """The latest of those held in the year."""
    return [
        seat
        for seat in seats
        if seat.joined_on <= assessment.to_on and (seat.left_on is None or seat.left_on >= assessment.from_on)
    ][-1]


def _year_row(assessment: Assessment, seat: Seat, figures: Figures | None) -> YearRow:
    is_final = assessment.state in FINAL_STATES
    if figures is None:
        return YearRow(assessment, seat, None, "", is_final, [])
    total, grade, plain = figures
    return YearRow(assessment, seat, total, grade, is_final, _counts(plain))


def _counts(plain: dict) -> list[tuple[str, int]]:
    """How many things one did stand in each part right below the total, half-days of a meeting once; empty parts left out."""
    nodes = {node["code"]: node for node in plain["nodes"]}
    root = plain["nodes"][0]["code"]
    found: dict[str, set[str]] = {}
    for line in plain["lines"]:
        code = line["category"]
        if not line["fact"] or code not in nodes:
            continue
        while nodes[code]["parent"] not in ("", root):
            code = nodes[code]["parent"]
        found.setdefault(code, set()).add(line["matter"])
    return [(node["name"], len(found[code])) for code, node in nodes.items() if code in found]


# ---------------------------------------------------------------- one year
def sheet(holder: Holder, assessment: Assessment) -> Sheet:
    """The year as it stands now, or as it was settled."""
    subject = cardpage.subject_in(assessment, holder.subjects)
    page = cardpage.card_page(holder.user, assessment, subject)
    view = page.view
    return Sheet(
        year=assessment.year,
        heading=f"{assessment.committee.short_name}委员履职成绩单",
        name=f"（{assessment.year} 年度）",
        person=_person(subject.seat, assessment),
        parts=[part_row(part) for part in [*view.parts, *view.outside]] if view else [],
        grade=_grade(page),
        total=points(view.total) if view else "",
        last=_last(holder, assessment),
        records=record_rows(view, assessment) if view else [],
        foot=_foot(holder, assessment, subject, page),
        error="" if view else page.error,
        at=page.as_of,
    )


def _person(seat: Seat, assessment: Assessment) -> list[tuple[str, str, int]]:
    member = seat.member
    day = min(assessment.to_on, timezone.localdate())
    held = Post.objects.filter(seat=seat, from_on__lte=day).order_by("from_on").last()
    return [
        ("姓名", display_name(member.name), 1),
        ("性别", member.get_sex_display() or "—", 1),
        ("民族", member.ethnicity or "—", 1),
        ("界别", str(seat.sector), 1),
        ("党派", member.party or "—", 1),
        ("专委会", str(seat.special_committee or "—"), 1),
        ("职务", str(held or "委员"), 3),
        ("编号", seat.number, 1),
    ]


def part_row(part: PartView) -> dict[str, str]:
    clause = f"（{part.clause}）" if part.clause else ""
    count = len(_grouped(_rules(part)))
    notes = [
        f"{count} 条记录" if count else "",
        "已达上限" if part.is_full else "",
        "不计入总分" if part.outside else "",
    ]
    return {
        "name": part.name,
        "rules": f"{_names(list(_rules(part)))}{clause}",
        "cap": "—" if part.cap is None else points(part.cap),
        "figure": points(part.figure),
        "note": "，".join(filter(None, notes)),
    }


def _names(rules: list[RuleView]) -> str:
    """Those under which something is on record, else the first of all: paper has room for names, not for terms."""
    used = list(dict.fromkeys(rule.name for rule in rules if rule.lines))
    names = used or list(dict.fromkeys(rule.name for rule in rules))
    room, most = ROOM if used else LITTLE_ROOM, len(names)
    while most > 1 and len("、".join(names[:most])) > room:
        most -= 1
    return "、".join(names[:most]) + (f"等 {len(names)} 项" if len(names) > most else "")


def _rules(part: PartView) -> Iterable[RuleView]:
    yield from part.rules
    for inner in part.parts:
        yield from _rules(inner)


def _grade(page: cardpage.CardPage) -> str:
    if page.view is None:
        return ""
    if not page.view.is_ranked:
        return unranked(page.view)
    told = page.grade or "未定"
    by_line = "" if page.is_grade_settled or not page.grade else "，按分数线"
    return f"等次：{told}（{'暂计' if page.is_provisional else '已审定'}{by_line}）"


def unranked(view: CardView) -> str:
    """Why somebody is not ranked; a reason that says so itself says it once."""
    return view.reason if "不参加排名" in view.reason else f"不参加排名：{view.reason}"


def _last(holder: Holder, assessment: Assessment) -> str:
    """Last year's total beside this one's."""
    before = holder.of_year(assessment.year - 1)
    if before is None:
        return ""
    if before.state == Assessment.State.PUBLISHED:
        total = _settled(holder).get(before.pk, (None,))[0]
    else:
        cards = visible(holder.user, ReportCard).filter(assessment=before, subject__in=holder.subjects)
        total = cards.order_by("subject_id").values_list("total", flat=True).last()
    return "" if total is None else f"去年 {points(total)} 分"


def record_rows(view: CardView, assessment: Assessment) -> list[dict[str, str]]:
    """What happened, oldest first, with what it counts; what stood for nothing and brought nothing is left out.

    The half-days of one meeting are one row.
    """
    rules = [rule for part in (*view.parts, *view.outside) for rule in _rules(part)] + view.own
    return [_row(lines, assessment.year) for lines in sorted(_grouped(rules), key=lambda lines: lines[0].on)]


def _grouped(rules: Iterable[RuleView]) -> list[list[LineView]]:
    """The lines of each rule, those of one record together; a line without a record is called by its rule's name."""
    rows = []
    for rule in rules:
        kept = [line for line in rule.lines if line.points or line.earned or line.title != rule.name]
        rows += _runs(sorted(kept, key=lambda line: (line.title, line.on)))
    return rows


def _runs(lines: list[LineView]) -> list[list[LineView]]:
    """Lines of one title on the same day or on days that follow one another, together."""
    runs: list[list[LineView]] = []
    for line in lines:
        last = runs[-1][-1] if runs else None
        if last and last.title == line.title and (line.on - last.on).days <= 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _row(lines: list[LineView], year: int) -> dict[str, str]:
    first, last = lines[0], lines[-1]
    counted, earned = sum(line.points for line in lines), sum(line.earned for line in lines)
    title = first.title + (f"（{len(lines)} 条）" if len(lines) > 1 else "")
    if counted != earned:
        title += f"（应计 {points(earned)} 分）"
    return {"on": _days(first.on, last.on, year), "title": title, "points": points(counted)}


def _days(first: date, last: date, year: int) -> str:
    """1月6日, 1月6日至9日, 1月31日至2月1日; with the year where it is another."""
    begun = f"{first.month}月{first.day}日" if first.year == year else whole_day(first)
    if first == last:
        return begun
    return f"{begun}至{'' if last.month == first.month else f'{last.month}月'}{last.day}日"


def _foot(holder: Holder, assessment: Assessment, subject: Subject, page: cardpage.CardPage) -> str:
    rules = assessment.ruleset
    at = timezone.localtime(page.as_of)
    told = [
        f"本成绩单按《{rules.title}》第 {rules.version} 版计算，"
        f"计 {whole_day(assessment.from_on)}至{whole_day(assessment.to_on)}的记录，截至 {whole_day(at)} {at:%H:%M}。"
    ]
    if page.is_provisional:
        told.append("暂计，最终得分和等次以主席会议审定为准。")
    digest = _digest(holder, assessment, subject) if not page.is_computed_now else ""
    if page.edition and not page.is_provisional:
        told.append(f"校验码 {page.edition.check_code}。")
    elif digest:
        told.append(f"明细摘要 {digest}。")
    if assessment.committee.is_demonstration:
        told.append("示例数据，人名均为程序生成。")
    told.append("如有出入，请在网上成绩单页申请更正，或告诉机关工作人员。")
    return "".join(told)


def whole_day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _digest(holder: Holder, assessment: Assessment, subject: Subject) -> str:
    """The first 16 digits of the document's, in fours."""
    card = visible(holder.user, ReportCard).filter(assessment=assessment, subject=subject)
    digest = card.values_list("digest", flat=True).first() or ""
    return " ".join(digest[start : start + 4] for start in range(0, min(16, len(digest)), 4))
