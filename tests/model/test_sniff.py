"""Files that are no ONNX models are told by how they begin, as their formats define it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import zipfile

import numpy as np
import pytest
from onnx import TensorProto, helper

from analyzer.model.sniff import recognise
from tests.each import each

EXPORT, EXTRACT = "export the model to ONNX", "extract the model from it first"


def _zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.pkl", "x")
    return file.getvalue()


def _saved() -> bytes:
    file = io.BytesIO()
    np.save(file, np.ones(3))
    return file.getvalue()


HEADS: list[tuple[bytes, str, str]] = [
    (b"", "the file is empty", "export or download the model again"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", "a git-LFS pointer",
     "run git lfs pull"),
    (gzip.compress(b"x"), "gzip-compressed", "decompress it first"),
    (bz2.compress(b"x"), "bzip2-compressed", "decompress it first"),
    (lzma.compress(b"x"), "xz-compressed", "decompress it first"),
    (bytes.fromhex("28b52ffd0458"), "zstd-compressed", "decompress it first"),  # RFC 8878
    (bytes.fromhex("377abcaf271c0004"), "a 7z archive", "extract the model from it first"),
    (_zipped(), "a zip archive (PyTorch and Keras save these too)",
     "extract the model from it, or export it to ONNX"),
    (bytes.fromhex("894844460d0a1a0a00"), "an HDF5 file (Keras?)", EXPORT),
    (pickle.dumps({"a": 1}, protocol=2), "a Python pickle (PyTorch?)", EXPORT),
    (pickle.dumps({"a": 1}, protocol=4), "a Python pickle", EXPORT),
    (_saved(), "a NumPy array", "name a model"),
    (b"%PDF-1.7\n\x00", "a PDF document", "name a model"),
    (b"\x7fELF\x02\x01\x01\x00", "an executable", "name a model"),
    (b"\x1c\0\0\0TFL3\x14\0", "a TensorFlow Lite model", EXPORT),
    (b"\x1c\0\0\0ORTM\x14\0", "an ONNX Runtime (.ort) model",
     "name the .onnx file it was made from"),
    ((64).to_bytes(8, "little") + b'{"__metadata__":{"format":"pt"}}', "a safetensors file",
     EXPORT),
    (b" <!DOCTYPE html><html>", "an HTML or XML page",
     "download the model itself: a server sent a page instead"),
    *((start, "an HTML or XML page", "download the model itself: a server sent a page instead")
      for start in (b"<html>", b"<?xml version='1.0'?>", b"<HEAD>", b"\n<body>")),
    (json.dumps({"a": 1}).encode(), "JSON text", "convert it to a binary ONNX model"),
    (json.dumps([1]).encode(), "JSON text", "convert it to a binary ONNX model"),
    (b"\xef\xbb\xbf{}", "JSON text", "convert it to a binary ONNX model"),
    (b"<ir_version: 10>", "a model in ONNX's text syntax, perhaps",
     "save it as a binary ONNX model"),
    (b"hello\tworld\r\n", "text, not a binary ONNX model", "check the path"),
    (b"\xff\xfeh\0i\0", "text, not a binary ONNX model", "check the path"),
]  # fmt: skip


@each(("head", "what", "remedy"), HEADS)
def test_a_format_is_told_by_its_first_bytes(head: bytes, what: str, remedy: str) -> None:
    assert recognise(head) == (what, remedy)


@pytest.mark.parametrize(
    "head", [b"\x1f\x8c", b"BZ", b"PK\x03", b"TFL3", b"\x80\x03", b"\x00" * 8 + b'{"__other__'],
)  # fmt: skip
def test_what_begins_nearly_so_is_not_taken_for_it(head: bytes) -> None:
    found = recognise(head + b"\x00")
    assert found is None or found[0].startswith("text")


def test_a_model_is_none_of_them() -> None:
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [value], [
        helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])])  # fmt: skip
    assert recognise(helper.make_model(graph).SerializeToString()) is None
