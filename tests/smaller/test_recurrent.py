"""Recurrent layers against the operator's equations, and integer weights against ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic

from analyzer.facts import Facts
from analyzer.smaller.recurrent import Recurrent, recurrent
from tests.golden.text import facts as parse_facts
from tests.golden.text import facts_of

STEPS, INPUTS, UNITS = 20, 40, 64


def cell(
    operator: str, *, both: bool = False, bias: bool = True, steps: int = STEPS
) -> onnx.ModelProto:
    """One layer over steps of 40 numbers to 64 units."""
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[operator]
    ways = 2 if both else 1
    rng = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "w": (ways, gates * UNITS, INPUTS),
        "r": (ways, gates * UNITS, UNITS),
    }
    shapes |= {"b": (ways, 2 * gates * UNITS)} if bias else {}
    weights = [numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)
               for name, shape in shapes.items()]  # fmt: skip
    node = helper.make_node(operator, ["x", *shapes], ["y"], hidden_size=UNITS,
                            direction="bidirectional" if both else "forward")  # fmt: skip
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [steps, 1, INPUTS])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [steps, ways, 1, UNITS])
    graph = helper.make_graph([node], "g", [x], [y], weights)
    imports = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=imports, ir_version=8)


def found(facts: Facts) -> Recurrent:
    made = recurrent(facts)
    assert made is not None
    return made


def test_a_step_of_an_lstm_takes_four_gates() -> None:
    made = found(facts_of(cell("LSTM")))
    assert made.macs_per_step == 4 * UNITS * (INPUTS + UNITS)
    assert made.macs == STEPS * made.macs_per_step
    assert made.state_bytes == 2 * UNITS * 4, "hidden state and cell"


def test_a_gru_in_its_place_is_the_gru_that_one_would_build() -> None:
    lstm, gru = facts_of(cell("LSTM")), facts_of(cell("GRU"))
    macs, held = found(lstm).gru_saves()
    assert lstm.totals.macs - macs == gru.totals.macs
    assert lstm.parameters.weight_bytes - held == gru.parameters.weight_bytes


def test_forwards_only_is_the_layer_that_one_would_build() -> None:
    both, one = facts_of(cell("LSTM", both=True)), facts_of(cell("LSTM"))
    macs, held = found(both).forward_saves()
    assert both.totals.macs - macs == one.totals.macs
    assert both.parameters.weight_bytes - held == one.parameters.weight_bytes
    assert len(found(both).bidirectional) == 1


def test_a_single_step_has_no_other_direction_to_leave_out() -> None:
    once = found(facts_of(cell("GRU", both=True, steps=1)))
    assert len(once.bidirectional) == 1
    assert once.forward_saves() == (0, 0)


@pytest.mark.parametrize("both", [False, True])
def test_integer_weights_take_what_the_runtimes_quantiser_writes(
    both: bool, tmp_path: Path
) -> None:
    model = cell("LSTM", both=both)
    plain, quantised = tmp_path / "f.onnx", tmp_path / "q.onnx"
    onnx.save(model, plain)
    quantize_dynamic(plain, quantised, extra_options={"MatMulConstBOnly": True})
    kept = onnx.load(quantised).graph
    assert [node.op_type for node in kept.node] == ["DynamicQuantizeLSTM"]
    written = sum(numpy_helper.to_array(t).nbytes for t in kept.initializer)
    facts = facts_of(model)
    assert facts.parameters.weight_bytes - found(facts).integer_saves() == written


def test_a_gru_has_no_such_kernel() -> None:
    assert found(facts_of(cell("GRU"))).integer_saves() == 0


def test_a_network_without_them_has_none() -> None:
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in "xy")
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y])
    assert recurrent(facts_of(helper.make_model(graph))) is None


BRANCHES = """g (bool p, float[5,1,8] x) => (float[5,1,1,4] y) <{stored}> {{
    y = If (p) <
        then_branch = t () => (float[5,1,1,4] a) {{
            v = Unsqueeze (u, axes)  a = LSTM <hidden_size=4> (x, v, r) }},
        else_branch = e () => (float[5,1,1,4] b) {{
            c = Unsqueeze ({weight}, axes)  b = LSTM <hidden_size=4> (x, c, {state}) }}> }}"""
UNITED = [f"float[{shape}] {name} = {{{', '.join('1' * size)}}}"
          for name, shape, size in (("u", "16,8", 128), ("o", "16,8", 128), ("r", "1,16,4", 64),
                                    ("q", "1,16,4", 64))]  # fmt: skip


@pytest.mark.parametrize(
    ("weight", "state", "held"), [("o", "q", 2 * 192), ("u", "r", 192), ("o", "r", 192 + 128)]
)
def test_all_layers_of_the_file_shrink_and_one_branch_runs(
    weight: str, state: str, held: int
) -> None:
    """MACs are those of one branch, 5 · 16 · (8 + 4); the file stores the weights of both."""
    stored = ", ".join([*UNITED, "int64[1] axes = {0}"])
    facts = parse_facts(BRANCHES.format(stored=stored, weight=weight, state=state))
    macs, saved = found(facts).gru_saves()
    assert (macs, saved) == (5 * 16 * 12 // 4, held)
    assert facts.totals.macs == 4 * macs


def test_quantisers_look_into_no_bodies() -> None:
    ones = ", ".join("1" * 64)
    facts = parse_facts(f"""g (bool p, float[5,1,4] x) => (float[5,1,1,4] y)
        <float[1,16,4] w = {{{ones}}}, float[1,16,4] r = {{{ones}}}> {{
        y = If (p) <
            then_branch = t () => (float[5,1,1,4] a) {{ a = LSTM <hidden_size=4> (x, w, r) }},
            else_branch = e () => (float[5,1,1,4] b) {{ b = LSTM <hidden_size=4> (x, w, r) }}> }}
    """)
    made = found(facts)
    assert (made.integer_nodes, made.integer_saves()) == ((), 0)
    assert made.gru_saves() == (5 * 16 * 8 // 4, 128 // 4 * 4)


def test_a_layer_of_unknown_cost_has_weights() -> None:
    ones = ", ".join("1" * 64)
    facts = parse_facts(f"""g (float[5,1,4] x) => (float[5,1,1,4] y, float[5,1,1,4] z)
        <float[1,16,4] w = {{{ones}}}, float[1,16,4] r = {{{ones}}},
         float[1,16,4] s = {{{ones}}}> {{
        u = local.F (x)  y = LSTM <hidden_size=4> (x, w, r)  z = LSTM <hidden_size=4> (u, w, s) }}
    """)
    made = found(facts)
    assert (made.macs, len(made.layers)) == (5 * 16 * 8, 1)
    assert [(layer.macs, layer.weights) for layer in made.others] == [(0, 64)]
    assert made.gru_saves() == (5 * 16 * 8 // 4, (128 + 64) // 4 * 4)


def test_layers_that_take_parts_of_one_tensor_share_none_of_it() -> None:
    ones = ", ".join("1" * 64)
    facts = parse_facts(f"""g (float[5,1,4] x) => (float[5,1,1,4] y, float[5,1,1,4] z)
        <float[2,16,4] w = {{{ones}, {ones}}}, float[1,16,4] r = {{{ones}}},
         int64[2] s = {{1, 1}}> {{
        u, v = Split <axis = 0> (w, s)
        y = LSTM <hidden_size=4> (x, u, r)  z = LSTM <hidden_size=4> (x, v, r) }}""")
    assert [layer.weights for layer in found(facts).layers] == [128, 64]
