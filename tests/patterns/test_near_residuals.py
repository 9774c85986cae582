"""Residual blocks, bottlenecks, gates and feed-forward parts one step from what they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.patterns.builders import Net
from tests.patterns.test_near_misses import changes, detail, seen

if TYPE_CHECKING:
    from collections.abc import Callable


def elsewhere(n: Net) -> str:
    """Another tensor of the shape of the input."""
    return n.op("Softmax", "x")


def inverted(
    n: Net, *, t: int = 4, out: int = 16, act: str = "", stride: int = 1, added: str = "x",
    gate: bool = False, late: bool = False, project: int = 1, narrow: int = 1,
) -> str:  # fmt: skip
    wide = 16 * t // narrow
    y = n.conv("x", 16, wide, act="relu") if t > 1 else "x"
    y = n.conv(y, wide, wide, 3, stride, "relu", groups=wide)
    if gate:
        y = n.squeeze_excite(y, wide, 4)
    y = n.conv(y, wide, out, project, act=act)
    if late:
        y = n.squeeze_excite(y, out, 4)
    return n.op("Add", y, {"x": "x", "other": elsewhere(n)}[added]) if added else y


def test_an_inverted_residual_expands_and_adds_its_input_or_projects_to_less() -> None:
    assert detail(inverted) == {
        "kernel": "3×3", "stride": 1, "in_channels": 16, "out_channels": 16, "expansion": 4,
        "squeeze_excite": False, "residual": True,
    }  # fmt: skip
    assert detail(partial(inverted, gate=True))["squeeze_excite"] is True
    assert detail(partial(inverted, t=2, added=""))["residual"] is False
    assert detail(partial(inverted, stride=2, added="", out=24))["out_channels"] == 24
    assert detail(partial(inverted, t=1))["expansion"] == 1
    assert seen(partial(inverted, act="relu")) == ["inverted-residual"], "it adds its input"
    for other, kind in (
        ({"added": "", "act": "relu"}, "separable"),  # the projection bends
        ({"added": "", "out": 64}, "separable"),  # and does not narrow
        ({"added": "", "out": 80}, "separable"),
        ({"added": "", "t": 1}, "separable"),  # nothing says that another bottleneck follows
        ({"added": "other", "act": "relu"}, "separable"),
        ({"late": True, "act": "relu"}, "separable"),  # weighed before it is added
    ):
        assert kind in seen(partial(inverted, **other)), other
    assert "inverted-residual" not in seen(partial(inverted, project=3))


@pytest.mark.parametrize("follows", ["bottleneck", "first", "separable", "pointwise"])
def test_a_first_bottleneck_without_expansion_is_told_by_the_next(follows: str) -> None:
    def build(n: Net) -> str:
        y = n.conv(n.conv("x", 16, 16, 3, act="relu", groups=16), 16, 16)
        if follows == "pointwise":
            return n.conv(y, 16, 8)
        if follows == "separable":
            return n.conv(n.conv(y, 16, 16, 3, act="relu", groups=16), 16, 16, act="relu")
        wide = 64 if follows == "bottleneck" else 16
        z = n.conv(y, 16, wide, act="relu") if wide > 16 else y
        z = n.conv(n.conv(z, wide, wide, 3, act="relu", groups=wide), wide, 16)
        return n.op("Add", z, y)

    found = seen(build)
    first = "inverted-residual" if follows in ("bottleneck", "first") else "separable"
    assert found[0] == first


def bottle(
    n: Net, *, squeeze: int = 1, middle: int = 3, expand: int = 1, groups: int = 1, stride: int = 1,
    shortcut: str = "x", twice: bool = False, gate: bool = False, norm: bool = False,
) -> str:  # fmt: skip
    narrow = n.conv("x", 16, 8, squeeze, act="relu")
    y = n.conv(narrow, 8, 8, middle, stride, "relu", groups=groups)
    y = n.conv(y, 8, 16, expand)
    if gate:
        y = n.squeeze_excite(y, 16, 4)
    sides: dict[str, Callable[[], str]] = {
        "x": lambda: "x",
        "other": lambda: elsewhere(n),
        "point": lambda: n.conv("x", 16, 16, 1, stride),
        "pool": lambda: n.op("AveragePool", "x", kernel_shape=[stride] * 2, strides=[stride] * 2),
        "both": lambda: n.conv(
            n.op("AveragePool", "x", kernel_shape=[stride] * 2, strides=[stride] * 2), 16, 16
        ),
        "spatial": lambda: n.conv("x", 16, 16, 3, stride),
    }
    y = n.op("Add", y, sides[shortcut]())
    if twice:
        return n.op("Concat", y, narrow, axis=1)
    return n.layer_norm(y, 8) if norm else y


def test_a_bottleneck_narrows_mixes_and_widens_beside_its_shortcut() -> None:
    assert detail(bottle) == {
        "kernel": "3×3", "stride": 1, "in_channels": 16, "out_channels": 16, "groups": 1,
        "inner_channels": 8, "pre_activation": False, "projection": False,
        "squeeze_excite": False,
    }  # fmt: skip
    assert detail(partial(bottle, groups=4))["groups"] == 4
    assert detail(partial(bottle, gate=True))["squeeze_excite"] is True
    assert detail(partial(bottle, norm=True))["pre_activation"] is True
    for shortcut in ("point", "both"):
        projected = detail(partial(bottle, stride=2, shortcut=shortcut))
        assert (projected["projection"], projected["stride"]) == (True, 2)
    assert detail(partial(bottle, stride=2, shortcut="pool"))["projection"] is False
    for other in changes(
        {"squeeze": 3}, {"middle": 1}, {"expand": 3}, {"shortcut": "other"},
        {"shortcut": "spatial"}, {"twice": True},
    ):  # fmt: skip
        assert "bottleneck" not in seen(partial(bottle, **other)), other


def basic(
    n: Net, *, kernels: tuple[int, int] = (3, 3), strides: tuple[int, int] = (1, 1),
    shortcut: str = "x", twice: bool = False, gate: bool = False,
) -> str:  # fmt: skip
    first = n.conv("x", 16, 8, kernels[0], strides[0], "relu")
    y = n.conv(first, 8, 16, kernels[1], strides[1])
    if gate:
        y = n.squeeze_excite(y, 16, 4)
    stride = max(strides)
    sides: dict[str, Callable[[], str]] = {
        "x": lambda: "x",
        "other": lambda: elsewhere(n),
        "point": lambda: n.conv("x", 16, 16, 1, stride),
    }
    y = n.op("Add", y, sides[shortcut]())
    return n.op("Concat", y, first, axis=1) if twice else y


def test_a_basic_residual_is_two_wide_layers_or_a_narrow_one_before_a_wide_one() -> None:
    assert detail(basic) == {
        "kernel": "3×3", "stride": 1, "in_channels": 16, "out_channels": 16, "groups": 1,
        "inner_channels": 8, "pre_activation": False, "projection": False,
        "squeeze_excite": False,
    }  # fmt: skip
    assert detail(partial(basic, kernels=(1, 3)))["inner_channels"] == 16
    assert detail(partial(basic, gate=True))["squeeze_excite"] is True
    strided = detail(partial(basic, strides=(2, 1), shortcut="point"))
    assert (strided["stride"], strided["projection"]) == (2, True)
    for other in changes(
        {"kernels": (3, 1)}, {"kernels": (1, 1)}, {"shortcut": "other"}, {"twice": True}
    ):
        assert "basic-residual" not in seen(partial(basic, **other)), other


def after_depthwise(n: Net, *, groups: int = 1) -> str:
    y = n.conv("x", 16, 16, 3, act="relu", groups=groups)
    return n.op("Add", n.conv(y, 16, 16, 3), "x")


def test_a_basic_residual_starts_with_a_layer_that_mixes_channels() -> None:
    assert "basic-residual" in seen(after_depthwise)
    assert "basic-residual" not in seen(partial(after_depthwise, groups=16))


def gated(
    n: Net, *, pool: str = "GlobalAveragePool", last: str = "hsigmoid", out: int = 16,
    other: bool = False, squeeze: int = 1, excite: int = 1,
) -> str:  # fmt: skip
    whole: dict[str, Any] = {"kernel_shape": [3, 3], "pads": [1] * 4} if pool == "MaxPool" else {}
    pooled = n.op(pool, elsewhere(n) if other else "x", **whole)
    y = n.act(n.conv(pooled, 16, 4, squeeze), "relu")
    return n.op("Mul", "x", n.act(n.conv(y, 4, out, excite), last))


def test_a_gate_is_squashed_and_made_of_the_mean_of_what_it_weighs() -> None:
    assert detail(gated) == {"channels": 16, "reduced_channels": 4}
    assert seen(partial(gated, last="sigmoid")) == ["squeeze-excite"]
    for other in changes(
        {"last": "relu"}, {"last": ""}, {"pool": "MaxPool"}, {"out": 1}, {"other": True},
        {"squeeze": 3}, {"excite": 3},
    ):  # fmt: skip
        assert seen(partial(gated, **other)) == [], other


def feed(
    n: Net, *, wide: int = 64, out: int = 16, act: str = "gelu", gate: str = "",
    shared: bool = True, deep: bool = False, turned: bool = False,
) -> str:  # fmt: skip
    y = n.linear("x", 16, wide, act)
    if gate:
        other = y if gate == "itself" else n.linear(
            "x" if shared else n.linear("x", 16, 16), 16, wide, "" if gate == "plain" else gate
        )  # fmt: skip
        y = n.op("Mul", *((other, y) if turned else (y, other)))
    if deep:
        y = n.conv(y, wide, wide)
    return n.linear(y, wide, out)


def test_a_feed_forward_part_widens_bends_and_narrows_back() -> None:
    def kinds(**how: Any) -> list[str]:
        made = Net(image=(4, 16))
        found = made.facts(made.op("Softmax", feed(made, **how)))
        return [block.kind for block in found.blocks]

    def told(**how: Any) -> dict[str, Any]:
        made = Net(image=(4, 16))
        (block,) = made.facts(made.op("Softmax", feed(made, **how))).blocks
        return dict(block.detail)

    assert told() == {"channels": 16, "hidden": 64, "gated": False}
    assert told(wide=17)["hidden"] == 17
    assert told(act="silu", gate="plain") == {"channels": 16, "hidden": 64, "gated": True}
    assert told(act="", gate="silu")["gated"] is True
    assert told(act="silu", gate="plain", turned=True)["gated"] is True
    assert told(act="relu", gate="itself") == {"channels": 16, "hidden": 64, "gated": False}
    assert kinds(act="", gate="itself") == []
    for how in changes(
        {"wide": 16}, {"wide": 8}, {"out": 15}, {"act": ""}, {"act": "", "gate": "plain"},
        {"gate": "silu", "shared": False},
    ):  # fmt: skip
        assert kinds(**how) == [], how


@pytest.mark.parametrize("readers", [0, 2])
def test_a_gated_part_ends_in_the_only_layer_that_reads_its_product(readers: int) -> None:
    made = Net(image=(4, 16))
    gate = made.act(made.linear("x", 16, 64), "silu")
    y = made.op("Mul", gate, made.linear("x", 16, 64))
    if readers:
        y = made.op("Add", made.linear(y, 64, 16), made.linear(y, 64, 16))
    assert made.facts(y).blocks == ()
