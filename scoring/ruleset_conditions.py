"""Scopes and conditions as staff type them: 提案、社情民意信息（按半天）（环节：立案、重点提案；级别：除市级）.

Words in “…” are codes taken literally; so is a word that names nothing. Reading what was written gives back the same
plain values, in the same order.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError

from scoring.engine import schema as s
from scoring.engine.labels import CODES, KINDS, NAMES, Labels

Plain = dict[str, Any]
SITTING, UNSTATED, EXCEPT = "按半天", "未注明", "除"
_SPECIAL = re.compile(r"[、，,；;：:（）()“”!！\s]")
_WORDS = re.compile(r"“[^”]*”|[^、，,]+")


class Spelling:
    """The Chinese words of one ruleset, read and written; a word that means two things is not used."""

    def __init__(self, local: dict[str, str]) -> None:
        self.labels = Labels(local)
        plain = {code: word for code, word in local.items() if "=" not in code}
        self.kinds = _reversed(KINDS | {code: word for code, word in plain.items() if code not in NAMES})
        self.names = _reversed(NAMES | {code: word for code, word in plain.items() if code in NAMES})
        self._codes: dict[str, dict[str, str]] = {}
        self._plain = plain

    def codes(self, name: str) -> dict[str, str]:
        """{word: code} of one condition."""
        if name not in self._codes:
            start = f"{name}="
            own = {code.removeprefix(start): word for code, word in self.labels.local.items() if code.startswith(start)}
            self._codes[name] = _reversed(CODES.get(name, {}) | self._plain | own)
        return self._codes[name]

    # ------------------------------------------------------------ written
    def kind(self, code: str) -> str:
        return _word(code, self.kinds, self.labels.kind(code))

    def condition(self, name: str, codes: list[str]) -> str:
        is_except = bool(codes) and all(code.startswith("!") for code in codes)
        words = [self._code(name, code.removeprefix("!") if is_except else code) for code in codes]
        return f"{_word(name, self.names, self.labels.name(name))}：{EXCEPT if is_except else ''}{'、'.join(words)}"

    def _code(self, name: str, code: str) -> str:
        return _word(code, self.codes(name), self.labels.code(name, code)) if code else UNSTATED

    def where(self, plain: Plain) -> str:
        return "；".join(self.condition(name, codes) for name, codes in plain.items())

    def scope(self, plain: Plain) -> str:
        where = {name: codes for name, codes in plain.items() if name not in ("kind", "unit")}
        kinds = "、".join(self.kind(code) for code in plain["kind"])
        unit = f"（{SITTING}）" if plain.get("unit") == "sitting" else ""
        return kinds + unit + (f"（{self.where(where)}）" if where else "")

    # ------------------------------------------------------------ read
    def read_kinds(self, text: str) -> list[str]:
        return [self.read_kind(word) for word in _split(text)]

    def read_kind(self, text: str) -> str:
        code = self._literal(text.strip(), self.kinds)
        if code not in s.KINDS and not code.startswith("x-"):
            raise ValidationError(
                f"没有“{text.strip()}”这类事项；可用的有：{'、'.join(KINDS.values())}，本地事项的代码以 x- 开头。"
            )
        return code

    def read_codes(self, name: str, text: str) -> list[str]:
        return [self._literal(word, self.codes(name)) for word in _split(text)]

    def read_name(self, text: str) -> str:
        return self._literal(text.strip(), self.names)

    def read_where(self, text: str, names: tuple[str, ...] | None = None) -> Plain:
        """Conditions; ``names``: those allowed, None for any attribute of a person."""
        out: Plain = {}
        for part in _outside_quotes(text, "；;\n"):
            name, colon, codes = _cut(part)
            if not colon:
                raise ValidationError(
                    f"“{part.strip()}”没有写冒号。条件应写成“名称：值、值”，如“环节：立案、重点提案”。"
                )
            code = self.read_name(name)
            if names is not None and code not in names and not code.startswith("x-"):
                known = "、".join(NAMES[one] for one in names if one in NAMES)
                raise ValidationError(f"没有“{name.strip()}”这个条件；可用的有：{known}。")
            if code in out:
                raise ValidationError(f"条件“{name.strip()}”写了两次，请合在一起，用顿号分开。")
            is_except = codes.strip().startswith((EXCEPT, "!", "！"))
            words = _split(codes.strip()[1:] if is_except else codes)
            if not words:
                raise ValidationError(f"条件“{name.strip()}”没有写值，如“环节：立案”。")
            found = [self._code_of(code, word) for word in words]
            out[code] = [f"!{one}" for one in found] if is_except else found
        return out

    def _code_of(self, name: str, word: str) -> str:
        code = "" if word == UNSTATED else self._literal(word, self.codes(name))
        allowed = s.SITTING_OUTCOMES + s.MEETING_OUTCOMES if name == "outcome" else s.CODES.get(name)
        if name == "post":
            allowed = s.POSTS
        if code and allowed and code not in allowed and not code.startswith("x-"):
            known = "、".join(CODES[name].values())
            raise ValidationError(f"“{NAMES[name]}”没有“{word}”；可填的有：{known}，本地代码以 x- 开头。")
        return code

    def read_scope(self, line: str) -> Plain:
        kinds, *brackets = re.findall(r"(?:“[^”]*”|[^（()）])+", line) or [""]
        out: Plain = {"kind": self.read_kinds(kinds), "unit": "meeting"}
        for bracket in brackets:
            if bracket.strip() == SITTING:
                out["unit"] = "sitting"
            elif bracket.strip():
                out |= self.read_where(bracket, s.ATTRIBUTES)
        return out

    def read_scopes(self, text: str) -> list[Plain]:
        return [self.read_scope(line) for line in text.splitlines() if line.strip()]

    @staticmethod
    def _literal(word: str, known: dict[str, str]) -> str:
        return word[1:-1] if len(word) > 1 and word[0] == "“" and word[-1] == "”" else known.get(word, word)


def _reversed(words: dict[str, str]) -> dict[str, str]:
    """{word: code} of the words that mean one thing."""
    met: dict[str, list[str]] = {}
    for code, word in words.items():
        met.setdefault(word, []).append(code)
    return {word: codes[0] for word, codes in met.items() if len(codes) == 1}


def _word(code: str, known: dict[str, str], label: str) -> str:
    """The label where it is read back as the code; else the code itself, in “…” where it would be misread."""
    if known.get(label) == code and not _SPECIAL.search(label) and not label.startswith(EXCEPT):
        return label
    is_plain = bool(code) and known.get(code, code) == code and not _SPECIAL.search(code)
    return code if is_plain and not code.startswith(EXCEPT) and code != UNSTATED else f"“{code}”"


def _split(text: str) -> list[str]:
    return [word.strip() for word in _WORDS.findall(text) if word.strip()]


def _outside_quotes(text: str, separators: str) -> list[str]:
    parts = re.findall(rf"(?:“[^”]*”|[^{separators}])+", text)
    return [part for part in parts if part.strip()]


def _cut(part: str) -> tuple[str, str, str]:
    found = re.match(r"((?:“[^”]*”|[^：:])*)([：:]?)(.*)", part, re.DOTALL)
    return (found[1], found[2], found[3]) if found else (part, "", "")
