"""What the office keeps about handling proposals: the term to reply, the classes of replies, the names of units."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from audit.actions import act
from audit.history import create_all, delete_all, update_all
from members.checks import check_fields
from members.models import Committee, Grant, User
from proposals.models import HandlingSetting, ReplyClass, UndertakingUnit
from proposals.undertaking_models import DAYS_TO_REPLY, REPLY_CLASSES


def days_to_reply(committee: Committee) -> int:
    """Days from the assignment to the due day when no other is given."""
    kept = HandlingSetting.objects.filter(committee=committee).values_list("days_to_reply", flat=True).first()
    return DAYS_TO_REPLY if kept is None else kept


def reply_classes(committee: Committee) -> list[tuple[str, str]]:
    """(letter, meaning) of the committee's classes in their order."""
    kept = list(ReplyClass.objects.filter(committee=committee).values_list("code", "meaning"))
    return kept or list(REPLY_CLASSES)


def unit_names(committee: Committee) -> list[str]:
    """Names of units that are offered, in their order."""
    return list(UndertakingUnit.objects.filter(committee=committee, is_open=True).values_list("name", flat=True))


def offer_units(*, user: User | None, committee: Committee, names: Sequence[str], grant: Grant | None = None) -> None:
    """Add names typed for the first time, in an act of their own: taking back an assignment leaves them offered."""
    known = set(UndertakingUnit.objects.filter(committee=committee, name__in=names).values_list("name", flat=True))
    new = [name for name in dict.fromkeys(names) if name not in known]
    if not new:
        return
    place = UndertakingUnit.objects.filter(committee=committee).count()
    rows = [UndertakingUnit(committee=committee, name=name, position=place + n) for n, name in enumerate(new)]
    with act(user=user, verb="新增承办单位名称", grant=grant, committee=committee):
        create_all(UndertakingUnit, rows)


def change_handling(
    *,
    user: User | None,
    committee: Committee,
    days: int,
    classes: Sequence[tuple[str, str]],
    units: Sequence[str],
    grant: Grant | None = None,
) -> None:
    """Replace term, classes and offered names. A name that is left out is offered no longer; recorded ones stay."""
    if not 1 <= days <= 730:
        raise ValidationError({"days": f"“答复期限”填的是 {days} 天，应在 1 到 730 之间，请改正。"})
    if not classes:
        raise ValidationError({"classes": "没有填答复类别，请至少填一类，例如“A 已解决”。"})
    _check_once("classes", "答复类别", [code for code, _ in classes])
    _check_once("units", "承办单位", units)
    with act(user=user, verb="修改提案办理设置", grant=grant, committee=committee):
        setting = HandlingSetting.objects.filter(committee=committee).first() or HandlingSetting(committee=committee)
        setting.days_to_reply = days
        setting.save()
        _write_classes(committee, classes)
        _write_units(committee, units)


def _write_classes(committee: Committee, classes: Sequence[tuple[str, str]]) -> None:
    stored = {row.code: row for row in ReplyClass.objects.filter(committee=committee)}
    delete_all(ReplyClass, [row for code, row in stored.items() if code not in dict(classes)])
    new, changed = [], []
    for position, (code, meaning) in enumerate(classes):
        row = stored.get(code) or ReplyClass(committee=committee, code=code)
        was = (row.meaning, row.position)
        row.meaning, row.position = meaning, position
        _check_row(row, "classes")
        if row.pk is None:
            new.append(row)
        elif was != (meaning, position):
            changed.append(row)
    create_all(ReplyClass, new)
    update_all(ReplyClass, changed, ["meaning", "position"])


def _write_units(committee: Committee, units: Sequence[str]) -> None:
    stored = {row.name: row for row in UndertakingUnit.objects.filter(committee=committee)}
    place = {name: position for position, name in enumerate(units)}
    new = [
        UndertakingUnit(committee=committee, name=name, position=place[name]) for name in units if name not in stored
    ]
    for row in new:
        _check_row(row, "units")
    changed = []
    for name, row in stored.items():
        is_open, position = name in place, place.get(name, row.position)
        if (row.is_open, row.position) != (is_open, position):
            row.is_open, row.position = is_open, position
            changed.append(row)
    create_all(UndertakingUnit, new)
    update_all(UndertakingUnit, changed, ["is_open", "position"])


def _check_once(field: str, label: str, names: Sequence[str]) -> None:
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValidationError({field: f"“{label}”里“{twice}”写了两次，请只留一行。"})


def _check_row(row: ReplyClass | UndertakingUnit, field: str) -> None:
    """What is wrong with a row belongs to one box of the page."""
    try:
        check_fields(row)
    except ValidationError as error:
        raise ValidationError({field: f"“{row}”：{''.join(error.messages)}"}) from error
