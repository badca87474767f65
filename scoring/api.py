"""Report cards, read-only. Places are for the chair's office alone and are not given here."""

import hashlib
import json
from collections.abc import Sequence

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.access import Verb, committees_beyond_own, visible
from members.visibility import PublicId, VisibleRows
from scoring.editions import LIGHT
from scoring.engine.edition import text_of
from scoring.models import Assessment, EditionCard, ReportCard

FROM_SUMMARY = {"total": "total", "is_ranked": "ranked", "not_ranked_reason": "reason"}


class CardSerializer(serializers.ModelSerializer):
    """A card as last stored, or as published; ``total`` in hundredths of a point.

    ``digest``: the SHA-256 of the stored text; of a published card the digest of its part of the edition, which stands
    in the edition's document, and ``check_code`` is the one that its paper bears (otherwise "").
    """

    check_code = serializers.CharField(read_only=True, default="")
    committee = serializers.CharField(source="assessment.committee.code")
    year = serializers.IntegerField(source="assessment.year")
    subject_kind = serializers.CharField(source="assessment.subject_kind")
    subject = PublicId()

    class Meta:
        model = ReportCard
        fields = [
            *("public_id", "committee", "year", "subject_kind", "subject", "total", "is_ranked", "not_ranked_reason"),
            *("grade", "digest", "ruleset_digest", "computed_at", "check_code"),
        ]


class CardWithLinesSerializer(CardSerializer):
    detail = serializers.SerializerMethodField(help_text="得分明细: nodes, lines, gates")

    class Meta(CardSerializer.Meta):
        fields = [*CardSerializer.Meta.fields, "detail"]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_detail(self, card: ReportCard) -> dict:
        return json.loads(card.document)


def show_as_published(cards: Sequence[ReportCard], rows: QuerySet[EditionCard], *, with_lines: bool) -> None:
    """Give the cards of published years, in memory only, what their last edition says; two queries for any number."""
    found = [card for card in cards if card.assessment.state == Assessment.State.PUBLISHED]
    if not found:
        return
    rows = rows.filter(
        edition__assessment__in={card.assessment_id for card in found}, subject__in={card.subject_id for card in found}
    )
    told = {}
    for pk, toml, at in rows.values_list("edition", "edition__ruleset", "edition__published_at").distinct():
        told[pk] = hashlib.sha256(toml.encode()).hexdigest(), at
    unread = [f"edition__{name}" for name in LIGHT] + ([] if with_lines else ["document"])
    rows = rows.order_by("edition__number").select_related("edition").defer(*unread)
    last = {(row.edition.assessment_id, row.subject_id): row for row in rows}
    for card in found:
        if row := last.get((card.assessment_id, card.subject_id)):
            _give(card, row, *told[row.edition_id], with_lines=with_lines)


def _give(card, row, ruleset_digest, at, *, with_lines):
    summary = json.loads(row.summary)
    for name, key in FROM_SUMMARY.items():
        setattr(card, name, summary["card"][key])
    card.grade = summary["placing"]["grade"]
    card.digest, card.check_code = row.digest, row.check_code
    card.ruleset_digest, card.computed_at = ruleset_digest, at
    if with_lines:
        card.document = text_of(json.loads(row.document)["card"])


class CardFilter(django_filters.FilterSet):
    committee = django_filters.CharFilter(field_name="assessment__committee__code", label="委员会代码")
    year = django_filters.NumberFilter(field_name="assessment__year", label="年度")
    subject = django_filters.UUIDFilter(field_name="subject__public_id", label="考核对象")

    class Meta:
        model = ReportCard
        fields: list[str] = []


class CardViewSet(VisibleRows):
    """履职成绩单; one card alone comes with every line."""

    model = ReportCard
    filterset_class = CardFilter
    related = ("assessment__committee", "subject")

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return CardWithLinesSerializer if self.action == "retrieve" else CardSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        # As on the pages: of a year still a draft a member is told nothing.
        ours = committees_beyond_own(self.request.user, Verb.VIEW, ReportCard)
        rows = rows.exclude(~Q(assessment__committee__in=ours), assessment__state=Assessment.State.DRAFT)
        return rows if self.action == "retrieve" else rows.defer("document")

    def get_object(self) -> ReportCard:
        card = super().get_object()
        show_as_published([card], visible(self.request.user, EditionCard), with_lines=True)
        return card

    def paginate_queryset(self, queryset: QuerySet[ReportCard]) -> list[ReportCard]:
        page = super().paginate_queryset(queryset)
        show_as_published(page, visible(self.request.user, EditionCard), with_lines=False)
        return page
