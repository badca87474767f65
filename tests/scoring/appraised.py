"""A year whose rules weigh a self, a peer and an external part, with the cast of the tests in it."""

import datetime

from scoring.services.appraisals import Mark, enter_appraisals
from tests.cast import make_cast
from tests.scoring.year import RULES, make_year

NOW = datetime.datetime(2026, 12, 20, 9, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 12, 15)
# Weights as some regulations have them: 20 % self, 30 % peer, 50 % the undertaking units; and a rule where members only
# propose a figure for others to decide.
APPRAISED = RULES.replace(
    "[[gate]]",
    """[[category]]
code = "self"
name = "自评"
cap = 100
weight = "1/5"
provenance = "委员自评"

[[category]]
code = "peer"
name = "互评"
cap = 100
weight = "3/10"
provenance = "民主测评"

[[category]]
code = "external"
name = "部门评价"
cap = 100
weight = "1/2"
provenance = "承办单位评价"

[[rule]]
code = "self-part"
name = "履职自评"
category = "self"
clause = "第五条"
of = { kind = "appraisal", by = "self" }
manual = { low = 0, high = 100 }

[[rule]]
code = "peer-part"
name = "委员互评"
category = "peer"
clause = "第六条"
of = { kind = "appraisal", by = "peer" }
who = { post = ["member"] }
manual = { low = 0, high = 100 }

[[rule]]
code = "unit-part"
name = "承办单位评价"
category = "external"
clause = "第七条"
of = { kind = "appraisal", by = "external" }
manual = { low = 0, high = 100 }

[[rule]]
code = "decided"
name = "综合表现"
category = "work"
clause = "第八条"
of = [{ kind = "adjustment", rule = "decided" }, { kind = "appraisal", rule = "decided", role = "self" }]
manual = { low = 0, high = 20 }

[[gate]]""",
    1,
)


def build():
    cast = make_cast()
    cast.year = make_year(1, text=APPRAISED, place=cast.place)
    cast.assessment = cast.year.assessment
    return cast


def enter(cast, rule="peer-part", by="peer", **changes):
    marks = changes.pop("marks", None) or [Mark(cast.ordinary.subject, 8433, 62 if by == "peer" else None, "")]
    given = {
        "user": cast.clerk,
        "assessment": cast.assessment,
        "office": cast.place.offices[0],
        "rule": rule,
        "by": by,
        "given_on": DAY,
        "marks": marks,
        "basis": "全体会议民主测评统计表",
        **changes,
    }
    return enter_appraisals(**given)
