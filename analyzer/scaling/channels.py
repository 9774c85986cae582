"""Channel relations: which operators learn channels, and which merely pass them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.scaling.arithmetic import largest
from analyzer.scaling.spatial import slide, transposed

if TYPE_CHECKING:
    from analyzer.scaling.term import Term


def conv(term: Term) -> None:
    """X (n, M, …), W (N, M/g, K…): N is learned, except in a depthwise convolution."""
    x, y, w = term.x(), term.y(), term.x(term.weight())
    if x is None or y is None or w is None or len(x) != len(y) or len(w) != len(x):
        return term.opaque()
    dims, groups = term.dims, term.call.attr("group", 1)
    dims.union(x[0], y[0])
    dims.union(w[0], y[1])
    per_channel = term.bias()
    if per_channel:
        dims.union(per_channel[0], y[1])
    if groups == 1:
        dims.union(x[1], w[1])
        dims.feed(x[1])
        dims.learn(w[0])
    elif groups == term.size(x[1]) and term.size(w[1]) == 1:
        term.edits.append(("group", x[1]))
        if term.size(x[1]) == term.size(y[1]):
            dims.union(x[1], y[1])
        else:
            term.scale(y[1], x[1])
    else:  # grouped: the number of groups stays, their width scales
        term.scale(w[1], x[1])
        dims.require(x[1], groups)
        dims.require(w[0], groups)
        dims.learn(w[0])
    kernel = tuple(term.size(d) or 0 for d in w[2:])
    if all(kernel):
        slide(term, kernel)
    return None


def conv_transpose(term: Term) -> None:
    """X (n, M, …), W (M, N/g, K…)."""
    x, y, w = term.x(), term.y(), term.x(term.weight())
    if x is None or y is None or w is None or len(x) != len(y) or len(w) != len(x):
        return term.opaque()
    dims, groups = term.dims, term.call.attr("group", 1)
    dims.union(x[0], y[0])
    dims.union(w[0], x[1])
    dims.feed(x[1])
    if bias := term.bias():
        dims.union(bias[0], y[1])
    if groups == 1:
        dims.union(w[1], y[1])
        dims.learn(y[1])
    elif groups == term.size(x[1]):
        term.edits.append(("group", x[1]))
        term.scale(y[1], x[1])
    else:
        term.scale(w[1], y[1])
        dims.require(x[1], groups)
        dims.require(y[1], groups)
        dims.learn(y[1])
    strides = term.call.attr("strides") or (1,) * (len(x) - 2)
    for axis, stride in enumerate(strides):
        transposed(term, y[axis + 2], x[axis + 2], stride)
    if term.call.attr("output_shape"):
        term.edits.append(("output_shape", y[2:]))
    return None


def gemm(term: Term) -> None:
    """Y = A·B + C; the columns of a constant B are learned."""
    a, b, y = term.x(), term.x(1), term.y()
    if a is None or b is None or y is None or not len(a) == len(b) == len(y) == 2:
        return term.opaque()
    if term.call.attr("transA", 0):
        a = a[::-1]
    if term.call.attr("transB", 0):
        b = b[::-1]
    term.dims.union(a[0], y[0])
    term.dims.union(a[1], b[0])
    term.dims.union(b[1], y[1])
    if 1 in term.constants:
        term.dims.feed(b[0])
        term.dims.learn(b[1])
    if c := term.x(2):
        term.tie(c[::-1], y[::-1])
    return None


def matmul(term: Term) -> None:
    """numpy.matmul; the columns of a constant right operand are learned."""
    second = term.weight()
    a, b, y = term.x(), term.x(second), term.y()
    if a is None or b is None or y is None or min(len(a), len(b), len(y)) < 2:
        return term.opaque()
    term.dims.union(a[-1], b[-2])
    term.dims.union(a[-2], y[-2])
    term.dims.union(b[-1], y[-1])
    if second in term.constants:
        term.dims.feed(b[-2])
        term.dims.learn(b[-1])
    _broadcast(term, (a[:-2], b[:-2]), y[:-2])
    return None


def elementwise(term: Term) -> None:
    """NumPy broadcasting over all inputs; also covers unary operators and LayerNormalization."""
    for out in term.outputs:
        if out is not None:
            _broadcast(term, tuple(a for a in term.inputs if a is not None), out)


def _broadcast(term: Term, inputs: tuple[tuple[int, ...], ...], out: tuple[int, ...]) -> None:
    for back, target in enumerate(reversed(out)):
        peers = [axes[-1 - back] for axes in inputs if len(axes) > back]
        if term.size(target) == 1 and peers:
            term.dims.derive(target, peers, largest)
        for peer in peers:
            if term.size(peer) != 1:
                term.dims.union(peer, target)


def unary(term: Term) -> None:
    """Every output has the shape of the first input."""
    for out in term.outputs:
        if out is not None and len(out) == len(term.x() or ()):
            term.tie(term.x(), out)


def per_channel(term: Term) -> None:
    """BatchNormalization and its kin: further inputs run along axis 1."""
    unary(term)
    x = term.x()
    for extra in term.inputs[1:]:
        if x and len(x) > 1 and extra and len(extra) == 1:
            term.dims.union(*extra, x[1])


def quantize(term: Term) -> None:
    """QuantizeLinear and DequantizeLinear: scales run along ``axis`` or are scalar."""
    unary(term)
    x, axis = term.x(), term.call.attr("axis", 1)
    for extra in term.inputs[1:]:
        if x and extra and len(extra) == 1 and -len(x) <= axis < len(x):
            term.dims.union(*extra, x[axis])


def recurrent(term: Term) -> None:
    """LSTM, GRU, RNN: X (T, n, I), W (D, gH, I), R (D, gH, H); the hidden size H is learned."""
    x, w, r, y = term.x(), term.x(1), term.x(2), term.y()
    if x is None or w is None or r is None or not len(x) == len(w) == len(r) == 3:
        return term.opaque()
    hidden, batch_first = r[2], bool(term.call.attr("layout", 0))
    time, batch = (x[1], x[0]) if batch_first else (x[0], x[1])
    term.dims.union(x[2], w[2])
    term.dims.feed(x[2])
    if 2 in term.constants:
        term.dims.learn(hidden)
    for stacked in (w[1], r[1], *((term.x(s) or (None, None))[-1] for s in (3, 7))):
        if stacked is not None:
            term.scale(stacked, hidden)
    for state in (term.x(5), term.x(6), term.y(1), term.y(2)):
        if state is not None and len(state) == 3:
            term.dims.union(state[2], hidden)
            term.dims.union(state[0 if batch_first else 1], batch)
    if y is not None and len(y) == 4:
        term.dims.union(y[3], hidden)
        term.dims.union(y[1 if batch_first else 0], time)
        term.dims.union(y[0 if batch_first else 2], batch)
    term.edits.append(("hidden_size", hidden))
    return None


def depth_to_space(term: Term) -> None:
    """Channels move into space (or back) by the square of the block size."""
    x, y = term.x(), term.y()
    block = term.call.attr("blocksize", 1)
    if x is None or y is None or len(x) != 4 or len(y) != 4:
        return term.opaque()
    term.dims.union(x[0], y[0])
    for source, target in zip(x[1:], y[1:], strict=True):
        term.scale(target, source)
    if term.call.op_type == "DepthToSpace":
        term.dims.require(x[1], block * block)
    for dim in x[2:]:
        term.dims.mark_spatial(dim)
    return None


def gather(term: Term) -> None:
    """Rows of a table; the width of a constant table (an embedding) is learned."""
    x, picks, y = term.x(), term.x(1), term.y()
    if x is None or picks is None or y is None or len(y) != len(x) - 1 + len(picks):
        return term.opaque()
    axis = term.call.attr("axis", 0) % max(1, len(x))
    term.tie(x[:axis], y[:axis])
    term.tie(picks, y[axis:])
    term.tie(x[axis + 1 :], y[axis + len(picks) :])
    if term.dims.is_channel(x[axis]):
        term.dims.fix(x[axis])  # indices name channels one by one
    if 0 in term.constants:
        for dim in (*x[:axis], *x[axis + 1 :]):
            term.dims.learn(dim)
    return None
