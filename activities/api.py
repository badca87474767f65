"""Meetings, attendance and contributions, read-only."""

import django_filters
from rest_framework import serializers

from activities.models import Activity, Attendance, Contribution, Sitting
from members.listing import YEARS
from members.visibility import PublicId, VisibleRows


class SittingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Sitting
        fields = ["public_id", "held_on", "half", "is_complete"]


class ActivitySerializer(serializers.ModelSerializer):
    committee = serializers.CharField(source="committee.code")
    office = serializers.CharField(source="office.name")
    sittings = SittingSerializer(many=True)

    class Meta:
        model = Activity
        fields = [
            *("public_id", "committee", "office", "kind", "name", "place", "starts_on", "ends_on", "is_mandatory"),
            "sittings",
        ]


class ActivityFilter(django_filters.FilterSet):
    committee = django_filters.CharFilter(field_name="committee__code", label="委员会代码")
    year = django_filters.NumberFilter(
        field_name="starts_on__year", label="年度", min_value=YEARS[0], max_value=YEARS[1]
    )

    class Meta:
        model = Activity
        fields = ["kind"]


class ActivityViewSet(VisibleRows):
    """会议活动 with its half-days."""

    model = Activity
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    related = ("committee", "office")
    prefetched = ("sittings",)


class AttendanceSerializer(serializers.ModelSerializer):
    committee = serializers.CharField(source="committee.code")
    activity = serializers.UUIDField(source="sitting.activity.public_id")
    sitting = PublicId()
    seat = PublicId()

    class Meta:
        model = Attendance
        fields = ["public_id", "committee", "activity", "sitting", "seat", "outcome", "leave_kind", "part"]


class AttendanceFilter(django_filters.FilterSet):
    activity = django_filters.UUIDFilter(field_name="sitting__activity__public_id", label="会议活动")
    sitting = django_filters.UUIDFilter(field_name="sitting__public_id", label="场次")
    seat = django_filters.UUIDFilter(field_name="seat__public_id", label="委员资格")

    class Meta:
        model = Attendance
        fields = ["outcome"]


class AttendanceViewSet(VisibleRows):
    """出席情况: who has no row is 未登记."""

    model = Attendance
    serializer_class = AttendanceSerializer
    filterset_class = AttendanceFilter
    related = ("committee", "sitting__activity", "seat")


class ContributionSerializer(serializers.ModelSerializer):
    committee = serializers.CharField(source="committee.code")
    office = serializers.CharField(source="office.name")
    kind = serializers.CharField(source="kind.code")
    subject = PublicId()

    class Meta:
        model = Contribution
        fields = [
            *("public_id", "committee", "office", "kind", "subject", "title", "happened_on", "level", "role"),
            *("quantity", "position", "sharers", "work", "state", "return_reason"),
        ]


class ContributionFilter(django_filters.FilterSet):
    committee = django_filters.CharFilter(field_name="committee__code", label="委员会代码")
    kind = django_filters.CharFilter(field_name="kind__code", label="类型代码")
    subject = django_filters.UUIDFilter(field_name="subject__public_id", label="考核对象")
    year = django_filters.NumberFilter(
        field_name="happened_on__year", label="年度", min_value=YEARS[0], max_value=YEARS[1]
    )

    class Meta:
        model = Contribution
        fields = ["state"]


class ContributionViewSet(VisibleRows):
    """履职记录: what was done, never what it is worth."""

    model = Contribution
    serializer_class = ContributionSerializer
    filterset_class = ContributionFilter
    related = ("committee", "office", "kind", "subject")
