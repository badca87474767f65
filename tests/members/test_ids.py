"""Public ids from natural keys."""

import uuid

import pytest

from members.ids import natural_id


def test_natural_id_is_the_same_in_every_database():
    assert natural_id("331100", "member", "张三", "001") == uuid.UUID("9bd32d80-377d-5aca-9b37-a3a0175f91c6")


def test_natural_id_keeps_the_parts_apart():
    joined = ["a", "b", "ab", "", '","', "a\x1fb", "张三"]
    keys = [(first, second) for first in joined for second in joined]
    keys += [(first,) for first in joined]
    assert len({natural_id("c", "kind", *key) for key in keys}) == len(keys)


def test_natural_id_differs_by_committee_and_kind():
    ids = {natural_id(committee, kind, "1") for committee in ("x", "y") for kind in ("seat", "proposal")}
    assert len(ids) == 4


def test_natural_id_refuses_what_is_not_text():
    with pytest.raises(TypeError, match="made of texts"):
        natural_id("c", "seat", 1)
