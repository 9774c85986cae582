"""Which command undoes what a rule names, what has to be done before, and what it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.converters import Left, converter, left, met
from analyzer.language import _
from analyzer.report.view.options.form import REPLACEABLE, is_untrained
from analyzer.smaller.folded import spared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.facts import Facts
    from analyzer.findings.finding import Finding
    from analyzer.report.view.options.before import Tool
    from analyzer.ruleset.rule import Rule

TOLERATED = "ONX014"
"""The rule about breaches of ONNX that a runtime passes over."""
NEEDED = {"inputs": REPLACEABLE, "outputs": TOLERATED}
"""By what helps a tool, the rule that asks for it."""
OTHERWISE = frozenset({"STR001", "STR003"})
"""Rules that ONNX Runtime does what they ask, too, where onnxslim cannot be used."""
UNTRAINED = "WGT011"
"""The rule about weights that are placeholders."""


def leaving(places: int, stays: int, may_stay: int) -> str:
    """How many places a tool leaves as they are; empty for none."""
    if stays and may_stay:
        return _("It leaves {n} of {of} places as they are, and perhaps {more} more",
                 n=stays, of=places, more=may_stay)  # fmt: skip
    if stays:
        return _("It leaves {n} of {of} places as they are", n=stays, of=places)
    if may_stay:
        return _("It may leave {n} of {of} places as they are", n=may_stay, of=places)
    return ""


def needed_before(tool: Tool, facts: Facts) -> str:
    """The rule whose remedy has to be followed before: a tool would store placeholders, leaves
    inputs without the weights that stood for them, does nothing, or stops."""
    if tool and is_untrained(facts):
        return UNTRAINED
    limits = met(facts, converter(tool)) if tool else ()
    return next((NEEDED[each.limit.remedy] for each in limits if each.limit.remedy in NEEDED), "")


def places_left(
    tool: Tool, items: Sequence[Finding], rule: Rule | None, facts: Facts, limit: int = 0
) -> tuple[int, int]:  # fmt: skip
    """Places that a tool leaves, and those that it may leave."""
    if not tool:
        return 0, 0
    found = _left_by(tool, items, rule, facts, limit)
    return (
        sum(f.node in found.certain for f in items),
        sum(f.node in found.perhaps for f in items),
    )


def staying(
    tool: Tool, items: Iterable[Finding], rule: Rule | None, facts: Facts
) -> frozenset[str]:  # fmt: skip
    """Places that a tool leaves or may leave: what they would save is not saved by it."""
    if not tool:
        return frozenset()
    found = _left_by(tool, items, rule, facts)
    return found.certain | found.perhaps


def gone_by(
    tool: Tool, items: Iterable[Finding], rule: Rule | None, facts: Facts, limit: int
) -> tuple[str, ...]:  # fmt: skip
    """Operators that a tool takes out; none of rules about declarations and tensors."""
    if tool != "onnxslim":
        return ()
    stay = _left_by(tool, items, rule, facts, limit)
    ids = {node.id for node in facts.nodes} - stay.certain - stay.perhaps
    return tuple(dict.fromkeys(f.node for f in items if f.node in ids))


def tool_of(items: Iterable[Finding], rule: Rule | None, facts: Facts) -> Tool:
    """What undoes it, and leaves a model that loads: onnxslim drops the types of what is no
    tensor among inputs and outputs (0.1.98), and ONNX Runtime then refuses the file; it drops
    inputs that nothing reads, and ONNX Runtime refuses who gives them. None where a tool reaches no
    place, or none for sure; ONNX Runtime (1.32) makes a file in float16 one in float32."""
    word = "" if rule is None else rule.tool
    if word == "onnxslim":
        plain = all(each.is_plain for _, each in facts.interface.declared)
        limits = met(facts, converter("onnxslim"))
        plain = plain and all(each.limit.remedy == "outputs" for each in limits)
        if plain and _reaches("onnxslim", items, rule, facts):
            return "onnxslim"
        word = "onnxruntime" if rule is not None and rule.id in OTHERWISE else ""
    runs = word == "onnxruntime" and not _is_half(facts)
    return "onnxruntime" if runs and _reaches("onnxruntime", items, rule, facts) else ""


def _reaches(tool: Tool, items: Iterable[Finding], rule: Rule | None, facts: Facts) -> bool:
    """Whether there is a place that a tool does not leave, for sure."""
    return bool({f.node for f in items} - staying(tool, items, rule, facts))


def _left_by(
    tool: Tool, items: Iterable[Finding], rule: Rule | None, facts: Facts, limit: int = 0
) -> Left:  # fmt: skip
    """Places that a tool leaves, with results of more bytes than ``limit``."""
    places = {f.node for f in items}
    found = left(facts, converter(tool), "" if rule is None else rule.id, places)
    if not limit or not folds(rule):
        return found
    more = found.certain | (spared(facts, limit) & places)
    return Left(more, found.perhaps - more)


def _is_half(facts: Facts) -> bool:
    return "float16" in facts.parameters.bytes_by_dtype


def folds(rule: Rule | None) -> bool:
    return rule is not None and rule.subject == "surplus" and rule.selector == ("foldable",)
