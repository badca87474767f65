"""Verbs on the table of kinds of contributions that the office keeps."""

from typing import Any

from django.core.exceptions import ValidationError

from activities.models import ContributionKind
from activities.models.contribution import LOCAL
from audit.actions import act
from members.checks import check_fields, check_same_committee
from members.ids import natural_id
from members.models import Committee, Grant, Office, User
from members.names import initials

KIND_FIELDS = ("name", "unit", "position", "is_open", "is_reportable", "office")


def add_contribution_kind(
    *,
    user: User | None,
    committee: Committee,
    name: str,
    code: str = "",
    unit: str = "次",
    position: int = 0,
    is_reportable: bool = False,
    office: Office | None = None,
    grant: Grant | None = None,
) -> ContributionKind:
    """A kind of contribution; its code is the fact's kind, so the rules can name it.

    Without ``code`` it is a local one, whose code begins with x- and follows from the name's pinyin.
    """
    check_same_committee(committee, office=office)
    name = name.strip()
    code = code or _local_code(committee, name)
    row = ContributionKind(
        public_id=natural_id(committee.code, "contribution_kind", code),
        committee=committee,
        code=code,
        name=name,
        unit=unit.strip(),
        position=position,
        is_reportable=is_reportable,
        office=office,
    )
    _check(row)
    with act(user=user, verb="新增履职记录类型", grant=grant, committee=committee):
        row.save()
    return row


def change_contribution_kind(
    *, user: User | None, kind: ContributionKind, grant: Grant | None = None, **changes: Any
) -> bool:
    """Change KIND_FIELDS; the code stays, because rules and stored records name it. Returns whether anything did."""
    if unknown := set(changes) - set(KIND_FIELDS):
        raise TypeError(f"a kind of contribution has no {', '.join(sorted(unknown))}")
    check_same_committee(kind.committee, office=changes.get("office"))
    if all(getattr(kind, name) == value for name, value in changes.items()):
        return False
    for name, value in changes.items():
        setattr(kind, name, value.strip() if isinstance(value, str) else value)
    _check(kind)
    with act(user=user, verb="修改履职记录类型", grant=grant, committee=kind.committee):
        kind.save()
    return True


def remove_contribution_kind(*, user: User | None, kind: ContributionKind, grant: Grant | None = None) -> None:
    """Remove a local kind that no record has ever used. Others are closed: then nothing new is logged under them."""
    if not kind.is_local:
        raise ValidationError(f"“{kind}”是标准类型，考核办法按它的代码计分，不能删除。不用时请改为停用。")
    used = kind.contributions.count()
    if used:
        raise ValidationError(f"“{kind}”已有 {used} 条记录，不能删除。不再使用时请改为停用，原有记录照常保留。")
    with act(user=user, verb="删除履职记录类型", grant=grant, committee=kind.committee):
        kind.delete()


def _local_code(committee: Committee, name: str) -> str:
    taken = set(ContributionKind.objects.filter(committee=committee).values_list("code", flat=True))
    stem = LOCAL + (initials(name)[:30] or "kind")
    return next(code for n in range(1, len(taken) + 2) if (code := stem + (str(n) if n > 1 else "")) not in taken)


def _check(row: ContributionKind) -> None:
    check_fields(row)
    same = ContributionKind.objects.filter(committee=row.committee_id).exclude(pk=row.pk)
    if same.filter(name=row.name).exists():
        raise ValidationError({"name": f"已有名称为“{row.name}”的类型。请换一个名称，或打开原来的类型修改。"})
    if same.filter(code=row.code).exists():
        raise ValidationError({"name": f"已有代码为“{row.code}”的类型，请核对。"})
