from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        from desk.conditions import open_gaps
        from scoring.checks import register

        register("gaps", "查漏补缺清单已清空，或逐项写明理由", open_gaps)
