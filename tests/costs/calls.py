"""Short ways to write an operator call in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.facts import Tensor
from analyzer.graph.call import Call

if TYPE_CHECKING:
    from collections.abc import Sequence

Shape = tuple[int | None, ...]


def tensor(shape: Shape | None, dtype: str = "float32") -> Tensor:
    return Tensor("t", dtype, shape)


def call(
    op: str,
    inputs: Sequence[Shape | None],
    *outputs: Shape | None,
    domain: str = "",
    version: int = 17,
    dtype: str = "float32",
    values: tuple[Any, ...] = (),
    **attributes: Any,
) -> Call:
    """A call on tensors of the given shapes; ``None`` in ``inputs`` is an omitted input."""
    return Call(
        op,
        domain,
        version,
        attributes,
        tuple(None if shape is None else tensor(shape, dtype) for shape in inputs),
        tuple(tensor(shape, dtype) for shape in outputs),
        values,
    )
