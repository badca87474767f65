"""荣誉证书 from the honour list: on white paper, or the text alone on certificates printed before."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from members.access import visible
from members.models import User
from reports.figures import Source, fill
from reports.official import chinese_date
from reports.paper import pdf
from scoring.models import Commendation

WORDING = "在{{年度}}年度履职考核中表现突出，被评为{{称号}}。特发此证，以资鼓励。"
OF_PERSON = ("姓名", "称号")
LONGEST_TEXT = 110  # characters in the five lines that there are
SHIFT = 20  # mm that a text may be moved


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str
    text: str
    number: str


@dataclass(frozen=True, slots=True)
class Printing:
    """How they are to be printed. ``right`` and ``down``: millimetres by which everything moves on this printer.

    ``is_full``: with heading and frame, else the text alone.
    """

    title: str
    wording: str
    office: str
    on: date | None
    prefix: str
    is_full: bool
    right: int
    down: int


class NotPrintable(ValueError):
    """Why there is nothing to print, in Chinese, for users."""


def numbers_of(user: User, source: Source, title: str) -> dict[object, int]:
    """{public id of the subject: number}, from 1: in the order of the acts that put them on the list, each act by strokes.

    A name taken off keeps its number, so that no number already handed out comes again.
    """
    rows = list(visible(user, Commendation).filter(assessment=source.assessment, title=title).select_related("subject"))
    first = Commendation.history.filter(id__in=[row.pk for row in rows], history_type="+")
    acts = dict(first.values_list("id", "action_id"))
    keys = {one.public_id: one.surname_key for one in source.people}
    rows.sort(key=lambda row: (acts.get(row.pk, 0), keys.get(row.subject.public_id, ""), row.pk))
    found: dict[object, int] = {}
    for number, row in enumerate(rows, start=1):
        if row.withdrawn_on is None:
            found[row.subject.public_id] = number
    return found


def certificates(user: User, source: Source, printing: Printing) -> list[Certificate]:
    """By number. UnknownFigure for a field that there is not; NotPrintable with the first name whose text has no room."""
    numbers = numbers_of(user, source, printing.title)
    found = []
    chosen = source.honours.get(printing.title, [])
    for person in sorted(chosen, key=lambda one: numbers[one.public_id]):
        own = {**source.figures, "姓名": person.name, "称号": printing.title}
        text = fill(printing.wording, own, "正文")
        if len(text) > LONGEST_TEXT:
            raise NotPrintable(
                f"{person.name}的证书正文有 {len(text)} 个字，一张证书最多印 {LONGEST_TEXT} 个字，请缩短正文。"
            )
        number = f"{printing.prefix}{numbers[person.public_id]:03d}号" if printing.prefix else ""
        found.append(Certificate(person.name, text, number))
    return found


def certificates_pdf(made: list[Certificate], printing: Printing, at: datetime) -> bytes:
    """A page each. MissingCharacters for a name that no font can print."""
    return _pdf(made, printing, at, is_test=False)


def test_sheet(printing: Printing, at: datetime) -> bytes:
    """One page with rulers and the places of the text, to be held against a certificate and a window."""
    sample = Certificate("×××", "正文从这里开始，每行排到右边的虚线为止。" * 3, f"{printing.prefix}001号")
    return _pdf([sample], printing, at, is_test=True)


def _pdf(made: list[Certificate], printing: Printing, at: datetime, *, is_test: bool) -> bytes:
    is_full = printing.is_full and not is_test
    data = {
        "name": f"荣誉证书（{printing.title}）",
        "is_full": is_full,
        "is_test": is_test,
        # On white paper everything is in its place.
        "right": 0 if is_full else printing.right,
        "down": 0 if is_full else printing.down,
        "office": printing.office,
        "date": chinese_date(printing.on),
        "people": [asdict(one) for one in made],
    }
    return pdf("certificate", data, names=[one.name for one in made], at=at)
