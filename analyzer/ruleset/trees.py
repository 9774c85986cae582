"""Parts of an expression's syntax tree that have a form of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from jinja2 import nodes

from analyzer.ruleset.kinds import ANY, FLAG, NUMBER, TEXT, Many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_NUMBER = 10**30
"""Largest literal."""


class SyntaxTree(Protocol):
    """A syntax tree of Jinja2's (``jinja2.nodes.Expr``), to those who do not ask what it is of."""

    @property
    def lineno(self) -> int:
        """Line of the text that it begins in, from 1."""

    def find_all(self, node_type: Any) -> Iterator[Any]:
        """Its parts of a type, whatever they are in."""


class Refused(Exception):  # noqa: N818 - turned into a RuleError by whoever knows the file
    """An expression is not allowed; ``line`` is its line inside the expression."""

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


def quantified(node: nodes.Call) -> tuple[str, nodes.Expr, nodes.Expr]:
    """Variable, list and condition of ``any(x in xs, condition)``; raises ``Refused``."""
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    bind = node.args[0] if len(node.args) == 2 else None
    if isinstance(bind, nodes.Compare) and isinstance(bind.expr, nodes.Name):
        operator, *more = bind.ops
        if operator.op == "in" and not more:
            return bind.expr.name, operator.expr, node.args[1]
    raise Refused(f"{name} is written {name}(x in list, condition on x)", node.lineno)


def subscript(node: nodes.Getitem) -> str | int:
    """The literal in brackets; raises ``Refused`` for anything else."""
    arg: nodes.Node = node.arg
    negative = isinstance(arg, nodes.Neg)
    if isinstance(arg, nodes.Neg):
        arg = arg.node
    if isinstance(arg, nodes.Const) and not isinstance(arg.value, bool):
        if isinstance(arg.value, int):
            return -arg.value if negative else arg.value
        if isinstance(arg.value, str) and not negative:
            return arg.value
    raise Refused("a subscript must be a whole number or a text in quotes", node.lineno)


def literals(node: nodes.List | nodes.Tuple) -> Many:
    kinds = set()
    for item in node.items:
        inner = item.node if isinstance(item, nodes.Neg) else item
        if not isinstance(inner, nodes.Const):
            raise Refused("a list may contain literals only", item.lineno)
        kinds.add(literal(inner))
        if inner is not item and literal(inner) != NUMBER:
            raise Refused("only a number can be negative", item.lineno)
    return Many(kinds.pop() if len(kinds) == 1 else ANY)


def literal(node: nodes.Const) -> str:
    if isinstance(node.value, bool):
        return FLAG
    if isinstance(node.value, (int, float)):
        if node.value > MAX_NUMBER:
            raise Refused("this number is too large", node.lineno)
        return NUMBER
    if isinstance(node.value, str):
        return TEXT
    raise Refused("none is not a value here, ask 'is unknown'", node.lineno)


def spelling(node: SyntaxTree) -> str:
    """The expression as its author wrote it, as far as that is short."""
    if isinstance(node, nodes.Name):
        return short(node.name)
    if isinstance(node, nodes.Getattr):
        return f"{spelling(node.node)}.{short(node.attr)}"
    return short(repr(node.value)) if isinstance(node, nodes.Const) else f"this {word(node)}"


def short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


_WORDS: Mapping[type[nodes.Node], str] = {
    nodes.Getitem: "subscript", nodes.CondExpr: "if-else", nodes.Concat: "~", nodes.Pow: "**",
    nodes.Compare: "comparison", nodes.TemplateData: "text",
}  # fmt: skip


def word(node: SyntaxTree) -> str:
    kind: type = type(node)
    return _WORDS.get(kind, kind.__name__.lower())
