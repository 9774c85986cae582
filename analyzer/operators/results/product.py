"""Output types of dense products, with transposed, quantised and packed operands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.record import OutputType
from analyzer.operators.results.common import broadcast, dtype_of, type_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Dim, Shape
    from analyzer.graph.call import Call

    Rule = Callable[[Call], list[OutputType]]


def matmul_shape(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> Shape:
    if not a or not b:
        raise Unknown("an operand is a scalar")
    left = (1, *a) if len(a) == 1 else a
    right = (*b, 1) if len(b) == 1 else b
    batch = broadcast(left[:-2], right[:-2])
    rows = () if len(a) == 1 else (left[-2],)
    columns = () if len(b) == 1 else (right[-1],)
    return None if batch is None else (*batch, *rows, *columns)


def multiplied(b_index: int, dtype_index: int) -> Callable[[Call], list[OutputType]]:
    def rule(call: Call) -> list[OutputType]:
        a, b = list(call.dims(0)), list(call.dims(b_index))
        if call.attr("transBatchA", 0) and len(a) > 1:
            a = [*a[1:-1], a[0], a[-1]]
        if call.attr("transBatchB", 0) and len(b) > 1:
            b = [*b[1:-1], b[0], b[-1]]
        if call.attr("transA", 0) and len(a) > 1:
            a[-2:] = reversed(a[-2:])
        if call.attr("transB", 0) and len(b) > 1:
            b[-2:] = reversed(b[-2:])
        return [
            OutputType(dtype_of(call, dtype_index, "float32"), matmul_shape(tuple(a), tuple(b)))
        ]

    return rule


def gemmed(b_index: int, output_scale: int | None) -> Callable[[Call], list[OutputType]]:
    """(M, N); quantised Gemm gives floats when it has no output scale."""

    def rule(call: Call) -> list[OutputType]:
        a, b = call.dims(0), call.dims(b_index)
        if len(a) != 2 or len(b) != 2:
            raise Unknown("Gemm operands are not matrices")
        shape = (a[1 if call.attr("transA", 0) else 0], b[0 if call.attr("transB", 0) else 1])
        dtype = dtype_of(call, 0)
        if output_scale is not None and call.input(output_scale) is None:
            dtype = "float32"
        return [OutputType(dtype, shape)]

    return rule


def packed_product(call: Call) -> list[OutputType]:
    """MatMulNBits and relatives: the weight's (K, N) are attributes."""
    columns = call.attr("N")
    if columns is None:
        raise Unknown("attribute N is missing")
    return [OutputType(dtype_of(call, 0), (*call.dims(0)[:-1], int(columns)))]


def widened(slot: int) -> Rule:
    """Rows of the first input; as many columns as input ``slot`` (N, …) has rows."""

    def rule(call: Call) -> list[OutputType]:
        return [OutputType(dtype_of(call, 0), (*call.dims(0)[:-1], call.dims(slot)[0]))]

    return rule


def ordered(call: Call) -> list[OutputType]:
    """QOrderedMatMul: A (B, M, K); its weight is (K, N), or (N, K) where ``order_B`` says so."""
    rows, weight = call.dims(0), call.dims(2)
    if len(weight) != 2:
        raise Unknown("the weight is no matrix")
    turned = weight[0] != rows[-1] and weight[1] == rows[-1]
    return [OutputType(dtype_of(call, 0), (*rows[:-1], weight[0 if turned else 1]))]


def by_shape_input(call: Call) -> list[OutputType]:
    """MatMulFpQ4: ``B_shape`` holds (K, N)."""
    sizes = call.integers(2)
    if sizes is None or len(sizes) != 2:
        raise Unknown("the shape of B is computed at run time")
    return [OutputType(dtype_of(call, 0), (*call.dims(0)[:-1], sizes[1]))]


def projections(*attributes: str) -> Rule:
    """Several packed projections of one input, as wide as attributes say; then the residual sum."""

    def rule(call: Call) -> list[OutputType]:
        rows = call.dims(0)[:-1]
        widths = [call.attr(name) for name in attributes]
        if None in widths:
            raise Unknown(f"attributes {', '.join(attributes)} are not all there")
        found = [OutputType(dtype_of(call, 0), (*rows, int(width))) for width in widths]
        return [*found, type_of(call, 0)]

    return rule


def routed(call: Call) -> list[OutputType]:
    """RouterGateUpProj: router logits, and half of the other columns."""
    columns, router = call.dims(1)[-1], call.attr("router_size")
    if columns is None or router is None:
        raise Unknown("the split of the columns is unknown")
    rows, dtype = call.dims(0)[:-1], dtype_of(call, 0)
    return [OutputType(dtype, (*rows, router)), OutputType(dtype, (*rows, (columns - router) // 2))]


def routes(call: Call) -> list[OutputType]:
    """MoEGroupRouter: (tokens, experts) three times, the last two in float32."""
    tokens: Dim = 1
    for size in call.dims(0)[:-1]:
        tokens = None if tokens is None or size is None else tokens * size
    shape = (tokens, call.dims(1)[0])
    return [
        OutputType(dtype_of(call, 0), shape),
        OutputType("float32", shape),
        OutputType("float32", shape),
    ]


def words(call: Call) -> list[OutputType]:
    """WordConvEmbedding: one vector of the convolution's N filters for every word."""
    return [OutputType(dtype_of(call, 1), (*call.dims(0)[:-1], call.dims(1)[0]))]


def integer_product(call: Call) -> list[OutputType]:
    """MatMulInteger16: int32."""
    return [OutputType("int32", matmul_shape(call.dims(0), call.dims(1)))]
