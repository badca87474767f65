"""定版: a published year as one text, from which everything it prints can be computed again.

`compose(head, toml, entries)` makes the document, `text_of` its canonical JSON (sorted keys, no spaces, points in whole
hundredths, public keys and no primary ones), `verify(text)` computes every card, total, grade, place and key from the
text alone. The meaning of a field never changes: a new meaning is a new field and a new FORMAT, and every format ever
released stays readable (tests/scoring/editions/).

    format, engine   numbers of this layout and of what the engine's words mean
    digest           "sha256" or "sm3": by which the text, its slices and the next edition's `previous` are digested
    committee        {code, name, short_name}
    year, kind       of the assessment; first_day, last_day: its window
    number, reason   0 and "" at first, n and why for correction no. n
    previous         digest of the committee's edition before this one; origin(code) for the first
    published_at, published_by {key, name}
    ruleset          {title, version, sha256, toml}; canonical TOML
    changes          what this correction changes in the edition before; see edition_changes.py
    subjects         by key: {subject, facts, printed, titles, card, placing} and, since format 2, beside: what pages show
                     beside the card, as it was known then ({} for nothing): months, turnout, uncredited
    slices           key → digest of the subject's slice, which is all that its printed card is made of
    seals            key → digest of that subject's whole entry, and "head" → of all but subjects and seals; so that what
                     nothing can be computed from (a name, a date, a fact that scores nothing) is held as well
"""

import base64
import hashlib
import json
from datetime import date

from . import schema as s
from .cohorts import placed
from .compile import compile
from .placing import place, standing
from .score import score
from .toml import dumps, loads

FORMAT = 2
ENGINE = 1
ALGORITHMS = ("sha256", "sm3")
NAMED = 20  # differences named of one card or placing
_HEAD = (
    *("format", "engine", "digest", "committee", "year", "kind", "first_day", "last_day", "number", "reason"),
    *("previous", "published_at", "published_by", "ruleset", "changes", "subjects", "slices", "seals"),
)
_ENTRY_OF_1 = ("subject", "facts", "printed", "titles", "card", "placing")
_ENTRIES = {1: _ENTRY_OF_1, 2: (*_ENTRY_OF_1, "beside")}  # format → parts of an entry
_SUMMED = ("total", "ranked", "reason", "post", "months", "of_months")


# --- texts and digests ---------------------------------------------------------------------------------------------


def text_of(plain):
    """Plain values → the one canonical text."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def can_digest(algorithm):
    """Whether this machine's OpenSSL offers it."""
    try:
        hashlib.new(algorithm)
    except ValueError:
        return False
    return algorithm in ALGORITHMS


def digest_of(text, algorithm):
    """64 hexadecimal digits. ValueError for an algorithm that is unknown here."""
    return hashlib.new(algorithm, text.encode()).hexdigest()


def origin(code):
    """What the first edition of the committee `code` has as its `previous`."""
    return hashlib.sha256(f"editions of {code}".encode()).hexdigest()


def check_code(digest, key):
    """The code on a printed card: 12 characters of base 32, grouped 4-4-4, of the edition's digest and the subject's key."""
    found = base64.b32encode(hashlib.sha256(f"{digest}{key}".encode()).digest()).decode()[:12]
    return "-".join((found[:4], found[4:8], found[8:]))


# --- composing -----------------------------------------------------------------------------------------------------


def compose(head, ruleset, entries):
    """→ the document as plain values.

    `head`: its first fields, from digest to published_by. `ruleset`: {title, version, toml}. `entries`: (Subject, facts,
    printed, titles) in any order. `changes` and each `beside` are empty; whoever changes a part of the document afterwards seals
    it again with sealed().
    """
    rules = compile(loads(ruleset["toml"]))
    subjects = {}
    for subject, facts, printed, titles in entries:
        subjects[subject.key] = {
            "subject": plain_subject(subject),
            "facts": [plain_fact(fact) for fact in sorted(facts)],
            "printed": printed,
            "titles": titles,
            "beside": {},
            "card": score(rules, subject, facts).plain(),
        }
    for key, placing in _placings(rules, {key: entry["card"] for key, entry in subjects.items()}).items():
        subjects[key]["placing"] = placing
    document = {
        "format": FORMAT,
        "engine": ENGINE,
        **head,
        "ruleset": {**ruleset, "sha256": digest_of(ruleset["toml"], "sha256")},
        "changes": {},
        "subjects": subjects,
        "slices": {},
    }
    return sealed(document)


def sealed(document):
    """The document with the digests that follow from the rest of it."""
    slices = {key: digest_of(slice_of(document, key), document["digest"]) for key in document["subjects"]}
    found = {**document, "slices": slices}
    return {**found, "seals": seals(found)}


def seals(document):
    """{"head": digest, key: digest, …} as the document should have them."""
    head = {name: value for name, value in document.items() if name not in ("subjects", "seals")}
    parts = {"head": head, **document["subjects"]}
    return {name: digest_of(text_of(part), document["digest"]) for name, part in parts.items()}


def _placings(rules, cards):
    standings = {key: standing(card) for key, card in cards.items()}
    found = place(rules, standings.values())
    return {key: placed(rules, one, found[key]) for key, one in standings.items()}


def plain_subject(subject):
    return {
        "key": subject.key,
        "kind": subject.kind,
        "posts": [_plain_span(span) for span in subject.posts],
        "served": [_plain_span(span) for span in subject.served],
        "attributes": [list(pair) for pair in subject.attributes],
        "exempt": subject.exempt,
        "figures": [[m.key, m.ranked, [list(pair) for pair in m.figures]] for m in subject.figures],
        "earlier": [[year, [list(pair) for pair in figures]] for year, figures in subject.earlier],
    }


def read_subject(plain):
    """The inverse of plain_subject."""
    return s.Subject(
        key=plain["key"],
        kind=plain["kind"],
        posts=tuple(_read_span(span) for span in plain["posts"]),
        served=tuple(_read_span(span) for span in plain["served"]),
        attributes=tuple(map(tuple, plain["attributes"])),
        exempt=plain["exempt"],
        figures=tuple(s.MemberFigures(key, ranked, tuple(map(tuple, f))) for key, ranked, f in plain["figures"]),
        earlier=tuple((year, tuple(map(tuple, figures))) for year, figures in plain["earlier"]),
    )


def _plain_span(span):
    return [span.code, span.from_on.isoformat(), span.to_on.isoformat() if span.to_on else None]


def _read_span(plain):
    code, first, last = plain
    return s.Span(code, date.fromisoformat(first), date.fromisoformat(last) if last else None)


def plain_fact(fact):
    return [value.isoformat() if isinstance(value, date) else value for value in fact]


def read_fact(plain):
    """The inverse of plain_fact."""
    happened_on, key, origin_on, *rest = plain
    return s.Fact(date.fromisoformat(happened_on), key, date.fromisoformat(origin_on), *rest)


# --- what is printed of one subject --------------------------------------------------------------------------------


def slice_of(document, key):
    """The text that the printed card of a subject is made of."""
    entry = document["subjects"][key]
    shown = ("printed", "titles", "card", "placing", "beside")
    return text_of(
        {
            "edition": _edition_of(document),
            "key": key,
            **{name: entry[name] for name in shown if name in entry},
        }
    )


def summary_of(document, key):
    """The text that lists, and the check of a printed card, are made of."""
    entry = document["subjects"][key]
    card = {name: entry["card"][name] for name in _SUMMED}
    return text_of(
        {
            "edition": _edition_of(document),
            "key": key,
            "printed": entry["printed"],
            "card": card,
            "placing": entry["placing"],
        }
    )


def _edition_of(document):
    names = ("committee", "year", "kind", "number", "published_at")
    return {name: document[name] for name in names}


# --- verifying -----------------------------------------------------------------------------------------------------


def verify(text):
    """→ Chinese sentences, one for each thing in the text that does not follow from the rest of it; [] when all does."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return [f"文件不是有效的 JSON：{error}。请核对文件是否完整。"]
    shape = _shape(document)
    if shape:
        return shape
    problems = []
    if text_of(document) != text:
        problems.append("文本不是规范写法（键的顺序、空格或转义被改动过）。")
    try:
        problems += _verify(document)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        problems.append(f"定版文本里有读不懂的内容（{type(error).__name__}: {error}），无法继续核对。")
    return problems


def _shape(document):
    if not isinstance(document, dict):
        return ["文件不是定版文本：最外层应是一个对象。"]
    parts = _ENTRIES.get(document.get("format"))
    if parts is None:
        known = "、".join(map(str, _ENTRIES))
        return [f"文件的格式号是 {document.get('format')!r}，本程序能核对的是 {known}。请使用更新的程序核对。"]
    problems = [f"缺少“{name}”。" for name in _HEAD if name not in document]
    problems += [f"多出“{name}”。" for name in document if name not in _HEAD]
    if problems:
        return problems
    if document["engine"] != ENGINE:
        return [f"计分引擎版本是 {document['engine']!r}，本程序的是 {ENGINE}。请使用相应的程序核对。"]
    if not can_digest(document["digest"]):
        return [f"摘要算法“{document['digest']}”本机不支持，应为 {'、'.join(ALGORITHMS)} 之一。请换一台机器核对。"]
    for key, entry in document["subjects"].items():
        if sorted(entry) != sorted(parts):
            problems.append(f"{key} 的各部分是 {'、'.join(sorted(entry))}，应是 {'、'.join(sorted(parts))}。")
    return problems


def _verify(document):
    ruleset = document["ruleset"]
    problems = []
    if digest_of(ruleset["toml"], "sha256") != ruleset["sha256"]:
        problems.append("考核办法的文本与其 SHA-256 不符。")
    try:
        content = loads(ruleset["toml"])
        rules = compile(content)
    except s.RulesetError as error:
        return [*problems, f"考核办法的文本不能使用：{error}"]
    if dumps(content) != ruleset["toml"]:
        problems.append("考核办法的文本不是规范写法。")
    stated = {"year": content.year, "kind": content.subjects}
    problems += [
        f"{name} 写的是 {document[name]!r}，考核办法的是 {value!r}。"
        for name, value in stated.items()
        if document[name] != value
    ]
    if ruleset["version"] != content.version:
        problems.append(f"办法版本写的是 {ruleset['version']!r}，文本的是 {content.version!r}。")
    if (document["number"] == 0) != (document["reason"] == ""):
        problems.append("首次公布不写更正理由，更正须写明理由。")
    cards = {}
    for key, entry in document["subjects"].items():
        who = f"{entry['printed'].get('name', '')}（{key}）"
        problems += _verify_entry(rules, key, entry, who, cards)
    for key, placing in _placings(rules, cards).items():
        entry = document["subjects"][key]
        who = f"{entry['printed'].get('name', '')}（{key}）"
        problems += _named(f"{who}的名次", entry["placing"], placing)
    if sorted(document["slices"]) != sorted(document["subjects"]):
        problems.append("成绩单的摘要与考核对象不是一一对应。")
    for key in document["subjects"]:
        if document["slices"].get(key) != digest_of(slice_of(document, key), document["digest"]):
            problems.append(f"{document['subjects'][key]['printed'].get('name', '')}（{key}）的成绩单与其摘要不符。")
    expected = seals(document)
    for name in sorted(expected.keys() | document["seals"].keys()):
        if document["seals"].get(name) != expected.get(name):
            entry = document["subjects"].get(name)
            who = f"{entry['printed'].get('name', '')}（{name}）的资料或记录" if entry else f"定版的各项说明（{name}）"
            problems.append(f"{who}与其摘要不符。")
    return problems


def _verify_entry(rules, key, entry, who, cards):
    problems = []
    subject = read_subject(entry["subject"])
    if subject.key != key:
        problems.append(f"{who}的编号写成了 {subject.key}。")
    read = [read_fact(fact) for fact in entry["facts"]]
    if [plain_fact(fact) for fact in sorted(read)] != entry["facts"]:
        problems.append(f"{who}的记录没有按日期和编号排列。")
    if len({fact.key for fact in read}) != len(read):
        problems.append(f"{who}有编号相同的两条记录。")
    if (subject.key, subject.kind) != (key, rules.ruleset.subjects):
        problems.append(f"{who}是 {subject.kind}，办法考核的是 {rules.ruleset.subjects}。")
    try:
        card = json.loads(text_of(score(rules, subject, read).plain()))
    except s.FactError as error:
        return [*problems, f"{who}的记录不能计分：{error}"]
    cards[key] = card
    return problems + _named(f"{who}的成绩单", entry["card"], card)


def _named(where, found, expected):
    """Sentences naming what differs between a stored value and the one computed again."""
    paths = list(_paths("", found, json.loads(text_of(expected))))
    sentences = [
        f"{where}：{path or '内容'} 写的是 {_short(a)}，重新计算为 {_short(b)}。" for path, a, b in paths[:NAMED]
    ]
    if len(paths) > NAMED:
        sentences.append(f"{where}另有 {len(paths) - NAMED} 处不同。")
    return sentences


def _paths(path, found, expected):
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in sorted(found.keys() | expected.keys()):
            yield from _paths(f"{path}.{name}".lstrip("."), found.get(name), expected.get(name))
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for n, (one, other) in enumerate(zip(found, expected, strict=True), 1):
            yield from _paths(f"{path}[{n}]", one, other)
    elif found != expected or type(found) is not type(expected):
        yield path, found, expected


def _short(value):
    text = text_of(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def named_digest(text):
    """ "SHA-256 ab12…" of a document that verifies."""
    algorithm = json.loads(text)["digest"]
    return f"{ {'sha256': 'SHA-256', 'sm3': 'SM3'}[algorithm] } {digest_of(text, algorithm)}"
