"""What a PDF says and where, by poppler's tools: measured on the file itself, not on what made it."""

import re
import subprocess
from dataclasses import dataclass
from html import unescape

MM = 72 / 25.4


@dataclass(frozen=True)
class Word:
    """A run of text with its box in millimetres from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def run(tool, pdf, *options, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    done = subprocess.run([tool, *options, str(file), *(["-"] if tool == "pdftotext" else [])], capture_output=True)
    return done.stdout.decode()


def pages_of(pdf, tmp_path):
    """[[Word, …] of each page]"""
    text = run("pdftotext", pdf, "-bbox", tmp_path=tmp_path)
    box = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
    return [
        [
            Word(unescape(word), *(float(at) / MM for at in (left, top, right, bottom)))
            for left, top, right, bottom, word in re.findall(box, page)
        ]
        for page in text.split("<page ")[1:]
    ]


def text_of(page):
    """What a page says, without white space."""
    return re.sub(r"\s", "", "".join(word.text for word in page))


def lines_of(page):
    """What stands on one height, from left to right, without white space."""
    lines = {}
    for word in sorted(page, key=lambda word: (word.top, word.left)):
        lines.setdefault(round(word.top), []).append(word)
    return ["".join(word.text for word in sorted(line, key=lambda word: word.left)) for line in lines.values()]


def dashes_of(pdf, tmp_path, number, *, is_turned=False):
    """Where the ink of the dashes of — 1 — lies on page ``number``: [(middle, begin, end), …] in millimetres.

    From a picture of the page's foot with ten dots a millimetre: a dash is what is black for 3.6 mm on end;
    the bar of a 4 is shorter. ``middle`` is measured from the upper edge of the page, or from the left one of a turned page.
    """
    left, top, width, height = (0, 0, 330, 2100) if is_turned else (0, 2640, 2100, 330)
    file = tmp_path / "drawn.pdf"
    file.write_bytes(pdf)
    crop = [part for name, at in zip("xyWH", (left, top, width, height), strict=True) for part in (f"-{name}", str(at))]
    drawing = ["pdftoppm", "-r", "254", "-gray", "-f", str(number), "-l", str(number), *crop, str(file)]
    dots = subprocess.run(drawing, capture_output=True, check=True).stdout[-width * height :]
    lines = (
        [dots[at::width] for at in range(width)]
        if is_turned
        else [dots[at : at + width] for at in range(0, width * height, width)]
    )
    found = {}
    for at, line in enumerate(lines):
        for dash in re.finditer(rb"[\x00-\x7f]{36,}", line):
            found.setdefault(round(dash.start() / 10), []).append((at, *dash.span()))
    ink = [tuple(sum(part) / len(part) / 10 for part in zip(*dash, strict=True)) for _, dash in sorted(found.items())]
    return [(middle + (0 if is_turned else top / 10), begin, end) for middle, begin, end in ink]


def assert_foot(dashes, number, *, below, outer, inner):
    """Two dashes seven millimetres below the text, one character of 14 pt from the outer edge of page ``number``."""
    assert len(dashes) == 2, (number, dashes)
    assert max(abs(middle - below) for middle, _, _ in dashes) < 1, (number, dashes)
    at = outer - 14 / MM - dashes[1][2] if number % 2 else dashes[0][1] - inner - 14 / MM
    assert abs(at) < 1, (number, dashes)


def info_of(pdf, tmp_path):
    """{"Pages": "2", "Page size": …}"""
    lines = run("pdfinfo", pdf, tmp_path=tmp_path).splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
