"""Whose year a page of the reports centre is about."""

from django.http import Http404

from members.access import Verb, staff_grant, visible
from members.models import Subject, User
from reports.figures import Source, source_of
from scoring.models import Assessment


def member_year(user: User, year: int) -> Assessment:
    """The assessment of the members of the user's committee; Http404 for who may not see its places."""
    committee = staff_grant(user, Verb.RANK, Assessment).committee
    rows = visible(user, Assessment, Verb.RANK).select_related("committee", "ruleset")
    found = rows.filter(committee=committee, year=year, subject_kind=Subject.Kind.MEMBER).first()
    if found is None:
        raise Http404
    return found


def source_for(user: User, year: int) -> Source:
    """What paper about that year is made from."""
    return source_of(user, member_year(user, year))
