"""Memory of quantised models: what a runtime keeps that fuses Q and DQ into integer kernels."""

from __future__ import annotations

from onnx import parser

from analyzer.analyze import analyze
from analyzer.facts import Memory
from analyzer.model import load

QDQ = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,8,10,10] x) => (float[1,8,10,10] y)
<float s = {0.5}, uint8 z = {0}, float[8,1,3,3] w = {KERNEL}, int8 zw = {0}>
{
  q = QuantizeLinear (x, s, z)
  d = DequantizeLinear (q, s, z)
  a = Conv <pads=[1,1,1,1], group=8> (d, w)
  b = Relu (a)
  r = QuantizeLinear (b, s, z)
  e = DequantizeLinear (r, s, z)
  c = Conv <pads=[1,1,1,1], group=8> (e, w)
  t = QuantizeLinear (c, s, z)
  y = DequantizeLinear (t, s, z)
}""".replace("KERNEL", ", ".join(["1"] * 72))


def memory(text: str) -> Memory:
    return analyze(load(parser.parse_model(text).SerializeToString())).memory


def test_no_float_copy_of_what_is_stored_as_integers_is_kept() -> None:
    """800 values: as written two float maps (6,400 B) live at once, and nothing else does then;
    fused, the largest moment is the float map of the Conv beside its uint8 input, or the float
    output beside the last integers: 3,200 B + 800 B."""
    found = memory(QDQ)
    assert (found.peak_bytes, found.fused_bytes) == (6_400, 4_000)
    assert [tensor.bytes for tensor in found.fused_alive] == [3_200, 800]


def test_without_quantisation_nothing_is_fused() -> None:
    plain = """<ir_version: 8, opset_import: ["" : 17]>
    g (float[1,8] x) => (float[1,8] y) { y = Relu (x) }"""
    assert (memory(plain).fused_bytes, memory(plain).fused_alive) == (None, ())


def test_a_tensor_that_somebody_else_reads_stays_float() -> None:
    """The sum reads the float output of the first Relu: while that is written two float maps are
    there. As written there are three while the sum is."""
    shared = QDQ.replace("c = Conv <pads=[1,1,1,1], group=8> (e, w)", "c = Add (e, b)")
    found = memory(shared)
    assert (found.peak_bytes, found.fused_bytes) == (9_600, 6_400)


def test_integers_live_until_their_last_float_view_is_read() -> None:
    """``q`` is read again at the end through ``d``: it is there beside everything in between."""
    late = QDQ.replace(
        "t = QuantizeLinear (c, s, z)", "f = Add (c, d)  t = QuantizeLinear (f, s, z)"
    )
    found = memory(late)
    # While the first Relu writes: a (float) 3,200, b as uint8 800, q 800.
    assert found.fused_bytes == 3_200 + 800 + 800
