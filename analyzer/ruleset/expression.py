"""Conditions and messages of rules: parsed and checked at load, compiled at first use.

Most runs evaluate few rules and report fewer, so compiling early would be most of the cost of
loading a rule file.
"""

from __future__ import annotations

from collections import deque
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser

from analyzer.ruleset.fields import did_you_mean
from analyzer.ruleset.sandbox import FILTERS, environment
from analyzer.ruleset.whitelist import Checker, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Template
    from jinja2.runtime import Context

_N = TypeVar("_N", bound=nodes.Node)

MAX_LENGTH = 2000
"""Characters of an expression or message; bounds what the parser can be made to do."""

_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "gteq", "gteq": "lt", "gt": "lteq", "lteq": "gt",
             "in": "notin", "notin": "in"}  # fmt: skip


class _Lazy:
    """A checked syntax tree and, once needed, what Jinja2 made of it."""

    __slots__ = ("_template", "_tree", "source")

    def __init__(self, source: str, tree: nodes.Template) -> None:
        self.source: str = source
        self._tree: nodes.Template | None = tree
        self._template: Template | None = None

    def template(self) -> Template:
        if self._template is None:
            assert self._tree is not None
            self._template = environment().from_string(self._tree)
            self._tree = None
        return self._template

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Lazy) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r})"


class Expression(_Lazy):
    """A condition. ``groups`` of a call map each group's name to its record or ``UNKNOWN``."""

    __slots__ = ("_context", "groups")

    def __init__(self, source: str, tree: nodes.Template) -> None:
        super().__init__(source, tree)
        self.groups: frozenset[str] = frozenset(
            n.name for n in tree.find_all(nodes.Name) if n.ctx == "load"
        )
        """Names of the groups it reads."""
        self._context: Context | None = None

    @classmethod
    def parse(cls, source: str, checker: Checker) -> Expression:
        """Raises ``Refused`` unless ``source`` is an allowed expression that yields a flag."""
        tree = _guarded(_parse_expression, source)
        kind = checker.scalar(tree)
        if kind not in ("flag", "any"):
            raise Refused(f"a condition must be true or false, this is a {kind}", tree.lineno)
        target = nodes.Name("result", "store", lineno=1)
        assign = nodes.Assign(target, _normal(tree), lineno=1)
        return cls(source, nodes.Template([assign], lineno=1))

    def __call__(self, groups: dict[str, Any]) -> bool:
        template = self.template()
        if self._context is None:  # making one takes longer than most conditions
            self._context = template.new_context(groups, shared=True)
        self._context.parent = groups
        self._context.vars.clear()
        deque(template.root_render_func(self._context), maxlen=0)
        return self._context.vars["result"] is True


class Message(_Lazy):
    """A template of one line: text, facts, and filters of the closed set."""

    __slots__ = ()

    @classmethod
    def parse(cls, source: str, checker: Checker) -> Message:
        """Raises ``Refused`` unless ``source`` holds only text and ``{{ fact | filter }}``."""
        tree = _guarded(environment().parse, source)
        for node in tree.body:
            if not isinstance(node, nodes.Output):
                raise Refused("a message may hold {{ facts }} but no {% statements %}", node.lineno)
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    _check_output(part, checker)
        return cls(source, tree)

    def __call__(self, groups: dict[str, Any]) -> str:
        template = self.template()
        context = template.new_context(groups, shared=True)
        return " ".join("".join(template.root_render_func(context)).split())


def parse_number(source: str) -> nodes.Expr:
    """The syntax tree of an expression that is no condition; raises ``Refused``."""
    return _guarded(_parse_expression, source)


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
        raise TemplateSyntaxError(f"unexpected {str(token.value)[:40]!r}", token.lineno)
    return expression


def _check_output(node: nodes.Expr, checker: Checker) -> None:
    """``fact`` or ``fact | filter``, the fact of the kind that the filter takes."""
    name, inner = "", node
    if isinstance(node, nodes.Filter) and node.node is not None:
        name, inner = node.name, node.node
        if name not in FILTERS:
            raise Refused(f"unknown filter {name[:40]!r}{did_you_mean(name, FILTERS)}", node.lineno)
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Refused(f"filter {name!r} takes no arguments", node.lineno)
    if not isinstance(inner, nodes.Getattr):
        raise Refused("a message may only show facts and options", node.lineno)
    kind = checker.scalar(inner)
    if name and kind not in (FILTERS[name][0], "any"):
        raise Refused(f"filter {name!r} takes a {FILTERS[name][0]}, not a {kind}", node.lineno)
    if kind == "list" and name != "shape":
        raise Refused("a list needs the filter 'shape'", node.lineno)


def _normal(node: nodes.Expr, negate: bool = False) -> nodes.Expr:
    """``node`` (or its negation) with negations pushed down to comparisons and flags.

    There is then no ``not`` above an unknown fact, so a false leaf can only make the whole
    false: what ``sandbox`` promises about unknown facts follows.
    """
    if isinstance(node, nodes.Not):
        return _normal(node.node, not negate)
    if isinstance(node, (nodes.And, nodes.Or)):
        both = isinstance(node, nodes.And) is not negate
        join = nodes.And if both else nodes.Or
        return join(_normal(node.left, negate), _normal(node.right, negate), lineno=node.lineno)
    if isinstance(node, nodes.Compare):
        return _comparisons(node, negate)
    if isinstance(node, nodes.Test):
        name = {"known": "unknown", "unknown": "known"}[node.name] if negate else node.name
        return nodes.Test(node.node, name, [], [], None, None, lineno=node.lineno)
    return _pair(node, "eq", nodes.Const(not negate, lineno=node.lineno))


def _comparisons(node: nodes.Compare, negate: bool) -> nodes.Expr:
    """A chain ``a < b < c`` as pairs, which can be negated one by one."""
    pairs, left = [], node.expr
    for operand in node.ops:
        op = _OPPOSITE[operand.op] if negate else operand.op
        pairs.append(_pair(left, op, operand.expr))
        left = operand.expr
    join = nodes.Or if negate else nodes.And
    return reduce(lambda a, b: join(a, b, lineno=node.lineno), pairs)


def _pair(left: nodes.Expr, op: str, right: nodes.Expr) -> nodes.Expr:
    pair: nodes.Expr = nodes.Compare(left, [nodes.Operand(op, right)], lineno=left.lineno)
    if op != "notin":
        return pair
    # Python's ``not in`` negates after comparing, which would make an unknown member true
    for side in (right, left):
        known = nodes.Test(side, "known", [], [], None, None, lineno=left.lineno)
        pair = nodes.And(known, pair, lineno=left.lineno)
    return pair
