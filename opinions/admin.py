"""A look at stored reports; they change by services alone."""

from django.contrib import admin

from members.admin import ReadOnly
from opinions.models import Adoption, Forwarding, Instruction, OpinionReport, Organ


@admin.register(OpinionReport)
class OpinionReportAdmin(ReadOnly):
    list_display = ["number", "title", "year", "state", "office", "committee"]
    list_filter = ["committee", "year", "state"]
    list_select_related = ["office", "committee"]
    search_fields = ["number", "title"]


@admin.register(Adoption)
class AdoptionAdmin(ReadOnly):
    list_display = ["report", "level", "organ", "form", "adopted_on"]
    list_filter = ["committee", "level"]
    list_select_related = ["report"]


@admin.register(Instruction)
class InstructionAdmin(ReadOnly):
    list_display = ["report", "level", "given_by", "instructed_on"]
    list_filter = ["committee", "level"]
    list_select_related = ["report"]


@admin.register(Forwarding)
class ForwardingAdmin(ReadOnly):
    list_display = ["report", "level", "organ", "forwarded_on"]
    list_filter = ["committee", "level"]
    list_select_related = ["report"]


@admin.register(Organ)
class OrganAdmin(ReadOnly):
    list_display = ["name", "level", "is_active", "committee"]
    list_filter = ["committee", "level"]
