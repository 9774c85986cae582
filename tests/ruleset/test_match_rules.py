"""Rules with patterns: what files may say, where findings point, what survives a renaming."""

from __future__ import annotations

import pytest

from analyzer.errors import RuleError
from analyzer.facts import Problem
from analyzer.findings.finding import Finding
from analyzer.lint import Settings, judge
from analyzer.ruleset import Rule, parse_rule
from analyzer.ruleset.allowance import Allowance
from analyzer.ruleset.engine import evaluate
from tests.golden.text import facts
from tests.ruleset import build
from tests.ruleset.build import RULE

HEAD = "applies-to: {node: [Conv]}\n"
BODY = RULE[: RULE.index("when: |")].replace(HEAD, ""), RULE[RULE.index("summary:") :]
TWO = "match: |\n  c = Neg (x)\n  y = Relu (c)\n"
NET = "g (float[2] x) => (float[2] y, float[2] z) { c = Neg (x) y = Relu (c) z = Abs (c) }"


def rule(*keys: str, message: str = "found") -> Rule:
    return parse_rule(BODY[0] + "".join(keys) + f'message: "{message}"\n' + BODY[1], "r.yaml")


def errors(*keys: str) -> str:
    with pytest.raises(RuleError) as caught:
        rule(*keys)
    return str(caught.value)


def findings(one: Rule, graph: str = NET) -> list[Finding]:
    return list(evaluate(facts(graph), [one]))


def test_a_finding_points_at_the_operator_of_the_last_statement() -> None:
    assert [found.node for found in findings(rule(TWO))] == ["y"]


def test_metavariables_are_values_in_conditions_and_messages() -> None:
    one = rule(TWO, "when: readers(c) == 2 and c.producer.op_type == 'Neg'\n",
               message="{{ x.name }} to {{ node.op_type }}")  # fmt: skip
    assert [found.message for found in findings(one)] == ["x to Relu"]
    assert findings(rule(TWO, "when: readers(c) == 1\n")) == []


def test_the_operator_of_the_last_statement_is_asked_in_conditions() -> None:
    for when, holds in (
        ("node.op_type == 'Relu'", True), ("node.op_type == 'Neg'", False),
        ("node.inputs[0].name == c.name", True), ("node.macs > 0", False),
    ):  # fmt: skip
        assert bool(findings(rule(TWO, f"when: {when}\n"))) is holds, when


def test_settings_are_values_in_conditions() -> None:
    graph = """g (float[2,3,4] x) => (float[2,3,4] y) {
        a = Transpose <perm = [0,2,1]> (x) y = Transpose <perm = [0,2,1]> (a) }"""
    match = "match: |\n  a = Transpose <perm = p> (x)\n  y = Transpose <perm = q> (a)\n"
    assert findings(rule(match, "when: inverse(q) == p\n"), graph)
    assert not findings(rule(match, "when: p[0] == 1\n"), graph)


def test_a_place_is_reported_once_however_many_ways_it_matches() -> None:
    graph = "g (float[2] x, float[2] z) => (float[2] y) { y = Add (x, z) }"
    assert len(findings(rule("match: y = Add (a, b)\n"), graph)) == 1


def test_the_match_that_meets_the_condition_is_found_whatever_comes_first() -> None:
    graph = "g (float[2] x) => (float[2] y) <float k = {2.0}> { y = Add (k, x) }"
    one = rule("match: y = Add (a, b)\n", "when: constant(b)\n", message="{{ b.name }}")
    assert [found.message for found in findings(one, graph)] == ["k"]


def test_unless_drops_a_match() -> None:
    assert findings(rule(TWO, "unless: z = Abs (c)\n")) == []
    assert findings(rule(TWO, "unless: z = Sigmoid (c)\n"))
    assert findings(rule(TWO, "unless:\n  - z = Sigmoid (c)\n  - z = Abs (c)\n")) == []


def test_through_names_operators_that_may_stand_between() -> None:
    graph = "g (float[2] x) => (float[2] y) { c = Neg (x) i = Identity (c) y = Relu (i) }"
    assert findings(rule(TWO), graph) == []
    assert findings(rule(TWO, "through: [Identity]\n"), graph)


def test_alternatives_are_a_list_and_what_only_one_binds_is_unknown_in_the_other() -> None:
    match = "match:\n  - y = Relu (c)\n  - |\n    y = Abs (d)\n"
    one = rule(match, "when: c is unknown\n")
    assert [found.node for found in findings(one)] == ["z"]


def test_fingerprints_survive_a_renaming() -> None:
    other = NET.replace("c ", "q ").replace("(c)", "(q)").replace("y", "p")
    (a,), (b,) = findings(rule(TWO)), findings(rule(TWO), other)
    assert (a.node, b.node) == ("y", "p")
    assert a.fingerprint.split("-")[1:] == b.fingerprint.split("-")[1:]


def test_what_another_producer_makes_has_another_fingerprint() -> None:
    match = "match: |\n  c = Neg | Exp (x)\n  y = Relu (c)\n"
    (a,), (b,) = findings(rule(match)), findings(rule(match), NET.replace("Neg", "Exp"))
    assert a.fingerprint.split("-")[2] != b.fingerprint.split("-")[2]


def test_a_rule_that_runs_out_of_steps_leaves_the_outcome_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("analyzer.ruleset.engine.rule_allowance", lambda *_: Allowance(1))
    problems: list[Problem] = []
    assert list(evaluate(facts(NET), [rule(TWO)], problems=problems)) == []
    (problem,) = problems
    assert (problem.code, problem.inconclusive) == ("rule-limit", True)
    assert "TST001" in problem.message
    assert judge(facts(NET), [rule(TWO)], Settings()).problems == (problem,)


def test_a_rule_without_candidates_takes_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.ruleset.engine.rule_allowance", lambda *_: Allowance(0))
    problems: list[Problem] = []
    one = rule("match: |\n  c = Neg (x)\n  y = Gelu (c)\n")
    assert list(evaluate(facts(NET), [one], problems=problems)) == []
    assert problems == []


def test_facts_without_a_graph_have_no_matches() -> None:
    assert list(evaluate(build.facts(build.node()), [rule("match: y = Conv (x, ...)\n")])) == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("match: |\n  c = Neg (x)\n  y = Relo (c)\n",
         "r.yaml:10: 'match': there is no operator 'Relo', did you mean 'Relu'?"),
        ("match:\n  - y = Relu (x)\n  - |\n    c = Neg (x)\n    y = Relu (d)\n",
         "r.yaml:11: 'match': no tensor ties this statement"),
        ("match: |\n  c = Neg (x)\n  y = Relu c\n", "r.yaml:10: 'match': "),
        (TWO + "when: readers(d) == 1\n", "r.yaml:11: 'when': unknown group 'd'"),
        (TWO + "when: c.shap[0] == 1\n", "unknown field 'shap' of Value, did you mean 'shape'?"),
        ("match: node = Relu (x)\n", "'node' means something else"),
        ("match: y = Relu (readers)\n", "'readers' means something else"),
        (TWO + "unless: z = Abs (q)\n", "'unless': no tensor ties this statement to this rule's"),
        (TWO + "through: [Identty]\n", "'through': there is no operator 'Identty', did you mean"),
        (TWO + HEAD, "r.yaml:11: 'match' says what the rule applies to"),
        (HEAD + "when: node.macs > 0\nunless: z = Abs (q)\n", "'unless' needs 'match'"),
        ("match: 3\n", "'match' must be a pattern or a list of patterns"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_line(keys: str, said: str) -> None:
    assert said in errors(keys)


def test_every_error_of_a_file_is_named_at_once() -> None:
    found = errors("match: |\n  y = Relo (x)\n", "through: [Identty]\n", "when: q\n")
    assert len(found.splitlines()) == 3
