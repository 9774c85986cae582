"""``report --device``: what a model is set beside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Cli

SAMPLES = Path(__file__).parents[2] / "samples"


def rows(cli: Cli, *options: str, formats: str = "json") -> list[dict[str, object]]:
    shutil.copy(SAMPLES / "mobilenet_v1.onnx", "net.onnx")
    done = cli("report", "net.onnx", "-o", "out", "--format", formats, *options)
    assert done.code == 0, done.err
    page = json.loads(Path("out/net.json").read_bytes())["page"]
    found: list[dict[str, object]] = page["devices"]
    return found


def test_all_profiles_that_ship_are_asked(cli: Cli) -> None:
    found = rows(cli, formats="json,html")
    html = Path("out/net.html").read_text("utf-8")
    assert [row["name"] for row in found if str(row["name"]) not in html] == []
    kinds = [row["kind"] for row in found]
    assert kinds == ["microcontroller", "single-board computer", "phone CPU", "phone NPU",
                     "laptop CPU", "data-centre GPU"]  # fmt: skip


OURS = "name = 'Ours'\nsources = ['sheet']\nbandwidth = 1e9\n"
WEIGHTS = 17_015_456 + 73 * 8 + 2 * 4
"""Bytes of MobileNetV1: 4,231,976 parameters and 21,888 statistics in float32 (golden), 73 sizes
in int64 and two bounds of Clip."""


def test_chosen_devices_are_the_only_ones(cli: Cli) -> None:
    Path("ours.toml").write_text(f"{OURS}memory = 27_000_000\n[peak]\nfloat32 = 568_740_352\n")
    ours, board = rows(cli, "--device", "ours.toml", "--device", "rpi5", "--device", "rpi5")
    assert (ours["seconds"], ours["per_second"], ours["fits"]) == (1.0, 1.0, True)
    assert ours["weights"] == WEIGHTS / 27_000_000
    assert board["id"] == "rpi5"


def test_a_device_on_which_a_model_does_not_fit_has_no_time(cli: Cli) -> None:
    Path("ours.toml").write_text(
        f"{OURS}memory = 7_000_000\nflash = {WEIGHTS - 1}\n[peak]\nfloat32 = 1e9\n"
    )
    (row,) = rows(cli, "--device", "ours.toml", formats="json,html")
    assert (row["seconds"], row["per_second"], row["rates"]) == (None, None, {})
    assert (row["fits"], row["int8_may_fit"]) == (False, True)
    page = json.loads(Path("out/net.json").read_bytes())["page"]
    assert {option["seconds_now"] for option in page["options"]} == {None}
    assert next(o["seconds"] for o in page["options"] if o["id"] == "int8"), "that form fits"
    html = Path("out/net.html").read_text("utf-8")
    assert "does not fit; in int8 it may" in html
    assert row["flash"] == WEIGHTS - 1
    assert " of flash" in html


def test_options_are_timed_on_the_first_device_that_was_named(cli: Cli) -> None:
    for named, timed in (
        ([], "Raspberry Pi 5, 8 GB"),
        (["a100", "rpi5"], "NVIDIA A100 40 GB (float32 as TF32)"),
    ):
        rows(cli, *(word for name in named for word in ("--device", name)))
        page = json.loads(Path("out/net.json").read_bytes())["page"]
        assert {option["device"] for option in page["options"]} == {timed}


def test_an_unknown_device_is_one_clear_error(cli: Cli) -> None:
    shutil.copy(SAMPLES / "mobilenet_v1.onnx", "net.onnx")
    done = cli("report", "net.onnx", "-o", "out", "--device", "rpi")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "did you mean rpi5?" in done.err
    assert not Path("out").exists()
