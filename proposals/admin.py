"""A look at stored proposals; they change by services alone."""

from django.contrib import admin

from members.admin import ReadOnly
from proposals.models import Honour, Proposal, ReplyClass, Undertaking, UndertakingUnit, Urging


@admin.register(Proposal)
class ProposalAdmin(ReadOnly):
    list_display = ["number", "title", "year", "way", "state", "office", "committee"]
    list_filter = ["committee", "year", "state"]
    list_select_related = ["office", "committee"]
    search_fields = ["number", "title"]


@admin.register(Honour)
class HonourAdmin(ReadOnly):
    list_display = ["proposal", "kind", "decided_on", "reason"]
    list_filter = ["committee", "kind"]
    list_select_related = ["proposal"]


@admin.register(Undertaking)
class UndertakingAdmin(ReadOnly):
    list_display = ["proposal", "unit", "role", "round", "due_on", "replied_on", "reply_class"]
    list_filter = ["committee"]
    list_select_related = ["proposal"]


@admin.register(Urging)
class UrgingAdmin(ReadOnly):
    list_display = ["undertaking", "urged_on", "note", "next_due_on"]
    list_filter = ["committee"]
    list_select_related = ["undertaking"]


@admin.register(UndertakingUnit)
class UndertakingUnitAdmin(ReadOnly):
    list_display = ["name", "is_open", "committee"]
    list_filter = ["committee", "is_open"]
    list_select_related = ["committee"]


@admin.register(ReplyClass)
class ReplyClassAdmin(ReadOnly):
    list_display = ["code", "meaning", "committee"]
    list_filter = ["committee"]
    list_select_related = ["committee"]
