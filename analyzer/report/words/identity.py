"""What a model is, in words."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, mark, ngettext, retold, series, term
from analyzer.report.view.summary import block_name
from analyzer.report.words.joined import followed
from analyzer.sanitise import label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.headline import Values


_FAMILIES = {
    "graph": mark("A graph of {parts}"),
    "convolutional": mark("A convolutional network of {parts}"),
    "convolutional, recurrent": mark("A convolutional and recurrent network of {parts}"),
    "recurrent": mark("A recurrent network of {parts}"),
    "transformer": mark("A transformer of {parts}"),
    "products": mark("A network of matrix products of {parts}"),
    "mixed": mark("A network of {parts}"),
}


def network(v: Values) -> str:
    pairs = zip(v["blocks"], v["block_counts"], strict=True)
    layers = many(v["layers"], "weighted layer") if v["layers"] else ""
    if layers and v["branching"]:
        layers = _("{layers} in a run", layers=layers)
    cells = [_("{n} {kind}", n=units.count(n), kind=kind)
             for kind, n in zip(v["recurrent"], v["recurrent_counts"], strict=True)]  # fmt: skip
    if layers and cells:
        layers = f"{layers} ({series(cells)})"
    parts = [layers] if layers else []
    parts += [
        ngettext("{n} {kind} block", "{n} {kind} blocks", count, kind=block_name(kind))
        for kind, count in pairs
    ]
    family = v["family"]
    if cells and family == "convolutional":
        family = "convolutional, recurrent"
    known = _(_FAMILIES[family], parts=series(parts))
    said = [known if parts else _in_attributes(v)]
    if v["function"] and parts:
        name = label(v["function"], widths.TERM)
        said.append(_("the function {name} is called {n} times and counts at each call",
                      name=name, n=units.count(v["calls"])))  # fmt: skip
    if v["first_convolution"]:
        strides = v["first_strides"]
        kind = term(v["first_convolution"])
        if v["first_transposed"]:  # of one group that is the kind, as the tables have it
            form = term("transposed")
            kind = form if v["first_convolution"] == "standard" else f"{form} {kind}"
        first = {"kind": kind, "kernel": v["first_kernel"]}
        said.append(
            _("first convolution {kind} ({kernel}, stride {stride})",
              **first, stride=_sides(strides))
            if max(strides, default=1) > 1
            else _("first convolution {kind} ({kernel})", **first)
        )  # fmt: skip
    taken, names = _named(v["inputs"], v["shapes"], v["inputs_in_all"])
    said.append(_("input {names}", names=names) if taken == 1 else _("inputs {names}", names=names))
    given, names = _named(v["outputs"], v["output_shapes"], v["outputs_in_all"])
    said.append(
        _("output {names}", names=names) if given == 1 else _("outputs {names}", names=names)
    )
    return f"{reduce(followed, said)}."


def _named(names: Sequence[str], shapes: Sequence[str | None], in_all: int) -> tuple[int, str]:
    """How many tensors are named, and they with their shapes."""
    named = [
        f"{units.named(label(name, widths.TERM))} "
        f"{_('scalar') if shape == '' else label(shape or '', widths.TERM) or _('unknown')}"
        for name, shape in zip(names, shapes, strict=True)
    ]
    text = ", ".join(named) or _("none")
    if in_all > len(named):
        text = _("{names} and {n} more", names=text, n=in_all - len(named))
    return len(named), text


def _in_attributes(v: Values) -> str:
    """A network without weighted layers."""
    if v["coefficients"]:
        return _("A model of {coefficients} in attributes of {operators}",
                 coefficients=many(v["coefficients"], "coefficient"),
                 operators=many(v["operators_inside"], "operator"))  # fmt: skip
    if v["trees"]:
        return _("A forest of {trees}", trees=many(v["trees"], "tree"))
    return _("A graph without weighted layers")


def _sides(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "×".join(map(str, values))


def architecture(v: Values) -> str:
    if v["detail"]:
        known = label(", ".join(map(retold, v["detail"].split(", "))))
    else:
        known = _("not recognised as a published one")
    return _("Architecture: {name}", name=known)


def provenance(v: Values) -> str:
    pairs = zip(v["domains"], v["versions"], strict=True)
    sets = ", ".join(f"{label(domain) or 'ai.onnx'} {version}" for domain, version in pairs)
    return _("Producer {producer} · operator set {sets}",
             producer=label(v["producer"]) or _("not stated"), sets=sets or _("none"))  # fmt: skip
