"""What a tool that cleans up leaves as it is, of what a rule names, by records alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from analyzer.patterns.wires import makers_before, wires_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.converters.converter import Converter, Leaving
    from analyzer.facts import Facts, Node, StoredTensor


class Left(NamedTuple):
    """Places of a rule's findings that stay."""

    certain: frozenset[str]
    perhaps: frozenset[str]
    """Of the others, those that may stay."""


def left(facts: Facts, tool: Converter, rule: str, places: Collection[str]) -> Left:
    """Which of ``places``, ids of operators or names of tensors, ``tool`` leaves as they are."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    wanted = {*places}
    for limit in tool.leaves:
        if not limit.rules or rule in limit.rules:
            found[limit.certain] |= _met(facts, limit, wanted)
    return Left(frozenset(found[True]), frozenset(found[False] - found[True]))


def _met(facts: Facts, limit: Leaving, places: Collection[str]) -> set[str]:
    if limit.elements:
        return {t.name for t in facts.parameters.tensors
                if t.name in places and (t.elements or 0) >= limit.elements}  # fmt: skip
    stored = _stored(facts)
    found: set[str] = set()
    for node in facts.nodes:  # each after those it reads
        if not limit.spreads and node.id not in places:
            continue
        onwards = limit.spreads or limit.named
        behind = onwards and any(each.id in found for each in makers_before(facts, node))
        if behind or _is_met(facts, limit, node, stored):
            found.add(node.id)
    return found & {*places}


def _stored(facts: Facts) -> dict[str, StoredTensor]:
    return {tensor.name: tensor for tensor in facts.parameters.tensors}


def _is_met(
    facts: Facts, limit: Leaving, node: Node, stored: Mapping[str, StoredTensor]
) -> bool:  # fmt: skip
    constants = [name in stored for name in node.inputs]
    made = stored[node.inputs[constants.index(True)]] if any(constants) else None
    makers = makers_before(facts, node)
    asked = (
        (limit.functions, bool(node.scope) and node.extent is None),
        (limit.bodies, bool(node.scope)),
        (bool(limit.domains), node.domain in limit.domains),
        (bool(limit.operators), node.op_type in limit.operators),
        (bool(limit.behind), not limit.behind or _is_beyond(facts, limit.behind, node)),
        (limit.single, made is not None and made.elements == 1),
        (limit.first, constants[:1] == [True]),
        (bool(limit.grouped), bool(limit.grouped) and _is_grouped(limit.grouped, makers, made)),
        (limit.open, bool(facts.assumptions)),
        (limit.zeros, not _is_zero(facts, node)),
        (limit.reshaped, _is_reshaped(facts, node, stored)),
        (limit.gathered, _is_gathered(facts, node)),
        (limit.axis, _is_turned(facts, node)),
    )
    return any(wanted for wanted, _ in asked) and all(true for wanted, true in asked if wanted)


def _is_beyond(facts: Facts, layers: Sequence[str], node: Node) -> bool:
    """Whether no chain of operators with one constant leads to one of ``layers``."""
    while True:
        makers = [each for each in makers_before(facts, node) if each.op_type != "Constant"]
        if not makers:
            return True
        node = makers[0]
        if node.op_type in layers:
            return False
        if node.op_type not in ("Add", "Mul") and not (
            node.op_type == "Sub" and _is_zero(facts, node)
        ):
            return True


def _is_grouped(
    layers: Sequence[str], makers: Sequence[Node], constant: StoredTensor | None
) -> bool:  # fmt: skip
    """Whether the constant has more values than the weight has channels on its second axis."""
    conv = next((each.conv for each in makers if each.op_type in layers), None)
    return constant is not None and conv is not None and conv.groups > 1


def _is_zero(facts: Facts, node: Node) -> bool:
    """Whether a constant that it reads is known to hold nothing but zeros."""
    found = () if facts.evidence is None else facts.evidence.tensors
    return any(
        each.name in node.inputs and each.values.zeros == each.values.elements for each in found
    )


def _is_reshaped(facts: Facts, node: Node, stored: Mapping[str, StoredTensor]) -> bool:
    """Whether what it reads, perhaps turned, was given a shape that operators compute."""
    makers = makers_before(facts, node)
    while makers and makers[0].op_type == "Transpose":
        makers = makers_before(facts, makers[0])
    shaped = makers[0].inputs if makers and makers[0].op_type == "Reshape" else ()
    return len(shaped) > 1 and shaped[1] not in stored


def _is_gathered(facts: Facts, node: Node) -> bool:
    """Whether it transposes a constant that nothing else reads but one Gather, as its table."""
    if node.op_type != "Transpose" or not node.inputs:
        return False
    read = wires_of(facts).readers.get((node.scope, node.inputs[0]), {})
    kinds = Counter(each.op_type for each in read.values())
    return kinds == Counter(("Gather", "Transpose")) and any(
        each.op_type == "Gather" and each.inputs[0] == node.inputs[0] for each in read.values()
    )


def _is_turned(facts: Facts, node: Node) -> bool:
    """Whether the first of those that it joins and that are joined themselves are joined along
    another axis."""
    makers = wires_of(facts).makers
    joined = (makers.get((node.scope, name)) for name in node.inputs)
    first = next((each for each in joined if each is not None and each.op_type == "Concat"), None)
    if first is None:
        return False
    axes = _axis(facts, first), _axis(facts, node)
    return None not in axes and axes[0] != axes[1]


def _axis(facts: Facts, node: Node) -> int | None:
    """Along which tensors are joined, by their sizes; ``None`` where these do not tell."""
    makers = wires_of(facts).makers
    known = {tensor.name: tensor.shape for tensor in facts.inputs}
    whole = node.outputs[0].shape
    if whole is None:
        return None
    for name in node.inputs:
        maker = makers.get((node.scope, name))
        shape = known.get(name)
        if maker is not None:
            shape = next((t.shape for t in maker.outputs if t.name == name), None)
        if shape is not None and len(shape) == len(whole):
            turned = [axis for axis, side in enumerate(shape) if side != whole[axis]]
            if len(turned) == 1:
                return turned[0]
    return None
