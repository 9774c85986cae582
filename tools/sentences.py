"""The sentences that facts say, read off the code and the tables that make them.

A fact is English, kept as such, and told anew in another language by the pattern that it was made
of. So every text of two words or more in a module of facts is a sentence, constant or f-string,
unless it stands where nobody is told anything: compared with, raised at an author, a formula. Each
value of an f-string is a place: ``rank {0} of {1}``. What stands in a place and is a text itself,
one of two (``'s' if many else ''``) or a local name, is written out in each of its forms, so that
what is read here is what a page says.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from pathlib import Path

from analyzer.language.catalogue import squeezed
from analyzer.language.phrases import LEAST
from analyzer.language.terms import TERMS
from analyzer.targets.catalog import SHIPPED
from analyzer.targets.table import Table, shipped

ROOT = Path(__file__).resolve().parent.parent / "analyzer"
APART: Mapping[str, str] = {
    "cli": "speaks by gettext, or to whoever typed the command",
    "language": "what languages are made with",
    "report": "speaks by gettext",
    "ruleset": "speaks to authors of rules",
    "sanitise": "makes bytes fit for a sink",
    "library.py": "speaks to Python",
    "__init__.py": "speaks to Python",
    "dataclass.py": "speaks to Python",
    "display.py": "speaks to notebooks",
    "examples.py": "speaks to authors of rules",
    "restore.py": "speaks to whoever edits the JSON",
    "conformance/schemas.py": "names of operators",
    "costs/schemes.py": "other counters, of which only JSON tells",
    "costs/conventions.py": "other counters, of which only JSON tells",
    "devices/profile.py": "speaks to authors of devices",
    "findings/baseline_file.py": "speaks to whoever edits a baseline",
    "findings/configuration.py": "rules, which have a catalogue of their own",
    "graph/export.py": "languages of graphs",
    "operators/table.py": "a page of the documentation",
    "targets/catalog.py": "speaks to whoever names a target",
    "targets/condition.py": "speaks to authors of targets",
    "targets/table.py": "speaks to authors of targets",
}
"""Modules and packages that say no facts, and what they do instead."""
BESIDE = frozenset({"report/claims/limits.py", "ruleset/engine.py"})
"""Modules of such packages that do."""
SILENT = frozenset({
    "_", "mark", "ngettext", "many", "counted", "so_many",  # what has a catalogue already
    "cast", "compile", "split", "TypeVar", "removeprefix", "removesuffix", "startswith",
    "endswith", "partition", "rpartition",
})  # fmt: skip
"""Calls whose texts are not told to people as they are."""
CITED = frozenset({"source", "equation", "macs", "flops", "formula", "help", "doc"})
"""Arguments that hold formulas and their sources, or are about the code."""
FAULTS = frozenset({
    "AssertionError", "AttributeError", "ConditionError", "ConfigError", "IndexError", "KeyError",
    "NotImplementedError", "RuleError", "RuntimeError", "TypeError", "ValueError",
})  # fmt: skip
"""Exceptions of which no report tells."""
LEAVES = (ast.Name, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.alias)
"""Nodes without a text, which are most of them."""
BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
"""Members of statements that hold statements, in the order of the code."""
FORMS = 24
"""Ways to write one sentence."""
_WORD = re.compile(r"(?<![\w{.])[A-Za-z]?[a-z]+(?![\w}(.:=]*[_=({]|[\w]|\.\w)")
_NAMED = re.compile(r"\{[a-z_]+\}")
_PLACE = re.compile(r"\{\d+\}")
_FORMULA = (
    r"(?<!\} )·|\|[a-zA-Z]|\{\}\(|[√½²³λαβγθρε∑ˣΠ]|\b[a-z] [=<>≤≥+−?/] |^\w+ x$|^body ×|^\+|"
    r"\b[a-z]+\((?!s\))(?:[a-z]|[−{\d])|, (?:divide|scale|shift|subtract)\b|^6 per |^RMS|^a mod b"
)
_SOURCE = (
    r"arXiv|\b(?:19|20)\d\d\b|^Golub|^ONNX operator spec|^ONNX Runtime(?: contrib|, once)|numpy"
)
_NAME = (
    r"\w\[| \| |^\(File|^\{0\} ns$|entry point|^onnxlint |ResNe|^Wide |"
    r"^No Op|^No opset|topologically sorted$|sorted order$"
)
_KEPT = re.compile(f"{_FORMULA}|{_SOURCE}|{_NAME}")
"""What stays as it is."""


Form = tuple[str | None, ...]
"""A text in pieces; ``None`` where something is filled in."""
Names = Mapping[str, Sequence[ast.expr]]
"""What is assigned to each name."""


def sentences() -> dict[str, str]:
    """The place of every sentence, by its pattern."""
    found: dict[str, str] = {}
    for file in sorted(ROOT.rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        apart = any(path == place or path.startswith(f"{place}/") for place in APART)
        if path in BESIDE or not apart:
            for pattern in read(file.read_text("utf-8")):
                found.setdefault(pattern, f"analyzer/{path}")
    for table in map(shipped, SHIPPED):
        place = Path(table.path).relative_to(ROOT.parent).as_posix()
        for pattern in _said_of(table):
            found.setdefault(pattern, place)
    return found


def read(code: str) -> Iterator[str]:
    """The sentences of a module.

    >>> list(read('what = "some" if n else "all"\\nyield f"{name} has {what} of it"'))
    ['{0} has some of it', '{0} has all of it']
    >>> list(read('raise ValueError(f"{name} is wrong")'))
    []
    """
    yield from _Reader({}).block(ast.parse(code).body)


def _said_of(table: Table) -> Iterator[str]:
    """What a table of a target says in words."""
    rows = [row for key in table.operators() for row in table.rows(*key)]
    clauses = [*table.condition, *(clause for row in rows for clause in row.condition)]
    for clause in clauses:
        for atom in (atom for way in clause.alternatives for atom in way):
            if atom.kind == "undecided" and atom.name:
                yield atom.name


def is_sentence(pattern: str) -> bool:
    """Whether a pattern is words, and not a name, an expression or a unit.

    >>> is_sentence("ratio is {0}"), is_sentence("a scalar"), is_sentence("axis")
    (True, True, False)
    >>> is_sentence("ONNX Gemm"), is_sentence("group={0}"), is_sentence("duplicate-input")
    (False, False, False)
    """
    if pattern in TERMS:
        return False
    words = _WORD.findall(_PLACE.sub("0", pattern))
    letters = sum(map(str.isalpha, _PLACE.sub("", pattern)))
    enough = letters >= LEAST and len(words) + bool(_PLACE.search(pattern)) > 1
    return " " in pattern and bool(words) and enough and _KEPT.search(pattern) is None


class _Reader:
    """Walks the statements of one scope; ``names`` are the texts that its names stand for."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def block(self, body: Sequence[ast.stmt]) -> Iterator[str]:
        """The sentences of statements that share their names."""
        inner = _Reader({**self.names, **_assigned(body)})
        for statement in body:
            yield from inner.node(statement)

    def node(self, node: ast.AST) -> Iterator[str]:
        """The sentences of anything."""
        match node:
            case ast.Expr(ast.Constant()) | ast.Compare(comparators=[ast.Constant()]):
                pass  # a docstring; what is compared with
            case ast.AnnAssign(value=None) | ast.FunctionDef(name="__repr__"):
                pass
            case ast.Raise(exc=ast.Call() as call) if _called(call) in FAULTS:
                pass
            case ast.AnnAssign(value=ast.expr() as value):
                yield from self.node(value)
            case ast.AugAssign(target=ast.Name() as name, op=ast.Add()) if name.id in self.names:
                yield from self.text(name)
            case ast.Constant() | ast.JoinedStr() | ast.BinOp():
                yield from self.text(node)
            case ast.Call():
                yield from self.call(node)
            case _:
                yield from self.inside(node)

    def inside(self, node: ast.AST) -> Iterator[str]:
        """Those of what it is made of."""
        children: Iterable[ast.AST] = ast.iter_child_nodes(node)
        if isinstance(node, ast.FunctionDef):
            taken = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
            free = {name: at for name, at in self.names.items() if name not in taken}
            yield from _Reader(free).block(node.body)
            children = [node.args]
        elif isinstance(node, ast.ClassDef):
            yield from self.block(node.body)
            children = []
        elif isinstance(node, ast.Dict):
            children = node.values  # a key is looked up
        for child in children:
            if not isinstance(child, LEAVES):
                yield from self.node(child)

    def call(self, call: ast.Call) -> Iterator[str]:
        """Those of the arguments, where they are told to somebody."""
        match _called(call), call.args:
            case (("many" | "counted" | "so_many" | "_many"), [_, ast.Constant(str(noun))]):
                yield from (f"{{0}} {noun}", f"{{0}} {noun}s")
                return
            case "join", [_]:
                match call.func:
                    case ast.Attribute(ast.Constant(str(between))) if between.strip().isalpha():
                        yield f"{{0}}{between}{{1}}"
            case "_group", [*_, ast.Constant(str(word))] if " " not in word:
                yield word
            case name, _ if name in SILENT:
                return
        yield from self.node(call.func)
        for arg in call.args:
            yield from self.node(arg)
        for keyword in call.keywords:
            if keyword.arg not in CITED:
                yield from self.node(keyword.value)

    def text(self, node: ast.expr) -> Iterator[str]:
        """A text in each of its forms, and the texts in its places."""
        forms = [*islice(_forms(node, self.names), FORMS + 1)]
        if len(forms) > FORMS:
            raise ValueError(f"more than {FORMS} ways to say {ast.unparse(node)[:90]}")
        yield from filter(is_sentence, dict.fromkeys(map(_pattern, forms)))
        for value in _places(node):
            if not _is_text(value, self.names):
                yield from self.node(value)


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _assigned(body: Sequence[ast.stmt]) -> dict[str, list[ast.expr]]:
    """What is assigned to each name of a scope, where all of it is written out there."""
    found: dict[str, list[ast.expr]] = {}
    opaque: set[str] = set()
    for node in _own(body):
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.Assign(targets=[ast.Tuple(targets)], value=ast.Tuple(values)) if len(
                targets
            ) == len(values):
                for target, value in zip(targets, values, strict=True):
                    if isinstance(target, ast.Name):
                        found.setdefault(target.id, []).append(value)
            case ast.AugAssign(target=ast.Name(name), op=ast.Add(), value=value):
                before = found.get(name, [])
                found[name] = [*before, *(ast.BinOp(text, ast.Add(), value) for text in before)]
            case ast.Assign(targets=targets) | ast.For(target=ast.expr() as targets):
                listed = targets if isinstance(targets, list) else [targets]
                for target in listed:
                    names = (n.id for n in ast.walk(target) if isinstance(n, ast.Name))
                    opaque.update(names)
            case _:
                pass
    return {name: values for name, values in found.items() if name not in opaque}


def _own(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The statements of a scope and of no scope in it; what assigns is one."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            for block in BLOCKS:
                yield from _own(getattr(node, block, ()))


def _places(node: ast.expr) -> Iterator[ast.expr]:
    """What is filled into a text."""
    match node:
        case ast.JoinedStr(values):
            yield from (v.value for v in values if isinstance(v, ast.FormattedValue))
        case ast.BinOp(left=left, right=right):
            for side in (left, right):
                if isinstance(side, ast.JoinedStr | ast.BinOp | ast.Constant):
                    yield from _places(side)
                else:
                    yield side
        case _:
            pass


def _is_text(node: ast.expr, names: Names) -> bool:
    """Whether ``_forms`` writes it out."""
    return any(isinstance(part, str) for form in _forms(node, names) for part in form)


def _forms(node: ast.expr, names: Names) -> Iterator[Form]:
    """Every way to read a text, as pieces and places."""
    match node:
        case ast.Constant(str(text)):
            first, *rest = _NAMED.split(text)
            yield (first, *chain.from_iterable((None, part) for part in rest))
        case ast.JoinedStr(values):
            ways = [[*_forms(value, names)] for value in values]
            yield from (tuple(chain(*way)) for way in product(*ways))
        case ast.FormattedValue(value, conversion=-1, format_spec=None):
            yield from _forms(value, names)
        case ast.IfExp(body=body, orelse=other):
            yield from _forms(body, names)
            yield from _forms(other, names)
        case ast.BinOp(left=ast.Constant(str(text)), op=ast.Mult()):
            yield from ((), (text,))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for first, last in product(_forms(left, names), _forms(right, names)):
                yield (*first, *last)
        case ast.Name(name) if name in names:
            others = {key: values for key, values in names.items() if key != name}
            forms = [form for value in names[name] for form in _forms(value, others)]
            yield from forms if any(isinstance(p, str) for f in forms for p in f) else [(None,)]
        case _:
            yield (None,)


def _pattern(form: Form) -> str:
    """A form as catalogues have it; places side by side are one."""
    told, places, filled = "", 0, False
    for part in form:
        if part:
            told, filled = told + part, False
        elif part is None and not filled:
            told, places, filled = f"{told}{{{places}}}", places + 1, True
    return squeezed(told.strip(";: "))
