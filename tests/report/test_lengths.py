"""Names of any length are shortened to the room that each place of a page has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.report import REPORT_FORMATS, Options, Result
from analyzer.targets.catalog import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = {
    "alive[].name": 120, "assumptions[].dim": 120, "coverage.missing[].op": 120,
    "drawing.boxes[].holds": 30, "drawing.boxes[].node": 120, "drawing.boxes[].parts[].title": 60,
    "explained[].summands[].label": 24, "modules[].path": 80, "origin.producer": 120,
    "shares[].kind": 40, "skyline.held[].name": 60, "skyline.node": 60, "targets[].blocks": 160,
    "tiles[].name": 40, "title": 120,
}  # fmt: skip
"""Most characters by place."""


def long(word: str) -> str:
    return word * 400


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Of two convolutions and an operator that nobody knows, whose names are all very long."""
    module = long("module")
    nodes = [
        helper.make_node("Conv", [long("x"), "w"], ["c"], name=f"/{module}/a/Conv", pads=[1] * 4),
        helper.make_node("Relu", ["c"], [long("r")], name=f"/{module}/{long('relu')}"),
        helper.make_node("Conv", [long("r"), "k"], ["d"], name=f"/{long('other')}/Conv"),
        helper.make_node(long("Warp"), ["d"], ["e"], name=long("warp"), domain=long("com.acme")),
    ]
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info(long("x"), TensorProto.FLOAT, [1, 3, long("height"), 32])],
        [helper.make_tensor_value_info("e", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.zeros((4, n, side, side), np.float32), name)
         for name, n, side in (("w", 3, 3), ("k", 4, 1))],
    )  # fmt: skip
    imports = [helper.make_opsetid("", 17), helper.make_opsetid(long("com.acme"), 1)]
    model = helper.make_model(graph, opset_imports=imports, producer_name=long("p"), ir_version=8)
    data = load(model.SerializeToString(), name=f"{long('m')}.onnx")
    found = Result(analyze(data, targets=chosen(("ort_cpu",))))
    made: dict[str, Any] = json.loads(REPORT_FORMATS["json"](found, Options()))["page"]
    return made


def shortened(value: Any, place: str) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from shortened(each, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for each in value:
            yield from shortened(each, f"{place}[]")
    elif isinstance(value, str) and "…" in value:
        yield place, len(value)


def test_each_place_of_a_page_has_its_room_for_names(page: dict[str, Any]) -> None:
    found: dict[str, set[int]] = {}
    for place, length in shortened(page, ""):
        found.setdefault(place, set()).add(length)
    assert {place: found.get(place) for place in ROOM} == {p: {n} for p, n in ROOM.items()}
    assert found["drawing.boxes[].title"] == {24, 28}
