"""What a rule says of tools that undo what it finds is so, on its own examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import onnxruntime
import pytest
from onnx import parser

from analyzer.analyze import analyze
from analyzer.lint import Settings, lint
from analyzer.model import load
from analyzer.ruleset import Rule, load_rules
from analyzer.ruleset.judgement import TOOLS

if TYPE_CHECKING:
    from pathlib import Path

RULES = load_rules()
BY_RUNTIME = [rule for rule in RULES if rule.tool == "onnxruntime"]


def optimised(text: str, folder: Path, level: str = "ORT_ENABLE_BASIC") -> bytes:
    """The model as ONNX Runtime's optimisations leave it, the basic ones if no others are named."""
    source, made = folder / "model.onnx", folder / "smaller.onnx"
    onnx.save(parser.parse_model(text), source)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    options.optimized_model_filepath = str(made)
    onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    return made.read_bytes()


@pytest.mark.parametrize("rule", BY_RUNTIME, ids=lambda rule: rule.id)
def test_the_runtime_undoes_half_of_the_examples_or_more(rule: Rule, tmp_path: Path) -> None:
    matching = [example for example in rule.examples if example.expect == "match"]
    left = 0
    for example in matching:
        settings = Settings(select=(rule.id,), options={rule.id: example.options})
        facts = analyze(load(optimised(example.model, tmp_path)))
        left += bool(lint(facts, (rule,), settings))
    assert 2 * left <= len(matching)


def test_the_runtime_fuses_gelu_with_a_division_when_it_loads_the_model(
    tmp_path: Path,
) -> None:
    (rule,) = [rule for rule in RULES if rule.id == "STR120"]
    told = rule.rationale.replace("\n", " ")
    assert "ONNX Runtime recognises most forms with a division by √2 when it loads" in told
    (text,) = [one.model for one in rule.examples if one.name == "as PyTorch writes it"]
    made = onnx.load_from_string(optimised(text, tmp_path, "ORT_ENABLE_ALL"))
    assert [node.op_type for node in made.graph.node] == ["Gelu"]


def test_only_what_needs_no_decision_is_left_to_a_tool() -> None:
    named = {rule.id: rule for rule in RULES if rule.tool != "none"}
    assert {rule.tool for rule in named.values()} == set(TOOLS[1:])
    assert {rule.effort for rule in named.values()} == {"low"}
    assert {rule.training for rule in named.values()} == {"none"}
    assert {rule.severity.value for rule in named.values()} <= {"warning", "info"}
    assert not {"STR013", "STR015", "STR020", "EFF001", "WGT003"} & set(named)
