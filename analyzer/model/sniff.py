"""Tell a file that is not an ONNX model by its first bytes, before anything parses it."""

from __future__ import annotations

HEAD = 4096
"""Bytes ``recognise`` wants to see."""

_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"version https://git-lfs.github.com/spec/", "a git-LFS pointer", "run git lfs pull"),
    (0, b"\x1f\x8b", "gzip-compressed", "decompress it first"),
    (0, b"BZh", "bzip2-compressed", "decompress it first"),
    (0, b"\xfd7zXZ\x00", "xz-compressed", "decompress it first"),
    (0, b"\x28\xb5\x2f\xfd", "zstd-compressed", "decompress it first"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", "extract the model from it first"),
    (0, b"PK\x03\x04", "a zip archive (PyTorch and Keras save these too)",
     "extract the model from it, or export it to ONNX"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file (Keras?)", "export the model to ONNX"),
    (0, b"\x80\x02", "a Python pickle (PyTorch?)", "export the model to ONNX"),
    (0, b"\x80\x04", "a Python pickle", "export the model to ONNX"),
    (0, b"\x93NUMPY", "a NumPy array", "name a model"),
    (0, b"%PDF", "a PDF document", "name a model"),
    (0, b"\x7fELF", "an executable", "name a model"),
    (4, b"TFL3", "a TensorFlow Lite model", "export the model to ONNX"),
    (4, b"ORTM", "an ONNX Runtime (.ort) model", "name the .onnx file it was made from"),
    (8, b'{"__metadata__"', "a safetensors file", "export the model to ONNX"),
)  # fmt: skip

_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def recognise(head: bytes) -> tuple[str, str] | None:
    """What a file that starts with ``head`` is, and what to do, if it cannot be an ONNX model.

    >>> recognise(b"version https://git-lfs.github.com/spec/v1\\noid sha256:0")
    ('a git-LFS pointer', 'run git lfs pull')
    """
    if not head:
        return "the file is empty", "export or download the model again"
    for offset, magic, what, remedy in _MAGIC:
        if head.startswith(magic, offset):
            return what, remedy
    if head.startswith((b"\xef\xbb\xbf", b"\xff\xfe")) or not _has_any(head, _CONTROL):
        return _text(head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower())
    return None


def _has_any(data: bytes, wanted: bytes) -> bool:
    return len(data.translate(None, wanted)) != len(data)


def _text(start: bytes) -> tuple[str, str]:
    """Which kind of text: a protobuf always has control characters, so this is none."""
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        return "an HTML or XML page", "download the model itself: a server sent a page instead"
    if start.startswith((b"{", b"[")):
        return "JSON text", "convert it to a binary ONNX model"
    if start.startswith(b"<"):
        return "a model in ONNX's text syntax, perhaps", "save it as a binary ONNX model"
    return "text, not a binary ONNX model", "check the path"
