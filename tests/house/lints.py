#!/usr/bin/env python3
"""The house's own lints: what CONTRIBUTING asks for and no linter knows. Standard library only.

Each check takes (path, text) and yields (line number, sentence); `python3 dev.py lint` prints them and fails on any.
"""

import ast
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("audit", "members", "activities", "proposals", "opinions", "scoring", "reports", "desk")
THIS_FILE = "tests/house/lints.py"

# Files whose bulk writes the check cannot judge by the model's name, each with the reason why they are right.
BULK_ALLOWED = {
    "audit/history.py": "the one module that writes tracked rows in bulk, with their history",
    "scoring/services/leases.py": "claims portions of runs and rehearsals, whose model the caller names; none is tracked",
    "scoring/services/placing.py": "writes cards, and an assessment's time of placing, which is computed",
}
BULK = {"bulk_create", "bulk_update", "abulk_create", "abulk_update"}
# `.update(` and `.delete(` are also methods of dicts, sets and rows: only behind one of these is it a queryset.
QUERYSET = {"objects", "all", "filter", "exclude", "order_by", "select_for_update", "using"}
SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "pre_init", "post_init"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}


# ---------------------------------------------------------------- Python
def class_bases(sources):
    """{class name: names of its bases} over the files of the apps' models."""
    bases = {}
    for path, text in sources:
        if path.split("/")[0] in APPS and "models" in path:
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ClassDef):
                    bases[node.name] = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    return bases


def untracked_models(sources):
    """Names of models whose rows keep no history: derived ones, queues, notices."""
    bases = class_bases(sources)

    def lineage(name):
        return {name}.union(*(lineage(base) for base in bases.get(name, ())))

    models = {name for name in bases if lineage(name) & {"Model", "Identified"}}
    return {name for name in models if "Tracked" not in lineage(name)}


def origin(node):
    """(leftmost name, attribute names on the way) of an expression such as Fact.objects.filter(x=1)."""
    names = set()
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return None, names
    return node.id, names


def querysets(tree):
    """{variable: leftmost name of what it is assigned}: after rows = Fact.objects.all(), rows is about Fact."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            root, names = origin(node.value)
            if names & QUERYSET:
                found[node.targets[0].id] = root
    return found


def bulk_writes(path, text, untracked):
    """Bulk writes that leave no history, outside audit/history.py."""
    if path.split("/")[0] not in APPS or "/migrations/" in path or path in BULK_ALLOWED:
        return
    tree = ast.parse(text)
    variables = querysets(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        root, names = origin(node.func.value)
        root = variables.get(root, root)
        is_bulk = node.func.attr in BULK or (node.func.attr in {"update", "delete"} and names & QUERYSET)
        if is_bulk and root not in untracked:
            yield node.lineno, f".{node.func.attr}( on a queryset leaves no history: use audit/history.py"


def rows_without_access(path, text):
    """Views and the API obtain rows through members.access.visible only."""
    if path.split("/")[0] not in APPS or not re.search(r"/(views|api)(/|\.py$)", path):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            yield node.lineno, f".{node.attr} in a view: rows come from members.access.visible(user, Model)"


def model_logic(path, text):
    """No model signals (but those that guard history, in audit/models.py), no logic in save()."""
    if path.split("/")[0] not in APPS or path == "audit/models.py":
        return
    for node in ast.walk(ast.parse(text)):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None
        if name in SIGNALS:
            yield node.lineno, f"{name}: write a function in services.py instead of a model signal"
        if isinstance(node, ast.ClassDef) and "models" in path:
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == "save":
                    yield part.lineno, "save(): logic belongs in services.py"


def engine_floats(path, text):
    """Points are whole hundredths."""
    if not path.startswith("scoring/engine/"):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"{node.value}: the engine knows no floating point numbers"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            yield node.lineno, "float(): the engine knows no floating point numbers"


def test_habits(path, text):
    """No skipped tests, no sleeps, no mocks."""
    if not re.match(r"tests/.*test_\w+\.py$", path):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            words = ast.unparse(node)
            if re.fullmatch(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)", words):
                yield node.lineno, f"{words}: choose tests by marker, never skip them"
            if words == "time.sleep":
                yield node.lineno, "time.sleep: wait for the event itself"
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node):
            yield node.lineno, "mock: use the real thing, it is ours"
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not asserts(node):
            yield node.lineno, f"{node.name} asserts nothing"


def asserts(function):
    """True for an assert, pytest.raises, or a call of a helper whose name says that it asserts."""
    return any(
        isinstance(node, ast.Assert)
        or (
            isinstance(node, ast.Call)
            and re.match(r"assert_|expect|raises|check_", ast.unparse(node.func).rpartition(".")[2])
        )
        for node in ast.walk(function)
    )


# ---------------------------------------------------------------- templates and all text
INLINE = {
    r"<style\b": "a style element",
    r"\sstyle\s*=": "an inline style",
    r"<script\b(?![^>]*\bsrc\s*=)": "an inline script",
    r"\son[a-z]+\s*=\s*[\"']": "an inline event handler",
    r"javascript:": "a javascript: address",
    r"\|\s*safe\b": "|safe",
}


def inline_code(path, text):
    """The content security policy refuses inline style and script; nothing is marked safe."""
    if not path.endswith(".html"):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, name in INLINE.items():
            if re.search(pattern, line, re.IGNORECASE):
                yield number, f"{name} in a template"


def machine_names():
    """Patterns for this machine's own name and folders, which mean nothing anywhere else."""
    names = {str(ROOT), str(ROOT.parent), str(Path.home())} - {"/", "/root", "/tmp"}
    host = socket.gethostname()
    if len(host) > 3 and host not in {"localhost", "debian", "ubuntu"}:
        names.add(host)
    return [re.compile(rf"(?<![\w/.-]){re.escape(name)}(?![\w-])") for name in names]


def machine_traces(path, text, patterns=()):
    """No path or name of the machine something was written on, no index address in a lock file."""
    patterns = patterns or MACHINE
    for number, line in enumerate(text.splitlines(), 1):
        if any(pattern.search(line) for pattern in patterns):
            yield number, "a path or name of this machine"
        if path.endswith((".txt", ".in")) and re.match(
            r"\s*--(index-url|extra-index-url|find-links|trusted-host)", line
        ):
            yield number, "the address of a package index"


def unfinished(path, text):
    """No notes to oneself, no eager Celery."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield number, "a note to oneself: finish it or open an issue"
        if path.endswith(".py") and re.search("always_eager *=|ALWAYS_EAGER *=", line):
            yield number, "eager Celery proves nothing: tests run real workers"


MACHINE = machine_names()
PYTHON_CHECKS = [rows_without_access, model_logic, engine_floats, test_habits]
TEXT_CHECKS = [inline_code, machine_traces, unfinished]
TEXT_SUFFIXES = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".in", ".yml", ".yaml", ".json", ".sh", ""}


def offences(sources):
    """['path:line: sentence', …] over [(path, text), …]."""
    untracked = untracked_models((path, text) for path, text in sources if path.endswith(".py"))
    found = []
    for path, text in sources:
        checks = TEXT_CHECKS + (PYTHON_CHECKS if path.endswith(".py") else [])
        hits = [hit for check in checks for hit in check(path, text)]
        if path.endswith(".py"):
            hits += bulk_writes(path, text, untracked)
        found += [f"{path}:{number}: {sentence}" for number, sentence in sorted(set(hits))]
    return found


def tracked_sources():
    """[(path, text), …] of the files git knows or would add, without this one and the licence."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [Path(name) for name in listed.split("\0") if name and name not in {THIS_FILE, "LICENSE"}]
    return [
        (path.as_posix(), (ROOT / path).read_text(encoding="utf-8"))
        for path in paths
        if path.suffix in TEXT_SUFFIXES and (ROOT / path).is_file()
    ]


if __name__ == "__main__":
    problems = offences(tracked_sources())
    print("\n".join(problems) or "house lints: clean")
    sys.exit(1 if problems else 0)
