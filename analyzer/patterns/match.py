"""What a block pattern returns."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from analyzer.patterns.flow import Flow, Gate

Detail = int | str | bool


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate block; it becomes one if none of its anchors belongs to a block already."""

    kind: str
    anchors: tuple[str, ...]
    """Every one must be free."""
    detail: Mapping[str, Detail] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    """Taken along where free: shape plumbing that several blocks may share."""


if TYPE_CHECKING:
    Pattern = Callable[[Flow], Iterator[Match]]


def gate_anchors(gate: Gate | None) -> tuple[str, ...]:
    return gate.anchors if gate else ()


def conv_detail(flow: Flow, first: str, spatial: str, last: str) -> dict[str, Detail]:
    """Stride and kernel of the spatial layer, channels from the first to the last layer."""
    conv = flow.conv(spatial)
    detail: dict[str, Detail] = {"kernel": conv.kernel, "stride": max(conv.strides)}
    ends = {"in_channels": flow.channels(first)[0], "out_channels": flow.channels(last)[1]}
    return detail | {name: count for name, count in ends.items() if count is not None}
