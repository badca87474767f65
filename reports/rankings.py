"""A ranking as a table of texts: the one source of its page, PDF, Word, Excel and CSV, so that they agree cell by cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from members.models import User
from reports.ranked import Entry, Year, by_strokes, choices, has_people, in_order, least, placed_among, year_of
from scoring.engine.sentences import points
from scoring.models import Assessment
from scoring.services.basis import FINAL_STATES

# Name of a filter in the address → what users call it.
PARTS = {"special_committee": "专委会", "sector": "界别", "party": "党派", "group": "活动组"}
FILTERS = {"cohort": "范围", **PARTS}
NONE = {"special_committee": "未编入专委会", "sector": "无界别", "party": "未填党派", "group": "未编入活动组"}
LONGEST = 200  # of a value in the address
LONGEST_LABEL = 10
PERSONS = "名"  # how people are counted
FEW = 4  # with fewer categories below the total, the parts of a category get columns, too


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. A filter that is "" asks for everybody; ``by``: the part by which sections are made.

    ``label``: 附件1, as it stands above the title.
    """

    cohort: str = ""
    special_committee: str = ""
    sector: str = ""
    party: str = ""
    group: str = ""
    by: str = ""
    with_bands: bool = False
    label: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        values = {name: query.get(name, "").replace("\0", "").strip()[:LONGEST] for name in FILTERS}
        by = query.get("by", "")
        return cls(
            **values,
            by=by if by in PARTS else "",
            with_bands=query.get("bands") == "1",
            label=query.get("label", "").replace("\0", "").strip()[:LONGEST_LABEL],
        )

    @property
    def given(self) -> dict[str, str]:
        """{filter: value} of those that narrow."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}

    @property
    def keeps_places(self) -> bool:
        """Whether every cohort is shown whole, so that places are those of the cards."""
        return not self.by and not self.given.keys() - {"cohort"}

    def query(self, kind: str) -> str:
        """The same as part of an address, for the kind of subject."""
        given = {"of": kind, **self.given, "by": self.by, "bands": "1" if self.with_bands else "", "label": self.label}
        return urlencode({name: value for name, value in given.items() if value})

    def admits(self, entry: Entry) -> bool:
        return all(
            value == entry.cohort if name == "cohort" else value in entry.parts[name]
            for name, value in self.given.items()
        )


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: place, name, text, figure, total, grade, band or reason; figures and totals are texts such as "12.5"."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """``key``: the subject's public id as text. ``band``: 1 for the rules' first band, 2 for the next; 0 without."""

    cells: list[str]
    key: str = ""
    band: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """``remarks``: what the page says below it and paper does not."""

    heading: str
    note: str
    rows: list[Row]
    is_ranked: bool = True
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ranking:
    """``columns`` hold for every section; ``foot`` is what the paper says about itself, ``edge`` the little of it that stands on each
    page, ``label`` what stands above the title. ``at``: of what time it speaks.
    """

    title: str
    columns: list[Column]
    sections: list[Section]
    foot: str
    at: datetime
    subtitle: str = ""
    label: str = ""
    edge: str = ""

    @property
    def names(self) -> list[str]:
        """Of everybody in it."""
        place = [column.kind for column in self.columns].index("name")
        return [row.cells[place] for section in self.sections for row in section.rows]

    def printed(self, section: Section) -> list[int]:
        """Places of the columns that paper gives a section: what is empty in all of its rows is left out."""
        left = {"reason"} if section.is_ranked else {"place", "grade", "band"}
        return [n for n, column in enumerate(self.columns) if column.kind not in left]


def ranking(user: User, assessment: Assessment, asked: Asked | None = None) -> Ranking:
    """Published: as the edition has it; else from the cards as they are. The same queries for any number of rows."""
    return table(year_of(user, assessment), asked or Asked())


def table(year: Year, asked: Asked) -> Ranking:
    """The year's ranking as far as it is asked for."""
    columns = _columns(year, asked)
    shown = [one for one in year.entries if asked.admits(one)]
    bands = {name: n for n, name in enumerate(_bands(year), start=1)}
    make = _Rows(columns, bands, PERSONS if has_people(year.assessment) else "个")
    fewest = year.rules.ruleset.rank.smallest if asked.keeps_places else least(year.rules)
    sections = [
        make.ranked(year, heading, entries, fewest)
        for heading, entries in _groups(year, asked, [one for one in shown if one.is_ranked])
    ]
    unranked = [one for one in shown if not one.is_ranked]
    if unranked:
        sections.append(make.unranked(unranked))
    kind = year.assessment.get_subject_kind_display()
    return Ranking(
        title=f"{year.committee}{year.assessment.year}年度{kind}履职得分情况表",
        columns=[column for column, _ in columns],
        sections=sections,
        foot=_foot(year, asked),
        at=year.at,
        subtitle=_subtitle(asked),
        label=asked.label,
        edge=_state(year),
    )


def _subtitle(asked: Asked) -> str:
    told = [f"{FILTERS[name]}：{value}" for name, value in asked.given.items()]
    if asked.by:
        told.append(f"按{PARTS[asked.by]}分列")
    return f"（{'；'.join(told)}）" if told else ""


# ---------------------------------------------------------------- columns
Columns = list[tuple[Column, str]]  # with the code of the category whose figure it has


def _columns(year: Year, asked: Asked) -> Columns:
    people = has_people(year.assessment)
    found = [(Column("名次", "place"), ""), (Column("姓名" if people else "名称", "name"), "")]
    if people:
        found.append((Column("界别", "text"), ""))
    found += [(Column(name, "figure"), code) for code, name in _categories(year)]
    found.append((Column("总分", "total"), "total"))
    if year.rules.ruleset.grades:
        found.append((Column("等次", "grade"), ""))
    if asked.with_bands and _bands(year):
        found.append((Column("档次", "band"), ""))
    return [*found, (Column("说明", "reason"), "")]


def _categories(year: Year) -> list[tuple[str, str]]:
    """(code, name) of those right below the total. Where these are few, one with parts follows its parts."""
    if not year.nodes:
        return []
    below: dict[str, list[tuple[str, str]]] = {}
    for one in year.nodes[1:]:
        if not one["outside"]:
            below.setdefault(one["parent"], []).append((one["code"], one["name"]))
    top = below.get(year.nodes[0]["code"], [])
    if len(top) >= FEW:
        return top
    return [part for one in top for part in ([*below[one[0]], one] if len(below.get(one[0], [])) > 1 else [one])]


def _bands(year: Year) -> list[str]:
    return [band.name for band in year.rules.ruleset.rank.bands]


# ---------------------------------------------------------------- sections
def _groups(year: Year, asked: Asked, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """[(heading, entries in order)]: cohorts never mix, and the largest comes first."""
    if not asked.by:
        return _cohorts("", entries if asked.keeps_places else _placed(year, entries))
    found = []
    only = asked.given.get(asked.by)
    for value in [only] if only else [*choices(entries, asked.by), ""]:
        some = [one for one in entries if (value in one.parts[asked.by] if value else not one.parts[asked.by])]
        found += _cohorts(f"{value or NONE[asked.by]} · ", _placed(year, some))
    return found


def _placed(year: Year, entries: list[Entry]) -> list[Entry]:
    """Before the year's first placing there are no places at all."""
    return placed_among(year.rules, entries) if year.is_placed else entries


def _cohorts(before: str, entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {value: [] for value in choices(entries, "cohort")}
    for one in entries:
        found[one.cohort].append(one)
    return [(before + cohort, in_order(some)) for cohort, some in found.items()]


@dataclass(frozen=True, slots=True)
class _Rows:
    columns: Columns
    bands: Mapping[str, int]
    unit: str

    def ranked(self, year: Year, heading: str, entries: list[Entry], fewest: int) -> Section:
        """``fewest``: how many a section must have for places."""
        note = ""
        if not entries[0].place:
            is_small = year.rules.ruleset.rank.places and len(entries) < fewest
            why = f"不足 {fewest} {self.unit}，" if is_small else "" if year.is_placed else "还没有排过名次，"
            note = f"{why}只列得分，不排名次。"
        return Section(
            f"{heading}（{len(entries)} {self.unit}）",
            note,
            [self._row(one, "") for one in entries],
            remarks=_remarks(entries),
        )

    def unranked(self, entries: list[Entry]) -> Section:
        rows = [self._row(one, one.reason) for one in by_strokes(entries)]
        order = "按姓氏笔画为序。" if self.unit == PERSONS else "按名称笔画为序。"
        return Section(f"不参加排名（{len(rows)} {self.unit}）", order, rows, is_ranked=False)

    def _row(self, entry: Entry, reason: str) -> Row:
        is_shown = any(column.kind == "band" for column, _ in self.columns)
        texts = {
            "place": str(entry.place or ""),
            "name": entry.name,
            "text": entry.sector,
            "grade": entry.grade if entry.is_ranked else "",
            "band": entry.band,
            "reason": reason,
        }
        cells = [
            points(entry.total if code == "total" else entry.figures.get(code, 0)) if code else texts[column.kind]
            for column, code in self.columns
        ]
        return Row(cells, entry.key, self.bands.get(entry.band, 0) if is_shown else 0)


def _remarks(entries: Iterable[Entry]) -> list[str]:
    """Why a grade is not the one that the total would bring, with the names."""
    found: dict[str, list[str]] = {}
    for one in entries:
        if one.grade_reason:
            found.setdefault(one.grade_reason, []).append(one.name)
    return [f"{reason}：{'、'.join(names)}。" for reason, names in found.items()]


# ---------------------------------------------------------------- what it says about itself
def _state(year: Year) -> str:
    if year.edition:
        return f"{year.edition.name}，定版摘要 {year.edition.short_digest}"
    return "已审定，未公布" if year.assessment.state in FINAL_STATES else "未经审定，仅供内部参考"


def _foot(year: Year, asked: Asked) -> str:
    rules, local = year.rules.ruleset, timezone.localtime(year.at)
    people = has_people(year.assessment)
    told = [
        f"按《{rules.title}》第 {rules.version} 版计算，"
        f"截至 {local.year}年{local.month}月{local.day}日 {local:%H:%M}；{_state(year)}。",
        "得分相同的名次并列，并列者按姓氏笔画为序；任职不满规定月数或不参加评价的另列，并注明理由。"
        if people
        else "得分相同的名次并列，并列者按名称笔画为序；不参加评价的另列，并注明理由。",
    ]
    if not asked.keeps_places:
        told.append(
            f"本表名次是表内各组之中的名次，不足 {least(year.rules)} 名的不排；成绩单上的名次是全部同类人员之中的名次。"
        )
    if year.assessment.committee.is_demonstration:
        told.append("示例数据，人名均为程序生成。" if people else "示例数据。")
    return "".join(told)
