"""Reports on social conditions and public opinion, read-only."""

import django_filters
from rest_framework import serializers

from members.visibility import PublicId, VisibleRows
from opinions.models import Adoption, Forwarding, Instruction, OpinionReport, Reporter


class ReporterSerializer(serializers.ModelSerializer):
    seat = PublicId()

    class Meta:
        model = Reporter
        fields = ["seat", "role", "position", "is_confirmed", "is_declined"]


class AdoptionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Adoption
        fields = ["level", "organ", "form", "adopted_on"]


class InstructionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Instruction
        fields = ["level", "given_by", "instructed_on"]


class ForwardingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Forwarding
        fields = ["level", "organ", "forwarded_on"]


class OpinionReportSerializer(serializers.ModelSerializer):
    committee = serializers.CharField(source="committee.code")
    office = serializers.CharField(source="office.name")
    reporters = ReporterSerializer(many=True)
    adoptions = AdoptionSerializer(many=True)
    instructions = InstructionSerializer(many=True)
    forwardings = ForwardingSerializer(many=True)
    sources = serializers.SerializerMethodField(help_text="综合信息的来源：公开编号")

    class Meta:
        model = OpinionReport
        fields = [
            *("public_id", "committee", "office", "year", "number", "title", "submitted_on", "state", "issued_on"),
            *("not_used_reason", "is_composite", "sources", "matter"),
            *("reporters", "adoptions", "instructions", "forwardings"),
        ]

    def get_sources(self, report: OpinionReport) -> list[str]:
        return [str(part.source.public_id) for part in report.parts.all()]


class OpinionReportFilter(django_filters.FilterSet):
    committee = django_filters.CharFilter(field_name="committee__code", label="委员会代码")

    class Meta:
        model = OpinionReport
        fields = ["year", "state", "number"]


class OpinionReportViewSet(VisibleRows):
    """社情民意信息 with its writers, adoptions and instructions."""

    model = OpinionReport
    serializer_class = OpinionReportSerializer
    filterset_class = OpinionReportFilter
    related = ("committee", "office")
    prefetched = ("reporters__seat", "adoptions", "instructions", "forwardings", "parts__source")
