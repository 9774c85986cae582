"""Trained numbers in attributes: counted, and told where parameters are told."""

from __future__ import annotations

from typing import Any

import pytest
from onnx import ModelProto, TensorProto, helper

from analyzer.devices import profile, room
from analyzer.learned import Learned
from analyzer.report import REPORT_FORMATS, Options, Result
from analyzer.report.cards import Card, cards
from analyzer.report.claims import claims_of
from analyzer.report.view.layers import shape_of
from analyzer.report.words import say
from tests.golden.text import facts, facts_of
from tests.report.results import words
from tests.smaller.test_forest import DEEP, STUMP, listed

FEATURES, CLASSES = 780, 10


def ml(op: str, outputs: int = 1, **attributes: Any) -> ModelProto:
    """One operator of ai.onnx.ml that reads 780 features."""
    names = ["label", "scores"][-outputs:]
    node = helper.make_node(op, ["x"], names, domain="ai.onnx.ml", **attributes)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, FEATURES])
    types = {"label": TensorProto.INT64, "scores": TensorProto.FLOAT}
    made = [helper.make_tensor_value_info(name, types[name], None) for name in names]
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    graph = helper.make_graph([node], "g", [x], made)
    return helper.make_model(graph, opset_imports=imports, ir_version=9)


LINEAR = ml(
    "LinearClassifier", 2, coefficients=[0.5] * (FEATURES * CLASSES), intercepts=[0.0] * CLASSES,
    classlabels_ints=[*range(CLASSES)], post_transform="LOGISTIC",
)  # fmt: skip


def tiles(model: ModelProto) -> list[Card]:
    return list(cards(claims_of(Result(facts_of(model), (), ())), "macs"))


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (LINEAR, FEATURES * CLASSES + CLASSES),
        (ml("LinearRegressor", coefficients=[1.0] * FEATURES, intercepts=[2.0]), FEATURES + 1),
        (ml("LinearRegressor", coefficients=[1.0] * FEATURES), FEATURES),
        (ml("SVMRegressor", support_vectors=[1.0] * 2 * FEATURES, coefficients=[1.0] * 2,
            rho=[0.5], n_supports=2), 2 * FEATURES + 2 + 1),
        (ml("SVMClassifier", 2, support_vectors=[1.0] * 2 * FEATURES, coefficients=[1.0] * 2,
            rho=[0.5], vectors_per_class=[1, 1], prob_a=[1.0], prob_b=[1.0],
            classlabels_ints=[0, 1]), 2 * FEATURES + 2 + 1 + 2),
    ],
    ids=lambda value: value.graph.node[0].op_type if isinstance(value, ModelProto) else "",
)  # fmt: skip
def test_numbers_of_a_model_in_attributes_are_counted(model: ModelProto, count: int) -> None:
    assert facts_of(model).learned == Learned(1, count, bytes=4 * count)
    assert tiles(model)[1].value == f"{count:,} coefficients"


def test_a_linear_model_is_told_by_its_coefficients() -> None:
    tile = tiles(LINEAR)[1]
    assert tile.value == "7,810 coefficients"
    assert tile.detail == ("30.51 KiB in attributes of 1 operator", "no values in tensors")
    said = say(claims_of(Result(facts_of(LINEAR), (), ())))["network"]
    assert said.startswith("A model of 7,810 coefficients in attributes of 1 operator; ")


def test_a_forest_is_told_by_its_nodes_and_comparisons() -> None:
    """8 nodes of two trees, 2 and 1 deep."""
    model = listed(DEEP, STUMP)
    compute, parameters, *_ = tiles(model)
    assert (compute.value, parameters.value) == ("3 comparisons", "8 tree nodes")
    assert compute.detail == (
        f"at most, a sample; {(1 + 2 + 2) / 3 + 1:.1f} if every leaf is as likely",
        "no multiply-accumulates",
    )
    said = say(claims_of(Result(facts_of(model), (), ())))["network"]
    assert said.startswith("A forest of 2 trees; ")


def test_a_graph_that_learned_nothing_has_no_parameters() -> None:
    model = facts("g (float[4] x) => (float[4] y) { y = Relu (x) }")
    assert model.learned == Learned()
    tile = list(cards(claims_of(Result(model, (), ())), "macs"))[1]
    assert (tile.value, tile.detail) == ("0", ("0 values, 0 B in memory",))


def test_attributes_take_room_on_a_device() -> None:
    found = room(facts_of(LINEAR), profile("stm32h743"))
    assert found.weights_share == 4 * 7_810 / (2 << 20)


def test_a_classifier_is_described_by_its_scores() -> None:
    """Labels come first, one a sample."""
    (node,) = facts_of(LINEAR).nodes
    assert shape_of(node) == ("LinearClassifier 780 → 10", "1×10")


def test_where_no_tensor_holds_weights_a_kind_has_coefficients_and_no_share() -> None:
    html = REPORT_FORMATS["html"](Result(facts_of(LINEAR), (), ()), Options())
    told = words(html.decode().replace("<wbr>", ""))
    assert "LinearClassifier 7,800 100.0 % 7,810 coefficients –" in told
    assert "LinearClassifier 780 → 10 1×10 1 7.8 k 100.0 % 100.0 % 7,810 coefficients" in told
