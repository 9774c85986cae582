"""What becomes integers, against ONNX Runtime's quantiser, and the times that follow."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic

from analyzer.devices import bound, profile
from analyzer.facts import Tensor
from analyzer.graph.adjacency import Vertex
from analyzer.graph.call import Call
from analyzer.report.view import whatif
from analyzer.report.view.options import options
from analyzer.smaller import integers
from analyzer.smaller.integers import Staying, _is_looked_up, made_weights, staying
from analyzer.smaller.recurrent import recurrent
from tests.golden.text import facts, facts_of
from tests.smaller.test_recurrent import cell

if TYPE_CHECKING:
    from analyzer.facts import Facts

WIDTH, LENGTH = 256, 256


def scores() -> onnx.ModelProto:
    """256 tokens of 256 numbers by a matrix of weights, then by themselves: 256³ MACs each."""
    weights = numpy_helper.from_array(np_ones(WIDTH, WIDTH), "w")
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [LENGTH, WIDTH])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [LENGTH, LENGTH])
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["q"]),
        helper.make_node("Transpose", ["q"], ["k"], perm=[1, 0]),
        helper.make_node("MatMul", ["q", "k"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", [x], [y], [weights])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def np_ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def test_a_product_of_two_activations_stays_in_float(tmp_path: Path) -> None:
    plain, quantised = tmp_path / "f.onnx", tmp_path / "q.onnx"
    onnx.save(scores(), plain)
    quantize_dynamic(plain, quantised)
    made = facts_of(onnx.load(quantised)).totals.macs_by_precision
    facts = facts_of(scores())
    assert staying(facts, static=False) == Staying(256**3, 0, ("q",), 5)
    assert made["float32"] == 256**3
    assert staying(facts, static=True).macs == 0, "a calibrated one converts every MatMul"


def test_what_is_added_stays_in_float_and_tables_do_not(tmp_path: Path) -> None:
    """A table of 50 × 32, one of 40 × 32 by positions, whose rows are the same in every run, a
    product of 32 × 32 with its bias, a sum, and a Gemm with its bias."""
    shapes = {"t": (50, 32), "w": (32, 32), "a": (32,), "s": (16, 32), "g": (32, 8), "b": (8,),
              "p": (40, 32)}  # fmt: skip
    stored = [numpy_helper.from_array(np_ones(*shape), name) for name, shape in shapes.items()]
    stored.append(numpy_helper.from_array(np.arange(16), "at"))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [16])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [16, 8])
    nodes = [
        helper.make_node("Gather", ["t", "ids"], ["e"]),
        helper.make_node("Gather", ["p", "at"], ["f"]),
        helper.make_node("Add", ["e", "f"], ["l"]),
        helper.make_node("MatMul", ["l", "w"], ["m"]),
        helper.make_node("Add", ["m", "a"], ["n"]),
        helper.make_node("Add", ["n", "s"], ["o"]),
        helper.make_node("Gemm", ["o", "g", "b"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", [ids], [y], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    plain, quantised = tmp_path / "f.onnx", tmp_path / "q.onnx"
    onnx.save(model, plain)
    quantize_dynamic(plain, quantised)
    floats = [numpy_helper.to_array(t) for t in onnx.load(quantised).graph.initializer
              if t.data_type == TensorProto.FLOAT]  # fmt: skip
    left = sum(array.size for array in floats if array.size > 1)  # a scale is one
    assert staying(facts_of(model), static=False).params == left == 32 + 16 * 32 + 8


def test_the_time_is_that_of_both_parts() -> None:
    facts = facts_of(scores())
    found = {form.id: form for form in options(facts, whatif.view(facts), profile("rpi5"))}
    # 8 float32 and 32 int8 multiply-accumulates a cycle on four cores at 2.4 GHz
    both = 256**3 / (8 * 9.6e9) + 256**3 / (32 * 9.6e9)
    assert found["int8"].seconds == pytest.approx(both)
    assert found["int8"].rests.startswith("50.0 % of the MACs stay in float32; ")


def test_an_lstm_is_converted_without_calibration_and_a_gru_never() -> None:
    lstm, gru = facts_of(cell("LSTM")), facts_of(cell("GRU"))
    assert staying(lstm, static=False) == Staying(0, 2 * 4 * 64, (lstm.nodes[0].id,), 10), (
        "two biases a gate"
    )
    # 20 steps of 4 · 64 · (40 + 64), and 3 for 4
    assert staying(lstm, static=True).macs == 20 * 4 * 64 * 104
    assert staying(gru, static=False).macs == 20 * 3 * 64 * 104
    made = recurrent(lstm)
    assert made is not None
    assert made.integer_macs == 20 * 4 * 64 * 104


def test_an_lstm_is_converted_where_both_of_its_matrices_are_stored() -> None:
    for given, computed, stays in (("", "", False), ("w", "", True), ("r", "", True),
                                   ("", "w", True), ("", "r", True)):  # fmt: skip
        made = cell("LSTM", bias=False)
        graph = made.graph
        held = {tensor.name: tensor for tensor in graph.initializer}
        if given:
            graph.initializer.remove(held[given])
            shape = list(held[given].dims)
            graph.input.append(helper.make_tensor_value_info(given, TensorProto.FLOAT, shape))
        if computed:
            graph.node[0].input[" wr".index(computed)] = "n"
            graph.node.insert(0, helper.make_node("Neg", [computed], ["n"]))
        macs = staying(facts_of(made), static=False).macs
        assert macs == (20 * 4 * 64 * 104 if stays else 0), (given, computed)


def test_attention_of_the_runtime_multiplies_its_projection_in_integers() -> None:
    shapes = {"w": (64, 192), "b": (192,)}
    weights = [numpy_helper.from_array(np_ones(*shape), name) for name, shape in shapes.items()]
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 16, 64]) for n in "xy")
    node = helper.make_node("Attention", ["x", "w", "b"], ["y"], domain="com.microsoft",
                            num_heads=4)  # fmt: skip
    graph = helper.make_graph([node], "g", [x], [y], weights)
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    facts = facts_of(helper.make_model(graph, opset_imports=imports, ir_version=8))
    # scores and their product with the values: 2 · 16 · 16 · 64
    assert staying(facts, static=False) == Staying(2 * 16 * 16 * 64, 192, ("y",), 5)
    assert staying(facts, static=True).macs == 16 * 64 * 192 + 2 * 16 * 16 * 64


def test_what_is_kept_is_computed_at_its_own_peak() -> None:
    facts = facts_of(scores())
    device = profile("rpi5")
    every = bound(facts, device, {"float32": "int8"}, {"float32": 2 * 256**3})
    assert every.seconds == bound(facts, device).seconds


def test_weights_that_operators_make_are_folded_before() -> None:
    """Two 1×1 convolutions of 4 × 4 channels on 8 × 8 places, whose weights are stored or made, and
    a normalisation with a scale, a bias, a mean and a variance of four channels."""

    def stored(name: str, *shape: int) -> str:
        sides, values = ",".join(map(str, shape)), ", ".join("1" * int(np.prod(shape)))
        return f"float[{sides}] {name} = {{{values}}}"

    def model(first: str, second: str) -> Facts:
        named = [stored("w", 4, 4, 1, 1), stored("u", 4, 4, 1, 1), *(stored(n, 4) for n in "sghmv")]
        return facts(
            f"g (float[1,4,8,8] x) => (float[1,4,8,8] y) <{', '.join(named)}> {{ {first} {second} "
            "b = Conv (a, f) y = BatchNormalization (b, g, h, m, v) }"
        )

    plain, made = "a = Conv (x, w)", "e = Mul (w, s) a = Conv (x, e)"
    both = ("a", "b")
    # scales and zero points: of two inputs, one between and two weights, 5 bytes each
    for first, second, makers, static, dynamic, alone, gone in (
        (plain, "f = Identity (u)", (), Staying(0, 16 + 4 + 8, both, 25),
         Staying(1024, 16 + 8 + 8, ("a",), 5), Staying(0, 16 + 8 + 8, both, 25),
         Staying(0, 16 + 4, both, 33, 4 + 8)),
        (made, "f = Mul (u, s)", ("Mul",), Staying(0, 0, both, 25), Staying(0, 8, both, 10),
         Staying(0, 8, both, 25), Staying(0, 4, both, 33, 4 + 8)),
        (made, "f = Identity (u)", ("Mul", "Identity"), Staying(0, 0, both, 25),
         Staying(0, 8, both, 10), Staying(0, 8, both, 25), Staying(0, 4, both, 33, 4 + 8)),
    ):  # fmt: skip
        found = model(first, second)
        assert made_weights(found) == makers
        assert staying(found, static=True) == static
        assert staying(found, static=False) == dynamic
        assert staying(found, static=True, only=("Conv",)) == alone
        assert staying(found, static=True, gone=("y",)) == gone


def test_a_projection_has_the_macs_of_its_sides_where_all_are_known() -> None:
    def macs(tokens: Any, weights: Any, **attributes: Any) -> int:
        read = tuple(
            None if shape is None else Tensor(name, "float32", shape or None)
            for name, shape in (("x", tokens), ("w", weights))
        )
        call = Call("Attention", "com.microsoft", 1, attributes, read, (Tensor("y", "float32"),))
        return integers._projection(Vertex(call, ""))

    assert macs((2, 3, 5), (5, 7)) == 2 * 3 * 5 * 7
    for tokens, weights in (((2, None, 5), (5, 7)), ((2, 3, 5), (5, None)), ((), (5, 7)),
                            ((2, 3, 5), ()), (None, (5, 7)), ((2, 3, 5), None)):  # fmt: skip
        assert macs(tokens, weights) == 0
    assert macs((2, 3, 5), (5, 7), qkv_hidden_sizes=(1, 2, 4)) == 0


def test_tables_count_where_their_rows_are_weights_of_what_reads_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = {"plain": "float32", "half": "float16", "body": "float32", "trained": "float32",
            "other": "float32", "none": ""}  # fmt: skip
    nodes = [SimpleNamespace(id=name, composite=name == "body", params=name == "trained",
                             inputs=(f"{name}.t",)) for name in held]  # fmt: skip

    def call(_graph: object, name: str) -> Any:
        table = SimpleNamespace(dtype=held[name], elements=12)
        known = [table] if held[name] else [None]
        return SimpleNamespace(call=SimpleNamespace(input=lambda slot: [*known, None][slot]))

    monkeypatch.setattr(integers, "vertex", call)
    monkeypatch.setattr(integers, "_is_looked_up", lambda _, node: node.id != "other")
    model: Any = SimpleNamespace(nodes=nodes, graph=None)
    assert integers._tables(model) == {"plain.t": 12}


def test_tables_that_are_looked_up_are_those_of_gather_and_of_berts_embedding() -> None:
    found = facts(
        """g (int64[2,5] i, float[9,4] t, float[4] n, float[2,4,5,5] x, float[2,4,1,1] w,
           int64 m, bool c) => (float[] a, float[] b, float[] d, float[] e, float[] f, float[] h) {
        a = Gather (t, i)  d = com.microsoft.RelativePositionBias (t, m, m)
        b, k = com.microsoft.EmbedLayerNormalization (i, i, t, t, t, n, n)
        e = com.microsoft.FusedConv <activation = "Relu"> (x, w)  f = com.example.Look (t, i)
        h = If (c) <then_branch = p () => (float[2,5,4] u) { u = Gather (t, i) },
                    else_branch = q () => (float[2,5,4] v) { v = Gather (t, i) }> }"""
    )
    looked = {node.outputs[0].name for node in found.nodes if _is_looked_up(found, node)}
    assert looked == {"a", "b"}
