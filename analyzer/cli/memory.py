"""Memory that we were allowed: too little of it ends libraries before Python can say why."""

from __future__ import annotations

from analyzer.errors import ConfigError

LEAST = 160 << 20
"""Bytes of address space that it takes to start and to load what reads models. Measured: `rules`
fails with 128 MiB and not with 144, `check` of a small model with 158 and not with 160. What runs
out on the way there may die of it in ways that Python cannot tell."""


def check_memory() -> None:
    """Raises ``ConfigError`` where the limits of this process leave no room to start."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    limits = [resource.getrlimit(which)[0] for which in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    limits = [limit for limit in limits if limit != resource.RLIM_INFINITY]
    if limits and min(limits) < LEAST:
        raise ConfigError(
            f"memory is limited to {min(limits) >> 20} MiB (ulimit -v); "
            f"onnxlint needs {LEAST >> 20} MiB to start, and more for large models"
        )
