"""What is not the same about the operators of two models, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.compare.record import Change, Difference
from analyzer.compare.settings import differences

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from analyzer.compare.match import Matching
    from analyzer.compare.network import Network, Part
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


def _left(network: Network, paired: Mapping[int, int]) -> Iterator[Part]:
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
            yield Difference(name, spelled(before), spelled(after))
    if old.types != new.types:
        yield Difference("type", *_types(old, new))
    if old.arity != new.arity:
        yield Difference("inputs", f"{old.arity} inputs", f"{new.arity} inputs")
    elif _rewired(matching, old, new):
        yield Difference("sources", *_feeding(matching, old, new))
    if one.executions_range != other.executions_range:
        runs = (units.span(*node.executions_range) for node in (one, other))
        yield Difference("runs", *(f"{run} runs" for run in runs))


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


def _rewired(matching: Matching, old: Part, new: Part) -> bool:
    """Whether something that is in both models feeds one of the two, and not the other.

    What came or went is a change of its own, which says enough about those it feeds.
    """
    before, after = _feeds(old), _feeds(new)
    if old.record is not None and old.record.commutes:
        return _rewired_anyhow(matching, before, after)
    return any(
        _is_elsewhere(matching, before[slot], after[slot]) for slot in before.keys() & after.keys()
    )


def _feeds(part: Part) -> dict[int, Hashable]:
    """What feeds each slot: (operator, output slot), or an input of the graph."""
    found: dict[int, Hashable] = {slot: ("input", which) for slot, which in part.given}
    found.update((source.slot, (source.part, source.port)) for source in part.sources
                 if source.slot >= 0)  # fmt: skip
    return found


def _is_elsewhere(matching: Matching, before: Hashable, after: Hashable) -> bool:
    wanted = _translated(matching, before)
    return wanted is not None and _known(matching, after) and wanted != after


def _translated(matching: Matching, before: Hashable) -> Hashable | None:
    """The same source in the new model; ``None`` where it has gone."""
    match before:
        case ("input", int()):
            return before
        case (int(part), int(port)) if part in matching.partner:
            return matching.partner[part], port
    return None


def _known(matching: Matching, after: Hashable) -> bool:
    """Whether a source of the new model is in the old one, too."""
    match after:
        case (int(part), int()):
            return part in matching.back
    return True


def _rewired_anyhow(
    matching: Matching, before: Mapping[int, Hashable], after: Mapping[int, Hashable]
) -> bool:
    """The same for operators of which the order of inputs does not matter."""
    wanted = [_translated(matching, source) for source in before.values()]
    given = list(after.values())
    if None in wanted or not all(_known(matching, source) for source in given):
        return False
    return sorted(map(repr, wanted)) != sorted(map(repr, given))


def _feeding(matching: Matching, old: Part, new: Part) -> tuple[str, str]:
    """The first source that is another one, for people."""
    before, after = _feeds(old), _feeds(new)
    slot = next(
        (s for s in sorted(before.keys() & after.keys())
         if _is_elsewhere(matching, before[s], after[s])), min(before, default=0),
    )  # fmt: skip
    names = []
    for part in (old, new):
        tensor = part.call.input(slot)
        names.append(f"from {tensor.name}" if tensor is not None else ABSENT)
    return names[0], names[1]


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
        return f"{value:.6g}".replace("e-0", "e-").replace("e+0", "e")
    return str(value)
