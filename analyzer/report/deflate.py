"""Less effort at compressing PDFs than WeasyPrint makes."""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EFFORT = 6
"""zlib's level: with the highest, which WeasyPrint takes, pages take four times as long and get a
fortieth shorter, and the JSON of thousands of operators takes as long as drawing the pages."""


def _compressing(level: int) -> Any:
    """``zlib.compressobj`` of at most that effort."""
    return zlib.compressobj(min(level, EFFORT))


@contextmanager
def deflating_lightly() -> Iterator[None]:
    """Write PDFs meanwhile with no more than ``EFFORT``."""
    from weasyprint.pdf import pydyf

    before = pydyf.zlib
    pydyf.zlib = SimpleNamespace(compress=zlib.compress, compressobj=_compressing)
    try:
        yield
    finally:
        pydyf.zlib = before
