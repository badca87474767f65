"""Rulesets of a committee: stored as rows, approved as a text, replaced by the next version for the whole year."""

import dataclasses
import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.actions import act
from audit.history import create_all, delete_all
from members.ids import natural_id
from members.models import Committee, Subject, User
from scoring import engine, stale
from scoring.compiled import RULE_COLUMNS, compiled, digest_of, from_rows
from scoring.engine.check import follows
from scoring.engine.persons import add_months
from scoring.engine.plain import to_plain
from scoring.engine.words import Words
from scoring.models import Assessment, Category, Gate, Grade, Rule, Ruleset
from scoring.models.ruleset import LONGEST_CODE
from scoring.services.basis import OPEN_STATES

__all__ = [
    "approve_ruleset",
    "change_ruleset",
    "for_year",
    "in_words",
    "in_year",
    "keep_original",
    "load_ruleset",
    "restore_draft",
    "store_ruleset",
]

PARTS = {"category": Category, "rule": Rule, "gate": Gate, "grade": Grade}  # key of the plain form → rows


# ---------------------------------------------------------------- reading
def load_ruleset(row: Ruleset) -> engine.Ruleset:
    """The ruleset of a row: an approved one from its text, a draft from its rows.

    Raises RulesetError for rows that say too little, TamperedRuleset for a text that was changed after approval.
    """
    return compiled(row).ruleset


def in_words(row: Ruleset) -> Words:
    """The whole ruleset in Chinese sentences, from the same data that scoring uses. Raises as ``load_ruleset`` does."""
    return compiled(row).words


def for_year(ruleset: engine.Ruleset, year: int) -> engine.Ruleset:
    """The same regulation for another year: its window and the windows of its kinds move, dates of validity stay."""
    months = 12 * (year - ruleset.year)
    if not months:
        return ruleset

    def moved(first: datetime.date, last: datetime.date) -> tuple[datetime.date, datetime.date]:
        day = datetime.timedelta(days=1)
        return add_months(first, months), add_months(last + day, months) - day

    first_day, last_day = moved(ruleset.first_day, ruleset.last_day)
    windows = []
    for window in ruleset.windows:
        first, last = moved(window.first_day, window.last_day)
        windows.append(dataclasses.replace(window, first_day=first, last_day=last))
    return dataclasses.replace(ruleset, year=year, first_day=first_day, last_day=last_day, windows=tuple(windows))


def in_year(ruleset: engine.Ruleset, year: int) -> engine.Ruleset:
    """The ruleset with all its days moved so that it is about ``year``: a template, dates of validity and all."""
    moved = _moved(ruleset, year - ruleset.year)
    return dataclasses.replace(moved, year=year)


def _moved(value: Any, years: int) -> Any:
    if isinstance(value, datetime.date):
        day_exists = (value.month, value.day) != (2, 29)
        return value.replace(year=value.year + years, day=value.day if day_exists else 28)
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_moved(one, years) for one in value)
    if dataclasses.is_dataclass(value):
        return dataclasses.replace(
            value,
            **{one.name: _moved(getattr(value, one.name), years) for one in dataclasses.fields(value) if one.init},
        )
    return value


# ---------------------------------------------------------------- drafts
def store_ruleset(
    *,
    user: User | None,
    committee: Committee,
    year: int,
    ruleset: engine.Ruleset,
    reason: str = "",
    original: str = "",
) -> Ruleset:
    """Keep a ruleset as the committee's draft for the year, moved to it; an existing draft is rewritten.

    ``original``: what the regulation says, when it is known.

    Where a version is approved already the draft is version n+1 and ``reason`` must say why. ValidationError.
    """
    scope = {"committee": committee, "year": year, "subject_kind": ruleset.subjects}
    versions = Ruleset.objects.filter(**scope).order_by("version")
    with act(user=user, verb="保存考核办法", reason=reason, committee=committee):
        latest = versions.last()
        if latest is not None and latest.state == Ruleset.State.DRAFT:
            row = latest
        else:
            number = latest.version + 1 if latest else 1
            key = (str(year), ruleset.subjects, str(number))
            row = Ruleset(**scope, version=number, public_id=natural_id(committee.code, "ruleset", *key))
        if row.version > 1 and not (reason or row.reason).strip():
            raise ValidationError(
                f"{committee.short_name} {year} 年已有第 {row.version - 1} 版考核办法，保存第 {row.version} 版没有写修订理由。"
                "请写明为什么修订。"
            )
        row.reason = reason.strip() or row.reason
        row.original = original or row.original
        _write(row, for_year(ruleset, year))
    return row


def change_ruleset(*, user: User | None, ruleset: Ruleset, content: engine.Ruleset, reason: str = "") -> Ruleset:
    """Rewrite a draft's rows. ValidationError for any other: what was approved stays as it was approved."""
    _refuse_unless_draft(ruleset)
    with act(user=user, verb="修改考核办法", reason=reason, committee=ruleset.committee):
        _write(ruleset, content)
    return ruleset


def keep_original(*, user: User | None, ruleset: Ruleset, text: str) -> Ruleset:
    """Store what the regulation says beside its rules; no points come from it. ValidationError unless a draft."""
    _refuse_unless_draft(ruleset)
    with act(user=user, verb="保存办法原文", committee=ruleset.committee):
        ruleset.original = text
        ruleset.save()
    return ruleset


def restore_draft(
    *, user: User | None, ruleset: Ruleset, content: engine.Ruleset, original: str, reason: str
) -> Ruleset:
    """Make the draft what it was before; itself an act that can be taken back. ValidationError unless a draft."""
    _refuse_unless_draft(ruleset)
    with act(user=user, verb="恢复考核办法草稿", reason=reason, committee=ruleset.committee):
        ruleset.original = original
        _write(ruleset, content)
    return ruleset


def _refuse_unless_draft(row: Ruleset) -> None:
    state = Ruleset.objects.filter(pk=row.pk).values_list("state", flat=True).first()
    if state != Ruleset.State.DRAFT:
        raise ValidationError(
            f"{row}{Ruleset.State(state).label}，内容不能再改。需要修订时，请另存为第 {row.version + 1} 版并写明理由。"
        )


def _write(row: Ruleset, ruleset: engine.Ruleset) -> None:
    """Columns and parts of a draft out of the dataclasses; its year and version are the row's."""
    if ruleset.subjects != row.subject_kind or ruleset.year != row.year:
        raise ValidationError(
            f"办法写的是 {ruleset.year} 年、考核{Subject.Kind(ruleset.subjects).label}，"
            f"与{row.year} 年、{row.get_subject_kind_display()}的草稿不符。请核对 year 和 subjects。"
        )
    plain = _json(to_plain(dataclasses.replace(ruleset, version=row.version)))
    parts = {name: plain.pop(name) for name in PARTS}
    _check_codes(parts)
    row.title, row.switches = ruleset.title[:200], plain
    row.save()
    for name, model in PARTS.items():
        delete_all(model, list(model.objects.filter(ruleset=row)))
        make = _rule if model is Rule else _grade if model is Grade else _part
        create_all(model, [make(model, row, place, terms) for place, terms in enumerate(parts[name])])


def _check_codes(parts: dict[str, list[dict[str, Any]]]) -> None:
    for name, tables in parts.items():
        for place, terms in enumerate(tables, 1):
            code = terms.get("code", terms["name"])
            if len(code) > LONGEST_CODE:
                raise ValidationError(
                    f"[[{name}]] 第 {place} 个的代码“{code[:20]}…”有 {len(code)} 个字符，最多 {LONGEST_CODE} 个，请缩短。"
                )


def _part(model: Any, row: Ruleset, position: int, terms: dict[str, Any]) -> Any:
    return model(ruleset=row, position=position, code=terms.pop("code"), terms=terms)


def _grade(model: Any, row: Ruleset, position: int, terms: dict[str, Any]) -> Any:
    return model(ruleset=row, position=position, code=terms.pop("name"), terms=terms)


def _rule(model: Any, row: Ruleset, position: int, terms: dict[str, Any]) -> Any:
    """Its columns are for lists and the database; a clause that the column cannot say stays in the terms as well."""
    columns = {column: terms.pop(key) for key, column in RULE_COLUMNS.items()}
    columns |= {name: None for name in ("valid_from", "valid_to") if columns[name] == "none"}
    shown = (columns["clause"] or terms["source"])[:100]
    if shown != columns["clause"]:
        terms["clause"] = columns["clause"]
    return model(ruleset=row, position=position, **columns | {"clause": shown}, terms=terms)


def _json(value: Any) -> Any:
    """Plain values as JSON has them: exact numbers and dates as text."""
    if isinstance(value, dict):
        return {name: _json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, datetime.date) else value


# ---------------------------------------------------------------- approval
def approve_ruleset(*, user: User | None, ruleset: Ruleset) -> Ruleset:
    """Lock a draft: its canonical TOML and SHA-256 are what scoring reads from now on.

    It replaces the version before it for the whole year: open assessments take it over and all their cards are marked
    stale. ValidationError when it is no draft, cannot be explained, does not follow the neighbouring years' windows
    without gap or overlap, or when the year's assessment is closed.
    """
    _refuse_unless_draft(ruleset)
    content = from_rows(ruleset)
    _check(ruleset, content)
    text = engine.dumps(content)
    with act(user=user, verb="审定考核办法", reason=ruleset.reason, committee=ruleset.committee):
        scope = {"committee": ruleset.committee, "year": ruleset.year, "subject_kind": ruleset.subject_kind}
        assessment = Assessment.objects.select_for_update().filter(**scope).first()
        if assessment is not None and assessment.state not in OPEN_STATES:
            raise ValidationError(
                f"{assessment}已{assessment.get_state_display()}，不能再更换考核办法。请先重新开放本年度考核。"
            )
        for former in Ruleset.objects.select_for_update().filter(**scope, state=Ruleset.State.APPROVED):
            former.state = Ruleset.State.REPLACED
            former.save()
        ruleset.toml, ruleset.digest = text, digest_of(text)
        ruleset.state = Ruleset.State.APPROVED
        ruleset.approved_by, ruleset.approved_at = user, timezone.now()
        ruleset.save()
        if assessment is not None:
            _take_over(assessment, ruleset, content)
    return ruleset


def _check(row: Ruleset, content: engine.Ruleset) -> None:
    _sentences(lambda: engine.compile(content))
    neighbours = {
        one.year: load_ruleset(one)
        for one in Ruleset.objects.filter(
            committee=row.committee,
            subject_kind=row.subject_kind,
            state=Ruleset.State.APPROVED,
            year__in=(row.year - 1, row.year + 1),
        )
    }
    problems: list[str] = []
    if row.year - 1 in neighbours:
        problems += follows(neighbours[row.year - 1], content)
    if row.year + 1 in neighbours:
        problems += follows(content, neighbours[row.year + 1])
    if problems:
        raise ValidationError(problems)


def _sentences(verb: Callable[[], Any]) -> None:
    try:
        verb()
    except engine.RulesetError as error:
        raise ValidationError(list(error.problems)) from error


def _take_over(assessment: Assessment, row: Ruleset, content: engine.Ruleset) -> None:
    """The open assessment goes on under the new version, in its window if the assessment had the former one's."""
    former = load_ruleset(assessment.ruleset)
    if (assessment.from_on, assessment.to_on) == (former.first_day, former.last_day):
        assessment.from_on, assessment.to_on = content.first_day, content.last_day
    assessment.ruleset = row
    assessment.save()
    stale.mark_all(assessment)
