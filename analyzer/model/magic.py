"""What the first bytes of data are those of: programs, archives, pickles, documents.

Signatures as the formats' own specifications give them; short ones are believed only with what
must follow them, since weights are arbitrary bytes.
"""

from __future__ import annotations

import re

HEAD = 512
"""Bytes that ``looks_like`` wants to see."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"\x7fELF[\x00-\x02]", "an ELF program"),
    (
        rb"MZ(?:.{58}[\x40-\xff]\x00|.{58}.[\x00-\x03]\x00\x00|\x90\x00|\x00{30})",
        "a Windows program",
    ),
    (
        rb"\xfe\xed\xfa[\xce\xcf]\x00\x00|[\xce\xcf]\xfa\xed\xfe[\x07\x0c\x12]\x00\x00",
        "a Mach-O program",
    ),
    (rb"\xca\xfe\xba\xbe\x00\x00\x00[\x01-\x05]", "a Mach-O program"),
    (rb"\xca\xfe\xba\xbe\x00[\x00-\x03]\x00[\x2d-\x50]", "a Java class"),
    (rb"dex\n0\d\d\x00", "an Android program"),
    (rb"\x00asm\x01\x00\x00\x00", "a WebAssembly module"),
    (rb"#! ?/(?:usr/)?(?:local/)?bin/", "a script"),
    (rb"(?:<\?php\s|<!doctype html|<html[\s>]|<script[\s>])", "a web page or script"),
    (rb"PK\x03\x04[\x0a-\x3f]\x00", "a zip archive"),
    (rb"\x1f\x8b\x08[\x00-\x1f]", "gzip-compressed data"),
    (rb"BZh[1-9]1AY&SY", "bzip2-compressed data"),
    (rb"\xfd7zXZ\x00", "xz-compressed data"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb"\x28\xb5\x2f\xfd[\x00-\xff]{2}\x00{0,2}[\x00-\xff]{12}", "zstd-compressed data"),
    (rb"\x80[\x02-\x05](?:\x95.{7}\x00|[c}\](][a-zA-Z_q\x71\x8c]|\x8c.|\x95)", "a Python pickle"),
    (rb"c(?:os|posix|nt|builtins|__builtin__|subprocess|sys)\n\w{1,40}\n", "a Python pickle"),
    (rb"%PDF-1\.|%PDF-2\.", "a PDF document"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (rb"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (rb"\xff\xd8\xff[\xe0\xe1\xdb]..(?:JFIF|Exif)", "a JPEG picture"),
    (rb"SQLite format 3\x00", "a SQLite database"),
    (rb"-----BEGIN ", "a key or certificate"),
    (rb"\x93NUMPY[\x01-\x03]\x00", "a NumPy array"),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file"),
)
_KNOWN = tuple((re.compile(p, re.DOTALL | re.IGNORECASE if b"html" in p else re.DOTALL), what)
               for p, what in _SIGNATURES)  # fmt: skip
_FIRST = frozenset(b"\x7fM\xfe\xce\xcf\xcad\x00#<PB\x1f\xfd7R\x28\x80c%\xd0\x89\xffS-\x93")


def looks_like(head: bytes) -> str | None:
    r"""What data that begins with ``head`` is a file of; ``None``: nothing that is known here.

    >>> looks_like(b"\x7fELF\x02\x01\x01\x00"), looks_like(b"\x00\x00\x80\x3f")
    ('an ELF program', None)
    """
    if not head or head[0] not in _FIRST:
        return None
    return next((what for pattern, what in _KNOWN if pattern.match(head)), None)


def is_zip_end(tail: bytes) -> bool:
    """Whether a file that ends with ``tail`` (22 bytes or more) is a zip archive, read from its
    end as zip readers do (PKWARE's APPNOTE, 4.3.16)."""
    place = tail.rfind(b"PK\x05\x06")
    comment = int.from_bytes(tail[place + 20 : place + 22], "little")
    return place >= 0 and len(tail) - place == 22 + comment
