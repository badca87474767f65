"""Opinion reports: submitted, issued, each adoption by an organ and each instruction of a leader."""

from collections import defaultdict

from opinions.models import Adoption, Instruction, OpinionReport, Reporter
from scoring.facts.rows import Read, existing
from scoring.facts.signed import Signed, Signer, Stage, memberships, rows

NOUN = "opinion"
MODEL = OpinionReport
BATCH = 1000


def read(ids: list[int], is_locked: bool = True) -> Read:
    """Seven queries. A report made from a proposal keeps the proposal as its matter."""
    found, sources = existing(OpinionReport, NOUN, ids, is_locked)
    signers = defaultdict(list)
    confirmed = Reporter.objects.filter(report__in=found, is_confirmed=True, seat__subject__isnull=False)
    for report, *signer in confirmed.order_by("position").values_list(
        "report_id", "seat_id", "seat__member_id", "seat__subject", "seat__committee_id", "role"
    ):
        signers[report].append(Signer(*signer))
    later = defaultdict(list)
    for adoption in Adoption.objects.filter(report__in=found):
        later[adoption.report_id].append(_adopted(adoption))
    for instruction in Instruction.objects.filter(report__in=found):
        later[instruction.report_id].append(_instructed(instruction))
    groups = memberships(signer.seat_id for one in signers.values() for signer in one)
    objects = [
        Signed(
            kind=NOUN,
            public_id=report.public_id,
            origin_on=report.submitted_on,
            matter=report.matter or f"{NOUN}/{report.public_id}",
            stages=_first_stages(report) + later[report.pk],
            signers=signers[report.pk],
        )
        for report in OpinionReport.objects.filter(pk__in=found)
    ]
    return Read(sources, [row for signed in objects for row in rows(signed, groups)])


def _first_stages(report: OpinionReport) -> list[Stage]:
    stages = [Stage("submitted", report.submitted_on, {"stage": "submitted"})]
    if report.state == OpinionReport.State.ISSUED:
        stages.append(Stage("issued", report.issued_on, {"stage": "issued"}))
    return stages


def _adopted(adoption: Adoption) -> Stage:
    codes = {"stage": "adopted", "level": adoption.level, "form": adoption.form, "organ": adoption.organ}
    return Stage(f"adopted/{adoption.level}/{adoption.organ}", adoption.adopted_on, codes)


def _instructed(instruction: Instruction) -> Stage:
    codes = {"stage": "instructed", "level": instruction.level, "by": instruction.given_by}
    return Stage(f"instructed/{instruction.level}/{instruction.given_by}", instruction.instructed_on, codes)
