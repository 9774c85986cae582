"""What kept the analysis from being complete, and where the model breaks ONNX."""

from __future__ import annotations

from analyzer.dataclass import dataclass

DATA_MISSING = frozenset({"external-missing", "external-too-short", "external-placeholder"})
"""Codes of external data that no reader can find: structure is all there is."""
DATA_DESCRIBED = DATA_MISSING | {
    "external-link", "external-no-folder", "external-overlap", "external-unreadable",
}  # fmt: skip
"""And of data that others may find and read: what stands in the file about them is sound."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the analysis from being conclusive (a limit hit, a broken graph)."""

    code: str
    """Stable kebab-case identifier, e.g. ``recursive-function``."""
    where: str
    """Node id, tensor name or file region; empty for the whole model."""
    message: str
    """One line: what is wrong and what to do about it."""
    inconclusive: bool = True
    """True when the outcome cannot be called clean because of it; False for a mere note."""
    file: str = ""
    """The file beside the model that it is about; empty for none."""
    unseen_bytes: int | None = 0
    """Bytes of external data that nobody saw because of it, as the tensors declare them; ``None``
    where they declare no size."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule of ONNX that the model breaks: of the format, or of an operator."""

    code: str
    """Stable kebab-case identifier, e.g. ``undefined-input``."""
    family: str
    """What sort of rule it is, e.g. ``name``, ``arity``, ``type``; rules select by it."""
    where: str
    """Node id or tensor name; empty for the whole model."""
    message: str
    """One clause: what is wrong, with the names and numbers."""
    remedy: str
    """One clause: what to do about that."""
    grave: bool = True
    """A runtime refuses the model for it, or readers would compute different things; False where
    it is broken but runs."""
    options: str = ""
    """What to type on the command line about it, such as ``--dim sequence=SIZE``; mostly empty."""


@dataclass(frozen=True, slots=True)
class Conformance:
    """How far the model keeps to ONNX."""

    grave: int
    """Breaches for which a runtime refuses the model."""
    tolerated: int
    """Breaches with which it runs."""
    misfits: int = 0
    """Operators that a size assumed for an open dimension does not fit."""
