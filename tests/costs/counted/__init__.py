"""Definitions of operators that are evaluated on counting numbers, family by family."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from tests.costs.counted import (
    attention,
    convolutions,
    elementwise,
    fused,
    ml,
    products,
    sampling,
    transforms,
)
from tests.costs.counted.case import MS, Case
from tests.costs.counted.stated import Traits

_FAMILIES = (
    elementwise, convolutions, products, attention, fused, sampling, transforms, ml,
)  # fmt: skip
_ALL = tuple(chain.from_iterable(family.CASES for family in _FAMILIES))
_ONCE_OF_ONNX = {"BiasGelu", "FastGelu", "SkipLayerNormalization", "TransposeMatMul"} | {
    "SkipSimplifiedLayerNormalization"
}
"""Operators of com.microsoft that ONNX Runtime also takes in ai.onnx, from old files."""

CASES: tuple[Case, ...] = (
    *_ALL,
    *(
        replace(case, domain="", beside="the same operator of com.microsoft")
        for case in _ALL
        if case.domain == MS and case.op in _ONCE_OF_ONNX
    ),
)

STATED: tuple[Traits, ...] = tuple(
    chain.from_iterable(getattr(family, "STATED", ()) for family in _FAMILIES)
)
"""What operators are that were added after the tables of tests/operators/test_traits.py."""
