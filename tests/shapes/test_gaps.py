"""Types that onnx's own inference leaves open, beside what onnx's reference computes."""

from __future__ import annotations

import numpy as np
from onnx.reference import ReferenceEvaluator

from tests.each import each
from tests.golden.text import facts, parse

MEL = "int64 m = {6}, float a = {0}, float b = {4096}"
CASES = [
    *(
        (f"y = {name} <output_datatype = {dtype}> (n)", "int64 n = {7}", "", 17)
        for name in ("HannWindow", "HammingWindow", "BlackmanWindow")
        for dtype in (1, 11)
    ),
    *(
        (f"y = OneHot <axis = {axis}> (i, n, v)", "uint8 n = {5}, float[2] v = {0, 1}",
         "int64[2,3] i", 17)
        for axis in (-3, -2, -1, 0, 1, 2)
    ),
    ("y = OneHot (i, n, v)", "int64 n = {5}, int8[2] v = {0, 1}", "int64[2,3] i", 17),
    ("y = MelWeightMatrix (m, d, r, a, b)", f"int64 d = {{17}}, {MEL}", "int64 r", 17),
    ("y = MelWeightMatrix <output_datatype = 11> (m, d, r, a, b)", f"int64 d = {{16}}, {MEL}",
     "int64 r", 17),
    *(
        ("y = Range (a, b, c)", f"int64 a = {{{a}}}, int64 b = {{{b}}}, int64 c = {{{c}}}", "", 17)
        for a, b, c in ((0, 7, 3), (7, 0, -3), (0, 6, 3), (3, 0, 1), (-2, 2, 1))
    ),
    ("y = Range (a, b, c)", "float a = {0.5}, float b = {2}, float c = {0.5}", "", 17),
    ("y, m = Dropout (x)", "", "float[2,3] x", 10),
    ("y, m = Dropout (x)", "", "float16[2,3] x", 13),
    ("y = MeanVarianceNormalization (x)", "", "float[2,3,4,4] x", 13),
    ("y = GroupNormalization <num_groups = 2> (x, s, s)", "float[4] s = {1, 1, 1, 1}",
     "float[2,4,3,3] x", 21),
    ("y = MaxUnpool <kernel_shape = [2,2], strides = [2,2]> (x, i, s)", "int64[4] s = {1,1,5,5}",
     "float[1,1,2,2] x, int64[1,1,2,2] i", 17),
]  # fmt: skip


@each(("operator", "constants", "inputs", "opset"), CASES)
def test_a_result_has_the_type_that_the_reference_computes(
    operator: str, constants: str, inputs: str, opset: int
) -> None:
    held = f"<{constants}>" if constants else ""
    named = ["y", "m"] if "m =" in operator else ["y"]
    graph = f"g ({inputs}) => ({', '.join(f'float[] {n}' for n in named)}) {held} {{ {operator} }}"
    given = {
        value.name: np.full(
            [d.dim_value for d in value.type.tensor_type.shape.dim],
            8192 if value.name == "r" else 0,
            {1: np.float32, 7: np.int64, 10: np.float16}[value.type.tensor_type.elem_type],
        )
        for value in parse(graph, opset).graph.input
    }
    expected = ReferenceEvaluator(parse(graph, opset)).run(None, given)
    (node,) = facts(graph, opset).nodes
    assert [(t.dtype, t.shape) for t in node.outputs] == [
        (str(np.asarray(array).dtype), np.asarray(array).shape) for array in expected
    ]


def test_the_first_upsample_rounds_down() -> None:
    graph = (
        "g (float[1,2,3,5] x) => (float[] y) "
        "{ y = Upsample <height_scale = 2.5, width_scale = 1.5> (x) }"
    )
    (node,) = facts(graph, 1).nodes
    assert node.outputs[0].shape == (1, 2, 7, 7)  # floor(7.5), floor(7.5)


def test_the_first_masks_of_dropout_are_numbers() -> None:
    (node,) = facts("g (float[2,3] x) => (float[] y, float[] m) { y, m = Dropout (x) }", 7).nodes
    assert [(t.dtype, t.shape) for t in node.outputs] == [("float32", (2, 3))] * 2
