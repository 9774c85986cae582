"""Facts of the networks the scaling tests ask what-if questions about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import parser

from analyzer.analyze import analyze
from analyzer.facts import Facts
from analyzer.model import load
from analyzer.scaling import Scaler
from tests.wheel import light as facts_of_light

ROOT = Path(__file__).parents[2]


@pytest.fixture
def planned(tmp_path: Path) -> Callable[[str | onnx.ModelProto], Scaler]:
    """Scaler of a model, or of a graph in ONNX's text syntax."""

    def build(model: str | onnx.ModelProto) -> Scaler:
        if isinstance(model, str):
            header = '<ir_version: 8, opset_import: ["" : 17]>'
            model = parser.parse_model(header + model)
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return Scaler(analyze(load(str(path))))

    return build


@pytest.fixture(scope="session")
def mobilenet() -> Scaler:
    """MobileNetV1 1.0 at 224, the committed sample."""
    facts: Facts = analyze(load(str(ROOT / "samples" / "mobilenet_v1.onnx")))
    return Scaler(facts)


@pytest.fixture(scope="session")
def light() -> Callable[[str], Scaler]:
    """A network of the onnx wheel's own test data."""
    plans: dict[str, Scaler] = {}

    def get(name: str) -> Scaler:
        if name not in plans:
            plans[name] = Scaler(facts_of_light(name))
        return plans[name]

    return get
