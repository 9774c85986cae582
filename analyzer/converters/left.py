"""What a tool that cleans up leaves as it is, of what a rule names, by records alone."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from analyzer.patterns.wires import makers_before, wires_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

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
    if limit.spreads:
        known = facts.once(_spread)
        if limit not in known:
            known[limit] = _reached(facts, limit, facts.nodes)
        return known[limit] & {*places}
    return _reached(facts, limit, [node for node in facts.nodes if node.id in places])


def _spread(facts: Facts) -> dict[Leaving, set[str]]:
    """Operators that limits which spread reach, whatever is asked for: filled as they are."""
    return {}


def _reached(facts: Facts, limit: Leaving, nodes: Iterable[Node]) -> set[str]:
    found: set[str] = set()
    onwards = limit.spreads or limit.named
    for node in nodes:  # each after those it reads
        behind = found and onwards and any(m.id in found for m in makers_before(facts, node))
        if behind or _is_met(facts, limit, node):
            found.add(node.id)
    return found


def _returned(facts: Facts) -> frozenset[str]:
    return frozenset(tensor.name for tensor in facts.outputs)


def _stored(facts: Facts) -> dict[str, StoredTensor]:
    return {tensor.name: tensor for tensor in facts.parameters.tensors}


def _is_met(facts: Facts, limit: Leaving, node: Node) -> bool:
    asked = False
    for true in chain(_by_itself(facts, limit, node), _by_operands(facts, limit, node)):
        if not true:
            return False
        asked = True
    return asked


def _by_itself(facts: Facts, limit: Leaving, node: Node) -> Iterator[bool]:
    """What the limit asks of the operator."""
    if limit.operators:
        yield node.op_type in limit.operators
    if limit.domains:
        yield node.domain in limit.domains
    if limit.bodies:
        yield bool(node.scope)
    if limit.returned:
        yield not node.scope and not facts.once(_returned).isdisjoint(t.name for t in node.outputs)
    if limit.functions:
        yield bool(node.scope) and node.extent is None
    if limit.open:
        yield bool(facts.assumptions)
    if limit.zeros:
        yield not _is_zero(facts, node)


def _by_operands(facts: Facts, limit: Leaving, node: Node) -> Iterator[bool]:
    """What the limit asks of what the operator reads."""
    if limit.first:
        yield node.inputs[:1] != () and node.inputs[0] in facts.once(_stored)
    if limit.single:
        made = _constant(facts, node)
        yield made is not None and made.elements == 1
    if limit.behind:
        yield _is_beyond(facts, limit.behind, node)
    if limit.grouped:
        yield _is_grouped(limit.grouped, makers_before(facts, node), _constant(facts, node))
    if limit.reshaped:
        yield _is_reshaped(facts, node, facts.once(_stored))
    if limit.gathered:
        yield _is_gathered(facts, node)
    if limit.axis:
        yield _is_turned(facts, node)


def _constant(facts: Facts, node: Node) -> StoredTensor | None:
    """The first stored tensor that it reads."""
    stored = facts.once(_stored)
    return next((stored[name] for name in node.inputs if name in stored), None)


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
    return not facts.once(_zeros).isdisjoint(node.inputs)


def _zeros(facts: Facts) -> frozenset[str]:
    found = () if facts.evidence is None else facts.evidence.tensors
    return frozenset(each.name for each in found if each.values.zeros == each.values.elements)


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
