"""定版: what was published, as bytes. Rows are written once, by scoring/services/publishing.py, and never changed."""

from django.db import models
from django.db.models import Q

from audit.models import Identified
from members.models import Subject
from members.scope import Scope
from scoring.models.assessment import Assessment

LONGEST_REASON = 500


class Edition(Identified):
    """定版: the document's bytes are the edition, chained to the committee's previous one.

    ``digest`` is that of exactly those bytes, by the algorithm the document names (SHA-256 or SM3, both 64 hexadecimal
    digits). ``ruleset`` and ``changes`` repeat parts of the document, so that a page need not read all of it.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="editions", verbose_name="年度考核")
    number = models.PositiveSmallIntegerField("更正号", default=0, help_text="0 为首次公布，1 起为更正第 n 号")
    document = models.TextField("定版文本")
    digest = models.CharField("摘要", max_length=64, unique=True)
    # Unique: nothing but this keeps two editions published at once from following the same one.
    previous_digest = models.CharField("上一版摘要", max_length=64, unique=True)
    reason = models.CharField("更正理由", max_length=LONGEST_REASON, blank=True)
    ruleset = models.TextField("办法文本")
    changes = models.TextField("更正内容")
    published_by = models.ForeignKey("members.User", models.PROTECT, related_name="+", verbose_name="公布人")
    published_at = models.DateTimeField("公布时间")

    class Meta:
        verbose_name = "定版"
        verbose_name_plural = "定版"
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="edition_number_once"),
            models.CheckConstraint(condition=Q(number=0) | ~Q(reason=""), name="edition_correction_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}{self.name}"

    @property
    def name(self) -> str:
        return f"更正第 {self.number} 号" if self.number else "首次公布"

    @property
    def short_digest(self) -> str:
        """The first 16 digits in fours: what pages and paper show of the digest."""
        return " ".join(self.digest[start : start + 4] for start in range(0, 16, 4))

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee")


class EditionCard(Identified):
    """One subject's part of an edition, byte for byte: what published pages and paper read instead of live rows.

    ``document`` has everything that is printed, ``summary`` the little of it that lists show. ``digest`` is that of the
    document and stands in the edition's document, too.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="cards", verbose_name="定版")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="edition_cards", verbose_name="考核对象")
    check_code = models.CharField("校验码", max_length=14, unique=True)
    digest = models.CharField("摘要", max_length=64)
    summary = models.TextField("摘录")
    document = models.TextField("成绩单文本")

    class Meta:
        verbose_name = "定版成绩单"
        verbose_name_plural = "定版成绩单"
        constraints = [models.UniqueConstraint(fields=["edition", "subject"], name="edition_card_once")]

    def __str__(self) -> str:
        return self.check_code

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="edition__assessment__committee", member=("subject__seat__member",))
