"""The examples of docs/rules.md work as they stand."""

import re
from pathlib import Path

from scoring.engine import loads
from scoring.engine.cases import cases_in, run

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_documented_ruleset_is_accepted():
    ruleset = loads("".join(block for block in BLOCKS if "[[expect]]" not in block))
    assert (len(ruleset.rules), len(ruleset.gates), len(ruleset.grades), len(ruleset.once)) == (1, 1, 2, 1)


def test_the_documented_case_holds():
    (block,) = [block for block in BLOCKS if "[[expect]]" in block]
    ((_, case),) = cases_in(block)
    assert run(case, None) == []
