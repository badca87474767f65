"""Who may do what, in one table; and the only door through which views and the API obtain rows."""

import datetime
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from audit.models import Action
from members.models import Committee, Grant, Office, Role, User
from members.scope import Scope

Model = TypeVar("Model", bound=models.Model)


class Verb(StrEnum):
    VIEW = "view"
    LOG = "log"  # create and change records
    REPORT = "report"  # hand in about oneself: drafts, contributions, leave, sign-up, signatures, evaluations
    SETTING = "setting"  # keep the committee's terms, parts and switches
    VERIFY = "verify"  # confirm or return what members report; second person for adjustments
    RANK = "rank"  # see places and rankings
    APPROVE = "approve"  # approve rulesets and years
    RESCORE = "rescore"  # ask for a run of a year, or for a rehearsal of a ruleset
    ACCOUNTS = "accounts"
    GRANTS = "grants"
    AUDIT = "audit"


class Reach(StrEnum):
    OWN = "own"  # rows about the member himself
    OFFICE = "office"  # rows of the grant's office; the whole committee when the grant names no office
    COMMITTEE = "committee"
    WHOLE = "whole"  # the committee, but only under a grant that names no office


_RECORDS = (
    "activities.activity activities.invitation activities.offer activities.sitting activities.attendance "
    "activities.leave "
    "activities.contribution proposals.proposal proposals.proposer proposals.undertaking proposals.evaluation "
    "proposals.urging proposals.honour opinions.opinionreport opinions.reporter opinions.adoption opinions.instruction "
    "opinions.compositepart opinions.forwarding"
).split()
_PEOPLE = "members.member members.seat members.post members.groupmembership members.subject".split()
_SETTING = (
    "members.committee members.term members.sector members.specialcommittee members.group members.office "
    "activities.contributionkind activities.leaverule opinions.organ proposals.proposalsetting "
    "proposals.handlingsetting proposals.replyclass proposals.undertakingunit scoring.cardsetting"
).split()
_HANDLING = [
    "proposals.proposalsetting",
    "proposals.handlingsetting",
    "proposals.replyclass",
    "proposals.undertakingunit",
]
_RULES = "scoring.ruleset scoring.category scoring.rule scoring.gate scoring.grade".split()
_YEAR = "scoring.assessment scoring.run".split()
_REHEARSALS = ["scoring.rehearsal"]
_CARDS = ["scoring.reportcard", "scoring.editioncard"]
_APPRAISALS = ["scoring.appraisal"]
_DECISIONS = ["scoring.adjustment", *_APPRAISALS]
_IMPORTS = ["desk.importbatch"]
_SIGN_OFFS = ["desk.signoff"]
_OBJECTIONS = ["scoring.objection"]
_CONFIRMATIONS = ["scoring.confirmation"]
_HONOURS = ["scoring.commendation", "scoring.talk"]
_CIRCULARS = ["reports.circular"]
_PRINTS = ["reports.printjob"]
_OPENNESS = ["reports.openness"]
_NOTICES = ["members.notice"]
_ACCOUNTS = ["members.user"]
_GRANTS = ["members.grant"]
_AUDIT = ["audit.action"]

_Table = dict[Role, list[tuple[Iterable[str], Reach]]]

# verb → role → which models at which reach. What is not here is not allowed.
TABLE: dict[Verb, _Table] = {
    Verb.VIEW: {
        Role.MEMBER: [
            (_RECORDS, Reach.OWN),
            (_PEOPLE, Reach.OWN),
            (_CARDS, Reach.OWN),
            (_DECISIONS, Reach.OWN),
            (_OBJECTIONS, Reach.OWN),
            (_CONFIRMATIONS, Reach.OWN),
            (_NOTICES, Reach.OWN),
            (_SETTING, Reach.COMMITTEE),
            (_RULES, Reach.COMMITTEE),
            (["scoring.assessment"], Reach.COMMITTEE),
        ],
        Role.CLERK: [
            (_RECORDS, Reach.OFFICE),
            (_DECISIONS, Reach.OFFICE),
            (_IMPORTS, Reach.OFFICE),
            (_SIGN_OFFS, Reach.COMMITTEE),
            (_PEOPLE, Reach.COMMITTEE),
            (_CARDS, Reach.COMMITTEE),
            (_OBJECTIONS, Reach.OFFICE),
            (_CONFIRMATIONS, Reach.COMMITTEE),
            (_SETTING, Reach.COMMITTEE),
            (_RULES, Reach.COMMITTEE),
            (_YEAR, Reach.COMMITTEE),
            (_OPENNESS, Reach.COMMITTEE),
            (_REHEARSALS, Reach.WHOLE),
        ],
        Role.CHAIR_OFFICE: [
            (_RECORDS, Reach.COMMITTEE),
            (_DECISIONS, Reach.COMMITTEE),
            (_SIGN_OFFS, Reach.COMMITTEE),
            (_PEOPLE, Reach.COMMITTEE),
            (_CARDS, Reach.COMMITTEE),
            (_OBJECTIONS, Reach.COMMITTEE),
            (_CONFIRMATIONS, Reach.COMMITTEE),
            (_SETTING, Reach.COMMITTEE),
            (_RULES, Reach.COMMITTEE),
            (_YEAR, Reach.COMMITTEE),
            (["scoring.edition"], Reach.COMMITTEE),
            (_HONOURS, Reach.COMMITTEE),
            (_CIRCULARS, Reach.COMMITTEE),
            (_OPENNESS, Reach.COMMITTEE),
            (_REHEARSALS, Reach.COMMITTEE),
        ],
        Role.SYSTEM_ADMIN: [(_SETTING, Reach.COMMITTEE), (_YEAR, Reach.COMMITTEE), (_ACCOUNTS, Reach.COMMITTEE)],
        Role.SECURITY_ADMIN: [
            (_SETTING, Reach.COMMITTEE),
            (_ACCOUNTS, Reach.COMMITTEE),
            (_GRANTS, Reach.COMMITTEE),
        ],
        Role.AUDIT_ADMIN: [(_SETTING, Reach.COMMITTEE), (_GRANTS, Reach.COMMITTEE), (_AUDIT, Reach.COMMITTEE)],
    },
    Verb.LOG: {
        Role.CLERK: [
            (_RECORDS, Reach.OFFICE),
            (_DECISIONS, Reach.OFFICE),
            (_IMPORTS, Reach.OFFICE),
            (_SIGN_OFFS, Reach.OFFICE),
            (_OBJECTIONS, Reach.OFFICE),
            (["opinions.organ"], Reach.COMMITTEE),
            (_HANDLING, Reach.OFFICE),
            (_PEOPLE, Reach.WHOLE),
            (["activities.contributionkind"], Reach.WHOLE),
            (_RULES, Reach.WHOLE),
        ],
        # Drafts of the rules; what is approved is changed by nobody.
        Role.CHAIR_OFFICE: [(_RULES, Reach.COMMITTEE), (_CIRCULARS, Reach.COMMITTEE)],
    },
    # Of cards: to object to them and to confirm them.
    Verb.REPORT: {Role.MEMBER: [([*_RECORDS, *_CARDS, *_APPRAISALS, *_OBJECTIONS, *_CONFIRMATIONS], Reach.OWN)]},
    Verb.SETTING: {
        Role.CLERK: [(_SETTING, Reach.WHOLE)],
        Role.SYSTEM_ADMIN: [(_SETTING, Reach.COMMITTEE)],
    },
    Verb.VERIFY: {
        # Of confirmations: to remind of them.
        Role.CLERK: [
            (["activities.contribution", "activities.leave"], Reach.OFFICE),
            ([*_APPRAISALS, *_CONFIRMATIONS], Reach.WHOLE),
        ],
        Role.CHAIR_OFFICE: [
            (
                ["activities.contribution", "activities.leave", *_DECISIONS, *_OBJECTIONS, *_CONFIRMATIONS],
                Reach.COMMITTEE,
            )
        ],
    },
    Verb.RANK: {
        Role.CHAIR_OFFICE: [
            (_CARDS, Reach.COMMITTEE),
            (["scoring.assessment"], Reach.COMMITTEE),
            (_PRINTS, Reach.COMMITTEE),
        ]
    },
    Verb.APPROVE: {
        Role.CHAIR_OFFICE: [
            (_RULES, Reach.COMMITTEE),
            (["scoring.assessment"], Reach.COMMITTEE),
            (_HONOURS, Reach.COMMITTEE),
            (_OPENNESS, Reach.COMMITTEE),
        ]
    },
    Verb.RESCORE: {
        Role.CLERK: [(["scoring.assessment", "scoring.ruleset"], Reach.WHOLE)],
        Role.CHAIR_OFFICE: [(["scoring.assessment", "scoring.ruleset"], Reach.COMMITTEE)],
    },
    Verb.ACCOUNTS: {
        # Of people only to whom an account belongs, and who has none.
        Role.SYSTEM_ADMIN: [([*_ACCOUNTS, "members.member", "members.seat"], Reach.COMMITTEE)]
    },
    Verb.GRANTS: {Role.SECURITY_ADMIN: [(_GRANTS, Reach.COMMITTEE)]},
    Verb.AUDIT: {Role.AUDIT_ADMIN: [(_AUDIT, Reach.COMMITTEE)]},
}


def active_grants(user: User, day: datetime.date | None = None) -> list[Grant]:
    """The grants that hold today (or on ``day``), read once per user object and day."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    day = day or timezone.localdate()
    cache = user.__dict__.setdefault("_active_grants", {})
    if day not in cache:
        cache[day] = list(user.grants.active_on(day).select_related("committee", "office").order_by("id"))
    return cache[day]


def roles(user: User) -> set[str]:
    """Codes of the roles the user holds today, in any committee."""
    return {grant.role for grant in active_grants(user)}


def visible(user: User, model: type[Model], verb: Verb = Verb.VIEW) -> QuerySet[Model]:
    """The rows of ``model`` on which ``user`` may exercise ``verb``; none for a stranger.

    Constant in queries: one for the grants (cached on the user), none here – the result is a lazy queryset.
    """
    condition = Q(pk__in=[])
    for grant in active_grants(user):
        for reach in _reaches(verb, grant.role, model):
            condition |= _within(user, grant, model, reach)
    return model._default_manager.filter(condition)


def may(user: User, verb: Verb, model: type[models.Model], committee: Committee | None = None) -> bool:
    """Whether the user may exercise ``verb`` on some rows of ``model`` (of ``committee``, if given) at all."""
    return any(
        _reaches(verb, grant.role, model)
        for grant in active_grants(user)
        if committee is None or grant.committee_id == committee.pk
    )


def allowed_grant(user: User, verb: Verb, model: type[models.Model]) -> Grant:
    """The first grant under which the user may exercise ``verb``; Http404 for everybody else.

    404 and not 403: what a person may not see is not admitted to exist.
    """
    for grant in active_grants(user):
        for reach in _reaches(verb, grant.role, model):
            if reach is not Reach.WHOLE or grant.office_id is None:
                return grant
    raise Http404


def grants_for(user: User, verb: Verb, model: type[models.Model]) -> list[Grant]:
    """All grants under which the user may exercise ``verb`` on ``model``; Http404 when there is none."""
    found = [
        grant
        for grant in active_grants(user)
        if any(reach is not Reach.WHOLE or grant.office_id is None for reach in _reaches(verb, grant.role, model))
    ]
    if not found:
        raise Http404
    return found


def staff_grant(user: User, verb: Verb, model: type[models.Model]) -> Grant:
    """The first grant under which the user may exercise ``verb`` on more than rows about himself; else Http404."""
    for grant in active_grants(user):
        for reach in _reaches(verb, grant.role, model):
            if reach is not Reach.OWN and (reach is not Reach.WHOLE or grant.office_id is None):
                return grant
    raise Http404


def may_beyond_own(user: User, verb: Verb, model: type[models.Model]) -> bool:
    """Whether ``staff_grant`` would find a grant."""
    return bool(committees_beyond_own(user, verb, model))


def committees_beyond_own(user: User, verb: Verb, model: type[models.Model]) -> set[int]:
    """Primary keys of the committees in which the user may exercise ``verb`` on more than rows about himself.

    Who works for one committee may be an ordinary member of another.
    """
    return {
        grant.committee_id
        for grant in active_grants(user)
        for reach in _reaches(verb, grant.role, model)
        if reach is not Reach.OWN and (reach is not Reach.WHOLE or grant.office_id is None)
    }


def offices_beyond_own(user: User, verb: Verb, model: type[models.Model], committee_id: int) -> set[Office | None]:
    """Whose rows of the committee the user may exercise ``verb`` on, his own aside; None among them: everybody's."""
    return {
        grant.office if reach is Reach.OFFICE else None
        for grant in active_grants(user)
        if grant.committee_id == committee_id
        for reach in _reaches(verb, grant.role, model)
        if reach is not Reach.OWN and (reach is not Reach.WHOLE or grant.office_id is None)
    }


def _reaches(verb: Verb, role: str, model: type[models.Model]) -> list[Reach]:
    label = model._meta.label_lower
    return [reach for labels, reach in TABLE[verb].get(Role(role), []) if label in labels]


def scope_of(model: type[models.Model]) -> Scope:
    """Where the owner of ``model``'s rows is found. The log lies below this app and cannot say it itself."""
    return Scope(committee="committee") if model is Action else model.access_scope()


def _within(user: User, grant: Grant, model: type[models.Model], reach: Reach) -> Q:
    """Rows of ``model`` inside ``reach`` of one grant."""
    scope = scope_of(model)
    nothing = Q(pk__in=[])
    # An account belongs to the committee that keeps it and, a to-many path, to those of its grants.
    committee = (
        Q(pk=grant.committee_id)
        if scope.committee == ""
        else Q(committee=grant.committee_id)
        | Q(pk__in=model._default_manager.filter(**{scope.committee: grant.committee_id}).values("pk"))
        if model is User
        else Q(**{scope.committee: grant.committee_id})
    )
    if reach is Reach.OWN:
        if user.member_id is None or not scope.member:
            return nothing
        own = Q()
        for path in scope.member:
            own |= Q(**{path or "pk": user.member_id})
        return committee & Q(pk__in=model._default_manager.filter(own).values("pk"))
    if scope.private is not None:
        committee &= ~scope.private
    if reach is Reach.WHOLE:
        return committee if grant.office_id is None else nothing
    if reach is Reach.OFFICE and grant.office_id is not None and scope.office:
        return committee & Q(**{scope.office: grant.office_id})
    return committee
