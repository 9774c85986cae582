"""What a person would say first, of models made so that it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

import analyzer
from analyzer.compare import Comparison, compare
from analyzer.report.compare.words import statements, verdict
from samples.build_mobilenet_v1 import Variant, build
from tests.compare.networks import Net, half, resnet

quantization = pytest.importorskip("onnxruntime.quantization")


def compared(old: onnx.ModelProto | str, new: onnx.ModelProto | str) -> Comparison:
    return compare(*(_analysed(m if isinstance(m, str) else m.SerializeToString(deterministic=True))
                     for m in (old, new)))  # fmt: skip


@cache
def _analysed(model: str | bytes) -> analyzer.Facts:
    """Many are compared with the same one; files are of one test alone."""
    return analyzer.analyze(model)


def said(found: Comparison) -> list[str]:
    return [statement.text for statement in statements(found)]


def left(found: Comparison) -> list[Any]:
    """Changes that no headline covers."""
    return [c for i, c in enumerate(found.changes) if i not in found.covered]


class Images(quantization.CalibrationDataReader):  # type: ignore[misc,name-defined]
    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.batches: Iterator[dict[str, Any]] = iter(
            [{"x": rng.random((1, 3, 32, 32), np.float32)} for _ in range(2)]
        )

    def get_next(self) -> dict[str, Any] | None:
        return next(self.batches, None)


@pytest.fixture
def plain(tmp_path: Path) -> str:
    path = tmp_path / "plain.onnx"
    onnx.save(resnet(blocks=1, norms=False), path)
    return str(path)


@pytest.mark.parametrize(("form", "word"), [("QDQ", "QDQ"), ("QOperator", "QOperator")])
def test_static_quantisation_is_counted_in_layers(
    plain: str, tmp_path: Path, form: str, word: str
) -> None:
    target = str(tmp_path / "q.onnx")
    quantization.quantize_static(
        plain, target, Images(), quant_format=quantization.QuantFormat[form]
    )
    found = compared(plain, target)
    assert verdict(found) == f"quantised 4 of 4 layers to int8 ({word})"
    assert len(found.headlines) <= 8
    assert len(left(found)) <= 6


def test_dynamic_quantisation_is_counted_in_layers(plain: str, tmp_path: Path) -> None:
    target = str(tmp_path / "q.onnx")
    quantization.quantize_dynamic(plain, target)
    found = compared(plain, target)
    assert verdict(found) == "quantised 4 of 4 layers to int8 (dynamic)"
    assert compared(target, plain).headlines[0].kind == "dequantised"


def test_four_bit_weights_are_named_by_their_operator() -> None:
    def model(op: str) -> onnx.ModelProto:
        weights = np.random.default_rng(0)
        if op == "MatMul":
            stored = [numpy_helper.from_array(weights.random((64, 32), np.float32), "w")]
            node = helper.make_node("MatMul", ["x", "w"], ["y"], "layer/dense")
        else:
            stored = [
                numpy_helper.from_array(np.zeros((32, 2, 16), np.uint8), "w"),
                numpy_helper.from_array(np.ones(64, np.float32), "s"),
            ]
            node = helper.make_node("MatMulNBits", ["x", "w", "s"], ["y"], "layer/dense",
                                    domain="com.microsoft", K=64, N=32, bits=4,
                                    block_size=32)  # fmt: skip
        graph = helper.make_graph(
            [node], "g", [helper.make_tensor_value_info("x", 1, [4, 64])],
            [helper.make_tensor_value_info("y", 1, [4, 32])], stored,
        )  # fmt: skip
        imports = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=8)

    found = compared(model("MatMul"), model("MatMulNBits"))
    assert verdict(found) == "quantised 1 of 1 layer to int4 (MatMulNBits)"
    assert (left(found), found.pairs) == ([], 1)


def test_half_precision_is_one_statement() -> None:
    found = compared(resnet(), half(resnet()))
    assert verdict(found) == "precision float32 → float16"
    assert (left(found), found.weights.layers) == ([], 0)
    assert found.weights.converted == found.weights.tensors


def test_a_width_multiplier_is_found_if_every_layer_follows() -> None:
    found = compared(build(1.0, 128), build(0.75, 128))
    assert verdict(found).startswith("width × 0.75 (every one of 28 layers follows")
    assert left(found) == []
    wider = compared(resnet(width=16), resnet(width=32, names="{kind}_{number}"))
    assert verdict(wider).startswith("width × 2 ")


def test_one_layer_that_does_not_follow_is_no_width_multiplier() -> None:
    def chain(*widths: int) -> onnx.ModelProto:
        net = Net("{layer}")
        x, m = "x", 3
        for i, n in enumerate(widths):
            x, m = net.conv(f"layer{i}", x, n, m), n
        return net.model(x)

    old = chain(64, 128, 256, 128)
    assert said(compared(old, chain(32, 64, 128, 64)))[0].startswith("width × 0.5")
    pruned = said(compared(old, chain(32, 96, 128, 64)))
    assert pruned[0] == "channels pruned in 4 of 4 layers: 576 → 320 (−44.4 %)"


def test_another_resolution_is_the_sides_of_the_input() -> None:
    found = compared(resnet(side=32), resnet(side=48))
    assert said(found) == ["input x: 32×32 → 48×48"]
    assert left(found) == []


@pytest.mark.parametrize("names", ["{layer}", "{kind}_{number}"])
@pytest.mark.parametrize("skip", [0, 2, 3])
def test_one_block_more_is_one_block_more_wherever_it_is(skip: int, names: str) -> None:
    old, new = resnet(skip=skip, names=names), resnet(names=names)
    found = compared(old, new)
    assert said(found)[0] == "1 basic-residual block added"
    assert (left(found), found.weights.layers) == ([], 0)
    back = compared(new, old)
    assert said(back)[0] == "1 basic-residual block removed"


def test_a_layer_that_is_no_block_is_named_by_its_kind() -> None:
    def net(extra: bool) -> onnx.ModelProto:
        net = Net("{layer}")
        x = net.conv("first", "x", 8, 3)
        if extra:
            x = net.add("Relu", "extra", net.conv("extra", x, 8, 8, 1))
        return net.model(net.conv("last", x, 4, 8))

    found = compared(net(extra=False), net(extra=True))
    assert said(found) == ["1 pointwise convolution added"]
    assert left(found) == []


def test_another_activation_is_one_statement() -> None:
    found = compared(resnet(), resnet(activation="HardSwish"))
    assert said(found) == ["activation Relu → HardSwish in 9 places"]
    assert left(found) == []
    anonymous = compared(resnet(), resnet(activation="Elu", names="{kind}_{number}"))
    assert said(anonymous)[0] == "activation Relu → Elu in 9 places"
    assert left(anonymous) == []


def test_standard_convolutions_that_became_separable_are_counted() -> None:
    found = compared(build(1.0, 64, Variant.STANDARD), build(1.0, 64))
    assert verdict(found) == "13 standard convolutions replaced by depthwise + pointwise"
    assert compared(build(1.0, 64), build(1.0, 64, Variant.STANDARD)).headlines[0].kind == "joined"


def test_folded_normalisations_are_held_against_the_weights() -> None:
    found = compared(resnet(), resnet(norms=False))
    assert said(found) == ["9 BatchNorms folded into convolutions; the weights agree"]
    assert (left(found), found.weights.layers, found.weights.folded) == ([], 0, 18)
    back = compared(resnet(norms=False), resnet(names="{kind}_{number}"))
    assert verdict(back) == "9 BatchNorms taken out of convolutions; the weights agree"
    assert left(back) == []


def test_weights_that_folding_does_not_explain_have_changed() -> None:
    new = resnet(norms=False)
    weights = numpy_helper.to_array(new.graph.initializer[0]) * np.float32(1.5)
    new.graph.initializer[0].CopyFrom(
        numpy_helper.from_array(weights, new.graph.initializer[0].name)
    )
    found = compared(resnet(), new)
    assert found.weights.layers == 1
    assert found.weights.largest == pytest.approx(0.5, rel=1e-4)


def test_another_epsilon_everywhere_is_one_statement() -> None:
    found = compared(resnet(), resnet(epsilon=1e-3))
    assert said(found) == ["epsilon 1e-5 → 0.001 in 9 BatchNormalizations"]


def test_another_number_of_classes_is_said() -> None:
    found = compared(resnet(classes=10), resnet(classes=7))
    assert said(found)[0].startswith("classes 10 → 7 (output ")
    assert left(found) == []


def test_classes_in_another_type_are_no_other_number_of_classes() -> None:
    found = compared(resnet(), half(resnet()))
    assert not [text for text in said(found) if text.startswith("classes ")]


def test_changed_weights_alone_are_said_to_be_alone() -> None:
    new = resnet()
    for tensor in new.graph.initializer:
        if tensor.name.endswith(".w"):
            array = numpy_helper.to_array(tensor) * np.float32(1.03)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    found = compared(resnet(), new)
    assert verdict(found) == (
        "only weights changed: those of 10 layers, largest relative change 3.0 %"
    )


def test_weights_that_are_no_numbers_any_more_are_said_beside_the_largest_change() -> None:
    new = resnet()
    for tensor, factor in zip(new.graph.initializer[:2], (1.03, np.nan), strict=True):
        array = numpy_helper.to_array(tensor) * np.float32(factor)
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    assert verdict(compared(resnet(), new)).endswith("1 with NaN or infinite values")


def test_versions_producer_and_metadata_come_last() -> None:
    new = resnet(opset=13)
    new.ir_version, new.producer_name = 9, "tool"
    helper.set_model_props(new, {"stage": "prod"})
    found = compared(resnet(), new)
    assert said(found) == [
        "opset 17 → 13", "IR version 8 → 9", "producer not stated → tool",
        "1 entry of the metadata changed: stage",
    ]  # fmt: skip
    assert verdict(found).startswith("the same: ")


def test_what_only_carries_is_said_in_a_line_each() -> None:
    new = resnet(norms=False)
    for node in list(new.graph.node):
        if node.op_type == "Conv":
            carrier = helper.make_node("Identity", [node.input[1]], [f"{node.input[1]}_id"])
            node.input[1] = carrier.output[0]
            new.graph.node.insert(0, carrier)
    found = compared(resnet(norms=False), new)
    assert said(found) == ["9 Identities added"]
    assert verdict(found) == "9 Identities added; all weights of the others the same"
    assert left(found) == []


def test_a_bias_of_every_layer_that_went_is_one_statement() -> None:
    new = resnet(norms=False)
    for node in new.graph.node:
        if node.op_type == "Conv":
            del node.input[2:]
    found = compared(resnet(norms=False), new)
    assert said(found) == ["9 biases folded away"]


def test_two_networks_are_called_two_networks() -> None:
    found = compared(build(1.0, 224), resnet(side=224))
    assert verdict(found).startswith("another network: MobileNetV1 → ")
    assert left(found) == []


def test_a_gelu_in_one_operator_stands_for_those_it_replaced() -> None:
    def net(fused: bool) -> onnx.ModelProto:
        net = Net("{layer}")
        x = net.conv("first", "x", 8, 3)
        if fused:
            x = net.add("Gelu", "act", x)
        else:
            two = net.store("two", np.array(2.0**0.5, np.float32))
            one = net.store("one", np.array(1, np.float32))
            half_ = net.store("half", np.array(0.5, np.float32))
            y = net.add("Add", "act", net.add("Erf", "act", net.add("Div", "act", x, two)), one)
            x = net.add("Mul", "act/half", net.add("Mul", "act", x, y), half_)
        return net.model(net.conv("last", x, 4, 8), opset=20)

    found = compared(net(fused=False), net(fused=True))
    assert [headline.kind for headline in found.headlines] == ["fused"]
    assert said(found) == ["1 × Gelu fused into one operator (4 operators gone)"]
    assert left(found) == []


def test_an_output_that_another_tensor_is_now_is_said() -> None:
    text = resnet(norms=False)
    new = resnet(norms=False)
    name = text.graph.output[0].name
    flat = next(node for node in new.graph.node if node.op_type == "Flatten")
    head = new.graph.node[-1]
    head.output[0] = "other"
    flat.output[0] = name
    head.input[0] = name
    (moved,) = [h for h in compared(text, new).headlines if h.kind == "output-moved"]
    assert moved.values == {"name": name, "old": "Gemm head/Gemm", "new": "Flatten flat/Flatten"}


def test_headlines_and_rows_cover_every_change() -> None:
    found = compared(resnet(), resnet(activation="HardSwish", epsilon=1e-3, skip=1))
    kinds = [headline.kind for headline in found.headlines]
    assert kinds == ["blocks-removed", "activation", "setting"]
    assert set(found.covered) | {i for i, c in enumerate(found.changes) if c in left(found)} == set(
        range(len(found.changes))
    )


def swapped(model: onnx.ModelProto, *pairs: tuple[str, str]) -> onnx.ModelProto:
    """The same with the elements of two initializers exchanged, for each pair."""
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for first, second in pairs:
        one, other = stored[first], stored[second]
        one.raw_data, other.raw_data = other.raw_data, one.raw_data
    return model


@pytest.mark.parametrize("norms", [True, False])
@pytest.mark.parametrize("pairs", [
    [("block1/1/conv.w", "block1/2/conv.w")],
    [("block1/1/conv.w", "block3/1/conv.w"), ("block0/1/conv.w", "block2/2/conv.w")],
])  # fmt: skip
def test_layers_that_exchange_their_weights_are_said_to(
    pairs: list[tuple[str, str]], norms: bool
) -> None:
    found = compared(resnet(norms=norms), swapped(resnet(norms=norms), *pairs))
    assert verdict(found) == f"{2 * len(pairs)} layers exchanged their weights"
    assert left(found) == []


def test_three_layers_that_hand_their_weights_on_are_said_to() -> None:
    turned = swapped(
        resnet(), ("block1/1/conv.w", "block1/2/conv.w"), ("block1/2/conv.w", "block2/1/conv.w")
    )
    assert verdict(compared(resnet(), turned)) == "3 layers exchanged their weights"


@pytest.mark.parametrize("back", [False, True])
def test_a_size_that_one_file_leaves_open_is_said_of_what_is_the_same_otherwise(
    back: bool,
) -> None:
    opened = resnet()
    opened.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "N"
    sides = (opened, resnet()) if back else (resnet(), opened)
    found = compared(*sides)
    (said,) = [h for h in found.headlines if h.kind == "input-type"]
    sizes = [str(said.values[side]).split()[1].split("×")[0] for side in ("old", "new")]
    assert sizes == (["N", "1"] if back else ["1", "N"])
    assert found.identical
    renamed = resnet()
    renamed.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    assert compared(opened, renamed).headlines == ()


def _dropout(graph: onnx.GraphProto, at: int) -> None:
    graph.node.insert(at, helper.make_node("Dropout", [graph.node[at].input[0]], ["d"]))
    graph.node[at + 1].input[0] = "d"


def _constants(graph: onnx.GraphProto, at: int) -> None:
    for tensor in graph.initializer:
        graph.node.insert(0, helper.make_node("Constant", [], [tensor.name], value=tensor))
    del graph.initializer[:]


def _reshape(graph: onnx.GraphProto, at: int) -> None:
    source = graph.node[at].input[0]
    graph.node.insert(at, helper.make_node("Shape", [source], ["s"]))
    graph.node.insert(at + 1, helper.make_node("Reshape", [source, "s"], ["d"]))
    graph.node[at + 2].input[0] = "d"


SMALL: dict[Callable[[onnx.GraphProto, int], None], str] = {
    _dropout: "1 Dropout added",
    _constants: "8 Constants added",
    _reshape: "2 operators added",
}
"""What a network hardly differs for, and what is said of it."""
ABOUT_THE_FILE: dict[str, Callable[[onnx.ModelProto], Any]] = {
    "opset": lambda model: setattr(model.opset_import[0], "version", 16),
    "imports": lambda model: model.opset_import.add(domain="com.microsoft", version=1),
    "ir": lambda model: setattr(model, "ir_version", 9),
    "producer": lambda model: setattr(model, "producer_name", "tool"),
    "metadata": lambda model: helper.set_model_props(model, {"stage": "prod"}),
}


@pytest.mark.parametrize(
    ("change", "about"),
    [(_constants, "ir"), (_reshape, "ir"), *((_dropout, about) for about in ABOUT_THE_FILE)],
)
def test_what_is_about_the_file_or_small_is_not_what_it_comes_to(
    change: Callable[[onnx.GraphProto, int], None], about: str
) -> None:
    old, new = resnet(1, norms=False), resnet(1, norms=False)
    at = next(i for i, node in enumerate(new.graph.node) if node.op_type == "Flatten")
    change(new.graph, at)
    ABOUT_THE_FILE[about](new)
    found = compared(old, new)
    assert found.headlines[-1].kind == about
    assert verdict(found) == f"{SMALL[change]}; all weights of the others the same"
