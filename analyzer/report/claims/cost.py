"""What the model costs: the four numbers of the first page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.report.claims.limits import sizes
from analyzer.report.claims.record import Claim
from analyzer.report.claims.unadvised import unadvised
from analyzer.report.view.actions import actions
from analyzer.report.view.assumed import choices
from analyzer.report.view.devices import main_device
from analyzer.report.view.memory import given, roof_of
from analyzer.report.view.pace import elsewhere, paces
from analyzer.report.view.spared import Why, least_macs, spared
from analyzer.report.view.speed import speedup
from analyzer.report.view.steps import promises

if TYPE_CHECKING:
    from analyzer.facts import Facts, Totals
    from analyzer.report.result import Result
    from analyzer.report.view.action import Action
    from analyzer.report.view.memory import Device

SIZES = 2
"""Open sizes that are named beside a number."""


def compute(result: Result) -> Claim:
    """What one inference takes, and the sizes that this holds for."""
    facts = result.facts
    totals, assumed, stated = facts.totals, sizes(facts), sizes(facts, stated=True)
    rests = totals.certainty is not Certainty.EXACT
    of = assumed if rests else stated
    if totals.certainty is Certainty.UNKNOWN:
        of = tuple(size for size in of if size[1] != 1) or of  # as in ``limits.misfit``
    return Claim(
        "compute",
        {
            "macs": totals.macs_range,
            "flops": totals.flops_range,
            "branches": _branches(facts),
            "certainty": totals.certainty.value,
            "unknown_nodes": totals.unknown_nodes,
            "dims": tuple(name for name, _ in of[:SIZES]),
            "sizes": tuple(size for _, size in of[:SIZES]),
            "sizes_in_all": len(of),
            "open": bool(facts.assumptions),
            "choices": len(choices(facts)),
            "comparisons": facts.learned.comparisons,
            "mean_comparisons": facts.learned.mean_comparisons,
        },
        ("totals.macs_range", "totals.flops_range", "totals.certainty", "totals.unknown_nodes",
         "assumptions", "nodes"),
    )  # fmt: skip


def _branches(facts: Facts) -> tuple[int, int] | None:
    """Most (MACs, FLOPs) by the branches that are taken, where something else has no upper end."""
    totals = facts.totals
    if totals.macs_range[1] is not None:
        return None
    macs = flops = 0
    for node in facts.nodes:
        (low, high), (least, most) = node.macs_range, node.flops_range
        if not node.scope and node.composite and high is not None:
            macs += high - low
            flops += 0 if most is None else most - least
    return (totals.macs_range[0] + macs, totals.flops_range[0] + flops) if macs else None


def parameters(result: Result) -> Claim:
    stored, inside = result.facts.parameters, result.facts.learned
    return Claim(
        "parameters",
        {
            "params": stored.weights,
            "bytes": stored.weight_bytes,
            "uncounted": _uncounted(result.facts),
            "scale_bytes": stored.scale_bytes,
            "constant_bytes": stored.constant_bytes,
            "buffers": stored.buffers,
            "certainty": stored.certainty.value,
            "reason": stored.reason,
            "inside": inside.operators,
            "coefficients": inside.coefficients,
            "tree_nodes": inside.tree_nodes,
            "inside_bytes": inside.bytes,
        },
        ("totals.params", "parameters", "nodes"),
    )


def _uncounted(facts: Facts) -> int:
    """Parameters that only operators have whose MACs the totals leave out: the other branch of an
    ``If``, the body of a loop that nothing bounds."""
    return sum(node.params for node in facts.nodes if not node.counted and not node.composite)


def peak(result: Result) -> Claim:
    memory = result.facts.memory
    name = next((n.name for n in result.facts.nodes if n.id == memory.at_node), "")
    least, most = memory.peak_range
    fused = memory.fused_bytes is not None and least == most != memory.fused_bytes
    inputs = given(result.facts, fused=fused)
    return Claim(
        "peak",
        {"bytes": memory.peak_range if memory.peak_bytes is not None else None,
         "certainty": memory.certainty.value,
         "given": tuple(tensor.name for tensor in inputs),
         "given_bytes": sum(tensor.bytes or 0 for tensor in inputs),
         "node": memory.at_node, "name": name or memory.at_node,
         "fused_bytes": memory.fused_bytes, "folded_bytes": memory.folded_bytes},
        ("memory.peak_bytes", "memory.peak_range", "memory.certainty", "memory.at_node",
         "memory.fused_bytes", "memory.folded_bytes", "memory.alive", "memory.fused_alive",
         "inputs"),
    )  # fmt: skip


def saving(result: Result) -> Claim:
    """What acting on every finding saves, each operator once; no MACs and no share of them where
    those are not the MACs of any run."""
    totals, (macs, params) = result.facts.totals, possible_saving(result)
    more, total = other_saving(result), totals.macs if has_share(totals) else None
    runs, found = totals.certainty is not Certainty.UNKNOWN, unadvised(result)
    return Claim(
        "saving",
        {
            "macs": macs if runs else None,
            "params": params,
            "share": macs / total if total else None,
            "left_out": len(left_out(result)) if runs else 0,
            "action": _main_action(result),
            "complete": totals.complete,
            "slower": is_slower(result),
            "device": roof(result).name,
            **slower_elsewhere(result),
            "others": more if runs else None,
            "others_share": more / total if total else None,
            "small": sum(why is Why.SMALL for why in spared(result).values()),
            "least": least_macs(result),
            "slower_layers": found.slower,
            "unsure_layers": found.unsure,
            "unadvised": found.action,
            "suppressed": result.suppressed,
            "accepted": result.accepted,
        },
        ("findings", "totals.macs", "nodes", "suppressed", "accepted"),
    )


def has_share(totals: Totals) -> bool:
    """Whether a saving is a share of all MACs, or of those that are known; not where data decide
    how many there are, nor where the sizes cannot be."""
    return totals.whole is not None or totals.certainty is Certainty.LOWER_BOUND


def roof(result: Result) -> Device:
    """Limits of the device that actions and the first sentence speak of."""
    return roof_of(main_device(result.devices), result.facts)


def converted_speedup(result: Result) -> float | None:
    """How much faster the convolutions that findings ask to convert run on it once converted,
    but for what is left out."""
    return speedup(result.facts, wanted(result), roof(result))


def wanted(result: Result) -> tuple[str, ...]:
    """Convolutions that findings ask to convert, without those that are left out as slower."""
    best = best_savings(result)
    return tuple(node for node in result.conversion.flagged if node in best)


def slower_elsewhere(result: Result) -> dict[str, tuple[str | float, ...]]:
    """Devices other than the first on which the layers take longer that the saving is of, and time
    now over time afterwards."""
    device = main_device(result.devices)
    found = result.kept(
        "slower elsewhere",
        lambda: tuple(elsewhere(result.facts, best_savings(result), device, result.devices)),
    )
    return {
        "slower_on": tuple(each.device for each in found),
        "slower_factors": tuple(each.factor for each in found),
    }


def other_saving(result: Result) -> int:
    """MACs that the one rule saves which, of those without separable forms, saves most."""
    best = best_action(result)
    return best.macs if best else 0


def best_action(result: Result) -> Action | None:
    """Of what rules ask for what saves most MACs, and no time is lost by, as far as is known."""
    return max(
        filter(promises, actions(result, main_device(result.devices))),
        key=lambda each: each.macs,
        default=None,
    )


def is_slower(result: Result) -> bool:
    """Whether all that findings ask to convert takes longer on it."""
    found = paces(result, main_device(result.devices)).values()
    return bool(found) and all(each.slower for each in found)


def left_out(result: Result) -> frozenset[str]:
    """Operators that findings ask to convert, and actions leave out, as they take longer on it."""
    best = best_savings(result)
    found = paces(result, main_device(result.devices)).values()
    return frozenset(node for each in found for node in each.left_out if node not in best)


def _main_action(result: Result) -> str:
    """What the rule asks for whose findings have most of the possible saving; empty for none."""
    by: Counter[str] = Counter()
    for macs, _params, rule in best_savings(result).values():
        by[rule] += macs
    asked = {each.rule: each.does for each in actions(result, main_device(result.devices))}
    return asked.get(by.most_common(1)[0][0], "") if by else ""


def possible_saving(result: Result) -> tuple[int, int]:
    """(MACs, parameters) that acting on every finding saves, but for what is left out."""
    best = best_savings(result).values()
    return sum(macs for macs, _params, _rule in best), sum(params for _macs, params, _rule in best)


def best_savings(result: Result) -> dict[str, tuple[int, int, str]]:
    """The largest saving that findings ask for, by operator: MACs, parameters, and the rule.
    What a rule asks for is not counted where it takes longer, and elsewhere does not.

    Without rules the separable plan stands in: every convolution with a cheaper form, by no rule.
    """
    if not result.rules and not result.findings:
        nodes = {node.id: node for node in result.facts.nodes}
        found = [nodes[key] for key in result.facts.separable.candidates]
        return {n.id: (n.saving.macs, n.saved_params, "") for n in found if n.saving is not None}
    best: dict[str, tuple[int, int, str]] = {}
    timed = paces(result, main_device(result.devices))
    for finding in result.places:
        if finding.saving is not None and finding.node not in timed[finding.rule].left_out:
            figures = (finding.saving.macs, finding.saving.params, finding.rule)
            best[finding.node] = max(best.get(finding.node, (0, 0, "")), figures)
    return best
