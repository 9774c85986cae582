"""``config --show``: every setting that holds, and the place that said it last."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.model.limits import Limits
from tests.cli.conftest import Cli

SCHEMA = Draft202012Validator(json.loads(Path("analyzer/report/schema.json").read_text()))
FILE = """fail-on = "warning"
ignore = ["SEP001"]
targets = ["tensorrt"]
severity = { GRF = "error", "STR" = "info" }
[budgets]
macs = "600M"
[options.separable-candidate]
min-macs = 5
[[suppress]]
rule = "STR001"
model = "models/edge/*"
reason = "because"
[[models]]
path = "models/edge/*.onnx"
base = "git:main"
budgets = { macs = ["500M", "+5%"], peak = "4 MiB" }
ignore = ["EFF"]
severity.GRF001 = "info"
[[models]]
path = ["models/edge/b.onnx", "other/*.onnx"]

dims."a b.c" = 3
limits.guard_seconds = 50
options.SEP001.min-macs = "1 kMACs"
"""


def shown(cli: Cli, *words: str) -> dict[str, Any]:
    outcome = cli("config", "--show", *words, "--format", "json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    SCHEMA.validate(found)
    return found


def places(found: dict[str, Any]) -> dict[str, list[tuple[Any, str]]]:
    """Value, and place in words, by key."""
    rows: dict[str, list[tuple[Any, str]]] = {}
    for setting in found["settings"]:
        origin = setting["origin"]
        words = {
            "default": "default",
            "file": f"{origin['file']}:{origin['line']}",
            "models": f"{origin['file']}:{origin['line']} {origin['path']}",
            "command line": origin["flag"],
        }[origin["kind"]]
        rows.setdefault(setting["key"], []).append((setting["value"], words))
    return rows


def test_each_setting_names_the_place_that_said_it_last(cli: Cli) -> None:
    Path("onnxlint.toml").write_text(FILE)
    found = shown(cli, "models/edge/b.onnx", "--dim", "k=4", "--limit", "guard_seconds=60",
                  "--ignore", "BLK", "--target", "coreml")  # fmt: skip
    rows = places(found)
    edge, other = "models/edge/*.onnx", "models/edge/b.onnx, other/*.onnx"
    assert {key: rows[key] for key in rows if rows[key][0][1] != "default"} == {
        "fail-on": [("warning", "onnxlint.toml:1")],
        "targets": [(["coreml"], "--target")],
        "base": [("git:main", f"onnxlint.toml:15 {edge}")],
        "ignore": [(["SEP001"], "onnxlint.toml:2"), (["EFF"], f"onnxlint.toml:17 {edge}"),
                   (["BLK"], "--ignore")],
        "severity.GRF": [("error", "onnxlint.toml:4")],
        "severity.STR": [("info", "onnxlint.toml:4")],
        "severity.GRF001": [("info", f"onnxlint.toml:18 {edge}")],
        "budgets.macs": [(["500M", "+5%"], f"onnxlint.toml:16 {edge}")],
        "budgets.peak": [(["4 MiB"], f"onnxlint.toml:16 {edge}")],
        'dims."a b.c"': [(3, f"onnxlint.toml:22 {other}")],
        "dims.k": [(4, "--dim")],
        "options.SEP001.min-macs": [(1000, f"onnxlint.toml:24 {other}")],
        "limits.guard_seconds": [(60, "--limit")],
        "suppress[1]": [("STR001 of models/edge/* at *: because", "onnxlint.toml:9")],
    }  # fmt: skip
    assert found["configuration"] == "onnxlint.toml"
    assert [(entry["path"], entry["line"]) for entry in found["models"]] == [
        (edge, 13),
        (other, 19),
    ]


def test_it_shows_what_check_does(cli: Cli) -> None:
    Path("onnxlint.toml").write_text(FILE)
    rules = {rule["id"]: rule["severity"] for rule in shown(cli, "models/edge/a.onnx")["rules"]}
    assert (rules["GRF001"], rules["GRF002"], rules["STR001"]) == ("info", "error", "info")
    assert not {"SEP001", "EFF005"} & set(rules)
    everything = {rule["id"] for rule in shown(cli, "m.onnx", "--no-config")["rules"]}
    assert {"SEP001", "EFF005"} <= everything
    assert "WGT001" not in everything
    weights = shown(cli, "--no-config", "--weights")
    assert "WGT001" in {rule["id"] for rule in weights["rules"]}
    assert places(weights)["weights"] == [(True, "--weights")]
    implied = places(shown(cli, "--no-config", "--select", "WGT"))
    assert implied["weights"] == [(True, "--select")]


def test_defaults_are_there_with_their_values(cli: Cli) -> None:
    rows = places(shown(cli))
    assert all(place == "default" for found in rows.values() for _, place in found)
    assert rows["fail-on"] == [("error", "default")]
    assert rows["baseline"] == [(None, "default")]
    assert {f"limits.{name}" for name in Limits.names()} <= set(rows)
    assert rows["limits.nodes"] == [(Limits().nodes, "default")]
    assert rows["options.BGT001.max-macs"] == [(None, "default")]


def test_without_a_model_every_entry_is_shown_with_what_it_states(cli: Cli) -> None:
    Path("pyproject.toml").write_text(
        "[tool.onnxlint]\nfail-on = 'info'\n[[tool.onnxlint.models]]\npath = 'a.onnx'\ndims.n = 3\n"
    )
    found = shown(cli)
    assert places(found)["fail-on"] == [("info", "pyproject.toml:2")]
    (entry,) = found["models"]
    assert (entry["path"], entry["line"]) == ("a.onnx", 3)
    assert [(s["key"], s["value"], s["origin"]["line"]) for s in entry["settings"]] == [
        ("dims.n", 3, 5)
    ]
    assert "dims.n" not in places(found)
    assert "dims.n" in places(shown(cli, "a.onnx"))


def test_the_text_has_a_line_for_each_with_its_place(cli: Cli) -> None:
    Path("onnxlint.toml").write_text(FILE)
    lines = cli("config", "--show", "models/edge/b.onnx").out.splitlines()
    assert lines[0] == "models/edge/b.onnx: onnxlint.toml"
    line = next(line for line in lines if line.startswith("budgets.macs"))
    assert line.split(None, 2)[2].split("  ")[0] == '["500M", "+5%"]'
    assert line.endswith('onnxlint.toml:16 [[models]] "models/edge/*.onnx"')
    assert any(line.startswith("count ") and line.endswith("default") for line in lines)
    assert sum("limits." in line for line in lines) == 1
    assert any("--format json has them" in line for line in lines)
    assert cli("config").out.splitlines()[0] == "onnxlint.toml"
    assert cli("config", "--no-config").out.splitlines()[0] == "no configuration file"


def test_names_with_control_characters_stay_in_their_line(cli: Cli) -> None:
    Path("onnxlint.toml").write_text('dims."a\\n::error::b\\u001b" = 3\n')
    lines = cli("config", "m\n::error::.onnx").out.splitlines()
    assert not any(line.startswith("::") or "\x1b" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        ('select = ["NOP"]', (), "'NOP' is no rule"),
        ("[[models]]\npath = 'a.onnx'\nselect = ['NOP']", (), "onnxlint.toml:3"),
        (
            "",
            ("--baseline", "none.json"),
            "none.json: there is no such file; onnxlint check MODELS --write-baseline ",
        ),
        ("", (".",), "is a folder; name a model in it"),
        ('base = ""\nbudgets.macs = "+5%"', (), "is relative to a base"),
    ],
)
def test_what_is_wrong_is_exit_2_as_it_would_be_for_check(
    cli: Cli, text: str, words: tuple[str, ...], says: str
) -> None:
    Path("onnxlint.toml").write_text(text)
    outcome = cli("config", "--show", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err


def test_a_file_beside_a_model_is_named_as_not_used(cli: Cli) -> None:
    Path("sent").mkdir()
    Path("sent/onnxlint.toml").write_text('fail-on = "never"')
    outcome = cli("config", "--show", "sent/m.onnx")
    assert re.search(r'^fail-on += "error" +default$', outcome.out, re.MULTILINE)
    assert "sent/onnxlint.toml: not used" in outcome.err
