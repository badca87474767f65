from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "履职评价"

    def ready(self) -> None:
        from members.signals import facts_changed, subjects_merging
        from scoring.facts import on_facts_changed
        from scoring.merging import on_subjects_merging

        facts_changed.connect(on_facts_changed, dispatch_uid="scoring.facts")
        subjects_merging.connect(on_subjects_merging, dispatch_uid="scoring.merging")
