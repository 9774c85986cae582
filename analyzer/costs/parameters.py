"""Which constants are parameters, where they are used, and how many there are.

Parameters are elements of float or quantised constants that act as weights
(design, section 2). The role of a constant is decided by the operators that
read it, seen through Identity, Cast, Transpose, Reshape and (De)QuantizeLinear,
and through the inputs of local functions; names play no part.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from analyzer.costs.positions import set_apart
from analyzer.costs.roles import Constant, Role, role_of
from analyzer.dataclass import dataclass
from analyzer.facts import Tensor
from analyzer.graph.call import MALFORMED
from analyzer.graph.tensors import dims, sparse_dims
from analyzer.model.dtypes import DTYPES
from analyzer.operators import find
from analyzer.shapes.fold import FOLDS
from analyzer.shapes.types import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.costs.aggregate import Runs
    from analyzer.graph.call import Call
    from analyzer.graph.scope import Program
    from analyzer.operators.record import Operator
    from analyzer.shapes.instance import Child, Instance
    from analyzer.shapes.sites import Site

Root = tuple[int, str]
"""A constant: index of the scope that defines it, and its name there."""


@dataclass(slots=True)
class Inventory:
    """Constants of the model and the input slots they feed."""

    constants: dict[Root, Constant]
    feeds: list[dict[int, tuple[Root, ...]]]
    """By site index: constants by input slot."""
    dequantized: set[tuple[int, str]] = field(default_factory=set)
    """(``id(instance)``, name) of float values that come out of DequantizeLinear."""

    def constant_slots(self, index: int) -> frozenset[int]:
        return frozenset(self.feeds[index])


def take_inventory(program: Program, sites: Sequence[Site]) -> Inventory:
    """Trace every constant to the operators that use it.

    Parameters
    ----------
    program, sites : the model and its operators, callers before callees.
    """
    inventory = Inventory({}, [])
    for scope in program.scopes:
        _add_initializers(inventory, program, scope.index)
    origins: dict[int, dict[str, tuple[Root, ...]]] = {}
    enclosing: dict[int, Instance] = {}
    for site in sites:
        known = origins.setdefault(id(site.instance), {})
        feeds: dict[int, tuple[Root, ...]] = {}
        for slot, name in enumerate(site.op.inputs):
            if name:
                roots = _lookup(name, site.instance, origins, enclosing, inventory)
                if roots:
                    feeds[slot] = roots
        inventory.feeds.append(feeds)
        for child in site.children:
            if child.label == "call":
                inner = program.scopes[child.instance.scope].inputs
                table = origins.setdefault(id(child.instance), {})
                for slot, name in enumerate(inner):
                    if slot in feeds:
                        old = table.get(name, ())
                        table[name] = old + tuple(r for r in feeds[slot] if r not in old)
            else:
                enclosing[id(child.instance)] = site.instance
                table = origins.setdefault(id(child.instance), {})
                table.update(
                    (n, feeds[s]) for s, n in _entering(program, site, child) if s in feeds
                )
        _record_uses(inventory, site, feeds)
        _produce(inventory, site, feeds, known)
    set_apart(program, sites, inventory.constants, inventory.feeds)
    return inventory


def _entering(program: Program, site: Site, child: Child) -> Iterator[tuple[int, str]]:
    """Inputs of a Loop or Scan that a body sees as they are: (slot, name in the body).

    These are what Scan slices (layers stacked along an axis) and what a Loop hands
    through unchanged; a state that changes is no constant inside.
    """
    op, body = site.op, program.scopes[child.instance.scope]
    if op.op_type == "Scan":
        first = 1 if site.call.version < 9 else 0
        states = len(op.inputs) - first - int(site.call.attr("num_scan_inputs", 0))
        yield from ((first + k, n) for k, n in enumerate(body.inputs) if k >= states)
    elif op.op_type == "Loop":
        same = {
            o.outputs[0]: o.inputs[0]
            for o in body.ops
            if o.op_type == "Identity" and o.inputs and o.outputs
        }
        for k, (before, after) in enumerate(zip(body.inputs[2:], body.outputs[1:], strict=False)):
            if same.get(after, after) == before:
                yield 2 + k, before


def reading_weights(inventory: Inventory) -> set[int]:
    """Indices of the sites that read a weight, shared or not."""
    weights = (c for c in inventory.constants.values() if c.role is Role.WEIGHT)
    return {index for constant in weights for index in constant.uses}


def params_by_site(inventory: Inventory, runs: Sequence[Runs]) -> list[Charge]:
    """Weights by site index, each constant at the first operator that uses it and is counted; of
    those that are not, at one that may run. ``runs`` are those of each site."""
    charged: list[list[Constant]] = [[] for _ in runs]
    idle = [(not each.counted, each.executions[1] == 0) for each in runs]
    for constant in inventory.constants.values():
        if constant.role is Role.WEIGHT and constant.uses:
            charged[min(constant.uses, key=lambda use: (idle[use], use))].append(constant)
    return [_charge(constants) if constants else NO_CHARGE for constants in charged]


class Charge(NamedTuple):
    """Parameters of one operator."""

    params: int
    text: str
    """How they add up: ``64·3·7·7 + 64``."""


NO_CHARGE = Charge(0, "")
MOST_SPELT = 6
"""Tensors of one operator whose shapes are spelt out."""


def _charge(constants: Sequence[Constant]) -> Charge:
    texts = [_spelt(constant) for constant in constants[:MOST_SPELT]]
    more = sum(constant.elements for constant in constants[MOST_SPELT:])
    text = " + ".join(text for text in (*texts, str(more or "")) if text)
    return Charge(sum(constant.elements for constant in constants), text)


def _spelt(constant: Constant) -> str:
    shape = constant.tensor.shape
    if not constant.elements:
        return ""
    if shape is None or len(shape) > MOST_SPELT or constant.elements != constant.tensor.elements:
        return str(constant.elements)  # packed, or of no known shape
    return "·".join(map(str, shape)) or "1"


def _add_initializers(inventory: Inventory, program: Program, index: int) -> None:
    scope = program.scopes[index]
    for name, proto in scope.constants.items():
        shape = None if name in scope.ambiguous else dims(proto)
        tensor = Tensor(name, DTYPES.get(proto.data_type), shape)
        inventory.constants[index, name] = Constant(tensor, tensor.bytes)
    for name, sparse in scope.sparse.items():
        dtype = DTYPES.get(sparse.values.data_type)
        stored = Tensor(name, dtype, dims(sparse.values)).bytes or 0
        stored += Tensor(name, "int64", dims(sparse.indices)).bytes or 0
        tensor = Tensor(name, dtype, sparse_dims(sparse))
        inventory.constants[index, name] = Constant(tensor, stored)


def _lookup(
    name: str,
    instance: Instance,
    origins: Mapping[int, dict[str, tuple[Root, ...]]],
    enclosing: Mapping[int, Instance],
    inventory: Inventory,
) -> tuple[Root, ...]:
    scope: Instance | None = instance
    while scope is not None:
        found = origins.get(id(scope), {}).get(name)
        if found is not None:
            return found
        if (scope.scope, name) in inventory.constants:
            return ((scope.scope, name),)
        if name in scope.types:
            return ()
        scope = enclosing.get(id(scope))
    return ()


def _produce(
    inventory: Inventory,
    site: Site,
    feeds: Mapping[int, tuple[Root, ...]],
    known: dict[str, tuple[Root, ...]],
) -> None:
    """Record which outputs of ``site`` are constants themselves."""
    op = site.op
    record = find(op.domain, op.op_type, site.call.version)
    if not op.outputs or record is None:
        return
    name, scope = op.outputs[0], site.instance.scope
    output = site.instance.types.get(name, UNKNOWN)
    if record.key == ("", "Constant"):
        tensor = Tensor(name, output.dtype, output.shape)
        inventory.constants.setdefault((scope, name), Constant(tensor, tensor.bytes, is_node=True))
    elif (
        record.key == ("", "ConstantOfShape")
        and site.call.values
        and site.call.values[0] is not None
    ):
        tensor = Tensor(name, output.dtype, output.shape)
        made = Constant(tensor, 0, generated=True)
        inventory.constants.setdefault((scope, name), made)
    else:
        roots: tuple[Root, ...] = ()
        if record.keeps_role:
            roots = feeds.get(0, ())
        elif _is_computed(site, feeds):
            parts = (root for slot in feeds for root in _parts(inventory, feeds, slot))
            roots = tuple(dict.fromkeys(parts))
        known.update((output_name, roots) for output_name in op.outputs if roots)
        before = {(id(site.instance), n) for n in op.inputs}
        if record.name == "DequantizeLinear" or before & inventory.dequantized:
            inventory.dequantized.update((id(site.instance), n) for n in op.outputs)


def _is_computed(site: Site, feeds: Mapping[int, tuple[Root, ...]]) -> bool:
    """True when the operator only prepares constants, as exporters do with weights of RNNs
    (sliced and joined gates) or weight normalisation: its result is a constant as well."""
    op = site.op
    present = sum(1 for name in op.inputs if name)
    return (
        op.standard in FOLDS
        and present > 0
        and len(feeds) == present
        and op.op_type != "ConstantOfShape"
    )


def _parts(
    inventory: Inventory, feeds: Mapping[int, tuple[Root, ...]], slot: int
) -> Iterator[Root]:
    """Constants at ``slot`` that live on in the result: not factors, indices or sizes."""
    for root in feeds[slot]:
        constant = inventory.constants[root]
        dtype = constant.tensor.dtype or ""
        lives_on = constant.elements > 1 and (slot == 0 or "float" in dtype)
        if lives_on and not constant.generated:
            yield root


def _record_uses(inventory: Inventory, site: Site, feeds: Mapping[int, tuple[Root, ...]]) -> None:
    if any(c.label == "call" for c in site.children):
        return  # the operators inside the function are the users
    record = find(site.call.domain, site.call.op_type, site.call.version)
    passes = record is not None and record.keeps_role
    computed = not passes and _is_computed(site, feeds)
    for slot, roots in feeds.items():
        if computed and set(_parts(inventory, feeds, slot)) == set(roots):
            continue  # what reads the result decides
        for root in roots:
            constant = inventory.constants[root]
            name = (id(site.instance), site.op.inputs[slot])
            role = role_of(record, slot, constant, dequantized=name in inventory.dequantized)
            if role is None:
                continue
            if role is Role.WEIGHT and record is not None and record.compares and _is_list(site):
                role = Role.CONSTANT
            if role > constant.role or not constant.why:
                constant.role, constant.why = role, _why(site, record, slot)
                constant.is_described = record is not None
            if role is Role.WEIGHT:
                if constant.uses[-1:] != [site.index]:
                    constant.uses.append(site.index)
                logical = _packed(site.call, record, slot)
                constant.logical = constant.logical if logical is None else logical


def _is_list(site: Site) -> bool:
    """Whether several numbers are held against a single one, and picked by it: no thresholds, as
    trees have them for their features."""
    return any(tensor is not None and tensor.elements == 1 for tensor in site.call.inputs)


def _why(site: Site, record: Operator | None, slot: int) -> str:
    """What input ``slot`` is to the operator, as far as somebody described that."""
    call = site.call
    operand = record.operand(slot) if record is not None else None
    what = operand.kind.value if operand is not None else f"input {slot}"
    return f"{what} of {call.domain and call.domain + '::'}{call.op_type}"


def _packed(call: Call, record: Operator | None, slot: int) -> int | None:
    """Logical weights of a tensor that packs several into one stored element, else ``None``."""
    operand = record.operand(slot) if record is not None else None
    if operand is None or operand.packed is None:
        return None
    try:
        return operand.packed(call, slot)
    except MALFORMED:
        return None
