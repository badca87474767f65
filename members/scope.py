"""Where the access rules find a model's owner: lookups from its rows to committee, office and subjects."""

from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Scope:
    """Django lookup paths from a model; "" for ``committee`` means the row is the committee itself.

    ``office`` None: the model belongs to the whole committee.
    ``member`` None: a member never sees such rows by being their subject; otherwise the path(s) to ``Member``.
    ``private``: rows that nobody but these members sees, for example drafts not handed in yet.
    """

    committee: str
    office: str | None = None
    member: tuple[str, ...] = ()
    private: Q | None = None
