"""A composite of the demonstration with its sources, a report sent on, and what two members have in hand."""

from desk.demo.committee import Cast
from desk.demo.meetings import TODAY
from members.ids import natural_id
from opinions.composites import record_composite
from opinions.drafts import save_draft
from opinions.models import OpinionReport
from opinions.services import record_adoption, record_forwarding, report_id

YEAR = TODAY.year
NUMBER = "综1"
SOURCES = 3


def make_gathered(cast: Cast) -> None:
    """Rows that follow from those made before, without chance."""
    user, office = cast.accounts["clerk-opinions"], cast.offices["opinions"]
    reports = OpinionReport.objects.filter(committee=cast.committee, year=YEAR, submitted_on__lte=TODAY)
    sources = list(reports.waiting().order_by("submitted_on", "pk")[:SOURCES])
    composite = record_composite(
        user=user,
        committee=cast.committee,
        office=office,
        sources=sources,
        year=YEAR,
        number=NUMBER,
        title="委员反映的三个民生问题",
        submitted_on=TODAY,
        state=OpinionReport.State.ISSUED,
        issued_on=TODAY,
        public_id=report_id(cast.committee, YEAR, NUMBER),
    )
    record_adoption(user=user, report=composite, level="city", organ="示例市政协信息处", adopted_on=TODAY)
    issued = reports.filter(state=OpinionReport.State.ISSUED, is_composite=False).order_by("-submitted_on", "-pk")[0]
    record_forwarding(user=user, report=issued, level="province", organ="示例省政协信息处", forwarded_on=TODAY)
    member, standing = cast.seat_of("member"), cast.seat_of("standing")
    for lead, code, title, cosigners in (
        (member, "member", "关于社区食堂营业时间的反映", ()),
        (standing, "standing", "关于公交末班车时间的反映", (member,)),
    ):
        save_draft(
            user=cast.accounts[code],
            lead=lead,
            office=office,
            title=title,
            body="居民希望调整时间，方便上班的人。",
            cosigners=cosigners,
            on=TODAY,
            public_id=natural_id(cast.committee.code, "draft", title),
        )
