"""What rules are evaluated on: facts → one subject at a time, with its groups and identity."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.facts import Tensor
from analyzer.ruleset.fields import COMMON, LAYER, STORED
from analyzer.ruleset.sandbox import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from analyzer.evidence import LayerEvidence
    from analyzer.facts import Block, Facts, Node, Saving


class Subject(NamedTuple):
    """One thing a rule can have an opinion about; a tuple, since each node becomes one."""

    kind: str
    """What ``applies-to`` selects by: operator type, block kind, tensor role, problem code."""
    place: str
    """Where a finding about it points: node id, tensor name; empty for the model."""
    name: str
    """What people call it, for fingerprints: scope and own name; survives renamed tensors."""
    structure: Callable[[], tuple[object, ...]]
    """What it is whatever its name: operator, kernel, channels. No figure that depends on how
    open dimensions were bound, or a fingerprint would change with them. Called for findings
    only: most subjects match no rule."""
    groups: Mapping[str, Any]
    """Fact records by group name, those of ``COMMON`` excluded."""
    saving: Saving | None = None


def common_groups(facts: Facts) -> dict[str, Any]:
    """The groups about the whole model."""
    return {name: getattr(facts, name) for name in COMMON}


class Subjects:
    """The subjects of one model, made once however many rules ask."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._made: dict[str, dict[str, list[Subject]]] = {}

    def select(self, subject: str, selector: Iterable[str]) -> Iterable[Subject]:
        """Subjects of one sort, restricted to the kinds in ``selector`` unless it is empty."""
        if subject not in self._made:
            by_kind: dict[str, list[Subject]] = {}
            for made in _MAKERS[subject](self.facts):
                by_kind.setdefault(made.kind, []).append(made)
            self._made[subject] = by_kind
        by_kind = self._made[subject]
        for kind in selector or by_kind:
            yield from by_kind.get(kind, ())


_UNREAD: Mapping[str, Any] = dict.fromkeys(LAYER, UNKNOWN)
_NOT_STORED: Mapping[str, Any] = dict.fromkeys(STORED, UNKNOWN)


def _audit(facts: Facts) -> dict[str, Any]:
    """The group about all weights together."""
    return {"audit": UNKNOWN if facts.evidence is None else facts.evidence}


def _evidence(layer: LayerEvidence | None) -> Mapping[str, Any]:
    """The groups about a layer's weights; most layers have none."""
    if layer is None:
        return _UNREAD
    known = {"weights": layer.values, "filters": layer.filters, "kernel": layer.kernel,
             "separability": layer.separability}  # fmt: skip
    return {name: UNKNOWN if record is None else record for name, record in known.items()}


def _nodes(facts: Facts) -> Iterator[Subject]:
    layers = facts.evidence.layers if facts.evidence else {}
    blocks = {node: block for block in facts.blocks for node in block.nodes}
    audit = _audit(facts)
    for node in facts.nodes:
        known = {"conv": node.conv, "saving": node.saving, "block": blocks.get(node.id)}
        yield Subject(
            kind=node.op_type
            if node.domain in ("", "ai.onnx")
            else f"{node.domain}.{node.op_type}",
            place=node.id,
            name=f"{node.scope}/{node.name}" if node.name else node.id,
            structure=partial(_node_structure, node),
            groups={"node": node, **{k: UNKNOWN if v is None else v for k, v in known.items()},
                    **_evidence(layers.get(node.id)), **audit},
            saving=_saving(node),
        )  # fmt: skip


def _saving(node: Node) -> Saving | None:
    """Without the weights of another operator, where the two share them."""
    if node.saving is None or node.saved_params == node.saving.params:
        return node.saving
    return replace(node.saving, params_now=0, params_after=0)


def _node_structure(node: Node) -> tuple[object, ...]:
    conv = node.conv
    shape = (
        (conv.kernel_shape, conv.in_channels, conv.out_channels, conv.groups, conv.strides,
         conv.dilations)
        if conv else (node.params,)
    )  # fmt: skip
    dtypes = tuple(tensor.dtype for tensor in node.outputs)
    return (node.domain, node.op_type, len(node.inputs), dtypes, *shape)


def _blocks(facts: Facts) -> Iterator[Subject]:
    nodes = {node.id: node for node in facts.nodes}
    for block in facts.blocks:
        members = [nodes[key] for key in block.nodes if key in nodes]
        name = f"{members[0].scope}/{members[0].name}" if members and members[0].name else ""
        yield Subject(
            kind=block.kind,
            place=_first(block),
            name=name or _first(block),
            structure=partial(_block_structure, block, members),
            groups={"block": block},
        )


def _block_structure(block: Block, members: list[Node]) -> tuple[object, ...]:
    return (block.kind, *(_node_structure(node) for node in members))


def _first(block: Block) -> str:
    return block.nodes[0] if block.nodes else ""


def _tensors(facts: Facts) -> Iterator[Subject]:
    ends = {tensor.name for tensor in facts.outputs}
    roles: list[tuple[str, str, Tensor]] = [("input", "", t) for t in facts.inputs]
    roles += [("output", "", t) for t in facts.outputs]
    for node in facts.nodes:
        inner = (t for t in node.outputs if t.name and (node.scope or t.name not in ends))
        roles += [("intermediate", node.scope, t) for t in inner]
    audit = _audit(facts)
    for role, scope, tensor in roles:
        rank = None if tensor.shape is None else len(tensor.shape)
        yield Subject(
            kind=role,
            place=tensor.name,
            name=f"{scope}/{tensor.name}",
            structure=partial(tuple, (role, tensor.dtype, rank)),
            groups={"tensor": tensor, **_NOT_STORED, **audit},
        )
    for stored in facts.evidence.tensors if facts.evidence else ():
        values = stored.values
        yield Subject(
            kind="stored",
            place=stored.where,
            name=f"{stored.where}/{stored.name}",
            structure=partial(tuple, (stored.operator, stored.kind, values.dtype, values.elements)),
            groups={"tensor": Tensor(stored.name, values.dtype), "stored": stored,
                    "weights": values, **audit},
        )  # fmt: skip


def _problems(facts: Facts) -> Iterator[Subject]:
    for problem in facts.problems:
        yield Subject(
            kind=problem.code,
            place=problem.where,
            name=problem.where,
            structure=partial(tuple, (problem.code,)),
            groups={"problem": problem},
        )


def _breaches(facts: Facts) -> Iterator[Subject]:
    for breach in facts.breaches:
        yield Subject(
            kind=breach.family,
            place=breach.where,
            name=breach.where,
            structure=partial(tuple, (breach.code,)),
            groups={"breach": breach},
        )


def _assumptions(facts: Facts) -> Iterator[Subject]:
    for assumption in facts.assumptions:
        yield Subject(
            kind=assumption.reason,
            place=assumption.input,
            name=f"{assumption.input}/{assumption.axis}",
            structure=partial(tuple, (assumption.dim,)),
            groups={"assumption": assumption},
        )


def _model(facts: Facts) -> Iterator[Subject]:
    yield Subject(kind="model", place="", name="", structure=tuple, groups=_audit(facts))


_MAKERS: Mapping[str, Callable[[Facts], Iterator[Subject]]] = {
    "model": _model,
    "node": _nodes,
    "block": _blocks,
    "tensor": _tensors,
    "problem": _problems,
    "breach": _breaches,
    "assumption": _assumptions,
}
