"""Small models in ONNX's own text syntax, and their facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import onnx.parser

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.shapes.stated import Bindings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Facts

CUSTOM = {"com.microsoft": 1, "local": 1, "com.example": 1}


def parse(graph: str, opset: int = 17, functions: str = "") -> onnx.ModelProto:
    """Model of a graph in text; the domains that tests use are imported."""
    imports = ", ".join(f'"{d}" : {v}' for d, v in {"": opset, **CUSTOM}.items())
    return onnx.parser.parse_model(f"<ir_version: 10, opset_import: [{imports}]>{graph}{functions}")


def facts_of(model: onnx.ModelProto, bindings: Bindings = Bindings()) -> Facts:
    return analyze(load(model.SerializeToString()), bindings)


def facts(
    graph: str,
    opset: int = 17,
    functions: str = "",
    *,
    shapes: Mapping[str, tuple[int, ...]] = {},
    dims: Mapping[str, int] = {},
    trips: Mapping[str, int] = {},
) -> Facts:
    model = parse(graph, opset, functions)
    return facts_of(model, Bindings(shapes=shapes, dims=dims, trips=trips))
