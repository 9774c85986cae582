"""The same network in smaller element types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _
from analyzer.report.view.options.form import Judged, form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.options.form import SmallerForm


def forms(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """Weights and arithmetic in float16 and int8 instead of float32."""
    held = facts.parameters.bytes_by_dtype.get("float32", 0)
    if not held or not facts.totals.macs_by_precision.get("float32"):
        return
    whole, overflow = facts.parameters.weight_bytes, _overflow(facts)
    if not overflow:
        read = _("no weight overflows float16 (all were read)")
        yield form(
            facts,
            device,
            (
                "float16",
                _("Weights and arithmetic in float16"),
                _("Convert with `onnxconverter_common.float16`, and compare outputs"),
            ),
            Judged(
                "low", "low", _("sums of many terms may overflow: compare outputs"),
                "high" if overflow is False else "medium",
                read if overflow is False else _("weights were not read"),
            ),
            weight_bytes=whole - held // 2,
            instead={"float32": "float16"},
        )  # fmt: skip
    yield form(
        facts,
        device,
        (
            "int8",
            _("Weights and arithmetic in int8"),
            _(
                "Quantise statically (`onnxruntime.quantization.quantize_static`) with some "
                "hundred inputs, and measure accuracy"
            ),
        ),
        Judged(
            "medium", "medium", _("accuracy: calibrate, measure, keep sensitive layers in float"),
            "medium", _("size without scales, which add 4 bytes a channel"),
        ),
        weight_bytes=whole - held + held // 4,
        instead={"float32": "int8"},
    )  # fmt: skip


def _overflow(facts: Facts) -> bool | None:
    """Whether a weight is too large for float16; ``None`` where they were not all read."""
    found = facts.evidence
    if found is None or found.unread or found.unread_tensors or not found.layers:
        return None
    return any(layer.values.fp16_overflow for layer in found.layers.values())
