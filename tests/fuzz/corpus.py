"""Models the whole-tool fuzzer starts from: every operator, networks, bodies, functions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import ModelProto, numpy_helper, parser

from tests.cases import node_cases
from tests.fuzz import seeds

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_NODES = 40
"""Larger cases cost time and show nothing that smaller ones do not."""

_TEXTS = (
    """<ir_version: 8, opset_import: ["" : 17]>
    net (float[N,3,32,32] x) => (float[N,10] y)
    <float[8,3,3,3] w1, float[8] b1, float[8,1,3,3] w2, float[16,8,1,1] w3, float[8] s,
     float[16,10] w4, int64[2] shape = {0,-1}>
    {
      a = Conv <pads=[1,1,1,1], strides=[2,2]> (x, w1, b1)
      n = BatchNormalization (a, s, s, s, s)
      r = Relu (n)
      d = Conv <pads=[1,1,1,1], group=8> (r, w2)
      c = Clip (d)
      p = Conv (c, w3)
      g = GlobalAveragePool (p)
      f = Reshape (g, shape)
      y = MatMul (f, w4)
    }""",
    """<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
    net (float[1,8,8,8] x, bool c, int64 n) => (float[A,B,C,D] y, float[E] z)
    <float[8,8,3,3] w>
    {
      a = local.block <alpha = 2> (x, w)
      b = If (c) <
        then_branch = t () => (float[1,8,8,8] u) { u = Conv <pads=[1,1,1,1]> (a, w) },
        else_branch = e () => (float[1,8,8,8] v) {
          q = Identity (a)
          v = If (c) <
            then_branch = t2 () => (float[1,8,8,8] u2) { u2 = local.block <alpha = 3> (q, w) },
            else_branch = e2 () => (float[1,8,8,8] v2) { v2 = Relu (q) }
          >
        }
      >
      k = Constant <value_int = 1> ()
      y, z = Loop (n, c, b) <
        body = l (int64 i, bool go, float[1,8,8,8] s) => (bool go2, float[1,8,8,8] s2, float o) {
          go2 = Identity (go)
          s2 = Conv <pads=[1,1,1,1]> (s, w)
          o = ReduceMax <keepdims = 0> (s2)
        }
      >
    }
    <domain: "local", opset_import: ["" : 17, "local" : 1]>
    block <alpha> (x, w) => (y) {
      t = Conv <pads=[1,1,1,1]> (x, w)
      u = LeakyRelu <alpha: float = @alpha> (t)
      y = local.inner (u, x)
    }
    <domain: "local", opset_import: ["" : 17]>
    inner (a, b) => (c) { c = Add (a, b) }""",
    """<ir_version: 8, opset_import: ["" : 17]>
    net (float[B,S,16] x) => (float[P,Q,R] y)
    <float[16,48] w, float[16,16] o, int64[4] heads = {0,0,4,4}, float[1] scale = {0.5}>
    {
      sh = Shape (x)
      zero = Constant <value_int = 0> ()
      one = Constant <value_ints = [1]> ()
      b = Gather (sh, zero)
      bb = Unsqueeze (b, one)
      qkv = MatMul (x, w)
      q, k, v = Split <axis = -1> (qkv)
      qh = Reshape (q, heads)
      kh = Reshape (k, heads)
      vh = Reshape (v, heads)
      qt = Transpose <perm = [0,2,1,3]> (qh)
      kt = Transpose <perm = [0,2,3,1]> (kh)
      vt = Transpose <perm = [0,2,1,3]> (vh)
      s = MatMul (qt, kt)
      m = Mul (s, scale)
      p = Softmax <axis = -1> (m)
      c = MatMul (p, vt)
      ct = Transpose <perm = [0,2,1,3]> (c)
      cr = Reshape (ct, sh)
      y = MatMul (cr, o)
    }""",
    """<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
    net (float[1,4,8] x) => (float[1,4,8] y)
    <float[8] g, float[8,24] w, float[24] b, uint8[8,8] q, float[1] s, uint8[1] z>
    {
      n = com.microsoft.SkipLayerNormalization (x, x, g, g)
      a = com.microsoft.Attention <num_heads = 2> (n, w, b)
      f = com.microsoft.FusedMatMul <transB = 1> (a, a)
      e = com.microsoft.Gelu (a)
      d = DequantizeLinear (q, s, z)
      y = MatMul (e, d)
    }""",
)


def networks() -> Iterator[ModelProto]:
    """Small networks with bodies, functions, shape arithmetic, attention, quantised weights."""
    yield from seeds.models()
    for text in _TEXTS:
        yield parser.parse_model(text)


def with_constants(case: Any) -> ModelProto:
    """The case's model with its inputs as initializers, where they are plain tensors."""
    model = ModelProto()
    model.CopyFrom(case.model)
    for value, array in zip(model.graph.input, case.data_sets[0][0], strict=False):
        if isinstance(array, (np.ndarray, np.generic)) and array.dtype.kind in "iufb":
            model.graph.initializer.append(numpy_helper.from_array(np.asarray(array), value.name))
    return model


@lru_cache(maxsize=1)
def models() -> tuple[bytes, ...]:
    """All seeds, serialised, in a fixed order."""
    found = [model.SerializeToString() for model in networks()] * 20
    for case in node_cases():
        if len(case.model.graph.node) <= MOST_NODES:
            found += [case.model.SerializeToString(), with_constants(case).SerializeToString()]
    return tuple(found)
