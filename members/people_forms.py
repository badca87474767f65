"""Forms of the pages on members, their seats, posts and groups."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from members.access import visible
from members.models import Group, Member, PostCode, Seat, Sector, SpecialCommittee, Term
from members.recording import CHANGED, DayField, KnownRecord, NewRecord, RecordForm, row_field
from members.services import add_seat, change_seat, set_groups, set_posts

EMPTY_ROWS = 2  # a page without script offers so many new rows at a time


class SeatForm(RecordForm):
    """What the office knows of a person and of the seat."""

    model = Seat

    name = forms.CharField(label="姓名", max_length=60)
    number = forms.CharField(label="委员编号", max_length=20)
    sector = row_field("界别", Sector, required=True)
    special_committee = row_field("专门委员会", SpecialCommittee)
    second_special_committee = row_field("第二专门委员会", SpecialCommittee)
    joined_on = DayField(label="任职开始", help_text="届中增补的填增补日期")
    left_on = DayField(label="任职结束", required=False, help_text="届中离任的填最后一天；职务随之结束")
    sex = forms.ChoiceField(label="性别", required=False, choices=[("", "—"), *Member.Sex.choices])
    ethnicity = forms.CharField(label="民族", max_length=20, required=False)
    party = forms.CharField(label="党派", max_length=40, required=False)
    birth_on = DayField(label="出生日期", required=False, help_text="例如 1970-05-01")
    unit = forms.CharField(label="工作单位", max_length=100, required=False)
    duty = forms.CharField(label="单位职务", max_length=60, required=False)
    telephone = forms.CharField(label="手机号", max_length=40, required=False)
    place = forms.CharField(label="会场座位号", max_length=20, required=False, help_text="例如 3-12")
    not_scored_reason = forms.CharField(
        label="不参加评价的理由", max_length=200, required=False, help_text="例如：援外工作，经主席会议同意"
    )
    not_scored_from_on = DayField(
        label="不参加评价自", required=False, help_text="不填日期则各年度都不评价；填了则只是这段时间涉及的年度"
    )
    not_scored_to_on = DayField(label="不参加评价至", required=False)

    more = ("place", "second_special_committee", "not_scored_reason", "not_scored_from_on", "not_scored_to_on")

    def offer_parts(self, term: Term) -> None:
        self.offer("sector", visible(self.user, Sector).filter(term=term))
        parts = visible(self.user, SpecialCommittee).filter(committee=term.committee)
        self.offer("special_committee", parts)
        self.offer("second_special_committee", parts)


class NewSeatForm(NewRecord, SeatForm):
    title = "新增委员"

    post = forms.ChoiceField(label="职务", choices=PostCode.choices, initial=PostCode.MEMBER)

    field_order = ["name", "number", "post", "sector", "special_committee", "joined_on"]

    def __init__(self, *args: Any, term: Term, **options: Any):
        super().__init__(*args, committee=term.committee, **options)
        self.term = term
        self.fields["joined_on"].initial = max(
            term.starts_on, min(timezone.localdate(), term.ends_on or term.starts_on)
        )
        self.offer_parts(term)
        del self.fields["left_on"]

    def save(self) -> Seat | None:
        given = {name: value for name, value in self.cleaned_data.items() if name != "once"}
        ids = {kind: self.new_id(kind) for kind in ("member", "seat", "subject", "post")}
        known = self.logged([ids["seat"]]).first()
        return known or self.attempt(
            add_seat, committee=self.term.committee, term=self.term, public_ids=ids, grant=self.grants[0], **given
        )


class SeatChangeForm(KnownRecord, SeatForm):
    title = "修改委员"

    initials = forms.CharField(
        label="拼音首字母", max_length=60, required=False, help_text="登记出席时在框里输入；多音字可以改，例如 zgj"
    )
    remove_telephone = forms.BooleanField(label="删除登记的手机号", required=False)
    reason = forms.CharField(label="修改理由", max_length=200, required=False)

    more = (*SeatForm.more, "initials", "remove_telephone", "reason")

    def __init__(self, *args: Any, seat: Seat, **options: Any):
        shown = {name: getattr(seat, name) for name in SEAT_SHOWN}
        shown |= {name: getattr(seat.member, name) for name in PERSON_SHOWN}
        shown |= {name: getattr(seat, name) and getattr(seat, name).public_id for name in PARTS_SHOWN}
        super().__init__(*args, committee=seat.committee, initial=shown, **options)
        self.seat = seat
        self.offer_parts(seat.term)
        masked = seat.member.masked_telephone
        self.fields["telephone"].help_text = f"已登记 {masked}；要更换才填" if masked else ""
        if not masked:
            del self.fields["remove_telephone"]

    def save(self) -> Seat | None:
        given = self.cleaned_data
        beside = {"seen", "reason", "remove_telephone", "telephone"}
        changes = {name: given[name] for name in self.changed_data if name not in beside}
        if given["telephone"]:
            changes["telephone"] = given["telephone"]
        elif given.get("remove_telephone"):
            changes["telephone"] = ""
        self.attempt(change_seat, seat=self.seat, reason=given["reason"], grant=self.grants[0], **changes)
        return self.seat


SEAT_SHOWN = (
    "number",
    "joined_on",
    "left_on",
    "unit",
    "duty",
    "place",
    "not_scored_reason",
    "not_scored_from_on",
    "not_scored_to_on",
)
PERSON_SHOWN = ("name", "sex", "ethnicity", "party", "birth_on", "initials")
PARTS_SHOWN = ("sector", "special_committee", "second_special_committee")


class SpansForm(KnownRecord, RecordForm):
    """What a seat holds with dates, one row each: all rows are saved together; a row without its first column goes.

    A form of one kind of spans says ``present(seat)``, [(kind, first day, last day or None)] of those there are, and
    ``kind_field()``, the box of the first column.
    """

    model = Seat
    what = ""

    reason = forms.CharField(label="理由", max_length=200, required=False, help_text="例如：常委会第三次会议增补")

    def __init__(self, *args: Any, seat: Seat, **options: Any):
        spans = list(self.present(seat))
        shown = {}
        for place, (kind, from_on, to_on) in enumerate(spans):
            shown |= {f"kind_{place}": kind, f"from_{place}": from_on, f"to_{place}": to_on}
        super().__init__(*args, committee=seat.committee, initial=shown, **options)
        self.seat = seat
        self.count = len(spans) + EMPTY_ROWS
        for place in range(self.count):
            self.fields[f"kind_{place}"] = self.kind_field()
            self.fields[f"from_{place}"] = DayField(label=f"第 {place + 1} 行开始日期", required=False, help_text="")
            self.fields[f"to_{place}"] = DayField(label=f"第 {place + 1} 行结束日期", required=False, help_text="")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("seen"):
            # Rows that are not sent go: what was sent must be the whole page.
            self.add_error(None, CHANGED)
        return cleaned

    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{place}"] for name in ("kind", "from", "to")] for place in range(self.count)]

    def usual_fields(self) -> list[forms.BoundField]:
        return [self["reason"]]

    def spans(self) -> list[tuple[Any, Any, Any]]:
        """(kind, first day, last day or None) of the filled rows; a kind without its first day is an error."""
        given, found = self.cleaned_data, []
        for place in range(self.count):
            kind, from_on, to_on = (given.get(f"{name}_{place}") for name in ("kind", "from", "to"))
            if kind and from_on is None and f"from_{place}" not in self.errors:
                self.add_error(f"from_{place}", f"第 {place + 1} 行选了{self.what}，没有填开始日期，请填写。")
            if kind and from_on:
                found.append((kind, from_on, to_on))
        return found


class PostsForm(SpansForm):
    title = "职务"
    what = "职务"

    def present(self, seat: Seat) -> Iterable[tuple[Any, Any, Any]]:
        return [(post.code, post.from_on, post.to_on) for post in seat.posts.all()]

    def kind_field(self) -> forms.Field:
        return forms.ChoiceField(label="职务", required=False, choices=[("", "—"), *PostCode.choices])

    def save(self) -> Seat | None:
        posts = self.spans()
        if not self.errors:
            reason = self.cleaned_data["reason"]
            self.attempt(set_posts, seat=self.seat, posts=posts, reason=reason, grant=self.grants[0])
        return self.seat


class GroupsForm(SpansForm):
    title = "活动组"
    what = "活动组"

    def __init__(self, *args: Any, user: Any, seat: Seat, **options: Any):
        self.groups: QuerySet[Group] = visible(user, Group).filter(committee=seat.committee)
        super().__init__(*args, user=user, seat=seat, **options)

    def present(self, seat: Seat) -> Iterable[tuple[Any, Any, Any]]:
        rows = seat.group_memberships.select_related("group")
        return [(row.group.public_id, row.from_on, row.to_on) for row in rows]

    def kind_field(self) -> forms.Field:
        return forms.ModelChoiceField(
            label="活动组", required=False, queryset=self.groups, to_field_name="public_id", empty_label="—"
        )

    def save(self) -> Seat | None:
        spans = self.spans()
        if not self.errors:
            reason = self.cleaned_data["reason"]
            self.attempt(set_groups, seat=self.seat, spans=spans, reason=reason, grant=self.grants[0])
        return self.seat


def term_of(terms: QuerySet[Term]) -> Term | None:
    """The term for which members are added: the one that runs today, else the newest."""
    found = list(terms.order_by("-number"))
    today = timezone.localdate()
    running = (term for term in found if term.starts_on <= today and (term.ends_on is None or term.ends_on >= today))
    return next(running, found[0] if found else None)
