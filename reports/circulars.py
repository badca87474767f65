"""通报: drafted from a year, kept in versions, changed by several people without one writing over another."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from audit.actions import act
from members.checks import check_fields
from members.models import Grant, User
from reports.figures import FIELD, Source, UnknownFigure, check
from reports.models import Circular
from scoring.models import Assessment, Commendation

FILLED = ("title", "addressee", "body")  # where {{names}} of figures may stand
TEXTS = (*FILLED, "signed_by", "dated_on", "is_sealed", "mode", "mark", "number", "head_height")
FIELDS = (*TEXTS, "has_table", "has_honours", "is_mirrored", "copied_to", "printed_by", "printed_on")

BODY = """\
根据《{{办法}}》，{{委员会}}对{{年度}}年度全体委员履职情况进行了评价，经主席会议审定，现将有关情况通报如下。
一、总体情况
本年度应评价委员{{应评价人数}}名，参加排名{{参加排名人数}}名，其中{{各等次情况}}，平均得分{{平均分}}分。
二、各项履职情况
参加排名的委员各项平均得分：{{各项平均分}}。
"""
HONOURS = """\
三、优秀委员
经主席会议审定，{{优秀委员名单人数}}名委员为{{年度}}年度优秀委员，名单见{{优秀委员名单附件}}。
四、有关要求
"""
DEMANDS = "希望全体委员对照评价办法，认真履行职责。"

LIST_LABEL = "优秀委员名单附件"  # how the first list of names behind the text is called: 附件, or 附件2

ALIKE = 0.5  # share of characters that two paragraphs must have in common to be marked character by character


class Overwritten(ValidationError):
    """Somebody saved a version that the user has not seen. ``stored`` is that version."""

    def __init__(self, stored: Circular):
        last = stored.history.select_related("action__user").latest("version")
        who = last.action.user.name if last.action.user else "系统"
        at = timezone.localtime(last.action.at)
        super().__init__(
            f"没有保存：您打开这一页之后，{who}在 {at:%H:%M} 保存了第 {stored.version} 版。两边的文字并列在下面，"
            "您写的都还在框里。请对照，把要留的写进框里再保存；对方的那一版留在“版本”里，随时可以恢复。"
        )
        self.stored = stored


def draft(source: Source) -> Circular:
    """The first text of a year, not saved: whoever saves it makes version 1 of it."""
    assessment, committee = source.assessment, source.assessment.committee
    office = f"{committee.name.replace('中国人民政治协商会议', '政协')}办公室"
    has_honours = bool(source.honours.get(Commendation.TITLE))
    return Circular(
        assessment=assessment,
        version=0,
        title=f"{office}\n关于{{{{年度}}}}年度委员履职情况的通报",
        addressee="各专门委员会、各活动组，各位委员",
        body=BODY + (HONOURS if has_honours else "三、有关要求\n") + DEMANDS,
        signed_by=office,
        dated_on=timezone.localdate(source.edition.published_at) if source.edition else None,
        mark=office,
        has_honours=has_honours,
    )


def save_circular(
    *,
    user: User,
    source: Source,
    seen: int,
    values: dict[str, Any],
    verb: str = "保存通报",
    grant: Grant | None = None,
) -> Circular:
    """A new version with ``values`` ({field: value} of FIELDS), or the stored one when they change nothing.

    ``seen``: the version that the user wrote over, 0 for the draft. Overwritten when another is stored by now;
    ValidationError for a wrong field or a figure that the year has not.
    """
    assessment = source.assessment
    _check_figures(source, values)
    stored = Circular.objects.filter(assessment=assessment, version=seen).first()
    if stored is not None and all(getattr(stored, name) == values[name] for name in FIELDS):
        return stored
    with act(user=user, verb=verb, grant=grant, committee=assessment.committee):
        row = Circular.objects.select_for_update(of=("self",)).filter(assessment=assessment).first()
        if row is not None and row.version != seen:
            raise Overwritten(row)
        row = row or Circular(assessment=assessment, version=0)
        for name in FIELDS:
            setattr(row, name, values[name])
        row.version += 1
        check_fields(row)
        row.save()
    return row


def restore_circular(*, user: User, source: Source, seen: int, number: int, grant: Grant | None = None) -> Circular:
    """Version ``number`` once more, as the newest; nothing is lost. ValidationError: there is no such version."""
    old = versions(source.assessment).filter(version=number).first()
    if old is None:
        raise ValidationError(f"没有恢复：没有第 {number} 版。请从版本列表里选。")
    values = {name: getattr(old, name) for name in FIELDS}
    verb = f"恢复通报第 {number} 版"
    return save_circular(user=user, source=source, seen=seen, values=values, verb=verb, grant=grant)


def versions(assessment: Assessment) -> models.QuerySet:
    """Every saved state, the newest first; each with ``action``, who saved it and when."""
    rows = Circular.history.filter(assessment=assessment.pk).exclude(history_type="-")
    return rows.select_related("action__user").order_by("-version")


def without_texts(rows: models.QuerySet) -> models.QuerySet:
    """Versions as a list of them shows them: who and when, not what was written."""
    return rows.defer(*(name for name in FIELDS if name != "title"))


def figures_of(source: Source, *, has_table: bool) -> dict[str, str]:
    """Everything that a circular may name: the year's, and what the first list of names behind the text is called."""
    count = (len(source.honours) or 1) + has_table
    return {**source.figures, LIST_LABEL: appendix_labels(count)[int(has_table)]}


def appendix_labels(count: int) -> list[str]:
    """附件, or 附件1, 附件2, …"""
    return ["附件"] if count == 1 else [f"附件{number}" for number in range(1, count + 1)]


def _check_figures(source: Source, values: dict[str, Any]) -> None:
    figures = figures_of(source, has_table=values["has_table"])
    if not values["has_honours"] and LIST_LABEL in FIELD.findall(values["body"]):
        raise ValidationError(
            {"body": f"“正文”写了 {{{{{LIST_LABEL}}}}}，但没有附名单。请勾选“附优秀名单”，或删去正文里的这一处。"}
        )
    for name in FILLED:
        try:
            check(values[name], figures, str(Circular._meta.get_field(name).verbose_name))
        except UnknownFigure as refusal:
            raise ValidationError({name: str(refusal)}) from refusal


# ---------------------------------------------------------------- what changed
@dataclass(frozen=True, slots=True)
class Pair:
    """One field or paragraph of two versions beside each other; [(is_other, piece of text), …] of each."""

    label: str
    left: list[tuple[bool, str]]
    right: list[tuple[bool, str]]


def differences(left: Any, right: Any) -> list[Pair]:
    """Of two states of a circular, rows or forms' values: the fields that differ, the body paragraph by paragraph."""
    found = []
    for name in FIELDS:
        old, new = said(left, name), said(right, name)
        label = str(Circular._meta.get_field(name).verbose_name)
        if name == "body":
            found += _paragraphs(label, old.splitlines(), new.splitlines())
        elif old != new:
            found.append(Pair(label, *_marked(old, new)))
    return found


def said(row: Any, name: str) -> str:
    """A field as its readers say it."""
    value = getattr(row, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "mode":
        return str(Circular.Mode(value).label)
    return "" if value is None else str(value).replace("\r\n", "\n")


def _paragraphs(label: str, old: list[str], new: list[str]) -> Iterable[Pair]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            continue
        for n in range(max(b - a, d - c)):
            before = old[a + n] if a + n < b else ""
            after = new[c + n] if c + n < d else ""
            yield Pair(label, *_marked(before, after))


def _marked(old: str, new: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        # What has little in common is read better as a whole.
        return [(True, old)] if old else [], [(True, new)] if new else []
    left, right = [], []
    for what, a, b, c, d in matcher.get_opcodes():
        is_other = what != "equal"
        left += [(is_other, old[a:b])] if a < b else []
        right += [(is_other, new[c:d])] if c < d else []
    return left, right
