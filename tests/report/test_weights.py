"""What trained weights say reaches the reader: separability, dead filters, broken values."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from jsonschema import Draft202012Validator
from onnx import TensorProto, helper, numpy_helper

from analyzer import units
from analyzer.analyze import analyze_weights
from analyzer.lint import Settings, lint
from analyzer.model import load
from analyzer.report import INSPECT_FORMATS, REPORT_FORMATS, Options, Result
from analyzer.report.view.weights import Oddity, together, view
from analyzer.ruleset import load_rules
from tests.report.results import LIGHT, html_of, words

if TYPE_CHECKING:
    from pathlib import Path


def test_page_names_separable_kernels_dead_filters_and_broken_values(trained: Result) -> None:
    text = words(REPORT_FORMATS["html"](trained, Options()).decode())
    assert "What the weights say" in text
    assert "separable depthwise 99.99 %" in text, "one term rebuilds the kernel but for one value"
    assert "2 of 16 filters dead (zero, or next to it)" in text
    assert "1 value infinite or not a number" in text


def test_json_holds_the_evidence_and_obeys_the_schema(trained: Result) -> None:
    schema = json.loads((files("analyzer.report") / "schema.json").read_text("utf-8"))
    data = json.loads(INSPECT_FORMATS["json"](trained, Options()))
    Draft202012Validator(schema).validate(data)
    first, second = data["weights"]["layers"]
    assert first["filters"]["dead"] == [3, 7]
    assert first["separability"]["terms"] == 1
    assert second["values"]["nan"] == 1
    assert second["separability"] is None


def test_weights_that_were_not_read_are_not_judged(mobilenet: Result) -> None:
    assert json.loads(INSPECT_FORMATS["json"](mobilenet, Options()))["weights"] is None
    assert "What the weights say" not in html_of(mobilenet).decode()


def test_weights_outside_the_file_are_said_to_be_unknown() -> None:
    light = LIGHT / "light_squeezenet.onnx"
    facts, rules = analyze_weights(load(str(light))), load_rules()
    result = Result(facts, lint(facts, rules), rules)
    page = words(REPORT_FORMATS["html"](result, Options()).decode())
    assert "The trained values of 26 layers were not looked at: weights are made by" in page
    assert "26 of 26 tensors of weights are one number everywhere" in page
    assert "could not judge: weights are made by ConstantOfShape when the model runs." in page


def test_page_lists_the_layers_that_int8_hurts_most(trained: Result) -> None:
    """The broken layer has no signal to speak of, so only the other is ranked."""
    text = words(REPORT_FORMATS["html"](trained, Options()).decode())
    table = text[text.index("What fewer bits would do") :]
    assert " separable " in table[: table.index("Signal to noise")]
    assert " broken " not in table[: table.index("Signal to noise")]


def test_page_names_tensors_of_no_layer_whose_values_nobody_can_mean(tmp_path: Path) -> None:
    names = ("scale", "shift", "mean", "spread")
    values = ([1.0, 1.0], [0.0, np.nan], [0.0, 0.0], [1.0, -1.0])
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, 4]) for name in "xy"]
    graph = helper.make_graph(
        [helper.make_node("BatchNormalization", ["x", *names], ["y"])], "g", ends[:1], ends[1:],
        [numpy_helper.from_array(np.array(v, np.float32), n)
         for n, v in zip(names, values, strict=True)],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]),
              tmp_path / "m.onnx")  # fmt: skip
    result = Result(analyze_weights(load(str(tmp_path / "m.onnx"))))
    text = words(REPORT_FORMATS["html"](result, Options()).decode())
    assert "The values of 4 stored tensors were read." in text
    assert "shift 1 value infinite or not a number" in text
    assert "spread a variance below zero" in text


def test_layers_of_which_the_same_was_found_are_one_row() -> None:
    found = [Oddity("a", "", "dead"), Oddity("b", "", "not finite"), Oddity("c", "", "dead"),
             Oddity("a", "scale", "dead")]  # fmt: skip
    assert together(found) == (
        (("a", "c"), "", "dead"), (("b",), "", "not finite"), (("a",), "scale", "dead"),
    )  # fmt: skip


@pytest.mark.parametrize("channels", [3, 4])
def test_equal_weights_are_told_where_the_rule_about_them_begins(channels: int) -> None:
    """A kernel of 2 × 2: twelve values may be a box filter, sixteen are a finding."""
    filters, size = channels, channels * 4
    kernel = helper.make_tensor("w", TensorProto.FLOAT, [filters, 1, 2, 2], [0.25] * size)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in (("x", [1, filters, 8, 8]), ("z", [1, filters, 6, 6]))]  # fmt: skip
    other = helper.make_tensor(
        "v", TensorProto.FLOAT, [filters, 1, 2, 2], [float(n + 1) for n in range(size)]
    )
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"], group=filters),
             helper.make_node("Conv", ["y", "v"], ["z"], group=filters)]  # fmt: skip
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], [kernel, other])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    facts = analyze_weights(load(model.SerializeToString()))
    found = {finding.rule for finding in lint(facts, load_rules(), Settings(preview=True))}
    shown = view(facts.evidence)
    assert shown is not None
    told = any("all values are equal" in oddity.what for oddity in shown.oddities)
    assert told is (channels == 4) is ("WGT009" in found)


def test_page_names_the_bytes_of_constants_beside_those_of_weights() -> None:
    side = 64
    mask = helper.make_tensor("mask", TensorProto.BOOL, [side, side], [True] * side * side)
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [side, side]) for n in ("x", "y")]
    low = helper.make_tensor("low", TensorProto.FLOAT, [], [0.0])
    nodes = [helper.make_node("Where", ["mask", "x", "low"], ["y"])]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], [mask, low])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    page = words(html_of(Result(analyze_weights(load(model.SerializeToString())))).decode())
    assert f"0 values, 0 B in memory and {units.size(side * side + 4)} of constants" in page
