"""One look at the weights of a layer: what it tells, and what it does not try to."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from analyzer.facts import Conv
from analyzer.model.rows import Rows
from analyzer.weights import layers, low_rank
from analyzer.weights.filters import Layout
from analyzer.weights.layers import Form, Look, convolution, layer_evidence, look

Array = Any
ALWAYS = {"values", "filters"}


def noise(*shape: int, broken: bool = False) -> Array:
    made = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    if broken:
        made.reshape(-1)[0] = np.nan
    return made


def conv(*weights: int, groups: int = 1, transposed: bool = False) -> Conv:
    first, second, kernel = weights[0], weights[1] * groups, weights[2:]
    m, n = (first, second) if transposed else (second, first)
    volume = int(np.prod(kernel))
    return Conv("standard", transposed, "k", kernel, volume, m, n, groups, None, (1,) * len(kernel),
                (1,) * len(kernel), (9,) * len(kernel), (9,) * len(kernel),
                81 * volume * m * n // groups, volume * m * n // groups)  # fmt: skip


def told(found: Look | None) -> set[str]:
    """What a look has an answer to."""
    assert found is not None
    return {each.name for each in fields(found) if getattr(found, each.name) is not None}


def seen(*shape: int, broken: bool = False, split: bool = False, groups: int = 1,
         transposed: bool = False) -> set[str]:  # fmt: skip
    form = convolution(conv(*shape, groups=groups, transposed=transposed))
    assert form is not None
    return told(look(Rows.of(noise(*shape, broken=broken)), form, split=split))


def test_a_look_tells_what_the_kernel_has_and_the_values_allow() -> None:
    spatial, five = {"kernel", "spectra"}, {"kernel", "spectra", "taps"}
    assert seen(8, 8, 3, 3) == ALWAYS | spatial
    assert seen(8, 8, 3, 3, split=True) == ALWAYS | spatial | {"channels", "axes"}
    assert seen(8, 8, 1, 1, split=True) == ALWAYS | {"channels"}
    assert seen(8, 8, 5, 5) == ALWAYS | five
    for kernel in ((2,), (1, 2), (2, 1)):
        assert "kernel" in seen(8, 8, *kernel), "two taps may be used unequally"
    for kernel in ((1,), (1, 1)):
        assert "kernel" not in seen(8, 8, *kernel)
    assert seen(8, 1, 3, 3, groups=8) == ALWAYS | {"kernel"}
    assert seen(8, 4, 3, 3, transposed=True) == ALWAYS | spatial
    for more in ({}, {"split": True}):
        assert seen(8, 8, 3, 3, broken=True, **more) == ALWAYS | {"kernel"}
        assert seen(8, 8, 5, 5, broken=True, **more) == ALWAYS | {"kernel"}


def test_a_matrix_has_values_filters_and_perhaps_a_lower_rank() -> None:
    form = Form((16, 8), Layout(8, 16, inputs_first=True))
    assert told(look(Rows.of(noise(16, 8)), form)) == ALWAYS
    assert told(look(Rows.of(noise(16, 8)), form, split=True)) == ALWAYS | {"channels"}
    assert told(look(Rows.of(noise(16, 8, broken=True)), form, split=True)) == ALWAYS
    assert look(Rows.of(noise(8, 16)), form) is None


@pytest.mark.parametrize("less", [0, 1])
def test_a_large_transposed_convolution_is_not_turned(
    less: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = noise(8, 4, 3, 3)
    weights[:, 2] = 0
    weights[5] = 0
    form = convolution(conv(8, 4, 3, 3, transposed=True))
    assert form is not None
    monkeypatch.setattr(layers, "TURNED_BYTES", weights.size * 4 - less)
    found = look(Rows.of(weights), form, split=True)
    assert found is not None
    assert told(found) == ALWAYS | ({"kernel"} if less else {"kernel", "spectra", "axes"})
    assert found.filters is not None
    assert (found.filters.dead, found.filters.unread) == ((2,), (5,))
    assert (found.values.int8_snr is None) is bool(less)


def test_a_transposed_convolution_is_turned_group_by_group() -> None:
    weights = noise(6, 2, 3, 3)  # 6 to 4 channels in two groups
    form = convolution(conv(6, 2, 3, 3, groups=2, transposed=True))
    assert form is not None
    turned = np.asarray(layers._out_first(Rows.of(weights), form).whole())
    assert turned.shape == (4, 3, 3, 3)
    for group in range(2):
        for out in range(2):
            for into in range(3):
                expected = weights[3 * group + into, out]
                assert np.array_equal(turned[2 * group + out, into], expected)


def test_evidence_is_judged_where_it_was_looked_for() -> None:
    form = convolution(conv(16, 16, 3, 3))
    whole = look(Rows.of(noise(16, 16, 3, 3)), form, split=True) if form else None
    assert whole is not None
    made = conv(16, 16, 3, 3)
    found = layer_evidence("n", whole, made, shape=(16, 16, 3, 3), macs=made.macs, macs_of_model=9)
    assert found.separability is not None
    assert found.low_rank is not None
    assert (found.separability.macs_of_model, found.low_rank.macs_of_model) == (9, 9)
    channels = low_rank.judge_channels(whole.channels, (16, 16, 3, 3), made.macs)  # type: ignore[arg-type]
    axes = low_rank.judge_axes(whole.axes, made)  # type: ignore[arg-type]
    cheaper = min(channels, axes, key=lambda each: each.macs or 0)
    assert (found.low_rank.split, found.low_rank.macs) == (cheaper.split, cheaper.macs)
    assert layer_evidence("n", whole, None).separability is None
    assert layer_evidence("n", whole, None).low_rank is None
    plain = look(Rows.of(noise(16, 16, 1, 1)), convolution(conv(16, 16, 1, 1)) or form)  # type: ignore[arg-type]
    assert plain is not None
    nothing = layer_evidence("n", plain, made, shape=(16, 16, 1, 1))
    assert (nothing.separability, nothing.low_rank, nothing.core) == (None, None, None)
    large = conv(4, 4, 5, 5)
    five = look(Rows.of(noise(4, 4, 5, 5)), convolution(large) or form)  # type: ignore[arg-type]
    assert five is not None
    core = layer_evidence("n", five, large, macs=7, macs_of_model=8).core
    assert core is not None
    assert (core.macs_now, core.macs_of_model) == (7, 8)
