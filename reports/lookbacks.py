"""年度履职回顾: what a member did in a year, as a few facts. No points, no places, nobody else."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q, QuerySet

from activities.models import Activity, Attendance, Contribution
from members.access import visible
from opinions.models import Adoption, OpinionReport
from proposals.models import Honour, Proposal
from reports.records import Holder
from scoring.models import Assessment

THERE = ("present", "late", "left_early", "partial")
SHOWN = 3  # titles on a card


@dataclass(frozen=True, slots=True)
class Card:
    """``figures``: (number, what it counts). ``lines``: sentences or titles beneath."""

    code: str
    heading: str
    figures: list[tuple[str, str]]
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Year:
    """What one did from the first to the last day of a year. Each is a queryset or a number of rows."""

    activities: QuerySet[Activity]
    halves: int
    proposals: QuerySet[Proposal]
    reports: QuerySet[OpinionReport]
    contributions: QuerySet[Contribution]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "会议活动": self.activities.count(),
            "提案": self.proposals.count(),
            "社情民意": self.reports.count(),
            "其他履职": self.contributions.count(),
        }


def look_back(holder: Holder, assessment: Assessment) -> list[Card]:
    """At most six cards; one without facts is left out."""
    first, last = assessment.from_on, assessment.to_on
    year = _year(holder, first, last)
    counts = year.counts
    cards = [
        _whole(year, counts),
        _proposals(year),
        _adopted(holder, first, last),
        _firsts(holder, first, last),
        _against_last(holder, assessment, counts),
        _thanks(assessment, sum(counts.values())),
    ]
    return [card for card in cards if card is not None]


def _year(holder: Holder, first: date, last: date) -> Year:
    attended = _attended(holder).filter(sitting__held_on__range=(first, last))
    return Year(
        activities=visible(holder.user, Activity).filter(pk__in=attended.values("sitting__activity")),
        halves=attended.count(),
        proposals=_proposals_of(holder).filter(submitted_on__range=(first, last)),
        reports=_reports_of(holder).filter(submitted_on__range=(first, last)),
        contributions=_contributions_of(holder).filter(happened_on__range=(first, last)),
    )


def _attended(holder: Holder) -> QuerySet[Attendance]:
    return visible(holder.user, Attendance).filter(seat__member=holder.member, outcome__in=THERE)


def _proposals_of(holder: Holder) -> QuerySet[Proposal]:
    """Handed in, and signed by oneself."""
    signed = Q(proposers__seat__member=holder.member, proposers__is_confirmed=True)
    return visible(holder.user, Proposal).filter(signed).exclude(state="draft").distinct()


def _reports_of(holder: Holder) -> QuerySet[OpinionReport]:
    signed = Q(reporters__seat__member=holder.member, reporters__is_confirmed=True)
    return visible(holder.user, OpinionReport).filter(signed).exclude(state="draft").distinct()


def _contributions_of(holder: Holder) -> QuerySet[Contribution]:
    own = visible(holder.user, Contribution).filter(subject__in=holder.subjects, state="verified")
    return own.exclude(kind__code="deduction")


# ---------------------------------------------------------------- the cards
def _whole(year: Year, counts: dict[str, int]) -> Card:
    figures = [(str(sum(counts.values())), "项履职")]
    lines = [f"{name} {count} {'次' if name == '会议活动' else '件'}" for name, count in counts.items() if count]
    if year.halves > counts["会议活动"]:
        lines[0] += f"，共 {year.halves} 个场次"
    return Card("whole", "这一年", figures, lines or ["这一年还没有履职记录。"])


def _proposals(year: Year) -> Card | None:
    found = list(year.proposals.order_by("submitted_on", "pk").values_list("title", "state"))
    if not found:
        return None
    filed = sum(state in {"filed", "merged"} for _, state in found)
    figures = [(str(len(found)), "件提案"), (str(filed), "件立案或并案")]
    return Card("proposals", "提案", figures, _titles([title for title, _ in found]))


def _adopted(holder: Holder, first: date, last: date) -> Card | None:
    """Opinion reports that were adopted, proposals that were honoured, by the day of the decision."""
    days = (first, last)
    own = _reports_of(holder)
    adopted = Q(report__in=own) | Q(report__parts__source__in=own)
    reports = Adoption.objects.filter(adopted, adopted_on__range=days).values("report").distinct().count()
    honoured = visible(holder.user, Honour).filter(proposal__in=_proposals_of(holder), decided_on__range=days)
    honours = [f"{one.get_kind_display()}：{one.proposal.title}" for one in honoured.select_related("proposal")]
    if not reports and not honours:
        return None
    figures = [(str(reports), "条信息被采用")] if reports else []
    figures += [(str(len(honours)), "次提案荣誉")] if honours else []
    return Card("adopted", "被采用", figures, _titles(honours))


def _firsts(holder: Holder, first: date, last: date) -> Card | None:
    """Kinds of activities and contributions, proposals and reports that were the first one ever recorded."""
    kinds = dict(Activity.Kind.choices)
    begun = [
        (f"第一次参加{kinds.get(kind, kind)}", on)
        for kind, on in _attended(holder)
        .values_list("sitting__activity__kind")
        .annotate(on=Min("sitting__held_on"))
        .order_by("on")
    ]
    begun += [
        (f"第一次记录{kind}", on)
        for kind, on in _contributions_of(holder)
        .values_list("kind__name")
        .annotate(on=Min("happened_on"))
        .order_by("on")
    ]
    begun.append(("第一次提交提案", _proposals_of(holder).aggregate(on=Min("submitted_on"))["on"]))
    begun.append(("第一次报送社情民意信息", _reports_of(holder).aggregate(on=Min("submitted_on"))["on"]))
    found = sorted((on, told) for told, on in begun if on is not None and first <= on <= last)
    if not found:
        return None
    lines = [f"{on.month}月{on.day}日　{told}" for on, told in found[: 2 * SHOWN]]
    return Card("firsts", "第一次", [(str(len(found)), "个第一次")], lines)


def _against_last(holder: Holder, assessment: Assessment, counts: dict[str, int]) -> Card | None:
    before = holder.of_year(assessment.year - 1)
    if before is None:
        return None
    past = _year(holder, before.from_on, before.to_on).counts
    if not any(past.values()):
        return None
    lines = [f"{name}：{past[name]} → {now}{_change(now - past[name])}" for name, now in counts.items()]
    return Card("last", f"与 {before.year} 年比", [], lines)


def _change(more: int) -> str:
    return f"，多 {more}" if more > 0 else f"，少 {-more}" if more < 0 else "，一样多"


def _thanks(assessment: Assessment, things: int) -> Card:
    sentence = (
        "每一次出席、每一件提案、每一条建议，都已记录在您的履职档案里。" if things else "新的一年，期待您的参与。"
    )
    return Card("thanks", "感谢您", [], [sentence, f"{assessment.committee.name}"])


def _titles(found: list[str]) -> list[str]:
    more = len(found) - SHOWN
    return found[:SHOWN] + ([f"……还有 {more} 件"] if more > 0 else [])
