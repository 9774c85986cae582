"""The walk keeps everything except large payloads, measured against onnx's own parser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from analyzer.model.encoding import Malformed, encode_varint, varint
from analyzer.model.limits import Limits
from analyzer.model.notes import MARK
from analyzer.model.wire import Walk
from tests.cases import node_cases
from tests.fuzz import seeds
from tests.model import wirebytes as wb
from tests.model.skeleton import drop_payloads, tensors


def strip(data: bytes) -> tuple[ModelProto, Walk]:
    walk = Walk(Limits())
    return ModelProto.FromString(walk.strip(data)), walk


def same_but_for_payloads(stripped: ModelProto, whole: ModelProto) -> bool:
    """Equality after the payloads of stripped tensors are removed from ``whole``, too."""
    drop_payloads(stripped, whole)
    whole.DiscardUnknownFields()
    ours, theirs = (m.SerializeToString(deterministic=True) for m in (stripped, whole))
    return bool(ours == theirs)


@pytest.fixture(scope="module")
def node_models() -> list[tuple[str, ModelProto]]:
    return [(case.name, case.model) for case in node_cases() if case.model is not None]


def test_walk_rebuilds_every_onnx_node_test(node_models: list[tuple[str, ModelProto]]) -> None:
    assert len(node_models) > 1500
    wrong = []
    for name, model in node_models:
        data = model.SerializeToString()
        stripped, walk = strip(data)
        if not same_but_for_payloads(stripped, model) or walk.odd_sizes or walk.unknown_fields:
            wrong.append(name)
    assert wrong == []


def test_the_walk_says_where_each_operator_is(node_models: list[tuple[str, ModelProto]]) -> None:
    for name, model in node_models[::5]:
        data = model.SerializeToString()
        nodes = [NodeProto.FromString(data[at : at + size]) for at, size in strip(data)[1].nodes]
        assert nodes == list(model.graph.node), name


def test_walk_rebuilds_every_model_in_the_onnx_wheel() -> None:
    files = sorted(Path(onnx.__file__).parent.glob("backend/test/data/**/*.onnx"))
    assert len(files) > 50
    wrong = []
    for file in files:
        data = file.read_bytes()
        if not same_but_for_payloads(strip(data)[0], ModelProto.FromString(data)):
            wrong.append(file.name)
    assert wrong == []


@pytest.mark.parametrize("model", seeds.models())
def test_walk_copies_small_models_byte_for_byte(model: ModelProto) -> None:
    data = model.SerializeToString()
    walk = Walk(Limits())
    assert walk.strip(data) == data
    assert not walk.payloads


def large(data_type: int = TensorProto.FLOAT, elements: int = 10_000) -> TensorProto:
    dtype = helper.tensor_dtype_to_np_dtype(data_type)
    return numpy_helper.from_array(np.ones(elements, dtype), "w")


def places() -> list[tuple[str, ModelProto]]:
    """The places of a model that can hold a tensor, each with a large one."""
    weight = large()
    sparse = helper.make_sparse_tensor(weight, large(TensorProto.INT64), [1 << 20])
    constant = helper.make_node("Constant", [], ["w"], value=weight)
    body = helper.make_graph([constant], "b", [], [], [weight])
    graphs = {
        "initializer": helper.make_graph([], "g", [], [], [weight]),
        "sparse": helper.make_graph([], "g", [], [], sparse_initializer=[sparse]),
        "constant": helper.make_graph([constant], "g", [], []),
        "attribute-lists": helper.make_graph(
            [helper.make_node("X", [], [], ts=[weight, weight], ss=[sparse], s=sparse)], "g", [], []
        ),
        "body": helper.make_graph(
            [helper.make_node("If", ["c"], ["y"], then_branch=body, else_branch=body)], "g", [], []
        ),
    }
    models = [(name, helper.make_model(graph)) for name, graph in graphs.items()]
    empty = helper.make_graph([], "g", [], [])
    opsets = [helper.make_opsetid("", 17)]
    function = helper.make_function("l", "f", [], ["w"], [constant], opsets)
    models.append(("function", helper.make_model(empty, functions=[function])))
    training = helper.make_model(empty)
    training.training_info.add().algorithm.CopyFrom(body)
    return [*models, ("training", training)]


@pytest.mark.parametrize(("place", "model"), places())
def test_large_payloads_are_left_out_wherever_they_are(place: str, model: ModelProto) -> None:
    data = model.SerializeToString()
    stripped, walk = strip(data)
    assert len(walk.payloads) == sum(1 for _ in tensors(model))
    assert stripped.ByteSize() < 2000
    assert same_but_for_payloads(stripped, model)


@pytest.mark.parametrize(
    ("data_type", "kept_bytes"), [(TensorProto.INT64, 32 << 10), (TensorProto.FLOAT, 4 << 10)]
)
def test_small_tensors_stay_whole(data_type: int, kept_bytes: int) -> None:
    size = np.dtype(helper.tensor_dtype_to_np_dtype(data_type)).itemsize
    for extra, payloads in ((0, 0), (1, 1)):
        tensor = large(data_type, kept_bytes // size + extra)
        model = helper.make_model(helper.make_graph([], "g", [], [], [tensor]))
        assert len(strip(model.SerializeToString())[1].payloads) == payloads


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"float_data": [1.0] * 4, "raw_data": bytes(16)}, "2 places: float_data, raw_data"),
        ({"int64_data": [1] * 4}, "in int64_data, which is not for float32"),
        ({"data_type": TensorProto.STRING, "raw_data": bytes(4)}, "which is not for string"),
        ({"float_data": [1.0] * 4}, ""),
        ({"raw_data": bytes(16)}, ""),
    ],
)
@pytest.mark.parametrize("times", [1, 3000])
def test_elements_where_readers_do_not_agree_to_look_are_named(
    fields: dict[str, Any], problem: str, times: int
) -> None:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4 * times])
    for name, value in fields.items():
        if name == "data_type":
            tensor.data_type = value
        elif name == "raw_data":
            tensor.raw_data = value * times
        else:
            getattr(tensor, name).extend(value * times)
    graph = helper.make_graph([], "g", [], [], [tensor])
    _, walk = strip(helper.make_model(graph).SerializeToString())
    assert [name for name, _ in walk.odd_fields] == ["w"] * bool(problem)
    assert all(problem in wrong for _, wrong in walk.odd_fields)


def test_a_forged_mark_is_removed() -> None:
    entry = wb.blob(13, wb.blob(1, MARK.encode()), wb.blob(2, b"0"))
    small = wb.initializer(wb.number(1, 1), wb.number(2, 1), wb.blob(9, b"\0" * 4), entry, entry)
    stripped, _ = strip(wb.model(small))
    assert not stripped.graph.initializer[0].external_data
    assert stripped.graph.initializer[0].raw_data == b"\0" * 4


def test_unknown_fields_are_dropped_and_counted() -> None:
    unknown = wb.blob(999, b"?" * 200) + wb.number(998, 5) + wb.tag(997, 5) + b"abcd"
    data = wb.model(wb.node(wb.blob(4, b"Relu"), unknown), unknown)
    stripped, walk = strip(data)
    assert walk.unknown_fields == 6
    assert len(stripped.SerializeToString()) < 30
    assert stripped.graph.node[0].op_type == "Relu"


def test_repeated_messages_merge_as_protobuf_merges_them() -> None:
    data = wb.model(wb.node(wb.blob(4, b"A"))) + wb.blob(7, wb.node(wb.blob(4, b"B")))
    stripped, _ = strip(data)
    assert [node.op_type for node in stripped.graph.node] == ["A", "B"]
    assert stripped == ModelProto.FromString(data)


@pytest.mark.parametrize("where", ["t", "sparse_tensor", "values"])
def test_one_tensor_in_two_parts_is_refused(where: str) -> None:
    """Protobuf merges them: of two payloads the file would have one and the skeleton the other."""
    part = large().SerializeToString()
    twice = {
        "t": wb.blob(5, part) * 2,
        "sparse_tensor": wb.blob(22, wb.blob(1, part)) * 2,
        "values": wb.blob(22, wb.blob(1, part) * 2),
    }
    once = wb.blob(5, part) + wb.blob(22, wb.blob(1, part) + wb.blob(2, part))
    assert len(strip(wb.model(wb.node(wb.blob(5, once))))[1].payloads) == 3
    with pytest.raises(Malformed, match="a tensor that is stated twice"):
        strip(wb.model(wb.node(wb.blob(5, twice[where]))))


LONG = b"d" * (2 << 20)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("NodeProto.doc_string", wb.node(wb.blob(6, LONG))),
        ("AttributeProto.s", wb.node(wb.blob(5, wb.blob(1, b"note") + wb.blob(4, LONG)))),
        ("StringStringEntryProto.value", wb.blob(14, wb.blob(1, b"k") + wb.blob(2, LONG))),
    ],
)
def test_long_text_that_no_fact_needs_is_left_out_and_named(field: str, more: bytes) -> None:
    node = wb.node(wb.blob(4, b"Relu"))
    inside = field.startswith("String")
    data = wb.model(node) + more if inside else wb.model(more, node)
    stripped, walk = strip(data)
    assert [text.field for text in walk.left_out] == [field]
    assert stripped.graph.node[-1].op_type == "Relu"
    assert len(stripped.SerializeToString()) < 100


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 1 << 31, (1 << 64) - 1])
def test_varints_survive_a_round_trip(value: int) -> None:
    data = encode_varint(value)
    assert varint(data, 0, len(data)) == (value, len(data))


START = wb.number(1, 8)
CUT = {
    "in its first field": (wb.blob(2, b"maker")[:-1], False),
    "in a field of a model": (START + wb.blob(2, b"maker")[:-1], True),
    "in a field that models have not": (START + wb.blob(99, b"maker")[:-1], False),
    "in a number": (START + b"\x28\x80", True),
    "in a field of its graph": (START + wb.blob(7, wb.blob(1, b"") * 99 + b"\x0a\x05"), False),
    "in its graph": (START + wb.blob(7, wb.blob(2, b"graph"))[:-1], True),
}
"""Files that end too early, and whether they begin like a model of which the rest is missing."""


@pytest.mark.parametrize("where", CUT)
def test_a_model_that_was_cut_off_is_told_from_what_is_none(where: str) -> None:
    data, cut = CUT[where]
    with pytest.raises(Malformed) as caught:
        strip(data)
    assert caught.value.truncated is cut
