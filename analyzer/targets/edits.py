"""Small changes of a model that let more of it run, each tried before it is said.

A change is made to a copy of the program, not to the file, and the target is asked again: what is
promised is what was found. Nothing changes what the model computes.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from onnx import numpy_helper

from analyzer.dataclass import dataclass
from analyzer.deployment import Edit
from analyzer.model.proto import copied
from analyzer.targets.fit import fit
from analyzer.targets.restamp import OLDEST, can_state, needed_ir
from analyzer.targets.signatures import version_of
from analyzer.targets.workload import Workload
from analyzer.units import many, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.deployment import Blocker, TargetFit
    from analyzer.graph.scope import Op, Program, Scope
    from analyzer.shapes.instance import Instance, Shapes
    from analyzer.targets.table import Table

MOST_OPSETS = 3
"""Opsets that are tried."""
FURTHEST = 12
"""Opsets that are looked at beyond the one that is stated."""
MOST_EDITS = 3
"""Changes that are said of one target."""
_RANK: Mapping[str, int] = {"whole": 3, "maybe": 2, "split": 1, "no": 0}


class _Change(NamedTuple):
    """A change, and the model with it."""

    edit: Edit
    """Without what comes of it."""
    subject: Workload
    targets: frozenset[str]
    """Ids of the targets that it may help."""


@dataclass(frozen=True, slots=True)
class SizedShapes:
    """Shapes with sizes for everything that the file leaves open."""

    shapes: Shapes
    inputs: Mapping[str, tuple[int, ...]]
    """Shapes of the inputs that had an open dimension."""


def with_edits(
    subject: Workload, tables: Sequence[Table], fits: Sequence[TargetFit], sizes: SizedShapes | None
) -> tuple[TargetFit, ...]:
    """``fits`` with the changes that help.

    Parameters
    ----------
    sizes : shapes where all open dimensions are assumed; ``None`` where there are none.
    """
    found: dict[str, list[Edit]] = {}
    left: dict[str, Blocker] = {}
    before = dict(zip((table.id for table in tables), fits, strict=True))
    for change in _changes(subject, tables, fits, sizes):
        concerned = [table for table in tables if table.id in change.targets]
        for table, after in zip(concerned, fit(change.subject, concerned), strict=True):
            if _helps(before[table.id], after):
                promised = replace(
                    change.edit, verdict=after.verdict, partitions=after.partitions,
                    supported=after.supported, nodes=after.nodes, maybe=after.maybe,
                )  # fmt: skip
                found.setdefault(table.id, []).append(promised)
            elif change.edit.kind == "size" and after.blockers and after.blockers[0].certain:
                left[table.id] = after.blockers[0]
    return tuple(
        replace(old, edits=tuple(sorted(found.get(old.target, ()), key=_worth)[:MOST_EDITS]),
                sized=left.get(old.target))
        for old in fits
    )  # fmt: skip


def _rank(fitted: TargetFit) -> int:
    """Of the verdict; where something is certainly refused, ``maybe`` is a part at most."""
    parted = fitted.verdict == "maybe" and any(each.certain for each in fitted.blockers)
    return _RANK["split" if parted else fitted.verdict]


def _helps(before: TargetFit, after: TargetFit) -> bool:
    if (then := _rank(after)) != (now := _rank(before)):
        return then > now
    gain = after.supported * before.nodes - before.supported * after.nodes
    fewer = before.partitions - after.partitions
    if before.macs_share == 0.0 and after.macs_share:
        return gain > 0  # where nothing was multiplied, more parts are no loss
    return (gain > 0 and fewer >= 0) or (gain >= 0 and fewer > 0)


def _worth(edit: Edit) -> tuple[int, int, int]:
    return -_RANK[edit.verdict], edit.partitions, -edit.supported


def _changes(
    subject: Workload, tables: Sequence[Table], fits: Sequence[TargetFit], sizes: SizedShapes | None
) -> Iterator[_Change]:
    open_ = [(t, f) for t, f in zip(tables, fits, strict=True) if f.verdict != "whole"]
    yield from _opsets(subject, open_)
    yield from _ir_versions(subject, open_)
    if sizes is not None:
        yield from _fixed(subject, open_, sizes)
    yield from _reshapes(subject, open_)
    yield from _constants(subject, open_)


def _edit(text: str, kind: str, **change: Any) -> Edit:
    return Edit(text, kind, "no", 0, 0, 0, **change)


def _variant(subject: Workload, program: Program, shapes: Shapes | None = None) -> Workload:
    opsets = {**subject.opsets, "": program.main.opsets.get("", 1)}
    made = shapes if shapes is not None else subject.shapes
    return Workload(program, made, subject.limits, subject.macs, opsets, subject.sizings)


# --- another opset -------------------------------------------------------------------------------


def _opsets(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[_Change]:
    stated = subject.opsets.get("", 1)
    wanted: dict[int, set[str]] = {}
    for table, fitted in open_:
        for opset in _candidates(table, fitted, stated):
            wanted.setdefault(opset, set()).add(table.id)
    tried = sorted(wanted, key=lambda opset: (abs(opset - stated), opset))
    for opset in tried[: 3 * MOST_OPSETS]:
        if not can_state(subject.program, subject.shapes, opset):
            continue
        scopes = [
            replace(scope, opsets={**scope.opsets, "": opset}) for scope in subject.program.scopes
        ]
        program = replace(subject.program, scopes=scopes)
        text = f"state opset {opset} instead of {stated}: all operators mean the same there"
        edit = _edit(text, "opset", opset=opset)
        yield _Change(edit, _variant(subject, program), frozenset(wanted[opset]))


def _candidates(table: Table, fitted: TargetFit, stated: int) -> set[int]:
    """Opsets at which something that is refused for its version has another one."""
    ceiling = table.ceiling("opset_ceiling")
    found: set[int] = set()
    for blocker in fitted.blockers:
        if blocker.code == "opset" and ceiling is not None:
            found.add(ceiling)
        if blocker.code not in ("version", "cliff") or "::" in blocker.op_type:
            continue
        now = version_of("", blocker.op_type, stated)
        if now is None:
            continue
        found.add(now.since - 1)
        later = (
            opset
            for opset in range(stated, stated + FURTHEST)
            if (found_at := version_of("", blocker.op_type, opset)) is not None
            and found_at.since > now.since
        )
        found.update([opset] if (opset := next(later, None)) is not None else [])
    return {opset for opset in found if OLDEST <= opset <= (ceiling or opset) and opset != stated}


# --- an older IR version --------------------------------------------------------------------------


def _ir_versions(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[_Change]:
    stated = subject.program.ir_version
    wanted: dict[int, set[str]] = {}
    for table, fitted in open_:
        most = table.ceiling("ir_ceiling")
        if most is not None and any(blocker.code == "ir" for blocker in fitted.blockers):
            wanted.setdefault(most, set()).add(table.id)
    least = needed_ir(subject.program, subject.shapes)
    for ir, ids in sorted(wanted.items(), reverse=True):
        if least is None or ir < least:
            continue
        text = f"state IR version {ir} instead of {stated}: nothing in the file needs a newer one"
        program = replace(subject.program, ir_version=ir)
        yield _Change(_edit(text, "ir", ir=ir), _variant(subject, program), frozenset(ids))


# --- fixed sizes ---------------------------------------------------------------------------------


def _fixed(
    subject: Workload, open_: Sequence[tuple[Table, TargetFit]], sizes: SizedShapes
) -> Iterator[_Change]:
    if not sizes.inputs:
        return
    shown = [f"{name} {shape(dims)}" for name, dims in list(sizes.inputs.items())[:3]]
    more = len(sizes.inputs) - len(shown)
    text = f"fix the open sizes of the inputs, such as {', '.join(shown)}"
    text += f" and {more} more" if more > 0 else ""
    edit = _edit(text, "size", sizes=sizes.inputs)
    ids = frozenset(table.id for table, _ in open_)
    yield _Change(edit, _variant(subject, subject.program, sizes.shapes), ids)


# --- Flatten as Reshape --------------------------------------------------------------------------


def _reshapes(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[_Change]:
    ids = frozenset(
        table.id
        for table, fitted in open_
        if any(blocker.op_type == "Flatten" for blocker in fitted.blockers)
    )
    if not ids:
        return
    instances = {instance.scope: instance for instance in subject.shapes.instances()}
    replaced: dict[str, tuple[int, ...]] = {}
    scopes = [_reshaped(scope, instances.get(scope.index), replaced)
              for scope in subject.program.scopes]  # fmt: skip
    if not replaced:
        return
    program = replace(subject.program, scopes=scopes)
    text = f"write {many(len(replaced), 'Flatten')} as Reshape to constant sizes"
    edit = _edit(text, "reshape", reshapes=replaced)
    yield _Change(edit, _variant(subject, program), ids)


def _reshaped(
    scope: Scope, instance: Instance | None, replaced: dict[str, tuple[int, ...]]
) -> Scope:
    """``scope`` with Reshape where Flatten was; its outputs and sizes go into ``replaced``."""
    constants = dict(scope.constants)
    ops: list[Op] = []
    for op in scope.ops:
        target = _target(op, instance) if op.standard == "Flatten" else None
        if target is None or scope.function is not None:
            ops.append(op)
            continue
        name = f"{op.outputs[0]}_shape"
        while name in constants:
            name += "_"
        constants[name] = numpy_helper.from_array(np.array(target, np.int64), name)
        proto = copied(op.proto)
        proto.op_type = "Reshape"
        proto.input.append(name)
        del proto.attribute[:]
        ops.append(
            replace(op, proto=proto, op_type="Reshape", inputs=(*op.inputs, name), attributes={})
        )
        replaced[op.outputs[0]] = target
    return replace(scope, ops=ops, constants=constants)


def _target(op: Op, instance: Instance | None) -> tuple[int, int] | None:
    """Sizes that make a Reshape do what this Flatten does."""
    if len(op.inputs) != 1 or len(op.outputs) != 1:
        return None
    axis = op.attributes.get("axis", 1)
    if axis == 1:
        return 0, -1
    if axis == 0:
        return 1, -1
    (source,) = op.inputs
    kind = instance.types.get(source) if instance is not None else None
    if kind is None or kind.shape is None:
        return None
    leading = kind.shape[:axis]
    if any(size is None for size in leading) or not -len(kind.shape) <= axis <= len(kind.shape):
        return None
    return prod(size for size in leading if size is not None), -1


# --- constants that are constant -----------------------------------------------------------------


def _constants(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[_Change]:
    main = subject.program.main
    both = [name for name in main.inputs if name in main.constants or name in main.sparse]
    if not both or subject.program.ir_version < 4 or not open_:
        return
    names = frozenset(both)
    inputs = tuple(name for name in main.inputs if name not in names)
    scopes = [replace(main, inputs=inputs), *subject.program.scopes[1:]]
    program = replace(subject.program, scopes=scopes)
    text = (f"take {many(len(both), 'initializer')} out of the inputs of the graph, so that "
            "nobody can replace them")  # fmt: skip
    ids = frozenset(table.id for table, _ in open_)
    edit = _edit(text, "constant", constants=tuple(both))
    yield _Change(edit, _variant(subject, program), ids)
