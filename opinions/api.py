"""Reports on social conditions and public opinion, read-only."""

import django_filters
from rest_framework import serializers

from members.visibility import PublicId, VisibleRows
from opinions.models import Adoption, Instruction, OpinionReport, Reporter


class ReporterSerializer(serializers.ModelSerializer):
    seat = PublicId()

    class Meta:
        model = Reporter
        fields = ["seat", "role", "position", "is_confirmed"]


class AdoptionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Adoption
        fields = ["level", "organ", "form", "adopted_on"]


class InstructionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Instruction
        fields = ["level", "given_by", "instructed_on"]


class OpinionReportSerializer(serializers.ModelSerializer):
    committee = serializers.CharField(source="committee.code")
    office = serializers.CharField(source="office.name")
    reporters = ReporterSerializer(many=True)
    adoptions = AdoptionSerializer(many=True)
    instructions = InstructionSerializer(many=True)

    class Meta:
        model = OpinionReport
        fields = [
            *("public_id", "committee", "office", "year", "number", "title", "submitted_on", "state", "issued_on"),
            *("matter", "reporters", "adoptions", "instructions"),
        ]


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
    prefetched = ("reporters__seat", "adoptions", "instructions")
