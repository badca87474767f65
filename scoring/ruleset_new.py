"""A new draft: from an earlier version, from a shipped regulation, or from a TOML file."""

import functools
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.access import Verb, visible
from members.models import Committee, Subject, User
from members.recording import REQUIRED, year_field
from scoring import engine
from scoring.compiled import TamperedRuleset
from scoring.engine.schema import RulesetError
from scoring.models import Ruleset
from scoring.rulesets import names, shipped
from scoring.services.rulesets import for_year, in_year, load_ruleset, store_ruleset

LARGEST = 1_000_000  # bytes of a TOML file; the longest regulation seen makes some 20 000
FILE = "file"


@functools.cache
def templates() -> dict[str, str]:
    """{name of a shipped ruleset: its title and whom it is about}, read from the heads of the files."""
    found = {}
    for name in names():
        head = shipped(name).partition("[")[0]
        words = dict(re.findall(r'^(title|subjects) = "([^"]*)"', head, re.MULTILINE))
        found[name] = f"{words['title']}（{Subject.Kind(words.get('subjects', 'member')).label}）"
    return found


class RulesetNewForm(forms.Form):
    """Where the draft begins, and the year it is for."""

    title = "起草考核办法"
    use_required_attribute = False
    more = ()

    base = forms.ChoiceField(label="从哪里开始")
    file = forms.FileField(
        label="TOML 文件（选填）", required=False, help_text="选了“上传 TOML 文件”的才用；可以是从本系统导出的"
    )
    year = year_field()
    reason = forms.CharField(
        label="修订理由（选填）", max_length=500, required=False, help_text="这一年已有审定的办法时必须写：为什么修订"
    )
    replace = forms.BooleanField(label="这一年已有草稿的，用新的替换", required=False)

    def __init__(self, *args: Any, user: User, committee: Committee, **options: Any):
        super().__init__(*args, label_suffix="", **options)
        self.user, self.committee = user, committee
        own = visible(user, Ruleset, Verb.LOG).filter(committee=committee).defer("toml", "original")
        self.own = {str(row.public_id): row for row in own.order_by("-year", "subject_kind", "-version")}
        self.fields["base"].choices = [
            ("本会的办法", [(key, f"{row}，{row.get_subject_kind_display()}") for key, row in self.own.items()]),
            ("已发布的办法范本", list(templates().items())),
            ("文件", [(FILE, "上传 TOML 文件")]),
        ]
        for name in ("base", "year"):
            field = self.fields[name]
            field.error_messages["required"] = REQUIRED.format(label=field.label)
        self.fields["base"].error_messages["invalid_choice"] = "“从哪里开始”选的不在可选范围内，请重新选择。"

    def usual_fields(self) -> list[forms.BoundField]:
        return self.visible_fields()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        base = cleaned["base"]
        try:
            self.content, self.original = self._read(base, cleaned["year"])
        except RulesetError as error:
            name = "file" if base == FILE else "base"
            self.add_error(name, list(error.problems[:20]))
        except TamperedRuleset as error:
            self.add_error("base", str(error))
        return cleaned

    def _read(self, base: str, year: int) -> tuple[engine.Ruleset | None, str]:
        if base == FILE:
            return self._uploaded(), ""
        if base in self.own:
            row = Ruleset.objects.get(pk=self.own[base].pk)
            return for_year(load_ruleset(row), year), row.original
        return in_year(engine.loads(shipped(base)), year), ""

    def _uploaded(self) -> engine.Ruleset | None:
        file = self.cleaned_data.get("file")
        if file is None:
            self.add_error("file", "没有选文件。请选一个 .toml 文件，或从已有的办法、范本开始。")
            return None
        if file.size > LARGEST:
            self.add_error(
                "file", f"文件有 {file.size // 1000} KB，考核办法的文件不会超过 1000 KB，请核对选的是不是它。"
            )
            return None
        try:
            return engine.loads(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", "文件不是 UTF-8 编码的文字，请另存为 UTF-8 的 .toml 文件再上传。")
        return None

    def save(self) -> Ruleset | None:
        content, year = self.content, self.cleaned_data["year"]
        draft = Ruleset.objects.filter(
            committee=self.committee, year=year, subject_kind=content.subjects, state=Ruleset.State.DRAFT
        ).first()
        if draft is not None and not self.cleaned_data["replace"]:
            self.add_error(
                None,
                f"{year} 年已有草稿“{draft}”，没有新建。请返回列表修改它；确实要整份换掉的，请勾选“用新的替换”。",
            )
            return None
        try:
            return store_ruleset(
                user=self.user,
                committee=self.committee,
                year=year,
                ruleset=content,
                reason=self.cleaned_data["reason"],
                original=self.original,
            )
        except ValidationError as error:
            self.add_error(None, error)
        return None
