"""The attachment for Netron: nothing stands at an operator that it is not about."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import onnx.parser
import pytest
from onnx import TensorProto, helper

from analyzer.analyze import analyze
from analyzer.errors import ConfigError
from analyzer.lint import lint
from analyzer.model import load
from analyzer.report import CHECK_FORMATS, INSPECT_FORMATS, Batch, Failure, Options, Result, netron
from analyzer.ruleset import load_rules

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '<ir_version: 8, opset_import: ["" : 17, "f" : 1]>'
Texts = dict[str, dict[str, str]]
"""By ``kind::target`` and name."""


def result(text: str | onnx.ModelProto) -> Result:
    model = onnx.parser.parse_model(HEAD + text) if isinstance(text, str) else text
    facts = analyze(load(model.SerializeToString()))
    rules = load_rules()
    return Result(facts, lint(facts, rules), rules)


def listed(attachment: bytes) -> Texts:
    """What the attachment says, all of it."""
    data = json.loads(attachment.decode("ascii"))
    assert set(data) == {"signature", "metadata", "metrics"}
    assert data["signature"] == "netron:attachment"
    found: Texts = defaultdict(dict)
    for item in (*data["metadata"], *data["metrics"]):
        assert set(item) == {"kind", "target", "name", "value"}
        assert isinstance(item["value"], str)
        key = f"{item['kind']}::{item['target']}"
        assert item["name"] not in found[key], "Netron would show the last one alone"
        found[key][item["name"]] = item["value"]
    return found


def overlay(text: str | onnx.ModelProto) -> Texts:
    return listed(INSPECT_FORMATS["netron"](result(text), Options()))


def test_a_convolution_has_its_figures_and_its_finding_by_its_name() -> None:
    found = overlay(
        "g (float[1,64,56,56] x, float[128,64,3,3] w) => (float[1,128,56,56] y) "
        "{ [wide] y = Conv <pads=[1,1,1,1]> (x, w) }"
    )
    wide = found["node::wide"]
    assert wide["MACs"] == "231,211,008"  # 56·56·128·64·9
    assert wide["share of MACs"] == "100.0 %"
    assert wide["FLOPs"] == "462,422,016"
    assert wide["bytes written"] == "1,605,632"  # 4·128·56·56
    assert wide["tags"] == "standard"
    assert wide["SEP001"].startswith("warning, separable-candidate: standard 3×3 convolution")
    assert wide["SEP001 fix"].startswith("Replace the convolution by a depthwise convolution")
    assert found["value::y"] == {"tensor": "float32 1×128×56×56", "bytes": "1,605,632"}
    assert found["model::"]["MACs"] == "231,211,008"
    assert found["model::"]["onnxlint"].startswith("findings: 1 warning")


def test_a_network_that_is_known_is_named(mobilenet: Result) -> None:
    found = listed(INSPECT_FORMATS["netron"](mobilenet, Options()))
    assert found["model::"]["network"].startswith("MobileNetV1")


def test_an_operator_without_a_name_stands_at_the_connection_that_it_makes() -> None:
    found = overlay(
        "g (float[1,64] x, float[64,10] w) => (float[1,10] y) "
        "{ h = MatMul (x, w) [last] y = Relu (h) }"
    )
    assert "node::" not in found
    assert found["value::h"]["made by"] == "MatMul (it has no name)"
    assert found["value::h"]["MACs"] == "640"
    assert found["node::last"]["MACs"] == "0"
    assert "share of MACs" not in found["node::last"]


TWICE = """
g (bool c, float[1,64] x, float[64,10] w, float[64,20] v) => (float[1,10] y, float[1,20] z, p) {
  [same] y = MatMul (x, w)
  [same] z = MatMul (x, v)
  [choose] p = If (c) <
    then_branch = yes () => (float[1,64] t) { [inner] t = Abs (x) },
    else_branch = no () => (float[1,64] t) { [other] t = Neg (x) }
  >
}
"""


def test_a_name_of_two_operators_gets_nothing_and_their_connections_do() -> None:
    found = overlay(TWICE)
    assert "node::same" not in found
    assert found["value::y"]["MACs"] == "640"
    assert found["value::z"]["MACs"] == "1,280"
    assert found["value::y"]["made by"] == "MatMul (its name same is not its own)"
    assert "share of MACs" not in found["node::choose"]


def test_operators_of_bodies_have_figures_and_a_value_of_two_bodies_has_none() -> None:
    found = overlay(TWICE)
    assert found["node::inner"]["FLOPs"] == "0 to 64"
    assert found["node::inner"]["runs"] == "0 to 1"
    assert "value::t" not in found


FUNCTION = """
g (float[1,64] x, float[64,64] w, float[{rows},64] v) => (float[1,64] y, float[{rows},64] z)
{ {first} a = f.Dense (x, w) y = f.Dense (a, w) z = f.Dense (v, w) }
<domain: "f", opset_import: ["" : 17]> Dense (p, q) => (r) { {inside} r = MatMul (p, q) }
<domain: "f", opset_import: ["" : 17]> Idle (p, q) => (r) { {idle} r = MatMul (p, q) }
"""


def function(first: str = "", inside: str = "inside", idle: str = "", rows: int = 1) -> str:
    names = {"first": first, "inside": inside, "idle": idle}
    text = FUNCTION.replace("{rows}", str(rows))
    for key, name in names.items():
        text = text.replace(f"{{{key}}}", f"[{name}]" if name else "")
    return text


def test_an_operator_of_a_function_has_what_all_its_calls_cost() -> None:
    inside = overlay(function())["node::inside"]
    assert inside["MACs"] == "12,288"  # 3 times 64·64
    assert inside["MACs of a run"] == "4,096"
    assert inside["runs"] == "3"
    other = overlay(function(rows=5))["node::inside"]
    assert other["MACs"] == "28,672"  # and one of them 5·64·64
    assert set(other["MACs of a run"].split(" or ")) == {"4,096", "20,480"}
    assert other["share of MACs"] == "100.0 %"


@pytest.mark.parametrize("model", [function(first="inside"), function(idle="inside")])
def test_a_name_that_another_graph_has_too_gets_nothing(model: str) -> None:
    assert "node::inside" not in overlay(model), "even if that is a function nobody calls"


def test_a_function_that_is_defined_twice_leaves_the_model_alone() -> None:
    model = onnx.parser.parse_model(HEAD + function())
    model.functions.append(model.functions[0])
    found = overlay(model)
    assert set(found) <= {"model::", "graph::g"}
    assert found["model::"]["not shown"] == "4 operators that Netron cannot tell from others"


def named(*names: str) -> onnx.ModelProto:
    """A chain of Relu with these names."""
    nodes = [
        helper.make_node("Relu", [f"v{i}"], [f"v{i + 1}"], name=name)
        for i, name in enumerate(names)
    ]
    sides = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [2])
        for name in ("v0", f"v{len(names)}")
    ]
    graph = helper.make_graph(nodes, "chain", sides[:1], sides[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize(
    "names",
    [
        ("conv", "\ufeffconv"),
        ("conv", "conv\nsecond"),
        ("\ufffd",),
        ("n" * 501,),
        ("\n",),
    ],
    ids=["byte order mark", "first line", "maybe other bytes", "long", "empty line"],
)
def test_a_name_that_netron_reads_otherwise_gets_nothing(names: tuple[str, ...]) -> None:
    found = overlay(named(*names))
    assert not [key for key in found if key.startswith("node::")]
    assert "made by" in found["value::v1"]


def test_the_first_line_of_a_name_is_what_netron_finds_it_by() -> None:
    assert overlay(named("first\nsecond"))["node::first"]["FLOPs"] == "2"


def test_an_unknown_figure_is_said_to_be_unknown() -> None:
    found = overlay("g (float[1,8] x) => (y) { [odd] a = f.Warp (x) [next] y = Relu (a) }")
    odd = found["node::odd"]
    assert {odd["MACs"], odd["share of MACs"], odd["FLOPs"]} == {"unknown"}
    assert odd["certainty"].startswith("unknown: ")
    assert found["value::a"] == {"tensor": "unknown unknown", "bytes": "unknown"}
    assert found["model::"]["MACs"] == "at least 0"


def test_an_initializer_says_what_it_is_counted_as() -> None:
    found = overlay(
        "g (float[1,64] x) => (float[1,10] y) <float[64,10] w = {0}> { [fc] y = MatMul (x, w) }"
    )
    assert found["tensor::w"]["counted as"] == "weight (weight of MatMul)"
    assert found["tensor::w"]["bytes"] == "2,560"
    assert found["model::"]["parameters"] == "640"


def test_a_tensor_in_an_attribute_with_the_name_of_an_initializer_takes_it_from_both() -> None:
    model = onnx.parser.parse_model(
        HEAD + "g (float[1,64] x) => (float[1,10] y) <float[64,10] w = {0}> "
        "{ c = Constant <value = float[1] {1}> () h = MatMul (x, w) y = Add (h, c) }"
    )
    assert "tensor::w" in overlay(model)
    model.graph.node[0].attribute[0].t.name = "w"
    assert "tensor::w" not in overlay(model)


def test_a_model_that_cannot_be_judged_says_so() -> None:
    batch = Batch((Failure("m.onnx", "m.onnx: the file is empty; try again"),))
    found = listed(CHECK_FORMATS["netron"](batch, Options()))
    assert found == {"model::": {"onnxlint": "cannot judge: the file is empty; try again"}}


def test_several_models_in_one_attachment_are_refused(mobilenet: Result) -> None:
    with pytest.raises(ConfigError, match="about one model"):
        CHECK_FORMATS["netron"](Batch((mobilenet, mobilenet)), Options())


def test_names_of_the_model_are_clean_in_what_is_shown(hostile: Result) -> None:
    attachment = INSPECT_FORMATS["netron"](hostile, Options())
    found = listed(attachment)
    assert not any(
        "\x1b" in text or "\u202e" in text for each in found.values() for text in each.values()
    )
    assert max(len(line) for line in attachment.splitlines()) < 10_000


def test_many_texts_of_one_name_are_cut_and_counted(wasteful: Result) -> None:
    (first, *_) = wasteful.places
    many = tuple(replace(first, node="", message=f"number {n}") for n in range(60))
    found = listed(INSPECT_FORMATS["netron"](replace(wasteful, findings=many), Options()))
    assert found["model::"]["SEP001 (49)"].endswith("number 48")
    assert found["model::"]["SEP001 (50)"] == "and 11 more"
    assert "SEP001 (51)" not in found["model::"]


def test_every_operator_of_a_real_model_is_shown_once(mobilenet: Result, tmp_path: Path) -> None:
    found = listed(INSPECT_FORMATS["netron"](mobilenet, Options()))
    shown = {key for key in found if key.startswith("node::")}
    assert shown == {f"node::{node.name}" for node in mobilenet.facts.nodes}
    macs = sum(int(found[key]["MACs"].replace(",", "")) for key in shown)
    assert macs == 568_740_352  # the paper: 569 million


def test_a_finding_stands_at_its_operator_or_tensor_or_names_it_at_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Known(SimpleNamespace):
        def __contains__(self, node: object) -> bool:
            return node in ("a", "inner")

    def found(node: str, *, complete: bool = True) -> Any:
        shared = SimpleNamespace(values={"x": "X"}, tensors={"w": "W"}, complete=complete)
        overlay: Any = object.__new__(netron._Overlay)
        overlay.facts, overlay.places = Known(shared=shared), {"a": ("node", "A")}
        overlay.stored = {"w", "v"}
        return overlay._found_at(SimpleNamespace(node=node))

    monkeypatch.setattr(netron, "key_of", lambda name, table: table.get(name, ""))
    assert found("a") == (("node", "A"), "")
    assert found("inner") == (netron.MODEL, "inner"), "of a body"
    assert found("x") == (("value", "X"), "")
    assert found("w") == (("tensor", "W"), "")
    assert found("v") == (netron.MODEL, "v"), "a name of two tensors"
    assert found("none") == (netron.MODEL, "none")
    for node in ("a", "x", "w"):
        assert found(node, complete=False) == (netron.MODEL, node)
