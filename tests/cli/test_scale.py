"""``scale``: the MobileNet paper's tables from the one committed sample."""

from __future__ import annotations

import csv
import io
import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Cli

SAMPLE = Path(__file__).parents[2] / "samples" / "mobilenet_v1.onnx"

PUBLISHED = {
    (1.0, 224): (568_740_352, 4_231_976),
    (1.0, 192): (418_121_728, 4_231_976),
    (1.0, 160): (290_675_200, 4_231_976),
    (1.0, 128): (186_400_768, 4_231_976),
    (0.75, 224): (325_400_448, 2_585_560),
    (0.5, 224): (149_497_088, 1_331_592),
    (0.5, 160): (76_524_800, 1_331_592),
    (0.25, 224): (41_030_272, 470_072),
}
"""(α, input side) → mult-adds and parameters (Howard et al. 2017, tables 6 and 7; the paper
rounds to 569, 418, 290, 186, 325, 149, 76 and 41 million)."""


@pytest.fixture
def mobilenet(tmp_path: Path) -> str:
    shutil.copy(SAMPLE, tmp_path / "mobilenet_v1.onnx")
    return "mobilenet_v1.onnx"


def points(outcome: str) -> list[dict[str, object]]:
    table: list[dict[str, object]] = json.loads(outcome)["table"]
    return table


def test_default_grid_holds_the_papers_rows_to_the_mac(cli: Cli, mobilenet: str) -> None:
    outcome = cli("scale", mobilenet, "--format", "json")
    found = {
        (p["width"], p["sides"][0]): (p["macs"], p["params"])  # type: ignore[index]
        for p in points(outcome.out)
    }
    assert outcome.code == 0
    assert len(found) == 16
    assert PUBLISHED.items() <= found.items()


def test_text_shows_every_digit_and_the_exponents(cli: Cli, mobilenet: str) -> None:
    out = cli("scale", mobilenet).out
    assert all(f"{macs:,}" in out and f"{params:,}" in out for macs, params in PUBLISHED.values())
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line}
    assert float(rows["width"][0]) == pytest.approx(2, abs=0.2)
    assert float(rows["resolution"][0]) == pytest.approx(2, abs=0.05)


def test_csv_has_a_line_for_each_size(cli: Cli, mobilenet: str) -> None:
    out = cli("scale", mobilenet, "--format", "csv", "--resolution", "224,128").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["input"], int(r["macs"])) for r in rows] == [
        ("224×224", 568_740_352), ("128×128", 186_400_768),
    ]  # fmt: skip


@pytest.mark.parametrize("resolution", ["128", "0.5714285714", "128x128", "128×128"])
def test_resolution_is_pixels_or_a_multiplier(cli: Cli, mobilenet: str, resolution: str) -> None:
    out = cli("scale", mobilenet, "--format", "json", "--resolution", resolution).out
    assert [p["macs"] for p in points(out)] == [186_400_768]


def test_blocks_of_each_stage_give_the_papers_shallow_network(cli: Cli, mobilenet: str) -> None:
    """Five of the six 14×14×512 blocks removed: 307 M mult-adds, 2.9 M parameters (table 5)."""
    out = cli("scale", mobilenet, "--format", "json", "--depth", "1+2+2+1+2").out
    (point,) = points(out)
    assert point["macs"] == 307_323_392
    assert round(int(str(point["params"])) / 1e6, 1) == 2.9


def test_divisor_rounds_channels(cli: Cli, mobilenet: str) -> None:
    plain, rounded = (
        points(cli("scale", mobilenet, "--format", "json", "--width", "0.3", *more).out)
        for more in ((), ("--divisor", "8"))
    )
    assert plain[0]["macs"] != rounded[0]["macs"]


def test_budget_lists_only_what_fits(cli: Cli, mobilenet: str) -> None:
    out = cli("scale", mobilenet, "--budget", "300M", "--format", "json").out
    frontier = json.loads(out)["frontier"]
    assert frontier["budget"] == 300_000_000
    assert frontier["points"]
    assert all(p["macs"] <= 300_000_000 for p in frontier["points"])
    assert "No combination" in cli("scale", mobilenet, "--budget", "1k").out


def test_model_without_space_says_so_and_exits_0(cli: Cli, clean: str) -> None:
    outcome = cli("scale", clean, "--resolution", "0.5")
    assert outcome.code == 0
    assert "not known: no input axis is known to be spatial" in outcome.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--width", "0"], "is not a multiplier"),
        (["--width", "nan"], "is not a multiplier"),
        (["--width", ","], "one value or more"),
        (["--resolution", "9999999"], "is not a side"),
        (["--resolution", "1x2x3"], "has 2 spatial sides"),
        (["--depth", "1+0"], "is not a number of blocks"),
        (["--depth", "1+2"], "--depth: expected 5 positive block counts"),
        (["--divisor", "0"], "is not a whole number"),
        (["--budget", "300 bytes"], "is not a number of MACs"),
        (["--budget", "1M", "--resolution", "10x200"], "needs an input that is square"),
        (["--budget", "1M", "--depth", "1+2"], "needs multipliers"),
    ],
)
def test_wrong_values_exit_2_and_say_what_is_wrong(
    cli: Cli, mobilenet: str, words: list[str], says: str
) -> None:
    outcome = cli("scale", mobilenet, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err


@pytest.mark.parametrize("words", [[], ["--budget", "300M"], ["--depth", "2", "--divisor", "8"]])
def test_json_obeys_the_schema(cli: Cli, mobilenet: str, words: list[str]) -> None:
    schema = json.loads((files("analyzer.report") / "schema.json").read_text("utf-8"))
    data = json.loads(cli("scale", mobilenet, "--format", "json", *words).out)
    Draft202012Validator(schema).validate(data)
    Draft202012Validator({**schema, "oneOf": [{"$ref": "#/$defs/scale"}]}).validate(data)
