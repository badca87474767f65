"""Rulesets: rows and dataclasses without loss, approval, versions."""

import dataclasses
import datetime
import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.actions import act
from members.models import User
from scoring import compiled as cache
from scoring import engine, rulesets
from scoring.compiled import TamperedRuleset, compiled, from_rows
from scoring.models import Assessment, Rule, Ruleset, Stale
from scoring.services.rulesets import (
    approve_ruleset,
    change_ruleset,
    for_year,
    in_words,
    load_ruleset,
    store_ruleset,
)
from tests.cast import make_committee
from tests.scoring.later import open_with
from tests.scoring.year import RULES, make_year

pytestmark = pytest.mark.django_db

SHIPPED = sorted(Path(rulesets.__file__).parent.glob("*.toml"))


@pytest.fixture
def committee():
    return make_committee().committee


def store(committee, text=RULES, year=2026, **more):
    return store_ruleset(user=None, committee=committee, year=year, ruleset=engine.loads(text), **more)


def reread(row):
    return Ruleset.objects.get(pk=row.pk)


# ---------------------------------------------------------------- rows and dataclasses
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_regulation_survives_its_rows(committee, path):
    ruleset = dataclasses.replace(engine.loads(path.read_text(encoding="utf-8")), version=1)
    row = store_ruleset(user=None, committee=committee, year=ruleset.year, ruleset=ruleset)
    assert from_rows(reread(row)) == ruleset


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_regulation_is_approved_as_its_canonical_text(committee, path):
    ruleset = dataclasses.replace(engine.loads(path.read_text(encoding="utf-8")), version=1)
    row = store_ruleset(user=None, committee=committee, year=ruleset.year, ruleset=ruleset)
    approve_ruleset(user=None, ruleset=row)
    text = engine.dumps(ruleset)
    assert (reread(row).toml, reread(row).digest) == (text, hashlib.sha256(text.encode()).hexdigest())
    assert load_ruleset(reread(row)) == ruleset


def test_rule_row_shows_clause_category_and_validity(committee):
    text = RULES.replace('clause = "第二条"', 'clause = "第二条"\nfrom = 2026-04-03')
    row = store(committee, text)
    columns = Rule.objects.filter(ruleset=row).values_list("code", "category", "clause", "valid_from", "valid_to")
    assert list(columns) == [
        ("service", "services", "第一条", None, None),
        ("proposal", "work", "第二条", datetime.date(2026, 4, 3), None),
        ("extra", "work", "第三条", None, None),
    ]
    assert from_rows(reread(row)) == engine.loads(text)


def test_rule_without_clause_shows_its_source_and_keeps_both(committee):
    text = RULES.replace('clause = "第二条"', f'source = "{"经验材料" * 30}"')
    row = store(committee, text)
    assert Rule.objects.get(ruleset=row, code="proposal").clause == ("经验材料" * 30)[:100]
    assert from_rows(reread(row)) == engine.loads(text)


def test_broken_rows_are_refused_with_the_place(committee):
    row = store(committee)
    with act(user=None, verb="test"):
        rule = Rule.objects.get(ruleset=row, code="proposal")
        rule.terms["limit"] = "many"
        rule.save()
    with pytest.raises(engine.RulesetError, match=r"规则 .*第 2 个的 limit：写的是 “many”，应为整数"):
        load_ruleset(reread(row))


def test_ruleset_moves_to_another_year_with_its_windows():
    text = RULES.replace(
        "first_day = 2026-01-01\nlast_day = 2026-12-31", "first_day = 2023-03-01\nlast_day = 2024-02-29"
    )
    text += '\n[[window]]\nkind = "proposal"\nfirst_day = 2022-12-01\nlast_day = 2023-11-30\n'
    moved = for_year(engine.loads(text), 2027)
    assert (moved.year, moved.first_day, moved.last_day) == (
        2027,
        datetime.date(2024, 3, 1),
        datetime.date(2025, 2, 28),
    )
    assert [(w.first_day, w.last_day) for w in moved.windows] == [
        (datetime.date(2023, 12, 1), datetime.date(2024, 11, 30))
    ]


# ---------------------------------------------------------------- drafts
def test_storing_again_rewrites_the_draft(committee):
    first = store(committee)
    again = store(committee, RULES.replace("points = 5", "points = 6"))
    assert (again.pk, again.version, Ruleset.objects.count(), Rule.objects.count()) == (first.pk, 1, 1, 3)
    assert load_ruleset(reread(first)).rules[0].value.rows[0].points == 6


def test_ruleset_of_another_kind_of_subject_is_refused(committee):
    row = store(committee)
    with pytest.raises(ValidationError, match="办法写的是 2026 年、考核活动组，与2026 年、委员的草稿不符"):
        change_ruleset(user=None, ruleset=row, content=dataclasses.replace(engine.loads(RULES), subjects="group"))


def test_code_too_long_for_its_column_is_refused(committee):
    with pytest.raises(ValidationError) as refusal:
        store(committee, RULES.replace('code = "extra"', f'code = "{"extra" * 21}"'))
    assert refusal.value.messages == [
        "[[rule]] 第 3 个的代码“extraextraextraextra…”有 105 个字符，最多 100 个，请缩短。"
    ]


def test_ids_of_rulesets_follow_from_committee_year_and_version(committee):
    row = store(committee)
    public_id = row.public_id
    with act(user=None, verb="test"):
        row.delete()
    assert store(committee).public_id == public_id


# ---------------------------------------------------------------- approval
def test_approved_ruleset_cannot_be_edited(committee):
    row = approve_ruleset(user=None, ruleset=store(committee))
    with pytest.raises(ValidationError) as refusal:
        change_ruleset(user=None, ruleset=row, content=engine.loads(RULES))
    assert refusal.value.messages == [
        "测试用办法（2026 年第 1 版）已审定，内容不能再改。需要修订时，请另存为第 2 版并写明理由。"
    ]


def test_approved_ruleset_is_not_approved_again(committee):
    row = approve_ruleset(user=None, ruleset=store(committee))
    with pytest.raises(ValidationError, match="已审定，内容不能再改"):
        approve_ruleset(user=None, ruleset=row)


def test_approval_says_who_and_when(committee):
    chair = User.objects.create(username="chair")
    row = reread(approve_ruleset(user=chair, ruleset=store(committee)))
    assert (row.state, row.approved_by, row.approved_at is not None) == ("approved", chair, True)
    assert row.history.latest().action.user == chair


def test_rows_changed_after_approval_change_nothing(committee):
    row = approve_ruleset(user=None, ruleset=store(committee))
    with act(user=None, verb="test"):
        rule = Rule.objects.get(ruleset=row, code="service")
        rule.terms = {}
        rule.save()
    assert load_ruleset(reread(row)) == engine.loads(RULES)


def test_changed_text_of_an_approved_ruleset_is_found_out(committee):
    row = approve_ruleset(user=None, ruleset=store(committee))
    cache._kept.clear()
    row.toml = row.toml.replace("points = 5", "points = 50")
    with pytest.raises(TamperedRuleset, match="与审定时的摘要不符"):
        load_ruleset(row)


def test_combination_that_cannot_be_explained_is_not_approved(committee):
    row = store(committee)
    with act(user=None, verb="test"):
        rule = Rule.objects.get(ruleset=row, code="service")
        rule.category = "nowhere"
        rule.save()
    with pytest.raises(ValidationError, match="nowhere"):
        approve_ruleset(user=None, ruleset=reread(row))
    assert reread(row).state == "draft"


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [
        ("2027-01-01", []),
        (
            "2027-01-02",
            ["全部事项：上一年度到 2026-12-31 止，本年度从 2027-01-02 起，期间中断；本年度应从 2027-01-01 起。"],
        ),
        (
            "2026-12-31",
            ["全部事项：上一年度到 2026-12-31 止，本年度从 2026-12-31 起，期间重叠；本年度应从 2027-01-01 起。"],
        ),
    ],
)
@pytest.mark.parametrize("is_later_first", [False, True])
def test_windows_of_neighbouring_years_must_follow(committee, first_day, expected, is_later_first):
    text = RULES.replace("year = 2026", "year = 2027")
    text = text.replace("2026-12-31", "2027-12-31").replace("2026-01-01", first_day)
    rows = [store(committee), store(committee, text, 2027)]
    if is_later_first:
        rows.reverse()
    approve_ruleset(user=None, ruleset=rows[0])
    problems = []
    try:
        approve_ruleset(user=None, ruleset=rows[1])
    except ValidationError as refusal:
        problems = refusal.messages
    assert problems == expected


# ---------------------------------------------------------------- versions
def test_second_version_needs_a_reason(committee):
    approve_ruleset(user=None, ruleset=store(committee))
    with pytest.raises(ValidationError, match="已有第 1 版考核办法，保存第 2 版没有写修订理由"):
        store(committee)
    assert Ruleset.objects.count() == 1


def test_second_version_replaces_the_first_for_the_whole_year():
    year = make_year(3)
    row = store(year.place.committee, RULES.replace("points = 5", "points = 6"), reason="公益活动加分")
    assert Stale.objects.count() == 0
    approve_ruleset(user=None, ruleset=row)
    assessment = Assessment.objects.get()
    assert (assessment.ruleset, reread(year.ruleset).state, row.version) == (row, "replaced", 2)
    assert set(Stale.objects.values_list("assessment", "subject")) == {
        (assessment.pk, subject.pk) for subject in year.subjects
    }


def test_version_of_another_window_moves_the_assessment_with_it():
    place = make_committee()
    assessment = open_with(place, RULES)
    text = RULES.replace("2026-01-01", "2025-12-01").replace("2026-12-31", "2026-11-30")
    approve_ruleset(user=None, ruleset=store(place.committee, text, reason="改为十二月起算"))
    assessment.refresh_from_db()
    assert (assessment.from_on, assessment.to_on) == (datetime.date(2025, 12, 1), datetime.date(2026, 11, 30))


@pytest.mark.parametrize("state", ["approved", "published"])
def test_closed_year_keeps_its_ruleset(state):
    year = make_year(1)
    with act(user=None, verb="test"):
        year.assessment.state = state
        year.assessment.save()
    row = store(year.place.committee, reason="修订")
    with pytest.raises(ValidationError, match="不能再更换考核办法。请先重新开放本年度考核"):
        approve_ruleset(user=None, ruleset=row)
    assert (reread(year.ruleset).state, reread(row).state) == ("approved", "draft")


def test_database_holds_one_approved_version_a_year(committee):
    approve_ruleset(user=None, ruleset=store(committee))
    second = store(committee, reason="修订")
    values = reread(second)
    values.state, values.toml, values.digest = "approved", "x", "y"
    values.approved_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    with pytest.raises(IntegrityError), transaction.atomic(), act(user=None, verb="test"):
        values.save()


# ---------------------------------------------------------------- compiled once, and in words
def test_ruleset_is_compiled_once_per_digest(committee):
    row = approve_ruleset(user=None, ruleset=store(committee))
    assert compiled(reread(row)).rules is compiled(reread(row)).rules


def test_no_more_rulesets_are_kept_than_a_process_needs(committee):
    row = approve_ruleset(user=None, ruleset=store(committee))
    compiled(row)
    for n in range(cache.KEPT):
        text = engine.dumps(dataclasses.replace(engine.loads(RULES), title=f"办法 {n}"))
        compiled(Ruleset(toml=text, digest=cache.digest_of(text)))
    assert (len(cache._kept), row.digest in cache._kept) == (cache.KEPT, False)


def test_ruleset_in_words_has_a_sentence_for_every_rule(committee):
    row = approve_ruleset(user=None, ruleset=store(committee))
    words = in_words(reread(row))
    assert [(rule.code, bool(rule.sentence)) for rule in words.rules] == [
        ("service", True),
        ("proposal", True),
        ("extra", True),
    ]
