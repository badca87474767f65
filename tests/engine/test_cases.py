"""Every golden case holds exactly: an unexpected or a missing line fails."""

from pathlib import Path

import pytest

from scoring.engine.cases import cases_in, run

ROOT = Path(__file__).resolve().parents[2]
CASES = [
    pytest.param(case, id=f"{path.stem}: {title}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for title, case in cases_in(path.read_text(encoding="utf-8"))
]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_case_holds_exactly(case):
    assert run(case, read) == []
