"""What was not read is never called clean, and no file makes looking at weights expensive."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper, parser

from analyzer.analyze import analyze_weights
from analyzer.errors import ModelError
from analyzer.facts import Facts, Problem
from analyzer.model import Limits, load, source
from analyzer.model.guard import GuardFailure
from analyzer.weights import audit, low_rank
from analyzer.weights.evidence import _placeholders
from analyzer.weights.made import MadeWeights


def judged(graph: str, limits: Limits = Limits()) -> Facts:
    text = f'<ir_version: 8, opset_import: ["" : 17]> {graph}'
    return analyze_weights(load(parser.parse_model(text).SerializeToString()), limits=limits)


def only(facts: Facts) -> Problem:
    (problem,) = facts.problems
    return problem


GIVEN = "g (float[1,2,8,8] x, float[2,2,1,1] w) => (float[1,2,8,8] y) { y = Conv (x, w) }"
GENERATED = (
    "g (float[1,2,8,8] x) => (float[1,2,8,8] y) <int64[4] s = {2, 2, 1, 1}> "
    "{ w = ConstantOfShape (s) y = Conv (x, w) }"
)
COMPUTED = (
    "g (float[1,2,8,8] x, float[2,2,1,1] z) => (float[1,2,8,8] y) <float[2,2,1,1] v = "
    "{1, 2, 3, 4}> { w = Mul (v, z) a = Conv (x, w) y = Conv (a, v) }"
)
NONE = "g (float[1,2] x) => (float[1,2] y) { y = Relu (x) }"


@pytest.mark.parametrize("graph", [GIVEN, GENERATED])
def test_weights_that_are_not_in_the_file_leave_no_conclusion(graph: str) -> None:
    problem = only(judged(graph))
    assert (problem.code, problem.inconclusive) == ("weights-unread", True)


def test_weights_that_were_not_looked_at_are_said_to_be_what_they_are() -> None:
    stored = (
        "g (int8[1,2,8,8] x) => (int32[1,2,8,8] y) <int8[2,2,1,1] w = {1, 2, 3, 4}> "
        "{ y = ConvInteger (x, w) }"
    )
    told = "no weights were read: "
    assert only(judged(stored)).message == f"{told}the layers store integers"
    made = only(judged(GENERATED)).message
    assert made == f"{told}they are made by ConstantOfShape when the model runs"
    assert "given" in only(judged(GIVEN)).message


@pytest.mark.parametrize("layer", ["Conv", "MatMul"])
def test_weights_that_are_filled_when_the_model_runs_are_placeholders(layer: str) -> None:
    graph = (
        "g (float[1,2,2,2] x) => (float[1,2,2,2] y) <int64[4] s = {2, 2, 1, 1}, "
        "int64[4] t = {1, 1, 2, 2}> "
        f"{{ w = ConstantOfShape ({'s' if layer == 'Conv' else 't'}) "
        f"v = ConstantOfShape ({'s' if layer == 'Conv' else 't'}) "
        f"a = {layer} (x, w) y = {layer} (a, v) }}"
    )
    evidence = judged(graph).evidence
    assert evidence is not None
    assert (evidence.weight_tensors, evidence.constant_tensors) == (2, 2)
    assert (evidence.placeholder, evidence.sees_none) == (True, True)


@pytest.mark.parametrize("layer", ["Conv", "MatMul"])
@pytest.mark.parametrize(
    "made",
    ["RandomNormal <shape = [{0}]> ()", "RandomUniformLike (n)", "Bernoulli (n)", "Mul (n, two)",
     "Expand (two, s)", "Identity (n)", "Tile (one, s)"],
)  # fmt: skip
def test_weights_that_are_drawn_or_filled_in_several_steps_are_placeholders(
    layer: str, made: str
) -> None:
    shape = "2, 2, 1, 1" if layer == "Conv" else "1, 1, 2, 2"
    made = made.format(shape)
    graph = (
        f"g (float[1,2,2,2] x) => (float[1,2,2,2] y) <int64[4] s = {{{shape}}}, float two = {{2}}, "
        "float[1,1,1,1] one = {1}> "
        f"{{ n = ConstantOfShape (s) w = {made} v = {made} a = {layer} (x, w) "
        f"y = {layer} (a, v) }}"
    )
    evidence = judged(graph).evidence
    assert evidence is not None
    drawn = 2 * made.startswith(("Random", "Bernoulli"))
    assert (evidence.constant_tensors, evidence.drawn_tensors) == (2 - drawn, drawn)
    assert (evidence.placeholder, evidence.sees_none) == (True, True)


@pytest.mark.parametrize(
    "weights",
    ["DequantizeLinear (q, k)", "Cast <to = 1> (q)", "Add (n, f)", "Gather (f, i)", "Identity (f)"],
)
def test_weights_that_are_made_of_stored_numbers_are_none(weights: str) -> None:
    graph = (
        "g (float[2,2] x) => (float[2,2] y) <int64[2] s = {2, 2}, int8[2,2] q = {1, 2, 3, 4}, "
        "float k = {2}, float[2,2] f = {1, 2, 3, 4}, int64[2] i = {1, 0}> "
        f"{{ n = ConstantOfShape (s) w = {weights} v = {weights} a = MatMul (x, w) "
        "y = MatMul (a, v) }"
    )
    evidence = judged(graph).evidence
    assert evidence is not None
    assert not evidence.placeholder


def test_a_filled_tensor_beside_trained_ones_makes_no_placeholders() -> None:
    graph = (
        "g (float[1,2,8,8] x) => (float[1,2,8,8] y) <int64[4] s = {2, 2, 1, 1}, "
        "float[2,2,1,1] v = {1, 2, 3, 4}> "
        "{ w = ConstantOfShape (s) a = Conv (x, w) y = Conv (a, v) }"
    )
    evidence = judged(graph).evidence
    assert evidence is not None
    assert (evidence.placeholder, evidence.sees_none) == (False, False)


@pytest.mark.parametrize(
    ("stored", "made", "told"),
    [
        # (elements, constant) of stored tensors; filled and drawn ones; placeholders or not
        ([(990, True), (10, False)], ((), ()), True),
        ([(989, True), (11, False)], ((), ()), False),
        ([(10, False)], ((490, 500), ()), True),
        ([(10, False)], ((), (490, 500)), True),
        ([(11, False)], ((489,), (500,)), False),
        ([(5, False), (5, False)], ((400,), (590,)), True),
        ([(100, True)], ((), ()), False),  # a single tensor says nothing
        ([(100, True), (1, True)], ((), ()), False),  # single numbers do not count
        ([(100, True), (2, True)], ((), ()), True),
    ],
)
def test_placeholders_are_99_of_100_weights_of_several_tensors(
    stored: list[tuple[int, bool]], made: tuple[tuple[int, ...], tuple[int, ...]], told: bool
) -> None:
    tensors: Any = [
        SimpleNamespace(kind="weight", values=SimpleNamespace(elements=n, constant=alike))
        for n, alike in stored
    ]
    bias: Any = SimpleNamespace(kind="bias", values=SimpleNamespace(elements=7, constant=False))
    found = _placeholders([*tensors, bias], MadeWeights(*made))
    counted = [alike for n, alike in stored if n > 1]
    assert found == {
        "weight_tensors": len(counted) + len(made[0]) + len(made[1]),
        "constant_tensors": sum(counted) + len(made[0]),
        "drawn_tensors": len(made[1]),
        "placeholder": told,
    }


def test_layers_whose_weights_are_computed_are_named(tmp_path: Path) -> None:
    problem = only(judged(COMPUTED))
    assert (problem.code, problem.where, problem.inconclusive) == ("weights-computed", "a", False)


def test_a_model_without_weights_has_none_to_read() -> None:
    assert judged(NONE).problems == ()


def large(folder: Path, elements: int = 1 << 20) -> str:
    values = np.random.default_rng(0).standard_normal((elements // 64, 64)).astype(np.float32)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("x", "y")]
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph(
        [node], "g", ends[:1], ends[1:], [numpy_helper.from_array(values, "w")]
    )
    path = folder / "m.onnx"
    onnx.save(helper.make_model(graph), path)
    return str(path)


def test_a_death_is_placed_where_the_process_was_if_it_had_come_to_an_operator() -> None:
    facts = judged(NONE.replace("y = Relu (x)", "a = Relu (x) y = Neg (a)"))
    places = [audit._place(facts, GuardFailure("crashed", "", at)) for at in (None, 0, 1, 2)]
    assert places == ["", "a", "y", ""]


def test_a_process_that_dies_over_weights_leaves_no_conclusion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> object:
        raise MemoryError

    monkeypatch.setattr(audit, "collect", exhausted)
    facts = analyze_weights(load(large(tmp_path)))
    problem = only(facts)
    assert (problem.code, problem.inconclusive) == ("weights-unreadable", True)
    assert "ran out of memory" in problem.message
    assert facts.evidence is not None
    assert not facts.evidence.tensors


def test_time_that_runs_out_leaves_the_rest_unread_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "GRACEFUL", 0.0)
    facts = analyze_weights(load(large(tmp_path)))
    assert only(facts).code == "weights-limit"
    assert facts.evidence is not None
    assert (facts.evidence.tensors, facts.evidence.beyond) == ((), ("y", "w"))


def test_a_file_that_changes_before_the_look_is_refused(tmp_path: Path) -> None:
    path = large(tmp_path)
    model = load(path)
    with open(path, "ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelError, match="the file changed"):
        analyze_weights(model)


def test_weights_are_looked_at_in_a_fresh_process_where_threads_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_IN_MEMORY", 1 << 20)  # they are read from the file
    path = large(tmp_path)
    alone = analyze_weights(load(path))
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        beside = analyze_weights(load(path))
    finally:
        done.set()
        thread.join()
    assert alone.evidence is not None
    assert alone.evidence.tensors[0].values.elements == 1 << 20
    assert beside.evidence == alone.evidence


MEASURE = """
import re, resource, sys
from analyzer.cli.main import run
codes = {run([*sys.argv[1:], f"{number}.onnx"]) for number in range(3)}
own = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print(*codes, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_file_of_holes_costs_little_memory(tmp_path: Path) -> None:
    """64 MiB of weights that take no room on the disk, in shapes that tempt to hold them."""
    with open(tmp_path / "w.bin", "wb") as file:
        file.truncate(64 << 20)
    shapes = ([1, 1, 4096, 4096], [1 << 24, 1, 1, 1], [16, 1 << 20])
    for number, dims in enumerate(shapes):
        weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=dims)
        weight.data_location = TensorProto.EXTERNAL
        weight.external_data.add(key="location", value="w.bin")
        operator, x = ("Conv", [1, 1, 4096, 4096]) if len(dims) == 4 else ("MatMul", [1, 16])
        ends = [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, x),
            helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
        ]
        node = helper.make_node(operator, ["x", "w"], ["y"])
        graph = helper.make_graph([node], "g", ends[:1], ends[1:], [weight])
        (tmp_path / f"{number}.onnx").write_bytes(helper.make_model(graph).SerializeToString())
    words = ["check", "--weights", "--no-config", "--select", "WGT009"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *words],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    code, *peaks = map(int, done.stdout.split("\n")[-2].split())
    assert code == 0
    assert done.stdout.count("WGT009") == len(shapes)
    assert max(peaks) < 120 << 10, peaks  # KiB


def test_a_look_at_weights_gets_less_than_other_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the largest of them, and nobody waits a minute for it."""
    given: list[tuple[float, int, int, float]] = []

    def guarded(task: Any, *, limits: Limits) -> ModelError:
        *_, seconds = task.args
        given.append((limits.guard_seconds, limits.guard_bytes >> 20,
                      limits.guard_result_bytes >> 20, seconds))  # fmt: skip
        return ModelError("x.onnx", "enough")

    monkeypatch.setattr(audit, "guarded", guarded)
    nothing: Any = None
    for limits in (Limits(), Limits(guard_seconds=10, guard_bytes=1 << 20,
                                    guard_result_bytes=2 << 20)):  # fmt: skip
        with pytest.raises(ModelError, match="enough"):
            audit.audit(nothing, nothing, limits)
    assert given == [(20, 700, 24, 14.0), (10, 1, 2, 7.0)]


def test_layers_that_were_not_looked_at_for_smaller_ones_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(low_rank, "WORK", 0)
    facts = analyze_weights(load(large(tmp_path)))
    problem = only(facts)
    assert (problem.code, problem.where, problem.inconclusive) == ("weights-unsplit", "y", False)
    assert problem.message.startswith("whether two smaller layers could stand for each of 1 layer ")
    assert facts.evidence is not None
    assert (facts.evidence.unsplit, facts.evidence.layers["y"].low_rank) == (("y",), None)
