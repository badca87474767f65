"""The form of the first installation: what an office knows about itself on its first day."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from desk.founding import ACCOUNTS, Founding, split_names
from members.models import Committee, Office, Sector, SpecialCommittee
from members.models.committee import code_validator
from members.names import initials
from members.recording import OPTIONAL, REQUIRED, TOO_LONG, DayField, year_field
from scoring.engine import loads
from scoring.rulesets import names, shipped

USUAL_SECTORS = (
    "中国共产党 民革 民盟 民建 民进 农工党 致公党 九三学社 台盟 无党派人士 共青团和青联 工会 妇联 工商联 科协 台联 侨联 "
    "文化艺术 科学技术 社会科学 经济 农业 教育 体育 新闻出版 医药卫生 对外友好 社会福利和社会保障 少数民族 宗教 环境资源 "
    "特邀香港人士 特邀澳门人士 特别邀请人士"
).split()
USUAL_OFFICES = "办公室 委员联络室 提案办 信息室".split()
USUAL_SPECIAL_COMMITTEES = (
    "提案委员会 经济委员会 农业和农村委员会 人口资源环境委员会 教科卫体委员会 社会法制委员会 民族宗教委员会 文化文史和学习委员会"
).split()
MOST_TERMS = 99
CODE_LENGTH = 40


class CodeForm(forms.Form):
    """The installation code. The field is called password, so that no record of failed attempts holds what was typed."""

    password = forms.CharField(
        label="安装码",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "请填写安装码。", "max_length": "安装码只有 12 个字母和数字，请核对。"},
    )

    def __init__(self, data: Any = None):
        super().__init__(data, label_suffix="")


class PartsField(forms.CharField):
    """Names pasted one a line or with 、 between them; cleans to a list without doubles of at most ``longest`` signs."""

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(self, *, longest: int, usual: list[str], **options: Any):
        options.setdefault("help_text", "每行一个，或用顿号、逗号隔开；已按常见的填好，请增删成本会的")
        super().__init__(max_length=5000, initial="、".join(usual), **options)
        self.longest = longest

    def clean(self, value: Any) -> list[str]:
        found = split_names(super().clean(value))
        problems = [
            f"{self.label}“{name}”写了两次，请只留一个。" for name in dict.fromkeys(found) if found.count(name) > 1
        ]
        problems += [
            f"{self.label}“{name}”有 {len(name)} 个字，最多 {self.longest} 个字。请缩短，或检查是否漏了分隔的顿号。"
            for name in found
            if len(name) > self.longest
        ]
        if problems:
            raise ValidationError(problems)
        if self.required and not found:
            raise ValidationError(self.error_messages["required"])
        return found


def _longest(model: Any) -> int:
    return model._meta.get_field("name").max_length


class SetupForm(forms.Form):
    """Everything about the committee on one page, in four sections; ``founding`` is what to found."""

    use_required_attribute = False

    name = forms.CharField(label="全称", max_length=100, help_text="例如 中国人民政治协商会议云河县委员会")
    short_name = forms.CharField(label="简称", max_length=40, help_text="显示在每页左上角，例如 云河县政协")
    level = forms.ChoiceField(label="级别", choices=Committee.Level, initial=Committee.Level.COUNTY)
    code = forms.CharField(
        label="代码",
        max_length=CODE_LENGTH,
        required=False,
        validators=[code_validator],
        help_text="用户名以它开头，例如 yunhe-clerk；不填则取简称的拼音首字母",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    term = forms.IntegerField(
        label="现在是第几届",
        min_value=1,
        max_value=MOST_TERMS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"“现在是第几届”应是 1 到 {MOST_TERMS} 的数字，例如 10。"
        ),
    )
    term_starts_on = DayField(label="本届开始日期", help_text="换届全会开幕的日子，例如 2022-01-10")
    sectors = PartsField(label="界别", longest=_longest(Sector), usual=USUAL_SECTORS)
    special_committees = PartsField(
        label="专门委员会", longest=_longest(SpecialCommittee), usual=USUAL_SPECIAL_COMMITTEES, required=False
    )
    offices = PartsField(label="处室", longest=_longest(Office), usual=USUAL_OFFICES)
    ruleset = forms.ChoiceField(
        label="考核办法", required=False, initial="sample", help_text="选最接近本会办法的一种，以后可以修改"
    )
    year = year_field()
    system = forms.CharField(label="系统管理员", max_length=60, required=False, help_text="管账号和设置")
    security = forms.CharField(label="安全管理员", max_length=60, required=False, help_text="管授权")
    audit = forms.CharField(label="审计管理员", max_length=60, required=False, help_text="看操作记录；三员须是三个人")
    clerk = forms.CharField(label="录入员", max_length=60, required=False, help_text="录入履职记录；其他录入员以后再加")
    chair = forms.CharField(label="主席办公室", max_length=60, required=False, help_text="看成绩和排名、审定")

    SECTIONS = (
        ("委员会", "", ("name", "short_name", "level", "code")),
        ("届和组成", "", ("term", "term_starts_on", "sectors", "special_committees", "offices")),
        ("考核办法", "", ("ruleset", "year")),
        (
            "首批账号",
            "填写各人姓名；可以不填，以后再改。密码由系统生成，下一页显示。",
            tuple(code for code, *_ in ACCOUNTS),
        ),
    )

    def __init__(self, data: Any = None):
        super().__init__(data, label_suffix="")
        self.fields["ruleset"].choices = [*_offered_rulesets(), ("", "以后再定")]
        self.fields["year"].initial = timezone.localdate().year
        self.fields["year"].label = "第一个考核年度"
        for field in self.fields.values():
            field.error_messages["required"] = REQUIRED.format(label=field.label)
            field.error_messages["max_length"] = TOO_LONG.format(label=field.label)
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = f"“{field.label}”选的不在可选范围内，请重新选择。"
            if not field.required and not isinstance(field, forms.ChoiceField):
                field.label = f"{field.label}{OPTIONAL}"

    def sections(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """(heading, hint, fields)"""
        for heading, hint, fields in self.SECTIONS:
            yield heading, hint, [self[name] for name in fields]

    def founding(self) -> Founding:
        found = self.cleaned_data
        return Founding(
            code=found["code"] or initials(found["short_name"]) or "cppcc",
            name=found["name"],
            short_name=found["short_name"],
            level=found["level"],
            term=found["term"],
            term_starts_on=found["term_starts_on"],
            sectors=found["sectors"],
            offices=found["offices"],
            special_committees=found["special_committees"],
            ruleset=found["ruleset"],
            year=found["year"],
            people={code: found[code] for code, *_ in ACCOUNTS},
        )


def _offered_rulesets() -> list[tuple[str, str]]:
    """(name, title) of the shipped rulesets for members."""
    found = [(name, loads(shipped(name))) for name in names()]
    return [(name, ruleset.title) for name, ruleset in found if ruleset.subjects == "member"]
