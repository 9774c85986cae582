"""Mutational fuzzing of the way in: whatever the bytes, an answer or a ``ModelError``.

``python -m tests.fuzz.walk --seconds 600 --seed 7`` goes on for ten minutes; the first input that
breaks a promise is printed in hexadecimal.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError
from onnx import ModelProto

from analyzer.errors import ModelError
from analyzer.model import encoding, load
from analyzer.model.encoding import Malformed
from analyzer.model.limits import LimitExceeded, Limits
from analyzer.model.messages import MODEL, MessageType, is_repeated
from analyzer.model.wire import Walk
from tests.fuzz import seeds
from tests.fuzz.arguments import bounded
from tests.model.skeleton import drop_payloads

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = Limits(fields=200_000, structure_bytes=4 << 20)
_INTERESTING = bytes([0x00, 0x01, 0x0A, 0x2A, 0x32, 0x3A, 0x4A, 0x7F, 0x80, 0xFF])
NOTED = 250_000
"""Inputs between two lines that say how far a run has come; about a minute's."""


@dataclass
class Tally:
    """What a run of the fuzzer saw."""

    accepted: int = 0
    refused: int = 0
    stricter: dict[str, int] = field(default_factory=dict)
    """Why the walk refused what protobuf accepts, with counts."""
    laxer: int = 0
    """Accepted although protobuf refuses the whole: the fault was in a field left out."""


def mutate(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """One to four random edits of ``data``; ``other`` is a model to splice from."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        size = min(len(out) - at, rng.choice((1, 2, 4, 16, 64)))
        edit = rng.randrange(7)
        if edit == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif edit == 1 and at < len(out):
            out[at] = rng.choice(_INTERESTING)
        elif edit == 2:
            del out[at : at + size]
        elif edit == 3:
            out[at:at] = out[at : at + size] * rng.choice((1, 2, 50))
        elif edit == 4:
            out[at:at] = rng.randbytes(rng.randint(1, 12))
        elif edit == 5:
            del out[at:]
        else:
            start = rng.randrange(len(other))
            out[at:at] = other[start : start + rng.choice((4, 40, 400))]
    return bytes(out)


def mutate_inside(
    data: bytes, rng: random.Random, other: bytes, kind: MessageType = MODEL
) -> bytes:
    """As ``mutate``, in a message somewhere within, with the lengths around it made right."""
    found, pos = [], 0
    while pos < len(data):
        tag, body, end = encoding.field(data, pos, len(data))
        child = kind.fields.get(tag)
        if isinstance(child, MessageType):
            found.append((pos, tag, body, end, child))
        pos = end
    if not found or rng.random() < 0.2:
        return mutate(data, rng, other) if data else rng.randbytes(4)
    pos, tag, body, end, child = rng.choice(found)
    inner = mutate_inside(data[body:end], rng, other, child)
    head = encoding.encode_varint(tag) + encoding.encode_varint(len(inner))
    return data[:pos] + head + inner + data[end:]


def check(data: bytes, tally: Tally) -> None:
    """Assert everything promised about ``data``: it is judged, and the walk changes nothing."""
    expected = _protobuf(data)
    try:
        model = load(data, limits=LIMITS, digest=False)
        tally.accepted += 1
        tally.laxer += expected is None
        for tensor in model.proto.graph.initializer:
            array = model.payloads.array(tensor)
            assert array is None or array.shape == tuple(tensor.dims)
    except ModelError as error:
        tally.refused += 1
        if "\n" in str(error):
            raise AssertionError("a message of several lines") from error
    if expected is None:
        return
    try:
        skeleton = Walk(LIMITS).strip(data)
    except (Malformed, LimitExceeded) as error:
        reason = str(error).split("(")[0]
        tally.stricter[reason] = tally.stricter.get(reason, 0) + 1
        return
    found = _protobuf(skeleton)
    assert found is not None, "protobuf accepts the file but not its skeleton"
    drop_payloads(found, expected)
    if _canonical(found) != _canonical(expected):
        for model in (found, expected):
            _discard_deep(model)
        assert _canonical(found) == _canonical(expected), "the skeleton says something else"


def _protobuf(data: bytes) -> ModelProto | None:
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError:
        return None
    return model


def _canonical(model: ModelProto) -> bytes:
    model.DiscardUnknownFields()
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _discard_deep(model: ModelProto) -> None:
    """Discard unknown fields at any depth; protobuf's own method leaves those below 64 levels."""
    stack: list[tuple[Any, int]] = [(model, 0)]
    while stack:
        message, depth = stack.pop()
        if depth % 32 == 0:
            message.DiscardUnknownFields()
        for known, value in message.ListFields():
            if known.message_type:
                stack += [(m, depth + 1) for m in (value if is_repeated(known) else (value,))]


def run(
    seconds: float,
    seed: int,
    most: int | None = None,
    note: Callable[[str], object] = lambda _: None,
) -> Tally:
    """Fuzz for ``seconds``, or ``most`` inputs, from ``seed``; ``note`` gets totals meanwhile."""
    rng, tally, end, done = random.Random(seed), Tally(), time.monotonic() + seconds, 0
    pool = [model.SerializeToString() for model in seeds.models()]
    while time.monotonic() < end and (most is None or done < most):
        if done % NOTED == NOTED - 1:
            note(f"seed {seed}: {done + 1:,} inputs, {tally}")
        data = rng.choice((mutate, mutate_inside))(rng.choice(pool), rng, rng.choice(pool))
        try:
            check(data, tally)
        except BaseException:
            print(f"seed {seed}, input {done}: {data.hex()}")
            raise
        done += 1
    return tally


if __name__ == "__main__":
    arguments = vars(bounded(__doc__, "inputs").parse_args())
    print(run(**arguments, note=partial(print, flush=True)))
