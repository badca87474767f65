"""What is done to a batch, from the upload of its file to confirming or discarding it. Pages call nothing else."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.actions import act
from audit.models import Action
from desk.changes import changes_of
from desk.imports import Result, RolledBack, import_book, reason_for
from desk.models import ImportBatch
from desk.sheets.headings import ERRORS_HEADING, Layout, find_layout, proposed_layout
from desk.sheets.kinds import KINDS
from desk.sheets.limits import Limits, admit
from desk.sheets.parse import RawBook, parse
from desk.sheets.stored import from_json, only_rows, to_json
from members.columns import Context, heading_key
from members.models import Committee, Grant, Office, User

State = ImportBatch.State

TOO_OLD = "这一页打开以后，这批数据又有了变动，刚才的操作没有执行。请看过现在的内容再操作一次。"
NOT_OPEN = "这批数据{state}，不能再改。要导入别的内容，请重新上传文件。"


def open_batch(
    *,
    user: User,
    grant: Grant | None,
    kind: str,
    name: str,
    stream: BinaryIO,
    committee: Committee,
    office: Office | None,
    year: int | None,
) -> tuple[ImportBatch, bool]:
    """Read the file once, keep its rows, write nothing of the records. (batch, whether it is a new one).

    The same file sent again while its first batch is still open leads to that one: a button pressed twice. Raises
    SheetRefused or SheetProblem, with the sentence for the user, when the file cannot be imported at all.
    """
    limits = Limits.from_settings()
    extension, data = admit(name, stream, limits)
    office = office if KINDS[kind].needs_office else None
    asked = {"user": user, "kind": kind, "committee": committee, "office": office, "year": year}
    digest = hashlib.sha256(data).hexdigest()
    known = ImportBatch.objects.waiting().filter(**asked, digest=digest).first()
    if known is not None:
        return known, False
    book = parse(extension, data, limits)
    source = reason_for(name, data, book.encoding)
    batch = ImportBatch(**asked, digest=digest, source=source, file_name=PurePath(name).name[:120])
    layout = proposed_layout(book, KINDS[kind], context_of(batch))
    batch.header = header_digest(layout)
    batch.book = to_json(book)
    with act(user=user, verb="上传导入表格", reason=source, grant=grant, committee=committee):
        batch.save()
    return batch, True


def context_of(batch: ImportBatch) -> Context:
    return Context(committee=batch.committee, user=batch.user, office=batch.office, year=batch.year)


def book_of(batch: ImportBatch) -> RawBook:
    return from_json(batch.book, batch.mends)


def layout_of(batch: ImportBatch) -> Layout:
    """As somebody matched the columns; SheetRefused when that cannot be read."""
    return find_layout(book_of(batch), KINDS[batch.kind], context_of(batch), batch.chosen())


def header_digest(layout: Layout) -> str:
    """Equal for files whose headings stand in the same columns; half-days differ from meeting to meeting."""
    plain = [
        (place, heading_key(text))
        for place, text in sorted(layout.headings.items())
        if place not in layout.spread and text != ERRORS_HEADING
    ]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def remembered_columns(batch: ImportBatch) -> dict[int, str]:
    """How the columns of the last file with the same headings were matched in this committee; {} for the first."""
    same = ImportBatch.objects.filter(committee=batch.committee, kind=batch.kind, header=batch.header)
    last = same.exclude(columns={}).order_by("-id").values_list("columns", flat=True).first()
    return {int(place): name for place, name in (last or {}).items()}


def match_columns(*, user: User, grant: Grant | None, batch: ImportBatch, chosen: Mapping[int, str]) -> ImportBatch:
    """Say which column is which field, and check the rows. SheetRefused when these columns do not do."""
    find_layout(book_of(batch), KINDS[batch.kind], context_of(batch), chosen)
    with _changing(batch, user, grant, "对应导入表格的列") as batch:
        batch.columns = {str(place): name for place, name in chosen.items()}
        _check(batch, user)
    return batch


def mend(
    *, user: User, grant: Grant | None, batch: ImportBatch, revision: int, mends: Iterable[tuple[int, int, str]]
) -> ImportBatch:
    """Put other texts into cells, (row, column number, text), and check again. ValidationError from an old page."""
    with _changing(batch, user, grant, "改正导入表格") as batch:
        _same_revision(batch, revision)
        name = layout_of(batch).sheet.name
        mended = {(sheet, row, place): text for sheet, row, place, text in batch.mends}
        mended |= {(name, row, place): text for row, place, text in mends}
        batch.mends = [[*cell, text] for cell, text in mended.items()]
        _check(batch, user)
    return batch


def check_again(*, user: User, grant: Grant | None, batch: ImportBatch) -> ImportBatch:
    with _changing(batch, user, grant, "核对导入表格") as batch:
        _check(batch, user)
    return batch


def discard(*, user: User, grant: Grant | None, batch: ImportBatch) -> None:
    """Give up a batch that was not confirmed; its rows are forgotten."""
    with _changing(batch, user, grant, "放弃导入") as batch:
        batch.state = State.DISCARDED
        batch.book, batch.mends, batch.outcome = {}, [], {}
        batch.save()


def confirm(*, user: User, grant: Grant | None, batch: ImportBatch, revision: int, skip_bad_rows: bool) -> bool:
    """Store the rows under one Action. True when it is done, also by an earlier press of the button.

    False when the records changed after the check, so that something else than what was shown would be stored:
    nothing is stored then, and the batch holds the new check. ValidationError from an old page.
    """
    with transaction.atomic():
        batch = locked(batch)
        if batch.state == State.DONE:
            return True
        _open(batch)
        _same_revision(batch, revision)
        shown = (batch.new, batch.changed, batch.errors)

        def keep(action: Action, result: Result) -> None:
            if (result.new, result.changed, len(result.errors)) != shown:
                raise RolledBack
            if not result.errors or skip_bad_rows:
                _finish(batch, action)

        result = _import(batch, user, grant=grant, skip_bad_rows=skip_bad_rows, watch=keep)
        if not result.is_written:
            batch.refresh_from_db()
            _check(batch, user)
        return result.is_written


def _import(batch: ImportBatch, user: User, **options: Any) -> Result:
    mended = f"，改正 {len(batch.mends)} 格" if batch.mends else ""
    return import_book(
        user=user,
        kind=batch.kind,
        book=book_of(batch),
        committee=batch.committee,
        office=batch.office,
        year=batch.year,
        reason=f"批次 {batch.number}：{batch.source}{mended}",
        chosen=batch.chosen(),
        **options,
    )


def _check(batch: ImportBatch, user: User) -> None:
    """Do the import and undo it; keep what it would have done as `outcome`:

    {"refused": sentence, "notices": [sentence], "changes": see changes_of,
     "errors": [{"row", "place": column number or 0, "column": heading, "found", "problem"}]}
    """
    changes: list[dict[str, Any]] = []

    def look(action: Action, result: Result) -> None:
        changes.extend(changes_of(action))

    result = _import(batch, user, is_rehearsal=True, skip_bad_rows=True, watch=look)
    places = {} if result.refused else _places(layout_of(batch))
    batch.outcome = {
        "refused": result.refused,
        "notices": result.notices,
        "changes": changes,
        "errors": [
            {
                "row": error.row,
                "place": places.get(error.column, 0),
                "column": error.column,
                "found": error.found,
                "problem": error.problem,
            }
            for error in result.errors
        ],
    }
    batch.new, batch.changed, batch.same = result.new, result.changed, result.same
    batch.warnings, batch.errors = len(result.notices), len(result.errors)
    batch.state = State.CHECKED
    batch.revision += 1
    batch.save()


def _places(layout: Layout) -> dict[str, int]:
    """Heading → its column, of the columns that are read."""
    return {layout.headings[place]: place for place in {*layout.fields, *layout.spread}}


def _finish(batch: ImportBatch, action: Action) -> None:
    """Keep of the file only the rows that were left out."""
    bad = {error["row"] for error in batch.outcome["errors"]}
    batch.book = only_rows(batch.book, layout_of(batch), bad) if bad else {}
    batch.mends = [one for one in batch.mends if one[1] in bad]
    batch.outcome = {**batch.outcome, "changes": []}
    batch.state, batch.action = State.DONE, action
    batch.save()


@contextmanager
def _changing(batch: ImportBatch, user: User, grant: Grant | None, verb: str) -> Iterator[ImportBatch]:
    """The batch, locked, for one act. ValidationError when it is no longer open."""
    with act(user=user, verb=verb, reason=f"批次 {batch.number}", grant=grant, committee=batch.committee):
        batch = locked(batch)
        _open(batch)
        yield batch


def locked(batch: ImportBatch) -> ImportBatch:
    """The batch as it is now, held until the transaction ends."""
    return (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("committee", "office", "user")
        .get(pk=batch.pk)
    )


def _open(batch: ImportBatch) -> None:
    if not batch.is_open:
        raise ValidationError(NOT_OPEN.format(state=batch.get_state_display()))


def _same_revision(batch: ImportBatch, revision: int) -> None:
    if batch.revision != revision:
        raise ValidationError(TOO_OLD)
