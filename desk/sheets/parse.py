"""Runs child.py under its limits and takes in what it says."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from desk.sheets.limits import Limits, SheetRefused
from members.columns import Number

CHILD = Path(__file__).with_name("child.py")
OUTPUT_BYTES = 96 * 1024 * 1024
START_SECONDS = 10  # of waiting beyond the parser's own time: a machine under load starts a process slowly
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")

TOO_MUCH = "表格太大或太复杂，{what}。请删去无关的工作表、空白行列和多余的格式，或分成几个文件导入。"
SENTENCES = {
    "memory": TOO_MUCH.format(what="读取它所需的内存超过了上限"),
    "damaged": "文件内容已损坏或不是标准的 Excel 工作簿，无法读取。请用 Excel 或 WPS 打开它，另存为 .xlsx 后再导入。",
}

Cells = list[str | None]


@dataclass
class RawSheet:
    """One visible sheet as it stands: texts, by row number from 1; the first cell of a row is column A."""

    name: str
    rows: list[tuple[int, Cells]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    broken: dict[tuple[int, int], str] = field(default_factory=dict)  # (row, column from 1) → error text, "" = no value
    mended: set[tuple[int, int]] = field(default_factory=set)  # cells given another text after they were read


@dataclass
class RawBook:
    sheets: list[RawSheet] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    encoding: str = ""  # of a .csv; "" for .xlsx
    is_1904: bool = False


def parse(kind: str, data: bytes, limits: Limits) -> RawBook:
    """The cells of an admitted file, from a child process that has no more than `limits`; SheetRefused otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"sheet.{kind}"
        file.write_bytes(data)
        output = _run_child(kind, file, limits)
    return _read_lines(output)


def _run_child(kind: str, file: Path, limits: Limits) -> bytes:
    process = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", str(CHILD), kind, str(file), json.dumps(asdict(limits))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ},
        close_fds=True,
    )
    try:
        output = _read_until(process, time.monotonic() + limits.seconds + START_SECONDS)
        code = process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
        process.stdout.close()
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        raise SheetRefused(TOO_MUCH.format(what=f"{limits.seconds} 秒内没有读完"))
    if code != 0:
        raise SheetRefused(SENTENCES["memory"])
    return output


def _read_until(process: subprocess.Popen, deadline: float) -> bytes:
    """What the process prints until it closes its output, or SheetRefused at the deadline or the size limit."""
    parts, size = [], 0
    descriptor = process.stdout.fileno()
    while True:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise SheetRefused(TOO_MUCH.format(what="没有在规定时间内读完"))
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > OUTPUT_BYTES:
            raise SheetRefused(TOO_MUCH.format(what="读出的内容超过了上限"))


def _read_lines(output: bytes) -> RawBook:
    book = RawBook()
    last: dict = {}
    for line in output.splitlines():
        value = json.loads(line)
        if isinstance(value, list):
            book.sheets[-1].rows.append((value[0], [_text(cell) for cell in value[1]]))
        elif "sheet" in value:
            if value["hidden"]:
                book.hidden_sheets.append(value["sheet"])
            else:
                book.sheets.append(RawSheet(value["sheet"]))
        elif "merged" in value:
            sheet = book.sheets[-1]
            sheet.merged = value["merged"]
            sheet.hidden_rows = value["hidden_rows"]
            sheet.broken = {(row, column): text for row, column, text in value["broken"]}
        else:
            last = value
    if "end" not in last:
        reason = last.get("refused", "memory")
        raise SheetRefused(SENTENCES.get(reason, reason))
    book.encoding, book.is_1904 = last["encoding"], last["is_1904"]
    return book


def _text(cell: str | int | float | None) -> str | None:
    """Numbers keep a mark of what they were: 11.2 typed as a number may have been 11.20."""
    if cell is None or isinstance(cell, str):
        return cell
    return Number(format(cell, ".15g") if isinstance(cell, float) else str(cell))
