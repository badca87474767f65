"""Write a committee's ruleset as its canonical TOML: to review it, keep it in git or give it to another committee."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from members.models import Subject
from scoring import engine
from scoring.models import Ruleset
from scoring.services.rulesets import load_ruleset


class Command(BaseCommand):
    help = "导出某委员会某年度的考核办法（TOML）；已审定的，导出的就是审定时的文本。"

    def add_arguments(self, parser):
        parser.add_argument("--committee", required=True, metavar="CODE", help="委员会代码")
        parser.add_argument("--year", required=True, type=int, help="年度")
        parser.add_argument("--kind", default=Subject.Kind.MEMBER, choices=Subject.Kind.values, help="考核对象")
        parser.add_argument("--version", dest="number", type=int, help="版本；不写则用最新一版")
        parser.add_argument("--output", metavar="FILE", help="写入的文件；不写则输出到屏幕")

    def create_parser(self, *args, **options):
        """Django's own --version gives way to the ruleset's."""
        return super().create_parser(*args, conflict_handler="resolve", **options)

    def handle(self, *args, committee, year, kind, number, output, **options):
        rows = Ruleset.objects.filter(committee__code=committee, year=year, subject_kind=kind)
        row = (rows.filter(version=number) if number else rows).order_by("version").last()
        if row is None:
            raise CommandError(
                f"委员会“{committee}”没有 {year} 年{Subject.Kind(kind).label}的考核办法"
                f"{f'第 {number} 版' if number else ''}。请核对委员会代码、年度、考核对象和版本。"
            )
        text = row.toml or engine.dumps(load_ruleset(row))
        if output:
            Path(output).write_text(text, encoding="utf-8")
            self.stdout.write(f"已写入 {output}：{row}。")
        else:
            self.stdout.write(text, ending="")
