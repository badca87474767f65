"""manage.py score_case FILE…: runs golden cases of scoring and prints what differs. Touches no database, writes nothing."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scoring.engine.cases import CaseError, cases_in, run


class Command(BaseCommand):
    help = "试算计分用例（TOML 文件），逐行比较应得与实得；不连接数据库，不写任何文件。"
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)

    def handle(self, *, files, **options):
        """Exit code 1 when a case differs or cannot be read."""
        failed = total = 0
        for path in files:
            try:
                for title, case in cases_in(path.read_text(encoding="utf-8")):
                    total += 1
                    differences = run(case, lambda name, near=path.parent: _read(near, name))
                    failed += bool(differences)
                    self.stdout.write(f"{'不符' if differences else '相符'}  {path.name}：{title}")
                    for difference in differences:
                        self.stdout.write(f"      {difference}")
            except (CaseError, OSError, UnicodeDecodeError) as error:
                total, failed = total + 1, failed + 1
                self.stdout.write(f"读不了  {path}：{error}")
        if failed:
            raise CommandError(f"{total} 个用例，{failed} 个不符。")
        self.stdout.write(f"{total} 个用例，全部相符。")


def _read(near, name):
    """A ruleset named by a case: beside the case file, or from the project's top folder."""
    beside = near / name
    return (beside if beside.exists() else Path(settings.BASE_DIR) / name).read_text(encoding="utf-8")
