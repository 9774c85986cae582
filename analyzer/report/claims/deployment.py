"""Where the model runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.conformance.schemas import STANDARD
from analyzer.language import _
from analyzer.report.claims.record import Claim
from analyzer.report.view.deployment import (
    is_idle,
    is_partly,
    is_stuck,
    is_told,
    is_undivided,
    is_untested,
    refusals,
)
from analyzer.report.view.gains import (
    NAMED,
    command_of,
    gains,
    removed_types,
    replacing,
    sizes_of,
)
from analyzer.report.view.target_names import plain_names
from analyzer.ruleset.trusted import DOMAINS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.deployment import Blocker, Edit, TargetFit
    from analyzer.facts import Facts
    from analyzer.report.claims.record import Value
    from analyzer.report.result import Result

RUNTIME = "ONNX Runtime"
"""What the operators of ``DOMAINS`` come with."""
COMPILED = "EPContext"
"""The operator of ``RUNTIME`` that only the execution provider runs that compiled it."""
VENDORS = 3
BLOCKERS = 5
EDITS = 5
SIZED = 2
"""Targets of which is told what is left in the way with fixed sizes."""


def vendor(result: Result) -> Claim | None:
    """Operators of domains that ONNX does not define, and who knows them."""
    found = Counter(
        (node.domain, node.op_type)
        for node in result.facts.nodes
        if node.domain not in STANDARD and not node.composite
    )
    if not found:
        return None
    domains = sorted({domain for domain, _ in found})
    types = [(op, count) for (_, op), count in found.most_common()]
    return Claim(
        "vendor",
        {
            "domains": tuple(domains[:VENDORS]),
            "domains_in_all": len(domains),
            "types": tuple(op for op, _ in types[:VENDORS]),
            "counts": tuple(count for _, count in types[:VENDORS]),
            "types_in_all": len(types),
            "runtime": RUNTIME if set(domains) <= {*DOMAINS} else "",
            "compiled": found[DOMAINS[0], COMPILED],
        },
        ("nodes",),
    )


def targets(result: Result) -> Claim | None:
    """Which targets run all of it, a part or nothing."""
    fits = result.facts.targets
    if not fits:
        return None
    by = {
        verdict: tuple(fit.target for fit in fits if fit.verdict == verdict)
        for verdict in ("whole", "split", "no", "maybe")
    }
    broken, missing, huge = refusals(result)
    parted = [fit for fit in fits if fit.verdict == "split"]
    won = [(target, gain.edit) for gain in gains(fits) for target in gain.targets]
    return Claim(
        "targets",
        {
            "count": len(fits),
            **by,
            "macs": tuple(fit.macs_share for fit in parted),
            "parts": tuple(fit.partitions for fit in parted),
            "supported": tuple(fit.supported for fit in parted),
            "operators": tuple(fit.nodes for fit in parted),
            "gained": tuple(target for target, _ in won),
            "gain_kinds": tuple(edit.kind for _, edit in won),
            "gain_amounts": tuple(_amount(result.facts, edit) for _, edit in won),
            "gain_names": tuple(_names(result.facts, edit) for _, edit in won),
            "idle": tuple(fit.target for fit in fits if is_idle(fit)),
            "partly": tuple(fit.target for fit in fits if is_partly(fit)),
            "stuck": tuple(fit.target for fit in fits if is_stuck(fit, fits)),
            "ids": tuple(fit.target for fit in fits),
            "names": plain_names(fits),
            "untested": tuple(fit.target for fit in fits if is_untested(fit)),
            "undivided": tuple(fit.target for fit in fits if is_undivided(fit)),
            "broken": broken,
            "missing": missing,
            "huge": huge,
        },
        ("targets", "breaches", "problems", "findings"),
    )


def _amount(facts: Facts, edit: Edit) -> int:
    """How much a change is about: the version to state, or places."""
    places = len(edit.reshapes) + len(edit.constants) + len(edit.removed)
    return edit.opset or edit.ir or places or len(sizes_of(facts, edit))


def _names(facts: Facts, edit: Edit) -> str:
    """Sizes that are fixed, each with the one that figures hold for where that is another, or types
    of operators that go, as people read them; else empty."""
    counted = {each.name: each.value for each in facts.assumptions}
    sizes = [
        f"{name} = {size}" if counted[name] == size
        else _("{name} = {size}, counted here as {now}", name=name, size=size, now=counted[name])
        for name, size in sizes_of(facts, edit).items()
    ]  # fmt: skip
    types = [f"{n} {op}" for op, n in removed_types(facts, edit).most_common()]
    return ", ".join((sizes or types)[:NAMED])


def runs(result: Result) -> Claim | None:
    """The same in a line."""
    found = targets(result)
    return None if found is None else replace(found, id="targets.runs")


def blockers(result: Result) -> Claim | None:
    """What is in the way on most targets, and what may be."""
    if not is_told(result):
        return None
    found: dict[tuple[str, str], set[str]] = {}
    undecided: dict[str, set[str]] = {}
    for fit in result.facts.targets:
        for blocker in fit.blockers:
            if blocker.certain:
                found.setdefault((blocker.op_type, blocker.code), set()).add(fit.target)
            elif blocker.op_type:
                undecided.setdefault(blocker.op_type, set()).add(fit.target)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    open_ = sorted(undecided.items(), key=lambda item: (-len(item[1]), item[0]))
    return Claim(
        "targets.blockers",
        {
            "count": len(ranked),
            "operators": tuple(op for (op, _), _ in ranked[:BLOCKERS]),
            "codes": tuple(code for (_, code), _ in ranked[:BLOCKERS]),
            "targets": tuple(len(ids) for _, ids in ranked[:BLOCKERS]),
            "undecided": tuple(op for op, _ in open_[:BLOCKERS]),
            "undecided_targets": tuple(len(ids) for _, ids in open_[:BLOCKERS]),
            "undecided_in_all": len(open_),
        },
        ("targets",),
    )


def edits(result: Result) -> Claim | None:
    """Changes that help, by the number of targets on which they do, what comes of them there, and
    the targets that none helps."""
    if not is_told(result):
        return None
    fits = result.facts.targets
    helped: dict[str, list[tuple[str, Edit]]] = {}
    for fit in fits:
        for edit in fit.edits:
            helped.setdefault(edit.text, []).append((fit.target, edit))
    ranked = sorted(helped.items(), key=lambda item: (-len(item[1]), item[0]))[:EDITS]
    after = [pair for _, pairs in ranked for pair in pairs]
    unhelped = [fit for fit in fits if fit.verdict != "whole" and not fit.edits]
    replaced = [(fit.target, rule, fit.blockers[0]) for fit in unhelped
                if (rule := replacing(result, fit))]  # fmt: skip
    divided = {fit.target for fit in fits if fit.delegates}
    left = [(fit.target, fit.sized) for fit in unhelped
            if fit.sized is not None and not _stands_first(fit.sized, fit)][:SIZED]  # fmt: skip
    return Claim(
        "targets.edits",
        {
            "count": len(helped),
            "texts": tuple(text for text, _ in ranked),
            **_commands(result.facts, [pairs[0][1] for _, pairs in ranked]),
            "targets": tuple(len(pairs) for _, pairs in ranked),
            "helped": tuple(target for target, _ in after),
            "whole": tuple(edit.verdict == "whole" for _, edit in after),
            "parts": tuple(edit.partitions if target in divided else 1 for target, edit in after),
            "supported": tuple(edit.supported for _, edit in after),
            "operators": tuple(edit.nodes for _, edit in after),
            "undecided": tuple(edit.maybe for _, edit in after),
            "unhelped": tuple(fit.target for fit in unhelped),
            "replaced": tuple(target for target, _, _ in replaced),
            "replacing": tuple(rule for _, rule, _ in replaced),
            "replaced_operators": tuple(blocker.op_type for _, _, blocker in replaced),
            "replaced_counts": tuple(blocker.count for _, _, blocker in replaced),
            "sized": tuple(target for target, _ in left),
            "sized_operators": tuple(blocker.op_type for _, blocker in left),
            "sized_reasons": tuple(blocker.reason for _, blocker in left),
            "sized_counts": tuple(blocker.count for _, blocker in left),
            "ids": tuple(fit.target for fit in fits),
            "names": plain_names(fits),
        },
        ("targets", "findings"),
    )


def _commands(facts: Facts, edits: Sequence[Edit]) -> dict[str, Value]:
    """How changes are made: a command, and arguments of its further runs, as many as are told."""
    made = [command_of(facts, edit) for edit in edits]
    return {
        "commands": tuple(command for command, _ in made),
        "again": tuple(len(more) for _, more in made),
        "arguments": tuple(each for _, more in made for each in more),
    }


def _stands_first(blocker: Blocker, fit: TargetFit) -> bool:
    """Whether it is what blocks first as the file is, too: the table of targets has it."""
    return any((first.op_type, first.reason) == (blocker.op_type, blocker.reason)
               for first in fit.blockers[:1])  # fmt: skip
