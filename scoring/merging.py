"""Two members found to be one person: what may not be touched, and whose facts have to be written anew."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError

from scoring.facts.writing import NOUNS
from scoring.models import Commendation, Fact, Objection, ReportCard, Talk
from scoring.services.basis import FINAL_STATES


def on_subjects_merging(sender: Any, kept: int, gone: int, **kwargs: Any) -> list[tuple[str, int]]:
    """Receiver of members.signals.subjects_merging: every object with a fact about either subject, at most eight queries.

    ValidationError when a card of the subject that goes is final, or somebody objected to it: both stay as they are.
    """
    cards = ReportCard.objects.filter(subject=gone)
    final = (
        cards.filter(assessment__state__in=FINAL_STATES)
        .order_by("assessment__year")
        .values_list("assessment__year", flat=True)
    )
    if years := "、".join(str(year) for year in final):
        raise ValidationError(
            f"要并入的这一条在 {years} 年度已有审定的成绩单，审定的年度不再改动，不能合并。请把它设为离任，另行说明。"
        )
    if Objection.objects.filter(card__in=cards).exists():
        raise ValidationError("对要并入的这一条的成绩单有过异议，合并会失去异议的记录，不能合并。请改为保留这一条。")
    if Commendation.objects.filter(subject=gone).exists() or Talk.objects.filter(subject=gone).exists():
        raise ValidationError(
            "要并入的这一条在优秀名单或提醒约谈里登记过，合并会失去登记，不能合并。请改为保留这一条。"
        )
    public_ids: dict[str, set[str]] = defaultdict(set)
    for source in Fact.objects.filter(subject__in=[kept, gone]).values_list("source", flat=True).distinct():
        noun, public_id = source.split("/")
        public_ids[noun].add(public_id)
    return [
        (noun, pk)
        for noun, wanted in sorted(public_ids.items())
        for pk in NOUNS[noun].MODEL._default_manager.filter(public_id__in=wanted).values_list("pk", flat=True)
    ]
