"""What all weights of a layer, and of the model, say."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.records import LISTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.evidence.kernel import FilterUse, KernelCore, KernelUse
    from analyzer.evidence.separability import LowRank, Separability
    from analyzer.evidence.value import IntegerWeights, TensorEvidence, ValueStats


@dataclass(frozen=True, slots=True, repr=False)
class LayerEvidence(Brief):
    """Everything read from the weights of one layer."""

    node: str
    """``Node.id``."""
    values: ValueStats
    filters: FilterUse | None
    """``None`` where there are too many channels to tell apart."""
    kernel: KernelUse | None = None
    """Convolutions with more than one tap."""
    separability: Separability | None = None
    """Convolutions that mix space and channels; ``None`` too when weights are not finite, and
    when all are zero."""
    low_rank: LowRank | None = None
    """Products and convolutions of one group: the cheaper of the two splits. ``None`` too where
    the weights are too many to be decomposed, in this layer or in those before it, not finite, or
    all zero; and of layers with less than 1/256 of the MACs of a model of more than 100."""
    core: KernelCore | None = None
    """Convolutions with a kernel of five or more along some axis, of finite weights."""


@dataclass(frozen=True, slots=True, repr=False)
class WeightEvidence(Brief):
    """Evidence by node id and by tensor, and what was left out."""

    layers: Mapping[str, LayerEvidence] = field(metadata=LISTED)
    """In the order of ``Facts.nodes``."""
    tensors: tuple[TensorEvidence, ...] = ()
    """In the order of the file."""
    unread: tuple[str, ...] = ()
    """Node ids whose weights are not in the file or not readable: nothing is claimed of them."""
    unread_origins: tuple[str, ...] = ()
    """What the weights of all of them are: ``integers`` where each stores them so, or the types of
    the operators that make them when the model runs; nothing where that is not so of all."""
    unread_tensors: int = 0
    """Stored tensors that were not read."""
    beyond: tuple[str, ...] = ()
    """Nodes and tensors that were left out because there was too much to look at."""
    integers: tuple[IntegerWeights, ...] = ()
    """Quantised weights of layers of the main graph, in the order of ``Facts.nodes``."""

    unsplit: tuple[str, ...] = ()
    """Nodes whose weights were not looked at for two smaller layers: that of others, which have
    no fewer MACs, was all the work that one model may make."""

    weight_tensors: int = 0
    """Tensors of weights and tables that were read, or that operators make of nothing that is
    stored, those of a single number left out."""
    constant_tensors: int = 0
    """Those of them whose values are all the same, or that are filled when the model runs."""
    drawn_tensors: int = 0
    """Those of them that are random numbers, other ones in every run."""
    placeholder: bool = False
    """The weights are placeholders: 99 % or more of them are in such tensors, of several."""

    @property
    def untrained_tensors(self) -> int:
        """Tensors of weights that are one number everywhere, or drawn anew in each run."""
        return self.constant_tensors + self.drawn_tensors

    @property
    def reads_weights(self) -> bool:
        """Whether any tensor of weights is stored, and was read."""
        return any(t.kind in ("weight", "table") and t.values.elements > 1 for t in self.tensors)

    @property
    def sees_none(self) -> bool:
        """Whether there are layers, and the file stores the trained values of none of them, or of
        next to none: they are made, or given, when the model runs."""
        if self.placeholder and (self.unread or not self.layers):
            return True
        return bool(self.unread) and not (self.layers or self.integers or self.reads_weights)
