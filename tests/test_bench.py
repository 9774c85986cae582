"""`make bench`: the models it makes and the tables it prints; no time is asserted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from math import prod
from pathlib import Path

import onnx
import pytest
from onnx.checker import check_model

from tools import bench_models
from tools.bench import PART, README
from tools.bench_models import Sizes, chain, stack, transformer, write
from tools.bench_table import count, own_cell, peer_cell
from tools.measure import Usage, _watch, run
from tools.peers import ONNXLINT, Case, Outcome, Tool, least, outcome, peers

SMALL = Sizes(layers=2, hidden=32, heads=4, inner=64, vocabulary=50, positions=16, sequence=8)
CASE = Case("net", Path("net.onnx"), macs=1000)
OWN = Outcome(wall=2.0, cpu=1.0, rss=50.0, macs=1000)
PEER = Tool("peer", "peer", ("peer",), counts=True)


def test_bert_base_has_the_published_number_of_parameters() -> None:
    """109,482,240: what Hugging Face's bert-base-uncased has (109.5 M)."""
    _, draft = transformer(Sizes(), dynamic=False)
    assert sum(map(prod, draft.weights.values())) == 109_482_240


def test_bert_base_needs_half_as_many_macs_as_published_flops() -> None:
    """MobileBERT (Sun et al., 2020), table 4: 22.5 billion FLOPS at 128 tokens."""
    assert Sizes().macs * 2 == pytest.approx(22.5e9, rel=0.01)


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize(
    ("made", "inferred"),
    [
        (chain(4), [1, 8, 8, 8]),
        (stack(3, 16), [1, 16]),
        (transformer(SMALL, dynamic=False), [1, 32]),
    ],
    ids=["chain", "stack", "transformer"],
)
def test_written_models_are_valid_and_their_shapes_inferable(
    made: tuple[onnx.ModelProto, bench_models.Draft],
    inferred: list[int],
    external: bool,
    tmp_path: Path,
) -> None:
    path = tmp_path / "model.onnx"
    write(path, *made, external=external)
    check_model(str(path), full_check=True)
    model = onnx.load(path)
    assert {t.name: tuple(t.dims) for t in model.graph.initializer}.items() >= (
        made[1].weights.items()
    )
    model.graph.output[0].type.tensor_type.ClearField("shape")
    [output] = onnx.shape_inference.infer_shapes(model).graph.output
    assert [d.dim_value for d in output.type.tensor_type.shape.dim] == inferred


def test_open_transformer_runs_at_any_size(tmp_path: Path) -> None:
    import numpy as np
    from onnxruntime import InferenceSession

    path = tmp_path / "model.onnx"
    write(path, *transformer(SMALL, dynamic=True))
    session = InferenceSession(path, providers=["CPUExecutionProvider"])
    for shape in ((1, 8), (3, 5)):
        ids, mask = np.zeros(shape, np.int64), np.ones(shape, np.float32)
        [pooled] = session.run(None, {"ids": ids, "kinds": ids, "mask": mask})
        assert pooled.shape == (shape[0], 32)


def test_weights_take_no_room_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    write(path, *stack(1), external=True)
    data = (tmp_path / "model.onnx.data").stat()
    assert data.st_size == 4 * bench_models.MATRIX**2
    assert data.st_blocks * 512 < 1 << 20


def test_batch_is_taken_evenly() -> None:
    assert list(bench_models._evenly(list("abcdef"), 3)) == ["a", "c", "e"]


OVER = "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"
"""What the system does to a process over its limit; to get there would take a second."""


@pytest.mark.parametrize("script", [OVER, "import time; time.sleep(60)"])
def test_a_process_that_overruns_is_stopped_and_said_so(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.measure.PATIENCE", 1)
    limited = "import resource; assert resource.getrlimit(resource.RLIMIT_CPU)[0] == 1; "
    used = run([sys.executable, "-c", limited + script], seconds=1)
    assert used.stopped
    assert used.trouble.startswith("over ")


def test_a_process_that_wants_too_much_memory_is_said_so() -> None:
    used = run([sys.executable, "-c", "bytearray(1 << 30)"], memory=512 << 20)
    assert used.trouble == "out of memory"


def test_memory_of_children_is_counted() -> None:
    """20 MiB each, written to, in a process and its child at the same time."""
    script = "import os, time; os.fork(); x = b'1' * (20 << 20); time.sleep(1)"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        together, stopped = _watch(process.pid, time.monotonic() + 600)
    assert not stopped
    assert 40 < together < 120


def test_peer_is_shown_as_multiples_of_onnxlint() -> None:
    peer = Outcome(wall=1.0, cpu=2.5, rss=2000.0, macs=1000)
    assert own_cell(CASE, ONNXLINT, OWN) == "2.00 s · 1.00 s · 50 MiB ✓"
    assert peer_cell(CASE, PEER, peer, OWN) == "0.50 · 2.5 · 40 ✓"


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (replace(OWN, macs=1290), "+29.0 %"),
        (replace(OWN, macs=900), "−10.0 %"),
        (replace(OWN, macs=None), "no count"),
        (replace(OWN, failed=3), "3 fail"),
    ],
)
def test_wrong_count_is_shown_as_difference(found: Outcome, shown: str) -> None:
    assert count(CASE, PEER, found) == shown


def test_a_tool_that_counts_nothing_is_not_judged_by_counts() -> None:
    assert count(CASE, replace(PEER, counts=False), replace(OWN, macs=None)) == ""


def test_trouble_replaces_ratios() -> None:
    assert peer_cell(CASE, PEER, replace(OWN, trouble="over 120 s"), OWN) == "over 120 s"


def test_least_of_several_runs_counts() -> None:
    runs = [replace(OWN, wall=1.0, cpu=3.0), replace(OWN, wall=2.0, cpu=0.5)]
    assert (least(runs).wall, least(runs).cpu) == (1.0, 0.5)


def test_onnxlint_and_peers_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    write(path, *transformer(SMALL, dynamic=True))
    shapes = dict.fromkeys(("ids", "kinds", "mask"), (1, SMALL.sequence))
    assert outcome(ONNXLINT.run(path, shapes, tmp_path)).macs == SMALL.macs
    printed = Usage(1.0, 1.0, 1.0, 0, "warning\n\nmacs=12\n", "")
    assert outcome(printed).macs == 12
    assert outcome(replace(printed, stdout="\nfailed=5\n")).failed == 5
    assert outcome(replace(printed, code=-11)).trouble == "died of SIGSEGV"
    assert outcome(replace(printed, code=2)).trouble == "fails"


def test_every_peer_is_pinned() -> None:
    pins = (README.parent / "tools/peers.txt").read_text()
    for tool in peers(Path(os.devnull)):
        assert f"\n{tool.package}==" in pins or f"\n{tool.package}[" in pins, tool.name


def test_readme_has_a_place_for_the_tables() -> None:
    assert PART.search(README.read_text())


def test_peers_are_shown_in_units_where_onnxlint_has_no_result() -> None:
    assert peer_cell(CASE, PEER, OWN, replace(OWN, trouble="fails")) == "2.00 s · 1.00 s · 50 MiB ✓"
