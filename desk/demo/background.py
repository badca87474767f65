"""Fill the demonstration while the web server goes on answering."""

import logging
import threading

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from desk.demo.disputed import make_disputed
from desk.demo.fill import fill, is_filled
from desk.demo.published import make_published
from desk.demo.rehearsed import make_rehearsed
from scoring.services.runs import drive, rescore

log = logging.getLogger(__name__)
_filling = threading.Lock()


def start_filling() -> None:
    """Begin in a thread, unless this process is at it already; of two processes the slower writes nothing."""
    threading.Thread(target=fill_and_score, name="demonstration", daemon=True).start()


def fill_and_score() -> None:
    """The demonstration with its report cards: left to the workers, or computed here where there are none."""
    if not _filling.acquire(blocking=False):
        return
    try:
        if is_filled():
            return
        for assessment in fill(log.info):
            run = rescore(user=None, assessment=assessment)
            if settings.REDIS_URL == "memory://":
                drive(run)
                make_disputed(assessment)
                make_published(assessment)
                make_rehearsed(assessment)
    except ValidationError as error:
        log.error("The demonstration was not filled: %s", " ".join(error.messages))
    except Exception:
        # In a thread of its own nobody else would say so.
        log.exception("The demonstration was not filled.")
    finally:
        _filling.release()
        connection.close()
