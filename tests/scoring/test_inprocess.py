"""SQLite and one process: worker and beat as threads, as under `manage.py demo`."""

import json

import pytest
from django.db import connection

from scoring.models import ReportCard
from scoring.services import runs
from scoring.services.assessments import rescore
from tests.conftest import Processes
from tests.scoring.year import cards_of, fill, fresh, make_year

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

PROGRAM = """
import json, sys
import django
django.setup()
from django.db import connection
from cppcc.inprocess import worker
from activities.models import ContributionKind
from activities.services import record_contribution
from members.delivery import set_addresses
from members.models import NoticeDelivery, Seat, User
from members.notices import notify
from reports import print_files, print_jobs
from scoring.models import Assessment, Stale
from scoring.services.assessments import rescore, score_now
from scoring.services import rehearsals
from scoring.services.runs import OPEN
from tests.faults.waiting import wait_until
from tests.members.channels import Post
from tests.scoring.year import DAY, cards_of

assessment = Assessment.objects.select_related("ruleset", "committee").get()
seat = Seat.objects.select_related("subject").order_by("number").first()
said = {}
reader = User.objects.create(username="reader")
set_addresses(user=reader, addresses={"post": "at home"})
notify([reader], assessment.committee, "something waits")
NoticeDelivery.objects.update(due_at=assessment.committee.history.latest().history_date)
with worker():
    run = rescore(user=None, assessment=assessment)
    wait_until(lambda: run.refresh_from_db() or run.state not in OPEN, "the end of the run")
    said["state"] = run.state
    said["cards"] = cards_of(assessment)
    rehearsal = rehearsals.rehearse(user=None, ruleset=assessment.ruleset, year=assessment.year)
    wait_until(lambda: rehearsal.refresh_from_db() or rehearsal.state not in rehearsals.OPEN, "the rehearsal")
    said["same"] = json.loads(rehearsal.result)["same"]
    record_contribution(
        user=None, committee=seat.committee, office=seat.committee.offices.first(), subject=seat.subject,
        kind=ContributionKind.objects.get(code="public_service"), title="清理河道", happened_on=DAY, quantity=1,
    )
    said["at once"] = score_now(assessment=assessment, subjects=[seat.subject])[seat.subject.pk].total
    wait_until(lambda: not Stale.objects.exists(), "the stale card")
    said["stored"] = cards_of(assessment)[seat.number][1]
    job = print_jobs.ask(user=None, assessment=assessment, what="cards", form="pdf", choice={}, grant=None)
    wait_until(lambda: job.refresh_from_db() or job.state not in print_jobs.OPEN, "the printed cards")
    said["printed"] = [job.state, job.pages, print_files.made_of(job.public_id, job.form).read_bytes()[:4].decode()]
    wait_until(lambda: NoticeDelivery.objects.filter(state="sent").exists(), "the notice on its way")
    said["sent"] = [(address, texts) for address, texts, _ in Post.sent]
print(json.dumps(said))
"""


@pytest.fixture
def database(tmp_path):
    """A file with the schema, to which `save()` copies what the test's own database in memory holds."""
    path = tmp_path / "cppcc.sqlite3"

    def save():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        return f"sqlite:///{path}"

    return save


def test_one_process_computes_a_run_a_rehearsal_and_a_saved_record_and_prints(database, tmp_path):
    year = make_year(12)
    fill(year)
    runs.drive(rescore(user=None, assessment=fresh(year.assessment)))
    expected = cards_of(year.assessment)
    ReportCard.objects.all().delete()
    environment = {"DATABASE_URL": database(), "REDIS_URL": "", "SCORING_CHUNK_SIZE": "2", "SCORING_SWEEP_SECONDS": "1"}
    environment["PRINT_DIR"] = str(tmp_path / "prints")
    environment["NOTICE_CHANNELS"] = "tests.members.channels.Post"
    process = Processes(tmp_path, **environment)
    said = json.loads(process.run("-c", PROGRAM).splitlines()[-1])
    cards = {number: tuple(card) for number, card in said["cards"].items()}
    before = expected["0001"][1]
    assert (said["state"], cards, said["same"]) == ("done", expected, 12)
    assert (said["at once"], said["stored"]) == (before + 500, before + 500)
    assert said["printed"] == ["done", 12, "%PDF"]
    assert said["sent"] == [["at home", ["something waits"]]]
