"""A ranking as Word: the page and the cells of its PDF. Names the official fonts and embeds none."""

import io
from copy import deepcopy
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, Twips

from members.names.spelling import display_name
from reports.columns import Layout, head_of, is_long, layout_of, title_of
from reports.official import Footer
from reports.official_files import TEXT_WIDTH, add_footers, add_number, add_run, exactly, new_document
from reports.rankings import Ranking, Section
from reports.tables import BANDS

ROW = Mm(7.5)
TAIL = 3  # rows that the foot stays with
FIGURES = {"figure", "total"}
LINE = 16  # points, of a row's line
FOOT = Pt(14)  # how high a page's foot is, as wide as it stands turned
# Its dashes are to lie at 28 mm; a program draws them in the lower part of a turned line, 5 mm from its upper edge.
FOOT_LEFT = Length(Mm(35 - 7 + 4.5) - FOOT)


def ranking_docx(ranking: Ranking) -> bytes:
    layout = layout_of(ranking)
    document = new_document(ranking.title, ranking.at)
    page = document.sections[0]
    if layout.is_wide:
        turn(page, ranking.edge)
    else:
        add_footers(page, Footer(ranking.edge))
    add_ranking(document, ranking, layout)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def add_ranking(document: Any, ranking: Ranking, layout: Layout) -> None:
    """Label, title, tables and foot, on whatever page the document is at."""
    if ranking.label:
        _paragraph(document, ranking.label, "heading", 16, 28.95)
        _paragraph(document, "", "body", 16, 28.95)
    for line in title_of(ranking, layout):
        _paragraph(document, line, "title", 22, 35, WD_ALIGN_PARAGRAPH.CENTER)
    if ranking.subtitle:
        _paragraph(document, ranking.subtitle, "note", 14, 20, WD_ALIGN_PARAGRAPH.CENTER)
    for section, widths in zip(ranking.sections, layout.widths, strict=True):
        heading = _paragraph(document, section.heading, "heading", 14, 24)
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_before = Pt(6)
        if section.note:
            add_run(heading, "body", f"　{section.note}", 12)
        _table(document, ranking, section, widths, layout.size)
    if ranking.sections:
        # No page holds the foot alone.
        for row in document.tables[-1]._tbl.tr_lst[-TAIL:]:
            for one in row.iter(qn("w:pPr")):
                one.get_or_add_keepNext()
    foot = _paragraph(document, ranking.foot, "body", 10.5, LINE)
    foot.paragraph_format.space_before, foot.paragraph_format.keep_together = Pt(8), True


def _paragraph(document: Any, text: str, role: str, size: float, line: float, alignment: Any = None) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    exactly(paragraph, Pt(line))
    add_run(paragraph, role, text, size)
    return paragraph


# ---------------------------------------------------------------- tables
def _table(document: Any, ranking: Ranking, section: Section, widths: list[float], size: float) -> None:
    places = ranking.printed(section)
    columns = [ranking.columns[n] for n in places]
    table = document.add_table(rows=2, cols=len(columns))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _borders(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    head, first = table.rows
    for n, column in enumerate(columns):
        _cell(
            head.cells[n], head_of(column.name, widths[n], size), "heading", size, widths[n], WD_ALIGN_PARAGRAPH.CENTER
        )
        side = WD_ALIGN_PARAGRAPH.RIGHT if column.kind in FIGURES else WD_ALIGN_PARAGRAPH.CENTER
        _cell(first.cells[n], "", "body", size, widths[n], side)
    _row(head, WD_ROW_HEIGHT_RULE.AT_LEAST)
    head._tr.trPr.append(OxmlElement("w:tblHeader"))
    _row(first, WD_ROW_HEIGHT_RULE.EXACTLY if section.is_ranked else WD_ROW_HEIGHT_RULE.AT_LEAST)
    # A row is made once and copied: by the library a table of 500 rows takes seconds.
    pattern = first._tr
    for row in section.rows:
        made = deepcopy(pattern)
        cells = zip(places, columns, widths, made.tc_lst, made.iter(qn("w:t")), strict=True)
        for n, column, width, cell, text in cells:
            text.text = display_name(row.cells[n]) if column.kind == "name" else row.cells[n]
            if column.kind == "band" and row.band:
                _shade(cell, BANDS[min(row.band, len(BANDS)) - 1])
            if is_long(text.text, width, size):
                _shrink(cell)
        pattern.addprevious(made)
    pattern.getparent().remove(pattern)


def _cell(cell: Any, text: str, role: str, size: float, width: float, side: Any) -> None:
    cell.width = Mm(width)
    properties = cell._tc.get_or_add_tcPr()
    properties.append(_margins(0.5, 2 if side == WD_ALIGN_PARAGRAPH.RIGHT else 0.5))
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)
    paragraph = cell.paragraphs[0]
    paragraph.alignment = side
    exactly(paragraph, Pt(LINE))
    run = add_run(paragraph, role, text or "　", size)
    run._element.findall(qn("w:t"))[0].set(qn("xml:space"), "preserve")


def _margins(left: float, right: float) -> Any:
    margins = OxmlElement("w:tcMar")
    for side, width in (("left", left), ("right", right)):
        one = OxmlElement(f"w:{side}")
        one.set(qn("w:w"), str(round(width * 56.7)))
        one.set(qn("w:type"), "dxa")
        margins.append(one)
    return margins


def _row(row: Any, rule: Any) -> None:
    row.height, row.height_rule = ROW, rule
    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell.tcPr.find(qn("w:tcMar")).addprevious(shade)


def _shrink(cell: Any) -> None:
    """Two small lines where one does not hold the text."""
    for one in cell.iter(qn("w:sz"), qn("w:szCs")):
        one.set(qn("w:val"), "17")
    for one in cell.iter(qn("w:spacing")):
        one.set(qn("w:line"), "190")


def _borders(table: Any) -> None:
    """The outer line 1 pt, the inner ones half of it."""
    borders = OxmlElement("w:tblBorders")
    for name in ("top", "left", "bottom", "right", "insideH", "insideV"):
        one = OxmlElement(f"w:{name}")
        size = "4" if name.startswith("inside") else "8"
        for key, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", "000000")):
            one.set(qn(f"w:{key}"), value)
        borders.append(one)
    table._tbl.tblPr.append(borders)


# ---------------------------------------------------------------- the turned page
def turn(page: Any, edge: str) -> None:
    """The portrait page turned clockwise: its number stands at the left. What it is made from is read below."""
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    page.top_margin, page.right_margin = Twips(1588), Twips(2098)
    page.bottom_margin, page.left_margin = Twips(1474), Twips(1984)
    grid = page._sectPr.find(qn("w:docGrid"))
    if grid is not None:
        page._sectPr.remove(grid)
    page.footer_distance = Mm(16)
    for header, footer, is_odd in (
        (page.header, page.footer, True),
        (page.even_page_header, page.even_page_footer, False),
    ):
        _turned_number(header, is_odd)
        exactly(footer.paragraphs[0], Pt(10))
        add_run(footer.paragraphs[0], "body", edge, 8)


def _turned_number(header: Any, is_odd: bool) -> None:
    """In a cell whose text runs downwards, at its place on the sheet."""
    table = header.add_table(1, 1, FOOT)
    header._element.insert(0, table._tbl)  # a paragraph must end it
    table.autofit = False
    place = OxmlElement("w:tblpPr")
    at = {"vertAnchor": "page", "horzAnchor": "page", "tblpX": FOOT_LEFT, "tblpY": Twips(1588)}
    for name, value in at.items():
        place.set(qn(f"w:{name}"), value if isinstance(value, str) else str(value.twips))
    table._tbl.tblPr.insert(0, place)
    row = table.rows[0]
    row.height, row.height_rule = TEXT_WIDTH, WD_ROW_HEIGHT_RULE.EXACTLY
    cell = row.cells[0]
    cell.width = FOOT
    properties = cell._tc.get_or_add_tcPr()
    properties.append(_margins(0, 0))
    down = OxmlElement("w:textDirection")
    down.set(qn("w:val"), "tbRl")
    properties.append(down)
    paragraph = cell.paragraphs[0]
    exactly(paragraph, Pt(14))
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_odd else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    add_number(paragraph)
