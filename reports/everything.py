"""Everything held about one person, for that person, as plain values. docs/my-record.md describes the file.

What is about a person is what ``access_scope().member`` of a model says, so a new kind of record is in the file from its
first day. About others it holds nothing but the names of those who signed the same paper.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.db.models import Field, Model, Q
from django.utils import timezone

from audit.models import Evidence, Tracked
from members.access import visible
from members.models import Member, User
from members.telephone import UnreadableTelephone, decrypt

SCHEMA = "1"
APPS = ("members", "activities", "proposals", "opinions", "scoring")
# Derived values that mean nothing outside, the ciphers of the telephone, which is given in clear, and everything that
# says how others did: places, and what lies behind them.
LEFT_OUT = {
    "members.Member": {"telephone_cipher", "telephone_hash", "stroke_key"},
    "scoring.ReportCard": {"cohort", "place", "among", "tied", "band", "outside_places", "standing"},
    "scoring.EditionCard": {"document", "summary"},
    "scoring.Objection": {"before"},
}
SIGNERS = {"proposals.Proposal": "proposers", "opinions.OpinionReport": "reporters"}
ABOUT = ("seat", "subject", "member")  # columns of a history by which rows that are gone are still somebody's


def everything(user: User, member: Member) -> dict[str, Any]:
    """{"schema", "made_at", "person", "account", "records": {kind: [row, …]}, "acts": [{day, act, about, office}]}

    ``user`` is the member's own account. The number of queries does not depend on the number of rows.
    """
    rows = {model: _rows(user, member, model) for model in about_people()}
    (person,) = rows.pop(Member)
    return {
        "schema": SCHEMA,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "person": _plain(person) | {"telephone": _telephone(person)},
        "account": _account(user),
        "records": {_name(model): [_record(row) for row in found] for model, found in rows.items()},
        "acts": _acts({Member: [person], **rows}),
    }


def about_people() -> list[type[Model]]:
    """Models whose rows are about single persons."""
    found = [model for label in APPS for model in apps.get_app_config(label).get_models()]
    return [model for model in found if hasattr(model, "access_scope") and model.access_scope().member]


def _name(model: type[Model]) -> str:
    return model._meta.model_name


def _rows(user: User, member: Member, model: type[Model]) -> list[Model]:
    own = Q()
    for path in model.access_scope().member:
        own |= Q(**{path or "pk": member.pk})
    mine = model._default_manager.filter(own).values("pk")
    found = visible(user, model).filter(pk__in=mine).order_by("pk").select_related(*_named(model))
    if signers := SIGNERS.get(model._meta.label):
        found = found.prefetch_related(f"{signers}__seat__member")
    return list(found)


def _fields(model: type[Model]) -> Iterator[Field]:
    """Columns that are told: no primary keys, no other people's accounts."""
    left_out = LEFT_OUT.get(model._meta.label, set()) | {"id"}
    return (
        field for field in model._meta.concrete_fields if field.name not in left_out and field.related_model != User
    )


def _named(model: type[Model]) -> list[str]:
    """Foreign keys that are told by name; those to records in the file are told by public id, which needs the row too."""
    return [field.name for field in _fields(model) if field.is_relation]


def _plain(row: Model) -> dict[str, Any]:
    return {field.name: _value(row, field) for field in _fields(type(row))}


def _value(row: Model, field: Field) -> Any:
    value = getattr(row, field.name)
    if isinstance(value, Evidence):
        return {"name": value.name, "media_type": value.media_type, "bytes": value.size, "sha256": value.digest}
    if isinstance(value, Model):
        return str(value.public_id) if type(value) in about_people() else str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if field.name == "document":
        return json.loads(value)
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)


def _record(row: Model) -> dict[str, Any]:
    signers = SIGNERS.get(row._meta.label)
    if signers is None:
        return _plain(row)
    people = [
        {
            "name": one.seat.member.name,
            "role": one.role,
            "position": one.position,
            "is_confirmed": one.is_confirmed,
            "is_declined": one.is_declined,
        }
        for one in getattr(row, signers).all()
    ]
    return _plain(row) | {"signers": people}


def _telephone(member: Member) -> str | None:
    """In clear; None for a number that the present key cannot read."""
    try:
        return decrypt(member.telephone_cipher)
    except UnreadableTelephone:
        return None


# ---------------------------------------------------------------- the account
def _account(user: User) -> dict[str, Any]:
    grants = user.grants.select_related("committee", "office").order_by("pk")
    tries = AccessAttempt.objects.filter(username=user.username).order_by("pk")
    logs = AccessLog.objects.filter(username=user.username).order_by("pk")
    times = ("date_joined", "last_login", "first_password_at", "password_changed_at")
    return {
        "user_name": user.username,
        "name": user.name,
        "email": user.email,
        **{name: _time(getattr(user, name)) for name in times},
        "grants": [
            {
                "role": one.role,
                "committee": str(one.committee),
                "office": str(one.office or ""),
                "from_on": one.from_on.isoformat(),
                "to_on": one.to_on and one.to_on.isoformat(),
            }
            for one in grants
        ],
        "notice_addresses": list(user.notice_addresses.order_by("channel").values("channel", "address")),
        "sign_ins": [{"at": _time(one.attempt_time), "until": _time(one.logout_time), **_where(one)} for one in logs],
        "failed_sign_ins": [
            {"at": _time(one.attempt_time), "failures": one.failures_since_start, **_where(one)} for one in tries
        ],
    }


def _where(one: AccessAttempt | AccessLog) -> dict[str, Any]:
    return {"address": one.ip_address, "browser": one.user_agent}


def _time(at: datetime | None) -> str | None:
    return at and at.isoformat(timespec="seconds")


# ---------------------------------------------------------------- acts
def _acts(rows: dict[type[Model], list[Model]]) -> list[dict[str, str]]:
    """Who is told by office alone: which act, on which day, about which kind of record; oldest first."""
    found = set()
    owned = {"seat": _keys(rows, "seat"), "subject": _keys(rows, "subject"), "member": _keys(rows, "member")}
    for model, mine in rows.items():
        if not issubclass(model, Tracked):
            continue
        about = Q(id__in=[row.pk for row in mine])
        columns = {field.name for field in model._meta.concrete_fields}
        for column in columns & set(ABOUT):
            about |= Q(**{f"{column}_id__in": owned[column]})
        history = model.history.filter(about)
        for pk, verb, at, office in history.values_list(
            "action_id", "action__verb", "action__at", "action__grant__office__name"
        ):
            found.add(
                (pk, timezone.localtime(at).date().isoformat(), verb, str(model._meta.verbose_name), office or "")
            )
    return [
        {"day": day, "act": verb, "about": about, "office": office} for _, day, verb, about, office in sorted(found)
    ]


def _keys(rows: dict[type[Model], list[Model]], name: str) -> list[int]:
    return [row.pk for model, mine in rows.items() if _name(model) == name for row in mine]
