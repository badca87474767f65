"""Is a printed card genuine? Asked by anybody with the code and the name that stand on it."""

import json
import re
import unicodedata
from dataclasses import dataclass

from scoring.models import Edition, EditionCard

MISS = "没有找到这张成绩单：校验码和姓名对不上。请照纸上印的逐字核对（字母不分大小写）；仍对不上，这张成绩单不是本系统公布的。"


@dataclass(frozen=True, slots=True)
class Genuine:
    """What stands on the paper, from the edition itself; ``later``: the last correction when there is one."""

    committee: str
    year: int
    name: str
    total: int
    grade: str
    edition: str
    later: str


def genuine(code: str, name: str) -> Genuine | None:
    """None for a code that is unknown and for one that belongs to another name."""
    row = EditionCard.objects.filter(check_code=grouped(code)).select_related("edition").defer("document").first()
    if row is None:
        return None
    found = json.loads(row.summary)
    if _bare(found["printed"]["name"]) != _bare(name):
        return None
    newest = Edition.objects.filter(assessment=row.edition.assessment_id).order_by("number").defer("document").last()
    return Genuine(
        committee=found["edition"]["committee"]["name"],
        year=found["edition"]["year"],
        name=found["printed"]["name"],
        total=found["card"]["total"],
        grade=found["placing"]["grade"],
        edition=row.edition.name,
        later=newest.name if newest.number > row.edition.number else "",
    )


def grouped(code: str) -> str:
    """The code as it is stored, however it was typed: in small letters, without or with other dashes."""
    signs = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", code).upper())
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def _bare(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
