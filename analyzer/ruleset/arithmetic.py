"""Whole numbers that a team states of its own operators: expressions of sizes and attributes.

The language is that of rules without comparisons: names of sizes, attributes, whole numbers,
``+ - * /`` and brackets, refused by the same whitelist before anything is evaluated. Evaluation
walks the checked tree in exact fractions; nothing is compiled.
"""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from jinja2 import nodes

from analyzer.dataclass import dataclass
from analyzer.graph.call import Unknown
from analyzer.ruleset.expression import parse_number
from analyzer.ruleset.kinds import NUMBER, Values
from analyzer.ruleset.trees import Refused, spelling
from analyzer.ruleset.whitelist import Checker

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.ruleset.trees import SyntaxTree

_ALLOWED = (nodes.Const, nodes.Name, nodes.Getattr, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div,
            nodes.Neg, nodes.Pos)  # fmt: skip
MAX_OPERANDS = 10
MAX_TEXT = 200
"""Characters of an expression; formulas of operators are short."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What an expression can ask of a tensor."""

    d0: int
    d1: int
    d2: int
    d3: int
    d4: int
    d5: int
    last: int
    """Size of the last axis."""
    rank: int
    size: int
    """Number of elements."""


FIELDS = tuple(field.name for field in fields(Sizes))
GROUPS: dict[str, type | Values] = {
    "x": Sizes,
    "y": Sizes,
    **{f"x{i}": Sizes for i in range(MAX_OPERANDS)},
    **{f"y{i}": Sizes for i in range(MAX_OPERANDS)},
    "attr": Values(NUMBER),
}
"""Inputs ``x0, x1, …`` and outputs ``y0, y1, …``; ``x`` and ``y`` are the first; attributes."""


class Arithmetic:
    """A checked expression; equal and picklable by its text."""

    __slots__ = ("_tree", "source")

    def __init__(self, source: str) -> None:
        """Raises ``Refused`` unless ``source`` is arithmetic on sizes and attributes."""
        if len(source) > MAX_TEXT:
            raise Refused(f"longer than {MAX_TEXT} characters", 1)
        tree = parse_number(source)
        kind = Checker(GROUPS, {}).kind(tree)
        if isinstance(kind, str) and kind != NUMBER:
            raise Refused(f"must be a number, this is a {kind}", tree.lineno)
        for part in (tree, *tree.find_all(nodes.Expr)):
            if not isinstance(part, _ALLOWED):
                raise Refused(f"{spelling(part)} is not allowed in a formula", part.lineno)
        self.source: str = source
        self._tree = tree

    def __call__(self, look: Callable[[str, str], int]) -> int:
        """The number, with ``look(group, field)`` giving the sizes; raises ``Unknown``."""
        value = _evaluate(self._tree, look)
        if value.denominator != 1 or value < 0:
            raise Unknown(f"{self.source} is {value}, which is no count")
        return value.numerator

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Arithmetic) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Arithmetic({self.source!r})"

    def __reduce__(self) -> tuple[type[Arithmetic], tuple[str]]:
        return Arithmetic, (self.source,)


def _evaluate(node: SyntaxTree, look: Callable[[str, str], int]) -> Fraction:
    if isinstance(node, nodes.Const):
        return Fraction(node.value)
    if isinstance(node, nodes.Getattr):
        return Fraction(look(cast("nodes.Name", node.node).name, node.attr))
    if isinstance(node, nodes.UnaryExpr):
        value = _evaluate(node.node, look)
        return -value if isinstance(node, nodes.Neg) else value
    assert isinstance(node, nodes.BinExpr)
    left, right = _evaluate(node.left, look), _evaluate(node.right, look)
    if isinstance(node, nodes.Add):
        return left + right
    if isinstance(node, nodes.Sub):
        return left - right
    if isinstance(node, nodes.Mul):
        return left * right
    if not right:
        raise Unknown("an expression divides by 0")
    return left / right
