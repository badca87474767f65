"""Forms of objections: the member's one text box, the office's answer with its sentences, the list's filter."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from members.access import Verb, visible
from members.evidence import EvidenceField
from members.listing import FilterForm
from members.models import Office, User
from members.recording import REQUIRED, TOO_LONG, NewRecord, RecordForm
from scoring.compiled import RulesetError, TamperedRuleset, compiled
from scoring.models import Assessment, Objection, ReportCard
from scoring.objections import answer_objection, raise_objection

Advice = Objection.Advice
LEFT_OUT = "missing"  # in an address: objections that are about no rule
WAITING, TO_CORRECT, CORRECTED, REPLIED, DECIDED = "waiting", "to_correct", "corrected", "replied", "decided"
NO_OFFICE = "none"
STATES = [
    ("", "全部"),
    (WAITING, "未办结（待答复、待决定）"),
    ("open", "待答复"),
    ("answered", "待决定"),
    (TO_CORRECT, "同意，待改正"),
    (CORRECTED, "已更正"),
    ("accepted", "同意更正（含待改正）"),
    ("refused", "未更正"),
    (REPLIED, "答复过的"),
    (DECIDED, "已决定"),
]
# What offices say again and again; with the first of each kind the box must be filled in.
SENTENCES = {
    "correct": (Advice.CORRECT, "经核实，记录有误，建议更正。"),
    "left_out": (Advice.CORRECT, "经核实，确有漏记，建议补录。"),
    "as_recorded": (Advice.KEEP, "经核实，记录与签到和会议材料一致。"),
    "no_rule": (Advice.KEEP, "所述事项不在考核办法的计分范围内。"),
    "capped": (Advice.KEEP, "该项已到上限，按办法不再计分，记录没有错。"),
    "no_proof": (Advice.KEEP, "没有找到可以证明的材料，补充材料后可再提出。"),
    "own_correct": (Advice.CORRECT, ""),
    "own_keep": (Advice.KEEP, ""),
}
OWN_WORDS = "（理由写在下面）"


class MyObjectionForm(NewRecord, RecordForm):
    """One text box and, if there is one, a photo or a paper."""

    model = Objection
    verb = Verb.REPORT
    title = "提出更正"
    submit = "提交"

    text = forms.CharField(
        label="哪里有出入",
        max_length=1000,
        help_text="例如：3月10日的会议我到会了，签到表上有名字。",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    evidence = EvidenceField(label="照片或材料")

    def __init__(self, *args: Any, card: ReportCard, line: str, **options: Any):
        super().__init__(*args, committee=card.assessment.committee, **options)
        self.card, self.line = card, line

    def save(self) -> Objection | None:
        given = self.cleaned_data
        return self.add(
            raise_objection,
            card=self.card,
            line=self.line,
            text=given["text"],
            file=given["evidence"],
            grant=next((one for one in self.grants if one.committee_id == self.card.assessment.committee_id), None),
        )


class AnswerForm(forms.Form):
    """One of the sentences, which also says what is advised, and more words if wanted."""

    use_required_attribute = False

    sentence = forms.ChoiceField(
        label="核实结果",
        widget=forms.RadioSelect,
        choices=[
            (key, f"{advice.label}：{words}" if words else f"{advice.label}{OWN_WORDS}")
            for key, (advice, words) in SENTENCES.items()
        ],
        error_messages={
            "required": "没有选核实结果，请选一项。",
            "invalid_choice": "核实结果不在可选范围内，请重新选择。",
        },
    )
    text = forms.CharField(
        label="补充说明（选填）",
        max_length=900,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": TOO_LONG.format(label="补充说明")},
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, label_suffix="", **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        key, text = cleaned.get("sentence"), cleaned.get("text", "")
        if key:
            cleaned["advice"], words = SENTENCES[key]
            cleaned["answer"] = words + text
            if not cleaned["answer"]:
                self.add_error("text", REQUIRED.format(label="补充说明"))
        return cleaned

    def answer(self, user: User, objection: Objection, **options: Any) -> bool:
        """Whether it was taken; otherwise the form says why not."""
        given = self.cleaned_data
        try:
            answer_objection(user=user, objection=objection, advice=given["advice"], answer=given["answer"], **options)
        except ValidationError as error:
            self.add_error(None, error.messages)
            return False
        return True


def rule_names(assessment: Assessment) -> dict[str, str]:
    """{rule code: "part · rule"}; nothing for a ruleset that cannot be used."""
    try:
        ruleset = compiled(assessment.ruleset).ruleset
    except (RulesetError, TamperedRuleset):
        return {}
    parts = {part.code: part.name for part in ruleset.categories}
    return {rule.code: f"{parts.get(rule.category, '')} · {rule.name}".strip(" ·") for rule in ruleset.rules}


def _rules_objected_to(user: User) -> list[tuple[str, str]]:
    """[(code, name)] of the rules of which objections speak that the user may see, by their latest names."""
    rows = visible(user, Objection)
    codes = set(rows.exclude(rule="").order_by().values_list("rule", flat=True).distinct())
    years = Assessment.objects.filter(pk__in=rows.order_by().values("card__assessment"))
    names: dict[str, str] = {}
    for assessment in years.select_related("ruleset").order_by("year", "pk"):
        names |= rule_names(assessment)
    return sorted((code, names.get(code, code)) for code in codes)


class ObjectionFilter(FilterForm):
    """``part`` is the code of a rule, or LEFT_OUT."""

    q = forms.CharField(label="委员或说明", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    year = forms.IntegerField(label="年度", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    office = forms.ChoiceField(label="处室", required=False)
    part = forms.ChoiceField(label="所指规则", required=False)

    more = ("year", "office", "part")

    def __init__(self, *args: Any, user: User, **options: Any):
        super().__init__(*args, **options)
        offices = [(str(office.public_id), str(office)) for office in visible(user, Office)]
        self.fields["office"].choices = [("", "全部"), *offices, (NO_OFFICE, "没有定处室")]
        self.fields["part"].choices = [("", "全部"), (LEFT_OUT, "漏记"), *_rules_objected_to(user)]

    def narrow(self, rows: QuerySet[Objection]) -> QuerySet[Objection]:
        if text := self.chosen("q"):
            rows = rows.filter(Q(text__icontains=text) | Q(card__subject__seat__member__name__icontains=text))
        if state := self.chosen("state"):
            rows = _in_state(rows, state)
        if year := self.chosen("year"):
            rows = rows.filter(card__assessment__year=year)
        if office := self.chosen("office"):
            rows = rows.filter(office=None) if office == NO_OFFICE else rows.filter(office__public_id=office)
        if part := self.chosen("part"):
            rows = rows.filter(rule="" if part == LEFT_OUT else part)
        return rows


def _in_state(rows: QuerySet[Objection], state: str) -> QuerySet[Objection]:
    if state == WAITING:
        return rows.waiting()
    if state == TO_CORRECT:
        return rows.to_correct()
    if state == CORRECTED:
        return rows.filter(corrected_at__isnull=False)
    if state == REPLIED:
        return rows.filter(answered_at__isnull=False)
    if state == DECIDED:
        return rows.filter(decided_at__isnull=False)
    return rows.filter(state=state)
