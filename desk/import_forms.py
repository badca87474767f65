"""Forms of an import: which file, and how its columns are to be read."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404

from desk import batches
from desk.models import ImportBatch
from desk.sheets.kinds import KINDS
from desk.sheets.limits import SheetRefused
from desk.views_sheets import LOGGED
from members.access import Verb, grants_for, may_beyond_own
from members.columns import SheetProblem, tidy
from members.listing import FilterForm
from members.models import Grant, User
from members.recording import RecordForm, office_field, year_field


def grant_for(user: User, batch: ImportBatch) -> Grant:
    """The grant under which the user may store what the batch holds; Http404 without one."""
    for grant in grants_for(user, Verb.LOG, LOGGED[batch.kind]):
        if grant.committee_id == batch.committee_id and grant.office_id in {None, batch.office_id}:
            return grant
    raise Http404


class ImportForm(RecordForm):
    """Choose a kind and a file. `save` reads the file and keeps its rows; nothing goes to the records."""

    model = ImportBatch
    title = "导入表格"
    submit = "上传并查看"

    kind = forms.ChoiceField(label="表格类型")
    office = office_field()
    year = year_field()
    file = forms.FileField(
        label="文件",
        help_text=".xlsx 或 .csv 文件。上传后先核对，确认以前不会写入任何记录。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "missing": "没有选择文件。请选择要导入的 .xlsx 或 .csv 文件。",
            "empty": "文件是空的（0 字节）。请检查是否选错了文件，或重新保存后再导入。",
            "invalid": "没有收到文件。请重新选择文件再上传。",
        },
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.is_new = True
        self.fields["kind"].choices = [
            (kind, sheet.label) for kind, sheet in KINDS.items() if may_beyond_own(self.user, Verb.LOG, LOGGED[kind])
        ]
        year = self.fields["year"]
        year.required = False
        year.label = "年度（选填）"
        year.help_text = "表里的日期没有写年份时填写；导入委员名册时用来确定是哪一届"

    def save(self) -> ImportBatch | None:
        given = self.cleaned_data
        office, file = given["office"], given["file"]
        grant = self.grant(office)
        if given["kind"] == "members" and (grant is None or grant.office_id is not None):
            self.add_error("kind", "委员名册由负责全会的处室导入，您的授权只限于一个处室。请改选其他类型。")
            return None
        try:
            batch, self.is_new = batches.open_batch(
                user=self.user,
                grant=grant,
                kind=given["kind"],
                name=file.name,
                stream=file.file,
                committee=office.committee,
                office=office,
                year=given["year"],
            )
        except (SheetRefused, SheetProblem) as problem:
            self.add_error("file", str(problem))
            return None
        except ValidationError as error:
            self.take_errors(error)
            return None
        return batch


class UndoForm(forms.Form):
    """Why a batch is taken back, and its last four digits, so that nobody does it by a slip."""

    use_required_attribute = False

    reason = forms.CharField(
        label="撤销的理由",
        max_length=200,
        error_messages={
            "required": "“撤销的理由”没有填，请填写。",
            "max_length": "“撤销的理由”有 %(show_value)d 个字，最多 %(limit_value)d 个字，请缩短。",
        },
    )
    token = forms.CharField(
        label="批次号的后四位",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "“批次号的后四位”没有填，请填写本页上方批次号的最后四个数字。",
            "max_length": "“批次号的后四位”太长，请填写本页上方批次号的最后四个数字。",
        },
    )

    def __init__(self, *args: Any, batch: ImportBatch, **options: Any):
        super().__init__(*args, label_suffix="", **options)
        self.batch = batch

    def clean_token(self) -> str:
        typed = tidy(self.cleaned_data["token"])
        if typed != self.batch.token:
            raise ValidationError(
                f"“批次号的后四位”填的是“{typed}”，与批次号 {self.batch.number} 的后四位不同。请核对是不是这一批。"
            )
        return typed


class BatchFilter(FilterForm):
    text = forms.CharField(label="文件名", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("open", "待确认"), *ImportBatch.State.choices[2:]]
    )

    def narrow(self, rows: Any) -> Any:
        if text := self.chosen("text"):
            rows = rows.filter(file_name__icontains=text)
        state = self.chosen("state")
        if state == "open":
            return rows.waiting()
        return rows.filter(state=state) if state else rows
