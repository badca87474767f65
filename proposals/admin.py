"""A look at stored proposals; they change by services alone."""

from django.contrib import admin

from members.admin import ReadOnly
from proposals.models import Honour, Proposal, Undertaking


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
    list_display = ["proposal", "unit", "role", "due_on", "replied_on", "reply_class"]
    list_filter = ["committee"]
    list_select_related = ["proposal"]
