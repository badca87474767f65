"""Forms to log the other contributions of members, one, several or a whole list at once, and to correct them."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from activities import services
from activities.models import Contribution, ContributionKind
from activities.pasted import Entry, parse
from members.access import visible
from members.evidence import EvidenceField
from members.matching import Matcher
from members.models import Seat, Subject, User
from members.narrowing import BodyFilter, DayFilter
from members.quick import QuickRow
from members.recording import (
    DayField,
    KnownRecord,
    NamesField,
    NewRecord,
    RecordForm,
    digest_of,
    office_field,
    row_field,
)

ROLES = [("", "—"), ("lead", "牵头（第一作者、执笔）"), ("cosigner", "参与（联名）"), ("participant", "参加")]
HERE = "present"  # what the reader of lists calls somebody with no word beside the name
ABSENT = ("leave", "absent", "exempt")


def quantity_field() -> forms.DecimalField:
    return forms.DecimalField(
        label="数量",
        initial=1,
        max_digits=7,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": "“数量”不是数字。请填大于 0 的数，例如 1 或 0.5。",
            "max_decimal_places": "“数量”最多两位小数，例如 0.5。请改正。",
            "max_digits": "“数量”太大了，最多五位整数。请改正。",
            "max_whole_digits": "“数量”太大了，最多五位整数。请改正。",
        },
    )


def place_field(label: str) -> forms.IntegerField:
    wrong = f"“{label}”应是 1 到 999 的整数，请改正。"
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
    )


def title_field() -> forms.CharField:
    return forms.CharField(label="事项", max_length=200, help_text="例如“关于……的调研报告”“义诊活动”")


def seen_of(contribution: Contribution) -> str:
    """Digest of what somebody who confirms a contribution has looked at."""
    names = ("kind_id", "subject_id", "title", "happened_on", "quantity", "level", "evidence_id", "state")
    return digest_of({name: getattr(contribution, name) for name in names})


class TitledForm(RecordForm):
    """The service's `title` is these forms' `title_of_work`: `title` is the page's."""

    def take_errors(self, error: ValidationError) -> None:
        if hasattr(error, "error_dict") and "title" in error.error_dict:
            rest = {name: found for name, found in error.error_dict.items() if name != "title"}
            error = ValidationError({**rest, "title_of_work": error.error_dict["title"]})
        super().take_errors(error)


class ContributionForm(NewRecord, TitledForm):
    """One thing that one or several people did: plenary addresses, research reports, public service, honours …"""

    model = Contribution
    title = "登记其他履职"

    office = office_field()
    kind = row_field("类型", ContributionKind, required=True)
    title_of_work = title_field()
    happened_on = DayField(label="日期")
    names = NamesField(label="委员", required=False)
    special_subject = row_field("专委会或活动组", Subject, help_text="记给专委会或活动组的才填")
    level = forms.ChoiceField(label="级别", choices=Contribution.Level, required=False)
    role = forms.ChoiceField(label="角色", choices=ROLES, required=False)
    quantity = quantity_field()
    is_shared = forms.BooleanField(label="是几个人合作的一件成果（署名次序同名单的次序）", required=False)
    evidence = EvidenceField()

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        kinds = self.only_my_committees(visible(self.user, ContributionKind)).filter(is_open=True)
        self.offer("kind", kinds)
        self.fields["kind"].empty_label = "请选择"
        if "special_subject" in self.fields:
            others = self.only_my_committees(visible(self.user, Subject)).filter(seat__isnull=True)
            self.offer("special_subject", others.select_related("special_committee", "group"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["subjects"] = self.of_seats(self.chosen_seats())
        if cleaned.get("special_subject"):
            cleaned["subjects"].append(cleaned["special_subject"])
        if not cleaned["subjects"] and not self.errors:
            self.add_error("names", "没有填是谁的履职。请填委员姓名，或选择专委会、活动组。")
        return cleaned

    def chosen_seats(self) -> list[Seat]:
        return self.seats("names", self.office_seats(self.cleaned_data.get("happened_on")))

    def of_seats(self, seats: list[Seat]) -> list[Subject]:
        rows = visible(self.user, Subject).filter(seat__in=seats).select_related("seat__member")
        subjects = {row.seat_id: row for row in rows}
        return [subjects[seat.pk] for seat in seats]

    def _entries(self) -> list[services.ContributionEntry]:
        given = self.cleaned_data
        is_shared, work = given["is_shared"], uuid.uuid4()
        count = len(given["subjects"]) if is_shared else 1
        return [
            services.ContributionEntry(
                kind=given["kind"],
                subject=subject,
                title=given["title_of_work"],
                happened_on=given["happened_on"],
                level=given["level"],
                role=given["role"],
                quantity=given["quantity"],
                position=place if is_shared else 1,
                sharers=count,
                work=work if is_shared else uuid.uuid4(),
                public_id=self.new_id(str(place)),
            )
            for place, subject in enumerate(given["subjects"], start=1)
        ]

    def save(self) -> list[Contribution] | None:
        office, entries = self.cleaned_data["office"], self._entries()
        logged = self.logged([entry.public_id for entry in entries])
        rows = list(logged) or self.attempt(
            services.record_contributions,
            committee=office.committee,
            office=office,
            entries=entries,
            file=self.cleaned_data["evidence"],
            grant=self.grant(office),
        )
        if not rows and (rows := list(logged.all())):
            self.errors.clear()
        return rows


class QuickForm(QuickRow, ContributionForm):
    """The usual fields of one contribution."""

    widths = {
        "office": 2,
        "names": 4,
        "kind": 2,
        "title_of_work": 4,
        "happened_on": 2,
        "level": 2,
        "quantity": 1,
    }
    typed_next = "names"

    def clean(self) -> dict[str, Any]:
        return super().clean() | {"role": "", "is_shared": False, "evidence": None}


class ContributionPasteForm(ContributionForm):
    """Many members at one event: the list is read, what was recognised is shown, then saved in one act."""

    title = "粘贴名单登记"
    submit = "核对名单"

    special_subject = None
    names = NamesField(
        label="名单",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="从微信、通知里复制来的姓名，用顿号、逗号、空格或换行分开；注明请假、缺席的不登记",
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.found: list[dict[str, Any]] = []

    def chosen_seats(self) -> list[Seat]:
        """Those chosen on the page that shows the list; before it was shown, those that are sure."""
        given = self.cleaned_data
        seats = self.office_seats(given.get("happened_on"))
        if not seats or not given.get("names"):
            return []
        entries = parse(given["names"], Matcher(seats), HERE)
        logged = self._logged_before()
        self.found = [self._shown(number, entry, logged) for number, entry in enumerate(entries)]
        by_id = {str(seat.public_id): seat for one in self.found for seat in one["entry"].candidates}
        chosen = [one["who"] for one in self.found if one["who"]]
        if any(key not in by_id for key in chosen):
            self.add_error(None, "名单里选的人不在可选范围内，请重新选择。")
            return []
        if not chosen and "save" in self.data:
            self.add_error(None, "名单里没有选定任何人，没有保存。请在“是谁”里选人，或改名单后重新核对。")
        return list(dict.fromkeys(by_id[key] for key in chosen))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "save" not in self.data and self.found and list(self.errors) == ["names"]:
            del self.errors["names"]  # nobody is sure: the page that shows the list lets choose
        return cleaned

    def _shown(self, number: int, entry: Entry, logged: set[int]) -> dict[str, Any]:
        """What the page shows of one name of the list, and who is chosen for it."""
        is_logged = entry.is_sure and entry.candidates[0].pk in logged
        is_here = entry.mark.partition(":")[0] not in ABSENT
        sure = str(entry.candidates[0].public_id) if entry.is_sure and is_here and not is_logged else ""
        who = self.data.get(f"who-{number}", sure) if "save" in self.data else sure
        return {"number": number, "entry": entry, "who": who, "is_logged": is_logged, "is_here": is_here}

    def _logged_before(self) -> set[int]:
        """Primary keys of the seats for which this very thing is logged already."""
        given = self.cleaned_data
        if not given.get("kind") or not given.get("title_of_work"):
            return set()
        same = visible(self.user, Contribution).filter(
            kind=given["kind"],
            title=given["title_of_work"],
            happened_on=given["happened_on"],
            subject__seat__isnull=False,
        )
        return set(same.values_list("subject__seat", flat=True))


class ContributionChangeForm(KnownRecord, TitledForm):
    """Correct what was typed wrong, or put evidence to it."""

    model = Contribution
    title = "修改履职记录"

    kind = row_field("类型", ContributionKind, required=True)
    title_of_work = title_field()
    happened_on = DayField(label="日期")
    level = forms.ChoiceField(label="级别", choices=Contribution.Level, required=False)
    role = forms.ChoiceField(label="角色", choices=ROLES, required=False)
    quantity = quantity_field()
    position = place_field("署名次序")
    sharers = place_field("署名人数")
    evidence = EvidenceField(label="补充或更换佐证材料")
    reason = forms.CharField(label="修改理由", max_length=200, required=False)

    def __init__(self, *args: Any, contribution: Contribution, **options: Any):
        names = ("kind", "happened_on", "level", "role", "quantity", "position", "sharers")
        initial = {name: getattr(contribution, name) for name in names} | {"title_of_work": contribution.title}
        super().__init__(*args, committee=contribution.committee, initial=initial, **options)
        self.contribution = contribution
        kinds = visible(self.user, ContributionKind).filter(committee=contribution.committee_id)
        self.offer("kind", kinds.filter(Q(is_open=True) | Q(pk=contribution.kind_id)))
        if contribution.role and contribution.role not in dict(ROLES):
            self.fields["role"].choices = [*ROLES, (contribution.role, contribution.role)]

    def save(self) -> Contribution:
        given = self.cleaned_data
        names = ("kind", "happened_on", "level", "role", "quantity", "position", "sharers")
        self.attempt(
            services.change_contribution,
            contribution=self.contribution,
            title=given["title_of_work"],
            file=given["evidence"],
            reason=given["reason"],
            grant=self.grant(self.contribution.office),
            **{name: given[name] for name in names},
        )
        return self.contribution


class ContributionFilter(BodyFilter, DayFilter):
    day = "happened_on"

    q = forms.CharField(label="事项或姓名", required=False)
    kind = row_field("类型", ContributionKind)
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Contribution.State.choices])

    field_order = ["q", "kind", "year", "state"]
    more = (*BodyFilter.bodies, *DayFilter.days)

    def __init__(self, *args: Any, user: User, **options: Any):
        super().__init__(*args, **options)
        self.fields["kind"].queryset = visible(user, ContributionKind)
        self.fields["kind"].empty_label = "全部"

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        if self.chosen("q"):
            rows = rows.about(self.chosen("q"))
        if self.chosen("kind"):
            rows = rows.filter(kind=self.chosen("kind"))
        if self.chosen("year"):
            rows = rows.filter(happened_on__year=self.chosen("year"))
        if self.chosen("state"):
            rows = rows.filter(state=self.chosen("state"))
        return rows
