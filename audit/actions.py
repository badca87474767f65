"""The act that is open now. Services open one; every history row written inside it points to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

if TYPE_CHECKING:
    from audit.models import Action


class NoActionError(RuntimeError):
    """A tracked row was about to change outside ``act``: nobody would answer for the change."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the middleware knows of the web request an act belongs to."""

    route: str = ""
    request_id: str = ""


_request: ContextVar[Request] = ContextVar("audit_request", default=Request())
_action: ContextVar["Action | None"] = ContextVar("audit_action", default=None)


def current_action_id() -> int:
    """Primary key of the open act. Raises NoActionError when there is none."""
    action = _action.get()
    if action is None:
        raise NoActionError("A tracked row changes only inside audit.actions.act(…).")
    return action.pk


@contextmanager
def act(
    *, user: Any, verb: str, reason: str = "", grant: Any = None, committee: Any = None, undoes: "Action | None" = None
) -> Iterator["Action"]:
    """Open one Action and one transaction; an act inside an act joins the outer one.

    ``user`` None means the system itself; ``undoes`` is the act that this one takes back. Everything written inside is
    committed together or not at all.
    """
    from audit.models import Action  # models import current_action_id from here

    outer = _action.get()
    if outer is not None:
        with transaction.atomic():
            yield outer
        return
    request = _request.get()
    with transaction.atomic():
        action = Action.objects.create(
            user=user,
            verb=verb,
            reason=reason,
            grant=grant,
            committee=committee,
            route=request.route,
            request_id=request.request_id,
            undoes=undoes,
        )
        token = _action.set(action)
        try:
            yield action
        finally:
            _action.reset(token)


@contextmanager
def request_context(request: Request) -> Iterator[None]:
    """Remember the web request for the acts opened while it is handled."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)
