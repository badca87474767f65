"""The engine is pure: standard library only, no clock, no locale, no database, no floats, no files."""

import ast
import sys
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).resolve().parents[2] / "scoring" / "engine").glob("*.py"))
PATH_THAT_SCORES = (
    "compile",
    "score",
    "single",
    "counting",
    "choice",
    "tree",
    "attendance",
    "persons",
    "judge",
    "card",
    "numbers",
)
FORBIDDEN = {
    "time",
    "locale",
    "os",
    "random",
    "io",
    "pathlib",
    "sqlite3",
    "socket",
    "subprocess",
    "threading",
    "math",
    "statistics",
}


def trees():
    return [pytest.param(ast.parse(path.read_text(encoding="utf-8")), id=path.stem) for path in FILES]


@pytest.mark.parametrize("tree", trees())
def test_engine_imports_only_itself_and_the_standard_library(tree):
    for node in ast.walk(tree):
        names = (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        for name in names:
            assert name.split(".")[0] in sys.stdlib_module_names - FORBIDDEN


@pytest.mark.parametrize("tree", trees())
def test_engine_has_no_floats_and_asks_no_clock(tree):
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id in ("float", "open", "print"))
        assert not (isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow"))
        assert not (
            isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant)
        )


def test_path_that_scores_is_short_enough_to_read():
    """About 900 lines of code: blank lines, comments and docstrings not counted."""
    assert sum(_code_lines(path) for path in FILES if path.stem in PATH_THAT_SCORES) <= 900


def _code_lines(path):
    text = path.read_text(encoding="utf-8")
    prose = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            prose |= set(range(body[0].lineno, body[0].end_lineno + 1))
    return sum(
        1
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#") and n not in prose
    )
