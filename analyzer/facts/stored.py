"""What the file stores: tensors, their roles, and the parameters among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.facts.operator import UNREAD
from analyzer.facts.tensor import Certainty, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping


class SharedTensor(NamedTuple):
    """A tensor that several nodes use as weight."""

    name: str
    uses: int
    """Nodes that use it."""
    is_vector: bool = False
    """Its elements lie along one axis, as those of a bias or a scale do."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One constant of the model and what it is counted as."""

    name: str
    """Name in its scope."""
    scope: str
    """``""`` for the main graph, else the path of the first body or function that holds it."""
    dtype: str | None
    """Element type; ``None`` if unknown."""
    shape: Shape
    """Dimensions as stored."""
    role: str
    """``weight``, ``buffer``, ``quantization``, ``position``, ``mask`` or ``constant``."""
    elements: int | None
    """Logical elements: those that packed bytes stand for; ``None`` if unknown."""
    bytes: int | None
    """Bytes in the file or its external data; 0 for what ConstantOfShape makes, ``None`` if
    unknown."""
    why: str
    """What decided the role, e.g. ``weight of Conv``."""


@dataclass(frozen=True, slots=True, repr=False)
class Parameters(Brief):
    """What the model stores, by role; every tensor counted once."""

    weights: int
    """Elements in the place of weights, trained or not (published parameter counts)."""
    buffers: int
    """Running means and variances of BatchNormalization."""
    quantization: int
    """Scales and zero points."""
    constants: int
    """Shape arithmetic and other constants that do not act as weights."""
    bytes_by_dtype: Mapping[str, int]
    """Bytes of weights and buffers by dtype, as a runtime holds them."""
    shared: tuple[SharedTensor, ...] = ()
    """Tensors used as weight by more than one node, most used first."""
    stored_bytes: int = 0
    """Bytes that the file or its external data stores for them; 0 for generated weights."""
    positions: int = 0
    """Grids of element-wise operators that are sized by position and that no weighted layer comes
    after (anchors and strides of a detector's head) or before (mean images), position tables of
    operators that have them."""
    masks: int = 0
    """Masks of attention scores."""
    certainty: Certainty = Certainty.EXACT
    """Certainty of ``weights``."""
    reason: str = ""
    """Why that is not exact; empty otherwise."""
    tensors: tuple[StoredTensor, ...] = ()
    """The stored tensors, most elements first; no more than a thousand."""
    unlisted: int = 0
    """Stored tensors that ``tensors`` leaves out."""
    repeated: int = 0
    """Weights that would come on top if each use of a shared tensor had a tensor of its own, as
    another export of the network may have it."""

    @property
    def weight_bytes(self) -> int:
        """Bytes of weights and buffers in memory."""
        return sum(self.bytes_by_dtype.values())

    @property
    def beside(self) -> tuple[StoredTensor, ...]:
        """The listed tensors that are stored, read and no weights."""
        roles = ("weight", "buffer")
        return tuple(t for t in self.tensors if t.role not in roles and t.why != UNREAD)

    @property
    def scale_bytes(self) -> int:
        """Bytes of scales and zero points among them."""
        return sum(t.bytes or 0 for t in self.beside if t.role == "quantization")

    @property
    def kept_bytes(self) -> int:
        """Bytes of weights and buffers, and of the listed scales and zero points."""
        return self.weight_bytes + self.scale_bytes

    @property
    def constant_bytes(self) -> int:
        """Bytes of grids, masks and constants among them."""
        return sum(t.bytes or 0 for t in self.beside if t.role != "quantization")
