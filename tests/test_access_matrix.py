"""Every route × every role × own, other office's, other committee's object: the status, literally.

The table is tests/access/*.txt, a file for each app. A route without rows fails, and so does a row without a route.
Real templates are rendered, each request is undone, and no GET changes a byte of the database.

Status of each route for each role. whose: the object belongs to the clerk's own office and to the member (own), to
another office and member (office), to another committee (committee); any: refused for its method, whatever the object.
clerk and other_clerk: one office each; whole_clerk: the whole committee; stranger, stranger_member: another committee.
302 of signed_out leads to the sign-in page. 404, never 403: what one may not see does not exist.
"""

import datetime
import io
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from activities.services import record_leave
from audit.actions import act
from audit.evidence import keep, saving
from audit.models import Action
from desk.batches import match_columns, open_batch
from proposals.services import honour_proposal, record_undertaking
from reports import print_files
from reports.models import PrintJob
from scoring.engine import loads
from scoring.models import Appraisal, Assessment, Commendation, Edition, ReportCard, Talk
from scoring.objections import raise_objection
from scoring.services.adjustments import propose_adjustment
from scoring.services.assessments import open_assessment
from scoring.services.rehearsals import drive as rehearse_now
from scoring.services.rehearsals import rehearse
from scoring.services.rulesets import store_ruleset
from scoring.services.runs import drive, rescore
from tests.cast import (
    DAY,
    YEAR,
    make_activity,
    make_attendance,
    make_cast,
    make_contribution,
    make_proposal,
    make_report,
)
from tests.desk.sheets import xlsx
from tests.papers import picture
from tests.scoring.year import FIRST, LAST, RULES, make_ruleset

# Who may do what is decided before the database is asked: the grid runs once, the pages' own tests on PostgreSQL too.
pytestmark = pytest.mark.sqlite

TABLES = Path(__file__).with_name("access")
ADMIN = "admin/"  # Django's own pages: nobody here may enter, see test_admin_site_lets_nobody_in
OBJECTS = (
    "own",
    "office",
    "committee",
)  # whose object: the clerk's office and the member; another's; another committee's


# ---------------------------------------------------------------- the table and the routes
def read_table():
    """(user names, {(route, method, object): {user: status}})"""
    users, rows = [], {}
    for table in sorted(TABLES.glob("*.txt")):
        lines = [line.split() for line in table.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        users = users or lines[0][3:]
        assert lines[0][3:] == users, f"{table.name} names other users"
        for route, method, whose, *statuses in lines[1:]:
            row = f"{route} {method} {whose}"
            assert (route, method, whose) not in rows, f"two rows for {row}"
            assert len(statuses) == len(users), f"{row}: {len(statuses)} statuses for {len(users)} users"
            rows[route, method, whose] = dict(zip(users, map(int, statuses), strict=True))
    return users, rows


USERS, ROWS = read_table()


def walk(patterns, prefix=""):
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, prefix + str(one.pattern))
        else:
            yield prefix + str(one.pattern), one.name


def our_routes():
    """{"pattern" as in the table: url name}; two patterns of one name are two routes."""
    return {path or "/": name for path, name in walk(get_resolver().url_patterns) if not path.startswith(ADMIN)}


ROUTES = our_routes()


def takes_object(route):
    return "public_id" in route


# ---------------------------------------------------------------- the stage
def records(place, seat, office):
    """One record of each kind by `office` about `seat`."""
    activity = make_activity(place, [seat], office=office)
    sitting = make_attendance(activity, {seat: "present"}, is_complete=True)
    leave = record_leave(user=None, activity=activity, seat=seat, reason="出差", kind="official")
    with saving(), act(user=None, verb="登记履职记录"):
        evidence = keep(place.committee, picture())
        contribution = make_contribution(place, seat, office=office, evidence=evidence)
    report = make_report(place, [seat], office=office, adopted=["city"])
    filed = make_proposal(place, [seat], office=office, filed_on=DAY)
    undertaking = record_undertaking(user=None, proposal=filed, unit="示例县交通局")
    honour = honour_proposal(user=None, proposal=filed, kind="key", decided_on=DAY, reason="主席会议")
    return {
        "activities": activity,
        "sittings": sitting,
        "leaves": leave,
        "attendances": sitting.attendances.get(),
        "contributions": contribution,
        "kinds": contribution.kind,
        "evidence": contribution.evidence,
        "proposals": make_proposal(place, [seat], office=office),
        "undertakings": undertaking,
        "honours": honour,
        "opinions": report,
        "outcomes": report.adoptions.get(),
        "organs": place.committee.organs.get(),
        "seats": seat,
    }


def unconfirmed_import(place, office, user):
    """A checked sheet with an error in it."""
    data = xlsx(
        ("委员编号", "类型", "事项", "日期"), ("没有", place.kinds["public_service"].name, "义诊", "2026-03-05")
    )
    batch, _ = open_batch(
        user=user,
        grant=None,
        kind="contributions",
        name="履职.xlsx",
        stream=io.BytesIO(data),
        committee=place.committee,
        office=office,
        year=None,
    )
    chosen = {1: "number", 2: "kind", 3: "title", 4: "happened_on"}
    return match_columns(user=user, grant=None, batch=batch, chosen=chosen)


def scored_year(place):
    """The committee's ruleset, assessment, a finished run, and its cards."""
    ruleset = make_ruleset(place.committee)
    assessment = open_assessment(
        user=None,
        committee=place.committee,
        year=YEAR,
        subject_kind="member",
        ruleset=ruleset,
        from_on=FIRST,
        to_on=LAST,
    )
    run = drive(rescore(user=None, assessment=assessment))
    rehearsal = rehearse_now(rehearse(user=None, ruleset=ruleset, year=YEAR))
    draft = store_ruleset(user=None, committee=place.committee, year=YEAR, ruleset=loads(RULES), reason="修订")
    return {
        "rulesets": ruleset,
        "drafts": draft,
        "assessments": assessment,
        "runs": run,
        "rehearsals": rehearsal,
    }


def edition_of(assessment, user):
    """The little of an edition that its page reads; the year goes on."""
    return Edition.objects.create(
        assessment=assessment,
        document='{"digest":"sha256","subjects":{}}',
        digest=assessment.committee.code,
        previous_digest=assessment.committee.code,
        changes="{}",
        published_by=user,
        published_at=timezone.now(),
    )


def printed(assessment):
    """A finished print, its file not yet there."""
    return PrintJob.objects.create(assessment=assessment, state="done", size=1, done_at=timezone.now())


def decided(assessment, subject, user):
    """A name on the year's honour list and a talk about it, by somebody else than the user."""
    of = {"assessment": assessment, "subject": subject}
    with act(user=None, verb="test"):
        return {
            "commendations": Commendation.objects.create(**of, reason="主席会议审定", decided_on=DAY, decided_by=user),
            "talks": Talk.objects.create(**of, kind="talk", held_on=DAY, by=user),
        }


def appraised(office, subject, user):
    """What a unit said of the subject, as the office entered it."""
    with act(user=None, verb="test"):
        return Appraisal.objects.create(
            committee=subject.committee,
            assessment=Assessment.objects.get(committee=subject.committee),
            office=office,
            subject=subject,
            rule="extra",
            by="external",
            source="示例单位",
            points=300,
            given_on=DAY,
            basis="来函",
            entered_by=user,
        )


def set_up():
    """{"user": account}, {"own": {first part of the address: object}, "office": …, "committee": …}"""
    cast = make_cast()
    objects = {
        "own": records(cast.place, cast.ordinary, cast.place.offices[0]),
        "office": records(cast.place, cast.standing, cast.place.offices[1]),
        "committee": records(cast.sibling, cast.stranger_seat, cast.sibling.offices[0]),
    }
    members = {"own": cast.ordinary_user, "office": cast.standing_user, "committee": cast.stranger_member}
    proposers = {"own": cast.clerk, "office": cast.other_clerk, "committee": cast.stranger}
    ours, theirs = scored_year(cast.place), scored_year(cast.sibling)
    objects["own"] |= ours
    objects["committee"] |= theirs
    objects["own"]["editions"] = edition_of(ours["assessments"], cast.chair_office)
    objects["committee"]["editions"] = edition_of(theirs["assessments"], cast.stranger)
    objects["own"]["prints"] = printed(ours["assessments"])
    objects["committee"]["prints"] = printed(theirs["assessments"])
    objects["own"] |= decided(ours["assessments"], cast.ordinary.subject, cast.chair_office)
    objects["committee"] |= decided(theirs["assessments"], cast.stranger_seat.subject, cast.stranger)
    for whose, found in objects.items():
        subject = found["seats"].subject
        found["report-cards"] = subject
        found["accounts"] = cast.stranger if whose == "committee" else cast.nobody
        found["grants"] = (cast.stranger if whose == "committee" else cast.clerk).grants.get()
        found["cards"] = ReportCard.objects.get(subject=subject)
        disputed = f"service@public_service/{found['contributions'].public_id}"
        found["objections"] = raise_objection(
            user=members[whose], card=found["cards"], line=disputed, text="数量少记了一次"
        )
        place = cast.sibling if whose == "committee" else cast.place
        found["settings"] = found["activities"].office
        found["succession"] = place.term
        found["imports"] = unconfirmed_import(place, found["activities"].office, proposers[whose])
        found["adjustments"] = propose_adjustment(
            user=proposers[whose],
            committee=subject.committee,
            office=found["activities"].office,
            subject=subject,
            effect="points",
            rule="extra",
            points=100,
            happened_on=DAY,
            reason="见义勇为",
        )
        found["appraisals"] = appraised(found["activities"].office, subject, proposers[whose])
        found["entries"] = Action.objects.of(proposers[whose]).latest("pk")
        found["log"] = found["entries"]
        found["records"] = found["activities"]
        found["log"] = found["entries"]
        found["records"] = found["activities"]
    accounts = {
        "nobody": cast.nobody,
        "member": cast.ordinary_user,
        "clerk": cast.clerk,
        "other_clerk": cast.other_clerk,
        "whole_clerk": cast.whole_clerk,
        "chair": cast.chair_office,
        "system": cast.system_admin,
        "security": cast.security_admin,
        "audit": cast.audit_admin,
        "stranger": cast.stranger,
        "stranger_member": cast.stranger_member,
    }
    return accounts, objects


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker, tmp_path_factory):
    """Set up once for the module and undone at its end. The clock stands still, so that no session is dated anew."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.ERROR)  # a thousand refusals are what is asked for
    with (
        django_db_blocker.unblock(),
        override_settings(
            EVIDENCE_DIR=tmp_path_factory.mktemp("evidence"), PRINT_DIR=tmp_path_factory.mktemp("prints")
        ),
        time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False),
    ):
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            accounts, objects = set_up()
            job = objects["own"]["prints"]
            print_files.write(print_files.made_of(job.public_id, job.form), b"%PDF-")
            sessions = {"signed_out": None} | {name: sign_in(account) for name, account in accounts.items()}
            yield SimpleNamespace(sessions=sessions, objects=objects)
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
            logger.setLevel(level)


def address(route, whose, objects):
    """The path of `route` for `whose` object."""
    path = "/" + route.lstrip("/")
    if takes_object(route):
        before = route.partition("<uuid:public_id>")[0].split("/")
        kind = [part for part in before if part and part[0] != "<"][-1]
        path = path.replace("<uuid:public_id>", str(objects[whose][kind].public_id))
    return (
        path.replace("<int:year>", str(YEAR))
        .replace("<slug:kind>", "members")
        .replace("<part:kind>", "offices")
        .replace("<int:part>", "1")
        .replace("<slug:code>", objects["own"]["seats"].committee.code)
    )


def sign_in(account):
    """The key of a session of the account."""
    client = Client()
    client.force_login(account)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser(session):
    """A client that knows nothing but its session."""
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def ask(session, method, path):
    """The status of one request; what a POST wrote is undone."""
    if method == "GET":
        return browser(session).get(path).status_code
    with transaction.atomic():
        status = browser(session).post(path, {}).status_code
        transaction.set_rollback(True)
    return status


def body(session, path):
    return browser(session).get(path).content.decode(errors="ignore")


def writes():
    """How many rows were ever written on this connection, those of undone transactions too. SQLite counts them."""
    connection.ensure_connection()
    return connection.connection.total_changes


# ---------------------------------------------------------------- the tests
def is_committees(route):
    """Objects that no office owns: there is no other office's."""
    shared = "rulesets rehearsals runs assessments editions organs accounts grants commendations talks prints"
    return route.split("/")[0] in shared.split()


def objects_of(route):
    if not takes_object(route):
        return ("-",)
    return tuple(whose for whose in OBJECTS if whose != "office" or not is_committees(route))


def test_every_route_has_its_rows():
    found = {}
    for route, method, whose in ROWS:
        found.setdefault((route, method), []).append(whose)
    expected = {(route, method): list(objects_of(route)) for route in ROUTES for method in ("GET", "POST")}
    refused = {key: whose for key, whose in found.items() if whose == ["any"]}
    assert found == expected | refused


def test_rows_for_any_object_refuse_the_method():
    answers = {status for row, statuses in ROWS.items() if row[2] == "any" for status in statuses.values()}
    assert answers == {302, 403, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_status_of_every_role(stage, route):
    expected, found = {}, {}
    before = writes()
    for method in ("GET", "POST"):
        for whose in (*OBJECTS, "-", "any"):
            for user, status in ROWS.get((route, method, whose), {}).items():
                expected[method, whose, user] = status
                path = address(route, "own" if whose == "any" else whose, stage.objects)
                found[method, whose, user] = ask(stage.sessions[user], method, path)
        if method == "GET":
            assert writes() == before, "a GET wrote to the database"
    assert found == expected


# Who reads titles of whose records in lists. Everybody else reads none.
READERS = {
    "own": {"member", "clerk", "whole_clerk", "chair"},
    "office": {"other_clerk", "whole_clerk", "chair"},
    "committee": {"stranger", "stranger_member"},
}
TITLED = ("activities", "contributions", "proposals", "opinions")
MEMBERS = {"member": "own", "stranger_member": "committee"}  # whose objects are theirs
OF_COMMITTEE = {"kinds", "organs", "settings", "succession"}  # forms offer them to every member of the committee


def title_of(record):
    return getattr(record, "title", "") or record.name


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in ROUTES if not takes_object(route)])
def test_lists_hold_no_record_of_others(stage, route):
    leaks = []
    for user, session in stage.sessions.items():
        text = body(session, address(route, "-", stage.objects))
        for whose, readers in READERS.items():
            titles = [title_of(stage.objects[whose][kind]) for kind in TITLED]
            leaks += [(user, title) for title in titles if title in text and user not in readers]
        leaks += [(user, kind) for kind, public_id in ids_of_others(stage.objects, user) if public_id in text]
    assert leaks == []


def ids_of_others(objects, user):
    """[(kind, public id), …] of what is about other people, for the two members; nothing for staff."""
    if user not in MEMBERS:
        return []
    own = {str(one.public_id) for one in objects[MEMBERS[user]].values()}
    found = [
        (kind, str(one.public_id))
        for whose in OBJECTS
        for kind, one in objects[whose].items()
        if kind not in OF_COMMITTEE or "committee" in (whose, MEMBERS[user])
    ]
    return [(kind, public_id) for kind, public_id in found if public_id not in own]


@pytest.mark.django_db
@pytest.mark.parametrize("route", TITLED)
def test_lists_hold_the_records_of_their_readers(stage, route):
    for whose, readers in READERS.items():
        title = title_of(stage.objects[whose][route])
        found = {user for user in readers if title in body(stage.sessions[user], f"/{route}/")}
        assert found == readers


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/group/", "/admin/members/user/", "/admin/jsi18n/"])
def test_admin_site_lets_nobody_in(stage, path):
    statuses = {user: ask(session, "GET", path) for user, session in stage.sessions.items()}
    assert statuses == dict.fromkeys(stage.sessions, 302)


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in ROUTES if not route.startswith("api/")])
def test_post_without_a_token_is_refused(stage, route):
    """The API only reads, see its rows in the table."""
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = stage.sessions["chair"]
    response = client.post(address(route, "own", stage.objects))
    assert (response.status_code, "页面已过期，没有提交" in response.content.decode()) == (403, True)


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_headers_of_every_page(stage, route):
    response = browser(stage.sessions["chair"]).get(address(route, "own", stage.objects))
    headers = {name: response[name] for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")}
    assert headers == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]
