"""manage.py add_committee: the first day of a real committee."""

import datetime

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from desk.founding import Founding, found_committee, split_names
from members.models import Committee


class Command(BaseCommand):
    help = "新建一个委员会：届、界别、处室、五个账号（初始密码只显示这一次），可同时用附带的办法开始一个年度。"

    def add_arguments(self, parser):
        parser.add_argument("code", metavar="CODE", help="代码，小写字母和数字，如 yunhe")
        parser.add_argument("name", metavar="NAME", help="全称")
        parser.add_argument("--short-name", help="简称；不写则同全称")
        parser.add_argument("--level", choices=Committee.Level.values, default="county")
        parser.add_argument("--parent", default="", metavar="CODE", help="上级委员会的代码")
        parser.add_argument("--term", type=int, required=True, help="届次，如 10")
        parser.add_argument("--term-from", type=_day, required=True, metavar="DATE", help="本届开始日期，如 2022-01-10")
        parser.add_argument("--sectors", type=split_names, required=True, help="界别，用顿号或逗号隔开")
        parser.add_argument("--offices", type=split_names, required=True, help="处室，用顿号或逗号隔开")
        parser.add_argument("--special-committees", type=split_names, default=[], help="专门委员会，用顿号或逗号隔开")
        parser.add_argument("--ruleset", default="", metavar="NAME", help="附带的办法，如 sample：审定并开始该年度")

    def handle(self, *, code, name, short_name, level, parent, term, term_from, ruleset, **options):
        founding = Founding(
            code=code,
            name=name,
            short_name=short_name or name,
            level=level,
            parent=parent,
            term=term,
            term_starts_on=term_from,
            sectors=options["sectors"],
            offices=options["offices"],
            special_committees=options["special_committees"],
            ruleset=ruleset,
        )
        try:
            committee, accounts = found_committee(founding)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except KeyError as error:
            raise CommandError(f"没有附带名为“{ruleset}”的办法：{error.args[0]}。") from error
        self.stdout.write(f"已新建：{committee}。处室代码：")
        for office in committee.offices.all():
            self.stdout.write(f"  {office.code}  {office.name}")
        self.stdout.write("账号和初始密码（只显示这一次，首次登录须修改）：")
        for account in accounts:
            self.stdout.write(f"  {account.username}  {account.role}  {account.password}")


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"日期“{text}”看不懂，请写成 2022-01-10 这样。") from error
