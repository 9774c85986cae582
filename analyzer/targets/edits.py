"""Small changes of a model that let more of it run, each tried before it is said.

A change is made to a copy of the program, not to the file, and the target is asked again: what is
promised is what was found. Nothing changes what the model computes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from onnx import numpy_helper

from analyzer.dataclass import dataclass
from analyzer.model.proto import copied
from analyzer.redundancy.removable import removable
from analyzer.targets.attempt import Attempt, tried, variant
from analyzer.targets.fit import fit
from analyzer.targets.stating import ir_versions, opsets
from analyzer.units import many, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.deployment import Blocker, Edit, TargetFit
    from analyzer.graph.scope import Op, Scope
    from analyzer.shapes.instance import Instance, Shapes
    from analyzer.targets.table import Table
    from analyzer.targets.workload import Workload

MOST_EDITS = 3
"""Changes that are said of one target."""
MUCH, CLEARLY = 0.5, 0.1
"""Shares of the MACs: what a target has to take at least for a change to be worth a word, unless it
takes all of the model, and how much more than before."""
_RANK: Mapping[str, int] = {"whole": 3, "maybe": 2, "split": 1, "no": 0}


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
                    macs_share=after.macs_share,
                )  # fmt: skip
                found.setdefault(table.id, []).append(promised)
            elif change.edit.kind == "size" and after.blockers and after.blockers[0].certain:
                left[table.id] = after.blockers[0]
    return tuple(
        replace(old, edits=tuple(sorted(found.get(old.target, ()), key=_worth)[:MOST_EDITS]),
                sized=left.get(old.target))
        for old in fits
    )  # fmt: skip


def _helps(before: TargetFit, after: TargetFit) -> bool:
    """Whether the target takes all of it then, or much of it and clearly more than before."""
    if after.verdict == "whole":
        return before.verdict != "whole"
    then = _taken(after)
    return then >= max(MUCH, _taken(before) + CLEARLY)


def _taken(fitted: TargetFit) -> float:
    """The share of the MACs that it certainly takes, or of the operators where none multiplies or
    nobody counted."""
    if fitted.verdict == "no":
        return 0.0
    if fitted.macs_share is not None:
        return fitted.macs_share
    return fitted.supported / fitted.nodes if fitted.nodes else 0.0


def _worth(edit: Edit) -> tuple[int, int, int]:
    return -_RANK[edit.verdict], edit.partitions, -edit.supported


def _changes(
    subject: Workload, tables: Sequence[Table], fits: Sequence[TargetFit], sizes: SizedShapes | None
) -> Iterator[Attempt]:
    open_ = [(t, f) for t, f in zip(tables, fits, strict=True) if f.verdict != "whole"]
    yield from opsets(subject, open_)
    yield from ir_versions(subject, open_)
    if sizes is not None:
        yield from _fixed(subject, open_, sizes)
    yield from _reshapes(subject, open_)
    yield from _constants(subject, open_)
    yield from _removals(subject, open_)


# --- fixed sizes ---------------------------------------------------------------------------------


def _fixed(
    subject: Workload, open_: Sequence[tuple[Table, TargetFit]], sizes: SizedShapes
) -> Iterator[Attempt]:
    if not sizes.inputs:
        return
    shown = [f"{name} {shape(dims)}" for name, dims in list(sizes.inputs.items())[:3]]
    more = len(sizes.inputs) - len(shown)
    text = f"fix the open sizes of the inputs, such as {', '.join(shown)}"
    text += f" and {more} more" if more > 0 else ""
    edit = tried(text, "size", sizes=sizes.inputs)
    ids = frozenset(table.id for table, _ in open_)
    yield Attempt(edit, variant(subject, subject.program, sizes.shapes), ids)


# --- Flatten as Reshape --------------------------------------------------------------------------


def _reshapes(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[Attempt]:
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
    edit = tried(text, "reshape", reshapes=replaced)
    yield Attempt(edit, variant(subject, program), ids)


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


def _constants(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[Attempt]:
    """Of what nothing reads it makes no difference, and advice counts only what is read."""
    main = subject.program.main
    both = [name for name in main.inputs
            if (name in main.constants or name in main.sparse)
            and (main.reads.get(name) or name in main.outputs)]  # fmt: skip
    if not both or subject.program.ir_version < 4 or not open_:
        return
    names = frozenset(both)
    inputs = tuple(name for name in main.inputs if name not in names)
    scopes = [replace(main, inputs=inputs), *subject.program.scopes[1:]]
    program = replace(subject.program, scopes=scopes)
    text = (f"take {many(len(both), 'initializer')} out of the inputs of the graph, so that "
            "nobody can replace them")  # fmt: skip
    ids = frozenset(table.id for table, _ in open_)
    edit = tried(text, "constant", constants=tuple(both))
    yield Attempt(edit, variant(subject, program), ids)


# --- operators that do nothing -------------------------------------------------------------------


def _removals(subject: Workload, open_: Sequence[tuple[Table, TargetFit]]) -> Iterator[Attempt]:
    refused = {table.id: {node for blocker in fitted.blockers for node in blocker.nodes}
               for table, fitted in open_}  # fmt: skip
    found = removable(subject.program, subject.shapes, frozenset().union(*refused.values()))
    if not found:
        return
    counts = Counter(each.op_type for each in found.values())
    what = ", ".join(f"{op_type} ×{n}" if n > 1 else op_type for op_type, n in counts.most_common())
    text = f"remove what does nothing ({what})"
    ids = frozenset(table for table, nodes in refused.items() if not nodes.isdisjoint(found))
    edit = tried(text, "removal", removed=tuple(found))
    slots = {node: each.slot for node, each in found.items()}
    yield Attempt(edit, variant(subject, subject.program, removed=slots), ids)
