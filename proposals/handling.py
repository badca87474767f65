"""How far the handling of proposals has come: the one place that says what filed, replied, on time, satisfied mean.

Lists filter by these words and the rates count them, so that a figure always equals its list.
"""

import datetime

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from proposals.evaluation_models import Evaluation
from proposals.undertaking_models import Undertaking

# Word → (name, condition on rows of ``with_handling``). "Main unit" means the main one of the first round that did not
# hand the proposal back: a second handling neither adds to nor takes from what was replied, or replied in time.
_FILED = Q(state="filed")
_REPLIED = _FILED & Q(is_assigned=True, is_unanswered=False)
_DUE = _FILED & Q(is_assigned=True, has_no_term=False) & (Q(is_unanswered=False) | Q(is_past=True))
HANDLING: dict[str, tuple[str, Q]] = {
    "examined": ("已审查", Q(state__in=["filed", "not_filed", "merged", "passed_on"])),
    "filed": ("立案", _FILED),
    "unassigned": ("立案未交办", _FILED & Q(is_assigned=False)),
    "waiting": ("办理中", _FILED & Q(is_unanswered=True)),
    "overdue": ("逾期未答复", _FILED & Q(is_past=True)),
    "replied": ("已答复", _REPLIED),
    "due": ("到期应答复", _DUE),
    "on_time": ("按期答复", _DUE & Q(is_late=False)),
    "to_evaluate": ("已答复未评议", _REPLIED & Q(satisfaction__isnull=True)),
    "evaluated": ("已评议", _REPLIED & Q(satisfaction__isnull=False)),
    "satisfied": ("评议满意", _REPLIED & Q(satisfaction="satisfied")),
    "content": ("评议满意或基本满意", _REPLIED & Q(satisfaction__in=["satisfied", "acceptable"])),
    "dissatisfied": ("评议不满意", _REPLIED & Q(satisfaction="dissatisfied")),
    "again": ("再次办理", _FILED & Q(is_handled_again=True)),
}


class HandlingQuerySet(models.QuerySet):
    """Mixed into the QuerySet of proposals."""

    def with_handling(self, day: datetime.date) -> "HandlingQuerySet":
        """Each with what the conditions of HANDLING ask about, as of ``day``.

        ``satisfaction``: the evaluation of the latest round that has one, by the signer who stands first among those
        who evaluated; None when nobody did.
        """
        mains = Undertaking.objects.active().filter(proposal=OuterRef("pk"), role="main")
        first = mains.filter(round=1)
        late = Q(replied_on__gt=F("due_on")) | Q(replied_on__isnull=True, due_on__lt=day)
        words = Evaluation.objects.filter(
            undertaking__proposal=OuterRef("pk"),
            undertaking__role="main",
            undertaking__handed_back_on__isnull=True,
            undertaking__proposal__proposers__seat=F("seat"),
        ).order_by("-undertaking__round", "undertaking__proposal__proposers__position", "pk")
        return self.annotate(
            is_assigned=Exists(first),
            is_unanswered=Exists(first.filter(replied_on__isnull=True)),
            has_no_term=Exists(first.filter(due_on__isnull=True)),
            is_past=Exists(first.filter(replied_on__isnull=True, due_on__lt=day)),
            is_late=Exists(first.filter(late)),
            is_handled_again=Exists(mains.filter(round__gt=1)),
            satisfaction=Subquery(words.values("satisfaction")[:1]),
        )

    def handled(self, word: str, day: datetime.date) -> "HandlingQuerySet":
        """Those to which a word of HANDLING applies on ``day``."""
        return self.with_handling(day).filter(HANDLING[word][1])

    def handled_by(self, unit: str) -> "HandlingQuerySet":
        """Those whose main unit this is."""
        return self.filter(**{**_MAIN, "undertakings__unit": unit})

    def with_lead_sector(self) -> "HandlingQuerySet":
        """Each with ``lead_sector``, the name of the first signer's sector; None for a collective proposal."""
        lead = self.model.objects.filter(pk=OuterRef("pk"), proposers__role="lead")
        return self.annotate(lead_sector=Subquery(lead.values("proposers__seat__sector__name")[:1]))

    def counts(self, words: list[str], day: datetime.date) -> dict[str, int]:
        """{word: number of proposals}. One query."""
        return self.order_by().with_handling(day).aggregate(**_tallies(words))

    def counts_by_sector(self, words: list[str], day: datetime.date) -> list[dict]:
        """[{"lead_sector": name or None, word: number, …}, …] by name. One query."""
        rows = self.order_by().with_handling(day).with_lead_sector().values("lead_sector")
        return list(rows.annotate(**_tallies(words)).order_by("lead_sector"))

    def counts_by_unit(self, words: list[str], day: datetime.date) -> list[dict]:
        """[{"undertakings__unit": main unit, word: number, …}, …] by name. One query."""
        rows = self.order_by().with_handling(day).filter(**_MAIN).values("undertakings__unit")
        return list(rows.annotate(**_tallies(words)).order_by("undertakings__unit"))


_MAIN = {
    "undertakings__role": "main",
    "undertakings__round": 1,
    "undertakings__handed_back_on__isnull": True,
}


def _tallies(words: list[str]) -> dict[str, Count]:
    return {word: Count("pk", filter=HANDLING[word][1]) for word in words}
