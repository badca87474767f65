"""Titles that are much like one being typed: the same matter may be there already."""

import re
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from members.access import visible
from members.models import Committee, User
from members.titles import likeness, pairs_of
from proposals.models import Proposal

ALIKE = 0.6  # see tests/proposals/test_similar.py for the pairs it was found on
SHOWN = 3
# Words that titles of proposals about anything are made with.
ANY_TITLE = re.compile(
    "^关于|的?(?:提案|建议)$|进一步|加强|加快|推进|推动|促进|完善|健全|改善|改进|保障|提升|提高|支持|规范|增设|增加|建设|建立|构建|打造|"
    "工作|问题|解决|缓解|整治|治理|严厉|大力|积极|切实|管理|监管|服务|水平|体系|机制|制度|力度|发展|实施|开展|做好|"
    "我[省市县区]|全[省市县区]|有效|深入|优化|强化|落实|利用|[的和与及、]"
)


class Alike(NamedTuple):
    """A proposal whose title is much like the typed one. ``public_id`` None: its page is not for the one who asks."""

    public_id: uuid.UUID | None
    year: int
    number: str
    title: str
    state: str


def similar_to(user: User, committee: Committee, title: str, year: int, without: int | None = None) -> list[Alike]:
    """The most similar proposals of ``year`` and the year before, at most SHOWN; two queries.

    Those the user may see, and of the filed ones of the committee, which are public, the number and title alone.
    ``without``: primary key of the proposal whose title it is.
    """
    years = {"committee": committee, "year__in": [year - 1, year]}
    columns = ("pk", "year", "number", "title", "state", "public_id")
    mine = visible(user, Proposal).filter(**years).exclude(pk=without).values_list(*columns)
    rows = {row[0]: row for row in mine}
    filed = Proposal.objects.filter(**years, state=Proposal.State.FILED).exclude(pk=without).values_list(*columns)
    for row in filed:
        rows.setdefault(row[0], (*row[:-1], None))
    return [
        Alike(public_id, row_year, number, name, Proposal.State(state).label)
        for _, row_year, number, name, state, public_id in most_alike(title, ((row[3], row) for row in rows.values()))
    ]


def most_alike(title: str, rows: Iterable[tuple[str, tuple]]) -> list[tuple]:
    """Of (title, row) the rows whose titles are at least ALIKE to ``title``, the most similar first, at most SHOWN.

    Two titles reach ALIKE only when they share a good part of their pairs of characters: the others, nearly all, are
    passed over without being taken apart.
    """
    matter = matter_of(title)
    pairs = list(pairs_of(matter))
    least = len(pairs) * ALIKE / (2 - ALIKE) / 2
    scored = []
    for place, (other, row) in enumerate(rows):
        if sum(pair in other for pair in pairs) >= least:
            score = likeness(matter, matter_of(other))
            if score >= ALIKE:
                scored.append((-score, place, row))
    return [row for _, _, row in sorted(scored)[:SHOWN]]


def matter_of(title: str) -> str:
    """A title without the words of any title; the whole of it when nothing else is left."""
    return ANY_TITLE.sub("", title.strip()) or title
