"""Inputs and outputs of two models (or of their bodies), which is which."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from analyzer.facts import Facts


class Ends(NamedTuple):
    """What stands for each input and output of one model: the same in both if they belong
    together."""

    inputs: Mapping[str, Hashable]
    outputs: Mapping[str, Hashable]


def ends_of(old: Facts, new: Facts) -> tuple[Ends, Ends]:
    """By name; what is left, by place among what is left.

    >>> _tokens(["x", "past"], ["x", "scale", "past"])[1]["past"]
    'past'
    >>> [side["b"] for side in _tokens(["a", "b"], ["a", "b"])], _tokens(["a"], ["z"])[1]["z"]
    (['b', 'b'], 0)
    """
    inputs = _tokens([t.name for t in old.inputs], [t.name for t in new.inputs])
    outputs = _tokens([t.name for t in old.outputs], [t.name for t in new.outputs])
    return Ends(inputs[0], outputs[0]), Ends(inputs[1], outputs[1])


def _tokens(
    old: Sequence[str], new: Sequence[str]
) -> tuple[dict[str, Hashable], dict[str, Hashable]]:
    shared = set(old) & set(new)
    first, second = (
        {name: name for name in side if name in shared}
        | {name: i for i, name in enumerate(n for n in side if n not in shared)}
        for side in (old, new)
    )
    return dict(first), dict(second)
