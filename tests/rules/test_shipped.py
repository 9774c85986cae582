"""The rules that ship: each file's own examples, and what all of them have in common."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest

from analyzer import examples
from analyzer.errors import RuleError
from analyzer.examples import ExampleResult, facts_of, run_example
from analyzer.examples import test_rules as run_examples
from analyzer.facts import Facts
from analyzer.lint import lint
from analyzer.resources import rules_dir
from analyzer.ruleset import Rule, load_rules, parse_rule
from analyzer.ruleset.explain import explain
from tests.each import each
from tests.ruleset.build import RULE
from tests.snapshots.told import derived, known

RULES = load_rules()
CASES = [(rule, example) for rule in RULES for example in rule.examples]


@cache
def looked_at(rule_id: str, number: int) -> tuple[ExampleResult, tuple[str, ...]]:
    """What a rule says of an example, by its place, and what is known of the model."""
    rule = rule_named(rule_id)
    seen: list[Facts] = []

    def look(text: str, name: str, **how: Any) -> Facts:
        seen.append(facts_of(text, name, **how))
        return seen[-1]

    with patch.object(examples, "facts_of", look):
        result = run_example(rule, rule.examples[number])
    return result, tuple(line for facts in seen for line in (*known(facts), *derived(facts)))


def judged(rule_id: str, number: int) -> ExampleResult:
    return looked_at(rule_id, number)[0]


@each(("rule", "example"), CASES, ids=lambda v: getattr(v, "id", v.name))
def test_a_rule_says_of_its_examples_what_they_expect(rule: Rule, example: object) -> None:
    result = judged(rule.id, next(n for n, e in enumerate(rule.examples) if e is example))
    assert result.passed, str(result)


def rule_named(rule_id: str) -> Rule:
    return next(rule for rule in RULES if rule.id == rule_id)


def first(rule_id: str) -> ExampleResult:
    return judged(rule_id, 0)


def test_separable_candidate_reports_the_numbers_of_the_mobilenet_paper() -> None:
    """Section 3.1: 1/N + 1/D_K² with D_K = 3 and N = 256 is 0.1150, 8.69 times less."""
    (finding,) = first("SEP001").findings
    assert finding.message == (
        "standard 3×3 convolution, 115.6 MMAC; depthwise separable needs 11.5 % of that "
        "(8.7× fewer)"
    )
    assert finding.saving is not None
    assert finding.saving.ratio == pytest.approx(1 / 256 + 1 / 9)
    assert finding.saving.macs_now == 14 * 14 * 3 * 3 * 256 * 256
    page = explain(rule_named("SEP001"))
    assert "11.5 %" in page
    assert "8.7×" in page


def test_a_3x3_kernel_that_is_1x3_in_effect_wastes_two_thirds() -> None:
    (finding,) = first("WGT002").findings
    assert finding.message.startswith("3×3 kernel is 1×3 in effect")
    assert "saves 66.7 %" in finding.message


def test_one_exact_separable_term_keeps_all_energy_at_the_papers_ratio() -> None:
    """1/N + 1/D_K with N = 4, D_K = 5 in one dimension: 45 % of 4 · 4 · 5 · 16,000 MACs."""
    (finding,) = first("SEP002").findings
    assert "T = 1 depthwise-pointwise terms keep 100.0 %" in finding.message
    assert finding.action == "Split the convolution into depthwise-pointwise pairs"
    assert "at 45.0 % of 1.28 MMAC, 704 kMAC less" in finding.message


def test_rules_about_weights_are_silent_where_weights_were_not_read() -> None:
    about_weights = [rule for rule in RULES if rule.reads_weights]
    assert {rule.id for rule in about_weights} >= {
        "SEP002", "WGT001", "WGT002", "WGT003", "WGT004", "WGT005", "WGT006", "WGT007", "WGT008",
        "WGT009", "WGT010", "WGT011", "EFF001", "EFF002", "EFF003", "EFF004", "QNT001",
    }  # fmt: skip
    for rule in about_weights:
        facts = facts_of(rule.examples[0].model)
        assert facts.evidence is None
        assert lint(facts, [rule]) == ()


@each("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_file_is_named_after_its_rule_and_explains_itself(rule: Rule) -> None:
    assert rule.source == f"{rule.id}-{rule.name}.yaml"
    assert rule.since
    assert rule.references
    assert len(rule.summary) < 100
    page = explain(rule)
    assert page.startswith(f"# {rule.name} ({rule.id})\n")
    assert all(option in page for option in rule.options)
    longest = max(page.splitlines(), key=len)
    assert len(longest) <= 140, longest


def test_categories_and_id_prefixes_belong_together() -> None:
    pairs = {(rule.id[:3], rule.category) for rule in RULES}
    assert len(pairs) == len({prefix for prefix, _ in pairs}) == len({word for _, word in pairs})


def test_every_file_in_the_folder_is_a_rule() -> None:
    files = {path.name for path in rules_dir().iterdir()} - {"rule.schema.json"}
    assert files == {rule.source for rule in RULES}


def test_rules_do_no_arithmetic() -> None:
    for rule in RULES:
        assert not re.search(r"\s[*/+-]\s", rule.when.source), rule.id


def test_nothing_is_said_about_a_depthwise_convolution_unless_asked() -> None:
    facts = facts_of(
        """<ir_version: 8, opset_import: ["" : 17]>
        g (float[1,64,112,112] x, float[64,1,3,3] w) => (float[1,64,112,112] y) {
          y = Conv <pads = [1,1,1,1], group = 64> (x, w)
        }"""
    )
    assert {f.rule for f in lint(facts, RULES)} == set()


def test_a_wrong_example_fails_and_says_why() -> None:
    results = run_examples([parse_rule(RULE, "r.yaml")])
    assert [r.passed for r in results] == [False, False]
    assert str(results[0]).startswith("r.yaml:18: FAIL one: not ONNX text:")


def test_an_example_that_expects_the_opposite_fails() -> None:
    rule = rule_named("SEP001")
    good = next(e for e in rule.examples if e.expect == "no-match")
    result = ExampleResult(rule, good, first("SEP001").findings, "")
    assert not result.passed
    assert "found 1 match(es), no-match wanted" in str(result)


@pytest.mark.parametrize("text", ["", "not a model", "g (x) =>", "<ir_version: 8>", "\x00"])
def test_text_that_is_no_model_is_a_rule_error(text: str) -> None:
    with pytest.raises(RuleError, match="not ONNX text"):
        facts_of(text)


def test_a_kernel_of_one_axis_reads_as_a_number_of_taps() -> None:
    facts = facts_of(
        """<ir_version: 8, opset_import: ["" : 17]>
        g (float[1,256,4000] x, float[256,256,3] w) => (float[1,256,4000] y) {
          y = Conv <pads = [1,1]> (x, w)
        }"""
    )
    (finding,) = lint(facts, [rule_named("SEP001")])
    assert finding.message.startswith("standard 3-tap convolution, ")
