"""`manage.py import_sheet KIND FILE`: bring a sheet in, or say row by row why not."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from desk.imports import Result, import_sheet
from desk.sheets.kinds import KINDS
from members.models import Committee, Office, User

SHOWN_ERRORS = 200


class Command(BaseCommand):
    help = "导入一张表（" + "、".join(f"{kind} {sheet.label}" for kind, sheet in KINDS.items()) + "）"

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help="、".join(KINDS))
        parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx 或 .csv 文件")
        parser.add_argument("--committee", metavar="CODE", help="委员会代码；只有一个委员会时可不写")
        parser.add_argument("--office", metavar="CODE", help="登记的处室代码；只有一个处室时可不写")
        parser.add_argument("--year", type=int, help="没有写年份的日期属于哪一年；导入委员时也用来选定届次")
        parser.add_argument("--user", metavar="NAME", help="以哪个账号的名义导入；不写则记为系统")
        parser.add_argument("--dry-run", action="store_true", help="试导入：全部检查一遍，不保存")
        parser.add_argument("--skip-bad-rows", action="store_true", help="跳过有错误的行，其余照常导入")

    def handle(self, *, kind, file, committee, office, year, user, dry_run, skip_bad_rows, **options):
        place = self._one(Committee.objects.all(), committee, "委员会", "--committee")
        offices = Office.objects.filter(committee=place)
        desk = self._one(offices, office, "处室", "--office") if KINDS[kind].needs_office or office else None
        try:
            stream = file.open("rb")
        except OSError as error:
            raise CommandError(f"打不开文件 {file}：{error.strerror}。请核对路径。") from error
        with stream:
            result = import_sheet(
                user=self._user(user),
                kind=kind,
                name=file.name,
                stream=stream,
                committee=place,
                office=desk,
                year=year,
                is_rehearsal=dry_run,
                skip_bad_rows=skip_bad_rows,
            )
        self._report(result)
        if result.refused or (result.errors and not result.is_written):
            raise SystemExit(1)

    def _report(self, result: Result) -> None:
        for notice in result.notices:
            self.stdout.write(f"注意：{notice}")
        for error in result.errors[:SHOWN_ERRORS]:
            self.stderr.write(str(error))
        if len(result.errors) > SHOWN_ERRORS:
            self.stderr.write(f"还有 {len(result.errors) - SHOWN_ERRORS} 处错误没有列出。")
        (self.stdout if result.is_good or result.is_written else self.stderr).write(result.summary())

    @staticmethod
    def _one(rows, code, called, option):
        """The row with this code, or the only one there is."""
        found = list(rows.filter(code=code) if code else rows[:2])
        if len(found) == 1:
            return found[0]
        known = "、".join(f"{row.code}（{row.name}）" for row in rows) or "（无）"
        wrong = f"没有代码为“{code}”的{called}。" if code else f"请用 {option} 写明{called}。"
        raise CommandError(f"{wrong}已有的{called}：{known}。")

    @staticmethod
    def _user(name):
        if name is None:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"没有账号“{name}”。请核对 --user。")
        return user
