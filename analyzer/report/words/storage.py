"""Weights and memory in words."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.facts import Certainty
from analyzer.language import _, ngettext, retold, series
from analyzer.report.view.memory import named_inputs
from analyzer.report.view.unseen import why
from analyzer.report.words.joined import followed
from analyzer.sanitise import clean, label
from analyzer.units import many

if TYPE_CHECKING:
    from analyzer.report.headline import Values


def weights(v: Values) -> str:
    if not v["bytes"]:
        return _("The file has no weight tensors.")
    pairs = zip(v["dtypes"], v["dtype_bytes"], strict=True)
    sizes = ", ".join(
        _("{size} of {type}", size=units.size(n), type=label(dtype)) for dtype, n in pairs
    )
    if len(v["dtypes"]) == 1:
        sizes = _("all of it {type}", type=label(v["dtypes"][0]))
    taken = {"size": units.size(v["bytes"]), "sizes": sizes}
    if v["stored_bytes"]:
        return _("Weights and buffers take {size}: {sizes}.", **taken)
    return _("Weights and buffers take {size}: {sizes}; the file stores none, they are made when "
             "the model runs.", **taken)  # fmt: skip


def shared(v: Values) -> str:
    pairs = zip(v["names"], v["uses"], strict=True)
    names = ", ".join(
        _("{name} ({n} uses)", name=label(name), n=units.count(uses)) for name, uses in pairs
    )
    left = v["count"] - len(v["names"])
    if left:
        names = _("{names} and {n} more", names=names, n=left)
    said = _("Used more than once and counted once: {names}. With a tensor for each use, as other "
             "exports of a network may have it, there would be {apart} parameters.",
             names=names, apart=units.count(v["apart"]))  # fmt: skip
    if not v["alike"]:
        return said
    before = ngettext(
        "{n} bias or scale has the same numbers in {uses} places, though the layers differ: so it "
        "is in a network that was not trained; trained ones seldom have it.",
        "{n} biases and scales have the same numbers in {uses} places, though the layers differ: "
        "so it is in a network that was not trained; trained ones seldom have it.",
        v["alike"], uses=units.count(v["alike_uses"]),
    )  # fmt: skip
    return f"{said} {before}"


def memory(v: Values) -> str:
    if v["bytes"] is None:
        if v["reason"]:
            return _("Unknown: {reason}.", reason=clean(retold(v["reason"])))
        return _("Unknown.")
    size = units.size(v["bytes"])
    lower = v["certainty"] == Certainty.LOWER_BOUND
    if lower:
        size = _("At least {value}", value=size)

    def less(value: int) -> str:
        return _("at least {value}", value=units.size(value)) if lower else units.size(value)

    name = label(v["name"])
    said = [
        _("{size} of activations exist at once while {name} runs, when operators run in the file's "
          "order and every tensor is freed after its last use.", size=size, name=name)
        if name
        else _("{size} of activations exist at once, when operators run in the file's order and "
               "every tensor is freed after its last use.", size=size),
        _("Runtimes that fuse operators or reuse buffers need less; weights come on top."),
    ]  # fmt: skip
    if v["given"]:
        said.insert(1, _("{size} of it are inputs, which callers give and no operator makes: "
                         "{names}.", size=units.size(v["given_bytes"]),
                         names=named_inputs(v["given"])))  # fmt: skip
    if v["in_place_bytes"] is not None and v["in_place_bytes"] < v["bytes"]:
        said.append(_("Where element-wise operators write over an operand that nobody reads again, "
                      "it is {size}.", size=less(v["in_place_bytes"])))  # fmt: skip
    if v["fused_bytes"] is not None and v["fused_bytes"] != v["bytes"]:
        said.append(_("That is as written: where QuantizeLinear and DequantizeLinear are part of "
                      "integer kernels, as in runtimes that fuse them, it is {size}.",
                      size=less(v["fused_bytes"])))  # fmt: skip
    if v["folded_bytes"] is not None and v["folded_bytes"] < (v["fused_bytes"] or v["bytes"]):
        said.append(_("Where what operators compute from constants alone is stored instead, as in "
                      "runtimes that do so when they load the model, it is {size}.",
                      size=less(v["folded_bytes"])))  # fmt: skip
    if v["reason"]:
        why = clean(retold(v["reason"]))
        said.append(_("At least: {reason}.", reason=why) if lower
                    else _("Assumed: {reason}.", reason=why))  # fmt: skip
    return " ".join(said)


def intensity(v: Values) -> str:
    return _(
        "The line is that of an example, {device}: {flops} {unit} in {type}, the peak that "
        "bounds the time there, and {bandwidth} GB/s, hence {ridge} FLOP/B. There, {share} of the "
        "multiply-accumulates whose traffic is known are in layers limited by memory.",
        device=v["device"], flops=units.number(v["flops"] / 1e12), type=v["type"],
        unit="TOP/s" if v["type"].lstrip("u").startswith("int") else "TFLOP/s",
        bandwidth=units.number(v["bandwidth"] / 1e9),
        ridge=units.number(v["flops"] / v["bandwidth"]), share=units.percent(v["share"]),
    )  # fmt: skip


def read(v: Values) -> str:
    hidden = v["hidden_bytes"]
    if hidden == 0:
        return _seen(v)
    what = (_("Part of the external data") if hidden is None
            else _("{size} of external data", size=units.size(hidden)))  # fmt: skip
    return f"{_seen(v)} {_('{what} was not seen.', what=what)}"


def _seen(v: Values) -> str:
    layers, unread, tensors = v["layers"], v["unread"], v["tensors"]
    more = unread + v["whole"]
    if not layers and not unread and not tensors:
        return _("No values were found to read.")
    if not layers and not unread:
        return _("The values of {tensors} were read.", tensors=many(tensors, "stored tensor"))
    if not layers:
        return _("The values of {layers} were not looked at: {reason}.",
                 layers=many(unread, "layer"), reason=why(v["unseen"]))  # fmt: skip
    both = {"layers": many(layers, "layer"), "tensors": many(tensors, "stored tensor")}
    if more:
        return _("The values of {tensors} were read, and of {layers} channel by channel; those of "
                 "{n} more were not looked at so.", **both, n=units.count(more))  # fmt: skip
    if v["branching"]:
        return _("The values of {layers}, those of all branches, and {tensors} were read.",
                 **both)  # fmt: skip
    return _("The values of {layers} and {tensors} were read.", **both)


def peculiar(v: Values) -> str:
    parts = []
    if v["layers"]:
        parts.append(_("{layers} with values that do no work, or harm",
                       layers=many(v["layers"], "layer")))  # fmt: skip
    if v["tensors"]:
        parts.append(_("{tensors} with values that nobody can mean",
                       tensors=many(v["tensors"], "stored tensor")))  # fmt: skip
    if parts:
        return f"{reduce(followed, parts)}."
    if v["partial"]:
        return _("No dead, repeated or non-finite values were found in what was read, which is not "
                 "all.")  # fmt: skip
    return _("No dead, repeated or non-finite values were found.")


def small(v: Values) -> str:
    shares = series([
        f"{units.percent(share)} ({label(rule)})"
        for rule, share in zip(v["rules"], v["shares"], strict=True)
    ])  # fmt: skip
    if v["layers"] == v["of"]:
        return _("What was found in layers is too little for a finding: rules report it from "
                 "{shares} on.", shares=shares)  # fmt: skip
    return _("What was found in {n} of these {of} layers is too little for a finding: rules report "
             "it from {shares} on.", n=units.count(v["layers"]), of=units.count(v["of"]),
             shares=shares)  # fmt: skip
