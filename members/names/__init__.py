"""People's names: spelling, 姓氏笔画 order, pinyin. No models, no settings."""

from .readings import full_pinyin, initials
from .spelling import display_name, normalise_name
from .strokes import LAST, STROKE_KEY_LENGTH, stroke_key, unknown_characters

__all__ = [
    "LAST",
    "STROKE_KEY_LENGTH",
    "display_name",
    "full_pinyin",
    "initials",
    "normalise_name",
    "stroke_key",
    "unknown_characters",
]
