"""``report --device``: what a model is set beside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Cli

SAMPLES = Path(__file__).parents[2] / "samples"


def rows(cli: Cli, *options: str) -> list[dict[str, object]]:
    shutil.copy(SAMPLES / "mobilenet_v1.onnx", "net.onnx")
    done = cli("report", "net.onnx", "-o", "out", "--format", "json,html", *options)
    assert done.code == 0, done.err
    page = json.loads(Path("out/net.json").read_bytes())["page"]
    html = Path("out/net.html").read_text("utf-8")
    for row in page["devices"]:
        assert row["name"] in html
    found: list[dict[str, object]] = page["devices"]
    return found


def test_all_profiles_that_ship_are_asked(cli: Cli) -> None:
    kinds = [row["kind"] for row in rows(cli)]
    assert kinds == ["microcontroller", "single-board computer", "phone CPU", "phone NPU",
                     "laptop CPU", "data-centre GPU"]  # fmt: skip


def test_chosen_devices_are_the_only_ones(cli: Cli) -> None:
    Path("ours.toml").write_text(
        "name = 'Ours'\nsources = ['sheet']\nmemory = 17_000_000\nbandwidth = 1e9\n"
        "[peak]\nfloat32 = 568_740_352\n"
    )
    ours, board = rows(cli, "--device", "ours.toml", "--device", "rpi5", "--device", "rpi5")
    assert (ours["seconds"], ours["per_second"]) == (1.0, 1.0)
    assert ours["weights"] == 17_015_456 / 17_000_000, "does not fit"
    assert board["id"] == "rpi5"
    assert "too large" in Path("out/net.html").read_text("utf-8")


def test_options_are_timed_on_the_first_device_that_was_named(cli: Cli) -> None:
    for named, timed in ([], "Raspberry Pi 5, 8 GB"), (["a100", "rpi5"], "NVIDIA A100 40 GB"):
        rows(cli, *(word for name in named for word in ("--device", name)))
        page = json.loads(Path("out/net.json").read_bytes())["page"]
        assert {option["device"] for option in page["options"]} == {timed}


def test_an_unknown_device_is_one_clear_error(cli: Cli) -> None:
    shutil.copy(SAMPLES / "mobilenet_v1.onnx", "net.onnx")
    done = cli("report", "net.onnx", "-o", "out", "--device", "rpi")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "did you mean rpi5?" in done.err
    assert not Path("out").exists()
