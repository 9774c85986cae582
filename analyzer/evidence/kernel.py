"""What trained kernels and filters use of their size."""

from __future__ import annotations

from dataclasses import field

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.records import HIDDEN, named, shown


@dataclass(frozen=True, slots=True)
class KernelCore:
    """How much of a large kernel its centre holds."""

    kernel: str
    """Kernel as declared, for people, e.g. ``7×7``."""
    core: str
    """Smallest centred kernel that keeps ``target`` of the energy, e.g. ``3×3``."""
    core_shape: tuple[int, ...]
    """The same, side per spatial axis."""
    taps: int
    """Product of the declared sides."""
    core_taps: int
    """Product of the sides of the centre."""
    energy: float
    """Share of the squared norm of the weights in the centre."""
    target: float
    """Share of energy that the centre has to keep."""
    macs_now: int | None
    """MACs of the convolution over all its executions."""
    macs_of_model: int | None = field(default=None, metadata=HIDDEN)
    """MACs of the whole model, of which ``share`` is a part."""

    @property
    def share(self) -> float | None:
        """Share of the model's MACs that the smaller kernel saves."""
        saved, whole = self.saved, self.macs_of_model
        return None if saved is None or not whole else saved / whole

    @property
    def baseline(self) -> float:
        """Share of energy in the centre were all taps alike."""
        return self.core_taps / self.taps if self.taps else 1.0

    @property
    @shown
    def saved(self) -> int | None:
        """MACs that the smaller kernel saves."""
        if self.macs_now is None or not self.taps:
            return None
        return self.macs_now - self.macs_now // self.taps * self.core_taps


@dataclass(frozen=True, slots=True)
class KernelUse:
    """Which kernel taps do any work."""

    kernel: tuple[int, ...] = field(metadata=named("declared"))
    """Kernel as declared, side per spatial axis."""
    effective: tuple[int, ...]
    """Smallest kernel that does the same; all 0 when every tap is dead."""
    offset: tuple[int, ...]
    """First live tap per axis: what padding shrinks by at the front."""
    spread: tuple[int, ...]
    """Factor by which dilation grows in exchange (5 taps with the odd ones dead: 3 taps, 2)."""
    taps: int
    """Product of the declared sides."""
    dead_taps: int
    """Taps that are zero or denormal over all channel pairs."""

    @property
    def effective_taps(self) -> int:
        """Product of the sides of the smallest kernel that does the same."""
        out = 1
        for side in self.effective:
            out *= side
        return out

    @property
    def shrinkable(self) -> bool:
        """True when a smaller kernel computes the same."""
        return self.effective_taps < self.taps

    @property
    def saved_share(self) -> float:
        """Share of this convolution's MACs that the smaller kernel saves."""
        return 1 - self.effective_taps / self.taps if self.taps else 0.0


@dataclass(frozen=True, slots=True, repr=False)
class FilterUse(Brief):
    """Output filters (and input channels) that carry nothing or nothing new."""

    filters: int = field(metadata=named("count"))
    """Output channels, N."""
    inputs: int
    """Input channels, M."""
    dead: tuple[int, ...]
    """Output channels whose weights are all zero, or less than 1e-12 of the layer's largest:
    their output is the bias. The first 4,096 of them."""
    dead_count: int
    """Number of dead output channels."""
    unread: tuple[int, ...]
    """Input channels that no filter reads, in the same sense. The first 4,096 of them."""
    unread_count: int
    """Number of unread input channels."""
    duplicates: tuple[tuple[int, ...], ...]
    """Groups of two or more bit-identical live filters; looked for in convolutions of up to 65,536
    filters."""
    duplicate_count: int
    """Filters that repeat another one bit for bit: group sizes less one each."""
    proportional: tuple[tuple[int, ...], ...]
    """Groups of live filters equal up to a factor, identical ones included."""
    redundant: int
    """Filters another live filter makes superfluous: group sizes less one each."""
    freed_params: int
    """Weights of this layer that go with the dead filters."""
    freed_unread: int
    """Weights of this layer that go with the unread inputs."""
    freed_downstream: int | None
    """Weights of the layers that read the dead channels; ``None`` where that is not traceable."""
    taken: bool = False
    """Callers take the output channels: they are those of an output of the graph, or become those
    without another layer. None can go."""
    given: bool = False
    """Callers give the input channels: they are those of an input of the graph, or follow from it
    without another layer. None can go."""

    @property
    def freed(self) -> int:
        """Weights that go with the dead filters, in the layers that read them too where known."""
        return self.freed_params + (self.freed_downstream or 0)

    @property
    def unread_share(self) -> float:
        """Share of the input channels that no filter reads."""
        return self.unread_count / self.inputs if self.inputs else 0.0

    @property
    def dead_share(self) -> float:
        """Share of the output channels that are dead."""
        return self.dead_count / self.filters if self.filters else 0.0

    @property
    def duplicate_share(self) -> float:
        """Share of the filters that repeat another one."""
        return self.duplicate_count / self.filters if self.filters else 0.0
