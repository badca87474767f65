"""荣誉证书 as Word: the places of the PDF's text by rows of exact heights, its frame by borders of the page."""

from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports.certificates import Certificate, Printing
from reports.official import chinese_date
from reports.official_files import add_run, exactly, new_document, saved

SIZE, LINE = 22, Pt(35.2)
WIDTH = Mm(237)
TITLE, TEXT, SIGNED, NUMBER = Mm(36), Mm(71), Mm(39), Mm(8)  # heights, from 30 mm below the edge of the paper
BESIDE = Mm(92)  # that office and date keep free at the left
RED = "B3121D"


def certificates_docx(made: list[Certificate], printing: Printing, at: Any) -> bytes:
    """A page each; names the official fonts and embeds none."""
    document = new_document(f"荣誉证书（{printing.title}）", at)
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    right, down = (0, 0) if printing.is_full else (printing.right, printing.down)
    page.left_margin, page.right_margin = Mm(30 + right), Mm(30 - right)
    page.top_margin, page.bottom_margin = Mm(30 + down), Mm(10)
    if printing.is_full:
        _frame(page)
    for number, one in enumerate(made):
        _add(document, one, printing, is_first=number == 0)
    return saved(document)


def _frame(page: Any) -> None:
    """Two red lines around the page, the outer the thicker. Word keeps a frame within 31 pt of the paper's edge."""
    borders = OxmlElement("w:pgBorders")
    borders.set(qn("w:offsetFrom"), "page")
    for side in ("top", "left", "bottom", "right"):
        one = OxmlElement(f"w:{side}")
        for name, value in (("val", "thickThinSmallGap"), ("sz", "24"), ("space", "28"), ("color", RED)):
            one.set(qn(f"w:{name}"), value)
        borders.append(one)
    page._sectPr.insert_element_before(
        borders,
        "w:lnNumType",
        "w:pgNumType",
        "w:cols",
        "w:vAlign",
        "w:noEndnote",
        "w:titlePg",
        "w:textDirection",
        "w:docGrid",
    )


def _add(document: Any, one: Certificate, printing: Printing, *, is_first: bool) -> None:
    if not is_first:
        between = document.add_paragraph()
        exactly(between, Pt(1))
        between.paragraph_format.page_break_before = True
    table = document.add_table(rows=4, cols=1)
    table.autofit = False
    for row, height in zip(table.rows, (TITLE, TEXT, SIGNED, NUMBER), strict=True):
        row.height, row.height_rule = height, WD_ROW_HEIGHT_RULE.EXACTLY
        row.cells[0].width = WIDTH
    title, text, signed, number = (row.cells[0] for row in table.rows)
    if printing.is_full:
        paragraph = _paragraph(title.paragraphs[0], "title", "荣誉证书", 36, Pt(40), WD_ALIGN_PARAGRAPH.CENTER)
        paragraph.runs[0].font.color.rgb = RGBColor.from_string(RED)
    _paragraph(text.paragraphs[0], "body", f"{one.name}同志：", SIZE, LINE)
    body = _paragraph(text.add_paragraph(), "body", one.text, SIZE, LINE, WD_ALIGN_PARAGRAPH.JUSTIFY)
    body.paragraph_format.first_line_indent = Pt(2 * SIZE)
    signed.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
    for paragraph, words in (
        (signed.paragraphs[0], printing.office),
        (signed.add_paragraph(), chinese_date(printing.on)),
    ):
        _paragraph(paragraph, "body", words, SIZE, LINE, WD_ALIGN_PARAGRAPH.CENTER)
        paragraph.paragraph_format.left_indent = BESIDE
    _paragraph(number.paragraphs[0], "body", f"编号：{one.number}" if one.number else "", 10.5, Pt(14))


def _paragraph(paragraph: Any, role: str, text: str, size: float, line: Any, side: Any = None) -> Any:
    paragraph.alignment = side
    exactly(paragraph, line)
    add_run(paragraph, role, text, size)
    return paragraph
