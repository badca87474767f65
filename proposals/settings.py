"""Which office proposals go to and the reasons for not filing it offers; the office keeps both in one place."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Count

from audit.actions import act
from members.checks import check_fields, check_same_committee
from members.models import Committee, Grant, Office, User
from proposals.models import ProposalSetting

LONGEST_REASON = 100
DEFAULT_REASONS = (
    "不属于本级政协提案的范围",
    "内容空泛，没有具体建议",
    "反映的是个人或亲属的问题",
    "属于司法、仲裁、信访程序中的事项",
    "已有明确规定或已经办理，不必再提",
    "同一届内重复提出，没有新内容",
)


def receiving_office(committee: Committee) -> Office | None:
    """Where members' proposals go: the office chosen in the setting, else the one that has logged most proposals,

    else the first of the committee; None when it has none. At most two queries.
    """
    setting = ProposalSetting.objects.filter(committee=committee).select_related("office").first()
    if setting is not None:
        return setting.office
    offices = Office.objects.filter(committee=committee).annotate(logged=Count("proposals"))
    return offices.order_by("-logged", "position", "pk").first()


def refusal_reasons(committee: Committee) -> list[str]:
    """The reasons for not filing that are offered, in the office's order."""
    setting = ProposalSetting.objects.filter(committee=committee).first()
    return list(DEFAULT_REASONS) if setting is None else setting.refusal_reasons.splitlines()


def save_setting(
    *, user: User | None, committee: Committee, office: Office, reasons: Sequence[str], grant: Grant | None = None
) -> ProposalSetting:
    """Replace the setting. ``reasons``: each at most LONGEST_REASON characters; empty ones and repetitions go."""
    check_same_committee(committee, office=office)
    wanted = list(dict.fromkeys(reason.strip() for reason in reasons if reason.strip()))
    for place, reason in enumerate(wanted, 1):
        if len(reason) > LONGEST_REASON:
            raise ValidationError(
                {"reasons": f"第 {place} 条理由有 {len(reason)} 个字，最多 {LONGEST_REASON} 个字，请缩短。"}
            )
    setting = ProposalSetting.objects.filter(committee=committee).first() or ProposalSetting(committee=committee)
    setting.office, setting.refusal_reasons = office, "\n".join(wanted)
    check_fields(setting)
    with act(user=user, verb="修改提案工作设置", grant=grant, committee=committee):
        setting.save()
    return setting
