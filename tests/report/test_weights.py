"""What trained weights say reaches the reader: separability, dead filters, broken values."""

from __future__ import annotations

import json
from importlib.resources import files
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

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
from analyzer.report.claims import storage
from analyzer.report.claims.storage import _whole
from analyzer.report.view.weights import (
    Oddity,
    SeparableRow,
    Weights,
    _noisy,
    _of_one_order,
    _separable,
    _values,
    below_shares,
    describe,
    integer_layers,
    is_rounded,
    odd,
    together,
    view,
)
from analyzer.ruleset import load_rules
from tests.each import each
from tests.golden.text import parse
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


def test_layers_of_which_only_tensors_are_looked_at_are_counted(trained: Result) -> None:
    model = parse("g (float[5,1,3] x) => (float[] y) { h = LSTM <hidden_size = 4> (x, w, r)  "
                  "z = MatMul (h, p)  y = Mul (z, s) }")  # fmt: skip
    for name, shape in (("w", (1, 16, 3)), ("r", (1, 16, 4)), ("p", (4, 2)), ("s", (2,))):
        array = np.arange(1, 1 + np.prod(shape), dtype=np.float32).reshape(shape)
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    facts = analyze_weights(load(model.SerializeToString()))
    assert facts.evidence is not None
    assert (len(facts.evidence.layers), _whole(facts, facts.evidence)) == (1, 1)
    assert facts.totals.weighted_layers == 2
    assert trained.facts.evidence is not None
    assert (len(odd(facts.evidence)), len(odd(trained.facts.evidence))) == (0, 2)


def test_weights_that_were_not_read_are_not_judged(mobilenet: Result) -> None:
    assert json.loads(INSPECT_FORMATS["json"](mobilenet, Options()))["weights"] is None
    assert "What the weights say" not in html_of(mobilenet).decode()


def test_weights_outside_the_file_are_said_to_be_unknown() -> None:
    light = LIGHT / "light_squeezenet.onnx"
    facts, rules = analyze_weights(load(str(light))), load_rules()
    result = Result(facts, lint(facts, rules), rules)
    page = words(REPORT_FORMATS["html"](result, Options()).decode())
    assert "The values of 26 layers were not looked at: weights are made by" in page
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


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@pytest.mark.parametrize(
    ("non_finite", "variance", "least", "said"),
    [
        (0, True, 0.0, []),
        (0, True, 0.5, []),
        (0, True, -0.5, ["a variance below zero"]),
        (0, False, -0.5, []),
        (1, False, -0.5, ["1 value infinite or not a number"]),
        (2, True, -0.5, ["2 values infinite or not a number", "a variance below zero"]),
    ],
)
def test_values_of_a_tensor_that_nobody_can_mean(
    non_finite: int, variance: bool, least: float, said: list[str]
) -> None:
    values = some(non_finite=non_finite, min=least)
    assert list(_values(some(variance=variance, values=values))) == said


PLAIN = {"non_finite": 0, "constant": False, "elements": 64, "denormals": 0, "fp16_overflow": 0.0,
         "sparsity": 0.0}  # fmt: skip
FILTERS = {"dead_count": 0, "redundant": 0, "unread_count": 0, "filters": 8, "inputs": 4}
KERNEL = {"shrinkable": True, "effective_taps": 9, "kernel": (5, 5), "effective": (3, 3)}


@each(
    ("values", "filters", "kernel", "said"),
    [
        ({}, {}, {}, []),
        ({"non_finite": 2}, {}, None, ["2 values infinite or not a number"]),
        ({"constant": True, "elements": 16}, {"dead_count": 8}, None, ["all values are equal"]),
        ({"constant": True, "elements": 15}, {"dead_count": 8}, None,
         ["8 of 8 filters dead (zero, or next to it)"]),
        ({}, {"dead_count": 1, "redundant": 2, "unread_count": 3}, None,
         ["1 of 8 filters dead (zero, or next to it)", "2 of 8 filters that repeat another one",
          "3 of 4 input channels never read"]),
        ({}, None, {"shrinkable": True}, ["a 5×5 kernel works like 3×3"]),
        ({}, None, {"shrinkable": False}, []),
        ({}, None, {"effective_taps": 0}, []),
        ({"denormals": 1}, None, None, ["1 denormal value, slow on some hardware"]),
        ({"fp16_overflow": 0.25}, None, None, ["25.0 % of the values overflow float16"]),
        ({"sparsity": 0.5}, None, None, ["50.0 % of the values are zero"]),
        ({"sparsity": 0.499}, None, None, []),
        ({"sparsity": 1.0, "constant": True, "elements": 4}, None, None, []),
    ],
)  # fmt: skip
def test_peculiarities_of_a_layer_the_gravest_first(
    values: dict[str, Any], filters: dict[str, int] | None, kernel: dict[str, Any] | None,
    said: list[str],
) -> None:  # fmt: skip
    if kernel == {}:
        kernel = {"shrinkable": False}
    layer = some(
        values=some(**PLAIN | values),
        filters=None if filters is None else some(**FILTERS | filters),
        kernel=None if kernel is None else some(**KERNEL | kernel),
    )
    assert list(describe(layer)) == said


def test_what_is_less_than_rules_report_is_told_with_their_shares() -> None:
    rules = {rule.id: rule for rule in load_rules()}
    few = [rules["WGT002"], rules["WGT003"]]
    filters = some(filters=258, dead_count=2, dead_share=2 / 258, redundant=0, unread_count=0)
    taps = some(shrinkable=True, effective_taps=255, saved_share=1 / 256)

    def told(of: list[Any] = few, **values: Any) -> dict[str, float]:
        kept = {"constant": False, "fp16_overflow": 0.0, "elements": 99, "denormals": 0,
                "denormal_share": 0.0, "non_finite": 0, "sparsity": 0.0}  # fmt: skip
        other = {key: values.pop(key) for key in ("kernel", "filters") if key in values}
        held = {"kernel": taps, "filters": filters} | other
        return below_shares(some(values=some(**kept | values), **held), of)

    assert told() == {"WGT002": 0.05, "WGT003": 0.02}
    assert told(filters=None) == {"WGT002": 0.05}
    assert told(few[:1]) == {}, "a rule that was not applied has no threshold"
    assert told([few[0], some(id="WGT003", name="dead-filters", options={})]) == {}, "nor has this"
    large = some(shrinkable=True, effective_taps=9, saved_share=0.05)
    more: tuple[dict[str, Any], ...] = (
        {"non_finite": 1}, {"sparsity": 0.5}, {"constant": True}, {"denormals": 3},
        {"kernel": large}, {"fp16_overflow": 0.01}, {"constant": True, "elements": 16},
    )  # fmt: skip
    for values in more:
        assert told(**values) == {}, values
    same = told()
    whole = {"shrinkable": False, "effective_taps": 9, "saved_share": 0.5}
    fine: tuple[tuple[dict[str, Any], set[str]], ...] = (
        ({"constant": True, "elements": 15}, {*same}),
        ({"constant": True, "elements": 15, "sparsity": 1.0}, {*same}),
        ({"sparsity": 0.49}, {*same}),
        ({"kernel": None}, {"WGT003"}),
        ({"kernel": some(**whole)}, {"WGT003"}),
        ({"kernel": some(**whole | {"shrinkable": True, "effective_taps": 0})}, {"WGT003"}),
    )
    for values, names in fine:
        assert {*told(**values)} == names, values
    every = [*rules.values()]
    parts = {"dead_count": 0, "dead_share": 0.5, "redundant": 0, "filters": 100, "unread_count": 0,
             "unread_share": 0.5}  # fmt: skip
    for one, name in (
        ({"redundant": 1}, "duplicate-filters"),
        ({"unread_count": 1, "unread_share": 0.001}, "dead-inputs"),
        ({}, None),
    ):
        found = told(every, kernel=None, filters=some(**parts | one))
        assert [rules[rule].name for rule in found] == ([name] if name else [])
    assert told(every, denormals=1, denormal_share=1e-9) == same | {
        rule.id: option.default for rule in every if rule.name == "denormal-weights"
        for option in rule.options.values() if option.name == "min-share"
    }  # fmt: skip


def test_values_that_were_not_all_read_are_not_cleared() -> None:
    values = some(constant=False, fp16_overflow=0.0, elements=99, denormals=0, non_finite=0,
                  sparsity=0.0)  # fmt: skip
    plain = some(node="a", values=values, kernel=None, filters=None)
    odd = some(node="b", values=some(**vars(values) | {"non_finite": 1}), kernel=None, filters=None)
    bad, good = some(harmful=True), some(harmful=False)
    whole = {"layers": {"a": plain}, "tensors": (good,), "unread": (), "unread_tensors": (),
             "beyond": ()}  # fmt: skip

    def told(unseen: Any = 0, **evidence: Any) -> Any:
        problems = (some(code="external", unseen_bytes=unseen),)
        found: Any = some(facts=some(evidence=some(**whole | evidence), problems=problems))
        claim = storage.peculiar(found)
        return claim and tuple(claim.values.values())

    assert told() == (0, 0, False)
    assert told(layers={"a": plain, "b": odd}, tensors=(bad, good, bad)) == (1, 2, False)
    for missing in ({"unread": ("c",)}, {"unread_tensors": ("t",)}, {"beyond": ("t",)}):
        assert told(**missing) == (0, 0, True), missing
    assert told(8) == told(None) == (0, 0, True)
    assert told(layers={}) == (0, 0, False)
    assert told(layers={}, unread=("c",)) is None
    assert told(layers={}, tensors=(bad,), unread=("c",)) == (0, 1, True)
    nothing: Any = some(facts=some(evidence=None))
    assert storage.peculiar(nothing) is storage.read(nothing) is storage.small(nothing) is None


def test_of_layers_in_integers_nothing_is_told_of_fewer_bits() -> None:
    def layer(node: str) -> Any:
        values = some(int8_snr=40.0, int8_channel_snr=None, fp16_underflow=0.0, dtype="float32")
        return some(node=node, values=values)

    def told(**precisions: str) -> tuple[set[str], bool, list[str]]:
        layers = {node: layer(node) for node in precisions}
        nodes = tuple(some(id=node, precision=word) for node, word in precisions.items())
        known: Any = some(nodes=nodes, evidence=some(layers=layers))
        integers = integer_layers(known)
        left = _noisy(each for each in layers.values() if each.node not in integers)
        return {*integers}, is_rounded(known), [row.node for row in left]

    assert told(a="int8", b="uint4") == ({"a", "b"}, True, [])
    assert told(a="int8", b="bfloat16", c="") == ({"a"}, False, ["b", "c"])
    assert told(a="float32") == (set(), False, ["a"])
    assert told() == (set(), False, [])
    assert not is_rounded(some(nodes=(), evidence=None))


def test_layers_that_int8_hurts_most_come_first() -> None:
    def layer(node: str, noise: float | None) -> Any:
        values = some(int8_snr=noise, int8_channel_snr=1.0, fp16_underflow=0.5)
        return some(node=node, values=values)

    noises = [30.0, None, float("inf"), 10.0, 20.0, 50.0, 40.0, 60.0]
    found = _noisy([layer(str(number), noise) for number, noise in enumerate(noises)])
    assert [(row.node, row.tensor) for row in found] == [
        ("3", 10.0), ("4", 20.0), ("0", 30.0), ("6", 40.0), ("5", 50.0),
    ]  # fmt: skip
    assert (found[0].channel, found[0].underflow) == (1.0, 0.5)


def test_kernels_that_come_apart_best_come_first() -> None:
    def one(order: str, first: float) -> Any:
        return some(order=order, energy=(first, 1.0), baseline=(0.25, 0.5))

    def layer(node: str, order: str | None, depthwise: float, pointwise: float) -> Any:
        parts = some(
            depthwise_first=one("depthwise", depthwise),
            pointwise_first=one("pointwise", pointwise),
            order=order, terms=2, macs_now=100, macs=40,
        )  # fmt: skip
        return some(node=node, separability=parts)

    layers = [layer("a", "depthwise", 0.5, 0.75), layer("b", "pointwise", 0.5, 0.25),
              layer("c", None, 0.5, 0.875), some(node="d", separability=None)]  # fmt: skip
    found = _separable(layers)
    assert [(row.node, row.first, row.noise, row.terms, row.macs_now, row.macs) for row in found
            ] == [("c", 0.875, 0.25, 2, 100, 40), ("a", 0.5, 0.25, 2, 100, 40),
                  ("b", 0.25, 0.25, 2, 100, 40)]  # fmt: skip
    gaps = (0.5, 0.0625, 0.03125, 0.0, -0.5)
    rows = [SeparableRow("a", 0.5 + gap, 0.5, None, None, None) for gap in gaps]
    assert [row.structured for row in rows] == [True, True, False, False, False]
    assert _of_one_order(layers[2].separability).order == "pointwise"


def test_kernels_of_which_a_term_keeps_what_it_keeps_of_noise_are_told() -> None:
    for more, told in (
        ((0.01, 0.02, 0.0), True), ((-0.5, 0.0, 0.0), True), ((0.02, 0.02, 0.02), False),
        ((0.0, 0.0, 0.3), False), ((0.0, 0.0), False), ((), False),
    ):  # fmt: skip
        rows = tuple(SeparableRow("n", 0.25 + x, 0.25, None, 9, 9, "") for x in more)
        assert Weights(9, 9, 0, 0.95, rows, ()).unlearned is told, more
