"""Module paths that exporters leave in node names and metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Node

Path = tuple[str, ...]

NAME_SCOPES = "pkg.torch.onnx.name_scopes"
CLASSES = "pkg.torch.onnx.class_hierarchy"
"""Written by torch.onnx.export with ``dynamo=True``: Python lists of strings, outermost first."""

MAX_DEPTH = 24
"""Levels of nesting kept; deeper ones belong to the last level kept."""
MAX_TEXT = 4096
"""Characters of a name or metadata value looked at."""
TENSORFLOW_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})

_STRING = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")


def module_path(node: Node, metadata: Mapping[str, str]) -> Path:
    """Names from the outermost module to the one that holds the operator; empty if unknown.

    >>> split_torch("/layer1/layer1.0/conv1/Conv")
    ('layer1', '0', 'conv1')
    """
    if NAME_SCOPES in metadata:
        return _join(strings(metadata[NAME_SCOPES])[1:-1])
    name = node.name[:MAX_TEXT]
    if name.startswith("/"):
        return split_torch(name)
    parts = _own(name, node.op_type).split("/")[:-1]
    return tuple(p for p in parts if p and p not in TENSORFLOW_CALLS)[:MAX_DEPTH]


def _own(name: str, op_type: str) -> str:
    """The one that is of the operator itself in a name of several, as TensorFlow Lite gives to
    what it fused: the last that ends in the operator's type, or else the first.

    >>> _own("net/relu/Relu;net/a/Conv2D;net/b/BiasAdd", "Conv")
    'net/a/Conv2D'
    """
    names = name.split(";")
    typed = (n for n in reversed(names) if n.rpartition("/")[2].lower().startswith(op_type.lower()))
    return next(typed, names[0])


def module_classes(metadata: Mapping[str, str]) -> dict[Path, str]:
    """Class name of every module around an operator, by path."""
    names = strings(metadata.get(NAME_SCOPES, ""))[:-1]
    classes = strings(metadata.get(CLASSES, ""))[:-1]
    if len(names) != len(classes):
        return {}
    return {_join(names[1 : i + 1]): kind.rpartition(".")[2] for i, kind in enumerate(classes)}


def split_torch(name: str) -> Path:
    """TorchScript scopes: every module below a container repeats the container's name."""
    return _join(name.split("/")[1:-1])


def strings(text: str) -> list[str]:
    """The string literals of a Python list, without evaluating it."""
    return [single or double for single, double in _STRING.findall(text[:MAX_TEXT])]


def _join(parts: list[str]) -> Path:
    """Qualified or partly qualified names → one name per level."""
    path: list[str] = []
    outer = ""
    for part in parts:
        tail = part[len(outer) + 1 :] if outer and part.startswith(outer + ".") else part
        path += [name for name in tail.split(".") if name]
        outer = part
    return tuple(path[:MAX_DEPTH])
