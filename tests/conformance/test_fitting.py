"""Sizes that an operator cannot take are exchanged for some that it can, where there are any."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.conformance.fitting import _batch
from analyzer.facts import Certainty, Tensor
from analyzer.graph.call import Call
from tests.golden.text import facts
from tests.shapes.test_recurrence import run, shapes_of

WINDOW = "g (float[1,1,T] x, float[8,1,256] w) => (float[1,8,f] y) {{ y = Conv {} (x, w) }}"


def test_a_signal_is_as_long_as_the_window_that_reads_it() -> None:
    graph = WINDOW.format("")
    found = facts(graph)
    assert shapes_of(found)["x"] == (1, 1, 512)
    assert found.assumptions[0].reason == "default 128 contradicts the graph, 512 fits"
    # 8 channels · 257 positions · 256 taps
    assert (found.totals.macs, found.totals.certainty) == (8 * 257 * 256, Certainty.ASSUMED)
    assert found.breaches == ()
    run(graph, found)


def test_rows_that_a_window_needs_are_no_batch_of_one() -> None:
    graph = (
        "g (float[?,10] x, float[4,10,3] w) => (float[1,4,?] y) { front = Constant <value_ints = "
        "[0]> ()  u = Unsqueeze (x, front)  t = Transpose <perm=[0,2,1]> (u)  y = Conv (t, w) }"
    )
    found = facts(graph)
    assert shapes_of(found)["x"] == (128, 10)
    run(graph, found)


def test_a_state_is_for_as_many_samples_as_the_layer_reads() -> None:
    graph = (
        "g (float[4,5,9] x, float[5,5,3] k, float[1,12,5] w, float[1,12,4] r, float[1,?,4] h) => "
        "(float[?,?,?,?] y) { c = Conv (x, k)  t = Transpose <perm=[2,0,1]> (c)  "
        "y = GRU <hidden_size=4> (t, w, r, , , h) }"
    )
    found = facts(graph)
    assert shapes_of(found)["h"] == (1, 4, 4)
    assert found.assumptions[0].reason == "default 1 contradicts the graph, 4 fits"
    assert found.breaches == ()
    run(graph, found)


def test_two_sizes_that_nobody_knows_have_two_words() -> None:
    found = facts("g (float[1,1,a] x, float[1,1,b] z, float[8,1,20000] w) => (float[1,8,f] y, "
                  "float[1,8,k] q) { y = Conv (x, w)  q = Conv (z, w) }")  # fmt: skip
    assert [b.options for b in found.breaches] == ["--dim a=SIZE1", "--dim b=SIZE2"]


def test_a_size_that_is_known_is_typed_as_it_is() -> None:
    found = facts("g (float[1,2,?] x, float[?,2,?] z, float[8,2,40000] w) => (float[1,8,f] y) "
                  "{ c = Concat <axis=2> (x, z)  y = Conv (c, w) }")  # fmt: skip
    (breach,) = found.breaches
    assert breach.options == "--shape x=1,2,SIZE1 --shape z=1,2,SIZE2"


def test_no_size_is_looked_for_where_somebody_stated_it() -> None:
    found = facts(WINDOW.format(""), dims={"T": 200})
    assert shapes_of(found)["x"] == (1, 1, 200)
    assert [breach.grave for breach in found.breaches] == [True]


@pytest.mark.parametrize(
    ("op", "version", "attributes", "shape", "batch"),
    [
        ("GRU", 14, {}, (4, 5, 9), 5),
        ("GRU", 14, {"layout": 0}, (4, 5, 9), 5),
        ("GRU", 14, {"layout": 1}, (4, 5, 9), 4),
        ("LSTM", 7, {"layout": 1}, (4, 5, 9), 5),  # an attribute since opset 14
        ("RNN", 14, {}, (5, 9), None),
        ("RNN", 14, {}, None, None),
        ("Conv", 14, {}, (4, 5, 9), None),
    ],
)
def test_a_layer_of_states_takes_its_batch_from_the_axis_of_its_layout(
    op: str, version: int, attributes: dict[str, int], shape: tuple[int, ...] | None,
    batch: int | None,
) -> None:  # fmt: skip
    call = Call(op, "", version, attributes, (Tensor("x", "float32", shape),), ())
    site: Any = SimpleNamespace(call=call)
    assert _batch(site) == batch
    assert _batch(SimpleNamespace(call=replace(call, inputs=()))) is None  # type: ignore[arg-type]
