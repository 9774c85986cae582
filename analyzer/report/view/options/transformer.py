"""Transformers: a cache of keys and values, shorter sequences, fewer heads, weights of few bits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _
from analyzer.report.view.growth import growth
from analyzer.report.view.options.form import Terms, form, held_at_least, is_guessed
from analyzer.smaller.cache import cache
from analyzer.smaller.heads import attention_layers, fewer_heads, is_decoder
from analyzer.smaller.packed import BLOCK, packable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.growth import GrowthRow
    from analyzer.report.view.options.form import SmallerForm

LEAST_SHARE = 0.25
"""Share of the weights' bytes from which matrices of products are worth packing."""
PARTS = 4
"""A fourth of the heads is taken out."""
SLOWER = {4: "1.4", 8: "20"}
"""By bits of a weight, how many times as long as in float32 a product of ONNX Runtime 1.32 takes on
x86 where ``accuracy_level`` is not set: 0.4, 1.4 and 0.7 times with 4 bits and 1, 8 and 128 rows of
data (768 × 768 weights), 7, 20 and 1.9 times with 8; with 4 it is 0.3 to 0.75 times."""


def forms(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """Of what has attention."""
    yield from _packed(facts, device)
    yield from _cached(facts, device)
    yield from _shorter(facts, device)
    yield from _half_cache(facts, device)
    yield from _heads(facts, device)


def _packed(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    found, whole = packable(facts), facts.parameters.kept_bytes
    attends = any(block.kind == "attention" for block in facts.blocks)
    if not attends or not whole or found.bytes < LEAST_SHARE * whole:
        return
    kept = Counter(facts.totals.macs_by_arithmetic)
    for node in map(facts.__getitem__, found.nodes):
        kept[node.precision or ""] -= (node.macs or 0) * node.counted
    for bits in (4, 8) if is_decoder(facts) else (8,):
        yield form(
            facts,
            device,
            (
                f"int{bits}-weights",
                _("Convert products to int8 by block") if bits == 8
                else _("Convert products to int8, their weights to int4"),
                _(
                    "Run ONNX Runtime's `matmul_nbits_quantizer` ({bits} bits, block size "
                    "{block}, `accuracy_level=4`; it needs the package onnx_ir), and compare "
                    "outputs and times: without accuracy_level arithmetic stays in float, and "
                    "products take up to {times} times as long as today (x86, measured)",
                    bits=bits, block=BLOCK, times=SLOWER[bits],
                ),
            ),
            Terms(
                "low", "medium" if bits < 8 else "low",
                _("accuracy: measure"), "high",
                _("MatMulNBits with a scale a block and no zero points; data are rounded to int8 "
                  "by block; of float32's time products take a third to three quarters (x86, "
                  "ONNX Runtime 1.32)"),
            ),
            weight_bytes=whole - found.bytes + found.packed_bytes(bits),
            instead={"float32": "int8", "float16": "int8"},
            kept=+kept,
            alters=found.nodes,
            hands_on_floats=True,
            cautions=(_("measure accuracy"),),
        )  # fmt: skip


def _cached(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """A decoder that computes all earlier tokens again for each new one."""
    layers = facts.once(attention_layers)
    if not is_decoder(facts) or not layers or facts.once(cache) is not None:
        return
    row = _tokens(facts)
    if row is None or not row.size:
        return
    kept = sum(each.kept * each.bits // 8 for each in layers)
    yield form(
        facts,
        device,
        (
            "kv-cache",
            _("Cache keys and values of past tokens"),
            _("Export the decoder with past keys and values as inputs and outputs (Optimum: "
              "`--task text-generation-with-past`)"),
        ),
        Terms(
            "medium", "none", _("nothing: the same tokens"), "high",
            _("MACs of the last of {tokens} tokens: b + c·S where the whole takes b·S + c·S²",
              tokens=units.count(row.size)),
        ),
        macs=(row.macs - row.fixed) // row.size,
        extra=_("for each token after the prompt, which takes as much as today; cache {bytes}, "
                "{each} a token", bytes=units.size(kept * row.size), each=units.size(kept)),
    )  # fmt: skip


def _tokens(facts: Facts) -> GrowthRow | None:
    """How MACs follow the length of a text, where today's is one at which that is exact."""
    return next((row for row in growth(facts)
                 if row.unit == "token" and row.size % row.step == 0), None)  # fmt: skip


def _half_cache(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    held = facts.once(cache)
    if held is None or held.bits != 32 or not held.bytes:
        return
    yield form(
        facts,
        device,
        (
            "kv-float16",
            _("Keep keys and values in float16"),
            _("Convert the past inputs and present outputs to float16"),
        ),
        Terms("low", "low", _("last digits"), "high",
               _("the cache alone, at the analysed length")),
        beside=(held.bytes, held.bytes // 2),
        extra=_(
            "cache {then} instead of {now} at {tokens} tokens: at most {share} of the memory "
            "of a run",
            then=units.size(held.bytes // 2), now=units.size(held.bytes),
            tokens=units.count(held.tokens),
            share=units.percent(held.bytes // 2 / held_at_least(facts, held.bytes)),
        ),
    )  # fmt: skip


def _shorter(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    row = _tokens(facts)
    if row is None:
        return
    half = row.size // 2 // row.step * row.step
    size = next((size for size in facts.open_sizes if size.now == row.size), None)
    if not half or size is None or is_guessed(facts, size.axes):
        return  # of a length that nobody stated there is no half
    yield form(
        facts,
        device,
        (
            "sequence",
            _("Read {tokens} tokens instead of {now}", tokens=units.count(half),
              now=units.count(row.size)),
            _("Pad to the longest text of a batch, not to a fixed length, and cut at {tokens}",
              tokens=units.count(half)),
        ),
        Terms("low", "low", _("the ends of longer texts"), "low",
               _("the exact growth of MACs; how long texts are is not in the file")),
        macs=int(size.at(half)),
    )  # fmt: skip


def _heads(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    layers = facts.once(attention_layers)
    if not layers or any(each.heads < PARTS or each.is_grouped for each in layers):
        return
    macs, weights = fewer_heads(layers, PARTS)
    heads = layers[0].heads
    kept = facts.parameters
    one_type = len([name for name, size in kept.bytes_by_dtype.items() if size]) == 1
    each = kept.weight_bytes // (kept.weights + kept.buffers) if one_type and kept.weights else 0
    yield form(
        facts,
        device,
        (
            "heads",
            _("Keep {left} of {heads} heads in every layer", left=heads - heads // PARTS,
              heads=heads),
            _("Rank heads by what the loss loses without them, take the last out, and fine-tune "
              "(arXiv 1905.10650)"),
        ),
        Terms("high", "high", _("accuracy: fine-tune"), "high",
               _("projections, scores and sums in proportion to heads; biases stay"), "fine-tune"),
        macs=facts.totals.macs - macs,
        weight_bytes=kept.kept_bytes - each * weights if each else None,
    )  # fmt: skip
