"""Rehearsals: what a draft would make of a year, computed beside the live cards and never touching them."""

import datetime
import hashlib
import html
import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.models import Role, Subject
from scoring import clock
from scoring.engine import loads
from scoring.models import Rehearsal, RehearsalChunk
from scoring.rehearsal_page import Page
from scoring.services import rehearsals, runs
from scoring.services.rulesets import change_ruleset, in_year, store_ruleset
from tests.cast import make_account
from tests.scoring.year import RULES, YEAR, add_fact, fill, fresh, make_year

pytestmark = pytest.mark.django_db

DRAFT = (
    RULES.replace("points = 5 ", "points = 4 ")
    .replace('points = "10"', 'points = "28"')
    .replace("cap = 40", "cap = 30")
    + """
[[rule]]
code = "article"
name = "文章"
category = "work"
clause = "第五条"
of = { kind = "article" }
rows = [{ points = 3 }]
"""
)


def draft_of(year, text=DRAFT):
    return store_ruleset(
        user=None, committee=year.place.committee, year=YEAR, ruleset=loads(text), reason="征求意见后修订"
    )


def scored_year(members):
    year = make_year(members)
    fill(year)
    runs.drive(runs.rescore(user=None, assessment=fresh(year.assessment)))
    return year


def small_committee():
    """Four members. Services, filed proposals → points now: 9, 0 → 40 (45 cut); 2, 1 → 20; 1, 1 → 15; 3, 0 → 15."""
    year = make_year(4)
    for subject, services, proposals in zip(year.subjects, (9, 2, 1, 3), (0, 1, 1, 0), strict=True):
        for _ in range(services):
            add_fact(subject)
        for _ in range(proposals):
            add_fact(subject, "proposal", attributes="stage=filed")
    runs.drive(runs.rescore(user=None, assessment=fresh(year.assessment)))
    return year


def done(ruleset, **asked):
    return rehearsals.drive(rehearsals.rehearse(user=None, ruleset=ruleset, **{"year": YEAR} | asked))


def result(rehearsal):
    return json.loads(rehearsal.result)


def signed_in(year, role=Role.CHAIR_OFFICE):
    client = Client()
    client.force_login(make_account(year.place, f"the-{role}", role))
    return client


def tables():
    """{table: digest of its rows}"""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = hashlib.sha256("\n".join(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()
    return found


def table_of(page, section):
    """The rows of the first table of a section, cell by cell, as text."""
    part = page.split(f'aria-labelledby="{section}">', 1)[1].split("</section>")[0].split("<tbody>")[1]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", part, re.DOTALL)]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in rows]


# ---------------------------------------------------------------- what it says
def test_rehearsal_of_a_small_committee_says_what_was_computed_by_hand():
    # A 9 × 4 = 36, cut to 30; B 2 × 4 + 28 = 36; C 4 + 28 = 32; D 3 × 4 = 12. The better half of four is B and C.
    year = small_committee()
    rehearsal = done(draft_of(year))
    page = signed_in(year).get(f"/rehearsals/{rehearsal.public_id}/").content.decode()
    assert Page(rehearsal, Subject.objects.all()).sentences == [
        "与 2026 年度现有的成绩单相比，4 个委员中 2 个总分上升，2 个下降，0 个不变。",
        "等次变化 2 个：升 1 个，降 1 个。",
        "参加排名的平均分由 22.5 分变为 27.5 分。",
        "计满上限最多的是“公益”，有 1 个委员。",
        "有 2 条规则没有计到任何委员。",
        "名次最受影响的是类别“公益”：分值提高一成，有 1 对先后对调。",
    ]
    assert table_of(page, "distribution") == [
        ["10 至不满 15", "0", "1"],
        ["15 至不满 20", "2", "0"],
        ["20 至不满 25", "1", "0"],
        ["25 至不满 30", "0", "0"],
        ["30 至不满 35", "0", "2"],
        ["35 至不满 40", "0", "1"],
        ["40 至不满 45", "1", "0"],
    ]
    assert table_of(page, "grades") == [
        ["优秀", "1", "1", "2"],
        ["合格", "1", "1", "2"],
        ["试算合计", "2", "2", "4"],
    ]
    assert table_of(page, "rise") == [
        ["张示例", "15", "32", "+17", "3 → 2", "合格 → 优秀", "立案提案：10 → 28 分（+18）"],
        ["张示例", "20", "36", "+16", "2 → 1", "优秀 → 优秀", "立案提案：10 → 28 分（+18）"],
    ]
    assert table_of(page, "fall") == [
        ["张示例", "40", "30", "−10", "1 → 3", "优秀 → 合格", "公益活动：40 → 30 分（−10）"],
        ["张示例", "15", "12", "−3", "3 → 4", "合格 → 合格", "公益活动：15 → 12 分（−3）"],
    ]
    assert table_of(page, "caps") == [
        ["总分", "100", "0", "100", "0", "0 分"],
        ["公益", "40", "1", "30", "1", "6 分"],
    ]
    (capped,) = [cap for cap in Page(rehearsal, Subject.objects.all()).caps if cap["people"]]
    assert (capped["name"], capped["who"], capped["people"]) == (
        "公益",
        [[year.subjects[0].pk, 600]],
        [("张示例", 600)],
    )
    assert "试算时计满“公益”的 1 个" in page
    assert result(rehearsal)["idle"] == [["考核加分", "第三条"], ["文章", "第五条"]]
    # 公益 after its cap a tenth more: A 33 passes C 32.4. Before its cap A stays at 30.
    assert table_of(page, "moves") == [
        ["公益", "类别", "1 对", "4", "按各条得分推算"],
        ["履职", "类别", "0 对", "4", "按各条得分推算"],
        ["公益活动", "规则", "0 对", "3", "按各条得分推算"],
        ["立案提案", "规则", "0 对", "2", "按各条得分推算"],
        ["考核加分", "规则", "0 对", "0", "按各条得分推算"],
        ["文章", "规则", "0 对", "0", "按各条得分推算"],
    ]


def test_rehearsal_of_the_approved_ruleset_changes_nobody():
    year = scored_year(23)
    said = result(done(fresh(year.assessment).ruleset))
    found = {name: said[name] for name in ("compared", "up", "down", "same", "rise", "fall", "errors")}
    assert found == {"compared": 23, "up": 0, "down": 0, "same": 23, "rise": [], "fall": [], "errors": []}
    assert [before == after for _, _, before, after in said["bins"]] == [True] * len(said["bins"])
    assert (said["grades"]["changed"], said["grades"]["rows"]) == (0, said["grades"]["columns"])


def test_rehearsal_without_cards_compares_with_the_approved_ruleset():
    year = make_year(5)
    fill(year)
    rehearsal = done(draft_of(year, RULES.replace("points = 5 ", "points = 6 ")))
    said = result(rehearsal)  # the n-th member has n services: all but the first rise
    assert (rehearsal.assessment, rehearsal.former) == (None, year.ruleset)
    assert (said["up"], said["down"], said["same"]) == (4, 0, 1)
    assert [one["total"] for one in said["rise"]] == [[2080, 2496], [1795, 2104], [1020, 1224], [505, 606]]


def test_rehearsal_moves_the_ruleset_to_the_year_chosen_with_its_dates():
    year = scored_year(3)
    begins = RULES.replace('name = "公益活动"', f'name = "公益活动"\nfrom = {YEAR}-01-01')
    content = in_year(loads(begins), YEAR + 1)
    draft = store_ruleset(user=None, committee=year.place.committee, year=YEAR + 1, ruleset=content)
    rehearsal = done(draft)
    assert rehearsals.years_for(draft) == [YEAR, YEAR + 1]
    assert (rehearsal.from_on.year, rehearsal.to_on.year, result(rehearsal)["same"]) == (YEAR, YEAR, 3)


# ---------------------------------------------------------------- what it leaves alone
def test_rehearsal_writes_nothing_but_itself_and_who_asked():
    year = scored_year(7)
    draft = draft_of(year)
    add_fact(year.subjects[0])
    before = tables()
    assert done(draft).state == "done"
    after = tables()
    assert {name for name in after if after[name] != before[name]} == {"audit_action", "scoring_rehearsal"}


# ---------------------------------------------------------------- trouble
def test_bad_record_of_one_subject_is_named_and_the_others_are_rehearsed():
    year = scored_year(5)
    add_fact(year.subjects[1], "adjustment", key="adjustment/1", attributes="effect=points;rule=extra", quantity=5000)
    rehearsal = done(draft_of(year))
    ((name, message),) = Page(rehearsal, Subject.objects.all()).errors
    said = "规则“考核加分”的核定分应在 -10 至 10 分之间，记录 adjustment/1 写的是 50 分"
    assert (name, message.startswith(said)) == ("张示例", True)
    assert (rehearsal.state, result(rehearsal)["subjects"], result(rehearsal)["compared"]) == ("done", 4, 4)


def die(chunk):
    """As if a worker had claimed the chunk and died, and its lease had passed."""
    rehearsals.take(RehearsalChunk.objects.all(), chunk.pk)
    RehearsalChunk.objects.filter(pk=chunk.pk).update(leased_until=clock.now() - datetime.timedelta(seconds=1))


def test_rehearsal_whose_worker_died_is_taken_up_by_another():
    year = scored_year(2)
    rehearsal = rehearsals.rehearse(user=None, ruleset=year.ruleset, year=YEAR)
    die(rehearsal.chunks.get())
    assert rehearsals.drive(rehearsal).state == "done"


def test_rehearsal_whose_workers_always_die_is_shown_as_failed():
    year = scored_year(2)
    rehearsal = rehearsals.rehearse(user=None, ruleset=year.ruleset, year=YEAR)
    for _ in range(5):
        die(rehearsal.chunks.get())
    rehearsals.drive(rehearsal)
    page = signed_in(year).get(f"/rehearsals/{rehearsal.public_id}/").content.decode()
    said = "第 1 组多次没有算成：计算中的进程多次中断（可能是内存不足），没有留下错误说明"
    assert (rehearsal.state, rehearsal.message, said in page, "再试算一次" in page) == ("failed", said, True, True)


def test_draft_changed_meanwhile_is_rehearsed_anew_and_an_unchanged_one_is_not():
    year = scored_year(2)
    draft = draft_of(year)
    first = rehearsals.rehearse(user=None, ruleset=draft, year=YEAR)
    same = rehearsals.rehearse(user=None, ruleset=draft, year=YEAR)
    change_ruleset(user=None, ruleset=draft, content=loads(RULES))
    second = rehearsals.rehearse(user=None, ruleset=draft, year=YEAR)
    first.refresh_from_db()
    assert (same, first.state, first.message) == (first, "failed", "办法已修改，由新的试算代替")
    assert rehearsals.drive(second).state == "done"


def test_old_rehearsals_are_deleted():
    year = scored_year(1)
    first = done(year.ruleset)
    copied = ("ruleset", "year", "toml", "digest", "from_on", "to_on", "state", "result")
    columns = {name: getattr(first, name) for name in copied}
    others = Rehearsal.objects.bulk_create(Rehearsal(**columns) for _ in range(20))
    last = done(year.ruleset)
    assert list(Rehearsal.objects.order_by("pk")) == [*others[1:], last]


# ---------------------------------------------------------------- pages
@pytest.mark.parametrize("size", [1, 5])
def test_chunk_takes_the_same_queries_whatever_its_size(settings, size):
    settings.SCORING_CHUNK_SIZE = size
    year = scored_year(5)
    rehearsal = rehearsals.rehearse(user=None, ruleset=draft_of(year), year=YEAR)
    with CaptureQueriesContext(connection) as queries:
        rehearsals.rehearse_chunk(chunk_id=rehearsal.chunks.first().pk)
    assert len(queries) == 14


@pytest.mark.sqlite
def test_chair_asks_watches_and_reads_and_a_clerk_sees_no_places():
    year = scored_year(12)
    draft = draft_of(year)
    chair, clerk = signed_in(year), signed_in(year, Role.CLERK)
    asked = chair.post(f"/rulesets/{draft.public_id}/rehearse/", {"year": YEAR}, follow=True)
    waiting = asked.content.decode()
    rehearsal = rehearsals.drive(Rehearsal.objects.get())
    path = f"/rehearsals/{rehearsal.public_id}/"
    assert (asked.redirect_chain, asked["Refresh"], "0<span" in waiting) == ([(path, 302)], "2", True)
    pages = [chair.get(path).content.decode(), clerk.get(path).content.decode()]
    assert ['<th scope="col">名次</th>' in page for page in pages] == [True, False]
    listed = [
        chair.get("/rehearsals/").content.decode(),
        chair.get(f"/rulesets/{draft.public_id}/rehearse/").content.decode(),
    ]
    assert ["试算</strong>" in page for page in [waiting, *pages, *listed]] == [True] * 5
    assert [str(rehearsal.public_id) in page for page in listed] == [True, True]


@pytest.mark.sqlite
def test_rehearsal_of_a_year_not_offered_is_refused():
    year = scored_year(1)
    page = signed_in(year).post(f"/rulesets/{year.ruleset.public_id}/rehearse/", {"year": "1999"}).content.decode()
    said = "没有选年度，或选的年度没有可对照的考核。请从列出的年度中选一个。"
    assert (said in page, Rehearsal.objects.count()) == (True, 0)


@pytest.mark.sqlite
def test_pages_take_the_same_queries_for_one_and_for_many():
    year = scored_year(12)
    client = signed_in(year)
    counts = []
    for _ in range(2):
        rehearsal = done(draft_of(year))
        found = []
        for path in ("/rehearsals/", f"/rehearsals/{rehearsal.public_id}/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
