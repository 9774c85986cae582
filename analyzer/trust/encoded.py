"""Base64 or hexadecimal digits in a string: what they hide."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections import Counter
from math import log2

from analyzer.model.magic import looks_like

_LONG = 512
"""Characters from which text that is as mixed as compressed data is worth a word."""
_DIGEST = 128
"""Hexadecimal digits of the longest usual hash (SHA-512), whose first bytes say nothing."""
_MIXED = 5.5
"""Bits of entropy per character: base64 of random bytes has 6, of texts and numbers up to 5.4."""


def verdict(data: bytes) -> str | None:
    """What the base64 or the hexadecimal digits in ``data`` are, for people.

    ``None``: nothing that stands out.

    >>> verdict(b"f0VMRgIBAQAAAAAAAAAAAA==")
    'an ELF program in base64'
    >>> verdict(b"backbone/layer1/conv1/weight")
    """
    data = data.translate(_STANDARD, b"\r\n")
    head = data[:64]
    if len(data) > _DIGEST and not head.translate(None, _HEXADECIMAL):
        what = looks_like(bytes.fromhex(head.decode("ascii")))
        return None if what is None else f"{what} in hexadecimal digits"
    head = head[: len(head) // 4 * 4]
    try:
        raw = b64decode(head, validate=True)
    except (Error, ValueError):
        return None
    if (what := looks_like(raw)) is not None:
        return f"{what} in base64"
    mixed = len(data) >= _LONG and entropy(data[:4096]) >= _MIXED
    return "data in base64" if mixed else None


def entropy(data: bytes) -> float:
    """Shannon entropy of the bytes, in bits for each."""
    total = len(data)
    return -sum(n / total * log2(n / total) for n in Counter(data).values()) if total else 0.0


_HEXADECIMAL = b"0123456789abcdefABCDEF"
_STANDARD = bytes.maketrans(b"-_", b"+/")
