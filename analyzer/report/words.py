"""Claims in words: each function words the values of one claim and knows nothing else."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.facts import Certainty
from analyzer.language import _, mark, ngettext, retold, series, term
from analyzer.report import whereabouts
from analyzer.report.cards import named_sizes
from analyzer.report.headline import silenced, verdict
from analyzer.report.view.summary import block_name
from analyzer.report.view.unseen import why
from analyzer.sanitise import clean, label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from analyzer.report.claims.record import Claim
    from analyzer.report.headline import Values


def say(claims: Iterable[Claim]) -> dict[str, str]:
    """The sentence of every claim that has one, by id."""
    return {claim.id: _SENTENCES[claim.id](claim.values) for claim in claims
            if claim.id in _SENTENCES}  # fmt: skip


MOMENT = 1e-6
"""Seconds below which a time has no digits: none is measured so."""
_FAMILIES = {
    "graph": mark("A graph of {parts}"),
    "convolutional": mark("A convolutional network of {parts}"),
    "convolutional, recurrent": mark("A convolutional and recurrent network of {parts}"),
    "recurrent": mark("A recurrent network of {parts}"),
    "transformer": mark("A transformer of {parts}"),
    "products": mark("A network of matrix products of {parts}"),
    "mixed": mark("A network of {parts}"),
}


def _network(v: Values) -> str:
    pairs = zip(v["blocks"], v["block_counts"], strict=True)
    parts = [many(v["layers"], "weighted layer")] if v["layers"] else []
    if parts and v["branching"]:
        parts = [_("{layers} in a run", layers=parts[0])]
    cells = [f"{units.count(n)} {kind}"
             for kind, n in zip(v["recurrent"], v["recurrent_counts"], strict=True)]  # fmt: skip
    if parts and cells:
        parts = [f"{parts[0]} ({series(cells)})"]
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
    inputs = [
        f"{units.named(label(name, widths.TERM))} "
        f"{_('scalar') if shape == '' else shape or _('unknown')}"
        for name, shape in zip(v["inputs"], v["shapes"], strict=True)
    ]
    left = v["inputs_in_all"] - len(inputs)
    names = ", ".join(inputs) or _("none")
    if left > 0:
        names = _("{names} and {n} more", names=names, n=left)
    said.append(
        _("input {names}", names=names) if len(inputs) == 1 else _("inputs {names}", names=names)
    )
    return f"{reduce(_followed, said)}."


def _followed(text: str, more: str) -> str:
    return _("{text}; {more}", text=text, more=more)


def _in_attributes(v: Values) -> str:
    """A network without weighted layers."""
    if v["coefficients"]:
        return _("A model of {coefficients} in attributes of {operators}",
                 coefficients=many(v["coefficients"], "coefficient"),
                 operators=many(v["operators_inside"], "operator"))  # fmt: skip
    if v["trees"]:
        return _("A forest of {trees}", trees=many(v["trees"], "tree"))
    return _("A graph without weighted layers")


def _architecture(v: Values) -> str:
    if v["detail"]:
        # What vendors' operators hold is no layer of the published network.
        counts = re.findall(r"(\d+) weighted layers", v["detail"])
        other = {f"{n} weighted layers" for n in counts if int(n) != v["layers"]}
        parts = [part for part in v["detail"].split(", ") if part not in other]
        known = label(", ".join(map(retold, parts)))
    else:
        known = _("not recognised as a published one")
    return _("Architecture: {name}", name=known)


def _provenance(v: Values) -> str:
    pairs = zip(v["domains"], v["versions"], strict=True)
    sets = ", ".join(f"{label(domain) or 'ai.onnx'} {version}" for domain, version in pairs)
    return _("Producer {producer} · operator set {sets}",
             producer=label(v["producer"]) or _("not stated"), sets=sets or _("none"))  # fmt: skip


def _actions(v: Values) -> str:
    """Why there is no action; the actions themselves are the rules' words."""
    if v["rules"]:
        return ""
    if v["slower"]:
        return _(
            "Nothing recommended: what {rules} would change saves multiply-accumulates, and no "
            "time by our own estimate; see the findings.",
            rules=series(list(v["slower"])),
        )
    if not v["applied"]:
        return _("Nothing was judged: no rule was applied.")
    return _("Nothing: {looked} of {n} rules had something to look at, and none asks for a change.",
             looked=v["looked"], n=v["applied"])  # fmt: skip


def _order(v: Values) -> str:
    """By what rule the first steps are the first."""
    text = _(
        "What speaks against using the model comes first, then most impact, of equals the least "
        "effort; each figure is for that step alone. Impact is high for what keeps the model from "
        "being judged or a quarter of the MACs, of the time or of the bytes (64 KiB and more), "
        "medium for a twentieth or a warning without a figure."
    )
    if not v["brief"]:
        return text
    return f"{text} " + _(
        "To save compute is medium at most where the arithmetic of one run takes less than 1 ms, "
        "as here on {device}.",
        device=label(v["device"]),
    )  # fmt: skip


def _options(v: Values) -> str:
    """How to read the times; the forms are told in their own words."""
    if not v["device"]:
        return ""
    if v["seconds_now"] is None or v["seconds_now"] < MOMENT:
        return _("Times are bounds on {device}.", device=v["device"])
    return _(
        "Times are bounds on {device}, where the model as it is takes at least {seconds}.",
        device=v["device"], seconds=units.seconds(v["seconds_now"]),
    )  # fmt: skip


def _recurrent(v: Values) -> str:
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


def _forest(v: Values) -> str:
    return _(
        "A forest of {trees} with {nodes} nodes, {leaves} of them leaves, at most {depth} deep: a "
        "sample takes at most {most}, {mean} if every leaf is as likely. Its tables take {bytes} "
        "in the file.",
        trees=many(v["trees"], "tree"), nodes=units.count(v["nodes"]),
        leaves=units.count(v["leaves"]), depth=units.count(v["depth"]),
        most=many(v["comparisons"], "comparison"), mean=f"{v['mean_comparisons']:,.1f}",
        bytes=units.size(v["bytes"]),
    )  # fmt: skip


def _cache(v: Values) -> str:
    return _(
        "Keys and values of earlier tokens come in and go out again: {each} a token, {bytes} at "
        "{tokens}.",
        each=units.size(v["token_bytes"]), bytes=units.size(v["bytes"]),
        tokens=many(v["tokens"], "token"),
    )  # fmt: skip


def _quantised(v: Values) -> str:
    told = {
        "share": units.percent(v["share"]), "operators": many(v["float_layers"], "operator"),
    }  # fmt: skip
    if v["float_macs"] and v["float_forms"]:
        text = _(
            "As written, {share} of the multiply-accumulates are in integers; {operators} multiply "
            "in floating point.", **told,
        )  # fmt: skip
    elif v["float_macs"]:
        text = _(
            "{share} of the multiply-accumulates are in integers; {operators} multiply in floating "
            "point.", **told,
        )  # fmt: skip
    elif v["float_forms"]:
        text = _("As written, all multiply-accumulates are in integers.")
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
            "ONNX Runtime leaves {layers} in floating point, where a bias counts in another step "
            "than its sums.",
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


def _passed(v: Values) -> str:
    rows = [*zip(v["categories"], v["rules"], v["speak"], v["stated"], strict=True)]
    passed = sum(rules - speak - stated for _name, rules, speak, stated in rows)
    looked = sum(rules for _name, rules, _speak, _stated in rows)
    silent = [term(name) for name, rules, speak, stated in rows if rules and not speak + stated]
    told = {"passed": passed, "rules": many(looked, "rule")}
    text = (
        _("Nothing found by {passed} of {rules} that had something to look at, all of {sound} "
          "among them.", sound=series(silent), **told)
        if silent and passed < looked
        else _("Nothing found by {passed} of {rules} that had something to look at.", **told)
    )  # fmt: skip
    if v["blind"]:
        text = f"{text} " + ngettext(
            "{n} that looks at stored weights could not judge: {reason}.",
            "{n} that look at stored weights could not judge: {reason}.",
            v["blind"],
            reason=why(v["unseen"]),
        )
    if stated := sum(v["stated"]):
        text = f"{text} " + ngettext(
            "{n} is about sizes that had to be assumed or figures that are unknown: these are "
            "stated where they count, and are no findings.",
            "{n} are about sizes that had to be assumed or figures that are unknown: these are "
            "stated where they count, and are no findings.",
            stated,
        )
    if not v["idle"]:
        return text
    return f"{text} " + ngettext(
        "{n} more is about operators that are not in the model.",
        "{n} more are about operators that are not in the model.",
        v["idle"],
    )


def _trust(v: Values) -> str:
    return " ".join([_found_trust(v), *_hidden(v), *_endless(v)])


def _hidden(v: Values) -> Iterator[str]:
    """What nobody saw, and who would have looked at it."""
    if v["hidden_bytes"] == 0:
        return
    size = v["hidden_bytes"]
    what = (_("Part of the external data") if size is None
            else _("{size} of external data", size=units.size(size)))  # fmt: skip
    if v["blind"]:
        yield ngettext(
            "{what} was not seen, so {n} more rule could not judge.",
            "{what} was not seen, so {n} more rules could not judge.", v["blind"], what=what,
        )  # fmt: skip
    else:
        yield _("{what} was not seen.", what=what)


def _endless(v: Values) -> Iterator[str]:
    """Loops that run as often as callers like: a run may take as long as they like."""
    if not v["open_loops"]:
        return
    loop = label(v["loop"], widths.NAME)
    if v["open_loops"] > 1:
        loop = _("{names} and {n} more", names=loop, n=v["open_loops"] - 1)
    if v["inputs"]:
        yield _(
            "Nothing in the file bounds how often {loop} runs: whoever calls the model decides, by "
            "{inputs}, and with that how long a run takes.",
            loop=loop, inputs=series([label(name, widths.NAME) for name in v["inputs"]]),
        )  # fmt: skip
    else:
        yield _(
            "Nothing in the file bounds how often {loop} runs: what the model is given decides, "
            "and with that how long a run takes.", loop=loop,
        )  # fmt: skip


def _found_trust(v: Values) -> str:
    if v["findings"] == 1:
        return _("Trust: {finding}.", finding=label(v["first"], widths.SENTENCE))
    if v["findings"]:
        return _("Trust: {n} findings, of which the first: {finding}.",
                 n=v["findings"], finding=label(v["first"], widths.SENTENCE))  # fmt: skip
    rules = many(v["rules"], "rule")
    if v["hidden_bytes"] != 0:
        return _("Trust: nothing found by {rules} in what is here.", rules=rules)
    text = _("Trust: nothing found by {rules}.", rules=rules)
    if not v["blind"]:
        return text
    more = _("{n} more could not judge: {reason}.", n=v["blind"], reason=why(v["unseen"]))
    return f"{text} {more}"


def _vendor(v: Values) -> str:
    pairs = zip(v["types"], v["counts"], strict=True)
    types = ", ".join(f"{label(op, widths.TERM)} ×{count}" for op, count in pairs)
    left = v["types_in_all"] - len(v["types"])
    if left:
        types = _("{names} and {n} more", names=types, n=left)
    domains = series([label(domain, widths.TERM) for domain in v["domains"]])
    left = v["domains_in_all"] - len(v["domains"])
    if left:
        domains = _("{names} and {n} more", names=domains, n=left)
    if v["compiled"]:
        return _("Runs only with the execution provider and on the device that it was compiled "
                 "for: {types}.", types=types)  # fmt: skip
    if v["runtime"]:
        return _("Runs only where operators of {domains} are known, as in {runtime}: {types}.",
                 domains=domains, runtime=v["runtime"], types=types)  # fmt: skip
    return _("Runs only where a library for operators of {domains} is loaded: {types}.",
             domains=domains, types=types)  # fmt: skip


def _findings(v: Values) -> str:
    looked = ""
    if v["rules"]:
        looked = " " + _("{looked} of {n} rules had something to look at.",
                         looked=v["looked"], n=v["rules"])  # fmt: skip
    if not v["count"]:
        return f"{_('No findings to list.')}{looked}"
    found = many(v["count"], "finding")
    if v["places"] > v["count"]:
        found = _("{findings} at {places}", findings=found, places=units.places(v["places"]))
    return f"{found}.{looked}"


def _conversion(v: Values) -> str:
    return _(
        "MACs of the model after converting the best k candidates; {best} of {candidates} bring "
        "80 % of what can be saved",
        best=units.count(v["best"]), candidates=units.count(v["candidates"]),
    )  # fmt: skip


def _conversion_memory(v: Values) -> str:
    told = {"now": units.size(v["now"]), "after": units.size(v["after"])}
    if v["after"] > v["now"]:
        return _(
            "The map between the two convolutions is held, too: converted, the flagged ones raise "
            "the peak of activations from {now} to {after}, in the file's order of operators.",
            **told,
        )  # fmt: skip
    return _(
        "The map between the two convolutions is held, too, but does not raise the peak of "
        "activations, {now}, in the file's order of operators.", **told,
    )  # fmt: skip


def _conversion_speed(v: Values) -> str:
    text = _(
        "By the roofline model of {device}, without fusion, the flagged convolutions together run "
        "{faster} as fast once converted.",
        device=v["device"], faster=units.times(v["factor"]),
    )  # fmt: skip
    pairs = zip(v["slower_on"], v["slower_factors"], strict=True)
    others = [f"{device} ({factor:.2f}×)" for device, factor in pairs]
    if not others:
        return text
    return f"{text} " + _("They take longer on {devices}.", devices=series(others))


def _assumed_sizes(v: Values) -> str:
    if not v["count"]:
        return _("No size of an input was assumed: the file fixes them all.")
    sized = zip(v["dims"], v["sizes"], strict=True)
    sizes = [f"{label(retold(dim))} = {size}" for dim, size in sized]
    left = v["distinct"] - len(sizes)
    those = ", ".join(sizes)
    if left:
        those = _("{sizes} and {more}", sizes=those, more=many(left, "more assumption"))
    if v["distinct"] == 1:
        return _("These numbers hold for {sizes}: the file leaves that size open.", sizes=those)
    return _("These numbers hold for {sizes}: the file leaves those sizes open.", sizes=those)


def _choices(v: Values) -> str:
    if not v["count"]:
        return _("Nothing else was assumed.")
    first = clean(v["first"])
    if v["count"] > 1:
        return _("Assumed: {first}; and {n} more.", first=first, n=v["count"] - 1)
    return _("Assumed: {first}.", first=first)


def _coverage(v: Values) -> str:
    known, total = v["known"], v["operators"]
    text = _("The cost of {known} of {total} operators is known",
             known=units.count(known), total=units.count(total))  # fmt: skip
    if known == total:
        return f"{text}."
    rows = zip(v["missing"], v["missing_counts"], v["missing_reasons"], strict=True)
    missing = "; ".join(f"{count} × {op} ({retold(why)})" for op, count, why in rows)
    left = v["reasons"] - len(v["missing"])
    if left:
        missing = _("{rows}; and {n} more", rows=missing, n=left)
    text = _("{text}. Not known: {missing}.", text=text, missing=missing)
    if not v["heavy"]:
        return text
    return f"{text} " + ngettext(
        "{n} of these has weights, so most of the work may be unknown.",
        "{n} of these have weights, so most of the work may be unknown.",
        v["heavy"],
    )


def _unknown(v: Values) -> str:
    of = units.count(v["of"])
    if v["operators"]:
        return _("The cost of {n} of {of} operators is unknown; totals say “at least”.",
                 n=v["operators"], of=of)  # fmt: skip
    operators = ngettext("its {n} operator", "all {n} operators", v["of"])
    if v["of"] < v["in_all"]:
        operators = _("{operators} counted, of {n} in all (bodies and functions once, not what "
                      "holds them, and one branch of those that data or settings decide on),",
                      operators=operators, n=units.count(v["in_all"]))  # fmt: skip
    elif v["inside"]:
        operators = _("{operators}, those of bodies and functions once,", operators=operators)
    if not v["macs_complete"]:
        return _(
            "The multiply-accumulates of {operators} are known, but not their sum: {reason}.",
            operators=operators, reason=clean(retold(v["reason"])),
        )  # fmt: skip
    said = []
    if not v["flops_complete"]:
        said.append(_("not all of their other arithmetic is"))
    if not v["peak_complete"]:
        said.append(_("the bytes of some tensors are not, so the peak of memory is “at least”"))
    if v["problems"]:
        said.append(_("{problems} met, listed below", problems=many(v["problems"], "problem")))
    if said:
        return _("The multiply-accumulates of {operators} are known; {rest}.",
                 operators=operators, rest="; ".join(said))  # fmt: skip
    return _("Nothing: the multiply-accumulates of {operators} are known, and so is their other "
             "arithmetic.", operators=operators)  # fmt: skip


def _weights(v: Values) -> str:
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


def _shared(v: Values) -> str:
    pairs = zip(v["names"], v["uses"], strict=True)
    names = ", ".join(
        _("{name} ({n} uses)", name=label(name), n=units.count(uses)) for name, uses in pairs
    )
    left = v["count"] - len(v["names"])
    if left:
        names = _("{names} and {n} more", names=names, n=left)
    return _("Used more than once and counted once: {names}. With a tensor for each use, as other "
             "exports of a network may have it, there would be {apart} parameters.",
             names=names, apart=units.count(v["apart"]))  # fmt: skip


def _memory(v: Values) -> str:
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


def _read(v: Values) -> str:
    layers, unread, tensors = v["layers"], v["unread"], v["tensors"]
    if not layers and not unread and not tensors:
        return _("No trained values were found to read.")
    if not layers and not unread:
        return _("The values of {tensors} were read.", tensors=many(tensors, "stored tensor"))
    if not layers:
        return _("The trained values of {layers} were not looked at: {reason}.",
                 layers=many(unread, "layer"), reason=why(v["unseen"]))  # fmt: skip
    both = {"layers": many(layers, "layer"), "tensors": many(tensors, "stored tensor")}
    if unread:
        return _("The values of {tensors} were read, and of {layers} channel by channel; those of "
                 "{n} more were not looked at so.", **both, n=units.count(unread))  # fmt: skip
    if v["branching"]:
        return _("The trained values of {layers}, those of all branches, and {tensors} were read.",
                 **both)  # fmt: skip
    return _("The trained values of {layers} and {tensors} were read.", **both)


def _peculiar(v: Values) -> str:
    parts = []
    if v["layers"]:
        parts.append(_("{layers} with values that do no work, or harm",
                       layers=many(v["layers"], "layer")))  # fmt: skip
    if v["tensors"]:
        parts.append(_("{tensors} with values that nobody can mean",
                       tensors=many(v["tensors"], "stored tensor")))  # fmt: skip
    if parts:
        return f"{reduce(_followed, parts)}."
    return _("No dead, repeated or non-finite values were found.")


def _intensity(v: Values) -> str:
    return _(
        "The line is that of an example, {device}: {flops} {unit} in {type}, the peak that "
        "bounds the time there, and {bandwidth} GB/s, hence {ridge} FLOP/B. There, {share} of the "
        "multiply-accumulates whose traffic is known are in layers limited by memory.",
        device=v["device"], flops=units.number(v["flops"] / 1e12), type=v["type"],
        unit="TOP/s" if v["type"].lstrip("u").startswith("int") else "TFLOP/s",
        bandwidth=units.number(v["bandwidth"] / 1e9),
        ridge=units.number(v["flops"] / v["bandwidth"]), share=units.percent(v["share"]),
    )  # fmt: skip


_IN_THE_WAY: Mapping[str, str] = {
    "operator": mark("{op}, which they lack"), "version": mark("{op}, in this version"),
    "cliff": mark("{op}, at this opset"), "type": mark("{op}, with these types"),
    "condition": mark("{op}, as it is used here"), "function": mark("{op}, a local function"),
}  # fmt: skip
_TOO_NEW: Mapping[str, str] = {"opset": mark("the opset"), "ir": mark("the IR version")}


def _blockers(v: Values) -> str:
    if not v["count"]:
        return _("Nothing is certainly in the way.")
    found = [
        f"{_(_IN_THE_WAY[code], op=label(op)) if op else _(_TOO_NEW[code])} "
        f"({many(count, 'target')})"
        for op, code, count in zip(v["operators"], v["codes"], v["targets"], strict=True)
    ]
    causes, more = "; ".join(found), v["count"] - len(found)
    if more:
        causes = _("{causes}; and {more}", causes=causes, more=many(more, "more cause"))
    return _("In the way: {causes}.", causes=causes)


_UNITS: Mapping[str, tuple[str, str]] = {
    "token": (mark("{rate} a token of {dim}"), mark("{rate} a token at {dim} = {size}")),
    "second": (mark("{rate} a second of audio of {dim}"),
               mark("{rate} a second of audio at {dim} = {size}")),
    "megapixel": (mark("{rate} a megapixel of image of {dim}"),
                  mark("{rate} a megapixel of image at {dim} = {size}")),
    "step": (mark("{rate} a step of {dim}"), mark("{rate} a step at {dim} = {size}")),
}  # fmt: skip
"""The rate of a unit where it is the same at all sizes, and where it is not."""
_SECONDS: Mapping[tuple[str, bool], str] = {
    ("samples", True): mark("{text} ({n} samples a second, as the file states)"),
    ("samples", False): mark("{text} ({n} samples a second, as in most models)"),
    ("frames", True): mark("{text} ({n} frames a second, as the file states)"),
    ("frames", False): mark("{text} ({n} frames a second assumed; the file states none)"),
}
"""What a second of audio is made of, and who says so."""


def _growth(v: Values) -> str:
    dim, square = label(v["dim"], widths.TERM), v["square"]
    text = _(_UNITS[v["unit"]][v["varies"]],
             rate=units.si(v["rate"], "MAC"), dim=dim, size=units.count(v["size"]))  # fmt: skip
    if v["unit"] == "second":
        text = _a_second(text, v)
    if v["fixed"]:
        text = _("{text}, and {macs} whatever the size",
                 text=text, macs=units.si(v["fixed"], "MAC"))  # fmt: skip
    if square:
        text = _("{text}; {share} of the work grows with the square of {dim}",
                 text=text, share=units.percent(square), dim=dim)  # fmt: skip
        if v["even"]:
            text = _("{text}, more than half from {size} on",
                     text=text, size=units.count(v["even"]))  # fmt: skip
    if v["longest"] and v["beside"]:
        text = _("{text}; at {others} {dim} is {size} at most, as what the file stores is no "
                 "longer", text=text, others=series(list(v["beside"])), dim=dim,
                 size=units.count(v["longest"]))  # fmt: skip
    elif v["longest"]:
        text = _("{text}; {dim} is {size} at most, as what the file stores is no longer",
                 text=text, dim=dim, size=units.count(v["longest"]))  # fmt: skip
    return f"{text}."


def _runs(v: Values) -> str:
    text = _("{rate} a second of audio in runs of {dim} = {size}",
             rate=units.si(v["rate"], "MAC"), dim=label(v["dim"], widths.TERM),
             size=units.count(v["size"]))  # fmt: skip
    return f"{_a_second(text, v)}."


def _a_second(text: str, v: Values) -> str:
    return _(_SECONDS[v["of"], v["stated"]], text=text, n=units.count(v["per"]))


def _misfit(v: Values) -> str:
    named = named_sizes(v)
    if not named:
        return _("With the sizes in use the model cannot run: no figure of compute or memory here "
                 "is that of a run.")  # fmt: skip
    return _("With {sizes} the model cannot run: no figure of compute or memory here is that of a "
             "run.", sizes=named)  # fmt: skip


_SENTENCES: Mapping[str, Callable[[Values], str]] = {
    "network": _network,
    "architecture": _architecture,
    "provenance": _provenance,
    "verdict": verdict,
    "actions": _actions,
    "options": _options,
    "order": _order,
    "recurrent": _recurrent,
    "forest": _forest,
    "cache": _cache,
    "quantised": _quantised,
    "passed": _passed,
    "trust": _trust,
    "vendor": _vendor,
    "findings": _findings,
    "silenced": lambda v: _("Not listed: {findings}.", findings=silenced(v)),
    "conversion": _conversion,
    "conversion.memory": _conversion_memory,
    "conversion.speed": _conversion_speed,
    "assumed.sizes": _assumed_sizes,
    "assumed.choices": _choices,
    "misfit": _misfit,
    "coverage": _coverage,
    "unknown": _unknown,
    "growth": _growth,
    "growth.runs": _runs,
    "memory.weights": _weights,
    "memory.shared": _shared,
    "memory.peak": _memory,
    "memory.intensity": _intensity,
    "weights.read": _read,
    "weights.peculiar": _peculiar,
    "targets": whereabouts.targets,
    "targets.runs": whereabouts.runs,
    "targets.blockers": _blockers,
    "targets.edits": whereabouts.edits,
}


def _sides(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "×".join(map(str, values))
