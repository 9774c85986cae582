"""Drawings of networks of every sort, each made once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from onnx import TensorProto, helper

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.report import Result
from tests.exporters import Script, mixer_net, residual_net
from tests.report.results import LIGHT, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    import onnx

FILES = {
    "mobilenet": SAMPLES / "mobilenet_v1.onnx",
    "standard": SAMPLES / "mobilenet_v1_standard.onnx",
    **{name: LIGHT / f"light_{name}.onnx" for name in (
        "densenet121", "inception_v2", "resnet50", "shufflenet", "squeezenet", "vgg19")},
}  # fmt: skip


@cache
def _of_file(path: Path) -> Result:
    return Result(analyze(load(str(path))))


def of(model: onnx.ModelProto) -> Result:
    return Result(analyze(load(model.SerializeToString(), name="m.onnx")))


def branching(steps: int, reach: int = 1) -> onnx.ModelProto:
    """A chain of ``steps`` pointwise convolutions; every result
    is added to that ``reach`` steps later."""
    nodes, weights, made = [], [], ["x"]
    for step in range(steps):
        weights.append(
            helper.make_tensor(f"w{step}", TensorProto.FLOAT, [8, 8, 1, 1], bytes(256), raw=True)
        )
        nodes.append(helper.make_node("Conv", [made[-1], f"w{step}"], [f"c{step}"]))
        other = made[max(0, len(made) - reach)]
        nodes.append(helper.make_node("Add", [f"c{step}", other], [f"a{step}"]))
        made.append(f"a{step}")
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, 16, 16])],
        [helper.make_tensor_value_info(made[-1], TensorProto.FLOAT, None)], weights,
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def all_to_all(steps: int) -> onnx.ModelProto:
    """Every operator reads every one before it."""
    nodes = [
        helper.make_node("Concat", ["x", *(f"c{n}" for n in range(step))], [f"c{step}"], axis=1)
        for step in range(steps)
    ]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1])],
        [helper.make_tensor_value_info(f"c{steps - 1}", TensorProto.FLOAT, None)],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def looping() -> onnx.ModelProto:
    """A loop of three turns around a product of 4×8 by 8×8."""
    weight = helper.make_tensor("w", TensorProto.FLOAT, [8, 8], bytes(256), raw=True)
    body = helper.make_graph(
        [helper.make_node("MatMul", ["h", "w"], ["g"]), helper.make_node("Identity", ["c"], ["d"])],
        "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []),
         helper.make_tensor_value_info("c", TensorProto.BOOL, []),
         helper.make_tensor_value_info("h", TensorProto.FLOAT, [4, 8])],
        [helper.make_tensor_value_info("d", TensorProto.BOOL, []),
         helper.make_tensor_value_info("g", TensorProto.FLOAT, [4, 8])],
    )  # fmt: skip
    turns = helper.make_tensor("n", TensorProto.INT64, [], [3])
    yes = helper.make_tensor("t", TensorProto.BOOL, [], [True])
    graph = helper.make_graph(
        [helper.make_node("Loop", ["n", "t", "x"], ["z"], body=body),
         helper.make_node("Relu", ["z"], ["y"])],
        "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4, 8])], [weight, turns, yes],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


MADE = {
    "residual": lambda: residual_net(Script()),
    "mixer": lambda: mixer_net(Script()),
    "branching": lambda: branching(90),
    "reaching": lambda: branching(90, 9),
    "all to all": lambda: all_to_all(60),
    "loop": looping,
}


@cache
def network(name: str) -> Result:
    return _of_file(FILES[name]) if name in FILES else of(MADE[name]())
