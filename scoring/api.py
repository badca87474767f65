"""Report cards, read-only. Places are for the chair's office alone and are not given here."""

import json

import django_filters
from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.access import Verb, committees_beyond_own
from members.visibility import PublicId, VisibleRows
from scoring.models import Assessment, ReportCard


class CardSerializer(serializers.ModelSerializer):
    """A card as last stored; ``total`` in hundredths of a point, ``digest`` the SHA-256 of the stored text."""

    committee = serializers.CharField(source="assessment.committee.code")
    year = serializers.IntegerField(source="assessment.year")
    subject_kind = serializers.CharField(source="assessment.subject_kind")
    subject = PublicId()

    class Meta:
        model = ReportCard
        fields = [
            *("public_id", "committee", "year", "subject_kind", "subject", "total", "is_ranked", "not_ranked_reason"),
            *("grade", "digest", "ruleset_digest", "computed_at"),
        ]


class CardWithLinesSerializer(CardSerializer):
    detail = serializers.SerializerMethodField(help_text="得分明细: nodes, lines, gates")

    class Meta(CardSerializer.Meta):
        fields = [*CardSerializer.Meta.fields, "detail"]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_detail(self, card: ReportCard) -> dict:
        return json.loads(card.document)


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
