"""The change log as files for the auditor, CSV and Excel: one line an act, and one for each field that an act wrote.
Every cell is a text."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from audit.models import Action
from desk.log import Change
from members.spreadsheets import harmless

MOST = 20_000  # acts in one file: some two seconds of work
MOST_ROWS = 8_000  # rows written by them, whose fields are told: some ten seconds
HEADINGS = ("编号", "时间", "操作人", "账号", "操作", "理由", "依据授权", "入口", "请求编号", "撤销的操作")
FIELDS = ("操作编号", "时间", "操作人", "操作", "记录类别", "记录", "记录编号", "变动", "字段", "原值", "新值")
WIDTHS = (38, 20, 14, 16, 22, 40, 30, 40, 34, 38)
FIELD_WIDTHS = (38, 20, 14, 22, 16, 30, 38, 8, 16, 40, 40)
LONGEST_CELL = 32_767  # that Excel takes


def lines(actions: Iterable[Action]) -> Iterator[list[str]]:
    """Cells of each act; wants user, grant and undoes read along."""
    for one in actions:
        yield [
            str(one.public_id),
            f"{timezone.localtime(one.at):%Y-%m-%d %H:%M:%S}",
            str(one.user or "系统"),
            one.user.username if one.user else "",
            one.verb,
            one.reason,
            one.grant.get_role_display() if one.grant else "",
            one.route,
            one.request_id,
            str(one.undoes.public_id) if one.undoes else "",
        ]


def field_lines(told: Iterable[tuple[Action, list[Change]]]) -> Iterator[list[str]]:
    """Cells of each field that an act wrote: what stood there and what stands there; of a hidden row only that it was."""
    for one, changes in told:
        head = [
            str(one.public_id),
            f"{timezone.localtime(one.at):%Y-%m-%d %H:%M:%S}",
            str(one.user or "系统"),
            one.verb,
        ]
        for change in changes:
            row = [*head, change.kind, change.title, change.public_id, change.happened]
            for field in change.differences:
                yield [*row, field.label, field.old, field.new]
            if not change.differences:
                yield [*row, "", "", change.hidden]


def fields_csv(told: Iterable[tuple[Action, list[Change]]]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    return _csv(FIELDS, field_lines(told))


def log_csv(actions: Iterable[Action]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    return _csv(HEADINGS, lines(actions))


def _csv(headings: Iterable[str], found: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(headings)
    out.writerows(map(harmless, line) for line in found)
    return text.getvalue().encode("utf-8-sig")


def log_xlsx(actions: Sequence[Action], told: Iterable[tuple[Action, list[Change]]]) -> bytes:
    """Two sheets: the acts, and every field they wrote."""
    book = Workbook(write_only=True)
    _sheet(book, "操作日志", HEADINGS, WIDTHS, lines(actions))
    _sheet(book, "字段改动", FIELDS, FIELD_WIDTHS, field_lines(told))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(
    book: Workbook, name: str, headings: Sequence[str], widths: Sequence[int], found: Iterable[list[str]]
) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJK"[number]].width = width
    sheet.append(headings)
    for line in found:
        sheet.append([_text(sheet, cell[:LONGEST_CELL]) for cell in line])


def _text(sheet, value: str) -> WriteOnlyCell:
    """A text also where it begins with = and would be taken for a formula."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
