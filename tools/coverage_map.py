"""Which functions of ``analyzer`` each test runs: a plugin of pytest that writes them down.

``COVERAGE_MAP=file python -m pytest -p tools.coverage_map`` puts a mark at the start of every
function when its module is loaded. The marks lie in shared memory, so that what forked children
run is seen, too; what a fresh interpreter does is not. ``tools/mutate.py`` reads the result.
"""

from __future__ import annotations

import ast
import builtins
import json
import mmap
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST = 1 << 16
"""Functions; one byte of shared memory each."""


class Marks:
    """Functions that ran since they were last asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.memory = mmap.mmap(-1, MOST)
        builtins.__dict__["__marks__"] = self.memory

    def number(self, name: str) -> int:
        self.names.append(name)
        assert len(self.names) < MOST
        return len(self.names) - 1

    def take(self) -> set[str]:
        data = self.memory[: len(self.names)]
        self.memory[:] = bytes(MOST)
        return {name for name, ran in zip(self.names, data, strict=True) if ran}


class Marker(ast.NodeTransformer):
    """Puts ``__marks__[n] = 1`` at the start of every function."""

    def __init__(self, path: str) -> None:
        self.path = path

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        mark = ast.parse(f"__marks__[{marks.number(f'{self.path}:{first}')}] = 1").body[0]
        ast.increment_lineno(mark, node.lineno - 1)
        at = 1 if ast.get_docstring(node, clean=False) is not None else 0
        node.body.insert(at, mark)
        return node


class Loader(SourceFileLoader):
    """Compiles modules with marks, and keeps no bytecode of it."""

    def get_code(self, fullname: str) -> CodeType:
        path = Path(self.get_filename(fullname))
        tree = Marker(str(path.relative_to(ROOT))).visit(ast.parse(path.read_bytes()))
        return compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] != "analyzer":
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.origin is not None:
            spec.loader = Loader(name, spec.origin)
        return spec


marks = Marks()
sys.meta_path.insert(0, Finder())
found: dict[str, set[str]] = defaultdict(set)
seconds: dict[str, float] = defaultdict(float)
failed: set[str] = set()


def _name(nodeid: str) -> str:
    """Without parameters."""
    return nodeid.partition("[")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    marks.take()
    began = sum(os.times()[:4])
    try:
        return (yield)
    finally:
        seconds[_name(item.nodeid)] += sum(os.times()[:4]) - began
        found[_name(item.nodeid)] |= marks.take()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:  # without any change: it would notice everything
        failed.add(_name(report.nodeid))


def pytest_sessionfinish() -> None:
    tests = {
        test: {"seconds": round(seconds[test], 3), "functions": sorted(names)}
        for test, names in found.items()
        if test not in failed
    }
    target = Path(os.environ.get("COVERAGE_MAP", "coverage-map.json"))
    stored = {"tests": tests, "failed": sorted(failed)}
    target.write_text(json.dumps(stored), encoding="utf-8")
