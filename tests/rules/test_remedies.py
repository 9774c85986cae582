"""What a rule with a pattern says to write instead computes the same, by ONNX's own reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import helper, parser
from onnx.reference import ReferenceEvaluator

from analyzer.ruleset import Rule, load_rules
from tests.each import each

OTHER_FORM = {
    "STR129": "RotaryEmbedding takes half of each table",
    "STR130": "Attention takes heads as an axis",
}
"""Rules whose two examples cannot be given the same inputs, and why."""
RULES = [r for r in load_rules() if r.match and r.fix_safety == "safe" and r.id not in OTHER_FORM]


def results(text: str) -> list[Any]:
    """Outputs by name for inputs that depend on their names and shapes alone."""
    model = parser.parse_model(text)
    feeds = {}
    for value in model.graph.input:
        kind = value.type.tensor_type
        dtype = helper.tensor_dtype_to_np_dtype(kind.elem_type)
        shape = [d.dim_value for d in kind.shape.dim]
        count = int(np.prod(shape))
        spread = (np.arange(count) * 0.37 + len(value.name)) % 3 - 1.5  # signs and fractions
        feeds[value.name] = (
            (spread > 0 if dtype.kind == "b" else spread).astype(dtype).reshape(shape)
        )
    outputs = sorted(o.name for o in model.graph.output)
    return list(ReferenceEvaluator(model).run(outputs, feeds))


@each("rule", RULES, ids=lambda rule: rule.id)
def test_what_is_to_be_written_instead_computes_the_same(rule: Rule) -> None:
    found = next(example for example in rule.examples if example.expect == "match")
    instead = next(example for example in rule.examples if example.expect == "no-match")
    onnx.checker.check_model(parser.parse_model(instead.model))
    for ours, theirs in zip(results(found.model), results(instead.model), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-5)
