"""Where in a model something stands, as node ids spell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import Breach
from analyzer.sanitise import spaced, widths
from analyzer.shapes.instance import scope_path
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.scope import FunctionKey, Op, Program, Scope


@dataclass(frozen=True, slots=True)
class Nesting:
    """One scope and what encloses it."""

    scope: Scope
    path: str
    """As in the ids of its nodes; ``""`` for the main graph."""
    parent: Nesting | None = None
    """``None`` for the main graph and for functions, which see no other names."""
    at: int = -1
    """Index of the operator of ``parent`` whose body it is."""

    def place(self, op: Op) -> str:
        """Id of an operator of this scope."""
        return self.within(own_name(op))

    def within(self, name: str) -> str:
        """``name`` with the path of this scope."""
        return f"{self.path}/{name}" if self.path else name

    @property
    def label(self) -> str:
        """The scope in words, for messages."""
        if not self.path:
            return "the graph"
        kind = "function" if self.parent is None else "body"
        return f"{kind} {quoted(self.path)}"


def own_name(op: Op) -> str:
    """First output, else the operator's own name, else its type."""
    return next((name for name in op.outputs if name), op.name or op.op_type)


def nestings(program: Program) -> Iterator[Nesting]:
    """Every scope of the model, enclosing ones first."""
    labels: Mapping[int, str] = {
        index: scope_path(".".join(part for part in key if part))
        for key, index in program.functions.items()
    }
    inside: dict[int, Nesting] = {}
    for scope in program.scopes:
        nesting = inside.pop(scope.index, None) or Nesting(scope, labels.get(scope.index, ""))
        yield nesting
        for i, op in enumerate(scope.ops):
            for label, body in op.bodies.items():
                path = scope_path(f"{nesting.place(op)}.{label}")
                inside[body] = Nesting(program.scopes[body], path, nesting, i)


def called_functions(program: Program) -> set[FunctionKey]:
    """Keys of the functions that something calls, and of operators that are none."""
    return {op.key for scope in program.scopes for op in scope.ops}


def uncalled(breach: Breach) -> Breach:
    """``breach`` in a function that nothing calls, which runtimes therefore pass over."""
    return Breach(
        breach.code, breach.family, breach.where,
        f"{breach.message}, in a function that nothing calls", breach.remedy, grave=False,
    )  # fmt: skip


def quoted(name: str) -> str:
    """A name of the file in a message."""
    return f"'{spaced(shorten(name, widths.PATH))}'"
