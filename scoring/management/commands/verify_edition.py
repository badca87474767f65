"""Verify published editions: the database against them, or one document from itself alone."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from members.models import Committee
from scoring.engine import edition as text

SHOWN = 200


class Command(BaseCommand):
    help = (
        "核对已公布的定版：数据库里的各行与定版是否一致；--file 只凭文件重新计算，不用数据库。有不符时以状态 1 退出。"
    )
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("committee", nargs="?", metavar="CODE", help="委员会代码")
        parser.add_argument("year", nargs="?", type=int, metavar="YEAR", help="年度")
        parser.add_argument("--all", action="store_true", dest="everything", help="核对所有委员会")
        parser.add_argument("--file", metavar="FILE", help="定版文本（下载的 .json 文件）")

    def handle(self, *args, committee, year, everything, file, **options):
        if sum(map(bool, (committee, everything, file))) != 1:
            raise CommandError("请写委员会代码（和年度），或 --all，或 --file 文件，三者取一。")
        problems = self._file(Path(file)) if file else self._database(committee, year)
        for problem in problems[:SHOWN]:
            self.stdout.write(problem)
        if len(problems) > SHOWN:
            self.stdout.write(f"……另有 {len(problems) - SHOWN} 处未列出")
        if problems:
            raise CommandError(f"有 {len(problems)} 处不符。", returncode=1)

    def _file(self, path):
        try:
            content = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"读不出文件“{path}”：{error}。请核对路径，文件应是 UTF-8 文本。") from error
        problems = text.verify(content)
        if not problems:
            digest = text.named_digest(content)
            self.stdout.write(f"{path.name}：全部成绩单、名次和等次重新计算一致。{digest}\n请与公布时记下的摘要核对。")
        return problems

    def _database(self, code, year):
        from scoring.editions import verify_committee
        from scoring.models import Edition

        committees = Committee.objects.order_by("code")
        if code:
            committees = committees.filter(code=code)
            if not committees:
                known = "、".join(Committee.objects.values_list("code", flat=True))
                raise CommandError(f"没有代码为“{code}”的委员会；现有：{known or '（无）'}。")
        found = []
        for committee in committees:
            problems = list(verify_committee(committee, year))
            found += problems
            rows = Edition.objects.filter(assessment__committee=committee)
            count = (rows.filter(assessment__year=year) if year else rows).count()
            if not problems:
                self.stdout.write(f"{committee}：{count} 个定版，与数据库一致。")
        return found
