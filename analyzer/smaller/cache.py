"""Keys and values of earlier tokens that a model takes in and hands out again."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, cast

from analyzer.dataclass import dataclass
from analyzer.facts import BITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts, Tensor

LEAST_RANK = 4
"""Of keys by sample, head, position and width."""


@dataclass(frozen=True, slots=True)
class TokenCache:
    """What is kept from one call of the model to the next."""

    tensors: int
    """Outputs that hold it."""
    token_bytes: int
    """Bytes for one token: of GPT-2 small 2 · 12 layers · 12 heads · 64 · 4 = 73,728."""
    tokens: int
    """Positions that the outputs hold at the analysed sizes."""
    bits: int
    """Of an element."""

    @property
    def bytes(self) -> int:
        """At those positions."""
        return self.token_bytes * self.tokens


def cache(facts: Facts) -> TokenCache | None:
    """The cache of a model with attention; ``None`` where it takes none in.

    An input is a part of it if its length is open along one axis, and an output is like it but
    longer along that axis.
    """
    if not any(block.kind == "attention" for block in facts.blocks):
        return None
    opened = {(a.input, a.axis) for a in facts.assumptions}
    left = list(facts.outputs)
    found: list[tuple[Tensor, int, int]] = []
    for tensor in facts.inputs:
        pair = next(
            ((output, axis) for output in left
             if (axis := _longer(tensor, output)) is not None and (tensor.name, axis) in opened),
            None,
        )  # fmt: skip
        if pair is not None:
            output, axis = pair
            left.remove(output)
            shape = cast("tuple[int, ...]", output.shape)  # known, as it is longer along one axis
            bits, long = BITS.get(output.dtype or "", 32), shape[axis]
            found.append((output, prod(shape) // long * bits // 8, long))
    if not found:
        return None
    return TokenCache(
        len(found),
        sum(each for _, each, _ in found),
        max(long for _, _, long in found),
        max(BITS.get(output.dtype or "", 32) for output, _, _ in found),
    )


def _longer(before: Tensor, after: Tensor) -> int | None:
    """The one axis along which ``after`` is longer than ``before``."""
    if before.dtype != after.dtype or "float" not in (before.dtype or ""):
        return None
    match [*_differences(before, after)]:
        case [axis] if axis > 0:
            return axis
    return None


def _differences(before: Tensor, after: Tensor) -> Iterator[int]:
    """Axes along which the second is longer; -1 for anything else that differs."""
    one, other = before.shape, after.shape
    if one is None or other is None or len(one) != len(other) or len(one) < LEAST_RANK:
        yield -1
        return
    for axis, (a, b) in enumerate(zip(one, other, strict=True)):
        if a is None or b is None or b < a:
            yield -1
        elif b > a:
            yield axis
