"""From a layout and plain data to the bytes of a PDF: the same data at the same time give the same bytes."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from reports.paper.fonts import Fonts, MissingCharacters, fonts

LAYOUTS = Path(__file__).with_name("layouts")
REMEMBERED = 12  # compilations after which typst drops what it no longer needed


class BrokenLayout(RuntimeError):
    """The layout compiled with warnings, for example for a font that is not there."""


def pdf(layout: str, data: Any, *, names: Iterable[str], at: datetime, is_tagged: bool = True) -> bytes:
    """``layout``: the name of a file in layouts/, without its ending. ``data``: what JSON can say, all figures as text.

    ``names``: those of people in the data. MissingCharacters when one of them cannot be printed; in any other text a
    character that no font has becomes 〓. ``at`` is the time the paper speaks of, and stands in the file as its own.
    Tags let a screen reader read tables; they make a file ten times as large, which many cards in one do without.
    """
    found = fonts()
    for name in names:
        if lacking := found.lack(name):
            raise MissingCharacters(name, lacking)
    printable = _printable(data, found)
    found.log_fallback("".join(_texts(printable)))
    text = json.dumps(printable, ensure_ascii=False)
    # The root is the folder of layouts: nothing else on this machine can be read, and data never become markup.
    compiler = typst.Compiler(
        str(LAYOUTS / f"{layout}.typ"),
        root=str(LAYOUTS),
        font_paths=found.faces,
        ignore_system_fonts=True,
        sys_inputs={"data": text, "fonts": json.dumps(found.of_role, ensure_ascii=False)},
        package_path=str(LAYOUTS),
        package_cache_path=str(LAYOUTS),
    )
    made, warnings = compiler.compile_with_warnings(format="pdf", timestamp=int(at.timestamp()), pdf_tags=is_tagged)
    if warnings:
        raise BrokenLayout(f"{layout}: " + "; ".join(one.message for one in warnings))
    return made


def forget() -> None:
    """Frees what typst remembers of earlier papers, as much as 200 MB: empty ones push it out. Some 20 ms."""
    for _ in range(REMEMBERED):
        typst.compile(b"", format="pdf", font_paths=fonts().faces, ignore_system_fonts=True)


def _printable(data: Any, found: Fonts) -> Any:
    if isinstance(data, str):
        return found.printable(data)
    if isinstance(data, dict):
        return {key: _printable(value, found) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_printable(value, found) for value in data]
    return data


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _texts(value)
