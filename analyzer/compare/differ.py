"""What is not the same about the operators of two models, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.compare.record import Change, Difference
from analyzer.compare.settings import differences
from analyzer.compare.wiring import rewired
from analyzer.operators.record import Kind

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from analyzer.compare.match import Matching
    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part
    from analyzer.compare.settings import Setting

HALF = frozenset({"float16", "bfloat16"})
ABSENT = "absent"


def find_changes(matching: Matching) -> tuple[list[Change], int, int]:
    """Changes; operators that are the same in both; those of them with another name."""
    changes: list[Change] = []
    same = renamed = 0
    for before, after in matching.partner.items():
        old, new = matching.old.parts[before], matching.new.parts[after]
        found = tuple(_differences(matching, old, new))
        if found:
            changes.append(Change(old.node, new.node, found))
        else:
            same += 1
            renamed += (old.node.scope, old.node.name) != (new.node.scope, new.node.name)
    changes += [Change(part.node, None) for part in _left(matching.old, matching.partner)]
    changes += [Change(None, part.node) for part in _left(matching.new, matching.back)]
    return changes, same, renamed


def _left(network: Wired, paired: Mapping[int, int]) -> Iterator[Part]:
    return (part for part in network.parts if part.index not in paired)


def _differences(matching: Matching, old: Part, new: Part) -> Iterator[Difference]:
    one, other = old.node, new.node
    found = tuple(_aspects(matching, old, new))
    yield from found
    if not found and one.macs != other.macs:
        yield Difference("MACs", *(f"{units.count(node.macs)} MACs" for node in (one, other)))
    elif not found and one.flops != other.flops and old.takes != new.takes:
        yield Difference("FLOPs", *(f"{units.count(node.flops)} FLOPs" for node in (one, other)))


def _aspects(matching: Matching, old: Part, new: Part) -> Iterator[Difference]:
    one, other = old.node, new.node
    if (one.domain, one.op_type) != (other.domain, other.op_type):
        yield Difference("operator", _operator(old), _operator(new))
    coarse = bool(HALF & {tensor.dtype for node in (one, other) for tensor in node.outputs})
    if old.record is new.record or one.op_type == other.op_type:
        for name, before, after in differences(old.settings, new.settings, coarse=coarse):
            texts = _spelled(old, new, name, before), _spelled(new, old, name, after)
            if None not in texts:
                yield Difference(name, *filter(None, texts))
    if old.types != new.types:
        yield Difference("type", *_types(old, new))
    if old.arity != new.arity:
        yield Difference("inputs", f"{old.arity} inputs", f"{new.arity} inputs")
    else:
        slot = rewired(matching, old, new)
        if slot is not None:
            yield Difference("sources", *(_from(part, slot) for part in (old, new)))
    ends = _outputs(matching, old, new)
    if ends[0] != ends[1]:
        yield Difference("outputs", *ends)
    if one.executions_range != other.executions_range:
        runs = (units.span(*node.executions_range) for node in (one, other))
        yield Difference("runs", *(f"{run} runs" for run in runs))


def _from(part: Part, slot: int) -> str:
    tensor = part.call.input(slot)
    return f"from {tensor.name}" if tensor is not None else ABSENT


def _spelled(part: Part, other: Part, name: str, value: Setting) -> str | None:
    """A setting for people; ``None`` where it is something computed, whose maker says the rest."""
    stated = other.settings.get(name)
    if value is None and stated is not None and stated.slot is not None:
        stored = [part.call.input(each.slot) for each in part.operands if each.kind == DATA]
        sizes = [tensor.elements for tensor in stored if tensor is not None and tensor.elements]
        if sizes and min(sizes) > 1:
            return f"{min(sizes):,} elements"
        fed = part.call.input(stated.slot) is not None
        return None if fed and part.arity == other.arity else ABSENT
    return spelled(value)


DATA = Kind.DATA.value


def _outputs(matching: Matching, old: Part, new: Part) -> tuple[str, str]:
    """Outputs of the graph that it makes, of those that both graphs have; equal if they are."""
    sides = [
        {end: slot for slot, end in part.exports}
        if part.node.scope
        else _ends(matching, part, which)
        for which, part in enumerate((old, new))
    ]
    if sides[0] == sides[1]:
        return "", ""
    before, after = (
        _made(part, side.values()) for part, side in zip((old, new), sides, strict=True)
    )
    return before, after


def _ends(matching: Matching, part: Part, which: int) -> dict[Hashable, int]:
    """Outputs of the graph that come from an operator, and in the other model from another that is
    in both."""
    makers, others = matching.makers[which], matching.makers[1 - which]
    paired = matching.back if which == 0 else matching.partner
    slots = {end: slot for slot, end in part.exports}
    return {
        end: slots.get(end, 0)
        for end in matching.made_by(which, part)
        if makers[end] is part and end in others and others[end].index in paired
    }


def _made(part: Part, slots: Iterable[int]) -> str:
    names = [part.call.outputs[slot] for slot in sorted(slots) if slot < len(part.call.outputs)]
    listed = ", ".join(tensor.name for tensor in names if tensor is not None)
    places = ",".join(map(str, sorted(slots)))
    return f"output {listed} at {places}" if listed else "no output"


def _operator(part: Part) -> str:
    node = part.node
    return f"{node.domain}::{node.op_type}" if node.domain else node.op_type


def _types(old: Part, new: Part) -> tuple[str, str]:
    """Types of the outputs; the element types alone where all shapes are the same."""
    listed = [
        [(t.dtype or units.UNKNOWN, units.shape(t.shape)) for t in part.node.outputs]
        for part in (old, new)
    ]
    alike = [shape for _, shape in listed[0]] == [shape for _, shape in listed[1]]
    old_, new_ = (", ".join(d if alike else f"{d} {s}" for d, s in side) for side in listed)
    return old_, new_


def spelled(value: Setting) -> str:
    """A setting as people write it.

    >>> spelled(1e-05), spelled((1, -1)), spelled(None), spelled(0.1)
    ('1e-5', '1,-1', 'absent', '0.1')
    """
    if value is None:
        return ABSENT
    if isinstance(value, tuple):
        return ",".join(map(spelled, value)) or "none"
    if isinstance(value, float):
        return f"{value:.6g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return str(value)
