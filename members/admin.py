"""Configuration of a committee and a look at what is stored, for superusers. People's records change by services alone."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from audit.actions import act
from members.models import (
    Committee,
    Grant,
    Group,
    GroupMembership,
    Member,
    Office,
    Post,
    Seat,
    Sector,
    SpecialCommittee,
    Subject,
    Term,
    User,
)
from members.services import add_subject_for


class ReadOnly(admin.ModelAdmin):
    """Rows to look at; each change is a verb of services with its action."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Configuration(admin.ModelAdmin):
    """Rows that are added and renamed here, under an action; never deleted, since records refer to them.

    What stored facts, cards and public ids were made of stays as it was added.
    """

    fixed = ("committee", "code", "term", "number")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = {field.name for field in self.model._meta.fields}
        fixed = [name for name in self.fixed if name in names] if obj is not None else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, *args, **options)
        committee = self._committee_of(request, options.get("object_id") or (args[0] if args else None))
        kind = str(self.model._meta.verbose_name)
        with act(user=request.user, verb="后台配置", reason=kind, committee=committee):
            return super().changeform_view(request, *args, **options)

    def _committee_of(self, request: HttpRequest, key: str | None) -> Committee | None:
        """Whose auditor reads of the act; None for a committee that is only being added."""
        row = self.get_object(request, key) if key else None
        if row is not None:
            return row if isinstance(row, Committee) else row.committee
        asked = request.POST.get("committee", "")
        return Committee.objects.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScoredConfiguration(Configuration):
    """A part of a committee that can be scored gets its subject with itself."""

    subject_key = ""

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            add_subject_for(user=request.user, **{self.subject_key: obj})


@admin.register(Committee)
class CommitteeAdmin(Configuration):
    # Set by the demonstration alone: it opens the sign-in without a password.
    readonly_fields = ["is_demonstration"]
    list_display = ["name", "code", "short_name", "level", "parent"]


@admin.register(Term)
class TermAdmin(Configuration):
    list_display = ["__str__", "committee", "starts_on", "ends_on"]
    list_filter = ["committee"]


@admin.register(Sector)
class SectorAdmin(Configuration):
    list_display = ["name", "committee", "term", "position"]
    list_filter = ["committee", "term"]


@admin.register(Office)
class OfficeAdmin(Configuration):
    list_display = ["name", "committee", "position"]
    list_filter = ["committee"]


@admin.register(SpecialCommittee)
class SpecialCommitteeAdmin(ScoredConfiguration):
    subject_key = "special_committee"
    list_display = ["name", "committee", "position"]
    list_filter = ["committee"]


@admin.register(Group)
class GroupAdmin(ScoredConfiguration):
    subject_key = "group"
    list_display = ["name", "kind", "committee", "position"]
    list_filter = ["committee", "kind"]


@admin.register(Member)
class MemberAdmin(ReadOnly):
    list_display = ["name", "committee", "initials", "stroke_key", "hand_position_reason"]
    list_filter = ["committee"]
    search_fields = ["name", "initials", "full_pinyin"]
    exclude = ["telephone_cipher", "telephone_hash"]


class PostLines(admin.TabularInline):
    model = Post
    fields = ["code", "from_on", "to_on"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class GroupLines(PostLines):
    model = GroupMembership
    fields = ["group", "from_on", "to_on"]


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    list_display = ["number", "member", "committee", "term", "sector", "joined_on", "left_on"]
    list_filter = ["committee", "term"]
    list_select_related = ["member", "committee", "term", "sector"]
    search_fields = ["number", "member__name"]
    inlines = [PostLines, GroupLines]


@admin.register(Subject)
class SubjectAdmin(ReadOnly):
    list_display = ["__str__", "kind", "committee"]
    list_filter = ["committee", "kind"]
    list_select_related = ["seat__member", "special_committee", "group", "committee"]


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ["username", "name", "is_active", "last_login"]
    search_fields = ["username", "name"]
    fields = ["username", "name", "member", "is_active", "must_change_password", "last_login"]


@admin.register(Grant)
class GrantAdmin(ReadOnly):
    list_display = ["user", "role", "committee", "office", "from_on", "to_on"]
    list_filter = ["committee", "role"]
    list_select_related = ["user", "committee", "office"]
