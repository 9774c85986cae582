"""Which release takes a model, and ratios of which a part is missing."""

from __future__ import annotations

import pytest

from analyzer.report.studies import _ratio
from analyzer.targets import needs
from analyzer.targets.history import Release
from analyzer.targets.needs import first_release

RELEASES = (Release("1.8", 7, 13, 2), Release("1.10", 8, 15, 2), Release("1.14", 9, 19, 3))


@pytest.mark.parametrize(
    ("ir", "opset", "version"),
    [
        (7, 13, "1.8"), (1, 1, "1.8"), (8, 13, "1.10"), (7, 14, "1.10"), (8, 15, "1.10"),
        (8, 16, "1.14"), (9, 15, "1.14"), (9, 19, "1.14"), (10, 19, ""), (9, 20, ""),
    ],
)  # fmt: skip
def test_the_first_release_that_takes_both_versions(
    monkeypatch: pytest.MonkeyPatch, ir: int, opset: int, version: str
) -> None:
    monkeypatch.setattr(needs, "releases", {"ort_cpu": RELEASES}.__getitem__)
    assert first_release(ir, opset) == version


def test_no_release_takes_what_is_newer_than_all() -> None:
    assert first_release(999, 1) == first_release(1, 999) == ""


def test_a_ratio_has_three_places_and_needs_both_numbers() -> None:
    assert [_ratio(*pair) for pair in ((1, 2), (0, 2), (2, 3), (None, 2), (1, 0))] == [
        "0.500", "0.000", "0.667", "unknown", "unknown",
    ]  # fmt: skip
