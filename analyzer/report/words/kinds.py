"""What only some kinds of networks have, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, ngettext, series
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.headline import Values


def recurrent(v: Values) -> str:
    pairs = zip(v["operators"], v["counts"], strict=True)
    named = series([f"{name} ×{count}" for name, count in pairs])
    macs = units.si(v["macs_per_step"], "MAC")
    once = v["steps"] == (1,)
    figures = {"layers": named, "macs": macs, "share": units.percent(v["share"])}
    if once:
        text = (
            _("The recurrent layers ({layers}) run a single time step of {macs}, {share} of the "
              "compute.", **figures) if v["share"] is not None
            else _("The recurrent layers ({layers}) run a single time step of {macs}.", **figures)
        )  # fmt: skip
    else:
        text = _("The recurrent layers ({layers}) take {macs} a time step.", **figures)
        if v["state_bytes"] is not None:
            text = _(
                "The recurrent layers ({layers}) take {macs} a time step and hand {bytes} of state "
                "to the next.",
                **figures, bytes=units.size(v["state_bytes"]),
            )  # fmt: skip
        text = f"{text}{_over_steps(v)}"
    if once or not v["bidirectional"]:
        return text
    return f"{text} " + ngettext(
        "{n} of them reads backwards, too: nothing comes out before the whole sequence is in, so "
        "the model cannot stream.",
        "{n} of them read backwards, too: nothing comes out before the whole sequence is in, so "
        "the model cannot stream.",
        v["bidirectional"],
    )


def _over_steps(v: Values) -> str:
    """What that is of the whole, where every layer runs as many steps."""
    if v["share"] is None or len(v["steps"]) != 1 or not v["steps"][0]:
        return ""
    steps, share = many(v["steps"][0], "time step"), units.percent(v["share"])
    return " " + _("With {steps} that is {share} of the compute.", steps=steps, share=share)


def forest(v: Values) -> str:
    return _(
        "A forest of {trees} with {nodes} nodes, {leaves} of them leaves, at most {depth} deep: a "
        "sample takes at most {most}, {mean} if every leaf is as likely. Its tables take {bytes} "
        "in the file.",
        trees=many(v["trees"], "tree"), nodes=units.count(v["nodes"]),
        leaves=units.count(v["leaves"]), depth=units.count(v["depth"]),
        most=many(v["comparisons"], "comparison"), mean=f"{v['mean_comparisons']:,.1f}",
        bytes=units.size(v["bytes"]),
    )  # fmt: skip


def cache(v: Values) -> str:
    return _(
        "Keys and values of earlier tokens come in and go out again, longer, so that their length "
        "cannot be fixed: {each} a token, {bytes} at {tokens}.",
        each=units.size(v["token_bytes"]), bytes=units.size(v["bytes"]),
        tokens=many(v["tokens"], "token"),
    )  # fmt: skip


def quantised(v: Values) -> str:
    told = {
        "share": units.percent(v["share"]), "operators": many(v["float_layers"], "operator"),
    }  # fmt: skip
    if v["float_macs"] and v["float_forms"]:
        text = _(
            "{share} of the multiply-accumulates are in integers or meant to be; {operators} "
            "multiply in floating point.", **told,
        )  # fmt: skip
    elif v["float_macs"]:
        text = _(
            "{share} of the multiply-accumulates are in integers; {operators} multiply in floating "
            "point.", **told,
        )  # fmt: skip
    elif v["float_forms"]:
        text = _("All multiply-accumulates are meant to be in integers.")
    else:
        text = _("All multiply-accumulates are in integers.")
    return " ".join([text, *_left_in_float(v), *_islands(v)])


def _left_in_float(v: Values) -> Iterator[str]:
    """What a runtime makes of layers that stand between conversions."""
    if v["float_forms"]:
        yield _(
            "Of {layers} between DequantizeLinear and QuantizeLinear, a runtime decides which it "
            "computes so.",
            layers=many(v["float_forms"], "layer"),
        )  # fmt: skip
    if v["unaligned"]:
        yield _(
            "ONNX Runtime leaves {layers} in floating point, as the scale of a bias is not that of "
            "data times weights.",
            layers=many(v["unaligned"], "layer"),
        )  # fmt: skip
    if v["signed_forms"] and v["left_on_x86"] > v["unaligned"] > 0:
        yield _(
            "On x86 processors it leaves {n} of {of} there: those, and convolutions of int8 data "
            "or results that several operators or callers read. Quantised again with uint8 "
            "activations, only {layers} would stay in floating point.",
            n=units.count(v["left_on_x86"]), of=units.count(v["float_forms"]),
            layers=many(v["unaligned"], "layer"),
        )  # fmt: skip
    elif v["signed_forms"] and v["left_on_x86"] > v["unaligned"]:
        yield _(
            "On x86 processors ONNX Runtime leaves {n} of {of} in floating point: convolutions of "
            "int8 data or results that several operators or callers read. Quantised again with "
            "uint8 activations, they would run in integers.",
            n=units.count(v["left_on_x86"]), of=units.count(v["float_forms"]),
        )  # fmt: skip
    elif v["signed_forms"]:
        yield _(
            "On x86 processors ONNX Runtime computes convolutions of int8 data in integers only "
            "where it can turn the data into uint8 by itself."
        )


def _islands(v: Values) -> Iterator[str]:
    if v["islands"]:
        yield _(
            "Between integers {operators} in floating point ({types}), with conversions on either "
            "side.",
            operators=many(v["island_operators"], "operator"), types=v["island_types"],
        )  # fmt: skip
