"""The language of conditions: what it takes, what it refuses, and what each atom says."""

from __future__ import annotations

import pytest

from analyzer.targets.condition import ConditionError, parse_condition
from tests.each import each
from tests.targets.asking import fit, own

CONV = """g (float[1,4,8,8] x, float[2,3] other) => (float[1,8,8,8] y)
  <int64[4] form = {8, 4, 1, 1}>
  { w = ConstantOfShape (form) y = Conv <dilations = [1, 1]> (x, w) }"""
SLICE = """g (float[n,8] x) => (float[n,4] y)
  <int64[1] begin = {0}, int64[1] end = {4}, int64[1] axis = {1}>
  { y = Slice (x, begin, end, axis) }"""
CLIP = """g (float[2] x) => (float[2] y) <float low = {0.0}, float high = {6.0}>
  { y = Clip (x, low, high) }"""
LSTM = """g (float[2,1,4] x, float[1,12,4] w, float[1,12,4] r) => (float[2,1,1,4] y)
  { y = GRU <hidden_size = 4, activations = ["Sigmoid", "Tanh"]> (x, w, r) }"""


@each(
    ("model", "op", "condition", "truth"),
    [
        (CONV, "Conv", "rank(#0)==4; rank(#1) in 3..5; const(#1)", True),
        (CONV, "Conv", "rank(#0)==3", False),
        (CONV, "Conv", "rank(*)<=4; static(*); static(out); nonempty(*)", True),
        (CONV, "Conv", "const(#0)", False),
        (CONV, "Conv", "nonconst(#0); absent(#2); present(#1)", True),
        (CONV, "Conv", "const(#2)", True),
        (CONV, "Conv", "ones(dilations); zeros(pads); equal(strides)", True),
        (CONV, "Conv", "attr(group)==1 and attr(auto_pad)==NOTSET", True),
        (CONV, "Conv", "attr(group)==2 or dim(#1,1)==4", True),
        (CONV, "Conv", "attr(pads) absent; attr(dilations) absent", False),
        (CONV, "Conv", "inputs==2; outputs==1; opset>=11; len(kernel_shape)==2", True),
        (CONV, "Conv", "dtype(#0)==f32; dtype(#1) same #0; dtype(#0) in {f32,f16}", True),
        (CONV, "Conv", "dtype(#0)==f16", False),
        (CONV, "Conv", "size(#1)==32; ranksum(#0,#1)<=8; maxdim(#0)<=8", True),
        (CONV, "Conv", "maxdim(#0)<=7", False),
        (CONV, "Conv", "depthwise_or_dense; attr(no_such_attribute)==7", True),
        (CONV, "Conv", "attr(auto_pad)!=VALID; attr(pads)!=1", True),
        (CONV, "Conv", "attr(auto_pad)!=NOTSET", False),
        (CONV, "Conv", "never", False),
        (CONV, "Conv", "?on a Tuesday or never", None),
        (CONV, "Conv", "attr(group)==1 or ?on a Tuesday", True),
        (CONV, "Conv", "attr(group)==2 or ?on a Tuesday", None),
        (CONV, "Conv", "rank(#0)==3; ?on a Tuesday", False),
        (CONV, "Conv", "inputfrom(#0)", False),
        (CONV, "Conv", "value(#0)>=0", None),
        (CONV, "Conv", "value(#1)>0", False),
        (SLICE, "Slice", "static(#0)", False),
        (SLICE, "Slice", "ranked(#0); ranked(out)", True),
        (SLICE, "Slice", "value(#1)>=0; value(#4)<0; value(#2)==4", True),
        (SLICE, "Slice", "value(#2)!=4", False),
        (SLICE, "Slice", "size(#0) in 1..100", None),
        (CLIP, "Clip", "clip in {0..6,-1..1}; clip differs", True),
        (CLIP, "Clip", "clip in {0..1}", False),
        (LSTM, "GRU", "attr(activations) subset {Sigmoid,Tanh,Relu}", True),
        (LSTM, "GRU", "attr(activations) subset {Sigmoid}", False),
    ],
)
def test_an_atom_says_of_a_call(model: str, op: str, condition: str, truth: bool | None) -> None:
    found = fit(model, own(f'ai.onnx,{op},1,,,"{condition}",\n'))
    verdict = {True: "whole", False: "no", None: "maybe"}[truth]
    assert found.nodes == 1
    assert (found.verdict, found.supported, found.maybe) == (verdict, truth is True, truth is None)


def test_who_makes_an_operand_is_seen() -> None:
    made = "g (float[2] x) => (float[2] y) { a = Relu (x) y = Abs (a) }"
    rows = "ai.onnx,Relu,1,,,,\nai.onnx,Abs,1,,,producer(#0)==Relu; inputfrom(#0),\n"
    assert fit(made, own(rows)).verdict == "whole"
    assert fit(made, own(rows.replace("==Relu", "==Sin"))).verdict == "split"


@each(
    "text",
    ["rnak(#0)==4", "rank(#0)==x", "rank(#0) in 3", "attr(a) in b", "attr(a)==", "clip in {low}",
     "const(x)", "static", "attr(a)", "x" * 3000, "dtype(#0) same", "rank(#0)==4 and"],
)  # fmt: skip
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text)
