"""The same network in smaller element types."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.converters import (
    added_bytes,
    converter,
    listed,
    met,
    shrunk_bytes,
    stated_bytes,
    unfused,
)
from analyzer.language import _
from analyzer.report.view.kinds import color_of
from analyzer.report.view.options.form import (
    FEWER,
    NOTABLE,
    Terms,
    form,
)
from analyzer.report.view.options.prepared import called, preparation
from analyzer.report.view.options.requantised import floating, rest, unsigned
from analyzer.smaller.integers import is_static, staying

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from analyzer.converters import Converter, Met
    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.options.form import SmallerForm

MOST_NAMED = 4
"""Types of operators that a sentence names."""


def forms(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """Weights and arithmetic in float16 and int8 instead of float32."""
    totals, held = facts.totals, facts.parameters.bytes_by_dtype.get("float32", 0)
    yield from unsigned(facts, device)
    if not totals.macs_by_precision.get("float32"):
        return
    integers = [name for name in totals.macs_by_precision if name.startswith("int")]
    if "int8" in integers:
        yield from rest(facts, device)
        return
    if not held:
        return
    if not (overflow := _overflow(facts)):
        yield _half(facts, device, held, read=overflow is False)
    recurrent = _of_cells(totals.macs_by_kind)
    inside = sum((n.macs or 0) * n.counted for n in facts.nodes if n.scope and not n.composite)
    # Runtimes have no integer cells of all kinds, and quantisers look at the main graph alone.
    if not integers and 2 * max(recurrent, inside) < totals.macs:
        yield _quarter(facts, device, held)


def _of_cells(by_kind: Mapping[str, int]) -> int:
    """What recurrent layers have of a sum by kind."""
    return sum(n for kind, n in by_kind.items() if color_of(kind) == "recurrent")


def _half(facts: Facts, device: Profile | None, held: int, *, read: bool) -> SmallerForm:
    tool = converter("float16")
    limits = met(facts, tool)
    refused = tuple(n for each in limits if each.limit.outcome == "refused" for n in each.places)
    session = next((each.limit.session for each in limits if each.limit.session), "")
    how = _("Convert with {tool}, and compare outputs and times", tool=called(tool, limits))
    if session:
        how = _(
            "Convert with {tool}, load with `{session}`, as ONNX Runtime may stop the process "
            "otherwise, and compare outputs and times",
            tool=called(tool, limits), session=session,
        )  # fmt: skip
    if refused:
        how = _(
            "Export in float16 from the framework: what `{tool}` makes of {operators} ONNX Runtime "
            "does not load",
            tool=tool.name, operators=", ".join(dict.fromkeys(refused)),
        )  # fmt: skip
    widened = _("On x86 CPUs ONNX Runtime computes it in float32: no faster, and small networks "
                "take up to 4 times as long (measured)")  # fmt: skip
    kept = facts.parameters
    scales = sum(t.bytes or 0 for t in kept.beside
                 if t.role == "quantization" and t.dtype == "float32")  # fmt: skip
    added, saved = stated_bytes(facts), (held + scales + _constants(facts)) // 2
    grows = [] if 4 * added < saved else [
        _("The shapes that are stated for tensors add about {size} to the file",
          size=units.size(added))
    ]  # fmt: skip
    return form(
        facts,
        device,
        (
            "float16",
            _("Convert weights and arithmetic to float16"),
            ". ".join((how, widened, *grows)),
        ),
        Terms(
            "medium" if refused else "low", "low", _lost(facts),
            "high" if read and not limits else "medium",
            _("no weight overflows float16 (all were read)") if read
            else _("weights were not read"),
        ),
        weight_bytes=kept.kept_bytes - (held + scales) // 2,
        instead={"float32": "float16"},
        alters=floating(facts),
        added=added,
        fewer_constants=_constants(facts) // 2,
        cautions=(_("at best as fast on x86 CPUs"),
                  *((_("may stop ONNX Runtime"),) if session and not refused else ())),
    )  # fmt: skip


def _constants(facts: Facts) -> int:
    """Bytes in float32 of what is stored beside weights and scales."""
    return sum(t.bytes or 0 for t in facts.parameters.beside
               if t.role != "quantization" and t.dtype == "float32")  # fmt: skip


def _lost(facts: Facts) -> str:
    """What float16 may lose: also the weights of the layer that has most of those it makes 0."""
    sums, found = _("long sums may overflow"), facts.evidence
    layers = () if found is None else found.layers.values()
    most = max((layer.values.fp16_underflow for layer in layers), default=0.0)
    if most < FEWER:
        return sums
    return _(
        "{sums}, up to {part} of the weights of a layer become 0",
        sums=sums,
        part=units.percent(most),
    )


def _quarter(facts: Facts, device: Profile | None, held: int) -> SmallerForm:
    """Calibrated for convolutions; products are quantised as they come, without calibration."""
    whole, static = facts.parameters.kept_bytes, is_static(facts)
    tool = converter("quantize_static" if static else "quantize_dynamic")
    limits = met(facts, tool)
    ready = preparation(facts, limits, static=static)
    only = _only(facts, tool, ready.limits)
    named = only and sorted({*only, *(new for old, new in ready.renamed if old in only)})
    left = staying(facts, static=static, only=only, stored=_stored(limits), gone=ready.gone)
    gone = 4 * left.folded
    held = max(0, held - 4 * left.params - gone)
    computes = left.macs < facts.totals.macs
    then = whole - gone - held + held // 4 + left.scale_bytes
    chosen = frozenset(left.converted) if not static else _chosen(facts, only)
    added = added_bytes(facts, tool, chosen)
    grows = [] if 4 * added < whole - then else [
        _("The operators that convert tensors, and the shapes that are stated for them, add about "
          "{size} to the file", size=units.size(added))
    ]  # fmt: skip
    slower = _slower(unfused(facts, tool, ready.gone)) if static and computes else ()
    run = _quantised(tool, ready.limits, _list(named), static=static)
    how = ". ".join((run, *_floats(facts, left.converted), *slower, *grows))
    made = form(
        facts,
        device,
        (
            "int8",
            _("Convert weights and arithmetic to int8") if computes
            else _("Store weights in int8, compute in float32"),
            how,
        ),
        Terms(
            "medium" if static or ready.before else "low", "medium",
            _("accuracy: measure"),
            "medium", _rests(left.macs / facts.totals.macs if facts.totals.macs else 0.0),
        ),
        weight_bytes=then,
        instead={"float32": "int8"} if computes else {},
        kept={"float32": left.macs},
        alters=left.converted,
        hands_on_floats=not static,
        added=added,
        fewer_constants=shrunk_bytes(facts, tool, chosen) if static else 0,
        cautions=(_("measure accuracy"),
                  *((_("may be slower on x86 CPUs"),) if slower else ())),
    )  # fmt: skip
    return replace(made, before=ready.before)


def _floats(facts: Facts, converted: Collection[str]) -> tuple[str, ...]:
    """Layers that keep their weights in float32, where those are a notable part of all."""
    kept = Counter[str]()
    for node in facts.nodes:
        if node.macs and node.precision == "float32" and not node.composite:
            kept[node.op_type] += 0 if node.id in converted else node.params
    share = kept.total() / facts.parameters.weights if facts.parameters.weights else 0.0
    if share < NOTABLE:
        return ()
    most = [kind for kind, params in kept.most_common(MOST_NAMED) if params]
    return (_("What stays in float32: {operators}, {share} of the parameters",
              operators=", ".join(most), share=units.percent(share)),)  # fmt: skip


def _only(facts: Facts, tool: Converter, limits: Iterable[Met]) -> tuple[str, ...] | None:
    """Types of operators to name where some have to be kept out; ``None`` where none have."""
    kept_out = {kind for each in limits if each.limit.kept_out for kind in each.places}
    return listed(facts, tool, kept_out) if kept_out else None


def _list(only: Sequence[str] | None) -> tuple[str, ...]:
    return () if only is None else (f"op_types_to_quantize={[*only]}",)


def _chosen(facts: Facts, only: Collection[str] | None) -> frozenset[str]:
    """Operators of the main graph that are of the types named; empty where none are."""
    kinds = only or ()
    return frozenset(n.id for n in facts.nodes if not n.scope and n.op_type in kinds)


def _slower(kinds: Sequence[str]) -> tuple[str, ...]:
    """That integers may take longer, where something stays between them."""
    if not kinds:
        return ()
    return (_("With {operators} between its layers it may take up to twice as long as float32 on "
              "x86 CPUs (measured)", operators=", ".join(kinds[:MOST_NAMED])),)  # fmt: skip


def _stored(limits: Iterable[Met]) -> frozenset[str]:
    """Types of operators that go on computing in float32, whatever is done about it."""
    left = (each for each in limits if each.limit.outcome == "float")
    hopeless = (each for each in left if not (each.limit.option or each.limit.remedy))
    return frozenset(kind for each in hopeless for kind in each.places)


def _quantised(
    tool: Converter, limits: Iterable[Met], more: Sequence[str] = (), *, static: bool
) -> str:  # fmt: skip
    """How to quantise with ONNX Runtime."""
    call = called(tool, limits, more)
    if static:
        return _("Quantise statically ({tool}) with some hundred inputs, and measure accuracy and "
                 "time", tool=call)  # fmt: skip
    return _("Run {tool}, which needs no calibration, and measure accuracy and time", tool=call)


def _rests(share: float) -> str:
    """Which parts are not in the figures, and what stays as it is."""
    scales = _("a scale and a zero point for each tensor of a layer")
    if share < FEWER:
        return scales
    part = units.percent(share)
    return _("{part} of the MACs stay in float32; {scales}", part=part, scales=scales)


def _overflow(facts: Facts) -> bool | None:
    """Whether a weight is too large for float16; ``None`` where they were not all read."""
    found = facts.evidence
    if found is None or found.unread or found.unread_tensors or not found.layers:
        return None
    trained = (tensor.values for tensor in found.tensors if tensor.learned)
    read = (*(layer.values for layer in found.layers.values()), *trained)
    return any(values.fp16_overflow for values in read)
