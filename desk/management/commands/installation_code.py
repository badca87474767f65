"""manage.py installation_code: what the browser asks for before the first installation."""

from django.core.management.base import BaseCommand

from desk.setup import installation_code
from members.signin import is_empty


class Command(BaseCommand):
    help = "显示首次安装要填的安装码；系统里已有委员会时不再需要。"

    def handle(self, **options):
        if is_empty():
            self.stdout.write(f"安装码：{installation_code()}  请在浏览器打开本系统，按提示填写。")
        else:
            self.stdout.write("系统里已有委员会，不再需要安装码。")
