"""Forms of the pages on grants."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from members.access import Verb, visible
from members.fresh import FreshForm
from members.grants import end_grant, grant_role
from members.listing import FilterForm
from members.models import Committee, Grant, Office, Role, User
from members.recording import DayField, row_field


class GrantFilter(FilterForm):
    q = forms.CharField(label="姓名或用户名", required=False)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部"), *Role.choices])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("now", "现行"), ("ended", "已结束"), ("later", "未开始")]
    )

    def narrow(self, rows: QuerySet) -> QuerySet:
        text, role, state = (self.chosen(name) for name in ("q", "role", "state"))
        today = timezone.localdate()
        if text:
            rows = rows.filter(Q(user__username__icontains=text) | Q(user__name__icontains=text))
        if role:
            rows = rows.filter(role=role)
        if state == "now":
            rows = rows.active_on(today)
        elif state == "ended":
            rows = rows.filter(to_on__lt=today)
        elif state == "later":
            rows = rows.filter(from_on__gt=today)
        return rows


class GrantForm(FreshForm):
    """A role for an account, for one office or for the whole committee."""

    model = Grant
    verb = Verb.GRANTS
    title = "授予角色"
    submit = "授权"

    account = forms.CharField(
        label="账号",
        max_length=150,
        help_text="用户名，或不重名的姓名",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label="角色", choices=Role.choices, initial=Role.CLERK)
    committee = forms.ModelChoiceField(
        label="委员会", queryset=Committee.objects.none(), to_field_name="public_id", empty_label=None
    )
    office = row_field("处室", Office, help_text="录入员只能登记和查看这个处室的记录；不选则是全委")
    from_on = DayField(label="开始日期")
    to_on = DayField(label="结束日期", required=False)
    reason = forms.CharField(label="理由", max_length=200, required=False, help_text="例如：新到岗、兼管提案室")

    def __init__(self, *args: Any, account: User | None = None, **options: Any):
        super().__init__(*args, **options)
        self.fields["from_on"].initial = timezone.localdate()
        if account is not None:
            self.fields["account"].initial = account.username
            if account.member_id is not None and not account.grants.exists():
                self.fields["role"].initial = Role.MEMBER
        field = self.fields["committee"]
        field.queryset = visible(self.user, Committee).filter(pk__in=self.committees)
        if len(self.committees) == 1:
            field.initial = next(iter(self.committees.values())).public_id
            field.widget = forms.HiddenInput()

    def _offer_offices(self) -> None:
        """Every office may be granted, unlike when something is logged for one's own."""
        self.offer("office", self.only_my_committees(visible(self.user, Office)), empty="全委（不限处室）")

    def clean_account(self) -> User:
        text = self.cleaned_data["account"].strip()
        accounts = visible(self.user, User)
        found = list(accounts.filter(username=text)[:1]) or list(accounts.filter(name=text)[:2])
        if not found:
            raise forms.ValidationError(f"没有用户名或姓名为“{text}”的账号。请核对，或请系统管理员先建账号。")
        if len(found) > 1:
            raise forms.ValidationError(f"有几个账号都叫“{text}”，请填用户名。")
        return found[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        role, office = cleaned.get("role"), cleaned.get("office")
        if office is not None and role and role != Role.CLERK:
            self.add_error("office", f"“{Role(role).label}”是对全委的，不分处室。请把“处室”改为“全委”。")
        return cleaned

    def save(self) -> Grant | None:
        given = self.cleaned_data
        return self.attempt(
            grant_role,
            account=given["account"],
            role=given["role"],
            committee=given["committee"],
            office=given["office"],
            from_on=given["from_on"],
            to_on=given["to_on"],
            reason=given["reason"],
        )


class EndForm(FreshForm):
    """The last day of a grant."""

    model = Grant
    verb = Verb.GRANTS
    title = "结束授权"
    submit = "结束授权"

    to_on = DayField(label="最后一天", required=False, help_text="不填则立即结束；例如 2026-12-31、昨天")
    reason = forms.CharField(label="理由", max_length=200, help_text="例如：调离、退休、改由他人负责")

    def __init__(self, *args: Any, grant: Grant, **options: Any):
        super().__init__(*args, committee=grant.committee, **options)
        self.row = grant

    def save(self) -> Grant | None:
        given = self.cleaned_data
        self.attempt(end_grant, grant=self.row, to_on=given["to_on"], reason=given["reason"])
        return self.row
