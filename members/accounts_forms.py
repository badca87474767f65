"""Forms of the pages on accounts."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from members.access import Verb, committees_beyond_own, visible
from members.accounts import Slip, create_account, link_member
from members.listing import FilterForm
from members.models import Committee, Grant, Role, Seat, User
from members.recording import RecordForm
from members.signin import locked_usernames

UNUSED_DAYS = 90  # after which an account is worth a question: GB/T 22239 asks to close what nobody uses
NEVER, LOCKED, CLOSED, UNGRANTED, UNUSED, LEFT = "never", "locked", "closed", "ungranted", "unused", "left"
STATES = [
    (NEVER, "从未登录"),
    (LOCKED, "暂时锁定"),
    (CLOSED, "已停用"),
    (UNGRANTED, "没有授权"),
    (UNUSED, f"{UNUSED_DAYS} 天未登录"),
    (LEFT, "委员已离任"),
]


class AccountFilter(FilterForm):
    q = forms.CharField(label="姓名或用户名", required=False)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部"), *Role.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])

    def narrow(self, rows: QuerySet) -> QuerySet:
        text, role, state = (self.chosen(name) for name in ("q", "role", "state"))
        today = timezone.localdate()
        if text:
            found = Q(username__icontains=text) | Q(name__icontains=text) | Q(member__initials__istartswith=text)
            rows = rows.filter(found)
        if role:
            holders = Grant.objects.active_on(today).filter(role=role)
            rows = rows.filter(pk__in=holders.values("user"))
        if state == NEVER:
            rows = rows.filter(last_login__isnull=True, is_active=True)
        elif state == LOCKED:
            rows = rows.filter(username__in=locked_usernames())
        elif state == CLOSED:
            rows = rows.filter(is_active=False)
        elif state == UNGRANTED:
            rows = rows.exclude(pk__in=Grant.objects.active_on(today).values("user"))
        elif state == UNUSED:
            since = timezone.now() - datetime.timedelta(days=UNUSED_DAYS)
            rows = rows.filter(is_active=True, last_login__lt=since)
        elif state == LEFT:
            serving = Seat.objects.serving_on(today).values("member")
            rows = rows.filter(is_active=True, member__isnull=False).exclude(member__in=serving)
        return rows


class PersonFilter(FilterForm):
    q = forms.CharField(label="姓名、拼音首字母或编号", required=False)

    def narrow(self, rows: QuerySet) -> QuerySet:
        text = self.chosen("q")
        if text:
            found = Q(member__name__contains=text) | Q(member__initials__startswith=text.lower()) | Q(number=text)
            rows = rows.filter(found)
        return rows


def kept(user: User) -> QuerySet[User]:
    """The accounts that this system administrator keeps: those of his committees, not those only granted something in it."""
    committees = committees_beyond_own(user, Verb.ACCOUNTS, User)
    return visible(user, User, Verb.ACCOUNTS).filter(committee__in=committees)


def without_account(user: User) -> QuerySet[Seat]:
    """Seats held today by people who have no account, in stroke order."""
    seats = visible(user, Seat, Verb.ACCOUNTS).serving_on(timezone.localdate())
    people = User.objects.filter(member__isnull=False).values("member")
    return seats.exclude(member__in=people).select_related("member", "sector", "committee").in_stroke_order()


class AccountForm(RecordForm):
    """A new account for one of the staff."""

    model = User
    verb = Verb.ACCOUNTS
    title = "新建工作人员账号"
    submit = "新建并显示密码条"

    name = forms.CharField(label="姓名", max_length=60)
    username = forms.CharField(
        label="用户名",
        max_length=60,
        help_text="用来登录，例如姓名拼音 zhangsan；建好后不能改",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    committee = forms.ModelChoiceField(
        label="委员会", queryset=Committee.objects.none(), to_field_name="public_id", empty_label=None
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        field = self.fields["committee"]
        field.queryset = visible(self.user, Committee).filter(pk__in=self.committees)
        if len(self.committees) == 1:
            field.initial = next(iter(self.committees.values())).public_id
            field.widget = forms.HiddenInput()

    def save(self) -> Slip | None:
        given = self.cleaned_data
        made = self.attempt(
            create_account, committee=given["committee"], username=given["username"], name=given["name"].strip()
        )
        return Slip(*made) if made else None


class LinkForm(RecordForm):
    """关联委员: whose own card the account opens."""

    model = User
    verb = Verb.ACCOUNTS
    title = "关联委员"
    submit = "关联"

    member = forms.CharField(
        label="委员", max_length=60, help_text="姓名、拼音首字母或委员编号；重名的请填编号", widget=forms.TextInput()
    )

    def __init__(self, *args: Any, account: User, **options: Any):
        super().__init__(*args, committee=account.committee, **options)
        self.account = account

    def save(self) -> User | None:
        seats = visible(self.user, Seat, Verb.ACCOUNTS).filter(committee=self.account.committee)
        found = self.seats("member", seats.serving_on(timezone.localdate()).select_related("member", "sector"))
        if self.errors:
            return None
        if len(found) != 1:
            self.add_error("member", "“委员”要填一位，请只写一个姓名或编号。")
            return None
        self.attempt(link_member, account=self.account, member=found[0].member)
        return self.account


class ReasonForm(forms.Form):
    """Why an account is closed or opened."""

    reason = forms.CharField(max_length=200, required=False, strip=True)


def asked_for(data: QueryDict, rows: QuerySet) -> list[Any]:
    """Of a list with ticks, the rows meant: all of them, or those ticked; what has left the list is passed over."""
    if data.get("scope") == "all":
        return list(rows)
    ticked = set(data.getlist("chosen"))
    return [row for row in rows if str(row.public_id) in ticked]
