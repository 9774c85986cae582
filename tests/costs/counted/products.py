"""Products of matrices: plain, fused, of integers, of packed weights, and mixtures of experts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.costs.counted.case import MS, Case, by_reference, f, positive, scalar, u8
from tests.costs.counted.convolutions import NO_KERNEL
from tests.costs.counted.parts import (
    WEIGHT,
    A,
    gelu,
    gelu_tanh,
    quantised,
    real,
    relu,
    rms,
    sigmoid,
    silu,
    softmax,
)
from tests.costs.counted.tally import counted, einsum, left_out, plain


def gemm(
    a: A, b: A, c: A = None, alpha: float = 1, beta: float = 1, transA: int = 0, transB: int = 0
) -> A:
    """α·A'·B' + β·C."""
    y = (a.T if transA else a) @ (b.T if transB else b)
    y = y if alpha == 1 else alpha * y
    if c is None:
        return y
    if beta != 1:
        c = beta * counted(np.broadcast_to(plain(c), y.shape))
    return y + c


def fused_gemm(a: A, b: A, c: A = None, activation: str = "", **how: Any) -> A:
    y = gemm(a, b, c, **how)
    return relu(y) if activation else y


def swapped(x: A, swap: int, batch: int) -> A:
    found = np.moveaxis(plain(x), 0, -2) if batch else plain(x)
    return counted(found.swapaxes(-1, -2) if swap else found)


def fused_matmul(
    a: A, b: A, alpha: float = 1, activation: str = "", transA: int = 0, transB: int = 0,
    transBatchA: int = 0, transBatchB: int = 0,
) -> A:  # fmt: skip
    y = swapped(a, transA, transBatchA) @ swapped(b, transB, transBatchB)
    y = y if alpha == 1 else alpha * y
    return relu(y) if activation else y


def expression(*xs: A, equation: str) -> A:
    return einsum(equation, *xs)


def integer(a: A, b: A, az: A = None, bz: A = None) -> A:
    return counted(plain(real(a, 1, az) @ real(b, 1, bz)).astype(np.int32))


def integer_to_float(
    a: A, b: A, a_scale: A, b_scale: A, az: A = None, bz: A = None, bias: A = None
) -> A:
    y = real(a, a_scale, az) @ real(b, b_scale, bz)
    return y if bias is None else y + bias


def dynamic(a: A, b: A, scale: A, zero: A = None, bias: A = None) -> A:
    """The left operand is quantised on the way, which is part of the scaling of the result."""
    y = counted(plain(a).astype(np.float64)) @ real(b, scale, zero)
    return y if bias is None else y + bias


def qlinear(a: A, sa: A, za: A, b: A, sb: A, zb: A, sy: A, zy: A) -> A:
    return quantised(real(a, sa, za) @ real(b, sb, zb), sy, zy)


def qgemm(
    a: A, sa: A, za: A, b: A, sb: A, zb: A, c: A = None, sy: A = None, zy: A = None,
    transA: int = 0, transB: int = 0,
) -> A:  # fmt: skip
    left, right = real(a, sa, za), real(b, sb, zb)
    y = (left.T if transA else left) @ (right.T if transB else right)
    y = y if c is None else y + real(c, plain(sa) * plain(sb))
    return y if sy is None else quantised(y, sy, zy)


def qordered(
    a: A, sa: A, b: A, sb: A, sy: A, bias: A = None, c: A = None, sc: A = None, **_: Any
) -> A:
    """α·A·B + bias + β·C, where the factors are scales."""
    y = real(a, sa) @ real(b, sb)
    y = y if bias is None else y + bias
    y = y if c is None else y + real(c, sc)
    return quantised(y, sy, 0, np.int8)


def unpacked(packed: A, scales: A, n: int, k: int, bits: int = 4, block: int = 32) -> A:
    """(N, blocks, bytes) of ``bits`` each, lowest first, zero point 2^(bits − 1)."""
    with left_out(WEIGHT):
        data = plain(packed).reshape(n, -1)
        parts = [(data >> shift) & (2**bits - 1) for shift in range(0, 8, bits)]
        whole = np.stack(parts, -1).reshape(n, -1, block).astype(np.float32)
        found = (whole - 2 ** (bits - 1)) * plain(scales).reshape(n, -1, 1)
        return counted(found.reshape(n, -1)[:, :k])


def nbits(
    a: A, b: A, scales: A, zero: A = None, index: A = None, bias: A = None,
    *, K: int, N: int, bits: int = 4, block_size: int = 32,
) -> A:  # fmt: skip
    y = a @ unpacked(b, scales, N, K, bits, block_size).T
    return y if bias is None else y + bias


def normed(a: A, skip: A, scale: A) -> A:
    a = a if skip is None else a + skip
    return a if scale is None else rms(a) * scale


def mlp(a: A, skip: A, scale: A, gate: A, gs: A, gb: A, up: A, us: A, ub: A, **how: Any) -> A:
    a = normed(a, skip, scale)
    how.pop("activation")
    return silu(nbits(a, gate, gs, bias=gb, **how)) * nbits(a, up, us, bias=ub, **how)


def qkv(
    a: A, skip: A, scale: A, q: A, qs: A, qb: A, k: A, ks: A, kb: A, v: A, vs: A, vb: A,
    *, K: int, Nq: int, Nkv: int, **how: Any,
) -> tuple[A, ...]:  # fmt: skip
    a = normed(a, skip, scale)
    return (nbits(a, q, qs, bias=qb, K=K, N=Nq, **how), nbits(a, k, ks, bias=kb, K=K, N=Nkv, **how),
            nbits(a, v, vs, bias=vb, K=K, N=Nkv, **how))  # fmt: skip


def lora(x: A, w: A, s: A, a: A, sa: A, b: A, sb: A, **how: Any) -> A:
    k, n = how["K"], how["N"]
    rank = sa.shape[0]
    base = x @ unpacked(w, s, n, k).T
    return base + (x @ unpacked(a, sa, rank, k).T) @ unpacked(b, sb, n, rank).T


def dense(a: A, b: A, *rest: A, N: int, K: int, **how: Any) -> A:
    """A weight of N · K in a form that only its format describes: any numbers will do."""
    with left_out(WEIGHT):
        w = counted(f(N, K))
    y = a @ w.T
    if rest and rest[-1] is not None and rest[-1].shape == (N,):
        y = y + rest[-1]
    if rest and rest[0] is not None and how.get("packed_type"):
        y = y * rest[0]
    if how.get("activation_type") == "relu2":
        y = relu(y)
        y = y * y
    return y


def shaped(a: A, b: A, sides: A, **_: Any) -> A:
    with left_out(WEIGHT):
        w = counted(f(*plain(sides)))
    return a @ w


def swiglu(gate: A, up: A, alpha: float = 1, beta: float = 0, limit: float = 0) -> A:
    """G · σ(α·G) · (L + β), both clamped: ONNX Runtime's MoE, SwiGLU and RouterGateUpProj."""
    if limit > 0:
        gate, up = np.minimum(gate, limit), np.clip(up, -limit, limit)
    inside = gate if alpha == 1 else gate * alpha
    return gate * sigmoid(inside) * (up if beta == 0 else up + beta)


def router_gate_up(
    x: A, w: A, *, router_size: int, activation: str = "swiglu", activation_alpha: float = 1,
    activation_beta: float = 0, limit: float = 0,
) -> tuple[A, A]:  # fmt: skip
    y = x @ w
    gate, up = np.split(y[..., router_size:], 2, -1)
    return y[..., :router_size], swiglu(gate, up, activation_alpha, activation_beta, limit)


def mixture(
    x: A, router: A, w1: A, b1: A, w2: A, b2: A, w3: A = None, b3: A = None,
    *, k: int, activation_type: str = "relu", swiglu_fusion: int = 0, **how: Any,
) -> A:  # fmt: skip
    """softmax of the router; each token goes through its k best experts, and is their sum."""
    with left_out("choosing experts is a search"):
        chosen = np.argsort(-plain(router), 1)[:, :k]
    shares = softmax(router)
    act: dict[str, Any] = {"relu": relu, "silu": silu, "gelu": gelu, "identity": counted}
    rows = []
    for token, experts in enumerate(chosen):
        total = counted(np.zeros(x.shape[1], np.float32))
        for e in experts:
            h = x[token] @ w1[e].T
            h = h if b1 is None else h + b1[e]
            if activation_type == "swiglu":
                if swiglu_fusion == 1:
                    gate, up = h[0::2], h[1::2]
                else:
                    gate, up = np.split(h, 2)
                h = swiglu(gate, up, how.get("activation_alpha", 1), how.get("activation_beta", 0),
                           how.get("swiglu_limit", 0))  # fmt: skip
            else:
                h = act[activation_type](h)
            if w3 is not None:
                l3 = x[token] @ w3[e].T
                h = h * (l3 if b3 is None else l3 + b3[e])
            y = h @ w2[e].T
            y = y if b2 is None else y + b2[e]
            total = total + shares[token, e] * y
        rows.append(plain(total))
    return counted(np.stack(rows))


def quantised_mixture(
    x: A, router: A, w1: A, s1: A, b1: A, w2: A, s2: A, b2: A, *, expert_weight_bits: int = 4,
    **how: Any,
) -> A:  # fmt: skip
    """Columns of packed integers with a scale each."""

    def whole(w: A, s: A) -> A:
        experts, n = w.shape[:2]
        k = w.shape[2] * 8 // expert_weight_bits
        parts = [unpacked(w[e], s[e], n, k, expert_weight_bits, k) for e in range(experts)]
        return counted(np.stack([plain(p) for p in parts]))

    return mixture(x, router, whole(w1, s1), b1, whole(w2, s2), b2, **how)


def gated_add(x: A, y: A, gate: A, weight: A = None) -> A:
    return x + y * (gate if weight is None else sigmoid(gate @ weight))


A2, B2 = f(3, 5), f(5, 7)
QA, QB = u8(3, 5), u8(5, 7)
S, Z = scalar(0.02), scalar(3, np.uint8)
Q = (S, Z)
PACKED = u8(8, 2, 16) * 27
SCALES = positive(8, 2) / 8
NB: dict[str, Any] = {"K": 64, "N": 8, "bits": 4, "block_size": 32}
ROWS = f(3, 64)
EXPERTS = (f(4, 8), f(4, 5), f(5, 6, 8), f(5, 6), f(5, 8, 6), f(5, 8))
FUSED_EXPERTS = (f(4, 8), f(4, 5), f(5, 12, 8), f(5, 12), f(5, 8, 6), f(5, 8))
GATED_EXPERTS = (f(4, 8), f(4, 5), f(5, 6, 8), None, f(5, 8, 6), None, f(5, 6, 8))
QUANTISED_EXPERTS = (
    f(4, 32), f(4, 2), u8(2, 32, 16) * 27, positive(2, 32) / 9, None, u8(2, 32, 16) * 27,
    positive(2, 32) / 9, None,
)  # fmt: skip


def ms(op: str, inputs: Any, define: Any, beside: str = "onnxruntime", **more: Any) -> Case:
    tolerance = more.pop("tolerance", 2e-4)
    return Case(op, inputs, define, more, MS, 1, beside=beside, tolerance=tolerance)


CASES: tuple[Case, ...] = (
    Case("Gemm", (A2, B2, f(7)), gemm, {"alpha": 0.5, "beta": 2.0}),
    Case("Gemm", (A2.T.copy(), B2.T.copy()), gemm, {"transA": 1, "transB": 1}),
    by_reference("MatMul", f(2, 1, 3, 4), f(5, 4, 6)),
    Case("MatMulInteger", (QA, QB, Z, Z), integer),
    Case("QLinearMatMul", (QA, *Q, QB, *Q, scalar(0.05), Z), qlinear, tolerance=1),
    Case("Einsum", (f(2, 3, 4), f(2, 4, 5)), expression, {"equation": "bij,bjk->bik"}),
    Case("Einsum", (f(3, 4), f(4, 5), f(5, 2)), expression, {"equation": "ij,jk,kl->il"}),
    Case("Einsum", (f(3, 4),), expression, {"equation": "ij->i"}),
    ms("FusedGemm", (A2, B2, f(7)), fused_gemm, activation="Relu"),
    ms("QGemm", (QA, *Q, QB.T.copy(), *Q, np.arange(7, dtype=np.int32), scalar(0.05), Z), qgemm,
       transB=1, tolerance=1),
    ms("QGemm", (QA, *Q, QB, *Q), qgemm),
    ms("GemmFloat8", (A2, B2.T.copy(), f(7)), fused_gemm, NO_KERNEL, transB=1, activation="RELU"),
    ms("GemmFastGelu", (A2, B2, f(7)), lambda a, b, c: gelu_tanh(a @ b + c), NO_KERNEL),
    ms("FusedMatMul", (f(2, 4, 3), f(2, 5, 4)), fused_matmul, transA=1, transB=1, alpha=0.5),
    ms("FusedMatMul", (f(2, 5, 3), f(5, 3, 4)), fused_matmul, transBatchA=1),
    ms("FusedMatMulActivation", (f(2, 3, 4), f(4, 5)), fused_matmul, NO_KERNEL, alpha=0.5,
       activation="Relu"),
    ms("TransposeMatMul", (f(2, 4, 3), f(2, 5, 4)), fused_matmul, transA=1, transB=1, alpha=0.5),
    ms("MatMulInteger16", (QA.astype(np.int16), QB.astype(np.int16)), integer),
    ms("DynamicQuantizeMatMul", (A2, QB, S, Z, f(7)), dynamic, tolerance=3e-3),
    ms("MatMulIntegerToFloat", (QA, QB, S, S, Z, Z, f(7)), integer_to_float),
    ms("QLinearMatMul", (QA, *Q, QB, *Q, scalar(0.05), Z), qlinear,
       "ONNX Runtime has its schema no more"),
    ms("QOrderedMatMul",
       (u8(1, 3, 5).astype(np.int8), S, u8(5, 7).astype(np.int8), S, S, f(7),
        u8(1, 3, 7).astype(np.int8), S), qordered, NO_KERNEL, order_A=1, order_B=0, order_Y=1),
    ms("MatMulNBits", (ROWS, PACKED, SCALES, None, None, f(8)), nbits, **NB),
    ms("MatMulNBitsMlp", (ROWS, f(3, 64), f(64), PACKED, SCALES, f(8), PACKED, SCALES, f(8)), mlp,
       NO_KERNEL, **NB, activation="silu"),
    ms("MatMulNBitsMlp", (ROWS, None, None, PACKED, SCALES, None, PACKED, SCALES, None), mlp,
       NO_KERNEL, **NB, activation="silu"),
    ms("MatMulNBitsQkv",
       (ROWS, f(3, 64), f(64), PACKED, SCALES, f(8), PACKED[:4], SCALES[:4], f(4), PACKED[:4],
        SCALES[:4], f(4)), qkv, NO_KERNEL, K=64, Nq=8, Nkv=4),
    ms("MatMulNBitsQLoRA",
       (ROWS, PACKED, SCALES, PACKED[:3], SCALES[:3], u8(8, 1, 16), SCALES[:, :1]), lora,
       NO_KERNEL, K=64, N=8),
    ms("MatMulBnb4", (ROWS, u8(256), f(16)), dense, "float4 has a table of its own", K=64, N=8),
    ms("MatMulFpQ4", (ROWS, u8(320), np.array([64, 8])), shaped,
       "its blocks are not documented"),
    ms("MatMulPacked", (ROWS, u8(8, 36), scalar(2)), dense, NO_KERNEL, K=64, N=8, packed_type=1,
       activation_type="relu2"),
    ms("MatMulBlockQuantizedFp4Weight", (ROWS, u8(8, 32), u8(8, 4), S, None, f(8)),
       lambda *a: dense(*a, N=8, K=64), NO_KERNEL),
    ms("MatMulBlockQuantizedFp8Weight", (ROWS, u8(8, 64), positive(8, 1), None, f(8)),
       lambda *a: dense(*a, N=8, K=64), NO_KERNEL),
    ms("RouterGateUpProj", (f(3, 5), f(5, 10)), router_gate_up, NO_KERNEL, router_size=4),
    ms("RouterGateUpProj", (f(3, 5), f(5, 10)), router_gate_up, NO_KERNEL, router_size=4,
       activation_alpha=1.7, activation_beta=1.0, limit=7.0),
    ms("MoE", EXPERTS, mixture, k=2, activation_type="relu"),
    ms("MoE", EXPERTS, mixture, k=1, activation_type="gelu"),
    ms("MoE", FUSED_EXPERTS, mixture, k=2, activation_type="swiglu", swiglu_fusion=1,
       activation_alpha=1.7, activation_beta=1.0, swiglu_limit=7.0),
    ms("MoE", FUSED_EXPERTS, mixture, k=2, activation_type="swiglu", swiglu_fusion=1),
    ms("MoE", FUSED_EXPERTS, mixture, k=1, activation_type="swiglu", swiglu_fusion=1,
       activation_alpha=1.7),
    ms("MoE", GATED_EXPERTS, mixture, "its kernel for a processor takes no third product", k=2,
       activation_type="silu"),
    ms("QMoE", QUANTISED_EXPERTS, quantised_mixture, k=2, activation_type="identity"),
    ms("GatedAdd", (f(3, 5), f(3, 5, seed="y"), f(3, 1)), gated_add),
    ms("GatedAdd", (f(3, 5), f(3, 5, seed="y"), f(3, 4), f(4, 1)), gated_add,
       "its kernel for a processor has no projection"),
)  # fmt: skip
