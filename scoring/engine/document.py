"""The card as plain values: what is stored, hashed and shown. Keys are documented in docs/rules.md, "The card"."""

from . import schema as s
from .counting import admitted_by
from .sentences import exact, gate_sentence, line_sentence, node_sentence, points, reading_words


def plain(card):
    """Card → dict of str, int, bool, list, dict; points in hundredths."""
    rules, subject, person = card.rules, card.subject, card.person
    lines = sorted(card.lines, key=lambda line: (line.order, line.on, line.matter, line.key))
    return {
        "subject": subject.key,
        "ruleset": rules.ruleset.code,
        "version": rules.ruleset.version,
        "year": rules.ruleset.year,
        "total": card.total,
        "months": person.months,
        "of_months": person.of_months,
        "post": person.post,
        "ranked": card.ranked,
        "reason": card.reason,
        "partition": list(card.partition),
        "outside": {n.code: f for n, f in zip(rules.nodes, card.figures, strict=True) if n.outside},
        "nodes": [_node(n, f) for n, f in zip(rules.nodes, card.figures, strict=True)],
        "lines": [_line(rules, line) for line in lines],
        "gates": [_gate(rules, v) for v in card.gates],
        "missing": _missing(rules, card) if card.gates or card.lines or not subject.exempt else [],
        "ceiling": card.ceiling,
        "grade_by_threshold": card.grade_by_threshold,
    }


def _node(node, figure):
    return {
        "code": node.code,
        "name": node.name,
        "parent": node.parent.code if node.parent else "",
        "figure": figure,
        "cap": node.cap,
        "floor": node.floor,
        "outside": node.outside,
        "depth": node.depth,
        "clause": node.category.clause if node.category else "",
        "sentence": node_sentence(node, figure),
    }


def _line(rules, line):
    rule = line.item.rule if line.item else None
    variant = line.variant
    out = {
        "rule": rule.code if rule else line.about["word"],
        "category": line.node.code,
        "name": rule.name if rule else "折算" if line.about["word"] == "weight" else line.about["gate"].name,
        "clause": (rule.clause or rule.source) if rule else "",
        "fact": line.key,
        "matter": line.matter,
        "kind": line.kind,
        "on": line.on.isoformat(),
        "quantity": line.quantity,
        "points": variant.points if variant else line.earned,
        "multipliers": variant.multipliers if variant else [],
        "share": {"num": line.share[0], "den": line.share[1]} if line.share else None,
        "earned": line.earned,
        "counted": line.counted,
        "taken": [{"by": by, "points": taken} for by, taken, _ in line.taken],
        "sentence": line_sentence(rules, line),
    }
    if line.about and "facts" in line.about:
        out["facts"] = line.about["facts"]
    return out


def _gate(rules, verdict):
    gate = verdict.gate
    first = verdict.readings[0]
    return {
        "code": gate.code,
        "name": gate.name,
        "clause": gate.clause or gate.source,
        "have": _whole(first.have),
        "need": _whole(first.need),
        "met": verdict.met,
        "exempted": verdict.exempted,
        "ceiling": gate.ceiling,
        "zero": gate.zero,
        "action": gate.action,
        "readings": [
            {
                "have": _whole(r.have),
                "need": _whole(r.need),
                "met": r.met,
                "at": "least" if r.test.at_least is not None else "most",
                "sentence": reading_words(rules, r),
            }
            for r in verdict.readings
        ],
        "sentence": gate_sentence(rules, verdict),
    }


def _whole(value):
    return int(value) if value == int(value) else exact(value)


def _missing(rules, card):
    """What is not yet earned: gates unmet, needs unmet, rules without a line, and how far the next grade is."""
    out = []
    for verdict in card.gates:
        if not verdict.met:
            out.append(
                {"code": verdict.gate.code, "what": "gate", "points": 0, "sentence": gate_sentence(rules, verdict)}
            )
    used = {line.item.order for line in card.lines if line.item}
    for line in card.lines:
        about = line.about or {}
        if "stated" in about and about["have"] < about["need"]:
            lacking = about["need"] - about["have"]
            measure = rules.labels.measure([k for scope in line.item.rule.of for k in scope.kinds])
            room = min(int(about["points"] * 100) - line.earned, _room(card, line.node))
            if room > 0:
                out.append(
                    {
                        "code": line.item.rule.code,
                        "what": "need",
                        "points": room,
                        "sentence": f"{line.item.rule.name}还差 {exact(lacking)} {measure}，达标可再计 {points(room)} 分。",
                    }
                )
    values = dict(card.subject.attributes) | {"post": card.person.post}
    for item in rules.makers:
        if item.order in used or not isinstance(item.rule.value, s.Rows) or not admitted_by(item.rule, values):
            continue
        best, sentence = _offer(rules, item)
        room = min(best, _room(card, item.node))
        if room > 0:
            rest = f"，本类还可计 {points(room)} 分。" if room < best else "。"
            out.append({"code": item.rule.code, "what": "rule", "points": room, "sentence": sentence + rest})
    grades = [g for g in rules.ruleset.grades if g.at_least is not None and g.at_least > card.total]
    if grades and card.ranked:
        nearest = grades[-1]
        out.append(
            {
                "code": nearest.name,
                "what": "grade",
                "points": nearest.at_least - card.total,
                "sentence": f"距{nearest.name}（{points(nearest.at_least)} 分）还差 {points(nearest.at_least - card.total)} 分。",
            }
        )
    return out


def _offer(rules, item):
    """(hundredths of the best row, what a rule without a line offers); the same for everybody, so made once."""
    offer = rules.words.get(("offer", item.order))
    if offer is None:
        rows = item.rule.value.rows
        best = max(int(row.points * 100) for row in rows)
        measure = rules.labels.measure([k for scope in item.rule.of for k in scope.kinds])
        upto = "最多" if len(rows) > 1 else ""
        sentence = f"{item.rule.name}还没有记录，每{measure}{upto}可计 {points(best)} 分"
        offer = rules.words["offer", item.order] = (best, sentence)
    return offer


def _room(card, node):
    """How much the tightest cap from a category up to the total still lets in."""
    room = 1 << 40
    while node is not None:
        if node.cap is not None:
            room = min(room, node.cap - card.figures[node.index])
        node = None if node.outside else node.parent
    return room
