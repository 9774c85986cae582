"""Why trained values were not looked at: stored as integers, or made when the model runs."""

from __future__ import annotations

from analyzer.weights.unseen import origins
from tests.golden.text import facts

GRAPH = """g (float[2,2] x, uint8[2,2] i, float[2,2] given) => (int32[2,2] a)
    <int8[2,2] q = {1, 2, 3, 4}, float[2,2] w = {1, 2, 3, 4}, float k = {2}> {
    integers = MatMulInteger (i, q)
    doubled = Mul (given, k)
    float = Gemm (x, w)
    mul = Gemm (x, doubled)
    more = Neg (given)  neg = Gemm (x, more)
    open = Gemm (x, given)
    none = Relu (x)
    nobody = com.example.Mystery (x, w)
    a = Identity (integers)
}"""


COMMON: dict[str, tuple[str, ...]] = {
    "integers": ("integers",),
    "integers integers": ("integers",),
    "mul": ("Mul",),
    "mul neg": ("Mul", "Neg"),
    "integers mul": (),
    "integers float": (),
    "mul float": (),
    "float": (),
    "open": (),
    "none": (),
    "nobody": (),
    "": (),
}


def test_what_all_of_some_layers_have_in_common_is_told() -> None:
    graph = facts(GRAPH).graph
    assert {layers: origins(graph, layers.split()) for layers in COMMON} == COMMON
