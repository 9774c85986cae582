"""What became of the stored tensors, told by the operators that use them.

Names of tensors differ from export to export, so tensors belong together if the operators do and
use them for the same. They are read a block at a time, in the guarded process, and only once.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analyzer.compare.measure import Measure, measure, turned
from analyzer.compare.record import WeightChange, WeightComparison
from analyzer.errors import ModelError
from analyzer.facts import BITS
from analyzer.graph.adjacency import call_of, producer
from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.operators.record import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.compare.network import Network, Operand, Part
    from analyzer.compare.record import Fate
    from analyzer.costs.origins import Origins
    from analyzer.costs.parameters import Root
    from analyzer.model.limits import Limits
    from analyzer.model.rows import Rows

    Looks = Mapping[Root, bytes]

SECONDS = 60
"""Processor time of the child, at most."""
GRACEFUL = 0.7
"""Share of it after which nothing more is read."""
CHILD_BYTES = 1 << 30
WHOLE = 4096
"""Elements up to which a look takes in all of a tensor."""
SAMPLES = 64
"""Places at which a longer one is looked at."""
LEARNED = frozenset(kind.value for kind in (Kind.WEIGHT, Kind.BIAS, Kind.GAIN, Kind.TABLE,
                                            Kind.STATISTIC))  # fmt: skip
HOPS = 8


class Couple(NamedTuple):
    """Two stored tensors that belong together."""

    old: Part
    new: Part
    operand: str
    before: Root
    after: Root
    turned: bool
    """They lie as each other's transpose."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading two tensors said."""

    measure: Measure | None
    why: str = ""
    """Why there is none."""


def look(old: Network, new: Network, limits: Limits) -> tuple[Looks, Looks]:
    """What every stored tensor of each model looks like: the same bytes, the same look.

    A sample, by which layers are recognised; what matters is then read. Empty where looking
    failed.
    """
    found = guarded(partial(_look, old, new), limits=_bounds(limits))
    if isinstance(found, ModelError):
        raise found
    return ({}, {}) if isinstance(found, GuardFailure) else found


def _look(old: Network, new: Network, progress: Progress) -> tuple[Looks, Looks] | ModelError:
    try:
        return _looks(old), _looks(new)
    except ModelError as error:
        return error


def _looks(network: Network) -> dict[Root, bytes]:
    origins = network.origins
    if origins is None:
        return {}
    roots = {root: None for part in network.parts for each in part.operands for root in each.roots}
    found: dict[Root, bytes] = {}
    for root in roots:
        with origins.opened(root) as rows:
            if rows is not None:
                found[root] = _sample(rows)
    return found


def _sample(rows: Rows) -> bytes:
    digest = blake2b(f"{rows.dtype.str} {rows.dtype.name} {rows.shape}".encode(), digest_size=16)
    step = 1 if rows.size <= WHOLE else rows.size // SAMPLES
    if rows.dtype.hasobject:
        digest.update(repr(rows.flat(0, min(rows.size, WHOLE)).tolist()).encode())
    elif step == 1:
        digest.update(np.ascontiguousarray(rows.flat(0, rows.size)).tobytes())
    else:
        for at in range(0, rows.size, step):
            digest.update(rows.flat(at, min(rows.size, at + 8)).tobytes())
    return digest.digest()


def compare_weights(
    old: Network, new: Network, partner: Mapping[int, int], limits: Limits
) -> WeightComparison:
    """Hold the tensors of paired operators against one another.

    Raises
    ------
    ModelError
        A file changed since it was loaded.
    """
    if old.origins is None or new.origins is None:
        return WeightComparison(why="the facts hold no file any more")
    couples = list(_couples(old, new, partner))
    distinct = list(dict.fromkeys((c.before, c.after, c.turned) for c in couples))
    task = partial(_read, old.origins, new.origins, distinct, limits.weight_bytes)
    found = guarded(task, limits=_bounds(limits)) if distinct else []
    if isinstance(found, ModelError):
        raise found
    if isinstance(found, GuardFailure):
        why = f"the process that reads them {found.detail}"
        return replace(_sum(couples, {}, old.origins, new.origins, why), why=why)
    readings = dict(zip(distinct, found, strict=True))
    return _sum(couples, readings, old.origins, new.origins, "")


def _couples(old: Network, new: Network, partner: Mapping[int, int]) -> Iterator[Couple]:
    for before, after in sorted(partner.items()):
        one, other = old.parts[before], new.parts[after]
        if not one.operands or not other.operands:
            continue
        there = _by_kind(other.operands)
        for kind, operands in _by_kind(one.operands).items():
            for mine, yours in zip(operands, there.get(kind, ()), strict=False):
                flips = _flips(old, one, mine.slot) != _flips(new, other, yours.slot)
                for root, match in zip(mine.roots, yours.roots, strict=False):
                    yield Couple(one, other, kind, root, match, flips)


def _by_kind(operands: Iterable[Operand]) -> dict[str, list[Operand]]:
    found: dict[str, list[Operand]] = defaultdict(list)
    for operand in operands:
        found[operand.kind].append(operand)
    return found


def _flips(network: Network, part: Part, slot: int) -> bool:
    """Whether a matrix is turned on its way from the file into the product."""
    turns = slot == 1 and bool(part.call.attr("transB", 0))
    node, at = part.node.id, slot
    for _ in range(HOPS):
        maker = producer(network.facts.graph, node, at)
        if maker is None:
            break
        call = call_of(network.facts.graph, maker)
        if call.op_type == "Transpose" and len(call.attr("perm", (1, 0))) == 2:
            turns ^= tuple(call.attr("perm", (1, 0))) == (1, 0)
        node, at = maker, 0
    return turns


def _bounds(limits: Limits) -> Limits:
    return replace(
        limits,
        guard_seconds=min(SECONDS, limits.guard_seconds),
        guard_bytes=min(limits.guard_bytes, CHILD_BYTES),
        guard_stall_seconds=0.0,  # what takes long is a large tensor
    )


def _read(
    old: Origins,
    new: Origins,
    couples: Sequence[tuple[Root, Root, bool]],
    most: int,
    progress: Progress,
) -> list[Reading] | ModelError:
    end = time.process_time() + SECONDS * GRACEFUL
    found = []
    try:
        for before, after, flips in couples:
            size = sum(o.tensor(r).bytes or 0 for o, r in ((old, before), (new, after)))
            if size > most:
                found.append(Reading(None, "is beyond what may be read (limit weight_bytes)"))
            elif time.process_time() >= end:
                found.append(Reading(None, "is beyond the time that there is"))
            else:
                most -= size
                found.append(_one(old, before, new, after, flips=flips))
    except ModelError as error:
        return error
    return found


def _one(old: Origins, before: Root, new: Origins, after: Root, *, flips: bool) -> Reading:
    with ExitStack() as stack:
        w, v = (stack.enter_context(o.opened(r)) for o, r in ((old, before), (new, after)))
        if w is None or v is None:
            origins, root = (old, before) if w is None else (new, after)
            return Reading(None, origins.why_unread(root))
        if flips:
            v = turned(v)
            if v is None:
                return Reading(None, "lies the other way round, and is too large to turn")
        if w.size != v.size or _sides(w.shape) != _sides(v.shape):
            return Reading(Measure(w.size, max(w.size, v.size), None, "it has another shape"))
        return Reading(measure(w, v))


def _sides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(side for side in shape if side != 1)


def _sum(
    couples: Sequence[Couple],
    readings: Mapping[tuple[Root, Root, bool], Reading],
    old: Origins,
    new: Origins,
    failed: str,
) -> WeightComparison:
    changes: list[WeightChange] = []
    seen: set[tuple[Root, Root]] = set()
    layers: set[int] = set()
    same = 0
    for couple in couples:
        reading = readings.get((couple.before, couple.after, couple.turned), Reading(None, failed))
        change = _change(couple, reading, old, new)
        if change is not None and change.fate == "changed" and couple.operand in LEARNED:
            layers.add(couple.old.index)
        if (couple.before, couple.after) in seen:
            continue
        seen.add((couple.before, couple.after))
        if change is None:
            same += 1
        else:
            changes.append(change)
    changes.sort(key=_order)
    numbers = [c.relative for c in changes if c.fate == "changed" and c.relative is not None]
    unread = [change for change in changes if change.fate == "not compared"]
    return WeightComparison(
        tensors=len(seen),
        same=same,
        changes=tuple(changes),
        layers=len(layers),
        converted=sum(change.fate == "converted" for change in changes),
        unread=len(unread),
        largest=max(numbers, default=None),
        why=unread[0].why if unread else "",
    )


def _change(couple: Couple, reading: Reading, old: Origins, new: Origins) -> WeightChange | None:
    """``None`` where every element is equal and of the same type."""
    tensors = old.tensor(couple.before), new.tensor(couple.after)
    dtypes = tuple(tensor.dtype or "unknown" for tensor in tensors)
    found = reading.measure
    if found is not None and not found.changed and dtypes[0] == dtypes[1]:
        return None
    change = WeightChange(
        old=couple.old.node.id, new=couple.new.node.id, operand=couple.operand,
        names=tuple(tensor.name for tensor in tensors), dtypes=dtypes, fate="not compared",
        elements=tensors[0].elements or 0, why=reading.why,
    )  # fmt: skip
    if found is None:
        return change
    return replace(
        change, fate=_fate(found, dtypes), changed=found.changed, relative=found.relative,
        why=found.why,
    )  # fmt: skip


def _fate(found: Measure, dtypes: Sequence[str]) -> Fate:
    if dtypes[0] == dtypes[1]:
        return "changed"
    if all("float" in dtype for dtype in dtypes):
        step = max(map(_rounding, dtypes))
        return "converted" if found.relative is not None and found.relative <= step else "changed"
    return "quantised" if any("int" in dtype for dtype in dtypes) else "changed"


def _rounding(dtype: str) -> float:
    """Half a unit in the last place of 1: what rounding to the type changes at most."""
    digits = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}
    return 2.0 ** -digits.get(dtype, 4 if BITS.get(dtype, 8) <= 8 else 24)


def _order(change: WeightChange) -> tuple[object, ...]:
    ranks = ("changed", "quantised", "converted", "not compared")
    size = -1.0 if change.relative is None else change.relative
    return (ranks.index(change.fate), change.relative is not None, -size, change.new)
