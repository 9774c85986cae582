"""com.microsoft: fused convolutions and dense products, integer, block-quantised and mixtures."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.costs.conv import CONV_TRANSPOSE, FLOPS, MACS, convolve, transposed
from analyzer.costs.elementwise import GELU_TANH, SIGMOID
from analyzer.costs.linear import gemm, matmul, product
from analyzer.costs.rule import Rule, Work, dims, dtype_of, fixed, given, integer_of
from analyzer.graph.call import Contradiction

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

ORT = "ONNX Runtime contrib operators"
FUSED = f"{FLOPS} + |Y| if activation + |Y| if sum"
PRODUCT = "|Y| · K"
BIASED = "2·MACs + |Y| if bias"


def _fused_gemm(call: Call) -> Work:
    work = gemm(call)
    return _plus(work, bool(call.attr("activation")) * _outputs(call))


def _outputs(call: Call) -> int:
    rows = call.shape(0)[1 if call.attr("transA", 0) else 0]
    return rows * call.shape(1)[0 if call.attr("transB", 0) else 1]


def _plus(work: Work, flops: int) -> Work:
    return work._replace(other=(work.other or 0) + flops)


def _fused_matmul(call: Call) -> Work:
    """MatMul after transposing the last two axes (transA, transB) or moving the first (transBatch).

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("FusedMatMul", "com.microsoft", 1, {"transB": 1, "alpha": 0.125},
    ...             (f32(12, 197, 64), f32(12, 197, 64)), ())
    >>> _fused_matmul(call).macs  # 12·197·197 · 64
    29805312
    """
    shapes = [
        _turn(call.shape(i), bool(call.attr(f"trans{n}", 0)), bool(call.attr(f"transBatch{n}", 0)))
        for i, n in enumerate("AB")
    ]
    out, k = product(*shapes)
    extra = (call.attr("alpha", 1.0) != 1.0) + bool(call.attr("activation"))
    return Work(prod(out) * k, extra * prod(out), f"{dims(out)} · {k}")


def _turn(shape: tuple[int, ...], swap: bool, batch: bool) -> tuple[int, ...]:
    if batch and len(shape) > 2:
        shape = (*shape[1:-1], shape[0], shape[-1])
    if swap and len(shape) > 1:
        shape = (*shape[:-2], shape[-1], shape[-2])
    return shape


def _gemm_gelu(call: Call) -> Work:
    out, k = product(call.shape(0), call.shape(1))
    each = GELU_TANH + given(call, 2)
    return Work(prod(out) * k, each * prod(out), f"{dims(out)} · {k}")


def packed(bias: int = -1, *, width: str = "N", inner: str = "K") -> Callable[[Call], Work]:
    """A product with a packed weight whose logical sides are attributes: MACs = rows · N · K.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> call = Call("MatMulNBits", "com.microsoft", 1, {"K": 4096, "N": 11008, "bits": 4},
    ...             (Tensor("a", "float16", (1, 1, 4096)), None), ())
    >>> packed()(call).macs  # Llama-2-7B's gate projection for one token
    45088768
    """

    def count(call: Call) -> Work:
        rows, n, k = _rows(call), call.attributes[width], call.attributes[inner]
        if call.shape(0)[-1] != k:
            raise Contradiction(f"inconsistent inner dimension: {call.shape(0)[-1]} and {k}")
        weight = call.input(1)
        if weight is not None and weight.elements == 0:
            n = 0  # ONNX Runtime: an empty weight omits the projection
        other = rows * n if bias >= 0 and given(call, bias) else 0
        return Work(rows * n * k, other, f"{rows} · {n} · {k}")

    return count


def _rows(call: Call) -> int:
    return prod(call.shape(0)[:-1])


def _by_output(call: Call) -> Work:
    """|Y| · K where the weight's stored shape says nothing about its logical one."""
    k, size = call.shape(0)[-1], call.out_size()
    return Work(size * k, 0, f"{size} · {k}")


def _mlp(call: Call) -> Work:
    """Two projections, SiLU on one and their product: 2·N·K MACs a row."""
    work = packed()(call)
    rows, n = _rows(call), call.attributes["N"]
    each = SIGMOID + 2 + given(call, 5) + given(call, 8)
    norm = call.size(0) * (4 + given(call, 1)) if given(call, 2) else 0
    return Work(2 * work.macs, rows * n * each + norm, f"2 · {work.text}")


def _qkv(call: Call) -> Work:
    rows, k = _rows(call), call.attributes["K"]
    n = call.attributes["Nq"] + 2 * call.attributes["Nkv"]
    bias = call.attributes["Nq"] * given(call, 5)
    bias += call.attributes["Nkv"] * (given(call, 8) + given(call, 11))
    norm = call.size(0) * (4 + given(call, 1))
    return Work(rows * n * k, rows * bias + norm, f"{rows} · {n} · {k}")


def _lora(call: Call) -> Work:
    """Base projection plus two of rank R; an empty adapter is not run."""
    work, rows = packed()(call), _rows(call)
    n, k, rank = call.attributes["N"], call.attributes["K"], call.shape(4)[0]
    up = n if call.size(5) else 0
    down = k if call.size(3) and up else 0
    macs = work.macs + rows * rank * (up + down)
    return Work(macs, rows * up, f"{work.text} + {rows} · {rank} · ({down} + {up})")


def _router(call: Call) -> Work:
    out, k = product(call.shape(0), call.shape(1))
    gate = (out[-1] - call.attributes["router_size"]) // 2
    return Work(prod(out) * k, prod(out[:-1]) * gate * 6, f"{dims(out)} · {k}")


ACTIVATION = {"identity": 0, "relu": 1, "gelu": 5, "silu": 5, "swiglu": 6, "geglu": 6, "relu2": 2}
"""FLOPs per hidden value of an expert."""


def experts(weights: tuple[int, ...], bits: int = 0) -> Callable[[Call], Work]:
    """Mixture of experts: every token visits k of E experts.

    MACs = tokens · k · Σ |W| / E over the expert weights ``(E, …)``; ``bits`` is the default
    width of packed weights, whose last axis holds 8 / bits values a byte. FLOPs add the router's
    softmax (5 per expert), activations and the weighted sum of the k results.
    """

    def count(call: Call) -> Work:
        shape = call.shape(0)
        tokens, top, each, hidden = prod(shape[:-1]), call.attr("k", 1), 0, 0
        for order, index in enumerate(weights):
            if not given(call, index):
                continue
            weight = call.shape(index)
            volume = prod(weight[1:])
            if bits:
                own = call.attr(f"fc{order + 1}_expert_weight_bits", 0)
                volume = volume * 8 // (own or call.attr("expert_weight_bits", bits))
            each += volume
            if order == 0:
                hidden = volume // shape[-1]
        router = call.size(1) * 5
        activation = ACTIVATION.get(call.attr("activation_type", "relu"), 5)
        other = router + tokens * top * (hidden * activation + 2 * shape[-1])
        return Work(tokens * top * each, other, f"{tokens} · {top} · {each}")

    return count


def _gated_add(call: Call) -> Work:
    if not given(call, 3):
        return Work(0, 2 * call.out_size(), f"2 · {call.out_size()}")
    macs, rows = call.size(2), _rows(call)
    return Work(macs, 2 * call.out_size() + rows * SIGMOID, f"{macs}")


def _words(call: Call) -> Work:
    """WordConvEmbedding: a convolution over the characters of each word."""
    words, length = prod(call.shape(0)[:-1]), call.shape(0)[-1]
    weight = call.shape(1)
    window = call.attr("conv_window_size") or weight[-2]
    places = max(length - window + 1, 0)
    other = words * places * weight[0] * 3  # bias, tanh, maximum
    return Work(words * places * prod(weight), other, f"{words} · {places} · {dims(weight)}")


def bits_of(default: int) -> Callable[[Call], str]:
    return lambda call: f"int{call.attr('bits', default)}"


def _expert_bits(call: Call) -> str:
    kind = call.attr("quant_type", "int")
    if kind != "int":
        return "float8" if "8" in kind else "float4"
    return f"int{call.attr('expert_weight_bits', 4)}"


def _conv(formula: Callable[[Call], Work], equation: str = FUSED) -> Rule:
    return Rule(formula, MACS, equation, ORT, dtype_of(0))


def _integer(formula: Callable[[Call], Work]) -> Rule:
    return Rule(formula, PRODUCT, BIASED, ORT, integer_of(0))


def _nbits(formula: Callable[[Call], Work], macs: str, flops: str = BIASED, bits: int = 4) -> Rule:
    return Rule(formula, macs, flops, ORT, bits_of(bits))


MATMUL_FUSED = Rule(
    _fused_matmul, PRODUCT, "2·MACs + |Y| if α≠1 + |Y| if activation", ORT, dtype_of(0)
)
NHWC = _conv(convolve(channel_axis=-1, activation=True, add=3))
MOE = "tokens · k · Σ|W| / E"
MOE_FLOPS = "2·MACs + 5·|router| + tokens·k·(hidden·activation + 2·width)"

RULES: dict[str, Rule] = {
    "FusedConv": _conv(convolve(activation=True, add=3)),
    "NhwcConv": NHWC,
    "NhwcFusedConv": NHWC,
    "ConvTransposeWithDynamicPads": Rule(
        transposed(3), CONV_TRANSPOSE.macs, FLOPS, ORT, dtype_of(0)
    ),
    "QLinearConv": Rule(
        lambda call: convolve(3, 8, channel_axis=-1 if call.attr("channels_last", 0) else 1)(call),
        MACS,
        FLOPS,
        ORT,
        integer_of(0),
    ),
    "WordConvEmbedding": Rule(
        _words, "words · positions · |W|", "2·MACs + 3·outputs", ORT, dtype_of(1)
    ),
    "FusedGemm": Rule(
        _fused_gemm, "M · N · K", "2·MACs + |Y| if C + |Y| if activation", ORT, dtype_of(0)
    ),
    "QGemm": Rule(
        lambda call: gemm(call, 3, 6), "M · N · K", BIASED, ORT, integer_of(0)
    ),
    "GemmFloat8": Rule(gemm, "M · N · K", "2·MACs + |Y| if C", ORT, fixed("float8")),
    "GemmFastGelu": Rule(
        _gemm_gelu, PRODUCT, "2·MACs + |Y| if bias + 8·|Y|", ORT, dtype_of(0)
    ),
    "FusedMatMul": MATMUL_FUSED,
    "FusedMatMulActivation": MATMUL_FUSED,
    "TransposeMatMul": MATMUL_FUSED,
    "MatMulInteger16": Rule(matmul(), PRODUCT, "2·MACs", ORT, fixed("int16")),
    "DynamicQuantizeMatMul": Rule(matmul(bias=4), PRODUCT, BIASED, ORT, fixed("int8")),
    "MatMulIntegerToFloat": _integer(matmul(bias=6)),
    "QLinearMatMul": _integer(matmul(0, 3)),
    "QOrderedMatMul": Rule(_by_output, PRODUCT, "2·MACs", ORT, fixed("int8")),
    "MatMulNBits": _nbits(packed(5), "rows · N · K"),
    "MatMulNBitsMlp": _nbits(_mlp, "2 · rows · N · K", "2·MACs + SiLU, product, RMS norm"),
    "MatMulNBitsQkv": _nbits(_qkv, "rows · (Nq + 2·Nkv) · K", "2·MACs + biases + RMS norm"),
    "MatMulNBitsQLoRA": _nbits(_lora, "rows · (N·K + R·(K + N))", "2·MACs + |Y|"),
    "MatMulBnb4": Rule(packed(), "rows · N · K", "2·MACs", ORT, fixed("float4")),
    "MatMulFpQ4": Rule(_by_output, PRODUCT, "2·MACs", ORT, fixed("int4")),
    "MatMulPacked": Rule(packed(), "rows · N · K", "2·MACs", ORT, dtype_of(0)),
    "MatMulBlockQuantizedFp4Weight": Rule(_by_output, PRODUCT, "2·MACs", ORT, fixed("float4")),
    "MatMulBlockQuantizedFp8Weight": Rule(_by_output, PRODUCT, "2·MACs", ORT, fixed("float8")),
    "RouterGateUpProj": Rule(_router, PRODUCT, "2·MACs + 6·gated values", ORT, dtype_of(0)),
    "MoE": Rule(experts((2, 4, 6)), MOE, MOE_FLOPS, ORT, dtype_of(0)),
    "QMoE": Rule(experts((2, 5, 8), 4), MOE, MOE_FLOPS, ORT, _expert_bits),
    "GatedAdd": Rule(
        _gated_add, "|gate| with gate_weight, else 0", "2·MACs + 2·|Y|", ORT, dtype_of(0)
    ),
}  # fmt: skip
