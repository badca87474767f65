"""Every part of every shipped regulation, opened in its form and saved unchanged, is the same canonical text."""

import pytest

from scoring import engine
from scoring.engine import schema
from scoring.engine.labels import CODES
from scoring.engine.plain import LISTS, to_plain
from scoring.engine.schema import TOTAL
from scoring.ruleset_conditions import Spelling
from scoring.ruleset_editing import (
    HEAD,
    SINGLE,
    Said,
    copied,
    free_code,
    moved,
    part_of,
    uses_of,
    with_part,
    without_part,
)
from scoring.ruleset_fields import WHERE, Context, Table
from scoring.ruleset_forms import PartForm
from scoring.ruleset_parts import KINDS, VALUES, blank, spec_of
from scoring.rulesets import names, shipped


def form_of(ruleset, part, values, data=None):
    return PartForm(data, part=part, values=values, context=Context(ruleset, Spelling(dict(ruleset.labels))), seen="x")


def typed(form):
    """What a browser would send for a page as it stands."""
    shown = {bound.html_name: bound.value() for bound in form}
    return {
        name: "on" if v is True else str(v).replace("\n", "\r\n") for name, v in shown.items() if v not in (None, False)
    }


def saved_unchanged(ruleset, part, place):
    values = part_of(ruleset, part, place)
    form = form_of(ruleset, part, values, typed(form_of(ruleset, part, values)))
    if not form.is_valid():
        return form.errors.as_json()
    edited = with_part(ruleset, part, place, form.plain)
    return edited.problems or engine.dumps(edited.ruleset)


@pytest.mark.parametrize("name", names())
def test_a_part_saved_unchanged_is_the_same_text(name):
    ruleset = engine.loads(shipped(name))
    text = engine.dumps(ruleset)
    places = [(part, None) for part in SINGLE]
    places += [(part, n) for part, (items, _) in LISTS.items() for n in range(len(getattr(ruleset, items)))]
    found = {at: saved_unchanged(ruleset, *at) for at in places}
    assert found == dict.fromkeys(places, text)


# A draft's year, kind of subjects and version are its row's; codes are made from names and may be written as TOML.
FIXED = {
    "head": {"code", "version", "year", "subjects"},
    **{key: {"code"} for key in ("category", "rule", "once", "gate")},
}


def keys_without_a_box(part, values):
    """Keys of a part's plain values that no box of its form holds, those of its tables and subtables too.

    A rule is asked for in the forms of all kinds of rules, each of which leaves out what makes no sense for it.
    """
    every = [box for word in VALUES for box in spec_of(part, {word: {}})] if part == "rule" else spec_of(part, values)
    spec = {one.path: one for one in every}
    found = set()
    for key, value in values.items():
        subs = {path.partition(".")[2] for path in spec if path.partition(".")[0] == key and "." in path}
        if subs:
            found |= {f"{key}.{name}" for name in value.keys() - subs}
        elif key not in spec and not ("" in spec and spec[""].pairs):
            found.add(key)
        elif isinstance(spec.get(key), Table) and not spec[key].pairs:
            boxes = {box.path for box in spec[key].boxes}
            told = {name for row in value for name in row} - boxes
            found |= {f"{key}.{name}" for name in told if WHERE not in boxes}
    return found - FIXED.get(part, set())


def test_every_key_of_a_regulation_has_a_box():
    """A key that the engine learns and no form knows fails here: to_plain writes every key of every part it has."""
    missing, met = set(), {}
    for name in names():
        plain = to_plain(engine.loads(shipped(name)))
        parts = [("head", {key: plain[key] for key in HEAD})]
        parts += [(part, plain[part]) for part in SINGLE if part != "head"]
        parts += [(part, one) for part in LISTS for one in plain[part]]
        for part, values in parts:
            missing |= {(part, key) for key in keys_without_a_box(part, values)}
            met.setdefault(part, set()).update(values)
        known = {"format", *HEAD, *SINGLE, *LISTS} - {"head"}
        assert plain.keys() - known == set()  # nor is there a part of which nothing is known
    assert missing == set()
    words = {"need", "ratio", "manual", "base", "members", "rows"}
    assert [len(words - met["rule"]), set(met) - {*SINGLE, *LISTS}] == [0, set()]


def test_every_word_of_the_vocabulary_is_typed_in_chinese_and_comes_back():
    spelling = Spelling({})
    kinds = {code: spelling.read_kind(spelling.kind(code)) for code in schema.KINDS}
    assert kinds == {code: code for code in schema.KINDS}
    for name in schema.ATTRIBUTES:
        for code in CODES.get(name, ()):
            for one in (code, f"!{code}"):
                where = {name: [one]}
                assert spelling.read_where(spelling.where(where), schema.ATTRIBUTES) == where
    assert set(schema.CODES) - set(CODES) == set()


SAMPLE = engine.loads(shipped("sample"))


@pytest.mark.parametrize("kind", [one.code for one in KINDS])
def test_each_kind_of_rule_begins_with_what_can_be_saved(kind):
    ruleset = engine.loads(shipped("sample_group" if kind == "members" else "sample"))
    values = blank("rule", kind, ruleset.categories[0].code)
    data = typed(form_of(ruleset, "rule", values)) | {"name": "新规则", "clause": "第九条"}
    form = form_of(ruleset, "rule", values, data)
    assert form.is_valid(), form.errors
    edited = with_part(ruleset, "rule", None, form.plain | {"code": free_code(ruleset, "新规则")})
    assert (edited.problems, len(Said(edited.ruleset).of("rule", None))) == ([], 1)


def refused(part, place, **changed):
    """Errors by box after these boxes of a sample's part were changed."""
    values = part_of(SAMPLE, part, place)
    form = form_of(SAMPLE, part, values, typed(form_of(SAMPLE, part, values)) | changed)
    if form.is_valid():
        form.take(with_part(SAMPLE, part, place, form.plain).problems)
    return {name: list(errors) for name, errors in form.errors.items()}


ROWS = next(n for n, rule in enumerate(SAMPLE.rules) if rule.of and rule.of[0].kinds == ("proposal",))


@pytest.mark.parametrize(
    ("changed", "box", "words"),
    [
        ({"rows-0-points": "五"}, "rows-0-points", "应为数字"),
        ({"of": "提安（环节：立案）"}, "of", "没有“提安”这类事项；可用的有：全体会议、"),
        ({"of": "提案（环接：立案）"}, "of", "没有“环接”这个条件；可用的有：环节、"),
        ({"of": "提案（立案）"}, "of", "条件应写成“名称：值、值”"),
        ({"rows-0-where": "环节：立了案"}, "rows-0-where", "“环节”没有“立了案”；可填的有：提交、立案、"),
        ({"limit": "0"}, "limit", "应至少为 1"),
        ({"limit": "两件"}, "limit", "应为整数"),
        ({"conserve": "on", "share": ""}, "conserve", "没有份额可分"),
        ({"clause": "", "source": ""}, "clause", "二者至少其一"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_box_in_words(changed, box, words):
    errors = refused("rule", ROWS, **changed)
    assert [box] == list(errors)
    assert words in errors[box][0]


def test_a_page_that_is_out_of_date_is_refused():
    assert "别人改过" in refused("rule", ROWS, seen="y")["__all__"][0]


def test_a_code_with_signs_of_its_own_survives_the_words():
    spelling = Spelling({"x-甲": "甲（乙）", "level=x-a": "市级"})
    scope = {"kind": ["x-甲"], "unit": "sitting", "organ": ["省政协；办公厅", ""], "level": ["!city", "!x-a"]}
    assert spelling.read_scope(spelling.scope(scope)) == scope


def test_a_category_moves_with_what_stands_under_it():
    codes = [c.code for c in SAMPLE.categories]
    top = [n for n, c in enumerate(SAMPLE.categories) if c.parent == TOTAL]
    there = moved(SAMPLE, "category", top[0], 1)
    back = next(n for n, c in enumerate(there.categories) if c.code == codes[top[0]])
    assert with_part(there, "category", back, part_of(there, "category", back)).problems == []
    assert [c.code for c in moved(there, "category", back, -1).categories] == codes


def test_a_copy_is_another_rule_and_may_be_deleted_again():
    twice = copied(SAMPLE, "rule", 0)
    assert (twice.rules[1].name, twice.rules[1].code) == (
        f"{SAMPLE.rules[0].name}（副本）",
        free_code(SAMPLE, SAMPLE.rules[0].code),
    )
    assert without_part(twice, "rule", 1) == SAMPLE


def test_a_category_with_rules_names_them():
    first = SAMPLE.rules[0]
    place = [c.code for c in SAMPLE.categories].index(first.category)
    assert first.name in uses_of(SAMPLE, "category", place)
