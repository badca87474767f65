"""公布: a year's facts, rules, cards and places become an edition – one text, and each card's slice of it.

Everything is read in one snapshot, computed again and compared with the stored cards that people approved: an edition is
what was approved, or there is none. Editions of a committee are chained, each holding the digest of the one before.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from audit.actions import act
from members.ids import natural_id
from members.models import Grant, GroupMembership, Subject, User
from scoring import engine, telling
from scoring.compiled import TamperedRuleset
from scoring.engine import edition as text
from scoring.engine.edition_changes import changes
from scoring.evidence import titles
from scoring.loading import Loaded, load
from scoring.models import Assessment, Edition, EditionCard, ReportCard
from scoring.printed import printed
from scoring.services.basis import rules_of
from scoring.services.cards import BAD_DATA, collector_paused
from scoring.services.digests import digest_for
from scoring.services.lifecycle import (
    PUBLISH,
    approver,
    check_stated,
    locked_in,
    moves,
    refuse_obstacles,
)
from scoring.services.placing import COLUMNS
from scoring.services.publishing_beside import beside_cards
from scoring.subjects import subjects

NAMED = 5
CLASH = "没有公布：别人同时公布或改动了本委员会的年度考核。请看刷新后的页面，如仍未公布，再公布一次。"


@contextmanager
def snapshot() -> Iterator[None]:
    """One transaction that sees the database as it was at its first query.

    SQLite's transactions are IMMEDIATE: nobody else writes meanwhile. Inside another transaction that one's view holds.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def publish(*, user: User, assessment: Assessment, typed: str, reason: str = "", grant: Grant | None = None) -> Edition:
    """Publish an approved year: its first edition, or after reopening correction no. n with ``reason``.

    By another person than who approved it. ValidationError says what is in the way; of two at once one is refused.
    """
    reason = reason.strip()
    try:
        with snapshot():
            number = Edition.objects.filter(assessment=assessment).count()
            with act(user=user, verb="公布年度考核", reason=reason, grant=grant, committee=assessment.committee):
                row = locked_in(assessment, PUBLISH)
                check_stated(row, PUBLISH, reason, typed, is_correction=number > 0)
                _refuse_approver(user, row)
                refuse_obstacles(user, row, PUBLISH)
                found = _store(user, row, number, reason if number else "")
                row.state = Assessment.State.PUBLISHED
                row.save()
                telling.published(found, user)
    except IntegrityError as error:
        raise ValidationError(CLASH) from error
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != "40001":  # could not serialize
            raise
        raise ValidationError(CLASH) from error
    return found


def _refuse_approver(user: User, assessment: Assessment) -> None:
    if approver(moves(assessment)) == user:
        raise ValidationError(
            f"没有公布：本年度由您（{user.name or user.username}）审定，须由另一人公布。请主席办公室的另一位同事来公布。"
        )


def _store(user: User, assessment: Assessment, number: int, reason: str) -> Edition:
    editions = Edition.objects.filter(assessment__committee=assessment.committee_id).order_by("id")
    previous = editions.last()
    at = timezone.now()
    head = {
        "digest": digest_for(assessment.committee),
        "committee": _committee(assessment.committee),
        "year": assessment.year,
        "kind": assessment.subject_kind,
        "first_day": assessment.from_on.isoformat(),
        "last_day": assessment.to_on.isoformat(),
        "number": number,
        "reason": reason,
        "previous": previous.digest if previous else text.origin(assessment.committee.code),
        "published_at": at.astimezone(UTC).isoformat(),
        "published_by": {"key": str(user.public_id), "name": user.name or user.username},
    }
    keys, document = _document(user, assessment, head)
    _refuse_other_cards(assessment, keys, document)
    if number:
        before = editions.get(assessment=assessment, number=number - 1)
        told = changes(json.loads(before.document), json.loads(text.text_of(document)))
        document = text.sealed({**document, "changes": told})
    written = text.text_of(document)
    code = assessment.committee.code
    row = Edition.objects.create(
        public_id=edition_id(code, document),
        assessment=assessment,
        number=number,
        document=written,
        digest=text.digest_of(written, document["digest"]),
        previous_digest=document["previous"],
        reason=reason,
        ruleset=document["ruleset"]["toml"],
        changes=text.text_of(document["changes"]),
        published_by=user,
        published_at=at,
    )
    EditionCard.objects.bulk_create(
        [
            EditionCard(
                edition=row,
                subject_id=pk,
                public_id=card_id(code, row.digest, key),
                **card_columns(row.digest, document, key),
            )
            for key, pk in sorted(keys.items())
        ],
        batch_size=100,
    )
    return row


def edition_id(code: str, document: dict[str, Any]) -> Any:
    return natural_id(code, "edition", str(document["year"]), document["kind"], str(document["number"]))


def card_id(code: str, digest: str, key: str) -> Any:
    return natural_id(code, "edition-card", digest, key)


def card_columns(digest: str, document: dict[str, Any], key: str) -> dict[str, str]:
    """What an EditionCard holds besides its references."""
    return {
        "check_code": text.check_code(digest, key),
        "digest": document["slices"][key],
        "summary": text.summary_of(document, key),
        "document": text.slice_of(document, key),
    }


# ---------------------------------------------------------------- the document
def _document(user: User, assessment: Assessment, head: dict[str, Any]) -> tuple[dict[str, int], dict[str, Any]]:
    """({key: primary key of the subject}, the document)."""
    try:
        rules_of(assessment)
        loaded = load(assessment, subjects(assessment))
        rows = _rows(loaded)
    except (engine.RulesetError, TamperedRuleset) as error:
        raise ValidationError(f"没有公布：考核办法“{assessment.ruleset.title}”不能使用：{error}") from error
    ruleset = {
        "title": assessment.ruleset.title,
        "version": assessment.ruleset.version,
        "toml": assessment.ruleset.toml,
    }
    try:
        with collector_paused():
            document = text.compose(head, ruleset, _entries(loaded, rows, assessment.to_on))
    except (engine.FactError, *BAD_DATA) as error:
        raise ValidationError(f"没有公布：有成绩单不能计算：{error}。请重新计算，看是哪一份。") from error
    cards = {key: entry["card"] for key, entry in document["subjects"].items()}
    for key, beside in beside_cards(user, assessment, loaded, rows, cards).items():
        document["subjects"][key]["beside"] = beside
    keys = {one.subject.key: one.subject_id for one in loaded}
    return keys, _with_titles(document)


def _rows(loaded: list[Loaded]) -> dict[int, Subject]:
    rows = Subject.objects.select_related(
        "seat__member", "seat__sector", "seat__special_committee", "seat__second_special_committee"
    ).select_related("special_committee", "group")
    return rows.in_bulk([one.subject_id for one in loaded])


def _entries(loaded: list[Loaded], found: dict[int, Subject], last_day: date) -> list[tuple]:
    seats = [row.seat_id for row in found.values() if row.seat_id]
    groups = GroupMembership.objects.filter(seat__in=seats).group_names(last_day)
    return [
        (one.subject, one.facts, printed(found[one.subject_id], groups.get(found[one.subject_id].seat_id, [])), {})
        for one in loaded
    ]


def _committee(committee: Any) -> dict[str, str]:
    return {"code": committee.code, "name": committee.name, "short_name": committee.short_name}


def _with_titles(document: dict[str, Any]) -> dict[str, Any]:
    """Titles of the records that cards and what stands beside them name: {"kind/public id": [title, name of its page]}."""
    keys = {
        key: sorted(
            {line["fact"] for line in entry["card"]["lines"] if line["fact"]}
            | {record["key"] for record in entry["beside"]["uncredited"]}
        )
        for key, entry in document["subjects"].items()
    }
    known = titles({fact for facts in keys.values() for fact in facts})
    for key, facts in keys.items():
        objects = {"/".join(fact.split("/")[:2]) for fact in facts}
        document["subjects"][key]["titles"] = {
            name: [known[name][0], known[name][1][0] if known[name][1] else ""] for name in objects if name in known
        }
    return text.sealed(document)


def _refuse_other_cards(assessment: Assessment, keys: dict[str, int], document: dict[str, Any]) -> None:
    """What is published is what was approved, card by card and place by place."""
    stored = {
        pk: (digest, columns)
        for pk, digest, *columns in ReportCard.objects.filter(assessment=assessment).values_list(
            "subject_id", "digest", *COLUMNS
        )
    }
    other = []
    for key, pk in keys.items():
        entry = document["subjects"][key]
        made = text.digest_of(text.text_of(entry["card"]), "sha256"), [entry["placing"][name] for name in COLUMNS]
        if stored.get(pk) != made:
            other.append(entry["printed"]["name"])
    if other or stored.keys() - set(keys.values()):
        names = "、".join(other[:NAMED]) + (f" 等 {len(other)} 份" if len(other) > NAMED else "")
        raise ValidationError(
            f"没有公布：记录或名次与审定的成绩单不一致（{names or '有多出的成绩单'}）。请撤回审定，重新计算，核对后再审定。"
        )
