"""What is not reported comes back from every process of a batch, with the reason for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.report.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.report.result import Batch
    from tests.cli.conftest import Cli

    Judge = Callable[..., dict[str, Result]]


@pytest.fixture
def judge(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """``judge("a.onnx", …)``: what formats are given of each model."""
    results: dict[str, Result] = {}

    def keep(batch: Batch, options: object) -> bytes:
        results.update({result.facts.model.path: result for result in batch.results})
        return b""

    def call(*words: str) -> dict[str, Result]:
        cli("check", *words)
        return results

    monkeypatch.setattr("analyzer.cli.check.CHECK_FORMATS", {"text": keep})
    return call


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_silenced_findings_arrive_with_the_entry_that_silences_them(
    judge: Judge, clean: str, wasteful: str, jobs: str
) -> None:
    Path("onnxlint.toml").write_text(
        '[[suppress]]\nrule = "SEP001"\nreason = "no depthwise kernel"\nexpires = 2999-01-31\n'
    )
    results = judge(clean, wasteful, "--jobs", jobs)
    assert results[clean].silenced == ()
    ((finding, entry),) = results[wasteful].silenced
    assert (finding.rule, entry.reason, str(entry.expires)) == (
        "SEP001", "no depthwise kernel", "2999-01-31",
    )  # fmt: skip
    assert results[wasteful].suppressed == 1


def test_findings_of_the_baseline_arrive_too(cli: Cli, judge: Judge, wasteful: str) -> None:
    assert cli("check", wasteful, "--write-baseline", "b.json").code == 0
    (result,) = judge(wasteful, "--baseline", "b.json").values()
    assert "SEP001" in [finding.rule for finding in result.known]
    assert (result.accepted, result.findings) == (len(result.known), ())
