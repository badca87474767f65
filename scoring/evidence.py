"""Titles of the records that facts come from. Facts carry none: a title corrected later is right everywhere at once."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Case, CharField, Model, Value, When
from django.db.models.functions import Cast, Concat

from activities.models import Activity, Contribution
from opinions.models import OpinionReport
from proposals.models import Proposal
from scoring.models import Adjustment, Appraisal

Address = tuple[str, str]  # name of the URL pattern, public id

# Who gave it, and of ballots how many: their mean says little without their number.
GIVEN_BY = Case(
    When(ballots__isnull=False, then=Concat("source", Value("（"), Cast("ballots", CharField()), Value(" 票）"))),
    default="source",
    output_field=CharField(),
)
# kind → model, the column (or expression) that serves as title, name of its page ("" for none)
OWN_KIND = {
    "proposal": (Proposal, "title", "proposal"),
    "opinion": (OpinionReport, "title", "opinion"),
    "adjustment": (Adjustment, "reason", "adjustment"),
    "appraisal": (Appraisal, GIVEN_BY, "appraisal"),
}
# Kinds of meetings and of contributions are open lists with local codes: whichever has the id is meant.
OTHER_KINDS = ((Activity, "name", "activity"), (Contribution, "title", "contribution"))


def titles(keys: Iterable[str]) -> dict[str, tuple[str, Address | None]]:
    """{"kind/public-id": (title, (URL name, public id) or None)} for fact keys or matters; at most five queries.

    A record that is gone (an old card still names it) is left out. Whether the reader may open the page is for the
    page to ask.
    """
    wanted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key in keys:
        kind, _, rest = key.partition("/")
        public_id = rest.partition("/")[0]
        if _is_uuid(public_id):
            wanted[kind if kind in OWN_KIND else ""][public_id].add(f"{kind}/{public_id}")
    found = {}
    for kind, objects in wanted.items():
        for model, column, page in (OWN_KIND[kind],) if kind else OTHER_KINDS:
            rows = model.objects.filter(public_id__in=list(objects)).values_list("public_id", column)
            for public_id, title in rows:
                evidence = (title, (page, str(public_id)) if page else None)
                found |= dict.fromkeys(objects[str(public_id)], evidence)
    return found


def record_of(key: str) -> Model | None:
    """The record that a fact key or a matter names; None when it is gone, or when the key is no record's."""
    kind, _, rest = key.partition("/")
    public_id = rest.partition("/")[0]
    if not _is_uuid(public_id):
        return None
    models = [OWN_KIND[kind][0]] if kind in OWN_KIND else [model for model, *_ in OTHER_KINDS]
    found = (model._default_manager.filter(public_id=public_id).first() for model in models)
    return next((row for row in found if row is not None), None)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
