"""When a correction has reached the card: the member is told, and everybody whose place moved because of it.

Whose place moved is asked of the placing itself: once with the cards as they are, and once with the corrected cards as
they were before. Other changes of the same hours are the same in both, so nobody is told because of them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from django.urls import reverse

from audit.actions import act
from members.models import Subject
from members.notices import notify, tell
from scoring import clock
from scoring.engine import Standing, place
from scoring.models import Assessment, Fact, Objection, ReportCard, Stale
from scoring.services.basis import rules_of
from scoring.services.placing import standing_of

# Records of several people: a correction of one may change the cards of all who signed.
SIGNED = ("proposal", "opinion")


def snapshot(objection: Objection) -> dict:
    """What Objection.before keeps: a digest of the disputed lines, and the standings of those the record concerns."""
    subjects = {objection.card.subject_id}
    kind = objection.fact_key.partition("/")[0]
    if kind in SIGNED:
        source = "/".join(objection.fact_key.split("/")[:2])
        subjects |= set(Fact.objects.filter(source=source).values_list("subject_id", flat=True))
    cards = ReportCard.objects.filter(assessment=objection.card.assessment_id, subject__in=subjects)
    standings = {str(pk): text for pk, text in cards.values_list("subject_id", "standing")}
    return {"lines": _lines(objection.card.document, objection.fact_key), "standings": standings}


def _lines(document: str, fact_key: str) -> str:
    """Digest of the lines that stand on the record, of all lines when something was left out."""
    source = "/".join(fact_key.split("/")[:2])
    lines = [
        {name: line[name] for name in ("rule", "fact", "on", "earned", "counted")}
        for line in json.loads(document)["lines"]
        if not source or line["fact"].startswith(source)
    ]
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


def settle(assessment: Assessment) -> int:
    """After a placing: mark accepted objections whose correction is on the card now; returns how many.

    A card that waits to be computed again is looked at after the next placing. One query when there is nothing to do.
    """
    accepted = Objection.objects.to_correct().filter(card__assessment=assessment)
    stale = Stale.objects.filter(assessment=assessment).values("subject")
    rows = accepted.exclude(card__subject__in=stale).select_related("card__subject", "raised_by", "committee")
    corrected = [row for row in rows.order_by("pk") if _lines(row.card.document, row.fact_key) != row.before["lines"]]
    if not corrected:
        return 0
    with act(user=None, verb="更正计入成绩单", committee=assessment.committee):
        standings = _standings(assessment)
        for row in corrected:
            row.corrected_at = clock.now()
            row.save()
            tell_raiser(row)
            _tell_moved(assessment, row, moved(assessment, standings, row.before["standings"]))
    return len(corrected)


def moved(assessment: Assessment, standings: Mapping[int, Standing], before: Mapping[str, str]) -> set[int]:
    """Subjects whose place would be another one if the cards in ``before`` (subject → standing) were as they were."""
    rules = rules_of(assessment)
    earlier = {**standings, **{int(pk): standing_of(text, True) for pk, text in before.items() if int(pk) in standings}}
    now, then = (place(rules, found.values()) for found in (standings, earlier))
    return {pk for pk, one in standings.items() if now[one.key].place != then[one.key].place}


def tell_raiser(objection: Objection) -> None:
    text = "您的更正申请有了结果，请查看。" if objection.corrected_at is None else "您申请的更正已经计入成绩单。"
    notify([objection.raised_by], objection.committee, text, reverse("my_objections"))


def _standings(assessment: Assessment) -> dict[int, Standing]:
    cards = ReportCard.objects.filter(assessment=assessment).exclude(standing="")
    rows = cards.values_list("subject_id", "standing", "is_ranked")
    return {subject: standing_of(text, is_ranked) for subject, text, is_ranked in rows}


def _tell_moved(assessment: Assessment, objection: Objection, subjects: Iterable[int]) -> None:
    """All but the one who objected, who is told anyway."""
    seats = Subject.objects.filter(pk__in=subjects, seat__isnull=False).values_list("seat", flat=True)
    text = f"{assessment.year} 年度有一项更正已计入，您的名次随之变动，请查看成绩单。"
    tell(seats, assessment.committee, text, reverse("me", args=[assessment.year]), but=objection.raised_by)
