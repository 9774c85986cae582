"""What-if answers equal the analysis of a network that was really built, or bound, at that size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.scaling import Scaler
from analyzer.shapes.stated import Bindings
from samples.build_mobilenet_v1 import build, to_bytes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("width", "side"), [(0.5, 160), (0.625, 96), (1.25, 250), (2.0, 224)])
def test_a_network_built_at_that_size_has_the_same_counts(
    mobilenet: Scaler, tmp_path: Path, width: float, side: int
) -> None:
    path = tmp_path / "built.onnx"
    path.write_bytes(to_bytes(build(alpha=width, resolution=side)))
    built = analyze(load(str(path))).totals
    scaled = mobilenet.at(width, sides=side)
    assert (scaled.macs, scaled.flops, scaled.params) == (built.macs, built.flops, built.params)


PYRAMID = """
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[1,3,H,W] x) => (float[1,N,A,B] y) {
      s = Constant <value_ints=[8,3,3,3]> ()  w = ConstantOfShape (s)
      t = Constant <value_ints=[8,8,3,3]> ()  v = ConstantOfShape (t)
      a = Conv <pads=[1,1,1,1]> (x, w)
      b = MaxPool <kernel_shape=[3,3], strides=[2,2], ceil_mode=1> (a)
      c = Conv <auto_pad="SAME_UPPER", strides=[2,2]> (b, v)
      d = ConvTranspose <strides=[3,3], pads=[1,1,1,1], output_padding=[1,1]> (c, v)
      f = Constant <value_floats=[1.0,1.0,1.5,1.5]> ()
      e = Resize (d, , f)
      h = Conv <dilations=[2,2], pads=[0,1,2,3]> (e, v)
      i = AveragePool <kernel_shape=[2,2], strides=[2,1]> (h)
      y = Sigmoid (i)
    }"""


@pytest.mark.parametrize("sides", [(64, 48), (65, 47), (96, 96), (127, 33), (200, 131)])
def test_the_same_file_bound_to_other_sides_has_the_same_counts(
    tmp_path: Path, sides: tuple[int, int]
) -> None:
    from onnx import parser

    path = tmp_path / "pyramid.onnx"
    path.write_bytes(parser.parse_model(PYRAMID).SerializeToString())
    model = load(str(path))
    scaler = Scaler(analyze(model, Bindings(shapes={"x": (1, 3, 64, 64)})))
    bound = analyze(model, Bindings(shapes={"x": (1, 3, *sides)})).totals
    scaled = scaler.at(sides=sides)
    assert scaled.reason == ""
    assert (scaled.macs, scaled.flops, scaled.params) == (bound.macs, bound.flops, bound.params)


def test_constants_shared_between_layers_do_not_hold_a_width_back(tmp_path: Path) -> None:
    """Exporters store equal constants once and lay them out anew; weights still scale."""
    from onnx import parser

    text = """
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[1,3,8,8] x) => (float[1,5,1,1] y) {
      s = Constant <value_ints=[16,3,3,3]> ()  w = ConstantOfShape (s)
      t = Constant <value_ints=[5,16,1,1]> ()  v = ConstantOfShape (t)
      r = Constant <value_ints=[1,1,16]> ()    k = ConstantOfShape (r)
      q = Constant <value_ints=[1,16,1,1]> ()  m = Reshape (k, q)
      a = Conv (x, w)  b = Mul (a, m)  c = GlobalAveragePool (b)  y = Conv (c, v)
    }"""
    path = tmp_path / "shared.onnx"
    path.write_bytes(parser.parse_model(text).SerializeToString())
    scaler = Scaler(analyze(load(str(path))))
    assert scaler.at(0.5).macs == 36 * 27 * 8 + 8 * 5
