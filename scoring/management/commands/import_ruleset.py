"""Copy a regulation from a TOML file into a committee and year."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from members.models import Committee
from scoring import engine, rulesets
from scoring.services.rulesets import approve_ruleset, store_ruleset


class Command(BaseCommand):
    help = "把 TOML 考核办法导入某委员会某年度，存为草稿；--approve 同时审定。随程序附带的办法可只写文件名，如 sample。"

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="TOML 文件，或随程序附带的办法的名称")
        parser.add_argument("--committee", required=True, metavar="CODE", help="委员会代码")
        parser.add_argument("--year", type=int, help="年度；不写则用文件中的年度")
        parser.add_argument("--reason", default="", help="修订理由（第 2 版起必填）")
        parser.add_argument("--approve", action="store_true", help="导入后即审定")

    def handle(self, *args, file, committee, year, reason, approve, **options):
        where = Committee.objects.filter(code=committee).first()
        if where is None:
            known = "、".join(Committee.objects.values_list("code", flat=True))
            raise CommandError(f"没有代码为“{committee}”的委员会；现有：{known or '（无）'}。")
        path = self._path(file)
        try:
            ruleset = engine.loads(path.read_text(encoding="utf-8"))
            row = store_ruleset(user=None, committee=where, year=year or ruleset.year, ruleset=ruleset, reason=reason)
            if approve:
                approve_ruleset(user=None, ruleset=row)
        except engine.RulesetError as error:
            raise CommandError(f"{path.name} 不能导入：\n" + "\n".join(error.problems)) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path.name} 不是 UTF-8 文本。请另存为 UTF-8 后再导入。") from error
        self.stdout.write(f"已导入：{row}，{row.get_state_display()}。")

    def _path(self, file):
        path = Path(file)
        if not path.is_file() and path.name == file:
            path = rulesets.FOLDER / f"{path.stem}.toml"
        if not path.is_file():
            known = "、".join(rulesets.names())
            raise CommandError(f"找不到文件“{file}”。请写 TOML 文件的路径，或附带办法之一：{known}。")
        return path
