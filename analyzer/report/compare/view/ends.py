"""Inputs and outputs that are not what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from analyzer.compare import Comparison
    from analyzer.facts import Tensor


@record
class ComparedEnd:
    """An input or output that came, went or has another type."""

    which: Literal["input", "output"]
    name: str
    old: str
    """Element type and shape; empty for one that came."""
    new: str
    """Empty for one that went."""


def ends(found: Comparison) -> tuple[ComparedEnd, ...]:
    """Inputs first."""
    inputs = {*found.old.inputs, *found.new.inputs}
    rows = []
    for old, new in found.interface:
        tensor = new or old
        if tensor is not None:
            which: Literal["input", "output"] = "input" if tensor in inputs else "output"
            rows.append(ComparedEnd(which, label(tensor.name, widths.NAME), _type(old), _type(new)))
    return tuple(rows)


def _type(tensor: Tensor | None) -> str:
    if tensor is None:
        return ""
    parts = tensor.dtype or units.unknown(), units.form(tensor.dtype, tensor.shape)
    return label(" ".join(dict.fromkeys(parts)), widths.NAME)  # of unknown type and shape: unknown
