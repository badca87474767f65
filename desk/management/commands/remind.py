"""manage.py remind [COMMITTEE]: the quarterly reminder, now."""

from django.core.management.base import BaseCommand, CommandError

from desk.reminders import remind
from members.models import Committee


class Command(BaseCommand):
    help = (
        "Remind the members of one committee, or of all, of what is open for each: signatures asked for, sign-ups that "
        "close, a card to check, few points. Once a quarter; beat does it in the quarter's last month by itself."
    )

    def add_arguments(self, parser):
        parser.add_argument("committee", nargs="?", help="the committee's code; all without it")

    def handle(self, committee, **options):
        chosen = Committee.objects.order_by("code")
        if committee is not None:
            chosen = chosen.filter(code=committee)
            if not chosen:
                raise CommandError(f"没有代码为“{committee}”的委员会。")
        for one in chosen:
            done = remind(committee=one)
            self.stdout.write(f"{one.code}: {'reminded' if done else 'was reminded in this quarter'}")
