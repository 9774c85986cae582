"""Records of what a model could do without: operators, tensors, inputs, functions.

Found by ``analyzer.redundancy``; what to think of it is for rules to say. Everything here holds
for every size that the file leaves open, whatever was assumed or stated for the analysis.
"""

from __future__ import annotations

from fractions import Fraction

from analyzer.dataclass import dataclass

OPERATORS = ("dead", "never-run", "foldable", "computed-shape", "duplicate", "identity", "dropout",
             "cast", "transpose", "reshape", "selection", "arithmetic", "resampling",
             "constant-result", "constant-if", "constant-loop", "constant-where",
             "baked-batch", "baked-size")  # fmt: skip
"""Kinds of surplus whose place is an operator."""
KINDS = (*OPERATORS, "unread-input", "idle-input", "unused-function")


@dataclass(frozen=True, slots=True)
class Surplus:
    """One thing that the outputs do not need, or that is settled before the model runs."""

    kind: str
    """What it is; one of ``KINDS``."""
    place: str
    """Node id; name of a graph input; label of a function."""
    why: str
    """One clause that proves it, with names and numbers."""
    operators: int = 1
    """Operators that go with it; 0 for what is none."""
    by: str = ""
    """What gives the same: a tensor, or the operator that computes it first; empty if nothing
    has to."""
    result_bytes: int | None = None
    """Bytes of the result, where it could be stored; ``None`` if unknown, or nothing to store."""
    operand_bytes: int | None = None
    """Bytes of the constants that it is computed from directly."""
    growth_bytes: int = 0
    """Most bytes that a step on the way to the result makes out of fewer: what storing the result
    adds to the file; 0 where nothing grows."""

    @property
    def is_operator(self) -> bool:
        """Its place is the id of an operator."""
        return self.kind in OPERATORS


@dataclass(frozen=True, slots=True)
class Initializer:
    """A tensor that the file stores: an initializer, or the value of a Constant."""

    name: str
    """Name in its scope."""
    scope: str
    """``""`` for the main graph, else the path of the body or function that holds it."""
    dtype: str | None
    """Element type."""
    shape: tuple[int | None, ...] | None
    """Dimensions as stored."""
    elements: int | None
    """Number of elements; ``None`` if unknown."""
    bytes: int | None
    """Bytes of its elements; ``None`` if unknown."""
    readers: int
    """Operators that read it, in bodies too, and graph outputs that it is."""
    is_input: bool
    """Also a graph input, so that a caller may override it (IR version 4 and later)."""
    is_output: bool
    """Also an output of its graph."""
    is_node: bool
    """The value of a Constant node, not an initializer."""
    is_external: bool
    """Its elements are in another file."""
    duplicate_of: str = ""
    """The first tensor of the same type, shape and bytes; empty if there is none, or if its
    elements are not there, or are more external data than is read for a comparison."""
    uniform: bool | None = None
    """Every element is the same; ``None`` where nobody looked."""


@dataclass(frozen=True, slots=True)
class OpenSize:
    """A size that the file leaves open, and how total MACs follow it."""

    dim: str
    """Symbol in the file; ``height = width`` for both sides of an image."""
    axes: tuple[tuple[str, int], ...]
    """(input, axis) of those that have it."""
    image: bool
    """Whether it is height and width of an image."""
    now: int
    """Size it is bound to."""
    step: int
    """The polynomial holds at multiples of this: strides round other sizes."""
    coefficients: tuple[Fraction, ...]
    """Of size⁰, size¹ and, for two degrees, size²."""
    sums: tuple[tuple[str, int], ...] = ()
    """(input, axis) of those that are sums of this size and others, and grow with it."""
    longest: int | None = None
    """The largest that the graph admits, as a table of positions or a mask is no longer; ``None``
    where no such end was found."""

    def at(self, size: int) -> Fraction:
        """Total MACs at a multiple of ``step``."""
        return sum((c * size**power for power, c in enumerate(self.coefficients)), Fraction(0))


@dataclass(frozen=True, slots=True)
class BatchGrowth:
    """An operator whose work grows faster than the batch."""

    place: str
    """Node id."""
    dim: str
    """What the file calls the batch: the first axis that its inputs leave open."""
    batch: int
    """Size of it that was assumed."""
    macs: int
    """Multiply-accumulates of one execution with it."""
    next_macs: int
    """The same with one sample more."""

    @property
    def ratio(self) -> float:
        """``next_macs / macs``; no more than (batch + 1) / batch if samples are independent."""
        return self.next_macs / self.macs

    @property
    def excess(self) -> int:
        """Multiply-accumulates beyond what one independent sample would add."""
        return self.next_macs - self.macs * (self.batch + 1) // self.batch


@dataclass(frozen=True, slots=True)
class Structure:
    """What a model stores and what it could do without."""

    surplus: tuple[Surplus, ...] = ()
    """In the order of the file, each place once."""
    initializers: tuple[Initializer, ...] = ()
    """In the order of the file: main graph, bodies, functions."""
