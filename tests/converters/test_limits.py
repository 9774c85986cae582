"""What converters do not manage, against the converters themselves."""

from __future__ import annotations

import inspect
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
from onnxruntime.transformers.float16 import convert_float_to_float16

from analyzer.analyze import analyze, analyze_weights
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


def test_a_softmax_in_float64_stops_the_quantiser_unless_it_is_kept_to_the_layers(
    tmp_path: Path,
) -> None:
    found = model(SOFTMAX)
    (types,) = re.findall(r"op_types_to_quantize=\[(.*?)\]", told_of(found)["int8"].how)
    with pytest.raises(RuntimeError, match="Only an existing tensor can be modified"):
        quantised(found, tmp_path)
    kinds = types.replace("'", "").split(", ")
    made = quantised(found, tmp_path, op_types_to_quantize=kinds)
    assert facts_of(made).parameters.bytes_by_dtype["int8"] == 2 * 2 * 9
    assert "op_types" not in told_of(model(PLAIN))["int8"].how


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


def test_normalisations_between_layers_are_folded_before_they_are_quantised() -> None:
    """Measured on a face detector with 25 of them: int8 took 1.7 times as long as float32 with
    them, and no longer without."""
    names = "float[2] s = {1, 2}, float[2] b = {0, 1}, float[2] m = {0, 0}, float[2] v = {1, 1}"
    behind = "{ a = Conv (x, w)  y = BatchNormalization (a, s, b, m, v) }"
    before = "{ a = BatchNormalization (x, s, b, m, v)  y = Conv (a, w) }"
    head = f"g (float[1,2,4,4] x) => (float[1,2,2,2] y) <{names}> "
    found = model(head + behind)
    assert remedies(found) == ["normalise"]
    assert remedies(model(head + before)) == []
    int8 = told_of(found)["int8"]
    assert "Fold BatchNormalization into the layers first" in int8.before[0].text
    assert int8.weight_bytes == 36 + 2 * 4 + 3 * 5 + 8, "as the quantiser writes it"


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
    assert "see through Identity" in told_of(found)["int8"].before[0].text
    onnx.save(found, tmp_path / "f.onnx")
    left = run_as(quantised(found, tmp_path, activation_type=QuantType.QUInt8), tmp_path)
    assert left["Conv"] == 1, "one scale does not fit both layers"
    quant_pre_process(tmp_path / "f.onnx", tmp_path / "p.onnx", skip_symbolic_shape=True)
    folded = onnx.load(tmp_path / "p.onnx")
    assert remedies(folded) == []
    made = quantised(folded, tmp_path, activation_type=QuantType.QUInt8)
    assert run_as(made, tmp_path)["QLinearConv"] == 2


def test_weights_beside_the_model_have_to_be_saved_with_it_by_what_folds(tmp_path: Path) -> None:
    option = "save_as_external_data=True"
    unread = HANDED_ON.replace("x) =>", "x, float[1] z) =>")  # onnxslim would take it out
    found = model(unread, HEAD, "w", "v")
    inside, beside, folded = (tmp_path / name for name in ("i.onnx", "b.onnx", "p.onnx"))
    # what the names of operators take in the file, and no weights, must not pass for those
    for name, kernel in zip("wv", found.graph.initializer, strict=False):
        large = np.resize(numpy_helper.to_array(kernel), (2, 2, 3, 30))
        kernel.CopyFrom(numpy_helper.from_array(large, name))
    onnx.save(found, inside)
    onnx.save(found, beside, save_as_external_data=True, size_threshold=0)
    told = [
        any(
            each.limit.option == option
            for each in met(analyze(load(path)), converter("quant_pre_process"))
        )
        for path in (inside, beside)
    ]
    assert told == [False, True]
    int8 = next(f for f in forms(analyze(load(beside)), None) if f.id == "int8")
    assert option in int8.before[0].text
    with pytest.raises(Exception, match="should be stored in"):
        quant_pre_process(beside, folded, skip_symbolic_shape=True)
    quant_pre_process(beside, folded, skip_symbolic_shape=True, save_as_external_data=True)
    assert {node.op_type for node in onnx.load(folded).graph.node} == {"Conv"}


def test_a_transposed_convolution_stores_integers_and_multiplies_floats(tmp_path: Path) -> None:
    found = model(PLAIN.replace("Conv", "ConvTranspose"))
    left = run_as(quantised(found, tmp_path, activation_type=QuantType.QUInt8), tmp_path)
    assert left["ConvTranspose"] == 1
    said = told_of(found)["int8"]
    assert said.title == "Store weights in int8, compute in float32"
    assert said.seconds == said.seconds_now is not None
    assert said.rests.startswith("100.0 % of the MACs stay in float32")
    assert facts_of(quantised(found, tmp_path)).parameters.kept_bytes == said.weight_bytes


def test_float16_goes_up_to_its_own_largest_number() -> None:
    """What the converter clips at by default, so that no argument has to be told."""
    bounds = inspect.signature(convert_float_to_float16).parameters
    assert bounds["max_finite_val"].default == np.finfo(np.float16).max // 1
    found = model(PLAIN)
    kernel = np.full((2, 2, 3, 3), 60_809, np.float32)
    found.graph.initializer[0].CopyFrom(numpy_helper.from_array(kernel, "w"))
    said = told_of(found)["float16"]
    assert said.how.startswith("Convert with `onnxruntime.transformers.float16.")
    assert (said.effort, said.confidence) == ("low", "high")


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


CASTS = MADE.format("q = Cast <to=7> (a)  n = Cast <to=1> (q)")
DRAWN = "n = RandomNormal <shape=[1,2,4,4]> ()"


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (PLAIN, ""), (CASTS, ""), (MADE.format(DRAWN), "RandomNormal"),
        (MADE.format("n = Bernoulli <dtype=1> (a)"), ""),
        (MADE.format("s = SequenceConstruct (a, a)  n = SequenceAt (s, i)"), ""),
        (MADE.format("v = Constant <value_float=2.0> ()  n = Mul (a, v)"), "Constant"),
        (MADE.format("v = Constant <value=float {2}> ()  n = Mul (a, v)"), ""),
        (MADE.format("q = QuantizeLinear (a, k)  n = DequantizeLinear (q, k)"), "QuantizeLinear"),
    ],
)  # fmt: skip
def test_what_float16_is_refused_for_is_exported_instead(text: str, refused: str) -> None:
    found = model(text)
    how = next(form.how for form in forms(facts_of(found), None) if form.id == "float16")
    assert how.startswith("Export in float16" if refused else "Convert with")
    assert refused in how
    made = convert_float_to_float16(found).SerializeToString()
    if refused:
        with pytest.raises(Exception, match=r"float16|RandomNormal"):
            InferenceSession(made, providers=["CPUExecutionProvider"])
    else:
        session = InferenceSession(made, providers=["CPUExecutionProvider"])
        assert session.run(None, {"x": X.astype(np.float16)})[0].dtype == np.float16


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("(float[4,2,4] x) => (float[2,4,3] y) { v = Transpose <perm=[1,0,2]> (x)", True),
        ("(float[4,2,4] x) => (float[4,2,3] y) { v = Identity (x)", False),
        ("(float[4,4,2] x) => (float[4,2,3] y) { v = Transpose <perm=[0,2,1]> (x)", False),
        ("(float[4,2,5,4] x) => (float[2,4,5,3] y) { v = Transpose <perm=[1,0,2,3]> (x)", False),
    ],
)
def test_a_transpose_that_stops_the_process_in_float16_is_loaded_without_its_fusion(
    text: str, stops: bool
) -> None:
    found = parser.parse_model(f"{HEAD} g {text}  y = MatMul (v, w) }}")
    array = np.eye(4, 3, dtype=np.float32)
    found.graph.initializer.append(numpy_helper.from_array(array, "w"))
    how = told_of(found)["float16"].how
    off = re.search(r"`disabled_optimizers=\['(\w+)'\]`", how)
    assert (off is not None) is stops
    made = convert_float_to_float16(found).SerializeToString()
    session = InferenceSession(made, disabled_optimizers=[off[1]] if off else [])
    shape = [each.dim_value for each in found.graph.input[0].type.tensor_type.shape.dim]
    x = np.arange(np.prod(shape), dtype=np.float16).reshape(shape)
    moved = {"1,0,2]": (1, 0, 2), "0,2,1]": (0, 2, 1), "0,2,3]": (1, 0, 2, 3)}
    axes = next((axes for perm, axes in moved.items() if perm in text), (0, 1, 2))
    assert np.array_equal(session.run(None, {"x": x})[0], x.transpose(axes) @ array)


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
    product, drawn = PLAIN, "RandomNormal <shape = [1]> ()"
    product = product.replace("y = Relu (a)", f"y = {domain}Mul (a, a)")
    facts = facts_of(model(product, head))
    told = [n for each in met(facts, converter("quantize_static")) for n in each.places]
    assert ("Mul" in told) is meets
    facts = facts_of(parser.parse_model(f"{head}g () => (float r) {{ r = {domain}{drawn} }}"))
    told = [n for each in met(facts, converter("float16")) for n in each.places]
    assert ("RandomNormal" in told) is meets
