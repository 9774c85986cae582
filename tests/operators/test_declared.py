"""Operators of a team's own: declared in a configuration or by an entry point, or not at all."""

from __future__ import annotations

import json
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import analyzer
from analyzer import operators
from analyzer.analyze import analyze
from analyzer.cli.main import run
from analyzer.facts import Certainty, Facts, Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.model import load
from analyzer.operators import find
from analyzer.operators.declared import (
    Carried,
    Declaration,
    _size,
    _sizes,
    built,
    declaring,
    from_entry_point,
)  # fmt: skip
from analyzer.operators.formula import Work
from analyzer.operators.record import Kind
from analyzer.ruleset.arithmetic import Arithmetic
from analyzer.ruleset.trees import Refused
from analyzer.scaling import scale

pytestmark = pytest.mark.guarded
"""What is declared has to reach the child that infers shapes."""
LAYERS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5,
          (1024, 2), (1024, 1)]  # fmt: skip
"""MobileNet paper, table 1: output channels and stride of the separable blocks."""
MACS, PARAMS = 568_740_352, 4_231_976 - 21_888 - 1000
"""Of the paper's network; without the scales and shifts of BatchNorm and the classifier's bias."""
HALF_MACS = 149_497_088
HALF_PARAMS = sum(
    9 * m + m * n
    for m, n in zip([16, *(n // 2 for n, _ in LAYERS)], (n // 2 for n, _ in LAYERS), strict=False)
) + 27 * 16 + 512 * 1000  # fmt: skip


def vendor(*, declared_shapes: bool = True) -> onnx.ModelProto:
    """MobileNetV1 whose ReLUs are an operator that only its vendor knows."""
    nodes: list[onnx.NodeProto] = []
    weights: list[TensorProto] = []
    infos: list[onnx.ValueInfoProto] = []
    side, channels, x = 224, 3, "x"

    def conv(n: int, k: int, stride: int, groups: int) -> None:
        nonlocal side, channels, x
        name, side = f"l{len(nodes)}", side // stride
        w = np.zeros((n, channels // groups, k, k), np.float32)
        weights.append(numpy_helper.from_array(w, f"w{name}"))
        nodes.append(helper.make_node("Conv", [x, f"w{name}"], [f"c{name}"], group=groups,
                                      strides=[stride] * 2, pads=[k // 2] * 4))  # fmt: skip
        nodes.append(helper.make_node("RequantShift", [f"c{name}"], [name], domain="ai.acme"))
        infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, n, side, side]))
        channels, x = n, name

    conv(32, 3, 2, 1)
    for n, stride in LAYERS:
        conv(channels, 3, stride, channels)
        conv(n, 1, 1, 1)
    weights.append(numpy_helper.from_array(np.zeros((1024, 1000), np.float32), "fc"))
    nodes += [
        helper.make_node("GlobalAveragePool", [x], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "fc"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 224, 224])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1000])], weights,
        value_info=infos if declared_shapes else (),
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.acme", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vendor")
    onnx.save(vendor(), folder / "declared.onnx")
    onnx.save(vendor(declared_shapes=False), folder / "open.onnx")
    return folder


def facts(path: Path, *declarations: Declaration) -> Facts:
    model = load(path.read_bytes())
    return analyze(model, operators=tuple(map(built, declarations)))


LIKE_RELU = Declaration("ai.acme", "RequantShift", "test", like=("", "Relu"))


def test_half_the_width_of_the_vendors_network_is_the_papers() -> None:
    assert HALF_PARAMS == 1_319_648


def test_an_unknown_operator_that_keeps_its_inputs_shape_hides_nothing(files: Path) -> None:
    found = facts(files / "declared.onnx")
    assert (found.totals.macs, found.totals.params) == (MACS, PARAMS)
    assert found.totals.certainty is Certainty.LOWER_BOUND
    assert found.totals.unknown_nodes == 27
    assert sum(block.kind == "separable" for block in found.blocks) == 13
    assert found.architecture is not None
    assert found.architecture.family == "MobileNetV1"


@pytest.mark.parametrize("name", ["declared", "open"])
def test_an_unknown_operator_is_one_finding_however_often_it_comes(
    files: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", str(files / f"{name}.onnx"), "--no-config", "--format", "json"])
    (model,) = json.loads(capsys.readouterr().out)["models"]
    (finding,) = model["findings"]
    assert "27 × RequantShift" in finding["message"]


def test_what_is_scaled_behind_an_unknown_operator_is_marked(files: Path) -> None:
    scaled = scale(facts(files / "declared.onnx"), 0.5)
    assert scaled.params == HALF_PARAMS
    assert "ai.acme::RequantShift" in scaled.assumed
    behind = scale(facts(files / "open.onnx"), 0.5)
    assert behind.params is None
    assert "ai.acme::RequantShift" in behind.reason


@pytest.mark.parametrize("name", ["declared", "open"])
def test_a_declared_operator_acts_like_the_one_it_is_like(files: Path, name: str) -> None:
    found = facts(files / f"{name}.onnx", LIKE_RELU)
    assert (found.totals.macs, found.totals.params) == (MACS, PARAMS)
    assert (found.totals.complete, found.totals.certainty) == (True, Certainty.ASSUMED)
    assert "ai.acme::RequantShift" in found.totals.reason
    assert len(found.blocks) == 13
    activation = next(node for node in found.nodes if node.op_type == "RequantShift")
    assert (activation.macs, activation.flops) == (0, 32 * 112 * 112)
    half = scale(found, 0.5)
    assert (half.macs, half.params) == (HALF_MACS, HALF_PARAMS)
    assert "as declared" in half.assumed


@pytest.mark.parametrize(
    "call",
    [
        'y = ai.acme.Op <shift = 7, mode = "floor"> (x)',
        "y = ai.acme.Op <alpha = 1> (x)",
        "y = ai.acme.Op (x, scale, zero)",
        "y, saturated = ai.acme.Op (x)",
    ],
    ids=["attributes", "attribute-of-another-type", "inputs", "outputs"],
)
def test_what_a_vendors_operator_has_besides_is_its_own_business(call: str) -> None:
    model = onnx.parser.parse_model(
        f"""<ir_version: 8, opset_import: ["": 17, "ai.acme": 1]>
        g (float[2,8] x) => (float[2,8] z)
        <float[1] scale = {{0.5}}, int8 zero = {{0}}> {{ {call} z = Exp (y) }}"""
    )
    found = analyzer.analyze(model, operators=[analyzer.declare("ai.acme::Op", like="LeakyRelu")])
    assert found["z"].inputs == ("y",)
    assert found["y"].outputs[0].shape == (2, 8)
    assert (found["y"].macs, found.breaches, found.inconclusive) == (0, (), False)


def breaches(text: str) -> list[tuple[str, str]]:
    head = '<ir_version: 8, opset_import: ["": 17, "ai.acme": 1, "com.microsoft": 1]>\n'
    found = analyzer.analyze(onnx.parser.parse_model(head + text)).breaches
    return [(breach.code, breach.remedy) for breach in found]


def test_a_vendors_operator_with_a_record_is_none_that_nobody_defines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "g (float[1,8] x) => (float[1,8] y) { y = ai.acme.RequantShift (x) }"
    assert [code for code, _ in breaches(text)] == ["custom-operator"]
    record = replace(built(LIKE_RELU), declaration=None)
    monkeypatch.setitem(operators._BY_KEY, record.key, (record,))
    assert breaches(text) == []


def test_nobody_is_told_to_declare_what_cannot_be_declared() -> None:
    ((code, remedy),) = breaches(
        "g (float[1,8,9,9] x) => (y) { y = com.microsoft.Crop <border=[1,1,1,1]> (x) z = Exp (y) }"
    )[:1]
    assert (code, "declare" in remedy) == ("custom-operator", False)


def test_every_operator_of_a_network_may_be_a_vendors_own() -> None:
    """Convolutions keep their kinds, blocks, weights and widths."""
    model = vendor(declared_shapes=False)
    own = [analyzer.declare("ai.acme::RequantShift", like="Clip")]
    for op in ("Conv", "GlobalAveragePool", "Flatten", "MatMul"):
        own.append(analyzer.declare(f"ai.acme::My{op}", like=op))
        for node in model.graph.node:
            if node.op_type == op:
                node.op_type, node.domain = f"My{op}", "ai.acme"
    found = analyzer.analyze(model, operators=own)
    assert (found.totals.macs, found.totals.params) == (MACS, PARAMS)
    assert found.totals.weighted_layers == 28
    assert len(found.blocks) == 13
    half = scale(found, 0.5)
    assert (half.macs, half.params) == (HALF_MACS, HALF_PARAMS)


def test_a_declaration_holds_for_its_analysis_alone(files: Path) -> None:
    facts(files / "open.onnx", LIKE_RELU)
    assert find("ai.acme", "RequantShift") is None
    assert facts(files / "open.onnx").totals.macs < MACS


def test_the_configuration_declares_operators(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "onnxlint.toml"
    config.write_text('[operators."ai.acme::RequantShift"]\nlike = "Relu"\n')
    model = str(files / "open.onnx")
    assert run(["check", model, "--config", str(config), "--format", "json"]) == 0
    (judged,) = json.loads(capsys.readouterr().out)["models"]
    assert (judged["findings"], judged["outcome"]) == ([], "clean")
    assert judged["totals"]["macs"] == MACS
    run(["scale", model, "--config", str(config), "--width", "0.5"])
    line = capsys.readouterr().out
    assert f"{HALF_MACS:,}" in line
    assert f"{HALF_PARAMS:,}" in line


def one(body: str, tmp_path: Path, config: str, *inits: tuple[str, tuple[int, ...]]) -> Facts:
    """Facts of one graph in text under a configuration."""
    from analyzer.cli.config.read import read_config

    text = f'<ir_version: 8, opset_import: ["" : 17, "ai.acme" : 1]> g {body}'
    model = onnx.parser.parse_model(text)
    for name, shape in inits:
        array = np.zeros(shape, np.float32)
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    path = tmp_path / "onnxlint.toml"
    path.write_text(config)
    read = read_config(str(path))
    assert read is not None
    operators = tuple(map(built, read.operators))
    return analyze(load(model.SerializeToString()), operators=operators)


def test_shape_and_counts_are_expressions_of_sizes_and_attributes(tmp_path: Path) -> None:
    found = one(
        "(float[2,8,16,16] x) => (float[] z) { y = ai.acme.Fold <step = 4> (x, w)  z = Relu (y) }",
        tmp_path,
        """
        [operators."ai.acme::Fold"]
        inputs = ["data", "weight"]
        shape = ["x.d0", "x1.d0", "x.d2 / attr.step", "x.d3 / attr.step"]
        macs = "y.size * x.d1 * 3"
        flops = "2 * y.size * x.d1 * 3 + y.size"
        """,
        ("w", (32, 8, 3)),
    )
    fold = found.nodes[0]
    assert fold.outputs[0].shape == (2, 32, 4, 4)
    assert fold.macs == 2 * 32 * 4 * 4 * 8 * 3
    assert fold.flops == 2 * 2 * 32 * 4 * 4 * 8 * 3 + 2 * 32 * 4 * 4
    assert fold.cost.certainty is Certainty.ASSUMED
    assert (fold.params, found.totals.weighted_layers) == (32 * 8 * 3, 1)
    behind = found.nodes[1]
    assert (behind.flops, behind.cost.certainty) == (2 * 32 * 4 * 4, Certainty.ASSUMED)


@pytest.mark.parametrize("count", [1, 2, 12])
def test_every_output_of_an_operator_that_keeps_shapes_is_as_the_first_input(
    tmp_path: Path, count: int
) -> None:
    names = ", ".join(f"y{number}" for number in range(count))
    found = one(
        f"(float[2,8] x) => (float[] z) {{ {names} = ai.acme.Fan (x)  z = Relu (y0) }}",
        tmp_path,
        """
        [operators."ai.acme::Fan"]
        shape = "x"
        """,
    )
    assert [(t.dtype, t.shape) for t in found.nodes[0].outputs] == [("float32", (2, 8))] * count


def test_what_inputs_are_decides_the_role_of_constants(tmp_path: Path) -> None:
    found = one(
        "(float[1,8] x) => (float[] y) { y = ai.acme.Step (x, w, s, m) }",
        tmp_path,
        '[operators."ai.acme::Step"]\ninputs = ["data", "weight", "scale", "statistic"]\n'
        'shape = "x"\nmacs = "0"\n',
        ("w", (8,)), ("s", (4,)), ("m", (2,)),
    )  # fmt: skip
    totals = found.parameters
    assert (totals.weights, totals.quantization, totals.buffers) == (8, 4, 2)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ('like = "Reluu"', "no operator 'Reluu' is known"),
        ('macs = "x.d0 ** 2"', "** is not allowed"),
        ('macs = "x.e0"', "unknown field 'e0'"),
        ('macs = "z.d0"', "unknown group 'z'"),
        ('flops = "[1]"', "is not allowed"),
        ('flops = "x.d0 > 2"', "must be a number"),
        ('shape = "y"', "must be"),
        ("shape = []", "must be"),
        ('inputs = ["weigth"]', "did you mean 'weight'?"),
        ('kind = "Relu"', "unknown key"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_line(
    tmp_path: Path, entry: str, wrong: str
) -> None:
    with pytest.raises(analyzer.ConfigError) as error:
        one("(float[1] x) => (float[1] y) { y = Relu (x) }", tmp_path,
            f'[operators."ai.acme::X"]\n{entry}\n')  # fmt: skip
    assert wrong in str(error.value)
    assert "onnxlint.toml:2:" in str(error.value)


@pytest.mark.parametrize("name", ["Relu", "ai.onnx::Relu", "com.microsoft::Gelu", "::X", "a::"])
def test_what_ships_is_not_overruled(tmp_path: Path, name: str) -> None:
    with pytest.raises(analyzer.ConfigError, match="known already"):
        one("(float[1] x) => (float[1] y) { y = Relu (x) }", tmp_path,
            f'[operators."{name}"]\nlike = "Exp"\n')  # fmt: skip


def look(group: str, field: str) -> int:
    return {"d0": 6, "d1": 4, "size": 10**30}[field]


@pytest.mark.parametrize(
    ("text", "value"),
    [("x.d0 / x.d1 * 2", 3), ("-(x.d1 - x.d0)", 2), ("x.size * 3 + 1", 3 * 10**30 + 1)],
)
def test_expressions_are_exact_whole_numbers(text: str, value: int) -> None:
    assert Arithmetic(text)(look) == value


def test_no_count_is_a_fraction_or_below_nought() -> None:
    for text in ("x.d0 / x.d1", "x.d1 - x.d0", "x.d0 / (x.d1 - 4)"):
        with pytest.raises(Exception, match=r"no count|divides by 0"):
            Arithmetic(text)(look)


def test_expressions_are_bounded() -> None:
    for text in ("(" * 90 + "1" + ")" * 90, "-" * 150 + "x.d0", "1 + " * 100 + "1"):
        with pytest.raises(Refused):
            Arithmetic(text)


@pytest.mark.parametrize(
    ("field", "shape", "expected"),
    [
        ("rank", (2, None, 4), 3), ("size", (2, 3, 4), 24), ("last", (2, None, 4), 4),
        ("d0", (2, None, 4), 2), ("d2", (2, None, 4), 4),
        ("size", (2, None, 4), "shape of input 1 is unknown"),
        ("d1", (2, None, 4), "shape of input 1 is unknown"),
        ("rank", None, "shape of input 1 is unknown"),
        ("d3", (2, None, 4), "input 1 has no axis 3"), ("last", (), "input 1 has no axis -1"),
    ],
)  # fmt: skip
def test_a_size_that_nobody_knows_is_told_of(
    field: str, shape: tuple[int | None, ...] | None, expected: int | str
) -> None:
    tensor = Tensor("t", "float32", shape)
    if isinstance(expected, int):
        assert _size(tensor, "input 1", field) == expected
        return
    with pytest.raises(Unknown, match=f"^{expected}$"):
        _size(tensor, "input 1", field)


def test_the_side_of_which_a_size_is_unknown_is_named() -> None:
    known, unknown = Tensor("t", "float32", (2, 3)), Tensor("t", "float32", None)
    for inputs, outputs, group, told in (
        ((unknown, known), (known, known), "x", "shape of input 0 is unknown"),
        ((known, unknown), (known, known), "x1", "shape of input 1 is unknown"),
        ((known, known), (unknown, known), "y", "shape of output 0 is unknown"),
        ((known, known), (known, unknown), "y1", "shape of output 1 is unknown"),
    ):
        with pytest.raises(Unknown, match=f"^{told}$"):
            _sizes(Call("X", "ai.acme", 1, {}, inputs, outputs))(group, "size")


DECLARED = (
    ("3 * y.size", "7 * y.size", Work(72, 24, "72")), ("y.size", "2 * y.size", Work(24, 0, "24")),
    ("y.size", None, Work(24, None, "24", "its FLOPs are not declared")),
    ("0", None, Work(0, 0, "0", "its FLOPs are not declared")),
    (None, "y.size", Work(0, 24, "24")),
)  # fmt: skip


@pytest.mark.parametrize(("macs", "flops", "work"), DECLARED)
def test_what_is_declared_is_counted(macs: str | None, flops: str | None, work: Work) -> None:
    """A MAC is two FLOPs; what has no MACs has no FLOPs that are not declared."""
    numbers = [None if text is None else Arithmetic(text) for text in (macs, flops)]
    record = built(Declaration("ai.acme", "X", "test", macs=numbers[0], flops=numbers[1]))
    tensors = (Tensor("t", "float32", (2, 3, 4)),)
    call = Call("X", "ai.acme", 1, {}, tensors, tensors)
    assert record.cost.count is not None
    assert record.cost.count(call) == work
    precision = record.cost.precision
    assert (None if precision is None else precision(call)) == (None if macs is None else "float32")


def test_declared_operators_reach_another_process() -> None:
    """Where several threads run, shapes are inferred in a fresh interpreter."""
    stated = Declaration(
        "ai.acme", "X", "test", like=("", "Relu"), inputs=(Kind.DATA,), macs=Arithmetic("y.size")
    )
    sent = pickle.dumps(Carried(_seen, (built(stated),)))
    carried = pickle.loads(sent)  # noqa: S301 - our own
    assert carried(("ai.acme", "X")) == ("X", stated)


def _seen(key: tuple[str, str]) -> tuple[str, object]:
    record = find(*key)
    assert record is not None
    return record.name, record.declaration


def test_an_entry_point_that_the_configuration_names_declares_operators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], files: Path
) -> None:
    (tmp_path / "acme_operators.py").write_text(
        "import analyzer\nOPERATORS = [analyzer.declare('ai.acme::RequantShift', like='Relu')]\n"
        "NAMES = ['RequantShift']\n"
        "from dataclasses import replace\nfrom analyzer.operators import find\n"
        "OWN = [replace(find('', 'Relu'), name='Own', domain='ai.acme')]\n"
    )
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[onnxlint.operators]\nacme = acme_operators:OPERATORS\nname = acme_operators:NAMES\n"
        "own = acme_operators:OWN\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    config = tmp_path / "onnxlint.toml"
    config.write_text('plugins = ["acme"]\n')
    assert run(["check", str(files / "open.onnx"), "--config", str(config)]) == 0
    assert "0 findings" in "".join(capsys.readouterr())
    config.write_text('plugins = ["other"]\n')
    assert run(["check", str(files / "open.onnx"), "--config", str(config)]) == 2
    assert "no installed package has an entry point 'other'" in capsys.readouterr().err
    sent = pickle.dumps(Carried(_seen, from_entry_point("acme")))
    assert pickle.loads(sent)(("ai.acme", "RequantShift"))[0] == "RequantShift"  # noqa: S301
    sent = pickle.dumps(Carried(_seen, from_entry_point("own")))
    name, source = pickle.loads(sent)(("ai.acme", "Own"))  # noqa: S301 - our own
    assert (name, str(source).endswith("own")) == ("Own", True), "by the name of where it came from"
    with pytest.raises(TypeError, match=r"'name' of .* offers no sequence of operators"):
        from_entry_point("name")
    sys.modules.pop("acme_operators", None)


def test_a_program_declares_operators(files: Path) -> None:
    own = analyzer.declare("ai.acme::RequantShift", like="Relu")
    found = analyzer.analyze(files / "open.onnx", operators=[own])
    assert (found.totals.macs, found.totals.certainty) == (MACS, Certainty.ASSUMED)
    for wrong, said in (
        ({"like": "Reluu"}, "Reluu"),
        ({"macs": "x.d0 ** 2"}, "ai.acme::X: "),
        ({"inputs": ["weigth"]}, "unknown kind 'weigth'; known are data, weight"),
    ):
        with pytest.raises(analyzer.ConfigError, match=said):
            analyzer.declare("ai.acme::X", **wrong)
    for known in ("Relu", "ai.onnx::Relu", "com.microsoft::Gelu", "::X", "a::"):
        with pytest.raises(analyzer.ConfigError, match="known already"):
            analyzer.declare(known, like="Exp")
    point = analyzer.declare("ai.acme::X", inputs=["data", "zero-point"])
    assert point.inputs[1].kind is Kind.ZERO_POINT


def test_nothing_holds_outside_of_its_block() -> None:
    with declaring((built(LIKE_RELU),)):
        assert find("ai.acme", "RequantShift") is not None
    assert find("ai.acme", "RequantShift") is None
    call = Call("Relu", "", 17, {}, (), ())
    assert find(call.domain, call.op_type, call.version) is not None
