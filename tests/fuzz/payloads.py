"""Mutational fuzzing of stored tensors: weights are read as onnx reads them, or not at all.

``python -m tests.fuzz.payloads --seconds 600 --seed 7`` goes on for ten minutes. Each mutant is one
tensor, large enough for its payload to stay in the file, with its fields repeated, dropped,
exchanged, cut, split or retyped; what is read is compared with ``onnx.numpy_helper.to_array``.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto, helper, numpy_helper

from analyzer.errors import ModelError
from analyzer.model import encoding, load
from analyzer.model.dtypes import DTYPES
from tests.fuzz.arguments import bounded
from tests.model import wirebytes as wb

ELEMENTS = 9_001
NUMERIC = sorted(number for number, name in DTYPES.items() if name != "string")
PAYLOADS = (4, 5, 7, 9, 10, 11)
"""float_data, int32_data, int64_data, raw_data, double_data, uint64_data (onnx.proto)."""


@lru_cache(maxsize=1)
def seeds() -> tuple[bytes, ...]:
    """One tensor of each element type, raw and in its typed field."""
    found = []
    for data_type in NUMERIC:
        dtype = helper.tensor_dtype_to_np_dtype(data_type)
        raw = numpy_helper.from_array((np.arange(ELEMENTS) % 2).astype(dtype), "w")
        found.append(raw.SerializeToString())
        typed = TensorProto(name="w", data_type=data_type, dims=[ELEMENTS])
        numbers = [1, 0, 3] * (ELEMENTS // 3) + [200]
        getattr(typed, helper.tensor_dtype_to_field(data_type)).extend(numbers)
        found.append(typed.SerializeToString())
    return tuple(found)


def fields(data: bytes) -> list[tuple[int, int, bytes]]:
    """(number, wire type, content with its length left out) of each field of a message."""
    found, pos = [], 0
    while pos < len(data):
        tag, body, pos = encoding.field(data, pos, len(data))
        found.append((tag >> 3, tag & 7, data[body:pos]))
    return found


def write(parts: list[tuple[int, int, bytes]]) -> bytes:
    return b"".join(
        wb.blob(number, content) if wire == 2 else wb.tag(number, wire) + content
        for number, wire, content in parts
    )


def mutate(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """One to three changes to the fields of a tensor."""
    parts = fields(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(parts)) if parts else 0
        number, wire, content = parts[at] if parts else (9, 2, b"")
        size = len(content)
        edit = rng.randrange(9)
        if edit == 0:
            parts.insert(rng.randrange(len(parts) + 1), (number, wire, content))
        elif edit == 1 and parts:
            del parts[at]
        elif edit == 2:
            rng.shuffle(parts)
        elif edit == 3 and parts:
            parts[at] = (rng.choice(PAYLOADS), wire, content)
        elif edit == 4 and wire == 2:
            cut = rng.choice((0, 1, 2, 3, 4, 8, size // 2))
            parts[at] = (number, wire, content[: max(0, size - cut)])
        elif edit == 5 and wire == 2:
            middle = rng.randrange(size + 1)
            parts[at : at + 1] = [(number, 2, content[:middle]), (number, 2, content[middle:])]
        elif edit == 6:
            parts.append((2, 0, encoding.encode_varint(rng.choice([*NUMERIC, 8, 0, 99]))))
        elif edit == 7:
            sizes = [
                1,
                0,
                ELEMENTS,
                ELEMENTS // 2,
                ELEMENTS * 2,
                ELEMENTS + 1,
                2**63,
                (1 << 64) - 1,
            ]
            parts.append((1, 0, encoding.encode_varint(rng.choice(sizes))))
        else:
            parts.append(rng.choice(fields(other)))
    return write(parts)


def check(tensor: bytes) -> str:
    """What became of a model with the initializer ``tensor``; raises ``AssertionError``."""
    data = wb.model(wb.initializer(tensor))
    try:
        model = load(data, digest=False)
    except ModelError:
        return "refused"
    (ours,) = model.proto.graph.initializer
    found = model.payloads.array(ours)
    if found is None:
        return "unread"
    try:
        (theirs,) = ModelProto.FromString(data).graph.initializer
    except DecodeError:
        return "laxer"  # the fault is in a field that was left out
    expected = _onnx(theirs)
    assert expected is not None, "onnx reads no such tensor"
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape == tuple(ours.dims)
    assert found.tobytes() == expected.tobytes(), "other elements"
    return "read from the file" if len(model.payloads) else "read from the structure"


def _onnx(tensor: TensorProto) -> np.ndarray[Any, Any] | None:
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError):
        return None


def run(seconds: float, seed: int, most: int | None = None) -> Counter[str]:
    """Fuzz for ``seconds``, or ``most`` tensors, from ``seed``."""
    rng, tally, end = random.Random(seed), Counter[str](), time.monotonic() + seconds
    while time.monotonic() < end and (most is None or tally.total() < most):
        data = mutate(rng.choice(seeds()), rng, rng.choice(seeds()))
        try:
            tally[check(data)] += 1
        except AssertionError as error:
            text = f"seed {seed}, tensor {tally.total()}: {data[:40].hex()}…: {error}"
            raise AssertionError(text) from error
    return tally


if __name__ == "__main__":
    arguments = vars(bounded(__doc__, "tensors").parse_args())
    print(dict(run(**arguments)))
