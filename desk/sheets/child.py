"""Parses one file in a process of its own, which may be killed: `python -I child.py KIND FILE LIMITS`.

LIMITS is a JSON object (rows, columns, seconds, memory). Prints JSON lines:
  {"sheet": name, "hidden": bool}                      a sheet begins (a hidden one has no rows)
  [row number, [cell, …]]                              a row with contents; a cell is null, a text or a number
  {"merged": ["A1:B2"], "hidden_rows": [3], "broken": [[row, column, text]]}   a sheet ends
  {"end": true, "encoding": "utf-8", "is_1904": false} or {"refused": sentence}   the last line

Dates come out as ISO text, so that only plain values cross the pipe. Imports no Django and nothing of this project.
"""

import csv
import datetime
import io
import json
import os
import resource
import sys
import warnings
import zlib
from pathlib import Path

HEADING_ROWS = 20  # above the rows that are counted: title, notes, headings
TEXT_LENGTH = 2_000  # longer than any field; the rest of a text is cut, and the field then refuses it
ALL_TEXT = 20_000_000  # characters of all cells together


class Refused(ValueError):
    """Its text is the sentence for the user."""


def main(kind: str, file: str, limits: dict) -> int:
    if kind == "xlsx":
        # One parser, whatever else is installed: the one whose behaviour on hostile files is tested.
        os.environ["OPENPYXL_LXML"] = "False"
        # Before the limits, so that what is too much is the file and never the library. read_xlsx says what it uses.
        import openpyxl.worksheet._reader  # noqa: F401
    restrict(resource.RLIMIT_AS, limits["memory"])
    restrict(resource.RLIMIT_CPU, limits["seconds"])
    restrict(resource.RLIMIT_FSIZE, 0)
    warnings.simplefilter("ignore")
    out = Output(limits)
    try:
        read = read_csv if kind == "csv" else read_xlsx
        facts = read(Path(file), out)
        out.line({"end": True, **facts})
    except Refused as refused:
        out.line({"refused": str(refused)})
    except MemoryError:
        out.line({"refused": "memory"})
    except zlib.error as error:
        # Z_MEM_ERROR: the library says it its own way.
        is_memory = str(error).startswith("Error -4")
        out.line({"refused": "memory"} if is_memory else {"refused": "damaged", "error": f"zlib: {error}"})
    except Exception as error:  # noqa: BLE001 a damaged file breaks openpyxl in any way it likes
        out.line({"refused": "damaged", "error": f"{type(error).__name__}: {error}"[:300]})
    sys.stdout.flush()
    return 0


def restrict(what: int, limit: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


class Output:
    """Writes lines and keeps count of what was written."""

    def __init__(self, limits: dict):
        self.limits = limits
        self.rows = 0
        self.characters = 0

    def line(self, value) -> None:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")

    def row(self, number: int, cells: list) -> None:
        """Write a row unless it is blank; Refused when it, or all together, is too much."""
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            return
        rows, columns = self.limits["rows"], self.limits["columns"]
        self.rows += 1
        if self.rows > rows + HEADING_ROWS:
            raise Refused(f"表格超过了 {rows} 行的上限。请分成几个文件导入。")
        if len(cells) > columns or number > rows + HEADING_ROWS:
            raise Refused(
                f"单元格 {letters(len(cells))}{number} 有内容，超出了 {rows} 行 × {columns} 列的上限。"
                "请删去表格以外的内容，或分成几个文件导入。"
            )
        self.characters += sum(len(cell) for cell in cells if isinstance(cell, str))
        if self.characters > ALL_TEXT:
            raise Refused("表格的文字太多，无法读取。请删去与导入无关的列，或分成几个文件导入。")
        self.line([number, cells])


def letters(column: int) -> str:
    """1 → A, 27 → AA, 16384 → XFD."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


# ---------------------------------------------------------------- CSV
def read_csv(file: Path, out: Output) -> dict:
    text, encoding = decode(file.read_bytes())
    first_line = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first_line and "," not in first_line else ","
    out.line({"sheet": "", "hidden": False})
    number = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            out.row(number, [plain(cell) for cell in row])
    except csv.Error as error:
        raise Refused(
            f"第 {number + 1} 行附近的引号或换行不成对，无法读取。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。"
        ) from error
    out.line({"merged": [], "hidden_rows": [], "broken": []})
    return {"encoding": encoding, "is_1904": False}


def decode(data: bytes) -> tuple[str, str]:
    """Byte order mark, strict UTF-8, strict GB18030, in that order; never a guess by statistics, which takes a short
    GB18030 line for Big5."""
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Refused(
        "文件的文字既不是 UTF-8 也不是 GB18030 编码。请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（*.xlsx）”后再导入。"
    )


# ---------------------------------------------------------------- xlsx
def read_xlsx(file: Path, out: Output) -> dict:
    from openpyxl import load_workbook
    from openpyxl.utils.datetime import MAC_EPOCH

    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        hidden = sheet.sheet_state != "visible"
        out.line({"sheet": sheet.title, "hidden": hidden})
        if not hidden:
            read_worksheet(book, sheet, out)
    return {"encoding": "", "is_1904": book.epoch == MAC_EPOCH}


def read_worksheet(book, sheet, out: Output) -> None:
    """Row by row as they stand in the file. openpyxl's own iteration would make up the rows between two cells, a
    million of them for one cell at XFD1048576, and hides formulas, merged cells and hidden rows."""
    from openpyxl.worksheet._reader import MERGE_TAG, ROW_TAG, WorkSheetParser, iterparse

    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        merged, hidden_rows, broken = [], [], []
        for _, element in iterparse(source):
            if element.tag == ROW_TAG:
                if element.get("hidden") in {"1", "true"}:
                    hidden_rows.append(int(element.get("r", parser.row_counter + 1)))
                read_row(parser, element, out, broken)
                element.clear()
            elif element.tag == MERGE_TAG:
                merged = [cell.get("ref") for cell in element]
                element.clear()
    out.line({"merged": merged, "hidden_rows": hidden_rows[: out.limits["rows"]], "broken": broken[:1000]})


def read_row(parser, element, out: Output, broken: list) -> None:
    from openpyxl.worksheet._reader import FORMULA_TAG

    number, found = parser.parse_row(element)
    cells = []
    for part, cell in zip(element, found, strict=True):
        column, value = cell["column"], cell["value"]
        if value is None:
            if part.find(FORMULA_TAG) is not None:
                broken.append([number, column, ""])
            continue
        if cell["data_type"] == "e":
            broken.append([number, column, str(value)])
            continue
        if column > out.limits["columns"]:
            out.row(number, [None] * (column - 1) + [plain(value)])
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = plain(value)
    out.row(number, cells)


def plain(value):
    """`value` as null, text or number: blank texts are null, dates ISO text, whole numbers without a point."""
    if isinstance(value, str):
        return value[:TEXT_LENGTH] if value.strip(" \t\r\n\u00a0\u3000\u200b\ufeff") else None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
