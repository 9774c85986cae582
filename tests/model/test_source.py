"""What is not an ONNX file is recognised before anything parses it, and nothing can block."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import pickle
import socket
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from google.protobuf.message import DecodeError

from analyzer.errors import ModelError
from analyzer.model import Limits, load, reading, source
from tests.fuzz import seeds

CONV = seeds.conv().SerializeToString()

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"  # fmt: skip # noqa: E501


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("data.pkl", "x")
    return out.getvalue()


def refusal(path: Path | str) -> str:
    with pytest.raises(ModelError) as caught:
        load(str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def saved() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(9))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (LFS, "run git lfs pull"),
        (b"\n<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"\xef\xbb\xbf<html>", "HTML"),
        (b'{"error": "not found"}', "JSON"),
        (b'<ir_version: 8, opset_import: ["" : 17]>', "text syntax"),
        ("모델이 아닙니다\n".encode(), "text, not a binary ONNX model"),
        (gzip.compress(CONV), "gzip"),
        (bz2.compress(CONV), "bzip2"),
        (lzma.compress(CONV), "xz-compressed"),
        (bytes.fromhex("28b52ffd") + bytes(99), "zstd"),  # RFC 8878, 3.1.1
        (b"7z\xbc\xaf\x27\x1c" + bytes(99), "7z archive"),
        (zipped(), "zip archive"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5"),
        (b"\x80\x02}q\x00.", "pickle"),
        (pickle.dumps({}, protocol=4), "a Python pickle"),
        (saved(), "NumPy array"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0", "PDF"),
        (Path(sys.executable).read_bytes()[:4096], "executable"),
        (
            (40).to_bytes(8, "little") + b'{"__metadata__":{"format":"pt"}}' + bytes(8),
            "safetensors",
        ),
        (b"\x1c\0\0\0TFL3" + bytes(99), "TensorFlow Lite"),
        (b"\x18\0\0\0ORTM" + bytes(99), "ONNX Runtime"),
        (np.arange(99, dtype=np.float64).tobytes(), "not an ONNX model"),
        (CONV[:-50], "truncated"),
    ],
)
def test_a_file_that_is_no_model_is_named_for_what_it_is(
    tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    assert says in refusal(path)
    with pytest.raises(ModelError, match=r"m\.onnx: "):
        load(data, name="m.onnx")


def test_what_protobuf_refuses_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        @staticmethod
        def FromString(_: bytes) -> None:  # noqa: N802 - protobuf's name
            raise DecodeError("Error parsing message with type 'onnx.ModelProto': Wrong wire type")

    monkeypatch.setattr(reading, "ModelProto", Refusing)
    with pytest.raises(ModelError, match="not an ONNX model: Wrong wire type"):
        load(CONV)


def test_special_files_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "s"))
    assert "named pipe" in refusal(tmp_path / "pipe.onnx")
    assert "socket" in refusal(tmp_path / "s")
    assert "device" in refusal("/dev/zero")
    assert "directory" in refusal(tmp_path)
    server.close()


def test_paths_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "absent.onnx")
    (tmp_path / "loop.onnx").symlink_to("loop.onnx")
    assert "cannot be read" in refusal(tmp_path / "loop.onnx")
    assert "cannot be read" in refusal("a\0b.onnx")
    assert "cannot be read" in refusal("x" * 5000)


def test_permission_denied_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(CONV)

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)  # as root, permissions deny nothing
    assert "permission denied; make the file readable" in refusal(path)


def test_a_model_reads_the_same_from_file_stdin_and_memory(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(CONV)
    file, memory = load(str(path)), load(CONV, name="m")
    stdin = load(io.BytesIO(CONV), name="-")
    message = load(seeds.conv())
    assert file.proto == memory.proto == stdin.proto == message.proto == seeds.conv()
    assert file.info.sha256 == stdin.info.sha256 == hashlib.sha256(CONV).hexdigest()
    assert (file.info.path, stdin.info.path) == (str(path), "-")
    assert file.info.bytes == len(CONV)


def test_without_digest_nothing_is_hashed() -> None:
    assert load(CONV, digest=False).info.sha256 is None


def test_bytes_are_a_model_and_never_the_path_of_one(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(CONV)
    assert load(path).info.path == str(path)
    with pytest.raises(ModelError, match="text, not a binary ONNX model"):
        load(os.fsencode(path))
    assert load(bytearray(CONV)).info.path == load(memoryview(CONV)).info.path == "<bytes>"


def test_open_file_is_read_from_where_it_is_and_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"skipped" + CONV)
    with path.open("rb") as file:
        file.seek(len(b"skipped"))
        assert load(file).info.path == str(path)
    with pytest.raises(ModelError, match="open it anew, as 'rb'"):
        load(file)


def test_file_that_is_open_as_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_text("text")
    with path.open() as file, pytest.raises(ModelError, match="open it in binary mode"):
        load(file)  # type: ignore[arg-type]


def test_what_no_model_can_be_read_from_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="not int"):
        load(3)  # type: ignore[arg-type]


def test_stream_is_limited() -> None:
    with pytest.raises(ModelError, match="limit stdin_bytes = 100"):
        load(io.BytesIO(CONV), limits=Limits(stdin_bytes=100))


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(CONV)
    if not in_memory:
        monkeypatch.setattr(source, "_IN_MEMORY", 0)
    read = source._read

    def change(*args: object) -> object:
        result = read(*args)  # type: ignore[arg-type]
        path.write_bytes(CONV + b"\0")
        return result

    monkeypatch.setattr(source, "_read", change)
    assert "changed while it was being read" in refusal(path)


def test_weights_of_a_file_changed_after_loading_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_IN_MEMORY", 0)
    model = seeds.conv()
    model.graph.initializer[0].CopyFrom(seeds.weight(10_000))
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    loaded = load(str(path))
    array = loaded.payloads.array(loaded.proto.graph.initializer[0])
    assert array is not None
    assert array[-1] == 9999
    path.write_bytes(b"")
    with pytest.raises(ModelError, match="changed"):
        loaded.payloads.array(loaded.proto.graph.initializer[0])


def test_a_mapped_model_reads_like_one_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_IN_MEMORY", 0)
    for model in seeds.models():
        path = tmp_path / "m.onnx"
        path.write_bytes(model.SerializeToString())
        assert load(str(path)).proto == load(path.read_bytes()).proto == model
