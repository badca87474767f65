"""How long the report cards of a published year take as one PDF, and how much memory, against bare pages.

    python3 dev.py bench cards [--members 500] [--jobs 1] [--facts 12] [--workers 2] [--form pdf] [--sqlite]

Fills a fresh PostgreSQL (or a SQLite file) as bench/score.py does, computes, places and publishes the year, and prints all
cards as a job of its own, made by so many processes. A province's 30,000 members are in some 140 committees, each with
an edition and a job of its own: --members 500 --jobs 60 makes as many cards and files. Then typst alone sets as many pages of one line, in one process.
Prints one JSON line: seconds by the clock from asking to the file, the largest peak of memory of a process (and what it
had before its first portion), and `ratio`, processor time of the job ÷ that of the bare pages.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.score import database, fill

BARE_AT_ONCE = 40  # pages of a compilation, as cards of a portion


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=1, help="asked for at once, each printing all members")
    parser.add_argument("--facts", type=int, default=12, help="of each member; twelve make one page")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--form", choices=["pdf", "zip"], default="pdf")
    parser.add_argument("--sqlite", action="store_true", help="a SQLite file instead of PostgreSQL")
    return parser.parse_args()


def published(members, facts):
    """A year of so many members with its edition; the steps of its life cycle are left out."""
    from audit.actions import act
    from members.models import User
    from scoring.models import Assessment
    from scoring.services import publishing, runs

    assessment = fill(members, facts)
    runs.drive(runs.rescore(user=None, assessment=assessment))
    user = User.objects.create(username="bench", name="公布人")
    with act(user=None, verb="bench"):
        assessment = Assessment.objects.select_related("committee", "ruleset").get(pk=assessment.pk)
        publishing._store(user, assessment, 0, "")
        assessment.state = Assessment.State.PUBLISHED
        assessment.save()
    return assessment


def set_up():
    import django

    django.setup()


def peak():
    """MB of this process; what getrusage says is its parent's, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def work(jobs, told):
    """What a worker does, in a process of its own: it starts, gets jobs, and takes part until all have ended."""
    set_up()
    from reports import print_jobs
    from reports.models import PrintJob
    from reports.paper.fonts import fonts

    fonts()
    told.put(peak())
    job_ids = jobs.get()
    begun = cpu()
    while open_ids := PrintJob.objects.filter(pk__in=job_ids, state__in=print_jobs.OPEN).values_list("pk", flat=True):
        made = False
        for chunk_id in print_jobs.due().chunk_ids:
            made |= print_jobs.make_chunk(chunk_id=chunk_id)
        if not made:
            time.sleep(0.01)
        for job_id in open_ids:
            print_jobs.finish_job(job_id=job_id)
    told.put((peak(), cpu() - begun))


def printed(assessment, form, workers, count):
    """{seconds, peak, …} of so many jobs."""
    from django.db import connection

    from reports import print_jobs

    connection.close()
    context = multiprocessing.get_context("spawn")
    jobs, told = context.Queue(), context.Queue()
    processes = [context.Process(target=work, args=(jobs, told)) for _ in range(workers)]
    for process in processes:
        process.start()
    before = [told.get() for _ in processes]
    begun, start = cpu(), time.perf_counter()
    made = [
        print_jobs.ask(
            user=None, assessment=assessment, what="cards", form=form, choice={"copy": str(number)}, grant=None
        )
        for number in range(count)  # without a number of its own the second would be answered with the first
    ]
    asking = cpu() - begun
    for _ in processes:
        jobs.put([job.pk for job in made])
    found = [told.get() for _ in processes]
    seconds = time.perf_counter() - start
    for process in processes:
        process.join()
    for job in made:
        job.refresh_from_db()
    return {
        "state": " ".join(sorted({job.state for job in made})),
        "seconds": round(seconds, 2),
        "peak_mb": max(one for one, _ in found),
        "before_mb": max(before),
        "cpu": round(sum(one for _, one in found) + asking, 2),
        "pages": sum(job.pages for job in made),
        "file_mb": round(max(job.size for job in made) / 1e6, 1),
    }


def bare(pages, told):
    """Processor seconds of as many pages of one line by typst alone."""
    set_up()
    import typst

    from reports.paper.fonts import fonts

    faces = fonts().faces
    one = '#set text(font: "Noto Serif SC")\n' + "云河县政协委员履职成绩单\n#pagebreak(weak: true)\n" * BARE_AT_ONCE
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "bare.typ")
        source.write_text(one, encoding="utf-8")
        start = time.process_time()
        for _ in range(0, pages, BARE_AT_ONCE):
            typst.Compiler(str(source), font_paths=faces, ignore_system_fonts=True).compile(
                format="pdf", pdf_tags=False
            )
        told.put(time.process_time() - start)


def measured(asked):
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    assessment = published(asked.members, asked.facts)
    found = printed(assessment, asked.form, asked.workers, asked.jobs)
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=bare, args=(asked.members * asked.jobs, told))
    process.start()
    floor = told.get()
    process.join()
    ratio = {"bare_cpu": round(floor, 2), "ratio": round(found["cpu"] / floor, 1)}
    return {
        "members": asked.members,
        "jobs": asked.jobs,
        "facts": asked.facts,
        "workers": asked.workers,
        **found,
        **ratio,
    }


def main():
    asked = arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "cppcc.settings"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    with database(asked.sqlite), tempfile.TemporaryDirectory() as folder:
        os.environ["PRINT_DIR"] = folder
        set_up()
        import django

        print(json.dumps(measured(asked)))
        django.db.connection.close()


if __name__ == "__main__":
    main()
