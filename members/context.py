"""What templates/base.html shows on every page: committee, menu, size of type."""

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

from members.access import Verb, active_grants, may_beyond_own
from members.middleware import TEXT_SIZES
from members.models import Committee, Role, Seat
from members.passwords import change_due
from members.signin import is_demonstration


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the office's menu; ``verb`` on ``model`` decides who sees it."""

    label: str
    url_name: str
    model: str
    verb: Verb = Verb.VIEW


# The office's places, as often as they are wanted.
MENU = [
    Entry("会议活动", "activities", "activities.Activity"),
    Entry("请假", "leaves", "activities.Leave"),
    Entry("提案", "proposals", "proposals.Proposal"),
    Entry("社情民意", "opinions", "opinions.OpinionReport"),
    Entry("其他履职", "contributions", "activities.Contribution"),
    Entry("加减分", "adjustments", "scoring.Adjustment"),
    Entry("更正", "objections", "scoring.Objection"),
    Entry("查漏补缺", "gaps", "activities.Activity"),
    Entry("导入", "imports", "desk.ImportBatch", Verb.LOG),
    Entry("委员", "cards", "members.Seat"),
    Entry("报表", "reports", "scoring.Assessment", Verb.RANK),
    Entry("年度考核", "assessments", "scoring.Run"),
    Entry("考核办法", "rulesets", "scoring.Ruleset"),
    Entry("计算", "runs", "scoring.Run"),
    Entry("账号", "accounts", "members.User", Verb.ACCOUNTS),
    Entry("授权", "grants", "members.Grant"),
    Entry("操作日志", "log", "audit.Action", Verb.AUDIT),
    Entry("设置", "settings", "members.Committee", Verb.SETTING),
]
# Pages of a noun that lie beside its own address, and the place of the menu they belong to.
ELSEWHERE = {
    "/appraisals/": "adjustments",
    "/outcomes/": "opinions",
    "/organs/": "opinions",
    "/report-cards/": "cards",
    "/prints/": "reports",
}
# A member's places, short enough for two rows on a phone.
OWN_MENU = [
    ("成绩单", "me"),
    ("会议", "my_activities"),
    ("提案", "my_proposals"),
    ("社情民意", "my_opinions"),
    ("申报", "my_contributions"),
    ("更正", "my_objections"),
]


def page(request: HttpRequest) -> dict:
    """Context of every page. Signed in: no query but the grants, read once, and the count of notices. Signed out: one."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"sizes": _sizes(request), "is_demonstration": is_demonstration()}
    grants = active_grants(user)
    committee = grants[0].committee if grants else None
    return {
        "sizes": _sizes(request),
        "committee": committee,
        "is_demonstration": committee is not None and committee.is_demonstration,
        "may_clear": may_beyond_own(user, Verb.SETTING, Committee),
        "role_names": "、".join(dict.fromkeys(grant.get_role_display() for grant in grants)),
        "may_search": may_beyond_own(user, Verb.VIEW, Seat) and not change_due(user),
        "menu": _menu(request, user) if not change_due(user) else [],
        # Asked by the page's head, once: what renders no page does not count.
        "unread_notices": cache(user.notices.unread().count),
    }


def _menu(request, user):
    """[{label, url, is_here}, …] of what the user may open."""
    roles = {grant.role for grant in active_grants(user)}
    places = []
    if roles - {Role.MEMBER}:
        places.append(("工作台", reverse("home")))
    if Role.MEMBER in roles and user.member_id:
        mine = "我的" if roles - {Role.MEMBER} else ""
        places += [(mine + label, reverse(name)) for label, name in OWN_MENU]
    places += [(entry.label, reverse(entry.url_name)) for entry in MENU if _is_open(user, entry)]
    path = next((reverse(name) for start, name in ELSEWHERE.items() if request.path.startswith(start)), request.path)
    here = max((url for _, url in places if path.startswith(url)), key=len, default="")
    return [{"label": label, "url": url, "is_here": url == here} for label, url in places]


def _is_open(user, entry):
    return may_beyond_own(user, entry.verb, apps.get_model(entry.model))


def _sizes(request):
    """The three links of the size of type; each keeps the rest of the address."""
    chosen = getattr(request, "text_size", "n")
    sizes = []
    for code, label in TEXT_SIZES.items():
        query = request.GET.copy()
        query["size"] = code
        sizes.append({"code": code, "label": label, "url": f"?{query.urlencode()}", "is_chosen": code == chosen})
    return sizes
