"""Would the tests notice? Seeded small faults in ``analyzer``, one at a time.

    python -m tools.mutate --seed 1 --count 100

Each mutant is one change of one file: a comparison one step off or turned round, a whole number
one more or less, a row of a table gone, branches swapped, a ``not`` removed, ``and`` for ``or``,
another arithmetic operator, a statement left out. It is put into a copy of the project, and the
tests that run the function it is in are run there, cheapest first, until one fails. Mutants that
no test notices are printed: they are missing tests, dead code, or no change at all.

Which tests run a function is recorded by ``tools/coverage_map.py``; ``--map`` records it anew,
which takes as long as the suite. Without a map, and for what is run on import, it is the
tests in the folder of the same name first, then all.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = (
    "hypothesis", "jinja2", "jsonschema", "networkx", "numpy", "onnx.reference", "onnxruntime",
    "yaml",
)  # fmt: skip
MAP = ROOT / "out" / "coverage-map.json"
ALSO = {"cli": ("faults",), "operators": ("costs",)}
"""Folders of tests for packages, besides those of the same name."""
SECONDS = 900
"""Wall clock for the tests of one mutant; one that does not end in time is noticed."""
FIRST = 20.0
"""Seconds of tests in the first round."""

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
}  # fmt: skip


STARRED = ("analyzer/library.py",)
"""Modules that somebody imports ``*`` from: elsewhere, ``__all__`` has no effect."""
GENERIC = {
    "Callable", "Iterable", "Iterator", "Mapping", "Sequence", "dict", "frozenset", "list", "set",
    "tuple", "type",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of a file's bytes."""

    path: str
    line: int
    kind: str
    start: int
    end: int
    new: bytes

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.new + source[self.end :]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind}: {self.new.decode()[:70]!r}"


class Finder(ast.NodeVisitor):
    """All mutants of one file."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.found: list[Mutant] = []
        self.depth = 0
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self.visit(ast.parse(source))

    def span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._lines[node.lineno - 1] + node.col_offset,
            self._lines[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node: ast.AST) -> bytes:
        start, end = self.span(node)
        return self.source[start:end]

    def add(self, kind: str, node: ast.AST, start: int, end: int, new: bytes) -> None:
        line = getattr(node, "lineno", 0)
        self.found.append(Mutant(self.path, line, kind, start, end, new))

    def operator(self, kind: str, node: ast.AST, sides: tuple[ast.AST, ast.AST],
                 words: tuple[str, str]) -> None:  # fmt: skip
        """Replace the operator between two operands."""
        start, end = self.span(sides[0])[1], self.span(sides[1])[0]
        old, new = (word.encode() for word in words)
        at = self.source.find(old, start, end)
        if at >= 0:
            self.add(kind, node, at, at + len(old), new)

    def negate(self, kind: str, test: ast.expr) -> None:
        self.add(kind, test, *self.span(test), b"not (" + self.text(test) + b")")

    # what is left alone has no effect: annotations, imports and aliases for types

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self.rows(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        return

    def visit_If(self, node: ast.If) -> None:
        if self.text(node.test) not in (b"TYPE_CHECKING", b'__name__ == "__main__"'):
            self.negate("swapped branches", node.test)
            self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.negate("swapped branches", node.test)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.depth += 1
        for part in (*node.args.defaults, *(d for d in node.args.kw_defaults if d), *node.body):
            self.visit(part)
        self.depth -= 1

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for which, right in zip(node.ops, node.comparators, strict=True):
            self.operator("comparison", node, (left, right), COMPARISONS[type(which)])
            left = right
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC and not isinstance(node.left, ast.JoinedStr):
            sides = (node.left, node.right)
            self.operator("arithmetic", node, sides, ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        self.operator("and/or", node, (node.values[0], node.values[1]), words)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.add("removed not", node, *self.span(node), self.text(node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if type(node.value) is int:
            for step in (1, -1):
                self.add("constant", node, *self.span(node), str(node.value + step).encode())

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.add("left out", node, *self.span(node), b"pass")
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.add("left out", node, *self.span(node), b"pass")

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.add("left out", node, *self.span(node), b"pass")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not isinstance(node.value, ast.Constant):
            self.add("returned nothing", node, *self.span(node.value), b"None")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if is_type(node.value) or (names == ["__all__"] and self.path not in STARRED):
            return
        self.rows(node.value)
        self.generic_visit(node)

    def rows(self, value: ast.expr) -> None:
        """Rows of tables of a module: elements of literals, words of ``"…".split()``."""
        if self.depth:
            return
        for node in ast.walk(value):
            if isinstance(node, ast.Dict) and len(node.keys) > 2 and all(node.keys):
                self.elements([key for key in node.keys if key], node.values)
            elif isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 2:
                self.elements(node.elts, node.elts)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Constant):
                self.words(node.value)  # a text that is split

    def elements(self, starts: Sequence[ast.expr], ends: Sequence[ast.expr]) -> None:
        for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
            if index + 1 < len(starts):
                start, end = self.span(first)[0], self.span(starts[index + 1])[0]
            else:
                start, end = self.span(ends[index - 1])[1], self.span(last)[1]
            if b"#" not in self.source[start:end]:
                self.add("deleted row", first, start, end, b"")

    def words(self, node: ast.Constant) -> None:
        start, end = self.span(node)
        text = self.source[start:end]
        for word in set(text.strip(b"\"'").split()):
            at = text.find(word)
            if text.count(word) == 1:
                self.add("deleted row", node, start + at, start + at + len(word), b"")


def is_type(value: ast.expr) -> bool:
    """Whether it is an alias of a type; those of literals are read when the program runs.

    >>> [is_type(ast.parse(x, mode="eval").body) for x in ("tuple[int, str, int]", "Port | None")]
    [True, True]
    >>> [is_type(ast.parse(x, mode="eval").body) for x in ("LONG | {1, 2, 3}", "Literal[1, 2, 3]")]
    [False, False]
    """
    match value:
        case ast.BinOp(op=ast.BitOr()):
            return is_type(value.left) and is_type(value.right)
        case ast.Subscript(value=ast.Name(id=name)):
            return name in GENERIC
        case ast.Name(id=name):
            return not name.isupper()
        case ast.Attribute() | ast.Constant(value=None):
            return True
    return False


def mutants(files: Sequence[Path]) -> dict[str, list[Mutant]]:
    """All mutants by kind."""
    found: dict[str, list[Mutant]] = defaultdict(list)
    for path in files:
        for mutant in Finder(str(path.relative_to(ROOT)), path.read_bytes()).found:
            found[mutant.kind].append(mutant)
    return found


def sample(found: dict[str, list[Mutant]], seed: int, count: int) -> list[Mutant]:
    """As many of each kind as of any other, at random places."""
    dice = random.Random(seed)
    kinds = sorted(found)
    chosen: list[Mutant] = []
    while len(chosen) < count:
        mutant = dice.choice(found[dice.choice(kinds)])
        if mutant not in chosen and compiles(mutant):
            chosen.append(mutant)
    return chosen


def compiles(mutant: Mutant) -> bool:
    try:
        ast.parse(mutant.apply((ROOT / mutant.path).read_bytes()))
    except SyntaxError:
        return False
    return True


@dataclass(frozen=True)
class Coverage:
    """Functions by test, and seconds of the test."""

    tests: dict[str, tuple[float, frozenset[str]]]
    failed: tuple[str, ...] = ()
    """Tests that fail without a mutant, too."""

    @classmethod
    def read(cls, path: Path) -> Coverage:
        if not path.exists():
            return cls({})
        stored = json.loads(path.read_text(encoding="utf-8"))
        tests = stored["tests"]
        return cls(
            {t: (d["seconds"], frozenset(d["functions"])) for t, d in tests.items()},
            tuple(stored["failed"]),
        )

    def rounds(self, mutant: Mutant, most: float = math.inf) -> Iterator[list[str]]:
        """Tests to run, in rounds; in the second at most so many seconds."""
        functions = {f"{mutant.path}:{line}" for line in enclosing(mutant)}
        tests = [t for t, (_, names) in self.tests.items() if names & functions]
        package = Path(mutant.path).parts[1].removesuffix(".py")
        names = (package, *ALSO.get(package, ()))
        near = [
            str(path.relative_to(ROOT))
            for name in names
            for path in (ROOT / "tests").glob(f"*{name}*")
        ]
        if not tests:  # a table, which is read on import
            yield from filter(None, (near, ["tests"] if most == math.inf else []))
            return
        tests.sort(key=lambda t: (not t.startswith(tuple(near)), self.tests[t][0]))
        first: list[str] = []
        spent = 0.0
        for test in tests:
            spent += self.tests[test][0]
            if first and spent > FIRST:
                break
            first.append(test)
        yield first
        # What runs in fresh interpreters is not in the map, and mostly near.
        rest: list[str] = []
        for test in tests[len(first) :]:
            most -= self.tests[test][0]
            if most < 0:
                break
            rest.append(test)
        yield [*rest, *near]


def enclosing(mutant: Mutant) -> list[int]:
    """First lines of the functions around a place, the decorators' included."""
    tree = ast.parse((ROOT / mutant.path).read_bytes())
    return [
        min([node.lineno, *(d.lineno for d in node.decorator_list)])
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.lineno <= mutant.line <= (node.end_lineno or node.lineno)
    ]


def copy_project(folder: Path) -> None:
    ignored = shutil.ignore_patterns(
        ".venv", ".git", "out", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(ROOT, folder, ignore=ignored)


def notices(folder: Path, mutant: Mutant, coverage: Coverage, most: float) -> str:
    """How the tests noticed; empty if they did not."""
    place = folder / mutant.path
    original = place.read_bytes()
    place.write_bytes(mutant.apply(original))
    try:
        for tests in coverage.rounds(mutant, most):
            code, said = run_tests(folder, [*tests, *(f"--deselect={t}" for t in coverage.failed)])
            if code is None:
                return "does not end"
            if code not in (0, 5):
                lines = [x for x in said.splitlines() if x.startswith(("FAILED", "ERROR"))]
                return (lines or [said[-150:]])[0][:150]
    finally:
        place.write_bytes(original)
    return ""


def run_tests(folder: Path, tests: list[str]) -> tuple[int | None, str]:
    """Exit code of pytest in a fork of this process, ``None`` if it took too long, and output."""
    with tempfile.TemporaryFile() as output:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            for number in (1, 2):
                os.dup2(output.fileno(), number)
            os.chdir(folder)
            sys.path[0] = str(folder)
            os.environ |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
            os._exit(int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests])))
        code, ends = None, time.monotonic() + SECONDS
        while code is None and time.monotonic() < ends:
            time.sleep(0.05)
            done, status = os.waitpid(pid, os.WNOHANG)
            code = os.waitstatus_to_exitcode(status) if done else None
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        if code is None:
            os.waitpid(pid, 0)
        output.seek(0)
        return code, output.read().decode(errors="replace")


def import_libraries() -> None:
    """What the tests import besides ``analyzer``, once and not in every fork."""
    for name in LIBRARIES:
        import_module(name)
    gc.collect()
    gc.freeze()


def record() -> None:
    """Run the whole suite once and write the map."""
    MAP.parent.mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tools.coverage_map"],
        cwd=ROOT, env=os.environ | {"COVERAGE_MAP": str(MAP)}, check=False,
    )  # fmt: skip


def main(say: Callable[[str], None] = print) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--skip", type=int, default=0, help="leave the first ones out")
    parser.add_argument(
        "--most", type=float, default=math.inf, metavar="SECONDS",
        help="of far tests for each mutant (default: all)",
    )  # fmt: skip
    parser.add_argument("--map", action="store_true", help="record which tests run what, first")
    parser.add_argument("--list", action="store_true", help="show the mutants and run nothing")
    parser.add_argument("files", nargs="*", type=Path, help="files to change (default: analyzer)")
    options = parser.parse_args()
    files = [path.resolve() for path in options.files] or sorted((ROOT / "analyzer").rglob("*.py"))
    chosen = sample(mutants(files), options.seed, options.count)[options.skip :]
    if options.list:
        for mutant in chosen:
            say(str(mutant))
        return 0
    if options.map or not MAP.exists():
        record()
    coverage = Coverage.read(MAP)
    survivors = []
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)  # some tests go on as a user without rights
        folder = Path(name) / "project"
        copy_project(folder)
        import_libraries()
        for number, mutant in enumerate(chosen, options.skip + 1):
            how = notices(folder, mutant, coverage, options.most)
            say(f"{number:3} {mutant} - {how or 'SURVIVED'}")
            if not how:
                survivors.append(mutant)
    say(f"{len(chosen) - len(survivors)} of {len(chosen)} noticed; survivors:")
    for mutant in survivors:
        say(f"  {mutant}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
