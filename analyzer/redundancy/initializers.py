"""Stored tensors: who reads them, and which of them hold the same bytes."""

from __future__ import annotations

from dataclasses import field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from analyzer.dataclass import dataclass
from analyzer.facts import Tensor
from analyzer.graph.adjacency import read_by
from analyzer.graph.tensors import dims, sparse_dims
from analyzer.model.dtypes import DTYPES
from analyzer.model.notes import payload_index
from analyzer.surplus import Initializer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.graph.scope import Program, Scope
    from analyzer.model import Model, Payloads
    from analyzer.model.proto import TensorMessage
    from analyzer.model.rows import Rows

LEAST_BYTES = 64
"""Smaller tensors are not compared: whoever merged them would save nothing."""
SAMPLES = 16
"""Places at which two tensors are compared before all of them is read."""
FEW = 4
"""Elements at each of them."""
SMALL = 1 << 16
"""Bytes of a tensor that is read whole at once."""
CHUNK = 1 << 18
"""Elements that are read at once."""
OUTSIDE = 256 << 20
"""Bytes of external data that are read in all to be sure that what looks the same is the same."""


def list_initializers(
    program: Program, paths: Mapping[int, str], model: Model
) -> tuple[Initializer, ...]:
    """Every stored tensor of every scope, in the order of the file.

    Parameters
    ----------
    paths : path of the first instance by scope; scopes that never run have none.
    model : holds the elements, which are read as far as it takes to tell two tensors apart.

    Raises
    ------
    ModelError
        The file changed since it was loaded.
    """
    found: list[tuple[Initializer, TensorProto | None]] = []
    for scope in program.scopes:
        path = paths.get(scope.index, "")
        found += _stored(scope, path)
        found += _written(program, scope, path)
    return _compared(found, model.payloads)


def _stored(scope: Scope, path: str) -> Iterator[tuple[Initializer, TensorProto | None]]:
    inputs, outputs = frozenset(scope.inputs), frozenset(scope.outputs)
    for name, proto in scope.constants.items():
        tensor = Tensor(name, DTYPES.get(proto.data_type), dims(proto))
        external = proto.data_location == TensorProto.EXTERNAL and payload_index(proto) is None
        yield (
            Initializer(
                name=name, scope=path, dtype=tensor.dtype, shape=tensor.shape,
                elements=tensor.elements, bytes=tensor.bytes,
                readers=_count(slot for _, slot in scope.reads.get(name, ())) + (name in outputs),
                is_input=name in inputs, is_output=name in outputs, is_node=False,
                is_external=external,
            ),
            None if name in scope.twice else proto,
        )  # fmt: skip
    for name, sparse in scope.sparse.items():
        dtype = DTYPES.get(sparse.values.data_type)
        tensor = Tensor(name, dtype, sparse_dims(sparse))
        stored = Tensor(name, dtype, dims(sparse.values)).bytes
        yield (
            Initializer(
                name=name, scope=path, dtype=dtype, shape=tensor.shape,
                elements=tensor.elements, bytes=stored,
                readers=_count(slot for _, slot in scope.reads.get(name, ())) + (name in outputs),
                is_input=name in inputs, is_output=name in outputs, is_node=False,
                is_external=False,
            ),
            None,
        )  # fmt: skip


def _written(
    program: Program, scope: Scope, path: str
) -> Iterator[tuple[Initializer, TensorProto | None]]:
    """Values of Constant nodes."""
    outputs = frozenset(scope.outputs)
    for op in scope.ops:
        if op.standard != "Constant" or not op.outputs:
            continue
        value = op.attributes.get("value")
        proto = next((a.t for a in op.proto.attribute if a.name == "value"), None)
        name = op.outputs[0]
        if isinstance(value, np.ndarray):
            tensor = Tensor(name, value.dtype.name, value.shape)
        elif isinstance(value, TensorProto):
            tensor = Tensor(name, DTYPES.get(value.data_type), dims(value))
        else:
            continue  # numbers and texts in attributes of their own: nothing to store
        reads = read_by(program.graph, op)
        external = (
            proto is not None
            and proto.data_location == TensorProto.EXTERNAL
            and payload_index(proto) is None
        )
        yield (
            Initializer(
                name=name, scope=path, dtype=tensor.dtype, shape=tensor.shape,
                elements=tensor.elements, bytes=tensor.bytes,
                readers=_count(edge.slot for _, edge in reads) + (name in outputs),
                is_input=False, is_output=name in outputs, is_node=True, is_external=external,
            ),
            proto,
        )  # fmt: skip


def _count(slots: Iterable[int | None]) -> int:
    """Uses as an input; a body that hands it on has none, and is the reader then."""
    every = list(slots)
    return sum(slot is not None for slot in every) or len(every)


def _compared(
    found: list[tuple[Initializer, TensorProto | None]], payloads: Payloads
) -> tuple[Initializer, ...]:
    """``found`` with what is the same as one before it."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for i, (each, proto) in enumerate(found):
        if proto is not None and (each.bytes or 0) >= LEAST_BYTES:
            alike.setdefault((each.dtype, each.shape), []).append(i)
    result = [each for each, _ in found]
    left = OUTSIDE
    for members in alike.values():
        for same in _sampled(members, found, payloads) if len(members) > 1 else ():
            left -= sum(result[i].bytes or 0 for i in same.members if result[i].is_external)
            if left < 0:
                continue
            first: dict[bytes, int] = {}
            for i in same.members:
                proto = found[i][1]
                digest = b"" if same.whole else _digest(proto, payloads)
                original = first.setdefault(digest, i)
                if original != i and proto is not None:
                    uniform = same.uniform if same.whole else _is_uniform(proto, payloads)
                    name = result[original].name
                    result[i] = replace(result[i], duplicate_of=name, uniform=uniform)
    return tuple(result)


@dataclass(slots=True)
class _Alike:
    """Tensors that look the same."""

    whole: bool
    """Every element was looked at: they are the same."""
    uniform: bool
    """Whether every element is the same, bit for bit, if all were looked at."""
    members: list[int] = field(default_factory=list)


def _sampled(
    members: list[int], found: list[tuple[Initializer, TensorProto | None]], payloads: Payloads
) -> list[_Alike]:
    """Those that look the same, where several do."""
    looks: dict[bytes, _Alike] = {}
    large: dict[bytes, list[tuple[int, TensorProto]]] = {}
    for i in members:
        proto = found[i][1]
        if proto is None:
            continue
        with payloads.opened(proto) as rows:
            if rows is None or rows.dtype.hasobject:
                continue
            if rows.nbytes > SMALL:
                large.setdefault(rows.flat(0, FEW).tobytes(), []).append((i, proto))
                continue
            data, one = rows.flat(0, rows.size).tobytes(), rows.dtype.itemsize
        key = blake2b(data, digest_size=16).digest()
        if key not in looks:
            looks[key] = _Alike(whole=True, uniform=data == data[:one] * rows.size)
        looks[key].members.append(i)
    for i, proto in (each for same in large.values() if len(same) > 1 for each in same):
        with payloads.opened(proto) as rows:  # most begin as no other does
            look = b"" if rows is None else _sample(rows)
        if look:
            looks.setdefault(look, _Alike(whole=False, uniform=False)).members.append(i)
    return [same for same in looks.values() if len(same.members) > 1]


def _sample(rows: Rows) -> bytes:
    """Elements from all over the tensor."""
    size, step = rows.size, max(1, rows.size // SAMPLES)
    return b"".join(rows.flat(at, min(size, at + FEW)).tobytes() for at in range(0, size, step))


def _digest(proto: TensorMessage | None, payloads: Payloads) -> bytes:
    """Stands for all elements."""
    digest = blake2b(digest_size=16)
    if proto is not None:
        with payloads.opened(proto) as rows:
            for start in range(0, 0 if rows is None else rows.size, CHUNK):
                part = rows.flat(start, min(rows.size, start + CHUNK)) if rows is not None else None
                digest.update(b"" if part is None else np.ascontiguousarray(part).tobytes())
    return digest.digest()


def _is_uniform(proto: TensorMessage, payloads: Payloads) -> bool:
    """Whether every element is the same, bit for bit."""
    with payloads.opened(proto) as rows:
        if rows is None or not rows.size:
            return False
        first = rows.flat(0, 1).tobytes()
        for start in range(0, rows.size, CHUNK):
            stop = min(rows.size, start + CHUNK)
            if rows.flat(start, stop).tobytes() != first * (stop - start):
                return False
    return True
