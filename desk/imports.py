"""Bringing a sheet in: all of it or nothing, and nothing at all when it says what is already stored."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.actions import act
from audit.models import Action
from desk.sheets.kinds import KINDS
from desk.sheets.limits import Limits, SheetRefused, admit
from desk.sheets.parse import RawBook, parse
from desk.sheets.reader import Reading, read
from members.columns import Context, Plan, RowError, Sheet, SheetProblem, Step
from members.models import Committee, Grant, Office, User
from members.signals import gathered

ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030"}


@dataclass
class Result:
    """What became of a file. `refused` is set when it could not be read at all."""

    sheet: Sheet
    new: int = 0
    changed: int = 0
    same: int = 0
    errors: list[RowError] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refused: str = ""
    encoding: str = ""  # of a .csv
    is_written: bool = False
    is_rehearsal: bool = False

    @property
    def is_good(self) -> bool:
        return not self.refused and not self.errors

    def sentences(self) -> list[str]:
        """The messages in the order of the sheet's rows; the refusal alone when there is one."""
        return [self.refused] if self.refused else [str(error) for error in self.errors]

    def summary(self) -> str:
        """One line for the user."""
        unit = self.sheet.unit
        if self.refused:
            return "没有导入：" + self.refused
        counts = f"新增 {self.new} {unit}，更新 {self.changed}，相同 {self.same}"
        if self.errors and not self.is_written:
            return (
                f"没有导入：有 {len(self.errors)} 处错误。改正后的结果会是：{counts}。"
                if self.is_rehearsal
                else (f"没有导入：有 {len(self.errors)} 处错误，请改正后重新导入整个文件。")
            )
        done = "试导入完成，没有保存" if self.is_rehearsal else "导入完成"
        skipped = f"，跳过 {len(self.errors)} 处错误所在的行" if self.errors else ""
        return f"{done}：{counts}{skipped}。"


class RolledBack(Exception):
    """Leaves the transaction without a trace."""


# Called inside the transaction, when all steps are taken and before they are kept; may raise RolledBack.
Watch = Callable[[Action, Result], None]


def import_sheet(
    *,
    user: User | None,
    kind: str,
    name: str,
    stream: BinaryIO,
    committee: Committee,
    office: Office | None = None,
    year: int | None = None,
    is_rehearsal: bool = False,
    skip_bad_rows: bool = False,
    grant: Grant | None = None,
    limits: Limits | None = None,
) -> Result:
    """Read the sheet `stream`, called `name`, and store what it says under one Action; see docs/sheets.md.

    All rows are read and checked first; then one transaction writes all of them, or nothing when any is bad (with
    `skip_bad_rows`, only the good ones). `office` is the one that records, not needed for members; `year` completes
    dates written without one. `is_rehearsal`: do all of it and undo it. No error is raised for a bad file: the
    Result says what is wrong with it.
    """
    limits = limits or Limits.from_settings()
    try:
        _office_for(kind, office)
        extension, data = admit(name, stream, limits)
        book = parse(extension, data, limits)
    except (SheetRefused, SheetProblem) as problem:
        return Result(KINDS[kind], is_rehearsal=is_rehearsal, refused=str(problem))
    return import_book(
        user=user,
        kind=kind,
        book=book,
        committee=committee,
        office=office,
        year=year,
        reason=reason_for(name, data, book.encoding),
        is_rehearsal=is_rehearsal,
        skip_bad_rows=skip_bad_rows,
        grant=grant,
    )


def import_book(
    *,
    user: User | None,
    kind: str,
    book: RawBook,
    committee: Committee,
    office: Office | None = None,
    year: int | None = None,
    reason: str = "",
    is_rehearsal: bool = False,
    skip_bad_rows: bool = False,
    grant: Grant | None = None,
    chosen: Mapping[int, str] | None = None,
    watch: Watch | None = None,
) -> Result:
    """As `import_sheet`, of a file that is parsed already. `chosen`: see find_layout."""
    sheet = KINDS[kind]
    result = Result(sheet, is_rehearsal=is_rehearsal)
    context = Context(committee=committee, user=user, office=office, year=year, reason=reason)
    try:
        _office_for(kind, office)
        context.lookups = sheet.lookups(context)
        reading = read(book, sheet, context, chosen)
        plan = sheet.plan(context, reading.rows)
    except (SheetRefused, SheetProblem) as problem:
        result.refused = str(problem)
        return result
    _fill(result, reading, plan)
    if plan.steps and (skip_bad_rows or not result.errors):
        _write(result, plan.steps, context, grant, skip_bad_rows, watch)
    elif plan.steps:
        result.new, result.changed = _counts(plan.steps)
    result.errors.sort(key=lambda error: error.row)
    return result


def _office_for(kind: str, office: Office | None) -> None:
    sheet = KINDS[kind]
    if sheet.needs_office and office is None:
        raise SheetProblem(f"没有说明由哪个处室登记{sheet.label}。请选择处室。")


def reason_for(name: str, data: bytes, encoding: str) -> str:
    """What the Action keeps of the file: name, encoding and digest."""
    coded = f"，{ENCODINGS[encoding]}" if encoding else ""
    return f"{PurePath(name).name[:120]}{coded}，SHA-256 {hashlib.sha256(data).hexdigest()}"


def _fill(result: Result, reading: Reading, plan: Plan) -> None:
    result.encoding = reading.encoding
    result.notices = [*reading.notices, *plan.notices]
    result.errors = [*reading.errors, *plan.errors]
    result.same = plan.same


def _write(
    result: Result,
    steps: Sequence[Step],
    context: Context,
    grant: Grant | None,
    skip_bad_rows: bool,
    watch: Watch | None,
) -> None:
    """Take all steps in one act, and leave no trace of it when one fails or nothing was to be kept."""
    done: list[Step] = []
    try:
        with act(
            user=context.user,
            verb=f"导入{result.sheet.label}表",
            reason=context.reason,
            grant=grant,
            committee=context.committee,
        ) as action:
            with gathered(result.sheet.kind):
                for step in steps:
                    error = _take(step)
                    if error:
                        result.errors.append(error)
                    else:
                        done.append(step)
                result.new, result.changed = _counts(done)
                if watch:
                    watch(action, result)
                if result.is_rehearsal or not done or (result.errors and not skip_bad_rows):
                    raise RolledBack
            result.is_written = True
    except RolledBack:
        result.is_written = False


def _take(step: Step) -> RowError | None:
    """One step in a savepoint; what the services refuse becomes the fault of its row."""
    try:
        with transaction.atomic():
            step.write()
    except ValidationError as error:
        name, sentence = _first_problem(error)
        return RowError(step.row.number, step.row.headings.get(name, "整行"), "", f"：{sentence}")
    except IntegrityError:
        return RowError(
            step.row.number, "整行", "", "：与系统已有的记录冲突。请核对编号、名称和日期是否与已有记录重复。"
        )
    return None


def _first_problem(error: ValidationError) -> tuple[str, str]:
    if hasattr(error, "message_dict"):
        return next((name, messages[0]) for name, messages in error.message_dict.items())
    return "", error.messages[0]


def _counts(steps: Sequence[Step]) -> tuple[int, int]:
    return sum(step.new for step in steps), sum(step.changed for step in steps)
