"""Forms of 评价: a whole list entered with one save, and a member's own parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from members.access import Verb, visible
from members.checks import is_own
from members.evidence import EvidenceField
from members.listing import FilterForm
from members.models import Subject
from members.recording import CHANGED, DayField, RecordForm, digest_of, office_field
from scoring.appraising import By, Part, asked
from scoring.forms import PointsField
from scoring.manual import in_points
from scoring.models import Appraisal, Assessment
from scoring.services.appraisals import Entered, Mark, check_is_over, check_mark, enter_appraisals, hand_in

PREFIX = "p"


@dataclass(frozen=True, slots=True)
class Cell:
    """One subject's row of the list: a box to fill in, or the words why there is none."""

    subject: Subject
    field: forms.BoundField | None
    words: str


class AppraisalListForm(RecordForm):
    """One figure for each subject of the year; boxes left empty enter nothing."""

    model = Appraisal
    title = "录入评价"
    submit = "保存，交他人复核"

    office = office_field()
    given_on = DayField(label="评价日期")
    source = forms.CharField(label="评价方", max_length=60, required=False)
    ballots = forms.IntegerField(
        label="票数",
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="分值是多少张有效票的平均；只记票数，不记谁投的",
        error_messages={
            "invalid": "“票数”不是整数。请填整数，例如 62。",
            "min_value": "“票数”应是 1 以上的整数，请改正。",
            "max_value": "“票数”太大，请核对。",
        },
    )
    basis = forms.CharField(
        label="依据",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：某月某日全体会议民主测评统计表。与附件至少有一样",
    )
    evidence = EvidenceField(label="附件")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, assessment: Assessment, part: Part, source: str, sector: str, **options: Any):
        self.conditional = ("source", "ballots", "basis") if part.by == By.PEER else ("source", "basis")
        super().__init__(*args, committee=assessment.committee, **options)
        self.assessment, self.part = assessment, part
        self.fields["given_on"].initial = timezone.localdate()
        self.fields["source"].initial = source or part.source
        if part.by == By.SELF:
            del self.fields["source"], self.fields["ballots"]
        self.subjects = self._subjects(sector)
        self.stored = self._stored(source or part.source)
        self._add_boxes()
        self.fields["seen"].initial = digest_of({str(pk): row.points for pk, row in self.stored.items()})

    def _subjects(self, sector: str) -> list[Subject]:
        rows = visible(self.user, Subject).filter(pk__in=asked(self.assessment, [self.part])[self.part])
        if sector:
            rows = rows.filter(seat__sector__code=sector)
        rows = rows.select_related("seat__member", "seat__sector", "special_committee", "group")
        return list(rows.order_by("seat__number", "special_committee__position", "group__name", "pk"))

    def _stored(self, source: str) -> dict[int, Appraisal]:
        rows = Appraisal.objects.standing().filter(
            assessment=self.assessment, rule=self.part.rule.code, by=self.part.by, source=source
        )
        return {row.subject_id: row for row in rows}

    def _add_boxes(self) -> None:
        for subject in self.subjects:
            if self._closed(subject):
                continue
            box = PointsField(label=f"{subject.name}的分值", required=False)
            box.widget.attrs["aria-label"] = box.label
            stored = self.stored.get(subject.pk)
            box.initial = in_points(stored.points) if stored else None
            self.fields[f"{PREFIX}-{subject.pk}"] = box

    def _closed(self, subject: Subject) -> str:
        """Why there is no box."""
        if subject.seat_id and is_own(self.user, [subject.seat]):
            return "这是您本人，请由他人录入"
        stored = self.stored.get(subject.pk)
        if stored is None:
            return ""
        figure = f"{in_points(stored.points)} 分"
        if stored.state == Appraisal.State.APPROVED:
            return f"{figure}，已复核"
        return f"{figure}，本人已提交" if stored.office_id is None else ""

    def usual_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith(f"{PREFIX}-")]

    def cells(self) -> list[Cell]:
        found = []
        for subject in self.subjects:
            name = f"{PREFIX}-{subject.pk}"
            waits = "待复核" if subject.pk in self.stored else ""
            box = self[name] if name in self.fields else None
            found.append(Cell(subject, box, self._closed(subject) or waits))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("given_on"):
            try:
                check_is_over(cleaned["given_on"])
            except forms.ValidationError as error:
                self.take_errors(error)
        self.marks: list[Mark] = []
        for subject in self.subjects:
            name = f"{PREFIX}-{subject.pk}"
            points = cleaned.get(name)
            stored = self.stored.get(subject.pk)
            if points is None or (stored and (points, cleaned.get("ballots")) == (stored.points, stored.ballots)):
                continue
            mark = Mark(subject, points, cleaned.get("ballots"), cleaned.get("source", ""))
            try:
                check_mark(self.user, self.assessment, self.part, mark)
            except forms.ValidationError as error:
                for field, sentences in error.message_dict.items():
                    if field == "points":
                        self.add_error(name, [f"{subject.name}：{one}" for one in sentences])
                    elif not self.errors.get(field):
                        self.add_error(field if field in self.fields else None, sentences)
                continue
            self.marks.append(mark)
        if not self.marks and not self.errors:
            self.add_error(None, "没有要保存的内容：分值都空着，或与已录入的相同。请填写分值。")
        if self.marks and cleaned.get("seen") != self.fields["seen"].initial:
            self.add_error(None, CHANGED)
        return cleaned

    def save(self) -> Entered | None:
        given = self.cleaned_data
        return self.attempt(
            enter_appraisals,
            assessment=self.assessment,
            office=given["office"],
            rule=self.part.rule.code,
            by=self.part.by,
            given_on=given["given_on"],
            marks=self.marks,
            basis=given["basis"],
            file=given["evidence"],
            grant=self.grant(given["office"]),
        )


class OwnAppraisalForm(RecordForm):
    """A box for each self part that is asked of the member and not handed in yet."""

    model = Appraisal
    verb = Verb.REPORT
    title = "自评"
    submit = "提交自评"

    basis = forms.CharField(label="自评说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, assessment: Assessment, subject: Subject, parts: Sequence[Part], **options: Any):
        super().__init__(*args, committee=assessment.committee, **options)
        self.assessment, self.subject, self.parts = assessment, subject, parts
        boxes = {}
        for number, part in enumerate(parts, start=1):
            note = "仅作参考，不计分" if part.is_reference else ""
            boxes[f"{PREFIX}-{number}"] = PointsField(
                label=f"{part.rule.name}（{part.bounds}{'，' if note else ''}{note}）", required=False
            )
        self.fields = {**boxes, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.points: dict[str, int] = {}
        for number, part in enumerate(self.parts, start=1):
            name = f"{PREFIX}-{number}"
            points = cleaned.get(name)
            if points is None:
                continue
            low, high = part.rule.value.low, part.rule.value.high
            if not low <= points <= high:
                self.add_error(name, f"“{part.rule.name}”填的是 {in_points(points)}，应在 {part.bounds}之间。请改正。")
                continue
            self.points[part.rule.code] = points
        if not self.points and not self.errors:
            self.add_error(f"{PREFIX}-1", "没有填分值，请填写后再提交。")
        return cleaned

    def save(self) -> list[Appraisal] | None:
        grants = (one for one in self.grants if one.committee_id == self.assessment.committee_id)
        return self.attempt(
            hand_in,
            assessment=self.assessment,
            subject=self.subject,
            points=self.points,
            basis=self.cleaned_data["basis"],
            grant=next(grants, None),
        )


class AppraisalFilter(FilterForm):
    q = forms.CharField(label="委员、评价方或依据", required=False)
    by = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *By.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Appraisal.State.choices])
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))

    def narrow(self, rows: QuerySet) -> QuerySet:
        if self.chosen("q"):
            rows = rows.about(self.chosen("q"))
        if self.chosen("by"):
            rows = rows.filter(by=self.chosen("by"))
        if self.chosen("state"):
            rows = rows.filter(state=self.chosen("state"))
        if self.chosen("year"):
            rows = rows.filter(assessment__year=self.chosen("year"))
        return rows
