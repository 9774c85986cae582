"""The analyzer against the published counts of the MobileNet paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analyze import analyze
from analyzer.facts import Facts
from analyzer.model import load
from samples.build_mobilenet_v1 import Variant, build, to_bytes
from tests.samples.test_mobilenet_v1 import COMMITTED, PUBLISHED, SAMPLES, Row, name


def facts_of(row: Row, folder: Path) -> Facts:
    file = folder / "model.onnx"
    file.write_bytes(to_bytes(build(row.alpha, row.resolution, row.variant)))
    return analyze(load(str(file)))


@pytest.mark.parametrize("row", PUBLISHED, ids=name)
def test_analysis_counts_what_the_paper_publishes(row: Row, tmp_path: Path) -> None:
    totals = facts_of(row, tmp_path).totals
    assert (totals.macs, totals.complete) == (row.macs, True)
    if row.params is not None:
        assert totals.params == row.params


@pytest.mark.parametrize("file", COMMITTED)
def test_committed_sample_is_conclusive_and_has_its_layers(file: str) -> None:
    facts = analyze(load(str(SAMPLES / file)))
    separable = COMMITTED[file] is Variant.SEPARABLE
    assert not facts.inconclusive
    assert facts.totals.weighted_layers == (28 if separable else 15)
    assert sum(block.kind == "separable" for block in facts.blocks) == (13 if separable else 0)


def test_running_statistics_are_buffers_not_parameters() -> None:
    parameters = analyze(load(str(SAMPLES / "mobilenet_v1.onnx"))).parameters
    assert (parameters.weights, parameters.buffers) == (4_231_976, 21_888)


def test_95_percent_of_the_compute_is_pointwise_as_in_table_2_of_the_paper() -> None:
    totals = analyze(load(str(SAMPLES / "mobilenet_v1.onnx"))).totals
    share = {kind: macs / totals.macs for kind, macs in totals.macs_by_kind.items()}
    assert share["pointwise"] == pytest.approx(0.9486, abs=0.0005)
    assert share["depthwise"] == pytest.approx(0.0306, abs=0.0005)


def test_making_every_block_separable_saves_the_difference_to_mobilenet() -> None:
    nodes = analyze(load(str(SAMPLES / "mobilenet_v1_standard.onnx"))).nodes
    saved = sum(n.saving.macs for n in nodes if n.saving and n.conv and n.conv.in_channels > 3)
    assert saved == 4_867_293_184 - 568_740_352
