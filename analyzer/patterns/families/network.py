"""What a family's proof may look at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import Architecture
from analyzer.graph.adjacency import call_of, producer, vertex
from analyzer.patterns.roles import second_operand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.digraph import Digraph
    from analyzer.facts import Block, Conv, Node, Tensor

Figures = tuple[int, ...]


@dataclass
class Network:
    """The model in the order of its operators."""

    graph: Digraph[str]
    nodes: Mapping[str, Node]
    blocks: tuple[Block, ...]
    inputs: tuple[Tensor, ...]
    running: int | None = None
    """Weighted layers that a run has, those of vendors' operators among them: of an If, one branch.
    ``None``: all."""
    guessed: frozenset[str] = frozenset()
    """Inputs with a side that nothing states."""

    @cached_property
    def convs(self) -> list[Conv]:
        return [node.conv for node in self.nodes.values() if node.conv is not None]

    @cached_property
    def linears(self) -> list[str]:
        """Matrix products with constant weights."""
        return [key for key in self.nodes if self._is_linear(key)]

    def _is_linear(self, key: str) -> bool:
        record = vertex(self.graph, key)
        return second_operand(record.call) in record.constants

    @property
    def weighted_layers(self) -> int:
        return len(self.convs) + len(self.linears)

    @property
    def resolution(self) -> tuple[int, ...]:
        """Spatial sides of what the first convolution reads, before padding; empty if unknown."""
        first = next((key for key, node in self.nodes.items() if node.conv is not None), None)
        if first is None:
            return ()
        sides = self.convs[0].in_spatial
        padding = producer(self.graph, first)
        if padding is not None and self.nodes[padding].op_type == "Pad":
            image = call_of(self.graph, padding).input(0)
            sides = image.shape[2:] if image is not None and image.shape else ()
        known = tuple(side for side in sides if side is not None)
        return known if len(known) == len(sides) else ()

    @property
    def sides(self) -> str:
        """The resolution, and that it is assumed where the file leaves it open; or nothing."""
        sides = "×".join(map(str, self.resolution))
        if not sides:
            return ""
        leading = next(key for key, node in self.nodes.items() if node.conv is not None)
        while (before := producer(self.graph, leading)) is not None:
            leading = before
        image = call_of(self.graph, leading).input(0)
        return f"{sides} assumed" if image is not None and image.name in self.guessed else sides

    def of(self, kind: str) -> list[Block]:
        return [block for block in self.blocks if block.kind == kind]

    def rows(self, kind: str, *columns: str) -> list[Figures]:
        """One tuple of detail values per block of a kind."""
        return [tuple(int(b.detail.get(c, 0)) for c in columns) for b in self.of(kind)]

    def architecture(
        self, family: str, *words: str, layers: int | None = None, alpha: float | None = None
    ) -> Architecture:
        """``layers`` is what the paper's network has; more of them make it a backbone."""
        count = self.weighted_layers
        if self.running is not None:
            count = min(count, self.running)
        backbone = layers is not None and count > layers
        parts = [f"{family} backbone" if backbone else family, *words]
        if alpha is not None:
            parts.append(f"α = {alpha:g}")
        if self.sides:
            parts.append(self.sides)
        if self.running in (None, count):  # what vendors' operators hold is no layer of the paper's
            parts.append(f"{count} weighted layers")
        return Architecture(family, ", ".join(parts), alpha, self.resolution, backbone)


def divisible(channels: float, by: int = 8) -> int:
    """Channel rounding of the MobileNet reference code: nearest multiple, at most 10 % down.

    >>> divisible(32 * 0.35), divisible(24 * 0.75), divisible(1280 * 1.4)
    (16, 24, 1792)
    """
    rounded = max(by, int(channels + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * channels else rounded


def width(found: list[int], published: list[int]) -> float | None:
    """α for which every published channel count becomes the one found, else ``None``.

    The candidates are the papers' multipliers and the ratio of the widest layer; both ways of
    rounding (down, and to multiples of 8) are accepted.
    """
    if not found:
        return None
    ratio = max(found) / max(published)
    near = (0.1, 0.25, 0.35, 0.5, 0.75, 1.0, 1.25, 1.3, 1.4, 1.5, 2.0)
    for alpha in (*(a for a in near if abs(a - ratio) < 0.15 * a), round(ratio, 3)):
        if found in (
            [int(c * alpha) for c in published],
            [divisible(c * alpha) for c in published],
        ):
            return alpha
    return None
