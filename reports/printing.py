"""Records on paper."""

from collections.abc import Sequence
from dataclasses import asdict

from members.models import Member
from reports.paper import pdf
from reports.records import Sheet


def record_pdf(member: Member, sheets: Sequence[Sheet]) -> bytes:
    """One A4 page for each year, as many as its records need. MissingCharacters for a name that no font can print."""
    years = [{**asdict(one), "at": "", "person": [list(pair) for pair in one.person]} for one in sheets]
    # A published year says the name as it was published.
    names = [member.name, *(text for one in sheets for label, text, _ in one.person if label == "姓名")]
    title = f"{member.name}履职档案"
    return pdf("record", {"title": title, "years": years}, names=names, at=max(one.at for one in sheets))
