"""Blocks one step away from what they are: each condition of a pattern is what fails alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.patterns.builders import Net

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Facts

    Build = Callable[[Net], str]


def net(channels: int = 16, side: int = 8) -> Net:
    return Net(image=(1, channels, side, side))


def kinds(found: Facts) -> list[str]:
    return [block.kind for block in found.blocks]


def seen(build: Build, channels: int = 16) -> list[str]:
    """Kinds of the blocks of what is built, in front of a softmax."""
    made = net(channels)
    return kinds(made.facts(made.op("Softmax", build(made))))


def detail(build: Build, channels: int = 16) -> dict[str, Any]:
    made = net(channels)
    (block,) = made.facts(made.op("Softmax", build(made))).blocks
    return dict(block.detail)


def changes(*each: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """What is otherwise about a block, one thing at a time."""
    return each


def fire(
    n: Net, *, left: int = 1, right: int = 3, base: int = 1, apart: bool = False,
    more: bool = False, third: bool = False, straight: bool = False,
) -> str:  # fmt: skip
    squeezed = "x" if straight else n.conv("x", 16, 4, base, act="relu")
    width = 16 if straight else 4
    one = n.conv(squeezed, width, 8, left, act="relu")
    other = n.conv("x" if apart else squeezed, 16 if apart else width, 8, right, act="relu")
    joined = n.op("Concat", one, other, *(["x"] if more else []), axis=1)
    return n.op("Concat", joined, squeezed, axis=1) if third else joined


def test_a_fire_module_squeezes_and_joins_a_1x1_and_a_3x3() -> None:
    assert seen(fire) == ["fire"]
    assert seen(lambda n: fire(n, left=3, right=1)) == ["fire"]
    assert detail(fire) == {
        "kernel": "3×3", "stride": 1, "in_channels": 16, "out_channels": 16,
    }  # fmt: skip
    for other in changes(
        {"left": 3}, {"right": 1}, {"base": 3}, {"apart": True}, {"more": True}, {"third": True},
        {"straight": True},
    ):  # fmt: skip
        assert "fire" not in seen(partial(fire, **other)), other


def test_a_fire_module_has_no_other_reader_of_a_side() -> None:
    def build(n: Net) -> str:
        base = n.conv("x", 16, 4, act="relu")
        one, other = n.conv(base, 4, 8), n.conv(base, 4, 8, 3)
        return n.op("Concat", n.op("Concat", one, other, axis=1), other, axis=1)

    assert seen(build) == []


def dense(
    n: Net, *, growth: int = 8, kernel: int = 3, reduce: int = 1, twice: bool = False,
    appended: str = "x", last: str = "Concat",
) -> str:  # fmt: skip
    narrow = n.conv("x", 16, 16, reduce, act="relu")
    grown = n.conv(narrow, 16, growth, kernel)
    whole = {"x": "x", "other": n.op("Softmax", "x"), "narrow": narrow}[appended]
    joined = n.op("Concat", whole, grown, axis=1) if last == "Concat" else n.op(last, grown, whole)
    return n.op("Concat", joined, narrow, axis=1) if twice else joined


def test_a_dense_layer_grows_its_own_input_by_less_than_its_bottleneck() -> None:
    assert seen(dense) == ["dense-layer"]
    assert seen(lambda n: dense(n, growth=15)) == ["dense-layer"]
    assert detail(dense) == {
        "kernel": "3×3", "stride": 1, "in_channels": 16, "out_channels": 8, "growth": 8,
    }  # fmt: skip
    for other in changes(
        {"growth": 16}, {"kernel": 1}, {"reduce": 3}, {"twice": True}, {"appended": "other"},
        {"appended": "narrow"},
    ):  # fmt: skip
        assert "dense-layer" not in seen(partial(dense, **other)), other
    assert "dense-layer" not in seen(lambda n: dense(n, growth=16, last="Mul"))


def test_a_dense_layer_may_append_to_the_pieces_of_its_input() -> None:
    def build(n: Net, kept: int = 2) -> str:
        one, other = n.op("Softmax", "x"), n.op("LogSoftmax", "x")
        narrow = n.conv(n.op("Concat", one, other, axis=1), 32, 16, act="relu")
        return n.op("Concat", *[one, other][:kept], n.conv(narrow, 16, 8, 3), axis=1)

    assert seen(build) == ["dense-layer"]
    assert seen(lambda n: build(n, kept=1)) == []


def inception(
    n: Net, *, depths: tuple[int, ...] = (1, 2, 2), dilation: int = 1, kernels: tuple[int, ...] =
    (1, 3), apart: bool = False, again: bool = False, head: str = "Softmax",
) -> str:  # fmt: skip
    base = n.op(head, "x") if head else "x"
    ends = []
    for number, depth in enumerate(depths):
        y = n.op("LogSoftmax", "x") if apart and number == 0 else base
        for layer in range(depth):
            kernel = kernels[min(layer, 1)]
            w = n.weight(16, 16, kernel, kernel)
            pad = (kernel // 2) * dilation
            y = n.op("Conv", y, w, pads=[pad] * 4, dilations=[dilation if kernel > 1 else 1] * 2)
        ends.append(y)
    return n.op("Concat", *ends, *(ends[-1:] if again else ()), axis=1)


def test_an_inception_module_has_three_branches_of_one_tensor_up_to_four_layers_deep() -> None:
    assert seen(inception) == ["inception"]
    assert seen(lambda n: inception(n, depths=(1, 2, 4))) == ["inception"]
    assert seen(lambda n: inception(n, depths=(1, 2, 2, 2))) == ["inception"]
    assert detail(lambda n: inception(n, depths=(1, 2, 2, 2))) == {"branches": 4}
    for other in changes(
        {"depths": (1, 2)}, {"depths": (1, 2, 5)}, {"dilation": 2}, {"kernels": (1, 1)},
        {"kernels": (3, 3)}, {"apart": True}, {"again": True},
    ):  # fmt: skip
        assert "inception" not in seen(partial(inception, **other)), other


def test_the_layers_of_an_inception_module_are_those_of_its_branches() -> None:
    made = net()
    (block,) = made.facts(made.op("Softmax", inception(made, depths=(1, 2, 2)))).blocks
    assert len(block.nodes) == 1 + 2 + 2 + 1


def convnext(
    n: Net, *, inner: int = 64, norm: bool = True, act: str = "gelu", same: bool = True,
    gated: bool = False, layer: int = 1,
) -> str:  # fmt: skip
    y = n.op("Conv", "x", n.weight(16, 1, 7, 7), n.weight(16), group=16, pads=[3] * 4)
    if norm:
        scale = n.weight(16)
        y = n.op("InstanceNormalization", y, scale, n.weight(16))
    y = n.act(n.op("Conv", y, n.weight(inner, 16, 1, 1), n.weight(inner)), act)
    pad = [layer // 2] * 4
    y = n.op("Conv", y, n.weight(16, inner, layer, layer), n.weight(16), pads=pad)
    if gated:
        y = n.squeeze_excite(y, 16, 4)
    return n.op("Add", y, "x" if same else n.op("Softmax", "x"))


def test_a_convnext_block_widens_what_is_normalised_and_adds_its_input() -> None:
    assert detail(convnext) == {
        "kernel": "7×7", "stride": 1, "in_channels": 16, "out_channels": 16, "expansion": 4,
    }  # fmt: skip
    assert seen(lambda n: convnext(n, inner=17)) == ["convnext"]
    for other in changes(
        {"inner": 16}, {"norm": False}, {"act": ""}, {"same": False}, {"gated": True}, {"layer": 3},
    ):  # fmt: skip
        assert "convnext" not in seen(partial(convnext, **other)), other


def ghost(
    n: Net, *, kernel: int = 1, groups: int = 1, more: bool = False, third: bool = False,
    cut: str = "", elsewhere: bool = False,
) -> str:  # fmt: skip
    primary = n.conv("x", 16, 8, kernel, act="relu", groups=groups)
    width = 16 if elsewhere else 8
    cheap = n.conv("x" if elsewhere else primary, width, width, 3, groups=width)
    joined = n.op("Concat", primary, cheap, *(["x"] if more else []), axis=1)
    if third:
        return n.op("Concat", joined, primary, axis=1)
    ends = (n.constant([0]), n.constant([12]), n.constant([1]))
    return n.op("Slice", joined, *ends) if cut else joined


def test_a_ghost_module_joins_what_a_depthwise_layer_makes_of_the_rest() -> None:
    assert detail(ghost) == {
        "kernel": "3×3", "stride": 1, "in_channels": 16, "out_channels": 16,
    }  # fmt: skip
    assert seen(lambda n: ghost(n, kernel=3)) == ["ghost-module"]
    for other in changes({"more": True}, {"third": True}, {"elsewhere": True}):
        assert "ghost-module" not in seen(partial(ghost, **other)), other
    for cut, count in (("", 6), ("yes", 7)):
        made = net()
        (block,) = made.facts(made.op("Softmax", ghost(made, cut=cut))).blocks
        assert len(block.nodes) == count, "a layer with two behind it, one with one"


@pytest.mark.parametrize(
    ("inner", "out", "act", "end", "stride", "added", "groups", "expected"),
    [
        (64, 16, "silu", "", 1, True, 1, ["fused-mbconv"]),
        (32, 16, "silu", "", 1, True, 1, ["fused-mbconv"]),
        (64, 24, "silu", "", 2, False, 1, ["fused-mbconv"]),
        (64, 16, "silu", "silu", 1, True, 1, ["fused-mbconv"]),
        (16, 16, "silu", "", 2, False, 1, []),  # t = 1
        (16, 8, "silu", "", 2, False, 1, []),  # t = 1, and narrows
        (40, 16, "silu", "", 2, False, 1, []),  # t = 2.5
        (64, 64, "silu", "", 2, False, 1, []),  # keeps the width
        (64, 24, "", "", 2, False, 1, []),  # nothing bends
        (64, 24, "silu", "silu", 2, False, 1, []),  # the projection bends
        (64, 24, "silu", "", 1, False, 1, []),  # neither a stride nor a sum
        (64, 24, "silu", "", 2, False, 4, []),  # in groups
    ],
)
def test_a_fused_mbconv_expands_by_a_whole_number_and_adds_or_strides(
    inner: int, out: int, act: str, end: str, stride: int, added: bool, groups: int,
    expected: list[str],
) -> None:  # fmt: skip
    def build(n: Net) -> str:
        y = n.conv(n.conv("x", 16, inner, 3, stride, act, groups=groups), inner, out, act=end)
        return n.op("Add", y, "x") if added else y

    assert seen(build) == expected
    if expected:
        assert detail(build) == {
            "kernel": "3×3", "stride": stride, "in_channels": 16, "out_channels": out,
            "expansion": inner // 16, "squeeze_excite": False, "residual": added,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "groups", "expected"),
    [
        ((1, 7), (7, 1), (1, 1), ["spatial-pair"]), ((3, 1), (1, 3), (1, 1), ["spatial-pair"]),
        ((1, 7), (1, 7), (1, 1), []), ((1, 7), (5, 1), (1, 1), []), ((3, 3), (3, 3), (1, 1), []),
        ((2, 3), (3, 2), (1, 1), []), ((1, 7), (7, 1), (2, 1), []), ((1, 7), (7, 1), (1, 2), []),
        ((1, 7), (7, 1), (2, 2), []),
    ],
)  # fmt: skip
def test_a_spatial_pair_is_1xk_and_kx1_of_all_channels(
    first: tuple[int, int], second: tuple[int, int], groups: tuple[int, int], expected: list[str]
) -> None:
    def build(n: Net) -> str:
        y = n.op("Conv", "x", n.weight(16, 16 // groups[0], *first), group=groups[0])
        return n.op("Conv", y, n.weight(24, 16 // groups[1], *second), group=groups[1])

    assert seen(build) == expected
    if expected:
        assert detail(build)["side"] == max(first)


def parts(
    n: Net, *, count: int = 4, groups: int = 1, kernel: int = 3, again: bool = False,
    cuts: str = "Split", read: bool = False, bend: bool = False,
) -> str:  # fmt: skip
    width = 16 // count
    if cuts in ("Split", "one piece"):
        first = n.op("Split", "x", outputs=count, axis=1, num_outputs=count)
        pieces = [first, *(f"{first}.{i}" for i in range(1, count))]
        if cuts == "one piece":
            pieces[1] = first
    elif cuts == "none":
        pieces = [n.op("MaxPool", "x", kernel_shape=[1, 1]) for _ in range(count)]
    else:
        other = n.op("Softmax", "x")
        pieces = [
            n.op("Slice", other if cuts == "two" and i == 0 else "x", n.constant([i * width]),
                 n.constant([(i + 1) * width]), n.constant([1]))
            for i in range(count)
        ]  # fmt: skip
        if cuts == "once":
            pieces = [pieces[0]] * count
    made = [n.conv(piece, width, width, kernel, groups=groups) for piece in pieces]
    if bend:
        made[0] = pieces[0]
    joined = n.op("Concat", *made, *(made[:1] if again else []), axis=1)
    return n.op("Concat", joined, made[1], axis=1) if read else joined


def test_a_grouped_convolution_written_out_has_a_part_of_the_channels_each() -> None:
    assert seen(parts) == ["split-grouped"]
    assert seen(lambda n: parts(n, count=2)) == ["split-grouped"]
    assert seen(lambda n: parts(n, kernel=1)) == ["split-grouped"]
    assert seen(lambda n: parts(n, cuts="Slice")) == ["split-grouped"]
    assert seen(lambda n: parts(n, count=16)) == ["split-depthwise"]
    for other in changes(
        {"groups": 2}, {"again": True}, {"cuts": "two"}, {"cuts": "once"}, {"read": True},
        {"cuts": "one piece"}, {"cuts": "none"},
        {"bend": True}, {"count": 1},
    ):  # fmt: skip
        found = seen(partial(parts, **other))
        assert not [kind for kind in found if kind.startswith("split")], other


@pytest.mark.parametrize(
    ("split", "perm", "merged", "expected"),
    [
        ([1, 4, 4, 8, 8], [0, 2, 1, 3, 4], [1, 16, 8, 8], ["channel-shuffle"]),
        ([1, 2, 8, 8, 8], [0, 2, 1, 3, 4], [1, 16, 8, 8], ["channel-shuffle"]),
        ([1, 4, 4, 8, 8], [0, 3, 2, 1, 4], [1, 16, 8, 8], []),
        ([1, 4, 4, 8, 8], [0, 2, 3, 1, 4], [1, 16, 8, 8], []),
        ([1, 4, 4, 8, 8], [2, 1, 0, 3, 4], [1, 16, 8, 8], []),
        ([1, 4, 4, 8, 8], [0, 2, 1, 3, 4], [1, 8, 16, 8], []),
        ([1, 1, 16, 8, 8], [0, 2, 1, 3, 4], [1, 16, 8, 8], []),
        ([1, 16, 1, 8, 8], [0, 2, 1, 3, 4], [1, 16, 8, 8], []),
        ([1, 4, 2, 2, 8, 8], [0, 2, 1, 3, 4, 5], [1, 16, 8, 8], []),
    ],
)
def test_a_channel_shuffle_swaps_two_axes_side_by_side_and_lays_them_flat(
    split: list[int], perm: list[int], merged: list[int], expected: list[str]
) -> None:
    def build(n: Net) -> str:
        turned = n.op("Transpose", n.op("Reshape", "x", n.constant(split)), perm=perm)
        return n.op("Reshape", turned, n.constant(merged))

    assert seen(build) == expected
    if expected:
        assert detail(build) == {"groups": split[1]}
