"""Formats of ``check`` for CI systems: GitHub's workflow commands and SARIF."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

from analyzer.errors import ModelError
from analyzer.facts import Problem
from analyzer.lint import Settings, judge
from analyzer.report import CHECK_FORMATS, Batch, Failure, Options, Result
from analyzer.ruleset import load_rules
from tests.fuzz.promises import plain
from tests.fuzz.strings import ATTACKS
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts

WASTEFUL = (
    "g (float[1,64,56,56] x, float[128,64,3,3] w) => (float[1,128,56,56] y) "
    "{ [wide] y = Conv <pads=[1,1,1,1]> (x, w) }"
)
COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]*),title=([^,:]*)::(.*)")


def result(found: Facts, path: str = "m.onnx", select: tuple[str, ...] = ()) -> Result:
    found = replace(found, model=replace(found.model, path=path))
    rules = load_rules()
    return Result(found, judge(found, rules, Settings(select=select)).findings, rules)


def github(*items: Result | Failure) -> list[re.Match[str]]:
    text = CHECK_FORMATS["github"](Batch(items), Options()).decode()
    matches = [COMMAND.fullmatch(line) for line in text.splitlines()]
    assert all(matches), text
    return [match for match in matches if match]


def sarif(*items: Result | Failure) -> dict[str, Any]:
    text = CHECK_FORMATS["sarif"](Batch(items), Options()).decode("ascii")
    plain(text)
    log = json.loads(text)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    found: dict[str, Any] = run
    return found


def test_a_finding_is_a_command_with_place_reason_and_remedy() -> None:
    (command,) = github(result(facts(WASTEFUL), select=("SEP001",)))
    assert command.groups()[:3] == ("warning", "m.onnx", "SEP001 separable-candidate")
    assert command[4].startswith("wide: standard 3×3 convolution, 231.2 MMAC; ")
    assert "%25" in command[4]
    assert "%0Afix: Replace the convolution" in command[4]


def test_what_cannot_be_judged_is_an_error_in_both() -> None:
    failure = Failure("a,b:c.onnx", str(ModelError("a,b:c.onnx", "the file is empty", "try again")))
    partly = replace(facts(WASTEFUL), problems=(Problem("cycle", "n", "2 nodes form a cycle"),))
    found = github(failure, replace(result(partly), findings=()))
    assert found[0].groups() == (
        "error", "a%2Cb%3Ac.onnx", "cannot judge", "the file is empty; try again",
    )  # fmt: skip
    assert found[1].groups() == (
        "error", "m.onnx", "inconclusive cycle", "n: 2 nodes form a cycle",
    )  # fmt: skip
    (said,) = [command for command in github(result(partly)) if command[1] == "error"]
    assert said[3].startswith("GRF001 ")
    run = sarif(failure, result(partly))
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    notes = invocation["toolExecutionNotifications"]
    assert [n["descriptor"]["id"] for n in notes] == ["cannot-judge", "cycle"]
    assert sarif(result(facts(WASTEFUL)))["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_name_starts_a_command_of_its_own(text: str) -> None:
    """Every line is one of ours, and a name is in its message or title, never a property."""
    found = facts(WASTEFUL)
    node = replace(found.nodes[0], id=text, name=text)
    graph = nx.relabel_nodes(found.graph, {found.nodes[0].id: text})
    renamed = replace(found, nodes=(node,), graph=graph)
    judged = result(renamed, path=f"{text[:50]}.onnx")
    commands = github(judged, Failure(text, f"{text}: {text}"))
    assert [finding.node for finding in judged.findings if finding.rule == "SEP001"] == [text]
    assert len(commands) == len(judged.groups) + 1
    plain("\n".join(command[4] for command in commands))
    assert sarif(judged)["results"]
