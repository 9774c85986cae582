"""Tensors, their sizes, and what was assumed where the file leaves one open."""

from __future__ import annotations

from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING, Literal, cast

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.naming import typed
from analyzer.records import Signed, shown

if TYPE_CHECKING:
    from collections.abc import Mapping


Dim = Signed | None
Shape = tuple[Dim, ...] | None
"""Tensor dimensions; ``None`` as a whole means unknown rank, inside it an unknown size."""

BITS: Mapping[str, int] = {
    "float64": 64, "float32": 32, "float16": 16, "bfloat16": 16,
    "float8e4m3fn": 8, "float8e4m3fnuz": 8, "float8e5m2": 8, "float8e5m2fnuz": 8,
    "float8e8m0": 8, "float6e2m3": 6, "float6e3m2": 6, "float4e2m1": 4,
    "int64": 64, "int32": 32, "int16": 16, "int8": 8, "int4": 4, "int2": 2,
    "uint64": 64, "uint32": 32, "uint16": 16, "uint8": 8, "uint4": 4, "uint2": 2,
    "bool": 8, "complex64": 64, "complex128": 128,
}  # fmt: skip
"""Stored bits of one element by dtype name; strings and non-tensors have no fixed size."""


class Certainty(StrEnum):
    """How far a figure can be trusted, from best to worst."""

    EXACT = "exact"
    """Follows from the file alone."""
    ASSUMED = "assumed"
    """Exact under the listed assumptions (a dynamic dimension bound to a value)."""
    LOWER_BOUND = "lower bound"
    """Something that adds to it is unknown."""
    UNKNOWN = "unknown"
    """No number can be given, or none that holds: the sizes assumed for it cannot be."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A typed value flowing through the graph."""

    name: str
    """Name in its scope; unique there."""
    dtype: str | None = None
    """NumPy-style element type such as ``float32``, ``seq(float32)``; ``None`` if unknown."""
    shape: Shape = None
    """Dimensions after binding."""

    def __str__(self) -> str:
        return f"{self.name} {self.dtype or units.UNKNOWN} {units.shape(self.shape)}"

    @property
    def elements(self) -> int | None:
        """Number of elements, ``None`` when any dimension is unknown."""
        if self.shape is None or None in self.shape:
            return None
        return prod(cast("tuple[int, ...]", self.shape))

    @property
    def is_plain(self) -> bool | None:
        """False for sequences, maps, optional and sparse values; ``None`` when unknown."""
        return None if self.dtype is None else "(" not in self.dtype

    @property
    @shown
    def bytes(self) -> int | None:
        """Stored bytes, sub-byte types packed; ``None`` when unknown."""
        bits = BITS.get(self.dtype or "")
        count = self.elements
        return None if bits is None or count is None else (count * bits + 7) // 8


NOT_SYMBOLS = frozenset({"", "?", "None", "none", "null", "-1", "*"})
"""Texts that exporters write for *unnamed* dimensions; equal text does not mean equal size."""


def name_of_axis(tensor: str, axis: int) -> str:
    """What a dimension without a name is called, here and by ``--dim``.

    >>> name_of_axis("x", 2)
    'x axis 2'
    """
    return f"{tensor} axis {axis}"


@dataclass(frozen=True, slots=True)
class Second:
    """How many steps of an axis of sound make a second of it."""

    steps: int
    """Samples of a waveform, or frames of a spectrogram."""
    of: Literal["samples", "frames"]
    """What a step is."""
    source: str
    """Entry of the metadata that states it; empty where it is what most models take."""

    @property
    def reason(self) -> str:
        """Why an axis of so many steps is assumed, as :attr:`Assumption.reason` says it."""
        if self.source:
            return f"default: a second of sound, {self.steps} steps (metadata {self.source})"
        return f"default: a second of sound, {self.steps} steps in most models"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A dimension the file leaves open and onnxlint bound to a value."""

    input: str
    """Graph input whose dimension was bound."""
    axis: int
    """Axis of that input."""
    dim: str
    """Symbol or description of the dimension in the file."""
    value: int
    """Size used for every count of this analysis."""
    reason: str
    """``--dim`` or ``--shape`` (the configuration's count as such), ``same symbol``, ``metadata``
    and the entry that states it, ``default``, or what in the graph implied it."""
    batch: bool = False
    """A recurrent layer takes it for its batch, whatever axis of the input it is."""
    second: Second | None = None
    """How many of its steps make a second of sound; ``None`` where it is none that is known."""

    @property
    @shown
    def name(self) -> str:
        """What ``--dim`` calls it: its symbol, which inputs may share, or ``x axis 2`` where the
        file gives it none."""
        return self.dim if self.is_named else name_of_axis(self.input, self.axis)

    @property
    def option(self) -> str:
        """How the command line sets its size; with NAME where its own cannot be typed.

        >>> Assumption("x", 2, "axis 2", 640, "default").option
        "--dim 'x axis 2=SIZE'"
        >>> Assumption("x", 0, "a=b", 1, "default").option
        '--dim NAME=SIZE'
        """
        return typed("--dim", self.name, "SIZE") or typed("--dim", "NAME", "SIZE")

    @property
    def is_named(self) -> bool:
        """Whether the file gives it a name of its own."""
        own = self.dim.isdecimal() or self.dim in (*NOT_SYMBOLS, f"axis {self.axis}")
        return not own

    @property
    @shown
    def is_batch(self) -> bool:
        """Whether it is the batch: the first axis, or what a recurrent layer takes for it."""
        return self.axis == 0 or self.batch

    def __str__(self) -> str:
        if self.is_named:
            return f"{self.input} axis {self.axis} ({self.dim}) = {self.value}"
        return f"{self.input} axis {self.axis} = {self.value}"
