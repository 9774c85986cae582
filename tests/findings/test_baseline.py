"""Baselines: old findings are accepted, new ones are not, renamed nodes are followed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import ConfigError
from analyzer.facts import Facts
from analyzer.findings.baseline import (
    Baseline,
    apply_baseline,
    dump_baseline,
    make_baseline,
    parse_baseline,
)
from analyzer.findings.finding import Finding
from analyzer.lint import Settings, judge, lint
from analyzer.ruleset import parse_rule
from tests.ruleset.build import CONV, RULE, facts, node

RULES = (parse_rule(RULE),)
PATH = "models/net.onnx"


def accept(*models: Facts) -> Baseline:
    """The baseline of these models, through its file form."""
    return parse_baseline(
        dump_baseline(make_baseline({m.model.path: lint(m, RULES) for m in models}))
    )


def new(model: Facts, baseline: Baseline) -> list[str]:
    return [f.node for f in lint(model, RULES, Settings(baseline=baseline))]


def test_a_baselined_model_is_clean_and_a_new_node_is_not() -> None:
    baseline = accept(facts(node("a"), node("b")))
    assert new(facts(node("a"), node("b")), baseline) == []
    assert new(facts(node("a"), node("b"), node("c")), baseline) == ["c"]
    assert new(facts(node("b")), baseline) == []


def test_a_renamed_node_stays_accepted() -> None:
    baseline = accept(facts(node("a"), node("b")))
    assert new(facts(node("renamed"), node("b")), baseline) == []
    assert new(facts(node("renamed"), node("b"), node("more")), baseline) == ["more"]


def test_a_changed_node_is_new_although_its_name_is_not() -> None:
    wider = node("a", conv=replace(CONV, out_channels=512))
    assert new(facts(wider), accept(facts(node("a")))) == ["a"]


def test_the_size_of_the_input_does_not_change_a_fingerprint() -> None:
    conv = replace(CONV, in_spatial=(28, 28), out_spatial=(28, 28), macs=4 * (CONV.macs or 0))
    assert new(facts(node("a", conv=conv)), accept(facts(node("a")))) == []


def test_each_model_has_its_own_counts_whatever_the_spelling_of_its_path() -> None:
    baseline = accept(facts(node("a"), path="./models/net.onnx"))
    assert new(facts(node("a"), path="models/net.onnx"), baseline) == []
    assert new(facts(node("a"), path="models/other.onnx"), baseline) == ["a"]


def test_duplicate_findings_are_not_counted_against_the_baseline() -> None:
    twice = facts(node("a"), node("a"))
    assert len(lint(twice, RULES)) == 1
    assert new(twice, accept(twice)) == []


def test_accepted_findings_are_kept_apart() -> None:
    model = facts(node("a"), node("b"))
    verdict = judge(model, RULES, Settings(baseline=accept(facts(node("a")))))
    assert [f.node for f in verdict.findings] == ["b"]
    assert [f.node for f in verdict.accepted] == ["a"]


def test_severity_does_not_change_a_baseline() -> None:
    model = facts(node("a"))
    baseline = accept(model)
    assert lint(model, RULES, Settings(baseline=baseline, severity={"TST": "error"})) == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"schema": 2, "models": {}}', b'{"schema": 1}',
     b'{"schema": 1, "models": {"a": {"f": "2"}}}', b'{"schema": 1, "models": {"a": {"f": -1}}}',
     b'{"schema": 1, "models": {"a": {"f": true}}}', b'{"schema": 1, "models": {"a": []}}',
     b"\xff\xfe"],
    ids=lambda d: repr(d[:30]),
)  # fmt: skip
def test_a_file_that_is_no_baseline_is_a_config_error(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"b\.json"):
        parse_baseline(data, "b.json")


def test_the_same_baseline_gives_the_same_bytes() -> None:
    one, other = facts(node("a"), path="1.onnx"), facts(node("b"), path="2.onnx")
    assert dump_baseline(accept(one, other)) == dump_baseline(accept(other, one))
    assert dump_baseline(accept(one)).endswith(b"}\n")


PRINTS = st.lists(st.sampled_from(["n1-s1", "n2-s1", "n3-s2", "n1-s3"]), max_size=8)


def finding(fingerprint: str) -> Finding:
    return replace(lint(facts(node("a")), RULES)[0], fingerprint=fingerprint)


@given(PRINTS, PRINTS)
def test_no_more_findings_are_accepted_than_were_baselined(old: list[str], now: list[str]) -> None:
    baseline = make_baseline({PATH: [finding(p) for p in old]})
    fresh, accepted = apply_baseline([finding(p) for p in now], baseline, PATH)
    assert len(fresh) + len(accepted) == len(now)
    assert len(accepted) <= len(old)
    if sorted(old) == sorted(now):
        assert fresh == ()
