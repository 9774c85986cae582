"""From a file to evidence: stored, constant and quantised weights."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze, analyze_weights
from analyzer.evidence import WeightEvidence
from analyzer.model import Limits, Model, load, payloads
from analyzer.model.rows import Rows
from analyzer.weights.evidence import collect
from analyzer.weights.source import WeightSource

Arrays = Mapping[str, NDArray[np.generic]]


def evidence(folder: Path, weights: Arrays, *nodes: onnx.NodeProto) -> WeightEvidence:
    graph = helper.make_graph(
        list(nodes), "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 6, 12, 12])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )  # fmt: skip
    path = folder / "m.onnx"
    opset = [helper.make_opsetid("", 17)]
    path.write_bytes(
        helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    )
    return looked_at(load(str(path)))


def looked_at(model: Model, most: int = 1 << 40) -> WeightEvidence:
    return collect(model, analyze(model), most=most, seconds=60)


def noise(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def conv(x: str, w: str, y: str) -> onnx.NodeProto:
    return helper.make_node("Conv", [x, w], [y])


def test_stored_weights_are_read_and_dead_filters_traced(tmp_path: Path) -> None:
    first, second = noise(8, 6, 3, 3), noise(16, 8, 3, 3)
    first[2] = 0
    found = evidence(
        tmp_path, {"w": first, "v": second},
        conv("x", "w", "a"), helper.make_node("Relu", ["a"], ["b"]), conv("b", "v", "y"),
    )  # fmt: skip
    assert list(found.layers) == ["a", "y"]
    filters = found.layers["a"].filters
    assert filters is not None
    assert (filters.dead, filters.freed_params, filters.freed_downstream) == ((2,), 54, 16 * 9)
    assert filters.freed == 54 + 16 * 9
    assert replace(filters, freed_downstream=None).freed == 54
    separable = found.layers["y"].separability
    assert separable is not None
    assert separable.macs_now == 8 * 8 * 9 * 8 * 16


def test_weights_too_large_to_keep_in_the_structure_are_mapped(tmp_path: Path) -> None:
    found = evidence(tmp_path, {"w": noise(256, 6, 5, 5)}, conv("x", "w", "y"))
    assert found.layers["y"].values.elements == 256 * 150
    assert found.unread == ()


def test_constants_and_quantised_weights_are_found(tmp_path: Path) -> None:
    stored = np.random.default_rng(0).integers(-127, 128, (8, 6, 3, 3)).astype(np.int8)
    stored[3] = 0
    scale, zero = np.linspace(0.1, 1, 8).astype(np.float32), np.zeros(8, np.int8)
    constant = numpy_helper.from_array(noise(4, 8, 1, 1))
    found = evidence(
        tmp_path, {"q": stored, "s": scale, "z": zero},
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"], axis=0),
        conv("x", "w", "a"),
        helper.make_node("Constant", [], ["c"], value=constant),
        conv("a", "c", "y"),
    )  # fmt: skip
    assert found.layers["a"].filters is not None
    assert found.layers["a"].filters.dead == (3,)
    assert found.layers["a"].values.max <= 127
    assert found.layers["y"].values.elements == 32


def test_computed_weights_are_reported_as_unread(tmp_path: Path) -> None:
    found = evidence(
        tmp_path, {"w": noise(8, 6, 1, 1)},
        helper.make_node("Sin", ["w"], ["v"]), conv("x", "v", "y"),
    )  # fmt: skip
    assert (dict(found.layers), found.unread) == ({}, ("y",))


def test_a_tensor_that_many_convolutions_share_is_looked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = {"w": noise(6, 6, 3, 3), "v": noise(6, 6, 3, 3)}
    weights["w"][0] = 0
    nodes = [conv("x", "w", "a"), conv("a", "w", "b"), conv("b", "v", "c"), conv("x", "w", "y")]
    found = evidence(tmp_path, weights, *nodes)
    asked: list[str] = []
    opened = WeightSource.opened

    def counted(self: WeightSource, node: str) -> AbstractContextManager[Rows | None]:
        asked.append(node)
        return opened(self, node)

    monkeypatch.setattr(WeightSource, "opened", counted)
    assert looked_at(load(str(tmp_path / "m.onnx"))) == found
    assert asked == ["a", "c"]
    assert [*found.layers] == ["a", "b", "c", "y"]
    assert {layer.node for layer in found.layers.values()} == set(found.layers)
    a, b, y = (found.layers[name] for name in "aby")
    assert a.filters is not None
    assert b.filters is not None
    assert y.filters is not None
    assert a.filters.dead == b.filters.dead == y.filters.dead == (0,)
    assert (a.filters.freed_downstream, y.filters.freed_downstream) == (6 * 9, None)
    assert a.separability is not None
    assert b.separability is not None
    assert a.separability.macs_now != b.separability.macs_now
    assert a.separability.first_term == b.separability.first_term


def test_one_tensor_has_one_identity_however_it_is_reached(tmp_path: Path) -> None:
    weights: dict[str, NDArray[np.generic]] = {
        "w": noise(6, 6, 3, 3),
        "q": np.ones((6, 6, 3, 3), np.int8),
        "s": np.full((), 0.5, np.float32),
        "z": np.full((), 1, np.int8),
    }
    nodes = [
        helper.make_node("Identity", ["w"], ["i"]),
        helper.make_node("Identity", ["i"], ["j"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        conv("x", "i", "a"), conv("x", "j", "b"), conv("x", "d", "c"), conv("x", "w", "y"),
    ]  # fmt: skip
    evidence(tmp_path, weights, *nodes)
    model = load(str(tmp_path / "m.onnx"))
    source = WeightSource(model, analyze(model))
    assert [source.identity(n) for n in "abyc"] == [("w",), ("w",), ("w",), ("q", "s", "z")]


@pytest.mark.parametrize("zero", [(3,), (2, 2)])
def test_zero_points_that_do_not_fit_leave_weights_unread(
    tmp_path: Path, zero: tuple[int, ...]
) -> None:
    weights: dict[str, NDArray[np.generic]] = {
        "q": np.ones((6, 6, 3, 3), np.int8),
        "s": np.full((), 0.5, np.float32),
        "z": np.ones(zero, np.int8),
    }
    nodes = [helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"]), conv("x", "d", "y")]
    assert evidence(tmp_path, weights, *nodes).unread == ("y",)


def test_no_more_weights_are_looked_at_than_the_limit_allows(tmp_path: Path) -> None:
    weights = {name: noise(6, 6, 3, 3) for name in "wvu"}
    nodes = [conv("x", "w", "a"), conv("a", "v", "b"), conv("b", "w", "c"), conv("c", "u", "y")]
    evidence(tmp_path, weights, *nodes)
    model = load(str(tmp_path / "m.onnx"))
    two = 2 * weights["w"].nbytes + 500  # what decomposition counts as is on top
    found = analyze_weights(model, limits=Limits(weight_bytes=two))
    assert found.evidence is not None
    assert [*found.evidence.layers] == ["a", "b", "c"]
    assert (found.evidence.unread, found.evidence.beyond) == (("y",), ("y", "u"))
    (problem,) = found.problems
    assert (problem.code, problem.inconclusive) == ("weights-limit", True)
    assert f"(limit weight_bytes = {two:,})" in problem.message
    assert not analyze_weights(model, limits=Limits(weight_bytes=2 * two)).problems


def test_weights_that_cannot_be_opened_are_not_called_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence(tmp_path, {"w": noise(6, 6, 3, 3)}, conv("x", "w", "y"))
    made = onnx.load(tmp_path / "m.onnx")
    onnx.save(
        made, tmp_path / "e.onnx", save_as_external_data=True, location="w.bin", size_threshold=0
    )
    model = load(str(tmp_path / "e.onnx"))
    assert not analyze_weights(model).inconclusive

    @contextmanager
    def nothing(_: object) -> Iterator[None]:
        yield None

    monkeypatch.setattr(payloads, "open_inside", nothing)
    (problem,) = analyze_weights(model).problems
    assert (problem.code, problem.where, problem.inconclusive) == ("weights-unreadable", "y", True)


@pytest.mark.parametrize(("data_type", "dims"), [(1, [8, -3]), (0, [8, 3]), (99, [8, 3])])
def test_external_tensors_of_impossible_shapes_are_not_called_clean(
    tmp_path: Path, data_type: int, dims: list[int]
) -> None:
    evidence(tmp_path, {"w": noise(6, 6, 3, 3)}, conv("x", "w", "y"))
    made = onnx.load(tmp_path / "m.onnx")
    odd = made.graph.initializer.add(name="e", data_type=data_type, dims=dims, data_location=1)
    odd.external_data.add(key="location", value="e.bin")
    (tmp_path / "e.bin").write_bytes(bytes(96))
    (tmp_path / "m.onnx").write_bytes(made.SerializeToString())
    codes = {p.code for p in load(str(tmp_path / "m.onnx")).problems if p.inconclusive}
    assert "tensor-size" in codes
