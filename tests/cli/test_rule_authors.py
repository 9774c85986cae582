"""``onnxlint rules fields``, ``new`` and ``schema``: what authors of rules need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.ruleset import allowance, load_rules
from tests.cli.conftest import Cli
from tests.golden.text import parse
from tests.ruleset.build import rule_text


def test_a_new_rule_passes_its_own_examples_and_is_never_overwritten(cli: Cli) -> None:
    Path("own").mkdir()
    made = cli("rules", "new", "own/no-dropout")
    assert (made.code, made.out) == (0, "own/no-dropout.yaml\n")
    assert made.err == ("try it with: onnxlint rules test own; "
                        "use it with: onnxlint check MODEL --rules own\n")  # fmt: skip
    tried = cli("rules", "test", "own")
    assert (tried.code, tried.err) == (0, "2 examples, 0 failed\n")
    assert cli("rules", "test", "own/no-dropout.yaml").out.count("PASS") == 2
    before = Path("own/no-dropout.yaml").read_bytes()
    again = cli("rules", "new", "own/no-dropout")
    assert (again.code, again.out) == (2, "")
    assert "own/no-dropout.yaml: is there already; choose another name" in again.err
    assert Path("own/no-dropout.yaml").read_bytes() == before
    assert [path.name for path in Path("own").iterdir()] == ["no-dropout.yaml"]


def test_the_first_rule_of_a_folder_makes_the_folder(cli: Cli) -> None:
    assert cli("rules", "new", "own/first").out == "own/first.yaml\n"
    assert [rule.name for rule in load_rules(Path("own"))] == ["first"]


def test_new_rules_of_one_folder_have_ids_of_their_own(cli: Cli) -> None:
    for name in ("one", "two", "three.yaml"):
        assert cli("rules", "new", name).code == 0
    assert [rule.id for rule in load_rules(Path())] == ["OWN001", "OWN002", "OWN003"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Bad Name", "words of a-z and 0-9 joined by '-', not 'Bad Name'"),
        ("", "words of a-z"),
        ("no/where/x", "no/where/x.yaml: there is no such folder; create it first"),
        ("a\0b", "words of a-z"),
    ],
)
def test_a_name_that_no_rule_can_have_is_an_error(cli: Cli, name: str, message: str) -> None:
    if not name:
        name = "-"
    outcome = cli("rules", "new", name)
    assert outcome.code == 2
    assert message in outcome.err


def test_a_dangling_link_is_not_written_through(cli: Cli) -> None:
    Path("x.yaml").symlink_to("elsewhere.yaml")
    assert cli("rules", "new", "x").code == 2
    assert not Path("elsewhere.yaml").exists()


def test_fields_are_listed_with_type_unit_and_meaning(cli: Cli) -> None:
    listed = cli("rules", "fields", "node")
    text = listed.out
    assert (listed.code, listed.err) == (0, "")
    assert "groups: node (Node), conv (Conv)" in text
    assert "kernel_volume       number: Product of the kernel sides" in text
    assert "readers(value)  number: How often a value is read" in text
    found = json.loads(cli("rules", "fields", "--format", "json").out)
    (saving,) = (record for record in found["records"] if record["name"] == "Saving")
    macs = {field["name"]: field for field in saving["fields"]}["macs_now"]
    assert macs == {"name": "macs_now", "type": "number", "unit": "MACs",
                    "meaning": "MACs of the convolution over all its executions."}  # fmt: skip
    assert {entry["name"] for entry in found["subjects"]} >= {"node", "model", "initializer"}


def test_fields_of_what_no_rule_is_about_are_an_error(cli: Cli) -> None:
    outcome = cli("rules", "fields", "nodes")
    assert outcome.code == 2
    assert "there is no sort of subject 'nodes', did you mean 'node'?" in outcome.err


def test_the_schema_for_editors_is_that_of_the_wheel(cli: Cli) -> None:
    done = cli("rules", "schema")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["title"] == "onnxlint rule"
    assert found["properties"]["severity"]["enum"] == ["error", "warning", "info"]


def test_a_rule_that_looks_at_too_much_makes_the_outcome_inconclusive(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "RULE_STEPS", allowance.RULE_STEPS // 16)
    fan = " ".join(f"a{i} = Relu (x)" for i in range(200))
    y = ", ".join(f"a{i}" for i in range(200))
    model = parse(f"g (float[4] x) => (float[4] y) {{ {fan} y = Sum ({y}) }}")
    Path("fan.onnx").write_bytes(model.SerializeToString())
    readers = "node.inputs[0].readers"
    Path("own").mkdir()
    when = f"any(a in {readers}, any(b in {readers}, a.id == b.name))"
    rule = rule_text(options="{}", applies_to="{node: [Relu]}", message="m", when=when)
    Path("own/greedy.yaml").write_text(rule)
    outcome = cli("check", "fan.onnx", "--rules", "own", "--output", "json=found.json")
    assert outcome.code == 2
    assert "rule TST001 (test-rule) would have to look at too much of this model" in outcome.out
    found = json.loads(Path("found.json").read_text())
    assert found["models"][0]["outcome"] == "inconclusive"
    assert "rule-limit" in {problem["code"] for problem in found["models"][0]["problems"]}


def test_a_rule_file_that_is_named_is_told_by_its_path(cli: Cli) -> None:
    """As pre-commit names them, from several folders."""
    cli("rules", "new", "own/first")
    assert cli("rules", "test", "own/first.yaml").out.startswith("own/first.yaml:")
    Path("own/first.yaml").write_text("id: X\n")
    assert "error: own/first.yaml:1: " in cli("rules", "test", "own/first.yaml").err
