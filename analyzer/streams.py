"""Bytes to what is open already: a pipe, a terminal, a redirected file."""

from __future__ import annotations

import os
import select


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of ``data``; raises ``OSError`` where that cannot be done.

    One call of the system may write a part only: on a disk that fills up, at a limit on file
    sizes, into a pipe. What is wrong is said to whoever tries to write the rest.
    """
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:  # whoever made the pipe does not wait for it; we do
            select.select([], [descriptor], [])
