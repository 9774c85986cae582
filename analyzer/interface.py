"""What a model says to those who load and call it: imports, declared inputs and outputs, names.

Everything here is as the file states it, whatever inference makes of it.
"""

from __future__ import annotations

from analyzer.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Import:
    """A set of operators that the model imports."""

    domain: str
    """Its domain as people write it: ``ai.onnx`` for the operators of ONNX."""
    version: int
    """Version that counts."""
    uses: int
    """Operators of the graph and its bodies that are of this domain, calls of local functions
    included."""
    times: int
    """How often the file states it."""
    versions: int
    """Different versions among those; more than one leaves open which counts."""
    alias: bool
    """True where the file spells the operators of ONNX ``ai.onnx`` and not with the empty text."""
    ir_version: int | None
    """IR version with which this version was released; ``None`` if ONNX did not release it."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An input or output of the model as the file declares it."""

    name: str
    """Name of the input or output."""
    dtype: str | None
    """Element type, or ``seq(float32)`` and the like; ``None`` if not declared."""
    rank: int | None
    """Number of axes; ``None`` where no shape is declared."""
    symbols: tuple[str, ...]
    """Names of its open axes; empty text for one that has none."""
    is_plain: bool
    """True for a tensor; False for a sequence, a map, an optional or sparse value."""
    is_default: bool
    """True for an input that has an initializer, which whoever calls the model may replace."""
    known_rank: int | None
    """Number of axes that inference finds, whatever is declared."""
    clash: str | None
    """Where an axis of an output has the name of an input's axis and another size:
    ``axis 0 (N) is 2 and N is 1``; ``None`` where all agree, or nothing is known."""
    held_bytes: int | None = None
    """Bytes moved by the BatchNormalization that takes this default as its scale
    and that no runtime may fold into the layer before it, since callers may replace the scale;
    ``None`` where there is none, or their number is unknown."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A name that a body gives to an input or initializer of its own, though a value around it has
    that name, too: inside, the name means another thing than outside."""

    name: str
    """The name that means two things."""
    scope: str
    """Path of the body."""
    what: str
    """``input`` or ``initializer``."""
    outer: str
    """Path of the graph around it that has the name; empty for the main graph."""


@dataclass(frozen=True, slots=True)
class Interface:
    """What a model states to the outside."""

    imports: tuple[Import, ...] = ()
    """In the order of the file, each domain once."""
    declared: tuple[tuple[str, Declared], ...] = ()
    """Role (``input``, ``output``) and declaration, inputs first."""
    hidden: tuple[Hidden, ...] = ()


@dataclass(frozen=True, slots=True)
class ElementType:
    """An element type that values of the model have."""

    name: str
    """Such as ``float32``."""
    values: int
    """Results of operators and inputs of the model that have it."""
    ir_version: int | None
    """First IR version that has the type; ``None`` for those of every version."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the file gives to an operator or a value."""

    text: str
    """The name itself."""
    kind: str
    """``operator``, ``value``, ``input`` or ``output``."""
    length: int
    """Characters."""
    is_ascii: bool
    """True where all its characters are ASCII."""
    is_identifier: bool
    """True where it is an identifier of the language C, which the specification of ONNX asks for
    and few exporters write."""
