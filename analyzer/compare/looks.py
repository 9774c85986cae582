"""What stored tensors look like, so that layers are recognised by their weights."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from analyzer.compare.reading import bounds
from analyzer.errors import ModelError
from analyzer.model.guard import GuardFailure, Progress, guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.compare.network import Wired
    from analyzer.costs.origins import Origins
    from analyzer.costs.parameters import Root
    from analyzer.model.limits import Limits
    from analyzer.model.rows import Rows

    Looks = Mapping[Root, bytes]
    Wanted = tuple[Origins | None, list[Root]]

WHOLE = 4096
"""Elements up to which a look takes in all of a tensor."""
BLANK = b"blank"
"""What begins a look at a tensor of one number, such as weights that were left out of a file."""
NEAR = 8
"""Elements looked at at each place."""
SAMPLES = 64
"""Places at which a longer one is looked at."""


def look(old: Wired, new: Wired, limits: Limits) -> tuple[Looks, Looks]:
    """What every stored tensor of each model looks like: the same bytes, the same look.

    A sample, by which layers are recognised; what matters is then read. Empty where looking
    failed.
    """
    before, after = ((side.origins, _roots(side)) for side in (old, new))
    found = guarded(partial(_look, before, after), limits=bounds(limits))
    if isinstance(found, ModelError):
        raise found
    return ({}, {}) if isinstance(found, GuardFailure) else found


def _roots(network: Wired) -> list[Root]:
    """What the operators of a network use."""
    roots = (root for part in network.parts for each in part.operands for root in each.roots)
    return [*dict.fromkeys(roots)]


def _look(old: Wanted, new: Wanted, progress: Progress) -> tuple[Looks, Looks] | ModelError:
    try:
        return _looks(*old), _looks(*new)
    except ModelError as error:
        return error


def _looks(origins: Origins | None, roots: Iterable[Root]) -> dict[Root, bytes]:
    if origins is None:
        return {}
    found: dict[Root, bytes] = {}
    for root in roots:
        with origins.opened(root) as rows:
            if rows is not None:
                found[root] = _sample(rows)
    return found


def _sample(rows: Rows) -> bytes:
    digest = blake2b(f"{rows.dtype.str} {rows.dtype.name} {rows.shape}".encode(), digest_size=16)
    if rows.dtype.hasobject:
        digest.update(repr(rows.flat(0, min(rows.size, WHOLE)).tolist()).encode())
        return digest.digest()
    step = rows.size if rows.size <= WHOLE else rows.size // SAMPLES
    span = step if rows.size <= WHOLE else NEAR
    parts = [np.ascontiguousarray(rows.flat(at, min(rows.size, at + span))).tobytes()
             for at in range(0, rows.size, max(1, step))]  # fmt: skip
    seen = b"".join(parts)
    digest.update(seen)
    first = seen[: rows.dtype.itemsize]
    blank = seen == first * (len(seen) // max(1, len(first)))
    return (BLANK if blank else b"") + digest.digest()
