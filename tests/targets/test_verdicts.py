"""Verdicts: against ONNX Runtime's own sessions, and what each kind of target says."""

from __future__ import annotations

from collections.abc import Iterator

import onnx
import onnxruntime
import pytest

from tests import runtime
from tests.cases import node_cases
from tests.targets.asking import fit, fits, model, own

SHARE = 7
"""Every so many of onnx's own examples is tried."""


def examples() -> Iterator[onnx.ModelProto]:
    for case in sorted(node_cases(), key=lambda case: case.name)[::SHARE]:
        if case.model is not None:
            yield case.model


def session(proto: onnx.ModelProto) -> str:
    """``ok``, or the kind of error with which ONNX Runtime refuses it."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        runtime.session(proto.SerializeToString(), options)
    except Exception as error:  # noqa: BLE001 - its classes are not documented
        return "NotImplemented" if "NOT_IMPLEMENTED" in str(error) else "Fail"
    return "ok"


def test_no_certain_answer_about_onnx_runtime_is_wrong_and_maybe_is_rare() -> None:
    wrong, verdicts = [], []
    for proto in examples():
        verdict = fit(proto, "ort_cpu").verdict
        verdicts.append(verdict)
        truth = session(proto)
        if (verdict, truth) in {("no", "ok"), ("whole", "NotImplemented")}:
            wrong.append((proto.graph.name, verdict, truth))
    assert len(verdicts) > 200
    assert not wrong
    assert verdicts.count("maybe") <= 0.05 * len(verdicts)


RELU_SIN = "g (float[2] x) => (float[2] y) { a = Relu (x) y = Sin (a) }"


def test_a_delegate_splits_where_a_runtime_says_no() -> None:
    rows = "ai.onnx,Relu,1,,,,\n"
    assert fit(RELU_SIN, own(rows)).verdict == "split"
    assert fit(RELU_SIN, own(rows, kind="runtime")).verdict == "no"


def test_android_may_take_a_convolution_with_its_conversions_but_no_weights_that_are_computed() -> (
    None
):
    def asked(maker: str) -> set[str]:
        text = f"""g (uint8[1,1,8,8] q, float[1,1,1,1] f) => (float[1,1,8,8] y)
          <int8[1,1,1,1] w = {{2}}, float s = {{0.1}}, uint8 z = {{0}}> {{
            x = DequantizeLinear (q, s, z) v = {maker} y = Conv (x, v) }}"""
        return {str(b.reason) for b in fit(text, "nnapi").blockers if b.op_type == "Conv"}

    (perhaps,) = asked("DequantizeLinear (w, s)")
    (never,) = asked("Neg (f)")
    assert "taken along with" in perhaps
    assert "not constant" in never


def test_a_delegate_that_takes_nothing_says_no() -> None:
    found = fit(RELU_SIN, own("ai.onnx,Abs,1,,,,\n"))
    assert (found.verdict, found.partitions, found.supported) == ("no", 0, 0)


def test_blockers_are_grouped_by_cause_with_the_value_that_decides() -> None:
    text = """g (float[1,2,4,4] x) => (float[1,2,2,2] y)
      { a = AveragePool <kernel_shape = [2, 2], strides = [2, 2], ceil_mode = 1> (x)
        y = Sin (a) }"""
    (found,) = fits(
        text, own("ai.onnx,AveragePool,1,,,attr(ceil_mode)==0,\nai.onnx,Sin,1,,#0=f16,,\n")
    )
    reasons = {(b.op_type, b.code, b.reason) for b in found.blockers}
    assert reasons == {
        ("AveragePool", "condition", "is supported only with ceil_mode = 0; ceil_mode is 1"),
        ("Sin", "type", "input 0 is f32, not f16"),
    }


def test_a_row_that_says_never_lacks_the_operator_as_no_row_does() -> None:
    """A list of what is not supported and one of what is agree on what is in the way."""
    never = fit(RELU_SIN, own("ai.onnx,Relu,1,,,,\nai.onnx,Sin,1,,,never,not supported\n"))
    absent = fit(RELU_SIN, own("ai.onnx,Relu,1,,,,\n"))
    assert [(b.op_type, b.code, b.reason) for b in never.blockers] == [
        ("Sin", "operator", "Sin is not supported")
    ]
    assert never.blockers == absent.blockers


def test_an_opset_above_the_ceiling_is_no() -> None:
    text = f'<ir_version: 8, opset_import: ["" : 17]> {RELU_SIN}'
    found = fit(model(text), own("ai.onnx,Relu,1,,,,\nai.onnx,Sin,1,,,,\n",
                                 head="# opset_ceiling: 16\n# ir_ceiling: 7\n"))  # fmt: skip
    assert found.verdict == "no"
    assert [b.code for b in found.blockers] == ["opset", "ir"]


def test_an_older_onnx_runtime_is_asked_and_the_one_that_is_needed_named() -> None:
    text = '<ir_version: 10, opset_import: ["" : 22]> ' + RELU_SIN
    old, new = fits(model(text), "ort_cpu@1.20", "ort_cpu")
    assert (old.verdict, old.version, old.needs) == ("no", "1.20.1", "1.21.1")
    assert new.verdict == "whole"


CLIFF = """g (float[1,2,8,8] x) => (float[1,2,8,8] y) <int64[4] form = {2, 2, 1, 1}>
  { w = ConstantOfShape (form) a = Conv (x, w) y = Relu (a) }"""


@pytest.mark.parametrize(("opset", "verdict"), [(21, "whole"), (22, "split")])
def test_webgpu_loses_convolutions_from_opset_22_on(opset: int, verdict: str) -> None:
    text = f'<ir_version: 10, opset_import: ["" : {opset}]> {CLIFF}'
    assert fit(model(text), "ort_webgpu_js").verdict == verdict


@pytest.mark.parametrize(
    ("opset", "call", "verdict"),
    [
        (11, "y = Unsqueeze <axes = [0]> (x)", "whole"),
        (13, "axes = Constant <value = int64[1] {0}> () y = Unsqueeze (x, axes)", "whole"),
        (13, "y = Unsqueeze (x, at)", "maybe"),
    ],
    ids=["attribute", "constant", "input"],
)
def test_tensorrt_is_asked_for_a_constant_only_where_there_is_none(
    opset: int, call: str, verdict: str
) -> None:
    """onnx-tensorrt's operators.md: axes "must be resolvable to a constant"; before ONNX 13 they
    are an attribute."""
    text = (
        f'<ir_version: 8, opset_import: ["" : {opset}]>'
        f"g (float[2] x, int64[1] at) => (float[1, 2] y) {{ {call} }}"
    )
    assert fit(model(text), "tensorrt").verdict == verdict


@pytest.mark.parametrize(
    ("x_scale", "w_scale", "verdict"),
    [("float", "float", "whole"), ("float[1]", "float", "no"), ("float", "float[4]", "no")],
)
def test_openvino_takes_quantised_convolutions_of_one_scalar_scale(
    x_scale: str, w_scale: str, verdict: str
) -> None:
    """Tried with 2026.4.1: a list of scales has to be as long as the input has channels."""
    text = (
        '<ir_version: 8, opset_import: ["" : 13]> g (uint8[1,3,9] x, '
        f"{x_scale} xs, uint8 z, uint8[4,3,3] w, {w_scale} ws, float ys) => (uint8[1,4,7] y) "
        "{ y = QLinearConv (x, xs, z, w, ws, z, ys, z) }"
    )
    assert fit(model(text), "openvino").verdict == verdict


def test_openvino_runs_a_squeeze_of_all_axes_where_sizes_are_known() -> None:
    """Its CPU plug-in refuses a rank that depends on data (2026.4.1)."""
    for shape, verdict in (("1,3", "whole"), ("n,3", "maybe")):
        assert (
            fit(f"g (float[{shape}] x) => (y) {{ y = Squeeze (x) }}", "openvino").verdict == verdict
        )


TORN = """c = If (p) <
  then_branch = a () => (float[2,n] s)
    { z0 = Constant <value = int64[1] {0}> () s = Squeeze (x, z0) },
  else_branch = b () => (float[1,2,n] d) { d = Identity (x) }> y = Relu (c)"""
"""A rank that hangs on ``p``."""
SIZE = (
    "sh = Shape (x) k = Constant <value = int64 {%s}> () g0 = Gather (sh, k) "
    "one = Constant <value = int64 {1}> () p = %s (g0, one) "
)


@pytest.mark.parametrize(
    ("inputs", "body", "verdict"),
    [
        ("float[1,2,n] x, bool p", TORN, "no"),
        ("float[1,2,5] x, bool q", f"p = Not (q) {TORN}", "no"),
        ("float[1,2,n] x", f"m = ReduceMax <keepdims = 0> (x) p = Cast <to = 9> (m) {TORN}", "no"),
        ("float[1,2,n] x", SIZE % (2, "Equal") + TORN, "no"),
        ("float[1,2,n] x", SIZE % (2, "Less") + TORN, "maybe"),
        ("float[1,2,n] x", SIZE % (0, "Equal") + TORN, "whole"),
        ("float[1,2,n] x", f"p = Constant <value = bool {{1}}> () {TORN}", "whole"),
        ("float[1,2,n] x, bool p", TORN.replace("Relu (c)", "Relu (x)"), "maybe"),
        ("float[1,2,n] x, bool p", TORN.replace("Squeeze (x, z0)", "Relu (x)"), "whole"),
    ],
    ids=["input", "computed", "data", "size", "a size that nobody tries", "known size", "constant",
         "unread", "one rank"],
)  # fmt: skip
def test_openvino_refuses_a_rank_that_hangs_on_a_branch(
    inputs: str, body: str, verdict: str
) -> None:
    """Its CPU plug-in (2026.4.1): "doesn't support If operation with dynamic rank"; each tried.

    It refuses "a size that nobody tries", too, and runs "unread": "maybe" is what nobody knows.
    """
    found = fit(f"g ({inputs}) => (y) {{ {body} }}", "openvino")
    assert found.verdict == verdict
    if verdict == "no":
        (blocker,) = found.blockers
        assert blocker.reason.endswith("output 0 has rank 2 or 3, by the branch that is taken")


def test_an_operator_without_kernel_runs_by_its_body() -> None:
    """ONNX Runtime has no kernel for Mish-22; its body is Softplus, Tanh and Mul."""
    text = (
        '<ir_version: 10, opset_import: ["" : 22]> g (float[2] x) => (float[2] y) { y = Mish (x) }'
    )
    assert fit(model(text), "ort_cpu").verdict == "whole"


@pytest.mark.parametrize(("functions", "verdict"), [("yes", "whole"), ("no", "no"), ("", "maybe")])
def test_local_functions_run_where_the_table_says_so(functions: str, verdict: str) -> None:
    text = """<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
    g (float[2] x) => (float[2] y) { y = local.twice (x) }
    <domain: "local", opset_import: ["" : 17]>
    twice (a) => (c) { b = Relu (a) c = Relu (b) }"""
    head = f"# functions: {functions}\n" if functions else ""
    found = fit(model(text), own("ai.onnx,Relu,1,,,,\n", head=head))
    assert found.verdict == verdict
    assert found.nodes == (2 if functions == "yes" else 1)


def test_the_share_of_macs_is_that_of_the_supported_operators() -> None:
    text = """g (float[4,8] x, float[8,8] v, float[8,2] w) => (float[4,2] y)
      { a = MatMul (x, v) b = Relu (a) y = Gemm (b, w) }"""
    found = fit(text, own("ai.onnx,MatMul,1,,,,\n"))
    assert found.macs_share == 256 / (256 + 64)


def test_nothing_is_asked_of_an_empty_list() -> None:
    assert fits(RELU_SIN) == ()
