"""If, Loop and Scan against the interface of their bodies.

Source: ONNX operator specification of If-1 …, Loop-1 …, Scan-8/9 …
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.conformance.declarations import differ
from analyzer.conformance.places import quoted
from analyzer.facts import Breach
from analyzer.model.dtypes import NUMBERS
from analyzer.shapes.types import UNKNOWN, decode_type
from analyzer.units import shape as spell
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from analyzer.facts import Shape
    from analyzer.graph.scope import Program, Scope
    from analyzer.shapes.instance import Child
    from analyzer.shapes.sites import Site
    from analyzer.shapes.types import Type

FAMILY = "body"
Complaint = tuple[str, str, str]
"""Code, message, remedy."""


def check_control(
    program: Program, sites: Sequence[Site], tainted: AbstractSet[int]
) -> Iterator[Breach]:
    """Breaches of all operators with bodies; ``tainted`` sites rest on a size that is a guess."""
    for site in sites:
        if not site.op.bodies or site.op.domain:
            continue
        check = _CHECKS.get(site.op.op_type)
        if check is not None:
            complaints = [*check(program, site)]
            if site.index not in tainted:
                complaints += _sizes(program, site)
            for code, message, remedy in complaints:
                yield Breach(code, FAMILY, site.id, f"{site.op.op_type}: {message}", remedy)


def _output(program: Program, child: Child, k: int) -> Type:
    """Type of output ``k`` of a body, as inferred or at least as declared."""
    scope = program.scopes[child.instance.scope]
    name = scope.outputs[k]
    return child.instance.types.get(name) or _declared(scope, name)


def _declared(scope: Scope, name: str) -> Type:
    proto = scope.declared.get(name)
    return UNKNOWN if proto is None else decode_type(proto)


def _if(program: Program, site: Site) -> Iterator[Complaint]:
    branches = {c.label: c for c in site.children}
    want = len(site.op.outputs)
    for label, child in branches.items():
        scope = program.scopes[child.instance.scope]
        if len(scope.outputs) != want:
            yield (
                "branch-outputs",
                (f"{label} returns {so_many(len(scope.outputs), 'value')} for "
                f"{so_many(want, 'output')} of the operator"),
                "have both branches return one value for each output",
            )  # fmt: skip
        if scope.inputs:
            yield (
                "branch-inputs",
                f"{label} has {so_many(len(scope.inputs), 'input')}; a branch has none",
                "let it read the outer values by their names",
            )  # fmt: skip
    then, other = branches.get("then_branch"), branches.get("else_branch")
    if then is None or other is None:
        return
    both = (len(program.scopes[c.instance.scope].outputs) for c in (then, other))
    for k in range(min(want, *both)):
        first, second = _output(program, then, k), _output(program, other, k)
        if first.dtype and second.dtype and first.dtype != second.dtype:
            yield (
                "branch-types",
                (f"output {quoted(site.op.outputs[k])} is {first.dtype} in then_branch and "
                f"{second.dtype} in else_branch"),
                "cast one of them",
            )  # fmt: skip


def _loop(program: Program, site: Site) -> Iterator[Complaint]:
    child = next((c for c in site.children if c.label == "body"), None)
    if child is None:
        return
    scope = program.scopes[child.instance.scope]
    carried = max(0, len(site.op.inputs) - 2)
    yield from _counts(site, scope, carried + 2, len(site.op.outputs) + 1,
                       "iteration, condition and the carried values")  # fmt: skip
    if len(scope.inputs) != carried + 2 or len(scope.outputs) < carried + 1:
        return
    wanted = ["int64", "bool", *(_dtype(site, 2 + k) for k in range(carried))]
    yield from _inputs(scope, wanted)
    condition = _output(program, child, 0).dtype
    if condition not in (None, "bool"):
        yield (
            "body-condition", f"the body returns a condition of type {condition}, not bool",
            "cast it to bool",
        )  # fmt: skip
    for k in range(carried):
        yield from _carried(site, 2 + k, _output(program, child, 1 + k))


def _scan(program: Program, site: Site) -> Iterator[Complaint]:
    child = next((c for c in site.children if c.label == "body"), None)
    if child is None:
        return
    scope, call = program.scopes[child.instance.scope], site.call
    lead = 1 if call.version < 9 else 0  # version 8 begins with the lengths of the sequences
    operands = max(0, len(site.op.inputs) - lead)
    scans = call.attributes.get("num_scan_inputs")
    if not isinstance(scans, int):
        return
    if not 1 <= scans <= operands:
        yield (
            "scan-inputs", f"num_scan_inputs is {scans} of {so_many(operands, 'input')}",
            "state how many of its inputs are scanned, at least one",
        )  # fmt: skip
        return
    states = operands - scans
    outputs = len(site.op.outputs) - states
    lists = {
        "directions" if lead else "scan_input_directions": scans,
        "scan_input_axes": scans,
        "scan_output_directions": outputs,
        "scan_output_axes": outputs,
    }
    yield from _lists(site, lists)
    yield from _counts(site, scope, operands, len(site.op.outputs), "states and slices")
    if len(scope.inputs) != operands or len(scope.outputs) < states:
        return
    yield from _inputs(scope, [_dtype(site, lead + k) for k in range(operands)])
    for k in range(states):
        yield from _carried(site, lead + k, _output(program, child, k))


def _sizes(program: Program, site: Site) -> Iterator[Complaint]:
    """What is wrong with shapes, which may be guesses."""
    singles = {"If": {0: "condition"}, "Loop": {0: "trip count", 1: "condition"}}
    for slot, what in singles.get(site.op.op_type, {}).items():
        tensor = site.call.input(slot)
        if tensor is not None and tensor.elements not in (None, 1):
            yield (
                "not-one-element",
                f"its {what} {quoted(tensor.name)} is {spell(tensor.shape)}, not one element",
                "select the element that is meant",
            )  # fmt: skip
    child = next((c for c in site.children if c.label == "body"), None)
    if site.op.op_type != "Scan" or child is None or site.call.version < 9:
        return
    scope, operands = program.scopes[child.instance.scope], len(site.op.inputs)
    scans = site.call.attributes.get("num_scan_inputs")
    if not isinstance(scans, int) or not 1 <= scans <= operands:
        return
    states = operands - scans
    yield from _axes(site, states, scans)
    yield from _lengths(site, states, scans)
    if len(scope.inputs) == operands:
        yield from _slices(site, scope, states, scans)
    for k in range(min(states, len(scope.outputs))):
        yield from _kept_shape(site, k, _output(program, child, k))


def _kept_shape(site: Site, slot: int, after: Type) -> Iterator[Complaint]:
    """A state of Scan has one shape; what Loop carries may grow."""
    before = site.call.input(slot)
    if before is not None and differ(before.shape, after.shape):
        yield (
            "carried-shape",
            (f"the state {quoted(before.name)} is {spell(before.shape)} and the body returns "
            f"{spell(after.shape)} for it"),
            "have the body return the shape that it is given",
        )  # fmt: skip


def _slices(site: Site, scope: Scope, states: int, scans: int) -> Iterator[Complaint]:
    """Declared shapes of the body's inputs against what it is handed."""
    given: list[Shape] = [t.shape if t is not None else None for t in site.call.inputs[:states]]
    for _, shape, axis in _scanned(site, states, scans):
        known = shape is not None and -len(shape) <= axis < len(shape)
        position = axis % len(shape) if shape and known else 0
        given.append((*shape[:position], *shape[position + 1 :]) if shape and known else None)
    for name, shape in zip(scope.inputs, given, strict=False):
        proto = scope.input_types.get(name)
        declared = decode_type(proto).shape if proto is not None else None
        if differ(declared, shape):
            yield (
                "body-input-shape",
                (f"input {quoted(name)} of the body is declared {spell(declared)} and is given "
                f"{spell(shape)}"), "declare what it is given",
            )  # fmt: skip


def _counts(site: Site, scope: Scope, inputs: int, outputs: int, what: str) -> Iterator[Complaint]:
    if len(scope.inputs) != inputs:
        yield (
            "body-inputs",
            f"the body has {so_many(len(scope.inputs), 'input')} and is given {inputs} ({what})",
            "give the body one input for each",
        )  # fmt: skip
    if len(scope.outputs) != outputs:
        yield (
            "body-outputs",
            (f"the body returns {so_many(len(scope.outputs), 'value')}; with "
            f"{so_many(len(site.op.outputs), 'output')} of the operator it must return {outputs}"),
            "have the body return one value for each output"
            + (" and the condition" if site.op.op_type == "Loop" else ""),
        )  # fmt: skip


def _inputs(scope: Scope, wanted: Sequence[str | None]) -> Iterator[Complaint]:
    for name, want in zip(scope.inputs, wanted, strict=True):
        proto = scope.input_types.get(name)
        declared = decode_type(proto).dtype if proto is not None else None
        if want in NUMBERS and declared in NUMBERS and declared != want:
            yield (
                "body-input-type",
                f"input {quoted(name)} of the body is declared {declared} and is given {want}",
                "declare what it is given",
            )  # fmt: skip


def _dtype(site: Site, slot: int) -> str | None:
    tensor = site.call.input(slot)
    return tensor.dtype if tensor is not None else None


def _carried(site: Site, slot: int, after: Type) -> Iterator[Complaint]:
    before = _dtype(site, slot)
    if before in NUMBERS and after.dtype in NUMBERS and before != after.dtype:
        yield (
            "carried-type",
            (f"the carried value {quoted(site.op.inputs[slot])} is {before} and the body returns "
            f"{after.dtype} for it"),
            "cast it in the body",
        )  # fmt: skip


def _lists(site: Site, lengths: Mapping[str, int]) -> Iterator[Complaint]:
    for name, want in lengths.items():
        given = site.call.attributes.get(name)
        if not isinstance(given, tuple) or not given:
            continue
        if len(given) != want:
            yield (
                "scan-list",
                f"{name} has {len(given)} entries for {want} scanned inputs" if "output" not in name
                else f"{name} has {len(given)} entries for {want} scanned outputs",
                "state one for each",
            )  # fmt: skip
        if name.endswith("directions") and any(direction not in (0, 1) for direction in given):
            yield (
                "scan-direction", f"{name} is {list(given[:8])}; a direction is 0 or 1",
                "state 0 for forward, 1 for reverse",
            )  # fmt: skip


def _scanned(site: Site, states: int, scans: int) -> Iterator[tuple[str, Shape, int]]:
    """Name, shape and axis of each scanned input."""
    axes = site.call.attributes.get("scan_input_axes") or (0,) * scans
    for k, axis in enumerate(axes[:scans]):
        tensor = site.call.input(states + k)
        if tensor is not None:
            yield tensor.name, tensor.shape, axis


def _axes(site: Site, states: int, scans: int) -> Iterator[Complaint]:
    for name, shape, axis in _scanned(site, states, scans):
        if shape is not None and not -len(shape) <= axis < len(shape):
            yield (
                "scan-axis",
                f"{quoted(name)} is scanned along axis {axis} of {spell(shape)}",
                f"state an axis from {-len(shape)} to {len(shape) - 1}",
            )  # fmt: skip
    for k, axis in enumerate(site.call.attributes.get("scan_output_axes") or ()):
        tensor = site.call.output(states + k)
        rank = None if tensor is None or tensor.shape is None else len(tensor.shape)
        if rank is not None and not -rank <= axis < rank:
            yield (
                "scan-axis", f"scan_output_axes has {axis} for an output with {rank} axes",
                f"state an axis from {-rank} to {rank - 1}",
            )  # fmt: skip


def _lengths(site: Site, states: int, scans: int) -> Iterator[Complaint]:
    lengths = {
        name: shape[axis]
        for name, shape, axis in _scanned(site, states, scans)
        if shape is not None and -len(shape) <= axis < len(shape) and shape[axis] is not None
    }
    if len(set(lengths.values())) > 1:
        text = ", ".join(f"{quoted(name)} {size}" for name, size in [*lengths.items()][:4])
        yield (
            "scan-lengths", f"its scanned inputs have different lengths: {text}",
            "scan inputs of one length",
        )  # fmt: skip


_CHECKS: Mapping[str, Callable[[Program, Site], Iterator[Complaint]]] = {
    "If": _if,
    "Loop": _loop,
    "Scan": _scan,
}
