"""Paths as the references of RFC 3986 that SARIF wants, and as CI systems show them."""

from __future__ import annotations

import os.path
from pathlib import PurePath
from urllib.parse import quote


def near(path: str, root: str) -> str:
    """``path`` as seen from the folder ``root``, with ``/``; as it is where it is outside.

    ``root`` is absolute, or empty where it is not known. Nothing on the disk is looked at.

    >>> near("/src/models/a.onnx", "/src"), near("./models//a.onnx", "/src")
    ('models/a.onnx', 'models/a.onnx')
    >>> near("../a.onnx", "/src"), near("../a.onnx", "")
    ('/a.onnx', '../a.onnx')
    """
    if not root:
        return PurePath(path).as_posix()
    whole = PurePath(os.path.normpath(os.path.join(root, path)))
    return (whole.relative_to(root) if whole.is_relative_to(root) else whole).as_posix()


def uri(path: str) -> str:
    """A URI reference; bytes that are no text survive it.

    >>> uri("a b/ü:?.onnx"), uri("/x.onnx")
    ('a%20b/%C3%BC%3A%3F.onnx', 'file:///x.onnx')
    """
    root = "file://" if path.startswith("/") else ""
    return root + quote(path.encode("utf-8", "surrogateescape"))
