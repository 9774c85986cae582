"""Conditions, messages and numbers of rules: parsed and checked at load.

Closures are made at first use: most runs evaluate few rules and report fewer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser

from analyzer.ruleset.evaluate import evaluator
from analyzer.ruleset.fields import did_you_mean
from analyzer.ruleset.kinds import ANY, FLAG, NUMBER, Many, spell
from analyzer.ruleset.sandbox import FILTERS, UNKNOWN, as_name, environment, number, text
from analyzer.ruleset.trees import Refused, spelling
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from analyzer.ruleset.evaluate import Closure, Groups
    from analyzer.ruleset.trees import SyntaxTree
    from analyzer.ruleset.whitelist import Checker

_N = TypeVar("_N", bound=nodes.Node)

MAX_LENGTH = 2000
"""Characters of an expression or message; bounds what the parser can be made to do."""


class _Text:
    """A text of a rule, equal to another by its source."""

    __slots__ = ("source",)

    def __init__(self, source: str) -> None:
        self.source: str = source

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r})"


class _Checked(_Text):
    """An expression that was allowed."""

    __slots__ = ("_closure", "_tree", "fields", "groups")

    def __init__(self, source: str, tree: SyntaxTree) -> None:
        super().__init__(source)
        self._tree = tree
        self._closure: Closure | None = None
        self.groups: frozenset[str] = frozenset(_names(tree))
        """Names of the groups it reads, and of its variables."""
        self.fields: frozenset[str] = frozenset(field.attr for field in _all(tree, nodes.Getattr))
        """Names of the fields it reads, of whatever record."""

    def _evaluate(self, groups: Groups) -> Any:
        if self._closure is None:
            self._closure = evaluator(self._tree)
        return self._closure(groups)


def _names(tree: SyntaxTree) -> Iterable[str]:
    return (name.name for name in _all(tree, nodes.Name))


def _all(tree: SyntaxTree, kind: type[_N]) -> Iterable[_N]:
    own = (tree,) if isinstance(tree, kind) else ()
    return (*own, *tree.find_all(kind))


class Expression(_Checked):
    """A condition. ``groups`` of a call map each group's name to its record or ``UNKNOWN``."""

    __slots__ = ()

    @classmethod
    def parse(cls, source: str, checker: Checker) -> Expression:
        """Raises ``Refused`` unless ``source`` is an allowed expression that yields a flag."""
        demand = "a condition must be true or false"
        return cls(source, _expression(source, checker, FLAG, demand))

    def __call__(self, groups: Groups) -> bool:
        return self._evaluate(groups) is True


class Amount(_Checked):
    """A number, such as what a finding is worth."""

    __slots__ = ()

    @classmethod
    def parse(cls, source: str, checker: Checker) -> Amount:
        """Raises ``Refused`` unless ``source`` is an allowed expression that yields a number."""
        return cls(source, _expression(source, checker, NUMBER, "it must be a number"))

    def __call__(self, groups: Groups) -> int | float | None:
        """The number; ``None`` where it is not known."""
        value = self._evaluate(groups)
        known: int | float | None = value if number(value) else None
        return known


Part = str | tuple[nodes.Expr, str]
"""Text, or an expression and the filter that writes it."""


class Message(_Text):
    """A template of one line: text, facts, and filters of the closed set."""

    __slots__ = ("_parts", "_read")

    def __init__(self, source: str, read: Callable[[], list[Part]]) -> None:
        super().__init__(source)
        self._read = read
        self._parts: list[str | Callable[[Groups], str]] | None = None

    @classmethod
    def parse(cls, source: str, checker: Checker) -> Message:
        """Raises ``Refused`` unless ``source`` holds only text and ``{{ fact | filter }}``."""
        parts = _template(source, checker)
        return cls(source, lambda: parts)

    @classmethod
    def later(cls, source: str, checker: Checker) -> Message:
        """A message that nobody has to look at before it is written."""
        return cls(source, partial(_template, source, checker))

    def __call__(self, groups: Groups) -> str:
        if self._parts is None:
            self._parts = [p if isinstance(p, str) else _writer(*p) for p in self._read()]
        parts = [part if isinstance(part, str) else part(groups) for part in self._parts]
        return " ".join("".join(parts).split())


def _template(source: str, checker: Checker) -> list[Part]:
    parts: list[Part] = []
    for node in _guarded(environment().parse, source).body:
        if not isinstance(node, nodes.Output):
            raise Refused("a message may hold {{ facts }} but no {% statements %}", node.lineno)
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                parts.append(part.data)
            else:
                parts.append(_output(part, checker))
    return parts


def parse_number(source: str) -> SyntaxTree:
    """The syntax tree of an expression that is no condition; raises ``Refused``."""
    return _guarded(_parse_expression, source)


def _expression(source: str, checker: Checker, wanted: str, demand: str) -> nodes.Expr:
    tree = _guarded(_parse_expression, source)
    kind = checker.kind(tree)
    if kind not in (wanted, ANY):
        raise Refused(f"{demand}, this is a {spell(kind)}", tree.lineno)
    return tree


def _guarded(read: Callable[[str], _N], source: str) -> _N:
    """Parse ``source``; every way in which that can fail is a ``Refused``."""
    if len(source) > MAX_LENGTH:
        raise Refused(f"longer than {MAX_LENGTH} characters", 1)
    try:
        return read(source)
    except TemplateSyntaxError as error:
        raise Refused(error.message or "syntax error", error.lineno) from None
    except (RecursionError, ValueError):
        # ValueError: an integer literal with more digits than Python converts
        raise Refused("nested too deeply or too large to read", 1) from None


def _parse_expression(source: str) -> nodes.Expr:
    parser = Parser(environment(), source, state="variable")
    expression = parser.parse_expression()
    if not parser.stream.eos:
        token = parser.stream.current
        raise TemplateSyntaxError(f"unexpected {quoted(str(token.value))}", token.lineno)
    return expression


def _output(node: nodes.Expr, checker: Checker) -> tuple[nodes.Expr, str]:
    """``expression`` or ``expression | filter``, of the kind that the filter takes."""
    name, inner = "", node
    if isinstance(node, nodes.Filter) and node.node is not None:
        name, inner = node.name, node.node
        if name not in FILTERS:
            raise Refused(
                f"unknown filter {quoted(name)}{did_you_mean(name, FILTERS)}", node.lineno
            )
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Refused(f"filter {name!r} takes no arguments", node.lineno)
    if not any(True for _ in _names(inner)):
        raise Refused("a message may only show facts and options", node.lineno)
    kind = checker.kind(inner)
    takes = FILTERS[name].takes if name else spell(kind)
    if name and takes != spell(kind) and kind != ANY:
        raise Refused(f"filter {name!r} takes a {takes}, not a {spell(kind)}", node.lineno)
    if isinstance(kind, Many):
        if not isinstance(kind.of, str):
            raise Refused(f"{spelling(inner)} is a list of groups, name one of them", node.lineno)
        if not name:
            raise Refused("a list needs the filter 'shape' or 'list'", node.lineno)
    elif not isinstance(kind, str):
        raise Refused(f"{spelling(inner)} is a group, name one of its fields", node.lineno)
    return inner, name


def _writer(tree: SyntaxTree, name: str) -> Callable[[Groups], str]:
    value = evaluator(tree)
    if not name:
        return lambda groups: text(as_name(value(groups)))
    takes, write, _ = FILTERS[name]

    def run(groups: Groups) -> str:
        known = value(groups)
        fits = known is not UNKNOWN and isinstance(known, _TYPES[takes])
        return text(write(known) if fits else UNKNOWN)

    return run


_TYPES: dict[str, type | tuple[type, ...]] = {
    "number": (int, float), "text": str, "list": (tuple, list),
}  # fmt: skip
