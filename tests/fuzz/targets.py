"""What the coverage-guided fuzzer calls: four ways in, ``bytes`` → nothing or a broken promise.

Nothing here needs the fuzzer, so that the suite can feed every target by hand.
"""

from __future__ import annotations

import zlib
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from unittest import mock

from onnx import ModelProto, helper

from analyzer.model import Limits
from tests.cases import node_cases
from tests.fuzz import corpus, promises, seeds, walk
from tests.fuzz.cli_target import command_line, command_seeds
from tests.fuzz.promises import Depth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


BREAK = b"\xff\xff"
"""Between the names in an input of ``names``: not UTF-8, so no name can hold it."""
GUARDED = 16
"""One input in so many goes through the guard and onnx's C++, as for users."""
_LIMITS = Limits(guard_seconds=24, guard_stall_seconds=1, guard_bytes=1 << 30)
_PLACES = 12


def walk_target(data: bytes) -> None:
    """The way in: refused or loaded, and nothing lost that protobuf would have kept."""
    walk.check(data, walk.Tally())


def check_target(data: bytes) -> None:
    """Load, analyse, lint and show."""
    _keep(data, zlib.crc32(data))


def names_target(data: bytes) -> None:
    """Every format, the page included, of a small model whose texts are the pieces of ``data``."""
    texts = [piece.decode("utf-8", "replace") for piece in data.split(BREAK)]
    _keep(_named([texts[n % len(texts)] for n in range(_PLACES)]), 1, html=True)


def _keep(data: bytes, number: int, *, html: bool = False) -> None:
    """All promises about a file, most of the time without the C++ it may kill this process with.

    A child's coverage is lost on the fuzzer: inference in Python alone keeps it in sight.
    """
    guard, schema = number % GUARDED == 0, number % 4 == 0
    depth = Depth(guard=guard, use_cpp=guard, schema=schema, html=html, comparison=True)
    with mock.patch.object(promises, "LIMITS", _LIMITS):
        promises.keep(data, depth)


def _named(texts: list[str]) -> bytes:
    """One convolution and one unknown operator with ``texts`` wherever a model has text."""
    one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve = texts
    model = ModelProto.FromString(_template())
    graph, (node, weight) = model.graph, (model.graph.node[0], model.graph.initializer[0])
    model.producer_name, model.producer_version, graph.name = one, two, three
    model.metadata_props.add(key=four, value=five)
    weight.name = node.input[1] = six
    node.name, node.output[0], node.doc_string = seven, eight, one
    node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=f"['', '{nine}', '{ten}']")
    graph.output[0].name = eight
    graph.input[0].type.tensor_type.shape.dim[0].dim_param = nine
    graph.node.append(helper.make_node(ten, [eight], [eleven], twelve, domain=five))
    graph.node[1].attribute.append(helper.make_attribute(eleven, twelve))
    model.opset_import.add(domain=five, version=1)
    data: bytes = model.SerializeToString()
    return data


@lru_cache(maxsize=1)
def _template() -> bytes:
    data: bytes = seeds.conv().SerializeToString()
    return data


def _models(step: int) -> list[bytes]:
    """The networks, and one in ``step`` of the operators' own cases."""
    found = [model.SerializeToString() for model in corpus.networks()]
    cases = [case.model.SerializeToString() for case in node_cases()[::step]]
    return found + [data for data in cases if len(data) <= 4_096]


def _texts() -> list[bytes]:
    from tests.fuzz.strings import ATTACKS

    short = [text.encode("utf-8", "replace") for text in ATTACKS if len(text) < 400]
    return [*short, *(BREAK.join(short[n : n + _PLACES]) for n in range(0, len(short), 5))]


TARGETS: Mapping[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "walk": (walk_target, partial(_models, 40)),
    "check": (check_target, partial(_models, 10)),
    "names": (names_target, _texts),
    "cli": (command_line, command_seeds),
}
"""Name → what to call, and the inputs to start from."""


def mutate_model(data: bytes, seed: int, most: int) -> bytes | None:
    """A model with something changed inside it and every length right, or ``None``."""
    import random

    from google.protobuf.message import DecodeError

    from analyzer.model.encoding import Malformed
    from tests.fuzz.mutate import mutate

    try:
        mutant = mutate(data, random.Random(seed), (data,))
    except (DecodeError, Malformed):  # not a model any more
        return None
    return mutant if len(mutant) <= most else None
