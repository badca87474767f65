"""Facts: a flat projection of the records, written in the transaction of the record that causes them."""

from django.db import models

from members.models import Committee, Subject


class Fact(models.Model):
    """One stage of one object for one subject; no points, no year.

    Columns in the order of the engine's ``Fact``. ``attributes`` is canonical text ``name=code;name=code`` with
    sorted names; ``quantity`` is in hundredths. Not tracked: it can always be rebuilt (``rebuild_facts``).
    """

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="facts", db_index=False)
    happened_on = models.DateField()
    key = models.CharField(max_length=200)
    origin_on = models.DateField()
    kind = models.CharField(max_length=40)
    attributes = models.CharField(max_length=200, blank=True)
    quantity = models.IntegerField(default=100)
    position = models.PositiveSmallIntegerField(default=1)
    sharers = models.PositiveSmallIntegerField(default=1)
    matter = models.CharField(max_length=80)
    source = models.CharField(max_length=80, db_index=True)  # "kind/public id" of the object it is written for

    class Meta:
        verbose_name = "计分事实"
        verbose_name_plural = "计分事实"
        constraints = [models.UniqueConstraint(fields=["subject", "key"], name="fact_key_once")]
        indexes = [
            models.Index(
                fields=["committee", "subject", "happened_on", "key"],
                include=["origin_on", "kind", "attributes", "quantity", "position", "sharers", "matter"],
                name="fact_in_scoring_order",
            )
        ]

    def __str__(self) -> str:
        return self.key
