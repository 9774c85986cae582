"""What a trace of a graph says of an anchor."""

from __future__ import annotations

from analyzer.patterns.trace import trace
from tests.golden.text import facts


def test_channels_of_a_product_are_sides_of_its_weights_where_its_input_is_open() -> None:
    def channels(body: str) -> tuple[int | None, int | None]:
        found = facts(f"g (float[] x, float[4,5] w, float[2,4,5] v) => (float[] y) {{ {body} }}")
        graph = found.graph
        assert graph is not None
        return trace(graph, {node.id: node for node in found.nodes}).channels("y")

    assert channels("y = MatMul (x, w)") == (4, 5)
    assert channels("y = Gemm (x, w)") == (4, 5)
    assert channels("y = Gemm <transB = 1> (x, w)") == (5, 4)
    assert channels("y = MatMul (x, v)") == (None, None)
