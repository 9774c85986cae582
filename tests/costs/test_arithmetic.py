"""In which type products are stored and multiplied: dequantised operands, unpacked weights."""

from __future__ import annotations

import pytest

from analyzer.costs.dequantized import arithmetic, effective_precision
from tests.golden.text import facts

HEAD = (
    "g (float[2,32] x, float16[2,32] h, uint8[2,32] q, int8[32,4] p, {four}[32,4] n, "
    "uint8[4,1,16] b, float[4] s, float[] one, float16[4] t) => (float[] y) {{ {body} }}"
)
X8 = "d = DequantizeLinear (q, one) "
W8 = "w = DequantizeLinear (p, one) "
W4 = "w = DequantizeLinear (n, one) "
PACKED = "y = com.microsoft.MatMulNBits <K = 32, N = 4, bits = 4, block_size = 32{}> ({}, b, {})"


def types(body: str, node: str = "y", four: str = "int4") -> tuple[str, str]:
    graph = facts(HEAD.format(body=body, four=four), opset=21).graph
    stated = effective_precision(graph, node, "float32")
    return stated, arithmetic(graph, node, stated)


@pytest.mark.parametrize(
    ("body", "stored", "multiplied"),
    [
        ("f = Cast <to = 1> (p) y = MatMul (x, f)", "float32", "float32"),
        (X8 + W8 + "y = MatMul (d, w)", "int8", "int8"),
        (X8 + W4 + "y = MatMul (d, w)", "int8", "int8"),  # the wider of the two
        (W8 + "y = MatMul (x, w)", "float32", "float32"),  # a weight of 8 bits alone
        (W4 + "y = MatMul (x, w)", "int4", "float32"),
        (X8 + "f = Cast <to = 1> (p) y = MatMul (d, f)", "float32", "float32"),
        # through what keeps the values, and no further
        (X8 + W8 + "r = Transpose (w) v = Transpose (r) y = MatMul (d, v)", "int8", "int8"),
        (X8 + W8 + "r = MaxPool <kernel_shape = [1]> (d) y = MatMul (d, w)", "int8", "int8"),
        (X8 + W8 + "v = Neg (w) y = MatMul (d, v)", "float32", "float32"),
    ],
)
def test_integers_behind_an_operand_are_what_is_multiplied(
    body: str, stored: str, multiplied: str
) -> None:
    assert types(body) == (stored, multiplied)
    if "n," in body:
        assert types(body, four="uint4") == (stored, multiplied)


@pytest.mark.parametrize(
    ("level", "multiplied"),
    [(0, "float32"), (1, "float32"), (2, "float16"), (3, "bfloat16"), (4, "int8"), (5, "float32")],
)
def test_an_accuracy_level_narrows_the_arithmetic(level: int, multiplied: str) -> None:
    """ONNX Runtime's documentation: 2 is float16, 3 bfloat16, 4 int8; the others do not narrow."""
    graph = facts(
        HEAD.format(body=PACKED.format(f", accuracy_level = {level}", "x", "s"), four="int4"),
        opset=21,
    ).graph
    assert arithmetic(graph, "y", "int4") == multiplied
    assert arithmetic(graph, "y", "float32") == "float32"
    assert arithmetic(graph, "y", "float16") == "float16"


def test_unpacked_weights_are_multiplied_in_the_type_of_the_data() -> None:
    graph = facts(HEAD.format(body=PACKED.format("", "h", "t"), four="int4"), opset=21).graph
    assert arithmetic(graph, "y", "int4") == "float16"


@pytest.mark.parametrize(("steps", "found"), [(7, "int8"), (8, "float32")])
def test_a_conversion_is_looked_for_a_few_steps_back(steps: int, found: str) -> None:
    moves = "".join(f"m{k + 1} = Identity (m{k}) " for k in range(steps))
    body = X8 + W8.replace("w =", "m0 =") + moves + f"y = MatMul (d, m{steps})"
    assert types(body)[0] == found


def test_what_no_rule_multiplies_keeps_its_type() -> None:
    for body in ("y = com.example.Own (x, p)", "y = Relu (x)"):
        graph = facts(HEAD.format(body=body, four="int4"), opset=21).graph
        for stored in ("int4", "int8", "float16", ""):
            assert arithmetic(graph, "y", stored) == stored
