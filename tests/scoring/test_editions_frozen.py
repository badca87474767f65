"""No sequence of edits after publishing changes one byte of what the edition prints.

Edits go through services, through bulk functions of the history, and straight through the ORM at every table that the
published year was made from; what is printed is read as the pages read it.
"""

from datetime import date, timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import DataError, IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import act
from audit.history import update_all
from audit.models import ActionStamp
from members.models import Grant, Member, Seat, Sector, Subject, User
from scoring.cardpage import card_page
from scoring.editions import cards_of, current
from scoring.engine import edition as text
from scoring.models import Assessment, Edition, EditionCard, Fact, ReportCard, Ruleset, Stale
from scoring.services import runs
from tests.cast import make_account, make_contribution
from tests.scoring.closing import CLOSED, close, compute, make_closing_year
from tests.scoring.year import YEAR, add_fact, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WHO = st.integers(0, 9999)
MADE_OF = {"activities", "members", "opinions", "proposals", "scoring"}
NAMED = {f"members.{name}" for name in "Committee Term Sector Office SpecialCommittee Group".split()}


def record(year, n):
    """Through the service: a record of the published year, with its facts and marks."""
    make_contribution(year.place, year.seats[n], day=date(YEAR, 6, 1))


def rename(year, n):
    with act(user=None, verb="test"):
        member = year.seats[n].member
        member.name = f"{member.name}改"[-9:]
        update_all(Member, [member], ["name"])


def leave(year, n):
    with act(user=None, verb="test"):
        seat = Seat.objects.get(pk=year.seats[n].pk)
        seat.left_on = date(YEAR, 2, 1)
        seat.save()


def spoil_card(year, n):
    ReportCard.objects.filter(subject=year.subjects[n]).update(total=n, place=n + 4, grade="假", document="{}")


def drop_cards(year, n):
    ReportCard.objects.filter(subject=year.subjects[n]).delete()


def drop_facts(year, n):
    Fact.objects.filter(subject=year.subjects[n]).delete()


def add(year, n):
    add_fact(year.subjects[n])


def change_rules(year, n):
    Ruleset.objects.filter(pk=year.ruleset.pk).update(title=f"改{n}", toml=year.ruleset.toml.replace("5", "6"))


def rename_sector(year, n):
    Sector.objects.filter(pk=year.place.sectors[0].pk).update(name=f"界别{n}")


def sweep(year, n):
    Stale.objects.create(assessment=year.assessment, subject=year.subjects[n])
    runs.refresh_stale(assessment_id=year.assessment.pk)


def sweep_all(year, n):
    compute(year)


def other_value(value, field):
    """Another value of the column's type; the database may still refuse it."""
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField | models.DateField):
        return (value or date(YEAR, 5, 5)) + timedelta(days=1)
    if isinstance(field, models.IntegerField | models.DecimalField):
        return (value or 0) + 3
    if isinstance(field, models.JSONField):
        return {"x": 1}
    choices = [code for code, _ in field.flatchoices if code != value]
    return choices[0] if choices else f"{value}改"[-field.max_length :] if field.max_length else f"{value}改"


def spoil_column(year, n):
    """Straight through the ORM: one column of one table, in every row of it that the database lets have another value."""
    model, field = COLUMNS[n % len(COLUMNS)]
    for row in model._base_manager.all()[:20]:
        try:
            with transaction.atomic():
                value = other_value(getattr(row, field.attname), field)
                model._base_manager.filter(pk=row.pk).update(**{field.attname: value})
        except (IntegrityError, DataError):
            continue


def office(year):
    """Django's own site, entered as nobody here is: with every permission."""
    account = User.objects.filter(is_superuser=True).first() or make_account(year.place, "superuser", "system_admin")
    User.objects.filter(pk=account.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(account)
    return client


def admin_pages(row):
    """(change, delete, add)"""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"{name}_change", args=[row.pk]), reverse(f"{name}_delete", args=[row.pk]), reverse(f"{name}_add")


def rename_through_admin(year, n):
    """What the admin site lets be changed: the names of the committee and of its parts."""
    client = office(year)
    for one in (year.place.committee, year.place.sectors[0], year.place.offices[0], year.place.special_committees[0]):
        row = type(one).objects.get(pk=one.pk)
        address, *_ = admin_pages(row)
        shown = client.get(address).context["adminform"].form.initial
        given = {name: "" if value is None else value for name, value in shown.items()}
        client.post(address, {**given, "name": f"改{n}{row.name}"[:30]})
        assert type(one).objects.get(pk=one.pk).name == f"改{n}{row.name}"[:30]


# What an edition may not depend on: every column of every table of the year, but ids and references, the rows of the
# edition itself, the accounts that read it, and the one column that says which of card and edition pages show.
OWN = {Edition, EditionCard, User, Grant}
COLUMNS = [
    (model, field)
    for model in apps.get_models()
    if model._meta.app_label in MADE_OF and model not in OWN and not issubclass(model, ActionStamp)
    for field in model._meta.concrete_fields
    if not (field.is_relation or field.primary_key or isinstance(field, models.UUIDField))
    and (model, field.name) != (Assessment, "state")
]
EDITS = [
    record,
    rename,
    leave,
    spoil_card,
    drop_cards,
    drop_facts,
    add,
    change_rules,
    rename_sector,
    sweep,
    sweep_all,
    rename_through_admin,
    spoil_column,
]


def printed(year, reader):
    """Everything that paper and pages of the published year are made of."""
    assessment = fresh(year.assessment)
    edition = current(assessment)
    cards = cards_of(EditionCard.objects.all(), edition)
    pages = []
    for subject in year.subjects:
        page = card_page(
            reader, assessment, Subject.objects.select_related("seat__member", "seat__sector").get(pk=subject.pk)
        )
        shown = (page.grade, page.grade_reason, page.as_of, page.error, page.beside, page.position)
        pages.append((*shown, plain_view(page.view)))
    rows = list(EditionCard.objects.order_by("pk").values_list("check_code", "digest", "summary", "document"))
    texts = list(Edition.objects.order_by("pk").values_list("document", "digest", "ruleset", "changes"))
    return repr((cards, pages, rows, texts))


def plain_view(view):
    """A card as it is arranged, without the links, which lead to records as they are now."""
    found = [
        (rule.code, rule.words, [(line.on, line.title, line.sentence) for line in rule.lines]) for rule in view.own
    ]
    todo = [*view.parts, *view.outside]
    while todo:
        part = todo.pop()
        todo += part.parts
        lines = [
            (rule.code, rule.words, line.on, line.title, line.sentence, line.points)
            for rule in part.rules
            for line in rule.lines
        ]
        without = [(one.on, one.title, one.reason) for one in part.uncredited]
        found.append((part.code, part.figure, part.sentence, lines, without))
    return view.total, view.grade_by_threshold, view.gates, found


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), time_machine.travel(CLOSED, tick=True):
        outer = transaction.atomic()
        outer.__enter__()
        try:
            year = make_closing_year()
            make_contribution(year.place, year.seats[0], day=date(YEAR, 5, 1))
            make_contribution(year.place, year.seats[0], kind="honour", title="先进个人", day=date(YEAR, 8, 1))
            compute(year)
            close(year)
            reader = make_account(year.place, "reader", "chair_office")
            yield year, reader
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.sampled_from([*EDITS, *[spoil_column] * 6]), WHO), min_size=1, max_size=8))
def test_no_edit_changes_what_is_printed(stage, django_db_blocker, edits):
    year, reader = stage
    with django_db_blocker.unblock(), transaction.atomic():
        before = printed(year, reader)
        for edit, n in edits:
            edit(year, n if edit is spoil_column else n % len(year.subjects))
        after = printed(year, reader)
        problems = text.verify(Edition.objects.get(assessment=year.assessment).document)
        transaction.set_rollback(True)
    assert (after, problems) == (before, [])


def test_admin_site_changes_nothing_that_was_published(stage, django_db_blocker):
    """What a year was made of can be looked at there, and only names be changed; editions are not even registered."""
    year, _ = stage
    found = {}
    with django_db_blocker.unblock(), transaction.atomic():
        client = office(year)
        for model in admin.site._registry:
            row = model._default_manager.first()
            if row is not None and model._meta.app_label in MADE_OF:
                found[model._meta.label] = [client.post(page, {"post": "yes"}).status_code for page in admin_pages(row)]
        transaction.set_rollback(True)
    open_to_names = {name for name, statuses in found.items() if statuses != [403, 403, 403]}
    assert {"scoring.Ruleset", "scoring.Fact", "scoring.Assessment", "members.Seat"} <= found.keys()
    assert open_to_names == NAMED | {"activities.ContributionKind"}
    assert {Edition, EditionCard, ReportCard} & admin.site._registry.keys() == set()


def test_every_edit_is_tried(stage, django_db_blocker):
    """Each alone, whatever the sequences above happen to draw."""
    year, reader = stage
    changed = []
    for edit in EDITS:
        with django_db_blocker.unblock(), transaction.atomic():
            before = printed(year, reader)
            edit(year, 1)
            if printed(year, reader) != before:
                changed.append(edit.__name__)
            transaction.set_rollback(True)
    assert changed == []


def test_every_column_of_every_table_is_tried(stage, django_db_blocker):
    """Straight through the ORM, table by table; a column that is added tomorrow is among them."""
    year, reader = stage
    tables = {model: [n for n, (one, _) in enumerate(COLUMNS) if one is model] for model, _ in COLUMNS}
    changed = []
    for model, numbers in tables.items():
        with django_db_blocker.unblock(), transaction.atomic():
            before = printed(year, reader) if model._base_manager.exists() else ""
            for n in numbers if before else ():
                spoil_column(year, n)
            if before and printed(year, reader) != before:
                changed.append(model._meta.label)
            transaction.set_rollback(True)
    assert (changed, len(tables) > 30) == ([], True)
