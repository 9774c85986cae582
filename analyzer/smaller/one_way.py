"""A network whose recurrent layers read forwards only, counted operator by operator.

Without the backward direction a layer hands on half as many features, and what reads them takes
half as many inputs: the next layer, a product, a concatenation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.costs import cost
from analyzer.facts import Tensor
from analyzer.graph.adjacency import vertices
from analyzer.graph.call import MALFORMED, Unknown
from analyzer.operators import record_of
from analyzer.operators.record import Kind
from analyzer.smaller.followed import is_absent, outputs_of
from analyzer.smaller.rows import Shortened, Unfollowed

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.facts import Facts, Shape
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call
    from analyzer.smaller.rows import Axes

HELD = frozenset({"weight", "buffer", "quantization"})
"""Roles of what ``Parameters.kept_bytes`` adds up."""


class Less(NamedTuple):
    """What a network without something takes less."""

    macs: int
    bytes: int
    """Of weights, buffers, scales and zero points."""


def one_way(facts: Facts, layers: Collection[str]) -> Less | None:
    """Without the backward direction of those recurrent layers, by ``Node.id``.

    ``None`` where one is in a body or a function, or where nobody knows how what comes behind
    follows.
    """
    if facts.parameters.unlisted or any(facts[layer].scope for layer in layers):
        return None
    walk = _Walk(facts, layers)
    try:
        macs = sum(walk.saved(node, place) for node, place in vertices(facts.graph))
        return Less(macs, walk.bytes())
    except (Unfollowed, Unknown, *MALFORMED):
        return None


class _Walk:
    """The operators in their order, with what is left of what they hand on."""

    def __init__(self, facts: Facts, layers: Collection[str]) -> None:
        self.facts, self.layers = facts, layers
        self.left: dict[str, Axes] = {}
        """Tensors some of which is gone."""
        self.stored: dict[str, set[Shape]] = {}
        """Shapes at which operators read a stored tensor then."""
        self.lost: set[str] = set()
        """What operators read that are not there then."""
        self.held = {t.name: t for t in facts.parameters.tensors if not t.scope}

    def saved(self, node: str, place: Vertex) -> int:
        """MACs that an operator does not take then; raises ``Unfollowed``."""
        call = place.call
        names = {tensor.name for tensor in call.inputs if tensor is not None} | place.implicit
        if place.scope or (node not in self.layers and names.isdisjoint(self.left)):
            self._read(call, call)
            return 0
        record = record_of(call)
        if record is None or place.runs:
            raise Unfollowed  # a body, or an operator that nobody described
        whole = tuple((None,) * len((t and t.shape) or ()) for t in call.inputs)
        inputs = tuple(
            self.left.get(t.name, axes) if t is not None and slot not in place.constants else axes
            for slot, (t, axes) in enumerate(zip(call.inputs, whole, strict=True))
        )
        each = Shortened(call, record, inputs, place.constants, {}, node in self.layers)
        outputs = outputs_of(each)
        for tensor, axes in zip(call.outputs, outputs, strict=True):
            if tensor is not None and (axes is None or any(axes)):
                self.left[tensor.name] = axes
        if place.exports and any(outputs[slot] is None for slot in place.exports):
            raise Unfollowed  # a result of the model would be gone
        return self._count(node, each, outputs)

    def _count(self, node: str, each: Shortened, outputs: tuple[Axes, ...]) -> int:
        now = self.facts[node]
        if now.macs is None:
            raise Unfollowed  # nobody counted it today
        if is_absent(each, outputs):
            self.lost |= {tensor.name for tensor in each.call.inputs if tensor is not None}
            return now.macs * now.counted
        then = _resized(each, outputs)
        self._read(each.call, then)
        made = each.fits.keys() - {slot for slot, t in enumerate(each.call.inputs)
                                   if t is not None and t.name in self.held}  # fmt: skip
        if any(
            kind is None or kind.kind is not Kind.STATE for kind in map(each.record.operand, made)
        ):
            raise Unfollowed  # weights that other operators make
        macs = cost(then).macs if now.macs else 0
        if macs is None:
            raise Unfollowed  # its cost is not known then
        return (now.macs - macs) * now.counted

    def _read(self, now: Call, then: Call) -> None:
        for before, after in zip(now.inputs, then.inputs, strict=True):
            if before is not None and before.name in self.held:
                self.stored.setdefault(before.name, set()).add(after.shape if after else None)

    def bytes(self) -> int:
        """Bytes of stored tensors that are smaller then, or that nothing reads any more."""
        saved = 0
        for name, tensor in self.held.items():
            shapes = self.stored.get(name, set())
            if tensor.role not in HELD or not tensor.bytes or shapes == {tensor.shape}:
                continue
            if not shapes and name not in self.lost:
                continue  # nothing reads it today either
            if len(shapes) > 1:
                raise Unfollowed  # a tensor that two layers share would need two sizes
            then = Tensor(name, tensor.dtype, *shapes).bytes if shapes else 0
            if then is None:
                raise Unfollowed  # a type whose size nobody knows
            saved += tensor.bytes - then
        return saved


def _resized(each: Shortened, outputs: tuple[Axes, ...]) -> Call:
    """The call with what is left of its operands."""
    call = each.call
    inputs = tuple(
        _shrunk(tensor, each.fits.get(slot) or each.inputs[slot])
        for slot, tensor in enumerate(call.inputs)
    )
    found = tuple(_shrunk(*each) for each in zip(call.outputs, outputs, strict=True))
    attributes = {**call.attributes, "direction": "forward"} if each.turned else call.attributes
    return replace(call, attributes=attributes, inputs=inputs, outputs=found)


def _shrunk(tensor: Tensor | None, axes: Axes) -> Tensor | None:
    if tensor is None or axes is None:
        return None
    if not any(axes):
        return tensor
    sizes = zip(tensor.shape or (), axes, strict=True)
    return Tensor(
        tensor.name,
        tensor.dtype,
        tuple(size if rows is None else sum(rows) for size, rows in sizes),
    )
