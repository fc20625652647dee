"""Mutation testing of the guard's core: do its tests notice when the code is wrong?

    nice python -m benchmarks.mutation --mutants 150 --seed 7

Each mutant changes one place of one module (a comparison, an ``and``/``or``, a ``not``, a number, a flag, a
branch, a returned value) and runs the guard's tests in a process of its own. The process is forked after the
rules are compiled, which no mutant touches, so that a mutant costs its tests only. Killed is a mutant whose
tests fail, break or run over time. The working tree is not written to.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.report import machine

ROOT = Path(__file__).resolve().parents[1]
MODULES = (
    "compliance.guard",
    "compliance.match",
    "compliance.exempt",
    "compliance.disclaimer",
    "compliance.evidence",
    "compliance.evidence_record",
    "compliance.evidence_price",
    "compliance.evidence_sales",
    "compliance.normal",
    "compliance.normal_disguise",
    "compliance.normal_sound",
)
TESTS = (
    "tests/compliance/test_exempt.py",
    "tests/compliance/test_exempt_more.py",
    "tests/compliance/test_disclaimer.py",
    "tests/compliance/test_evidence.py",
    "tests/compliance/test_normal.py",
    "tests/compliance/test_guard.py",
)
_OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place: the module, its line, what was done, and the changed source."""

    module: str
    line: int
    what: str
    source: str


def _swapped(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """Ways to make a node wrong; each works on a copy of the node, in place."""
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                if flipped := _FLIPPED.get(type(op)):
                    yield f"{type(op).__name__} → {flipped.__name__}", _set_op(i, flipped)
        case ast.BoolOp():
            other: type[ast.boolop] = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield f"{type(node.op).__name__} → {other.__name__}", lambda n: setattr(n, "op", other())
        case ast.UnaryOp(op=ast.Not()):
            yield "not removed", _deny_twice
        case ast.Constant(value=bool() as flag):
            yield f"{flag} → {not flag}", lambda n: setattr(n, "value", not flag)
        case ast.Constant(value=int() as number):
            yield f"{number} → {number + 1}", lambda n: setattr(n, "value", number + 1)
        case ast.If() | ast.IfExp():
            for value in (True, False):
                yield f"branch always {value}", _set_test(value)
        case ast.Return(value=ast.expr()):
            yield "returns None", lambda n: setattr(n, "value", ast.Constant(None))
        case _:
            return


def _set_op(index: int, flipped: type[ast.cmpop]) -> Callable[[ast.Compare], None]:
    def change(node: ast.Compare) -> None:
        node.ops[index] = flipped()

    return change


def _set_test(value: bool) -> Callable[[Any], None]:
    return lambda node: setattr(node, "test", ast.Constant(value))


def _deny_twice(node: ast.UnaryOp) -> None:
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _mutable(tree: ast.Module) -> Iterator[int]:
    """Indices, in walking order, of nodes inside function bodies and module constants, not annotations."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            parts = [*node.decorator_list, node.returns, *(a.annotation for a in node.args.args)]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list]
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            parts = [node]
        for part in parts:
            skipped |= {id(inner) for inner in ast.walk(part)} if part else set()
    yield from (i for i, node in enumerate(ast.walk(tree)) if id(node) not in skipped)


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of one module."""
    path = ROOT / (module.replace(".", "/") + ".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    for index in _mutable(tree):
        for number, (what, _) in enumerate(_swapped(nodes[index])):
            changed = copy.deepcopy(tree)
            node = list(ast.walk(changed))[index]
            list(_swapped(node))[number][1](node)
            source = ast.unparse(ast.fix_missing_locations(changed))
            yield Mutant(module, getattr(nodes[index], "lineno", 0), what, source)


class _Loader(importlib.abc.Loader):
    def __init__(self, source: str) -> None:
        self.source = source

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, f"<mutant of {module.__name__}>", "exec"), module.__dict__)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        return importlib.util.spec_from_loader(fullname, _Loader(self.mutant.source))


def warm() -> None:
    """Load what no mutant touches: the rules, the dictionaries and pytest; forget the mutated modules."""
    import hypothesis  # noqa: F401
    import pytest  # noqa: F401
    import rjieba

    from compliance.guard import Guard

    guard = Guard.load()
    guard.check("预热")
    for rule in guard.book.rules:
        _ = rule.pattern  # compiled once here, not in every child
    rjieba.cut("预热", False)
    for name in MODULES:
        package, _, short = name.rpartition(".")
        if sys.modules.pop(name, None):
            delattr(sys.modules[package], short)


def survives(mutant: Mutant | None, seconds: float) -> bool:
    """Whether every test passes with the mutant in place (with the code as it is, for None)."""
    child = os.fork()
    if child == 0:
        os.setsid()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if mutant:
            sys.meta_path.insert(0, _Finder(mutant))
        import pytest

        try:
            code = int(pytest.main([*_OPTIONS, *_present(TESTS)]))
        except BaseException:
            code = 1
        os._exit(1 if code else 0)
    watch = os.pidfd_open(child)
    ready, _, _ = select.select([watch], [], [], seconds)
    if not ready:
        os.killpg(child, signal.SIGKILL)
    os.close(watch)
    return os.waitpid(child, 0)[1] == 0


def _present(names: Sequence[str]) -> list[str]:
    return [str(ROOT / name) for name in names if (ROOT / name).exists()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=150)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=float, default=60.0, help="seconds before a mutant counts as killed")
    parser.add_argument("--limit", type=float, default=1500.0, help="seconds for the whole run")
    options = parser.parse_args()
    os.chdir(ROOT)
    os.environ["CI"] = "1"  # properties are searched the same way for every mutant
    print(machine("pytest", "hypothesis"))
    everything = [m for module in MODULES for m in mutants(module)]
    chosen = random.Random(options.seed).sample(everything, min(options.mutants, len(everything)))
    warm()
    begun = time.monotonic()
    if not survives(None, options.each):
        raise SystemExit("the tests fail on the code as it is: mend them first")
    print(f"tests on the code as it is: {time.monotonic() - begun:.1f} s; {len(everything)} mutants exist")
    killed = run = 0
    for mutant in chosen:
        if time.monotonic() - begun > options.limit:
            print(f"stopped after {options.limit:.0f} s")
            break
        run += 1
        if survives(mutant, options.each):
            print(f"survived  {mutant.module}:{mutant.line}  {mutant.what}", flush=True)
        else:
            killed += 1
    print(f"killed {killed} of {run} mutants (seed {options.seed}): {killed / max(1, run):.3f}")


if __name__ == "__main__":
    main()
