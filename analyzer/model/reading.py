"""Bytes to a trusted ModelProto: what every later step works on.

``load`` never executes anything, reads only the named file, and keeps within ``Limits``.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from onnx import ModelProto

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.errors import ModelError
from analyzer.facts import ModelInfo, Problem
from analyzer.model import imports, names, source
from analyzer.model.encoding import Malformed
from analyzer.model.limits import RAISE_IT, LimitExceeded, Limits
from analyzer.model.notes import as_text
from analyzer.model.outside import look_outside
from analyzer.model.payloads import Payloads, Rest
from analyzer.model.proto import ModelMessage
from analyzer.model.unread import unread
from analyzer.model.wire import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analyzer.model.source import Source


@dataclass(frozen=True, slots=True, repr=False)
class Model(Brief):
    """A model whose structure is in memory and whose weights are where they were."""

    proto: ModelMessage
    """The ``onnx.ModelProto``: every node, type and name; tensors above a few KB have no elements
    (see ``payloads``)."""
    info: ModelInfo
    problems: tuple[Problem, ...]
    payloads: Payloads
    """Elements of the tensors in ``proto``, read when asked for."""
    imports: tuple[tuple[str, int], ...] = ()
    """Domain and version of each imported set of operators, as the file has them."""
    nodes: tuple[tuple[int, int], ...] = ()
    """First byte and length of each operator of the main graph in the file, as it lists them."""


Readable = str | os.PathLike[str] | bytes | bytearray | memoryview | ModelMessage | source.Stream
"""What a model is read from: a path, the bytes of a file, a message, or a file that is open."""


def load(
    origin: Readable,
    *,
    name: str = "",
    limits: Limits = Limits(),
    digest: bool = True,
    folder: Path | None = None,
) -> Model:
    """Read the structure of an ONNX model.

    Parameters
    ----------
    origin
        A path names a regular file, in whose folder external data is looked for, by name only.
        Bytes are the contents of a file, never a path. Of a file that is open in binary mode, or
        a pipe, everything that is left is read, up to ``limits.stdin_bytes``.
    name
        What messages and reports call a model that has no path.
    limits
        Budgets; exceeding one is an error that names it.
    digest
        Whether to compute the SHA-256 of the file, which means reading all of it.
    folder
        Where the external data of a model without a path is looked for; nowhere by default.

    Raises
    ------
    ModelError
        The file cannot be judged. The message is one line and says what to do.
    TypeError
        ``origin`` is nothing that a model can be read from.
    """
    if isinstance(origin, str | os.PathLike):
        return _load(source.from_path(os.fsdecode(origin), digest=digest), limits)
    if isinstance(origin, ModelProto):
        data = source.serialised(origin, name or "<ModelProto>")
        return _load(source.from_bytes(data, name or "<ModelProto>", folder, digest=digest), limits)
    if isinstance(origin, bytes | bytearray | memoryview):
        name = name or "<bytes>"
        return _load(source.from_bytes(bytes(origin), name, folder, digest=digest), limits)
    given: object = origin  # whatever annotations say
    if not isinstance(given, source.Stream):
        what = type(given).__name__
        raise TypeError(f"a model is a path, bytes, a ModelProto or an open file, not {what}")
    name = name or source.name_of(given)
    return _load(source.from_stream(given, name, limits, folder, digest=digest), limits)


def _load(origin: Source, limits: Limits) -> Model:
    walk = Walk(limits)
    proto, invalid_names, whole = _parse(origin, walk)
    origin.check_unchanged()
    if not proto.HasField("graph"):
        raise ModelError(origin.name, "there is no graph in it", "check that it is an ONNX model")
    stated = tuple((entry.domain, entry.version) for entry in proto.opset_import)
    external = look_outside(walk.externals, origin.folder, origin.opened)
    problems = (
        *imports.settle(proto),
        *_training(proto),
        *_walk_problems(walk, invalid_names),
        *external.problems,
    )
    rest = Rest(() if whole else unread(origin.data), tuple(walk.left_out), external)
    payloads = Payloads(origin, walk.payloads, rest)
    nodes = tuple(walk.nodes)
    return Model(
        proto, _info(origin, proto, bool(walk.externals)), problems, payloads, stated, nodes
    )


def _parse(origin: Source, walk: Walk) -> tuple[ModelProto, int, bool]:
    """The skeleton as protobuf sees it, how many of its strings had to be repaired, and whether
    every byte of the file is one that protobuf would write."""
    try:
        skeleton = walk.strip(origin.data)
        proto = ModelProto.FromString(skeleton)
    except LimitExceeded as error:
        raise ModelError(origin.name, str(error), RAISE_IT) from error
    except Malformed as error:
        if error.truncated:
            raise ModelError(origin.name, f"truncated: {error}", "download it again") from error
        what = f"not an ONNX model: {error} at byte {error.offset:,}"
        raise ModelError(origin.name, what, "check the path, or export the model again") from error
    except DecodeError as error:
        what = f"not an ONNX model: {str(error).rpartition(': ')[2]}"
        raise ModelError(origin.name, what, "export the model again") from error
    proto.DiscardUnknownFields()
    whole = not walk.unknown_fields and not walk.merges and proto.ByteSize() == len(skeleton)
    return proto, 0 if names.is_clean(skeleton) else names.repair(proto), whole


def _training(proto: ModelProto) -> Iterator[Problem]:
    if proto.training_info:
        graphs = [g for t in proto.training_info for g in (t.initialization, t.algorithm)]
        nodes = sum(len(graph.node) for graph in graphs)
        text = (f"training_info with {nodes:,} operators is not looked at: nothing of it runs at "
                "inference; leave it out of what you ship")  # fmt: skip
        yield Problem("training-info", "", text, inconclusive=False)


def _walk_problems(walk: Walk, invalid_names: int) -> Iterator[Problem]:
    if invalid_names:
        message = f"{invalid_names:,} names are not UTF-8 and are shown escaped; rename them"
        yield Problem("invalid-utf-8", "", message)
    for what, count in sorted(Counter(text.field for text in walk.left_out).items()):
        message = f"{count:,} × {what} longer than the limit string_bytes were left out"
        yield Problem("long-text", "", message, inconclusive=False)
    for name, wrong in walk.odd_sizes:
        yield Problem("tensor-size", as_text(name), f"tensor {as_text(name)!r}: {wrong}")
    for name, wrong in walk.odd_fields:
        text = f"tensor {as_text(name)!r}: {wrong}; export the model again"
        yield Problem("tensor-fields", as_text(name), text)


def _info(origin: Source, proto: ModelProto, outside: bool) -> ModelInfo:
    return ModelInfo(
        path=origin.name,
        sha256=origin.sha256,
        bytes=len(origin.data),
        ir_version=proto.ir_version,
        opsets={entry.domain: entry.version for entry in proto.opset_import},
        producer=f"{proto.producer_name} {proto.producer_version}".strip(),
        graph_name=proto.graph.name,
        metadata={entry.key: entry.value for entry in proto.metadata_props},
        typed=len(proto.graph.value_info),
        outside=outside,
    )
