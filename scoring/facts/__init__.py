"""Facts: what the records say, one stage of one object for one subject, written with the record that causes it."""

from scoring.facts.rebuilding import Difference, rebuild
from scoring.facts.writing import on_facts_changed, rewrite

__all__ = ["Difference", "on_facts_changed", "rebuild", "rewrite"]
