"""Two clerks who save one circular in the same moment: one of them stands, the other is told."""

import pytest
from django.db import IntegrityError

from reports.circulars import FIELDS, draft, save_circular, versions
from reports.figures import source_of
from reports.models import Circular
from tests.scoring.closing import make_closing_year
from tests.scoring.test_publishing_concurrency import together
from tests.scoring.year import fresh

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_of_two_saves_in_one_moment_one_stands_and_the_other_is_told():
    year = make_closing_year(2)
    source = source_of(year.approver, fresh(year.assessment))
    values = {name: getattr(draft(source), name) for name in FIELDS}

    def saving(user, seen, body):
        return lambda: save_circular(user=user, source=source, seen=seen, values=values | {"body": body})

    for seen in (0, 1):
        bodies = f"甲{seen}", f"乙{seen}"
        found = together(saving(year.approver, seen, bodies[0]), saving(year.publisher, seen, bodies[1]))
        saved = [one for one in found if isinstance(one, Circular)]
        stored = Circular.objects.get()
        assert [(one.version, one.body) for one in saved] == [(seen + 1, stored.body)]
        assert [one.version for one in versions(year.assessment)] == list(range(seen + 1, 0, -1))
        (told,) = [one for one in found if not isinstance(one, Circular)]
        # The very first of all has no row to wait for: the form says that somebody else was a moment faster.
        assert isinstance(told, IntegrityError) or f"保存了第 {seen + 1} 版" in told
