"""How long each page of the statistics takes, from the request to the answer.

    python3 dev.py bench counting [--members 300] [--records 100] [--rounds 3] [--sqlite]

Fills a fresh PostgreSQL (or a SQLite file) with made-up members, scored as bench/score.py does, and as many records of each:
half of them half-days to attend, the rest contributions, opinion reports and proposals. Prints one JSON line: for each page
the seconds by the clock, the median of the rounds, and `slowest`.
"""

import argparse
import datetime
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.score import SEED, YEAR, database, fill

OUTCOMES = ["present", "present", "present", "leave", "absent", "late"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=300)
    parser.add_argument("--records", type=int, default=100, help="of each member")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sqlite", action="store_true", help="a SQLite file instead of PostgreSQL")
    return parser.parse_args()


def record(committee, records):
    """``records`` of each seat, through the histories and without the services, which would take minutes."""
    from activities.models import Activity, Attendance, Contribution, ContributionKind, Invitation, Sitting
    from audit.actions import act
    from audit.history import create_all
    from members.models import Office, Seat
    from opinions.models import Adoption, OpinionReport, Reporter
    from proposals.models import Proposal, Proposer

    chance = random.Random(SEED)

    def day():
        return datetime.date(YEAR, 1, 1) + datetime.timedelta(days=chance.randrange(365))

    with act(user=None, verb="bench"):
        seats = list(Seat.objects.filter(committee=committee).select_related("subject", "term"))
        own = {"committee": committee}
        office = create_all(Office, [Office(**own, code="office", name="办公室")])[0]
        by = {**own, "office": office}
        kind = create_all(ContributionKind, [ContributionKind(**own, code="public_service", name="公益活动")])[0]
        for n in range(records // 2):
            held_on = day()
            activity = Activity(**by, kind="study", name=f"学习{n}", starts_on=held_on, ends_on=held_on)
            create_all(Activity, [activity])
            sitting = Sitting(**own, activity=activity, held_on=held_on, half="am")
            create_all(Sitting, [sitting])
            create_all(Invitation, [Invitation(**own, activity=activity, seat=seat) for seat in seats])
            there = [seat for seat in seats if chance.random() < 0.9]
            make = {**own, "sitting": sitting}
            create_all(Attendance, [Attendance(**make, seat=one, outcome=chance.choice(OUTCOMES)) for one in there])
        each = [seat for seat in seats for _ in range(records // 6)]
        create_all(
            Contribution,
            [
                Contribution(**by, kind=kind, subject=seat.subject, title=f"公益{n}", happened_on=day())
                for n, seat in enumerate(each)
            ],
        )
        reports = create_all(
            OpinionReport,
            [OpinionReport(**by, year=YEAR, title=f"信息{n}", submitted_on=day()) for n in range(len(each))],
        )
        signed = zip(reports, each, strict=True)
        create_all(Reporter, [Reporter(**own, report=one, seat=seat) for one, seat in signed])
        create_all(
            Adoption,
            [Adoption(**own, report=one, level="city", organ="市", adopted_on=day()) for one in reports[::4]],
        )
        make = {**by, "term": seats[0].term, "year": YEAR}
        papers = create_all(
            Proposal, [Proposal(**make, title=f"提案{n}", submitted_on=day()) for n in range(len(each))]
        )
        signed = zip(papers, each, strict=True)
        create_all(Proposer, [Proposer(**own, proposal=one, seat=seat) for one, seat in signed])


def measured(members, records, rounds):
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from audit.actions import act
    from members.models import Grant, User
    from reports.statistics.pages import PAGES
    from scoring.services import runs

    call_command("migrate", verbosity=0)
    assessment = fill(members, records)
    runs.drive(runs.rescore(user=None, assessment=assessment))
    record(assessment.committee, records)
    with act(user=None, verb="bench"):
        user = User.objects.create(username="bench", name="主席办公室")
        first = datetime.date(YEAR - 1, 1, 1)
        Grant.objects.create(user=user, role="chair_office", committee=assessment.committee, from_on=first)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    found = {page.code: [] for page in PAGES}
    for _ in range(rounds):
        for page in PAGES:
            start = time.perf_counter()
            response = client.get(reverse(page.url_name, args=[YEAR]))
            found[page.code].append(time.perf_counter() - start)
            if response.status_code != 200:
                raise RuntimeError(f"{page.code}: {response.status_code}")
    seconds = {code: round(statistics.median(times), 2) for code, times in found.items()}
    return {"members": members, "records": records, "slowest": max(seconds.values()), "seconds": seconds}


def main():
    asked = arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "cppcc.settings"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    with database(asked.sqlite):
        import django

        django.setup()
        print(json.dumps(measured(asked.members, asked.records, asked.rounds)))
        django.db.connection.close()


if __name__ == "__main__":
    main()
