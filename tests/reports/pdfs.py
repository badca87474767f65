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


def info_of(pdf, tmp_path):
    """{"Pages": "2", "Page size": …}"""
    lines = run("pdfinfo", pdf, tmp_path=tmp_path).splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
