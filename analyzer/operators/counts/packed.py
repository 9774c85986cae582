"""What packed and mixed products count: the stored shape of the weight is not its size."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.graph.call import Contradiction
from analyzer.operators.counts.elementwise import SIGMOID
from analyzer.operators.counts.fused import swiglu
from analyzer.operators.counts.product import product
from analyzer.operators.formula import Work, dims, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call


def packed(bias: int = -1) -> Callable[[Call], Work]:
    """A product with a packed weight whose logical sides are attributes: MACs = rows · N · K.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> call = Call("MatMulNBits", "com.microsoft", 1, {"K": 4096, "N": 11008, "bits": 4},
    ...             (Tensor("a", "float16", (1, 1, 4096)), None), ())
    >>> packed()(call).macs  # Llama-2-7B's gate projection for one token
    45088768
    """

    def count(call: Call) -> Work:
        rows, n, k = _rows(call), call.attributes["N"], call.attributes["K"]
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


def by_output(*added: int) -> Callable[[Call], Work]:
    """|Y| · K where the weight's stored shape says nothing about its logical one.

    ``added`` are the inputs that are added to the product, where they are given.
    """

    def count(call: Call) -> Work:
        k, size = call.shape(0)[-1], call.out_size()
        extra = sum(given(call, index) for index in added)
        return Work(size * k, size * extra, f"{size} · {k}")

    return count


def blocks(call: Call) -> Work:
    """MatMulPacked: a product, its global scale, and the square of its positive part (relu2)."""
    work = packed()(call)
    activation = str(call.attr("activation_type", "none")).replace("relu_squared", "relu2")
    each = given(call, 2) + ACTIVATION.get(activation, 0)
    return work._replace(other=_rows(call) * call.attributes["N"] * each)


def mlp(call: Call) -> Work:
    """Two projections, SiLU on one and their product: 2·N·K MACs a row."""
    work = packed()(call)
    rows, n = _rows(call), call.attributes["N"]
    each = SIGMOID + 2 + given(call, 5) + given(call, 8)
    norm = call.size(0) * (4 + given(call, 1)) if given(call, 2) else 0
    return Work(2 * work.macs, rows * n * each + norm, f"2 · {work.text}")


def qkv(call: Call) -> Work:
    rows, k = _rows(call), call.attributes["K"]
    n = call.attributes["Nq"] + 2 * call.attributes["Nkv"]
    bias = call.attributes["Nq"] * given(call, 5)
    bias += call.attributes["Nkv"] * (given(call, 8) + given(call, 11))
    norm = call.size(0) * (4 + given(call, 1))
    return Work(rows * n * k, rows * bias + norm, f"{rows} · {n} · {k}")


def lora(call: Call) -> Work:
    """Base projection plus two of rank R; an empty adapter is not run."""
    work, rows = packed()(call), _rows(call)
    n, k, rank = call.attributes["N"], call.attributes["K"], call.shape(4)[0]
    up = n if call.size(5) else 0
    down = k if call.size(3) and up else 0
    macs = work.macs + rows * rank * (up + down)
    return Work(macs, rows * up, f"{work.text} + {rows} · {rank} · ({down} + {up})")


def router(call: Call) -> Work:
    out, k = product(call.shape(0), call.shape(1))
    gate = (out[-1] - call.attributes["router_size"]) // 2
    return Work(prod(out) * k, prod(out[:-1]) * gate * swiglu(call), f"{dims(out)} · {k}")


ACTIVATION = {"identity": 0, "relu": 1, "gelu": 5, "silu": 5, "geglu": 6, "relu2": 2}
"""FLOPs per hidden value; a gated one (GeGLU) with the product of its two halves."""


def experts(weights: tuple[int, ...], bits: int = 0) -> Callable[[Call], Work]:
    """Mixture of experts: every token visits k of E experts.

    MACs = tokens · k · Σ |W| / E over the expert weights ``(E, …)``; ``bits`` is the default
    width of packed weights, whose last axis holds 8 / bits values a byte. FLOPs add the router's
    softmax (5 per expert), biases, activations and the weighted sum of the k results.
    """

    def count(call: Call) -> Work:
        shape = call.shape(0)
        tokens, top, each, biases, hidden = prod(shape[:-1]), call.attr("k", 1), 0, 0, 0
        for order, index in enumerate(weights):
            if not given(call, index):
                continue
            weight = call.shape(index)
            volume = prod(weight[1:])
            if bits:
                own = call.attr(f"fc{order + 1}_expert_weight_bits", 0)
                volume = volume * 8 // (own or call.attr("expert_weight_bits", bits))
            each += volume
            if given(call, index + (2 if bits else 1)):
                biases += weight[1]
            if order == 1:  # the second projection has one column for each hidden value
                hidden = volume // weight[1] if weight[1] else 0
        router = call.size(1) * 5
        bent = hidden * _activation(call, given(call, weights[2]))
        other = router + tokens * top * (bent + biases + 2 * shape[-1])
        return Work(tokens * top * each, other, f"{tokens} · {top} · {each}")

    return count


def _activation(call: Call, gated: bool) -> int:
    """FLOPs per hidden value; the third projection multiplies what is not a product already."""
    kind = call.attr("activation_type", "relu")
    if kind == "swiglu":
        return swiglu(call) + (3 if call.attr("swiglu_limit") is not None else 0)
    return ACTIVATION.get(kind, 5) + (gated and kind != "geglu")


def gated_add(call: Call) -> Work:
    if not given(call, 3):
        return Work(0, 2 * call.out_size(), "0", rest=f"2 · {call.out_size()}")
    macs, rows = call.size(2), _rows(call)
    return Work(macs, 2 * call.out_size() + rows * SIGMOID, f"{macs}")


def bits_of(default: int) -> Callable[[Call], str]:
    return lambda call: f"int{call.attr('bits', default)}"


def expert_bits(call: Call) -> str:
    kind = call.attr("quant_type", "int")
    if kind != "int":
        return "float8" if "8" in kind else "float4"
    return f"int{call.attr('expert_weight_bits', 4)}"
