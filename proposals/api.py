"""Proposals, read-only."""

import django_filters
from rest_framework import serializers

from members.visibility import PublicId, VisibleRows
from proposals.models import Honour, Proposal, Proposer, Undertaking


class ProposerSerializer(serializers.ModelSerializer):
    seat = PublicId()

    class Meta:
        model = Proposer
        fields = ["seat", "role", "position", "is_confirmed", "is_declined"]


class HonourSerializer(serializers.ModelSerializer):
    class Meta:
        model = Honour
        fields = ["kind", "decided_on", "reason", "leading_chair"]


class UndertakingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Undertaking
        fields = ["unit", "role", "round", "assigned_on", "due_on", "replied_on", "reply_class", "handed_back_on"]


class ProposalSerializer(serializers.ModelSerializer):
    committee = serializers.CharField(source="committee.code")
    office = serializers.CharField(source="office.name")
    term = serializers.IntegerField(source="term.number")
    sponsor = PublicId()
    merged_into = PublicId()
    proposers = ProposerSerializer(many=True)
    honours = HonourSerializer(many=True)
    undertakings = UndertakingSerializer(many=True)

    class Meta:
        model = Proposal
        fields = [
            *("public_id", "committee", "office", "term", "year", "number", "title", "text", "way", "sponsor"),
            "submitted_on",
            *("state", "decided_on", "decision_reason", "merged_into", "proposers", "honours", "undertakings"),
        ]


class ProposalFilter(django_filters.FilterSet):
    committee = django_filters.CharFilter(field_name="committee__code", label="委员会代码")

    class Meta:
        model = Proposal
        fields = ["year", "state", "way", "number"]


class ProposalViewSet(VisibleRows):
    """提案 with its signers, honours and the units that answer it."""

    model = Proposal
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    related = ("committee", "office", "term", "sponsor", "merged_into")
    prefetched = ("proposers__seat", "honours", "undertakings")
