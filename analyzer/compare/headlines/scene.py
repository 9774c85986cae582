"""What headlines look at: both models, their layers, and the changes by operator."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.compare.record import Headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.compare.match import Matching
    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part
    from analyzer.compare.record import Change, Comparison


class Scene:
    """Two models and what is between them."""

    def __init__(self, found: Comparison, matching: Matching) -> None:
        self.found: Comparison = found
        self.matching: Matching = matching
        self.old: Wired = matching.old
        self.new: Wired = matching.new
        self.covered: set[int] = set()
        """Changes that an earlier headline says all about."""

    @cached_property
    def went(self) -> Mapping[str, int]:
        """Index of the change by id of an operator that went."""
        return {c.old.id: i for i, c in enumerate(self.found.changes) if c.old and not c.new}

    @cached_property
    def came(self) -> Mapping[str, int]:
        """Index of the change by id of an operator that came."""
        return {c.new.id: i for i, c in enumerate(self.found.changes) if c.new and not c.old}

    @cached_property
    def altered(self) -> Mapping[str, int]:
        """Index of the change by new id of an operator that is in both."""
        return {c.new.id: i for i, c in enumerate(self.found.changes) if c.new and c.old}

    @cached_property
    def old_layers(self) -> tuple[Part, ...]:
        """Weighted layers of the old model."""
        return tuple(part for part in self.old.parts if part.is_weighted)

    @cached_property
    def new_layers(self) -> tuple[Part, ...]:
        """Weighted layers of the new model."""
        return tuple(part for part in self.new.parts if part.is_weighted)

    @cached_property
    def pairs(self) -> tuple[tuple[Part, Part], ...]:
        """Weighted layers that are in both."""
        back = self.matching.back
        return tuple(
            (self.old.parts[back[part.index]], part)
            for part in self.new_layers
            if part.index in back
        )

    @cached_property
    def shared(self) -> int:
        """Layers that are in both with weights of one shape, or under one name."""
        return sum(_weights(old) == _weights(new) or _name(old) == _name(new) != ""
                   for old, new in self.pairs)  # fmt: skip

    @cached_property
    def is_other(self) -> bool:
        """Whether less than half of one network is in the other, or both are recognised as
        published ones, and not as the same."""
        most = max(len(self.old_layers), len(self.new_layers))
        scaled = len(self.pairs) == most and len({len(self.old_layers), len(self.new_layers)}) == 1
        if most < LEAST or scaled or self._separable:
            return False
        families = {side.facts.architecture.family for side in (self.old, self.new)
                    if side.facts.architecture}  # fmt: skip
        return self.shared * 2 < most or len(families) > 1

    @property
    def _separable(self) -> bool:
        """As many depthwise layers came as standard ones went, or the other way round."""
        came, went = ([part.node.conv.kind for part in layers
                       if part.node.conv is not None and part.node.id in moved]
                      for layers, moved in ((self.new_layers, self.came),
                                            (self.old_layers, self.went)))  # fmt: skip
        return any(
            "depthwise" in one and one.count("depthwise") == other.count("standard")
            for one, other in ((came, went), (went, came))
        )

    @cached_property
    def came_types(self) -> frozenset[str]:
        """Types of the operators that came."""
        return frozenset(self.found.changes[i].node.op_type for i in self.came.values())

    def part_of(self, index: int) -> Part:
        """The operator of a change as it is, or was."""
        change = self.found.changes[index]
        network = self.new if change.new is not None else self.old
        return network.part(change.node.id)

    def network_of(self, part: Part) -> Wired:
        """The model that an operator is of."""
        places = self.old.parts
        mine = part.index < len(places) and places[part.index] is part
        return self.old if mine else self.new

    def addition_behind(self, index: int) -> int | None:
        """The change that an Add behind a layer went, where it was all that read the layer."""
        change = self.found.changes[index]
        part = self.old.part(change.old.id) if change.old is not None else None
        if part is None or len(part.readers) != 1:
            return None
        ((after, *_),) = part.readers
        reader = self.old.parts[after]
        return self.went.get(reader.node.id) if reader.node.op_type == "Add" else None

    def left(self) -> Iterator[tuple[int, Change]]:
        """Changes that no headline covers yet."""
        return ((i, c) for i, c in enumerate(self.found.changes) if i not in self.covered)

    def only(self, index: int, *aspects: str) -> bool:
        """Whether all that is different about a changed operator is among ``aspects``."""
        change = self.found.changes[index]
        return bool(change.differences) and all(d.aspect in aspects for d in change.differences)

    def counts(self, ids: Iterable[int]) -> Counter[str]:
        """Operators by type among changes."""
        return Counter(self.found.changes[i].node.op_type for i in ids)

    def blocks_of(self, network: Wired, gone: Mapping[str, int]) -> dict[str, list[int]]:
        """Changes by kind of a recognised block, of the blocks whose layers are all among ``gone``;
        a list for each kind holds those of all its blocks, and begins with their number."""
        weighted = {part.node.id for part in network.parts if part.is_weighted}
        found: dict[str, list[int]] = defaultdict(lambda: [0])
        for block in network.facts.blocks:
            inside = [node for node in block.nodes if node in weighted]
            if inside and all(node in gone and gone[node] not in self.covered for node in inside):
                found[block.kind][0] += 1
                found[block.kind] += [gone[node] for node in block.nodes if node in gone]
        return found


def _weights(part: Part) -> object:
    """Shapes of what a layer multiplies by."""
    slot = part.record.weight if part.record is not None else None
    tensor = part.call.input(slot) if slot is not None else None
    if tensor is None:
        return [part.call.input(operand.slot) for operand in part.operands[:1]]
    return tensor.shape


def _name(part: Part) -> str:
    return f"{part.node.scope}/{part.node.name}" if part.node.name else ""


LEAST = 3
"""Layers from which two models can be called other networks."""


def headline(kind: str, covers: Iterable[int] = (), **values: str | int | float | None) -> Headline:
    """A headline with its values."""
    return Headline(kind, values, tuple(dict.fromkeys(covers)))
