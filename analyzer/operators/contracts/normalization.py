"""Contracts of normalisation: statistics and scales are as long as what they scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    least_rank,
    size_of,
    stretches,
    vector,
)
from analyzer.operators.contracts.reading import (
    outputs_of,
    rank_of,
    shape_of,
    size_at,
    volume,
    whole,
    wholes,
)
from analyzer.operators.contracts.settings import (
    axes_in_range,
    axis_in_range,
    divides,
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

CHANNELS = size_of(0, 1)


def per_channel(*slots: tuple[int, str]) -> tuple[Contract, ...]:
    """One element for each channel (axis 1 of the input)."""
    return tuple(
        vector(slot, name, CHANNELS, "channels", code="norm-length") for slot, name in slots
    )


def per_last(*slots: tuple[int, str], of: int = 0) -> tuple[Contract, ...]:
    """One element for each entry of the last axis of input ``of``."""
    last = size_of(of, -1)
    return tuple(
        vector(slot, name, last, "the last axis of the input", code="norm-length")
        for slot, name in slots
    )


def _batch_channels(call: Call) -> Dim:
    """Channels of BatchNormalization: axis 1; before version 9 without ``spatial`` all but the
    batch."""
    if call.version < 9 and whole(call, "spatial", 1) == 0:
        shape = shape_of(call, 0)
        return None if shape is None else volume(shape[1:])
    return 1 if rank_of(call, 0) == 1 else size_at(call, 0, 1)


def _trained(call: Call) -> Iterator[Violation]:
    """Statistics come out where training is on, since version 14."""
    if call.version >= 14 and outputs_of(call) > 1 and not whole(call, "training_mode", 0):
        yield Violation(
            "training-outputs",
            f"the node has {outputs_of(call)} outputs, and with training_mode = 0 there is one",
            "keep the first output alone, or set training_mode to 1",
        )


_STATISTICS = tuple(
    vector(slot, name, _batch_channels, "channels", code="norm-length")
    for slot, name in ((1, "scale"), (2, "B"), (3, "mean"), (4, "var"))
)


def _scaled(call: Call) -> Iterator[Violation]:
    """Scale and B stretch to the axes that are normalised, ``axis`` and those behind it."""
    shape, axis = shape_of(call, 0), whole(call, "axis", -1)
    if shape is None or axis is None or not -len(shape) <= axis < len(shape):
        return
    part = shape[axis % len(shape) :]
    for slot, name in ((1, "Scale"), (2, "B")):
        scale = shape_of(call, slot)
        if scale is not None and len(scale) <= len(part):
            yield from stretches(scale, name, part, f"the normalised axes of {spell(shape)}")
        elif scale is not None:
            yield from stretches(scale, name, shape, f"the input {spell(shape)}")


def _groups(call: Call) -> Dim:
    """Length of GroupNormalization's scale: one for each group, from version 21 on each channel."""
    return whole(call, "num_groups") if call.version < 21 else size_at(call, 0, 1)


def _grouped(slot: int, name: str) -> Contract:
    return vector(
        slot, name, _groups, "one for each group or channel", code="norm-length", loose=True
    )


def _above(*names: str) -> Contract:
    """Real attributes ``names`` are above 0."""

    def check(call: Call) -> Iterator[Violation]:
        for name in names:
            value = call.attr(name)
            if isinstance(value, float) and value <= 0:
                yield Violation(
                    "attribute-value", f"{name} is {value:g}", f"set {name} above 0"
                )  # fmt: skip
                return

    return check


def _odd(call: Call) -> Iterator[Violation]:
    size = whole(call, "size")
    if size is not None and (size < 1 or size % 2 == 0):
        yield Violation(
            "attribute-value", f"size is {size}, LRN takes an odd number", "use an odd window"
        )


def _power(call: Call) -> Iterator[Violation]:
    p = whole(call, "p")
    if p not in (None, 1, 2):
        yield Violation("attribute-value", f"p is {p}, LpNormalization knows 1 and 2", "use 1 or 2")


NORMALISATION: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "BatchNormalization"): (*_STATISTICS, _trained),
    ("", "InstanceNormalization"): (
        least_rank(0, "input", 3), *per_channel((1, "scale"), (2, "B")),
    ),
    ("", "GroupNormalization"): (
        least_rank(0, "X", 2), divides("num_groups", 0, "X", 1, "channels"),
        _grouped(1, "scale"), _grouped(2, "bias"),
    ),
    ("", "LayerNormalization"): (axis_in_range(default=-1, name="X"), _scaled),
    ("", "RMSNormalization"): (axis_in_range(default=-1, name="X"), _scaled),
    ("", "SimplifiedLayerNormalization"): (axis_in_range(default=-1, name="X"), _scaled),
    ("", "LRN"): (least_rank(0, "X", 3), _odd, _above("alpha", "beta")),
    ("", "LpNormalization"): (axis_in_range(default=-1), _power),
    ("", "MeanVarianceNormalization"): (axes_in_range(lambda c: wholes(c, "axes")),),
    ("com.microsoft", "GroupNorm"): (
        divides("groups", 0, "X", -1, "channels"), one_of("activation", (0, 1)),
        *per_last((1, "gamma"), (2, "beta")),
    ),
}  # fmt: skip
