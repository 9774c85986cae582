"""Devices that some target alone reaches, beside models that it takes in part or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyzer.deployment import TargetFit
from analyzer.devices import profile
from analyzer.report.view.devices import _reach

ENGINE = profile("a16_ane")


def fit(target: str, verdict: Any, share: float | None = None) -> TargetFit:
    return TargetFit(target, f"Way {target[-2:]} (x)", "1", verdict, True, 2, 2, 9, 3, 0, share, ())


def test_what_the_only_way_to_a_device_takes_is_told_unless_it_is_all() -> None:
    new, old = ENGINE.through
    for fits, said in (
        ([], ""),
        ([fit("nnapi", "no")], ""),
        ([fit(new, "whole", 1.0)], ""),
        ([fit(new, "no"), fit(old, "whole")], ""),
        ([fit(new, "split", 1.0)], ""),
        ([fit(new, "no", 1.0), fit(old, "no")], "not through Way am as it is"),
        ([fit(new, "no", 0.5)], "not through Way am as it is"),
        ([fit(new, "split", 0.0)], "not through Way am as it is"),
        ([fit(new, "split")], "not through Way am as it is"),
        ([fit(new, "split", 0.128)], "through Way am 12.8 % of the MACs only"),
        ([fit(new, "no", 0.9), fit(old, "split", 0.1)], "through Way rk 10.0 % of the MACs only"),
        ([fit(new, "maybe", 0.5)], "whether through Way am is not decided"),
    ):
        assert _reach(fits, ENGINE) == said, fits
    assert _reach([fit(new, "no")], replace(ENGINE, through=())) == ""
