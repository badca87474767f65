"""Rankings without a database: as many rows as a print needs."""

import datetime

from reports.rankings import Column, Ranking, Row, Section

AT = datetime.datetime(2026, 12, 31, 10, tzinfo=datetime.UTC)
ENDS = [Column("总分", "total"), Column("等次", "grade"), Column("说明", "reason")]
PORTRAIT = [Column("名次", "place"), Column("姓名", "name"), Column("界别", "text"), Column("履职分", "figure"), *ENDS]
LANDSCAPE = [*PORTRAIT[:3], *(Column(f"第{n}项分", "figure") for n in "一二三四五六七八"), *ENDS]


def table(rows, columns=PORTRAIT, **options):
    """``rows`` people in one section, each called 欧阳示 and a number."""
    figures = ["12.5"] * sum(column.kind in ("figure", "total") for column in columns)
    cells = [[str(n), f"欧阳示{n}", "农业", *figures, "合格", ""] for n in range(1, rows + 1)]
    sections = [Section(f"委员（{rows} 名）", "", [Row(one) for one in cells])]
    title = "示例县政协2026年度委员履职得分情况表"
    return Ranking(title, columns, sections, "按办法计算。", AT, edge="首次公布，定版摘要 0123", **options)
