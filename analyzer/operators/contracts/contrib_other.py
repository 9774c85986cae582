"""Contracts of ``com.microsoft`` that belong to no larger family: experts, texts, joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    fits,
    least_rank,
    rank,
    same_size,
    size_of,
    vector,
)
from analyzer.operators.contracts.reading import (
    differ,
    rank_of,
    shape_of,
    size_at,
    whole,
    word,
)
from analyzer.operators.contracts.settings import (
    at_least,
    one_of,
    out_of_range,
    power_of_two,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _routed(call: Call) -> Iterator[Violation]:
    """A row of the router for each token, a column for each expert, of which ``k`` are chosen."""
    data, router = shape_of(call, 0), shape_of(call, 1)
    if data is None or router is None or len(router) != 2 or len(data) not in (2, 3):
        return
    rows: Dim = 1
    for size in data[:-1]:
        rows = None if rows is None or size is None else rows * size
    experts = size_at(call, 2, 0)
    if differ(router[0], rows) or differ(router[1], experts):
        yield Violation(
            "router-shape",
            f"router_probs are {spell(router)} for {rows} tokens and {experts} experts",
            "give a row for each token and a column for each expert",
        )
        return
    chosen = whole(call, "k", 1)
    if chosen is not None and router[1] is not None and not 1 <= chosen <= router[1]:
        yield Violation(
            "attribute-value", f"k is {chosen} of {router[1]} experts",
            f"set k to 1 to {router[1]}",
        )  # fmt: skip


def _expert_weights(call: Call) -> Iterator[Violation]:
    """fc1 (experts, inner, width) and fc2 (experts, width, inner), or both transposed as of old."""
    quantised = call.op_type == "QMoE"
    if quantised and word(call, "quant_type", "int") != "int":
        return
    pack = 8 // (whole(call, "expert_weight_bits", 4) or 4) if quantised else 1
    first, second = (2, 5) if quantised else (2, 4)
    fc2, width, experts = shape_of(call, second), size_at(call, 0, -1), size_at(call, 2, 0)
    if fc2 is None or len(fc2) != 3 or not width or None in fc2 or experts is None:
        return
    cells = (fc2[1] or 0) * (fc2[2] or 0) * pack
    if not cells or cells % width:
        yield Violation(
            "expert-shape",
            f"fc2_experts_weights are {spell(fc2)}, which do not divide into rows of {width}",
            "give (experts, width of the input, inner width)",
        )
        return
    inner = cells // width
    gated = word(call, "activation_type", "relu") == "swiglu"
    outer = [inner, 2 * inner] if gated else [inner]
    yield from fits(
        "expert-shape", "fc2_experts_weights", fc2,
        (experts, width, inner // pack), (experts, inner, width // pack), what="experts, …",
    )  # fmt: skip
    yield from fits(
        "expert-shape", "fc1_experts_weights", shape_of(call, first),
        *((experts, n, width // pack) for n in outer),
        *((experts, width, n // pack) for n in outer), what="experts, …",
    )  # fmt: skip
    biases = (4, 7) if quantised else (3, 5)
    yield from fits(
        "bias-length", "fc1_experts_bias", shape_of(call, biases[0]),
        *((experts, n) for n in outer), what="experts, inner",
    )  # fmt: skip
    yield from fits(
        "bias-length", "fc2_experts_bias", shape_of(call, biases[1]), (experts, width),
        what="experts, width",
    )  # fmt: skip
    if quantised:
        yield from _expert_scales(call, experts, outer, inner, width)


_BLOCKS = power_of_two("block_size", 16)


def _expert_scales(
    call: Call, experts: int, outer: list[int], inner: int, width: int
) -> Iterator[Violation]:
    """One a row, or one a block of a row: the runtime tells which by the rank of fc1_scales."""
    block, form = whole(call, "block_size", 0) or 0, rank_of(call, 3)
    if block:
        yield from _BLOCKS(call)
    if form is None:
        return
    blocked = block > 0 and form == 3
    for slot, name, rows, columns in (
        (3, "fc1_scales", outer, width), (6, "fc2_scales", [width], inner),
    ):  # fmt: skip
        ends = ((-(-columns // block),),) if blocked else ((), (1,))
        yield from fits(
            "scale-shape", name, shape_of(call, slot),
            *((experts, n, *end) for n in rows for end in ends),
            what="experts, rows, blocks" if blocked else "experts, rows",
        )  # fmt: skip


_EXPERTS = (
    rank(0, "input", 2, 3), rank(1, "router_probs", 2), rank(2, "fc1_experts_weights", 3), _routed,
    _expert_weights,
    one_of("activation_type", ("relu", "gelu", "silu", "swiglu", "identity")),
)  # fmt: skip


def _joined(call: Call) -> Iterator[Violation]:
    """QLinearConcat: data, scale and zero point three by three behind those of the result."""
    axis = whole(call, "axis")
    slots = range(2, len(call.inputs), 3)
    if (len(call.inputs) - 2) % 3:
        yield Violation(
            "arity", f"{len(call.inputs) - 2} inputs are no triples of data, scale and zero point",
            "give data, scale and zero point of each input",
        )  # fmt: skip
        return
    shapes = [s for slot in slots if (s := shape_of(call, slot)) is not None]
    if axis is None or not shapes:
        return
    first = shapes[0]
    if not -len(first) <= axis < len(first):
        yield out_of_range("axis", axis, len(first), f"the inputs ({spell(first)})")
        return
    for shape in shapes[1:]:
        if len(shape) != len(first) or any(
            differ(a, b)
            for i, (a, b) in enumerate(zip(first, shape, strict=True))
            if i != axis % len(first)
        ):
            yield Violation(
                "concat-shape",
                f"inputs {spell(first)} and {spell(shape)} are joined along axis {axis}",
                "make all other axes equal",
            )
            return


def _square(call: Call) -> Iterator[Violation]:
    rows, columns = size_at(call, 0, -2), size_at(call, 0, -1)
    if differ(rows, columns):
        yield Violation(
            "operand-shape",
            f"matrices of {rows} × {columns} ({spell(shape_of(call, 0))}) have no inverse",
            "give square matrices",
        )


def _words(call: Call) -> Iterator[Violation]:
    """WordConvEmbedding: attributes say what the weights are."""
    for name, slot, axis in (
        ("embedding_size", 1, 0), ("conv_window_size", 1, 2), ("char_embedding_size", 1, 3),
        ("char_embedding_size", 3, 1),
    ):  # fmt: skip
        stated, found = whole(call, name), size_at(call, slot, axis)
        if stated is not None and stated != -1 and differ(stated, found):
            yield Violation(
                "attribute-value", f"{name} is {stated}, and the weight says {found}",
                f"leave {name} out, or state {found}",
            )  # fmt: skip
            return


def _separated(call: Call) -> Iterator[Violation]:
    separators, expression = call.attr("separators"), call.attr("tokenexp")
    if bool(separators) == bool(expression):
        which = (
            "of separators and tokenexp, both are given" if separators
            else "of separators and tokenexp, neither is given"
        )  # fmt: skip
        yield Violation("attribute-choice", which, "give one of them")
    if rank_of(call, 0) not in (None, 1, 2):
        yield Violation(
            "rank", f"X has rank {rank_of(call, 0)}, Tokenizer takes 1 or 2",
            "give (texts) or (batch, texts)",
        )  # fmt: skip


CONTRIB_OTHER: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("com.microsoft", op): contracts
    for op, contracts in {
        "MoE": (*_EXPERTS, rank(4, "fc2_experts_weights", 3)),
        "QMoE": (
            *_EXPERTS, rank(5, "fc2_experts_weights", 3),
            one_of("expert_weight_bits", (2, 4, 8)),
        ),
        "QLinearConcat": (_joined,),
        "Inverse": (least_rank(0, "X", 2), _square),
        "CDist": (one_of("metric", ("euclidean", "sqeuclidean")),),
        "NGramRepeatBlock": (
            rank(0, "input_ids", 2), rank(1, "scores", 2), at_least("ngram_size", 1),
            same_size(0, "input_ids", 0, 1, "scores", 0),
        ),
        "WordConvEmbedding": (
            least_rank(0, "Sequence", 2), rank(1, "W", 4), rank(3, "C", 2), _words,
            vector(2, "B", size_of(1, 0), "filters", code="bias-length"),
        ),
        "BifurcationDetector": (rank(0, "src_tokens", 1), rank(1, "cur_tokens", 1)),
        "Tokenizer": (at_least("mincharnum", 1), _separated),
        "Rfft": (at_least("signal_ndim", 1),),
    }.items()
}  # fmt: skip
