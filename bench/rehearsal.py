"""How long a rehearsal takes, from asking to the result.

    python3 dev.py bench rehearsal [--members 500] [--facts 100] [--rounds 3] [--sqlite]

Fills a fresh PostgreSQL (or a SQLite file) as bench/score.py does, computes the cards, and rehearses the sample
regulation with every cap lowered by a tenth, in one process. Prints one JSON line: seconds by the clock, the median of
the rounds.
"""

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.score import YEAR, database, fill


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--facts", type=int, default=100, help="of each member")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sqlite", action="store_true", help="a SQLite file instead of PostgreSQL")
    return parser.parse_args()


def measured(members, facts, rounds):
    from django.core.management import call_command

    from scoring.compiled import compiled
    from scoring.services import rehearsals, runs
    from scoring.services.rulesets import store_ruleset

    call_command("migrate", verbosity=0)
    assessment = fill(members, facts)
    runs.drive(runs.rescore(user=None, assessment=assessment))
    content = compiled(assessment.ruleset).ruleset
    categories = tuple(replace(c, cap=c.cap and c.cap * 9 // 10) for c in content.categories)
    draft = store_ruleset(
        user=None,
        committee=assessment.committee,
        year=YEAR,
        ruleset=replace(content, categories=categories),
        reason="上限降低一成",
    )
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        rehearsal = rehearsals.drive(rehearsals.rehearse(user=None, ruleset=draft, year=YEAR))
        seconds.append(time.perf_counter() - start)
    result = json.loads(rehearsal.result)
    found = {name: result[name] for name in ("subjects", "up", "down", "same")}
    return {"members": members, "facts": facts, "seconds": round(statistics.median(seconds), 2)} | found


def main():
    asked = arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "cppcc.settings"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    with database(asked.sqlite):
        import django

        django.setup()
        print(json.dumps(measured(asked.members, asked.facts, asked.rounds)))
        django.db.connection.close()


if __name__ == "__main__":
    main()
