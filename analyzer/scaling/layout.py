"""Layout relations: concatenating, splitting, cutting, permuting and regrouping axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.record import Scaling
from analyzer.scaling.arithmetic import product, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.scaling.site import Site


def concat(site: Site) -> None:
    """Sizes add up along ``axis`` and agree elsewhere."""
    y = site.y()
    if y is None or any(a is None or len(a) != len(y) for a in site.inputs):
        return site.opaque()
    axis = site.call.attr("axis", 0) % len(y)
    inputs = [a for a in site.inputs if a is not None]
    for position, target in enumerate(y):
        peers = [a[position] for a in inputs]
        if position == axis and len(peers) > 1:
            site.dims.derive(target, peers, total, need=lambda multiple: multiple)
        else:
            for peer in peers:
                site.dims.union(peer, target)
    return None


def split(site: Site) -> None:
    """Every part keeps its share of ``axis``."""
    x = site.x()
    if x is None or any(o is not None and len(o) != len(x) for o in site.outputs):
        return site.opaque()
    axis = site.call.attr("axis", 0) % len(x)
    for out in site.outputs:
        for position, (source, target) in enumerate(zip(x, out or (), strict=False)):
            if position == axis:
                site.scale(target, source)
            else:
                site.dims.union(source, target)
    return None


def cut(site: Site) -> None:
    """Slice: channels keep their share; along other axes the constant bounds are applied."""
    x, y = site.x(), site.y()
    if x is None or y is None or len(x) != len(y):
        return site.opaque()
    bounds = _bounds(site, len(x))
    for axis, (source, target) in enumerate(zip(x, y, strict=True)):
        if bounds is not None and axis not in bounds:
            site.dims.union(source, target)
        elif bounds is None or site.dims.is_channel(source):
            site.scale(target, source)
        else:
            site.dims.derive(target, (source,), _length(bounds[axis]))
    return None


def _bounds(site: Site, rank: int) -> dict[int, tuple[int, int, int]] | None:
    """axis → (start, end, step) where all are constants of the file."""
    if len(site.inputs) > 1:
        starts, ends = site.constant_values(1), site.constant_values(2)
        axes = site.constant_values(3) if site.x(3) is not None else None
        steps = site.constant_values(4) if site.x(4) is not None else None
        if (site.x(3) is not None and axes is None) or (site.x(4) is not None and steps is None):
            return None
    else:
        starts, ends = site.call.attr("starts"), site.call.attr("ends")
        axes, steps = site.call.attr("axes"), None
    if starts is None or ends is None:
        return None
    axes = axes or tuple(range(len(starts)))
    steps = steps or (1,) * len(starts)
    return {a % rank: (b, e, s) for a, b, e, s in zip(axes, starts, ends, steps, strict=False) if s}


def _length(bounds: tuple[int, int, int]) -> Callable[[int], int]:
    start, end, step = bounds
    if step < 0 and end < -(1 << 31):
        return lambda size: len(range(*slice(start, None, step).indices(size)))
    return lambda size: len(range(*slice(start, end, step).indices(size)))


def pad(site: Site) -> None:
    """Padding adds a constant; negative padding crops."""
    x, y = site.x(), site.y()
    if x is None or y is None or len(x) != len(y):
        return site.opaque()
    for source, target in zip(x, y, strict=True):
        before, after = site.size(source), site.size(target)
        if before == after:
            site.dims.union(source, target)
        elif before is not None and after is not None:
            site.dims.derive(target, (source,), _plus(after - before))
    return None


def _plus(extra: int) -> Callable[[int], int]:
    return lambda size: size + extra


def transpose(site: Site) -> None:
    x, y = site.x(), site.y()
    if x is None or y is None or len(x) != len(y):
        return site.opaque()
    perm = site.call.attr("perm") or tuple(reversed(range(len(x))))
    site.tie(tuple(x[p] for p in perm), y)
    return None


def tile(site: Site) -> None:
    """Tile and Expand: an axis keeps its multiple of the input's."""
    x, y = site.x(), site.y()
    if x is None or y is None:
        return site.opaque()
    for back, target in enumerate(reversed(y)):
        if back < len(x):
            source = x[-1 - back]
            if site.size(source) == site.size(target):
                site.dims.union(source, target)
            elif site.size(source) != 1:
                site.scale(target, source)
    return None


def reduce(site: Site) -> None:
    """Reductions; without ``keepdims`` the surviving axes are known from ``axes``."""
    x, y = site.x(), site.y()
    if x is None or y is None:
        return site.opaque()
    if len(x) == len(y):
        for source, target in zip(x, y, strict=True):
            if site.size(source) == site.size(target) != 1:
                site.dims.union(source, target)
        return None
    axes = site.call.attr("axes") or site.constant_values(1)
    if site.call.op_type in ("ArgMax", "ArgMin"):
        axes = (site.call.attr("axis", 0),)
    gone = {a % len(x) for a in axes} if axes and x else set(range(len(x)))
    site.tie(tuple(d for i, d in enumerate(x) if i not in gone), y)
    return None


def reshape(site: Site) -> None:
    """Reshape, Flatten, Squeeze, Unsqueeze: match runs of axes with equal products.

    A run that is merged multiplies. A channel axis that is split keeps its leading parts
    (groups, heads) and scales the last; a split of space keeps the window and scales the
    count. Literal target shapes are read as what they meant when the file was written.
    """
    x, y = site.x(), site.y()
    if x is None or y is None:
        return site.opaque()
    sizes = [site.size(d) for d in (*x, *y)]
    if None in sizes or 0 in sizes:
        return site.opaque()
    for sources, targets in _runs(site, x, y):
        if len(sources) == len(targets) == 1:
            site.dims.union(sources[0], targets[0])
        elif len(targets) == 1:
            site.dims.derive(targets[0], sources, product)
        elif targets:
            _split_run(site, sources, targets)
    return None


def refit(site: Site) -> None:
    """Constants laid out anew: an axis that survives alone is tied, the rest fits its reader."""
    x, y = site.x(), site.y()
    record = site.record
    if x is None or y is None or record is None or record.scaling is not Scaling.RESHAPE:
        return
    for sources, targets in _runs(site, x, y):
        before = [d for d in sources if site.size(d) != 1]
        after = [d for d in targets if site.size(d) != 1]
        if len(before) == len(after) == 1:
            site.dims.union(before[0], after[0])


def _runs(
    site: Site, x: tuple[int, ...], y: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Smallest runs of input and output axes whose sizes multiply to the same number."""
    i = j = 0
    runs: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    while i < len(x) and j < len(y):
        first, second = i, j
        left, right = site.size(x[i]) or 0, site.size(y[j]) or 0
        i, j = i + 1, j + 1
        while left != right:
            if left < right and i < len(x):
                left *= site.size(x[i]) or 0
                i += 1
            elif left > right and j < len(y):
                right *= site.size(y[j]) or 0
                j += 1
            else:
                return
        runs.append((x[first:i], y[second:j]))
    if runs and i < len(x):  # ones at the end that the output no longer has
        runs[-1] = (runs[-1][0] + x[i:], runs[-1][1])
    yield from runs


def _split_run(site: Site, sources: tuple[int, ...], targets: tuple[int, ...]) -> None:
    """Channels of the run move its last target, places its first; the rest stays."""
    sizes = [site.size(t) or 1 for t in targets]
    large = [i for i, s in enumerate(sizes) if s > 1] or [0]
    channels = tuple(s for s in sources if site.dims.is_channel(s))
    places = tuple(s for s in sources if s not in channels)
    if not channels and len(large) == len(targets) and len(set(sizes)) == 1:
        for target in targets:
            site.dims.derive(target, sources, _root(len(targets)))
        return
    movers = {large[-1]: channels, large[0]: sources if large[0] == large[-1] else places}
    if not channels:
        movers = {large[0]: places}
    for index, moved in movers.items():
        _proportional(site, targets[index], moved)
    if len(sources) == 1 and channels:
        kept = 1
        for index in large[:-1]:
            kept *= sizes[index]
        site.dims.require(sources[0], kept)


def _proportional(site: Site, target: int, sources: tuple[int, ...]) -> None:
    """``target`` grows like the product of ``sources``."""
    part, whole = site.size(target) or 1, 1
    for source in sources:
        whole *= site.size(source) or 1

    def compute(*sizes: int) -> int:
        grown = part * product(*sizes)
        if grown % whole:
            raise Unknown(f"{grown} does not split into {whole} equal parts")
        return grown // whole

    if sources:
        site.dims.derive(target, sources, compute)


def _root(parts: int) -> Callable[..., int]:
    """Side of a square (cube) map that was flattened and is unfolded again."""

    def compute(*sizes: int) -> int:
        whole = product(*sizes)
        side: int = round(whole ** (1 / parts))
        if side**parts != whole:
            raise Unknown(f"{whole} positions are not a square map")
        return side

    return compute
