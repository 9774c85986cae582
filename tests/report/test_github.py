"""Annotations of GitHub Actions: workflow commands, and no name of a model among them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx

from analyzer.digraph import as_digraph, as_networkx
from analyzer.errors import ModelError
from analyzer.facts import Problem
from analyzer.lint import Settings, judge
from analyzer.report import CHECK_FORMATS, Batch, Failure, Options, Result
from analyzer.ruleset import load_rules
from tests.each import each
from tests.fuzz.promises import plain
from tests.fuzz.strings import ATTACKS
from tests.golden.text import facts
from tests.report.everything import FAILURE, asking, everything

if TYPE_CHECKING:
    from analyzer.facts import Facts

WASTEFUL = (
    "g (float[1,64,56,56] x, float[128,64,3,3] w) => (float[1,128,56,56] y) "
    "{ [wide] y = Conv <pads=[1,1,1,1]> (x, w) }"
)
COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]*),line=1,title=([^,:]*)::(.*)")


def result(found: Facts, path: str = "m.onnx", select: tuple[str, ...] = ()) -> Result:
    found = replace(found, model=replace(found.model, path=path))
    rules = load_rules()
    return Result(found, judge(found, rules, Settings(select=select)).findings, rules)


def render(*items: Result | Failure) -> str:
    return CHECK_FORMATS["github"](Batch(items), Options()).decode()


def github(*items: Result | Failure) -> list[re.Match[str]]:
    text = render(*items)
    matches = [COMMAND.fullmatch(line) for line in text.splitlines()]
    assert all(matches), text
    return [match for match in matches if match]


def test_a_finding_is_a_command_with_place_reason_and_remedy() -> None:
    (command,) = github(result(facts(WASTEFUL), select=("SEP001",)))
    assert command.groups()[:3] == ("warning", "m.onnx", "SEP001 separable-candidate")
    assert command[4].startswith("wide: standard 3×3 convolution, 231.2 MMAC; ")
    assert "%25" in command[4]
    assert "%0Afix: Replace the convolution" in command[4]


def test_what_cannot_be_judged_is_an_error() -> None:
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


def test_the_gravest_come_first_whatever_the_order_of_models() -> None:
    found = github(*everything().items)
    assert [(command[1], command[2]) for command in found] == [
        ("error", "broken.onnx"), ("error", "partly.onnx"), ("error", "asking.onnx"),
        ("warning", "m.onnx"),
    ]  # fmt: skip


def test_source_remedy_and_question_are_lines_of_the_message() -> None:
    (command,) = github(asking())
    assert command[4] == (
        "y: it is odd%0Afrom: net/model.py:12%0Afix: rename it%0Aask: Why is it odd?"
    )


def test_a_rule_has_one_annotation_for_a_model_that_says_how_often_it_speaks() -> None:
    (finding,) = asking().findings
    three = tuple(replace(finding, message=f"it is odd {n}") for n in range(3))
    (command,) = github(replace(asking(), findings=three))
    assert command[4].startswith("y: it is odd 0")
    assert command[4].endswith("%0Aand 2 more findings of this rule")


def test_the_last_annotation_that_github_shows_says_how_many_it_does_not() -> None:
    text = render(*(replace(FAILURE, path=f"{n}.onnx") for n in range(13)), asking())
    lines = text.splitlines()
    assert lines[9].startswith("::error title=onnxlint::and 5 errors more")
    assert sum(line.startswith("::error file=") for line in lines) == 14
    assert len(render(*(replace(FAILURE, path=f"{n}.onnx") for n in range(10))).splitlines()) == 10


@each("text", ATTACKS)
def test_no_name_starts_a_command_of_its_own(text: str) -> None:
    """Every line is one of ours, and a name is in its message or title, never a property."""
    found = facts(WASTEFUL)
    node = replace(found.nodes[0], id=text, name=text)
    graph = nx.relabel_nodes(as_networkx(found.graph), {found.nodes[0].id: text})
    renamed = replace(found, nodes=(node,), graph=as_digraph(graph))
    judged = result(renamed, path=f"{text[:50]}.onnx")
    commands = github(judged, Failure(text, f"{text}: {text}"))
    assert [finding.node for finding in judged.findings if finding.rule == "SEP001"] == [text]
    assert len(commands) == len(judged.groups) + 1
    plain("\n".join(command[4] for command in commands))
