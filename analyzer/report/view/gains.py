"""Small changes after which further targets take all of a model, and how each is made."""

from __future__ import annotations

from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from analyzer.language import _, series
from analyzer.report.view.edited import reshaping, stating
from analyzer.report.view.options.form import REPLACEABLE, Level
from analyzer.report.view.pace import prices
from analyzer.sanitise import widths

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.deployment import Edit, TargetFit
    from analyzer.facts import Assumption, Facts
    from analyzer.report.result import Result
    from analyzer.report.view.action import Action
    from analyzer.ruleset.rule import Rule

NAMED = 3
"""Sizes and types of operators that a change is told with."""
STRUCTURE = "structure"
"""Category of the rules about operators that others can stand for."""
FIXED = "python -m onnxruntime.tools.make_dynamic_shape_fixed {} MODEL NEW"
"""What fixes open sizes: one name, or one input, in each run."""
UNLISTED = "python -m onnxruntime.tools.remove_initializer_from_input --input MODEL --output NEW"


class Gain(NamedTuple):
    """A change, and the targets that take all of the model then."""

    edit: Edit
    targets: tuple[str, ...]
    """Their ids, in the order in which targets are told."""


def gains(fits: Sequence[TargetFit]) -> tuple[Gain, ...]:
    """The fewest changes: each target is told once, with what helps most targets."""
    helped: dict[str, dict[str, Edit]] = {}
    for fit in fits:
        for edit in fit.edits:
            if edit.verdict == "whole":
                helped.setdefault(edit.text, {})[fit.target] = edit
    found, told = [], set[str]()
    for edits in sorted(helped.values(), key=len, reverse=True):
        if new := tuple(target for target in edits if target not in told):
            found.append(Gain(next(iter(edits.values())), new))
            told.update(new)
    return tuple(found)


def sizes_of(facts: Facts, edit: Edit) -> dict[str, int]:
    """By the name of an open size, what it is fixed at."""
    found: dict[str, int] = {}
    for each in facts.assumptions:
        shape = edit.sizes.get(each.input, ())
        if each.axis < len(shape):
            found.setdefault(each.name, shape[each.axis])
    return found


def removed_types(facts: Facts, edit: Edit) -> Counter[str]:
    """Types of the operators that go."""
    removed = frozenset(edit.removed)
    return Counter(node.op_type for node in facts.nodes if node.id in removed)


def is_done_by(edit: Edit, rule: Rule | None, places: Collection[str]) -> bool:
    """Whether a rule with findings at ``places`` asks for that change."""
    if rule is None:
        return False
    if edit.kind == "constant":
        return rule.id == REPLACEABLE
    return edit.kind == "removal" and rule.subject == "surplus" and {*edit.removed} <= {*places}


def won_by(
    fits: Sequence[TargetFit], rule: Rule | None, places: Collection[str]
) -> tuple[TargetFit, ...]:  # fmt: skip
    """Targets that take all of the model once what a rule asks for at ``places`` is done."""
    return tuple(
        fit for fit in fits
        if any(each.verdict == "whole" and is_done_by(each, rule, places) for each in fit.edits)
    )  # fmt: skip


def replacing(result: Result, fit: TargetFit) -> str:
    """The rule that asks to write other operators in the place of what blocks first, at as many
    places at least; empty for none."""
    first = next(iter(fit.blockers), None)
    if first is None or not first.certain or not first.op_type:
        return ""
    domain, _, name = first.op_type.rpartition("::")
    places = Counter(finding.rule for finding in result.places if finding.category == STRUCTURE)
    written = (rule for rule in result.rules if places[rule.id] >= max(first.count, 1))
    return next((rule.id for rule in written
                 if any((domain, name) in statement for pattern in rule.operators
                        for statement in pattern)), "")  # fmt: skip


def impact_on(won: Sequence[TargetFit]) -> Level:
    """High where one of these targets multiplies nothing of the model as it is, else medium."""
    if not won:
        return "low"
    idle = (fit.verdict == "no" or fit.macs_share == 0 for fit in won)
    return "high" if any(idle) else "medium"


def command_of(facts: Facts, edit: Edit) -> tuple[str, tuple[str, ...]]:
    """What makes a change, and the arguments with which it has to be run again on what it wrote;
    empty where there is no such tool, or a name cannot be typed."""
    if edit.kind == "constant":
        return UNLISTED, ()
    if edit.reshapes:
        return reshaping(facts, edit.reshapes), ()
    if edit.opset or edit.ir:
        return stating(facts, opset=edit.opset, ir=edit.ir), ()
    first, *others = _arguments(facts, edit) or ("",)
    return FIXED.format(first) if first else "", tuple(others)


def unlocking(action: Action) -> str:
    """Targets that take all of the model afterwards; empty for none."""
    if not action.unlocks:
        return ""
    return _("then all operators on {targets}", targets=series(list(action.unlocks)))


def dearer(action: Action) -> str:
    """How many times as long it takes on devices other than the first; empty where nowhere."""
    if not action.slower_on:
        return ""
    return _("takes longer by the roofline model: {prices}",
             prices=prices(action.slower_on, action.slower_factors))  # fmt: skip


def _arguments(facts: Facts, edit: Edit) -> tuple[str, ...]:
    """A name with its size for each run; an input with its shape where it has sizes without a name,
    or is the only one and has several."""
    open_: dict[str, list[Assumption]] = {}
    for each in facts.assumptions:
        if each.axis < len(edit.sizes.get(each.input, ())):
            open_.setdefault(each.input, []).append(each)
    if not all(map(_is_typed, (each for name, dims in open_.items()
                               for each in (name, *(d.dim for d in dims))))):  # fmt: skip
        return ()
    shaped = {
        name: dims for name, dims in open_.items()
        if not all(each.is_named for each in dims) or (len(open_) == 1 < len(dims))
    }  # fmt: skip
    known = {each.dim for dims in shaped.values() for each in dims}
    named = {each.dim: edit.sizes[each.input][each.axis] for dims in open_.values() for each in dims
             if each.dim not in known}  # fmt: skip
    by_name = [f"--dim_param {quote(name)} --dim_value {size}" for name, size in named.items()]
    return (*_shapes(shaped, edit.sizes), *by_name)


def _shapes(inputs: Collection[str], sizes: Mapping[str, tuple[int, ...]]) -> list[str]:
    return [f"--input_name {quote(name)} --input_shape {','.join(map(str, sizes[name]))}"
            for name in inputs]  # fmt: skip


def _is_typed(name: str) -> bool:
    return name.isprintable() and "`" not in name and len(name) <= widths.NAME
