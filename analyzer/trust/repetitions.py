"""Loops whose number of iterations the file itself fixes, or that nothing ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.conformance.places import nestings
from analyzer.contents import Repetition
from analyzer.graph.tensors import decode_tensor
from analyzer.shapes.trips import ENDLESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.conformance.places import Nesting
    from analyzer.graph.scope import Op, Program, Scope

_COPIES = 64
"""Identities in a row that are looked through."""


def find_repetitions(program: Program) -> Iterator[Repetition]:
    """Every such Loop, enclosing ones first."""
    if any("body" in op.bodies for scope in program.scopes for op in scope.ops):
        yield from _Loops(program).all()


class _Loops:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.makers: dict[int, dict[str, Op]] = {}

    def all(self) -> Iterator[Repetition]:
        factors: dict[int, int] = {}
        for nesting in nestings(self.program):
            around = factors.get(nesting.scope.index, 1)
            for op in nesting.scope.ops:
                body = op.bodies.get("body")
                if body is None:
                    continue
                limit = self.constant(nesting, op.inputs[0]) if any(op.inputs[:1]) else ENDLESS
                bounded = op.op_type == "Loop" and limit is not None and 0 <= int(limit) < ENDLESS
                trips = int(limit) if bounded and limit is not None else None
                factors[body] = around * (trips or 1)
                if op.op_type != "Loop" or not self.goes_on(nesting, op, self.program.scopes[body]):
                    continue
                if trips is not None:
                    yield Repetition(nesting.place(op), around * trips)
                elif limit is not None and int(limit) >= ENDLESS:
                    yield Repetition(nesting.place(op), None)

    def goes_on(self, nesting: Nesting, op: Op, body: Scope) -> bool:
        """Whether the condition is true at first and the body leaves it so."""
        name = op.inputs[1] if len(op.inputs) > 1 else ""
        if name and not self.constant(nesting, name):
            return False
        source = body.outputs[0] if body.outputs else ""
        for _ in range(_COPIES):
            maker = self.makers_of(body).get(source)
            if maker is None or maker.op_type != "Identity":
                break
            source = maker.inputs[0]
        if len(body.inputs) > 1 and source == body.inputs[1]:
            return True
        value = self.scalar(body, source)
        return value is not None and bool(value)

    def constant(self, nesting: Nesting, name: str) -> Any:
        """The one number that ``name`` is, in this scope or around it; else ``None``."""
        place: Nesting | None = nesting
        while place is not None:
            value = self.scalar(place.scope, name)
            if value is not None:
                return value
            place = place.parent
        return None

    def scalar(self, scope: Scope, name: str) -> Any:
        tensor = scope.constants.get(name)
        value = decode_tensor(tensor) if tensor is not None else None
        maker = self.makers_of(scope).get(name)
        if tensor is None and maker is not None and maker.op_type == "Constant":
            value = maker.attributes.get("value", maker.attributes.get("value_int"))
        if isinstance(value, int):
            return value
        if value is None or getattr(value, "size", 0) != 1 or value.dtype.kind not in "iub":
            return None
        return value.reshape(-1)[0]

    def makers_of(self, scope: Scope) -> dict[str, Op]:
        """Operators of ``scope`` by output."""
        found = self.makers.get(scope.index)
        if found is None:
            found = {name: op for op in scope.ops for name in op.outputs}
            self.makers[scope.index] = found
        return found
