"""通报: the text of a year's circular, each saved state of it a version."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from audit.models import Tracked
from members.scope import Scope
from scoring.models import Assessment

LONGEST_BODY = 20_000
LOWEST_HEAD, HIGHEST_HEAD = 40, 150  # millimetres from the top of the text area to the red rule


class Circular(Tracked):
    """One for each year. Its text holds {{names}} of figures; what stands for them is read when it is printed.

    ``version`` counts the saved states, so that nobody writes over a state he has not seen. ``head_height``: where the
    red rule is, in millimetres below the upper edge of the text area (版心).
    """

    class Mode(models.TextChoices):
        PLAIN = "plain", "普通稿"
        PREPRINTED = "preprinted", "预印红头纸套打"
        RED = "red", "电子红头"

    assessment = models.OneToOneField(
        Assessment, models.PROTECT, related_name="circular", verbose_name="年度考核", editable=False
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    title = models.CharField("标题", max_length=200)
    addressee = models.CharField("主送", max_length=300, blank=True)
    body = models.TextField("正文", max_length=LONGEST_BODY)
    signed_by = models.CharField("署名", max_length=100)
    dated_on = models.DateField("成文日期", null=True, blank=True)
    is_sealed = models.BooleanField("加盖印章", default=True)
    mode = models.CharField("用纸", max_length=10, choices=Mode, default=Mode.PLAIN)
    mark = models.CharField("发文机关标志", max_length=60, blank=True)
    number = models.CharField("发文字号", max_length=60, blank=True)
    head_height = models.PositiveSmallIntegerField(
        "红线位置（毫米）",
        default=85,
        validators=[
            MinValueValidator(LOWEST_HEAD, f"请填 {LOWEST_HEAD} 到 {HIGHEST_HEAD} 毫米。"),
            MaxValueValidator(HIGHEST_HEAD, f"请填 {LOWEST_HEAD} 到 {HIGHEST_HEAD} 毫米。"),
        ],
    )
    has_table = models.BooleanField("附得分情况表", default=False)
    has_honours = models.BooleanField("附优秀名单", default=False)
    is_mirrored = models.BooleanField("双面印时偶数页订口在右", default=False)
    copied_to = models.CharField("抄送", max_length=300, blank=True)
    printed_by = models.CharField("印发机关", max_length=100, blank=True)
    printed_on = models.DateField("印发日期", null=True, blank=True)

    class Meta:
        verbose_name = "通报"
        verbose_name_plural = "通报"
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=["plain", "preprinted", "red"]), name="circular_mode"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="circular_has_text"),
            models.CheckConstraint(
                condition=Q(head_height__gte=LOWEST_HEAD, head_height__lte=HIGHEST_HEAD), name="circular_head_height"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment.year} 年度通报"

    @classmethod
    def access_scope(cls) -> Scope:
        return Scope(committee="assessment__committee")
