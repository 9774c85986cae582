"""Facts of a model → where it runs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analyzer.shapes.run import infer_shapes
from analyzer.survey import STATED
from analyzer.targets.branching import Sizings
from analyzer.targets.edits import SizedShapes, with_edits
from analyzer.targets.fit import fit
from analyzer.targets.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.deployment import TargetFit
    from analyzer.facts import Assumption, Node
    from analyzer.model.limits import Limits
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.stated import Bindings
    from analyzer.survey import Survey
    from analyzer.targets.table import Table


def deployments(
    seen: Survey,
    nodes: Sequence[Node],
    bindings: Bindings,
    limits: Limits,
    tables: Sequence[Table],
) -> tuple[TargetFit, ...]:
    """What each target would do with the model, and the changes that help.

    What a target sees is the file: sizes that nobody stated stay open, so that shapes are
    inferred once more where some were assumed.
    """
    shapes = seen.shapes
    sizes, sizings = None, Sizings()
    if any(a.reason not in STATED for a in shapes.assumptions):
        sizes = None if _grows(seen) else _fixed(seen, bindings, limits)
        others = (
            partial(infer_shapes, seen.program, _resized(seen, bindings, resize), limits=limits)
            for resize in (lambda size: 2 * size, lambda size: 1)
        )
        sizings = Sizings((lambda: seen.shapes, *others))
        shapes = infer_shapes(seen.program, replace(bindings, assume=False), limits=limits)
    subject = Workload(seen.program, shapes, limits, _macs(nodes), dict(seen.program.main.opsets),
                       sizings)  # fmt: skip
    return with_edits(subject, tables, fit(subject, tables), sizes)


def _fixed(seen: Survey, bindings: Bindings, limits: Limits) -> SizedShapes:
    """The model with all sizes fixed, none at 0: an input that is always empty is none.

    A cache is counted without anything in it, which is right for the first step only; fixed, it is
    as long as a sequence.
    """
    shapes = seen.shapes
    if any(assumption.value == 0 for assumption in shapes.assumptions):
        resized = _resized(seen, bindings, lambda size: size or bindings.defaults.sequence)
        shapes = infer_shapes(seen.program, resized, limits=limits)
    return SizedShapes(shapes, _open_inputs(seen, shapes))


def _grows(seen: Survey) -> bool:
    """Whether a cache goes out longer than it came in, by the tokens of a step: what goes out
    would not go in again if the length of the input was fixed."""
    types = seen.shapes.main.types
    outputs = [types[name] for name in seen.program.main.outputs if name in types]
    for each in seen.shapes.assumptions:
        taken = types.get(each.input)
        if taken is None or taken.shape is None or not _is_past(each):
            continue
        for given in outputs:
            if given.dtype != taken.dtype or len(given.shape or ()) != len(taken.shape):
                continue
            sizes = zip(taken.shape, given.shape or (), strict=True)
            differ = {at: (before, after) for at, (before, after) in enumerate(sizes)
                      if before != after}  # fmt: skip
            before, after = differ.pop(each.axis, (None, None))
            if not differ and before is not None and after is not None and after > before:
                return True
    return False


def _is_past(each: Assumption) -> bool:
    """Whether an open size is that of earlier tokens: nothing unless somebody states one."""
    return each.value == 0 or "past" in f"{each.input} {each.dim}".lower()


def _open_inputs(seen: Survey, shapes: Shapes) -> Mapping[str, tuple[int, ...]]:
    """Shapes of the inputs that have a size which nobody stated."""
    found: dict[str, tuple[int, ...]] = {}
    for assumption in seen.shapes.assumptions:
        kind = shapes.main.types.get(assumption.input)
        if kind is None or kind.shape is None or None in kind.shape:
            continue
        found[assumption.input] = tuple(size for size in kind.shape if size is not None)
    return found


def _resized(seen: Survey, bindings: Bindings, resize: Callable[[int], int]) -> Bindings:
    """Sizes that nobody stated, other than they are assumed to be."""
    shapes = {name: list(shape) for name, shape in _open_inputs(seen, seen.shapes).items()}
    for assumption in seen.shapes.assumptions:
        if assumption.reason not in STATED and assumption.input in shapes:
            shapes[assumption.input][assumption.axis] = resize(assumption.value)
    given = {name: tuple(shape) for name, shape in shapes.items()}
    return replace(bindings, shapes={**bindings.shapes, **given})


def _macs(nodes: Sequence[Node]) -> Mapping[str, int | None]:
    return {node.id: node.total_macs for node in nodes if not node.composite}
