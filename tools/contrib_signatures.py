"""Rewrite the table of signatures of ``com.microsoft`` from the installed ONNX Runtime.

onnx has no schemas of these operators. Run this after upgrading the runtime that tests compare
with; a test says when. Operators that the runtime no longer has are kept, for models that do.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

TABLE = Path(__file__).parents[1] / "analyzer/operators/contracts/com_microsoft.json"
DOMAIN = "com.microsoft"
MARKS = {"Single": "", "Optional": "?", "Variadic": "*"}
RENAMED = {"float": "float32", "double": "float64"}


def signature(schema: Any) -> dict[str, Any]:
    """What the table holds of one operator."""
    return {
        "inputs": [_operand(operand) for operand in schema.inputs],
        "outputs": [_operand(operand) for operand in schema.outputs],
        "arity": [schema.min_input, schema.max_input, schema.min_output, schema.max_output],
        "types": {
            c.type_param_str: " ".join(sorted(map(_element, c.allowed_type_strs)))
            for c in schema.type_constraints
        },
        "attributes": {
            name: a.type.name + "!" * a.required for name, a in sorted(schema.attributes.items())
        },
    }


def _operand(operand: Any) -> list[str]:
    kind = MARKS[operand.option.name] + "~" * (not operand.isHomogeneous)
    variable = operand.typeStr
    return [operand.name, _element(variable) if "(" in variable else variable, kind]


def _element(text: str) -> str:
    """``tensor(float)`` as ``float32``; what is no tensor keeps its form."""
    inner = text.removeprefix("tensor(").removesuffix(")") if text.startswith("tensor(") else text
    return RENAMED.get(inner, inner)


def current() -> dict[str, Any]:
    """Signatures of every operator of the domain that the installed runtime has."""
    schemas = [s for s in get_all_operator_schema() if s.domain == DOMAIN]
    return {s.name: signature(s) for s in sorted(schemas, key=lambda s: (s.name, s.since_version))}


def main() -> None:
    """Write the table, one operator a line."""
    old = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else {}
    table = dict(sorted({**old, **current()}.items()))
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in table.items()]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
