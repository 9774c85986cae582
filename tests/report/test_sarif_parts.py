"""Parts of a log for code scanning, of notices made for them."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.findings.finding import Severity
from analyzer.report import sarif, sarif_rules
from analyzer.report.notices import CANNOT_JUDGE, Notice, Spot
from analyzer.report.result import Options

NOTICE = Notice("m.onnx", "R1", "a-rule", Severity.WARNING, "is large", "c")
ROOT: dict[str, Any] = {"uri": "m.onnx", "uriBaseId": "%SRCROOT%"}


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def test_results_that_nothing_tells_apart_are_numbered() -> None:
    same, other = replace(NOTICE, message="b"), replace(NOTICE, place="d")
    first, second, third, fourth = sarif._identities(
        [NOTICE, same, other, replace(NOTICE, path="n")]
    )
    assert second == f"{first}:2"
    assert third not in (first, second)
    assert fourth == first


def test_a_place_is_a_line_of_the_file_or_its_bytes() -> None:
    line = {"physicalLocation": {"artifactLocation": ROOT, "region": {"startLine": 1}}}
    named = {"logicalLocations": [{"name": "conv", "fullyQualifiedName": "c", "kind": "member"}]}
    bytes_ = {"byteOffset": 5, "byteLength": 9}
    spot = Spot("conv", "c", (5, 9))
    assert sarif._location("m.onnx", spot, "") == line | named
    assert sarif._location("m.onnx", spot, "", True)["physicalLocation"]["region"] == bytes_
    assert sarif._location("m.onnx", Spot("", ""), "", True) == line
    origin = sarif._origin("net.py:12", "")["physicalLocation"]
    assert (origin["artifactLocation"]["uri"], origin["region"]) == ("net.py", {"startLine": 12})
    assert sarif._origin("net.py:0", "")["physicalLocation"]["region"] == {"startLine": 1}
    assert "uriBaseId" not in sarif._place("/abs/m.onnx", "")


def result(notice: Notice, *, exact: bool = False) -> Any:
    return sarif._result(notice, "i", {"R1": 4}, "", exact)


def test_a_result_has_its_rule_its_places_and_what_to_do() -> None:
    found = result(NOTICE)
    assert (found["ruleId"], found["ruleIndex"], found["level"]) == ("R1", 4, "warning")
    assert found["message"] == {"text": "c: is large"}
    assert found["partialFingerprints"] == {"onnxlint/v2": "i", "primaryLocationLineHash": "i"}
    assert "relatedLocations" not in found
    assert "occurrenceCount" not in found
    spots = tuple(Spot(name, name, (n, 1)) for n, name in enumerate("abc"))
    many = replace(NOTICE, spots=spots, origin="net.py:3", remedy="Cut it", ask="Why?",
                   finding=cast("Any", some(count=3)))  # fmt: skip

    def related(*, exact: bool) -> list[Any]:
        return [each.get("logicalLocations", [{"name": "origin"}])[0]["name"]
                for each in result(many, exact=exact)["relatedLocations"]]  # fmt: skip

    assert result(many)["occurrenceCount"] == 3
    assert related(exact=False) == ["origin", "b", "c"]
    assert related(exact=True) == ["origin", "a", "b", "c"]
    bare = replace(many, spots=(Spot("a", "a"), *spots[1:]), origin="")
    assert [each["logicalLocations"][0]["name"] for each in
            result(bare, exact=True)["relatedLocations"]] == ["b", "c"]  # fmt: skip
    assert result(many)["message"]["text"].splitlines() == [
        "c: is large (and at 2 places more)", "from: net.py:3", "fix: Cut it", "ask: Why?",
    ]  # fmt: skip
    wide = replace(NOTICE, spots=tuple(Spot("a", f"a{n}") for n in range(1001)))
    assert len(result(wide)["relatedLocations"]) == 999


BATCH = some(items=(), results=(), outcome="findings")


def run(notices: list[Notice], most: int = 99, **options: Any) -> Any:
    return sarif._run(BATCH, notices, most, Options(**options), True)


def test_of_too_many_results_the_gravest_are_told() -> None:
    info, error = (replace(NOTICE, severity=each) for each in (Severity.INFO, Severity.ERROR))
    told = run([info, NOTICE, error], 2)
    assert [each["level"] for each in told["results"]] == ["error", "warning"]
    (note,) = told["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == ("2 of 3 results are in this log, the gravest; JSON has all")
    whole = run([info, NOTICE], 2)
    assert [each["level"] for each in whole["results"]] == ["note", "warning"]
    assert whole["invocations"][0] == {
        "executionSuccessful": True, "toolExecutionNotifications": [],
    }  # fmt: skip
    assert run([], exit_code=1)["invocations"][0]["exitCode"] == 1
    assert run([], exit_code=0)["invocations"][0]["exitCode"] == 0
    assert "suppressions" not in whole["results"][0]


def test_what_one_result_states_all_do() -> None:
    quiet = some(state="suppressed", reason="known", expires=None)
    old = some(state="accepted", reason="", expires=None)
    held = cast("Any", some(count=1, cause="", rule="R1", fingerprint="f"))

    def told(*states: Any) -> list[tuple[Any, Any]]:
        notices = [replace(NOTICE, quiet=each, finding=held) for each in states]
        return [
            (each.get("suppressions"), each.get("baselineState"))
            for each in run(notices)["results"]
        ]

    def entry(text: str) -> list[dict[str, str]]:
        return [{"kind": "external", "status": "accepted", "justification": text}]

    assert told(None, None) == [(None, None)] * 2
    assert told(None, quiet) == [([], None), (entry("known"), None)]
    assert told(None, old) == [([], "new"), (entry("accepted in the baseline"), "unchanged")]
    assert told(quiet, old)[0] == (entry("known"), "new")


def test_a_log_that_is_too_large_is_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def made(batch: Any, notices: Any, most: int, options: Any, exact: bool) -> Any:
        seen.append(most)
        return {"results": ["".join(map(chr, range(32, 127)))] * most}

    monkeypatch.setattr(sarif, "_run", made)
    monkeypatch.setattr(sarif, "MOST_RESULTS", 10)
    for limit, tried in ((10_000, [10]), (400, [10]), (1, [10, 5, 2, 1])):
        seen.clear()
        monkeypatch.setattr(sarif, "MOST_BYTES", limit)
        data = json.loads(sarif._render(BATCH, [], Options(), exact=True))
        assert seen == tried, limit
        assert len(data["runs"][0]["results"]) == tried[-1]


def test_what_no_rule_describes_is_described() -> None:
    own = sarif_rules._own(replace(NOTICE, remedy="Cut it"))
    assert (own["name"], own["shortDescription"]["text"], own["help"]["text"]) == (
        "a-rule", "A rule.", "Cut it.",
    )  # fmt: skip
    unread = sarif_rules._own(replace(NOTICE, rule=CANNOT_JUDGE, name=""))
    assert "name" not in unread
    assert unread["shortDescription"]["text"] == "A file that could not be judged at all."
    assert unread["help"]["text"] == "Act on the message, then judge the model again."
    ends = [sarif_rules._sentence(text) for text in ("a", "a.", "a!", "a?", "a:")]
    assert ends == ["a.", "a.", "a!", "a?", "a:."]


def test_rules_about_weaknesses_have_their_rank() -> None:
    def told(status: str, severity: Severity, *references: str) -> Any:
        rule = some(references=references, category="trust", status=status, severity=severity)
        return sarif_rules._properties(cast("Any", rule))

    plain = told("stable", Severity.INFO, "https://a.b")
    assert plain == {"category": "trust", "precision": "high", "tags": ["trust", "stable"]}
    address = "https://cwe.mitre.org/data/definitions/{}.html"
    weak = told("preview", Severity.ERROR, address.format(20), address.format(1321))
    assert weak == {
        "category": "trust", "precision": "medium", "security-severity": "8.0",
        "tags": ["trust", "preview", "security", "external/cwe/cwe-020", "external/cwe/cwe-1321"],
    }  # fmt: skip
    ranks = [told("stable", each, address.format(20))["security-severity"] for each in Severity]
    assert sorted(ranks) == ["3.0", "5.5", "8.0"]
