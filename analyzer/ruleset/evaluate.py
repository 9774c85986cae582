"""A checked expression → a function of the groups that gives its value.

Each node of the syntax tree becomes a closure over those of its parts. A value that is not known
is ``UNKNOWN``; truth is ``True``, ``False`` or ``UNKNOWN``, and no closure raises anything but
``Exhausted``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from analyzer.graph.values import NodeView, Value
from analyzer.ruleset.calls import FUNCTIONS, QUANTIFIERS
from analyzer.ruleset.sandbox import UNKNOWN, number
from analyzer.ruleset.trees import quantified, subscript
from analyzer.ruleset.whitelist import LISTS

if TYPE_CHECKING:
    from analyzer.ruleset.trees import SyntaxTree

Groups = dict[str, Any]
"""Records by the names of their groups, variables of quantifiers, and ``ALLOWANCE``."""
Closure = Callable[[Groups], Any]

ALLOWANCE = ""
"""Key of the ``Allowance`` of an evaluation: one step for each element of a list that is looked
at. No group has an empty name."""


def evaluator(node: SyntaxTree) -> Closure:
    """The function that evaluates ``node``, which ``whitelist.Checker`` has allowed."""
    if isinstance(node, nodes.Const):
        return _constant(node.value)
    if isinstance(node, LISTS):
        return _constant(tuple([_literal(item) for item in node.items]))
    kind: type = type(node)
    make = _MAKERS.get(kind)
    if make is not None:
        return make(node)
    assert isinstance(node, nodes.BinExpr)  # the whitelist lets nothing else through
    return _arithmetic(_BINARY[type(node)], evaluator(node.left), evaluator(node.right))


def _constant(value: Any) -> Closure:
    return lambda _: value


def _literal(item: nodes.Expr) -> Any:
    if isinstance(item, nodes.Neg):
        return -_literal(item.node)
    assert isinstance(item, nodes.Const)
    return item.value


def _name(node: nodes.Name) -> Closure:
    name = node.name

    def look(groups: Groups) -> Any:
        value = groups.get(name)
        return UNKNOWN if value is None else value

    return look


def _field(node: nodes.Getattr) -> Closure:
    return _part(evaluator(node.node), node.attr)


def _part(owner: Closure, name: str) -> Closure:
    """Field of a record or entry of a mapping."""

    def look(groups: Groups) -> Any:
        record = owner(groups)
        if record is UNKNOWN:
            return UNKNOWN
        value = record.get(name) if _is_data(type(record)) else getattr(record, name)
        if value is None:
            return UNKNOWN
        if type(record) is NodeView and type(value) is tuple and len(value) > _SHORT:
            _take(groups, len(value))  # it was made just now
        return value

    return look


_SHORT = 8
"""Shorter lists cost nothing."""


def _is_data(kind: type) -> bool:
    """Whether keys of it are asked for, not fields; asked for every record of every condition."""
    known = _DATA.get(kind)
    if known is None:
        known = _DATA[kind] = issubclass(kind, Mapping)
    return known


_DATA: dict[type, bool] = {}
"""What ``_is_data`` answered."""


def _take(groups: Groups, count: int) -> None:
    allowance = groups.get(ALLOWANCE)
    if allowance is not None:
        allowance.spend(count)


def _item(node: nodes.Getitem) -> Closure:
    owner, key = evaluator(node.node), subscript(node)
    if isinstance(key, str):
        return _part(owner, key)

    def look(groups: Groups) -> Any:
        items = owner(groups)
        if not isinstance(items, (tuple, list)) or not -len(items) <= key < len(items):
            return UNKNOWN
        value = items[key]
        return UNKNOWN if value is None else value

    return look


def _not(node: nodes.Not) -> Closure:
    inner = evaluator(node.node)
    return lambda groups: _negated(inner(groups))


def _negated(truth: Any) -> Any:
    return not truth if isinstance(truth, bool) else UNKNOWN


def _and(node: nodes.And) -> Closure:
    return _joined(evaluator(node.left), evaluator(node.right), decisive=False)


def _or(node: nodes.Or) -> Closure:
    return _joined(evaluator(node.left), evaluator(node.right), decisive=True)


def _joined(left: Closure, right: Closure, *, decisive: bool) -> Closure:
    """``and`` (``False`` decides it) or ``or`` (``True`` does)."""

    def run(groups: Groups) -> Any:
        first = left(groups)
        if first is decisive:
            return decisive
        second = right(groups)
        if second is decisive:
            return decisive
        known = isinstance(first, bool) and isinstance(second, bool)
        return (not decisive) if known else UNKNOWN

    return run


def _comparison(node: nodes.Compare) -> Closure:
    """A chain ``a < b < c`` is ``a < b and b < c``."""
    found: Closure | None = None
    left = evaluator(node.expr)
    for operand in node.ops:
        right = evaluator(operand.expr)
        pair = _pair(operand.op, left, right)
        found = pair if found is None else _joined(found, pair, decisive=False)
        left = right
    assert found is not None  # a comparison has an operator
    return found


def _pair(op: str, left: Closure, right: Closure) -> Closure:
    compare = _COMPARE[op]

    def run(groups: Groups) -> Any:
        a, b = left(groups), right(groups)
        if a is UNKNOWN or b is UNKNOWN:
            return UNKNOWN
        try:
            return compare(a, b)
        except TypeError:  # data that is not of the kind that the rule takes it for
            return UNKNOWN

    return run


def _equal(a: Any, b: Any) -> Any:
    """Lists are equal where all elements are, and differ where one surely does."""
    if isinstance(a, (NodeView, Value)):
        return a is b
    if not isinstance(a, (tuple, list)) or not isinstance(b, (tuple, list)):
        return a == b
    if len(a) != len(b):
        return False
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    if any(x != y for x, y in pairs):
        return False
    return True if len(pairs) == len(a) else UNKNOWN


def _contains(member: Any, group: Any) -> Any:
    if isinstance(group, Mapping):
        return member in group
    if not isinstance(group, (tuple, list)):
        return UNKNOWN
    if isinstance(member, (NodeView, Value)):
        return any(item is member for item in group)
    if member in group:
        return True
    return UNKNOWN if None in group else False


_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": _equal, "ne": lambda a, b: _negated(_equal(a, b)),
    "lt": operator.lt, "lteq": operator.le, "gt": operator.gt, "gteq": operator.ge,
    "in": _contains, "notin": lambda a, b: _negated(_contains(a, b)),
}  # fmt: skip


def _test(node: nodes.Test) -> Closure:
    inner, wanted = evaluator(node.node), node.name == "unknown"
    return lambda groups: (inner(groups) is UNKNOWN) is wanted


def _sign(node: nodes.Neg | nodes.Pos) -> Closure:
    inner, sign = evaluator(node.node), -1 if isinstance(node, nodes.Neg) else 1

    def run(groups: Groups) -> Any:
        value = inner(groups)
        return sign * value if number(value) else UNKNOWN

    return run


def _whole(op: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: op(a, b) if isinstance(a, int) and isinstance(b, int) else UNKNOWN


_BINARY: Mapping[type[nodes.Node], Callable[[Any, Any], Any]] = {
    nodes.Add: operator.add, nodes.Sub: operator.sub, nodes.Mul: operator.mul,
    nodes.Div: operator.truediv, nodes.FloorDiv: _whole(operator.floordiv),
    nodes.Mod: _whole(operator.mod),
}  # fmt: skip


def _arithmetic(compute: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    def run(groups: Groups) -> Any:
        a, b = left(groups), right(groups)
        if not number(a) or not number(b):
            return UNKNOWN
        try:
            return compute(a, b)
        except (ZeroDivisionError, OverflowError):  # or an integer beyond the range of floats
            return UNKNOWN

    return run


def _call(node: nodes.Call) -> Closure:
    assert isinstance(node.node, nodes.Name)
    name = node.node.name
    if name in QUANTIFIERS:
        return _quantifier(node, name)
    function = FUNCTIONS[name]
    arguments = [evaluator(argument) for argument in node.args]

    def call(groups: Groups) -> Any:
        values = [argument(groups) for argument in arguments]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        _take(groups, function.cost(*values))
        return function.run(*values)

    return call


def _quantifier(node: nodes.Call, name: str) -> Closure:
    variable, many, inner = quantified(node)
    items, condition = evaluator(many), evaluator(inner)
    decisive = {"any": True, "all": False}.get(name)

    def run(groups: Groups) -> Any:
        found = items(groups)
        if not isinstance(found, (tuple, list)):
            return UNKNOWN
        _take(groups, len(found))
        holds = unsure = 0
        for item in found:
            groups[variable] = item
            truth = condition(groups)
            if decisive is not None and truth is decisive:
                return decisive
            holds += truth is True
            unsure += not isinstance(truth, bool)
        if unsure:
            return UNKNOWN
        return holds if decisive is None else not decisive

    return run


_MAKERS: Mapping[type[nodes.Node], Callable[[Any], Closure]] = {
    nodes.Name: _name, nodes.Getattr: _field, nodes.Getitem: _item, nodes.Not: _not,
    nodes.And: _and, nodes.Or: _or, nodes.Compare: _comparison, nodes.Test: _test,
    nodes.Neg: _sign, nodes.Pos: _sign, nodes.Call: _call,
}  # fmt: skip
