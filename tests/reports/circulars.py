"""Circulars without a database: as long as a print needs."""

import datetime

from reports.circular_papers import CircularPaper
from reports.official import Footer, paragraphs, signature, title_lines

AT = datetime.datetime(2026, 12, 31, 10, tzinfo=datetime.UTC)
BASIS = "依据：首次公布，定版摘要 0123 4567"


def paper(body, **options):
    title = title_lines("政协示例县委员会办公室\n关于2026年度委员履职情况的通报")
    found = {
        "name": "".join(title),
        "mode": "plain",
        "mark": "政协示例县委员会",
        "mark_size": 48.0,
        "number": "",
        "head_height": 85,
        "title": title,
        "paragraphs": [*paragraphs(body), *signature("政协示例县委员会办公室", "2026年1月5日", True)],
        "appendices": [],
        "colophon": None,
        "is_mirrored": False,
        "foot": Footer(BASIS),
        "people": [],
        "at": AT,
    }
    return CircularPaper(**{**found, **options})
