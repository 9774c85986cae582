"""Headlines in English: each function words the values of one and knows nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.language import ENGLISH, _, mark, ngettext, spoken, term
from analyzer.restore import record
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.compare import Comparison

    Values = Mapping[str, Any]

SAME = mark("the same: operators, attributes, types, connections and all weights")
RENAMED = mark("{same}; {n} operator under another name")
RENAMED_MANY = mark("{same}; {n} operators under another name")
REST = mark("{change}; all weights of the others the same")
ENDS = mark("inputs or outputs changed")
CONSTANTS = mark("other constants")
UNSURE = mark("no difference found, but weights were not compared")


@dataclass(frozen=True, slots=True)
class HeadlineText:
    """One headline, with its words."""

    kind: str
    """What it is about, such as ``quantised`` or ``width``."""
    text: str
    """In English, with names as the model has them."""
    values: Mapping[str, str | int | float | None]
    """What it says, before it was put into words."""


Kind = Literal["same", "headline", "all", "counts", "ends", "unsure", "constants"]
"""``all``: one headline, which says all that changed; ``counts``: how many operators did."""


class Said(Protocol):
    """A headline, of the comparison or read back."""

    @property
    def kind(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


@record
class Conclusion:
    """What a comparison comes to, before it is put into words."""

    kind: Kind
    headline: int | None
    """Which of the headlines says it, if one does."""
    complete: bool
    """Every pair of stored tensors was compared."""
    changed: int
    """Operators that are in both and not the same."""
    gone: int
    """Those only the old model has."""
    added: int
    """Those only the new model has."""
    renamed: int
    """Operators that are the same under another name."""


def statements(found: Comparison) -> tuple[HeadlineText, ...]:
    """All headlines in words."""
    return tuple(HeadlineText(h.kind, say(h), h.values) for h in found.headlines)


def conclusion(found: Comparison) -> Conclusion:
    """What the whole comparison comes to."""
    changed = sum(c.old is not None and c.new is not None for c in found.changes)
    came = sum(c.old is None for c in found.changes)
    went = len(found.changes) - changed - came
    kind, at = _conclude(found)
    complete = found.weights.complete
    return Conclusion(kind, at, complete, changed, went, came, found.renamed)


def _conclude(found: Comparison) -> tuple[Kind, int | None]:
    if found.identical:
        return "same", None
    small = _ABOUT_THE_FILE | _SMALL
    for at, headline in enumerate(found.headlines):
        if headline.kind not in small:
            return "headline", at
    if found.changes:
        for at, headline in enumerate(found.headlines):
            if len(headline.covers) == len(found.changes):
                return "all", at
        return "counts", None
    if found.interface:
        return "ends", None
    return ("unsure" if found.identical is None else "constants"), None


def verdict(found: Comparison) -> str:
    """One line for the whole comparison."""
    return conclude(conclusion(found), found.headlines)


def conclude(c: Conclusion, headlines: Sequence[Said]) -> str:
    """A conclusion in words."""
    if c.kind == "same":
        if not c.renamed:
            return _(SAME)
        return ngettext(RENAMED, RENAMED_MANY, c.renamed, same=_(SAME))
    first = say(headlines[c.headline]) if c.headline is not None else ""
    if c.kind == "counts":
        counts = (
            (c.changed, mark("{n} operator changed"), mark("{n} operators changed")),
            (c.gone, mark("{n} operator gone"), mark("{n} operators gone")),
            (c.added, mark("{n} operator added"), mark("{n} operators added")),
        )
        first = ", ".join(ngettext(one, many, n) for n, one, many in counts if n)
    if c.kind in ("all", "counts"):
        return _(REST, change=first) if c.complete else first
    said = {"ends": ENDS, "unsure": UNSURE, "constants": CONSTANTS}
    return _(said[c.kind]) if c.kind in said else first


def say(headline: Said) -> str:
    """A headline in words."""
    return _WORDS[headline.kind](headline.values)


_SMALL = frozenset({"identities", "constants", "dropouts", "shape-arithmetic", "views",
                    "operators-added", "operators-removed"})  # fmt: skip
_ABOUT_THE_FILE = frozenset({"opset", "imports", "ir", "producer", "metadata"})


def _other(v: Values) -> str:
    known = bool(v["old"] or v["new"])
    names = {end: v[end] or _("not recognised") for end in ("old", "new")}
    layers = many(v["layers"], "layer")
    if known:
        return _("another network: {old} → {new}; {shared} of {layers} are in both",
                 **names, shared=units.count(v["shared"]), layers=layers)  # fmt: skip
    return _("another network; {shared} of {layers} are in both",
             shared=units.count(v["shared"]), layers=layers)  # fmt: skip


def _quantised(v: Values) -> str:
    names = {"n": units.count(v["count"]), "layers": many(v["layers"], "layer"), "to": v["to"]}
    text = _("quantised {n} of {layers} to {to}", **names)
    if v["form"]:
        text = _("quantised {n} of {layers} to {to} ({form})", **names, form=v["form"])
    if v["before"]:
        return _("{change}, {n} before", change=text, n=units.count(v["before"]))
    return text


def _dequantised(v: Values) -> str:
    return _("{n} of {layers} no longer in {origin}", n=units.count(v["count"]),
             layers=many(v["layers"], "layer"), origin=v["origin"])  # fmt: skip


def _precision(v: Values) -> str:
    if v["count"] == v["layers"]:
        return _("precision {old} → {new}", old=v["old"], new=v["new"])
    return _("precision {old} → {new} in {n} of {layers} layers", old=v["old"], new=v["new"],
             n=units.count(v["count"]), layers=units.count(v["layers"]))  # fmt: skip


def _separated(v: Values) -> str:
    return ngettext(
        "{n} standard convolution replaced by depthwise + pointwise",
        "{n} standard convolutions replaced by depthwise + pointwise",
        v["count"],
    )


def _joined(v: Values) -> str:
    return ngettext(
        "{n} pair of depthwise + pointwise replaced by standard convolutions",
        "{n} pairs of depthwise + pointwise replaced by standard convolutions",
        v["count"],
    )


def _width(v: Values) -> str:
    names = {"factor": f"{v['factor']:.4g}", "layers": many(v["layers"], "layer")}
    if v["still"] > 1:
        return _("width × {factor} (every one of {layers} follows, the last {still} as before)",
                 **names, still=v["still"])  # fmt: skip
    return _("width × {factor} (every one of {layers} follows)", **names)


def _blocks(one: str, several: str) -> Callable[[Values], str]:
    return lambda v: ngettext(one, several, v["count"], block=v["block"])


def _layers(layer: tuple[str, str], convolution: tuple[str, str]) -> Callable[[Values], str]:
    def words(v: Values) -> str:
        kind = v["layer"]
        one, several = convolution if kind in _KINDS else layer
        return ngettext(one, several, v["count"], kind=term(kind) if kind in _KINDS else kind)

    return words


_KINDS = frozenset({"standard", "depthwise", "pointwise", "grouped", "transposed"})


def _classes(v: Values) -> str:
    return _("classes {old} → {new} (output {output})", old=units.count(v["old"]),
             new=units.count(v["new"]), output=v["output"])  # fmt: skip


def _narrower(v: Values) -> str:
    return _("channels pruned in {n} of {layers}: {old} → {new} (−{share})",
             n=units.count(v["count"]), layers=many(v["layers"], "layer"),
             old=units.count(v["old"]), new=units.count(v["new"]),
             share=units.percent(1 - v["new"] / v["old"]))  # fmt: skip


def _wider(v: Values) -> str:
    return _("more channels in {n} of {layers}: {old} → {new}", n=units.count(v["count"]),
             layers=many(v["layers"], "layer"), old=units.count(v["old"]),
             new=units.count(v["new"]))  # fmt: skip


def _replaced(v: Values) -> str:
    return f"{v['count']:,} × {v['old']} → {v['new']}"


def _activation(v: Values) -> str:
    return _("activation {old} → {new} in {places}", old=v["old"], new=v["new"],
             places=units.places(v["count"]))  # fmt: skip


def _weights(v: Values) -> str:
    layers, largest = many(v["layers"], "layer"), v["largest"]
    if v["alone"]:
        text = _("only weights changed: those of {layers}", layers=layers)
    else:
        text = _("weights of {layers} changed", layers=layers)
    if largest is not None:
        text = _("{change}, largest relative change {share}", change=text, share=relative(largest))
    if v["broken"]:
        text = _("{change}, {n} with NaN or infinite values", change=text,
                 n=units.count(v["broken"]))  # fmt: skip
    return text


def relative(change: float) -> str:
    """A relative change for people: a share up to ten times, then a factor.

    >>> relative(0.031), relative(1e-9), relative(33.5)
    ('3.1 %', 'under 0.01 %', '33.5 times the old weights')
    """
    if change < 10:
        return units.percent(change)
    return _("{factor} times the old weights", factor=f"{change:.3g}")


def _constants(v: Values) -> str:
    return ngettext("other constants at {n} operator", "other constants at {n} operators",
                    v["count"])  # fmt: skip


def _setting(v: Values) -> str:
    old, new = (minus(v[end]) for end in ("old", "new"))
    change = f"{v['setting']} {old} → {new}"
    if v["count"] == 1:
        return f"{v['operator']}: {change}"
    named = v["operator"] if spoken() != ENGLISH else _plural(v["operator"])
    return _("{change} in {n} {operators}", change=change, n=units.count(v["count"]),
             operators=named)  # fmt: skip


def _plural(word: str) -> str:
    """Of the name of an operator, in English."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch")) else "s")


def minus(text: str) -> str:
    """Numbers with the sign that people write.

    >>> minus("1,-1"), minus("1e-5"), minus("half-pixel")
    ('1,−1', '1e-5', 'half-pixel')
    """
    if not text.startswith("-") and ",-" not in text:
        return text
    return ",".join("−" + p[1:] if p.startswith("-") else p for p in text.split(","))


def _fused(v: Values) -> str:
    into = _("one operator") if v["operator"] == v["what"] else v["operator"]
    text = _("{n} × {what} fused into {operator}", n=units.count(v["count"]), what=_(v["what"]),
             operator=into)  # fmt: skip
    if not v["parts"]:
        return text
    return ngettext("{change} ({n} operator gone)", "{change} ({n} operators gone)", v["parts"],
                    change=text)  # fmt: skip


FUSED = (mark("attention"), mark("embedding"), mark("layer normalisation"), mark("Gelu"),
         mark("convolution"), mark("matrix product"))  # fmt: skip
"""What headlines call what is fused."""


def _norms(one: str, several: str) -> Callable[[Values], str]:
    def words(v: Values) -> str:
        text = ngettext(one, several, v["count"])
        return _("{change}; the weights agree", change=text) if v["proven"] else text

    return words


def _counted(one: str, several: str) -> Callable[[Values], str]:
    return lambda v: ngettext(one, several, v["count"])


def _carried(gone: tuple[str, str], added: tuple[str, str]) -> Callable[[Values], str]:
    def words(v: Values) -> str:
        counts = ((v["went"], gone), (v["came"], added))
        return ", ".join(ngettext(*forms, count) for count, forms in counts if count)

    return words


def _turnover(one: str, several: str) -> Callable[[Values], str]:
    return lambda v: ngettext(one, several, v["went"], added=units.count(v["came"]))


def _typed(text: str) -> Callable[[Values], str]:
    return lambda v: _(text, n=units.count(v["count"]), operator=v["operator"])


def _sharing(v: Values) -> str:
    old, new = (units.count(int(v[end] or 0)) for end in ("old", "new"))
    return _("parameters used again and not counted again {old} → {new}", old=old, new=new)


def _opset(v: Values) -> str:
    old, new = (v[end] or _("absent") for end in ("old", "new"))
    if v["domain"] == "ai.onnx":
        return _("opset {old} → {new}", old=old, new=new)
    return _("opset of {domain} {old} → {new}", domain=v["domain"], old=old, new=new)


def _producer(v: Values) -> str:
    old, new = (v[end] or _("not stated") for end in ("old", "new"))
    return _("producer {old} → {new}", old=old, new=new)


def _metadata(v: Values) -> str:
    return ngettext("{n} entry of the metadata changed: {keys}",
                    "{n} entries of the metadata changed: {keys}", v["count"],
                    keys=v["keys"])  # fmt: skip


def _imports(v: Values) -> str:
    more = " …" if v["count"] > len(v["domains"].split(", ")) else ""
    return _("imports that no operator uses changed: {domains}", domains=v["domains"] + more)


def _told(text: str) -> Callable[[Values], str]:
    """A sentence with the values as they are."""
    return lambda v: _(text, **v)


_WORDS: Mapping[str, Callable[[Values], str]] = {
    "other-network": _other,
    "quantised": _quantised,
    "dequantised": _dequantised,
    "precision": _precision,
    "separated": _separated,
    "joined": _joined,
    "width": _width,
    "blocks-added": _blocks(mark("{n} {block} block added"), mark("{n} {block} blocks added")),
    "blocks-removed": _blocks(
        mark("{n} {block} block removed"), mark("{n} {block} blocks removed")
    ),
    "layers-added": _layers(
        (mark("{n} {kind} layer added"), mark("{n} {kind} layers added")),
        (mark("{n} {kind} convolution added"), mark("{n} {kind} convolutions added")),
    ),
    "layers-removed": _layers(
        (mark("{n} {kind} layer removed"), mark("{n} {kind} layers removed")),
        (mark("{n} {kind} convolution removed"), mark("{n} {kind} convolutions removed")),
    ),
    "classes": _classes,
    "pruned": _narrower,
    "widened": _wider,
    "replaced": _replaced,
    "activation": _activation,
    "exchanged": lambda v: _("{n} layers exchanged their weights", n=units.count(v["count"])),
    "weights": _weights,
    "constants-changed": _constants,
    "setting": _setting,
    "fused": _fused,
    "folded-norms": _norms(
        mark("{n} BatchNorm folded into convolutions"),
        mark("{n} BatchNorms folded into convolutions"),
    ),
    "unfolded-norms": _norms(
        mark("{n} BatchNorm taken out of convolutions"),
        mark("{n} BatchNorms taken out of convolutions"),
    ),
    "sharing": _sharing,
    "biases-gone": _counted(mark("{n} bias folded away"), mark("{n} biases folded away")),
    "biases-added": _counted(mark("{n} bias added"), mark("{n} biases added")),
    "folded-additions": _counted(
        mark("{n} addition folded into biases"), mark("{n} additions folded into biases")
    ),
    "identities": _carried(
        (mark("{n} Identity gone"), mark("{n} Identities gone")),
        (mark("{n} Identity added"), mark("{n} Identities added")),
    ),
    "constants": _carried(
        (mark("{n} Constant gone"), mark("{n} Constants gone")),
        (mark("{n} Constant added"), mark("{n} Constants added")),
    ),
    "dropouts": _carried(
        (mark("{n} Dropout gone"), mark("{n} Dropouts gone")),
        (mark("{n} Dropout added"), mark("{n} Dropouts added")),
    ),
    "shape-arithmetic": _turnover(
        mark("constants and arithmetic on sizes: {n} operator gone, {added} added"),
        mark("constants and arithmetic on sizes: {n} operators gone, {added} added"),
    ),
    "views": _turnover(
        mark("reshapes and transposes: {n} operator gone, {added} added"),
        mark("reshapes and transposes: {n} operators gone, {added} added"),
    ),
    "operators-added": _typed(mark("{n} × {operator} added")),
    "operators-removed": _typed(mark("{n} × {operator} gone")),
    "opset": _opset,
    "imports": _imports,
    "ir": _told(mark("IR version {old} → {new}")),
    "producer": _producer,
    "metadata": _metadata,
    "output-moved": _told(mark("output {name} is another tensor: {old} → {new}")),
    "resolution": _told(mark("input {name}: {old} → {new}")),
    "input-renamed": _told(mark("input {old} is called {new}")),
    "output-renamed": _told(mark("output {old} is called {new}")),
    "input-gone": _told(mark("input {name} ({type}) gone")),
    "output-gone": _told(mark("output {name} ({type}) gone")),
    "input-new": _told(mark("input {name} ({type}) added")),
    "output-new": _told(mark("output {name} ({type}) added")),
    "input-type": _told(mark("input {name}: {old} → {new}")),
    "output-type": _told(mark("output {name}: {old} → {new}")),
}
"""Words by kind."""
