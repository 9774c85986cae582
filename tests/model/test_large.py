"""Gigabytes of weights cost neither time nor memory. (The files are holes: they take no disk.)"""

from __future__ import annotations

import resource
from pathlib import Path

from onnx import ModelProto, TensorProto, helper

from analyzer.model import load
from analyzer.model.encoding import encode_varint
from analyzer.model.guard import Progress, guarded
from analyzer.model.limits import Limits

GIB = 1 << 30
ROOM = Limits(guard_bytes=32 * GIB, guard_seconds=60)
"""Address space, not memory: mapped files count."""


def write_with_holes(path: Path, sizes: list[int]) -> None:
    """Write a model with embedded float32 weights of ``sizes`` bytes, all zero."""
    node = helper.make_node("MatMul", ["x", "w0"], ["y"])
    graph = helper.make_graph([node], "g", [], []).SerializeToString()
    heads = []
    for index, size in enumerate(sizes):
        tensor = TensorProto(name=f"w{index}", data_type=TensorProto.FLOAT, dims=[size // 4])
        head = tensor.SerializeToString() + b"\x4a" + encode_varint(size)
        heads.append((b"\x2a" + encode_varint(len(head) + size) + head, size))
    total = len(graph) + sum(len(head) + size for head, size in heads)
    start = ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)])
    with path.open("wb") as file:
        file.write(start.SerializeToString() + b"\x3a" + encode_varint(total) + graph)
        for head, size in heads:
            file.write(head)
            file.seek(size, 1)
        file.truncate()


def loaded_within(path: Path) -> tuple[int, int, int, float]:
    """Nodes, payloads, added resident bytes, last weight of a model loaded in a child."""

    def work(_: Progress) -> tuple[int, int, int, float]:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        model = load(str(path), digest=False)
        array = model.payloads.array(model.proto.graph.initializer[-1])
        assert array is not None
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        graph = model.proto.graph
        return len(graph.node), len(model.payloads), (after - before) << 10, float(array[-1])

    result = guarded(work, limits=ROOM)
    assert isinstance(result, tuple), result
    return result


def test_an_embedded_tensor_over_2_gib_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    write_with_holes(path, [2 * GIB + 4096, GIB])
    nodes, payloads, added, last = loaded_within(path)
    assert (nodes, payloads, last) == (1, 2, 0.0)
    assert added < 100 << 20


def test_10_gb_of_external_data_stay_where_they_are(tmp_path: Path) -> None:
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w0"], ["y"])], "g", [], [])
    for index in range(10):
        tensor = graph.initializer.add(name=f"w{index}", data_type=1, dims=[250_000_000])
        tensor.data_location = TensorProto.EXTERNAL
        entries = {"location": "w.bin", "offset": str(index * 10**9), "length": str(10**9)}
        for key, value in entries.items():
            tensor.external_data.add(key=key, value=value)
    path = tmp_path / "m.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString())
    with (tmp_path / "w.bin").open("wb") as file:
        file.truncate(10**10)
    nodes, payloads, added, last = loaded_within(path)
    assert (nodes, payloads, last) == (1, 0, 0.0)
    assert added < 100 << 20
