"""Opinion reports: submitted, issued, each adoption by an organ and each instruction of a leader."""

from collections import defaultdict

from opinions.models import Adoption, CompositePart, Instruction, OpinionReport, Reporter
from scoring.facts.rows import Read, existing
from scoring.facts.signed import Signed, Signer, Stage, memberships, rows

NOUN = "opinion"
MODEL = OpinionReport
BATCH = 1000

COMPOSITE = Adoption.Form.COMPOSITE.value


def sources_of(ids: set[int]) -> set[int]:
    """Reports whose facts change with those of ``ids``: the sources of the composites among them. One query."""
    return set(CompositePart.objects.filter(composite__in=ids).values_list("source_id", flat=True))


def read(ids: list[int], is_locked: bool = True) -> Read:
    """Ten queries. A report made from a proposal keeps the proposal as its matter.

    A composite has no writers and no facts: what becomes of it is a fact of each source, with form=composite.
    """
    found, sources = existing(OpinionReport, NOUN, ids, is_locked)
    signers = defaultdict(list)
    confirmed = Reporter.objects.filter(report__in=found, is_confirmed=True, seat__subject__isnull=False)
    for report, *signer in confirmed.order_by("position").values_list(
        "report_id", "seat_id", "seat__member_id", "seat__subject", "seat__committee_id", "role"
    ):
        signers[report].append(Signer(*signer))
    later = defaultdict(list)
    for adoption in Adoption.objects.filter(report__in=found):
        later[adoption.report_id].append(adopted(adoption))
    for instruction in Instruction.objects.filter(report__in=found):
        later[instruction.report_id].append(_instructed(instruction))
    composites, shared = _composites(found)
    groups = memberships(signer.seat_id for one in signers.values() for signer in one)
    objects = [
        Signed(
            kind=NOUN,
            public_id=report.public_id,
            origin_on=report.submitted_on,
            matter=report.matter or f"{NOUN}/{report.public_id}",
            stages=[
                *first_stages(report, composites[report.pk]),
                *later[report.pk],
                *(stage for composite in composites[report.pk] for stage in shared[composite.pk]),
            ],
            signers=signers[report.pk],
        )
        for report in OpinionReport.objects.filter(pk__in=found).exclude(state=OpinionReport.State.DRAFT)
    ]
    return Read(sources, [row for signed in objects for row in rows(signed, groups)])


def _composites(found: list[int]) -> tuple[dict[int, list[OpinionReport]], dict[int, list[Stage]]]:
    """(composites by source, what became of each composite by its primary key)."""
    composites, shared = defaultdict(list), defaultdict(list)
    for part in CompositePart.objects.filter(source__in=found).select_related("composite"):
        composites[part.source_id].append(part.composite)
    keys = {composite.pk for some in composites.values() for composite in some}
    for adoption in Adoption.objects.filter(report__in=keys).select_related("report"):
        shared[adoption.report_id].append(_of_composite(adopted(adoption), adoption.report))
    for instruction in Instruction.objects.filter(report__in=keys).select_related("report"):
        shared[instruction.report_id].append(_of_composite(_instructed(instruction), instruction.report))
    return composites, shared


def _of_composite(stage: Stage, composite: OpinionReport) -> Stage:
    """The composite's id keeps its key apart from the source's own stage by the same organ."""
    return Stage(f"{stage.path}/{composite.public_id}", stage.happened_on, stage.codes | {"form": COMPOSITE})


def first_stages(report: OpinionReport, composites: list[OpinionReport]) -> list[Stage]:
    """Submitted, and issued: by itself, else with the first composite that was."""
    stages = [Stage("submitted", report.submitted_on, {"stage": "submitted"})]
    if report.state == OpinionReport.State.ISSUED:
        stages.append(Stage("issued", report.issued_on, {"stage": "issued"}))
        return stages
    days = [one.issued_on for one in composites if one.state == OpinionReport.State.ISSUED]
    if days:
        stages.append(Stage("issued", min(days), {"stage": "issued", "form": COMPOSITE}))
    return stages


def adopted(adoption: Adoption) -> Stage:
    codes = {"stage": "adopted", "level": adoption.level, "form": adoption.form, "organ": adoption.organ}
    return Stage(f"adopted/{adoption.level}/{adoption.organ}", adoption.adopted_on, codes)


def _instructed(instruction: Instruction) -> Stage:
    codes = {"stage": "instructed", "level": instruction.level, "by": instruction.given_by}
    return Stage(f"instructed/{instruction.level}/{instruction.given_by}", instruction.instructed_on, codes)
