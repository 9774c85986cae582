"""Claims in English: each function words the values of one claim and knows nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer import units
from analyzer.facts import Certainty
from analyzer.language import _
from analyzer.report.claims.advice import LARGE
from analyzer.sanitise import clean, label
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.report.claims.record import Claim

    Values = Mapping[str, Any]


class Card(NamedTuple):
    """One of the four headline numbers."""

    claim: str
    title: str
    value: str
    """With unit; *at least* in front where something is missing."""
    detail: tuple[str, ...]
    """Short lines under the number."""


def say(claims: Iterable[Claim]) -> dict[str, str]:
    """The sentence of every claim that has one, by id."""
    return {claim.id: _SENTENCES[claim.id](claim.values) for claim in claims
            if claim.id in _SENTENCES}  # fmt: skip


def cards(claims: Iterable[Claim], headline: str) -> tuple[Card, ...]:
    """Compute, parameters, peak activation, possible saving; ``headline`` leads the first."""
    by_id = {claim.id: claim.values for claim in claims}
    compute = _compute(by_id["compute"], headline)
    return compute, *(_CARDS[name](by_id[name]) for name in _CARDS)


def _compute(v: Values, headline: str) -> Card:
    (low, high), (least, most), unknown = v["macs"], v["flops"], v["unknown_nodes"]
    how = {
        Certainty.EXACT: "exact, from the file alone",
        Certainty.ASSUMED: "depending on data" if low != high
        else "exact under the assumptions below",
        Certainty.LOWER_BOUND: f"{many(unknown, 'operator')} of unknown cost" if unknown
        else "nothing bounds how often a loop runs",
        Certainty.UNKNOWN: "not known",
    }[Certainty(v["certainty"])]  # fmt: skip
    macs, flops = units.span(low, high, "MAC"), units.span(least, most, "FLOP")
    if headline == "flops":
        digits = f"{units.span(least, most)} FLOPs in all, {macs} among them"
        return Card("compute", "Compute", flops, (digits, how))
    return Card("compute", "Compute", macs, (f"{units.span(low, high)} MACs, {flops} in all", how))


def _parameters(v: Values) -> Card:
    detail = [f"{units.count(v['params'])} values, {units.size(v['bytes'])} in memory"]
    if v["buffers"]:
        detail.append(f"and {units.count(v['buffers'])} buffer values")
    if v["certainty"] != Certainty.EXACT:
        detail.append(f"{v['certainty']}: {label(v['reason'], 120)}")
    return Card("parameters", "Parameters", units.si(v["params"]), tuple(detail))


def _peak(v: Values) -> Card:
    value = "unknown"
    if v["bytes"] is not None:
        low, high = v["bytes"]
        value = units.size(low) if low == high else f"{units.size(low)} to {units.size(high)}"
        value = f"at least {units.size(low)}" if high is None else value
    where = (f"while {label(v['name'], 40)} runs",) if v["name"] else ()
    if v["fused_bytes"] is not None:
        where = (f"{units.size(v['fused_bytes'])} with Q and DQ in integer kernels", *where)
    return Card("peak", "Peak activation memory", value,
                (*where, "in the file's order of operators"))  # fmt: skip


def _saving(v: Values) -> Card:
    if not v["macs"]:
        silent = silenced(v)
        words = f"not counting {silent}" if silent else "no rule suggests a cheaper layer"
        return Card("saving", "Possible saving", "none found", (words,))
    whole = "compute" if v["complete"] else "the known compute"
    share = f"{units.percent(v['share'])} of {whole}"
    more = (f"and {units.si(v['params'])} parameters",) if v["params"] else ()
    return Card("saving", "Possible saving", units.si(v["macs"], "MAC"), (share, *more))


_CARDS: Mapping[str, Callable[[Values], Card]] = {
    "parameters": _parameters, "peak": _peak, "saving": _saving,
}  # fmt: skip

_FAMILIES = {
    "graph": "A graph", "convolutional": "A convolutional network",
    "recurrent": "A recurrent network", "transformer": "A transformer",
    "products": "A network of matrix products", "mixed": "A network",
}  # fmt: skip


def _network(v: Values) -> str:
    parts = [many(v["layers"], "weighted layer")]
    pairs = zip(v["blocks"], v["block_counts"], strict=True)
    parts += [many(count, f"{kind.replace('-', ' ')} block") for kind, count in pairs]
    text = f"{_FAMILIES[v['family']]} of {_and(parts)}"
    if v["first_convolution"]:
        strides = v["first_strides"]
        stride = f", stride {_sides(strides)}" if max(strides, default=1) > 1 else ""
        text += f"; first convolution {v['first_convolution']} ({v['first_kernel']}{stride})"
    inputs = [
        f"{label(name, 40)} {shape or 'unknown'}"
        for name, shape in zip(v["inputs"], v["shapes"], strict=True)
    ]
    left = v["inputs_in_all"] - len(inputs)
    more = f" and {left} more" if left > 0 else ""
    word = "input" if len(inputs) == 1 else "inputs"
    return f"{text}; {word} {', '.join(inputs) or 'none'}{more}."


def _architecture(v: Values) -> str:
    known = label(v["detail"]) if v["detail"] else "not recognised as a published one"
    return f"Architecture: {known}"


def _provenance(v: Values) -> str:
    pairs = zip(v["domains"], v["versions"], strict=True)
    sets = ", ".join(f"{label(domain) or 'ai.onnx'} {version}" for domain, version in pairs)
    return f"Producer {label(v['producer']) or 'not stated'} · operator set {sets or 'none'}"


def _verdict(v: Values) -> str:
    unjudged = f"{many(v['inconclusive'], 'problem')} kept part of the model unjudged."
    if v["kind"] == "errors":
        text = f"{many(v['errors'], 'error')} to fix before this model is used; see the findings."
        return f"{text} Besides, {unjudged}" if v["inconclusive"] else text
    if v["kind"] == "saving":
        return _could_fall(v)
    if v["kind"] == "findings":
        found, rules = many(v["findings"], "finding"), many(v["rules_with_findings"], "rule")
        return f"Nothing urgent: {found} from {rules}, no large saving."
    return {
        "inconclusive": f"Not conclusive: {unjudged}"
        + (f" {_could_fall(v)}" if v["share"] >= LARGE else ""),
        "partial": f"Judged in part: the cost of {many(v['unknown_nodes'], 'operator')} is "
        "unknown, so totals are minima.",
        "unbounded": "Judged in part: nothing bounds how often a loop runs, so totals are minima.",
        "silenced": f"Nothing new: no finding but {silenced(v)}.",
        "clean": f"Clean: none of the {v['rules']} rules applied objects to this model.",
        "unjudged": "No rule was applied; the numbers below are facts without a judgement.",
    }[str(v["kind"])]


def _could_fall(v: Values) -> str:
    known = "Compute" if v["complete"] else "The part of compute that is known"
    slower = f"; by the roofline model of {v['device']} it would not run faster there"
    return (
        f"{known} could fall by {units.percent(v['share'])}, from "
        f"{units.si(v['macs_now'], 'MAC')} to {units.si(v['macs_after'], 'MAC')}, at the price "
        f"of retraining{slower if v['slower'] else ''}."
    )


def _actions(v: Values) -> str:
    """Why there is no action; the actions themselves are the rules' words."""
    if v["rules"]:
        return ""
    if v["slower"]:
        rules = _and(list(v["slower"]))
        return (
            f"Nothing recommended: what {rules} would change saves multiply-accumulates, and no "
            "time by our own estimate; see the findings."
        )
    if not v["applied"]:
        return "Nothing was judged: no rule was applied."
    return f"Nothing: {many(v['applied'], 'rule')} applied, none asks for a change."


def _options(v: Values) -> str:
    """How to read the times; the forms are told in their own words."""
    if not v["device"]:
        return ""
    if v["seconds_now"] is None:
        return _("Times are bounds on {device}.", device=v["device"])
    return _(
        "Times are bounds on {device}, where the model as it is takes at least {seconds}.",
        device=v["device"], seconds=units.seconds(v["seconds_now"]),
    )  # fmt: skip


def _passed(v: Values) -> str:
    rows = [*zip(v["categories"], v["rules"], v["speak"], strict=True)]
    sound = ", ".join(f"{name} {rules - speak} of {rules}" for name, rules, speak in rows)
    return f"Rules that were applied and found nothing: {sound}."


def _findings(v: Values) -> str:
    applied = f" {many(v['rules'], 'rule')} applied." if v["rules"] else ""
    if not v["count"]:
        return f"No findings to list.{applied}"
    at = f" at {units.places(v['places'])}" if v["places"] > v["count"] else ""
    return f"{many(v['count'], 'finding')}{at}.{applied}"


def silenced(v: Values) -> str:
    """``2 suppressed and 1 in the baseline``; empty where no finding was silenced."""
    counts = (v["suppressed"], "suppressed"), (v["accepted"], "in the baseline")
    return " and ".join(f"{units.count(n)} {word}" for n, word in counts if n)


def _conversion(v: Values) -> str:
    return (
        f"MACs of the model after converting the best k candidates; {v['best']} of "
        f"{v['candidates']} bring 80 % of what can be saved"
    )


def _conversion_speed(v: Values) -> str:
    faster = units.times(v["factor"])
    return (
        f"By the roofline model of {v['device']}, without fusion, the flagged convolutions "
        f"together run {faster} as fast once converted."
    )


def _assumed_sizes(v: Values) -> str:
    if not v["count"]:
        return "No size of an input was assumed: the file fixes them all."
    sizes = [f"{label(dim)} = {size}" for dim, size in zip(v["dims"], v["sizes"], strict=True)]
    left = v["count"] - len(sizes)
    more = f" and {many(left, 'more assumption')}" if left else ""
    those = "that size" if v["count"] == 1 else "those sizes"
    return f"These numbers hold for {', '.join(sizes)}{more}: the file leaves {those} open."


def _choices(v: Values) -> str:
    if not v["count"]:
        return "Nothing else was assumed."
    more = f"; and {v['count'] - 1} more" if v["count"] > 1 else ""
    return f"Assumed: {clean(v['first'])}{more}."


def _coverage(v: Values) -> str:
    known, total = v["known"], v["operators"]
    text = f"The cost of {units.count(known)} of {units.count(total)} operators is known"
    if known == total:
        return f"{text}."
    rows = zip(v["missing"], v["missing_counts"], v["missing_reasons"], strict=True)
    missing = [f"{count} × {op} ({why})" for op, count, why in rows]
    left = v["reasons"] - len(missing)
    more = f"; and {left} more" if left else ""
    return f"{text} ({units.percent(known / total)}). Not known: {'; '.join(missing)}{more}."


def _unknown(v: Values) -> str:
    if v["operators"]:
        of = units.count(v["of"])
        return f"The cost of {v['operators']} of {of} operators is unknown; totals say “at least”."
    known = f"the multiply-accumulates of all {units.count(v['of'])} operators are known"
    if not v["macs_complete"]:
        return f"{known.capitalize()}, but not their sum: {clean(v['reason'])}."
    if not v["flops_complete"]:
        return f"{known.capitalize()}; not all of their other arithmetic is."
    if v["problems"]:
        return f"{known.capitalize()}; {many(v['problems'], 'problem')} met, listed below."
    return f"Nothing: {known}, and so is their other arithmetic."


def _weights(v: Values) -> str:
    if not v["bytes"]:
        return "The file has no weight tensors."
    pairs = zip(v["dtypes"], v["dtype_bytes"], strict=True)
    sizes = ", ".join(f"{units.size(n)} of {label(dtype)}" for dtype, n in pairs)
    made = "" if v["stored_bytes"] else "; the file stores none, they are made when the model runs"
    return f"Weights and buffers take {units.size(v['bytes'])}: {sizes}{made}."


def _shared(v: Values) -> str:
    pairs = zip(v["names"], v["uses"], strict=True)
    names = [f"{label(name)} ({uses} uses)" for name, uses in pairs]
    left = v["count"] - len(names)
    return f"Used more than once and counted once: {', '.join(names)}" + (
        f" and {left} more." if left else "."
    )


def _memory(v: Values) -> str:
    if v["bytes"] is None:
        return f"Unknown: {clean(v['reason'])}." if v["reason"] else "Unknown."
    least = "At least " if v["certainty"] == Certainty.LOWER_BOUND else ""
    fused = ""
    if v["fused_bytes"] is not None:
        fused = (
            f" That is as written: where QuantizeLinear and DequantizeLinear are part of integer "
            f"kernels, as in runtimes that fuse them, it is {units.size(v['fused_bytes'])}."
        )
    place = ""
    if v["in_place_bytes"] is not None and v["in_place_bytes"] < v["bytes"]:
        place = (
            " Where element-wise operators write over an operand that nobody reads again, it is "
            f"{units.size(v['in_place_bytes'])}."
        )
    where = f" while {label(v['name'])} runs" if v["name"] else ""
    why = f" ({clean(v['reason'])}.)" if v["reason"] else ""
    return (
        f"{least}{units.size(v['bytes'])} of activations exist at once{where}, when operators run "
        "in the file's order and every tensor is freed after its last use. Runtimes that fuse "
        f"operators or reuse buffers need less; weights come on top.{place}{fused}{why}"
    )


def _read(v: Values) -> str:
    layers, unread, tensors = v["layers"], v["unread"], v["tensors"]
    if not layers and not unread and not tensors:
        return "No trained values were found to read."
    if not layers and not unread:
        return f"The values of {many(tensors, 'stored tensor')} were read."
    if not layers:
        are = "is" if unread == 1 else "are"
        return (f"Nothing: the trained values of {many(unread, 'layer')} {are} not in the file, so "
                "nothing is known of them.")  # fmt: skip
    more = f"; those of {units.count(unread)} were not" if unread else ""
    both = f"{many(layers, 'layer')} and {many(tensors, 'stored tensor')}"
    return f"The trained values of {both} were read{more}."


def _peculiar(v: Values) -> str:
    if v["layers"] or v["tensors"]:
        parts = [(v["layers"], "layer", "that do no work, or harm"),
                 (v["tensors"], "stored tensor", "that nobody can mean")]  # fmt: skip
        return "; ".join(f"{many(n, w)} with values {how}" for n, w, how in parts if n) + "."
    return "No dead, repeated or non-finite values were found."


def _intensity(v: Values) -> str:
    ridge = v["flops"] / v["bandwidth"]
    return (
        f"The line is that of an example, {v['device']}: "
        f"{units.number(v['flops'] / 1e12)} TFLOP/s in float32 and "
        f"{units.number(v['bandwidth'] / 1e9)} GB/s, hence {units.number(ridge)} FLOP/B. There, "
        f"{units.percent(v['share'])} of the multiply-accumulates whose traffic is known are in "
        "layers limited by memory."
    )


def _targets(v: Values) -> str:
    said = [
        f"{words} on {_and([label(name) for name in v[verdict]])}"
        for verdict, words in (
            ("whole", "all of it runs"),
            ("split", "a part of it runs"),
            ("no", "it does not run"),
            ("maybe", "whether all of it runs is not decided"),
        )
        if v[verdict]
    ]
    return f"Of {many(v['count'], 'target')}: {'; '.join(said)}."


_IN_THE_WAY: Mapping[str, str] = {
    "operator": "which they lack", "version": "in this version", "cliff": "at this opset",
    "type": "with these types", "condition": "under these conditions",
    "function": "a local function",
}  # fmt: skip
_TOO_NEW: Mapping[str, str] = {"opset": "the opset", "ir": "the IR version"}


def _blockers(v: Values) -> str:
    if not v["count"]:
        return "Nothing is certainly in the way."
    found = [
        f"{f'{label(op)}, {_IN_THE_WAY[code]}' if op else _TOO_NEW[code]} ({many(count, 'target')})"
        for op, code, count in zip(v["operators"], v["codes"], v["targets"], strict=True)
    ]
    more = v["count"] - len(found)
    rest = f"; and {many(more, 'more cause')}" if more else ""
    return f"In the way: {'; '.join(found)}{rest}."


def _edits(v: Values) -> str:
    if not v["count"]:
        return "No small change was found that helps."
    found = [f"{clean(text)} ({many(count, 'target')})"
             for text, count in zip(v["texts"], v["targets"], strict=True)]  # fmt: skip
    return f"What helps, each change tried: {'; '.join(found)}."


_UNITS: Mapping[str, str] = {
    "token": "a token", "second": "a second of audio", "megapixel": "a megapixel of image",
    "step": "a step",
}  # fmt: skip


def _growth(v: Values) -> str:
    dim, square = label(v["dim"], 40), v["square"]
    where = f"at {dim} = {units.count(v['size'])}" if v["varies"] else f"of {dim}"
    text = f"{units.si(v['rate'], 'MAC')} {_UNITS[v['unit']]} {where}"
    if v["fixed"]:
        text += f", and {units.si(v['fixed'], 'MAC')} whatever the size"
    if square:
        text += f"; {units.percent(square)} of the work grows with the square of {dim}"
        text += f", more than half from {units.count(v['even'])} on" if v["even"] else ""
    return f"{text}."


_SENTENCES: Mapping[str, Callable[[Values], str]] = {
    "network": _network,
    "architecture": _architecture,
    "provenance": _provenance,
    "verdict": _verdict,
    "actions": _actions,
    "options": _options,
    "passed": _passed,
    "findings": _findings,
    "silenced": lambda v: f"Not listed: {silenced(v)}.",
    "conversion": _conversion,
    "conversion.speed": _conversion_speed,
    "assumed.sizes": _assumed_sizes,
    "assumed.choices": _choices,
    "coverage": _coverage,
    "unknown": _unknown,
    "growth": _growth,
    "memory.weights": _weights,
    "memory.shared": _shared,
    "memory.peak": _memory,
    "memory.intensity": _intensity,
    "weights.read": _read,
    "weights.peculiar": _peculiar,
    "targets": _targets,
    "targets.blockers": _blockers,
    "targets.edits": _edits,
}


def _sides(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "×".join(map(str, values))


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
