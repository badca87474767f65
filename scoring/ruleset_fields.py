"""The boxes of a ruleset's forms: each shows one plain value as text and reads it back without loss."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.recording import DayField
from scoring import engine
from scoring.engine import schema as s
from scoring.engine.codec import Reader, read_fraction
from scoring.engine.labels import CODES
from scoring.ruleset_conditions import Spelling

LONGEST = 4000
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Context:
    """The draft a form belongs to, and the words it uses."""

    ruleset: engine.Ruleset
    spelling: Spelling

    def categories(self) -> Choices:
        return [(c.code, c.name) for c in self.ruleset.categories]

    def figures(self) -> Choices:
        return [(s.TOTAL, self.ruleset.total_name), *self.categories()]

    def headings(self) -> Choices:
        return [*self.categories(), *((r.code, r.name) for r in self.ruleset.rules)]

    def grades(self) -> Choices:
        return [(g.name, g.name) for g in self.ruleset.grades]


def _same(value: Any, context: Context) -> Any:
    return value


@dataclass(frozen=True)
class Box:
    """One value at ``path`` ("need.points") of a part. ``show``: plain → what the field holds; ``read``: back."""

    path: str
    label: str
    field: Callable[[Context], forms.Field]
    show: Callable[[Any, Context], Any] = _same
    read: Callable[[Any, Context], Any] = _same
    empty: Any = ""  # plain value of a box left as it is in a new part
    help: str = ""
    more: bool = False

    @property
    def name(self) -> str:
        return self.path.replace(".", "-")


@dataclass(frozen=True)
class Table:
    """A list of tables, each a row of boxes; ``pairs``: a dict {first box: second box} instead."""

    path: str
    label: str
    boxes: tuple[Box, ...]
    help: str = ""
    more: bool = False
    pairs: bool = False
    extra: int = 1

    @property
    def name(self) -> str:
        return self.path.replace(".", "-")


# ---------------------------------------------------------------- fields
def _line(context: Context) -> forms.Field:
    return forms.CharField(required=False, strip=False, max_length=LONGEST)


def _area(context: Context) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(required=False, strip=False, max_length=LONGEST, widget=widget)


def _number(context: Context) -> forms.Field:
    return forms.CharField(required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


def _day(context: Context) -> forms.Field:
    return DayField(required=False, help_text="")


def _lines(text: str, context: Context) -> str:
    return text.replace("\r\n", "\n")


def _as_number(text: str, context: Context) -> str:
    text = text.strip().replace("／", "/")
    reader = Reader()
    if read_fraction(reader, "", text) is None:
        raise ValidationError(f"填的是“{text}”，应为数字，如 2.5，或分数，如 1/3。")
    return text


def _as_int(text: str, context: Context) -> int:
    text = text.strip()
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise ValidationError(f"填的是“{text}”，应为整数，如 2。")
    return int(text)


def _optional(read: Callable[[Any, Context], Any], *words: str) -> Callable[[Any, Context], Any]:
    """An empty box is "none"."""
    return lambda text, context: s.NONE if not text.strip() or text.strip() in words else read(text, context)


def _show_optional(value: Any, context: Context) -> str:
    return "" if value == s.NONE else str(value)


def _show_text(value: Any, context: Context) -> str:
    return str(value)


# ---------------------------------------------------------------- boxes
def text(path: str, label: str, **more: Any) -> Box:
    return Box(path, label, _line, **more)


def area(path: str, label: str, **more: Any) -> Box:
    return Box(path, label, _area, read=_lines, **more)


def points(path: str, label: str, **more: Any) -> Box:
    return Box(path, label, _number, show=_show_text, read=_as_number, **{"empty": ""} | more)


def maybe_points(path: str, label: str, **more: Any) -> Box:
    return Box(path, label, _number, show=_show_optional, read=_optional(_as_number), **{"empty": s.NONE} | more)


def whole(path: str, label: str, empty: int = 0, **more: Any) -> Box:
    return Box(path, label, _number, show=_show_text, read=_as_int, **{"empty": empty} | more)


def maybe_whole(path: str, label: str, **more: Any) -> Box:
    return Box(path, label, _number, show=_show_optional, read=_optional(_as_int), **{"empty": s.NONE} | more)


def day(path: str, label: str, **more: Any) -> Box:
    return Box(path, label, _day, show=_show_text, read=lambda found, c: found.isoformat() if found else "", **more)


def maybe_day(path: str, label: str, **more: Any) -> Box:
    return Box(
        path,
        label,
        _day,
        show=_show_optional,
        read=lambda found, c: found.isoformat() if found else s.NONE,
        **{"empty": s.NONE} | more,
    )


def check(path: str, label: str, **more: Any) -> Box:
    return Box(path, label, lambda c: forms.BooleanField(required=False), **{"empty": False} | more)


def choice(path: str, label: str, choices: Choices | Callable[[Context], Choices], **more: Any) -> Box:
    def field(context: Context) -> forms.Field:
        offered = choices(context) if callable(choices) else choices
        return forms.ChoiceField(required=False, choices=offered)

    return Box(path, label, field, **more)


def floor(path: str = "floor", label: str = "最低分") -> Box:
    def show(value: Any, context: Context) -> str:
        return {s.UNSTATED: "", s.NONE: "不设"}.get(value, str(value))

    def read(text: str, context: Context) -> Any:
        text = text.strip()
        return {"": s.UNSTATED, "不设": s.NONE}.get(text) or _as_number(text, context)

    hint = "没有扣分的空着；有扣分的填最低分（0＝扣完为止），或填“不设”"
    return Box(path, label, _number_or_word, show=show, read=read, empty=s.UNSTATED, help=hint)


def _number_or_word(context: Context) -> forms.Field:
    return forms.CharField(required=False, max_length=40)


def needed(path: str, label: str) -> Box:
    def read(text: str, context: Context) -> Any:
        return s.ALL if text.strip() in ("全部", s.ALL) else _as_int(text, context)

    return Box(
        path,
        label,
        _number_or_word,
        show=lambda value, c: "全部" if value == s.ALL else str(value),
        read=read,
        help="数字；凡召集都要参加的会议填“全部”",
    )


def scopes(path: str = "of", label: str = "哪些事项", **more: Any) -> Box:
    hint = "一行一种，如：提案（环节：立案）。按半天数的会议写：全体会议（按半天）（出席情况：出席、迟到）"
    return Box(
        path,
        label,
        _area,
        show=lambda found, c: "\n".join(c.spelling.scope(one) for one in found),
        read=lambda text, c: c.spelling.read_scopes(text),
        **{"empty": [], "help": hint} | more,
    )


def people(path: str = "who", label: str = "只适用于", **more: Any) -> Box:
    return Box(
        path,
        label,
        _line,
        show=lambda found, c: c.spelling.where(found),
        read=lambda text, c: c.spelling.read_where(text),
        **{"empty": {}, "help": "空着＝所有人；如：职务：常委；界别：农业"} | more,
    )


WHERE = "*"  # the remaining keys of a row: its conditions


def conditions(label: str = "条件", names: tuple[str, ...] | None = s.ATTRIBUTES) -> Box:
    return Box(
        WHERE,
        label,
        _line,
        show=lambda found, c: c.spelling.where(found),
        read=lambda text, c: c.spelling.read_where(text, names),
        empty={},
    )


def codes(path: str, label: str, name: str, **more: Any) -> Box:
    """Codes of one condition in words, with 、 between them."""

    def show(found: list[str], context: Context) -> str:
        return context.spelling.condition(name, found).partition("：")[2] if found else ""

    return Box(
        path, label, _line, show=show, read=lambda text, c: c.spelling.read_codes(name, text), **{"empty": []} | more
    )


def names_of(path: str, label: str, **more: Any) -> Box:
    """Attributes of people, in words."""

    def show(found: list[str], context: Context) -> str:
        return "、".join(context.spelling.condition(one, []).rpartition("：")[0] for one in found)

    def read(text: str, context: Context) -> list[str]:
        return [context.spelling.read_name(word) for word in text.replace("，", "、").split("、") if word.strip()]

    return Box(path, label, _line, show=show, read=read, **{"empty": []} | more)


def kind(path: str, label: str) -> Box:
    return Box(
        path,
        label,
        _line,
        show=lambda code, c: c.spelling.kind(code) if code else "",
        read=lambda text, c: c.spelling.read_kind(text),
    )


def lines(path: str, label: str, **more: Any) -> Box:
    """Texts, one a line."""
    return Box(
        path,
        label,
        _area,
        show=lambda found, c: "\n".join(found),
        read=lambda text, c: [one for one in text.replace("\r\n", "\n").split("\n") if one.strip()],
        **{"empty": []} | more,
    )


def listed(path: str, label: str, choices: Callable[[Context], Choices], **more: Any) -> Box:
    """Codes of parts by their names, one a line, in the order that counts."""

    def show(found: list[str], context: Context) -> str:
        return "\n".join(_named(code, choices(context)) for code in found)

    def read(text: str, context: Context) -> list[str]:
        offered = choices(context)
        return [_code_of(line.strip(), offered) for line in text.splitlines() if line.strip()]

    return Box(path, label, _area, show=show, read=read, **{"empty": []} | more)


def _named(code: str, offered: Choices) -> str:
    name = dict(offered).get(code, code)
    alike = [one for one, word in offered if word == name]
    return name if alike == [code] and name == name.strip() and "\n" not in name else code


def _code_of(word: str, offered: Choices) -> str:
    found = [code for code, name in offered if name == word]
    return found[0] if len(found) == 1 else word


def posts(path: str, label: str) -> Box:
    return codes(path, label, "post", help=f"{'、'.join(CODES['post'].values())}；空着＝其他人")
