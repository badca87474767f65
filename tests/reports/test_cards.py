"""成绩单 and labels on paper, many at once: the page, the figures, who is chosen, and the life of a job."""

import datetime
import itertools
import json
import time
import uuid
import zipfile
from io import BytesIO
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import ValidationError

from audit.actions import act
from audit.models import Action
from reports import print_files, print_jobs
from reports.cards import source_of
from reports.choice import chosen, entries_of, sector_places
from reports.models import PrintChunk, PrintJob
from reports.paper import forget
from reports.records import part_row, unranked
from scoring.cardview import LineView, PartView, RuleView
from scoring.engine.sentences import points
from scoring.models import EditionCard, Objection, ReportCard, Stale
from scoring.objections import raise_objection
from scoring.services.adjustments import decide_adjustment, propose_adjustment
from scoring.services.leases import take
from tests.cast import make_account
from tests.reports.pdfs import info_of, lines_of, pages_of, text_of
from tests.scoring.closing import CLOSED, approve, close, compute, correct, make_closing_year, publish_now, step
from tests.scoring.year import DAY, add_fact, fresh

AT = datetime.datetime(2026, 12, 31, 10, tzinfo=datetime.UTC)


# ---------------------------------------------------------------- the page
def card(records=12, *, holder="欧阳示例", mark="", **changed):
    return {
        "heading": "示例县政协委员履职成绩单",
        "name": "（2026 年度）",
        "mark": mark,
        "check": "校验码 ABCD-EFGH-JKLM",
        "holder": holder,
        "person": [
            *(("姓名", holder, 1), ("性别", "女", 1), ("民族", "回族", 1), ("界别", "农业", 1), ("党派", "—", 1)),
            *(("专委会", "提案委员会", 1), ("职务", "委员", 3), ("编号", "0001", 1)),
        ],
        "parts": [
            {"name": f"第{n}类", "rules": "出席会议（第三条）", "cap": "30", "figure": "28.5", "note": "4 条记录"}
            for n in range(6)
        ],
        "grade": "等次：优秀",
        "total": "88.5",
        "last": "去年 80 分",
        "records": [{"on": f"{n % 12 + 1}月6日", "title": f"参加专题调研{n}", "points": "2.5"} for n in range(records)],
        "foot": "本成绩单按《示例县政协委员履职考核办法》第 1 版计算。" * 3,
        "error": "",
        **changed,
    }


def test_card_with_twelve_records_fits_one_page_within_its_margins(tmp_path):
    made = print_jobs.cards_pdf([card()], AT)
    (page,) = pages_of(made, tmp_path)
    assert info_of(made, tmp_path)["Page size"] == "595.276 x 841.89 pts (A4)"
    title = next(word for word in page if word.text.startswith("示例县政协委员"))
    on = [word for word in page if word.text == "12月6日"]
    ends = [word.right for word in page if word.text == "2.5"]
    foot = [word for word in page if word.top > 297 - 20]
    assert (abs(title.top - 25) < 1, abs((title.left + title.right) / 2 - 105) < 1) == (True, True)
    assert ({round((word.left + word.right) / 2) for word in on}, {round(end) for end in ends}) == ({22 + 15}, {186})
    assert (len(ends), text_of(foot)) == (12, "校验码ABCD-EFGH-JKLM")
    assert all(word.left > 21 and word.right < 189 and word.top > 24 for word in page)


def test_further_records_take_a_second_page_with_the_code_and_the_name_on_it(tmp_path):
    made = print_jobs.cards_pdf([card(3), card(40, mark="暂计，未经审定"), card(1)], AT)
    pages = pages_of(made, tmp_path)
    below = [text_of([word for word in page if word.top > 297 - 20]) for page in pages]
    code = "校验码ABCD-EFGH-JKLM"
    assert below == [code, f"{code}欧阳示例第1页共2页", f"{code}欧阳示例第2页共2页", code]
    assert [text_of([word for word in page if word.bottom < 25]) for page in pages] == [
        *("", "暂计，未经审定", "暂计，未经审定", ""),
    ]
    assert [text_of(page).count("履职记录") for page in pages] == [1, 1, 1, 1]


def test_labels_stand_in_three_columns_and_eight_rows(tmp_path):
    one = {"holder": "示例", "name": "示　例", "title": "委员", "lines": ["农业", "示例医院 院长", "座位 3-12"]}
    made = print_jobs.labels_pdf([{**one, "lines": [f"行{n}", *one["lines"]]} for n in range(25)], AT, title="信封标签")
    first, second = pages_of(made, tmp_path)
    lefts = sorted({round(word.left) for word in first if word.text.startswith("行")})
    tops = sorted({round(word.top, 1) for word in first if word.text.startswith("行")})
    assert (lefts, len(tops), [round(after - before) for before, after in itertools.pairwise(tops)]) == (
        [6, 76, 146],
        8,
        [37] * 7,
    )
    assert text_of(second) == "示例委员行24农业示例医院院长座位3-12"


# ---------------------------------------------------------------- the figures
@pytest.fixture
def later():
    with time_machine.travel(CLOSED, tick=True):
        yield


@pytest.fixture
def print_dir(tmp_path, settings):
    settings.PRINT_DIR = tmp_path / "prints"
    return settings.PRINT_DIR


@pytest.fixture
def year(print_dir, later):
    return make_closing_year(4)


def ask(year, *, what="cards", form="pdf", user=None, **choice):
    return print_jobs.ask(
        user=user or year.publisher,
        assessment=fresh(year.assessment),
        what=what,
        form=form,
        choice=choice,
        grant=None,
    )


def made(job):
    done = print_jobs.drive(job)
    assert done.state == "done", done.message
    return print_files.made_of(job.public_id, job.form).read_bytes()


@pytest.mark.django_db
@pytest.mark.sqlite
def test_cards_say_cell_by_cell_what_the_edition_says(year, tmp_path):
    edition = close(year)
    pages = pages_of(made(ask(year, order="strokes")), tmp_path)
    rows = EditionCard.objects.filter(edition=edition)
    slices = [(json.loads(row.document), row.check_code) for row in rows]
    slices.sort(key=lambda pair: (pair[0]["printed"]["stroke_key"], pair[0]["printed"]["name"]))
    expected = []
    for one, code in slices:
        nodes = {node["code"]: node for node in one["card"]["nodes"]}
        expected.append(
            [
                f"姓名{one['printed']['name']}性别—民族—",
                f"职务委员编号{one['printed']['number']}",
                f"履职公益活动—{points(nodes['work']['figure'])}1条记录",
                f"总分等次：{one['placing']['grade']}",
                points(one["card"]["total"]),
                f"校验码{code}（可在本系统“核验成绩单”页核对真伪）",
            ]
        )
    said = [lines_of(page) for page in pages]
    assert [[cell for cell in cells if cell not in text] for cells, text in zip(expected, said, strict=True)] == [
        [] for _ in expected
    ]
    assert [text for page in pages if "名次" in (text := text_of(page)) or "暂计" in text] == []


@pytest.mark.django_db
@pytest.mark.sqlite
def test_same_edition_gives_the_same_bytes_whatever_becomes_of_the_rows(year, monkeypatch):
    monkeypatch.setattr(print_jobs, "CARDS_AT_ONCE", 2)  # two portions and the joining
    close(year)
    before = {form: made(ask(year, form=form)) for form in ("pdf", "zip")}
    labels = made(ask(year, what="labels"))
    with act(user=None, verb="test"):
        seat = year.seats[0]
        seat.member.name, seat.member.party, seat.unit, seat.place = "改名", "致公党", "别处", "9-9"
        seat.member.save()
        seat.save()
    ReportCard.objects.all().delete()
    with time_machine.travel("2027-03-05", tick=True):
        after = {form: made(ask(year, form=form)) for form in ("pdf", "zip")}
        assert (after == before, made(ask(year, what="labels")) == labels) == (True, True)
    correct(year)
    assert made(ask(year)) != before["pdf"]


@pytest.mark.django_db
@pytest.mark.sqlite
def test_job_of_an_edition_that_holds_no_more_says_so(year, client, print_dir):
    close(year)
    job = print_jobs.drive(ask(year))
    client.force_login(year.approver)

    def is_told():
        return "印的是公布时的旧内容" in client.get(f"/prints/{job.public_id}/").content.decode()

    found = [is_told()]
    step(year, "reopen", reason="更正")
    found.append(is_told())
    compute(year)
    step(year, "approve", typed="2026")
    publish_now(year, reason="更正")
    found.append(is_told())
    assert found == [False, True, True]


@pytest.mark.django_db
@pytest.mark.sqlite
def test_archive_holds_a_file_of_one_page_for_each_member_numbered_in_order(year, tmp_path):
    close(year)
    with zipfile.ZipFile(BytesIO(made(ask(year, form="zip", order="strokes")))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert list(files) == [
        *("001-孙示例-0003.pdf", "002-李示例-0004.pdf", "003-赵示例-0001.pdf", "004-钱示例-0002.pdf"),
    ]
    for name, content in files.items():
        (page,) = pages_of(content, tmp_path)
        assert f"姓名{name[4:7]}" in text_of(page)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_cards_before_publication_are_marked_and_computed_when_out_of_date(year, tmp_path):
    subject = year.subjects[0]
    add_fact(subject)
    Stale.objects.create(assessment=year.assessment, subject=subject)
    raise_objection(
        user=make_account(year.place, "own", seat=year.seats[1]),
        card=ReportCard.objects.get(subject=year.subjects[1]),
        line="",
        text="少记了一次活动",
    )
    found = pages_of(made(ask(year, order="seat")), tmp_path)
    first, pages = lines_of(found[0]), [text_of(page) for page in found]
    assert ["暂计，未经审定" in page and "校验码ABCD" not in page for page in pages] == [True] * 4
    assert ("总分等次：合格（暂计，按分数线）" in first, "10" in first) == (True, True)
    assert ["有1件更正申请尚未办结" in page for page in pages] == [False, True, False, False]
    approve_without_objections(year)
    pages = [text_of(page) for page in pages_of(made(ask(year)), tmp_path)]
    assert ["已审定，尚未公布" in page for page in pages] == [True] * 4


def approve_without_objections(year):
    with act(user=None, verb="test"):
        Objection.objects.get().delete()
    compute(year)
    approve(year)


def adjust(year, subject, effect, reason, **points):
    adjustment = propose_adjustment(
        user=year.approver,
        committee=subject.committee,
        office=year.place.offices[0],
        subject=subject,
        effect=effect,
        happened_on=DAY,
        reason=reason,
        **points,
    )
    decide_adjustment(user=year.publisher, adjustment=adjustment, is_approved=True)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_card_tells_adjustments_and_why_one_is_not_ranked(year, tmp_path):
    first, second, *_ = year.subjects
    adjust(year, first, "points", "见义勇为", rule="extra", points=250)
    adjust(year, second, "exemption", "长期驻外")
    compute(year)
    close(year)
    pages = [lines_of(page) for page in pages_of(made(ask(year, order="seat")), tmp_path)]
    assert "3月10日见义勇为2.5" in pages[0]
    assert "7.5" in pages[0]
    assert [line for line in pages[1] if line.startswith("总分")] == ["总分不参加排名：长期驻外"]


def test_card_says_in_few_words_why_one_is_not_ranked_and_which_rules_count():
    reasons = ["长期驻外", "另行报告，不参加排名"]
    assert [unranked(SimpleNamespace(reason=one)) for one in reasons] == [
        "不参加排名：长期驻外",
        "另行报告，不参加排名",
    ]
    line = LineView(AT.date(), "会议", "", 100, 100, "")

    def said(*lines):
        rules = [RuleView(str(n), f"出席第{n}类会议", "", "", lines=list(lines)) for n in range(9)]
        return part_row(PartView(1, "a", "履职", "第四条", 100, None, outside=False, sentence="", rules=rules))["rules"]

    assert said(line) == "出席第0类会议、出席第1类会议、出席第2类会议等 9 项（第四条）"
    assert said() == "出席第0类会议等 9 项（第四条）"


# ---------------------------------------------------------------- who is chosen
@pytest.mark.django_db
@pytest.mark.sqlite
def test_selection_and_orders(year):
    place = year.place
    with act(user=None, verb="test"):
        for seat, hall, sector in zip(year.seats, ("3-10", "3-9", "", "1-2"), (1, 0, 1, 0), strict=True):
            seat.place, seat.sector = hall, place.sectors[sector]
            seat.save()
        year.seats[1].member.name = "钱示"
        year.seats[1].member.save()
    source = source_of(fresh(year.assessment))
    entries, places = entries_of(source), sector_places(source)

    def numbers(**choice):
        return [one.number for one in chosen(entries, choice, places)]

    assert numbers(order="seat") == ["0004", "0002", "0001", "0003"]
    assert set(numbers(order="sector")[:2]) == {"0002", "0004"}
    assert numbers(sector=place.sectors[1].name, order="seat") == ["0001", "0003"]
    assert numbers(people="赵示例、0003　钱　示，赵示例") == ["0002", "0001", "0003"]
    assert numbers(sector=place.sectors[1].name, party="没有") == []
    with pytest.raises(ValidationError) as refused:
        numbers(people="不在 0001")
    assert refused.value.messages == ["“不在”不在所选范围内。请核对姓名或编号，或改选其他条件。"]


# ---------------------------------------------------------------- the life of a job
@pytest.mark.django_db
@pytest.mark.sqlite
def test_same_wish_while_it_is_made_is_the_same_job_and_nobody_is_refused(year):
    assert ask(year, order="seat") == ask(year, order="seat")
    with pytest.raises(ValidationError, match="没有人符合所选条件"):
        ask(year, sector="没有")


@pytest.mark.django_db
@pytest.mark.sqlite
def test_name_of_no_font_stops_the_job_with_name_and_remedy_and_leaves_nothing(year, print_dir, monkeypatch, client):
    monkeypatch.setattr(print_jobs, "CARDS_AT_ONCE", 2)
    with act(user=None, verb="test"):
        year.seats[3].member.name = "张𠮷"
        year.seats[3].member.save()
    job = print_jobs.drive(ask(year))
    assert (job.state, job.message[:12], "PRINT_FONT_DIR" in job.message) == ("failed", "“张𠮷”中的“𠮷”（U+", True)
    assert (list(print_dir.glob("*/*")), PrintChunk.objects.count()) == ([], 0)
    with act(user=None, verb="test"):
        year.seats[3].member.name = "张吉"
        year.seats[3].member.save()
    client.force_login(year.publisher)
    page = client.post(f"/prints/{job.public_id}/again/", follow=True)
    assert "0<span" in page.content.decode()
    assert print_jobs.drive(PrintJob.objects.first()).state == "done"


@pytest.mark.django_db
@pytest.mark.sqlite
def test_portion_of_a_killed_worker_is_made_by_another_and_no_file_is_half(year, print_dir, settings, monkeypatch):
    monkeypatch.setattr(print_jobs, "CARDS_AT_ONCE", 2)
    expected = made(ask(year))
    job = ask(year, order="seat")
    lost = job.chunks.order_by("position").first()
    take(PrintChunk.objects.all(), lost.pk)  # and nothing more, as a killed worker
    half = print_files.part_of(job.public_id, lost.position, "pdf")
    half.parent.mkdir(parents=True)
    half.with_name(".000000.pdf.killed").write_bytes(b"%PDF-half")
    assert lost.pk not in print_jobs.due().chunk_ids
    PrintChunk.objects.filter(pk=lost.pk).update(leased_until=AT - datetime.timedelta(days=400))
    print_jobs.drive(job)
    folder = print_files.folder_of(job.public_id)
    assert (job.state, [path.name for path in folder.iterdir()], job.pages) == ("done", ["made.pdf"], 4)
    assert len(made(job)) == len(expected)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_job_that_never_works_says_so_and_leaves_nothing(year, print_dir, settings):
    settings.SCORING_ATTEMPTS = 2
    job = ask(year)
    job.chunks.filter(position=0).update(subject_ids=["不是编号"])
    print_jobs.drive(job)
    assert (job.state, job.message.startswith("第 1 组多次没有做成：")) == ("failed", True)
    assert list(print_dir.glob("*/*")) == []


@pytest.mark.django_db
@pytest.mark.sqlite
def test_file_is_given_out_on_record_and_removed_after_a_week(year, client, print_dir):
    close(year)
    client.force_login(year.publisher)
    page = client.post("/reports/2026/cards/", {"what": "cards", "order": "sector", "form": "pdf"})
    job = PrintJob.objects.get()
    assert (page.url, client.get(page.url)["Refresh"]) == (f"/prints/{job.public_id}/", "2")
    assert client.post(f"{page.url}file/").status_code == 404
    print_jobs.drive(job)
    answer = client.post(f"{page.url}file/")
    assert (b"".join(answer.streaming_content)[:5], answer["Content-Type"]) == (b"%PDF-", "application/pdf")
    told = [(one.verb, one.reason) for one in Action.objects.filter(user=year.publisher).order_by("pk")]
    assert told[-2:] == [
        ("制作打印文件", f"{year.assessment}：履职成绩单，全部，共 4 份，按界别"),
        ("下载打印文件", f"{year.assessment}履职成绩单：履职成绩单，全部，共 4 份，按界别"),
    ]
    print_jobs.clean()
    assert PrintJob.objects.get().state == "done"
    PrintJob.objects.update(done_at=AT - datetime.timedelta(days=400))
    print_jobs.clean()
    assert (PrintJob.objects.get().state, list(print_dir.iterdir())) == ("removed", [])
    assert "再做一次" in client.get(page.url).content.decode()


# ---------------------------------------------------------------- one card
@pytest.mark.django_db
@pytest.mark.sqlite
def test_member_and_office_print_one_card_as_it_is_in_the_job(year, client, tmp_path):
    close(year)
    own = make_account(year.place, "own", "member", seat=year.seats[2])
    subject = year.subjects[2]
    client.force_login(own)
    mine = client.get("/me/2026/card.pdf")
    client.force_login(year.publisher)
    office = client.get(f"/report-cards/2026/{subject.public_id}/card.pdf")
    assert (mine.status_code, mine.content == office.content) == (200, True)
    job = made(ask(year, people="0003"))
    assert [lines_of(page) for page in pages_of(mine.content, tmp_path)] == [
        lines_of(page) for page in pages_of(job, tmp_path)
    ]
    assert (
        f"/report-cards/2026/{subject.public_id}/card.pdf"
        in client.get(f"/report-cards/2026/{subject.public_id}/").content.decode()
    )


@pytest.mark.browser  # the clock wants nothing beside it
@pytest.mark.timed
def test_five_hundred_cards_are_set_and_joined_in_five_seconds(print_dir):
    print_jobs.cards_pdf([card()], AT)  # fonts are read once
    job, started = uuid.uuid4(), time.perf_counter()
    starts = range(0, 500, print_jobs.CARDS_AT_ONCE)
    for start in starts:
        made = [card(holder=f"示例{n}") for n in range(start, min(500, start + print_jobs.CARDS_AT_ONCE))]
        content = print_jobs.cards_pdf(made, AT, is_tagged=False)
        print_files.write(print_files.part_of(job, start, "pdf"), content)
        forget()
    print_files.join(job, starts, "pdf")
    took = time.perf_counter() - started
    assert (print_files.pages_of(print_files.made_of(job, "pdf")), took < 2 * 5) == (500, True), took
