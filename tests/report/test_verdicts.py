"""Silence is a claim: in every format of ``check``, what has no verdict is said, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analyzer.facts import Problem
from analyzer.findings.finding import Severity
from analyzer.report import CHECK_FORMATS, Batch, Failure, Options, Result
from tests.report.everything import FAILURE, asking, clean, partly

if TYPE_CHECKING:
    from collections.abc import Callable

SINGLE = {"netron"}
"""Formats about one model, of which there is none when it could not be read."""
PARTLY = {
    "text": "inconclusive: ", "concise": "inconclusive: ", "json": '"outcome": "inconclusive"',
    "jsonl": '"kind": "model".*"outcome": "inconclusive"', "csv": ",inconclusive,",
    "sarif": '"executionSuccessful": false', "code-scanning": '"executionSuccessful": false',
    "github": "^::error .*title=inconclusive ",
    "gitlab": '"check_name": "inconclusive".*"severity": "blocker"',
    "junit": '<error type="inconclusive ', "markdown": "No verdict",
    "netron": "inconclusive", "html": r'badge warning"><a href="#why1">judged in part',
}  # fmt: skip
"""How each format says that a model was judged in part."""
NOT_AT_ALL = PARTLY | {
    "text": "cannot judge: ", "concise": "cannot judge: ",
    "jsonl": '"kind": "failure".*"outcome": "inconclusive"',
    "github": "^::error .*title=cannot judge:",
    "gitlab": '"check_name": "cannot-judge".*"severity": "blocker"',
    "junit": '<error type="cannot-judge"', "html": r'badge error"><a href="#why1">not read',
}  # fmt: skip
"""… and that a file was not judged at all."""


def render(name: str, *items: Result | Failure) -> str:
    return CHECK_FORMATS[name](Batch(items), Options()).decode()


@pytest.mark.parametrize("name", [name for name in CHECK_FORMATS if name not in SINGLE])
def test_a_file_that_could_not_be_judged_is_named_with_the_reason(name: str) -> None:
    text = render(name, clean(), FAILURE)
    assert "broken.onnx" in text
    assert "the file is empty; export the model again" in text
    assert re.search(NOT_AT_ALL[name], text, re.MULTILINE)


@pytest.mark.parametrize("name", CHECK_FORMATS)
def test_a_model_that_was_judged_in_part_is_said_to_be(name: str) -> None:
    text = render(name, partly())
    assert re.search(PARTLY[name], text, re.MULTILINE)
    assert not re.search(PARTLY[name], render(name, clean()), re.MULTILINE)
    assert "more than 9 visits; raise the limit" in text


@pytest.mark.parametrize("name", CHECK_FORMATS)
@pytest.mark.parametrize("make", [partly, asking])
def test_no_format_takes_for_clean_what_is_not(name: str, make: Callable[[], Result]) -> None:
    named = replace(clean().facts.model, path=make().facts.model.path)
    pure = replace(clean(), facts=replace(clean().facts, model=named))
    assert render(name, make()) != render(name, pure)


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "sarif", "junit", "markdown"])
def test_an_error_that_says_the_same_does_not_hide_that_there_is_no_verdict(name: str) -> None:
    """To people a cause is told once; programs look for the outcome."""
    (finding,) = asking().findings
    facts = asking().facts
    problem = Problem("work-limit", finding.node, "more than 9 visits")
    said = replace(finding, message="more than 9 visits", severity=Severity.ERROR)
    both = replace(asking(), facts=replace(facts, problems=(problem,)), findings=(said,))
    assert re.search(PARTLY[name], render(name, both), re.MULTILINE)
