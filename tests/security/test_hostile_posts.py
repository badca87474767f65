"""Requests that no page of ours sends: refused in words, never an error of the server, and nothing is decided."""

import pytest
from django.urls import reverse

from activities.models import Contribution, Leave
from activities.services import record_leave
from tests.cast import make_activity, make_cast, make_contribution, make_proposal, make_report

pytestmark = pytest.mark.django_db

NASTY = [
    "\0",
    "x" * 20_000,
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%s %(a)s {0}",
    "‮文",
    "-1",
    "NaN",
    "1e400",
]


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


@pytest.mark.parametrize("data", [{}, {"decision": "maybe"}, {"decision": "\0"}, {"reason": "x"}])
def test_leave_without_a_decision_stays_undecided(clerk, cast, data):
    activity = make_activity(cast.place, [cast.ordinary])
    leave = record_leave(user=None, activity=activity, seat=cast.ordinary, kind="sick", reason="就医")
    assert clerk.post(reverse("leave_decide", args=[leave.public_id]), data).status_code == 302
    assert Leave.objects.get().state == "applied"


@pytest.mark.parametrize("data", [{"reason": "x"}, {"decision": "return", "reason": "\0"}, {"decision": "maybe"}])
def test_contribution_without_a_decision_stays_undecided(clerk, cast, data):
    row = make_contribution(cast.place, cast.ordinary, is_verified=False)
    assert clerk.post(reverse("contribution_decide", args=[row.public_id]), data).status_code == 302
    assert Contribution.objects.get().state == "reported"


@pytest.mark.parametrize("decision", ["verify", "return"])
def test_reason_longer_than_its_column_decides_nothing(clerk, cast, decision):
    row = make_contribution(cast.place, cast.ordinary, is_verified=False)
    data = {"decision": decision, "reason": "长" * 501}
    assert clerk.post(reverse("contribution_decide", args=[row.public_id]), data).status_code == 302
    assert Contribution.objects.get().state == "reported"


@pytest.mark.parametrize("shown", ["[]", "5", "null", "{", "[" * 100_000, "9" * 5000, '{"complete": {}}'])
def test_roll_call_answers_a_tampered_memory_of_its_page(clerk, cast, shown):
    sitting = make_activity(cast.place, [cast.ordinary]).sittings.get()
    data = {"shown": shown, "names_mark": "leave:personal", f"mark-{cast.ordinary.public_id}": "late"}
    assert clerk.post(reverse("attendance", args=[sitting.public_id]), data).status_code == 302
    assert sitting.attendances.get().outcome == "late"


def test_forms_answer_nasty_values_in_every_field(clerk, cast):
    place, seat = cast.place, cast.ordinary
    activity = make_activity(place, [seat])
    proposal = make_proposal(place, [seat], office=place.offices[0])
    report = make_report(place, [seat])
    urls = [f"/{name}/new/" for name in ("activities", "contributions", "proposals", "opinions", "adjustments")]
    urls += [reverse(name, args=[activity.public_id]) for name in ("activity_edit", "leave_new")]
    urls += [
        reverse(f"proposal_{name}", args=[proposal.public_id]) for name in ("edit", "decide", "honour", "undertaking")
    ]
    urls += [reverse(name, args=[report.public_id]) for name in ("opinion_edit", "adoption_new", "instruction_new")]
    contribution = make_contribution(place, seat)
    urls += [reverse("contribution_paste"), reverse("contribution_edit", args=[contribution.public_id])]
    urls += [reverse("attendance", args=[activity.sittings.get().public_id])]
    bad = []
    for url in urls:
        names = list(clerk.get(url).context["form"].fields)
        for value in NASTY:
            status = clerk.post(url, dict.fromkeys(names, value)).status_code
            if status != 200:
                bad.append((url, value[:20], status))
    assert bad == []


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {f"mark-{number}": "" for number in range(5000)}},
        {"data": {}, "headers": {"Host": "evil.example"}},
        {"data": "x", "content_type": "multipart/form-data"},
    ],
)
def test_request_that_is_no_request_is_refused_in_chinese(clerk, sent):
    response = clerk.post("/contributions/new/", **sent)
    assert response.status_code == 400
    assert "这个请求不能办理" in response.content.decode()
    assert "Content-Security-Policy" in response.headers
