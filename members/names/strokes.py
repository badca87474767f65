"""姓氏笔画 order: a key for each name that any database sorts like the official lists.

The key is made of decimal digits only, so SQLite and PostgreSQL under any collation agree on its order:
  a character of the table      its ordinal, five digits ("00001" … "20897")
  the empty place               "00000"
  any other character           "9" and its code point, seven digits: after every character of the table
Spaces and the middle dot take no place. A two-character name has an empty second place, so 王一 precedes 王一丁 and
李安 precedes 李宁安; a 复姓 goes by its first character like any other name.

That is 姓氏笔画, the order of the CPPCC. 姓名笔画, used by people's congresses, knows no empty place.
"""

from functools import lru_cache
from pathlib import Path

from .spelling import MIDDLE_DOT, is_han

EMPTY_PLACE = "00000"
LAST = "末"  # the hand-set position "at the end of every list"
COUNTED_CHARACTERS = 16  # characters of a name that take part in its key
STROKE_KEY_LENGTH = 300  # room for the longest key: a name of 16 strange characters placed by hand after another one


@lru_cache(maxsize=1)
def ordinals() -> dict[str, int]:
    """Character → ordinal in GF 3002 order, from 1; 20,897 characters of U+4E00..U+9FA5."""
    text = Path(__file__).with_name("strokes.txt").read_text(encoding="utf-8")
    characters = "".join(line for line in text.splitlines() if not line.startswith("#"))
    return {character: number for number, character in enumerate(characters, start=1)}


def unknown_characters(name: str) -> list[str]:
    """The Han characters of `name` that the table lacks, each once, in order of appearance: to be placed by hand."""
    table = ordinals()
    return list(dict.fromkeys(character for character in name if is_han(character) and character not in table))


def stroke_key(name: str, position: str = "", *, has_empty_place: bool = True) -> str:
    """The sort key of a normalised `name`, at most STROKE_KEY_LENGTH digits: 姓氏笔画, or 姓名笔画 without empty places.

    `position` is the place set by hand: "" for none, LAST for the end of every list, otherwise a name, which need not
    be anybody's: this one then comes directly after it. ValueError when `position` holds characters the table lacks.
    """
    own = own_key(name, has_empty_place)
    if not position:
        return own
    if position == LAST:
        return "99999" + own
    if unknown := unknown_characters(position):
        raise ValueError(f"手工位置“{position}”中的“{'、'.join(unknown)}”不在笔画表内，请改填一个由常用字组成的姓名。")
    return own_key(position, has_empty_place) + EMPTY_PLACE + own


def own_key(name: str, has_empty_place: bool = True) -> str:
    characters = [character for character in name if not character.isspace() and character != MIDDLE_DOT]
    places = [place(character) for character in characters[:COUNTED_CHARACTERS]]
    if len(places) == 2 and has_empty_place:
        places.insert(1, EMPTY_PLACE)
    return "".join(places)


def place(character: str) -> str:
    ordinal = ordinals().get(character)
    return f"{ordinal:05d}" if ordinal else f"9{ord(character.casefold()[:1] or character):07d}"
