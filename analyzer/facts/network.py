"""The file's identity, and what is recognised in it: blocks, modules, architectures."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.records import HIDDEN, Digest, Signed, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts.operator import Range


@dataclass(frozen=True, slots=True)
class Block:
    """A recognised group of operators; each node belongs to at most one."""

    kind: str
    """``separable``, ``inverted-residual``, …"""
    nodes: tuple[str, ...]
    """Node ids in topological order."""
    macs: int | None
    """MACs over all executions."""
    params: int
    """Parameters of its operators."""
    detail: Mapping[str, int | str | bool] = field(default_factory=dict)
    """Kind-specific properties, e.g. ``{"stride": 2, "in_channels": 64}``."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Identity and provenance of the file."""

    path: str
    """As given by the user; ``-`` for standard input."""
    sha256: Digest | None
    """Digest of the file's bytes; ``None`` when hashing was switched off."""
    bytes: int
    """File size, external data excluded."""
    ir_version: Signed
    """Version of the file format."""
    opsets: Mapping[str, Signed]
    """Imported operator-set version by domain; ``""`` is ai.onnx."""
    producer: str
    """Producer name and version as the file states them."""
    graph_name: str = ""
    """Name of the main graph, possibly empty."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """``metadata_props`` of the file."""
    typed: int = field(default=0, metadata=HIDDEN)
    """Tensors of the main graph, besides inputs and outputs, whose type the file states."""
    outside: bool = field(default=False, metadata=HIDDEN)
    """Whether the file says of any tensor that its data is elsewhere."""

    @property
    def opset(self) -> int | None:
        """Imported version of the ai.onnx operators; ``None`` if there is none."""
        return self.opsets.get("", self.opsets.get("ai.onnx"))


@dataclass(frozen=True, slots=True, repr=False)
class Separable(Brief):
    """Cumulative effect of converting every candidate convolution."""

    macs_now: int
    """MACs of the model as it is."""
    macs_after: int
    """MACs of the model with every candidate converted."""
    params_now: int
    """Parameters of the model as it is."""
    params_after: int
    """Parameters of the model with every candidate converted."""
    candidates: tuple[str, ...]
    """Node ids, largest saving first."""

    @property
    def share(self) -> float | None:
        """Share of the model's MACs that all of it saves; ``None`` where there are no MACs."""
        return (self.macs_now - self.macs_after) / self.macs_now if self.macs_now else None


@dataclass(frozen=True, slots=True, repr=False)
class Module(Brief):
    """A module of the source code, as the exporter's scope names tell it."""

    path: str
    """Qualified name such as ``features.4.conv``; empty for the whole model."""
    name: str
    """Last part of the path."""
    class_name: str = field(metadata=named("class"))
    """Class in the source code where the exporter recorded it, else empty."""
    macs: int
    """Known MACs over all executions that ``Totals.macs`` contains, sub-modules included."""
    params: int
    """Parameters, sub-modules included; shared tensors count at one operator."""
    nodes: int
    """Operators, sub-modules included."""
    complete: bool
    """True when the MACs of every operator in it are known, and how often it runs at most."""
    children: tuple[Module, ...] = ()
    """Sub-modules in the order of their first operator."""
    macs_range: Range = (0, None)
    """Fewest and most MACs, whichever bodies run."""
    kind: str = field(default="", metadata=HIDDEN)
    """The kind of layer that does most of its MACs, as ``Node.kind`` has it; empty for none."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A published network that the structure proves the model to be."""

    family: str
    """Name of the paper's network, e.g. ``MobileNetV1``, ``ResNet``."""
    detail: str
    """One line for people, e.g. ``MobileNetV1, α = 0.5, 160×160, 28 weighted layers``."""
    alpha: float | None = None
    """Width multiplier of the MobileNet families, else ``None``."""
    resolution: tuple[int, ...] = ()
    """Spatial sides of the network's input; empty if it has none or they are unknown."""
    backbone: bool = False
    """It is a part of the model only: the model has more weighted layers than the paper's."""
