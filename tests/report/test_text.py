"""Text for terminals: summaries, tables, findings; nothing in it can drive the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analyzer.facts import Problem
from analyzer.lint import Settings, judge
from analyzer.report import CHECK_FORMATS, INSPECT_FORMATS, Batch, Failure, Options, Result
from analyzer.ruleset import load_rules
from tests.report.results import quiet

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def inspect(result: Result, options: Options | None = None) -> str:
    return INSPECT_FORMATS["text"](result, options or Options()).decode("utf-8")


def check(*items: Result | Failure, options: Options | None = None) -> list[str]:
    return CHECK_FORMATS["text"](Batch(items), options or Options()).decode("utf-8").splitlines()


def test_inspect_says_what_it_is_then_lists_every_operator(mobilenet: Result) -> None:
    lines = inspect(mobilenet).splitlines()
    assert lines[1].startswith("A convolutional network of 28 weighted layers")
    assert any(re.match(r"Compute +568\.7 MMAC +568,740,352 MACs,", line) for line in lines)
    table = lines[next(i for i, line in enumerate(lines) if line.startswith("name ")) + 1 :]
    assert len(table) == len(mobilenet.facts.nodes)
    assert re.match(r"stem\.conv +Conv +1×32×112×112 +10,838,016 +21,676,032 +864 +1", table[1])


def test_inspect_says_at_least_and_what_is_missing(unknown: Result) -> None:
    text = inspect(unknown)
    assert "at least 1.18 MMAC" in text
    assert "cost known for 1 of 2 operators; not known:" in text
    assert re.search(r"custom +Warp +unknown +unknown +unknown +0", text)


def test_check_prints_a_line_per_finding_one_hint_per_rule_and_a_summary(wasteful: Result) -> None:
    lines = check(wasteful)
    (found,) = [line for line in lines if ": SEP001 " in line]
    path = wasteful.facts.model.path
    assert found.startswith(f"{path}: block13.conv: SEP001 standard 3×3 convolution")
    (more,) = [line for line in lines if line.startswith("  also at ")]
    assert more == "  also at block7.conv, block8.conv, block9.conv and 9 more; 4.299 GMAC in all"
    assert sum(line.startswith("  fix: ") for line in lines) == 1
    assert lines[-1] == "1 finding (1 warning) at 13 places"


def test_check_of_a_batch_reports_every_file(wasteful: Result, clean: Result) -> None:
    lines = check(wasteful, Failure("x.onnx", "x.onnx: the file is empty"), clean)
    assert "x.onnx: cannot judge: the file is empty" in lines
    assert lines[-1] == "1 finding (1 warning) at 13 places in 2 models; 1 could not be judged"
    assert check(clean)[-1] == "0 findings: clean"
    assert check(clean, options=Options(summary=False)) == []


def test_what_is_silenced_is_counted(wasteful: Result, clean: Result) -> None:
    assert check(quiet(wasteful, 4, 9))[-1] == "0 findings; 4 suppressed; 9 in the baseline: clean"
    missing = Failure("x.onnx", "x.onnx: the file is empty")
    assert check(clean, missing)[-1] == "0 findings in 1 model; 1 could not be judged"


def test_what_was_not_judged_is_said(clean: Result) -> None:
    problem = Problem("recursive-function", "f", "function f calls itself")
    partly = replace(clean, facts=replace(clean.facts, problems=(problem,)))
    assert partly.outcome == "inconclusive"
    lines = check(partly)
    path = clean.facts.model.path
    assert lines[0] == (f"{path}: f: inconclusive: function f calls itself [recursive-function]")
    assert lines[-1] == "0 findings; 1 judged only in part"


def test_what_a_rule_says_is_not_said_again(mobilenet: Result) -> None:
    """A sentence of the usual length is whole in the finding."""
    message = f"external data {'w' * 100!r} has 3 bytes, but tensor 'w' ends at 16; download it"
    problem = Problem("external-too-short", "n", message)
    facts, rules = replace(mobilenet.facts, problems=(problem,)), load_rules()
    lines = check(Result(facts, judge(facts, rules, Settings()).findings, rules))
    assert [line for line in lines if message in line] == [
        f"{facts.model.path}: n: EXT001 {message}"
    ]


@pytest.mark.parametrize("color", [False, True])
def test_nothing_can_move_the_cursor_or_reorder_text(hostile: Result, color: bool) -> None:
    options = Options(color=color)
    for text in (inspect(hostile, options), "\n".join(check(hostile, options=options))):
        plain = ANSI.sub("", text)
        assert (plain != text) is color
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)
        assert max(map(len, plain.splitlines())) < 400
