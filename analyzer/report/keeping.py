"""Compiled templates and scripts, kept beside the templates as Python keeps its modules.

Loading bytecode is running it, so it is only kept where the code itself is: whoever can write
there can change onnxlint anyway. That is ``__pycache__`` in the templates' folders, or below
``PYTHONPYCACHEPREFIX``. Compiling takes each process a quarter of a second, loading a hundredth;
taking a script's names and spaces away takes a twentieth.
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
    from collections.abc import Callable

    from jinja2.bccache import Bucket

MAKERS = ("rendering.py", "keeping.py")
"""Files of ours that decide what a template is compiled to."""
SCRIPT_MAKERS = ("script.py", "briefly.py", "tight.py", "keeping.py")
"""The same for what a script is made shorter by."""


class Kept(jinja2.BytecodeCache):
    """Never stale: what is kept names the template's text and all that compiled it."""

    def load_bytecode(self, bucket: Bucket) -> None:
        kept = _read(bucket.key, _sign(bucket))
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        _write(bucket.key, _sign(bucket), bucket.bytecode_to_string())

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Where a template's bytecode is."""
        return cache_from_source(filename or name)


def kept_script(path: Path, text: str, shorten: Callable[[str], str]) -> str:
    """What ``shorten`` makes of the ``text`` of a script that would be the file ``path``."""
    place = cache_from_source(path)
    sign = sha256(_code(SCRIPT_MAKERS) + text.encode()).digest()
    kept = _read(place, sign)
    if kept is not None:
        return kept.decode()
    made = shorten(text)
    _write(place, sign, made.encode())
    return made


def _read(place: str, sign: bytes) -> bytes | None:
    """What is kept under this sign."""
    with suppress(OSError):  # not kept yet
        kept = Path(place).read_bytes()
        if kept.startswith(sign):
            return kept[len(sign) :]
    return None


def _write(place: str, sign: bytes, made: bytes) -> None:
    # As Python writes its own: whole or not at all, and silently where it may not.
    if not sys.dont_write_bytecode:
        SourceFileLoader(__name__, __file__).set_data(place, sign + made)


def _sign(bucket: Bucket) -> bytes:
    """What bytecode of this text must begin with."""
    return sha256(_compiler() + bucket.checksum.encode()).digest()


def _compiler() -> bytes:
    """All that compiles a template, but its text."""
    return _code(MAKERS)


@cache
def _code(makers: tuple[str, ...]) -> bytes:
    """These files of ours, and all else that they need."""
    here = Path(__file__).parent
    texts = [(here / name).read_bytes() for name in makers]
    versions = [jinja2.__version__.encode(), __version__.encode(), MAGIC_NUMBER]
    return b"\0".join([*versions, *texts])
