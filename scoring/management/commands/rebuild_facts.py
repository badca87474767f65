"""Compare the stored facts with the records, and put right what differs."""

from django.core.management.base import BaseCommand, CommandError

from members.models import Committee
from scoring.facts import rebuild

SHOWN = 200


class Command(BaseCommand):
    help = "按原始记录重建计分事实，列出不一致之处；--check 只核对不改，有不一致时以状态 1 退出。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只核对，不改动")
        parser.add_argument("--committee", metavar="CODE", help="只处理这个委员会（代码）")

    def handle(self, *args, check, committee, **options):
        found = rebuild(self._committee(committee), check=check)
        for difference in found[:SHOWN]:
            self.stdout.write(str(difference))
        if len(found) > SHOWN:
            self.stdout.write(f"……另有 {len(found) - SHOWN} 处未列出")
        if not found:
            self.stdout.write("计分事实与原始记录一致。")
        elif check:
            raise CommandError(f"有 {len(found)} 处不一致。不带 --check 再运行一次即可改正。", returncode=1)
        else:
            self.stdout.write(f"已改正 {len(found)} 处，相关成绩单将重新计算。")

    def _committee(self, code):
        if code is None:
            return None
        try:
            return Committee.objects.get(code=code)
        except Committee.DoesNotExist:
            known = "、".join(Committee.objects.values_list("code", flat=True))
            raise CommandError(f"没有代码为“{code}”的委员会；现有：{known or '（无）'}。") from None
