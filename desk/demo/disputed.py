"""更正申请 of the demonstration, one in each state that the office meets. They need the report cards, so they come last."""

import json

from members.models import Subject, User
from scoring.models import Assessment, Objection, ReportCard
from scoring.objections import answer_objection, decide_objection, raise_objection

COUNTY = "yunhe"
LEFT_OUT = "5月的书画义卖我也参加了，成绩单上没有。"
# Who, which of the lines on the card, what he says, and the answer with what was decided: None where it still waits.
LINES = (
    ("member", 0, "这一次我全程参加，签到表上有名字。", None, None),
    ("member", 1, "这半天我到得晚，是会后补签的，请核对。", ("keep", "经核实，记录与签到和会议材料一致。"), None),
    ("standing", 0, "我记得这半天应计 3 分，请核对。", ("keep", "经核实，记录与签到和会议材料一致。"), False),
)


def make_disputed(assessment: Assessment) -> list[Objection]:
    """Of the county's members in the last year; nothing for any other assessment, nor where some were raised already."""
    is_members = assessment.subject_kind == Subject.Kind.MEMBER
    latest = Assessment.objects.filter(committee=assessment.committee_id).order_by("-year").first()
    if assessment.committee.code != COUNTY or not is_members or latest is None or latest.year != assessment.year:
        return []
    if Objection.objects.filter(card__assessment=assessment).exists():
        return []
    made = [_dispute(assessment, *one) for one in LINES]
    return [*made, raise_objection(user=_account("member"), card=_card(assessment, "member"), text=LEFT_OUT)]


def _dispute(assessment, code, position, text, answer, is_accepted) -> Objection:
    card = _card(assessment, code)
    lines = [line for line in json.loads(card.document)["lines"] if line["fact"]]
    line = lines[position]
    row = raise_objection(user=_account(code), card=card, line=f"{line['rule']}@{line['fact']}", text=text)
    if answer is not None:
        advice, words = answer
        answer_objection(user=_account("clerk"), objection=row, advice=advice, answer=words)
    if is_accepted is not None:
        decide_objection(user=_account("chair"), objection=row, is_accepted=is_accepted)
    return row


def _account(code: str) -> User:
    return User.objects.get(username=f"{COUNTY}-{code}")


def _card(assessment: Assessment, code: str) -> ReportCard:
    cards = ReportCard.objects.select_related(
        "assessment__committee", "assessment__ruleset", "subject__seat__member", "subject__committee"
    )
    return cards.get(assessment=assessment, subject__seat__member__user__username=f"{COUNTY}-{code}")
