"""Calls of one function share what its body costs, and a loop of unknown passes says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from analyzer.report.drawing import draw
from analyzer.report.drawing.lent import lent
from analyzer.report.drawing.picture import picture
from analyzer.report.drawing.wiring import wire
from tests.report.results import judge

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.report import Result
    from analyzer.report.drawing import Box

ONCE = 4 * 4 * 9 * 16
"""MACs of a 3×3 convolution of 4 channels to 4, at 4×4."""
SETS = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]


def conv(source: str, result: str) -> onnx.NodeProto:
    return helper.make_node("Conv", [source, "w"], [result], pads=[1] * 4)


def function(name: str, *nodes: onnx.NodeProto) -> onnx.FunctionProto:
    return helper.make_function("own", name, ["x", "w"], ["y"], nodes, SETS)


def call(name: str, source: str, result: str) -> onnx.NodeProto:
    return helper.make_node(name, [source, "w"], [result], domain="own")


def made(path: Path, nodes: list[onnx.NodeProto], *functions: onnx.FunctionProto) -> Result:
    kernel = numpy_helper.from_array(np.ones((4, 4, 3, 3), np.float32), "w")
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("a", TensorProto.FLOAT, [1, 4, 4, 4])],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)], [kernel],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=SETS, ir_version=8, functions=list(functions))
    onnx.save(model, path / "m.onnx")
    return judge(path / "m.onnx")


def boxes(result: Result, depth: str = "operators") -> list[Box]:
    found = draw(result, depth).boxes  # type: ignore[arg-type]
    return [box for box in found if box.role not in ("input", "output")]


def test_each_call_of_a_function_has_its_share(tmp_path: Path) -> None:
    body = function("Twice", conv("x", "c"), helper.make_node("Relu", ["c"], ["r"]),
                    conv("r", "y"))  # fmt: skip
    result = made(tmp_path, [conv("a", "b"), call("Twice", "b", "c"), call("Twice", "c", "d"),
                             helper.make_node("Sigmoid", ["d"], ["e"])], body)  # fmt: skip
    assert result.facts.totals.macs == 5 * ONCE
    told = [(box.title, box.macs, box.color, box.nodes) for box in boxes(result)]
    assert told[1:3] == [("own.Twice", 2 * ONCE, "standard", 4)] * 2
    parts = [(box.title, box.macs, box.nodes) for box in boxes(result, "blocks")]
    assert parts == [  # a call is no part of the layer before it
        ("3×3 standard", ONCE, 1), ("own.Twice", 2 * ONCE, 4), ("own.Twice", 2 * ONCE, 5),
    ]  # fmt: skip
    assert draw(result).operators == len(result.facts.nodes)
    assert [
        (part.title, part.count, part.macs) for part in boxes(result)[1].parts if part.macs
    ] == [("3×3 standard 4 → 4", 2, 2 * ONCE)]


def test_calls_in_functions_belong_to_what_is_drawn(tmp_path: Path) -> None:
    inner = function("One", conv("x", "y"))
    outer = function("Pair", call("One", "x", "c"), call("One", "c", "y"))
    result = made(tmp_path, [call("Pair", "a", "b"), call("One", "b", "c"), call("Pair", "c", "d")],
                  inner, outer)  # fmt: skip
    assert [box.macs for box in boxes(result)] == [2 * ONCE, ONCE, 2 * ONCE]
    shared = lent(result.facts, wire(result.facts))
    layers = [runs for node, runs in shared.items() if result.facts[node].op_type == "Conv"]
    assert layers == [{"b": 2, "c": 1, "d": 2}]


def test_one_call_lends_nothing(tmp_path: Path) -> None:
    result = made(tmp_path, [call("One", "a", "b")], function("One", conv("x", "y")))
    assert lent(result.facts, wire(result.facts)) == {}
    assert [box.macs for box in boxes(result)] == [ONCE]


def test_a_loop_that_nothing_bounds_tells_a_pass(tmp_path: Path) -> None:
    scalar: tuple[int, list[int]] = (TensorProto.BOOL, [])
    shape = [1, 4, 4, 4]
    body = helper.make_graph(
        [conv("s", "t"), helper.make_node("Identity", ["k"], ["l"])], "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []),
         helper.make_tensor_value_info("k", *scalar),
         helper.make_tensor_value_info("s", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("l", *scalar),
         helper.make_tensor_value_info("t", TensorProto.FLOAT, shape)],
    )  # fmt: skip
    yes = helper.make_node("Greater", ["m", "m"], ["n"])
    mean = helper.make_node("ReduceMean", ["a"], ["m"], keepdims=0)
    result = made(tmp_path, [mean, yes, helper.make_node("Loop", ["", "n", "a"], ["z"], body=body)])
    (loop,) = (box for box in boxes(result) if box.title == "Loop")
    assert (loop.macs, loop.a_pass, loop.color) == (0, ONCE, "standard")
    tile = next(t for t in picture(draw(result, "operators")).tiles if t.lines[0] == "Loop")
    assert tile.lines[-1] == "2.304 kMAC a pass, not counted"
    assert tile.title.endswith("2.304 kMAC a pass, not counted")


def test_what_has_no_known_cost_has_the_colour_of_its_kind(tmp_path: Path) -> None:
    strange = helper.make_node("Strange", ["a"], ["b"], domain="own")
    product = helper.make_node("Gemm", ["b", "b"], ["c"])
    found = boxes(made(tmp_path, [strange, product]))
    assert [(box.title, box.color, box.complete) for box in found] == [
        ("own.Strange", "other", False), ("Gemm", "dense", False),
    ]  # fmt: skip
