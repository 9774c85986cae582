"""What became of one model in another: the records."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.records import HIDDEN, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Facts, Node, Tensor
    from analyzer.records import Signed

Fate = Literal["changed", "resized", "quantised", "converted", "folded", "not compared"]
"""What became of a stored tensor."""


class Difference(NamedTuple):
    """One thing about an operator that is not what it was, as people write it."""

    aspect: str
    """``operator``, ``type`` (of the outputs), ``inputs`` (their number), ``sources`` (where they
    come from), ``outputs`` (which of the graph's it makes), ``runs`` (executions), ``MACs``,
    ``FLOPs``, or the name of an attribute or input."""
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """An operator that is not the same in both models."""

    old: Node | None
    """``None`` for an operator that came."""
    new: Node | None
    """``None`` for an operator that went."""
    differences: tuple[Difference, ...] = ()
    """What is not the same about an operator that is in both."""

    @property
    @shown
    def macs(self) -> Signed | None:
        """By how many MACs one inference grows; ``None`` where a cost is unknown."""
        return _minus(*(0 if node is None else node.total_macs for node in (self.new, self.old)))

    @property
    @shown
    def params(self) -> Signed | None:
        """By how many parameters the operator grows."""
        return _minus(*(0 if node is None else node.params for node in (self.new, self.old)))

    @property
    def node(self) -> Node:
        """The operator as it is, or was."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a change of nothing")
        return found


class Retyped(NamedTuple):
    """A graph input or output that is not the same in both models."""

    old: Tensor | None
    new: Tensor | None


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A stored tensor of two operators that belong together, where it is not the same in both."""

    old: str
    """Id of the operator in the old model."""
    new: str
    """The same in the new model."""
    operand: str
    """What the tensor is to it: ``weight``, ``bias``, ``gain``, ``statistic``, ``scale`` …"""
    names: tuple[str, ...]
    """Name of the tensor in the old model and in the new one."""
    dtypes: tuple[str, ...]
    """Element types."""
    fate: Fate
    """``resized``: of another shape. ``converted``: only as far as another floating-point type
    rounds. ``quantised``: integers on one side; ``relative`` then says nothing. ``folded``: only as
    far as the normalisation demands that is in it now; ``relative`` is what is left."""
    elements: int
    """Elements of the tensor."""
    changed: int | None = None
    """Elements that are not equal; NaN equals NaN, and +0 equals −0. ``None``: not compared."""
    relative: float | None = None
    """``‖new − old‖ / ‖old‖``, Euclidean norms over the whole tensor. ``None`` where that is no
    number: the old tensor is all zeros, or one of them has NaN or infinity."""
    why: str = ""
    """Why ``relative`` is no number, or why the tensor was not compared."""


@dataclass(frozen=True, slots=True, repr=False)
class WeightComparison(Brief):
    """The stored tensors of operators that are in both models, held against one another."""

    tensors: int = 0
    """Pairs of tensors that belong together; a shared pair counts once."""
    same: int = 0
    """Pairs of which every element is equal."""
    changes: tuple[WeightChange, ...] = ()
    """The others, largest relative change first, what was not compared last."""
    layers: int = 0
    """Operators with a weight, bias, gain or statistic that changed."""
    converted: int = 0
    """Pairs that differ as far as another element type rounds, and no further."""
    folded: int = 0
    """Pairs that differ as far as a normalisation demands that was folded in, and no further."""
    unread: int = 0
    """Pairs that were not compared."""
    largest: float | None = None
    """Largest relative change; ``None`` where there is none, or none that is a number."""
    why: str = ""
    """Why tensors were not compared; empty if all were."""

    @property
    @shown
    def complete(self) -> bool:
        """Whether every pair was compared."""
        return self.unread == 0 and not self.why


@dataclass(frozen=True, slots=True)
class Headline:
    """What a person would say first: one statement that stands for many differences."""

    kind: str
    """What it is about, such as ``quantised``, ``width`` or ``folded-norms``."""
    values: Mapping[str, str | int | float | None]
    """What is to be said."""
    covers: tuple[int, ...] = field(default=(), metadata=HIDDEN)
    """Indices of the changes that it says all about."""


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Brief):
    """What became of one model in another."""

    old: Facts = field(metadata=HIDDEN)
    new: Facts = field(metadata=HIDDEN)
    changes: tuple[Change, ...]
    """Largest difference in MACs first, then in parameters; unknown ones before all."""
    same: int
    """Operators that are in both, under whatever name."""
    renamed: int
    """Those of them with another name."""
    interface: tuple[Retyped, ...] = field(metadata=HIDDEN)
    """Graph inputs and outputs that came, went, or have another type."""
    weights: WeightComparison = field(default=WeightComparison(), metadata=HIDDEN)
    """What became of the stored tensors."""
    headlines: tuple[Headline, ...] = field(default=(), metadata=HIDDEN)
    """What is to be said first, the most important first."""
    partners: Mapping[str, str] = field(default_factory=dict, metadata=HIDDEN)
    """Id in the old model of every operator of the new one that is in both, by its id there."""

    @property
    @shown
    def pairs(self) -> int:
        """Operators that were paired: the same ones, and those that changed."""
        return self.same + sum(c.old is not None and c.new is not None for c in self.changes)

    @property
    @shown
    def covered(self) -> tuple[int, ...]:
        """Indices of the changes that a headline says all about."""
        return tuple(sorted({index for headline in self.headlines for index in headline.covers}))

    @property
    @shown
    def identical(self) -> bool | None:
        """Whether both compute the same, as far as operators, their attributes and types, their
        connections and all stored tensors say; ``None`` where weights were not compared."""
        changed = any(change.fate != "not compared" for change in self.weights.changes)
        if self.changes or self.interface or changed:
            return False
        return True if self.weights.complete else None


def _minus(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a - b
