"""Mutation run over the engine's scoring path, standard library only (pytest and Hypothesis are what the tests need).

    python3 dev.py bench mutation [--sample N] [--seed N] [--jobs N] [--only MODULE] [--seconds N] [--properties]

Each mutant changes one operator, comparison, constant, condition, return value or statement of one module. It is tried
in a forked process of its own under a time and memory limit: first the golden cases, then the engine's unit tests, and
with --properties the generated rulesets for what still lives. A mutant that fails a case or a test, raises, or runs out of time is killed.
Prints the survivors with their place and one JSON line: mutants, killed, percent, seconds, by module.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

import hypothesis  # noqa: F401  loaded once, before the forks
import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "scoring" / "engine"
TESTS = ROOT / "tests" / "engine"
MODULES = (
    "attendance",
    "card",
    "choice",
    "compile",
    "counting",
    "judge",
    "numbers",
    "persons",
    "placing",
    "score",
    "single",
    "tree",
)
UNIT_TESTS = (
    "test_attendance",
    "test_judge",
    "test_persons",
    "test_placing",
    "test_score",
    "test_card",
    "test_scoring_path",
)
PROPERTIES = ("test_promises",)
MEMORY = 2 << 30

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
}


# --- where and how a module may be changed ------------------------------------------------------------------------------


def changes_of(node):
    """[(what, function that changes a copy of the node and returns its replacement)] for one node."""
    match node:
        case ast.Compare(ops=ops):
            return [
                (f"{name(op)} → {COMPARISONS[type(op)].__name__}", lambda n, i=i: swap_comparison(n, i))
                for i, op in enumerate(ops)
                if type(op) in COMPARISONS
            ]
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATORS:
            return [(f"{name(op)} → {OPERATORS[type(op)].__name__}", swap_operator)]
        case ast.BoolOp(op=op):
            return [(f"{name(op)} swapped", swap_boolean)]
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return [(f"{name(node.op)} removed", lambda n: n.operand)]
        case ast.Constant(value=bool()):
            return [(f"{node.value} flipped", lambda n: ast.Constant(not n.value))]
        case ast.Constant(value=int()):
            return [(f"{node.value} → {node.value + 1}", lambda n: ast.Constant(n.value + 1))]
        case ast.Constant(value=str()) if node.value:
            return [(f"{node.value!r} changed", lambda n: ast.Constant(n.value + "~"))]
        case ast.Return(value=value) if value is not None and not (
            isinstance(value, ast.Constant) and value.value is None
        ):
            return [("returns None", lambda n: ast.Return(ast.Constant(None)))]
        case ast.If() | ast.IfExp() | ast.While() if isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
            return [("condition negated", negate)]
        case ast.Expr(value=ast.Call()):
            return [("call removed", lambda n: ast.Pass())]
        case ast.Assign() if isinstance(node.targets[0], ast.Attribute | ast.Subscript):
            return [("assignment removed", lambda n: ast.Pass())]
        case ast.Continue():
            return [("continue → break", lambda n: ast.Break())]
        case ast.Break():
            return [("break → continue", lambda n: ast.Continue())]
    return []


def name(node):
    return type(node).__name__


def swap_comparison(node, i):
    node.ops[i] = COMPARISONS[type(node.ops[i])]()
    return node


def swap_operator(node):
    node.op = OPERATORS[type(node.op)]()
    return node


def swap_boolean(node):
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return node


def negate(node):
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return node


def left_alone(tree):
    """Nodes that are no behaviour: docstrings, annotations, __slots__, messages of exceptions."""
    out = set()
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                out |= set(ast.walk(getattr(node, field)))
        if isinstance(node, ast.Raise) and node.exc is not None:
            out |= set(ast.walk(node.exc))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__slots__":
            out |= set(ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            out |= {node, node.value}
    return out


def sites(module):
    """[(module, number of the node in ast.walk, number of its change, line, what)] in a fixed order."""
    tree = ast.parse((ENGINE / f"{module}.py").read_text(encoding="utf-8"))
    alone, out = left_alone(tree), []
    for number, node in enumerate(ast.walk(tree)):
        if node not in alone:
            out += [(module, number, n, node.lineno, what) for n, (what, _) in enumerate(changes_of(node))]
    return out


def mutated(site):
    """Source of the module with one change."""
    module, number, n, _, _ = site
    tree = ast.parse((ENGINE / f"{module}.py").read_text(encoding="utf-8"))
    node = list(ast.walk(tree))[number]
    new = changes_of(node)[n][1](copy.deepcopy(node))

    class Put(ast.NodeTransformer):
        def visit(self, at):
            return new if at is node else self.generic_visit(at)

    return ast.unparse(ast.fix_missing_locations(Put().visit(tree)))


# --- trying one -----------------------------------------------------------------------------------------------------------


class Mutant(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module of the engine from changed source."""

    def __init__(self, module, source):
        self.fullname, self.source = f"scoring.engine.{module}", source

    def find_spec(self, fullname, path=None, target=None):
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.fullname else None

    def exec_module(self, module):
        exec(compile(self.source, self.fullname, "exec"), module.__dict__)


def survives(seconds, properties):
    """In the forked process: whether every case and every test holds."""
    signal.alarm(seconds)
    from scoring.engine.cases import cases_in, run

    for path in sorted((TESTS / "cases").glob("*.toml")):
        for _, case in cases_in(path.read_text(encoding="utf-8")):
            if run(case, lambda p: (ROOT / p).read_text(encoding="utf-8")):
                return False
    for files in (UNIT_TESTS, PROPERTIES) if properties else (UNIT_TESTS,):
        signal.alarm(seconds)
        there = [str(TESTS / f"{f}.py") for f in files if (TESTS / f"{f}.py").exists()]
        if pytest.main(
            [
                "-q",
                "-x",
                "--noconftest",
                "-c",
                os.devnull,
                f"--rootdir={ROOT}",
                "--import-mode=importlib",
                "-p",
                "no:django",
                "-p",
                "no:cacheprovider",
                *there,
            ]
        ):
            return False
    return True


def start(site, seconds, properties):
    """→ pid of a process that ends with 0 when the mutant survives; `site` None: the engine as it is."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        if site:
            sys.meta_path.insert(0, Mutant(site[0], mutated(site)))
        code = 0 if survives(seconds, properties) else 1
    finally:  # whatever a mutant raises, it is killed by it
        os._exit(code)


def main():
    parser = argparse.ArgumentParser(description="Mutation run over the engine's scoring path.")
    parser.add_argument("--sample", type=int, default=400, help="how many mutants (0: all)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=120, help="time limit of each stage of one mutant")
    parser.add_argument("--properties", action="store_true", help="try the generated rulesets too (slow)")
    parser.add_argument("--only", help="one module, e.g. tree")
    asked = parser.parse_args()
    os.nice(10)
    sys.path.insert(0, str(ROOT))
    sys.dont_write_bytecode = True
    _, status = os.waitpid(start(None, asked.seconds, asked.properties), 0)
    if status:
        sys.exit("The engine as it is fails its cases or tests; a mutation run says nothing before they hold.")
    everything = [site for module in MODULES if asked.only in (None, module) for site in sites(module)]
    chosen = everything
    if asked.sample and asked.sample < len(everything):
        chosen = sorted(random.Random(asked.seed).sample(everything, asked.sample))
    began, running, alive, left = time.monotonic(), {}, [], list(reversed(chosen))
    while left or running:
        while left and len(running) < asked.jobs:
            site = left.pop()
            running[start(site, asked.seconds, asked.properties)] = site
        pid, status = os.wait()
        site = running.pop(pid)
        if status == 0:
            alive.append(site)
    for module, _, _, line, what in sorted(alive):
        text = (ENGINE / f"{module}.py").read_text(encoding="utf-8").splitlines()[line - 1].strip()
        print(f"lives  scoring/engine/{module}.py:{line}  {what}  |  {text}")
    by_module = {
        m: [sum(s[0] == m for s in chosen) - sum(s[0] == m for s in alive), sum(s[0] == m for s in chosen)]
        for m in MODULES
        if any(s[0] == m for s in chosen)
    }
    print(
        json.dumps(
            {
                "bench": "mutation",
                "possible": len(everything),
                "mutants": len(chosen),
                "killed": len(chosen) - len(alive),
                "percent": round(100 * (len(chosen) - len(alive)) / max(1, len(chosen)), 1),
                "seed": asked.seed,
                "seconds": round(time.monotonic() - began, 1),
                "by_module": by_module,
            }
        )
    )


if __name__ == "__main__":
    main()
