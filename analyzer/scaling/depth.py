"""The depth axis: stages of like blocks, and what one block more or less costs.

A *stage* is a run of blocks of one kind that leave a tensor of the same shape, its first
(which may change shape) included. Scaling depth by d repeats a stage of n blocks ⌈d·n⌉
times, as EfficientNet does (Tan & Le 2019, https://arxiv.org/abs/1905.11946): what is added
are copies of the last block. Where that block changes shape, the copy is its stride-1
sibling with as many input as output channels, inner widths in proportion.
"""

from __future__ import annotations

from dataclasses import field, replace
from fractions import Fraction
from itertools import groupby
from math import ceil, gcd
from typing import TYPE_CHECKING, TypeGuard

from analyzer.dataclass import dataclass
from analyzer.digraph import has_path
from analyzer.display import Brief
from analyzer.graph.adjacency import call_of, fed_by, read_by, vertex
from analyzer.graph.call import Unknown
from analyzer.operators import record_of
from analyzer.operators.record import Nature
from analyzer.records import HIDDEN, shown
from analyzer.scaling.system import relate
from analyzer.scaling.width import exact, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.digraph import Digraph
    from analyzer.facts import Block, Dim, Facts, Tensor
    from analyzer.graph.call import Call

REPEATABLE = frozenset({
    "attention", "basic-residual", "bottleneck", "convnext", "fused-mbconv", "inverted-residual",
    "mlp", "separable",
})  # fmt: skip
"""Kinds whose blocks can follow themselves."""


_Placed = tuple["Block", tuple["Tensor", "Tensor"]]
"""A block, what it starts from, and what it hands on."""


@dataclass(frozen=True, slots=True, repr=False)
class Stage(Brief):
    """Like blocks in a row."""

    kind: str
    """Block kind."""
    shape: tuple[Dim, ...]
    """Shape each of them hands on."""
    blocks: tuple[Block, ...] = field(metadata=HIDDEN)
    """In topological order; the first may change the shape."""
    entry: str = field(default="", metadata=HIDDEN)
    """Tensor the last block starts from."""
    leave: str = field(default="", metadata=HIDDEN)
    """Tensor the last block hands on."""
    layered: int = field(default=0, metadata=HIDDEN)
    """Of a transformer: the number of its chain of layers, from 1, of each of which it has a block;
    0 for other stages."""

    @property
    @shown
    def repeats(self) -> int:
        """How many there are."""
        return len(self.blocks)


def repeats(stage: Stage, depth: float) -> int:
    """⌈d·n⌉, at least one block.

    >>> repeats(Stage("separable", (1, 8, 7, 7), ()), 2.0)
    1
    """
    return max(1, ceil(exact(depth) * stage.repeats))


def units(found: Sequence[Stage], counts: Sequence[int]) -> int:
    """Layers of transformers, and the blocks of other stages, where each stage has so many blocks.

    >>> units([Stage("mlp", (), (), layered=1), Stage("attention", (), (), layered=1)], [6, 6])
    6
    """
    layers = {stage.layered: count for stage, count in zip(found, counts, strict=True)}
    layers.pop(0, None)
    return sum(layers.values()) + sum(
        count for stage, count in zip(found, counts, strict=True) if not stage.layered
    )  # fmt: skip


def stages(facts: Facts) -> tuple[Stage, ...]:
    """Stages of the main graph in topological order."""
    ends = {b.nodes: _ends(facts, b) for b in facts.blocks if b.kind in REPEATABLE}
    usable = [(b, end) for b in facts.blocks if (end := ends.get(b.nodes)) is not None]
    runs = groupby(usable, key=lambda pair: _sides(pair[1][1]))
    chains = [chain for _, run in runs for chain in _chains(facts, run)]
    return tuple(
        stage for number, chain in enumerate(chains, 1) for stage in _by_kind(chain, number)
    )


def _chains(facts: Facts, run: Iterable[_Placed]) -> list[list[_Placed]]:
    """Blocks of one shape, those together that work on what others of them hand on: an encoder's
    and a decoder's are two chains, whose layers cannot stand in for each other."""
    makers = {t.name: node.id for node in facts.nodes if not node.scope for t in node.outputs}
    chains: list[list[_Placed]] = []
    recent: list[list[_Placed]] = []
    for block, (entry, leave) in run:
        own = next((chain for chain in reversed(recent)
                    if _follows(facts.graph, makers, chain[-1][1][1], entry)), None)  # fmt: skip
        if own is None:
            chains.append(own := [])
        else:
            recent.remove(own)
        recent.append(own)  # a decoder's blocks are made of the encoder's, too, but not last
        own.append((block, (entry, leave)))
    return chains


def _follows(graph: Digraph[str], makers: Mapping[str, str], before: Tensor, after: Tensor) -> bool:
    """Whether ``after`` is ``before``, or is made of it."""
    start, end = makers.get(before.name), makers.get(after.name)
    return before.name == after.name or (
        start is not None and end is not None and has_path(graph, start, end)
    )


def _by_kind(chain: Iterable[_Placed], number: int) -> Iterator[Stage]:
    """Stages of a chain. Layers of a transformer are repeated whole: where each has several blocks
    of a kind, attention to itself and to an encoder, each of those is a stage."""
    kinds: dict[str, list[_Placed]] = {}
    for block, ends in chain:
        kinds.setdefault(block.kind, []).append((block, ends))
    layers = gcd(*map(len, kinds.values())) if "attention" in kinds else 0
    for kind, members in kinds.items():
        step = len(members) // layers if layers else 1
        for first in range(step):
            own = members[first::step]
            entry, leave = own[-1][1]
            yield Stage(
                kind, leave.shape or (), tuple(block for block, _ in own), entry.name, leave.name,
                number if layers else 0,
            )  # fmt: skip


def _ends(facts: Facts, block: Block) -> tuple[Tensor, Tensor] | None:
    """(entry, exit) of a main-graph block, both of known shape; ``None`` if it has not one each."""
    graph, members = facts.graph, set(block.nodes)
    if any(vertex(graph, node).scope for node in members):
        return None
    exported = {t.name for t in facts.outputs}
    entries: dict[str, Tensor] = {}
    exits: dict[str, Tensor] = {}
    for node in block.nodes:
        call, constants = call_of(graph, node), vertex(graph, node).constants
        inner = {edge.slot for tail, edge in fed_by(graph, node) if tail in members}
        for slot, tensor in enumerate(call.inputs):
            if slot not in inner and slot not in constants and _is_stream(tensor):
                entries[tensor.name] = tensor
        outer = {
            edge.source_slot
            for reader, edge in read_by(graph, node)
            if reader not in members and not _reads_shape(graph, reader)
        }
        for slot, tensor in enumerate(call.outputs):
            if tensor is not None and (slot in outer or tensor.name in exported):
                exits[tensor.name] = tensor
    if not entries or len(exits) != 1:
        return None
    (leave,) = exits.values()
    # an attention block also reads its mask; the stream it continues has its own shape
    alike = [t for t in entries.values() if _sides(t) == _sides(leave)]
    entry = next(iter(entries.values() if len(entries) == 1 else alike), None)
    if entry is None or entry.elements is None or leave.elements is None:
        return None
    return entry, leave


def _reads_shape(graph: Digraph[str], node: str) -> bool:
    """Reads sizes, not contents."""
    record = record_of(call_of(graph, node))
    return record is not None and record.nature is Nature.STATIC


def _is_stream(tensor: Tensor | None) -> TypeGuard[Tensor]:
    """Activations; neither integers of shape arithmetic nor scalars."""
    return tensor is not None and tensor.elements != 1 and "int" not in (tensor.dtype or "")


def _sides(tensor: Tensor) -> tuple[Dim, ...]:
    """Shape without axes of one element, which reshapes add and drop freely."""
    return tuple(d for d in tensor.shape or () if d != 1)


def sibling(facts: Facts, stage: Stage, calls: Mapping[str, Call]) -> Mapping[str, Call]:
    """Operators of one more block at the end of ``stage``, at the sizes of ``calls``.

    Raises ``Unknown`` where the last block cannot be fitted to its own output.
    """
    block = stage.blocks[-1]
    shapes = {
        t.name: t for node in block.nodes for t in (*calls[node].inputs, *calls[node].outputs) if t
    }
    entry, leave = shapes[stage.entry], shapes[stage.leave]
    own = {node: calls[node] for node in block.nodes}
    if _sides(entry) == _sides(leave):
        return own
    if entry.shape is None or leave.shape is None or len(entry.shape) != len(leave.shape):
        raise Unknown("a block changes the rank of its input")
    constants = {node: vertex(facts.graph, node).constants for node in own}
    flat = {
        node: (_unstrided(call, entry.shape, leave.shape), constants[node])
        for node, call in own.items()
    }
    network = relate(flat, [entry.name], [leave.name])
    axes, into, out = network.axes[entry.name], entry.shape[1], leave.shape[1]
    if not into or not out:
        raise Unknown("a block's channels are unknown")
    ratio = Fraction(out, into)
    return network.solve(
        {axes[1]: out}, lambda channels, multiple: nearest(channels * ratio, multiple)
    )


def _unstrided(call: Call, entry: tuple[Dim, ...], leave: tuple[Dim, ...]) -> Call:
    """The call with every map at the block's output side and no stride."""

    def move(tensor: Tensor | None) -> Tensor | None:
        if tensor is None or tensor.shape is None or tensor.shape[2:] != entry[2:]:
            return tensor
        return replace(tensor, shape=(*tensor.shape[:2], *leave[2:]))

    attributes = dict(call.attributes)
    if entry[2:] != leave[2:] and attributes.get("strides"):
        attributes["strides"] = (1,) * len(attributes["strides"])
    return replace(
        call,
        attributes=attributes,
        inputs=tuple(map(move, call.inputs)),
        outputs=tuple(map(move, call.outputs)),
    )
