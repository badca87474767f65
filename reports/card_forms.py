"""What the page of bulk prints asks: what, of whom, in which order, as which file."""

from collections.abc import Iterable
from typing import Any

from django import forms

from reports.choice import FILTERS, ORDERS, CardHolder, values
from reports.models import PrintJob

MOST_TYPED = 20_000
ALL = "全部"
OF_BODIES = [
    (PrintJob.Form.PDF, PrintJob.Form.PDF.label),
    (PrintJob.Form.ZIP, "每份成绩单一个 PDF，打成压缩包（ZIP）"),
]
NARROWING = (*FILTERS, "people")


class CardsForm(forms.Form):
    """``entries``: everybody who has a card; their values are what the filters offer."""

    use_required_attribute = False

    def __init__(self, *args: Any, entries: Iterable[CardHolder], has_people: bool, **options: Any):
        super().__init__(*args, label_suffix="", **options)
        found = list(entries)
        if has_people:
            self.fields["what"] = _choice("打印什么", PrintJob.What.choices)
        self.fields["order"] = _choice(
            "顺序", [(code, name) for code, name in ORDERS.items() if has_people or code == "strokes"]
        )
        self.fields["form"] = _choice(
            "文件",
            PrintJob.Form.choices if has_people else OF_BODIES,
            help_text="信封标签总是一个 PDF 文件。" if has_people else "",
        )
        for name, label in FILTERS.items():
            offered = values(found, name)
            if len(offered) > 1:
                self.fields[name] = _choice(label, [("", ALL), *((one, one) for one in offered)], required=False)
        self.fields["people"] = forms.CharField(
            label="只打印这几位（选填）" if has_people else "只打印这几个（选填）",
            help_text="姓名或编号，用顿号、逗号、空格或换行隔开；不填就是上面所选的全部。",
            required=False,
            max_length=MOST_TYPED,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def usual_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in NARROWING]

    def more_fields(self) -> list[forms.BoundField]:
        """What narrows whom is printed."""
        return [field for field in self if field.name in NARROWING]

    def is_more_open(self) -> bool:
        return any(self.data.get(name) for name in NARROWING)

    @property
    def choice(self) -> dict[str, str]:
        """As reports/choice.py reads it."""
        names = ("order", "people", *FILTERS)
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


def _choice(label: str, choices: list, *, required: bool = True, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        help_text=help_text,
        initial=choices[0][0],
        error_messages={
            "invalid_choice": f"“{label}”选的“%(value)s”不在列出的项目中，请重新选。",
            "required": f"请选“{label}”。",
        },
    )
