"""What contracts of ai.onnx.ml share: lists that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.operators.contracts.settings import one_of
from analyzer.operators.contracts.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

POST = one_of("post_transform", ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"))


def length_of(value: Any) -> int | None:
    """Entries of a list or small tensor; 0 where it is absent, ``None`` if it cannot be told."""
    if value is None:
        return 0
    if isinstance(value, tuple | np.ndarray):
        return len(value) if isinstance(value, tuple) or value.ndim else None
    return None


def equal_lengths(*names: str, needed: bool = False) -> Contract:
    """Lists ``names`` that are there have the same length; with ``needed`` all are there."""

    def check(call: Call) -> Iterator[Violation]:
        lengths = {name: n for name in names if (n := length_of(call.attr(name))) is not None}
        there = lengths if needed else {name: n for name, n in lengths.items() if n}
        if len(set(there.values())) > 1:
            listing = ", ".join(f"{name} {n}" for name, n in there.items())
            yield Violation(
                "list-lengths",
                f"lists that belong together differ in length: {listing}",
                "give one entry of each",
            )

    return check


def exclusive(*names: str, grave: bool = False) -> Contract:
    """One of the lists ``names`` is given, not more; ``grave``: ONNX Runtime asks for that, too."""

    def check(call: Call) -> Iterator[Violation]:
        there = [name for name in names if length_of(call.attr(name))]
        if len(there) > 1:
            yield Violation(
                "attribute-choice", f"both {there[0]} and {there[1]} are given",
                "give one of the two", grave=grave,
            )  # fmt: skip

    return check
