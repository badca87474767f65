"""What the parts of a draft consist of: which boxes make sense together, and what a new part begins with."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from scoring import ruleset_fields as box
from scoring.engine import schema as s
from scoring.ruleset_editing import SINGLE
from scoring.ruleset_fields import Box, Context, Table

Part = Box | Table
Plain = dict[str, Any]

CREDIT = [("", "同通用规定"), ("stage", "按立案、采用等环节之日"), ("event", "按提交、举办之日")]
COUNT = [("objects", "按件（次）数"), ("quantity", "按数量数")]
DATES = (box.maybe_day("from", "自"), box.maybe_day("to", "至"))
EXCEPT = Table(
    "except", "除外的人", (box.conditions("哪些人", None), box.text("reason", "理由（印在成绩单上）")), more=True
)
FIRST = (
    box.text("name", "名称"),
    box.choice("category", "所属类别", Context.categories),
    box.text("clause", "条款", help="如：第六条第二款"),
)
LAST = (
    box.text("source", "依据", help="没有条款号时填文件或会议", more=True),
    box.area("note", "说明", more=True),
    box.maybe_day("from", "自哪天起有效", more=True),
    box.maybe_day("to", "到哪天为止", more=True),
    box.choice("credit", "归哪一年", CREDIT, more=True),
    box.people(more=True),
    EXCEPT,
)
CHOOSING = (
    box.whole("skip", "前几件不计", more=True),
    box.maybe_whole("limit", "最多计几件"),
    box.check("highest", "同一件就高不就低", more=True),
)
VALUES: dict[str, tuple[Part, ...]] = {
    "rows": (
        box.scopes(),
        Table(
            "rows",
            "分值",
            (box.points("points", "分值"), box.conditions(), box.text("name", "叫法"), *DATES),
            help="依次看，先符合的为准；扣分写负数；最后一行可以不写条件，表示其余",
        ),
        *CHOOSING,
        box.choice("count", "件数怎么数", COUNT, more=True),
        Table(
            "times",
            "乘系数",
            (box.points("factor", "系数"), box.conditions(), box.text("name", "叫法"), *DATES),
            help="如联名的乘 1/2",
            more=True,
        ),
        box.choice(
            "share",
            "联名怎么分",
            [("", "各得全部"), ("first", "全部归第一人"), ("half", "第一人一半，其余均分"), ("equal", "平均分")],
            more=True,
        ),
        box.check("conserve", "尾差归第一人", more=True),
        box.maybe_whole("named", "只计署名前几名", more=True),
    ),
    "need": (
        box.scopes(),
        box.points("need.points", "达标计几分"),
        box.needed("need.n", "应有几件（次）"),
        box.check("need.partial", "不足的按比例计分"),
        box.choice("need.every", "按什么期间", [("year", "全年"), ("quarter", "每季度")]),
        box.choice("count", "件数怎么数", COUNT, more=True),
    ),
    "ratio": (
        box.scopes(label="分子：哪些事项"),
        box.scopes("ratio.over", "分母：哪些事项"),
        box.points("ratio.points", "满分"),
        box.choice("count", "件数怎么数", COUNT, more=True),
    ),
    "manual": (
        box.points("manual.low", "最少几分", help="扣分写负数"),
        box.points("manual.high", "最多几分"),
        box.scopes(help="一般空着；评价分写：评价（评价者：互评）", more=True),
        *CHOOSING,
    ),
    "base": (Table("base", "基础分", (box.points("points", "分值"), box.posts("post", "职务"))),),
    "members": (
        box.text("members.figure", "成员的哪一项分数", help="总分填 total，或成员办法中类别的代码"),
        box.choice("members.by", "怎样合在一起", [("sum", "合计"), ("mean", "平均（只算参加排名的成员）")]),
    ),
}
TESTS = Table(
    "tests",
    "要求",
    (
        box.scopes(help="数件数的写这里"),
        box.choice("figure", "或看哪一项分数", lambda c: [("", "—"), *c.figures()]),
        box.maybe_points("at_least", "至少"),
        box.maybe_points("at_most", "至多"),
        box.choice("count", "件数怎么数", COUNT, empty="objects"),
        box.whole("years", "看几年", empty=1),
        box.choice("years_by", "几年怎么看", [("sum", "合计"), ("each", "每年都达不到才算")], empty="sum"),
        box.choice("credit", "归哪一年", CREDIT),
        box.text("name", "叫法"),
    ),
    help="“至少”“至多”只填一个；一票否决写：人工加减分（效力：一票否决），至多 0",
)
SPECS: dict[str, tuple[Part, ...]] = {
    "head": (
        box.text("title", "办法名称"),
        box.day("first_day", "计分期间从"),
        box.day("last_day", "到"),
        box.text("adopted", "由谁何时通过"),
        box.text("source", "依据"),
        box.area("note", "说明"),
        box.lines("missing", "原文中没有列入计分的内容", help="一行一条，写明原因"),
    ),
    "total": (box.text("name", "叫法"), box.maybe_points("cap", "最高分", help="空着＝不设"), box.floor()),
    "switches": (
        box.choice("credit", "事项归哪一年", CREDIT[1:]),
        box.check("prorate_needs", "任职不满一年的，达标件数按月折算"),
        box.check("prorate_base", "基础分按任职月数折算"),
        box.whole("min_months", "任职不足几个月的不排名", help="0＝都排名"),
        box.whole("decimals", "总分显示几位小数", empty=2),
        box.codes("exempt_leave", "哪些请假不计入应到", "leave", help="如：公假、病假"),
        Table("excluded", "不参加排名的人", (box.conditions("哪些人", None), box.text("reason", "理由"))),
        Table(
            "present_from",
            "参加多少算出席",
            (box.kind("kind", "会议"), box.points("share", "至少", help="如 2/3")),
            help="没有写的须全程参加",
            pairs=True,
        ),
        Table(
            "part_from",
            "参加多少算部分出席",
            (box.kind("kind", "会议"), box.points("share", "至少", help="如 1/2")),
            pairs=True,
        ),
    ),
    "labels": (
        Table(
            "",
            "本地名称",
            (box.text("code", "代码", help="如 x-study_trip 或 level=x-district"), box.text("word", "中文名称")),
            pairs=True,
            extra=3,
        ),
    ),
    "rank": (
        box.names_of("by", "按什么分别排名", help="如：职务、专门委员会；空着＝全体一起"),
        box.check("places", "排名次"),
        box.whole("smallest", "不足几人的只列名单", empty=1),
        Table("bands", "分段", (box.text("name", "叫法"), box.points("to", "前几分之几", help="如 1/3"))),
    ),
    "window": (box.kind("kind", "哪类事项"), box.day("first_day", "从"), box.day("last_day", "到")),
    "category": (
        box.text("name", "名称"),
        box.choice("parent", "上级类别", Context.figures, empty=s.TOTAL),
        box.maybe_points("cap", "最高分", help="空着＝不设"),
        box.floor(),
        box.text("clause", "条款"),
        box.area("note", "说明", more=True),
        box.check("outside", "单列，不计入总分", more=True),
        box.points("weight", "权重", empty="1", help="如 0.6；1＝不折算", more=True),
        box.text("provenance", "这一部分分数的来源", help="写了权重的要写，如自评、互评", more=True),
    ),
    "once": (
        box.text("name", "名称"),
        box.listed("headings", "同一件只计一次的规则或类别", Context.headings, help="一行一个，写名称"),
        box.choice("keep", "计哪一项", [("greatest", "分值高的"), ("first", "列在最前的")]),
        box.text("clause", "条款"),
        box.area("note", "说明", more=True),
    ),
    "gate": (
        box.text("name", "名称"),
        box.text("clause", "条款"),
        TESTS,
        box.choice("match", "几项要求", [("all", "都要达到"), ("any", "达到一项即可")]),
        box.choice("ceiling", "达不到的等次最高为", lambda c: [("", "（不限）"), *c.grades()]),
        box.check("zero", "达不到的总分归零"),
        box.text("action", "达不到的另作", help="如：约谈"),
        box.text("source", "依据", more=True),
        box.area("note", "说明", more=True),
        box.people(more=True),
        EXCEPT,
    ),
    "grade": (
        box.text("name", "名称"),
        box.maybe_points("at_least", "至少几分", help="空着＝其余的人"),
        box.maybe_points("share", "不超过参加排名人数的", help="如 1/5 或 0.2；空着＝不限"),
        box.maybe_whole("places", "不超过几名", help="空着＝不限"),
        box.choice(
            "tie",
            "末位同分",
            [("", "（没有名额的不用选）"), ("in", "都进"), ("out", "都不进"), ("categories", "依次比较各类别")],
        ),
        box.listed("compare", "依次比较的类别", Context.categories, help="一行一个，写名称", more=True),
        box.text("colour", "颜色", more=True),
        box.text("clause", "条款"),
        box.area("note", "说明", more=True),
    ),
}


class Kind(NamedTuple):
    """What one chooses first: a kind of rule, and what its form begins with."""

    code: str
    name: str
    help: str
    plain: Plain


_RULE: Plain = {
    "name": "",
    "clause": "",
    "source": "",
    "note": "",
    "from": "none",
    "to": "none",
    "credit": "",
    "of": [],
    "who": {},
    "except": [],
    "times": [],
    "share": "",
    "conserve": False,
    "named": "none",
    "highest": False,
    "skip": 0,
    "limit": "none",
    "count": "objects",
}


def _row(points: str, **where: list[str]) -> Plain:
    return {"points": points, "name": "", "from": "none", "to": "none"} | where


def _of(kind: str, unit: str = "meeting", **where: list[str]) -> Plain:
    return {"of": [{"kind": [kind], "unit": unit} | where]}


KINDS = (
    Kind("each", "按次（件）计分", "每次、每件一个分值", _of("public_service") | {"rows": [_row("1")]}),
    Kind(
        "levels",
        "按级别计分",
        "全国、省、市、县各有分值",
        _of("opinion", stage=["adopted"])
        | {
            "rows": [
                _row(str(n), level=[code]) for n, code in ((8, "nation"), (6, "province"), (4, "city"), (2, "county"))
            ]
        },
    ),
    Kind(
        "attendance",
        "出勤",
        "出席、请假、缺席各计几分",
        _of("plenary")
        | {"rows": [_row(str(n), outcome=[code]) for n, code in ((5, "present"), (3, "leave"), (0, "absent"))]},
    ),
    Kind(
        "need",
        "至少应……",
        "做满几件计多少分，不满不计或按比例",
        _of("proposal", stage=["filed"]) | {"need": {"points": "10", "n": 1, "partial": False, "every": "year"}},
    ),
    Kind(
        "ratio",
        "比例",
        "满分 × 采用数 ÷ 提交数",
        _of("opinion", stage=["adopted"])
        | {"ratio": {"points": "10", "over": _of("opinion", stage=["submitted"])["of"]}},
    ),
    Kind("deduct", "扣分", "每次扣几分；类别要写最低分", _of("deduction") | {"rows": [_row("-1")]}),
    Kind("manual", "人工加减", "由人在范围内核定，写理由，第二人批准", {"manual": {"low": "0", "high": "2"}}),
    Kind("base", "基础分", "年初即计，可按职务不同", {"base": [{"points": "60", "post": []}]}),
    Kind("members", "成员得分", "专委会、活动组：成员分数合计或平均", {"members": {"figure": s.TOTAL, "by": "sum"}}),
)
BLANK: dict[str, Plain] = {
    "window": {"kind": "", "first_day": "", "last_day": ""},
    "category": {
        "name": "",
        "parent": s.TOTAL,
        "clause": "",
        "note": "",
        "cap": "none",
        "floor": s.UNSTATED,
        "outside": False,
        "weight": 1,
        "provenance": "",
    },
    "once": {"name": "", "headings": [], "keep": "greatest", "clause": "", "note": ""},
    "gate": {
        "name": "",
        "clause": "",
        "source": "",
        "note": "",
        "match": "all",
        "tests": [],
        "who": {},
        "except": [],
        "ceiling": "",
        "zero": False,
        "action": "",
    },
    "grade": {
        "name": "",
        "at_least": "none",
        "share": "none",
        "places": "none",
        "tie": "",
        "compare": [],
        "colour": "",
        "clause": "",
        "note": "",
    },
}


def blank(part: str, kind: str, category: str) -> Plain:
    """What the form of a new part begins with. StopIteration for a kind of rule that does not exist."""
    if part != "rule":
        return dict(BLANK[part])
    return _RULE | next(one for one in KINDS if one.code == kind).plain | {"category": category}


def spec_of(part: str, values: Plain) -> tuple[Part, ...]:
    if part != "rule":
        return SPECS[part]
    return (*FIRST, *next(boxes for word, boxes in VALUES.items() if word in values), *LAST)


def all_parts() -> Iterator[str]:
    yield from SINGLE
    yield from ("window", "category", "rule", "once", "gate", "grade")
