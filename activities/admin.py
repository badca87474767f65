"""Kinds of contributions are configured here; records are only looked at."""

from django.contrib import admin

from activities.models import Activity, Attendance, Contribution, ContributionKind, Leave
from members.admin import Configuration, ReadOnly


@admin.register(ContributionKind)
class ContributionKindAdmin(Configuration):
    list_display = ["name", "code", "unit", "committee", "position", "is_open"]
    list_filter = ["committee"]


@admin.register(Activity)
class ActivityAdmin(ReadOnly):
    list_display = ["name", "kind", "starts_on", "office", "committee"]
    list_filter = ["committee", "kind"]
    list_select_related = ["office", "committee"]
    search_fields = ["name"]


@admin.register(Attendance)
class AttendanceAdmin(ReadOnly):
    list_display = ["seat", "sitting", "outcome", "leave_kind", "part"]
    list_filter = ["committee", "outcome"]
    list_select_related = ["seat__member", "sitting"]


@admin.register(Leave)
class LeaveAdmin(ReadOnly):
    list_display = ["seat", "activity", "kind", "state"]
    list_filter = ["committee", "state"]
    list_select_related = ["seat__member", "activity"]


@admin.register(Contribution)
class ContributionAdmin(ReadOnly):
    list_display = ["title", "kind", "subject", "happened_on", "level", "quantity", "state"]
    list_filter = ["committee", "state"]
    list_select_related = ["kind", "subject__seat__member", "subject__special_committee", "subject__group"]
    search_fields = ["title"]
