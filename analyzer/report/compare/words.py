"""Headlines in English: each function words the values of one and knows nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from analyzer import units
from analyzer.restore import record
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.compare import Comparison

    Values = Mapping[str, Any]

SAME = "the same: operators, attributes, types, connections and all weights"
UNSURE = "no difference found, but weights were not compared"


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
        renamed = f"; {many(c.renamed, 'operator')} under another name" if c.renamed else ""
        return SAME + renamed
    first = say(headlines[c.headline]) if c.headline is not None else ""
    rest = "; all weights of the others the same" if c.complete else ""
    if c.kind == "all":
        return first + rest
    if c.kind == "counts":
        parts = [f"{many(n, 'operator')} {word}" for n, word in
                 ((c.changed, "changed"), (c.gone, "gone"), (c.added, "added")) if n]  # fmt: skip
        return ", ".join(parts) + rest
    said = {"ends": "inputs or outputs changed", "unsure": UNSURE, "constants": "other constants"}
    return said.get(c.kind, first)


def say(headline: Said) -> str:
    """A headline in words."""
    return _WORDS[headline.kind](headline.values)


_SMALL = frozenset({"identities", "constants", "dropouts", "shape-arithmetic", "views",
                    "operators-added", "operators-removed"})  # fmt: skip
_ABOUT_THE_FILE = frozenset({"opset", "imports", "ir", "producer", "metadata"})


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return word[:-1] + "ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else (
        word + "es" if word.endswith(("s", "x", "ch")) else word + "s")  # fmt: skip


def _count(count: int, word: str) -> str:
    return f"{count:,} {_plural(word, count)}"


def _other(v: Values) -> str:
    names = f": {v['old'] or 'not recognised'} → {v['new'] or 'not recognised'}"
    named = names if v["old"] or v["new"] else ""
    return f"another network{named}; {v['shared']:,} of {many(v['layers'], 'layer')} are in both"


def _quantised(v: Values) -> str:
    before = f", {v['before']:,} before" if v["before"] else ""
    form = f" ({v['form']})" if v["form"] else ""
    return f"quantised {v['count']:,} of {many(v['layers'], 'layer')} to {v['to']}{form}{before}"


def _dequantised(v: Values) -> str:
    return f"{v['count']:,} of {many(v['layers'], 'layer')} no longer in {v['origin']}"


def _precision(v: Values) -> str:
    which = "" if v["count"] == v["layers"] else f" in {v['count']:,} of {v['layers']:,} layers"
    return f"precision {v['old']} → {v['new']}{which}"


def _separated(v: Values) -> str:
    what = _count(v["count"], "standard convolution")
    return f"{what} replaced by depthwise + pointwise"


def _joined(v: Values) -> str:
    return f"{many(v['count'], 'pair')} of depthwise + pointwise replaced by standard convolutions"


def _width(v: Values) -> str:
    still = f", the last {v['still']} as before" if v["still"] > 1 else ""
    return f"width × {v['factor']:.4g} (every one of {many(v['layers'], 'layer')} follows{still})"


def _blocks(sign: str) -> Callable[[Values], str]:
    return lambda v: f"{_count(v['count'], v['block'] + ' block')} {sign}"


def _layers(sign: str) -> Callable[[Values], str]:
    def words(v: Values) -> str:
        kind = v["layer"]
        name = f"{kind} convolution" if kind in _KINDS else f"{kind} layer"
        return f"{_count(v['count'], name)} {sign}"

    return words


_KINDS = frozenset({"standard", "depthwise", "pointwise", "grouped", "transposed"})


def _classes(v: Values) -> str:
    return f"classes {units.count(v['old'])} → {units.count(v['new'])} (output {v['output']})"


def _narrower(v: Values) -> str:
    share = units.percent(1 - v["new"] / v["old"])
    layers = f"{v['count']:,} of {many(v['layers'], 'layer')}"
    return f"channels pruned in {layers}: {v['old']:,} → {v['new']:,} (−{share})"


def _wider(v: Values) -> str:
    layers = f"{v['count']:,} of {many(v['layers'], 'layer')}"
    return f"more channels in {layers}: {v['old']:,} → {v['new']:,}"


def _replaced(v: Values) -> str:
    return f"{v['count']:,} × {v['old']} → {v['new']}"


def _activation(v: Values) -> str:
    return f"activation {v['old']} → {v['new']} in {many(v['count'], 'place')}"


def _weights(v: Values) -> str:
    only = "only weights changed: those" if v["alone"] else "weights"
    verb = "" if v["alone"] else " changed"
    largest = v["largest"]
    how = "" if largest is None else f", largest relative change {relative(largest)}"
    if v["broken"]:
        how += f", {v['broken']:,} with NaN or infinite values"
    return f"{only} of {many(v['layers'], 'layer')}{verb}{how}"


def relative(change: float) -> str:
    """A relative change for people: a share up to ten times, then a factor.

    >>> relative(0.031), relative(1e-9), relative(33.5)
    ('3.1 %', '1e-07 %', '33.5 times the old weights')
    """
    return units.percent(change) if change < 10 else f"{change:.3g} times the old weights"


def _constants(v: Values) -> str:
    return f"other constants at {many(v['count'], 'operator')}"


def _setting(v: Values) -> str:
    old, new = (minus(v[end]) for end in ("old", "new"))
    change = f"{v['setting']} {old} → {new}"
    if v["count"] == 1:
        return f"{v['operator']}: {change}"
    return f"{change} in {_count(v['count'], v['operator'])}"


def minus(text: str) -> str:
    """Numbers with the sign that people write.

    >>> minus("1,-1"), minus("1e-5"), minus("half-pixel")
    ('1,−1', '1e-5', 'half-pixel')
    """
    if not text.startswith("-") and ",-" not in text:
        return text
    return ",".join("−" + p[1:] if p.startswith("-") else p for p in text.split(","))


def _fused(v: Values) -> str:
    into = "one operator" if v["operator"] == v["what"] else v["operator"]
    gone = f" ({many(v['parts'], 'operator')} gone)" if v["parts"] else ""
    return f"{v['count']:,} × {v['what']} fused into {into}{gone}"


def _norms(how: str) -> Callable[[Values], str]:
    def words(v: Values) -> str:
        proven = "; the weights agree" if v["proven"] else ""
        return f"{_count(v['count'], 'BatchNorm')} {how} convolutions{proven}"

    return words


def _biases(sign: str) -> Callable[[Values], str]:
    return lambda v: f"{many(v['count'], 'bias' if v['count'] == 1 else 'biase')} {sign}"


def _carried(word: str) -> Callable[[Values], str]:
    def words(v: Values) -> str:
        parts = [f"{_count(count, word)} {sign}" for count, sign in
                 ((v["went"], "gone"), (v["came"], "added")) if count]  # fmt: skip
        return ", ".join(parts)

    return words


def _turnover(what: str) -> Callable[[Values], str]:
    return lambda v: f"{what}: {many(v['went'], 'operator')} gone, {v['came']:,} added"


def _counted(sign: str) -> Callable[[Values], str]:
    return lambda v: f"{v['count']:,} × {v['operator']} {sign}"


def _opset(v: Values) -> str:
    name = "opset" if v["domain"] == "ai.onnx" else f"opset of {v['domain']}"
    return f"{name} {v['old'] or 'absent'} → {v['new'] or 'absent'}"


def _producer(v: Values) -> str:
    return f"producer {v['old'] or 'not stated'} → {v['new'] or 'not stated'}"


def _metadata(v: Values) -> str:
    entries = f"{v['count']:,} entr{'y' if v['count'] == 1 else 'ies'} of the metadata"
    return f"{entries} changed: {v['keys']}"


def _renamed(which: str) -> Callable[[Values], str]:
    return lambda v: f"{which} {v['old']} is called {v['new']}"


def _end(which: str, sign: str) -> Callable[[Values], str]:
    return lambda v: f"{which} {v['name']} ({v['type']}) {sign}"


def _retyped(which: str) -> Callable[[Values], str]:
    return lambda v: f"{which} {v['name']}: {v['old']} → {v['new']}"


_WORDS: Mapping[str, Callable[[Values], str]] = {
    "other-network": _other,
    "quantised": _quantised,
    "dequantised": _dequantised,
    "precision": _precision,
    "separated": _separated,
    "joined": _joined,
    "width": _width,
    "blocks-added": _blocks("added"),
    "blocks-removed": _blocks("removed"),
    "layers-added": _layers("added"),
    "layers-removed": _layers("removed"),
    "classes": _classes,
    "pruned": _narrower,
    "widened": _wider,
    "replaced": _replaced,
    "activation": _activation,
    "weights": _weights,
    "constants-changed": _constants,
    "setting": _setting,
    "fused": _fused,
    "folded-norms": _norms("folded into"),
    "unfolded-norms": _norms("taken out of"),
    "biases-gone": _biases("folded away"),
    "biases-added": _biases("added"),
    "folded-additions": lambda v: f"{_count(v['count'], 'addition')} folded into biases",
    "identities": _carried("Identity"),
    "constants": _carried("Constant"),
    "dropouts": _carried("Dropout"),
    "shape-arithmetic": _turnover("constants and arithmetic on sizes"),
    "views": _turnover("reshapes and transposes"),
    "operators-added": _counted("added"),
    "operators-removed": _counted("gone"),
    "opset": _opset,
    "imports": lambda v: (
        f"imports that no operator uses changed: {v['domains']}"
        + (" …" if v["count"] > len(v["domains"].split(", ")) else "")
    ),
    "ir": lambda v: f"IR version {v['old']} → {v['new']}",
    "producer": _producer,
    "metadata": _metadata,
    "output-moved": lambda v: f"output {v['name']} is another tensor: {v['old']} → {v['new']}",
    "resolution": lambda v: f"input {v['name']}: {v['old']} → {v['new']}",
    **{f"{end}-renamed": _renamed(end) for end in ("input", "output")},
    **{f"{end}-gone": _end(end, "gone") for end in ("input", "output")},
    **{f"{end}-new": _end(end, "added") for end in ("input", "output")},
    **{f"{end}-type": _retyped(end) for end in ("input", "output")},
}
"""Words by kind."""
