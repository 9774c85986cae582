"""Contracts of products with packed weights in ``com.microsoft``: MatMulNBits and alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    fits,
    least_rank,
    same_rank,
    same_shape,
    size_of,
    vector,
)
from analyzer.operators.contracts.products import product
from analyzer.operators.contracts.quantization import per_column
from analyzer.operators.contracts.reading import (
    differ,
    elements_of,
    integers,
    shape_of,
    size_at,
    whole,
)
from analyzer.operators.contracts.settings import (
    axis_in_range,
    one_of,
    power_of_two,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim, Shape
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _packed(call: Call) -> Iterator[Violation]:
    """MatMulNBits: B (N, blocks, bytes of a block), one scale and zero point for each block."""
    n, k = whole(call, "N"), whole(call, "K")
    block, bits = whole(call, "block_size"), whole(call, "bits", 4)
    if n is None or k is None or block is None or bits not in (2, 4, 8) or block < 1:
        return
    if min(n, k) < 1:
        yield Violation("attribute-value", f"N is {n} and K {k}", "state sizes above 0")
        return
    if differ(size_at(call, 0, -1), k):
        yield Violation(
            "inner-size",
            f"A ({spell(shape_of(call, 0))}) has {size_at(call, 0, -1)} columns, and K is {k}",
            "correct K or what makes the input",
        )
    blocks = -(-k // block)
    held = -(-blocks * bits // 8)
    if not whole(call, "weight_prepacked", 0):
        yield from fits(
            "packing", "B", shape_of(call, 1), (n, blocks, block * bits // 8),
            what="N, blocks of K, bytes of a block",
        )  # fmt: skip
        yield from fits(
            "packing", "scales", shape_of(call, 2), (n, blocks), (n * blocks,),
            what="N, blocks of K",
        )  # fmt: skip
    zero = call.input(3)
    if zero is not None and zero.dtype is not None:
        columns = held if zero.dtype == "uint8" else blocks
        yield from fits(
            "packing", "zero_points", zero.shape, (n, columns), (n * columns,),
            what="N, zero points of a row",
        )  # fmt: skip
    yield from fits("packing", "g_idx", shape_of(call, 4), (k,), (blocks * block,), what="K")
    wrong = [i for i in integers(call, 4) or () if not 0 <= i < blocks]
    if wrong:
        yield Violation(
            "index-range", f"g_idx names block {wrong[0]} of {blocks}",
            f"keep g_idx within 0 to {blocks - 1}",
        )  # fmt: skip
    yield from fits("bias-length", "bias", shape_of(call, 5), (n,), what="N")


def _bnb4(call: Call) -> Iterator[Violation]:
    """MatMulBnb4: two weights in a byte, one maximum for each block."""
    n, k, block = whole(call, "N"), whole(call, "K"), whole(call, "block_size")
    if n is None or k is None or block is None or block < 1:
        return
    if min(n, k) < 1:
        yield Violation("attribute-value", f"N is {n} and K {k}", "state sizes above 0")
        return
    if differ(size_at(call, 0, -1), k if whole(call, "transB", 1) else n):
        yield Violation(
            "inner-size",
            f"A ({spell(shape_of(call, 0))}) has {size_at(call, 0, -1)} columns, and K is {k}",
            "correct K or what makes the input",
        )
    for slot, name, wanted in (
        (1, "B", -(-n * k // 2)), (2, "absmax", -(-n * k // block)),
    ):  # fmt: skip
        found = elements_of(call, slot)
        few = found is not None and found < wanted
        if few or differ(found, wanted):
            yield Violation(
                "packing",
                f"{name} has {found} elements, {n} × {k} weights in blocks of "
                f"{block} take {wanted}",
                f"pack the weight anew, or correct N, K or block_size of {name}",
                grave=few,
            )
            return


def _blocks_of_gather(call: Call) -> Iterator[Violation]:
    """Only FP8 and FP4 may have one block along the whole axis."""
    data = call.input(0)
    small = data is not None and (data.dtype or "float").startswith("float")
    if not (small and whole(call, "block_size") == 0):
        yield from power_of_two("block_size", 16)(call)


def _gathered(call: Call) -> Iterator[Violation]:
    """GatherBlockQuantized: a scale for each block along ``quantize_axis``."""
    data, scales = shape_of(call, 0), shape_of(call, 2)
    gather, axis = whole(call, "gather_axis", 0), whole(call, "quantize_axis", 1)
    block, bits = whole(call, "block_size", 128), whole(call, "bits", 4)
    kind = data is not None and call.inputs[0] is not None and call.inputs[0].dtype
    if data is None or gather is None or axis is None or block is None or not kind:
        return
    if not data or not all(-len(data) <= a < len(data) for a in (gather, axis)):
        return
    parts = 8 // bits if kind == "uint8" and bits in (2, 4, 8) else 1
    if kind == "uint8" and (gather % len(data) or axis % len(data) != len(data) - 1):
        yield Violation(
            "attribute-value",
            f"gather_axis is {gather} and quantize_axis {axis}; packed bytes take 0 and the last",
            "set gather_axis to 0 and quantize_axis to -1",
        )
        return
    if scales is None or block < 1:
        return
    wanted: tuple[Dim, ...] = tuple(
        size if i != axis % len(data) or size is None else -(-size * parts // block)
        for i, size in enumerate(data)
    )
    loose = str(kind).startswith("float")
    if len(scales) != len(wanted) or any(
        differ(a, b) and not (loose and a == 1) for a, b in zip(scales, wanted, strict=True)
    ):
        yield Violation(
            "scale-shape",
            f"scales are {spell(scales)}; data ({spell(data)}) in blocks of {block} along axis "
            f"{axis} takes {spell(wanted)}",
            "give one scale for each block, or correct block_size or quantize_axis",
        )
        return
    held = tuple(
        size if i != axis % len(data) or size is None else -(-size // parts)
        for i, size in enumerate(wanted)
    )
    yield from fits("scale-shape", "zero_points", shape_of(call, 3), held, what="as scales, packed")


BATCHED = 3
"""Axes of an operand that has a batch."""
_RANKS = (
    least_rank(0, "A", BATCHED), least_rank(1, "B", BATCHED), same_rank(0, "A", 1, "B"),
)  # fmt: skip


def _batched(call: Call, slot: int, flip: bool, rows: bool) -> Shape:
    """Operand of FusedMatMul as (batch …, rows, columns); ``None`` where it has none of those."""
    shape = shape_of(call, slot)
    if shape is None or len(shape) < BATCHED:
        return None
    if rows:  # the first axis moves behind the others of the batch
        shape = (*shape[1:-1], shape[0], shape[-1])
    return (*shape[:-2], shape[-1], shape[-2]) if flip else shape


def _fused(call: Call) -> Iterator[Violation]:
    plain = not (whole(call, "transBatchA", 0) or whole(call, "transBatchB", 0))
    if plain:
        yield from product(flips=True)(call)
        return
    for ranked in _RANKS:
        yield from ranked(call)
    left = _batched(call, 0, bool(whole(call, "transA", 0)), bool(whole(call, "transBatchA", 0)))
    right = _batched(call, 1, bool(whole(call, "transB", 0)), bool(whole(call, "transBatchB", 0)))
    if left and right and differ(left[-1], right[-2]):
        yield Violation(
            "inner-size",
            f"A ({spell(left)}) has {left[-1]} columns and B ({spell(right)}) {right[-2]} rows",
            "correct the weight, transA or transB",
        )


_BLOCKS = power_of_two("block_size", 16)

CONTRIB_PRODUCTS: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("com.microsoft", op): contracts
    for op, contracts in {
        "MatMulNBits": (one_of("bits", (2, 4, 8)), _BLOCKS, _packed),
        "MatMulBnb4": (_bnb4, one_of("quant_type", (0, 1)), _BLOCKS),
        "MatMulFpQ4": (vector(2, "B_shape", lambda _: 2, "K and N"),),
        "GatherBlockQuantized": (
            axis_in_range("gather_axis", default=0, name="data"),
            axis_in_range("quantize_axis", default=1, name="data"),
            one_of("bits", (2, 4, 8)), _blocks_of_gather, _gathered,
        ),
        "FusedMatMul": (_fused,),
        "FusedMatMulActivation": (_fused,),
        "DynamicQuantizeMatMul": (
            *per_column(2, 3, 1, -1, "columns of B"),
            vector(4, "bias", size_of(1, -1), "columns of B", code="bias-length", loose=True),
        ),
        "QGemm": (
            *per_column(4, 5, 3, -1, "columns of B"), same_shape(4, "b_scale", 5, "b_zero_point"),
        ),
        "MatMulIntegerToFloat": (
            *per_column(3, 5, 1, -1, "columns of B"),
            vector(6, "bias", size_of(1, -1), "columns of B", code="bias-length", loose=True),
        ),
    }.items()
}  # fmt: skip
