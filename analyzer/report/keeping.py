"""Compiled templates, kept beside the templates as Python keeps its modules.

Loading bytecode is running it, so it is only kept where the code itself is: whoever can write
there can change onnxlint anyway. That is ``__pycache__`` in the templates' folders, or below
``PYTHONPYCACHEPREFIX``. Compiling takes each process a quarter of a second, loading a hundredth.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from analyzer.version import __version__

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

MAKERS = ("rendering.py", "keeping.py")
"""Files of ours that decide what a template is compiled to."""


class Kept(jinja2.BytecodeCache):
    """Never stale: what is kept names the template's text and all that compiled it."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # not kept yet
            kept = Path(bucket.key).read_bytes()
            sign = _sign(bucket)
            if kept.startswith(sign):
                bucket.bytecode_from_string(kept[len(sign) :])

    def dump_bytecode(self, bucket: Bucket) -> None:
        # As Python writes its own: whole or not at all, and silently where it may not.
        if sys.dont_write_bytecode:
            return
        writer = SourceFileLoader(__name__, __file__)
        writer.set_data(bucket.key, _sign(bucket) + bucket.bytecode_to_string())

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Where a template's bytecode is."""
        return cache_from_source(filename or name)


def _sign(bucket: Bucket) -> bytes:
    """What bytecode of this text must begin with."""
    return sha256(_compiler() + bucket.checksum.encode()).digest()


@cache
def _compiler() -> bytes:
    """All that compiles a template, but its text."""
    here = Path(__file__).parent
    makers = [(here / name).read_bytes() for name in MAKERS]
    versions = [jinja2.__version__.encode(), __version__.encode(), MAGIC_NUMBER]
    return b"\0".join([*versions, *makers])
