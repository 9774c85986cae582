"""The table of signatures against the schemas of ONNX Runtime."""

from __future__ import annotations

import json

from analyzer.operators.contracts.vendor import is_known, schema_of
from tools.contrib_signatures import TABLE, current


def test_table_holds_what_the_runtime_says_of_each_operator() -> None:
    table = json.loads(TABLE.read_text("utf-8"))
    stale = [name for name, entry in current().items() if table.get(name) != entry]
    assert stale == [], "run python tools/contrib_signatures.py"


def test_rotary_embedding_takes_four_inputs_and_64_bit_positions() -> None:
    signature = schema_of("RotaryEmbedding")
    assert signature is not None
    assert signature.arity[:2] == (4, 4)
    assert signature.types[signature.inputs[1].type] == {"int64"}


def test_operators_of_the_runtime_are_known_without_a_schema_of_onnx() -> None:
    assert is_known("com.microsoft", "MatMulNBits")
    assert is_known("", "SimplifiedLayerNormalization")
    assert is_known("com.microsoft.nchwc", "Conv")
    assert not is_known("com.microsoft", "MatMulNBit")
    assert not is_known("", "Conve")
