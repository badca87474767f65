"""The quarterly reminder: who hears of what, once a quarter, by day and in its last month."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.actions import act
from desk import tasks
from desk.reminders import few_points, remind, remind_due
from members.models import Notice
from opinions.drafts import save_draft as write_report
from proposals.drafts import save_draft
from scoring.models import Assessment, ReportCard
from scoring.services.assessments import open_assessment
from scoring.services.runs import drive, rescore
from tests.cast import DAY, make_activity, make_cast, make_contribution
from tests.scoring.year import FIRST, LAST, make_ruleset

pytestmark = pytest.mark.django_db
DECEMBER = datetime.datetime(2026, 12, 3, 2, 0, tzinfo=datetime.UTC)  # ten o'clock there


@pytest.fixture
def cast():
    """Everything open at once for the standing member, nothing for the ordinary one."""
    with time_machine.travel(DECEMBER):
        cast = make_cast()
        user, lead = cast.ordinary_user, cast.ordinary
        save_draft(user=user, lead=lead, title="关于修路的提案", cosigners=[cast.standing])
        office = cast.place.offices[0]
        write_report(user=user, lead=lead, office=office, title="关于路灯的信息", cosigners=[cast.standing])
        day = datetime.date(2026, 12, 20)
        make_activity(cast.place, [cast.standing], kind="study", day=day, signup_until=datetime.date(2026, 12, 10))
        for seat in (lead, cast.cosigner):
            make_contribution(cast.place, seat)
        Notice.objects.all().delete()
        yield cast


def texts(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


def open_year(cast):
    return open_assessment(
        user=None,
        committee=cast.place.committee,
        year=DAY.year,
        subject_kind="member",
        ruleset=make_ruleset(cast.place.committee),
        from_on=FIRST,
        to_on=LAST,
    )


def test_member_hears_of_what_is_open_for_him_once_a_quarter(cast):
    assert remind_due() == 2  # the sibling committee too, where nothing is open
    assert texts(cast.standing_user) == [
        "季度提醒：有提案等您答复是否联名。",
        "季度提醒：有社情民意信息等您答复是否联名。",
        "季度提醒：有活动即将截止报名。",
    ]
    assert texts(cast.ordinary_user) == texts(cast.stranger_member) == []
    Notice.objects.mark_read()
    tasks.remind()
    with time_machine.travel(datetime.datetime(2027, 2, 1, 2, tzinfo=datetime.UTC)):
        tasks.remind()
    assert Notice.objects.count() == 3
    with time_machine.travel(datetime.datetime(2027, 3, 1, 2, tzinfo=datetime.UTC)):
        tasks.remind()
    # The sign-up is over, the signatures are still asked for.
    assert texts(cast.standing_user)[3:] == texts(cast.standing_user)[:2]


@pytest.mark.sqlite
@pytest.mark.parametrize("moment", [(11, 30, 2), (12, 2, 18)])
def test_nobody_is_reminded_before_the_last_month_or_at_night(cast, moment):
    with time_machine.travel(datetime.datetime(2026, *moment, tzinfo=datetime.UTC)):
        assert remind_due() == 0
    assert not Notice.objects.exists()


@pytest.mark.sqlite
def test_member_hears_of_few_points_while_the_year_is_recorded_and_of_his_card_while_it_is_checked(cast):
    year = open_year(cast)
    drive(rescore(user=None, assessment=year))
    totals = dict(ReportCard.objects.values_list("subject__seat", "total"))
    assert totals == {cast.ordinary.pk: 500, cast.cosigner.pk: 500, cast.standing.pk: 0}
    assert few_points(cast.place.committee, DECEMBER.date()) == {cast.standing.pk}
    with act(user=None, verb="委员核对"):
        year.state = Assessment.State.MEMBER_CHECK
        year.save()
    remind(committee=cast.place.committee)
    assert texts(cast.ordinary_user) == ["季度提醒：您的成绩单等您核对。"]


@pytest.mark.sqlite
def test_command_reminds_one_committee_now(cast, capsys):
    for expected in ("reminded", "was reminded in this quarter"):
        call_command("remind", "yunhe")
        assert capsys.readouterr().out == f"yunhe: {expected}\n"
    with pytest.raises(CommandError, match="没有代码为“nowhere”的委员会"):
        call_command("remind", "nowhere")
