"""What to quantise again of a quantised model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.converters import converter
from analyzer.graph.adjacency import vertex
from analyzer.language import _
from analyzer.patterns.quantised import quantisation_of
from analyzer.report.view.options.form import FEWER, Terms, form, is_brief, level_of
from analyzer.report.view.options.prepared import called
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.options.form import SmallerForm


def rest(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """What a quantised model still does in float32."""
    share = quantisation_of(facts).float_share
    if share is None or share < FEWER:
        return
    how = _(
        "Quantise again with their types among `op_types_to_quantize`, where they were not "
        "left out for accuracy"
    )
    if _is_left_by_default(facts):
        how = _(
            "Quantise again with `extra_options={options}`, where they were not left out for "
            "accuracy",
            options="{'MatMulConstBOnly': False}",
        )
    yield form(
        facts,
        device,
        ("int8-rest", _("Quantise the float32 layers to int8"), how),
        Terms(
            "medium", "medium", _("accuracy: measure"), "medium",
            _("MACs by element type"),
        ),
        instead={"float32": "int8"},
        alters=floating(facts),
        cautions=(_("measure accuracy"),),
    )  # fmt: skip


def unsigned(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """What a model of int8 activations computes in float32 on x86 for these alone."""
    found = quantisation_of(facts)
    share = found.signed_macs / facts.totals.macs if facts.totals.macs else 0.0
    if share < FEWER:
        return
    how = _(
        "Quantise the float32 model again ({tool}): on x86 CPUs ONNX Runtime has kernels for uint8 "
        "data alone, and computes these convolutions in floating point now",
        tool=called(converter("quantize_static"), (), ("activation_type=QuantType.QUInt8",)),
    )
    made = form(
        facts,
        device,
        ("uint8", _("Quantise again with uint8 activations"), how),
        Terms(
            "medium", "medium", _("accuracy: measure"), "medium",
            _("where ONNX Runtime 1.32 turns int8 data into uint8 itself"),
        ),
        extra=_("{n} more of {layers} in integers on x86 CPUs, {share} of the MACs",
                n=found.left_on_x86 - found.unaligned, share=units.percent(share),
                layers=many(found.float_forms, "layer")),
        cautions=(_("measure accuracy"),),
    )  # fmt: skip
    impact = level_of(share)
    brief = impact == "high" and is_brief(facts, device)
    yield replace(made, impact="medium" if brief else impact)


def _is_left_by_default(facts: Facts) -> bool:
    """Whether what multiplies in float32 are products of two activations in a file of
    ``quantize_dynamic``, which converts those only where ``MatMulConstBOnly`` is false."""
    places = [(facts[name].op_type, vertex(facts.graph, name)) for name in floating(facts)]
    dynamic = any(n.op_type == "MatMulInteger" for n in facts.nodes)
    return dynamic and all(
        kind == "MatMul" and not {0, 1} & place.constants for kind, place in places
    )


def floating(facts: Facts) -> tuple[str, ...]:
    """Operators that multiply in float32."""
    return tuple(
        n.id for n in facts.nodes if n.macs and not n.composite and n.precision == "float32"
    )
