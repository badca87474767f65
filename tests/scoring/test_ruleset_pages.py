"""A regulation drafted, changed, compared, approved and revised in the browser's way: plain forms."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import Role
from scoring import engine
from scoring.compiled import from_rows
from scoring.models import Ruleset
from scoring.rulesets import shipped
from scoring.services.rulesets import approve_ruleset, change_ruleset, store_ruleset
from tests.cast import make_account, make_committee, queries_of
from tests.scoring.year import RULES

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def place():
    return make_committee()


@pytest.fixture
def browse(client, place):
    """client signed in as somebody with this role."""

    def sign_in(role=Role.CLERK, name="drafter"):
        client.force_login(make_account(place, name, role))
        return client

    return sign_in


def draft_of(place, text=RULES, **more):
    return store_ruleset(user=None, committee=place.committee, year=2026, ruleset=engine.loads(text), **more)


def page_of(name, row):
    return reverse(name, args=[row.public_id])


def boxes(response):
    """What a browser would send for the form of a part."""
    values = {bound.html_name: bound.value() for bound in response.context["form"]}
    return {name: "on" if v is True else v for name, v in values.items() if v not in (None, False)}


def seen(response):
    return response.context["seen"]


def text_of(response):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_a_draft_begins_with_a_shipped_regulation_in_its_year(browse, place):
    given = {"base": "yanbian_2022", "year": "2027"}
    response = browse().post(reverse("ruleset_new"), given)
    row = Ruleset.objects.get()
    assert (response.url, row.state, row.year) == (page_of("ruleset_edit", row), "draft", 2027)
    assert from_rows(row).last_day.year == 2027


def test_a_draft_begins_with_last_years_moved_by_a_year(browse, place):
    last = approve_ruleset(user=None, ruleset=draft_of(place, original="第一条"))
    browse().post(reverse("ruleset_new"), {"base": str(last.public_id), "year": "2027"})
    row = Ruleset.objects.get(year=2027)
    content = from_rows(row)
    assert (row.version, row.original, content.first_day.year, content.last_day.year) == (1, "第一条", 2027, 2027)
    assert [rule.code for rule in content.rules] == [rule.code for rule in engine.loads(RULES).rules]


def test_a_draft_begins_with_a_file_whose_errors_are_told_with_their_line(browse):
    client = browse()

    def sent(text):
        file = SimpleUploadedFile("办法.toml", text.encode())
        return client.post(reverse("ruleset_new"), {"base": "file", "year": "2026", "file": file})

    broken = RULES.replace('category = "services"', 'category = "nothing"')
    line = next(n for n, one in enumerate(broken.splitlines(), 1) if '"nothing"' in one)
    told = text_of(sent(broken))
    assert (f"（第{line}行）的category" in told, Ruleset.objects.count()) == (True, 0)
    assert sent(RULES).status_code == 302


def test_an_existing_draft_is_replaced_only_when_told_to(browse, place):
    row = draft_of(place)
    client, given = browse(), {"base": "sample", "year": "2026"}
    assert "已有草稿" in text_of(client.post(reverse("ruleset_new"), given))
    client.post(reverse("ruleset_new"), given | {"replace": "on"})
    assert Ruleset.objects.get(pk=row.pk).title == engine.loads(shipped("sample")).title


def test_a_rule_is_changed_with_its_sentence_before_it_is_saved(browse, place):
    client, row = browse(), draft_of(place)
    page = f"{page_of('ruleset_part', row)}?part=rule&at=0"
    given = boxes(client.get(page)) | {"rows-0-points": "8", "limit": "3"}
    told = client.post(page, given | {"do": "sentence"})
    assert told.content.decode().strip() == '<p class="lead">公益活动，每次计 8 分；最多计 3 次，取分值高的。</p>'
    assert from_rows(Ruleset.objects.get(pk=row.pk)) == from_rows(row)
    assert client.post(page, given | {"do": "save"}).url == f"{page_of('ruleset_edit', row)}#rule-0"
    rule = from_rows(Ruleset.objects.get(pk=row.pk)).rules[0]
    assert (rule.value.rows[0].points, rule.limit, rule.code) == (8, 3, "service")


def test_the_second_of_two_who_change_a_draft_is_told(browse, place):
    client, row = browse(), draft_of(place)
    page = f"{page_of('ruleset_part', row)}?part=rule&at=0"
    given = boxes(client.get(page)) | {"name": "我的改名"}
    change_ruleset(user=None, ruleset=row, content=engine.loads(RULES.replace("考核加分", "别的加分")))
    assert "别人改过" in text_of(client.post(page, given))
    assert from_rows(Ruleset.objects.get(pk=row.pk)).rules[0].name == "公益活动"


def test_a_rule_too_rare_for_a_form_is_written_as_toml_with_the_same_checks(browse, place):
    client, row = browse(), draft_of(place)
    page = f"{page_of('ruleset_part', row)}?part=rule&at=0"
    shown = client.get(page)
    text, mark = shown.context["toml"], boxes(shown)["seen"]
    wrong = client.post(page, {"do": "toml", "seen": mark, "toml": text.replace('share = ""', 'share = "third"')})
    assert "share：写的是“third”" in text_of(wrong)
    client.post(page, {"do": "toml", "seen": mark, "toml": text.replace('share = ""', 'share = "half"')})
    assert from_rows(Ruleset.objects.get(pk=row.pk)).rules[0].share == "half"


def test_parts_are_moved_copied_and_deleted_but_not_what_others_name(browse, place):
    client, row = browse(), draft_of(place)
    edit = page_of("ruleset_edit", row)

    def do(what):
        response = client.post(edit, {"do": what, "seen": seen(client.get(edit))}, follow=True)
        return [str(message) for message in response.context["messages"]]

    assert do("rule.1.down") == ["已移动规则“立案提案”。"]
    assert do("rule.0.copy") == ["已复制规则“公益活动”。"]
    assert do("rule.1.delete") == ["已删除规则“公益活动（副本）”。"]
    assert "还被“公益活动”用到，没有删除" in do("category.1.delete")[0]
    assert [rule.code for rule in from_rows(Ruleset.objects.get(pk=row.pk)).rules] == ["service", "extra", "proposal"]


def test_every_change_of_a_draft_is_taken_back_with_one_button_and_any_earlier_state_comes_back(browse, place):
    client, row = browse(), draft_of(place, original="第一条")
    edit, back = page_of("ruleset_edit", row), page_of("ruleset_versions", row)
    begun = from_rows(row)

    def now():
        fresh = Ruleset.objects.get(pk=row.pk)
        return from_rows(fresh), fresh.original

    def do(what, **more):
        client.post(edit, {"do": what, "seen": seen(client.get(edit)), **more})
        return now()

    def undo():
        shown = client.get(edit)
        latest, before = shown.context["versions"]
        assert f'value="{before.action.public_id}"' in shown.content.decode()
        given = {"to": str(before.action.public_id), "seen": str(latest.action.public_id)}
        return given, client.post(back, given, follow=True)

    for what, more in (
        ("rule.1.down", {}),
        ("rule.1.delete", {}),
        ("gate.0.copy", {}),
        ("text", {"original": "第一条、第二条"}),
    ):
        before = now()
        changed = do(what, **more)
        assert changed != before
        undo()
        assert now() == before
        given, answer = undo()  # what was taken back is done again
        assert now() == changed
    assert "已重做：改了办法原文" in text_of(answer)
    assert "别人改过" in text_of(client.post(back, given, follow=True))  # the page is out of date by now
    found = client.get(back).context["versions"]
    assert [one.what for one in found[:3]] == ["重做：改了办法原文", "撤销：改了办法原文", "改了办法原文"]
    given = {"to": str(found[-1].action.public_id), "seen": str(found[0].action.public_id)}
    client.post(back, given)
    assert now() == (begun, "第一条")
    few = queries_of(client, back)
    do("rule.0.down")
    assert queries_of(client, back) == few


def test_the_regulations_text_is_kept_beside_the_rules_and_taken_into_the_next_version(browse, place):
    client, row = browse(Role.CHAIR_OFFICE, "chair"), draft_of(place)
    client.post(page_of("ruleset_edit", row), {"do": "text", "original": "第一条\r\n参加公益活动的计 5 分。"})
    row.refresh_from_db()
    assert row.original == "第一条\n参加公益活动的计 5 分。"
    approve_ruleset(user=None, ruleset=row)
    given = {"base": str(row.public_id), "year": "2026"}
    assert "没有写修订理由" in text_of(client.post(reverse("ruleset_new"), given))
    client.post(reverse("ruleset_new"), given | {"reason": "公益活动分值偏低"})
    new = Ruleset.objects.get(version=2)
    assert (new.original, new.reason, new.state) == (row.original, "公益活动分值偏低", "draft")


def test_two_versions_are_told_apart_in_sentences(browse, place):
    row = approve_ruleset(user=None, ruleset=draft_of(place))
    text = RULES.replace("points = 5 }", "points = 6 }").replace(
        'name = "合格"\nat_least = 10', 'name = "合格"\nat_least = 12'
    )
    new = draft_of(place, text, reason="分值偏低")
    response = browse().get(f"{page_of('ruleset_changes', new)}?from={row.public_id}")
    changes = [(g.heading, c.kind, c.before, c.after) for g in response.context["groups"] for c in g.changes]
    assert changes[2:] == [
        ("公益", "changed", "公益活动，每次计 5 分。", "公益活动，每次计 6 分。"),
        ("等次", "changed", "合格：10 分以上（含）。", "合格：12 分以上（含）。"),
    ]
    assert [c[0] for c in changes[:2]] == ["总的说明", "总的说明"]


def test_export_is_the_canonical_text(browse, place):
    row = approve_ruleset(user=None, ruleset=draft_of(place))
    response = browse().get(page_of("ruleset_toml", row))
    assert response.content.decode() == row.toml


def test_approval_shows_surprises_and_takes_the_typed_year(browse, place):
    row = draft_of(place, RULES.replace("cap = 40", "cap = 4"))
    client = browse(Role.CHAIR_OFFICE, "chair")
    page = page_of("ruleset_approve", row)
    shown = client.get(page)
    assert "“公益”最高4分，而“公益活动”一次就可计5分" in text_of(shown)
    given = {"seen": seen(shown), "year": "2025"}
    assert "这份办法是2026年的" in text_of(client.post(page, given))
    assert client.post(page, given | {"year": "2026"}).url == page_of("ruleset", row)
    row.refresh_from_db()
    assert row.state == "approved"
    assert client.get(page_of("ruleset_edit", row)).url == page_of("ruleset", row)


def test_a_draft_with_many_rules_costs_no_more_queries_than_a_short_one(browse, place):
    client, row = browse(), draft_of(place)
    edit = page_of("ruleset_edit", row)
    client.get(edit)
    few = queries_of(client, edit)
    store_ruleset(user=None, committee=place.committee, year=2026, ruleset=engine.loads(shipped("yanbian_2022")))
    assert queries_of(client, edit) == few
