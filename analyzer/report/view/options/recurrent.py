"""Recurrent networks: integer weights, fewer gates, one direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _
from analyzer.report.view.options.form import Terms, form
from analyzer.smaller.one_way import one_way
from analyzer.smaller.recurrent import recurrent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.options.form import SmallerForm
    from analyzer.smaller.recurrent import Recurrent


def forms(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """Of LSTMs and of layers that read backwards, too."""
    found = facts.once(recurrent)
    if found is None:
        return
    macs, held = facts.totals.macs, facts.parameters.kept_bytes
    saved = found.integer_saves()
    if saved > 0:
        yield form(
            facts,
            device,
            (
                "lstm-int8",
                _("Convert LSTMs to int8"),
                _("Run `onnxruntime.quantization.quantize_dynamic`, which makes "
                  "DynamicQuantizeLSTM, and measure accuracy and time"),
            ),
            Terms("low", "low", _("accuracy: measure"), "high",
                   _("a scale and a zero point for each direction and kind of weights")),
            weight_bytes=held - saved,
            instead={"float32": "int8"},
            kept={"float32": facts.totals.macs_by_precision.get("float32", 0) - found.integer_macs},
            alters=found.integer_nodes,
            cautions=(_("measure accuracy"),),
        )  # fmt: skip
    fewer, bytes_ = found.gru_saves()
    if fewer:
        yield form(
            facts,
            device,
            ("gru", _("Replace LSTMs by GRUs"),
             _("Replace each LSTM by a GRU of as many units, and train again")),
            Terms("high", "high", _("accuracy: train again"), "high",
                   _("three gates for four: a fourth of MACs, weights and biases"), "train"),
            macs=macs - fewer,
            weight_bytes=held - bytes_,
        )  # fmt: skip
    yield from _forwards(facts, device, found)


def _forwards(facts: Facts, device: Profile | None, found: Recurrent) -> Iterator[SmallerForm]:
    """Without the backward direction: counted anew with what reads these layers, or at most what
    these layers alone leave."""
    if not found.back_and_forth:
        return
    exact = one_way(facts, [layer.node for layer in found.back_and_forth])
    if exact is None and not facts.totals.complete:
        return  # neither the least nor the most is known
    macs, bytes_ = exact or found.forward_saves()
    yield form(
        facts,
        device,
        ("forward", _("Read forwards only, as streaming needs"),
         _("Take the backward direction out, or let it see some frames ahead, and train again")),
        Terms("high", "high", _("accuracy: train again"), "high",
               _("every layer recounted") if exact else
               _("at most: what reads these layers is half as wide, too"), "train"),
        macs=facts.totals.macs - macs,
        weight_bytes=facts.parameters.kept_bytes - bytes_,
        at_most=exact is None,
        macs_at_most=exact is None,
    )  # fmt: skip
