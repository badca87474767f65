"""What a correction changes: two editions of one assessment, card by card and line by line.

`changes(before, after)` → {"ruleset": [before, after] or None, "cards": […]}; each card that differs in anything printed is
{key, name, what: "added" | "removed" | "changed", total: [before, after], placing: [[field, before, after]],
printed: [[field, before, after]], lines: [{rule, fact, name, before, after, sentence}], other: whether gates, notes, titles
or what stands beside the card differ}. Points in hundredths; None where a card or line is on one side only.
"""


def changes(before, after):
    """Documents as plain values, as edition.compose makes them; of a first edition nothing is asked."""
    versions = [one["ruleset"]["version"] for one in (before, after)]
    is_same_text = before["ruleset"]["toml"] == after["ruleset"]["toml"]
    keys = sorted(before["subjects"].keys() | after["subjects"].keys())
    cards = [_card(key, before["subjects"].get(key), after["subjects"].get(key)) for key in keys]
    return {"ruleset": None if is_same_text else versions, "cards": [card for card in cards if card]}


def _card(key, before, after):
    # What stands beside a card is in editions since format 2 only: a format does not make a change.
    parts = [
        name
        for name in ("card", "placing", "printed", "titles", "beside")
        if name in (before or {}) and name in (after or {})
    ]
    if before and after and all(before[name] == after[name] for name in parts):
        return None
    known = after or before
    lines = _lines(before, after)
    totals = [one["card"]["total"] if one else None for one in (before, after)]
    found = {
        "key": key,
        "name": known["printed"].get("name", ""),
        "what": "changed" if before and after else "added" if after else "removed",
        "total": totals,
        "placing": _fields(before, after, "placing"),
        "printed": _fields(before, after, "printed"),
        "lines": lines,
    }
    is_told = totals[0] != totals[1] or found["placing"] or found["printed"] or lines
    found["other"] = bool(before and after and not is_told)
    return found


def _fields(before, after, part):
    old, new = (one[part] if one else {} for one in (before, after))
    names = sorted(old.keys() | new.keys())
    return [[name, old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)]


def _lines(before, after):
    """Lines are the same line when rule, category and record are; a rule may give one record one line only."""
    old, new = ({_key(line): line for line in one["card"]["lines"]} if one else {} for one in (before, after))
    out = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        line = now or was
        out.append(
            {
                "rule": line["rule"],
                "fact": line["fact"],
                "name": line["name"],
                "before": was["counted"] if was else None,
                "after": now["counted"] if now else None,
                "sentence": line["sentence"],
            }
        )
    return out


def _key(line):
    return line["category"], line["rule"], line["fact"], line["on"]
