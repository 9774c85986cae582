"""Open axes of a recurrent layer's input and states: the batch is the batch, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analyzer.graph.program import build_program, normal_domain
from analyzer.shapes import recurrence
from analyzer.shapes.recurrence import parts_of_inputs
from tests import runtime
from tests.each import each
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
    session = runtime.session(parse(graph).SerializeToString())
    kinds = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}
    fed: dict[str, Any] = {}
    for fact in found.inputs:
        fed[fact.name] = np.ones([d for d in fact.shape or () if d is not None],
                                 kinds[fact.dtype or ""])  # fmt: skip
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


def parts(graph: str, opset: int = 17) -> dict[tuple[str, int], str]:
    """What the open axes of a model's inputs are; those of ``x`` aside."""
    model = parse(graph, opset)
    program = build_program(model, {normal_domain(o.domain): o.version for o in model.opset_import})
    return {key: part for key, part in parts_of_inputs(program).items() if key[0] != "x"}


CELL = """<opset_import: ["" : 17], domain: "local">
cell (x, w, r, h) => (y) { y = GRU <hidden_size=4> (x, w, r, , , h) }"""
TURN = """<opset_import: ["" : 17], domain: "local">
turn (a) => (a, b) { b = Transpose <perm=[1,0,2]> (a) }"""


def state(shape: str, body: str, read: str = "s", more: str = "", after: str = "") -> str:
    """A GRU whose initial state ``s`` is made of the input ``h``."""
    return (f"g ({X}, {GRU}, float[{shape}] h{more}) => (float[] y) {{ {body} "
            f"y = GRU <hidden_size=4> (x, w, r, , , {read}) }}{after}")  # fmt: skip


def constant(name: str, *values: int) -> str:
    return f"{name} = Constant <value_ints = [{', '.join(map(str, values))}]> () "


FOLLOWED: dict[str, tuple[str, int]] = {
    "of a copy": (state("1,?,4", "s = Identity (h)"), 1),
    "of what drops out": (state("1,?,4", "s = Dropout (h)"), 1),
    "of a cast": (state("1,?,4", "s = Cast <to = 1> (h)"), 1),
    "squeezed": (state("1,1,?,4", constant("a", 0) + "s = Squeeze (h, a)"), 2),
    "squeezed from behind": (state("1,?,1,4", constant("a", -2) + "s = Squeeze (h, a)"), 1),
    "squeezed at both sides": (state("1,1,?,4,1", constant("a", 0, 4) + "s = Squeeze (h, a)"), 2),
    "unsqueezed": (state("?,4", constant("a", 0) + "s = Unsqueeze (h, a)"), 0),
    "unsqueezed from behind": (state("?,4", constant("a", -3) + "s = Unsqueeze (h, a)"), 0),
    "reversed and unsqueezed": (
        state("4,?", constant("a", 0) + "t = Transpose (h) s = Unsqueeze (t, a)"), 1),
    "reversed and squeezed": (
        state("4,?,1,1", constant("a", 0) + "t = Transpose (h) s = Squeeze (t, a)"), 1),
    "reversed and one of several": (
        state("4,?,1,2", "a = Constant <value_int = 1> () t = Transpose (h) s = Gather (t, a)"), 1),
    "reversed and some of several": (
        state("4,?,2", constant("a", 1) + "t = Transpose (h) s = Gather (t, a)"), 1),
    "reversed and joined": (state("4,?,1", "t = Transpose (h) s = Concat <axis=0> (t, t)"), 1),
    "reversed and taken apart": (
        state("4,?,2", "t = Transpose (h) s, u = Split <axis=0> (t)"), 1),
    "unsqueezed after it": (state("1,?", constant("a", 2) + "s = Unsqueeze (h, a)"), 1),
    "one of several": (
        state("2,1,?,4", "a = Constant <value_int = 1> () s = Gather (h, a)"), 2),
    "some of several": (state("2,?,4", constant("a", 1) + "s = Gather <axis=0> (h, a)"), 1),
    "one of several behind it": (
        state("1,?,2,4", "a = Constant <value_int = 1> () s = Gather <axis=2> (h, a)"), 1),
    "one of several from behind": (
        state("1,?,2,4", "a = Constant <value_int = 1> () s = Gather <axis=-2> (h, a)"), 1),
    "joined": (state("1,?,4", "s = Concat <axis=0> (h, h)"), 1),
    "joined from behind": (state("1,?,4", "s = Concat <axis=-3> (h, h)"), 1),
    "taken apart": (state("2,?,4", "s, t = Split <axis=0> (h)"), 1),
    "taken apart by default": (state("2,?,4", "t, s = Split (h)"), 1),
    "cut": (state("4,?,4", constant("o", 0) + constant("e", 1)
                  + "s = Slice (h, o, e, o)"), 1),
    "cut from behind": (state("4,?,4", constant("o", 0) + constant("e", 1)
                              + constant("a", -3) + "s = Slice (h, o, e, a)"), 1),
    "transposed": (state("?,1,4", "s = Transpose <perm=[1,0,2]> (h)"), 0),
    "reversed by default": (state("4,?,1", "s = Transpose (h)"), 1),
    "read in a function": (
        (f"g ({X}, {GRU}, float[1,?,4] h) => (float[] y) "
        f"{{ y = local.cell (x, w, r, h) }}{CELL}"), 1),
    "made in a function": (state("?,1,4", "u, s = local.turn (h)", after=TURN), 0),
    "given back by a function": (state("1,?,4", "s, u = local.turn (h)", after=TURN), 1),
    "read in a branch": (
        f"""g ({X}, {GRU}, float[1,?,4] h, bool c) => (float[] y) {{
        y = If (c) <then_branch = t () => (float[] a)
        {{ a = GRU <hidden_size=4> (x, w, r, , , h) }},
        else_branch = e () => (float[] b) {{ b = Identity (x) }}> }}""", 1),
    "made in a branch": (
        state("1,?,4", """s = If (c) <then_branch = t () => (float[] a) { a = Identity (h) },
        else_branch = e () => (float[] b) { b = Neg (h) }>""", more=", bool c"), 1),
    "carried through a loop": (
        f"""g ({X}, {GRU}, float[1,?,4] h, int64 n) => (float[] y) {{
        y = Loop (n, , h) <body = l (int64 i, bool go, float[] s) => (bool on, float[] t) {{
        on = Identity (go) u, t = GRU <hidden_size=4> (x, w, r, , , s) }}> }}""", 1),
}  # fmt: skip
"""How a state comes from the input ``h``, and which of its axes is the batch."""


@each(("graph", "axis"), FOLLOWED.values(), ids=FOLLOWED)
def test_the_batch_is_followed_through_what_moves_it(graph: str, axis: int) -> None:
    assert parts(graph) == {("h", axis): "batch"}


LOST = {
    "that is computed": state("1,?,4", "s = Neg (h)"),
    "of another domain": state("1,?,4", "s = com.example.Identity (h)"),
    "squeezed by itself": state("1,1,?,4", "s = Squeeze (h)"),
    "squeezed where a run decides": state("1,1,?,4", "s = Squeeze (h, a)", more=", int64[1] a"),
    "made by Unsqueeze": state("1,4", constant("a", 1) + "s = Unsqueeze (h, a)"),
    "unsqueezed where a run decides": state("?,4", "s = Unsqueeze (h, a)", more=", int64[1] a"),
    "squeezed by what is no constant": state(
        "1,1,?,4", "a = com.example.Constant <value_int = 1> () s = Squeeze (h, a)"
    ),
    "picked": state("1,?,4", constant("a", 0) + "s = Gather <axis=1> (h, a)"),
    "picked by what a run decides": state("2,?,4", "s = Gather (h, a)", more=", int64[1] a"),
    "joined along it": state("1,?,4", "s = Concat <axis=1> (h, h)"),
    "taken apart along it": state("1,?,4", "s, t = Split <axis=-2> (h)"),
    "cut itself": state("1,?,4", constant("o", 0) + constant("a", 1) + "s = Slice (h, o, a, a)"),
    "cut without axes": state("1,?,4", constant("o", 0) + "s = Slice (h, o, o)"),
    "transposed at another rank": state("1,?,4", "s = Transpose <perm=[1,0]> (h)"),
    "of a stored state": state("1,?,4", "q = Identity (h) s = Constant <value_float = 1.0> ()"),
    "beyond a function's results": state("1,?,4", "t, u, s = local.turn (h)", after=TURN),
}


@each("graph", LOST.values(), ids=LOST)
def test_an_axis_that_may_be_another_is_followed_no_further(graph: str) -> None:
    assert parts(graph) == {}


def test_axes_that_are_attributes_are_followed_too() -> None:
    """As before opset 13."""
    assert parts(state("1,1,?,4", "s = Squeeze <axes=[0]> (h)"), 11) == {("h", 2): "batch"}
    assert parts(state("?,4", "s = Unsqueeze <axes=[0]> (h)"), 11) == {("h", 0): "batch"}


def test_x_and_the_lengths_are_what_the_definition_says() -> None:
    """ONNX: X is [steps, batch, features], lengths are [batch]; layout 1 (opset 14) turns both."""
    text = (f"g (float[?,?,5] q, {GRU}, int32[?] lens, float[1,?,4] h) => (float[] y) "
            "{{ y = GRU <hidden_size=4{}> (q, w, r, , lens, h) }}")  # fmt: skip
    first = {("q", 0): "batch", ("q", 1): "steps", ("lens", 0): "batch", ("h", 0): "batch"}
    second = {("q", 1): "batch", ("q", 0): "steps", ("lens", 0): "batch", ("h", 1): "batch"}
    assert parts(text.format("")) == second
    assert parts(text.format(", layout=1")) == first
    assert parts(text.format(", layout=1"), 14) == first
    assert parts(text.format(", layout=1"), 13) == second


def test_no_more_places_are_looked_at_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    long = state("1,?,4", "a = Identity (h) b = Identity (a) s = Identity (b)")
    monkeypatch.setattr(recurrence, "MOST_PLACES", 6)  # two of x, four of the state
    assert parts(long) == {("h", 1): "batch"}
    monkeypatch.setattr(recurrence, "MOST_PLACES", 5)
    assert parts(long) == {}


def test_a_list_of_very_many_axes_is_not_read() -> None:
    repeated = [0] * 64
    assert parts(state("4,?,4", constant("o", 0) + constant("e", 1) + constant("a", *repeated)
                       + "s = Slice (h, o, e, a)")) == {("h", 1): "batch"}  # fmt: skip
    assert parts(state("4,?,4", constant("o", 0) + constant("e", 1) + constant("a", 0, *repeated)
                       + "s = Slice (h, o, e, a)")) == {}  # fmt: skip
