"""佐证材料 as a field of a form, and the one view that serves such a file: to those who may see its record."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_safe

from audit.evidence import opened, saving
from audit.filetypes import ACCEPTED, EXTENSIONS, PICTURES, Checked, FileRefused, checked, megabytes
from audit.models import ActionStamp, Evidence
from members.access import visible
from members.models import User
from members.recording import RecordForm, form_page


class EvidenceField(forms.FileField):
    """Choose a photo or a paper; cleans to audit.filetypes.Checked, or None when nothing was chosen."""

    widget = forms.FileInput

    def __init__(self, **options: Any):
        options.setdefault("label", "佐证材料")
        options.setdefault("required", False)
        options.setdefault("help_text", f"照片或文件：{ACCEPTED}，最大 {megabytes(settings.EVIDENCE_MAX_BYTES)}")
        options.setdefault(
            "error_messages",
            {
                "empty": "选的文件是空的（0 字节）。请检查是否选错了文件，或重新保存后再上传。",
                "invalid": "没有收到文件。请重新选择文件再上传。",
            },
        )
        super().__init__(**options)
        self.widget.attrs["accept"] = ",".join([".jpeg", *EXTENSIONS.values()])

    def clean(self, data: Any, initial: Any = None) -> Checked | None:
        file = super().clean(data, None)
        if not file:
            return None
        try:
            return checked(file.name, file.file, settings.EVIDENCE_MAX_BYTES)
        except FileRefused as problem:
            raise ValidationError(str(problem)) from problem


def file_form_page(request: HttpRequest, make_form: Callable[..., RecordForm], **options: Any) -> HttpResponse:
    """``form_page`` for a form with an EvidenceField: ``make_form(data, files)``; a failed save leaves no file."""

    def form_of(data: Any) -> RecordForm:
        form = make_form(data, None if data is None else request.FILES)
        return form if data is None else _with_files_named(form, request.FILES)

    with saving():
        return form_page(request, form_of, **options)


def _with_files_named(form: RecordForm, files: MultiValueDict) -> RecordForm:
    """A browser keeps what was typed but no file: a form that comes back says which to choose again."""
    for name in form.fields.keys() & files.keys():
        field = form.fields[name]
        field.help_text = f"刚才选的“{files[name].name[:100]}”没有保留，请重新选择。{field.help_text}"
    return form


def is_readable(user: User, evidence: Evidence) -> bool:
    """Whether the user may see a record that the file belongs to. One query for each model that has files."""
    return any(
        visible(user, relation.related_model).filter(**{relation.field.name: evidence}).exists()
        for relation in Evidence._meta.get_fields(include_hidden=True)
        if _is_of_a_record(relation)
    )


def _is_of_a_record(relation: models.Field) -> bool:
    """Of records themselves, not of their histories."""
    return (
        relation.auto_created
        and relation.is_relation
        and hasattr(relation.related_model, "access_scope")
        and not issubclass(relation.related_model, ActionStamp)
    )


@login_required
@require_safe
@csp_update({"sandbox": [True]})
def evidence_file(request: HttpRequest, public_id: str) -> FileResponse:
    """Pictures are shown, papers are saved. Nothing of ours runs in them, and they run nothing on our pages."""
    evidence = get_object_or_404(Evidence, public_id=public_id)
    if not is_readable(request.user, evidence):
        raise Http404
    try:
        file = opened(evidence)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        as_attachment=evidence.media_type not in PICTURES,
        filename=evidence.name,
        content_type=evidence.media_type,
    )
