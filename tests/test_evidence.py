"""What records about weights derive from their numbers."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import pytest

from analyzer.evidence import (
    Decoupling,
    FilterUse,
    IntegerWeights,
    KernelCore,
    KernelUse,
    LayerEvidence,
    LowRank,
    Separability,
    TensorEvidence,
    ValueStats,
    WeightEvidence,
)
from analyzer.surplus import BatchGrowth

_R = TypeVar("_R")


def made(record: type[_R], **numbers: Any) -> _R:
    """A record with these fields, and 0 everywhere else."""
    usual: dict[str, Any] = {field.name: 0 for field in dataclasses.fields(record)}  # type: ignore[arg-type]
    return record(**usual | numbers)


@pytest.mark.parametrize("kind", [Separability, LowRank])
def test_what_a_decomposition_saves(kind: Any) -> None:
    plain = made(kind, macs_now=100, macs=30, macs_of_model=1000, energy=0.9, baseline=0.25)
    assert (plain.saved, plain.share, plain.ratio) == (70, 0.07, 0.3)
    assert plain.margin == pytest.approx(0.65)
    for changes in ({"macs": None}, {"macs_now": None}):
        found = made(kind, **{"macs_now": 100, "macs": 30, "macs_of_model": 9} | changes)
        assert (found.saved, found.share, found.ratio) == (None, None, None)
    for whole in (None, 0):
        assert made(kind, macs_now=100, macs=30, macs_of_model=whole).share is None
    assert made(kind, macs_now=0, macs=30, macs_of_model=9).ratio is None


def test_a_recommendation_is_of_the_better_order_or_there_is_none() -> None:
    orders = {f"{name}_first": made(Decoupling, rank=rank)
              for name, rank in (("depthwise", 3), ("pointwise", 5))}  # fmt: skip
    assert made(Separability, **orders).rank == 3
    assert made(Separability, energy=None).margin is None
    assert made(Separability, baseline=None).margin is None
    assert made(Separability, macs_now=1, macs=5).saved == -4


def test_a_split_never_saves_less_than_nothing() -> None:
    assert made(LowRank, macs_now=1, macs=5).saved == 0
    assert made(LowRank, params_now=9, params=4).saved_params == 5
    assert made(LowRank, params=4).saved_params == 0


def test_the_centre_of_a_kernel() -> None:
    core = made(KernelCore, taps=25, core_taps=9, macs_now=50, macs_of_model=100)
    assert (core.baseline, core.saved, core.share) == (9 / 25, 50 - 2 * 9, 0.32)
    none = made(KernelCore, taps=0, macs_now=50, macs_of_model=100)
    assert (none.baseline, none.saved, none.share) == (1.0, None, None)
    assert made(KernelCore, taps=25, macs_now=None).saved is None
    assert made(KernelCore, taps=25, core_taps=9, macs_now=50, macs_of_model=None).share is None


def test_the_taps_that_work() -> None:
    whole, small, dead = (made(KernelUse, effective=e, taps=9) for e in ((3, 3), (2, 3), (0, 0)))
    assert [x.effective_taps for x in (whole, small, dead)] == [9, 6, 0]
    assert [x.shrinkable for x in (whole, small, dead)] == [False, True, True]
    assert [x.saved_share for x in (whole, small, dead)] == [0.0, 1 - 6 / 9, 1.0]
    assert made(KernelUse, effective=(), taps=0).saved_share == 0.0


def test_shares_are_of_what_there_is() -> None:
    use = made(FilterUse, filters=8, inputs=4, dead_count=2, unread_count=1, duplicate_count=4)
    assert (use.unread_share, use.dead_share, use.duplicate_share) == (0.25, 0.25, 0.5)
    none = made(FilterUse, dead_count=2, unread_count=1, duplicate_count=4)
    assert (none.unread_share, none.dead_share, none.duplicate_share) == (0, 0, 0)
    values = made(ValueStats, elements=8, zeros=2, denormals=4)
    assert (values.sparsity, values.denormal_share) == (0.25, 0.5)
    assert (made(ValueStats, zeros=2).sparsity, made(ValueStats, denormals=2).denormal_share) == (
        0,
        0,
    )


def test_numbers_are_finite_without_nan_and_infinity() -> None:
    found = [made(ValueStats, nan=n, inf=i) for n, i in ((0, 0), (2, 0), (0, 3), (2, 3))]
    assert [(x.finite, x.non_finite) for x in found] == [
        (True, 0), (False, 2), (False, 3), (False, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "flags", "harmful"),
    [
        ({}, {}, False),
        ({"nan": 1}, {}, True),
        ({"nan": 1}, {"marker": True}, False),
        ({"nan": 1}, {"bound": True}, True),
        ({"inf": 1}, {}, True),
        ({"inf": 1}, {"bound": True}, False),
        ({"inf": 1}, {"marker": True}, True),
        ({"min": -1.0}, {}, False),
        ({"min": -1.0}, {"variance": True}, True),
        ({"min": 0.0}, {"variance": True}, False),
    ],
)
def test_values_that_nobody_can_mean(
    values: dict[str, float], flags: dict[str, bool], harmful: bool
) -> None:
    plain = {"marker": False, "bound": False, "variance": False}
    found = made(TensorEvidence, values=made(ValueStats, **values), **plain | flags)
    assert found.harmful is harmful


def test_a_tensor_is_where_it_is_read() -> None:
    assert made(TensorEvidence, reader="n", name="t").where == "n"
    assert made(TensorEvidence, reader="", name="t").where == "t"


@pytest.mark.parametrize(
    ("low", "high", "zero", "reach", "idle"),
    [
        (-127, 127, 0, 127, 0), (-128, 5, 0, 128, 0), (-64, 63, 0, 64, 1), (-3, 65, 0, 65, 0),
        (-8, 7, 0, 8, 4), (-1, 1, 0, 1, 7), (0, 0, 0, 0, None), (0, 20, 10, 10, 3),
        (0, 9, None, None, None),
        (5, 30, 10, 20, 2),
    ],
)  # fmt: skip
def test_how_much_of_the_type_quantised_weights_use(
    low: int, high: int, zero: int | None, reach: int | None, idle: int | None
) -> None:
    found = made(IntegerWeights, min=low, max=high, zero_point=zero, lowest=-128, highest=127)
    assert (found.bits, found.reach, found.idle_bits) == (8, reach, idle)


def test_quantised_weights_at_the_ends_of_the_type() -> None:
    found = made(IntegerWeights, scales=4, clipped=8, elements=32)
    assert (found.is_per_tensor, found.clipped_per_scale, found.clipped_share) == (False, 2.0, 0.25)
    assert made(IntegerWeights, scales=1).is_per_tensor
    assert made(IntegerWeights, scales=None, clipped=8).clipped_per_scale is None
    assert made(IntegerWeights, clipped=8).clipped_share == 0.0


def audit(**fields: Any) -> WeightEvidence:
    return WeightEvidence({}, **fields)


def stored(kind: str, elements: int) -> TensorEvidence:
    return made(TensorEvidence, kind=kind, values=made(ValueStats, elements=elements))


def test_whether_there_are_weights_to_see() -> None:
    assert audit(constant_tensors=2, drawn_tensors=3).untrained_tensors == 5
    read = [audit(tensors=(stored(kind, n),)).reads_weights
            for kind, n in (("weight", 2), ("table", 2), ("bias", 2), ("weight", 1))]  # fmt: skip
    assert read == [True, True, False, False]
    layers = {"n": made(LayerEvidence)}
    integers = (made(IntegerWeights),)
    assert [
        found.sees_none
        for found in (
            audit(), audit(unread=("n",)), audit(unread=("n",), integers=integers),
            audit(unread=("n",), tensors=(stored("weight", 2),)), audit(placeholder=True),
            audit(placeholder=True, unread=("n",), integers=integers),
            WeightEvidence(layers, unread=("m",)), WeightEvidence(layers, placeholder=True),
            WeightEvidence(layers, placeholder=True, unread=("m",)),
        )
    ] == [False, True, False, False, True, True, False, False, True]  # fmt: skip


def test_an_operator_that_grows_faster_than_the_batch() -> None:
    growth = BatchGrowth("n", "N", 4, 100, 150)
    assert (growth.ratio, growth.excess) == (1.5, 25)
    assert BatchGrowth("n", "N", 3, 10, 20).excess == 20 - 10 * 4 // 3


@pytest.mark.parametrize(
    ("taps", "core", "macs", "whole", "saved", "share", "baseline"),
    [
        (49, 9, 4900, 8000, 4000, 0.5, 9 / 49),
        (49, 9, None, 8000, None, None, 9 / 49),
        (49, 9, 4900, None, 4000, None, 9 / 49),
        (49, 9, 4900, 0, 4000, None, 9 / 49),
        (0, 0, 4900, 8000, None, None, 1.0),
    ],
)
def test_a_smaller_kernel_saves_its_share_of_taps(
    taps: int, core: int, macs: int | None, whole: int | None, saved: int | None,
    share: float | None, baseline: float,
) -> None:  # fmt: skip
    found = KernelCore("7×7", "3×3", (3, 3), taps, core, 0.9, 0.8, macs, whole)
    assert (found.saved, found.share, found.baseline) == (saved, share, baseline)
