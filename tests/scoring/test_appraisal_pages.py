"""Pages of 评价: a list saved at once, decided by another, a member's own parts on the phone."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from desk.gaps import missing_appraisals
from desk.undo import undo_action
from scoring import appraisal_views
from scoring.models import Appraisal, Objection
from scoring.services.appraisals import Mark, decide_appraisals
from scoring.services.runs import drive, rescore
from tests.cast import queries_of
from tests.papers import jpeg
from tests.remembered import remembered
from tests.scoring.appraised import NOW, build, enter

# What the services refuse and what the database keeps is the business of test_appraisals.py.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def cast():
    with time_machine.travel(NOW, tick=False):
        yield remembered(build)


def entering(cast, rule="peer-part", by="peer", **more):
    query = "&".join(f"{name}={value}" for name, value in {"rule": rule, "by": by, **more}.items())
    return f"{reverse('appraisal_enter')}?of={cast.assessment.public_id}&{query}"


def sent(cast, figures, **changes):
    boxes = {f"p-{seat.subject.pk}": figure for seat, figure in figures.items()}
    given = {"office": cast.place.offices[0].public_id, "given_on": "12.15", "source": "民主测评", "ballots": "62"}
    return given | {"basis": "测评统计表"} | boxes | changes


def test_list_is_entered_with_one_save_and_approved_with_one_button(client, cast, evidence_dir):
    client.force_login(cast.clerk)
    page = client.get(entering(cast)).context["form"]
    paper = SimpleUploadedFile("统计表.jpg", jpeg())
    data = sent(cast, {cast.ordinary: "84.33", cast.cosigner: "90"}, seen=page["seen"].value(), evidence=paper)
    assert client.post(entering(cast), data).status_code == 302
    found = Appraisal.objects.order_by("points")
    assert list(found.values_list("points", "ballots", "source", "state", "entered_by")) == [
        (8433, 62, "民主测评", "proposed", cast.clerk.pk),
        (9000, 62, "民主测评", "proposed", cast.clerk.pk),
    ]
    client.force_login(cast.chair_office)
    assert client.get(f"/evidence/{found[0].evidence.public_id}/").status_code == 200
    assert client.get("/appraisals/?by=peer").context["waiting"] == 2
    everything = {"decision": "approve", "everything": "1", "query": "by=peer"}
    client.post("/appraisals/decide/", everything | {"count": "1"})  # one came in meanwhile
    assert found.filter(state="approved").count() == 0
    client.post("/appraisals/decide/", everything | {"count": "2"})
    assert list(found.values_list("state", "decided_by")) == [("approved", cast.chair_office.pk)] * 2


def test_button_approves_the_first_of_more_than_it_can_take_and_says_so(client, cast, monkeypatch):
    monkeypatch.setattr(appraisal_views, "AT_ONCE", 1)
    enter(cast, marks=[Mark(seat.subject, 9000, 62) for seat in (cast.cosigner, cast.ordinary)])
    client.force_login(cast.chair_office)
    page = client.get("/appraisals/")
    assert "同意待复核的 2 项中的前 1 项" in page.content.decode()
    first = page.context["rows"][0][0]
    everything = {"decision": "approve", "everything": "1", "count": str(page.context["waiting"])}
    client.post("/appraisals/decide/", everything)
    assert list(Appraisal.objects.filter(state="approved")) == [first]


def test_second_page_from_before_anothers_change_is_not_saved_over_it(client, cast):
    client.force_login(cast.clerk)
    old = client.get(entering(cast)).context["form"]["seen"].value()
    enter(cast)
    answer = client.post(entering(cast), sent(cast, {cast.ordinary: "70"}, seen=old))
    assert "别人改过这条记录" in answer.context["form"].non_field_errors()[0]
    assert Appraisal.objects.get().points == 8433


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ballots": ""}, "互评要写票数"),
        ({"basis": ""}, "没有写依据"),
        ({"given_on": "2027-01-01"}, "还没有到"),
    ],
)
def test_list_with_a_mistake_says_what_to_do(client, cast, change, expected):
    client.force_login(cast.clerk)
    seen = client.get(entering(cast)).context["form"]["seen"].value()
    errors = client.post(entering(cast), sent(cast, {cast.ordinary: "70"}, seen=seen, **change)).context["form"].errors
    assert [expected in str(errors), Appraisal.objects.count()] == [True, 0]


def test_figure_outside_the_bounds_is_marked_at_its_box(client, cast):
    client.force_login(cast.clerk)
    errors = client.post(entering(cast), sent(cast, {cast.ordinary: "101"})).context["form"].errors
    assert list(errors) == [f"p-{cast.ordinary.subject.pk}"]


def test_members_own_part_is_handed_in_taken_back_and_closed_to_the_office(client, cast):
    client.force_login(cast.ordinary_user)
    card = reverse("me", args=[cast.assessment.year])
    assert "请您自评" in client.get(card).content.decode()
    assert client.get("/me/appraisals/").context["form"].parts[1].is_reference
    errors = client.post("/me/appraisals/", {"p-1": "101"}).context["form"].errors
    assert errors == {"p-1": ["“履职自评”填的是 101，应在 0 至 100 分之间。请改正。"]}
    client.post("/me/appraisals/", {"p-1": "90", "p-2": "18", "basis": "完成全部任务"})
    row, _ = Appraisal.objects.order_by("-points")
    assert (row.points, row.office, row.entered_by, row.state) == (9000, None, cast.ordinary_user, "proposed")
    text = client.get(card).content.decode()
    assert ("请您自评" in text, "等待第二人复核" in client.get(f"{card}3/").content.decode()) == (False, True)
    client.post(f"/me/appraisals/{row.public_id}/take-back/")
    assert Appraisal.objects.count() == 1
    client.post("/me/appraisals/", {"p-1": "92.5"})
    client.force_login(cast.whole_clerk)
    cells = client.get(entering(cast, "self-part", "self")).context["form"].cells()
    words = [cell.words for cell in cells if cell.subject == cast.ordinary.subject]
    assert words == ["92.5 分，本人已提交"]
    chosen = [str(one) for one in Appraisal.objects.values_list("public_id", flat=True)]
    client.post("/appraisals/decide/", {"decision": "approve", "row": chosen})
    assert set(Appraisal.objects.values_list("state", "decided_by")) == {("approved", cast.whole_clerk.pk)}


def test_line_on_the_card_leads_to_who_gave_it(client, cast):
    enter(cast)
    row = Appraisal.objects.get()
    client.force_login(cast.chair_office)
    client.post("/appraisals/decide/", {"decision": "approve", "page": "one", "row": row.public_id})
    client.force_login(cast.ordinary_user)
    page = client.get(f"{reverse('me', args=[cast.assessment.year])}4/").content.decode()
    assert f'<a href="/appraisals/{row.public_id}/">民主测评（62 票）</a>' in page
    assert "互评 84.33 分，按第六条。" in page
    shown = client.get(f"/appraisals/{row.public_id}/").content.decode()
    assert ["62 票的平均（不记名）" in shown, "委员联络室" in shown, "复核人" in shown] == [True, True, False]


def test_member_objects_to_the_line_and_the_office_that_entered_it_answers(client, cast):
    enter(cast)
    row = Appraisal.objects.get()
    decide_appraisals(user=cast.chair_office, appraisals=[row], is_approved=True)
    drive(rescore(user=None, assessment=cast.assessment))
    client.force_login(cast.ordinary_user)
    line = f"peer-part@appraisal/{row.public_id}"
    client.post(f"/me/objections/new/?of={cast.assessment.public_id}&line={line}", {"text": "票数不对"})
    found = Objection.objects.get()
    assert (found.office, found.about) == (
        cast.place.offices[0],
        "民主测评（62 票）（2026年12月15日）：互评 84.33 分，按第六条。",
    )
    client.force_login(cast.clerk)
    assert f'href="/appraisals/{row.public_id}/"' in client.get(f"/objections/{found.public_id}/").content.decode()


def test_gap_counts_who_has_not_handed_in_and_closes(cast):
    def found():
        return [gap.title.rpartition(" · ")[2] for gap in missing_appraisals(cast.chair_office, 2026)]

    before = found()
    enter(cast)
    count = int(before[1].split("未交 ")[1].split()[0])
    assert before[1] == f"委员互评：互评未交 {count} 人"
    assert found()[1] == f"委员互评：互评未交 {count - 1} 人"
    assert list(missing_appraisals(cast.chair_office, 2025)) == []


def test_entered_list_is_taken_back_with_its_act(client, cast):
    enter(cast)
    action = Appraisal.history.get().action
    assert undo_action(user=cast.clerk, action=action)
    assert Appraisal.objects.count() == 0


def test_entering_asks_the_same_queries_for_any_number_of_members(client, cast):
    client.force_login(cast.clerk)
    client.get(entering(cast))
    few = queries_of(client, entering(cast, sector="farming"))
    assert queries_of(client, entering(cast)) == few


def test_gap_leads_to_entering_only_who_may_enter(cast):
    def ways(user):
        return {mend.label for gap in missing_appraisals(user, 2026) for mend in gap.mends}

    assert [ways(cast.chair_office), ways(cast.whole_clerk)] == [{"查看评价"}, {"录入", "查看评价"}]
