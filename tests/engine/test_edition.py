"""The document of an edition: what it says, that it can be computed again, and that a change of it is named."""

import copy
import json
from pathlib import Path

import pytest

from scoring.engine import edition
from scoring.engine.edition_changes import changes

RELEASED = sorted((Path(__file__).parents[1] / "scoring" / "editions").glob("*.json"))
FIRST_FORMAT, EXAMPLE = (
    RELEASED[0].with_name(name).read_text(encoding="utf-8")
    for name in ("example-2025.json", "example-2025-format-2.json")
)


def document():
    return json.loads(EXAMPLE)


def leaves(value, path=()):
    """Paths of every text, number and empty thing of the document."""
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, list) and value:
        for place, one in enumerate(value):
            yield from leaves(one, (*path, place))
    else:
        yield path


def changed(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return f"{value}x" if isinstance(value, str) else "x"


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_released_edition_verifies(path):
    assert edition.verify(path.read_text(encoding="utf-8")) == []


def test_released_edition_is_the_text_it_was():
    """None is ever written anew to please a changed engine."""
    found = {path.stem: edition.named_digest(path.read_text(encoding="utf-8"))[:24] for path in RELEASED}
    assert found == {
        "example-2025-format-2": "SHA-256 a6ef57f9da9f921f",
        "example-2025-sm3": "SM3 67e296f5341a591cd2cc",
        "example-2025": "SHA-256 c986d9f4bd5a648e",
    }


def test_example_says_what_was_worked_out_by_hand():
    # 赵一: three services at 5, half of a proposal of 10. 钱二: nine services, of which the category's cap lets in 40, and
    # the other half. 孙三: a whole proposal and 10 by hand, but no service. One of three may be 优秀.
    rows = sorted(document()["subjects"].values(), key=lambda entry: entry["printed"]["number"])
    found = [(r["printed"]["name"], r["card"]["total"], r["placing"]["place"], r["placing"]["grade"]) for r in rows]
    assert found == [
        ("赵一", 2000, 2, "合格"),
        ("钱二", 4500, 1, "优秀"),
        ("孙三", 2000, 2, "合格"),
        ("李四", 0, None, ""),
    ]


def test_changed_leaf_of_every_shape_is_named():
    known = document()["subjects"].keys()
    shapes = {
        tuple("*" if isinstance(step, int) or step in known else step for step in p): p for p in leaves(document())
    }
    silent = []
    for path in shapes.values():
        tampered = document()
        inside = tampered
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = changed(inside[path[-1]])
        if not edition.verify(edition.text_of(tampered)):
            silent.append(path)
    assert silent == []


def test_missing_part_is_named():
    tampered = document()
    del tampered["slices"]
    assert edition.verify(edition.text_of(tampered)) == ["缺少“slices”。"]


def test_other_writing_of_the_same_values_is_named():
    assert edition.verify(json.dumps(document(), ensure_ascii=False)) == [
        "文本不是规范写法（键的顺序、空格或转义被改动过）。"
    ]


def test_text_that_is_no_edition_is_answered_in_words():
    assert [edition.verify(text)[0][:4] for text in ("", "[]", '{"format":9}', '{"format":1}')] == [
        "文件不是",
        "文件不是",
        "文件的格",
        "缺少“e",
    ]


def test_points_made_up_are_told_with_what_they_should_be():
    tampered = document()
    key = next(key for key, entry in tampered["subjects"].items() if entry["printed"]["name"] == "孙三")
    tampered["subjects"][key]["card"]["total"] = 9900
    assert f"孙三（{key}）的成绩单：total 写的是 9900，重新计算为 2000。" in edition.verify(edition.text_of(tampered))


def test_edition_by_sm3_verifies():
    known = document()
    entries = [
        (
            edition.read_subject(entry["subject"]),
            [edition.read_fact(fact) for fact in entry["facts"]],
            entry["printed"],
            entry["titles"],
        )
        for entry in known["subjects"].values()
    ]
    head = {name: known[name] for name in known.keys() - {"ruleset", "changes", "subjects", "slices", "seals"}}
    ruleset = {name: known["ruleset"][name] for name in ("title", "version", "toml")}
    made = edition.compose({**head, "digest": "sm3"}, ruleset, entries)
    bare = {key: {**entry, "beside": {}} for key, entry in known["subjects"].items()}
    assert (edition.verify(edition.text_of(made)), made["subjects"]) == ([], bare)
    assert made["slices"] != known["slices"]


def test_check_code_depends_on_edition_and_subject():
    codes = {edition.check_code(digest, key) for digest in ("a" * 64, "b" * 64) for key in ("one", "two")}
    assert sorted(map(len, codes)) == [14] * 4


def test_entry_has_the_parts_of_its_format():
    later, earlier = document(), json.loads(FIRST_FORMAT)
    key = next(iter(later["subjects"]))
    del later["subjects"][key]["beside"]
    earlier["subjects"][key]["beside"] = {}
    told = [edition.verify(edition.text_of(one))[0][-50:] for one in (later, earlier)]
    assert [("beside" in one, len(one)) for one in told] == [(True, 50), (False, 50)]


def test_new_format_alone_changes_nothing():
    earlier, later = json.loads(FIRST_FORMAT), document()
    for entry in later["subjects"].values():
        entry["titles"].pop("honour/00000000-0000-5000-8000-0000000000d1", None)
    assert changes(earlier, later)["cards"] == []


def test_changes_name_lines_totals_and_places():
    before, after = document(), document()
    key = next(key for key, entry in after["subjects"].items() if entry["printed"]["name"] == "赵一")
    entry = after["subjects"][key]
    line = copy.deepcopy(entry["card"]["lines"][-1]) | {"fact": "another", "counted": 500}
    entry["card"]["lines"].append(line)
    entry["card"]["total"] += 500
    entry["placing"]["place"] = 1
    told = {"rule": "proposal", "fact": "another", "name": "立案提案", "before": None, "after": 500}
    assert changes(before, after) == {
        "ruleset": None,
        "cards": [
            {
                **{"key": key, "name": "赵一", "what": "changed", "total": [2000, 2500]},
                **{"placing": [["place", 2, 1]], "printed": [], "other": False},
                "lines": [{**told, "sentence": line["sentence"]}],
            }
        ],
    }
