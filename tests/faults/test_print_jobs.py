"""Cards printed by real workers, one of which is killed: the file is the same, and never half of one."""

import pytest
import time_machine

from audit.actions import act
from reports import print_files, print_jobs
from tests.faults.waiting import wait_until
from tests.scoring.closing import CLOSED, close, make_closing_year
from tests.scoring.year import fresh

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

SHORT = {"SCORING_LEASE_SECONDS": "2", "SCORING_SWEEP_SECONDS": "1"}


def states(job):
    return [chunk.state for chunk in job.chunks.all()]


def test_file_of_a_killed_worker_is_finished_by_another_byte_for_byte(processes, settings, tmp_path, monkeypatch):
    settings.PRINT_DIR = tmp_path / "prints"
    monkeypatch.setattr(print_jobs, "CARDS_AT_ONCE", 1)
    with time_machine.travel(CLOSED, tick=True):
        year = make_closing_year(40)
        with act(user=None, verb="test"):
            for n, seat in enumerate(year.seats):  # namesakes are a gap
                seat.member.name = f"示例{n}"
                seat.member.save()
        close(year)

    def ask():
        assessment = fresh(year.assessment)
        return print_jobs.ask(user=None, assessment=assessment, what="cards", form="pdf", choice={}, grant=None)

    undisturbed = print_jobs.drive(ask())
    expected = print_files.made_of(undisturbed.public_id, "pdf").read_bytes()
    job = ask()
    made = print_files.made_of(job.public_id, "pdf")
    variables = {**SHORT, "PRINT_DIR": str(settings.PRINT_DIR)}
    processes.beat(**variables)
    first = processes.worker(**variables)
    wait_until(lambda: states(job).count("done") > 1, lambda: f"two portions: {states(job)}")
    processes.kill(first)
    assert ("waiting" in states(job), made.exists()) == (True, False)
    processes.worker(**variables)
    wait_until(lambda: job.refresh_from_db() or job.state == "done", lambda: f"{job.state} {job.message} {states(job)}")
    assert made.read_bytes() == expected
    assert [path.name for path in made.parent.iterdir()] == ["made.pdf"]
