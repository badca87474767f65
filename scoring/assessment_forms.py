"""The form of the public check."""

from django import forms


class CheckForm(forms.Form):
    """What stands on the paper: check code and name."""

    code = forms.CharField(
        label="校验码",
        max_length=20,
        help_text="印在成绩单下方，12 位字母和数字，例如 ABCD-EFGH-2345",
        error_messages={"required": "“校验码”没有填，请照成绩单上印的填写。"},
    )
    name = forms.CharField(
        label="姓名",
        max_length=60,
        help_text="成绩单上的姓名；专门委员会、活动组填名称",
        error_messages={"required": "“姓名”没有填，请照成绩单上印的填写。"},
    )
    use_required_attribute = False

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", **options)
        for field in self.fields.values():
            field.widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})
