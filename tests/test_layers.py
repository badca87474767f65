"""The import table. Adding an arrow means editing it, in review."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# app → the apps it may import. Siblings (activities, proposals, opinions) never import one another.
MAY_IMPORT = {
    "audit": set(),
    "members": {"audit"},
    "activities": {"members", "audit"},
    "proposals": {"members", "audit"},
    "opinions": {"members", "audit"},
    "scoring": {"activities", "proposals", "opinions", "members", "audit"},
    "reports": {"scoring", "activities", "proposals", "opinions", "members", "audit"},
    "desk": {"scoring", "activities", "proposals", "opinions", "members", "audit"},
}
# cppcc/ only names the apps; what it may import is its own, and the one seam each of these files is there for.
CPPCC_MAY_IMPORT = {"cppcc/health.py": {"scoring"}, "cppcc/api_urls.py": set(MAY_IMPORT)}
# Entry points that the framework finds by name inside an app, and what they may reach outside the arrows.
EXCEPTIONS = {"desk/management/commands/demo.py": {"cppcc", "reports"}}
OURS = {*MAY_IMPORT, "cppcc", "tests", "bench"}


def imports(path):
    """The top-level packages a file imports, wherever in the file; relative imports stay inside their app."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def offences(package, allowed_for):
    """['file: imported package', …] for imports of our own packages that `allowed_for(file name)` does not contain."""
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        found += [f"{name}: {other}" for other in sorted((imports(path) & OURS) - allowed_for(name))]
    return found


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_app_imports_only_below_itself(app):
    assert offences(app, lambda name: MAY_IMPORT[app] | {app} | EXCEPTIONS.get(name, set())) == []


def test_cppcc_only_names_the_apps():
    assert offences("cppcc", lambda name: {"cppcc"} | CPPCC_MAY_IMPORT.get(name, set())) == []


def test_engine_imports_the_standard_library_only():
    found = []
    for path in sorted((ROOT / "scoring" / "engine").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        modules = {
            node.module if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
            for alias in node.names
        }
        found += [
            f"{path.name}: {module}"
            for module in sorted(modules)
            if not module.startswith("scoring.engine") and module.partition(".")[0] not in sys.stdlib_module_names
        ]
    assert found == []


def test_every_app_has_its_row():
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps == set(MAY_IMPORT)
