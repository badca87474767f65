"""The change log as files for the auditor, CSV and Excel: one line an act, every cell a text."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from audit.models import Action
from members.spreadsheets import harmless

MOST = 20_000  # acts in one file: some two seconds of work
HEADINGS = ("编号", "时间", "操作人", "账号", "操作", "理由", "依据授权", "入口", "请求编号", "撤销的操作")
WIDTHS = (38, 20, 14, 16, 22, 40, 30, 40, 34, 38)


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


def log_csv(actions: Iterable[Action]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(HEADINGS)
    out.writerows(map(harmless, line) for line in lines(actions))
    return text.getvalue().encode("utf-8-sig")


def log_xlsx(actions: Iterable[Action]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("操作日志")
    sheet.freeze_panes = "A2"
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJ"[number]].width = width
    sheet.append(HEADINGS)
    for line in lines(actions):
        sheet.append([_text(sheet, cell) for cell in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet, value: str) -> WriteOnlyCell:
    """A text also where it begins with = and would be taken for a formula."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
