"""Bytes that hide something: what no tensor reads, and what begins like a file of another sort."""

from __future__ import annotations

import errno
import os
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from onnx import AttributeProto, SparseTensorProto, TensorProto

from analyzer.conformance.places import nestings, own_name
from analyzer.contents import Region
from analyzer.model.external import Extent, open_inside
from analyzer.model.magic import HEAD, is_zip_end, looks_like
from analyzer.model.outside import SLACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from analyzer.graph.scope import Program
    from analyzer.model import Model
    from analyzer.model.outside import TensorExtent
    from analyzer.model.proto import TensorMessage

_ARRAYS = (np.ndarray, TensorProto, SparseTensorProto)
"""Values of attributes that hold elements."""
_LOOK = 1 << 20
"""Bytes of one hole that are read to see whether it is blank."""
_SMALL = 16
"""Bytes of a tensor below which it holds no file."""
_TAIL = 22 + (1 << 16)
"""Bytes in which a zip archive ends: the record and a comment of any length."""


def find_regions(model: Model, program: Program, *, thorough: bool) -> tuple[Region, ...]:
    """All of them: of the model file, of its tensors, of external files.

    ``thorough``: holes of external files are read whole.
    """
    files = _files(model, thorough)
    return (*model.payloads.rest.unread, *_ends(model), *_tensors(model, program), *files)


def _ends(model: Model) -> Iterator[Region]:
    """A file that is an ONNX model to some readers and something else to others."""
    head, tail, size = model.payloads.ends(HEAD, _TAIL)
    if (what := looks_like(head)) is not None:
        yield Region("foreign", "", "", "the model file", 0, size, what, False, False)
    if is_zip_end(tail):
        yield Region("archive", "", "", "the model file", 0, size, "a zip archive", False, False)


def _tensors(model: Model, program: Program) -> Iterator[Region]:
    """Stored tensors whose first bytes are those of a file."""
    for nesting in nestings(program):
        for name, tensor in nesting.scope.constants.items():
            yield from _tensor(model, tensor, nesting.within(name), f"initializer '{name}'")
        for name, sparse in nesting.scope.sparse.items():
            for part in (sparse.values, sparse.indices):
                yield from _tensor(model, part, nesting.within(name), f"initializer '{name}'")
        for op in nesting.scope.ops:
            if any(isinstance(value, _ARRAYS) for value in op.attributes.values()):
                what = f"a tensor of {op.op_type} '{own_name(op)}'"
                for tensor in _in_attributes(op.proto.attribute):
                    yield from _tensor(model, tensor, nesting.place(op), what)
    for training in model.proto.training_info:
        for graph in (training.initialization, training.algorithm):
            for tensor in graph.initializer:
                yield from _tensor(model, tensor, "", f"'{tensor.name}' for training")


def _in_attributes(attributes: Iterable[AttributeProto]) -> Iterator[TensorProto]:
    for attribute in attributes:
        if attribute.type == AttributeProto.TENSOR:
            yield attribute.t
        elif attribute.type == AttributeProto.SPARSE_TENSOR:
            yield from (attribute.sparse_tensor.values, attribute.sparse_tensor.indices)


def _tensor(model: Model, tensor: TensorMessage, place: str, what: str) -> Iterator[Region]:
    start, head, size = model.payloads.head(tensor, HEAD)
    if size >= _SMALL and (found := looks_like(head)) is not None:
        yield Region("foreign", "", place, what, start, size, found, False, False)


def _files(model: Model, thorough: bool) -> Iterator[Region]:
    """Holes of external files, and tensors in them that begin like a file."""
    places = sorted(model.payloads.rest.external.places, key=attrgetter("path", "start", "stop"))
    for path, group in groupby(places, key=attrgetter("path")):
        inside = list(group)
        whole = Extent(path, 0, inside[0].size, inside[0].identity)
        with open_inside(whole) as file:
            if file is not None:  # it changed: whoever reads weights says so
                yield from _file(file, inside, thorough)


def _file(file: BinaryIO, inside: list[TensorExtent], thorough: bool) -> Iterator[Region]:
    head_of, *_ = inside
    name, first, end = head_of.path.name, head_of.name, 0
    for place in inside:
        if place.start > end:
            yield _hole(file, name, first, end, place.start, thorough)
        if place.start >= end:
            head = _read(file, place.start, min(HEAD, place.stop - place.start))
            if (what := looks_like(head)) is not None and place.stop - place.start >= _SMALL:
                text = f"initializer '{place.name}'"
                yield Region("foreign", name, place.name, text, place.start,
                             place.stop - place.start, what, False, False)  # fmt: skip
        end = max(end, place.stop)
    if head_of.size > end:
        yield _hole(file, name, first, end, head_of.size, thorough)


def _hole(file: BinaryIO, name: str, tensor: str, start: int, stop: int, thorough: bool) -> Region:
    """What lies between ``start`` and ``stop``: the first that is no zero, and what that begins."""
    size, place = stop - start, start
    while (place := _next_data(file, place, stop)) < stop:
        data = _read(file, place, min(stop - place, _LOOK))
        if payload := data.lstrip(b"\0"):
            at = place + len(data) - len(payload)
            head = _read(file, at, min(HEAD, stop - at))
            return Region("hole", name, tensor, "bytes of no tensor", start, size,
                          looks_like(head), False, False)  # fmt: skip
        place += len(data) or size
        if not thorough:
            place = max(place, stop - _LOOK)  # the first and the last
    padding = size < SLACK
    return Region("hole", name, tensor, "bytes of no tensor", start, size, None, True, padding)


def _next_data(file: BinaryIO, place: int, stop: int) -> int:
    """Where a sparse file has its next byte that was ever written; ``place`` where nobody knows."""
    try:
        return os.lseek(file.fileno(), place, os.SEEK_DATA)
    except AttributeError:  # not on every system
        return place
    except OSError as error:
        return stop if error.errno == errno.ENXIO else place


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)
