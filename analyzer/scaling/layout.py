"""Layout relations: concatenating, splitting, cutting, permuting and regrouping axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.record import Scaling
from analyzer.scaling.arithmetic import product, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.scaling.term import Term


def concat(term: Term) -> None:
    """Sizes add up along ``axis`` and agree elsewhere."""
    y = term.y()
    if y is None or any(a is None or len(a) != len(y) for a in term.inputs):
        return term.opaque()
    axis = term.call.attr("axis", 0) % len(y)
    inputs = [a for a in term.inputs if a is not None]
    for position, target in enumerate(y):
        peers = [a[position] for a in inputs]
        if position == axis and len(peers) > 1:
            term.dims.derive(target, peers, total, need=lambda multiple: multiple)
        else:
            for peer in peers:
                term.dims.union(peer, target)
    return None


def split(term: Term) -> None:
    """Every part keeps its share of ``axis``."""
    x = term.x()
    if x is None or any(o is not None and len(o) != len(x) for o in term.outputs):
        return term.opaque()
    axis = term.call.attr("axis", 0) % len(x)
    for out in term.outputs:
        for position, (source, target) in enumerate(zip(x, out or (), strict=False)):
            if position == axis:
                term.scale(target, source)
            else:
                term.dims.union(source, target)
    return None


def cut(term: Term) -> None:
    """Slice: channels keep their share; along other axes the constant bounds are applied."""
    x, y = term.x(), term.y()
    if x is None or y is None or len(x) != len(y):
        return term.opaque()
    bounds = _bounds(term, len(x))
    for axis, (source, target) in enumerate(zip(x, y, strict=True)):
        if bounds is not None and axis not in bounds:
            term.dims.union(source, target)
        elif bounds is None or term.dims.is_channel(source):
            term.scale(target, source)
        else:
            term.dims.derive(target, (source,), _length(bounds[axis]))
    return None


def _bounds(term: Term, rank: int) -> dict[int, tuple[int, int, int]] | None:
    """axis → (start, end, step) where all are constants of the file."""
    if len(term.inputs) > 1:
        starts, ends = term.constant_values(1), term.constant_values(2)
        axes, steps = (
            () if term.x(slot) is None else term.constant_values(slot) for slot in (3, 4)
        )
    else:
        starts, ends = term.call.attr("starts"), term.call.attr("ends")
        axes, steps = term.call.attr("axes", ()), ()
    if starts is None or ends is None or axes is None or steps is None:
        return None
    axes = axes or tuple(range(len(starts)))
    steps = steps or (1,) * len(starts)
    return {a % rank: (b, e, s) for a, b, e, s in zip(axes, starts, ends, steps, strict=False) if s}


def _length(bounds: tuple[int, int, int]) -> Callable[[int], int]:
    return lambda size: len(range(*slice(*bounds).indices(size)))


def pad(term: Term) -> None:
    """Padding adds a constant; negative padding crops."""
    x, y = term.x(), term.y()
    if x is None or y is None or len(x) != len(y):
        return term.opaque()
    for source, target in zip(x, y, strict=True):
        before, after = term.size(source), term.size(target)
        if before == after:
            term.dims.union(source, target)
        elif before is not None and after is not None:
            term.dims.derive(target, (source,), _plus(after - before))
    return None


def _plus(extra: int) -> Callable[[int], int]:
    return lambda size: size + extra


def transpose(term: Term) -> None:
    x, y = term.x(), term.y()
    if x is None or y is None or len(x) != len(y):
        return term.opaque()
    perm = term.call.attr("perm") or tuple(reversed(range(len(x))))
    term.tie(tuple(x[p] for p in perm), y)
    return None


def tile(term: Term) -> None:
    """Tile and Expand: an axis keeps its multiple of the input's."""
    x, y = term.x(), term.y()
    if x is None or y is None:
        return term.opaque()
    for back, target in enumerate(reversed(y)):
        if back < len(x):
            source = x[-1 - back]
            if term.size(source) == term.size(target):
                term.dims.union(source, target)
            elif term.size(source) != 1:
                term.scale(target, source)
    return None


def reduce(term: Term) -> None:
    """Reductions; without ``keepdims`` the surviving axes are known from ``axes``."""
    x, y = term.x(), term.y()
    if x is None or y is None:
        return term.opaque()
    if len(x) == len(y):
        for source, target in zip(x, y, strict=True):
            if term.size(source) == term.size(target) != 1:
                term.dims.union(source, target)
        return None
    axes = term.call.attr("axes") or term.constant_values(1)
    if term.call.op_type in ("ArgMax", "ArgMin"):
        axes = (term.call.attr("axis", 0),)
    gone = {a % len(x) for a in axes} if axes and x else set(range(len(x)))
    term.tie(tuple(d for i, d in enumerate(x) if i not in gone), y)
    return None


def reshape(term: Term) -> None:
    """Reshape, Flatten, Squeeze, Unsqueeze: match runs of axes with equal products.

    A run that is merged multiplies. A channel axis that is split keeps its leading parts
    (groups, heads) and scales the last; a split of space keeps the window and scales the
    count. Literal target shapes are read as what they meant when the file was written.
    """
    x, y = term.x(), term.y()
    if x is None or y is None:
        return term.opaque()
    sizes = [term.size(d) for d in (*x, *y)]
    if None in sizes or 0 in sizes:
        return term.opaque()
    for sources, targets in _runs(term, x, y):
        if len(sources) == len(targets) == 1:
            term.dims.union(*sources, *targets)
        elif len(targets) == 1:
            term.dims.derive(*targets, sources, product)
        elif targets:
            _split_run(term, sources, targets)
    return None


def refit(term: Term) -> None:
    """Constants laid out anew: an axis that survives alone is tied, the rest fits its reader."""
    x, y = term.x(), term.y()
    record = term.record
    if x is None or y is None or record is None or record.scaling is not Scaling.RESHAPE:
        return
    for sources, targets in _runs(term, x, y):
        before = [d for d in sources if term.size(d) != 1]
        after = [d for d in targets if term.size(d) != 1]
        if len(before) == len(after) == 1:
            term.dims.union(*before, *after)


def _runs(
    term: Term, x: tuple[int, ...], y: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Smallest runs of input and output axes whose sizes multiply to the same number."""
    i = j = 0
    runs: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    while i < len(x) and j < len(y):
        first, second = i, j
        left, right = term.size(x[i]) or 0, term.size(y[j]) or 0
        i, j = i + 1, j + 1
        while left != right:
            if (i == len(x)) if left < right else (j == len(y)):
                return
            if left < right:
                left *= term.size(x[i]) or 0
                i += 1
            else:
                right *= term.size(y[j]) or 0
                j += 1
        runs.append((x[first:i], y[second:j]))
    if runs and i < len(x):  # ones at the end that the output no longer has
        runs[-1] = (runs[-1][0] + x[i:], runs[-1][1])
    yield from runs


def _split_run(term: Term, sources: tuple[int, ...], targets: tuple[int, ...]) -> None:
    """Channels of the run move its last target, places its first; the rest stays."""
    sizes = [term.size(t) or 1 for t in targets]
    large = [i for i, s in enumerate(sizes) if s > 1] or [0]
    channels = tuple(s for s in sources if term.dims.is_channel(s))
    places = tuple(s for s in sources if s not in channels)
    if not channels and len(large) == len(targets) and len(set(sizes)) == 1:
        for target in targets:
            term.dims.derive(target, sources, _root(len(targets)))
        return
    movers = {large[-1]: channels, large[0]: sources if large[0] == large[-1] else places}
    if not channels:
        movers = {large[0]: places}
    for index, moved in movers.items():
        _proportional(term, targets[index], moved)
    if len(sources) == 1 and channels:
        kept = 1
        for index in large[:-1]:
            kept *= sizes[index]
        term.dims.require(sources[0], kept)


def _proportional(term: Term, target: int, sources: tuple[int, ...]) -> None:
    """``target`` grows like the product of ``sources``."""
    part, whole = term.size(target) or 1, 1
    for source in sources:
        whole *= term.size(source) or 1

    def compute(*sizes: int) -> int:
        grown = part * product(*sizes)
        if grown % whole:
            raise Unknown(f"{grown} does not split into {whole} equal parts")
        return grown // whole

    if sources:
        term.dims.derive(target, sources, compute)


def _root(parts: int) -> Callable[..., int]:
    """Side of a square (cube) map that was flattened and is unfolded again."""

    def compute(*sizes: int) -> int:
        whole = product(*sizes)
        side: int = round(whole ** (1 / parts))
        if side**parts != whole:
            raise Unknown(f"{whole} positions are not a square map")
        return side

    return compute
