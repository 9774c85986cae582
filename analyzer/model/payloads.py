"""Elements of tensors, read when asked for: from the model's bytes or from its folder."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from analyzer.dataclass import dataclass
from analyzer.model import elements
from analyzer.model.external import Extent, locate, look, open_inside
from analyzer.model.file import FileBytes, changed
from analyzer.model.notes import External, as_text, declared_bytes, payload_index, size_problem
from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.arrays import Elements
    from analyzer.contents import Region
    from analyzer.model.notes import LongText, Payload
    from analyzer.model.outside import Outside
    from analyzer.model.proto import TensorMessage
    from analyzer.model.source import Source


_DECODED = 64 << 20
"""Bytes of elements that are held in memory for one look at a tensor."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is neither structure nor a payload, or is not where those are."""

    unread: tuple[Region, ...]
    """Bytes of the file that no reader needs, or that two may read differently."""
    long_texts: tuple[LongText, ...]
    """Texts that are not in the structure for their length."""
    external: Outside
    """What was seen of external data."""


class Payloads:
    """The weights of one model, and what else stayed in its files.

    Parameters
    ----------
    source
        The model file.
    payloads
        What was left out of the structure.
    rest
        Everything else that was seen when the model was loaded.
    """

    def __init__(
        self,
        source: Source,
        payloads: Sequence[Payload],
        rest: Rest,
    ) -> None:
        self._source = source
        self._payloads = tuple(payloads)
        self.rest: Rest = rest

    def __len__(self) -> int:
        """Number of payloads that were left out of the structure."""
        return len(self._payloads)

    def array(self, tensor: TensorMessage) -> Elements | None:
        """Elements of ``tensor``, a tensor of ``Model.proto``, in its shape and element type.

        ``None`` for strings, for data that is missing or must not be opened, and for data that
        does not fit the declared shape. Very large arrays are read-only views of the mapped file.

        Raises
        ------
        ModelError
            The model file, or one with its data, changed since the model was loaded.
        """
        if declared_bytes(tensor.data_type, tensor.dims) is None:
            return None
        index = payload_index(tensor)
        if index is not None:
            self._source.check_unchanged()
            array = elements.stored(self._source.data, self._payloads[index])
            self._source.check_unchanged()
            return array
        if tensor.data_location == TensorProto.EXTERNAL:
            return self._external(External.of(tensor))
        return _inline(tensor)

    @contextmanager
    def opened(self, tensor: TensorMessage) -> Iterator[Rows | None]:
        """As ``array``, for one look at parts of a tensor, of which no more is held in memory.

        What is not stored as NumPy has it is decoded whole, up to ``_DECODED`` bytes; ``None``
        beyond. Raises as ``array``, also when the look is over.
        """
        index = payload_index(tensor)
        if index is None and tensor.data_location == TensorProto.EXTERNAL:
            with self._region(External.of(tensor)) as found:
                yield found
            return
        found = self._rows(index) if index is not None else None
        size = declared_bytes(tensor.data_type, tensor.dims)
        if found is None and size is not None and size <= _DECODED:
            array = _inline(tensor) if index is None else self.array(tensor)
            found = None if array is None else Rows.of(np.asarray(array))
        yield found
        if index is not None:  # what is in the structure stays there
            self._source.check_unchanged()

    def strings(self, tensor: TensorMessage, most: int) -> list[bytes]:
        """Elements of a tensor of strings, as far as they begin within the first ``most`` bytes.

        Raises as ``array``. Those in another file are no strings of ONNX: there are none.
        """
        index = payload_index(tensor)
        if index is None:
            return list(tensor.string_data)
        self._source.check_unchanged()
        found: list[bytes] = []
        for span in self._payloads[index].spans:
            if span.field == "string_data" and most > 0:
                data = self._source.data[span.start : min(span.stop, span.start + most)]
                most -= len(data)
                found += [data] if span.packed else elements.strings(data)
        self._source.check_unchanged()
        return found

    def head(self, tensor: TensorMessage, most: int) -> tuple[int, bytes, int]:
        """Where the elements of ``tensor`` begin in the model file (0: within its structure), the
        first bytes of them and their number; nothing of what is in another file.

        Typed fields count where each number is a byte.
        """
        index = payload_index(tensor)
        if index is not None:
            spans = self._payloads[index].spans
            span = next((s for s in reversed(spans) if s.field == "raw_data"), None)
            if span is None:
                return 0, b"", 0
            stop = min(span.stop, span.start + most)
            return span.start, bytes(self._source.data[span.start : stop]), span.stop - span.start
        if tensor.raw_data:
            return 0, tensor.raw_data[:most], len(tensor.raw_data)
        if tensor.data_type in {TensorProto.UINT8, TensorProto.INT8}:
            numbers = tensor.int32_data[:most]
            return 0, bytes(n & 0xFF for n in numbers), len(tensor.int32_data)
        return 0, b"", 0

    def stretch(self, start: int, stop: int) -> bytes:
        """Bytes ``start`` to ``stop`` of the model file."""
        self._source.check_unchanged()
        return bytes(self._source.data[start:stop])

    def ends(self, first: int, last: int) -> tuple[bytes, bytes, int]:
        """The first and the last bytes of the model file, and its size."""
        data = self._source.data
        size = len(data)
        return data[: min(first, size)], data[max(0, size - last) :], size

    def _rows(self, index: int) -> Rows | None:
        payload = self._payloads[index]
        if declared_bytes(payload.data_type, payload.dims) is None:
            return None
        offset = elements.in_place(payload)
        if offset is None:
            return None
        return elements.rows(self._source.data, offset, payload.data_type, payload.dims)

    @contextmanager
    def _region(self, tensor: External) -> Iterator[Rows | None]:
        self._check_unchanged(tensor.location)
        region = locate(tensor, self._source.folder)
        if not isinstance(region, Extent):
            yield None
            return
        with open_inside(region) as file:
            if file is None or declared_bytes(tensor.data_type, tensor.dims) is None:
                yield None
                return
            data = FileBytes(os.dup(file.fileno()), region.identity[2], str(region.path))
            found = elements.rows(data, region.offset, tensor.data_type, tensor.dims)
            if found is None and region.length <= _DECODED:
                array = elements.raw(data, region.offset, tensor.data_type, tensor.dims)
                found = None if array is None else Rows.of(array)
            yield found
        self._check_unchanged(tensor.location)

    def _external(self, tensor: External) -> Elements | None:
        self._check_unchanged(tensor.location)
        region = locate(tensor, self._source.folder)
        if not isinstance(region, Extent):
            return None
        with open_inside(region) as file:
            array = None
            if file is not None:
                data = FileBytes(os.dup(file.fileno()), region.identity[2], str(region.path))
                array = elements.raw(data, region.offset, tensor.data_type, tensor.dims)
        self._check_unchanged(tensor.location)
        return array

    def _check_unchanged(self, location: str | bytes) -> None:
        """Raise ``ModelError`` if another file, or none, is where ``location`` was looked at."""
        folder = self._source.folder
        if look(location, folder) != self.rest.external.files.get(location):
            raise changed(os.path.join(folder or "", as_text(location)))


def _inline(tensor: TensorMessage) -> Elements | None:
    """Elements of a tensor that is whole in the structure, and of numbers."""
    return None if size_problem(tensor, ()) else elements.inline(tensor)
