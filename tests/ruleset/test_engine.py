"""Rules on facts: which subjects, which groups, which findings."""

from __future__ import annotations

import pytest

from analyzer.errors import ConfigError
from analyzer.facts import Assumption, Block, Problem
from analyzer.findings.finding import Finding
from analyzer.lint import Settings, lint
from analyzer.ruleset import parse_rule, select_rules
from analyzer.ruleset.engine import evaluate
from tests.each import each
from tests.ruleset.build import CONV, RULE, SAVING, facts, node, rule_text

RULES = (parse_rule(RULE),)


def found(**changes: str) -> list[Finding]:
    rule = parse_rule(rule_text(**changes))
    problems = (Problem("cycle", "a", "no way out"), Problem("note", "", "by the way", False))
    assumptions = (Assumption("x", 0, "batch", 1, "default"), Assumption("x", 2, "h", 9, "--dim"))
    model_facts = facts(
        node("a"),
        node("b", op_type="FusedConv", domain="com.microsoft"),
        node("c", op_type="Relu", conv=None, saving=None),
        problems=problems,
        assumptions=assumptions,
        blocks=(Block("separable", ("a", "c"), 5, 6, {"stride": 2}),),
    )
    return list(evaluate(model_facts, [rule]))


def test_a_rule_sees_the_operators_it_applies_to() -> None:
    assert [f.node for f in found()] == ["a"]
    both = "{node: [com.microsoft.FusedConv, Conv]}"
    assert [f.node for f in found(applies_to=both)] == ["b", "a"]
    assert [f.node for f in found(applies_to="{node: all}")] == ["a", "b"]


@pytest.mark.parametrize(
    ("subject", "when", "message", "expected"),
    [
        ("model", "totals.nodes == 3", "{{ totals.nodes }} nodes", [("", "3 nodes")]),
        ("{block: [separable]}", "block.detail.stride == 2", "{{ block.kind }}",
         [("a", "separable")]),
        ("{block: [residual]}", "'true'", "m", []),
        ("problem", "problem.inconclusive", "{{ problem.message }}", [("a", "no way out")]),
        ("{problem: [note]}", "'true'", "{{ problem.message }}", [("", "by the way")]),
        ("{assumption: [default]}", "'true'", "{{ assumption.dim }}", [("x", "batch")]),
        ("{tensor: [input]}", "tensor.bytes > 0", "{{ tensor.bytes | bytes }}",
         [("x", "196 KiB")]),
        ("{node: [Relu]}", "conv.macs is unknown", "m", [("c", "m")]),
        ("model", "parameters.bytes_by_dtype.float32 == 4", "m", [("", "m")]),
        ("model", "parameters.bytes_by_dtype.float64 >= 0", "m", []),
    ],
)  # fmt: skip
def test_every_subject_brings_its_groups(
    subject: str, when: str, message: str, expected: list[tuple[str, str]]
) -> None:
    findings = found(applies_to=subject, when=when, message=f'"{message}"')
    assert [(f.node, f.message) for f in findings] == expected


def test_only_a_rule_that_reads_the_saving_reports_one() -> None:
    assert found()[0].saving is None
    assert found(when="saving.ratio < 1")[0].saving == SAVING


def test_options_come_from_the_rule_or_the_settings() -> None:
    model = facts(node())
    assert lint(model, RULES)
    for limit in (10**9, "1 GMACs", "1GMAC", "1G", 10**9 + 1):
        options: dict[str, dict[str, object]] = {"TST001": {"min-macs": limit}}
        assert lint(model, RULES, Settings(options=options)) == ()
    assert lint(model, RULES, Settings(options={"test-rule": {"min-macs": CONV.macs}}))


@each(
    ("settings", "message"),
    [
        (Settings(options={"TST001": {"min-mac": 1}}), "TST001: unknown option 'min-mac', did you"),
        (Settings(options={"TST001": {"min-macs": 0.5}}), "of type integer in MACs, not 0.5"),
        (Settings(options={"TST001": {"min-macs": True}}), "of type integer in MACs, not True"),
        (Settings(options={"TST001": {"min-macs": "5 MiB"}}), "'5 MiB' is not in MACs"),
        (Settings(options={"TST001": {"min-macs": "many"}}), "'many' is not a number"),
        (Settings(options={"TST001": {"min-macs": None}}), "of type integer in MACs, not None"),
        (Settings(options={"TST001": {"max-ratio": [1]}}), "must be of type number, not a list"),
        (Settings(options={"TST01": {}}), "'TST01' is no rule, id prefix or category, did you"),
        (Settings(options={"TST": {}}), "options need one rule, not 'TST'"),
        (Settings(select=("SEP",)), "'SEP' is no rule, id prefix or category"),
        (Settings(ignore=("test-rul",)), "'test-rul' is no rule, id prefix or category, did"),
        (Settings(severity={"TST001": "fatal"}), "severity of TST001 must be error, warning or"),
    ],
)  # fmt: skip
def test_settings_that_mean_nothing_are_errors(settings: Settings, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        lint(facts(), RULES, settings)
    assert message in str(caught.value)


def test_all_errors_of_the_settings_are_reported() -> None:
    settings = Settings(select=("A",), ignore=("B",), options={"TST001": {"c": 1, "d": 2}})
    with pytest.raises(ConfigError) as caught:
        lint(facts(), RULES, settings)
    assert len(str(caught.value).splitlines()) == 4


def test_a_share_may_be_given_in_percent() -> None:
    rule = parse_rule(rule_text(when="saving.ratio < option.max_ratio"))
    settings = [Settings(options={"TST001": {"max-ratio": share}}) for share in ("20 %", "5%", 1)]
    assert [len(lint(facts(node()), (rule,), s)) for s in settings] == [1, 0, 1]


def test_selection_by_prefix_name_category_and_status() -> None:
    stable = parse_rule(RULE)
    preview = parse_rule(rule_text(id="TST002", name="new-rule") + "status: preview\n")
    old = parse_rule(rule_text(id="OLD001", name="old-rule") + "status: deprecated\n")
    rules = (stable, preview, old)

    def ids(*select: str, ignore: tuple[str, ...] = (), preview: bool = False) -> list[str]:
        return [r.id for r in select_rules(rules, select, ignore, preview)]

    assert ids() == ids("ALL") == ids("TST") == ids("testing") == ids("test-rule") == ["TST001"]
    assert ids(preview=True) == ["TST001", "TST002"]
    assert ids("TST002") == ids("new-rule") == ["TST002"]
    assert ids("OLD") == []
    assert ids("OLD001") == ["OLD001"]
    assert ids("TST", ignore=("TST001",), preview=True) == ["TST002"]
    assert ids("TST001", ignore=("testing",)) == []


def test_fingerprints_are_stable_and_tell_nodes_apart() -> None:
    prints = {f.fingerprint for f in evaluate(facts(node("a"), node("b")), RULES)}
    again = {f.fingerprint for f in evaluate(facts(node("b"), node("a")), RULES)}
    assert prints == again
    assert len(prints) == 2
