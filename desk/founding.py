"""A real committee from nothing: its parts, its first accounts, its year."""

import datetime
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from django.core.exceptions import ValidationError
from django.utils import timezone

from activities.models import ContributionKind
from activities.services import add_contribution_kind
from audit.actions import act
from members.models import Committee, Role
from members.models.account import ADMIN_ROLES
from members.names import initials
from members.services import (
    add_committee,
    add_office,
    add_sector,
    add_special_committee,
    add_term,
    create_account,
    grant_role,
)
from scoring.engine import loads
from scoring.rulesets import shipped
from scoring.services.assessments import open_assessment
from scoring.services.rulesets import approve_ruleset, in_year, store_ruleset

LONGEST_STEM = 30  # of a code, which has 40 signs at most
# Code, name, unit; what members do on their own they may report themselves.
CONTRIBUTION_KINDS = (
    ("address_oral", "大会口头发言", "次"),
    ("address_written", "大会书面发言", "篇"),
    ("research_report", "调研报告", "篇"),
    ("article", "理论和宣传文章", "篇"),
    ("historical_material", "文史资料", "篇"),
    ("public_service", "公益活动", "次"),
    ("studio_duty", "委员工作室值班", "次"),
    ("contact_visit", "走访联系界别群众", "次"),
    ("honour", "表彰", "项"),
    ("study_notes", "学习笔记", "篇"),
    ("deduction", "扣分事项", "次"),
)
REPORTABLE = {"article", "historical_material", "public_service", "studio_duty", "contact_visit", "study_notes"}

ACCOUNTS = (
    ("system", "系统管理员", Role.SYSTEM_ADMIN),
    ("security", "安全管理员", Role.SECURITY_ADMIN),
    ("audit", "审计管理员", Role.AUDIT_ADMIN),
    ("clerk", "录入员", Role.CLERK),
    ("chair", "主席办公室", Role.CHAIR_OFFICE),
)


@dataclass(frozen=True, slots=True)
class Founding:
    """What the office knows about itself on the first day."""

    code: str
    name: str
    short_name: str
    level: str
    term: int
    term_starts_on: datetime.date
    sectors: Sequence[str]
    offices: Sequence[str]
    special_committees: Sequence[str] = ()
    parent: str = ""
    ruleset: str = ""  # name of a shipped ruleset; empty: none yet
    year: int | None = None  # the first year of the ruleset; None: the one it was written for
    people: Mapping[str, str] = field(default_factory=dict)  # code of ACCOUNTS → the person's name


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """One of the accounts of ACCOUNTS, with the password that is stored nowhere else."""

    username: str
    role: str
    name: str
    password: str


def split_names(text: str) -> list[str]:
    """Names from a pasted list: one a line or with 、 , ; between them, numbers in front of them left out."""
    words = (re.sub(r"^[\d一二三四五六七八九十]+[.．)）]", "", word) for word in re.split(r"[、,，;；\s]+", text))
    return [word for word in words if word and not word.isdigit()]


def found_committee(founding: Founding) -> tuple[Committee, list[FirstAccount]]:
    """Everything or nothing. Returns the committee and its first accounts.

    ValidationError with Chinese sentences for a code in use, an unknown parent, a name given twice or one person for
    two of the three administrators.
    """
    _check_administrators(founding.people)
    for label, names in (("界别", founding.sectors), ("处室", founding.offices)):
        if not names:
            raise ValidationError(f"没有写{label}，至少要有一个，多个之间用顿号或逗号隔开。")
    with act(user=None, verb="新建委员会"):
        committee = _committee(founding)
        term = add_term(user=None, committee=committee, number=founding.term, starts_on=founding.term_starts_on)
        for position, (code, name) in enumerate(_coded("界别", founding.sectors), start=1):
            add_sector(user=None, committee=committee, term=term, code=code, name=name, position=position)
        for position, (code, name) in enumerate(_coded("处室", founding.offices), start=1):
            add_office(user=None, committee=committee, code=code, name=name, position=position)
        for position, (code, name) in enumerate(_coded("专门委员会", founding.special_committees), start=1):
            add_special_committee(user=None, committee=committee, code=code, name=name, position=position)
        add_usual_kinds(committee)
        accounts = [_account(committee, founding, *account) for account in ACCOUNTS]
        if founding.ruleset:
            _open_year(committee, founding.ruleset, founding.year)
    return committee, accounts


def add_usual_kinds(committee: Committee) -> dict[str, ContributionKind]:
    """The kinds of contributions that every committee begins with, {code: kind}."""
    return {
        code: add_contribution_kind(
            user=None,
            committee=committee,
            code=code,
            name=name,
            unit=unit,
            position=position,
            is_reportable=code in REPORTABLE,
        )
        for position, (code, name, unit) in enumerate(CONTRIBUTION_KINDS, start=1)
    }


def _committee(founding: Founding) -> Committee:
    parent = Committee.objects.filter(code=founding.parent).first()
    if founding.parent and parent is None:
        known = "、".join(Committee.objects.values_list("code", flat=True)) or "（无）"
        raise ValidationError(f"没有代码为“{founding.parent}”的上级委员会；现有：{known}。请核对，或先建上级委员会。")
    return add_committee(
        user=None,
        code=founding.code,
        name=founding.name,
        short_name=founding.short_name,
        level=founding.level,
        parent=parent,
    )


def _coded(label: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """(code, name) of each part."""
    coded: dict[str, str] = {}
    for name in names:
        if name in coded.values():
            raise ValidationError(f"{label}“{name}”写了两次，请只留一个。")
        coded[free_code(name, coded)] = name
    return list(coded.items())


def free_code(name: str, taken: Container[str]) -> str:
    """The name's pinyin initials, numbered where they are taken."""
    stem = re.sub(r"[^a-z0-9]", "", initials(name))[:LONGEST_STEM] or "x"
    return next(code for n in count(1) if (code := stem + (str(n) if n > 1 else "")) not in taken)


def _check_administrators(people: Mapping[str, str]) -> None:
    met: dict[str, str] = {}
    for code, title, role in ACCOUNTS:
        name = people.get(code, "")
        if not name or role not in ADMIN_ROLES:
            continue
        if name in met:
            raise ValidationError(
                f"“{name}”同时是{met[name]}和{title}。系统、安全、审计三员须由不同的人担任，请另选一人。"
            )
        met[name] = title


def _account(committee: Committee, founding: Founding, code: str, title: str, role: Role) -> FirstAccount:
    name = founding.people.get(code) or title
    account, password = create_account(user=None, committee=committee, username=f"{founding.code}-{code}", name=name)
    # A committee may be set up before its term begins; its accounts are needed at once.
    since = min(founding.term_starts_on, timezone.localdate())
    grant_role(user=None, account=account, role=role, committee=committee, from_on=since)
    return FirstAccount(account.username, role.label, name, password)


def _open_year(committee: Committee, name: str, year: int | None) -> None:
    ruleset = loads(shipped(name))
    ruleset = in_year(ruleset, year or ruleset.year)
    row = store_ruleset(user=None, committee=committee, year=ruleset.year, ruleset=ruleset)
    approve_ruleset(user=None, ruleset=row)
    open_assessment(
        user=None,
        committee=committee,
        year=ruleset.year,
        subject_kind=ruleset.subjects,
        ruleset=row,
        from_on=ruleset.first_day,
        to_on=ruleset.last_day,
    )
