"""A ranking as PDF and as CSV; Word is in ranking_word.py, Excel in ranking_excel.py. All have the same cells."""

import csv
import io
from typing import Any

from members.names.spelling import display_name
from members.spreadsheets import harmless
from reports.columns import head_of, is_long, layout_of, title_of
from reports.paper import pdf
from reports.rankings import Ranking, Section

# Behind the name of a band, the best first; its name stands in the cell as well.
BANDS = ("CFE9D3", "D3E5F7", "FFF3C4", "FBE0C6", "E6E1EE")


def ranking_pdf(ranking: Ranking) -> bytes:
    """MissingCharacters when somebody's name cannot be printed."""
    return pdf("ranking", ranking_data(ranking), names=ranking.names, at=ranking.at)


def ranking_data(ranking: Ranking) -> dict[str, Any]:
    """What layouts/score-table.typ is made from."""
    layout = layout_of(ranking)
    sections = [
        _section(ranking, section, widths, layout.size)
        for section, widths in zip(ranking.sections, layout.widths, strict=True)
    ]
    return {
        "title": ranking.title,
        "title_lines": title_of(ranking, layout),
        "subtitle": ranking.subtitle,
        "label": ranking.label,
        "is_wide": layout.is_wide,
        "size": layout.size,
        "sections": sections,
        "colours": BANDS,
        "foot": ranking.foot,
        "edge": ranking.edge,
    }


def _section(ranking: Ranking, section: Section, widths: list[float], size: float) -> dict[str, Any]:
    places = ranking.printed(section)
    kinds = [ranking.columns[n].kind for n in places]
    rows = [
        [display_name(row.cells[n]) if kind == "name" else row.cells[n] for n, kind in zip(places, kinds, strict=True)]
        for row in section.rows
    ]
    return {
        "heading": section.heading,
        "note": section.note,
        "is_ranked": section.is_ranked,
        "widths": widths,
        "heads": [head_of(ranking.columns[n].name, width, size) for n, width in zip(places, widths, strict=True)],
        "kinds": kinds,
        "rows": rows,
        "small": [[n for n, text in enumerate(row) if is_long(text, widths[n], size)] for row in rows],
        "bands": [row.band for row in section.rows],
    }


def ranking_csv(ranking: Ranking) -> bytes:
    """One table for machines, the section in its first column; with the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["范围", *(column.name for column in ranking.columns)])
    for section in ranking.sections:
        out.writerows([harmless(section.heading), *map(harmless, row.cells)] for row in section.rows)
    return text.getvalue().encode("utf-8-sig")
