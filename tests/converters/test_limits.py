"""What converters do not manage, against the converters themselves."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper, parser
from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from analyzer.analyze import analyze_weights
from analyzer.converters import converter, met
from analyzer.devices import profile
from analyzer.model import load
from analyzer.report.view.options.form import SmallerForm
from analyzer.report.view.options.types import forms
from tests.golden.text import facts_of

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
X = np.random.default_rng(0).standard_normal((1, 2, 4, 4)).astype(np.float32)
SOFTMAX = """g (float[1,2,4,4] x) => (float[1,2,4,4] y) {
    a = Conv <pads=[1,1,1,1]> (x, w)  d = Cast <to=11> (a)  s = Softmax (d)
    y = Cast <to=1> (s) }"""
PLAIN = (
    "g (float[1,2,4,4] x) => (float[1,2,4,4] y) { a = Conv <pads=[1,1,1,1]> (x, w)  y = Relu (a) }"
)
UNSIGNED = "activation_type=QuantType.QUInt8"
FORKED = """g (float[1,2,4,4] x) => (float[1,2,4,4] y) {
    a = Conv <pads=[1,1,1,1]> (x, w)  b = Add (a, x)  y = Conv <pads=[1,1,1,1]> (b, v) }"""
HANDED_ON = """g (float[1,2,4,4] x) => (float[1,2,4,4] y) {
    a = Conv <pads=[1,1,1,1]> (x, w, bias)  c = Identity (bias)
    y = Conv <pads=[1,1,1,1]> (a, v, c) }"""
SHARED = """g (float[1,2,4,4] x) => (float[1,2,4,4] y) {{
    a = Conv <pads=[1,1,1,1]> (x, w, bias)  {0} = Conv <pads=[1,1,1,1]> (a, v, bias)
    y = Relu ({0}) }}"""


def model(text: str, head: str = HEAD, *names: str) -> onnx.ModelProto:
    """The graph with 2×2×3×3 weights of those names, and two biases where it reads any."""
    found = parser.parse_model(head + text)
    rng = np.random.default_rng(1)
    kernels = {name: rng.standard_normal((2, 2, 3, 3)) for name in names or ("w",)}
    biases = {"bias": np.ones(2)} if "bias" in text else {}
    found.graph.initializer.extend(
        numpy_helper.from_array(array.astype(np.float32), name)
        for name, array in (kernels | biases).items()
    )
    return found


class Inputs(CalibrationDataReader):  # type: ignore[misc]
    """One picture."""

    def __init__(self) -> None:
        self._left = [{"x": X}]

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return self._left.pop() if self._left else None


def quantised(found: onnx.ModelProto, folder: Path, **options: object) -> onnx.ModelProto:
    plain, made = folder / "f.onnx", folder / "q.onnx"
    onnx.save(found, plain)
    quantize_static(plain, made, Inputs(), **options)
    return onnx.load(made)


def run(found: onnx.ModelProto) -> NDArray[np.float32]:
    session = InferenceSession(found.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": X})[0])


def remedies(found: onnx.ModelProto, tool: str = "quantize_static") -> list[str]:
    """Of the limits that a model meets, what every convolution is told left out."""
    limits = [each.limit for each in met(facts_of(found), converter(tool))]
    told = [limit.option or limit.remedy for limit in limits]
    return [each for each in told if each != UNSIGNED]


def test_a_softmax_in_float64_stops_the_quantiser_unless_it_is_kept_to_what_multiplies(
    tmp_path: Path,
) -> None:
    found = model(SOFTMAX)
    (option,) = remedies(found)
    name, _, types = option.partition("=")
    assert name == "op_types_to_quantize"
    with pytest.raises(RuntimeError, match="Only an existing tensor can be modified"):
        quantised(found, tmp_path)
    kinds = types.strip("[]").replace("'", "").split(", ")
    made = quantised(found, tmp_path, op_types_to_quantize=kinds)
    assert facts_of(made).parameters.bytes_by_dtype["int8"] == 2 * 2 * 9
    assert remedies(model(PLAIN)) == []


@pytest.mark.parametrize(("name", "broken"), [("bias0", True), ("other", False)])
def test_copies_of_a_shared_bias_take_names_that_tensors_have(
    name: str, broken: bool, tmp_path: Path
) -> None:
    found = model(SHARED.format(name), HEAD, "w", "v")
    assert remedies(found) == (["rename"] if broken else [])
    assert (run(quantised(found, tmp_path)).shape != X.shape) == broken


def test_weights_that_are_no_inputs_stop_it_where_the_ir_version_asks_for_that(
    tmp_path: Path,
) -> None:
    old, stated = (model(PLAIN, f'<ir_version: {ir}, opset_import: ["" : 9]>') for ir in (3, 4))
    assert (remedies(old), remedies(stated)) == (["ir-version"], [])
    with pytest.raises(Exception, match="Input w is undefined"):
        quantised(old, tmp_path)
    assert facts_of(quantised(stated, tmp_path)).parameters.bytes_by_dtype["int8"] == 2 * 2 * 9


def test_weights_that_operators_make_are_left_in_float(tmp_path: Path) -> None:
    found = model(PLAIN)
    (kernel,) = found.graph.initializer
    found.graph.node.insert(0, onnx.helper.make_node("Constant", [], ["w"], value=kernel))
    del found.graph.initializer[:]
    assert remedies(found) == remedies(found, "quantize_dynamic") == ["fold"]
    assert facts_of(quantised(found, tmp_path)).parameters.weight_bytes == 2 * 2 * 9 * 4


def run_as(found: onnx.ModelProto, folder: Path) -> Counter[str]:
    """The operators that ONNX Runtime makes of a model on a processor."""
    options = SessionOptions()
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folder / "o.onnx")
    InferenceSession(found.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return Counter(node.op_type for node in onnx.load(folder / "o.onnx").graph.node)


def test_what_several_operators_read_is_multiplied_in_integers_with_the_type_that_is_told(
    tmp_path: Path,
) -> None:
    found = model(FORKED, HEAD, "w", "v")
    assert UNSIGNED in told_of(found)["int8"].how
    name, _, kind = UNSIGNED.partition("=")
    made = quantised(found, tmp_path, **{name: QuantType[kind.partition(".")[2]]})
    assert run_as(made, tmp_path)["QLinearConv"] == 2


def test_a_bias_behind_identity_is_to_be_folded_before(tmp_path: Path) -> None:
    found = model(HANDED_ON, HEAD, "w", "v")
    for place, node in enumerate(found.graph.node):
        node.name = f"n{place}"
    assert remedies(found) == ["fold"]
    assert "see through Identity" in told_of(found)["int8"].how
    onnx.save(found, tmp_path / "f.onnx")
    left = run_as(quantised(found, tmp_path, activation_type=QuantType.QUInt8), tmp_path)
    assert left["Conv"] == 1, "one scale does not fit both layers"
    quant_pre_process(tmp_path / "f.onnx", tmp_path / "p.onnx", skip_symbolic_shape=True)
    folded = onnx.load(tmp_path / "p.onnx")
    assert remedies(folded) == []
    made = quantised(folded, tmp_path, activation_type=QuantType.QUInt8)
    assert run_as(made, tmp_path)["QLinearConv"] == 2


def test_a_transposed_convolution_stores_integers_and_multiplies_floats(tmp_path: Path) -> None:
    found = model(PLAIN.replace("Conv", "ConvTranspose"))
    left = run_as(quantised(found, tmp_path, activation_type=QuantType.QUInt8), tmp_path)
    assert left["ConvTranspose"] == 1
    said = told_of(found)["int8"]
    assert said.title == "Store weights in int8"
    assert said.seconds == said.seconds_now is not None
    assert said.rests.startswith("100.0 % of the MACs stay in float32")
    assert facts_of(quantised(found, tmp_path)).parameters.kept_bytes == said.weight_bytes


@pytest.mark.parametrize(("largest", "told"), [(60_809, True), (9_999, False)])
def test_a_value_that_the_converter_would_clip_needs_its_argument(largest: int, told: bool) -> None:
    """Its default is 10,000, where float16 goes up to 65,504."""
    found = model(PLAIN)
    kernel = np.ones((2, 2, 3, 3), np.float32)
    kernel[0, 0, 0, 0] = largest
    found.graph.initializer[0].CopyFrom(numpy_helper.from_array(kernel, "w"))
    said = told_of(found)["float16"]
    assert ("`max_finite_val=65504`" in said.how) == told
    assert said.confidence == ("medium" if told else "high")


def told_of(found: onnx.ModelProto) -> dict[str, SmallerForm]:
    facts = analyze_weights(load(found.SerializeToString()))
    return {form.id: form for form in forms(facts, profile("rpi5"))}


def test_what_is_said_of_int8_is_what_the_quantiser_writes(tmp_path: Path) -> None:
    """A byte for each of 36 weights and 2 biases of 4; scales with zero points for both, and for
    what comes in and goes out."""
    text = "g (float[1,2,4,4] x) => (float[1,2,4,4] y) { y = Conv <pads=[1,1,1,1]> (x, w, bias) }"
    found = model(text)
    said = {form.id: form for form in forms(facts_of(found), None)}
    made = facts_of(quantised(found, tmp_path)).parameters
    assert said["int8"].weight_bytes == made.kept_bytes == 36 + 2 * 4 + 3 * 5 + 8
    assert said["int8"].bytes_now == (36 + 2) * 4
    assert said["float16"].weight_bytes == (36 + 2) * 2


MADE = """g (float[1,2,4,4] x) => (float[1,2,4,4] y) <int64 i = {{0}}, float k = {{1}}> {{
    a = Conv <pads=[1,1,1,1]> (x, w)  {}  y = Add (a, n) }}"""
BRANCH = """g (float[1,2,4,4] x, bool c) => (float[1,2,4,4] y) { y = If (c) <
    then_branch = t () => (float[1,2,4,4] u) { u = Conv <pads=[1,1,1,1]> (x, w) },
    else_branch = e () => (float[1,2,4,4] u) { u = Relu (x) }> }"""


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (PLAIN, ""), (SOFTMAX, "Cast"), (BRANCH, "If"),
        (MADE.format("n = RandomNormal <shape=[1,2,4,4]> ()"), "RandomNormal"),
        (MADE.format("n = Bernoulli <dtype=1> (a)"), "Bernoulli"),
        (MADE.format("n = Bernoulli (a)"), ""),
        (MADE.format("s = SequenceConstruct (a, a)  n = SequenceAt (s, i)"), "SequenceConstruct"),
        (MADE.format("q = QuantizeLinear (a, k)  n = DequantizeLinear (q, k)"), "QuantizeLinear"),
    ],
)  # fmt: skip
def test_what_float16_is_refused_for_is_exported_instead(text: str, refused: str) -> None:
    how = next(form.how for form in forms(facts_of(model(text)), None) if form.id == "float16")
    assert how.startswith("Export in float16" if refused else "Convert with")
    assert refused in how


def test_scales_in_float32_are_halved_with_what_they_scale() -> None:
    """A 4-bit product: its packed bytes stay, a scale for each block of 32 halves."""
    text = """g (float[4,64] x) => (float[4,96] y) {
        a = com.microsoft.MatMulNBits <K=64, N=64, bits=4, block_size=32> (x, q, s)
        y = MatMul (a, w) }"""
    found = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>' + text
    )
    stored: dict[str, NDArray[Any]] = {
        "q": np.zeros((64, 2, 16), np.uint8), "s": np.ones((128,), np.float32),
        "w": np.ones((64, 96), np.float32),
    }  # fmt: skip
    found.graph.initializer.extend(numpy_helper.from_array(a, n) for n, a in stored.items())
    half = next(form for form in forms(facts_of(found), None) if form.id == "float16")
    assert (half.bytes_now, half.scales_now) == (2048 + 512 + 24576, 512)
    assert half.weight_bytes == 2048 + 256 + 12288


def test_a_file_that_grows_by_what_converts_tensors_is_told_by_how_much(tmp_path: Path) -> None:
    """Names of 200 letters are repeated a dozen times for each tensor; 54 bytes of weights go."""
    long = "a" * 200
    text = PLAIN.replace("a = ", f"{long} = ").replace("Relu (a)", f"Sigmoid ({long})")
    plain = model(text)
    how = next(form.how for form in forms(facts_of(plain), None) if form.id == "int8")
    told = re.search(r"add about ([0-9.]+) KiB to the file", how)
    assert told is not None
    grown = quantised(plain, tmp_path).ByteSize() - plain.ByteSize()
    assert float(told[1]) * 1024 == pytest.approx(grown, rel=0.3)


@pytest.mark.parametrize(("domain", "meets"), [("", True), ("com.acme.", False)])
def test_an_operator_of_a_vendor_is_not_what_the_quantiser_stumbles_over(
    domain: str, meets: bool
) -> None:
    """Neither by its name nor by the nature of what has that name in ONNX."""
    head = '<ir_version: 8, opset_import: ["" : 17, "com.acme" : 1]>'
    product, drawn, cells = PLAIN, "RandomNormal <shape = [1]> ()", "LSTM <hidden_size = 1>"
    product = product.replace("y = Relu (a)", f"y = {domain}Mul (a, a)")
    facts = facts_of(model(product, head))
    told = [n for each in met(facts, converter("quantize_static")) for n in each.places]
    assert ("Mul" in told) is meets
    text = f"g (float[1,1,1] x, float[1,4,1] w) => (float r, y) {{ r = {domain}{drawn}  y = "
    facts = facts_of(parser.parse_model(f"{head}{text}{domain}{cells} (x, w, w) }}"))
    told = [n for each in met(facts, converter("float16")) for n in each.places]
    assert ("LSTM" in told) is meets
