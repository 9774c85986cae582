"""Texts of the command line → values; every error says what would have been right."""

from __future__ import annotations

from argparse import ArgumentTypeError

from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

MOST = 2**63 - 1
"""Largest dimension ONNX can state."""
ENDLESS = MOST + 1
"""More than anything here may be."""


def name_and_shape(text: str) -> tuple[str, tuple[int, ...]]:
    """``x=1,3,224,224``; the last ``=`` counts, as names of tensors may hold some.

    >>> name_and_shape("serving:0=1,224,224,3"), name_and_shape("a=b=")
    (('serving:0', (1, 224, 224, 3)), ('a=b', ()))
    """
    name, sizes = _split(text, "NAME=1,3,224,224")
    return name, tuple(_whole(size, text) for size in sizes.split(",") if sizes)


def name_and_count(text: str) -> tuple[str, int]:
    """``batch=8``.

    >>> name_and_count("batch=8")
    ('batch', 8)
    """
    name, count = _split(text, "NAME=8")
    return name, _whole(count, text)


def format_and_path(text: str) -> tuple[str, str]:
    """``json=out/findings.json``; the first ``=`` counts, as paths may hold some."""
    format_, equals, path = text.partition("=")
    if not (format_ and equals and path):
        raise ArgumentTypeError(
            f"{quoted(text, widths.PATH)} is not FORMAT=PATH, such as json=findings.json"
        )
    return format_, path


def file(text: str) -> str:
    """A path, which may be of anything but nothing."""
    if not text:
        raise ArgumentTypeError("the path is empty")
    return text


def words(text: str) -> tuple[str, ...]:
    """Comma-separated words.

    >>> words("SEP001, MEM")
    ('SEP001', 'MEM')
    """
    return tuple(word for part in text.split(",") if (word := part.strip()))


def positive(text: str) -> int:
    """A whole number from 1.

    >>> positive("4")
    4
    """
    found = whole(text)
    if not found:
        raise ArgumentTypeError(f"{quoted(text)} is not a whole number from 1")
    return found


def whole(text: str) -> int | None:
    """The number of which ``text`` is the digits; ``None`` for anything else.

    What has more digits than any number here may have is ``ENDLESS``, whatever they are.

    >>> whole("042"), whole("-1"), whole("1" * 5000) == ENDLESS
    (42, None, True)
    """
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) <= len(str(MOST)) else ENDLESS


def _split(text: str, example: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not (name and equals):
        raise ArgumentTypeError(f"{quoted(text, widths.PATH)} is not of the form {example}")
    return name, value


def _whole(digits: str, text: str) -> int:
    digits = digits.strip()
    found = whole(digits)
    if found is None or found > MOST:
        raise ArgumentTypeError(
            f"{quoted(digits)} in {quoted(text, widths.PATH)} is not a whole number from 0"
        )
    return found
