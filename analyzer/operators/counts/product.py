"""What dense products count: Gemm, MatMul, Einsum, and their fused forms."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.graph.call import Contradiction, Unknown
from analyzer.operators.counts.elementwise import GELU_TANH
from analyzer.operators.formula import Work, dims, given, times

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

Shape = tuple[int, ...]


def gemm(call: Call, b: int = 1, c: int = 2) -> Work:
    """``Y = α·A'·B' + β·C`` with A' of M×K and B' of K×N: MACs = M·N·K.

    FLOPs add one per output element each for C, for α ≠ 1 and for β ≠ 1.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("Gemm", "", 17, {"transB": 1}, (f32(1, 1024), f32(1000, 1024), f32(1000)),
    ...             (f32(1, 1000),))
    >>> gemm(call).macs, gemm(call).other  # MobileNetV1's classifier: 1.024 M mult-adds
    (1024000, 1000)
    """
    left, right = call.shape(0), call.shape(b)
    if len(left) != 2 or len(right) != 2:
        raise Unknown(f"Gemm of ranks {len(left)} and {len(right)}")
    m, k = reversed(left) if call.attr("transA", 0) else left
    k2, n = reversed(right) if call.attr("transB", 0) else right
    _same(k, k2)
    extra = call.attr("alpha", 1.0) != 1.0
    if given(call, c):
        extra += 1 + (call.attr("beta", 1.0) != 1.0)
    return Work(m * n * k, m * n * extra, f"{m} · {n} · {k}", rest=times(extra, m * n))


def product(a: Shape, b: Shape) -> tuple[Shape, int]:
    """Output shape and K of ``numpy.matmul``, 1-D operands and broadcasting included.

    >>> product((8, 1, 5, 4), (3, 4, 2))
    ((8, 3, 5, 2), 4)
    >>> product((4,), (7, 4, 2))
    ((7, 2), 4)
    """
    if not a or not b:
        raise Unknown("matrix product of a scalar")
    k = a[-1]
    _same(k, b[-2] if len(b) > 1 else b[0])
    batch = broadcast(a[:-2], b[:-2])
    return (*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else ())), k


def broadcast(a: Shape, b: Shape) -> Shape:
    """NumPy broadcast of two shapes; ``Unknown`` when they do not fit.

    >>> broadcast((8, 1), (3,))
    (8, 3)
    """
    width = max(len(a), len(b))
    pairs = zip((1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b, strict=True)
    result = []
    for x, y in pairs:
        if x != y and 1 not in (x, y):
            raise Unknown(f"shapes {a} and {b} do not broadcast")
        result.append(y if x == 1 else x)
    return tuple(result)


def matmul(a: int = 0, b: int = 1, bias: int = -1) -> Callable[[Call], Work]:
    """Formula of ``numpy.matmul`` on inputs ``a`` and ``b``: MACs = |Y| · K.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("MatMul", "", 17, {}, (f32(12, 197, 64), f32(12, 64, 197)), (None,))
    >>> matmul()(call).macs  # one attention product of ViT-B/16: 12·197·197·64
    29805312
    """

    def count(call: Call) -> Work:
        out, k = product(call.shape(a), call.shape(b))
        size = prod(out)
        other = size if bias >= 0 and given(call, bias) else 0
        return Work(size * k, other, f"{dims(out)} · {k}")

    return count


def _same(k: int, other: int) -> None:
    if k != other:
        raise Contradiction(f"inconsistent inner dimension: {k} and {other}")


def einsum(call: Call) -> Work:
    """Einsum: MACs = product of the sizes of all distinct labels; 0 for a single operand.

    ``…`` stands for the broadcast leading dimensions. With n operands each of these index tuples
    takes n-1 multiplications and one addition, so FLOPs = n · product.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("Einsum", "", 12, {"equation": "...ij,jk->...ik"}, (f32(2, 3, 4), f32(4, 5)),
    ...             (f32(2, 3, 5),))
    >>> einsum(call).macs  # 2 · 3 · 4 · 5
    120
    """
    equation = call.attr("equation")
    if not isinstance(equation, str):
        raise Unknown("Einsum without an equation")
    terms = equation.replace(" ", "").split("->")[0].split(",")
    if len(terms) != len(call.inputs):
        raise Unknown(f"Einsum equation names {len(terms)} operands of {len(call.inputs)}")
    sizes: dict[str, int] = {}
    batch: Shape = ()
    for index, term in enumerate(terms):
        labels, ellipsis = _labels(term, call.shape(index))
        batch = broadcast(batch, ellipsis)
        for label, size in labels:
            known = sizes.get(label, 1)
            if known != size and 1 not in (known, size):
                raise Unknown(f"Einsum label {label} is {known} and {size}")
            sizes[label] = size if known == 1 else known
    total = prod(sizes.values()) * prod(batch)
    text = dims((*batch, *sizes.values()))
    if len(terms) == 1:
        reduces = total != call.out_size()
        return Work(0, total if reduces else 0, "0", rest=text)
    more = len(terms) - 2
    return Work(total, more * total, text, rest=times(more, total))


def _labels(term: str, shape: Shape) -> tuple[list[tuple[str, int]], Shape]:
    """Labels of one Einsum operand with their sizes, and the dimensions of its ellipsis."""
    before, dots, after = term.partition("...")
    rank = len(before) + len(after)
    if rank > len(shape) or (not dots and rank != len(shape)):
        raise Unknown(f"Einsum term {term} does not fit rank {len(shape)}")
    tail = len(shape) - len(after)
    labels = list(zip(before, shape, strict=False)) + list(zip(after, shape[tail:], strict=True))
    return labels, shape[len(before) : tail]


def fused_gemm(call: Call) -> Work:
    work = gemm(call)
    activated = call.attr("activation") not in (None, "", "NONE")
    return work.plus(activated * _outputs(call))


def _outputs(call: Call) -> int:
    rows = call.shape(0)[1 if call.attr("transA", 0) else 0]
    return rows * call.shape(1)[0 if call.attr("transB", 0) else 1]


def fused_matmul(call: Call) -> Work:
    """MatMul after transposing the last two axes (transA, transB) or moving the first (transBatch).

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("FusedMatMul", "com.microsoft", 1, {"transB": 1, "alpha": 0.125},
    ...             (f32(12, 197, 64), f32(12, 197, 64)), ())
    >>> fused_matmul(call).macs  # 12·197·197 · 64
    29805312
    """
    shapes = [
        _turn(call.shape(i), bool(call.attr(f"trans{n}", 0)), bool(call.attr(f"transBatch{n}", 0)))
        for i, n in enumerate("AB")
    ]
    out, k = product(*shapes)
    extra = (call.attr("alpha", 1.0) != 1.0) + bool(call.attr("activation"))
    size = prod(out)
    return Work(size * k, extra * size, f"{dims(out)} · {k}", rest=times(extra, size))


def _turn(shape: tuple[int, ...], swap: bool, batch: bool) -> tuple[int, ...]:
    match shape:
        case (first, *others, last) if batch:
            shape = (*others, first, last)
    match shape:
        case (*others, rows, columns) if swap:
            shape = (*others, columns, rows)
    return shape


def gemm_gelu(call: Call) -> Work:
    out, k = product(call.shape(0), call.shape(1))
    each = GELU_TANH + given(call, 2)
    size = prod(out)
    return Work(size * k, each * size, f"{dims(out)} · {k}", rest=times(each, size))
