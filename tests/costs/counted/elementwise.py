"""Element-wise operators, activations, reductions, normalisations and losses of ONNX."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.costs.counted.case import REFERENCE, Case, by_reference, f, numbers, positive, scalar, u8
from tests.costs.counted.parts import (
    ROW,
    A,
    gelu,
    gelu_tanh,
    layer_norm,
    normalise,
    rms,
    sigmoid,
)
from tests.costs.counted.tally import choose, counted, left_out, plain

X = f(2, 3, 4)
UNARY = """Abs Acos Asin Atan Atanh Ceil Cos Cosh Elu Erf Exp Floor HardSigmoid HardSwish Neg Relu
    Round Sign Sin Sinh Softsign Tan Tanh ThresholdedRelu Celu Asinh""".split()
POSITIVE = "Log Sqrt Reciprocal".split()
BINARY = "Add Sub Mul Div Equal Greater GreaterOrEqual Less LessOrEqual".split()
REDUCTIONS = """ReduceL1 ReduceL2 ReduceLogSum ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare""".split()
AXIS = np.array([1], np.int64)


def leaky_relu(x: A, alpha: float = 0.01) -> A:
    return choose(x < 0, lambda: alpha * x, lambda: x)


def selu(x: A, alpha: float = 1.67326, gamma: float = 1.0507) -> A:
    return gamma * choose(x <= 0, lambda: alpha * np.exp(x) - alpha, lambda: x)


def shrink(x: A, lambd: float = 0.5, bias: float = 0.0) -> A:
    """Two comparisons on the longest way, and one sum."""
    return choose(
        x < -lambd,
        lambda: x + bias,
        lambda: choose(x > lambd, lambda: x - bias, lambda: counted(np.zeros_like(plain(x)))),
    )


def clip(x: A, low: A = None, high: A = None) -> A:
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def swiglu(a: A, b: A, alpha: float = 1.0) -> A:
    return a * sigmoid(a * alpha if alpha != 1 else a) * b


def swish(x: A, alpha: float = 1.0) -> A:
    return x * sigmoid(x * alpha if alpha != 1 else x)


def total(*xs: A) -> A:
    found = xs[0]
    for x in xs[1:]:
        found = found + x
    return found


def mean(*xs: A) -> A:
    return total(*xs) / len(xs)


def batch_norm(
    x: A, gamma: A, beta: A, mu: A, variance: A, epsilon: float = 1e-5, training_mode: int = 0
) -> A:
    """Folded into a scale and a shift of each channel, as every runtime does at inference."""
    side = (-1, *(1,) * (x.ndim - 2))
    if training_mode:
        y = normalise(x, (0, *range(2, x.ndim)), epsilon)
        return y * gamma.reshape(side) + beta.reshape(side)
    with left_out(ROW):
        scale = gamma / np.sqrt(variance + epsilon)
        shift = beta - mu * scale
    return x * scale.reshape(side) + shift.reshape(side)


def instance_norm(x: A, gamma: A, beta: A, epsilon: float = 1e-5) -> A:
    side = (-1, *(1,) * (x.ndim - 2))
    y = normalise(x, tuple(range(2, x.ndim)), epsilon)
    return y * gamma.reshape(side) + beta.reshape(side)


def group_norm(x: A, gamma: A, beta: A, num_groups: int = 1, epsilon: float = 1e-5) -> A:
    grouped = x.reshape(x.shape[0], num_groups, -1)
    side = (-1, *(1,) * (x.ndim - 2))
    y = normalise(grouped, (2,), epsilon).reshape(x.shape)
    return y * gamma.reshape(side) + beta.reshape(side)


def lp_normalise(x: A, axis: int = -1, p: int = 2) -> A:
    powers = np.abs(x) if p == 1 else x * x
    sums = powers.sum(axis=axis, keepdims=True)
    with left_out(ROW):
        norm = sums if p == 1 else np.sqrt(sums)
    return x / norm


def local_response(
    x: A, alpha: float = 1e-4, beta: float = 0.75, bias: float = 1.0, size: int = 1
) -> A:
    """x / (bias + α/size · Σ x²)^β; the squares of the neighbours are computed once."""
    squares = x * x
    before, after = (size - 1) // 2, size // 2
    wide = np.pad(plain(squares), [(0, 0), (before, after), *[(0, 0)] * (x.ndim - 2)])
    seen = np.stack([wide[:, i : i + x.shape[1]] for i in range(size)])
    return x / (bias + (alpha / size) * counted(seen).sum(axis=0)) ** beta


def log_softmax(x: A, axis: int = -1) -> A:
    """(x − max x) − ln Σ exp(x − max x); the logarithm is one for each row."""
    apart = x - x.max(axis=axis, keepdims=True)
    sums = np.exp(apart).sum(axis=axis, keepdims=True)
    with left_out(ROW):
        logarithm = np.log(sums)
    return apart - logarithm


def hardmax(x: A, axis: int = -1) -> A:
    """1 where the maximum is, which finding it has found."""
    x.max(axis=axis)
    return counted((np.arange(x.shape[axis]) == plain(x).argmax(axis)[..., None]) * np.float32(1))


def argmax(x: A, axis: int = 0, keepdims: int = 1) -> A:
    """n comparisons for n elements, as of the maximum."""
    x.max(axis=axis)
    return counted(np.expand_dims(plain(x).argmax(axis), axis))


def argmin(x: A, axis: int = 0, keepdims: int = 1) -> A:
    x.min(axis=axis)
    return counted(np.expand_dims(plain(x).argmin(axis), axis))


def log_sum_exp(x: A, axes: A, keepdims: int = 1) -> A:
    """ln Σ eˣ, as the specification writes it; runtimes subtract a maximum first."""
    return np.log(np.exp(x).sum(axis=tuple(plain(axes)), keepdims=True))


def likelihood(scores: A, target: A, weight: A = None, reduction: str = "mean") -> A:
    """−Σ (weight of the class ·) log-probability of the class; the mean is one division."""
    rows = np.arange(len(target))
    picked = -counted(plain(scores)[rows, plain(target)])
    if weight is not None:
        picked = picked * counted(plain(weight)[plain(target)])
    summed = picked.sum()
    with left_out("once for the whole loss"):
        size = plain(weight)[plain(target)].sum() if weight is not None else len(target)
        return summed / size if reduction == "mean" else summed


def cross_entropy(scores: A, target: A, weight: A = None, reduction: str = "mean") -> A:
    return likelihood(log_softmax(scores, 1), target, weight, reduction)


def dynamic_quantize(x: A) -> tuple[A, A, A]:
    """Minimum, maximum, then divide, round, shift and two bounds; scale and zero point are one."""
    low, high = x.min(), x.max()
    with left_out("once for the whole tensor"):
        low, high = min(float(low), 0), max(float(high), 0)
        scale = (high - low) / 255
        zero = round(-low / scale)
    y = np.clip(np.rint(x / scale) + zero, 0, 255)
    return (counted(plain(y).astype(np.uint8)), counted(np.float32(scale)),
            counted(np.uint8(zero)))  # fmt: skip


def sum_reduce(x: A, axis: A, exclusive: int = 0, reverse: int = 0) -> A:
    return x.cumsum(axis=int(plain(axis)))


def sequence(start: A, limit: A, delta: A) -> A:
    """start + n·delta."""
    size = math.ceil((float(limit) - float(start)) / float(delta))
    return counted((start + counted(np.arange(size)) * delta).astype(plain(start).dtype))


def adaptive(r: A, t: A, x: A, g: A, h: A, **how: Any) -> tuple[A, A]:
    """Adagrad of the specification: X − R·G' / (√(H + G'²) + ε), G' = λ·X + G."""
    with left_out("once for all elements: the rate decays"):
        rate = float(r) / (1 + float(t) * how.get("decay_factor", 0.0))
    regular = how["norm_coefficient"] * x + g
    squares = h + regular * regular
    return x - rate * regular / (np.sqrt(squares) + how["epsilon"]), squares


def adam(r: A, t: A, x: A, g: A, v: A, h: A, **how: Any) -> tuple[A, A, A]:
    """Kingma and Ba 2014 (arXiv 1412.6980) as ONNX specifies it."""
    alpha, beta = how["alpha"], how["beta"]
    regular = how["norm_coefficient"] * x + g
    first = alpha * v + (1 - alpha) * regular
    second = beta * h + (1 - beta) * (regular * regular)
    with left_out("once for all elements: the rate is corrected by the step"):
        rate = float(r) * math.sqrt(1 - beta ** int(t)) / (1 - alpha ** int(t))
    new = x - rate * first / (np.sqrt(second) + how["epsilon"])
    return (1 - how["norm_coefficient_post"]) * new, first, second


def momentum(r: A, t: A, x: A, g: A, v: A, **how: Any) -> tuple[A, A]:
    regular = how["norm_coefficient"] * x + g
    with left_out("once for all elements"):
        beta = how["beta"] if int(t) > 0 else 1.0
        rate = float(r)
    new = how["alpha"] * v + beta * regular
    if how["mode"] == "nesterov":
        return x - rate * (regular + how["alpha"] * new), new
    return x - rate * new, new


def trained(domain: str) -> tuple[Case, ...]:
    rate, step = np.array(0.1, np.float32), np.array(3, np.int64)
    small = {"norm_coefficient": 0.001}
    sgd = {**small, "alpha": 0.95, "beta": 0.8}
    more: dict[str, Any] = {"domain": domain, "version": 1}
    if domain == "ai.onnx.training":
        more["beside"] = "an older name of ai.onnx.preview.training"
    else:
        more["beside"] = REFERENCE
    state = (f(5), f(5, seed="g"), positive(5))
    return (
        Case("Adagrad", (rate, step, *state), adaptive,
             {**small, "epsilon": 1e-5, "decay_factor": 0.1}, outputs=2, **more),
        Case("Adam", (rate, step, *state, positive(5)), adam,
             {**small, "alpha": 0.95, "beta": 0.85, "epsilon": 1e-2,
              "norm_coefficient_post": 0.01}, outputs=3, **more),
        Case("Momentum", (rate, step, *state), momentum, {**sgd, "mode": "standard"},
             outputs=2, **more),
        Case("Momentum", (rate, step, *state), momentum, {**sgd, "mode": "nesterov"},
             outputs=2, **more),
    )  # fmt: skip


G3, G4 = f(3, seed="gamma"), f(4, seed="gamma")
IMAGE = f(2, 4, 3, 3)

CASES: tuple[Case, ...] = (
    *(by_reference(op, X) for op in UNARY),
    *(by_reference(op, positive(2, 3, 4)) for op in POSITIVE),
    by_reference("Acosh", positive(2, 3) + 1),
    *(by_reference(op, X, f(3, 1)) for op in BINARY),
    by_reference("Mod", numbers(2, 3, kind=np.int64), numbers(3, seed="d", kind=np.int64) + 1),
    by_reference("Pow", positive(2, 3), f(3)),
    by_reference("PRelu", X, f(3, 1)),
    by_reference("Max", X, f(4), f(3, 1)),
    by_reference("Min", X, f(4)),
    *(by_reference(op, positive(2, 3, 4), AXIS) for op in REDUCTIONS),
    Case("LeakyRelu", (X,), leaky_relu, {"alpha": 0.1}),
    Case("Selu", (X,), selu),
    Case("Shrink", (X,), shrink, {"lambd": 0.3, "bias": 0.1}),
    Case("Sigmoid", (X,), sigmoid),
    Case("Softplus", (X,), lambda x: np.log(1 + np.exp(x))),
    Case("Mish", (X,), lambda x: x * np.tanh(np.log(1 + np.exp(x))), beside=REFERENCE),
    Case("Gelu", (X,), lambda x, **_: gelu(x)),
    Case("Gelu", (X,), lambda x, **_: gelu_tanh(x), {"approximate": "tanh"}),
    Case("Swish", (X,), swish, {"alpha": 0.7}, version=24, beside=REFERENCE),
    Case("Swish", (X,), swish, version=24, beside=REFERENCE),
    Case("SwiGLU", (X, f(2, 3, 4, seed="b")), swiglu, {"alpha": 0.7}, version=28, beside=REFERENCE),
    Case("SwiGLU", (X, f(2, 3, 4, seed="b")), swiglu, version=28, beside=REFERENCE),
    Case("Clip", (X, scalar(-0.5), scalar(0.5)), clip),
    Case("Clip", (X, None, scalar(0.5)), clip),
    Case("Sum", (X, f(3, 1), f(4)), total),
    Case("Mean", (X, f(3, 1), f(4)), mean),
    Case("ReduceLogSumExp", (X, AXIS), log_sum_exp),
    Case("ArgMax", (X,), argmax, {"axis": 1}),
    Case("ArgMin", (X,), argmin, {"axis": 1}),
    Case("CumSum", (X, scalar(1, np.int64)), sum_reduce),
    by_reference("CumProd", X, scalar(1, np.int64), version=26),
    by_reference("Softmax", X, axis=1),
    Case("LogSoftmax", (X,), log_softmax, {"axis": 1}),
    Case("Hardmax", (X,), hardmax),
    Case("BatchNormalization", (IMAGE, G4, f(4), f(4, seed="m"), positive(4)), batch_norm),
    Case("BatchNormalization", (IMAGE, G4, f(4), f(4, seed="m"), positive(4)),
         batch_norm, {"training_mode": 1}, outputs=3, beside=REFERENCE),
    Case("InstanceNormalization", (IMAGE, G4, f(4)), instance_norm),
    Case("GroupNormalization", (IMAGE, G4, f(4)), group_norm, {"num_groups": 2}, beside=REFERENCE),
    Case("LayerNormalization", (X, G4, f(4)), layer_norm),
    Case("LayerNormalization", (X, G4), layer_norm),
    Case("RMSNormalization", (X, G4), lambda x, g: rms(x) * g),
    Case("SimplifiedLayerNormalization", (X, G4), lambda x, g: rms(x) * g, version=1),
    Case("MeanVarianceNormalization", (IMAGE,), lambda x: normalise(x, (0, 2, 3), 0)),
    Case("LpNormalization", (X,), lp_normalise, {"axis": 1, "p": 2}),
    Case("LRN", (IMAGE,), local_response, {"size": 3, "alpha": 0.01, "bias": 2.0}),
    Case("NegativeLogLikelihoodLoss", (f(5, 3), np.array([0, 2, 1, 1, 0])), likelihood,
         beside=REFERENCE),
    Case("NegativeLogLikelihoodLoss", (f(5, 3), np.array([0, 2, 1, 1, 0]), positive(3)),
         likelihood, {"reduction": "sum"}, beside=REFERENCE),
    Case("SoftmaxCrossEntropyLoss", (f(5, 3), np.array([0, 2, 1, 1, 0]), positive(3)),
         cross_entropy, beside=REFERENCE),
    by_reference("QuantizeLinear", X, scalar(0.1), scalar(3, np.uint8)),
    by_reference("QuantizeLinear", X, scalar(0.1)),
    by_reference("DequantizeLinear", u8(2, 3), scalar(0.1), scalar(3, np.uint8)),
    by_reference("DequantizeLinear", u8(2, 3), scalar(0.1)),
    Case("DynamicQuantizeLinear", (f(2, 5),), dynamic_quantize, outputs=3),
    Case("Range", (scalar(1), scalar(9), scalar(2)), sequence),
    Case("Range", (scalar(1), scalar(9), scalar(2)), sequence, domain="com.microsoft", version=1),
    by_reference("ScatterElements", f(4, 3), numbers(2, 3, kind=np.int64) % 4, f(2, 3, seed="u"),
                 reduction="add"),
    by_reference("ScatterElements", f(4, 3), numbers(2, 3, kind=np.int64) % 4, f(2, 3, seed="u")),
    by_reference("ScatterND", f(4, 3), np.array([[1], [3]]), f(2, 3, seed="u"), reduction="mul"),
    # once experimental in ONNX; what ONNX Runtime still knows of them
    Case("Affine", (X,), lambda x, alpha, beta: alpha * x + beta, {"alpha": 2.0, "beta": 0.5},
         version=1),
    Case("ImageScaler", (IMAGE,),
         lambda x, scale, bias: scale * x + counted(np.float32(bias)).reshape(1, -1, 1, 1),
         {"scale": 2.0, "bias": [0.1, 0.2, 0.3, 0.4]}, version=1),
    Case("ParametricSoftplus", (X,), lambda x, alpha, beta: alpha * np.log(1 + np.exp(beta * x)),
         {"alpha": 2.0, "beta": 0.5}, version=1),
    Case("ScaledTanh", (X,), lambda x, alpha, beta: alpha * np.tanh(beta * x),
         {"alpha": 2.0, "beta": 0.5}, version=1),
    Case("Scale", (X,), lambda x, scale: scale * x, {"scale": 2.0}, version=1,
         beside="ONNX Runtime has its schema and no kernel"),
    *trained("ai.onnx.preview.training"),
    *trained("ai.onnx.training"),
)  # fmt: skip
