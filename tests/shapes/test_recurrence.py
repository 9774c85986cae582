"""Open axes of a recurrent layer's input and states: the batch is the batch, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest

from tests.golden.text import facts, parse

if TYPE_CHECKING:
    from analyzer.facts import Facts

WEIGHTS = "float[1,16,5] w, float[1,16,4] r"
GRU = "float[1,12,5] w, float[1,12,4] r"
X = "float[7,1,5] x"
MODELS = {
    "a state read as it is": (
        f"""g ({X}, {GRU}, float[1,?,4] h) => (float[?,?,?,?] y) {{
        y = GRU <hidden_size=4> (x, w, r, , , h) }}""",
        {"h": (1, 1, 4)},
    ),
    "two states packed into one input": (
        f"""g ({X}, {WEIGHTS}, float[2,?,4] state) => (float[?,?,?,?] y) {{
        zero = Constant <value_ints = [0]> ()
        one = Constant <value_ints = [1]> ()
        h = Gather <axis=0> (state, zero)
        c = Gather <axis=0> (state, one)
        y = LSTM <hidden_size=4> (x, w, r, , , h, c) }}""",
        {"state": (2, 1, 4)},
    ),
    "states taken apart and unsqueezed in a branch": (
        f"""g ({X}, {WEIGHTS}, float[2,?,4] state, bool sure) => (float[?,?,?,?] y) {{
        y = If (sure) <then_branch = t () => (float[?,?,?,?] a) {{
            zero = Constant <value = int64 {{0}}> ()
            front = Constant <value_ints = [0]> ()
            u = Gather (state, zero)
            h = Unsqueeze (u, front)
            a = LSTM <hidden_size=4> (x, w, r, , , h, h)
        }}, else_branch = e () => (float[?,?,?,?] b) {{
            n = Constant <value_ints = [1, 1]> ()
            i, j = Split <axis=0> (state, n)
            b = LSTM <hidden_size=4> (x, w, r, , , i, j)
        }}> }}""",
        {"state": (2, 1, 4)},
    ),
    "a state with the batch in front, transposed": (
        f"""g ({X}, {GRU}, float[?,1,4] h) => (float[?,?,?,?] y) {{
        t = Transpose <perm=[1,0,2]> (h)
        y = GRU <hidden_size=4> (x, w, r, , , t) }}""",
        {"h": (1, 1, 4)},
    ),
    "an input whose first axis is time": (
        f"""g (float[?,?,5] x, {GRU}, float[1,?,4] h, int32[?] lens) => (float[?,?,?,?] y) {{
        y = GRU <hidden_size=4> (x, w, r, , lens, h) }}""",
        {"x": (128, 1, 5), "h": (1, 1, 4), "lens": (1,)},
    ),
    "an input that is turned round before it is read": (
        f"""g (float[?,?,5] x, {GRU}, float[1,?,4] h) => (float[?,?,?,?] y) {{
        t = Transpose <perm=[1,0,2]> (x)
        y = GRU <hidden_size=4> (t, w, r, , , h) }}""",
        {"x": (1, 128, 5), "h": (1, 1, 4)},
    ),
}


def shapes_of(found: Facts) -> dict[str, tuple[int | None, ...] | None]:
    return {tensor.name: tensor.shape for tensor in found.inputs}


def run(graph: str, found: Facts) -> None:
    """In ONNX Runtime, with the shapes that were assumed; raises where it refuses them."""
    session = onnxruntime.InferenceSession(
        parse(graph).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    kinds = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}
    fed: dict[str, Any] = {}
    for each in found.inputs:
        fed[each.name] = np.ones([d for d in each.shape or () if d is not None],
                                 kinds[each.dtype or ""])  # fmt: skip
    session.run(None, fed)


@pytest.mark.parametrize(("graph", "shapes"), MODELS.values(), ids=MODELS)
def test_batch_and_steps_are_where_the_layer_has_them(
    graph: str, shapes: dict[str, tuple[int, ...]]
) -> None:
    found = facts(graph)
    assert shapes_of(found).items() >= shapes.items()
    assert found.breaches == ()
    run(graph, found)


def test_a_name_that_says_batch_is_believed() -> None:
    found = facts(
        f"""g (float[batch,T,5] x, {GRU}) => (float[?,?,?,?] y) {{
        y = GRU <hidden_size=4> (x, w, r) }}"""
    )
    assert shapes_of(found)["x"] == (1, 1, 5)


def test_the_batch_comes_first_with_layout_1() -> None:
    found = facts(
        f"""g (float[?,?,5] x, {GRU}, float[?,1,4] h) => (float[?,?,?,?] y) {{
        y = GRU <hidden_size=4, layout=1> (x, w, r, , , h) }}"""
    )
    assert (shapes_of(found)["x"], shapes_of(found)["h"]) == ((1, 128, 5), (1, 1, 4))
