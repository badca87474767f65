"""What can be printed of a year: the rows of the reports centre. A new print is one more row of PRINTS."""

from dataclasses import dataclass, field

from members.models import Subject
from scoring import editions
from scoring.models import Assessment, Edition
from scoring.services import lifecycle

MEMBERS = frozenset({Subject.Kind.MEMBER})
BODIES = frozenset(Subject.Kind.values) - MEMBERS


@dataclass(frozen=True, slots=True)
class Print:
    """One row. ``links``: (label, name of a URL that takes the year), the one most wanted first; ``about``: one sentence.

    ``kinds``: the kinds of subject that it exists for; the address gets ?of= of them. ``needs_edition``: only of a
    published year.
    """

    name: str
    about: str
    links: tuple[tuple[str, str], ...]
    kinds: frozenset[str] = field(default=frozenset(Subject.Kind.values))
    needs_edition: bool = False


RANKING = (("PDF", "ranking_pdf"), ("Word", "ranking_docx"), ("Excel", "ranking_xlsx"), ("CSV", "ranking_csv"))
PRINTS = [
    Print(
        "得分情况表",
        "按常委、委员等同类范围分列，有各项得分、总分、等次和名次；可按专委会、界别、党派、活动组筛选。",
        (*RANKING, ("查看、筛选", "ranking")),
        MEMBERS,
    ),
    Print("得分情况表", "有各项得分、总分、等次和名次。", (*RANKING, ("查看", "ranking")), BODIES),
    Print(
        "统计",
        "逐月、各界别、各专委会、出席、提案、社情民意、与上年相比、得分来源；每个数字点开就是那些记录。",
        (("查看", "statistics"), ("Excel", "statistics_xlsx"), ("CSV", "statistics_csv")),
        MEMBERS,
    ),
    Print(
        "成绩单",
        "一份一页 A4，记录多的接第二页；公布后每页有校验码，没有名次；可选全部或一部分，另有信封标签。",
        (("批量打印", "card_prints"),),
        MEMBERS,
    ),
    Print(
        "成绩单",
        "一份一页 A4，记录多的接第二页；公布后每页有校验码，没有名次；可选全部或一部分。",
        (("批量打印", "card_prints"),),
        BODIES,
    ),
    Print(
        "全会展示",
        "投影用的幻灯，键盘放映，打开后断网也能放：总体、各界别、优秀名单、提案、社情民意、我们的一年。",
        (("放映", "slides"),),
        MEMBERS,
        needs_edition=True,
    ),
    Print(
        "公开程度",
        "全会展示和公开页给别人看到哪一步：仅本人、优秀名单、各专委会前五、全部得分。",
        (("设定", "openness"),),
        MEMBERS,
    ),
    Print(
        "通报",
        "按定版起草，人数和得分自动填入；文字可改，每次保存留一版；可附得分情况表和优秀名单。",
        (("起草、修改", "circular"), ("PDF", "circular_pdf"), ("Word", "circular_docx")),
        MEMBERS,
    ),
    Print(
        "名单",
        "优秀名单、各等次、界别、专委会、常委会或全体，按姓氏笔画、姓名笔画或得分为序。",
        (("选择、打印", "names"), ("PDF", "names_pdf"), ("Word", "names_docx")),
        MEMBERS,
    ),
    Print(
        "荣誉证书",
        "发给优秀名单上的委员；可印白纸，也可只把文字印在预印的证书上。",
        (("打印", "certificates"),),
        MEMBERS,
    ),
]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of subject in the year: ``strip`` as lifecycle.strip, ``edition`` while the year is published."""

    assessment: Assessment
    strip: list[tuple[str, str]]
    edition: Edition | None
    prints: list[Print]


def part_of(assessment: Assessment) -> Part:
    edition, kind = editions.current(assessment), assessment.subject_kind
    prints = [one for one in PRINTS if kind in one.kinds and (edition or not one.needs_edition)]
    return Part(assessment, lifecycle.strip(assessment), edition, prints)
