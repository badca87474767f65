"""Places and grades in words: within whom one is ranked, and why the grade is not the one that the total would bring."""

EVERYBODY = "全体"


def cohort(rules, partition):
    """Within whom one is ranked: 常委 · 经济界."""
    words = [rules.labels.code(name, code) for name, code in zip(rules.ruleset.rank.by, partition, strict=True) if code]
    return (" · ".join(words) or EVERYBODY)[:200]


def grade_reason(rules, standing, placing):
    """ "" when the grade is the one that the total alone would bring."""
    grades = rules.ruleset.grades
    by_total = next((g.name for g in grades if g.at_least is None or standing.total >= g.at_least), "")
    if not by_total or by_total == (placing.grade or ""):
        return ""
    now = f"定为“{placing.grade}”" if placing.grade else "不定等次"
    names = rules.grade_names
    if standing.ceiling and names.index(standing.ceiling) > names.index(by_total):
        return f"总分达到“{by_total}”，但有必选项未完成，最高可定“{standing.ceiling}”；{now}"[:300]
    return f"总分达到“{by_total}”，但“{by_total}”名额已满，{now}"[:300]


def placed(rules, standing, placing):
    """What is stored and printed of one subject's placing, as plain values; nothing of those not ranked."""
    ranked = standing.ranked
    return {
        "cohort": cohort(rules, standing.partition) if ranked else "",
        "place": placing.place,
        "grade": placing.grade or "",
        "grade_reason": grade_reason(rules, standing, placing) if ranked else "",
        "band": placing.band,
        "among": placing.among,
        "tied": placing.tied,
        "outside_places": dict(placing.outside),
    }
