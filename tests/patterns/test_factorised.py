"""1×k beside k×1 is half of a factorised kernel; either alone is a kernel of its own."""

from __future__ import annotations

import pytest
from onnx import parser

from analyzer.analyze import analyze
from analyzer.model import load

HEAD = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,16,8,8] x, float[16,16,3,1] a, float[16,16,1,3] b, float[16,16,1,5] c) => (float[] y) """


def factorised(body: str) -> set[str]:
    facts = analyze(load(parser.parse_model(f"{HEAD}{{ {body} }}").SerializeToString()))
    return {node.id for node in facts.nodes if "factorised" in node.tags}


@pytest.mark.parametrize(("body", "halves"), [
    ("p = Conv (x, a) r = Relu (p) y = Conv (r, b)", {"p", "y"}),
    ("p = Conv (x, a) q = Conv (x, b) s = GlobalMaxPool (p) t = GlobalMaxPool (q) y = Add (s, t)",
     {"p", "q"}),
    ("p = Conv (x, a) y = Conv (p, c)", set()),
    ("y = Conv (x, a)", set()),
    ("p = Conv (x, a) q = Conv (p, a) y = Conv (q, c)", set()),
])  # fmt: skip
def test_halves_of_a_kernel_know_each_other(body: str, halves: set[str]) -> None:
    assert factorised(body) == halves


@pytest.mark.parametrize(("kernel", "half"), [("3,1,1", True), ("1,3,3", False), ("3,3,3", False)])
def test_a_kernel_of_time_alone_is_half_of_a_block_in_three_dimensions(
    kernel: str, half: bool
) -> None:
    model = f"""<ir_version: 8, opset_import: ["" : 17]>
    g (float[1,16,8,8,8] x, float[16,16,{kernel}] a) => (float[] y) {{ y = Conv (x, a) }}"""
    facts = analyze(load(parser.parse_model(model).SerializeToString()))
    assert ("factorised" in facts.nodes[0].tags) is half
