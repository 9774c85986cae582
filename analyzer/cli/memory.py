"""Memory that we were allowed: too little of it ends libraries before Python can say why."""

from __future__ import annotations

import errno
import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 160 << 20
"""Bytes of address space that it takes to start and to load what reads models. Measured: `rules`
fails with 128 MiB and not with 144, `check` of a small model with 158 and not with 160. What runs
out on the way there may die of it in ways that Python cannot tell."""


UNMAPPED, UNALLOCATED = "failed to map segment", "cannot allocate memory"
"""What the dynamic linker of glibc and of musl says of a library for which there is no room (the
first also of one in a folder from which nothing may run)."""

SELDOM = 5_000_000
"""Objects after which garbage is looked for in what is made of one model: more than there are of
one of ten thousand operators."""

CAUSES = 16
"""Errors behind an error that are looked at: one may be its own cause."""


def check_memory() -> None:
    """Raises ``ConfigError`` where the limits of this process leave no room to start."""
    limits = _limits()
    if limits and min(limits) < LEAST:
        raise ConfigError(
            f"memory is limited to {min(limits) >> 20} MiB (ulimit -v); "
            f"onnxlint needs {LEAST >> 20} MiB to start, and more for large models"
        )


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Meanwhile look for garbage less often, where nearly all that is made is to stay: each look
    passes over all that is new. What was made counts as old afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # what somebody else has set aside stays there
            gc.freeze()
            gc.unfreeze()  # to the oldest, without a look
        gc.set_threshold(*before)


def ran_out(error: BaseException | None) -> bool:
    """Whether there was not enough memory: for an object, or for a library that is loaded when it
    is needed, which ends as an ``ImportError``."""
    for _ in range(CAUSES):
        if error is None:
            break
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        told = str(error).lower() if isinstance(error, ImportError | OSError) else ""
        if UNALLOCATED in told or (UNMAPPED in told and _limits()):
            return True
        error = error.__cause__ or error.__context__
    return False


def _limits() -> list[int]:
    """Bytes of address space and of data that this process may have, where they are limited."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return []
    limits = [resource.getrlimit(which)[0] for which in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    return [limit for limit in limits if limit != resource.RLIM_INFINITY]
