"""manage.py rescore COMMITTEE YEAR: compute a whole assessment."""

import time

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from members.models import Subject
from scoring.models import Assessment, Run
from scoring.progress import progress_of
from scoring.services.assessments import rescore
from scoring.services.runs import OPEN, drive

LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Compute all report cards of a committee's year: by the workers, or --here in this process."

    def add_arguments(self, parser):
        parser.add_argument("committee", help="the committee's code")
        parser.add_argument("year", type=int)
        parser.add_argument("--kind", choices=Subject.Kind.values, default=Subject.Kind.MEMBER)
        parser.add_argument("--here", action="store_true", help="compute in this process, without workers")
        parser.add_argument("--no-wait", action="store_true", help="only ask; do not wait for the workers")

    def handle(self, committee, year, kind, here, no_wait, **options):
        found = Assessment.objects.select_related("ruleset", "committee").filter(
            committee__code=committee, year=year, subject_kind=kind
        )
        assessment = found.first()
        if assessment is None:
            raise CommandError(f"委员会“{committee}”没有 {year} 年度的{Subject.Kind(kind).label}考核。")
        try:
            run = rescore(user=None, assessment=assessment)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        if here:
            drive(run, self.tell)
        elif no_wait:
            self.stdout.write(f"run {run.public_id}: {run.total} subjects")
            return
        self.wait(run)

    def wait(self, run):
        """Until the run has ended, by whomever."""
        while run.state in OPEN:
            self.tell(run)
            time.sleep(LOOK_SECONDS)
            run.refresh_from_db()
        if run.state == Run.State.FAILED:
            raise CommandError(run.message)
        self.tell(run)
        for error in progress_of(run).errors:
            self.stdout.write(f"{error.subject}：{error.message}")

    def tell(self, run):
        shown = progress_of(run)
        self.stdout.write(f"{run.get_state_display()} {shown.done}/{shown.total}")
