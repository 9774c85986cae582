"""Elements of tensors, read when asked for: from the model's bytes or from its folder."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any

from onnx import TensorProto

from analyzer.model import elements
from analyzer.model.external import Identity, Region, locate, open_inside
from analyzer.model.tensors import External, declared_bytes, payload_index, size_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from analyzer.model.source import Source
    from analyzer.model.tensors import Payload


class Payloads:
    """The weights of one model."""

    def __init__(self, source: Source, payloads: Sequence[Payload]) -> None:
        self._source = source
        self._payloads = tuple(payloads)
        self._maps: dict[Identity, mmap.mmap] = {}

    def __len__(self) -> int:
        """Number of payloads that were left out of the structure."""
        return len(self._payloads)

    def array(self, tensor: TensorProto) -> np.ndarray[Any, Any] | None:
        """Elements of ``tensor``, a tensor of ``Model.proto``, in its shape and element type.

        ``None`` for strings, for data that is missing or must not be opened, and for data that
        does not fit the declared shape. Large arrays are read-only views of the mapped file.

        Raises
        ------
        ModelError
            The model file changed since it was loaded.
        """
        if declared_bytes(tensor.data_type, tensor.dims) is None:
            return None
        index = payload_index(tensor)
        if index is not None:
            self._source.check_unchanged()
            return elements.stored(self._source.data, self._payloads[index])
        if tensor.data_location == TensorProto.EXTERNAL:
            return self._external(External.of(tensor))
        return None if size_problem(tensor, ()) else elements.inline(tensor)

    def _external(self, tensor: External) -> np.ndarray[Any, Any] | None:
        region = locate(tensor, self._source.folder)
        if not isinstance(region, Region):
            return None
        data = self._map(region) if region.length else b""
        if data is None:
            return None
        return elements.raw(data, region.offset if data else 0, tensor.data_type, tensor.dims)

    def _map(self, region: Region) -> mmap.mmap | None:
        if region.identity not in self._maps:
            with open_inside(region) as file:
                if file is None:
                    return None
                self._maps[region.identity] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._maps[region.identity]
