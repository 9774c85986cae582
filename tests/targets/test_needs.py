"""Which release takes a model, and ratios of which a part is missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.report.studies import _ratio
from analyzer.targets import fit, needs
from analyzer.targets.catalog import SHIPPED
from analyzer.targets.history import Release
from analyzer.targets.needs import first_release, needed_version
from analyzer.targets.table import shipped

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


def test_the_oldest_version_has_a_row_for_every_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relu came to the table with 1.8, Gelu with 1.14, Mish with 1.10 and anew with 1.14; of Odd
    nobody knows since when, Swish has no row of any version."""

    def row(since: int) -> Any:
        return SimpleNamespace(since=since, until=None)

    rows = {"Relu": [row(1)], "Gelu": [row(1)], "Mish": [row(2), row(1)], "Odd": [row(1)]}
    firsts = {("Relu", 1): "1.8", ("Gelu", 1): "1.14", ("Mish", 2): "1.14", ("Mish", 1): "1.10"}
    spans = {("ai.onnx", op, since, None): SimpleNamespace(first=v)
             for (op, since), v in firsts.items()}  # fmt: skip
    newest = SimpleNamespace(match="m", rows=lambda _, op: rows.get(op, []))
    monkeypatch.setattr(needs, "releases", lambda _: RELEASES)
    monkeypatch.setattr(needs, "shipped", lambda _: newest)
    monkeypatch.setattr(needs, "history", lambda _: spans)
    monkeypatch.setattr(needs, "covers", lambda _, row, __, since: row.since <= since)

    every = "1.8", "1.10", "1.14"

    def needed(*ops: str, version: str = "1.8", ir: int = 7, opset: int = 13, since: int = 9,
               local: bool = False, known: tuple[str, ...] = every) -> str:  # fmt: skip
        monkeypatch.setattr(needs, "versions", lambda _: known)
        uses = [SimpleNamespace(local=local, domain="", op_type=op, since=since) for op in ops]
        table = SimpleNamespace(id="t", version=version)
        return needed_version(cast("Any", table), cast("Any", uses), ir, opset)

    assert [needed(op) for op in ("Relu", "Gelu", "Mish", "Odd", "Swish")] == [
        "1.10", "1.14", "1.10", "", "1.10",
    ]  # fmt: skip
    assert needed() == needed("Gelu", "Odd", local=True) == "1.10"
    assert needed("Relu", "Gelu", "Mish") == needed("Mish", "Gelu") == "1.14"
    assert needed("Mish", since=1) == "1.10"
    assert needed("Mish", since=0) == "", "no row covers it"
    assert needed(version="1.14") == needed(known=()) == needed(ir=10) == needed(opset=20) == ""
    assert needed(version="1.10") == needed(ir=9) == needed(opset=16) == "1.14"
    assert needed(known=("1.8", "1.14")) == "1.14"
    assert needed("Gelu", known=("1.8", "1.10")) == ""


def test_what_delegates_of_onnx_runtime_leave_is_asked_of_its_cpu() -> None:
    asked = cast("Any", SimpleNamespace(truth=True))
    subject = cast("Any", SimpleNamespace(
        bodies=SimpleNamespace(of=None), cpu=SimpleNamespace(ask=lambda use: asked),
    ))  # fmt: skip
    delegates = [
        target for target in SHIPPED
        if fit._judge(subject, shipped(target)).runs_elsewhere(cast("Any", None))
    ]  # fmt: skip
    others = ("openvino", "ort_cpu", "rten", "tensorrt", "tflite_onnx2tf_direct",
              "tflite_onnx2tf_tf", "tract")  # fmt: skip
    assert sorted({*SHIPPED} - {*delegates}) == sorted(others)
