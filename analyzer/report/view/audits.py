"""What was looked for: what was found, what was not, and what the model has no place for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _, rule_name, spoken
from analyzer.report.view.unseen import UNREADABLE, hidden_bytes
from analyzer.restore import record
from analyzer.sanitise import label
from analyzer.survey import STATED as BY_HAND

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from analyzer.facts import Assumption, Facts
    from analyzer.report.result import Result
    from analyzer.ruleset.rule import Rule


@record
class Checked:
    """Rules of one category that had something to judge by."""

    category: str
    rules: int
    """Those that judged, and that the model has a place for: operators, blocks or patterns that
    they are about."""
    speak: int
    """Of them, those with findings."""
    sound: tuple[str, ...]
    """Names of what the others look for and have not found."""
    stated: int
    """Of the others, those without a finding whose subject the report states all the same: sizes
    that were assumed, costs and outputs that are unknown, outputs that are no tensors. They are not
    among the sound."""
    idle: int
    """Rules of the category about operators, blocks or values that the model does not have."""
    blind: int
    """Rules of the category that look at stored weights, and found nothing where some of them are
    missing."""


@record
class RuleTally:
    """What became of all rules that were selected and had what it takes to judge."""

    rules: int
    """All of them: the sum of the others."""
    looked: int
    """Those that had something to look at."""
    idle: int
    """Those about operators, blocks or values that the model does not have."""
    blind: int
    """Those that look at stored weights, and could not."""


def tally(result: Result) -> RuleTally:
    """The rows of ``checked`` added up: whoever says a number of rules asks here."""
    rows = checked(result)
    looked, idle, blind = (sum(row.rules for row in rows), sum(row.idle for row in rows),
                           sum(row.blind for row in rows))  # fmt: skip
    return RuleTally(looked + idle + blind, looked, idle, blind)


def checked(result: Result) -> tuple[Checked, ...]:
    """What became of the rules of each category."""
    return result.kept(f"checked {spoken()}", lambda: _checked(result))


def _checked(result: Result) -> tuple[Checked, ...]:
    speaking = {finding.rule for finding in result.findings}
    facts = result.facts
    types = {("" if n.domain == "ai.onnx" else n.domain, n.op_type) for n in facts.nodes}
    # Silence about weights that nobody saw is no verdict on them.
    missing = facts.evidence is not None and (
        facts.evidence.unread_tensors > 0
        or facts.evidence.sees_none
        or any(p.code == UNREADABLE for p in facts.problems)
    )
    absent = hidden_bytes(facts) != 0
    found: dict[str, list[Rule]] = {}
    for rule in result.judging:
        found.setdefault(rule.category, []).append(rule)
    rows = []
    for category, rules in sorted(found.items()):
        placed = [r for r in rules if r.id in speaking or _has_place(r, facts, types)]
        idle = len(rules) - len(placed)
        blind = [
            r for r in placed
            if r.id not in speaking
            and ((r.reads_weights and missing) or (absent and _looks_outside(r)))
        ]  # fmt: skip
        judged = [rule for rule in placed if rule not in blind]
        speak = sum(rule.id in speaking for rule in judged)
        silent = [rule for rule in judged if rule.id not in speaking]
        clean = [rule for rule in silent if not (rule.name in STATED and STATED[rule.name](facts))]
        sound = tuple(label(_sound(rule, facts)) for rule in clean)
        stated = len(silent) - len(clean)
        rows.append(Checked(label(category), len(judged), speak, sound, stated, idle, len(blind)))
    return tuple(rows)


def _looks_outside(rule: Rule) -> bool:
    """Whether it is about bytes of files with external data."""
    if rule.subject == "region":
        return not rule.selector or not OUTSIDE.isdisjoint(rule.selector)
    return rule.subject == "file"


def _sound(rule: Rule, facts: Facts) -> str:
    """What a rule without findings looks for."""
    name = rule_name(rule.name)
    if rule.name == SIZES and _assumed(facts):
        return _("{name} other than the batch", name=name)
    return name


def _assumed(facts: Facts) -> list[Assumption]:
    """Sizes that nobody stated."""
    return [each for each in facts.assumptions if each.reason not in BY_HAND]


def _beyond_batch(facts: Facts) -> bool:
    return any(each.value != 1 or not (each.axis == 0 or each.batch) for each in _assumed(facts))


def _unknown_cost(facts: Facts) -> bool:
    nodes = (node for node in facts.nodes if node.counted and not node.composite)
    complete = facts.totals.complete and facts.totals.flops_complete
    return not complete or any(node.macs is None for node in nodes)


def _unknown_output(facts: Facts) -> bool:
    return any(tensor.elements is None for tensor in facts.outputs)


def _no_tensor(facts: Facts) -> bool:
    return any(tensor.is_plain is False for tensor in facts.outputs)


OUTSIDE = frozenset({"foreign", "hole"})
"""Families of regions that files beside the model may have."""
SIZES = "assumed-dimension"
STATED: Mapping[str, Callable[[Facts], bool]] = {
    SIZES: _beyond_batch, "unknown-cost": _unknown_cost, "unknown-output-shape": _unknown_output,
    "output-is-no-tensor": _no_tensor,
}  # fmt: skip
"""By the name of a rule that has reasons to be silent: whether the report states of the model what
the rule looks for."""


def _has_place(rule: Rule, facts: Facts, types: Collection[tuple[str, str]]) -> bool:
    """Whether the model has anything that the rule could have been about."""
    if rule.reads_weights and not _stores_values(facts):
        return False
    if rule.has_patterns:
        return rule.may_match(types)
    if rule.subject == "node":
        return not rule.selector or any(_type(word) in types for word in rule.selector)
    if rule.subject == "block":
        kinds = {block.kind for block in facts.blocks}
        return bool(kinds) if not rule.selector else not kinds.isdisjoint(rule.selector)
    return True


def _stores_values(facts: Facts) -> bool:
    """Whether there are values to look at, seen or not: false of a file without any."""
    of = facts.parameters
    counted = (of.weights, of.buffers, of.quantization, of.constants, of.positions, of.masks)
    seen = facts.evidence
    return any(counted) or (seen is not None and bool(seen.tensors or seen.unread_tensors))


def _type(word: str) -> tuple[str, str]:
    """Domain and name, as a selector writes them."""
    domain, _, name = word.rpartition(".")
    return ("" if domain == "ai.onnx" else domain), name
