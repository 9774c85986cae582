"""Weights come back exactly as onnx reads them, whichever way the file stores them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from analyzer.errors import ModelError
from analyzer.model import elements, external, load, notes, payloads, source
from analyzer.model.dtypes import DTYPES
from analyzer.model.encoding import encode_varint
from tests.each import each
from tests.model import wirebytes as wb

ELEMENTS = 140_001
"""Odd, so that packed types end inside a byte, and large enough to leave the structure."""

NUMERIC = sorted(number for number, name in DTYPES.items() if name != "string")


def values(data_type: int) -> np.ndarray:
    dtype = helper.tensor_dtype_to_np_dtype(data_type)
    low = 0 if DTYPES[data_type].startswith(("u", "bool")) else -3
    spread: np.ndarray = np.arange(ELEMENTS) % 7 + low
    if "int2" in DTYPES[data_type]:
        spread = np.arange(ELEMENTS) % 2
    if DTYPES[data_type] == "float8e8m0":
        spread = 2.0 ** (np.arange(ELEMENTS) % 5)
    return np.asarray(spread).astype(dtype)


def read(tensor: TensorProto) -> np.ndarray:
    model = helper.make_model(helper.make_graph([], "g", [], [], [tensor]))
    loaded = load(model.SerializeToString())
    assert loaded.problems == ()
    assert len(loaded.payloads) == 1
    array = loaded.payloads.array(loaded.proto.graph.initializer[0])
    assert array is not None
    return np.asarray(array)


def check_same(tensor: TensorProto) -> None:
    expected, found = numpy_helper.to_array(tensor), read(tensor)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    assert found.tobytes() == expected.tobytes()


@each("data_type", NUMERIC, ids=lambda number: DTYPES[number])
def test_raw_data_of_every_element_type(data_type: int) -> None:
    check_same(numpy_helper.from_array(values(data_type), "w"))


@pytest.mark.parametrize("data_type", NUMERIC, ids=lambda number: DTYPES[number])
def test_typed_fields_of_every_element_type(data_type: int) -> None:
    array = values(data_type)
    tensor = TensorProto(name="w", data_type=data_type, dims=[ELEMENTS])
    field = getattr(tensor, helper.tensor_dtype_to_field(data_type))
    raw = numpy_helper.from_array(array).raw_data
    if field is tensor.float_data or field is tensor.double_data:
        field.extend(np.frombuffer(raw, "<f4" if field is tensor.float_data else "<f8"))
    else:  # smaller types go in as bit patterns, sub-byte ones as packed bytes (onnx.proto)
        width = max(1, len(raw) // ELEMENTS)
        if DTYPES[data_type].startswith("float6"):
            raw = array.tobytes()  # not packed in int32_data
        signed = DTYPES[data_type].startswith("int") and len(raw) >= ELEMENTS
        field.extend(np.frombuffer(raw, f"<{'i' if signed else 'u'}{width}").tolist())
    check_same(tensor)


def test_numbers_longer_than_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "_CHUNK", 64)
    numbers = [(-1) ** i * (1 << (i % 63)) for i in range(5_000)]
    check_same(helper.make_tensor("w", TensorProto.INT64, [5_000], numbers))


@pytest.mark.parametrize("chunk", [64, 1 << 20])
def test_unpacked_numbers(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(elements, "_CHUNK", chunk)
    integers = b"".join(wb.number(7, i * 37) for i in range(20_000))  # tag and 1 to 3 bytes
    floats = b"".join(wb.tag(4, 5) + np.float32(i).tobytes() for i in range(20_000))
    for data_type, field in ((TensorProto.INT64, integers), (TensorProto.FLOAT, floats)):
        data = wb.initializer(wb.number(1, 20_000), wb.number(2, data_type), field)
        model = load(wb.model(data))
        found = model.payloads.array(model.proto.graph.initializer[0])
        expected = ModelProto.FromString(wb.model(data)).graph.initializer[0]
        assert found is not None
        assert len(model.payloads) == 1
        assert np.array_equal(found, numpy_helper.to_array(expected))


def test_packed_numbers_in_several_pieces_are_one_tensor() -> None:
    half = wb.blob(4, np.arange(5_000, dtype="<f4").tobytes())
    data = wb.model(wb.initializer(wb.number(1, 10_000), wb.number(2, 1), half, half))
    model = load(data)
    found = model.payloads.array(model.proto.graph.initializer[0])
    assert found is not None
    assert found.tolist() == [*range(5_000), *range(5_000)]


def test_small_tensors_are_read_from_the_structure() -> None:
    graph = helper.make_graph([], "g", [], [], [numpy_helper.from_array(np.eye(3), "w")])
    model = load(helper.make_model(graph).SerializeToString())
    found = model.payloads.array(model.proto.graph.initializer[0])
    assert found is not None
    assert np.array_equal(found, np.eye(3))


def test_data_that_does_not_fit_has_no_array() -> None:
    floats = wb.number(1, 99_999) + wb.number(2, TensorProto.FLOAT)
    integers = wb.number(1, 99_999) + wb.number(2, TensorProto.INT64)
    model = load(
        wb.model(
            wb.initializer(floats, wb.blob(9, bytes(99_999))),
            wb.initializer(floats, wb.blob(4, bytes(399_993))),  # one too few, and a rest
            wb.initializer(floats, wb.blob(7, bytes(399_996))),  # in the field of another type
            wb.initializer(integers, wb.blob(7, bytes(99_998))),
            wb.initializer(integers, wb.blob(7, bytes(99_998) + b"\x80")),  # cut in a number
            wb.initializer(integers, wb.blob(7, b"\x80" * 99_999)),
        )
    )
    assert len(model.payloads) == 6
    assert [model.payloads.array(t) for t in model.proto.graph.initializer] == [None] * 6


def test_strings_have_no_array() -> None:
    words = numpy_helper.from_array(np.array(["w" * 9] * 9_000, object), "w")
    graph = helper.make_graph([], "g", [], [], [words])
    model = load(helper.make_model(graph).SerializeToString())
    assert len(model.payloads) == 1
    assert model.payloads.array(model.proto.graph.initializer[0]) is None


def test_arrays_are_views_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_IN_MEMORY", 0)
    tensor = numpy_helper.from_array(np.arange(10_000, dtype=np.float32).reshape(100, 100), "w")
    path = tmp_path / "m.onnx"
    graph = helper.make_graph([], "g", [], [], [tensor])
    path.write_bytes(helper.make_model(graph).SerializeToString())
    model = load(str(path))
    found = model.payloads.array(model.proto.graph.initializer[0])
    assert isinstance(found, np.ndarray)
    assert not found.flags.owndata
    assert not found.flags.writeable
    assert found[99, 99] == 9999


FLOATS = np.arange(20_000, dtype="<f4")
PIECES = [wb.blob(4, FLOATS[at : at + 10_000].tobytes()) for at in (0, 10_000)]
LONGS = np.arange(20_000, dtype="<i8")
FORMS = {
    "raw_data of floats": (1, True, [wb.blob(9, FLOATS.tobytes())]),
    "raw_data of integers": (7, True, [wb.blob(9, LONGS.tobytes())]),
    "raw_data twice": (7, True, [wb.blob(9, bytes(160_000)), wb.blob(9, LONGS.tobytes())]),
    "raw_data beside a field": (1, True, [wb.blob(4, bytes(80_000)), wb.blob(9, FLOATS.tobytes())]),
    "raw_data of half bytes": (22, False, [wb.blob(9, bytes(range(100)) * 1_000)]),
    "packed floats": (1, True, [wb.blob(4, FLOATS.tobytes())]),
    "packed doubles": (11, True, [wb.blob(10, LONGS.astype("<f8").tobytes())]),
    "floats in two pieces": (1, False, PIECES),
    "floats with a tag each": (1, False, [wb.tag(4, 5) + x.tobytes() for x in FLOATS]),
    "varints": (7, False, [wb.blob(7, *(encode_varint(int(x)) for x in LONGS))]),
    "varints of 32 bits": (6, False, [wb.blob(5, *(encode_varint(int(x)) for x in LONGS))]),
}
"""By a name: element type, whether it lies as NumPy has it, fields."""


@pytest.mark.parametrize("form", FORMS)
def test_only_what_is_not_stored_as_numpy_has_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    data_type, in_place, fields = FORMS[form]
    size = 200_000 if data_type == TensorProto.INT4 else 20_000
    data = wb.model(wb.initializer(wb.number(1, size), wb.number(2, data_type), *fields))
    model = load(data)
    (tensor,) = model.proto.graph.initializer
    expected = numpy_helper.to_array(ModelProto.FromString(data).graph.initializer[0])
    assert len(model.payloads) == 1
    with model.payloads.opened(tensor) as rows:
        assert rows is not None
        assert rows.flat(0, rows.size).tobytes() == expected.tobytes()
    monkeypatch.setattr(payloads, "_DECODED", -1)  # nothing may be decoded
    with model.payloads.opened(tensor) as rows:
        assert (rows is not None) == in_place


def test_the_first_bytes_of_a_tensor_are_where_the_file_has_them() -> None:
    large = bytes(range(256)) * 40  # of 10,240 bytes, which stay in the file
    payload = wb.blob(9, large)
    data = wb.model(
        wb.initializer(wb.number(1, 2_560), wb.number(2, TensorProto.FLOAT), payload),
        wb.initializer(wb.number(1, 3), wb.number(2, TensorProto.UINT8), wb.blob(9, b"abc")),
        wb.initializer(wb.number(1, 3), wb.number(2, TensorProto.INT8),
                       wb.blob(5, b"\x01" + encode_varint((1 << 64) - 1) + b"\x03")),
        wb.initializer(wb.number(1, 2), wb.number(2, TensorProto.INT32), wb.blob(5, b"\x01\x02")),
        wb.initializer(wb.number(1, 30_000), wb.number(2, TensorProto.INT32),
                       wb.blob(5, b"\x01" * 30_000)),
        wb.initializer(wb.number(1, 2), wb.number(2, TensorProto.STRING), wb.blob(6, b"s"),
                       wb.blob(6, b"t")),
    )  # fmt: skip
    model = load(data)
    start = data.index(large)
    heads = [(start, large[:4], 10_240), (0, b"abc", 3), (0, b"\x01\xff\x03", 3), (0, b"", 0),
             (0, b"", 0), (0, b"", 0)]  # fmt: skip
    tensors = list(model.proto.graph.initializer)
    assert [model.payloads.head(tensor, 4) for tensor in tensors] == heads
    assert model.payloads.head(tensors[0], 10_241) == (start, large, 10_240)
    assert model.payloads.head(tensors[1], 2) == (0, b"ab", 3)
    assert model.payloads.head(tensors[2], 1) == (0, b"\x01", 3)
    assert model.payloads.strings(tensors[5], 1) == [b"s", b"t"]
    assert model.payloads.stretch(start + 1, start + 4) == large[1:4]
    assert model.payloads.ends(3, 2) == (data[:3], data[-2:], len(data))
    assert model.payloads.ends(len(data) + 1, len(data) + 1) == (data, data, len(data))


def test_a_file_that_changed_since_it_was_opened_is_read_no_more(tmp_path: Path) -> None:
    large = bytes(range(256)) * 40
    path = tmp_path / "m.onnx"
    path.write_bytes(
        wb.model(
            wb.initializer(wb.number(1, 2_560), wb.number(2, TensorProto.FLOAT), wb.blob(9, large))
        )
    )
    model = load(path)
    (tensor,) = model.proto.graph.initializer
    assert model.payloads.stretch(0, 1) == path.read_bytes()[:1]
    with model.payloads.opened(tensor) as found:
        assert found is not None
    with (
        pytest.raises(ModelError, match="the file changed while it was being read"),
        model.payloads.opened(tensor) as found,
    ):
        path.write_bytes(b"")
    with pytest.raises(ModelError, match="the file changed while it was being read"):
        model.payloads.stretch(0, 1)


@pytest.mark.parametrize("looks", [1, 2])
def test_a_file_that_changes_while_a_tensor_is_read_is_told_of(
    looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(
        wb.model(
            wb.initializer(wb.number(1, 2_560), wb.number(2, TensorProto.FLOAT),
                           wb.blob(9, bytes(10_240))),
            wb.initializer(wb.number(1, 9_000), wb.number(2, TensorProto.STRING),
                           wb.blob(6, b"s" * 99) * 9_000),
        )
    )  # fmt: skip
    numbers, words = model.proto.graph.initializer
    counted = 0

    def check(_: object) -> None:
        nonlocal counted
        counted += 1
        if counted == looks:
            raise ModelError("m", "another file")

    monkeypatch.setattr(source.Source, "check_unchanged", check)
    for ask in (lambda: model.payloads.array(numbers), lambda: model.payloads.strings(words, 9)):
        counted = 0
        with pytest.raises(ModelError, match="another file"):
            ask()
        assert counted == looks


def test_a_mark_that_a_file_carries_is_taken_off() -> None:
    """Ours says where elements are that were left out; one that is read says nothing."""
    place = helper.make_tensor(
        "t", TensorProto.FLOAT, [2], np.zeros(8, np.uint8).tobytes(), raw=True
    )
    place.ClearField("raw_data")
    place.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "w.bin"), (notes.MARK, "0"), ("offset", "8")):
        place.external_data.add(key=key, value=value)
    model = load(helper.make_model(helper.make_graph([], "g", [], [], [place])).SerializeToString())
    (tensor,) = model.proto.graph.initializer
    assert [(entry.key, entry.value) for entry in tensor.external_data] == [
        ("location", "w.bin"), ("offset", "8"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dtype", "dims", "given", "needed"),
    [
        (TensorProto.INT4, (5,), 3, 3), (TensorProto.INT4, (5,), 2, 3),
        (TensorProto.INT4, (5,), 5, 3), (TensorProto.UINT4, (6,), 3, 3),
        (TensorProto.UINT2, (9,), 3, 3), (TensorProto.UINT2, (9,), 4, 3),
        (TensorProto.INT8, (5,), 5, 5), (TensorProto.INT8, (5,), 3, 5),
        (TensorProto.FLOAT4E2M1, (2, 3), 3, 3), (TensorProto.FLOAT4E2M1, (2, 3), 6, 3),
    ],
)  # fmt: skip
def test_small_elements_share_a_number(
    dtype: int, dims: tuple[int, ...], given: int, needed: int
) -> None:
    """onnx.proto: two of 4 bits to a number of int32_data, four of 2."""
    tensor = TensorProto(name="t", data_type=dtype, dims=dims, int32_data=range(given))
    assert notes.size_problem(tensor, ()) == (
        "" if given == needed else f"its shape needs {needed} numbers and {given} are stored"
    )


@pytest.mark.parametrize("offset", [0, 1, 4])
@pytest.mark.parametrize("short", [0, 1, 5])
def test_elements_end_where_the_bytes_do(offset: int, short: int) -> None:
    data = bytes(offset) + np.array([1.5, -2], np.float32).tobytes()
    found = elements.raw(data[: len(data) - short], offset, TensorProto.FLOAT, (2,))
    assert (None if found is None else np.asarray(found).tolist()) == (None if short else [1.5, -2])


@pytest.mark.parametrize(
    ("dtype", "stored"), [(TensorProto.FLOAT, True), (TensorProto.INT4, False)]
)
def test_another_file_is_read_in_place_or_decoded_where_that_is_small(
    dtype: int, stored: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = np.array([3, 1, 2, 0, 5, 6]).astype(helper.tensor_dtype_to_np_dtype(dtype))
    tensor = numpy_helper.from_array(content, "t")
    (tmp_path / "w.bin").write_bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="w.bin")
    path = tmp_path / "m.onnx"
    path.write_bytes(
        helper.make_model(helper.make_graph([], "g", [], [], [tensor])).SerializeToString()
    )
    model = load(path)
    (known,) = model.proto.graph.initializer
    with model.payloads.opened(known) as rows:
        assert rows is not None
        assert np.asarray(rows.flat(0, rows.size)).astype(int).tolist() == [3, 1, 2, 0, 5, 6]
    monkeypatch.setattr(payloads, "_DECODED", -1)
    with model.payloads.opened(known) as rows:
        assert (rows is not None) == stored


@pytest.mark.parametrize("looks", [1, 2])
def test_another_file_that_changes_while_it_is_read_is_told_of(
    looks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensor = TensorProto(name="t", data_type=TensorProto.FLOAT, dims=[6])
    (tmp_path / "w.bin").write_bytes(np.arange(6, dtype=np.float32).tobytes())
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="w.bin")
    path = tmp_path / "m.onnx"
    path.write_bytes(
        helper.make_model(helper.make_graph([], "g", [], [], [tensor])).SerializeToString()
    )
    model = load(path)
    (known,) = model.proto.graph.initializer
    whole = model.payloads.array(known)
    assert whole is not None
    assert whole.tolist() == [0, 1, 2, 3, 4, 5]
    real, counted = external.look, 0

    def look(*asked: Any) -> Any:
        nonlocal counted
        counted += 1
        return None if counted == looks else real(*asked)

    def opened() -> None:
        with model.payloads.opened(known):
            pass

    monkeypatch.setattr(payloads, "look", look)
    asked: tuple[Callable[[], object], ...] = (lambda: model.payloads.array(known), opened)
    for ask in asked:
        counted = 0
        with pytest.raises(ModelError, match="the file changed while it was being read"):
            ask()
        assert counted == looks
