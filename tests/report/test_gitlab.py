"""GitLab's Code Quality report, as its documentation describes it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator

from analyzer.report import CHECK_FORMATS, Batch, Failure, Options, Result
from tests.report.everything import FAILURE, asking, clean, everything, named, separable, silent

# "Code Quality report format" in GitLab's documentation: what a report needs, and no more.
DOCUMENTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def issues(*items: Result | Failure, root: str = "") -> list[dict[str, Any]]:
    text = CHECK_FORMATS["gitlab"](Batch(items), Options(root=root)).decode("ascii")
    found: list[dict[str, Any]] = json.loads(text)
    wrong = [error.message for error in Draft202012Validator(DOCUMENTED).iter_errors(found)]
    assert wrong == []
    return found


def test_every_thing_reported_is_an_issue_as_grave_as_it_is() -> None:
    found = issues(*everything().items)
    assert [(i["location"]["path"], i["check_name"], i["severity"]) for i in found] == [
        ("m.onnx", "SEP001", "major"),
        ("broken.onnx", "cannot-judge", "blocker"),
        ("partly.onnx", "inconclusive", "blocker"),
        ("asking.onnx", "TRU001", "critical"),
    ]


def test_an_issue_says_where_what_to_do_and_what_to_ask() -> None:
    (found,) = issues(asking())
    assert found["description"] == "TRU001 test: y: it is odd"
    assert found["content"]["body"].splitlines() == [
        "- from: net/model.py:12", "- fix: rename it", "- ask: Why is it odd?",
    ]  # fmt: skip


def test_what_is_clean_or_silenced_is_an_empty_report() -> None:
    assert issues(clean(), silent()) == []


def test_fingerprints_are_unique_and_the_same_in_every_run() -> None:
    (finding,) = asking().findings
    twice = replace(asking(), findings=(finding, replace(finding, message="it is odder")))
    found = issues(twice, separable(), FAILURE, replace(FAILURE, path="other.onnx"))
    prints = [issue["fingerprint"] for issue in found]
    assert len(set(prints)) == len(prints) == 5
    assert prints == [
        issue["fingerprint"]
        for issue in issues(twice, separable(), FAILURE, replace(FAILURE, path="other.onnx"))
    ]


def test_paths_are_those_of_the_repository() -> None:
    found = separable()
    (issue,) = issues(replace(found, facts=named(found.facts, "/src/./a/m.onnx")), root="/src")
    assert issue["location"]["path"] == "a/m.onnx"
    (issue,) = issues(replace(found, facts=named(found.facts, "./m.onnx")))
    assert issue["location"]["path"] == "m.onnx"
