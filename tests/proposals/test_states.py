"""Every state of a proposal × every verb, literally: the state after it, or the first words of why not."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from members.signals import gathered
from proposals.drafts import change_draft, discard_draft, submit_proposal
from proposals.models import Proposal
from proposals.services import change_proposal, decide_proposal, remove_proposal, reopen_proposal
from tests.cast import DAY, make_cast, make_proposal

pytestmark = pytest.mark.django_db

LATER = DAY + datetime.timedelta(days=2)
GONE = "gone"
NOT_SUBMITTED = "这件提案还是委员的草稿，没有提交，不能办理。"
NO_DECISION = "这件提案还没有审查结果，不用撤销。"
DONE = "这件提案已经提交过了，不用再提交。"
CLOSED = "这件提案是“{}”，您不能再修改。要更正请联系提案工作处室，由他们退回给您。"
NOT_YOURS = "只有没有提交的草稿可以自己删除。已提交的请联系提案工作处室。"
NOT_OURS = "这件提案还是委员的草稿，没有提交，不能代为修改。"

# file … correct are the office's verbs; mend, submit and discard the member's.
TABLE = {
    "draft": {
        "file": NOT_SUBMITTED,
        "merge": NOT_SUBMITTED,
        "refuse": NOT_SUBMITTED,
        "return": NOT_SUBMITTED,
        "pass_on": NOT_SUBMITTED,
        "reopen": NOT_SUBMITTED,
        "remove": NOT_SUBMITTED,
        "correct": NOT_OURS,
        "mend": "draft",
        "submit": "submitted",
        "discard": GONE,
    },
    "submitted": {
        "file": "filed",
        "merge": "merged",
        "refuse": "not_filed",
        "return": "returned",
        "pass_on": "passed_on",
        "reopen": NO_DECISION,
        "remove": GONE,
        "correct": "submitted",
        "mend": CLOSED.format("已提交"),
        "submit": DONE,
        "discard": NOT_YOURS,
    },
    "returned": {
        "file": "filed",
        "merge": "merged",
        "refuse": "not_filed",
        "return": "returned",
        "pass_on": "passed_on",
        "reopen": "submitted",
        "remove": GONE,
        "correct": "returned",
        "mend": "returned",
        "submit": "submitted",
        "discard": NOT_YOURS,
    },
} | {
    state: {
        "file": "filed",
        "merge": "merged",
        "refuse": "not_filed",
        "return": "returned",
        "pass_on": "passed_on",
        "reopen": "submitted",
        "remove": GONE,
        "correct": state,
        "mend": CLOSED.format(label),
        "submit": DONE,
        "discard": NOT_YOURS,
    }
    for state, label in {"filed": "立案", "not_filed": "不予立案", "merged": "并案", "passed_on": "转社情民意"}.items()
}


def in_state(cast, main, state):
    """A proposal of the ordinary member in ``state``, reached through the verbs."""
    proposal = make_proposal(
        cast.place,
        [cast.ordinary],
        number="",
        text="问题、分析、建议",
        state="draft" if state == "draft" else "submitted",
    )
    if state not in {"draft", "submitted"}:
        decide(proposal, state, main)
    return proposal


def decide(proposal, state, main):
    decide_proposal(
        user=None,
        proposal=proposal,
        state=state,
        decided_on=LATER,
        reason="" if state == "filed" else "请补充数据",
        merged_into=main if state == "merged" else None,
    )


def verbs(main):
    return {
        "file": lambda row: decide(row, "filed", main),
        "merge": lambda row: decide(row, "merged", main),
        "refuse": lambda row: decide(row, "not_filed", main),
        "return": lambda row: decide(row, "returned", main),
        "pass_on": lambda row: decide(row, "passed_on", main),
        "reopen": lambda row: reopen_proposal(user=None, proposal=row, reason="审查有误"),
        "remove": lambda row: remove_proposal(user=None, proposal=row, reason="重复登记"),
        "correct": lambda row: change_proposal(user=None, proposal=row, title="关于水的提案"),
        "mend": lambda row: change_draft(user=None, proposal=row, title="关于水的提案", text="新正文", cosigners=[]),
        "submit": lambda row: submit_proposal(user=None, proposal=row),
        "discard": lambda row: discard_draft(user=None, proposal=row),
    }


def test_every_verb_in_every_state_is_allowed_or_refused_with_words():
    cast = make_cast()
    main = make_proposal(cast.place, [cast.standing], filed_on=DAY)
    with transaction.atomic(), gathered(after):
        found = {
            state: {verb: after(verb, in_state(cast, main, state), main) for verb in row}
            for state, row in TABLE.items()
        }
    assert found == TABLE


def after(verb, proposal, main):
    """The stored state after the verb, or the sentence of its refusal."""
    key = proposal.pk
    try:
        verbs(main)[verb](proposal)
    except ValidationError as error:
        return error.messages[0]
    return Proposal.objects.filter(pk=key).values_list("state", flat=True).first() or GONE
