"""Seats, read-only. The telephone is never given."""

import django_filters
from rest_framework import serializers

from members.models import Post, Seat
from members.visibility import PublicId, VisibleRows


class PostSerializer(serializers.ModelSerializer):
    class Meta:
        model = Post
        fields = ["code", "from_on", "to_on"]


class SeatSerializer(serializers.ModelSerializer):
    committee = serializers.CharField(source="committee.code")
    term = serializers.IntegerField(source="term.number")
    name = serializers.CharField(source="member.name")
    sex = serializers.CharField(source="member.sex")
    ethnicity = serializers.CharField(source="member.ethnicity")
    party = serializers.CharField(source="member.party")
    sector = serializers.CharField(source="sector.name")
    special_committee = serializers.CharField(source="special_committee.name", default=None)
    second_special_committee = serializers.CharField(source="second_special_committee.name", default=None)
    subject = PublicId()
    posts = PostSerializer(many=True)

    class Meta:
        model = Seat
        fields = [
            *("public_id", "committee", "term", "number", "name", "sex", "ethnicity", "party", "unit", "duty", "place"),
            *("sector", "special_committee", "second_special_committee", "joined_on", "left_on", "posts", "subject"),
        ]


class SeatFilter(django_filters.FilterSet):
    committee = django_filters.CharFilter(field_name="committee__code", label="委员会代码")
    term = django_filters.NumberFilter(field_name="term__number", label="届次")

    class Meta:
        model = Seat
        fields = ["number"]


class SeatViewSet(VisibleRows):
    """委员资格: one membership in one term."""

    model = Seat
    serializer_class = SeatSerializer
    filterset_class = SeatFilter
    related = ("committee", "term", "member", "sector", "special_committee", "second_special_committee", "subject")
    prefetched = ("posts",)
