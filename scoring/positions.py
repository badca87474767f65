"""Where a member stands among those he is ranked with: only if the committee shows it, and never to shame anybody."""

import json
from statistics import median
from typing import Any

from audit.actions import act
from members.models import Committee, Grant, User
from scoring.engine.sentences import points
from scoring.models import Assessment, CardSetting, Edition, ReportCard

FEWEST = 6  # in a smaller cohort one could guess whose card is whose


def shows_position(committee: Committee) -> bool:
    return CardSetting.objects.filter(committee=committee, shows_position=True).exists()


def show_position(*, user: User | None, committee: Committee, is_shown: bool, grant: Grant | None = None) -> bool:
    """Let the committee's members see where they stand, or no longer; returns whether that changed."""
    if shows_position(committee) == is_shown:
        return False
    setting = CardSetting.objects.filter(committee=committee).first() or CardSetting(committee=committee)
    setting.shows_position = is_shown
    with act(user=user, verb="修改成绩单设置", grant=grant, committee=committee):
        setting.save()
    return True


def position(assessment: Assessment, card: ReportCard | None, total: int) -> str:
    """A sentence about ``total`` among the cards of the same cohort, "" when there is nothing to be said."""
    if card is None or not card.is_ranked or card.place is None or not shows_position(assessment.committee):
        return ""
    others = ReportCard.objects.filter(assessment=assessment, cohort=card.cohort, place__isnull=False)
    return _told(card.cohort, total, [total, *others.exclude(pk=card.pk).values_list("total", flat=True)])


def position_published(assessment: Assessment, edition: Edition, placing: dict[str, Any], total: int) -> str:
    """The same of a published card, among those of its edition alone. ``placing``: its own, as the edition has it."""
    if placing["place"] is None or not shows_position(assessment.committee):
        return ""
    summaries = (json.loads(one) for one in edition.cards.values_list("summary", flat=True))
    ranked = (one for one in summaries if one["placing"]["place"] is not None)
    totals = [one["card"]["total"] for one in ranked if one["placing"]["cohort"] == placing["cohort"]]
    return _told(placing["cohort"], total, totals)


def _told(cohort: str, total: int, totals: list[int]) -> str:
    """``totals``: of everybody in the cohort, oneself included.

    The first quarter is told that it is; the middle gets the median; the last quarter nothing. Who has the same points
    is in the same part: a quarter that does not hold all of them holds none.
    """
    reached = sum(one >= total for one in totals)
    if len(totals) < FEWEST or reached * 4 > len(totals) * 3:
        return ""
    if reached * 4 > len(totals):
        return f"{cohort}得分的中位数是 {points(round(median(totals)))} 分。"
    tied = totals.count(total) - 1
    return f"位于{cohort}前 25%" + (f"，与另外 {tied} 人同分。" if tied else "。")
