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
from analyzer.scaling import Plan

ROOT = Path(__file__).parents[2]


@pytest.fixture
def planned(tmp_path: Path) -> Callable[[str | onnx.ModelProto], Plan]:
    """Plan of a model, or of a graph in ONNX's text syntax."""

    def build(model: str | onnx.ModelProto) -> Plan:
        if isinstance(model, str):
            header = '<ir_version: 8, opset_import: ["" : 17]>'
            model = parser.parse_model(header + model)
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return Plan(analyze(load(str(path))))

    return build


@pytest.fixture(scope="session")
def mobilenet() -> Plan:
    """MobileNetV1 1.0 at 224, the committed sample."""
    facts: Facts = analyze(load(str(ROOT / "samples" / "mobilenet_v1.onnx")))
    return Plan(facts)


@pytest.fixture(scope="session")
def light() -> Callable[[str], Plan]:
    """A network of the onnx wheel's own test data."""
    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    plans: dict[str, Plan] = {}

    def get(name: str) -> Plan:
        if name not in plans:
            plans[name] = Plan(analyze(load(str(folder / f"light_{name}.onnx"))))
        return plans[name]

    return get
