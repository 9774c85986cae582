"""What a stored tensor is for, by what reads it; and real numbers that integers stand for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnx import helper

from analyzer.evidence import TensorEvidence, ValueStats
from analyzer.model.rows import Rows
from analyzer.operators import find
from analyzer.operators.record import Kind
from analyzer.weights.scan import scan
from analyzer.weights.source import WeightSource, dequantized
from analyzer.weights.stored import Namespace, Stored, TensorUse
from analyzer.weights.uses import describe, node_ids
from analyzer.weights.values import value_stats
from tests.golden.text import facts


def use(op: str, slot: int, attribute: str = "", domain: str = "") -> TensorUse:
    node = helper.make_node(op, ["a"], [f"{op}_made"], domain=domain)
    record = find(node.domain, node.op_type)
    return TensorUse(node, node.op_type, record, slot, Namespace(None, set()), attribute)


def stats(*values: float) -> ValueStats:
    rows = Rows.of(np.array(values, np.float32))
    return value_stats(scan(rows).tally, "float32", (None, None))


PLAIN = stats(0.0, 1.0)


def told(*uses: TensorUse, values: ValueStats = PLAIN) -> TensorEvidence:
    ids = {("Add", "Add_made"): "n1"}
    return describe(Stored("t", (), uses, True), values, ids)


IN_ORDER = {
    Kind.WEIGHT: use("Conv", 1), Kind.TABLE: use("Gather", 0), Kind.GAIN: use("PRelu", 1),
    Kind.BIAS: use("Gemm", 2), Kind.STATISTIC: use("BatchNormalization", 3),
    Kind.SCALE: use("QuantizeLinear", 1), Kind.STATE: use("LSTM", 5),
    Kind.POSITION: use("RotaryEmbedding", 1), Kind.MASK: use("Where", 0),
    Kind.BOUND: use("Clip", 1), Kind.INDEX: use("OneHot", 0), Kind.SHAPE: use("Pad", 1),
    Kind.ZERO_POINT: use("QuantizeLinear", 2), Kind.DATA: use("Add", 1),
}  # fmt: skip
NOBODY = use("Mystery", 0, domain="com.example")
LEARNED = {Kind.WEIGHT, Kind.TABLE, Kind.GAIN, Kind.BIAS, Kind.STATISTIC}
FINITE = {Kind.WEIGHT, Kind.GAIN, Kind.BIAS, Kind.STATISTIC, Kind.SCALE}


def test_of_several_uses_the_one_that_says_most_counts() -> None:
    order = [*IN_ORDER]
    for first, kind in enumerate(order):
        for later in order[first:]:
            assert told(IN_ORDER[later], IN_ORDER[kind]).kind == kind.value
        assert told(NOBODY, IN_ORDER[kind]).kind == kind.value
        assert told(IN_ORDER[kind]).learned is (kind in LEARNED)
        assert told(IN_ORDER[kind], IN_ORDER[Kind.DATA]).learned is (kind in LEARNED)
    assert (told(NOBODY).kind, told(NOBODY).operator, told(NOBODY).learned) == (
        "",
        "Mystery",
        False,
    )
    nothing = told()
    assert (nothing.kind, nothing.operator, nothing.reader, nothing.marker) == ("", "", "", False)
    assert told(IN_ORDER[Kind.DATA]).reader == "n1"


def test_what_is_picked_from_is_a_table_and_attributes_of_models_are_learned() -> None:
    kinds = [
        (use("TopK", 0), "table"), (use("Slice", 0), "data"), (use("Gather", 1), "index"),
        (use("LinearRegressor", -1, "coefficients", "ai.onnx.ml"), "weight"),
        (use("LinearRegressor", -1, "intercepts", "ai.onnx.ml"), "weight"),
        (use("SVMRegressor", -1, "support_vectors", "ai.onnx.ml"), "weight"),
        (use("Scaler", -1, "offset", "ai.onnx.ml"), "statistic"),
        (use("Scaler", -1, "scale", "ai.onnx.ml"), "statistic"),
        (use("SVMRegressor", -1, "rho", "ai.onnx.ml"), ""),
    ]  # fmt: skip
    assert [told(each).kind for each, _ in kinds] == [kind for _, kind in kinds]


def test_a_variance_is_the_second_running_statistic() -> None:
    found = {slot: told(use("BatchNormalization", slot)).variance for slot in range(1, 5)}
    assert found == {1: False, 2: False, 3: False, 4: True}
    assert not told(use("Relu", 0)).variance


MASK, ABOVE, MIXED = stats(0.0, -np.inf, 0.0), stats(0.0, np.inf, 0.0), stats(0.0, 1.0, -np.inf)
BOUNDS = ("Clip", "ConstantOfShape", "Equal", "Greater", "GreaterOrEqual", "If", "IsInf", "Less",
          "LessOrEqual", "Loop", "Max", "Min", "Scan", "Scatter", "ScatterElements", "ScatterND",
          "Where")  # fmt: skip


def test_infinity_is_no_accident_in_a_mask_a_bound_or_an_attribute() -> None:
    plus = IN_ORDER[Kind.DATA]
    found = [told(plus, values=each).bound for each in (MASK, ABOVE, MIXED, stats(np.inf))]
    assert found == [True, False, False, True]
    assert told(NOBODY, values=MASK).bound
    assert not told(NOBODY, values=MIXED).bound
    assert all(told(use(op, 1), values=MIXED).bound for op in BOUNDS)
    assert not told(use("Less", 1), plus, values=MIXED).bound
    steering = {Kind.STATE, Kind.MASK, Kind.BOUND}
    for kind, each in IN_ORDER.items():
        assert told(each, values=MIXED).bound is (kind in steering), kind
        if kind in FINITE:
            assert not told(each, values=MASK).bound, kind
            assert not told(each, use("Less", 1), values=MIXED).bound
    assert not told(use("LSTM", 5), NOBODY, values=MIXED).bound
    assert told(use("LSTM", 5), use("Clip", 1), values=MIXED).bound
    assert told(use("Mystery", -1, "limit", "com.example"), values=MIXED).bound
    assert not told(use("Scaler", -1, "scale", "ai.onnx.ml"), values=MIXED).bound


def test_nan_is_a_marker_where_all_that_reads_it_looks_for_it() -> None:
    for op in ("Equal", "Imputer", "IsNaN", "LabelEncoder", "Where"):
        assert told(use(op, 1)).marker
        assert not told(use(op, 1), use("Add", 1)).marker
    assert not told(use("Less", 1)).marker


def test_of_operators_with_one_type_and_result_the_first_is_meant() -> None:
    def node(key: str, op: str, *outputs: str) -> Any:
        made = [SimpleNamespace(name=name) for name in outputs]
        return SimpleNamespace(id=key, op_type=op, outputs=made)

    nodes = [
        node("a", "Add", "y"),
        node("b", "Add", "y"),
        node("c", "Mul", "y", "z"),
        node("d", "If"),
    ]
    assert node_ids(nodes) == {("Add", "y"): "a", ("Mul", "y"): "c"}


STORED = np.arange(24, dtype=np.int8).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("scale", "zero", "axis"),
    [
        ([0.5], None, 1), ([0.5], [3], 1), ([0.5, 2.0], None, 0), ([0.5, 2.0], [1, 3], 0),
        ([0.5, 2.0, 4.0], [1, 3, 5], 1), ([0.5, 2.0, 4.0], None, -2),
        ([1.0, 2.0, 3.0, 4.0], None, 2),
        ([0.5, 2.0], [1, 3], -3),
    ],
)  # fmt: skip
def test_real_numbers_are_what_is_stored_less_the_zero_point_times_the_scale(
    scale: list[float], zero: list[int] | None, axis: int
) -> None:
    steps = np.array(scale, np.float32)
    zeros = None if zero is None else np.array(zero, np.int8)
    found = dequantized(Rows.of(STORED), Rows.of(steps), zeros if zeros is None else Rows.of(zeros),
                        axis)  # fmt: skip
    assert found is not None
    along = [1, 1, 1]
    along[axis] = len(scale)
    less = 0 if zeros is None else zeros.astype(np.float32).reshape(along if len(zeros) > 1 else ())
    expected = (STORED - less) * steps.reshape(along if len(scale) > 1 else ())
    assert np.array_equal(np.asarray(found.whole()), expected)
    for start, stop in ((0, 24), (5, 7), (5, 13), (12, 24), (11, 12)):
        assert np.array_equal(found.flat(start, stop), expected.reshape(-1)[start:stop])
    assert np.array_equal(found[1], expected[1])


@pytest.mark.parametrize(
    ("stored", "scale", "zero", "axis"),
    [
        (np.int8(3), [1.0], None, 0), (STORED, [1.0, 2.0], None, 1), (STORED, [1.0, 2.0], None, 3),
        (STORED, [1.0, 2.0], None, -4), (STORED, [[1.0, 2.0]], None, 0),
        (STORED, [1.0, 2.0], [1], 0),
        (STORED, [1.0], [1, 2], 0),
    ],
)  # fmt: skip
def test_scales_that_do_not_fit_stand_for_nothing(
    stored: Any, scale: list[Any], zero: list[int] | None, axis: int
) -> None:
    zeros = None if zero is None else Rows.of(np.array(zero, np.int8))
    steps = Rows.of(np.array(scale, np.float32))
    assert dequantized(Rows.of(np.asarray(stored)), steps, zeros, axis) is None


def test_no_rows_stand_for_no_numbers() -> None:
    found = dequantized(
        Rows.of(np.zeros((0, 3), np.int8)), Rows.of(np.ones(1, np.float32)), None, 1
    )
    assert found is not None
    assert found.flat(0, 0).size == 0


@pytest.mark.parametrize(("hops", "stored"), [(7, True), (8, False)])
def test_weights_behind_seven_identities_are_found(hops: int, stored: bool) -> None:
    chain = "  ".join(f"w{n + 1} = Identity (w{n})" for n in range(hops))
    model = facts(f"""g (float[2,2] x) => (float[2,2] y) <float[2,2] w0 = {{1, 2, 3, 4}}> {{
        {chain}  y = MatMul (x, w{hops}) }}""")
    graph = SimpleNamespace(initializer=[SimpleNamespace(name="w0")])
    held: Any = SimpleNamespace(payloads=None, proto=SimpleNamespace(graph=graph))
    source = WeightSource(held, model)
    assert source.is_stored("y") is stored
