"""What makes each claim of a report true, computed from the other members of its JSON.

Nothing is imported from the project: words and truth would else share their mistakes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import isclose
from typing import Any

from analyzer import units

Document = Mapping[str, Any]
Values = Mapping[str, Any]

_RECURRENT = ("LSTM", "GRU", "RNN")
_PRODUCTS = ("Attention", "Gemm", "MatMul", "Einsum", "MoE", "Linear", "SVM")
_CONVOLUTIONS = ("standard", "pointwise", "depthwise", "grouped", "transposed")


def contradictions(document: Document) -> Iterator[str]:
    """What a report says that its own facts deny."""
    ids = [claim["id"] for claim in document["claims"]]
    if len(set(ids)) < len(ids):
        yield "a claim is made twice"
    for claim in document["claims"]:
        if claim["id"] not in TRUTHS:
            yield f"{claim['id']}: nothing says when it is true"
            continue
        for path in claim["facts"]:
            if not _exists(document, path):
                yield f"{claim['id']}: rests on {path}, which is not there"
        truth = TRUTHS[claim["id"]](document)
        for name, value in truth.items():
            said = claim["values"].get(name, "nothing")
            if not _same(said, value):
                yield f"{claim['id']}.{name}: says {said!r}, the facts {value!r}"


def _exists(document: Document, path: str) -> bool:
    here: Any = document
    for part in path.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return False
        here = here[part]
    return True


def _same(said: Any, value: Any) -> bool:
    if isinstance(value, float) and isinstance(said, (int, float)):
        return isclose(said, value, rel_tol=1e-9, abs_tol=1e-12)
    return bool(said == value)


def _counted(document: Document) -> list[Any]:
    """Operators whose own cost is in the totals."""
    return [n for n in document["nodes"] if n["counted"] and not n["composite"]]


def _network(d: Document) -> Values:
    made = [node for node in d["nodes"] if node["composite"]]
    plain = any(node["op_type"] != "If" and not node["domain"] for node in made)
    runs = {node["id"]: 1 if plain else node["counted"] or 1 for node in d["nodes"]}
    counts: Counter[str] = Counter()
    for block in d["blocks"]:
        counts[block["kind"]] += runs[block["nodes"][0]]
    blocks = counts.most_common(2)
    running = [node for node in d["nodes"] if node["executions_range"][1] != 0]
    found = [node for node in (*running, *d["nodes"]) if node["conv"]]
    convs = [node["conv"] for node in found]
    around, branch = found[0]["scope"].rpartition(".")[::2] if found else ("", "")
    if branch in ("then_branch", "else_branch"):  # each begins with one of its own
        heads = {n["scope"]: n["conv"] for n in reversed(running) if n["conv"]}
        both = [heads.get(f"{around}.{b}", convs[0]) for b in ("then_branch", "else_branch")]
        forms = {str((c["kind"], c["kernel"], c["strides"], c["transposed"])) for c in both}
        convs = convs if len(forms) < 2 else []
    inputs, outputs = d["inputs"][:3], d["outputs"][:3]
    cells = Counter(n["op_type"] for n in _counted(d) if n["op_type"].endswith(_RECURRENT))
    return {
        "layers": d["totals"]["weighted_layers"],
        "recurrent": list(cells),
        "recurrent_counts": list(cells.values()),
        "family": _family(d),
        "blocks": [kind for kind, _ in blocks],
        "block_counts": [count for _, count in blocks],
        "first_convolution": convs[0]["kind"] if convs else None,
        "first_transposed": bool(convs and convs[0]["transposed"]),
        "first_strides": convs[0]["strides"] if convs else [],
        "inputs": [tensor["name"] for tensor in inputs],
        "shapes": [_shape_or_type(t) for t in inputs],
        "inputs_in_all": len(d["inputs"]),
        "outputs": [tensor["name"] for tensor in outputs],
        "output_shapes": [_shape_or_type(t) for t in outputs],
        "outputs_in_all": len(d["outputs"]),
    }


def _shape_or_type(tensor: Document) -> str | None:
    if "(" in (tensor["dtype"] or ""):
        return str(tensor["dtype"])
    sides = tensor["shape"]
    return None if sides is None else "×".join("?" if n is None else str(n) for n in sides)


def _family(d: Document) -> str:
    """By what does more than half of the multiply-accumulates, added up operator by operator."""
    by: Counter[str] = Counter()
    for node in _counted(d):
        kind, macs = node["op_type"], (node["macs"] or 0) * node["counted"]
        if node["conv"]:
            by["convolutional"] += macs
        elif any(part in kind for part in _RECURRENT):
            by["recurrent"] += macs
        elif any(part in kind for part in _PRODUCTS):
            by["products"] += macs
        else:
            by["mixed"] += macs
    if not by.total():
        return "graph"
    loops = (n for n in d["nodes"] if n["composite"] and n["op_type"] in ("Loop", "Scan"))
    if any((n["macs"] or 0) * n["counted"] > by.total() // 2 for n in loops):
        return "mixed"
    name, most = by.most_common(1)[0]
    if most <= by.total() // 2:
        return "mixed"
    attends = any(block["kind"] == "attention" for block in d["blocks"])
    return "transformer" if name == "products" and attends else name


def _left_out(d: Document) -> dict[str, set[str]]:
    """By rule, the layers that take longer on the first device, by our own model: each is among
    those that the rule names, and not all of them are, or the rule would not be recommended."""
    asks = d["page"]["asks"] if "page" in d else []
    left = {ask["rule"]: {*ask["left_out"]} for ask in asks}
    named: dict[str, set[str]] = {}
    for finding in d["findings"]:
        named.setdefault(finding["rule"], set()).update(p["node"] for p in finding["places"])
    assert all(ids < named[rule] for rule, ids in left.items() if ids)
    return left


def _saved(d: Document) -> tuple[int, int]:
    best: dict[str, tuple[int, int]] = {}
    left = _left_out(d)
    for finding in d["findings"]:
        for place in finding["places"]:
            if place["saving"] and place["node"] not in left.get(finding["rule"], ()):
                saved = (place["saving"]["macs"], place["saving"]["params"])
                best[place["node"]] = max(saved, best.get(place["node"], (0, 0)))
    if not d["findings"] and _rules(d) == 0:
        plan = d["separable"]
        return plan["macs_now"] - plan["macs_after"], plan["params_now"] - plan["params_after"]
    return sum(macs for macs, _ in best.values()), sum(params for _, params in best.values())


def _rules(d: Document) -> int:
    """Rules that were applied, which the JSON says in its claims alone."""
    return int(next(c["values"]["rules"] for c in d["claims"] if c["id"] == "findings"))


def _misfits(d: Document) -> int:
    """Operators that a size nobody stated does not fit."""
    return sum(breach["family"] == "assumption" for breach in d["breaches"])


def _harms(d: Document) -> bool:
    """Whether a finding warns of what the model may do to whoever loads it."""
    return any(f["severity"] == "warning" and f["category"] == "trust" for f in d["findings"])


def _elsewhere(d: Document) -> Values:
    """Devices on which what is to be converted takes longer: those of the one rule that asks."""
    said = [c["values"] for c in d["claims"] if "slower_on" in c["values"]]
    for values in said:
        assert values["slower_on"] == said[0]["slower_on"], "two numbers for one thing"
        assert len(values["slower_on"]) == len(values["slower_factors"])
        assert all(0 < factor < 1 for factor in values["slower_factors"])
    rules = {f["rule"] for f in d["findings"] if f["saving"]}
    asks = [ask for ask in d["page"]["asks"] if ask["rule"] in rules] if "page" in d else []
    if len(asks) != 1:
        return {}
    return {"slower_on": asks[0]["slower_on"], "slower_factors": asks[0]["slower_factors"]}


def _slower(d: Document) -> bool:
    """Whether a device takes longer for the layers that findings would convert."""
    speed = next((c["values"] for c in d["claims"] if c["id"] == "conversion.speed"), None)
    return speed is not None and speed["factor"] < 1


def _stands_first(d: Document, said: Values) -> None:
    """What the first sentence names, stands among what to do first."""
    page = d["page"]
    found = {a.get("rule", a.get("id")): a for a in (*page["asks"], *page["options"])}
    tools = {f"Clean up with {step['tool']}" for step in page["steps"] if step["tool"]}
    assert {*said["lead"]} <= {*page["actions"]}
    told = zip(said["lead"], said["lead_titles"], said["lead_brings"], strict=True)
    for name, title, brings in told:
        assert title in {found[name].get("does", found[name]["title"]), *tools}
        if title not in tools:
            _brings(found[name], brings, figures=not said["doubts"])
    if said["part_of"]:
        _a_part(next(a for a in found.values()
                     if said["part_title"] in (a["title"], a.get("does"))), said)  # fmt: skip
    presses = [a["rule"] for a in page["asks"] if a["pressing"] or a["severity"] == "error"]
    listed_first = [name for name in page["actions"] if name in presses]
    assert listed_first == presses[: len(listed_first)], "steps in another order than the findings"
    if said["kind"] == "doubts":
        doubt = next(f for f in d["findings"] if f["message"] == said["doubt"])
        assert doubt["rule"] == presses[0], "the verdict and the steps begin with another"
        assert page["actions"][0] == presses[0] or doubt["category"] != "trust"
    assert said["saves"] == _something_saves(page)
    _begins_with(page, said, presses, {f["rule"] for f in d["findings"] if f["saving"]})


def _brings(each: Values, said: str, *, figures: bool) -> None:
    """What is said beside a title is a figure of its own, and all that warns of it."""
    if "rule" in each:
        assert all(device in said for device in each["slower_on"])
        assert not figures or all(target in said for target in each["unlocks"])
        return
    assert all(caution in said for caution in each["cautions"])
    assert ("x86" in said) >= (each["id"] == "float16")
    assert ("larger file" in said) == ((each["file_bytes"] or 0) > (each["file_now"] or 0))
    if not figures:
        assert "→" not in said
    elif each["id"] == "kv-cache":
        assert units.percent(each["macs_share"]) in said
    elif "bound" in said:
        assert each["seconds_now"] >= 1e-3
        assert f"{units.seconds(each['seconds_now'])} → {units.seconds(each['seconds'])}" in said
    elif "file " in said and "→" in said:
        assert f"{units.size(each['file_now'])} → {units.size(each['file_bytes'])}" in said


def _a_part(each: Values, said: Values) -> None:
    """The share of the file, or of the weights, that is saved by what is named with it."""
    if said["part_of"] == "weights":
        now, then = each["bytes_now"], each["weight_bytes"]
    else:
        now = each["file_now"]
        then = now - each["stored"] if "rule" in each else each["file_bytes"]
    assert isclose(said["part"], 1 - then / now)
    assert said["part"] >= 0.05


def _something_saves(page: Values) -> bool:
    """Whether any of what to do first has a figure of what it saves."""
    kinds = ("macs", "params", "traffic", "stored")
    saving = {form["id"] for form in page["options"] if form["smaller"]}
    saving |= {ask["rule"] for ask in page["asks"]
               if any(ask[kind] for kind in kinds) or ask["peak_folded"] is not None}  # fmt: skip
    return any(saving & {*step["ids"]} for step in page["steps"])


def _begins_with(
    page: Values, said: Values, presses: Sequence[str], converts: set[str]
) -> None:  # fmt: skip
    """Named are the steps of high impact that do not press, in their order, those without training
    before others; else those of medium impact."""
    found = {a.get("rule", a.get("id")): a for a in (*page["options"], *page["asks"])}
    levels = {name: each["impact"] for name, each in found.items()}
    figures = {a["rule"] for a in page["asks"] if a["figures"]}
    presses = [name for name in presses
               if not (found[name]["shares"] and levels[name] == "high")]  # fmt: skip
    waits = {a["rule"] for a in page["asks"] if a["needs"] == "WGT011"}  # for trained weights
    shared = {a["rule"]: "high" if 4 * a["stored"] >= a["stored_now"] else "medium"
              for a in page["asks"] if a["shares"]
              and a["stored"] >= 65536 and 20 * a["stored"] >= a["stored_now"]}  # fmt: skip
    told = [([name for name in step["ids"] if levels[name] != "low"]
             or [name for name in step["ids"] if step["impact"] not in ("", "low")],
             step["impact"] or min((levels[name] for name in step["ids"]), key=LEVELS.index),
             bool(step["tool"]))
            if not {*step["ids"]} & shared.keys() else (step["ids"], shared[step["ids"][0]], False)
            for step in page["steps"]
            if not {*step["ids"]} & {*presses, *figures, *waits} - shared.keys()]  # fmt: skip
    worth = [(ids, impact, tool) for ids, impact, tool in told
             if ids and not (said["fall"] and converts & {*ids})]  # fmt: skip
    high = [each for each in worth if each[1] == "high"]
    free = [each for each in high if any(found[n]["training"] == "none" for n in each[0])]
    medium = [each for each in worth if each[1] == "medium"][:2]
    how = "free" if free else "trained" if high else "medium" if medium else ""
    assert said["lead_how"] == how
    pairs = [(name, place) for place, (ids, _, tool) in enumerate(free or high or medium)
             for name in ids[: 1 if tool else 2]]  # fmt: skip
    assert list(zip(said["lead"], said["lead_steps"], strict=True)) == pairs


LEVELS = ("high", "medium", "low")


def _verdict(d: Document) -> Values:
    totals, (macs, _) = d["totals"], _saved(d)
    errors = sum(f["severity"] == "error" and f["rule"] != "GRF001" for f in d["findings"])
    total = 0 if _misfits(d) else totals["macs"]
    share = macs / total if total else 0.0
    unjudged = sum(p["inconclusive"] for p in d["problems"])
    said = next(c["values"] for c in d["claims"] if c["id"] == "verdict")
    warnings = [f["message"] for f in d["findings"] if f["severity"] == "warning"]
    assert said["doubts"] <= len(warnings)
    assert said["doubt"] in warnings if said["doubts"] else said["doubt"] == ""
    trust = sum(f["severity"] == "warning" and f["category"] == "trust" for f in d["findings"])
    assert said["harms"] == trust
    order = (
        ("errors", errors > 0),
        ("inconclusive", unjudged > 0),
        ("misfit", _misfits(d) > 0 and not _harms(d)),
        ("doubts", said["doubts"] > 0),
        ("partial", totals["unknown_nodes"] > 0),
        ("unbounded", not totals["complete"]),
        ("findings", bool(d["findings"])),
        ("silenced", d["suppressed"] + d["accepted"] > 0),
        ("clean", _rules(d) > 0),
        ("unjudged", True),
    )
    kind = next(word for word, holds in order if holds)
    if kind == "clean":
        assert d["outcome"] == "clean"
    least = "" if share < 0.05 or _slower(d) else "medium"
    assert said["fall"] in ({least, "high"} if least and share >= 0.25 else {least})
    _besides(d, said)
    if "page" in d:
        _stands_first(d, next(c["values"] for c in d["claims"] if c["id"] == "verdict"))
    return {
        "kind": kind, "looked": _looked(d), "rules": _rules(d), "misfits": _misfits(d),
        "warnings": len(warnings),
        "outcome": d["outcome"], "errors": errors, "inconclusive": unjudged,
        "error_rules": len({f["rule"] for f in d["findings"]
                            if f["severity"] == "error" and f["rule"] != "GRF001"}),
        "findings": len(d["findings"]), "macs_now": totals["macs"],
        "macs_after": totals["macs"] - macs if total else None,
        "share": share if total else None, "complete": totals["complete"],
        "decided": _has_share(d),
        "untrained": bool((d.get("weights") or {}).get("placeholder")),
        **_elsewhere(d),
    }  # fmt: skip


def _besides(d: Document, said: Values) -> None:
    """What saves most compute without training, where that is a twentieth and named nowhere."""
    if "page" not in d:
        return
    free = [ask for ask in d["page"]["asks"]
            if ask["training"] == "none" and not ask["slower"] and ask["confidence"] != "low"
            and (ask["macs_share"] or 0) >= 0.05 and ask["rule"] not in said["lead"]]  # fmt: skip
    best = max(free, key=lambda ask: ask["macs"], default=None) if said["fall"] else None
    assert said["without_training"] == (best["macs_share"] if best else None)
    assert said["without_title"] == (best["does"] if best else "")


def _compute(d: Document) -> Values:
    """Sums over operators, where nothing about them is open."""
    totals = d["totals"]
    known = {"certainty": totals["certainty"], "unknown_nodes": totals["unknown_nodes"],
             "macs": totals["macs_range"], "flops": totals["flops_range"],
             "open": bool(d["assumptions"]), "choices": _choices(d)["count"]}  # fmt: skip
    said = next(c["values"] for c in d["claims"] if c["id"] == "compute")
    low, high = totals["macs_range"]
    if said["branches"]:
        assert high is None
        assert said["branches"][0] > low
    stated = totals["certainty"] == "exact"
    sizes = {_open_name(a): a["value"] for a in d["assumptions"]
             if (a["reason"] in ("--dim", "--shape")) is stated}  # fmt: skip
    named = dict(zip(said["dims"], said["sizes"], strict=True))
    assert named.items() <= sizes.items(), "a size that is not the one assumed"
    assert bool(named) == bool(sizes), "no size where one was assumed"
    if _misfits(d):
        assert totals["certainty"] == "unknown", "a number for sizes that cannot be is called sure"
    else:
        assert said["sizes_in_all"] == len(sizes)
    if all(n["executions"] == n["counted"] and n["macs"] is not None for n in _counted(d)):
        macs = sum(n["macs"] * n["counted"] for n in _counted(d))
        assert totals["macs"] == macs
        assert totals["macs_range"][0] <= macs
    return known


def _parameters(d: Document) -> Values:
    """Stored tensors by role, where all of them are listed."""
    stored = d["parameters"]
    if not stored["unlisted"]:
        by_role: Counter[str] = Counter()
        for tensor in stored["tensors"]:
            by_role[tensor["role"]] += tensor["elements"] or 0
        assert by_role["weight"] == stored["weights"]
        assert by_role["buffer"] == stored["buffers"]
    beside: Counter[bool] = Counter()
    for tensor in stored["tensors"]:
        if tensor["role"] not in ("weight", "buffer") and tensor["why"] != "nothing reads it":
            beside[tensor["role"] == "quantization"] += tensor["bytes"] or 0
    idle = sum(n["params"] for n in d["nodes"] if not n["counted"] and not n["composite"])
    assert idle <= d["totals"]["params"]
    return {"params": d["totals"]["params"], "buffers": stored["buffers"], "uncounted": idle,
            "scale_bytes": beside[True], "constant_bytes": beside[False],
            "bytes": sum(stored["bytes_by_dtype"].values())}  # fmt: skip


def _peak(d: Document) -> Values:
    memory = d["memory"]
    known = memory["peak_bytes"] is not None
    if _misfits(d):
        assert memory["certainty"] == "unknown"
    return {"bytes": memory["peak_range"] if known else None, "node": memory["at_node"],
            "certainty": memory["certainty"],
            "fused_bytes": memory["fused_bytes"], **_given(d, fused=True),
            "folded_bytes": memory["folded_bytes"]}  # fmt: skip


def _given(d: Document, *, fused: bool = False) -> Values:
    """Inputs of the graph that are more than half of the peak that a page leads with."""
    memory = d["memory"]
    ends, other = memory["peak_range"], memory["fused_bytes"]
    peak, alive = memory["peak_bytes"], memory["alive"]
    if fused and other is not None and ends[0] == ends[1] != other:
        peak, alive = other, memory["fused_alive"]
    inputs = [{key: t[key] for key in ("name", "dtype", "shape")} for t in d["inputs"]]
    found = [
        t
        for t in alive
        if {key: t[key] for key in ("name", "dtype", "shape")} in inputs and t["bytes"]
    ]
    held = sum(t["bytes"] for t in found)
    told = peak is not None and 2 * held > peak and held >= 1024
    return {"given": [t["name"] for t in found] if told else [],
            "given_bytes": held if told else 0}  # fmt: skip


def _saving(d: Document) -> Values:
    macs, params = _saved(d)
    total = d["totals"]["macs"]
    assert params <= d["totals"]["params"], "saves more parameters than there are"
    assert macs <= total
    said = next(c["values"] for c in d["claims"] if c["id"] == "saving")
    assert said["action"] in {"", *(ask["does"] for ask in d["page"]["asks"])}
    total = total if _has_share(d) else 0
    flagged = {p["node"] for f in d["findings"] if f["saving"] for p in f["places"]}
    left = [n["conv"] for n in d["nodes"] if n["saving"] and n["id"] not in flagged]
    small = [c for c in left if c["macs"] < said["least"] and c["in_channels"] >= 8]
    assert said["small"] in (0, len(small))
    named = [ask for ask in d["page"]["asks"]
             if ask["macs"] and (ask["slower"] or ask["confidence"] == "low")]  # fmt: skip
    places = {p["node"] for f in d["findings"] for p in f["places"]
              if f["rule"] in {ask["rule"] for ask in named}}  # fmt: skip
    assert said["slower_layers"] + said["unsure_layers"] == len(places)
    assert said["unadvised"] in ({ask["does"] for ask in named} or {""})
    if not any(ask["slower"] or ask["left_out"] for ask in named):
        assert said["slower_layers"] == 0
    return {"macs": None if _misfits(d) else macs, "params": params,
            "share": macs / total if total else None, **_elsewhere(d),
            "complete": d["totals"]["complete"]}  # fmt: skip


def _whole(d: Document) -> int | None:
    """All MACs, where they are one number of a run that there can be."""
    totals = d["totals"]
    low, high = totals["macs_range"]
    return None if low != high or not totals["complete"] or _misfits(d) else low


def _has_share(d: Document) -> bool:
    """What is known may have shares, too; what data decide has none, nor what cannot run."""
    return _whole(d) is not None or d["totals"]["certainty"] == "lower bound"


def _misfit(d: Document) -> Values:
    """It is said where an operator cannot take the sizes, and only of sizes that are assumed."""
    assert _misfits(d)
    said = next(c["values"] for c in d["claims"] if c["id"] == "misfit")
    sizes = {_open_name(a): a["value"] for a in d["assumptions"]}
    assert dict(zip(said["dims"], said["sizes"], strict=True)).items() <= sizes.items()
    return {}


def _actions(d: Document) -> Values:
    """An action is a finding that asks for something and is not slower by our own model."""
    said = next(c["values"] for c in d["claims"] if c["id"] == "actions")
    places: dict[str, list[Any]] = {}
    left = _left_out(d)
    for finding in d["findings"]:
        kept = (p for p in finding["places"] if p["node"] not in left.get(finding["rule"], ()))
        places.setdefault(finding["rule"], []).extend(kept)
    saving = {f["rule"] for f in d["findings"] if f["saves"] == "macs"}
    macs = {rule: sum(p["saving"]["macs"] for p in found if p["saving"])
            or sum(int(p["value"] or 0) for p in found if rule in saving)
            for rule, found in places.items()}  # fmt: skip
    asking = set(places)
    assert set(said["rules"]) <= asking - set(said["slower"])
    assert set(said["slower"]) <= asking
    assert bool(said["rules"]) == bool(asking - set(said["slower"]))
    if "page" in d:
        _choices_are_real(d)
    return {"applied": _rules(d),
            "findings": len(d["findings"]), "places": [len(places[r]) for r in said["rules"]],
            "macs": [None if _misfits(d) else macs[r] for r in said["rules"]]}  # fmt: skip


def _choices_are_real(d: Document) -> None:
    """Steps are apart, and what stands in one changes what the others there change."""
    page = d["page"]
    rivals = {each["rule"]: set(each["alternatives"]) for each in page["asks"]}
    rivals |= {form["id"]: set(form["alternatives"]) for form in page["options"]}
    steps = [step["ids"] for step in page["steps"]]
    assert [name for step in steps for name in step] == page["actions"]
    for step in page["steps"]:
        ids = step["ids"]  # clean-ups stand together for the tool that does them
        assert len(ids) == 1 or step["tool"] or all(rivals[n] & {*ids} for n in ids), ids
    for one, other in combinations(steps, 2):
        assert not any(rivals[name] & set(other) for name in one), (one, other)


def _options(d: Document) -> Values:
    """Nothing that is called smaller is larger, by MACs, bytes and the bound of time."""
    said = next(c["values"] for c in d["claims"] if c["id"] == "options")
    scales = sum(t["bytes"] or 0 for t in d["parameters"]["tensors"] if t["role"] == "quantization")
    now = {"macs": d["totals"]["macs"], "weight_bytes": d["totals"]["weight_bytes"] + scales}
    for form in zip(said["macs"], said["weight_bytes"], said["seconds"], strict=True):
        macs, held, seconds = form
        assert macs is None or macs <= now["macs"]
        assert held is None or held <= now["weight_bytes"]
        assert seconds is None or said["seconds_now"] is None or seconds <= said["seconds_now"]
    forms = d["page"]["options"]
    for form in forms:
        assert (form["bytes_now"], form["scales_now"]) == (now["weight_bytes"], scales)
        if form["file_now"] is not None:
            assert form["file_now"] >= d["model"]["bytes"]
            grows = form["file_bytes"] > form["file_now"]
            quicker = form["seconds"] is not None and form["seconds"] <= 0.95 * form["seconds_now"]
            assert not grows or form["impact"] == "low" or quicker or form["macs"] is not None
    return {
        "macs_now": now["macs"], "weight_bytes_now": now["weight_bytes"], "scales_now": scales,
        "smaller": sum(form["smaller"] for form in forms),
        "forms": [form["id"] for form in forms], "macs": [form["macs"] for form in forms],
        "weight_bytes": [form["weight_bytes"] for form in forms],
        "file_bytes": [form["file_bytes"] for form in forms],
        "constants": [form["constants"] for form in forms],
        "file_now": max((form["file_now"] or 0 for form in forms), default=0),
    }  # fmt: skip


def _order(d: Document) -> Values:
    """The bound of one run is that beside every action, and brief below a thousandth."""
    said = next(c["values"] for c in d["claims"] if c["id"] == "order")
    assert d["page"]["steps"]
    for each in (*d["page"]["asks"], *d["page"]["options"]):
        assert (each["seconds_now"] or None) == (said["seconds"] or None)
        assert each["device"] == said["device"]
    totals = d["totals"]
    low, high = totals["macs_range"]
    known = totals["complete"] and low == high and totals["certainty"] != "unknown"
    brief = said["seconds"] is not None and said["seconds"] < 0.001 and known
    if said["lighter"]:  # of what is asked for, something saves weights with its MACs
        assert any(ask["params"] and ask["macs"] for ask in d["page"]["asks"])
    slower = [ask for ask in d["page"]["asks"] if ask["slower"]]
    slower += [
        form for form in d["page"]["options"] if (form["seconds"] or 0) > (form["seconds_now"] or 0)
    ]
    assert {each["impact"] for each in slower if each.get("severity") != "error"} <= {"low"}
    unlocks = any(ask["unlocks"] for ask in d["page"]["asks"])
    itself = [ask for ask in d["page"]["asks"] if ask["traffic_loaded"] or ask["peak_loaded"]]
    assert all(ask["loaded"] <= ask["places"] for ask in d["page"]["asks"])
    assert all(ask["loaded"] and ask["traffic_loaded"] <= ask["traffic"] for ask in itself)
    whole = [ask for ask in itself if ask["traffic_loaded"] == ask["traffic"]]
    assert {ask["impact"] for ask in whole if not ask["unlocks"] and ask["severity"] == "info"
            and (ask["peak_folded"] is None or ask["peak_loaded"])} <= {"low"}  # fmt: skip
    _hold_rests(d)
    _hold_gains(d)
    _hold_heights(d, said)
    return {"brief": brief, "by_itself": bool(itself), "slower": bool(slower),
            "unlocks": unlocks, "steps": len(d["page"]["steps"])}  # fmt: skip


_EFFORTS = ("low", "medium", "high")
_TURNS = ("against", "unjudged", "use", "sharing", "minima", "better", "figures")


def _turn(d: Document, name: str) -> str:
    """What a rule or a form is told apart by in the order."""
    ask = next((a for a in d["page"]["asks"] if a["rule"] == name), None)
    if ask is None:
        return "better"
    if ask["against"] or ask["severity"] == "error" or ask["settles"]:
        return "against" if ask["against"] else "unjudged"
    if ask["figures"]:
        return "minima" if ask["impact"] == "high" else "figures"
    return "sharing" if ask["shares"] else "use" if ask["pressing"] else "better"


def _hold_heights(d: Document, said: Values) -> None:
    """Each step comes before each behind it by what is said of the order, or as one needs it."""
    page = d["page"]
    of = {a.get("rule", a.get("id")): a for a in (*page["asks"], *page["options"])}

    def height(step: Values) -> tuple[int, ...]:
        ids = step["ids"]
        turn = min(_TURNS.index(_turn(d, name)) for name in ids)
        if turn != _TURNS.index("better"):
            return (turn,)
        if step["tool"]:
            least = min(_EFFORTS.index(of[name]["effort"]) for name in ids)
            return (turn, -_EFFORTS.index(step["impact"]), least)
        return (turn, -_EFFORTS.index(of[ids[0]]["impact"]), _EFFORTS.index(of[ids[0]]["effort"]))

    heights = [height(step) for step in page["steps"]]
    wrong = [(one, other) for n, other in enumerate(page["steps"]) for m, one in
             enumerate(page["steps"][:n]) if heights[m] > heights[n]]  # fmt: skip
    assert bool(wrong) <= bool(said["ahead"])
    for one, other in wrong:  # that stands behind what needs it, or needs it itself
        behind = page["steps"][page["steps"].index(one) + 1 : page["steps"].index(other) + 1]
        names = [name for step in behind for name in step["ids"]]
        needs = [of[name]["needs"] for name in names if "rule" in of[name]]
        needs += [rule for name in names for before in of[name].get("before", ())
                  for rule in (*before["rules"], before["tool"])]  # fmt: skip
        tools = {of[name].get("tool") for name in one["ids"]}
        assert {*needs} & {*one["ids"], *tools} - {""}, (one, other)
    first = {min(_TURNS.index(_turn(d, name)) for name in step["ids"]) for step in page["steps"]}
    assert list(said["turns"]) == [_TURNS[n] for n in sorted(first)]
    told = {name for step in page["steps"] for name in step["ids"]}
    assert bool(said["unlisted"]) == bool(of.keys() - told)
    assert said["unlisted"] <= len(of.keys() - told)


def _hold_gains(d: Document) -> None:
    """Each target that takes all of the model after a change that was tried is told once."""
    fits = {fit["name"].partition(" (")[0].replace(",", ""): fit for fit in d["targets"]}
    told = [name for ask in d["page"]["asks"] if ask["edit"] for name in ask["unlocks"]]
    assert len(told) == len({*told})
    asked = {name for ask in d["page"]["asks"] if not ask["edit"] for name in ask["unlocks"]}
    wins = {name for name, fit in fits.items()
            if any(edit["verdict"] == "whole" for edit in fit["edits"])}  # fmt: skip
    assert {*told} == wins - asked
    assert all(fits[name]["verdict"] != "whole" for name in told)
    for ask in d["page"]["asks"]:
        idle = [fits[n]["verdict"] == "no" or fits[n]["macs_share"] == 0 for n in ask["unlocks"]]
        if ask["edit"]:
            assert ask["impact"] == ("high" if any(idle) else "medium")


def _hold_rests(d: Document) -> None:
    """What is counted again with another size is so said to be where much grows with it."""
    sizes = [ask for ask in d["page"]["asks"] if ask["rests"] is not None]
    for ask in sizes:
        assert ask["figures"]
        assert ask["rests"] >= 0.05
        shares = [1 - row["coefficients"][0] / row["divisor"] / _whole(d)
                  for row in d["page"]["growth"] if row["dim"] == ask["rests_on"]]  # fmt: skip
        assert any(isclose(ask["rests"], min(1.0, share)) for share in shares)
        assert any(a["reason"].startswith("default") for a in d["assumptions"])


def _recurrent(d: Document) -> Values:
    """Weights and state as the operator specification has them, from shapes alone."""
    layers = [n for n in d["nodes"] if n["op_type"] in _RECURRENT and n["macs"] and n["counted"]]
    macs = sum(n["macs"] * n["counted"] for n in layers)
    whole = _whole(d)
    return {
        "layers": len(layers), "operators": list(Counter(n["op_type"] for n in layers)),
        "share": macs / whole if whole else None,
    }  # fmt: skip


def _forest(d: Document) -> Values:
    said = next(c["values"] for c in d["claims"] if c["id"] == "forest")
    trees, leaves, inner = said["trees"], said["leaves"], said["nodes"] - said["leaves"]
    assert leaves == inner + trees, "every comparison has two ways"
    assert said["mean_comparisons"] <= said["comparisons"] <= trees * said["depth"]
    return {"operators": sum(n["op_type"].startswith("TreeEnsemble") for n in d["nodes"])}


def _cache(d: Document) -> Values:
    """What goes out is what came in, and longer."""
    said = next(c["values"] for c in d["claims"] if c["id"] == "cache")
    taken = [t["shape"] for t in d["inputs"] if t["shape"] and len(t["shape"]) >= 4]
    assert 0 < said["tensors"] <= len(taken)
    return {"bytes": said["token_bytes"] * said["tokens"]}


def _quantised(d: Document) -> Values:
    by = d["totals"]["macs_by_precision"]
    integers = sum(n for name, n in by.items() if name.startswith("int"))
    floats = sum(n for name, n in by.items() if "float" in name)
    layers = [n for n in d["nodes"] if n["macs"] and "float" in n["precision"]]
    forms = [
        n
        for n in d["nodes"]
        if n["macs"]
        and n["precision"].startswith("int")
        and n["domain"] in ("", "ai.onnx")
        and "float" in n["outputs"][0]["dtype"]
    ]
    return {
        "float_forms": len(forms),
        "integer_macs": integers, "float_macs": floats, "share": integers / (integers + floats),
        "float_layers": len(layers), "conversions": sum(map(_is_conversion, d["nodes"])),
    }  # fmt: skip


def _is_conversion(node: Any) -> bool:
    return node["op_type"] in ("QuantizeLinear", "DequantizeLinear")


def _passed(d: Document) -> Values:
    """The categories that speak are those of the findings, each rule once."""
    said = next(c["values"] for c in d["claims"] if c["id"] == "passed")
    speaking = Counter(category for category, _ in
                       {(f["category"], f["rule"]) for f in d["findings"]})  # fmt: skip
    assert sum(said["rules"]) >= sum(said["speak"])
    if "page" in d:
        rows = d["page"]["checked"]
        assert said["idle"] == sum(row["idle"] for row in rows)
        assert [row["rules"] - row["speak"] - row["stated"] for row in rows] == [
            len(row["sound"]) for row in rows]  # fmt: skip
        _denied(d, {name for row in rows for name in row["sound"]})
        assert said["blind"] == sum(row["blind"] for row in rows) == sum(said["unjudged"])
        assert said["idle"] + said["blind"] + sum(said["rules"]) == d["page"]["origin"]["rules"]
    whole = [c["values"] for c in d["claims"] if c["id"] == "quantised"]
    integers = any(not (v["unaligned"] or v["left_on_x86"]) for v in whole)
    return {"speak": [speaking[category] for category in said["categories"]], "integers": integers}


def _denied(d: Document, sound: set[str]) -> None:
    """Nothing is called looked for and not found that the report states elsewhere."""
    nodes = (n for n in _counted(d) if n["macs"] is None)
    if any(nodes) or not (d["totals"]["complete"] and d["totals"]["flops_complete"]):
        assert "unknown cost" not in sound
    if any(t["shape"] is None or None in t["shape"] for t in d["outputs"]):
        assert "unknown output shape" not in sound
    guessed = [a for a in d["assumptions"] if a["reason"] not in ("--dim", "--shape")]
    if guessed:
        assert "assumed dimension" not in sound
    if any(a["value"] != 1 or (a["axis"] and not a["batch"]) for a in guessed):
        assert "assumed dimension other than the batch" not in sound


def _trust(d: Document) -> Values:
    said = next(c["values"] for c in d["claims"] if c["id"] == "trust")
    found = [f for f in d["findings"] if f["category"] == "trust"]
    assert said["first"] in [f["message"] for f in found] if found else said["first"] == ""
    if "page" in d:
        (row,) = (row for row in d["page"]["checked"] if row["category"] == "trust")
        assert (said["rules"], said["blind"]) == (row["rules"], row["blind"])
    sizes = [p["unseen_bytes"] for p in d["problems"]]
    hidden = None if None in sizes else sum(sizes)
    if any(p["code"] == "more-problems" for p in d["problems"]):
        hidden = said["hidden_bytes"]
    endless = {n["scope"] for n in d["nodes"] if n["executions_range"][1] is None}
    loops = [n for n in d["nodes"] if n["op_type"] == "Loop" and f"{n['id']}.body" in endless]
    return {"findings": len(found), "open_loops": len(loops), "hidden_bytes": hidden}


_ONNX = ("", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training")


def _vendor(d: Document) -> Values:
    """Operators that ONNX does not define, and that have no body in the file."""
    found = [n for n in d["nodes"] if n["domain"] not in _ONNX and not n["composite"]]
    domains = {n["domain"] for n in found}
    microsoft = all(name == "com.microsoft" or name.startswith("com.microsoft.")
                    for name in domains)  # fmt: skip
    types = Counter(n["op_type"] for n in found)
    said = next(c["values"] for c in d["claims"] if c["id"] == "vendor")
    named = dict(zip(said["types"], said["counts"], strict=True))
    assert all(types[op] >= count for op, count in named.items())
    if not microsoft:
        assert said["runtime"] in ("", "ONNX Runtime")
    return {"domains": sorted(domains)[:3], "domains_in_all": len(domains)}


def _looked(d: Document) -> int:
    """Rules that had something to look at, as the rows of their categories have it."""
    passed = [c["values"] for c in d["claims"] if c["id"] == "passed"]
    looked = sum(sum(values["rules"]) for values in passed)
    if "page" in d:
        assert looked == sum(row["rules"] for row in d["page"]["checked"])
    rest = sum(values["idle"] + values["blind"] for values in passed)
    assert looked + rest == _rules(d), "rules of which nobody says what became of them"
    return looked


def _findings(d: Document) -> Values:
    return {
        "looked": _looked(d),
        "count": len(d["findings"]),
        "places": sum(f["count"] for f in d["findings"]),
    }


def _conversion(d: Document) -> Values:
    savings = sorted((n["saving"]["macs"] for n in d["nodes"] if n["saving"]), reverse=True)
    whole, so_far, best = sum(savings), 0, 0
    while 100 * so_far < 80 * whole:
        so_far, best = so_far + savings[best], best + 1
    now = d["totals"]["macs"]
    return {"candidates": len(savings), "best": best, "macs_now": now, "macs_after": now - whole}


def _converted(d: Document) -> set[str]:
    """What findings ask to convert, but for what a rule leaves out as slower."""
    left = _left_out(d)
    return {p["node"] for f in d["findings"] if f["saving"] for p in f["places"]
            if p["node"] not in left.get(f["rule"], ())}  # fmt: skip


def _conversion_speed(d: Document) -> Values:
    flagged = {p["node"] for f in d["findings"] if f["saving"] for p in f["places"]}
    return {"left_out": len(flagged - _converted(d)), **_elsewhere(d)}


def _conversion_memory(d: Document) -> Values:
    live = [n["saving"]["live_bytes"] for n in d["nodes"] if n["id"] in _converted(d)]
    now = d["totals"]["peak_activation_bytes"]
    return {"now": now, "after": max(now, *live)}


def _open_name(a: Any) -> str:
    nameless = a["dim"].startswith("axis ") or a["dim"] == "?" or a["dim"].isdecimal()
    return f"{a['input']} axis {a['axis']}" if nameless else str(a["dim"])


def _sizes(d: Document) -> Values:
    found = d["assumptions"]
    named = {_open_name(a): a["value"] for a in found}
    return {"count": len(found), "distinct": len(named), "dims": [*named][:6],
            "sizes": [*named.values()][:6]}  # fmt: skip


def _choices(d: Document) -> Values:
    """Causes of costs that depend on data or on a declaration, which sizes do not explain."""
    found = [n for n in d["nodes"] if _is_choice(n)]
    if d["assumptions"]:
        found = [n for n in found if not n["reason"].startswith("with ")]
    return {"count": len(set(map(_cause, found)))}


def _cause(node: Any) -> tuple[str, ...]:
    """Bodies that data decide name themselves and a range, so their reasons all differ."""
    low, high = node["macs_range"]
    if low == high:
        return (node["reason"],)
    return (node["op_type"] if node["composite"] else "", "open" if high is None else "range")


def _is_choice(node: Any) -> bool:
    low, high = node["macs_range"]
    if node["composite"] and low != high:
        return node["executions_range"][1] != 0 and node["id"] in node["reason"]
    return bool(node["certainty"] == "assumed" and node["counted"] and node["reason"])


def _coverage(d: Document) -> Values:
    judged = _counted(d)
    unknown = [n for n in judged if n["macs"] is None]
    return {"operators": len(judged), "known": len(judged) - len(unknown),
            "heavy": sum(bool(n["conv"] or n["params"]) for n in unknown)}  # fmt: skip


def _unknown(d: Document) -> Values:
    judged = _counted(d)
    totals = d["totals"]
    missing = sum(n["macs"] is None for n in judged)
    if missing:
        assert not totals["complete"], "a total without some operators is called complete"
    inside = any(node["scope"] for node in judged)
    return {"operators": missing, "of": len(judged), "inside": inside,
            "in_all": len(d["nodes"]), "macs_complete": totals["complete"],
            "flops_complete": totals["flops_complete"], "problems": len(d["problems"]),
            "peak_complete": d["memory"]["certainty"] in ("exact", "assumed")}  # fmt: skip


def _weights(d: Document) -> Values:
    sizes = {k: n for k, n in sorted(d["parameters"]["bytes_by_dtype"].items()) if n}
    return {"bytes": sum(sizes.values()), "stored_bytes": d["parameters"]["stored_bytes"],
            "dtypes": list(sizes), "dtype_bytes": list(sizes.values())}  # fmt: skip


def _shared(d: Document) -> Values:
    found = d["parameters"]["shared"]
    assert all(tensor["uses"] > 1 for tensor in found)
    sizes = [(t["name"], t["elements"]) for t in d["parameters"]["tensors"]]
    stored = dict(sizes)
    if len(stored) == len(sizes) and all(t["name"] in stored for t in found):
        again = sum((t["uses"] - 1) * (stored[t["name"]] or 0) for t in found)
        assert d["parameters"]["repeated"] == again
    copies = sum(t["uses"] for t in found if not t["is_vector"])
    alike = [t["uses"] for t in found if t["is_vector"] and 4 <= t["uses"] > copies]
    return {"count": len(found), "names": [t["name"] for t in found[:8]],
            "apart": d["parameters"]["weights"] + d["parameters"]["repeated"],
            "alike": len(alike), "alike_uses": sum(alike)}  # fmt: skip


def _memory(d: Document) -> Values:
    memory = d["memory"]
    alive = [t["bytes"] for t in memory["alive"]]
    if memory["peak_bytes"] is not None and None not in alive:
        assert sum(alive) <= memory["peak_bytes"]
    fused, pairs = memory["fused_bytes"], _quantizers(d)
    over = [step["in_place_bytes"] for step in memory["timeline"]]
    assert max((step["bytes"] for step in memory["timeline"]), default=None) == (
        memory["peak_bytes"])  # fmt: skip
    assert all(s["in_place_bytes"] <= s["bytes"] for s in memory["timeline"])
    if fused is not None:
        assert pairs, "fused without anything to fuse"
        assert fused <= (memory["peak_range"][1] or memory["peak_bytes"])
    folded = memory["folded_bytes"]
    if folded is not None:
        assert folded <= (fused or memory["peak_range"][1] or memory["peak_bytes"])
    return {"bytes": memory["peak_bytes"], "certainty": memory["certainty"], "fused_bytes": fused,
            "folded_bytes": folded, "in_place_bytes": max(over, default=None),
            **_given(d)}  # fmt: skip


def _growth(d: Document) -> Values:
    """The parts of the first open size: they add up to today's MACs."""
    row, macs = d["page"]["growth"][0], d["totals"]["macs"]
    per = {
        "megapixel": row["size"] * (row["side"] or row["size"]) / 1e6,
        "second": row["size"] / row["per"],
    }.get(row["unit"], row["size"])
    if row["unit"] == "second":
        axes = [a for a in d["assumptions"] if row["dim"] in (a["dim"], a["name"])]
        made = {(a["second"]["steps"], bool(a["second"]["source"])) for a in axes if a["second"]}
        assert (row["per"], row["stated"]) in made
    today = [point for point in row["points"] if point["size"] == row["size"]]
    assert [point["macs"] for point in today] == [macs]
    assert row["even"] is None or row["even"] > 0
    longest = row["longest"]
    assert longest is None or max(row["even"] or 0, *(p["size"] for p in row["points"])) <= longest
    truth = {"macs": macs, "size": row["size"], "dim": row["dim"],
             "square": today[0]["square"] / macs, "fixed": row["fixed"],
             "per": row["per"], "of": row["of"], "stated": row["stated"],
             "longest": longest, "beside": row["beside"]}  # fmt: skip
    return truth | {"rate": (macs - row["fixed"]) / per}


def _runs(d: Document) -> Values:
    """Of the sizes that are sound the first; today's MACs are those of a run of it."""
    made = next(a for a in d["assumptions"] if a["second"])
    assert not d["page"]["growth"]
    return {"dim": made["name"], "size": made["value"], "macs": d["totals"]["macs"],
            "rate": d["totals"]["macs"] / (made["value"] / made["second"]["steps"]),
            "per": made["second"]["steps"], "of": made["second"]["of"],
            "stated": made["second"]["source"] != ""}  # fmt: skip


def _quantizers(d: Document) -> bool:
    return any(map(_is_conversion, d["nodes"]))


def _read(d: Document) -> Values:
    found = d["weights"]
    counts = {name: len(found[name]) for name in ("layers", "unread", "tensors")}
    hidden = [p for p in d["problems"] if p["unseen_bytes"] != 0]
    said = next(c["values"] for c in d["claims"] if c["id"] == "weights.read")
    assert (said["hidden_bytes"] == 0) is (not hidden)
    seen = {layer["node"] for layer in found["layers"]} | {*found["unread"]}
    assert said["whole"] <= sum(n["params"] > 0 and n["id"] not in seen for n in _counted(d))
    return counts


def _peculiar(d: Document) -> Values:
    """NaN that is no marker, infinity that is no bound, and variances below zero."""
    wrong = [
        t for t in d["weights"]["tensors"]
        if (t["values"]["nan"] and not t["marker"]) or (t["values"]["inf"] and not t["bound"])
        or (t["variance"] and t["values"]["min"] < 0)
    ]  # fmt: skip
    missing = any(d["weights"][name] for name in ("unread", "unread_tensors", "beyond"))
    hidden = any(p["unseen_bytes"] != 0 for p in d["problems"])
    return {"tensors": len(wrong), "partial": missing or hidden}


def _small(d: Document) -> Values:
    """Rules that report from a share on have no finding of layers that stay below it."""
    said = next(c["values"] for c in d["claims"] if c["id"] == "weights.small")
    told = next(c["values"] for c in d["claims"] if c["id"] == "weights.peculiar")
    layers = d["weights"]["layers"]
    dead = [x["filters"] for x in layers if x["filters"] and x["filters"]["dead_count"]]
    shares = dict(zip(said["rules"], said["shares"], strict=True))
    if "WGT003" in shares:
        assert any(f["dead_count"] / f["count"] < shares["WGT003"] for f in dead)
    assert 0 < said["layers"] <= said["of"]
    return {"of": told["layers"]}


def _intensity(d: Document) -> Values:
    """Memory limits a layer whose FLOPs a byte are below the device's ridge."""
    known = [n for n in _counted(d) if n["macs"] and n["intensity"] is not None]
    assert known
    peaks = {"float32": 156e12, "float16": 312e12, "bfloat16": 312e12, "int8": 624e12}
    multiplied = d["totals"]["macs_by_arithmetic"]
    most = min(multiplied, key=lambda each: (-multiplied[each], each), default="float32")
    return {"flops": peaks[most.removeprefix("u")], "bandwidth": 1555e9}


def _targets(d: Document) -> Values:
    """A verdict follows from the counts beside it."""
    for fit in d["targets"]:
        refused = fit["nodes"] - fit["supported"] - fit["maybe"]
        loads = all(b["code"] not in ("opset", "ir") for b in fit["blockers"])
        if fit["verdict"] == "whole":
            assert fit["certain"]
            assert fit["supported"] == fit["nodes"]
        if fit["verdict"] == "split":
            assert refused > 0
            assert fit["supported"] > 0
            assert fit["partitions"] > 0
        if fit["verdict"] == "no":
            assert refused > 0 or not loads
        if fit["verdict"] == "maybe":
            assert fit["maybe"] > 0 or not fit["nodes"] or fit["blockers"]
        listed = sum(b["count"] for b in fit["blockers"] if b["certain"])
        assert listed == refused or len(fit["blockers"]) >= 1000
    gone = {"external-missing", "external-too-short", "external-placeholder"}
    readable = {"missing", "too-short", "placeholder", "link", "no-folder", "overlap", "unreadable"}
    split = [fit for fit in d["targets"] if fit["verdict"] == "split"]
    won = {fit["target"]: {(edit["kind"], edit["opset"] or edit["ir"] or 0)
                           for edit in fit["edits"] if edit["verdict"] == "whole"}
           for fit in d["targets"]}  # fmt: skip
    said = next(c["values"] for c in d["claims"] if c["id"] == "targets")
    assert sorted(said["gained"]) == sorted(target for target, edits in won.items() if edits)
    changes = zip(said["gained"], said["gain_kinds"], said["gain_amounts"], strict=True)
    assert all((kind, amount if kind in ("opset", "ir") else 0) in won[target]
               for target, kind, amount in changes)  # fmt: skip
    return {"count": len(d["targets"]), "ids": [fit["target"] for fit in d["targets"]],
            "macs": [fit["macs_share"] for fit in split],
            "parts": [fit["partitions"] for fit in split],
            "supported": [fit["supported"] for fit in split],
            "operators": [fit["nodes"] for fit in split],
            "undivided": [fit["target"] for fit in d["targets"]
                          if fit["verdict"] == "no" and fit["supported"] and not fit["delegates"]],
            "untested": [fit["target"] for fit in d["targets"]
                         if fit["verdict"] == "whole" and fit["tested_from"] is not None],
            "broken": any(b["grave"] for b in d["breaches"]) or any(
                p["code"].startswith("external-") and p["code"].split("-", 1)[1] not in readable
                for p in d["problems"]),
            "missing": not gone.isdisjoint(each["code"] for each in d["problems"]),
            "idle": [fit["target"] for fit in d["targets"]
                     if fit["verdict"] == "split" and not fit["macs_share"]
                     and fit["macs_share"] is not None],
            "partly": [fit["target"] for fit in d["targets"]
                       if (fit["verdict"] == "maybe"
                           and any(b["certain"] for b in fit["blockers"]))
                       or (fit["verdict"] == "split" and not fit["certain"]
                           and fit["macs_share"] == 0)],
            **{verdict: [fit["target"] for fit in d["targets"] if fit["verdict"] == verdict]
               for verdict in ("whole", "split", "no", "maybe")}}  # fmt: skip


def _blockers(d: Document) -> Values:
    said = next(c["values"] for c in d["claims"] if c["id"] == "targets.blockers")
    causes: dict[tuple[str, str], set[str]] = {}
    for fit in d["targets"]:
        for blocker in fit["blockers"]:
            if blocker["certain"]:
                causes.setdefault((blocker["op_type"], blocker["code"]), set()).add(fit["target"])
    named = list(zip(said["operators"], said["codes"], strict=True))
    most = sorted(map(len, causes.values()), reverse=True)[:5]
    assert most == [len(causes[cause]) for cause in named]
    open_ = {op: {fit["target"] for fit in d["targets"] for b in fit["blockers"]
                  if b["op_type"] == op and not b["certain"]}
             for op in {b["op_type"] for fit in d["targets"] for b in fit["blockers"]
                        if b["op_type"] and not b["certain"]}}  # fmt: skip
    unsure = sorted(map(len, open_.values()), reverse=True)[:5]
    assert unsure == [len(open_[op]) for op in said["undecided"]]
    return {"count": len(causes), "targets": most, "undecided_targets": unsure,
            "undecided_in_all": len(open_)}  # fmt: skip


def _edits(d: Document) -> Values:
    said = next(c["values"] for c in d["claims"] if c["id"] == "targets.edits")
    texts = Counter(edit["text"] for fit in d["targets"] for edit in fit["edits"])
    assert [texts[text] for text in said["texts"]] == said["targets"]
    fits = {fit["target"]: fit for fit in d["targets"]}
    named = [text for text, count in zip(said["texts"], said["targets"], strict=True)
             for _ in range(count)]  # fmt: skip
    after = [next(edit for edit in fits[target]["edits"] if edit["text"] == text)
             for text, target in zip(named, said["helped"], strict=True)]  # fmt: skip
    for fit in d["targets"]:
        for edit in fit["edits"]:
            if edit["verdict"] == "whole":
                assert fit["verdict"] != "whole"
                continue
            now, then = ((each["supported"] / each["nodes"] if each["macs_share"] is None
                          else each["macs_share"]) for each in (fit, edit))  # fmt: skip
            assert then >= 0.5, "it does not help much"
            assert then - now >= 0.1 or fit["verdict"] == "no", "it does not help much"
    places = Counter(f["rule"] for f in d["findings"] for _ in f["places"])
    for target, rule in zip(said["replaced"], said["replacing"], strict=True):
        blocker = fits[target]["blockers"][0]
        assert blocker["certain"]
        assert places[rule] >= blocker["count"]
    return {"count": len(texts), "ids": [*fits],
            "replaced_operators": [fits[target]["blockers"][0]["op_type"]
                                   for target in said["replaced"]],
            "unhelped": [target for target, fit in fits.items()
                         if not fit["edits"] and fit["verdict"] != "whole"],
            "whole": [edit["verdict"] == "whole" for edit in after],
            "parts": [edit["partitions"] if fits[target]["delegates"] else 1
                      for target, edit in zip(said["helped"], after, strict=True)],
            "supported": [edit["supported"] for edit in after],
            "operators": [edit["nodes"] for edit in after]}  # fmt: skip


TRUTHS: Mapping[str, Callable[[Document], Values]] = {
    "network": _network,
    "architecture": lambda d: {
        "detail": d["architecture"]["detail"] if d["architecture"] else None
    },
    "provenance": lambda d: {
        "producer": d["model"]["producer"],
        "domains": sorted(d["model"]["opsets"]),
        "versions": [d["model"]["opsets"][k] for k in sorted(d["model"]["opsets"])],
    },
    "verdict": _verdict,
    "compute": _compute,
    "parameters": _parameters,
    "peak": _peak,
    "saving": _saving,
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
    "silenced": lambda d: {"suppressed": d["suppressed"], "accepted": d["accepted"]},
    "conversion": _conversion,
    "conversion.speed": _conversion_speed,
    "conversion.memory": _conversion_memory,
    "assumed.sizes": _sizes,
    "assumed.choices": _choices,
    "misfit": _misfit,
    "coverage": _coverage,
    "unknown": _unknown,
    "memory.weights": _weights,
    "memory.shared": _shared,
    "growth": _growth,
    "growth.runs": _runs,
    "memory.peak": _memory,
    "weights.read": _read,
    "weights.peculiar": _peculiar,
    "weights.small": _small,
    "memory.intensity": _intensity,
    "targets": _targets,
    "targets.runs": _targets,
    "targets.blockers": _blockers,
    "targets.edits": _edits,
}
