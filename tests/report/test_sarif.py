"""SARIF: what code scanning and editors are told, judged by its schema and by its makers' tool."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft7Validator
from onnx import NodeProto

from analyzer.report import CHECK_FORMATS, Batch, Failure, Options, Result, sarif, sarif_rules
from analyzer.report.result import Batch as AnyBatch
from tests.each import each
from tests.fuzz.promises import plain
from tests.fuzz.strings import ATTACKS
from tests.golden.text import parse
from tests.report.everything import (
    FAILURE,
    WASTEFUL,
    asking,
    clean,
    everything,
    named,
    partly,
    separable,
    silent,
)

TOOL = Path(sys.prefix) / f"node/node_modules/@microsoft/sarif-multitool-{sys.platform}"
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9") | {
    "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"
}
"""It would look whether the pages that rules refer to are there; a test asks nobody."""
LIGHT = {"DOTNET_TieredPGO": "0", "DOTNET_GCgen0size": "0x10000000"}
"""A process of two seconds that collects no profile of itself, and no garbage."""
Log = dict[str, Any]


def render(batch: AnyBatch, **options: Any) -> str:
    text = CHECK_FORMATS["sarif"](batch, Options(**options)).decode("ascii")
    plain(text)
    return text


def run(*items: Result | Failure, **options: Any) -> Log:
    (only,) = json.loads(render(Batch(items), **options))["runs"]
    found: Log = only
    return found


@pytest.fixture(scope="module")
def whole() -> Log:
    return run(*everything().items, root="/src", exit_code=2)


def test_the_log_is_what_the_schema_of_sarif_describes() -> None:
    schema = json.loads((TOOL / "sarif-2.1.0.json").read_text("utf-8-sig"))
    Draft7Validator.check_schema(schema)
    log = json.loads(render(everything(), root="/src", exit_code=2))
    assert [e.message for e in Draft7Validator(schema).iter_errors(log)] == []


def test_microsofts_validator_with_its_rules_for_github_finds_nothing(tmp_path: Path) -> None:
    nothing = replace(clean(), rules=clean().rules[:6])
    batches = [Batch((*everything().items, *hostile().items)), Batch((nothing,))]
    logs = [tmp_path / f"{number}.sarif" for number in range(len(batches))]
    for log, batch in zip(logs, batches, strict=True):
        log.write_text(render(batch, root="/src", exit_code=2))
    said = tmp_path / "said"
    command = [TOOL / "Sarif.Multitool", "validate", *logs, "--output", said,
               "--rule-kind", "Sarif;Gh;Ghas", "--level", "Error;Warning"]  # fmt: skip
    env = os.environ | OFFLINE | LIGHT | {"HOME": str(tmp_path)}
    done = subprocess.run([*map(str, command)], check=True, env=env, capture_output=True,
                          text=True, timeout=120)  # fmt: skip
    (found,) = json.loads(said.read_text("utf-8-sig"))["runs"]
    assert "2 files scanned" in done.stdout
    assert found.get("results", []) == []


def hostile() -> AnyBatch:
    """Names that are paths, links, commands and bytes that are no text."""
    paths = ["a b%20?#.onnx", "[x](1).onnx", "\udcff\n::error::.onnx", "../up.onnx", "/abs/x.onnx"]
    return Batch(tuple(
        replace(found := asking(), facts=named(found.facts, path)) for path in paths
    ))  # fmt: skip


def test_every_result_has_a_place_that_code_scanning_can_show(whole: Log) -> None:
    for result in whole["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["region"]["startLine"] == 1
        assert physical["artifactLocation"]["uriBaseId"] in whole["originalUriBaseIds"]


def test_results_point_at_their_rule_and_carry_the_operator(whole: Log) -> None:
    first = whole["results"][0]
    rule = whole["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert rule["id"] == first["ruleId"] == "SEP001"
    assert first["level"] == rule["defaultConfiguration"]["level"] == "warning"
    (logical,) = first["locations"][0]["logicalLocations"]
    assert (logical["name"], logical["fullyQualifiedName"]) == ("wider", "z")
    assert first["occurrenceCount"] == 2
    others = [place["logicalLocations"][0] for place in first["relatedLocations"]]
    assert [(o["name"], o["fullyQualifiedName"]) for o in others] == [("wider", "z"), ("wide", "y")]


def test_related_locations_say_which_bytes_of_the_file_are_the_operator(whole: Log) -> None:
    file = parse(WASTEFUL).SerializeToString()
    regions = [r["physicalLocation"]["region"] for r in whole["results"][0]["relatedLocations"]]
    ends = [(r["byteOffset"], r["byteOffset"] + r["byteLength"]) for r in regions]
    assert [NodeProto.FromString(file[a:b]).name for a, b in ends] == ["wider", "wide"]
    # OASIS SARIF 2.1.0, 3.30.4: a line and bytes that are not the line's are invalid together.
    assert not any("startLine" in region for region in regions)


def test_the_message_says_where_what_to_do_and_what_to_ask(whole: Log) -> None:
    (asked,) = [r for r in whole["results"] if r["ruleId"] == "TRU001"]
    assert asked["message"]["text"].splitlines() == [
        "y: it is odd", "from: net/model.py:12", "fix: rename it", "ask: Why is it odd?",
    ]  # fmt: skip


def test_the_line_of_the_python_source_is_a_related_location(whole: Log) -> None:
    (asked,) = [r for r in whole["results"] if r["ruleId"] == "TRU001"]
    source, _itself = asked["relatedLocations"]
    assert source["physicalLocation"] == {
        "artifactLocation": {"uri": "net/model.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }


def test_silenced_results_say_why_and_the_others_that_they_are_not(whole: Log) -> None:
    quiet = [r for r in whole["results"] if r["suppressions"]]
    assert [r["suppressions"][0] for r in quiet] == [
        {"kind": "external", "status": "accepted",
         "justification": "no depthwise | kernel (until 2999-01-31)"},
        {"kind": "external", "status": "accepted", "justification": "accepted in the baseline"},
    ]  # fmt: skip
    assert [r["baselineState"] for r in quiet] == ["new", "unchanged"]
    assert {r["baselineState"] for r in whole["results"] if not r["suppressions"]} == {"new"}


def test_results_that_nothing_tells_apart_are_numbered() -> None:
    found = asking()
    (finding,) = found.findings
    twice = replace(found, findings=(finding, replace(finding, message="it is odd as well")))
    results = run(twice, replace(twice, facts=named(twice.facts, "other.onnx")))["results"]
    hashes = [r["partialFingerprints"]["primaryLocationLineHash"] for r in results]
    assert hashes[1] == f"{hashes[0]}:2"
    assert hashes[2:] == hashes[:2], "another file has alerts of its own"


def test_for_code_scanning_there_is_no_result_that_is_silenced() -> None:
    """It would open an alert: github/codeql-action takes no notice of ``suppressions``."""
    text = CHECK_FORMATS["code-scanning"](everything(), Options()).decode("ascii")
    (found,) = json.loads(text)["runs"]
    assert [r["ruleId"] for r in found["results"]] == [
        "SEP001", "cannot-judge", "inconclusive", "TRU001",
    ]  # fmt: skip
    places = [p for r in found["results"] for p in r["locations"] + r.get("relatedLocations", [])]
    assert all(p["physicalLocation"]["region"]["startLine"] for p in places)
    assert not any({"suppressions", "baselineState"} & r.keys() for r in found["results"])
    assert found["invocations"][0]["executionSuccessful"] is False


def test_without_suppressions_and_baseline_no_result_speaks_of_them() -> None:
    (found,) = run(separable())["results"]
    assert not {"suppressions", "baselineState"} & found.keys()


def test_what_has_no_verdict_is_a_failed_run_a_notification_and_a_result(whole: Log) -> None:
    (invocation,) = whole["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    notes = invocation["toolExecutionNotifications"]
    assert [n["descriptor"]["id"] for n in notes] == ["cannot-judge", "work-limit"]
    results = [r for r in whole["results"] if r["ruleId"] in ("cannot-judge", "inconclusive")]
    assert [r["level"] for r in results] == ["error", "error"]
    assert run(separable())["invocations"][0]["executionSuccessful"]


def test_a_finding_keeps_its_identity_when_another_place_becomes_the_weightiest() -> None:
    found = separable()
    (lead,) = found.groups
    turned = replace(found, findings=tuple(reversed(found.places)))
    lighter = replace(found, findings=found.places[1:])
    prints = [run(one)["results"][0]["partialFingerprints"] for one in (found, turned, lighter)]
    assert prints[0] == prints[1] == prints[2]
    assert set(prints[0]) == {"onnxlint/v2", "primaryLocationLineHash"}
    assert lead.count == 2


def test_rules_come_with_their_documentation() -> None:
    rules = {rule["id"]: rule for rule in run(separable())["tool"]["driver"]["rules"]}
    assert "## What to do" in rules["SEP001"]["help"]["markdown"]
    assert rules["SEP001"]["helpUri"] == "https://arxiv.org/abs/1704.04861"
    assert "security-severity" not in rules["SEP001"]["properties"]
    assert rules["TRU016"]["properties"]["security-severity"] == "8.0"
    assert "external/cwe/cwe-022" in rules["TRU016"]["properties"]["tags"]


def test_paths_in_the_working_directory_are_relative_to_it() -> None:
    def uris(path: str, root: str) -> Any:
        found = run(replace(one := separable(), facts=named(one.facts, path)), root=root)
        return found["artifacts"][0]["location"]

    assert uris("/src/a/m.onnx", "/src") == {"uri": "a/m.onnx", "uriBaseId": "%SRCROOT%"}
    assert uris("../m.onnx", "/src/x") == {"uri": "file:///src/m.onnx"}
    assert uris("/m.onnx", "") == {"uri": "file:///m.onnx"}


@pytest.mark.parametrize("path", ["a b.onnx", "ü/ö#?.onnx", "/x/%41.onnx", "\udcff.onnx", "a:b"])
def test_paths_are_uri_references_that_lead_back(path: str) -> None:
    found = separable()
    uri = run(replace(found, facts=named(found.facts, path)))["artifacts"][0]["location"]["uri"]
    assert re.fullmatch(r"(file://)?[A-Za-z0-9._~/%-]+", uri)
    assert unquote(uri.removeprefix("file://"), errors="surrogateescape") == path


@each("text", [*ATTACKS, "[click](1)"])
def test_no_name_becomes_a_link_in_a_message(text: str) -> None:
    found = run(replace(FAILURE, message=text))
    assert not re.search(r"[^\\]\]\(", found["results"][0]["message"]["text"])


def test_what_github_would_not_take_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    found = run(separable(), asking(), FAILURE, silent())
    assert [r["level"] for r in found["results"]] == ["error", "error"]
    note = found["invocations"][0]["toolExecutionNotifications"][-1]
    assert note["message"]["text"].startswith("2 of 5 results are in this log")


def test_a_log_that_would_be_too_large_is_cut_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (separable(), asking(), FAILURE, partly())
    bare = len(render(Batch((clean(),))))
    monkeypatch.setattr(sarif, "MOST_RESULTS", 4)
    monkeypatch.setattr(sarif, "MOST_BYTES", 1)
    found = run(*items)
    assert len(found["results"]) == 1
    assert len(json.dumps(found)) < bare * 1.1


def test_levels_of_security_are_those_that_github_names() -> None:
    levels = [float(value) for value in sarif_rules._SECURITY.values()]
    assert levels[0] >= 7 > levels[1] >= 4 > levels[2] > 0
