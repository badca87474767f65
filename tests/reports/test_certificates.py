"""荣誉证书: numbers that stay, text at its place on white and on printed paper."""

import datetime
from dataclasses import replace

import pytest
import time_machine

from reports.certificates import (
    WORDING,
    Certificate,
    NotPrintable,
    Printing,
    certificates,
    certificates_pdf,
    test_sheet,
)
from reports.figures import source_of
from scoring.models import Commendation
from scoring.services.honours import withdraw_commendation
from tests.reports.circulars import AT
from tests.reports.pdfs import info_of, pages_of, text_of
from tests.reports.published import honour, make_published_year
from tests.scoring.closing import CLOSED
from tests.scoring.year import fresh

PRINTING = Printing("优秀委员", WORDING, "政协示例县委员会", datetime.date(2027, 1, 5), "示荣〔2026〕第", True, 3, -2)
SHEET = test_sheet  # pytest would take it for a test
del test_sheet
ONE = [Certificate("张三", "在2026年度履职考核中表现突出。", "示荣〔2026〕第001号")]


def places(page, *texts):
    return {text: next((word.left, word.top) for word in page if word.text.startswith(text)) for text in texts}


def test_text_alone_falls_where_it_is_on_white_paper_but_for_the_printers_shift(tmp_path):
    (white,) = pages_of(certificates_pdf(ONE, PRINTING, AT), tmp_path)
    assert info_of(certificates_pdf(ONE, PRINTING, AT), tmp_path)["Page size"] == "841.89 x 595.276 pts (A4)"
    (printed,) = pages_of(certificates_pdf(ONE, replace(PRINTING, is_full=False), AT), tmp_path)
    texts = ("张三同志", "在2026年度", "政协示例县委员会", "2027年1月5日", "编号")
    before, after = places(white, *texts), places(printed, *texts)
    assert {(round(after[one][0] - before[one][0], 1), round(after[one][1] - before[one][1], 1)) for one in texts} == {
        (3.0, -2.0)
    }
    assert abs(before["张三同志"][0] - 30) < 1
    assert ("荣" in text_of(white)[:1], text_of(printed)[:2]) == (True, "张三")
    (sheet,) = pages_of(SHEET(PRINTING, AT), tmp_path)
    assert "已右移3毫米、下移−2毫米" in text_of(sheet)


@pytest.mark.django_db
def test_numbers_stay_with_those_who_have_them(client, tmp_path):
    with time_machine.travel(CLOSED, tick=True):
        year = make_published_year()
        honour(year, year.subjects[:2])
        assessment = fresh(year.assessment)
        made = certificates(year.approver, source_of(year.approver, assessment), PRINTING)
        # One by an act of his own, though he would be the last; two by a later one.
        assert [(one.name, one.number) for one in made] == [
            ("孙示例", "示荣〔2026〕第001号"),
            ("赵示例", "示荣〔2026〕第002号"),
            ("钱示例", "示荣〔2026〕第003号"),
        ]
        assert made[0].text == "在2026年度履职考核中表现突出，被评为优秀委员。特发此证，以资鼓励。"
        first = Commendation.objects.get(subject=year.subjects[0])
        withdraw_commendation(user=year.approver, commendation=first, reason="本人辞谢")
        source = source_of(year.approver, assessment)
        made = certificates(year.approver, source, PRINTING)
        assert [one.number for one in made] == ["示荣〔2026〕第001号", "示荣〔2026〕第003号"]
        with pytest.raises(NotPrintable, match="孙示例的证书正文有 114 个字"):
            certificates(year.approver, source, replace(PRINTING, wording="{{姓名}}" * 38))
        client.force_login(year.approver)
        page = client.get("/reports/2026/certificates/?right=5").content.decode()
        assert ("第003号" in page, "第002号" in page) == (True, False)
        answer = client.get("/reports/2026/certificates.pdf?paper=text&right=5&down=-1")
        assert (len(pages_of(answer.content, tmp_path)), answer.cookies["certificate"].value) == (2, "5,-1")
        assert 'name="right" value="5"' in client.get("/reports/2026/certificates/").content.decode()
        wrong = client.get("/reports/2026/certificates.pdf?right=99")
        assert (wrong.status_code, "请填 -20 到 20 之间的整数毫米" in wrong.content.decode()) == (409, True)
