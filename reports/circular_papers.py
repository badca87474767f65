"""A circular with its figures filled in, and as files."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from reports.circulars import appendix_labels, figures_of
from reports.columns import layout_of
from reports.figures import Source, fill
from reports.models import Circular
from reports.name_lists import foot_of, printed, rows
from reports.official import (
    CHARACTERS,
    Footer,
    Names,
    Paragraph,
    chinese_date,
    paragraphs,
    signature,
    title_lines,
    width,
)
from reports.official_files import (
    LINE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    add_blank,
    add_footers,
    add_names,
    add_paragraph,
    add_run,
    add_title,
    exactly,
    new_document,
    official_page,
    saved,
)
from reports.paper import pdf
from reports.people import Order, in_order
from reports.ranking_word import add_ranking, turn
from reports.rankings import Asked, Ranking, table
from reports.tables import ranking_data
from scoring.models import Commendation

LONGEST_KEPT = 6 * CHARACTERS
HEAD_WIDTH, HEAD_SIZE = 150, 48  # mm that a red head may take, pt of its largest type
HEAD_TOP, ABOVE_RULE = Mm(35), Mm(4)
RED = "FF0000"
COLOPHON_LINE, COLOPHON_CHARACTERS = Pt(22), 29
CELL = 5.4  # pt that Word keeps free at each side of a cell


@dataclass(frozen=True, slots=True)
class Colophon:
    """版记, at the foot of the last page."""

    copied_to: str
    printed_by: str
    printed_on: str


@dataclass(frozen=True, slots=True)
class Appendix:
    """``label``: 附件1, or 附件 when there is only one. Either ``names`` or ``ranking``."""

    label: str
    names: Names | None = None
    ranking: Ranking | None = None

    @property
    def title(self) -> str:
        return "".join(self.names.title) if self.names else self.ranking.title


@dataclass(frozen=True, slots=True)
class CircularPaper:
    """Everything that is printed, in its order. ``head_height`` is in millimetres, ``mark_size`` in points."""

    name: str
    mode: str
    mark: str
    mark_size: float
    number: str
    head_height: int
    title: list[str]
    paragraphs: list[Paragraph]
    appendices: list[Appendix]
    colophon: Colophon | None
    is_mirrored: bool
    foot: Footer
    people: list[str]
    at: datetime


def circular_paper(circular: Circular, source: Source) -> CircularPaper:
    """UnknownFigure when the text names a figure that the year no longer has."""
    appendices = _appendices(circular, source)
    figures = figures_of(source, has_table=circular.has_table)
    filled = {
        name: fill(getattr(circular, name), figures, str(Circular._meta.get_field(name).verbose_name))
        for name in ("title", "addressee", "body")
    }
    title = title_lines(filled["title"])
    addressee = filled["addressee"].strip().rstrip("：:")
    text = [
        *([Paragraph([("body", f"{addressee}：")], indent=0)] if addressee else []),
        *_with_signature(paragraphs(filled["body"])),
        *[replace(one, is_kept=True) for one in _listed(appendices)],
        *[Paragraph([], is_kept=True)] * (2 if circular.is_sealed else 1),
        *signature(circular.signed_by, chinese_date(circular.dated_on), circular.is_sealed),
    ]
    honoured = [one.name for chosen in source.honours.values() for one in chosen]
    return CircularPaper(
        name="".join(title),
        mode=circular.mode,
        mark=circular.mark,
        mark_size=min(HEAD_SIZE, HEAD_WIDTH * 72 / 25.4 / max(1.0, width(circular.mark))),
        number=circular.number,
        head_height=circular.head_height,
        title=title,
        paragraphs=text,
        appendices=appendices,
        colophon=_colophon(circular),
        is_mirrored=circular.is_mirrored,
        foot=foot_of(source),
        people=[name for name in honoured if any(name in one.text for one in text)],
        at=source.at,
    )


def _with_signature(text: list[Paragraph]) -> list[Paragraph]:
    """The end of the text stays with the signature: a page with that alone is against the standard.

    A long paragraph cannot be moved as a whole.
    """
    if text and width(text[-1].text) <= LONGEST_KEPT:
        return [*text[:-1], replace(text[-1], is_kept=True)]
    return text


def _appendices(circular: Circular, source: Source) -> list[Appendix]:
    lists = (source.honours.items() or {Commendation.TITLE: []}.items()) if circular.has_honours else []
    count = len(lists) + circular.has_table
    labels = appendix_labels(count)
    found = []
    if circular.has_table:
        found.append(Appendix(labels[0], ranking=table(source.year, Asked(label=labels[0]))))
    for label, (title, chosen) in zip(labels[len(found) :], lists, strict=True):
        ordered = in_order(chosen, Order.SURNAME)
        names = Names(
            title=[f"{source.assessment.year}年度{title}名单"],
            order=f"（共{len(ordered)}名，{Order.SURNAME.label}）",
            rows=rows([printed(one) for one in ordered]),
            people=[one.name for one in ordered],
        )
        found.append(Appendix(label, names=names))
    return found


def _listed(appendices: Sequence[Appendix]) -> list[Paragraph]:
    """附件说明: one line below the text, names without an end mark, one below the other."""
    names = [one.title for one in appendices]
    if not names:
        return []
    if len(names) == 1:
        return [Paragraph([]), Paragraph([("body", f"附件：{names[0]}")], hanging=5)]
    first = Paragraph([("body", f"附件：1. {names[0]}")], hanging=6.5)
    others = [
        Paragraph([("body", f"{number}. {name}")], indent=5, hanging=6.5)
        for number, name in enumerate(names[1:], start=2)
    ]
    return [Paragraph([]), first, *others]


def _colophon(circular: Circular) -> Colophon | None:
    if not circular.copied_to and not circular.printed_by:
        return None
    copied = circular.copied_to.strip().rstrip("。")
    printed_on = f"{chinese_date(circular.printed_on)}印发" if circular.printed_on else ""
    return Colophon(f"抄送：{copied}。" if copied else "", circular.printed_by, printed_on)


# ---------------------------------------------------------------- PDF
def circular_pdf(paper: CircularPaper) -> bytes:
    """MissingCharacters for a name that no font can print."""
    left = {"at", "appendices"}
    data = asdict(replace(paper, appendices=[]))
    data = {name: value for name, value in data.items() if name not in left}
    data["appendices"] = [
        {
            "label": one.label,
            "names": asdict(one.names) if one.names else None,
            "table": ranking_data(one.ranking) if one.ranking else None,
        }
        for one in paper.appendices
    ]
    names = [name for one in paper.appendices for name in (one.names.people if one.names else one.ranking.names)]
    return pdf("circular", data, names=[*paper.people, *names], at=paper.at)


# ---------------------------------------------------------------- Word
def circular_docx(paper: CircularPaper) -> bytes:
    document = new_document(paper.name, paper.at, is_mirrored=paper.is_mirrored)
    add_footers(document.sections[0], paper.foot)
    if paper.mode != Circular.Mode.PLAIN:
        _add_head(document, paper)
    add_title(document, paper.title)
    add_blank(document)
    for one in paper.paragraphs:
        add_paragraph(document, one)
    for appendix in paper.appendices:
        _add_appendix(document, appendix, paper.foot)
    if paper.colophon:
        _add_colophon(document, paper.colophon)
    return saved(document)


def _add_appendix(document: Any, appendix: Appendix, foot: Footer) -> None:
    """On a new page, in a section of its own, since a table may stand on a page turned."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    for part in (section.header, section.even_page_header, section.footer, section.even_page_footer):
        part.is_linked_to_previous = False
    layout = layout_of(appendix.ranking) if appendix.ranking else None
    if layout and layout.is_wide:
        turn(section, foot.text)
    else:
        section.orientation = WD_ORIENT.PORTRAIT
        official_page(section)
        add_footers(section, foot)
    if layout:
        add_ranking(document, appendix.ranking, layout)
        return
    add_paragraph(document, Paragraph([("heading", appendix.label)], indent=0))
    add_blank(document)
    add_names(document, appendix.names)


def _add_head(document: Any, paper: CircularPaper) -> None:
    """发文机关标志, 发文字号 and the red rule; on paper that has the head in print, the number alone at its place."""
    is_red = paper.mode == Circular.Mode.RED
    height = Mm(paper.head_height)
    before = height - ABOVE_RULE - LINE
    if is_red:
        mark = document.add_paragraph()
        mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
        size = Pt(paper.mark_size)
        exactly(mark, size)
        mark.paragraph_format.space_before = HEAD_TOP
        add_run(mark, "title", paper.mark, paper.mark_size).font.color.rgb = RGBColor.from_string(RED)
        before -= HEAD_TOP + size
    number = add_paragraph(document, Paragraph([("body", paper.number)], indent=0))
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number.paragraph_format.space_before = Emu(max(0, before))
    if is_red:
        _border_below(number, "12", RED, "11")
    else:
        number.paragraph_format.space_after = ABOVE_RULE
    add_blank(document, 2)


def _add_colophon(document: Any, colophon: Colophon) -> None:
    """A table of one column that floats at the foot of the page it is on."""
    lines = [colophon.copied_to] if colophon.copied_to else []
    if colophon.printed_by:
        lines.append(f"{colophon.printed_by}\t{colophon.printed_on}")
    table = document.add_table(rows=0, cols=1)
    for text in lines:
        cell = table.add_row().cells[0]
        cell.width = TEXT_WIDTH
        paragraph = cell.paragraphs[0]
        exactly(paragraph, COLOPHON_LINE)
        # A cell keeps 5.4 pt free at each side: together one character.
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14 - CELL)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Emu(TEXT_WIDTH - Pt(14 + CELL)), WD_TAB_ALIGNMENT.RIGHT)
        add_run(paragraph, "body", text, 14)
    properties = table._tbl.tblPr
    place = OxmlElement("w:tblpPr")
    height = sum(math.ceil(width(text) / COLOPHON_CHARACTERS) for text in lines) * COLOPHON_LINE
    top = str(round(Emu(Mm(37) + TEXT_HEIGHT - height).pt * 20))
    for name, value in (("vertAnchor", "page"), ("horzAnchor", "margin"), ("tblpX", "0"), ("tblpY", top)):
        place.set(qn(f"w:{name}"), value)
    properties.insert_element_before(place, "w:tblOverlap", "w:tblW", "w:jc", "w:tblInd", "w:tblLayout", "w:tblLook")
    borders = OxmlElement("w:tblBorders")
    for side, eighths in (("top", "8"), ("bottom", "8"), ("insideH", "6")):
        borders.append(_line(side, eighths, "000000", "0"))
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    anchor = document.add_paragraph()
    exactly(anchor, Pt(1))
    add_run(anchor, "body", "", 1)


def _border_below(paragraph: Any, eighths: str, colour: str, space: str) -> None:
    """``eighths`` of a point wide, ``space`` points below the text."""
    border = OxmlElement("w:pBdr")
    border.append(_line("bottom", eighths, colour, space))
    paragraph._p.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _line(side: str, eighths: str, colour: str, space: str) -> Any:
    line = OxmlElement(f"w:{side}")
    for name, value in zip(("val", "sz", "color", "space"), ("single", eighths, colour, space), strict=True):
        line.set(qn(f"w:{name}"), value)
    return line
