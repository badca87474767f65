"""Looking at what scoring holds. Nothing is changed here: each change is a verb of scoring.services with a reason."""

from django.contrib import admin

from scoring.models import Adjustment, Appraisal, Assessment, Fact, Rule, Ruleset, Run, SubjectError


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Ruleset)
class RulesetAdmin(ReadOnly):
    list_display = ["title", "committee", "year", "subject_kind", "version", "state", "approved_at"]
    list_filter = ["committee", "year", "state"]


@admin.register(Rule)
class RuleAdmin(ReadOnly):
    list_display = ["code", "ruleset", "category", "clause", "valid_from", "valid_to"]
    list_filter = ["ruleset"]
    search_fields = ["code", "clause"]


@admin.register(Assessment)
class AssessmentAdmin(ReadOnly):
    list_display = ["__str__", "ruleset", "from_on", "to_on", "state", "placed_at"]
    list_filter = ["committee", "year", "state"]


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnly):
    list_display = ["subject", "effect", "rule", "points", "happened_on", "state"]
    list_filter = ["committee", "state"]


@admin.register(Appraisal)
class AppraisalAdmin(ReadOnly):
    list_display = ["subject", "by", "source", "rule", "points", "given_on", "state"]
    list_filter = ["committee", "by", "state"]


@admin.register(Fact)
class FactAdmin(ReadOnly):
    list_display = ["subject", "happened_on", "key", "attributes", "quantity"]
    list_filter = ["kind"]
    search_fields = ["key", "source"]


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ["__str__", "asked_at", "done_at", "message"]


@admin.register(SubjectError)
class SubjectErrorAdmin(ReadOnly):
    list_display = ["assessment", "subject", "message", "at"]
