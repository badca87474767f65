"""Bad sheets: the whole message, and not a trace in any table."""

import resource

import pytest

from desk.sheets.limits import Limits
from tests.desk.bad_sheets.corpus import CORPUS, far_cell
from tests.desk.sheets import bring_in, database_digest, with_part, xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(scope="module")
def untouched(shared_hall):
    """The digest of all tables before any of these sheets came."""
    return database_digest()


def test_the_corpus_has_forty_sheets_of_every_kind():
    assert len(CORPUS) >= 40
    assert len({bad.name for bad in CORPUS}) == len(CORPUS)
    assert {bad.kind for bad in CORPUS} == {"members", "meetings", "proposals", "opinions", "contributions"}


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.name)
def test_bad_sheet_is_answered_in_full_and_stores_nothing(hall, untouched, bad):
    result = bring_in(hall, bad.kind, bad.make(), name=bad.file, **bad.options)
    assert tuple(result.sentences()) == bad.expected
    assert database_digest() == untouched
    assert result.is_written is False


def processor_seconds():
    """Used so far by this process and by its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def test_a_cell_at_the_far_corner_costs_less_than_a_second(hall):
    data = far_cell()
    before = processor_seconds()
    bring_in(hall, "contributions", data)
    assert processor_seconds() - before < 1


def many_rows():
    """A sheet that no machine reads within a second: 19,000 rows of 30 numbers."""
    cells = "".join("<c><v>1</v></c>" for _ in range(30))
    rows = "".join(f'<row r="{number}">{cells}</row>' for number in range(2, 19_002))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return with_part(xlsx(("类型", "编号", "事项", "日期")), "xl/worksheets/sheet1.xml", sheet.encode())


def test_a_slow_sheet_is_given_up(hall):
    limits = Limits(rows=20_000, columns=60, bytes=10 * 1024 * 1024, seconds=1, memory=512 * 1024 * 1024)
    result = bring_in(hall, "contributions", many_rows(), limits=limits)
    assert result.refused == (
        "表格太大或太复杂，1 秒内没有读完。请删去无关的工作表、空白行列和多余的格式，或分成几个文件导入。"
    )


def test_a_sheet_that_needs_too_much_memory_is_given_up(hall):
    limits = Limits(rows=20_000, columns=60, bytes=10 * 1024 * 1024, seconds=20, memory=24 * 1024 * 1024)
    result = bring_in(hall, "contributions", xlsx(("类型", "编号"), ("公益活动", "011")), limits=limits)
    assert result.refused == (
        "表格太大或太复杂，读取它所需的内存超过了上限。请删去无关的工作表、空白行列和多余的格式，或分成几个文件导入。"
    )
