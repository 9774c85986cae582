"""Settings in all their spellings: the same to ``compare`` where the runtime computes the same."""

from __future__ import annotations

import numpy as np

from analyzer.compare import compare
from tests import runtime
from tests.each import each
from tests.golden.text import facts_of, parse

CONV = "(float[1,2,7,8] x, float[2,2,3,3] w) => (float[A,B,C,D] y) {{ y = Conv {} (x, w) }}"
GROUPED = CONV.replace("[2,2,3,3]", "[2,1,3,3]")
BACK = (
    "(float[1,2,4,4] x, float[2,2,3,3] w) => (float[A,B,C,D] y) {{ y = ConvTranspose {} (x, w) }}"
)
POOL = "(float[1,2,7,8] x) => (float[A,B,C,D] y) {{ y = {} (x) }}"
INDICES = "(float[1,2,6,6] x) => (float[A,B,C,D] y, int64[A,B,C,D] i) {{ y, i = MaxPool {} (x) }}"
ONE = "(float[2,1,3,4] x) => (float y) {{ y = {} (x) }}"
GIVEN = "(float[2,1,3,4] x) => (float y) <{}> {{ y = {} }}"
PLACE = "(float[2,1,3,4] x) => (int64 y) {{ y = ArgMax {} (x) }}"
SLICE = "(float[6,5] x) => (float[A,B] y) <{}> {{ y = Slice (x, {}) }}"
RESIZE = "(float[1,1,4,6] x) => (float[A,B,C,D] y) <{}> {{ y = Resize {} }}"
SCALES, SIZES = "float[4] s = {{1,1,{},{}}}", "int64[4] s = {{1,1,{},{}}}"
HALF = SCALES.format(0.5, 0.5)
PAD = (
    "(float[3,4] x) => (float[A,B] y) <int64[4] p = {{1,0,1,2}}, float v = {{{}}}> {{ y = Pad {} }}"
)
PARTS = "(float[5,2] x) => (float[A,2] y, float[B,2] z) {}"
GEMM = "(float[2,3] x, float[3,3] w, float[3] b) => (float[A,B] y) {{ y = Gemm {} }}"


def _cut(starts: str, ends: str, more: str = "", slots: str = "b, e") -> str:
    n = starts.count(",") + 1
    given = f"int64[{n}] b = {{{starts}}}, int64[{n}] e = {{{ends}}}{more}"
    return SLICE.format(given, slots)


SAME = [
    (CONV.format(""), CONV.format("<group=1,strides=[1,1],dilations=[1,1],pads=[0,0,0,0]>")),
    (CONV.format(""), CONV.format("<kernel_shape=[3,3],auto_pad=\"VALID\">")),
    (CONV.format("<pads=[1,1,1,1]>"), CONV.format("<auto_pad=\"SAME_LOWER\">")),
    (CONV.format("<auto_pad=\"SAME_UPPER\",strides=[2,2]>"),
     CONV.format("<pads=[1,0,1,1],strides=[2,2]>")),
    (CONV.format("<auto_pad=\"SAME_LOWER\",strides=[2,2]>"),
     CONV.format("<pads=[1,1,1,0],strides=[2,2]>")),
    (CONV.format("<auto_pad=\"SAME_UPPER\",strides=[3,3]>"),
     CONV.format("<pads=[1,0,1,1],strides=[3,3]>")),
    (BACK.format(""), BACK.format("<output_padding=[0,0],group=1>")),
    (POOL.format("MaxPool <kernel_shape=[2,2]>"),
     POOL.format("MaxPool <kernel_shape=[2,2],storage_order=1,strides=[1,1]>")),
    (POOL.format("AveragePool <kernel_shape=[2,2]>"),
     POOL.format("AveragePool <kernel_shape=[2,2],count_include_pad=1>")),
    (POOL.format("MaxPool <kernel_shape=[3,2],strides=[2,2],auto_pad=\"SAME_UPPER\">"),
     POOL.format("MaxPool <kernel_shape=[3,2],strides=[2,2],pads=[1,0,1,0]>")),
    (ONE.format("Squeeze"), GIVEN.format("int64[1] a = {-3}", "Squeeze (x, a)")),
    (_cut("1,0", "9,5"), _cut("1", "6", ", int64[1] a = {0}", "b, e, a")),
    (_cut("-5", "-1"), _cut("1", "5")),
    (_cut("0,1", "2147483647,3"), _cut("1", "-2", ", int64[1] a = {-1}", "b, e, a")),
    (_cut("1,2", "3,4", ", int64[2] a = {1,0}", "b, e, a"), _cut("2,1", "4,3")),
    (_cut("0", "6", ", int64[1] a = {0}, int64[1] s = {1}", "b, e, a, s"), _cut("0,0", "6,5")),
    (PAD.format(0, "(x, p, v)"), PAD.format(0, "(x, p)")),
    (PAD.format(7, "<mode=\"edge\"> (x, p, v)"), PAD.format(7, "<mode=\"edge\"> (x, p)")),
    (RESIZE.format(HALF, "(x, , s)"), RESIZE.format(SIZES.format(2, 3), "(x, , , s)")),
    (RESIZE.format(HALF, "<mode=\"linear\"> (x, , s)"),
     RESIZE.format(HALF, "<mode=\"linear\",nearest_mode=\"ceil\",cubic_coeff_a=-0.5> (x, , s)")),
    (RESIZE.format(HALF, "<antialias=0> (x, , s)"), RESIZE.format(HALF, "(x, , s)")),
    (RESIZE.format(HALF + ", float[8] r = {0,0,0,0,1,1,1,1}", "(x, r, s)"),
     RESIZE.format(HALF, "<extrapolation_value=3.0> (x, , s)")),
    (RESIZE.format(SIZES.format(2, 3), "<keep_aspect_ratio_policy=\"stretch\"> (x, , , s)"),
     RESIZE.format(SIZES.format(2, 3), "(x, , , s)")),
    (GIVEN.format("int64[2] t = {6,4}", "Reshape <allowzero=1> (x, t)"),
     GIVEN.format("int64[2] t = {6,4}", "Reshape (x, t)")),
    (PARTS.format("{ y, z = Split <num_outputs=2> (x) }"),
     PARTS.format("<int64[2] s = {3,2}> { y, z = Split (x, s) }")),
    (GEMM.format("<beta=2.0> (x, w)"), GEMM.format("<alpha=1.0> (x, w)")),
    (PLACE.format(""), PLACE.format("<select_last_index=0,axis=-4>")),
    (GIVEN.format("int64[1] a = {-1}", "Unsqueeze (x, a)"),
     GIVEN.format("int64[1] a = {4}", "Unsqueeze (x, a)")),
]  # fmt: skip

OTHER = [
    (CONV.format("<auto_pad=\"SAME_UPPER\",strides=[2,2]>"),
     CONV.format("<auto_pad=\"SAME_LOWER\",strides=[2,2]>")),
    (CONV.format("<pads=[1,0,1,0]>"), CONV.format("<pads=[0,1,0,1]>")),
    (CONV.format("<dilations=[2,1]>"), CONV.format("")),
    (GROUPED.format("<group=2>"), GROUPED.format("<group=2,strides=[2,1]>")),
    (BACK.format("<strides=[2,2],output_padding=[1,1]>"), BACK.format("<strides=[2,2]>")),
    (INDICES.format("<kernel_shape=[2,2],storage_order=1>"),
     INDICES.format("<kernel_shape=[2,2]>")),
    (POOL.format("MaxPool <kernel_shape=[2,2]>"), POOL.format("MaxPool <kernel_shape=[2,3]>")),
    (POOL.format("AveragePool <kernel_shape=[2,2],pads=[1,0,0,0]>"),
     POOL.format("AveragePool <kernel_shape=[2,2],pads=[1,0,0,0],count_include_pad=1>")),
    (POOL.format("LpPool <kernel_shape=[2,2],p=1>"), POOL.format("LpPool <kernel_shape=[2,2]>")),
    (ONE.format("ReduceSum"), ONE.format("ReduceSum <noop_with_empty_axes=1>")),
    (ONE.format("ReduceMax"), ONE.format("ReduceMax <keepdims=0>")),
    (_cut("1", "5"), _cut("1", "-2")),
    (_cut("5", "-9", ", int64[1] a = {0}, int64[1] s = {-1}", "b, e, a, s"), _cut("0", "6")),
    (_cut("0", "6", ", int64[1] a = {0}, int64[1] s = {2}", "b, e, a, s"), _cut("0", "6")),
    (PAD.format(3, "(x, p, v)"), PAD.format(3, "(x, p)")),
    (PAD.format(3, "<mode=\"edge\"> (x, p)"), PAD.format(3, "<mode=\"reflect\"> (x, p)")),
    (RESIZE.format(SCALES.format(1.5, 1.5), "<nearest_mode=\"ceil\"> (x, , s)"),
     RESIZE.format(SCALES.format(1.5, 1.5), "<nearest_mode=\"floor\"> (x, , s)")),
    (RESIZE.format(HALF, "<mode=\"cubic\",cubic_coeff_a=-0.5> (x, , s)"),
     RESIZE.format(HALF, "<mode=\"cubic\"> (x, , s)")),
    (RESIZE.format(HALF, "<mode=\"linear\",antialias=1> (x, , s)"),
     RESIZE.format(HALF, "<mode=\"linear\"> (x, , s)")),
    (RESIZE.format(SIZES.format(3, 3), "<keep_aspect_ratio_policy=\"not_larger\"> (x, , , s)"),
     RESIZE.format(SIZES.format(3, 3), "(x, , , s)")),
    (PARTS.format("<int64[2] s = {2,3}> { y, z = Split (x, s) }"),
     PARTS.format("<int64[2] s = {3,2}> { y, z = Split (x, s) }")),
    (GEMM.format("<beta=2.0> (x, w, b)"), GEMM.format("(x, w, b)")),
    (PLACE.format("<axis=3>"), PLACE.format("")),
    (GIVEN.format("int64[1] a = {-1}", "Unsqueeze (x, a)"),
     GIVEN.format("int64[1] a = {-2}", "Unsqueeze (x, a)")),
]  # fmt: skip


def _computes_the_same(old: str, new: str) -> bool:
    results = []
    for text in (old, new):
        session = runtime.session(parse(f"g {text}", 19).SerializeToString())
        dice = np.random.default_rng(1)
        fed = {each.name: dice.standard_normal(each.shape).astype(np.float32)
               for each in session.get_inputs()}  # fmt: skip
        results.append(session.run(None, fed))
    return all(map(np.array_equal, *results))


@each(
    ("old", "new", "same"),
    [*((old, new, True) for old, new in SAME), *((old, new, False) for old, new in OTHER)],
)
def test_settings_differ_where_results_do(old: str, new: str, same: bool) -> None:
    found = compare(*(facts_of(parse(f"g {text}", 19)) for text in (old, new)))
    assert bool(found.changes) is not same
    assert _computes_the_same(old, new) is same
