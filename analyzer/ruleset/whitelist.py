"""The whitelist: which expressions a rule may contain, and of which kind their values are.

Works on Jinja2's syntax tree before anything is evaluated, so whatever is refused here has never
run. Allowed are: facts (``conv.macs``), options, literals, comparisons, membership, ``and or
not``, ``+ - * / // %`` on numbers, subscripts with a literal, ``is known`` / ``is unknown``, and
the calls of ``calls``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import nodes

from analyzer.graph.values import NodeView, Value
from analyzer.ruleset.calls import FUNCTIONS, QUANTIFIERS, Wrong
from analyzer.ruleset.fields import did_you_mean
from analyzer.ruleset.kinds import (
    ANY,
    FLAG,
    NUMBER,
    OPTION_KINDS,
    TEXT,
    Kind,
    Many,
    Values,
    fields_of,
    spell,
    title,
)
from analyzer.ruleset.trees import (
    Refused,
    literal,
    literals,
    quantified,
    short,
    spelling,
    subscript,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.ruleset.option import Option
    from analyzer.ruleset.trees import SyntaxTree

MAX_DEPTH = 24
"""Nesting of an expression; shipped rules need 7."""
MAX_QUANTIFIERS = 3
"""Quantifiers inside one another."""

VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
TESTS = ("known", "unknown")
ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod)
SIGN = (nodes.Neg, nodes.Pos)
LISTS = (nodes.List, nodes.Tuple)
_ORDERED = {"lt", "lteq", "gt", "gteq"}
_VIEWS = (NodeView, Value)


class Checker:
    """Finds the kind of an expression or raises ``Refused``."""

    def __init__(self, groups: Mapping[str, Kind], options: Mapping[str, Option]) -> None:
        self.groups: Mapping[str, Kind] = groups
        self.options: dict[str, Option] = {
            name.replace("-", "_"): option for name, option in options.items()
        }
        self._bound: dict[str, Kind] = {}
        """Variables of the quantifiers around."""

    def scalar(self, node: SyntaxTree, depth: int = 0) -> str:
        """Kind of ``node``, which must be a single value."""
        kind = self.kind(node, depth)
        if isinstance(kind, str):
            return kind
        what = "list" if isinstance(kind, Many) else "group, name one of its fields"
        raise Refused(f"{spelling(node)} is a {what}", node.lineno)

    def kind(self, node: SyntaxTree, depth: int = 0) -> Kind:
        """Kind of ``node``, which may also be a group, a mapping or a list."""
        if depth > MAX_DEPTH:
            raise Refused(f"nested more than {MAX_DEPTH} levels deep", node.lineno)
        if isinstance(node, nodes.Const):
            return literal(node)
        if isinstance(node, nodes.Name):
            return self._name(node)
        if isinstance(node, nodes.Getattr):
            return self._field(node, depth)
        if isinstance(node, nodes.Getitem):
            return self._subscript(node, depth)
        if isinstance(node, nodes.Call):
            return self._call(node, depth)
        if isinstance(node, LISTS):
            return literals(node)
        return self._operation(node, depth)

    def _operation(self, node: SyntaxTree, depth: int) -> str:
        if isinstance(node, (nodes.And, nodes.Or)):
            self._need(FLAG, node.left, depth)
            self._need(FLAG, node.right, depth)
        elif isinstance(node, nodes.Not):
            self._need(FLAG, node.node, depth)
        elif isinstance(node, nodes.Compare):
            self._comparison(node, depth)
        elif isinstance(node, nodes.Test):
            self._test(node, depth)
        elif isinstance(node, ARITHMETIC):
            self._need(NUMBER, node.left, depth)
            self._need(NUMBER, node.right, depth)
            return NUMBER
        elif isinstance(node, SIGN):
            self._need(NUMBER, node.node, depth)
            return NUMBER
        else:
            raise Refused(f"{word(node)} is not allowed in an expression", node.lineno)
        return FLAG

    def _need(self, wanted: str, node: nodes.Expr, depth: int) -> None:
        found = self.scalar(node, depth + 1)
        if found not in (wanted, ANY):
            raise Refused(f"{spelling(node)} is a {found}, not a {wanted}", node.lineno)

    def _name(self, node: nodes.Name) -> Kind:
        if node.name == "option":
            return Values(ANY)
        known = {**self.groups, **self._bound}
        if node.name not in known:
            hint = did_you_mean(node.name, [*known, "option"])
            raise Refused(f"unknown group {short(node.name)!r}{hint}", node.lineno)
        return known[node.name]

    def _field(self, node: nodes.Getattr, depth: int) -> Kind:
        if isinstance(node.node, nodes.Name) and node.node.name == "option":
            return self._option(node)
        owner = self.kind(node.node, depth + 1)
        if isinstance(owner, Values):
            return owner.kind
        if isinstance(owner, (str, Many)):
            what = "is a plain value" if owner == ANY else f"is a {spell(owner)}"
            what += " and has no fields"
            raise Refused(f"{spelling(node.node)} {what}", node.lineno)
        known = fields_of(owner)
        if node.attr not in known:
            raise Refused(
                f"unknown field {short(node.attr)!r} of {title(owner)}"
                f"{did_you_mean(node.attr, known)}",
                node.lineno,
            )
        return known[node.attr]

    def _option(self, node: nodes.Getattr) -> str:
        if node.attr not in self.options:
            hint = did_you_mean(node.attr, self.options)
            raise Refused(f"unknown option {short(node.attr)!r}{hint}", node.lineno)
        return OPTION_KINDS[self.options[node.attr].kind]

    def _subscript(self, node: nodes.Getitem, depth: int) -> Kind:
        owner, key = self.kind(node.node, depth + 1), subscript(node)
        if isinstance(owner, Values) and isinstance(key, str):
            if isinstance(node.node, nodes.Name) and node.node.name == "option":
                raise Refused(f"write option.{short(key).replace('-', '_')}", node.lineno)
            return owner.kind
        if isinstance(owner, Many) and isinstance(key, int):
            return owner.of
        if owner == ANY and isinstance(key, int):
            return ANY
        wanted = {Values: "a text in quotes", Many: "a whole number"}.get(type(owner))
        what = f"takes {wanted}" if wanted else f"is a {spell(owner)} and takes no subscript"
        raise Refused(f"{spelling(node.node)} {what}", node.lineno)

    def _call(self, node: nodes.Call, depth: int) -> Kind:
        if not isinstance(node.node, nodes.Name) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Refused("only functions of the language can be called, as f(a, b)", node.lineno)
        name = node.node.name
        if name in QUANTIFIERS:
            return self._quantifier(node, name, depth)
        function = FUNCTIONS.get(name)
        if function is None:
            hint = did_you_mean(name, [*FUNCTIONS, *QUANTIFIERS])
            raise Refused(f"unknown function {short(name)!r}{hint}", node.lineno)
        kinds = [self.kind(argument, depth + 1) for argument in node.args]
        try:
            return function.check(node.args, kinds)
        except Wrong as wrong:
            raise Refused(f"{function.usage} {wrong}", node.lineno) from None

    def _quantifier(self, node: nodes.Call, name: str, depth: int) -> Kind:
        variable, many, condition = quantified(node)
        items = self.kind(many, depth + 1)
        if not isinstance(items, Many) and items != ANY:
            raise Refused(f"{spelling(many)} is a {spell(items)}, not a list", many.lineno)
        if variable in (*self.groups, *self._bound, "option", *FUNCTIONS, *QUANTIFIERS):
            raise Refused(f"{short(variable)} already stands for something else", node.lineno)
        if not VARIABLE.fullmatch(variable):
            what = f"{short(variable)!r} is no name for an element: take letters, digits and _"
            raise Refused(what, node.lineno)
        if len(self._bound) >= MAX_QUANTIFIERS:
            raise Refused(f"more than {MAX_QUANTIFIERS} quantifiers in one another", node.lineno)
        self._bound[variable] = items.of if isinstance(items, Many) else ANY
        try:
            self._need(FLAG, condition, depth)
        finally:
            del self._bound[variable]
        return QUANTIFIERS[name]

    def _test(self, node: nodes.Test, depth: int) -> None:
        if node.name not in TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Refused(
                f"only 'is known' and 'is unknown' can be asked, not 'is {short(node.name)}'",
                node.lineno,
            )
        self.kind(node.node, depth + 1)

    def _comparison(self, node: nodes.Compare, depth: int) -> None:
        left, kind = node.expr, self.kind(node.expr, depth + 1)
        for operand in node.ops:
            right, other = operand.expr, self.kind(operand.expr, depth + 1)
            if operand.op in ("in", "notin"):
                _membership(left, right, kind, other)
            elif not comparable(kind, other, ordered=operand.op in _ORDERED):
                what = f"cannot compare a {spell(kind)} with a {spell(other)}"
                raise Refused(what, node.lineno)
            left, kind = right, other


def comparable(a: Kind, b: Kind, *, ordered: bool) -> bool:
    """Whether ``==``, or else ``<``, between the two kinds means something."""
    if isinstance(a, str) and isinstance(b, str):
        return ANY in (a, b) or (a == b and (a == NUMBER or not ordered))
    if isinstance(a, Many) and isinstance(b, Many):
        return not ordered and isinstance(a.of, str) and comparable(a.of, b.of, ordered=False)
    if ANY in (a, b) and (isinstance(a, Many) or isinstance(b, Many)):
        return not ordered
    return not ordered and a == b and a in _VIEWS


def _membership(left: nodes.Expr, right: nodes.Expr, member: Kind, group: Kind) -> None:
    if isinstance(member, Many):
        raise Refused("a list cannot be a member", left.lineno)
    if isinstance(group, Values):
        if member not in (TEXT, ANY):
            raise Refused(f"{spelling(left)} is a {spell(member)}, not a text", left.lineno)
    elif not isinstance(group, Many) and group != ANY:
        raise Refused(f"{spelling(right)} is not a list", right.lineno)
    elif isinstance(group, Many) and not comparable(member, group.of, ordered=False):
        what = f"{spelling(left)} is a {spell(member)}, the list holds {spell(group.of)}s"
        raise Refused(what, left.lineno)
