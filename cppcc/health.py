"""Is this process answering, and can the whole installation do its work?"""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from scoring.models import WorkerBeat

# A sweep comes every two seconds; a worker busy with one long chunk may miss many of them.
WORKER_SILENCE = timedelta(seconds=60)


@never_cache
@require_safe
def healthz(request):
    """200 as long as the web process answers; touches nothing else, so that a database stop does not restart it."""
    return JsonResponse({"web": "ok"})


@never_cache
@require_safe
def readyz(request):
    """200 when the database answers and a worker is alive, else 503 with what is wrong."""
    state = {"database": database_state()}
    state["worker"] = worker_state() if state["database"] == "ok" else "unknown"
    return JsonResponse(state, status=200 if set(state.values()) == {"ok"} else 503)


def database_state():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def worker_state(**which):
    """ "ok" when a worker (of those `which` selects) did something lately, by the database's clock.

    Progress in the database is what counts: a worker process can exist, and even answer, without taking messages.
    """
    is_alive = WorkerBeat.objects.filter(at__gte=Now() - WORKER_SILENCE, **which).exists()
    return "ok" if is_alive else "none seen lately"
