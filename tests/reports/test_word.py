"""Word files as an office suite shows them: they open, have the pages of their PDF, and numbers where these have them."""

import subprocess

import pytest

from reports.certificate_word import certificates_docx
from reports.certificates import Certificate, Printing, certificates_pdf
from reports.circular_papers import Appendix, circular_docx, circular_pdf
from reports.name_lists import rows
from reports.official import Footer, Names
from reports.official_files import names_docx, names_pdf
from reports.ranking_word import ranking_docx
from reports.tables import ranking_pdf
from tests.reports.circulars import AT, paper
from tests.reports.pdfs import assert_foot, dashes_of, pages_of, text_of
from tests.reports.tables import LANDSCAPE, PORTRAIT, table
from tests.services import office_program

pytestmark = pytest.mark.office
TURNED = "turned"
PEOPLE = [f"欧阳{chr(0x4E00 + n)}" for n in range(180)]
NAMES = Names(["示例县政协2026年度委员名单"], "（共180名，按姓氏笔画为序）", rows(PEOPLE), PEOPLE)
FOOT = Footer("依据：定版摘要 0123")
TEXT = (
    "一、总体情况\n"
    + "本年度应评价委员300名，其中优秀12名、良好45名。" * 40
    + "\n（一）会议。"
    + "出席常委会议四次。" * 60
)
CIRCULAR = paper(TEXT, mode="red", number="示政协办〔2026〕1号", appendices=[Appendix("附件", names=NAMES)])
HONOURED = [Certificate(name, "在2026年度履职考核中表现突出。", "第001号") for name in ("张三", "欧阳示")]
PRINTING = Printing("优秀委员", "", "政协示例县委员会", None, "", True, 0, 0)
# Name → what makes the Word file and its PDF: [(docx, pdf), …]. A paper of another kind is one more line.
MAKERS = {
    "upright": lambda: (ranking_docx(table(70, PORTRAIT)), ranking_pdf(table(70, PORTRAIT))),
    TURNED: lambda: (ranking_docx(table(50, LANDSCAPE)), ranking_pdf(table(50, LANDSCAPE))),
    "circular": lambda: (circular_docx(CIRCULAR), circular_pdf(CIRCULAR)),
    "certificates": lambda: (certificates_docx(HONOURED, PRINTING, AT), certificates_pdf(HONOURED, PRINTING, AT)),
    "names": lambda: (names_docx("名单", NAMES, FOOT, AT), names_pdf("名单", NAMES, FOOT, AT)),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """{name: (the Word file as LibreOffice prints it, its pages, pages of the PDF)}; it is started once."""
    folder = tmp_path_factory.mktemp("word")
    made = {name: make() for name, make in MAKERS.items()}
    files = []
    for name, (word, _) in made.items():
        files.append(folder / f"{name}.docx")
        files[-1].write_bytes(word)
    settings = f"-env:UserInstallation=file://{folder}/settings"
    command = [office_program(), settings, "--headless", "--convert-to", "pdf", "--outdir", folder, *files]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=120)
    drawn = {name: (folder / f"{name}.pdf").read_bytes() for name in made}
    return {
        name: (drawn[name], pages_of(drawn[name], folder), pages_of(pdf, folder)) for name, (_, pdf) in made.items()
    }


@pytest.mark.parametrize("name", MAKERS)
def test_word_file_opens_with_the_pages_of_its_pdf(opened, name):
    _, word, pdf = opened[name]
    assert abs(len(word) - len(pdf)) <= 1, (len(word), len(pdf))
    assert said(word) == said(pdf)


def said(pages):
    """All letters and figures, in no order: a cell of two lines is read in another one."""
    return sorted(one for page in pages for one in text_of(page) if one.isalnum())


@pytest.mark.parametrize("name", [one for one in MAKERS if one != "certificates"])
def test_numbers_stand_where_the_sheet_has_them(opened, name, tmp_path):
    made, pages, _ = opened[name]
    is_turned = name == TURNED
    for number in range(1, len(pages) + 1):
        drawn = dashes_of(made, tmp_path, number, is_turned=is_turned)
        assert_foot(drawn, number, below=35 - 7 if is_turned else 297 - 35 + 7, outer=210 - 26, inner=28)
