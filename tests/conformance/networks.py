"""Small valid models of many kinds, drawn from a seed: what ``breaks`` breaks."""

from __future__ import annotations

from random import Random

import onnx
from onnx import parser

UNARY = ("Relu", "Neg", "Abs", "Sigmoid", "Tanh", "Exp", "Identity")
BINARY = ("Add", "Sub", "Mul", "Max")


def _head(rng: Random) -> str:
    version, opset = rng.choice((8, 9, 10)), rng.choice((16, 17, 18))
    return f'<ir_version: {version}, opset_import: ["" : {opset}]>'


def _numbers(rng: Random, count: int) -> str:
    return ", ".join(f"{rng.uniform(-1, 1):.3f}" for _ in range(count))


def chain(rng: Random) -> onnx.ModelProto:
    """Unary and binary operators in a row: ``x``, ``t0`` … ``y``, with the initializer ``w``."""
    size, length = rng.randint(2, 6), rng.randint(3, 7)
    steps, value = [], "x"
    for i in range(length):
        result = "y" if i == length - 1 else f"t{i}"
        if i == 1 or rng.random() < 0.4:
            steps.append(f"{result} = {rng.choice(BINARY)} ({value}, w)")
        elif i == 2:
            steps.append(f"{result} = LeakyRelu <alpha = 0.1> ({value})")
        else:
            steps.append(f"{result} = {rng.choice(UNARY)} ({value})")
        value = result
    return parser.parse_model(
        f"{_head(rng)} g (float[{size}] x) => (float[{size}] y) "
        f"<float[{size}] w = {{{_numbers(rng, size)}}}> {{ {' '.join(steps)} }}"
    )


def branching(rng: Random) -> onnx.ModelProto:
    """``If`` as the second operator; both branches read the outer ``u``."""
    size, first, second = rng.randint(2, 6), rng.choice(UNARY), rng.choice(BINARY)
    return parser.parse_model(
        f"{_head(rng)} g (bool c, float[{size}] x) => (float[{size}] y) {{ "
        f"u = {rng.choice(UNARY)} (x) y = If (c) <then_branch = t () => (float[{size}] a) "
        f"{{ a = {first} (u) }}, else_branch = e () => (float[{size}] b) "
        f"{{ m = Neg (u) b = {second} (m, x) }}> }}"
    )


def looping(rng: Random) -> onnx.ModelProto:
    """``Loop`` as the second operator, with one carried value and one scanned output."""
    size = rng.randint(2, 6)
    return parser.parse_model(
        f"{_head(rng)} g (int64 n, bool c, float[{size}] x) => (float[{size}] y, float[K,{size}] s)"
        f" {{ u = {rng.choice(UNARY)} (x) y, s = Loop (n, c, x) <body = b (int64 i, bool d, "
        f"float[{size}] p) => (bool e, float[{size}] q, float[{size}] r) {{ e = Identity (d) "
        f"q = {rng.choice(UNARY)} (p) r = {rng.choice(BINARY)} (p, u) }}> }}"
    )


def scanning(rng: Random) -> onnx.ModelProto:
    """``Scan`` as the first operator, with one state and one scanned input and output."""
    size, steps = rng.randint(2, 6), rng.randint(7, 9)
    return parser.parse_model(
        f"{_head(rng)} g (float[{size}] x, float[{steps},{size}] z) => (float[{size}] y, "
        f"float[{steps},{size}] s) {{ y, s = Scan (x, z) <num_scan_inputs = 1, body = b "
        f"(float[{size}] p, float[{size}] o) => (float[{size}] q, float[{size}] r) "
        f"{{ q = {rng.choice(BINARY)} (p, o) r = {rng.choice(UNARY)} (o) }}> }}"
    )


def calling(rng: Random) -> onnx.ModelProto:
    """A call of ``local.f``, whose body needs the attribute ``k``."""
    size, version = rng.randint(2, 6), rng.choice((16, 17, 18))
    return parser.parse_model(
        f'<ir_version: 8, opset_import: ["" : {version}, "local" : 1]> '
        f"g (float[{size}] x) => (float[{size}] y) {{ t = {rng.choice(UNARY)} (x) "
        f'y = local.f <k = 1> (t) }} <domain: "local", opset_import: ["" : {version}]> '
        f"f <k> (a) => (b) {{ c = {rng.choice(UNARY)} (a) b = Cast <to: int = @k> (c) }}"
    )
