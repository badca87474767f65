"""Rescoring a year against merely loading the same facts, side by side.

    python3 dev.py bench score [--members 3000] [--facts 100] [--rounds 5] [--sqlite]

Fills a fresh PostgreSQL (or a SQLite file) with made-up members and facts under the sample regulation, then alternates
in one process: load the facts of every chunk; rescore every chunk (load, score, store; all cards new bytes) and place.
Prints one JSON line. `cpu` is the processor time of this process and, on PostgreSQL, of its server process, in seconds;
`wall` is the clock's; both are medians of the rounds. `ratio_*` is rescoring ÷ loading.
"""

import argparse
import contextlib
import datetime
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

YEAR = 2026
FIRST, LAST = datetime.date(2025, 12, 1), datetime.date(2026, 11, 30)
SEED = 20260101
# (share of the facts, kind, attribute texts, sharers up to)
WORK = [
    (20, "plenary", ["outcome=present;stage=sitting", "outcome=absent;stage=sitting"], 1),
    (25, "standing_meeting", ["outcome=present;stage=sitting", "leave=sick;outcome=leave;stage=sitting"], 1),
    (15, "study", ["outcome=present;stage=sitting"], 1),
    (15, "research", ["outcome=present;part=speaker;stage=sitting", "outcome=present;stage=sitting"], 1),
    (6, "proposal", ["role=lead;stage=submitted;way=joint", "role=cosigner;stage=filed;way=joint"], 4),
    (7, "opinion", ["role=lead;stage=submitted", "form=single;level=city;organ=a;role=lead;stage=adopted"], 3),
    (12, "public_service", ["", "level=county"], 1),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=3000)
    parser.add_argument("--facts", type=int, default=100, help="of each member")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sqlite", action="store_true", help="a SQLite file instead of PostgreSQL")
    return parser.parse_args()


@contextlib.contextmanager
def database(is_sqlite):
    """Sets DATABASE_URL to a fresh database for as long as the block lasts."""
    if is_sqlite:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
            yield
        return
    from tests import services

    with services.postgres() as url:
        os.environ["DATABASE_URL"] = url
        yield


# ---------------------------------------------------------------- data
def fill(members, facts):
    """A committee with `members` seats and `facts` facts each; returns the assessment."""
    from django.utils import timezone

    from audit.actions import act
    from audit.history import create_all
    from members.models import Committee, Member, Post, Seat, Sector, Subject, Term
    from scoring.compiled import digest_of
    from scoring.engine import dumps, loads
    from scoring.models import Fact, Ruleset
    from scoring.services.assessments import open_assessment

    text = (Path(__file__).resolve().parent.parent / "scoring" / "rulesets" / "sample.toml").read_text(encoding="utf-8")
    canonical = dumps(loads(text))
    with act(user=None, verb="bench"):
        committee = Committee.objects.create(
            code="bench", name="政协云河县委员会", short_name="云河县政协", level="county"
        )
        term = Term.objects.create(committee=committee, number=1, starts_on=datetime.date(2022, 1, 1))
        sector = Sector.objects.create(committee=committee, term=term, code="science", name="科学技术")
        ruleset = Ruleset.objects.create(
            committee=committee,
            year=YEAR,
            title="示例",
            state="approved",
            toml=canonical,
            digest=digest_of(canonical),
            approved_at=timezone.now(),
        )
        people = create_all(Member, [Member(committee=committee, name=f"委员{n}") for n in range(members)])
        seats = create_all(
            Seat,
            [
                Seat(
                    committee=committee,
                    term=term,
                    member=person,
                    number=f"{n:05d}",
                    sector=sector,
                    joined_on=term.starts_on,
                )
                for n, person in enumerate(people)
            ],
        )
        create_all(Post, [Post(committee=committee, seat=s, code="member", from_on=term.starts_on) for s in seats])
        subjects = create_all(Subject, [Subject(committee=committee, kind="member", seat=seat) for seat in seats])
    assessment = open_assessment(
        user=None, committee=committee, year=YEAR, subject_kind="member", ruleset=ruleset, from_on=FIRST, to_on=LAST
    )
    chance = random.Random(SEED)
    for start in range(0, len(subjects), 100):
        Fact.objects.bulk_create(
            Fact(committee=committee, subject=subject, **row)
            for subject in subjects[start : start + 100]
            for row in made_up(subject.pk, facts, chance)
        )
    return assessment


def made_up(subject, facts, chance):
    """Columns of `facts` facts of one subject, in random order."""
    kinds = chance.choices(WORK, weights=[share for share, *_ in WORK], k=facts)
    for n, (_, kind, attributes, most) in enumerate(kinds):
        day = FIRST + datetime.timedelta(days=chance.randrange((LAST - FIRST).days))
        matter = f"{kind}/{subject}-{n}"
        sharers = chance.randint(1, most)
        yield {
            "happened_on": day,
            "key": f"{matter}/{n}",
            "origin_on": day,
            "kind": kind,
            "attributes": chance.choice(attributes),
            "quantity": 100,
            "position": chance.randint(1, sharers),
            "sharers": sharers,
            "matter": matter,
            "source": matter,
        }


# ---------------------------------------------------------------- measuring
def server_seconds():
    """Processor time so far of the server process behind this connection; 0 on SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(work):
    """(wall seconds, processor seconds here and in the server) of work()."""
    server, here, clock = server_seconds(), time.process_time(), time.perf_counter()
    work()
    wall = time.perf_counter() - clock
    return wall, time.process_time() - here + server_seconds() - server


def load_all(assessment, parts):
    from scoring.loading import load
    from scoring.services.cards import collector_paused

    for part in parts:
        with collector_paused():
            load(assessment, part)


def rescore_all(assessment):
    """The whole path of a run: asked for, chunk by chunk, places; every card is written anew."""
    from scoring.services import runs

    run = runs.drive(runs.rescore(user=None, assessment=assessment))
    if run.state != "done" or run.errors.exists():
        sys.exit(
            f"the run ended as {run.state}: {run.message} {list(run.errors.values_list('message', flat=True)[:3])}"
        )


def measure(given):
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from scoring.models import Assessment, Fact, ReportCard
    from scoring.subjects import subjects

    call_command("migrate", verbosity=0)
    assessment = fill(given.members, given.facts)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    assessment = Assessment.objects.select_related("ruleset", "committee").get(pk=assessment.pk)
    ids, size = subjects(assessment), settings.SCORING_CHUNK_SIZE
    parts = [ids[start : start + size] for start in range(0, len(ids), size)]
    loads, rescores = [], []
    load_all(assessment, parts)  # once, so that neither side pays for a cold cache
    for _ in range(given.rounds):
        loads.append(timed(lambda: load_all(assessment, parts)))
        # No bytes are the same as before: the dearer case.
        ReportCard.objects.filter(assessment=assessment).update(digest="")
        rescores.append(timed(lambda: rescore_all(assessment)))
    load_wall, load_cpu = (statistics.median(column) for column in zip(*loads, strict=True))
    wall, cpu = (statistics.median(column) for column in zip(*rescores, strict=True))
    return {
        "bench": "score",
        "database": connection.vendor,
        "members": given.members,
        "facts": Fact.objects.count(),
        "rounds": given.rounds,
        "load_wall": round(load_wall, 3),
        "load_cpu": round(load_cpu, 3),
        "rescore_wall": round(wall, 3),
        "rescore_cpu": round(cpu, 3),
        "ratio_wall": round(wall / load_wall, 2),
        "ratio_cpu": round(cpu / load_cpu, 2),
    }


def main():
    given = arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "cppcc.settings"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    with database(given.sqlite):
        import django

        django.setup()
        print(json.dumps(measure(given)))
        django.db.connection.close()


if __name__ == "__main__":
    main()
