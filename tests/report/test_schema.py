"""The JSON Schema: read off the records, strict, and true of what the commands print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from analyzer import analyze, load
from analyzer.cli.main import run
from tests.schemas import Schema
from tools.schema import OUTPUTS, TARGET, render, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = "samples/mobilenet_v1.onnx"
STANDARD = "samples/mobilenet_v1_standard.onnx"
OPINIONS = {"findings", "outcome", "conversion", "suppressed", "accepted"}
"""Members that are no facts."""


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TARGET.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def judge(shipped: dict[str, Any]) -> Schema:
    return Schema(shipped)


def printed(capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--format", "json"]) in (0, 1, 2)
    return json.loads(capfd.readouterr().out)


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every description of an object with members of its own."""
    if isinstance(part, dict):
        if "properties" in part:
            yield part
        for each in part.values():
            yield from objects(each)
    elif isinstance(part, list):
        for each in part:
            yield from objects(each)


def test_shipped_schema_is_what_the_records_say() -> None:
    text = render()
    assert TARGET.read_text("utf-8") == text, "run `make readme`"
    assert json.loads(text) == schema()


def test_shipped_schema_is_one(shipped: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(shipped)


def test_no_object_may_have_a_member_that_the_schema_does_not_know() -> None:
    described = list(objects(json.loads(TARGET.read_text("utf-8"))))
    assert len(described) > 30
    assert all(each["additionalProperties"] is False for each in described)
    assert all(set(each["required"]) == set(each["properties"]) for each in described)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("result", ["inspect", STANDARD]),
        ("result", ["inspect", SAMPLE, "--weights"]),
        ("batch", ["check", SAMPLE, STANDARD, "LICENSE"]),
        ("scale", ["scale", SAMPLE]),
        ("scale", ["scale", SAMPLE, "--budget", "300M"]),
        ("compare", ["compare", SAMPLE, STANDARD]),
        ("conventions", ["inspect", SAMPLE, "--conventions"]),
        ("growth", ["inspect", SAMPLE, "--growth"]),
    ],
)
def test_command_prints_what_the_schema_describes(
    judge: Schema,
    capfd: pytest.CaptureFixture[str],
    shipped: dict[str, Any],
    name: str,
    words: list[str],
) -> None:
    found = printed(capfd, *words)
    assert judge.breaches(found) == []
    alone = {**shipped, "oneOf": [{"$ref": f"#/$defs/{name}"}]}
    assert Schema(alone).obeyed_by(found)
    assert name in OUTPUTS.values()


def test_facts_as_a_dictionary_are_the_json_of_inspect(
    judge: Schema, capfd: pytest.CaptureFixture[str]
) -> None:
    found = analyze(load(STANDARD)).to_dict()
    assert judge.obeyed_by(found)
    whole = printed(capfd, "inspect", STANDARD)
    assert whole.keys() - found.keys() >= OPINIONS
    assert found == {name: whole[name] for name in found}
