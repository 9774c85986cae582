"""Operators, one by one: how sizes follow."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.scaling import Scaler
from analyzer.scaling.arithmetic import product, share, total
from analyzer.scaling.dims import Dims
from analyzer.scaling.recount import resized_params
from analyzer.scaling.spatial import out_side
from analyzer.scaling.width import widener

Planned = Callable[[str], Scaler]


def shape(scaler: Scaler, name: str, **size: float) -> tuple[int | None, ...] | None:
    scaled = scaler.at(**size)  # type: ignore[arg-type]
    assert scaled.reason == ""
    found = {t.name: t.shape for layer in scaled.layers for t in layer.outputs if t is not None}
    return found[name]


def network(body: str, out: str) -> str:
    """A graph whose weights come from ConstantOfShape, as in the onnx wheel's networks."""
    made = []
    weights = {
        "w": "16,3,3,3", "v": "16,16,3,3", "d": "16,1,3,3", "p": "32,16,1,1", "q": "16,4,3,3",
        "z": "5,32,1,1", "o": "16,3,3,3", "eca": "1,1,3,1",
    }  # fmt: skip
    for name, dims in weights.items():
        made.append(f"s{name} = Constant <value_ints=[{dims}]> ()")
        made.append(f"{name} = ConstantOfShape (s{name})")
    lines = "\n".join([*made, body])
    return f"g (float[1,3,32,32] x) => ({out} y) {{ {lines} }}"


def test_input_and_classifier_channels_are_the_interface(planned: Planned) -> None:
    body = "a = Conv (x,w)  b = Conv (a,p)  c = GlobalAveragePool (b)  y = Conv (c,z)"
    scaler = planned(network(body, "float[1,5,1,1]"))
    assert shape(scaler, "a", width=0.5) == (1, 8, 30, 30)
    assert shape(scaler, "b", width=0.5) == (1, 16, 30, 30)
    assert shape(scaler, "y", width=0.5) == (1, 5, 1, 1)


SAME = "<pads=[1,1,1,1]>"


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        (f"a = Conv {SAME} (x,w)  b = Conv {SAME} (a,v)  c = Add (a,b)", "c", (1, 24, 32, 32)),
        (f"a = Conv {SAME} (x,w)  c = Conv <group=16> (a,d)", "c", (1, 24, 30, 30)),
        (f"a = Conv {SAME} (x,w)  c = Conv <group=4> (a,q)", "c", (1, 24, 30, 30)),
        ("a = Conv (x,w)  b = Conv (x,w)  c = Concat <axis=1> (a,b)", "c", (1, 48, 30, 30)),
        ("a = Conv (x,w)  c, e = Split <axis=1> (a)", "e", (1, 12, 30, 30)),
        ("a = Conv (x,w)  c = Transpose <perm=[0,2,3,1]> (a)", "c", (1, 30, 30, 24)),
        ("a = Conv (x,w)  c = Flatten (a)", "c", (1, 24 * 900)),
        (
            "i = Constant <value_ints=[0,5]> ()  a = Conv (x,w)  c = Gather <axis=1> (a,i)",
            "c",
            (1, 2, 30, 30),
        ),
        ("a = Conv (x,w)  c = DepthToSpace <blocksize=2> (a)", "c", (1, 6, 60, 60)),
        ("a = Conv (x,w)  c = ReduceMean <axes=[2,3], keepdims=0> (a)", "c", (1, 24)),
        ("a = Conv (x,w)  c = ConvTranspose <strides=[2,2]> (a,v)", "c", (1, 24, 61, 61)),
    ],
)
def test_width_flows_through(
    planned: Planned, body: str, name: str, expected: tuple[int, ...]
) -> None:
    scaler = planned(network(f"{body}  k = Conv (x,o)  y = GlobalMaxPool (k)", "float[1,16,1,1]"))
    assert shape(scaler, name, width=1.5) == expected


def test_sides_behind_what_is_picked_follow_the_image(planned: Planned) -> None:
    body = "i = Constant <value_ints=[0,5]> ()  a = Conv (x,w)  c = Gather <axis=1> (a,i)"
    scaler = planned(network(f"{body}  k = Conv (x,o)  y = GlobalMaxPool (k)", "float[1,16,1,1]"))
    assert shape(scaler, "c", resolution=2.0) == (1, 2, 62, 62)


LINE = "s = Constant <value_ints=[1,1,16,-1]> ()"
"""Channels as an axis of a picture with one channel."""


def test_the_bins_of_a_transform_are_the_height_of_a_picture_and_stay(planned: Planned) -> None:
    body = f"{LINE}  a = Conv (x,w)  c = Reshape (a,s)  b = Conv (c,d)  e2 = Conv (b,v)"
    scaler = planned(network(f"{body}  y = GlobalMaxPool (e2)", "float[1,16,1,1]"))
    assert shape(scaler, "a", width=0.5) == (1, 16, 30, 30)
    assert shape(scaler, "b", width=0.5) == (1, 8, 14, 898)


def test_channels_that_weigh_their_neighbours_stay_channels(planned: Planned) -> None:
    """A convolution along the channels, as of ECA-Net (arXiv 1910.03151)."""
    body = (
        f"{LINE}  back = Constant <value_ints=[1,-1,1,1]> ()  a = Conv (x,w)  "
        "m = GlobalAveragePool (a)  r = Reshape (m,s)  n = Conv <pads=[1,0,1,0]> (r,eca)  "
        "g2 = Reshape (n,back)  c = Mul (a,g2)  b = Conv (c,p)"
    )
    scaler = planned(network(f"{body}  k = Conv (b,z)  y = GlobalMaxPool (k)", "float[1,5,1,1]"))
    assert shape(scaler, "a", width=0.5) == (1, 8, 30, 30)


FROM = "f = Constant <value_ints=[{}]> ()  t = Constant <value_ints=[{}]> ()"
ALONG = "n = Constant <value_ints=[{}]> ()"
BY = "b = Constant <value_ints=[{}]> ()"


@pytest.mark.parametrize(
    ("constants", "operands", "expected"),
    [
        # As numpy slices an image of 62 x 62, where today's has 30 x 30.
        ([FROM.format("1,1", "29,29"), ALONG.format("2,3")], "a,f,t,n", (16, 28, 28)),
        ([FROM.format("1,1", "-1,-1"), ALONG.format("2,3")], "a,f,t,n", (16, 60, 60)),
        ([FROM.format("0,0,3", "1,16,30")], "a,f,t", (16, 27, 62)),
        (
            [FROM.format("5", "9223372036854775807"), ALONG.format("-1"), BY.format("2")],
            "a,f,t,n,b", (16, 62, 29),
        ),
        (
            [FROM.format("-1", "-9223372036854775807"), ALONG.format("3"), BY.format("-1")],
            "a,f,t,n,b", (16, 62, 62),
        ),
        (
            [FROM.format("20", "-9223372036854775807"), ALONG.format("3"), BY.format("-3")],
            "a,f,t,n,b", (16, 62, 7),
        ),
    ],
)  # fmt: skip
def test_constant_bounds_cut_a_larger_image_where_they_cut_this_one(
    planned: Planned, constants: list[str], operands: str, expected: tuple[int, ...]
) -> None:
    body = f"{' '.join(constants)} a = Conv (x,w)  c = Slice ({operands})  k = Conv (x,o)"
    scaler = planned(network(f"{body}  y = GlobalMaxPool (k)", "float[1,16,1,1]"))
    assert shape(scaler, "c", resolution=2) == (1, *expected)


@pytest.mark.parametrize(
    "operands",
    [
        "nothing,half,last",  # an image 2·n + 2 wide makes a map of 2·n
        "nothing,end,three,two",
        "nothing,end,last,step",
    ],
)
def test_a_slice_by_what_is_computed_keeps_its_share(planned: Planned, operands: str) -> None:
    numbers = {"nothing": 0, "one": 1, "two": 2, "last": 3, "end": 99999}
    stated = "  ".join(f"{n} = Constant <value_ints=[{v}]> ()" for n, v in numbers.items())
    body = (
        f"{stated}  s = Shape (x)  three = Gather (s, one)  step = Sub (three, one)  "
        f"side = Gather (s, last)  m = Div (side, two)  half = Sub (m, one)  "
        f"a = Conv (x,w)  c = Slice (a,{operands})  k = Conv (x,o)  y = GlobalMaxPool (k)"
    )
    scaler = planned(network(body, "float[1,16,1,1]"))
    assert shape(scaler, "c") == (1, 16, 30, 15)
    assert shape(scaler, "c", resolution=2) == (1, 16, 62, 31)


def test_a_slice_of_channels_keeps_its_share(planned: Planned) -> None:
    body = f"{FROM.format('4', '12')} {ALONG.format('1')} a = Conv (x,w)  c = Slice (a,f,t,n)"
    scaler = planned(network(f"{body}  k = Conv (x,o)  y = GlobalMaxPool (k)", "float[1,16,1,1]"))
    assert shape(scaler, "c", width=1.5) == (1, 12, 30, 30)


def test_channels_that_share_an_axis_with_places_keep_any_width(planned: Planned) -> None:
    """16 · 30 · 30 as 4 × 3600; 11 channels are 4 × 2475, so they need not be a multiple of 4."""
    body = "s = Constant <value_ints=[1,4,3600]> ()  a = Conv (x,w)  c = Reshape (a,s)"
    scaler = planned(network(f"{body}  k = Conv (x,o)  y = GlobalMaxPool (k)", "float[1,16,1,1]"))
    assert shape(scaler, "a", width=0.7) == (1, 11, 30, 30)
    assert shape(scaler, "c", width=0.7) == (1, 4, 2475)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        # 16·16·9 + 16 at today's width, 32·32·9 + 32 at twice that
        ("a = Conv (x,w)  c = ConvTranspose (a,v,b)", 32 * 32 * 9 + 32),
        ("a = Conv (x,w)  c = Conv (a,v,b)", 32 * 32 * 9 + 32),
    ],
)
def test_a_bias_widens_with_the_channels_it_is_added_to(
    planned: Planned, body: str, more: int
) -> None:
    made = "sb = Constant <value_ints=[16]> ()  b = ConstantOfShape (sb)"
    scaler = planned(
        network(f"{made} {body}  k = Conv (x,o)  y = GlobalMaxPool (k)", "float[1,16,1,1]")
    )
    (layer,) = [
        layer for layer in scaler.at(width=2).layers
        if "c" in [t.name for t in layer.outputs if t is not None]
    ]  # fmt: skip
    assert layer.params == more


def test_channel_shuffle_keeps_its_groups(planned: Planned) -> None:
    scaler = planned(network("""
        a = Conv (x,w)
        s1 = Constant <value_ints=[1,4,4,30,30]> ()   b = Reshape (a, s1)
        c = Transpose <perm=[0,2,1,3,4]> (b)
        s2 = Constant <value_ints=[1,16,30,30]> ()    e = Reshape (c, s2)
        f = Conv (e, v)  k = Conv (x,o)  y = GlobalMaxPool (k)""", "float[1,16,1,1]"))  # fmt: skip
    assert shape(scaler, "b", width=1.5) == (1, 4, 6, 30, 30)
    assert shape(scaler, "e", width=1.3) == (1, 20, 30, 30)


GIVEN = "e = GlobalMaxPool (x)  f = Cast <to=7> (e)  u = Squeeze (f)"
"""A shape of three sizes that only a run knows."""


@pytest.mark.parametrize("reader", ["c = NonZero (a)", f"{GIVEN}  c = Reshape (a,u)"])
def test_an_operator_nobody_can_follow_keeps_its_inputs_width(
    planned: Planned, reader: str
) -> None:
    body = f"a = Conv (x,w)  b = Conv (a,v)  {reader}  k = Conv (x,o)  y = GlobalMaxPool (k)"
    scaler = planned(network(body, "float[1,16,1,1]"))
    assert shape(scaler, "a", width=0.5) == (1, 16, 30, 30)
    assert shape(scaler, "b", width=0.5) == (1, 8, 28, 28)


def test_a_resolution_a_resize_cannot_meet_is_unknown_with_a_reason(planned: Planned) -> None:
    scaler = planned(network("""
        a = Conv <pads=[1,1,1,1], strides=[2,2]> (x,w)
        sc = Constant <value_floats=[1.0,1.0,2.0,2.0]> ()  e = Constant <value_floats=[0.0]> ()
        b = Resize (a, , sc)
        k = Conv <pads=[1,1,1,1]> (x,o)  m = Add (b,k)  y = GlobalMaxPool (m)
        """, "float[1,16,1,1]"))  # fmt: skip
    assert scaler.at(sides=48).macs is not None
    odd = scaler.at(sides=33)
    assert odd.macs is None
    assert "become" in odd.reason


def test_a_model_without_space_says_so(planned: Planned) -> None:
    scaler = planned("""g (float[1,8] x) => (float[1,4] y) {
        s = Constant <value_ints=[8,4]> ()  w = ConstantOfShape (s)  y = MatMul (x, w) }""")
    assert scaler.at(resolution=0.5).reason == "no input axis is known to be spatial"
    assert scaler.at(width=0.5).macs == 32


@pytest.mark.parametrize("wrong", [{"width": 0}, {"resolution": -1}, {"depth": 0}, {"sides": 0}])
def test_multipliers_must_be_positive(mobilenet: Scaler, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        mobilenet.at(**wrong)


def test_an_lstm_scales_its_hidden_size(planned: Planned) -> None:
    scaler = planned("""g (float[10,1,8] x) => (float[10,1,1,4] y) {
        s = Constant <value_ints=[1,64,8]> ()   w = ConstantOfShape (s)
        t = Constant <value_ints=[1,64,16]> ()  r = ConstantOfShape (t)
        a, h, c = LSTM <hidden_size=16> (x, w, r)
        u = Constant <value_ints=[16,4]> ()     v = ConstantOfShape (u)  y = MatMul (a, v) }""")
    scaled = scaler.at(0.5)
    assert scaled.macs == 10 * (4 * 8 * 8 + 4 * 8 * 8 + 8 * 4)


def test_the_steps_of_an_lstm_over_the_columns_of_a_map_follow_the_image(planned: Planned) -> None:
    """As in CRNN (arXiv 1507.05717): the width of the map is the length of the sequence."""
    scaler = planned("""g (float[1,3,32,32] x) => (float[?,1,1,16] y) {
        sk = Constant <value_ints=[8,3,1,1]> ()  k = ConstantOfShape (sk)
        s = Constant <value_ints=[1,64,8]> ()    w = ConstantOfShape (s)
        t = Constant <value_ints=[1,64,16]> ()   r = ConstantOfShape (t)
        m = Conv (x, k)  p = ReduceMean <axes=[2], keepdims=0> (m)
        q = Transpose <perm=[2,0,1]> (p)  y = LSTM <hidden_size=16> (q, w, r) }""")
    assert shape(scaler, "y") == (32, 1, 1, 16)
    assert shape(scaler, "y", resolution=2) == (64, 1, 1, 16)


def test_a_charge_for_some_operands_grows_as_all_of_them_do() -> None:
    def call(width: int) -> Call:
        shapes = ((4, width), (4, width), (width,), (width,))
        operands = tuple(Tensor(f"t{i}", "float32", each) for i, each in enumerate(shapes))
        return Call("Mixer", "com.example", 1, {}, operands, (None,))

    slots = frozenset({1, 2, 3})
    assert resized_params(0, call(2), call(6), slots) == 0
    assert resized_params(8, call(2), call(6), slots) == 24  # the first alone
    assert resized_params(4, call(2), call(6), slots) == 12  # the two others
    assert resized_params(7, call(2), call(6), frozenset()) == 7


def test_rounding_rules() -> None:
    floor, eight = widener(0.7), widener(0.35, 8)
    assert [floor(c, 1) for c in (1, 10, 32)] == [1, 7, 22]
    assert [eight(c, 1) for c in (8, 24, 32, 96)] == [8, 8, 16, 32]  # 11.2 loses > 10 % at 8
    assert widener(1.0, 8)(3, 1) == 3


@given(st.integers(1, 4096), st.floats(0.1, 4), st.integers(1, 16))
def test_widths_are_positive_multiples_near_the_wish(c: int, alpha: float, multiple: int) -> None:
    wide = widener(alpha, 8)(c, multiple)
    assert wide > 0
    if alpha != 1:
        assert wide % multiple == 0
        assert wide % 8 == 0


@given(
    side=st.integers(1, 60), kernel=st.integers(1, 7), stride=st.integers(1, 4),
    pad=st.integers(0, 3),
)  # fmt: skip
def test_out_side_counts_the_windows(side: int, kernel: int, stride: int, pad: int) -> None:
    windows = [s for s in range(0, side + 2 * pad, stride) if s + kernel <= side + 2 * pad]
    compute = out_side(kernel, stride, (pad, pad))
    if not windows:
        with pytest.raises(Unknown):
            compute(side)
    else:
        assert compute(side) == len(windows)


def test_cycles_of_sizes_settle() -> None:
    """A residual stream of concatenated halves: the stream follows from itself."""
    dims = Dims()
    stream, half, joined = dims.add(16), dims.add(8), dims.add(16)
    compute, need = share(1, 2)
    dims.learn(stream)
    dims.derive(half, [stream], compute, need=need)
    dims.derive(joined, [half, half], total, need=lambda k: k)
    dims.union(stream, joined)
    dims.close()
    size = dims.solve({}, lambda channels, _multiple: channels * 3)
    assert (size(stream), size(half), size(joined)) == (48, 24, 48)


def test_a_required_multiple_reaches_what_it_follows_from() -> None:
    dims = Dims()
    stream, half, flat = dims.add(16), dims.add(8), dims.add(72)
    compute, need = share(1, 2)
    dims.learn(stream)
    dims.derive(half, [stream], compute, need=need)
    dims.require(half, 4)
    nine = dims.add(9)
    dims.derive(flat, [half, nine], product)
    dims.close()
    size = dims.solve({}, lambda _channels, multiple: 3 * multiple)
    assert (size(stream), size(flat)) == (3 * 8, 12 * 9)


def test_fixing_a_derived_size_fixes_its_source() -> None:
    dims = Dims()
    source, doubled = dims.add(8), dims.add(16)
    dims.learn(source)
    dims.derive(doubled, [source], lambda size: 2 * size)
    dims.fix(doubled)
    dims.close()
    assert dims.solve({}, lambda channels, _multiple: 3 * channels)(doubled) == 16


def doubled(dims: Dims, source: int, size: int) -> int:
    """A dimension twice as large as ``source``."""
    found = dims.add(size)
    dims.derive(found, [source], lambda value: 2 * value)
    return found


def test_a_weak_rule_holds_where_no_other_does_and_what_reads_it_follows() -> None:
    dims = Dims()
    source, target = dims.add(8), dims.add(8)
    reader = doubled(dims, target, 16)
    dims.learn(source)
    dims.derive(target, [source], lambda value: value, weak=True)
    dims.close()
    size = dims.solve({}, lambda channels, _multiple: 3 * channels)
    assert (size(source), size(target), size(reader)) == (24, 24, 48)


def test_a_weak_rule_gives_way_to_any_other() -> None:
    dims = Dims()
    source, other, target = dims.add(8), dims.add(4), dims.add(8)
    dims.learn(source)
    dims.derive(target, [source], lambda value: value, weak=True)
    dims.derive(target, [other], lambda value: 2 * value)
    dims.close()
    size = dims.solve({other: 5}, lambda channels, _multiple: 3 * channels)
    assert (size(source), size(target)) == (24, 10)


def test_two_rules_that_agree_today_and_not_tomorrow_are_refused() -> None:
    dims = Dims()
    one, two, target = dims.add(8), dims.add(8), dims.add(8, "t axis 1")
    for source in (one, two):
        dims.derive(target, [source], lambda value: value)
    dims.close()
    with pytest.raises(Unknown, match="t axis 1: sizes that are equal today become 8 and 9"):
        dims.solve({one: 9, two: 8}, lambda channels, _multiple: channels)


def test_a_feature_map_of_nothing_is_refused() -> None:
    dims = Dims()
    side, out = dims.add(8), dims.add(6, "y axis 2")
    dims.derive(out, [side], lambda value: value - 2)
    dims.close()
    with pytest.raises(Unknown, match="y axis 2: nothing would be left of the feature map"):
        dims.solve({side: 2}, lambda channels, _multiple: channels)
    assert dims.solve({side: 3}, lambda channels, _multiple: channels)(out) == 1


LINES = "g = ReduceMax <axes=[3], keepdims=0> (a)  t = Transpose <perm=[2,0,1]> (g)"


@pytest.mark.parametrize(
    ("reader", "seen", "wide"),
    [
        ("y = Conv (a,v)", "a", (1, 32, 30, 30)),
        ("y = Conv <group=16> (a,d)", "a", (1, 16, 30, 30)),
        ("y = ConvTranspose (a,v)", "a", (1, 32, 30, 30)),
        ("g = GlobalMaxPool (a)  f = Flatten (g)  y = Gemm (f,m)", "f", (1, 32)),
        ("g = GlobalMaxPool (a)  f = Flatten (g)  y = MatMul (f,m)", "f", (1, 32)),
        (f"{LINES}  y = LSTM <hidden_size=2> (t,i,r)", "t", (30, 1, 32)),
        ("y = GlobalMaxPool (a)", "a", (1, 16, 30, 30)),
    ],
)
def test_an_output_that_weights_read_is_as_wide_as_they_are(
    planned: Planned, reader: str, seen: str, wide: tuple[int, ...]
) -> None:
    made = " ".join(
        f"s{name} = Constant <value_ints=[{sizes}]> ()  {name} = ConstantOfShape (s{name})"
        for name, sizes in {"m": "16,7", "i": "1,8,16", "r": "1,8,2"}.items()
    )
    body = f"{made}  a = Conv (x,w)  {reader}  k = Conv (x,o)  j = Conv (k,v)"
    graph = network(body, "float[] j, float[]").replace("=> (", f"=> (float[] {seen}, ")
    assert shape(planned(graph), seen, width=2) == wide
