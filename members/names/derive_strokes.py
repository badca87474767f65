"""Derive strokes.txt, the 姓氏笔画 order of characters, from the data of cn-sort 0.14.0.

Run by hand when the source changes, never by the application:

    python members/names/derive_strokes.py path/to/cn_sort/res/all_word.json

The source (MIT licence, © bmxbmx3, https://github.com/bmxbmx3/cn_sort) lists each character with its place in the
order of GF 3002 “GB 13000.1 字符集汉字字序（笔画序）规范”: number of strokes, then the strokes one by one
(横 1, 竖 2, 撇 3, 点 4, 折 5), then the standard's rules for equal strokes. Only that order is kept: pinyin and
everything else is left behind.
"""

import hashlib
import json
import sys
from pathlib import Path

SOURCE_SHA256 = "47d377d5d5997dd1a1844c86b54755e3b5bed3794c3958072a1b8b8a21ecd84f"
TABLE = Path(__file__).with_name("strokes.txt")
LINE = 50  # characters on a line, so that a correction is a readable difference

HEADER = """\
# Characters of CJK Unified Ideographs U+4E00..U+9FA5 in GF 3002 order: strokes, then 横 竖 撇 点 折.
# The n-th character has ordinal n. Derived by derive_strokes.py from all_word.json of cn-sort 0.14.0
# (https://github.com/bmxbmx3/cn_sort).
# SHA-256 of that file: {digest}
# Absent from it, therefore placed by hand: {absent}
#
# The source's licence (MIT), Copyright (c) bmxbmx3:
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation
# the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
# to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above
# copyright notice and this permission notice shall be included in all copies or substantial portions of the
# Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
# LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT
# SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION
# OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
# DEALINGS IN THE SOFTWARE.
"""


def ordered_characters(entries: list[dict]) -> list[str]:
    """The Han characters of `entries`, in stroke order; ValueError when two share a place."""
    places = {entry["chinese"]: entry["stroke_increment_level"] for entry in entries if is_basic_han(entry["chinese"])}
    if len(set(places.values())) != len(places):
        raise ValueError("two characters share one place in the source")
    return sorted(places, key=places.__getitem__)


def is_basic_han(text: str) -> bool:
    return len(text) == 1 and "\u4e00" <= text <= "\u9fa5"


def table_text(characters: list[str]) -> str:
    known = set(characters)
    absent = [chr(code) for code in range(0x4E00, 0x9FA6) if chr(code) not in known]
    lines = ["".join(characters[start : start + LINE]) for start in range(0, len(characters), LINE)]
    return HEADER.format(digest=SOURCE_SHA256, absent=" ".join(absent) or "none") + "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    source = Path(arguments[0]).read_bytes()
    digest = hashlib.sha256(source).hexdigest()
    if digest != SOURCE_SHA256:
        print(f"{arguments[0]} is not the file of cn-sort 0.14.0: SHA-256 {digest}, expected {SOURCE_SHA256}")
        return 1
    characters = ordered_characters(json.loads(source)["all_word"])
    TABLE.write_text(table_text(characters), encoding="utf-8")
    print(f"{TABLE.name}: {len(characters)} characters")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
