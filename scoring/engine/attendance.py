"""Meetings out of sittings: one derived fact a meeting, whose outcome follows from its half-days."""

from .schema import Fact

COUNTED_AS = dict.fromkeys(("present", "late", "left_early"), "attended") | {
    "leave": "leave",
    "not_recorded": "unknown",
}


def outcome(attended, leave, absent, present_from, part_from):
    """Outcome of a meeting from counts of sittings convened to the person; exempt ones are already out."""
    convened = attended + leave + absent
    if not convened:
        return "exempt"
    if attended >= present_from * convened:
        return "present"
    if part_from is not None and attended >= part_from * convened:
        return "part"
    return "absent" if absent else "leave"


def judged(attended, leave, absent, unknown, present_from, part_from):
    """As `outcome`, but not_recorded as long as a missing record could change it."""
    if not unknown:
        return outcome(attended, leave, absent, present_from, part_from)
    found = {
        outcome(attended + i, leave + j, absent + k, present_from, part_from)
        for i in range(unknown + 1)
        for j in range(unknown + 1 - i)
        for k in range(unknown + 1 - i - j)
    }
    return found.pop() if len(found) == 1 else "not_recorded"


def meetings(rules, facts):
    """Sorted facts → derived facts of the meetings their sittings belong to."""
    groups = {}
    for fact in facts:
        if "stage=sitting" in fact.attributes and rules.values(fact.attributes).get("stage") == "sitting":
            groups.setdefault((fact.kind, fact.matter or fact.key), []).append(fact)
    out = []
    for (kind, matter), sittings in groups.items():
        signature = (kind, *[f.attributes for f in sittings])
        attributes = rules.meetings.get(signature)
        if attributes is None:
            attributes = rules.meetings[signature] = _attributes(rules, kind, sittings)
        out.append(
            Fact(
                sittings[-1].happened_on,
                f"{matter}/meeting",
                min(f.origin_on for f in sittings),
                kind,
                attributes,
                100,
                1,
                1,
                matter,
            )
        )
    return out


def _attributes(rules, kind, sittings):
    """stage, outcome, the kind of leave when all missed sittings share it, and what all sittings agree on."""
    values = [rules.values(f.attributes) for f in sittings]
    counts = {"attended": 0, "leave": 0, "absent": 0, "unknown": 0}
    leaves, parts = set(), []
    for v in values:
        found = v.get("outcome", "not_recorded")
        if found == "exempt":
            continue
        name = COUNTED_AS.get(found, "absent")
        counts[name] += 1
        if name == "leave":
            leaves.add(v.get("leave", ""))
        if v.get("part"):
            parts.append(v["part"])
    result = judged(*counts.values(), rules.present_from.get(kind, 1), rules.part_from.get(kind))
    common = {n: c for n, c in values[0].items() if all(v.get(n) == c for v in values)}
    common.pop("leave", None)
    common |= {"stage": "meeting", "outcome": result}
    if result == "leave" and len(leaves) == 1 and leaves != {""}:
        common["leave"] = leaves.pop()
    if parts:
        common["part"] = parts[0]
    return ";".join(f"{n}={c}" for n, c in sorted(common.items()))
