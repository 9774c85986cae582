"""Layers and other operators side by side; those of which the same became are one row."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.report.compare.view.becoming import SETTLED, becoming
from analyzer.report.view.kinds import counted_macs
from analyzer.report.view.layers import shape_of
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.compare import Change, Comparison
    from analyzer.facts import Node
    from analyzer.report.compare.pair import Pair

RowState = Literal["added", "removed", "changed", "weights", "same"]
STATES: tuple[RowState, ...] = ("removed", "added", "changed", "weights", "same")
MOST = 500
"""Rows kept."""
PLACES = 200
"""Names kept of one row."""
MOVED = frozenset({"sources", "outputs"})
"""Aspects whose values are names, which say nothing of a row of several."""
IN_SHAPES = frozenset({"type", "MACs", "FLOPs"})
"""Aspects that the words of a layer, or its figures, have already where those differ."""


@record
class ComparedOperator:
    """One operator, or what all of a row have in common."""

    title: str
    """Such as ``3×3 standard 64 → 128``."""
    at: str
    """Where it works: sizes of its output."""
    precision: str
    """Element type of its arithmetic, else of its output; may be empty."""


@record
class ComparedAspect:
    """One thing that is not what it was."""

    name: str
    """``operator``, ``inputs``, ``sources``, ``outputs``, ``runs``, ``type``, ``MACs``, ``FLOPs``
    or the name of an attribute."""
    old: str
    """Empty for ``sources`` and ``outputs``: there it is a matter of names."""
    new: str


@record
class ComparedPlace:
    """Names of one of the operators of a row."""

    old: str
    """Empty for one that came."""
    new: str


@record
class ComparedLayer:
    """Operators of which the same became."""

    state: RowState
    layer: bool
    """They multiply-accumulate or hold parameters."""
    old: ComparedOperator | None
    new: ComparedOperator | None
    count: int
    old_macs: int | None
    """Of all of them together; null where that of one is unknown."""
    new_macs: int | None
    old_params: int
    new_params: int
    differences: tuple[ComparedAspect, ...]
    relative: float | None
    """Largest relative change of a weight of theirs, where that is a number."""
    places: tuple[ComparedPlace, ...]
    """At most ``PLACES``."""


@record
class ComparedLayers:
    """All rows, as far as a page may list them."""

    rows: tuple[ComparedLayer, ...]
    """What costs another amount first, what is the same last."""
    total: int
    """Rows in all."""
    same: int
    """Layers that are the same."""


@dataclass(slots=True)
class _Row:
    """A row as it grows."""

    pairs: list[tuple[Node | None, Node | None]] = field(default_factory=list)
    relative: float | None = None


def layers(pair: Pair) -> ComparedLayers:
    """Layers that are in either model, and other operators that are not told by a headline."""
    found = pair.comparison
    changes = {id(change.new or change.old): change for change in found.changes}
    fates = becoming(found).new
    largest = _largest(found)
    told = _told(found)
    rows: dict[tuple[object, ...], _Row] = {}
    for old, new in _pairs(found):
        node = new or old
        assert node is not None
        change = changes.get(id(node))
        if not _is_layer(old) and not _is_layer(new) and (change is None or id(change) in told):
            continue
        state = _state(old, new, fates)
        differences = _differences(change, old, new)
        row = rows.setdefault((state, _likeness(old, new), differences), _Row())
        row.pairs.append((old, new))
        relative = largest.get(new.id) if new is not None else None
        if relative is not None:
            row.relative = max(relative, row.relative or 0.0)
    made = [_row(key[0], key[2], row) for key, row in rows.items()]
    made.sort(key=_order)
    same = sum(row.count for row in made if row.state == "same")
    return ComparedLayers(tuple(made[:MOST]), len(made), same)


def _pairs(found: Comparison) -> Iterator[tuple[Node | None, Node | None]]:
    """Every operator once: those of the new model in order, then what went."""
    old = {node.id: node for node in found.old.nodes}
    for node in found.new.nodes:
        partner = found.partners.get(node.id)
        yield (old[partner] if partner is not None else None), node
    kept = set(found.partners.values())
    yield from ((node, None) for node in found.old.nodes if node.id not in kept)


def _told(found: Comparison) -> set[int]:
    """Changes of plumbing that a headline counts."""
    return {id(found.changes[i]) for headline in found.headlines if headline.kind in SETTLED
            for i in headline.covers}  # fmt: skip


def _is_layer(node: Node | None) -> bool:
    return node is not None and not node.composite and bool(counted_macs(node) or node.params)


def _state(old: Node | None, new: Node | None, fates: Mapping[str, str]) -> RowState:
    if new is None:
        return "removed"
    if old is None:
        return "added"
    return next(state for state in STATES if state == fates[new.id])


def _largest(found: Comparison) -> dict[str, float]:
    """Largest relative change of a stored tensor, by operator of the new model."""
    largest: dict[str, float] = {}
    for change in found.weights.changes:
        if change.fate == "changed" and change.relative is not None:
            largest[change.new] = max(change.relative, largest.get(change.new, 0.0))
    return largest


def _words(node: Node | None) -> ComparedOperator | None:
    if node is None:
        return None
    out = node.outputs[0] if node.outputs else None
    precision = node.precision or (out.dtype if out is not None else None) or ""
    if node.conv is not None or (counted_macs(node) and not node.composite):
        title, at = shape_of(node)
    else:
        title, at = (
            label(node.op_type, widths.TERM),
            units.form(out.dtype, out.shape) if out is not None else "",
        )
    return ComparedOperator(title, at, label(precision, 20))


def _likeness(old: Node | None, new: Node | None) -> tuple[object, ...]:
    """Layers that are as large as they were are alike whatever their size: what differs about them
    is something else."""
    before, after = _words(old), _words(new)
    if not (_is_layer(old) or _is_layer(new)):
        return (*((node.op_type, node.kind, words and words.precision) if node else None
                  for node, words in ((old, before), (new, after))),)  # fmt: skip
    if before is None or after is None or (before.title, before.at) != (after.title, after.at):
        return before, after, _costs(old), _costs(new)
    return tuple((node.op_type, node.kind, node.precision) for node in (old, new) if node)


def _costs(node: Node | None) -> object:
    return None if node is None else (node.total_macs, node.params)


def _differences(
    change: Change | None, old: Node | None, new: Node | None
) -> tuple[ComparedAspect, ...]:
    if change is None:
        return ()
    seen = _words(old) != _words(new) or _costs(old) != _costs(new)
    found = []
    for aspect, before, after in change.differences:
        if aspect in IN_SHAPES and seen:
            continue
        values = ("", "") if aspect in MOVED else (label(before, 48), label(after, 48))
        found.append(ComparedAspect(label(aspect, widths.WORD), *values))
    return tuple(found)


def _row(state: object, differences: object, row: _Row) -> ComparedLayer:
    assert isinstance(differences, tuple)
    old, new = (
        [node for node in side if node is not None] for side in zip(*row.pairs, strict=True)
    )
    first, last = row.pairs[0]
    return ComparedLayer(
        state=next(each for each in STATES if each == state),
        layer=_is_layer(first) or _is_layer(last),
        old=_common(old),
        new=_common(new),
        count=len(row.pairs),
        old_macs=_sum(node.total_macs for node in old),
        new_macs=_sum(node.total_macs for node in new),
        old_params=sum(node.params for node in old),
        new_params=sum(node.params for node in new),
        differences=differences,
        relative=row.relative,
        places=tuple(ComparedPlace(_name(a), _name(b)) for a, b in row.pairs[:PLACES]),
    )


def _common(nodes: Sequence[Node]) -> ComparedOperator | None:
    """What all of them have in common; the first where they are one."""
    words = [each for each in map(_words, nodes) if each is not None]
    if not words or all(each == words[0] for each in words):
        return words[0] if words else None
    return ComparedOperator(label(nodes[0].kind, widths.TERM), "", words[0].precision)


def _name(node: Node | None) -> str:
    return "" if node is None else label(node.name or node.id, widths.NAME)


def _sum(values: Iterable[int | None]) -> int | None:
    listed = [*values]
    known = [value for value in listed if value is not None]
    return sum(known) if len(known) == len(listed) else None


def _order(row: ComparedLayer) -> tuple[object, ...]:
    known = row.old_macs is not None and row.new_macs is not None
    grown = abs((row.new_macs or 0) - (row.old_macs or 0)) if known else 0
    stored = abs(row.new_params - row.old_params)
    return (row.state == "same", not row.layer, known, -grown, -stored)
