"""Which rows of an operator's operands are left where some are taken out of a tensor.

Of each axis it is known which of its rows are left, so that what picks or joins parts of an axis is
followed exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

Rows = tuple[bool, ...] | None
"""Which rows of an axis are left; ``None`` for all."""
Axes = tuple[Rows, ...] | None
"""The same of a tensor; ``None`` where nothing of it is left."""
MOST = 1 << 16
"""Rows of an axis that are followed one by one: a file may state any size."""


class Unfollowed(Exception):  # noqa: N818 - a control-flow signal, as ``Unknown``
    """Nobody can say which rows are left."""


@dataclass(slots=True)
class Shortened:
    """An operator some of whose operands lose rows."""

    call: Call
    record: Operator
    inputs: tuple[Axes, ...]
    """As the operators before leave them; constants are whole."""
    constants: frozenset[int]
    fits: dict[int, Axes]
    """What is left of constants, by slot: they fit what the operator reads beside them."""
    turned: bool = False
    """A recurrent layer that loses its backward direction here."""

    def axes(self, slot: int) -> tuple[Rows, ...]:
        """What is left of an input, which is there."""
        axes = self.fits.get(slot) or (self.inputs[slot] if slot < len(self.inputs) else None)
        if axes is None:
            raise Unfollowed  # nothing is left of it
        return axes

    def meet(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        """Two axes, (slot, axis), that run along each other: a constant follows, what is computed
        has to have the same rows."""
        (slot, axis), (peer, along) = one, other
        left, right = self.axes(slot)[axis], self.axes(peer)[along]
        if left == right:
            return
        for at, where, rows, whole in ((slot, axis, right, left), (peer, along, left, right)):
            if whole is None and at in self.constants:
                self.fit(at, where, rows)
                return
        raise Unfollowed  # operands of different rows meet

    def fit(self, slot: int, axis: int, rows: Rows) -> None:
        """A constant has those rows along an axis."""
        axes = self.axes(slot)
        if axes[axis] not in (None, rows):
            raise Unfollowed  # a constant would need two sizes
        self.fits[slot] = (*axes[:axis], rows, *axes[axis + 1 :])

    def whole(self, rows: Iterable[Rows]) -> None:
        """Nothing may be missing along those axes."""
        if any(each is not None for each in rows):
            raise Unfollowed  # rows are missing along an axis that the operator needs whole


def whole(call: Call, at: int = 0) -> Axes:
    """All of a result."""
    tensor = call.output(at)
    return (None,) * len(tensor.shape or ()) if tensor is not None else None


def every(size: int) -> tuple[bool, ...]:
    """All rows of an axis, one by one; raises ``Unfollowed`` for more than ``MOST``."""
    if size > MOST:
        raise Unfollowed  # too many to follow
    return (True,) * size
