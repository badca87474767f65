"""Official papers as files: PDF by typst, Word by python-docx. Word names the official fonts and embeds none."""

import io
import itertools
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Mm, Pt, Twips

from reports.official import Footer, Names, Paragraph
from reports.paper import pdf

# What an office's own computer has; see reports/paper/fonts.py for what the server prints with.
FONTS = {
    "title": "方正小标宋简体",
    "heading": "黑体",
    "note": "楷体_GB2312",
    "body": "仿宋_GB2312",
    "number": "宋体",
}
LINE = Twips(579)  # 22 lines on a page
CHARACTER = Pt(15.79)  # 28 on a line
TITLE_LINE = Pt(35)
BODY_SIZE = 16
BESIDE = Mm(3)  # that a full last column may stand out
NARROWER = "-5"  # twentieths of a point: 28 characters of 16 pt fit a line without the grid as well
COLUMN = Mm(39)
TEXT_WIDTH, TEXT_HEIGHT = Mm(156), Mm(225)
UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])  # what no XML may hold

BEFORE_MIRRORING = (
    "writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries "
    "displayBackgroundShape printPostScriptOverText printFractionalCharacterWidth printFormsData embedTrueTypeFonts "
    "embedSystemFonts saveSubsetFonts saveFormsData"
).split()


# ---------------------------------------------------------------- the page
def new_document(name: str, at: datetime, *, is_mirrored: bool = False) -> Any:
    """An empty document with the page of GB/T 9704; ``at`` stands in it as its own time."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = name.translate(UNWRITABLE), "", ""
    properties.created = properties.modified = at.replace(tzinfo=None, microsecond=0)
    settings = document.settings.element
    document.settings.odd_and_even_pages_header_footer = True
    if is_mirrored:
        # Word wants the parts of its settings in a fixed order.
        last = [one for one in settings if one.tag in {qn(f"w:{name}") for name in BEFORE_MIRRORING}][-1:]
        settings.insert(settings.index(last[0]) + 1 if last else 0, OxmlElement("w:mirrorMargins"))
    style = document.styles["Normal"]
    set_font(style, "body", 16)
    style.paragraph_format.space_after = Pt(0)
    official_page(document.sections[0])
    return document


def official_page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.right_margin = Twips(2098), Twips(1474)
    section.bottom_margin, section.left_margin = Twips(1984), Twips(1588)
    # The dashes of the number lie 2.5 mm above the foot's lower edge, and 7 mm below the text.
    section.footer_distance, section.header_distance = Mm(25.5), Mm(22)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for name, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-848")):
        grid.set(qn(f"w:{name}"), value)


def add_footers(section: Any, foot: Footer) -> None:
    """— 1 — at the outer edge, one character in; what the paper is made from at the other end; a draft says so on top."""
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    for paragraph in (odd, even):
        paragraph.style = "Normal"
        paragraph.paragraph_format.tab_stops.add_tab_stop(Emu(TEXT_WIDTH - Pt(14)), WD_TAB_ALIGNMENT.RIGHT)
        paragraph.paragraph_format.left_indent = Pt(14)
        exactly(paragraph, Pt(14))
    add_run(odd, "body", foot.text + "\t", 8)
    add_number(odd)
    add_number(even)
    add_run(even, "body", "\t" + foot.text, 8)
    if foot.is_draft:
        for header in (section.header, section.even_page_header):
            add_run(header.paragraphs[0], "heading", "草稿", 14)


def add_number(paragraph: Any) -> None:
    add_run(paragraph, "number", "— ", 14)
    run = add_run(paragraph, "number", "", 14)
    for kind in ("begin", "instr", "separate", "text", "end"):
        if kind == "instr":
            part = OxmlElement("w:instrText")
            part.text = "PAGE"
        elif kind == "text":
            part = OxmlElement("w:t")
            part.text = "1"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._element.append(part)
    add_run(paragraph, "number", " —", 14)


# ---------------------------------------------------------------- paragraphs
def add_paragraph(document: Any, one: Paragraph) -> Any:
    paragraph = document.add_paragraph()
    if one.right is None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.paragraph_format.left_indent = Emu(int(one.hanging * CHARACTER))
        paragraph.paragraph_format.first_line_indent = Emu(int((one.indent - one.hanging) * CHARACTER))
    else:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Emu(int(one.right * CHARACTER))
    paragraph.paragraph_format.keep_with_next = one.is_kept
    paragraph.paragraph_format.widow_control = False
    exactly(paragraph, LINE)
    for role, text in one.runs:
        add_run(paragraph, role, text, BODY_SIZE)
    return paragraph


def add_title(document: Any, lines: Sequence[str]) -> None:
    for text in lines:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        exactly(paragraph, TITLE_LINE)
        add_run(paragraph, "title", text, 22)


def add_blank(document: Any, count: int = 1) -> None:
    for _ in range(count):
        add_paragraph(document, Paragraph([]))


def add_names(document: Any, names: Names) -> None:
    add_title(document, names.title)
    if names.order:
        paragraph = add_paragraph(document, Paragraph([("note", names.order)], indent=0))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_blank(document)
    for row in names.rows:
        # A tab leads to where the next entry begins, which may be a column further.
        text = "\t".join(text for text, _ in row)
        paragraph = add_paragraph(document, Paragraph([("body", text)], indent=0))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.right_indent = -BESIDE
        for column in itertools.accumulate(columns for _, columns in row[:-1]):
            paragraph.paragraph_format.tab_stops.add_tab_stop(Emu(COLUMN * column))


def add_run(paragraph: Any, role: str, text: str, size: float) -> Any:
    run = paragraph.add_run(text.translate(UNWRITABLE))
    set_font(run, role, size)
    if size == BODY_SIZE:
        narrower = OxmlElement("w:spacing")
        narrower.set(qn("w:val"), NARROWER)
        run._element.rPr.insert_element_before(narrower, "w:w", "w:kern", "w:position", "w:sz", "w:szCs")
    return run


def set_font(owner: Any, role: str, size: float) -> None:
    """Of a run or a style: for Chinese and for figures alike."""
    owner.font.name, owner.font.size = FONTS[role], Pt(size)
    owner.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONTS[role])


def exactly(paragraph: Any, height: Length) -> None:
    """A line's height, whatever the font; beside the grid, on which some programs give a character two places."""
    found = paragraph.paragraph_format
    found.line_spacing_rule, found.line_spacing = WD_LINE_SPACING.EXACTLY, height
    found.space_before = found.space_after = Pt(0)
    off = OxmlElement("w:snapToGrid")
    off.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(off, "w:spacing", "w:ind", "w:jc", "w:rPr")


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- a list of names
def names_pdf(name: str, names: Names, foot: Footer, at: datetime) -> bytes:
    """MissingCharacters for a name that no font can print."""
    data = {"name": name, "foot": asdict(foot), "is_mirrored": False, "list": asdict(names)}
    return pdf("names", data, names=names.people, at=at)


def names_docx(name: str, names: Names, foot: Footer, at: datetime) -> bytes:
    document = new_document(name, at)
    add_names(document, names)
    add_footers(document.sections[0], foot)
    return saved(document)
