"""更正申请: raised by the member, answered by the office that logged the record, decided by a third person."""

import json
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse

from audit.actions import act
from audit.evidence import keep
from audit.filetypes import Checked
from members.access import Verb, visible
from members.checks import check_fields, check_not_own, check_same_committee, locked_state
from members.models import Grant, Office, Seat, User
from members.notices import notify
from scoring import clock, evidence
from scoring.models import Assessment, Fact, Objection, ReportCard
from scoring.objections_told import settle, snapshot, tell_raiser
from scoring.services.basis import check_open
from scoring.services.cards import score_now

State, Advice = Objection.State, Objection.Advice
LONGEST_ABOUT = Objection._meta.get_field("about").max_length


def handled_by(user: User) -> QuerySet[Objection]:
    """Those the user may answer or decide; not what he raised as a member elsewhere."""
    return visible(user, Objection, Verb.LOG) | visible(user, Objection, Verb.VERIFY)


# ---------------------------------------------------------------- what is disputed
@dataclass(frozen=True, slots=True)
class Disputed:
    rule: str
    fact_key: str
    about: str  # in words


def line_in(card: ReportCard, key: str) -> dict[str, Any] | None:
    """The card's line of this key ("rule@fact"), as in the engine's document; None when there is none (any more).

    The member may be looking at a card that was computed a moment ago and is not stored yet.
    """
    rule, _, fact = key.partition("@")
    for document in (lambda: card.document, lambda: _document_now(card)):
        for line in json.loads(document() or '{"lines": []}')["lines"]:
            if (line["rule"], line["fact"]) == (rule, fact):
                return line
    return None


def disputed(card: ReportCard, key: str) -> Disputed | None:
    """What "rule@fact" means on the card: a line, or ("@kind/public id") a record of the member that brought no points."""
    line = line_in(card, key)
    if line is not None:
        return Disputed(line["rule"], line["fact"], in_words(line))
    rule, _, fact = key.partition("@")
    facts = Fact.objects.filter(subject__seat__member=card.subject.seat.member_id).filter(
        Q(key=fact) | Q(key__startswith=f"{fact}/")
    )
    on = facts.order_by("happened_on").values_list("happened_on", flat=True).first() if fact and not rule else None
    return Disputed("", fact, _told(fact, on, "履职记录", "没有计分。")) if on else None


def _document_now(card: ReportCard) -> str:
    return score_now(assessment=card.assessment, subjects=[card.subject])[card.subject_id].document


def in_words(line: dict[str, Any]) -> str:
    """A line as one reads it: what, when, and the sentence with its points."""
    return _told(line["fact"], date.fromisoformat(line["on"]), line["name"], line["sentence"])


def _told(fact: str, day: date, name: str, sentence: str) -> str:
    """``name``: of what no record with a title stands behind."""
    title = next((title for title, _ in evidence.titles([fact]).values()), name)
    return f"{title}（{day.year}年{day.month}月{day.day}日）：{sentence}"[:LONGEST_ABOUT]


def check_takes_objections(assessment: Assessment) -> None:
    """ValidationError with words when members may not object to this year's cards now."""
    check_open(assessment)
    if assessment.is_check_over:
        day = assessment.member_check_until
        raise ValidationError(
            f"没有提交：{assessment.year} 年度的核对期到 {day.year}年{day.month}月{day.day}日为止，已经结束。"
            "如仍有出入，请直接联系机关工作人员。"
        )
    if not assessment.takes_objections:
        raise ValidationError(f"没有提交：{assessment.year} 年度考核还没有开始，不能提出更正。")


# ---------------------------------------------------------------- the member
def raise_objection(
    *,
    user: User,
    card: ReportCard,
    text: str,
    line: str = "",
    file: Checked | None = None,
    public_id: uuid.UUID | None = None,
    grant: Grant | None = None,
) -> Objection:
    """Object to one line of one's own card (see ``disputed``), or (no ``line``) say what was left out.

    The office that logged the record is asked to answer; what was left out, and lines that no record stands behind, go
    to whoever records for the whole committee. ValidationError after the deadline, and for a line that is disputed already.
    """
    check_own(user, card)
    found = disputed(card, line) if line else Disputed("", "", "")
    if found is None:
        raise ValidationError("没有提交：这一条已不在成绩单上，记录可能刚刚改过。请回到成绩单再看一遍。")
    record = evidence.record_of(found.fact_key)
    row = Objection(
        public_id=public_id or uuid.uuid4(),
        committee=card.assessment.committee,
        card=card,
        office=record.office if record is not None else None,
        rule=found.rule,
        fact_key=found.fact_key,
        about=found.about,
        text=text.strip(),
        raised_by=user,
        raised_at=clock.now(),
    )
    check_fields(row)
    with act(user=user, verb="提出更正申请", grant=grant, committee=row.committee):
        # Nobody approves the year between the look and the write.
        check_takes_objections(Assessment.objects.select_for_update(no_key=True).get(pk=card.assessment_id))
        if line and _same_line(row).unfinished().exists():
            raise ValidationError("没有提交：对这一条已有一份更正申请正在办理，请在“更正”里查看进展。")
        row.evidence = keep(row.committee, file) if file else None
        row.before = snapshot(row)
        row.save()
    return row


def check_own(user: User, card: ReportCard) -> None:
    seat = card.subject.seat
    if user.member_id is None or seat is None or seat.member_id != user.member_id:
        raise ValidationError("这不是您本人的成绩单，不能办理。")


def _same_line(row: Objection) -> QuerySet[Objection]:
    return Objection.objects.filter(card=row.card_id, rule=row.rule, fact_key=row.fact_key)


# ---------------------------------------------------------------- the office
def answer_objection(*, user: User, objection: Objection, advice: str, answer: str, grant: Grant | None = None) -> None:
    """Say what was found and advise; may be said again until somebody decides."""
    check_not_own(user, [_seat(objection)], "答复")
    if user.pk == objection.raised_by_id:
        raise ValidationError("不能答复自己提出的更正申请，请由他人答复。")
    with act(user=user, verb="答复更正申请", grant=grant, committee=objection.committee):
        _check_state(objection, State.OPEN, State.ANSWERED)
        objection.state, objection.advice, objection.answer = State.ANSWERED, advice, answer.strip()
        objection.answered_by, objection.answered_at = user, clock.now()
        check_fields(objection)
        if not objection.advice:
            raise ValidationError({"advice": "没有选“建议更正”或“建议不更正”，请选择。"})
        if not objection.answer:
            raise ValidationError({"answer": "“答复”没有填，请填写。"})
        objection.save()


def pass_objection_on(*, user: User, objection: Objection, office: Office, grant: Grant | None = None) -> None:
    """Let another office of the committee answer."""
    check_same_committee(objection.committee, office=office)
    with act(user=user, verb="转交更正申请", reason=f"转给{office}", grant=grant, committee=objection.committee):
        _check_state(objection, State.OPEN)
        objection.office = office
        objection.save()


# ---------------------------------------------------------------- the third person
def decide_objection(
    *, user: User, objection: Objection, is_accepted: bool, reason: str = "", grant: Grant | None = None
) -> None:
    """Accept or refuse, as somebody who neither raised nor answered it and did not write the record.

    Who decides against the office's advice says why. An accepted one is corrected at the record; see ``settle``.
    """
    check_not_own(user, [_seat(objection)], "决定")
    if user.pk in {objection.raised_by_id, objection.answered_by_id}:
        raise ValidationError("更正申请须由另一人决定：申请人和答复人都不能决定。")
    record = evidence.record_of(objection.fact_key)
    if record is not None and _has_written(user, record):
        raise ValidationError("这条记录是您登记或改过的，更正申请须由他人决定。")
    with act(user=user, verb="决定更正申请", reason=reason, grant=grant, committee=objection.committee):
        _check_state(objection, State.ANSWERED)
        if is_accepted != (objection.advice == Advice.CORRECT) and not reason.strip():
            raise ValidationError({"reason": "与处室意见不同，没有写理由。请写明理由。"})
        objection.state = State.ACCEPTED if is_accepted else State.REFUSED
        objection.decided_by, objection.decided_at = user, clock.now()
        objection.decision = reason.strip()
        check_fields(objection)
        # As long as the correction is not on the card: the nearer the two states, the less else lies between them.
        latest = snapshot(objection)
        if latest["lines"] == objection.before["lines"]:
            objection.before = latest
        objection.save()
        tell_raiser(objection)
        if is_accepted:
            settle(objection.card.assessment)
            objection.refresh_from_db()
            if objection.corrected_at is None:
                page = reverse("objection", args=[objection.public_id])
                notify([objection.answered_by], objection.committee, "一份更正申请已同意，请改正记录。", page)


def mark_corrected(*, user: User, objection: Objection, grant: Grant | None = None) -> None:
    """Say that the correction is done, where it changes nothing on the card (a wrong title, for example)."""
    check_not_own(user, [_seat(objection)], "更正")
    with act(user=user, verb="更正申请已改正", grant=grant, committee=objection.committee):
        _check_state(objection, State.ACCEPTED)
        if objection.corrected_at is not None:
            raise ValidationError("这份更正申请已经改正，不用再办。")
        objection.corrected_at = clock.now()
        objection.save()
        tell_raiser(objection)


def _check_state(objection: Objection, *expected: str) -> None:
    """Also brings what somebody else wrote meanwhile; of two who act at once the slower is refused."""
    state = State(locked_state(objection))
    objection.refresh_from_db()
    if state not in expected:
        raise ValidationError(f"没有办理：这份更正申请已经是“{objection.words}”，请刷新后再看。")


def _seat(objection: Objection) -> Seat:
    return objection.card.subject.seat


def _has_written(user: User, record: models.Model) -> bool:
    return record.history.filter(action__user=user).exists()
