"""What is left when ONNX Runtime has optimised: the same number of operators as in its own file."""

from __future__ import annotations

from pathlib import Path

import onnx
import onnxruntime
import pytest

from tests.targets.asking import fit, model, own

MAP = "g (float[1,2,4,4] x) => (float[?,?,?,?] y{more}) <float[3,2,1,1] w = {{1,2,3,4,5,6}}{given}>"
THREE = "{1,2,3}"
NORMAL = (
    "g (float[1,2,4,4] x) => (float[?,?,?,?] yMORE) <float[3,2,1,1] w = {1,2,3,4,5,6}, "
    "float[3] k = {1,2,3}> { c = Conv (x, w)  y = BatchNormalization (c, k, k, k, k) }"
)


def after_convolution(shape: str, values: str, operator: str = "Mul (c, k)") -> str:
    body = f"{{ c = Conv (x, w)  y = {operator} }}"
    return MAP.format(given=f", float{shape} k = {values}", more="") + body


def read_twice(operator: str) -> str:
    body = f"{{ c = Conv (x, w)  z = Relu (c)  y = {operator} }}"
    return MAP.format(given=", float[3,1,1] k = {1,2,3}", more=", float[?,?,?,?] z") + body


def reshaped(first: str, *, rest: str = "{-1}", axis: int = 0, more: str = "") -> str:
    """A target of a size of the input and ``rest``; ``n`` is that size as a vector."""
    return (
        f"g (float[N,M,4] x) => (float[?,?] y{more}) <int64 i = {{{axis}}}, "
        f"int64[1] v = {{{axis}}}, int64[1] w = {{{axis + 1}}}, int64[1] zero = {{0}}, "
        f"int64[1] rest = {rest}> "
        f"{{ {first}  t = Concat <axis = 0> (n, rest)  r = Reshape (x, t)  y = Relu (r) }}"
    )


SIZE = "s = Shape (x)  g = Gather (s, i)  n = Unsqueeze (g, zero)"


def between(body: str, more: str = "") -> str:
    """From ``a`` to ``b``, which are neither input nor output of the graph."""
    return (
        f"g (float[2] x) => (float[2] y{more}) <float half = {{0.5}}, bool no = {{0}}> "
        f"{{ a = Neg (x)  {body}  y = Sigmoid (b) }}"
    )


GRAPHS = {
    "a scale for each channel": after_convolution("[1,3,1,1]", THREE),
    "a scale without the batch": after_convolution("[3,1,1]", THREE),
    "a scale before the map": after_convolution("[3,1,1]", THREE, "Mul (k, c)"),
    "one scale": after_convolution("", "{2}"),
    "one scale in a list": after_convolution("[1]", "{2}"),
    "a shift for each channel": after_convolution("[1,3,1,1]", THREE, "Add (c, k)"),
    "one shift": after_convolution("", "{2}", "Add (c, k)"),
    "one shift in a list": after_convolution("[1]", "{2}", "Add (c, k)"),
    "one shift of the rank of the map": after_convolution("[1,1,1,1]", "{2}", "Add (c, k)"),
    "a scale for each column": after_convolution("[4]", "{1,2,3,4}"),
    "a scale for each row": after_convolution("[4,1]", "{1,2,3,4}"),
    "a scale for each position": after_convolution("[3,1,4]", "{1,2,3,4,5,6,7,8,9,10,11,12}"),
    "a scale that makes two maps": after_convolution("[2,3,1,1]", "{1,2,3,4,5,6}"),
    "a scale of five axes": after_convolution("[1,1,3,1,1]", THREE).replace("?,?,?,?", "?,?,?,?,?"),
    "a quotient": after_convolution("[3,1,1]", THREE, "Div (c, k)"),
    "a scale of what another reads": read_twice("Mul (c, k)"),
    "the same pool twice": (
        "g (float[1,2,4,4] x) => (float[?,?,?,?] y) { a = Neg (x) "
        "b, = MaxPool <kernel_shape = [2,2]> (a)  c, = MaxPool <kernel_shape = [2,2]> (a) "
        "y = Sub (b, c) }"
    ),
    "a target of a size of the input": reshaped(SIZE),
    "a target that is a result, too": reshaped(SIZE, more=", int64[2] t"),
    "sizes that are reshaped to themselves": (
        "g (int64[1] n) => (int64[?,?] y) <int64[1] one = {1}> "
        "{ t = Concat <axis = 0> (n, one)  y = Reshape (t, t) }"
    ),
    "a size that is a result, too": reshaped(SIZE, more=", int64[1] n"),
    "all sizes that are a result, too": reshaped(SIZE, more=", int64[3] s"),
    "a size that another reads": reshaped(f"{SIZE} z = Neg (n)", more=", int64[1] z"),
    "a size of another axis": reshaped(SIZE, axis=1),
    "a size of another axis beside a known one": reshaped(SIZE, axis=1, rest="{8}"),
    "a size of another tensor": reshaped(
        f"h = Transpose <perm = [1,0,2]> (x) {SIZE.replace('x', 'h')}"
    ),
    "a size of another tensor beside a known one": reshaped(
        f"h = Transpose <perm = [1,0,2]> (x) {SIZE.replace('x', 'h')}", rest="{8}"
    ),
    "a size gathered as a vector": reshaped("s = Shape (x)  n = Gather (s, v)"),
    "a size by a slice": reshaped("s = Shape (x)  n = Slice (s, v, w)"),
    "a size by a slice beside a known one": reshaped(
        "s = Shape (x)  n = Slice (s, v, w)", rest="{8}"
    ),
    "a target of two sizes": reshaped("s = Shape (x)  n = Slice (s, zero, w)", axis=1),
    "an identity": between("b = Identity (a)"),
    "a dropout": between("b = Dropout (a)"),
    "a dropout and its mask": between("b, m = Dropout (a)  z = Not (m)", ", bool[2] z"),
    "a dropout whose mask nobody reads": between("b, m = Dropout (a)"),
    "a dropout that is told not to train": between("b = Dropout (a, half, no)"),
    "a cast to the same type": between("b = Cast <to = 1> (a)"),
    "a constant": between("c = Exp (half)  b = Mul (a, c)"),
    "a known shape": between("c = Shape (a)  d = Cast <to = 1> (c)  b = Mul (a, d)"),
    "a known size": between("c = Size (a)  d = Cast <to = 1> (c)  b = Mul (a, d)"),
    "two that compute the same": between("c = Exp (a)  d = Exp (a)  b = Mul (c, d)"),
    "two that differ in an attribute": between(
        "c = Elu (a)  d = Elu <alpha = 2.0> (a)  b = Mul (c, d)"
    ),
    "two that draw at random": between(
        "c = RandomNormalLike (a)  d = RandomNormalLike (a)  b = Mul (c, d)"
    ),
    "a normalisation": NORMAL.replace("MORE", ""),
    "a normalisation of what is a result, too": NORMAL.replace("MORE", ", float[?,?,?,?] c"),
}


def _left(proto: onnx.ModelProto, folder: Path) -> list[str]:
    """Operators of what ONNX Runtime makes of a model by its basic optimisations."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(folder / "optimised.onnx")
    onnxruntime.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]


@pytest.mark.parametrize("name", GRAPHS)
def test_as_many_operators_are_left_as_onnx_runtime_leaves(name: str, tmp_path: Path) -> None:
    proto = model(GRAPHS[name])
    assert fit(proto, own("ai.onnx,Relu,1,,,,\n", head="# host: onnxruntime\n")).nodes == len(
        _left(proto, tmp_path)
    )
