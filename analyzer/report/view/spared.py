"""Why no rule asks for a depthwise separable form of what has one: by the limits of the rule."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Conv, Facts, Node, Saving
    from analyzer.report.result import Result
    from analyzer.ruleset.rule import Rule

LIMITS = frozenset({"min-macs", "max-ratio", "min-in-channels", "min-share"})
"""Options of the rule that asks for separable forms."""
SEPARABLE = "separable"
"""Its category, which is known before the rest of a rule is read."""


class Why(Enum):
    """What keeps the rule from asking."""

    CHANNELS = "min-in-channels"
    SMALL = "min-macs"
    RATIO = "max-ratio"
    SHARE = "min-share"
    PATCHES = "patches"
    HALF = "half"
    FUSED = "fused"


def spared(result: Result) -> Mapping[str, Why]:
    """The first reason by candidate; none of those where a limit was set by the configuration, nor
    where a finding is silenced, nor without the rule."""
    return dict(result.kept("spared", lambda: tuple(_find(result))))


def least_macs(result: Result) -> int:
    """MACs from which the rule asks for a separable form; 0 where it is not known."""
    limits = _limits(result)
    return int(limits["min-macs"]) if limits else 0


def words(why: Why, result: Result) -> str:
    """The reason, with the limit of the rule; empty for few channels, which stand beside it."""
    limits = _limits(result)
    if why is Why.SMALL:
        return _("below the limit of {macs}", macs=units.si(int(limits["min-macs"]), "MAC"))
    if why is Why.RATIO:
        return _("keeps {share} of its MACs or more", share=units.percent(limits["max-ratio"]))
    if why is Why.SHARE:
        return _(
            "all together save less than {share} of the model",
            share=units.percent(limits["min-share"]),
        )
    if why is Why.PATCHES:
        return _("patches: no input is read twice")
    if why is Why.HALF:
        return _("half of a pair of 1×k and k×1")
    return _("part of a fused MBConv block") if why is Why.FUSED else ""


def _rule(result: Result) -> Rule | None:
    """The rule, where nobody set its limits."""
    found = (rule for rule in result.rules
             if rule.category == SEPARABLE and rule.options.keys() >= LIMITS)  # fmt: skip
    rule = next(found, None)
    return None if rule is None or {rule.id, rule.name} & {*result.set_rules} else rule


def _limits(result: Result) -> Mapping[str, float]:
    rule = _rule(result)
    if rule is None:
        return {}
    values = {name: rule.options[name].default for name in LIMITS}
    return {name: v for name, v in values.items() if isinstance(v, int | float)}


def _find(result: Result) -> list[tuple[str, Why]]:
    limits, facts = _limits(result), result.facts
    if not limits.keys() >= LIMITS:
        return []
    flagged = frozenset(result.conversion.flagged)
    wanted = frozenset(facts.separable.candidates) - flagged
    fused = {n for block in facts.blocks if block.kind == "fused-mbconv" for n in block.nodes}
    found = []
    for node in facts.nodes:
        if node.id not in wanted or node.conv is None or node.saving is None:
            continue
        why = _why(node, node.conv, node.saving, limits, facts)
        why = Why.FUSED if why is None and node.id in fused else why
        if why is not None:
            found.append((node.id, why))
    return found


def _why(
    node: Node, conv: Conv, saving: Saving, limits: Mapping[str, float], facts: Facts
) -> Why | None:
    if conv.in_channels < limits["min-in-channels"]:
        return Why.CHANNELS
    if conv.macs is not None and conv.macs < limits["min-macs"]:
        return Why.SMALL
    if saving.ratio >= limits["max-ratio"]:
        return Why.RATIO
    if (facts.separable.share or 0) < limits["min-share"]:
        return Why.SHARE
    if conv.is_patchify:
        return Why.PATCHES
    return Why.HALF if "factorised" in node.tags else None
