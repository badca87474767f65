"""How a name is written: one spelling for storage and comparison, one for official lists."""

import re
import unicodedata

MIDDLE_DOT = "·"
IDEOGRAPHIC_SPACE = "\u3000"

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
DOTS = "·•・‧∙⋅•.。"
HAN_CHARACTER = re.compile(f"[{HAN}]")
DOT_BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\s*[{DOTS}]\\s*(?=[{HAN}])")
SPACE_BESIDE_HAN = re.compile(f"(?<=[{HAN}])\\s+|\\s+(?=[{HAN}])")
SPACES = re.compile(r"\s+")
INVISIBLE_CATEGORIES = {"Cf"}  # zero-width spaces and joiners, byte order mark, direction marks
VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def is_han(character: str) -> bool:
    return bool(HAN_CHARACTER.fullmatch(character))


def normalise_name(text: str) -> str:
    """The one spelling under which a name is stored and compared.

    Full-width letters become half-width (NFKC), invisible characters and spaces inside a Chinese name go
    ("张　三" → "张三"), every kind of dot between Chinese characters becomes ·, a Latin name keeps single spaces.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(character for character in text if unicodedata.category(character) not in INVISIBLE_CATEGORIES)
    text = VARIATION_SELECTORS.sub("", text)
    text = SPACES.sub(" ", text).strip()
    text = DOT_BETWEEN_HAN.sub(MIDDLE_DOT, text)
    return SPACE_BESIDE_HAN.sub("", text)


def display_name(name: str) -> str:
    """`name` as an official list prints it: two characters as wide as three ("张　三"), others left alone."""
    if len(name) == 2 and all(map(is_han, name)):
        return name[0] + IDEOGRAPHIC_SPACE + name[1]
    return name
