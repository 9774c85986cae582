"""What a report advises to type where cost hangs on a size that nobody stated, typed."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.golden.text import parse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli


@pytest.mark.parametrize("sides", ["h,w", "?,?", "height in pixels,w"])
def test_the_command_that_states_a_size_runs_and_settles_it(
    sides: str, cli: Cli, tmp_path: Path
) -> None:
    """64 filters of 3 × 3 over 16 channels, at 96 × 96."""
    model = parse("""g (float[1,16,h,w] x, float[64,16,3,3] k) => (float[1,64,p,q] y) {
        y = Conv <pads = [1, 1, 1, 1]> (x, k) }""")
    for axis, name in zip((2, 3), sides.split(","), strict=True):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = name
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    assert not cli("report", "m.onnx", "-o", "out", "--format", "json").code
    before = json.loads((tmp_path / "out/m.json").read_text("utf-8"))["page"]
    assert before["asks"][-1]["rule"] == "GRF003"
    (action,) = (ask for ask in before["asks"] if ask["rule"] == "GRF003")
    assert (action["impact"], action["rests"]) == ("low", 1.0)
    typed = action["what"].split("`")[1]
    for word, stands in {"MODEL": "m.onnx", "DIR": "out", "SIZE": "96"}.items():
        typed = typed.replace(word, stands)
    command, *words = shlex.split(typed)
    assert command == "onnxlint"
    done = cli(*words, "--format", "json")
    assert done.code == 0, done.err
    after = json.loads((tmp_path / "out/m.json").read_text("utf-8"))
    assert after["totals"]["macs"] == 96 * 96 * 64 * 16 * 3 * 3
    assert all(ask["rule"] != "GRF003" for ask in after["page"]["asks"])
