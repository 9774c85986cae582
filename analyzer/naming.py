"""Names as viewers look them up, and those that do not say what is meant.

ONNX wants the name of an operator to be unique in its graph at most; a viewer that knows operators
by their names takes those of bodies and functions for the same.
"""

from __future__ import annotations

import shlex

from analyzer.dataclass import dataclass

_LONGEST = 500
"""Characters of the longest name that is looked up: it is repeated with everything said of it."""

_LONGEST_TYPED = 60
"""Characters of a name that is typed."""


def typed(option: str, name: str, value: str) -> str:
    """``option`` with ``name`` and ``value`` as a shell takes it; empty where it cannot be typed.

    >>> typed("--dim", "x axis 2", "640")
    "--dim 'x axis 2=640'"
    """
    plain = name.isprintable() and len(name) <= _LONGEST_TYPED and "=" not in name
    return f"{option} {shlex.quote(f'{name}={value}')}" if plain and value else ""


@dataclass(frozen=True, slots=True)
class SharedNames:
    """Names, as ``viewed`` gives them, that several things of one file have."""

    operators: frozenset[str] = frozenset()
    """Of several operators, in whatever graph, body or function."""
    values: frozenset[str] = frozenset()
    """Defined by several graphs, bodies or functions, or more than once."""
    tensors: frozenset[str] = frozenset()
    """Of several initializers, Constants or tensors in attributes."""
    graphs: frozenset[str] = frozenset()
    """Of several graphs, bodies and functions."""
    complete: bool = True
    """False where a function is defined twice: readers differ about which of them counts."""


def viewed(name: str) -> str:
    r"""What a viewer takes ``name`` for: no byte order mark, and nothing after a line break.

    >>> viewed("\ufeffconv1\nfirst"), viewed("conv1")
    ('conv1', 'conv1')
    """
    return name.removeprefix("\ufeff").partition("\n")[0]


def key_of(name: str, shared: frozenset[str]) -> str:
    """By what a viewer finds what is called ``name`` and nothing else; empty where it cannot.

    A viewer shows bytes that are no UTF-8 as U+FFFD, so that a name with that may be another's.
    """
    key = viewed(name)
    unsure = key in shared or len(key) > _LONGEST or "\ufffd" in key
    return "" if unsure else key
