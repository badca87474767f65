"""Public identifiers that follow from a row's natural key."""

import json
import uuid

NAMESPACE = uuid.UUID("6f2d1c9a-4b0e-5f37-9a68-3c1d7e52b8f4")  # this project's; never changed, stored ids depend on it


def natural_id(committee_code: str, kind: str, *parts: str) -> uuid.UUID:
    """The public id of the `kind` of row that `committee_code` knows by `parts`, the same in every database.

    Two databases filled from differently ordered sheets therefore agree on every id. The parts are joined as a JSON
    list, so that ("a", "bc") and ("ab", "c") differ whatever the texts hold. TypeError for a part that is not text:
    1 and "1" must not be two rows.
    """
    key = (committee_code, kind, *parts)
    if not all(isinstance(part, str) for part in key):
        raise TypeError(f"a natural key is made of texts, not {key!r}")
    return uuid.uuid5(NAMESPACE, json.dumps(key, ensure_ascii=False, separators=(",", ":")))


def as_uuid(text: str) -> uuid.UUID | None:
    """The public id that a part of an address names; None, which no row has, for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
