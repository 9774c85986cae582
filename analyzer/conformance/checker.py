"""What onnx's checker says, where nothing here has said it already.

The checker stops at the first breach it meets. If it has something else to say besides what is
already known, it does so once that is mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Breach
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

REFUSED: Mapping[str, str] = {
    "Bad node spec": "attribute", "Sparse tensor": "tensor", "Unrecognized data_type": "tensor",
    "to UNDEFINED": "tensor", "should be stored": "tensor", "is too small for": "tensor",
}  # fmt: skip
"""Parts of complaints for which ONNX Runtime, which asks the same code, refuses a model, and what
they are about."""
TOLERATED = ("No opset import", "No Op registered", "not in sorted order", "topologically sorted")
"""Parts of such complaints for which it does not."""

UNNAMED = "leave the domain of the operator empty, which is how ONNX's own are written"
"""What to do about operators of ONNX whose domain is spelt out."""


def checker_says(complaint: str, found: Collection[Breach]) -> Iterator[Breach]:
    """The complaint as a breach, unless one of those in ``found`` is, or may be, its cause."""
    if not complaint:
        return
    family = next((family for part, family in REFUSED.items() if part in complaint), "")
    grave = bool(family) and not any(part in complaint for part in TOLERATED)
    if any(breach.grave or not grave for breach in found):
        return
    text, _, _ = complaint.partition(" ==> Context: ")
    remedy = "repair what it names, or export the model again"
    if text.startswith("No Op registered"):  # every other reason for that is known by now
        text = f"{text} and the domain 'ai.onnx'"
        remedy = UNNAMED
    yield Breach(
        "checker", family or "checker", "",
        f"onnx's checker refuses the model: {shorten(text.strip(), 300)}", remedy, grave=grave,
    )  # fmt: skip
