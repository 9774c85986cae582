"""Channel relations: which operators learn channels, and which merely pass them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.scaling.arithmetic import largest
from analyzer.scaling.spatial import slide, transposed

if TYPE_CHECKING:
    from analyzer.scaling.site import Site


def conv(site: Site) -> None:
    """X (n, M, …), W (N, M/g, K…): N is learned, except in a depthwise convolution."""
    x, y, w = site.x(), site.y(), site.x(site.weight())
    if x is None or y is None or w is None or len(x) != len(y) or len(w) != len(x):
        return site.opaque()
    dims, groups = site.dims, site.call.attr("group", 1)
    dims.union(x[0], y[0])
    dims.union(w[0], y[1])
    per_channel = site.bias()
    if per_channel:
        dims.union(per_channel[0], y[1])
    if groups == 1:
        dims.union(x[1], w[1])
        dims.feed(x[1])
        dims.learn(w[0])
    elif groups == site.size(x[1]) and site.size(w[1]) == 1:
        site.edits.append(("group", x[1]))
        if site.size(x[1]) == site.size(y[1]):
            dims.union(x[1], y[1])
        else:
            site.scale(y[1], x[1])
    else:  # grouped: the number of groups stays, their width scales
        site.scale(w[1], x[1])
        dims.require(x[1], groups)
        dims.require(w[0], groups)
        dims.learn(w[0])
    kernel = tuple(site.size(d) or 0 for d in w[2:])
    if all(kernel):
        slide(site, kernel)
    return None


def conv_transpose(site: Site) -> None:
    """X (n, M, …), W (M, N/g, K…)."""
    x, y, w = site.x(), site.y(), site.x(site.weight())
    if x is None or y is None or w is None or len(x) != len(y) or len(w) != len(x):
        return site.opaque()
    dims, groups = site.dims, site.call.attr("group", 1)
    dims.union(x[0], y[0])
    dims.union(w[0], x[1])
    dims.feed(x[1])
    if bias := site.bias():
        dims.union(bias[0], y[1])
    if groups == 1:
        dims.union(w[1], y[1])
        dims.learn(y[1])
    elif groups == site.size(x[1]):
        site.edits.append(("group", x[1]))
        site.scale(y[1], x[1])
    else:
        site.scale(w[1], y[1])
        dims.require(x[1], groups)
        dims.require(y[1], groups)
        dims.learn(y[1])
    strides = site.call.attr("strides") or (1,) * (len(x) - 2)
    for axis, stride in enumerate(strides):
        transposed(site, y[axis + 2], x[axis + 2], stride)
    if site.call.attr("output_shape"):
        site.edits.append(("output_shape", y[2:]))
    return None


def gemm(site: Site) -> None:
    """Y = A·B + C; the columns of a constant B are learned."""
    a, b, y = site.x(), site.x(1), site.y()
    if a is None or b is None or y is None or not len(a) == len(b) == len(y) == 2:
        return site.opaque()
    if site.call.attr("transA", 0):
        a = a[::-1]
    if site.call.attr("transB", 0):
        b = b[::-1]
    site.dims.union(a[0], y[0])
    site.dims.union(a[1], b[0])
    site.dims.union(b[1], y[1])
    if 1 in site.constants:
        site.dims.feed(b[0])
        site.dims.learn(b[1])
    if c := site.x(2):
        site.tie(c[::-1], y[::-1])
    return None


def matmul(site: Site) -> None:
    """numpy.matmul; the columns of a constant right operand are learned."""
    second = site.weight()
    a, b, y = site.x(), site.x(second), site.y()
    if a is None or b is None or y is None or min(len(a), len(b), len(y)) < 2:
        return site.opaque()
    site.dims.union(a[-1], b[-2])
    site.dims.union(a[-2], y[-2])
    site.dims.union(b[-1], y[-1])
    if second in site.constants:
        site.dims.feed(b[-2])
        site.dims.learn(b[-1])
    _broadcast(site, (a[:-2], b[:-2]), y[:-2])
    return None


def elementwise(site: Site) -> None:
    """NumPy broadcasting over all inputs; also covers unary operators and LayerNormalization."""
    for out in site.outputs:
        if out is not None:
            _broadcast(site, tuple(a for a in site.inputs if a is not None), out)


def _broadcast(site: Site, inputs: tuple[tuple[int, ...], ...], out: tuple[int, ...]) -> None:
    for back, target in enumerate(reversed(out)):
        peers = [axes[-1 - back] for axes in inputs if len(axes) > back]
        if site.size(target) == 1 and peers:
            site.dims.derive(target, peers, largest)
        for peer in peers:
            if site.size(peer) != 1:
                site.dims.union(peer, target)


def unary(site: Site) -> None:
    """Every output has the shape of the first input."""
    for out in site.outputs:
        if out is not None and len(out) == len(site.x() or ()):
            site.tie(site.x(), out)


def per_channel(site: Site) -> None:
    """BatchNormalization and its kin: further inputs run along axis 1."""
    unary(site)
    x = site.x()
    for extra in site.inputs[1:]:
        if x and len(x) > 1 and extra and len(extra) == 1:
            site.dims.union(extra[0], x[1])


def quantize(site: Site) -> None:
    """QuantizeLinear and DequantizeLinear: scales run along ``axis`` or are scalar."""
    unary(site)
    x, axis = site.x(), site.call.attr("axis", 1)
    for extra in site.inputs[1:]:
        if x and extra and len(extra) == 1 and -len(x) <= axis < len(x):
            site.dims.union(extra[0], x[axis])


def recurrent(site: Site) -> None:
    """LSTM, GRU, RNN: X (T, n, I), W (D, gH, I), R (D, gH, H); the hidden size H is learned."""
    x, w, r, y = site.x(), site.x(1), site.x(2), site.y()
    if x is None or w is None or r is None or not len(x) == len(w) == len(r) == 3:
        return site.opaque()
    hidden, batch_first = r[2], bool(site.call.attr("layout", 0))
    time, batch = (x[1], x[0]) if batch_first else (x[0], x[1])
    site.dims.union(x[2], w[2])
    site.dims.feed(x[2])
    if 2 in site.constants:
        site.dims.learn(hidden)
    for stacked in (w[1], r[1], *((site.x(s) or (None, None))[-1] for s in (3, 7))):
        if stacked is not None:
            site.scale(stacked, hidden)
    for state in (site.x(5), site.x(6), site.y(1), site.y(2)):
        if state is not None and len(state) == 3:
            site.dims.union(state[2], hidden)
            site.dims.union(state[0 if batch_first else 1], batch)
    if y is not None and len(y) == 4:
        site.dims.union(y[3], hidden)
        site.dims.union(y[1 if batch_first else 0], time)
        site.dims.union(y[0 if batch_first else 2], batch)
    site.edits.append(("hidden_size", hidden))
    return None


def depth_to_space(site: Site) -> None:
    """Channels move into space (or back) by the square of the block size."""
    x, y = site.x(), site.y()
    block = site.call.attr("blocksize", 1)
    if x is None or y is None or len(x) != 4 or len(y) != 4:
        return site.opaque()
    site.dims.union(x[0], y[0])
    for source, target in zip(x[1:], y[1:], strict=True):
        site.scale(target, source)
    if site.call.op_type == "DepthToSpace":
        site.dims.require(x[1], block * block)
    for dim in x[2:]:
        site.dims.mark_spatial(dim)
    return None


def gather(site: Site) -> None:
    """Rows of a table; the width of a constant table (an embedding) is learned."""
    x, picks, y = site.x(), site.x(1), site.y()
    if x is None or picks is None or y is None or len(y) != len(x) - 1 + len(picks):
        return site.opaque()
    axis = site.call.attr("axis", 0) % max(1, len(x))
    site.tie(x[:axis], y[:axis])
    site.tie(picks, y[axis:])
    site.tie(x[axis + 1 :], y[axis + len(picks) :])
    if site.dims.is_channel(x[axis]):
        site.dims.fix(x[axis])  # indices name channels one by one
    if 0 in site.constants:
        for dim in (*x[:axis], *x[axis + 1 :]):
            site.dims.learn(dim)
    return None
