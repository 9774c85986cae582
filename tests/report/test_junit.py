"""JUnit's XML, as the schema of Jenkins' xUnit plugin has it and as CI systems count it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import xmlschema

from analyzer.findings.finding import Place
from analyzer.report import CHECK_FORMATS, Batch, Failure, Options, Result
from tests.each import each
from tests.fuzz.strings import ATTACKS
from tests.report.everything import (
    FAILURE,
    asking,
    clean,
    everything,
    named,
    partly,
    separable,
    silent,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# The file carries its licence (MIT); it is the one that pytest judges its own reports by.
XSD = Path(__file__).parent / "schemas/junit-10.xsd"


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(XSD))


def suites(*items: Result | Failure) -> Element:
    data = CHECK_FORMATS["junit"](Batch(items), Options())
    root = ET.fromstring(data)
    schema().validate(data.decode("utf-8"))
    return root


def cases(*items: Result | Failure) -> list[tuple[str, str]]:
    """Name of each case, and what became of it."""
    return [
        (case.attrib["name"], case[0].tag if len(case) else "passed")
        for case in suites(*items).iter("testcase")
    ]


def test_a_suite_is_a_model_and_a_case_is_a_finding() -> None:
    root = suites(*everything().items)
    assert [suite.attrib["name"] for suite in root] == [
        "m.onnx", "broken.onnx", "partly.onnx", "quiet.onnx", "asking.onnx", "clean.onnx",
    ]  # fmt: skip
    assert cases(*everything().items) == [
        ("judged", "passed"),
        ("SEP001 separable-candidate", "failure"),
        ("judged", "error"),
        ("judged", "error"),
        ("judged", "passed"),
        ("SEP001 separable-candidate", "skipped"),
        ("SEP001 separable-candidate (2)", "skipped"),
        ("judged", "passed"),
        ("TRU001 test: y", "failure"),
        ("judged", "passed"),
    ]


def test_the_counts_are_those_of_the_cases() -> None:
    root = suites(*everything().items)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("10", "2", "2")
    for suite in root:
        for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[name]) == len(list(suite.iter(kind)))
        assert int(suite.attrib["tests"]) == len(list(suite.iter("testcase")))


def test_without_a_verdict_the_case_is_an_error_that_says_why() -> None:
    (error,) = suites(FAILURE).iter("error")
    assert error.attrib == {
        "type": "cannot-judge",
        "message": "cannot-judge: the file is empty; export the model again",
    }
    (error,) = suites(partly()).iter("error")
    assert error.attrib["type"] == "inconclusive work-limit"


def test_a_failure_says_what_to_do_what_to_ask_and_where() -> None:
    (failure,) = suites(asking()).iter("failure")
    assert failure.attrib == {"type": "error", "message": "y: it is odd"}
    assert (failure.text or "").strip().splitlines() == [
        "y: it is odd", "from: net/model.py:12", "fix: rename it", "ask: Why is it odd?",
    ]  # fmt: skip
    (failure,) = suites(separable()).iter("failure")
    assert (failure.text or "").strip().splitlines()[-3:] == ["places:", "  wider", "  wide"]


def test_long_lists_of_places_are_cut_and_say_so() -> None:
    (finding,) = separable().groups
    many = tuple(Place(f"n{n}", "", f"{n}-{n}", None, None) for n in range(103))
    (failure,) = suites(replace(separable(), findings=(replace(finding, places=many),))).iter(
        "failure"
    )
    assert (failure.text or "").strip().splitlines()[-1] == "  and 3 more; JSON lists all"


def test_a_skipped_case_says_why_it_is_not_reported() -> None:
    assert [skipped.get("message") for skipped in suites(silent()).iter("skipped")] == [
        "no depthwise | kernel (until 2999-01-31)", "accepted in the baseline",
    ]  # fmt: skip


def test_a_clean_model_is_a_case_that_passes() -> None:
    assert cases(clean()) == [("judged", "passed")]


def test_jenkins_takes_no_part_of_a_name_for_a_package() -> None:
    (case, *_) = suites(replace(clean(), facts=named(clean().facts, "a/v1.5.onnx"))).iter(
        "testcase"
    )
    assert case.attrib["classname"] == "a/v1_5"


@each("text", [*ATTACKS, "]]>", "\ufffe\0\ud800", "<!DOCTYPE x>"])
def test_no_name_breaks_the_xml(text: str) -> None:
    (finding,) = asking().findings
    said = replace(finding, message=text, node=text, remedy=text, ask=text, rule="TRU001")
    root = suites(replace(asking(), findings=(said,)), Failure(text, text))
    assert len(list(root.iter("testcase"))) == 3
