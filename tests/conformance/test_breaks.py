"""Valid models with one rule broken, judged by ONNX Runtime, onnx's checker and onnxlint.

What the runtime refuses is an error here, what only the checker refuses is never clean, and a
model with nothing broken has no breach. ``CONFORMANCE_SEEDS`` sets how many models each rule is
broken in (``make conformance``).
"""

from __future__ import annotations

import os
import re
from functools import cache
from random import Random

import onnx
import onnxruntime
import pytest

from analyzer.facts import Facts
from analyzer.findings.finding import Severity
from analyzer.lint import lint
from analyzer.ruleset import load_rules
from tests import runtime
from tests.conformance import networks
from tests.conformance.breaks import BREAKS, Network
from tests.each import each
from tests.golden.text import facts_of
from tests.snapshots.test_snapshots import compare

SEEDS = int(os.environ.get("CONFORMANCE_SEEDS", "1"))
NETWORKS = (
    networks.chain, networks.branching, networks.looping, networks.scanning, networks.calling,
)  # fmt: skip

RULES = [rule for rule in load_rules() if rule.category == "conformance"]

onnxruntime.set_default_logger_severity(4)


def refusal(model: onnx.ModelProto) -> str:
    """Why ONNX Runtime does not load the model; empty if it does."""
    try:
        runtime.session(model.SerializeToString())
    except Exception as error:  # noqa: BLE001 - its exceptions have no common base
        return str(error)
    return ""


def complaint(model: onnx.ModelProto) -> str:
    """Why onnx's checker refuses the model; empty if it does not."""
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        return str(error)
    return ""


def severities(facts: Facts) -> set[Severity]:
    """Of the findings about conformance."""
    return {f.severity for f in lint(facts, RULES)}


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("network", NETWORKS)
def test_valid_models_have_no_breach(network: Network, seed: int) -> None:
    model = network(Random(seed))
    assert (refusal(model), complaint(model)) == ("", "")
    assert facts_of(model).breaches == ()


@cache
def broken(name: str, seed: int) -> tuple[onnx.ModelProto, Facts]:
    """A model with one rule broken, and what is known of it."""
    network, edit = BREAKS[name]
    model = network(Random(f"{name}/{seed}"))
    edit(model)
    return model, facts_of(model)


@each("seed", range(SEEDS))
@each("name", BREAKS)
def test_a_broken_rule_is_an_error_where_the_runtime_refuses_it(name: str, seed: int) -> None:
    model, facts = broken(name, seed)
    found = severities(facts)
    if refusal(model):
        assert Severity.ERROR in found
    elif complaint(model):
        assert found
    else:
        assert Severity.ERROR not in found


def test_breaches_are_told_as_in_their_snapshot() -> None:
    """`make snapshots` rewrites it; what is refused is asked above."""
    lines = []
    for name in BREAKS:
        facts = broken(name, 0)[1]
        lines.append(name)
        for breach in facts.breaches:
            told = (breach.code, breach.family, breach.where, breach.message, breach.remedy)
            lines.append(f"  {'grave' if breach.grave else 'light'} | {' | '.join(told)}")
        lines += [f"  problem {problem.code} | {problem.where} | {problem.message}"
                  for problem in facts.problems]  # fmt: skip
    compare("rules.breaches", "\n".join(lines) + "\n")


def test_most_rules_that_are_broken_here_matter_to_the_runtime() -> None:
    """Else the test above would hold of nothing."""
    refused = 0
    for name, (network, edit) in BREAKS.items():
        model = network(Random(name))
        edit(model)
        refused += bool(refusal(model))
    assert refused > 0.8 * len(BREAKS)


def test_an_initializer_of_a_branch_hides_an_input_that_the_call_leaves_out() -> None:
    model = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17, "l" : 1]> g (float[4] x, bool c) => (float[4] y) '
        '{ y = l.f (x, "", c) } <domain: "l", opset_import: ["" : 17]> f (a, b, c) => (d) '
        "{ d = If (c) <then_branch = t () => (float[4] p) <float[1] b = {1.0}> { p = Add (a, b) }, "
        "else_branch = e () => (float[4] q) { q = Neg (a) }> }"
    )
    assert refusal(model) == ""
    assert facts_of(model).breaches == ()


@pytest.mark.parametrize("name", ["scan_input_axes", "scan_output_axes"])
def test_the_axes_that_a_remedy_names_are_all_that_a_scan_has(name: str) -> None:
    def refused(axis: int) -> list[str]:
        model = networks.scanning(Random(0))
        (scan,) = (node for node in model.graph.node if node.op_type == "Scan")
        scan.attribute.append(onnx.helper.make_attribute(name, [axis]))
        return [b.remedy for b in facts_of(model).breaches if b.code == "scan-axis"]

    (remedy,) = refused(9)
    low, high = map(int, re.findall(r"-?\d+", remedy))
    assert [bool(refused(axis)) for axis in (low - 1, low, high, high + 1)] == [
        True, False, False, True,
    ]  # fmt: skip
