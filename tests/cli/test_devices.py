"""``report --device``: what a model is set beside."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.devices import SHIPPED, profile
from analyzer.report import REPORT_FORMATS, Options
from analyzer.report.result import Result
from analyzer.report.sheet import Report
from tests.cli.conftest import Cli
from tests.report.results import judge

SAMPLES = Path(__file__).parents[2] / "samples"


def rows(cli: Cli, *options: str, formats: str = "json") -> list[dict[str, object]]:
    shutil.copy(SAMPLES / "mobilenet_v1.onnx", "net.onnx")
    done = cli("report", "net.onnx", "-o", "out", "--format", formats, *options)
    assert done.code == 0, done.err
    page = json.loads(Path("out/net.json").read_bytes())["page"]
    found: list[dict[str, object]] = page["devices"]
    return found


@pytest.fixture(scope="module")
def mobilenet() -> Result:
    return judge(SAMPLES / "mobilenet_v1.onnx")


def beside(result: Result, *devices: str) -> Report:
    """What a report says of a model beside devices, by name or file."""
    return Report.of(replace(result, devices=tuple(map(profile, devices))))


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


def test_a_device_on_which_a_model_does_not_fit_has_no_time(
    mobilenet: Result, tmp_path: Path
) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(f"{OURS}memory = 7_000_000\nflash = {WEIGHTS - 1}\n[peak]\nfloat32 = 1e9\n")
    report = beside(mobilenet, str(ours))
    page = json.loads(report.json)["page"]
    (row,) = page["devices"]
    assert (row["seconds"], row["per_second"], row["rates"]) == (None, None, {})
    assert (row["fits"], row["int8_may_fit"]) == (False, True)
    assert {option["seconds_now"] for option in page["options"]} == {None}
    assert next(o["seconds"] for o in page["options"] if o["id"] == "int8"), "that form fits"
    html = REPORT_FORMATS["html"](report, Options()).decode()
    assert "does not fit; in int8 it may" in html
    assert row["flash"] == WEIGHTS - 1
    assert " of flash" in html


def test_options_are_timed_on_the_first_device_that_was_named(mobilenet: Result) -> None:
    """Of all that ship, in the order of their kinds, it is none so small that nothing fits."""
    for named, timed in (
        (SHIPPED, "Raspberry Pi 5, 8 GB"),
        (("a100", "rpi5"), "NVIDIA A100 40 GB (float32 as TF32)"),
    ):
        page = json.loads(beside(mobilenet, *named).json)["page"]
        assert {option["device"] for option in page["options"]} == {timed}


def test_an_unknown_device_is_one_clear_error(cli: Cli) -> None:
    shutil.copy(SAMPLES / "mobilenet_v1.onnx", "net.onnx")
    done = cli("report", "net.onnx", "-o", "out", "--device", "rpi")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "did you mean rpi5?" in done.err
    assert not Path("out").exists()
