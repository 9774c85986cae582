"""Baselines: old findings are accepted, new ones are not, renamed nodes are followed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.facts import Facts
from analyzer.findings.baseline import Baseline, accept, make_baseline, relative
from analyzer.findings.baseline_file import dump_baseline, parse_baseline
from analyzer.lint import Settings, judge, lint
from analyzer.ruleset import load_rules, parse_rule
from tests.exporters import Dynamo, facts_of, residual_net
from tests.ruleset.build import CONV, RULE, facts, node

RULES = (parse_rule(RULE),)


def accepted(*models: Facts) -> Baseline:
    """The baseline of these models, through its file form."""
    return parse_baseline(dump_baseline(make_baseline([(m, lint(m, RULES)) for m in models])))


def new(model: Facts, baseline: Baseline) -> list[str]:
    found = lint(model, RULES, Settings(baseline=baseline))
    return [f.node for f in found if f.category != "configuration"]


def test_a_baselined_model_is_clean_and_a_new_node_is_not() -> None:
    baseline = accepted(facts(node("a"), node("b")))
    assert new(facts(node("a"), node("b")), baseline) == []
    assert new(facts(node("a"), node("b"), node("c")), baseline) == ["c"]
    assert new(facts(node("b")), baseline) == []


def test_a_renamed_node_stays_accepted() -> None:
    baseline = accepted(facts(node("a"), node("b")))
    assert new(facts(node("renamed"), node("b")), baseline) == []
    assert new(facts(node("renamed"), node("b"), node("more")), baseline) == ["more"]


def test_a_changed_node_is_new_although_its_name_is_not() -> None:
    wider = node("a", conv=replace(CONV, out_channels=512))
    assert new(facts(wider), accepted(facts(node("a")))) == ["a"]


def test_the_size_of_the_input_does_not_change_a_fingerprint() -> None:
    conv = replace(CONV, in_spatial=(28, 28), out_spatial=(28, 28), macs=4 * (CONV.macs or 0))
    assert new(facts(node("a", conv=conv)), accepted(facts(node("a")))) == []


def test_each_model_has_its_own_counts_whatever_the_spelling_of_its_path() -> None:
    baseline = accepted(facts(node("a"), path="./models/net.onnx"))
    assert new(facts(node("a"), path="models/net.onnx"), baseline) == []
    assert new(facts(node("a"), path="models/other.onnx"), baseline) == ["a"]


def test_duplicate_findings_are_not_counted_against_the_baseline() -> None:
    twice = facts(node("a"), node("a"))
    assert len(lint(twice, RULES)) == 1
    assert new(twice, accepted(twice)) == []


def test_accepted_findings_are_kept_apart() -> None:
    model = facts(node("a"), node("b"))
    verdict = judge(model, RULES, Settings(baseline=accepted(facts(node("a")))))
    assert [f.node for f in verdict.findings] == ["b"]
    assert [f.node for f in verdict.accepted] == ["a"]


def test_what_has_become_an_error_is_new_and_says_so() -> None:
    model = facts(node("a"))
    baseline = accepted(model)
    info = lint(model, RULES, Settings(baseline=baseline, severity={"TST": "info"}))
    (error,) = lint(model, RULES, Settings(baseline=baseline, severity={"TST": "error"}))
    assert info == ()
    assert error.message.endswith("; the baseline has it as a warning")


def test_findings_about_the_settings_are_accepted_by_nothing() -> None:
    model = facts(node("a"))
    baseline = accepted(facts(node("a"), node("b", conv=replace(CONV, groups=2))))
    found = lint(model, RULES, Settings(baseline=baseline))
    assert [f.rule for f in found] == ["CFG004"]
    assert accept(found) == ()


def test_magnitudes_that_no_file_can_hold_are_left_out() -> None:
    (found,) = judge(facts(node("a")), RULES, Settings()).findings
    for value in (float("inf"), float("nan"), 10**1000, None):
        (entry,) = accept([replace(found, value=value, unit="B")])
        assert (entry.value, entry.unit) == (None, "")
    (entry,) = accept([replace(found, value=2**93, unit="MAC")])
    assert (entry.value, entry.unit) == (2**93, "MAC")


def test_an_entry_that_is_silenced_besides_is_not_stale() -> None:
    from analyzer.findings.suppress import Suppression

    model = facts(node("a"))
    settings = Settings(baseline=accepted(model), suppressions=(Suppression("TST001", "known"),))
    assert lint(model, RULES, settings) == ()


def test_an_entry_of_a_rule_that_was_not_applied_is_not_stale() -> None:
    model = facts(node("a"))
    settings = Settings(baseline=accepted(facts(node("a"), node("b"))))
    assert [f.rule for f in lint(model, RULES, settings)] == ["CFG004"]
    assert lint(model, RULES, replace(settings, ignore=("TST001",))) == ()
    assert lint(model, RULES, replace(settings, ignore=("CFG004",))) == ()


def test_an_entry_of_a_model_that_was_judged_in_part_is_not_stale() -> None:
    from analyzer.facts import Problem

    model = facts(problems=(Problem("limit", "", "too large"),))
    assert lint(model, RULES, Settings(baseline=accepted(facts(node("a"))))) == ()


def test_what_is_stale_names_the_place_and_the_remedy() -> None:
    baseline = replace(accepted(facts(node("a"), node("b"))), path="b.jsonl")
    (found,) = lint(facts(), RULES, Settings(baseline=baseline))
    assert found.message == "the baseline accepts TST001 at a, which is not found any more"
    assert found.remedy == "onnxlint check MODELS --write-baseline b.jsonl --prune"
    assert found.count == 2


@pytest.mark.parametrize(
    ("model", "folder", "key"),
    [
        ("m/a.onnx", "", "m/a.onnx"),
        ("./m/a.onnx", "", "m/a.onnx"),
        ("-", "/p", "-"),
        ("/p/m/a.onnx", "/p", "m/a.onnx"),
        ("/p/m/../a.onnx", "/p", "a.onnx"),
        ("/elsewhere/a.onnx", "/p/q", "../../elsewhere/a.onnx"),
        ("/pq/a.onnx", "/p", "../pq/a.onnx"),
    ],
)
def test_a_model_is_known_by_its_path_from_the_file(model: str, folder: str, key: str) -> None:
    assert relative(model, folder) == key


def test_a_folder_with_two_names_is_one_folder(tmp_path: Path) -> None:
    (tmp_path / "real" / "m").mkdir(parents=True)
    os.symlink(tmp_path / "real", tmp_path / "other")
    model = str(tmp_path / "other" / "m" / "a.onnx")
    assert relative(model, str(tmp_path / "real")) == "m/a.onnx"


def fingerprints(rule: str, model: Facts) -> list[str]:
    """Kinds of what a shipped rule finds."""
    found = judge(model, load_rules(), Settings(select=(rule,))).findings
    return sorted(f.fingerprint.split("-")[1] for f in found)


def with_notes(text: str, *operators: int) -> Facts:
    """A model in whose metadata of some of its operators a text stands."""
    model = residual_net(Dynamo())
    for index in operators:
        model.graph.node[index].metadata_props.add(key="note", value=text)
    return facts_of(model)


def test_what_stands_in_a_text_is_the_same_wherever_it_stands() -> None:
    one, other = (with_notes("/home/jane/secret/net.py", index) for index in (0, 5))
    assert fingerprints("TRU042", one) == fingerprints("TRU042", other) != []
    others = with_notes("/home/john/secret/net.py", 0)
    assert fingerprints("TRU042", others) != fingerprints("TRU042", one)


def test_a_secret_is_told_apart_by_where_it_stands_too() -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"[::-1]
    first, second = (with_notes(key, index) for index in (0, 5))
    assert fingerprints("TRU030", first) != fingerprints("TRU030", second)


def test_a_model_on_another_drive_goes_by_its_whole_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, start: str) -> str:
        raise ValueError(f"path is on mount {path!r}, start on mount {start!r}")

    monkeypatch.setattr(os.path, "relpath", refuse)
    assert relative("/nets/a.onnx", "/home") == "/nets/a.onnx"
