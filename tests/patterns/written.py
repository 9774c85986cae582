"""Networks of which blocks are known, without a graph: what families are told by."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from analyzer.facts import Block, Conv
from analyzer.patterns.families.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Architecture, ConvKind

Detail = dict[str, Any]
GRAPHLESS: Any = None
"""Nothing is asked of the graph here."""
Row = tuple[int, ...]


@dataclass
class Written(Network):
    """A network of which the blocks are known, and how many layers it has."""

    layers: int = 0

    @property
    def weighted_layers(self) -> int:
        return self.layers

    @property
    def resolution(self) -> tuple[int, ...]:
        return ()


def conv(kernel: Row = (3, 3), out: int = 8, stride: int = 1, kind: ConvKind = "standard",
         groups: int = 1, inside: int = 8) -> Conv:  # fmt: skip
    return Conv(kind, False, "×".join(map(str, kernel)), kernel, kernel[0] * kernel[-1], inside,
                out, groups, None, (stride,) * 2, (1, 1), (None, None), (None, None), None,
                0)  # fmt: skip


def written(
    kind: str, details: Sequence[Detail], *, layers: int = 0, convs: Sequence[Conv | None] = (),
    more: Sequence[Block] = (),
) -> Written:  # fmt: skip
    """Blocks of one kind; convolutions stand for themselves, ``None`` for a pooling."""
    blocks = [Block(kind, (f"n{i}",), 0, 0, detail) for i, detail in enumerate(details)]
    nodes: Any = {f"c{i}": SimpleNamespace(conv=each, op_type="Conv" if each else "MaxPool")
                  for i, each in enumerate(convs)}  # fmt: skip
    return Written(GRAPHLESS, nodes, (*blocks, *more), (), layers=layers)


def named(found: Architecture | None) -> str:
    return "" if found is None else found.detail.removesuffix(" weighted layers")


def without(details: list[Detail]) -> list[list[Detail]]:
    """The same without each of its rows."""
    return [details[:at] + details[at + 1 :] for at in range(len(details))]
