"""The four headline numbers of page 1, of the claims behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.facts import Certainty
from analyzer.language import _, ngettext, retold, series, term
from analyzer.report.headline import silenced
from analyzer.report.view.memory import named_inputs
from analyzer.report.view.options.form import NOTABLE
from analyzer.report.view.pace import longer
from analyzer.sanitise import label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.report.claims.record import Claim
    from analyzer.report.headline import Values


LITTLE = 1 << 10
"""Bytes besides weights up to which nothing is said of them."""


MOSTLY = 0.95
"""Share of the peak up to which what is left of it once constants are folded is told beside it."""


class Card(NamedTuple):
    """One of the four headline numbers."""

    claim: str
    title: str
    value: str
    """With unit; *at least* in front where something is missing."""
    detail: tuple[str, ...]
    """Short lines under the number."""
    number: str = ""
    """Place in the JSON of what explains ``value``."""
    more: str = ""
    """The same of a line under it."""
    line: int = 0
    """Which one that is."""


def cards(claims: Iterable[Claim], headline: str) -> tuple[Card, ...]:
    """Compute, parameters, peak activation, possible saving; ``headline`` leads the first."""
    by_id = {claim.id: claim.values for claim in claims}
    compute = _compute(by_id["compute"], headline)
    idle = by_id["compute"]["macs"] == (0, 0)
    saving = _saving(by_id["saving"], by_id["verdict"], idle=idle)
    peak = _peak(by_id["peak"], by_id.get("quantised", {}))
    return compute, _parameters(by_id["parameters"]), peak, saving


def _compute(v: Values, headline: str) -> Card:
    high, most = v["macs"][1], v["flops"][1]
    if v["comparisons"] and high == 0:
        return _compared(v)
    holds = [*_holds(v)]
    if most is None and high is not None and v["certainty"] == Certainty.EXACT:
        holds[0] = _("MACs: {how}", how=holds[0])
    if v["branches"]:
        holds.insert(0, _("by the branch that data decide on"))
    macs, flops = _span(v, 0, "MAC"), _span(v, 1, "FLOP")
    if headline == "flops":
        digits = _("{all} FLOPs in all, {macs} among them", all=_span(v, 1), macs=macs)
        return Card("compute", _("Compute"), flops, (digits, *holds), "totals.flops",
                    "totals.macs")  # fmt: skip
    digits = _("{macs} MACs, {flops} in all", macs=_span(v, 0), flops=flops)
    return Card("compute", _("Compute"), macs, (digits, *holds), "totals.macs", "totals.flops")


def _span(v: Values, which: int, unit: str | None = None) -> str:
    """MACs (0) or FLOPs (1); what branches decide is told where a loop has no upper end, too."""
    low, high = v["macs"] if which == 0 else v["flops"]
    if not v["branches"] or high is not None:
        return units.span(low, high, unit)
    return _("at least {value}", value=units.span(low, v["branches"][which], unit))


def _compared(v: Values) -> Card:
    """Of a forest, in which nothing multiplies; FLOPs are those of what is around it."""
    flops, most = v["flops"]
    mean = f"{v['mean_comparisons']:,.1f}"
    detail = [_("at most, a sample; {mean} if every leaf is as likely", mean=mean),
              _("no multiply-accumulates")]  # fmt: skip
    if flops:
        detail.append(_("and {flops} besides", flops=units.span(flops, most, "FLOP")))
    return Card("compute", _("Compute"), many(v["comparisons"], "comparison"), tuple(detail),
                more="totals.flops", line=2)  # fmt: skip


def _holds(v: Values) -> Iterator[str]:
    """How sure the number is, and for which sizes it holds."""
    (low, high), unknown, sizes = v["macs"], v["unknown_nodes"], named_sizes(v)
    certainty = Certainty(v["certainty"])
    if certainty is Certainty.EXACT and sizes:
        yield _("exact for the stated sizes: {sizes}", sizes=sizes)
    elif certainty is Certainty.EXACT:
        yield (_("exact, whatever the open sizes") if v["open"]
               else _("exact, from the file alone"))  # fmt: skip
    elif certainty is Certainty.UNKNOWN:
        yield (_("for sizes with which the model cannot run: {sizes}", sizes=sizes) if sizes
               else _("not known"))  # fmt: skip
    elif certainty is Certainty.ASSUMED and low == high and sizes and not v["choices"]:
        yield _("exact for the assumed sizes: {sizes}", sizes=sizes)
    else:
        yield from _open(certainty, unknown, varies=low != high)
        if sizes:
            yield _("for the assumed sizes: {sizes}", sizes=sizes)


def _open(certainty: Certainty, unknown: int, *, varies: bool) -> Iterator[str]:
    """What keeps the number from being exact, besides sizes."""
    if certainty is Certainty.LOWER_BOUND:
        yield (_("{operators} of unknown cost", operators=many(unknown, "operator")) if unknown
               else _("nothing bounds how often a loop runs"))  # fmt: skip
    else:
        yield _("depending on data") if varies else _("assumed in part: see below")


def named_sizes(v: Values) -> str:
    """``sequence = 128, batch = 1 and 2 more``."""
    found = zip(v["dims"], v["sizes"], strict=True)
    sizes = ", ".join(f"{label(retold(dim), widths.TERM)} = {size}" for dim, size in found)
    left = v["sizes_in_all"] - len(v["dims"])
    return _("{names} and {n} more", names=sizes, n=left) if left else sizes


def _parameters(v: Values) -> Card:
    inside = series([*_inside(v)])
    alone = in_attributes_alone(v)
    where = _("{size} in attributes of {operators}", size=units.size(v["inside_bytes"]),
              operators=many(v["inside"], "operator"))  # fmt: skip
    if alone:
        detail = [where, _("no values in tensors")]
        return Card("parameters", _("Parameters"), alone, tuple(detail))
    detail = [_("{n} values, {size} in memory", n=units.count(v["params"]),
                size=units.size(v["bytes"]))]  # fmt: skip
    if v["uncounted"]:
        detail.append(_("{n} of them in operators that compute does not count",
                        n=units.count(v["uncounted"])))  # fmt: skip
    if v["buffers"]:
        detail.append(_("and {n} buffer values", n=units.count(v["buffers"])))
    detail += _beside(v)
    if inside:
        detail.append(_("and {inside}, {where}", inside=inside, where=where))
    if v["certainty"] != Certainty.EXACT:
        detail.append(f"{term(v['certainty'])}: {label(retold(v['reason']), widths.CAUSE)}")
    return Card("parameters", _("Parameters"), units.si(v["params"]), tuple(detail),
                "totals.params", "totals.weight_bytes")  # fmt: skip


def _beside(v: Values) -> Iterator[str]:
    """What is stored and read besides weights, unless it is next to nothing."""
    scales, constants = v["scale_bytes"], v["constant_bytes"]
    least = max(LITTLE, (v["bytes"] + scales + constants) // 100)
    if scales >= least:
        yield _("and {size} of scales and zero points", size=units.size(scales))
    if constants >= least:
        yield _("and {size} of constants", size=units.size(constants))


def in_attributes_alone(v: Values) -> str:
    """What is learned, of a model that has nothing learned in tensors; empty of others."""
    return "" if v["params"] or v["buffers"] else series([*_inside(v)])


def _inside(v: Values) -> Iterator[str]:
    """What is learned and in no tensor."""
    if v["coefficients"]:
        yield many(v["coefficients"], "coefficient")
    if v["tree_nodes"]:
        yield many(v["tree_nodes"], "tree node")


def leads_fused(v: Values) -> bool:
    """Whether the peak in integer kernels is the number, and that of the file as written a detail:
    of a quantised model with one peak whatever data decide."""
    fused, ends = v["fused_bytes"], v["bytes"]
    if fused is None or ends is None:
        return False
    least, most = ends
    return bool(least == most != fused)


def _peak(v: Values, quantised: Values) -> Card:
    """``quantised``: the claim about integers, which layers are left out of; empty for none."""
    value = _("unknown")
    if v["bytes"] is not None:
        low, high = v["bytes"]
        value = units.size(low)
        if high is None:
            value = _("at least {value}", value=value)
        elif high != low:
            value = _("{low} to {high}", low=value, high=units.size(high))
    where = (_("while {name} runs", name=label(v["name"], widths.TERM)),) if v["name"] else ()
    place, fused = "memory.peak_bytes", v["fused_bytes"]
    other, told = "", ""
    if fused is not None and {fused} != set(v["bytes"] or ()):
        left, other = left_in_float(quantised), "claims.memory.peak.fused_bytes"
        if leads_fused(v):
            told = _("{size} as written", size=value)
            where = (_("with Q and DQ in integer kernels"), *left, told, *where)
            value, place, other = units.size(fused), other, place
            value = _("at least {value}", value=value) if left else value
        else:
            told = _("{size} with Q and DQ in integer kernels", size=units.size(fused))
            where = (told, *left, *where)
    most = (v["bytes"] or (0, 0))[1] if fused is None else fused
    if v["folded_bytes"] is not None and most and v["folded_bytes"] <= MOSTLY * most:
        size = units.size(v["folded_bytes"])
        where = (_("{size} once constants are folded", size=size), *where)
    if v["certainty"] == Certainty.UNKNOWN and v["bytes"] is not None:
        where = (_("for sizes with which the model cannot run"), *where)
    if v["given"]:
        where = (*where, _("{size} of it inputs: {names}", size=units.size(v["given_bytes"]),
                           names=named_inputs(v["given"])))  # fmt: skip
    lines = (*where, _("in the file's order of operators"))
    return Card("peak", _("Peak activation memory"), value, lines, place, other,
                lines.index(told) if told else 0)  # fmt: skip


def left_in_float(v: Values) -> tuple[str, ...]:
    """Layers that ONNX Runtime computes as they are written, so that what counts integer kernels is
    the least; none where it has a kernel for each, or nothing is quantised."""
    most = max(v.get("unaligned", 0), v.get("left_on_x86", 0))
    if not most:
        return ()
    return (_("up to {n} of {of} layers stay in floating point",
              n=units.count(most), of=units.count(v["float_forms"])),)  # fmt: skip


def _saving(v: Values, verdict: Values, *, idle: bool) -> Card:
    """What cheaper layers save; where there are none, the file by what to do first. ``idle``:
    nothing multiplies."""
    if v["macs"] is None:
        return Card("saving", _("Possible saving"), _("unknown"),
                    (_("no size is known with which the model runs"),))  # fmt: skip
    if not v["macs"] and v["others"]:
        share = _("see what to do first")
        if v["others_share"] is not None:
            share = _("{share} of compute, see what to do first",
                      share=units.percent(v["others_share"]))  # fmt: skip
        return Card("saving", _("Possible saving"), units.si(v["others"], "MAC"), (share,))
    if not v["macs"]:
        return _no_cheaper(v, verdict, idle=idle)
    share = units.percent(v["share"])
    share = (_("at most, as data decide what runs") if v["share"] is None
             else _("{share} of compute, of low impact: “{action}”", share=share,
                    action=label(v["action"])) if v["share"] < NOTABLE and v["action"]
             else _("{share} of compute", share=share) if v["complete"]
             else _("{share} of the known compute", share=share))  # fmt: skip
    more = (_("and {n} parameters", n=units.si(v["params"])),) if v["params"] else ()
    if v["left_out"]:
        more = (*more, _("without {n} that would be slower on {device}",
                         n=v["left_out"], device=v["device"]))  # fmt: skip
    if v["slower"]:
        more = (*more, _("not recommended: takes longer on {device}", device=v["device"]))
    elif v["slower_on"]:
        more = (*more, _dearer(v["slower_on"], v["slower_factors"]))
    return Card("saving", _("Possible saving"), units.si(v["macs"], "MAC"), (share, *more),
                "claims.saving.macs", "claims.saving.share")  # fmt: skip


def _no_cheaper(v: Values, verdict: Values, *, idle: bool) -> Card:
    """Where nobody recommends a cheaper layer."""
    silent = silenced(v)
    words = _("nothing multiplies") if idle else _("no rule suggests a cheaper layer")
    if v["small"]:
        words = ngettext(
            "no rule suggests a cheaper layer: {n} that could be is below {macs}",
            "no rule suggests a cheaper layer: {n} that could be are below {macs}",
            v["small"], macs=units.si(v["least"], "MAC"),
        )  # fmt: skip
    if silent:
        words = _("not counting {findings}", findings=silent)
    besides = (_("other savings: see what to do first"),) if verdict["saves"] else ()
    if v["unadvised"]:
        n = units.count(v["slower_layers"] + v["unsure_layers"])
        return Card("saving", _("Cheaper layers"), _("{n} found", n=n), (*_unadvised(v), *besides))
    if verdict["part_of"]:
        title = label(verdict["part_title"])
        of = (_("of the file: “{title}”", title=title) if verdict["part_of"] == "file"
              else _("of the weights: “{title}”", title=title))  # fmt: skip
        return Card("saving", _("Possible saving"), units.percent(verdict["part"]), (of, words))
    return Card("saving", _("Cheaper layers"), _("none found"), (words, *besides))


def _unadvised(v: Values) -> Iterator[str]:
    """Why nobody recommends the cheaper layers that rules find; of an action that is slower, the
    table of impacts says so."""
    slower, unsure, device = v["slower_layers"], v["unsure_layers"], v["device"]
    if slower and unsure:
        yield _("{n} slower on {device}, {others} perhaps: measure",
                n=units.count(slower), device=device, others=units.count(unsure))  # fmt: skip
    elif slower:
        yield _("slower on {device} by its roofline model", device=device)
    else:
        yield _("may be slower: measure")
    if unsure:
        yield f"“{label(v['unadvised'])}”"


def _dearer(devices: Sequence[str], factors: Sequence[float]) -> str:
    """How much longer what saves compute takes where it does."""
    time = longer(min(factors))
    if len(devices) == 1:
        return _("converted layers take {factor} the time on {device}",
                 factor=time, device=devices[0])  # fmt: skip
    return _("converted layers take up to {factor} the time on {n} devices",
             factor=time, n=len(devices))  # fmt: skip
