"""``python -m tools.readings``: what it shows of findings, appends, and says no longer holds."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
from onnx.parser import parse_model

from analyzer.lint import lint
from analyzer.ruleset import load_rules
from tests.golden.text import facts
from tests.readings import record
from tools import readings as tool
from tools.readings import Seen, spread

MODEL = """<ir_version: 8, opset_import: ["" : 17, "com.example" : 1, "com.acme" : 1]>
g (float[4] x) => (float[4] y) { y = Relu (x) }"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model that IOP002 finds two things in; readings go beside it."""
    onnx.save(parse_model(MODEL), str(tmp_path / "net.onnx"))
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "SPECIFICATION", tmp_path / "none.csv")
    monkeypatch.setattr(tool, "specified", dict)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path, answers: str = "") -> int:
    monkeypatch.setattr("sys.argv", ["readings", *map(str, words)])
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    return tool.main()


def test_verdicts_are_appended_in_the_order_of_the_findings(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = "right nothing is from it\n\n"
    assert run(monkeypatch, "IOP002", folder, answers=answers) == 0
    shown = capsys.readouterr().out
    assert "IOP002 unused-import: 2 findings here, 0 read" in shown
    assert "remedy: drop the import of" in shown
    (reading,) = record.read(folder / "IOP002.csv")
    assert (reading.verdict, reading.reason) == ("right", "nothing is from it")
    assert reading.node in ("com.example", "com.acme")


def test_what_was_read_is_not_shown_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = "right nothing is from it\n" * 2
    run(monkeypatch, "IOP002", folder, answers=answers)
    capsys.readouterr()
    assert run(monkeypatch, "IOP002", folder) == 0
    assert capsys.readouterr().out == "IOP002 unused-import: 2 findings here, 2 read\n"


def test_an_unknown_verdict_writes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "IOP002", folder, answers="maybe it is so\n") == 2
    assert not (folder / "IOP002.csv").exists()


def test_a_reading_that_no_longer_holds_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "IOP002", folder, answers="right nothing is from it\n" * 2)
    digest = record.read(folder / "IOP002.csv")[0].sha256
    record.append("IOP001", [record.Reading(digest, "w", "right", "it was an input")])
    capsys.readouterr()
    assert run(monkeypatch, "--check", folder) == 1
    said = capsys.readouterr().out
    assert "IOP001: w of " in said
    assert "was read as right and is no longer said: it was an input" in said
    assert "3 readings of 2 rules: 1 no longer hold; 0 of their models are not here" in said


def test_findings_of_many_models_take_turns() -> None:
    found = facts("g (float[4] x) => (float[4] y) { a = Relu (x) b = Neg (a) y = Abs (b) }")
    rule = next(rule for rule in load_rules() if rule.id == "IOP025")
    (finding,) = lint(found, [replace(rule, status="stable")])
    sample = {name: [Seen(found, replace(finding, rule=name))] * 3 for name in "ab"}
    drawn = [seen.finding.rule for seen in spread(sample, seed=1)]
    assert {*drawn[:2]} == {*drawn[2:4]} == {*drawn[4:]} == {"a", "b"}


def test_an_operator_is_shown_with_operands_and_neighbours(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]>
    g (float[1,8] x) => (float[1,8] y) { a = Relu (x) b = Identity (a) y = Sigmoid (b) }"""
    onnx.save(parse_model(text), str(folder / "net.onnx"))
    assert run(monkeypatch, "--list", "STR001", folder) == 0
    shown = capsys.readouterr().out
    assert "    in 0 a float32 1×8 from Relu a" in shown
    assert "    read by Sigmoid y as operand 0" in shown


def test_a_rule_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(monkeypatch, "XYZ999", "samples")
