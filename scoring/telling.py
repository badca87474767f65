"""Who hears of a turn of the year: every member whose card it is, and where work begins the clerks too."""

import json

from django.db.models import QuerySet
from django.urls import reverse

from members.models import Role, Subject, User
from members.notices import holding, notify, tell
from scoring.models import Assessment, Edition
from scoring.subjects import subjects


def opened(assessment: Assessment, user: User | None) -> None:
    """The year is being recorded from now on."""
    year = assessment.year
    text = f"{year} 年度考核已经开始，随时可以查看您的成绩单。"
    tell(_seats(assessment), assessment.committee, text, reverse("me", args=[year]), but=user)
    text = f"{year} 年度考核已经开始，请及时登记履职记录。"
    notify(_clerks(assessment, user), assessment.committee, text, reverse("home"))


def data_checked(assessment: Assessment, user: User) -> None:
    """The offices' turn: what is missing is to be added."""
    text = f"{assessment.year} 年度考核进入数据核对，请补齐缺漏、改正错误。"
    notify(_clerks(assessment, user), assessment.committee, text, reverse("home"))


def checking(assessment: Assessment, user: User) -> None:
    """The members' turn, until a day if one is set."""
    year, until = assessment.year, assessment.member_check_until
    text = (
        f"请核对 {year} 年度成绩单，有出入的请提出更正。"
        if until is None
        else f"请核对 {year} 年度成绩单，核对期到 {until.year}年{until.month}月{until.day}日为止。"
    )
    page = f"{reverse('my_confirmation')}?of={assessment.public_id}"
    tell(_seats(assessment), assessment.committee, text, page, but=user)


def published(edition: Edition, user: User) -> None:
    """The first edition alike to all; of a correction each hears whether the own card changed."""
    assessment, number = edition.assessment, edition.number
    committee, year = assessment.committee, assessment.year
    page, seats = reverse("me", args=[year]), _seats(assessment)
    if number == 0:
        tell(seats, committee, f"{year} 年度考核结果已经公布，请查看您的成绩单。", page, but=user)
        return
    keys = [card["key"] for card in json.loads(edition.changes)["cards"]]
    changed = set(Subject.objects.filter(public_id__in=keys, seat__isnull=False).values_list("seat", flat=True))
    text = f"{year} 年度考核更正第 {number} 号已经公布，您的成绩单有变动，请查看。"
    tell(changed, committee, text, page, but=user)
    text = f"{year} 年度考核更正第 {number} 号已经公布，您的成绩单没有变动。"
    tell(seats - changed, committee, text, page, but=user)


def _seats(assessment: Assessment) -> set[int]:
    """Those of the members assessed; none of groups, which have no accounts."""
    rows = Subject.objects.filter(pk__in=subjects(assessment), seat__isnull=False)
    return set(rows.values_list("seat", flat=True))


def _clerks(assessment: Assessment, but: User | None) -> QuerySet[User]:
    held = holding(assessment.committee, Role.CLERK).filter(is_active=True)
    return held.exclude(pk=but.pk if but else None).only("pk")
