"""专委会: a year of theirs through the pages members' years have, from its start to its edition."""

import re

import pytest
import time_machine
from django.urls import reverse

from members import fresh
from scoring.editions import pending, verify_committee
from scoring.engine import loads
from scoring.models import Adjustment, Appraisal, Assessment, Edition
from scoring.services.rulesets import approve_ruleset, store_ruleset
from scoring.services.runs import drive, rescore
from tests.cast import PASSWORD, make_account, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = "2026-12-20 09:00Z"
RULES = """
code = "parts"
title = "专门委员会考核办法"
year = 2026
subjects = "special_committee"
first_day = 2026-01-01
last_day = 2026-12-31
[total]
name = "总分"
cap = 100
floor = 0
[[category]]
code = "work"
name = "工作"
floor = "none"
[[rule]]
code = "plan"
name = "年度计划"
category = "work"
clause = "第一条"
of = { kind = "adjustment", rule = "plan" }
manual = { low = 0, high = 10 }
[[rule]]
code = "ballot"
name = "委员测评"
category = "work"
clause = "第二条"
of = { kind = "appraisal", by = "peer" }
manual = { low = 0, high = 20 }
[[rule]]
code = "review"
name = "自查"
category = "work"
clause = "第三条"
of = { kind = "appraisal", by = "self" }
manual = { low = 0, high = 5 }
[[rule]]
code = "report"
name = "调研报告"
category = "work"
clause = "第四条"
of = { kind = "research_report" }
rows = [{ points = 6 }]
[[gate]]
code = "discipline"
name = "违纪"
clause = "第五条"
zero = true
tests = [{ of = { kind = "adjustment", effect = "veto" }, at_most = 0 }]
[[grade]]
name = "先进"
at_least = 30
[[grade]]
name = "达标"
[rank]
smallest = 2
"""


def test_year_of_special_committees_is_driven_through_the_pages(client):
    with time_machine.travel(NOW, tick=True):
        assert drive_the_year(client, make_cast()) == Assessment.State.PUBLISHED


def drive_the_year(client, cast):
    chair, second = cast.chair_office, make_account(cast.place, "second", "chair_office")
    first, other = (part.subject for part in cast.place.special_committees)
    office = str(cast.place.offices[0].public_id)

    def post(user, url, data):
        client.force_login(user)
        answer = client.post(url, data)
        form = answer.context and answer.context.get("form")
        assert answer.status_code == 302, form and form.errors
        return answer

    def page(user, url):
        client.force_login(user)
        answer = client.get(url)
        assert answer.status_code == 200
        return answer.content.decode()

    ruleset = store_ruleset(user=chair, committee=cast.place.committee, year=2026, ruleset=loads(RULES))
    approve_ruleset(user=chair, ruleset=ruleset)
    post(chair, reverse("assessment_start", args=[ruleset.public_id]), {})
    assessment = Assessment.objects.get()

    # what the office enters: points, a veto, a report of its own, ballots, its own figure
    of_group = {"office": office, "special_subject": first.public_id, "reason": "年末核定", "happened_on": "12.10"}
    post(cast.clerk, "/adjustments/new/", of_group | {"effect": "points", "rule": "plan", "points": "8.5"})
    veto = of_group | {"effect": "veto", "special_subject": other.public_id, "reason": "挪用经费"}
    post(cast.clerk, "/adjustments/new/", veto)
    report = {
        "office": office,
        "kind": cast.place.kinds["research_report"].public_id,
        "title_of_work": "水质调研",
        "quantity": "1",
    }
    for part in (first, other):
        of_part = report | {"happened_on": "2026-05-04", "special_subject": part.public_id}
        post(cast.clerk, "/contributions/new/", of_part)
    for rule, by, figure in (("ballot", "peer", "18"), ("review", "self", "4")):
        address = f"{reverse('appraisal_enter')}?of={assessment.public_id}&rule={rule}&by={by}"
        client.force_login(cast.clerk)
        seen = client.get(address).context["form"]["seen"].value()
        shared = {"office": office, "given_on": "12.15", "basis": "全体会议", "seen": seen, f"p-{first.pk}": figure}
        post(cast.clerk, address, shared | ({"source": "民主测评", "ballots": "60"} if by == "peer" else {}))

    # a second person decides
    for row in Adjustment.objects.all():
        post(chair, reverse("adjustment_decide", args=[row.public_id]), {"decision": "approve"})
    everything = {"decision": "approve", "everything": "1", "count": "2", "query": ""}
    post(chair, reverse("appraisals_decide"), everything)
    assert set(Appraisal.objects.values_list("state", flat=True)) == {"approved"}
    drive(rescore(user=None, assessment=assessment))

    # 8.5 + 18 + 4 + 6; the other one's veto takes all
    address = reverse("card", args=[2026, first.public_id])
    assert "36.5" in page(cast.clerk, address)
    listed = page(cast.clerk, reverse("group_cards"))
    assert [name in listed for name in ("提案委员会", "经济委员会", "36.5")] == [True] * 3
    assert "互评 18 分，按第二条。" in page(cast.clerk, f"{address}1/")
    assert "因“违纪”" in page(cast.clerk, f"{reverse('card', args=[2026, other.public_id])}0/")

    # the other one was not asked by anybody: a gap with a reason
    year = reverse("assessment_move", args=[assessment.public_id])
    post(chair, year, {"step": "check_data"})
    gaps = client_gaps(page(cast.whole_clerk, "/gaps/?year=2026"))
    assert [key.split("/")[2:] for key in gaps if key.startswith("appraisal/")] == [
        ["ballot", "peer", "1"],
        ["review", "self", "1"],
    ]
    for key in gaps:
        post(cast.whole_clerk, "/gaps/sign-off/", {"year": 2026, "key": key, "reason": "一票否决，不再测评"})
    for step, user, more in (
        ("check_members", chair, {}),
        ("approve", chair, {"typed": "2026"}),
        ("publish", second, {"typed": "2026", fresh.PASSWORD: PASSWORD}),
    ):
        post(user, year, {"step": step} | more)
    assessment.refresh_from_db()
    assert (assessment.state, Edition.objects.get().number) == ("published", 0)

    # the edition's card, its place, and that it can be checked
    assert [words in page(cast.clerk, address) for words in ("最终得分", "36.5", "先进", "校验码")] == [True] * 4
    assert "互评 18 分，按第二条。" in page(cast.clerk, f"{address}1/")
    assert "提案委员会" in page(chair, f"{reverse('ranking', args=[2026])}?of=special_committee")
    assert list(verify_committee(cast.place.committee)) == []

    # what happens to a figure afterwards is a correction that waits; what happens to the edition is found
    row = Appraisal.objects.get(by="peer")
    post(chair, reverse("appraisal_reopen", args=[row.public_id]), {"reason": "票数有误"})
    assert [(one.what, one.title) for one in pending(assessment)] == [("已删去", "民主测评（60 票）")]
    assert list(verify_committee(cast.place.committee)) == []
    document = Edition.objects.get().document
    assert document.count(f'appraisal/{row.public_id}"') > 1
    Edition.objects.update(document=document.replace("by=peer;rule=ballot", "by=peer;rule=review"))
    assert len(list(verify_committee(cast.place.committee))) > 0
    return assessment.state


def client_gaps(content):
    """Keys of the gaps that the page offers to sign off."""
    return list(dict.fromkeys(re.findall(r'name="key" value="([^"]+)"', content)))
