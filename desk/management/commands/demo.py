"""manage.py demo: a filled demonstration, scored and served from one process."""

import errno
import logging
import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import run
from django.core.wsgi import get_wsgi_application

from cppcc.inprocess import worker
from desk.demo.disputed import make_disputed
from desk.demo.fill import fill, is_filled
from desk.demo.published import make_published
from desk.demo.rehearsed import make_rehearsed
from reports.demo import make_open
from scoring.models import Assessment, Run
from scoring.progress import progress_of
from scoring.services.runs import OPEN, rescore

PATIENCE = 600  # seconds until the demonstration gives up on its own runs
LOOK_EVERY = 0.2


class Command(BaseCommand):
    help = "Fill an empty database with a made-up committee, score it and serve it on this machine."

    def add_arguments(self, parser):
        parser.add_argument("--no-serve", action="store_true", help="stop before serving, for scripts")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, no_serve, port, **options):
        if settings.REDIS_URL != "memory://":
            raise CommandError("demo 只用本进程内的计算进程。请去掉环境变量 REDIS_URL 后再运行。")
        call_command("migrate", verbosity=0)
        try:
            is_new = not is_filled()
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        if is_new:
            fill(self._say)
        # One line an event of the queue would bury what a newcomer should read.
        logging.getLogger("celery").setLevel(logging.WARNING)
        with worker():
            self._score(is_new)
            if no_serve:
                return
            self._serve(port)

    def _score(self, is_new: bool) -> None:
        """Ask for a run of every assessment (only when new) and wait for the worker to finish what is open."""
        if is_new:
            for assessment in Assessment.objects.order_by("id"):
                rescore(user=None, assessment=assessment)
        self._say("正在计算成绩单……")
        deadline = time.monotonic() + PATIENCE
        while Run.objects.filter(state__in=OPEN).exists():
            if time.monotonic() > deadline:
                raise CommandError("计算没有在 10 分钟内完成。请再运行一次；如仍不完成，请查看上面的提示。")
            time.sleep(LOOK_EVERY)
        if is_new:
            for assessment in Assessment.objects.order_by("id"):
                make_disputed(assessment)
                make_published(assessment)
                assessment.refresh_from_db()
                make_open(assessment)
                make_rehearsed(assessment)
        failed = Run.objects.filter(state=Run.State.FAILED)
        for one in failed:
            self._say(f"{one.assessment}：{one.message}")
        self._say(f"已计算 {sum(progress_of(one).done for one in Run.objects.all())} 份成绩单。")

    def _serve(self, port: int) -> None:
        # Whoever tries it out should meet the pages for errors that a server shows, not a programmer's.
        settings.DEBUG = False
        application = get_wsgi_application()  # sets logging up anew, so it comes before the levels
        for name in ("celery", "django.server"):
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            run(
                "127.0.0.1",
                port,
                application,
                threading=True,
                on_bind=lambda bound: self._say(f"请在浏览器打开 http://127.0.0.1:{bound}/ （按 Ctrl+C 结束）"),
            )
        except KeyboardInterrupt:
            self._say("已结束。数据留在本机，下次运行可接着看。")
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise CommandError(f"端口 {port} 已被别的程序占用，请换一个，例如加上 --port {port + 1}。") from error

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
