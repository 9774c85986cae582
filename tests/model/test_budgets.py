"""Each budget of the walk admits exactly as much as it says, and not one more."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from onnx import NodeProto

from analyzer.errors import ModelError
from analyzer.model import Limits, load, messages
from analyzer.model import file as files
from analyzer.model.encoding import Malformed, field
from analyzer.model.file import FileBytes, _seek_and_read
from analyzer.model.limits import LimitExceeded
from analyzer.model.wire import Walk
from tests.each import each
from tests.model import wirebytes as wb

VALUE = wb.blob(13, wb.blob(1, b"v"))
TENSOR = wb.initializer(wb.number(2, 1))
RELU = wb.node(wb.blob(1, b"x"), wb.blob(2, b"y"), wb.blob(4, b"Relu"))
PLAIN = wb.model(RELU, wb.blob(2, b"graph"))


def shape(rank: int) -> bytes:
    """An input of ``rank`` dimensions of size 1."""
    dims = wb.blob(1, wb.number(1, 1)) * rank
    return wb.blob(11, wb.blob(1, b"x"), wb.blob(2, wb.blob(1, wb.number(1, 1), wb.blob(2, dims))))


@pytest.mark.parametrize(
    ("limit", "needed", "data", "says"),
    [
        ("nodes", 7, wb.model(RELU * 7), "too many nodes"),
        ("nodes", 3, wb.model(wb.nested(3)), "too many nodes"),
        ("tensors", 7, wb.model(TENSOR * 7), "too many tensors"),
        ("functions", 7, wb.model() + wb.blob(25, wb.blob(1, b"f")) * 7, "too many functions"),
        ("values", 7, wb.model(VALUE * 7), "too many values"),
        ("rank", 70, wb.model(shape(70)), "a type of 70 dimensions"),
        ("rank", 70, wb.model(wb.initializer(wb.number(1, 1) * 70, wb.number(2, 1))),
         "a tensor of 70 dimensions"),
        ("string_bytes", 300, wb.model(wb.node(wb.blob(3, b"n" * 300))),
         "NodeProto.name of 300 bytes"),
        ("structure_bytes", len(PLAIN), PLAIN, "too much structure"),
        # Graph, its node and its attribute: a message in a message is one deeper.
        ("nesting", 1, wb.model(RELU * 50), "subgraphs or types nested too deep"),
    ],
)  # fmt: skip
def test_a_budget_admits_what_it_says_and_no_more(
    limit: str, needed: int, data: bytes, says: str
) -> None:
    for admitted in (needed, needed + 1):
        Walk(replace(Limits(), **{limit: admitted})).strip(data)
    with pytest.raises(LimitExceeded) as caught:
        Walk(replace(Limits(), **{limit: needed - 1})).strip(data)
    assert str(caught.value) == f"{says} (limit {limit} = {needed - 1:,})"


@each(
    ("data", "read"),
    [
        (wb.number(1, 300), (8, 1, 3)),
        (wb.blob(2, b"abc"), (18, 2, 5)),
        (wb.tag(3, 1) + b"12345678", (25, 1, 9)),
        (wb.tag(3, 5) + b"1234", (29, 1, 5)),
        (wb.number(16, 1), (128, 2, 3)),
        (wb.tag(3, 1) + b"1234567", "a field that needs 1 more bytes"),
        (wb.tag(3, 5) + b"12", "a field that needs 2 more bytes"),
        (wb.blob(2, b"abc")[:-1], "a field that needs 1 more bytes"),
        (wb.tag(3, 3), "wire type 3, which ONNX never uses"),
        (wb.tag(3, 4), "wire type 4, which ONNX never uses"),
        (wb.tag(3, 6), "wire type 6, which ONNX never uses"),
        (wb.tag(0, 2) + b"\0", "a field number out of range"),
        (wb.tag(1 << 29, 0) + b"\0", "a field number out of range"),
        (wb.tag((1 << 29) - 1, 0) + b"\0", (0xFFFF_FFF8, 5, 6)),
    ],
)
def test_a_field_is_read_by_its_wire_type(data: bytes, read: tuple[int, int, int] | str) -> None:
    for before in (b"", b"\x08\x01"):
        whole, at = before + data, len(before)
        if isinstance(read, tuple):
            tag, body, stop = read
            assert field(whole, at, len(whole)) == (tag, body + at, stop + at)
            continue
        with pytest.raises(Malformed) as caught:
            field(whole, at, len(whole))
        assert (str(caught.value.args[-1]), caught.value.offset) == (read, at)
        assert caught.value.truncated is ("more bytes" in read)


def test_a_file_reads_as_its_bytes_whatever_is_read_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, data = tmp_path / "f", bytes(range(256)) * 200
    path.write_bytes(data)

    def opened(size: int = len(data)) -> FileBytes:
        return FileBytes(os.open(path, os.O_RDONLY), size, str(path))

    file = opened()
    assert len(file) == len(data)
    for place in (0, 5, 16_383, 16_384, 50_000, 51_199, 100):
        assert file[place] == data[place]
        assert file[place : place + 10] == data[place : place + 10]
    assert file[10:10] == b""
    assert pickle.loads(pickle.dumps(file))[0:300] == data[:300]  # noqa: S301 - our own
    monkeypatch.setattr(files, "_read_at", _seek_and_read)  # as where there is no pread
    assert opened()[40_000:40_100] == data[40_000:40_100]
    for large in (51_200, 51_199):
        monkeypatch.setattr(files, "_LARGE", large)
        assert bytes(file.view(0, len(data))) == data
        assert bytes(file.view(5000, 51_200)) == data[5000:]
    with pytest.raises(ModelError, match=r"/f: the file changed while it was being read"):
        opened(len(data) + 1)[51_100:51_201]
    monkeypatch.setattr(files, "_LARGE", 0)
    with pytest.raises(ModelError, match="the file changed while it was being read"):
        opened(1 << 20).view(100_000, 900_000)
    path.rename(tmp_path / "g")
    with pytest.raises(ModelError, match=r"/f: the file changed while it was being read"):
        pickle.loads(pickle.dumps(file))  # noqa: S301 - our own


def vocabulary(count: int, length: int = 100) -> bytes:
    """A tensor of so many strings of a hundred bytes, and a longer one."""
    words = wb.blob(6, b"w" * length) * count + wb.blob(6, b"z" * 200)
    return wb.model(wb.initializer(wb.number(1, count + 1), wb.number(2, 8), words))


def test_a_run_of_short_strings_is_one_span_wherever_it_is_read(tmp_path: Path) -> None:
    data = vocabulary(2000)
    (tmp_path / "m.onnx").write_bytes(data)
    for source in (data, str(tmp_path / "m.onnx")):
        payloads = load(source).payloads
        (payload,) = payloads._payloads
        assert len(payload.spans) < 8, "windows of 64 KiB, and the long one"
        assert {span.field for span in payload.spans} == {"string_data"}
        ends = [(span.start, span.stop) for span in payload.spans]
        assert all(one[1] <= other[0] for one, other in pairwise(ends))
        stored = b"".join(data[start:stop] for start, stop in ends)
        assert stored.count(b"w" * 100) == 2000
        assert stored.endswith(b"z" * 200)


@pytest.mark.parametrize("length", [13, 15, 49, 83, 127])
def test_windows_may_end_within_a_tag_or_a_string(tmp_path: Path, length: int) -> None:
    """65,536 is one more than a multiple of 15, 17, 51 and 85, of what a string takes."""
    (tmp_path / "m.onnx").write_bytes(data := vocabulary(140_000 // length, length))
    one, other = (load(source).payloads for source in (data, str(tmp_path / "m.onnx")))
    found = [payloads._payloads[0].spans for payloads in (one, other)]
    whole = [b"".join(data[span.start : span.stop] for span in spans) for spans in found]
    assert whole[0] == whole[1]
    assert whole[0].count(b"w" * length) == 140_000 // length


def test_each_of_many_strings_is_a_field() -> None:
    def needed(data: bytes) -> int:
        low, high = 0, 1 << 20
        while low < high:
            middle = (low + high) // 2
            try:
                Walk(Limits(fields=middle)).strip(data)
            except LimitExceeded:
                low = middle + 1
            else:
                high = middle
        return low

    assert needed(vocabulary(1064)) - needed(vocabulary(1000)) == 64


def test_what_of_a_model_leads_to_tensors_is_told_by_first_bytes() -> None:
    known = messages._KNOWN
    assert {name for name, kind in known.items() if kind.deep is None} == {
        "OperatorSetIdProto", "StringStringEntryProto", "TypeProto", "Tensor", "Sequence", "Map",
        "Optional", "SparseTensor", "Opaque", "TensorShapeProto", "Dimension", "ValueInfoProto",
        "Segment", "TensorAnnotation", "DeviceConfigurationProto", "NodeDeviceConfigurationProto",
        "ShardingSpecProto", "ShardedDimProto", "SimpleShardedDimProto",
        "IntIntListEntryProto",
    } & known.keys()  # fmt: skip
    ours = {"TrainingInfoProto": {1, 2}, "FunctionProto": {7, 11}, "ModelProto": {7, 20, 25},
            "GraphProto": {1, 5, 15}, "NodeProto": {5}, "SparseTensorProto": {1, 2},
            "AttributeProto": {5, 6, 10, 11, 22, 23}}  # fmt: skip
    for name, numbers in ours.items():
        pattern = known[name].deep
        assert pattern is not None
        first = {number for number in range(256) if pattern.match(bytes([number]))}
        tags = {number << 3 | 2 for number in numbers}
        bytes_ = {tag & 0x7F | (0x80 if tag > 0x7F else 0) for tag in tags}
        assert first == bytes_ | {byte | 0x80 for byte in bytes_}, name
    once = {name: {kind.names[tag] for tag in kind.once} for name, kind in known.items()}
    assert {name: fields for name, fields in once.items() if fields} == {
        "AttributeProto": {"t", "sparse_tensor"}, "SparseTensorProto": {"values", "indices"},
    }  # fmt: skip


def test_texts_and_runs_of_numbers_are_known_by_their_tags() -> None:
    known = messages._KNOWN
    optional = {
        f"{kind.name}.{kind.names[tag]}"
        for kind in known.values()
        for tag, leaf in kind.fields.items()
        if leaf == messages.OPTIONAL_TEXT
    }
    assert {name for name in optional if not name.endswith(".doc_string")} == {
        "AttributeProto.s", "StringStringEntryProto.value",
    }  # fmt: skip
    runs = {name: {kind.names[tag] for tag in kind.runs} for name, kind in known.items()}
    assert runs["TensorProto"] == {
        "dims", "float_data", "int32_data", "int64_data", "double_data", "uint64_data",
    }  # fmt: skip
    assert runs["AttributeProto"] == {"floats", "ints"}
    assert runs["NodeProto"] == runs["GraphProto"] == set()
    assert len(known["OperatorSetIdProto"].names) == 2
    assert (known["OperatorSetIdProto"].weight, known["NodeProto"].weight) == (
        0, len(NodeProto.DESCRIPTOR.fields) // 4,
    )  # fmt: skip
    long = messages._KNOWN["AttributeProto"].runs[8 << 3 | 0]
    data = wb.number(8, 1) + wb.number(8, 300) + wb.number(8, 2**64 - 1) + wb.number(9, 1)
    assert messages.run_end(long, data, 0, len(data)) == len(data) - 2
    assert messages.run_end(long, data, len(data) - 2, len(data)) == 0
    for cut in (b"@", b"@\x80", b"@" + b"\xff" * 10 + b"\x01"):  # no number, or none that ends
        assert messages.run_end(long, wb.number(8, 1) + cut, 0, 2 + len(cut)) == 2
