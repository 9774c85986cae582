"""The whitelist: which expressions a rule may contain, and of which kind their values are.

Works on Jinja2's syntax tree before anything is compiled or evaluated, so whatever is refused
here has never run. Allowed are: facts (``conv.macs``), options, literals, comparisons,
membership, ``and or not``, ``+ - * /`` on numbers, and ``is known`` / ``is unknown``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes

from analyzer.ruleset.fields import (
    ANY,
    FLAG,
    LIST,
    NUMBER,
    OPTION_KINDS,
    TEXT,
    Kind,
    Values,
    did_you_mean,
    fields_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.ruleset.option import Option

MAX_DEPTH = 24
"""Nesting of an expression; shipped rules need 7."""

MAX_NUMBER = 10**30
"""Largest literal."""

TESTS = ("known", "unknown")
_ORDERED = {"lt", "lteq", "gt", "gteq"}
_EQUAL = {"eq", "ne"}
_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div)
_SIGN = (nodes.Neg, nodes.Pos)


class Refused(Exception):  # noqa: N818 - turned into a RuleError by whoever knows the file
    """An expression is not allowed; ``line`` is its line inside the expression."""

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


class Checker:
    """Finds the kind of an expression or raises ``Refused``."""

    def __init__(self, groups: Mapping[str, type], options: Mapping[str, Option]) -> None:
        self.groups = groups
        self.options: dict[str, Option] = {
            name.replace("-", "_"): option for name, option in options.items()
        }

    def scalar(self, node: nodes.Expr, depth: int = 0) -> str:
        """Kind of ``node``, which must be a single value."""
        kind = self.kind(node, depth)
        if isinstance(kind, str):
            return kind
        raise Refused(f"{_spelling(node)} is a group, name one of its fields", node.lineno)

    def kind(self, node: nodes.Expr, depth: int = 0) -> Kind:
        """Kind of ``node``, which may also be a group or mapping."""
        if depth > MAX_DEPTH:
            raise Refused(f"nested more than {MAX_DEPTH} levels deep", node.lineno)
        if isinstance(node, nodes.Const):
            return _literal(node)
        if isinstance(node, nodes.Name):
            return self._group(node)
        if isinstance(node, nodes.Getattr):
            return self._field(node, depth)
        if isinstance(node, (nodes.And, nodes.Or)):
            self._need(FLAG, node.left, depth)
            self._need(FLAG, node.right, depth)
        elif isinstance(node, nodes.Not):
            self._need(FLAG, node.node, depth)
        elif isinstance(node, nodes.Compare):
            self._comparison(node, depth)
        elif isinstance(node, nodes.Test):
            self._test(node, depth)
        elif isinstance(node, _ARITHMETIC):
            self._need(NUMBER, node.left, depth)
            self._need(NUMBER, node.right, depth)
            return NUMBER
        elif isinstance(node, _SIGN):
            self._need(NUMBER, node.node, depth)
            return NUMBER
        else:
            raise Refused(f"{_what(node)} is not allowed in an expression", node.lineno)
        return FLAG

    def _need(self, wanted: str, node: nodes.Expr, depth: int) -> None:
        found = self.scalar(node, depth + 1)
        if found not in (wanted, ANY):
            raise Refused(f"{_spelling(node)} is a {found}, not a {wanted}", node.lineno)

    def _group(self, node: nodes.Name) -> Kind:
        if node.name == "option":
            return Values(ANY)
        if node.name not in self.groups:
            hint = did_you_mean(node.name, [*self.groups, "option"])
            raise Refused(f"unknown group {_short(node.name)!r}{hint}", node.lineno)
        return self.groups[node.name]

    def _field(self, node: nodes.Getattr, depth: int) -> Kind:
        if isinstance(node.node, nodes.Name) and node.node.name == "option":
            return self._option(node)
        owner = self.kind(node.node, depth + 1)
        if isinstance(owner, Values):
            return owner.kind
        if isinstance(owner, str):
            raise Refused(f"{_spelling(node.node)} is a {owner} and has no fields", node.lineno)
        known = fields_of(owner)
        if node.attr not in known:
            raise Refused(
                f"unknown field {_short(node.attr)!r} of {owner.__name__}"
                f"{did_you_mean(node.attr, known)}",
                node.lineno,
            )
        return known[node.attr]

    def _option(self, node: nodes.Getattr) -> str:
        if node.attr not in self.options:
            hint = did_you_mean(node.attr, self.options)
            raise Refused(f"unknown option {_short(node.attr)!r}{hint}", node.lineno)
        return OPTION_KINDS[self.options[node.attr].kind]

    def _test(self, node: nodes.Test, depth: int) -> None:
        if node.name not in TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Refused(
                f"only 'is known' and 'is unknown' can be asked, not 'is {_short(node.name)}'",
                node.lineno,
            )
        self.kind(node.node, depth + 1)

    def _comparison(self, node: nodes.Compare, depth: int) -> None:
        left = node.expr
        for operand in node.ops:
            right, op = operand.expr, operand.op
            if op in ("in", "notin"):
                self._membership(left, right, depth)
            else:
                kinds = self.scalar(left, depth + 1), self.scalar(right, depth + 1)
                allowed = _ORDERED | _EQUAL if kinds[0] == NUMBER else _EQUAL
                same = kinds[0] == kinds[1] or ANY in kinds
                if LIST in kinds or not same or (op not in allowed and ANY not in kinds):
                    raise Refused(f"cannot compare a {kinds[0]} with a {kinds[1]}", node.lineno)
            left = right

    def _membership(self, left: nodes.Expr, right: nodes.Expr, depth: int) -> None:
        if self.scalar(left, depth + 1) == LIST:
            raise Refused("a list cannot be a member", left.lineno)
        if isinstance(right, (nodes.List, nodes.Tuple)):
            for item in right.items:
                if not isinstance(item, nodes.Const):
                    raise Refused("a list may contain literals only", item.lineno)
                _literal(item)
        elif self.kind(right, depth + 1) != LIST:
            raise Refused(f"{_spelling(right)} is not a list", right.lineno)


def _literal(node: nodes.Const) -> str:
    if isinstance(node.value, bool):
        return FLAG
    if isinstance(node.value, (int, float)):
        if node.value > MAX_NUMBER:
            raise Refused("this number is too large", node.lineno)
        return NUMBER
    if isinstance(node.value, str):
        return TEXT
    raise Refused("none is not a value here, ask 'is unknown'", node.lineno)


def _spelling(node: nodes.Expr) -> str:
    """The expression as its author wrote it, as far as that is short."""
    if isinstance(node, nodes.Name):
        return _short(node.name)
    if isinstance(node, nodes.Getattr):
        return f"{_spelling(node.node)}.{_short(node.attr)}"
    return _short(repr(node.value)) if isinstance(node, nodes.Const) else f"this {_what(node)}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


_WORDS = {"Getitem": "subscript", "CondExpr": "if-else", "Concat": "~", "FloorDiv": "//",
          "Pow": "**", "Mod": "%", "Compare": "comparison", "TemplateData": "text"}  # fmt: skip


def _what(node: nodes.Node) -> str:
    return _WORDS.get(type(node).__name__, type(node).__name__.lower())
