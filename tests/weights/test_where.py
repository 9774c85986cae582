"""Where weights of a layer are found: beside it, behind other operators, in bodies."""

from __future__ import annotations

import pytest
from onnx import parser

from analyzer.analyze import analyze_weights
from analyzer.evidence import WeightEvidence
from analyzer.model import load

HEAD = '<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1, "d" : 1]>'
W, V = "float[2,2] w = {1,2,3,4}", "float[2,2] v = {5,6,7,8}"
FUNCTION = '<opset_import: ["" : 17], domain: "d"> f (p, q) => (r) { r = MatMul (p, q) }'


def evidence(text: str) -> WeightEvidence:
    found = analyze_weights(load(parser.parse_model(f"{HEAD} {text}").SerializeToString())).evidence
    assert found is not None
    return found


def branches(head: str, then: str, other: str) -> str:
    return (
        f"g (float[1,2] x, bool c) => (float[1,2] y) {head} {{ y = If (c) <"
        f"then_branch = t () => (float[1,2] a) {then}, "
        f"else_branch = e () => (float[1,2] b) {other}> }}"
    )


def called(first: str, second: str) -> str:
    return (
        f"g (float[1,2] x) => (float[1,2] y) <{W}, {V}> {{ a = d.f (x, {first}) "
        f"y = d.f (a, {second}) }} {FUNCTION}"
    )


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        (branches("", f"<{W}> {{ a = MatMul (x, w) }}", f"<{V}> {{ b = MatMul (x, v) }}"),
         {"y.then_branch/a": (4, 1, 4), "y.else_branch/b": (4, 5, 8)}),
        # of the outer graph; what is computed of it is no weight that the file holds
        (branches(f"<{W}>", "{ a = MatMul (x, w) }", "{ q = Relu (w) b = MatMul (x, q) }"),
         {"y.then_branch/a": (4, 1, 4)}),
        (called("w", "w"), {"d.f/r": (4, 1, 4)}),
        (called("w", "v"), {}),  # one operator, two weights
        *(("g (float[1,2] x) => (float[1,2] y) <float[2,2] i0 = {1,2,3,4}> { "
           + " ".join(f"i{k + 1} = Identity (i{k})" for k in range(count))
           + f" y = MatMul (x, i{count}) }}", {"y": (4, 1, 4)} if count < 8 else {})
          for count in (0, 1, 7, 8)),
    ],
)  # fmt: skip
def test_weights_are_found_where_only_they_can_be_meant(
    text: str, layers: dict[str, tuple[int, float, float]]
) -> None:
    found = evidence(text)
    assert {name: (each.values.elements, each.values.min, each.values.max)
            for name, each in found.layers.items()} == layers  # fmt: skip
    assert found.unread == ()


INTEGERS = "g (float[1,2] x{more}) => (float[1,2] y) <{w}float s = {{0.5}}> {{ {made} }}"
BYTES, FOUR = "int8[2,2] w = {1,-2,3,4}, ", [("y", -2, 4)]
SCALED = "d = DequantizeLinear (w, s) "


@pytest.mark.parametrize(
    ("more", "w", "made", "found"),
    [
        ("", BYTES, f"{SCALED} y = MatMul (x, d)", FOUR),
        ("", BYTES.replace("int8", "int32"), f"{SCALED} y = MatMul (x, d)", []),
        ("", BYTES, f"{SCALED} e = Relu (d) y = MatMul (x, e)", []),
        ("", BYTES, "d = Cast <to = 1> (w) y = MatMul (x, d)", []),
        (", int8 z", BYTES, "d = DequantizeLinear (w, s, z) y = MatMul (x, d)", []),
        (", int8[2,2] w", "", f"{SCALED} y = MatMul (x, d)", []),
        ("", f"{BYTES}uint8[2,1,16] p = {{{','.join(['1'] * 32)}}}, float[2] t = {{1,1}}, ",
         ("a = Concat <axis = 1> (x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x) "
         "y = com.microsoft.MatMulNBits <K = 32, N = 2, block_size = 32> (a, p, t)"), []),
    ],
)  # fmt: skip
def test_integers_are_judged_where_their_zero_is_known(
    more: str, w: str, made: str, found: list[tuple[str, int, int]]
) -> None:
    seen = evidence(INTEGERS.format(more=more, w=w, made=made)).integers
    assert [(each.node, each.min, each.max) for each in seen] == found
