"""What a pattern over several operators says, as frozen records.

A pattern is a list of statements in a superset of ONNX's text syntax, producers before readers. A
name in it is a *metavariable*: an operand stands for a tensor, an attribute for its value, and
the same name twice for the same one. The *place* of a match is the operator of the last statement.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property

from analyzer.dataclass import dataclass

Number = int | float
Literal = int | float | str | tuple[int | float | str, ...]
OpType = tuple[str, str]
"""(domain, operator), ``""`` for ai.onnx."""


class Blank(Enum):
    """Operands that bind nothing."""

    ANY = "_"
    """Whatever stands there, also nothing."""
    OMITTED = ""
    """Nothing stands there."""


@dataclass(frozen=True, slots=True)
class Metavariable:
    """A metavariable."""

    text: str


Operand = Metavariable | Number | tuple[Number, ...] | Blank
"""A tensor, a constant with this one element, or a constant vector."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One operator: ``outputs = operators <attributes> (operands)``."""

    outputs: tuple[Metavariable | Blank, ...]
    """By position; more outputs may follow."""
    operators: tuple[OpType, ...]
    """Alternatives."""
    attributes: tuple[tuple[str, Metavariable | Literal], ...]
    operands: tuple[Operand, ...]
    is_open: bool
    """Any further operands may follow: ``...`` at the end."""
    is_floating: bool
    """Any operands may come before: ``...`` at the beginning."""
    line: int
    """1-based, in the text of the pattern."""

    @property
    def makes(self) -> tuple[str, ...]:
        """Metavariables among its outputs."""
        return tuple(o.text for o in self.outputs if isinstance(o, Metavariable))

    @property
    def reads(self) -> tuple[str, ...]:
        """Metavariables among its operands."""
        return tuple(o.text for o in self.operands if isinstance(o, Metavariable))


@dataclass(frozen=True)
class Pattern:
    """Statements that hang together."""

    source: str
    statements: tuple[Statement, ...]
    through: frozenset[OpType] = frozenset()
    """Operators that may stand between a producer and its reader."""

    @cached_property
    def tensors(self) -> tuple[str, ...]:
        """Metavariables that stand for tensors, in order of appearance."""
        names = (n for s in self.statements for n in (*s.reads, *s.makes))
        return tuple(dict.fromkeys(names))

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """Metavariables that stand for values of attributes, in order of appearance."""
        values = (value for s in self.statements for _, value in s.attributes)
        return tuple(dict.fromkeys(v.text for v in values if isinstance(v, Metavariable)))

    @property
    def names(self) -> tuple[str, ...]:
        """All metavariables."""
        return (*self.tensors, *self.settings)

    @cached_property
    def made(self) -> frozenset[str]:
        """Metavariables that a statement makes."""
        return frozenset(name for s in self.statements for name in s.makes)
