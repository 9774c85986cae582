"""The identity of a finding across runs, names, exporters and versions of a model.

It has four parts, joined by ``-``. Each is a hash over the rule, so that findings of two rules
never have one:

- *name*: what the place is called;
- *kind*: what it is whatever it is called, e.g. a 3×3 convolution from 64 to 128 channels;
- *near*: the kind, and the layers around it;
- *far*: the same, more of them, and how deep in the network it is.

Two findings with different kinds are the same only if they are about what exporters leave behind
and a tool takes out, one for one; ``IDENTITIES`` says which parts decide about others, the
strictest first. No part holds a severity, a message or a size of the data.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME, _KIND, _NEAR = 12, 16, 12
"""Hexadecimal digits: nobody shall find another kind with the same hash, while the other parts
only tell places of one kind apart."""


class Fingerprint(NamedTuple):
    """A fingerprint taken apart."""

    name: str
    kind: str
    near: str
    far: str


IDENTITIES: Sequence[tuple[str, ...]] = (
    ("name", "kind", "near", "far"),
    ("kind", "near", "far"),
    ("name", "kind", "near"),
    ("kind", "near"),
    ("name", "kind"),
    ("kind",),
    (),
)
"""Parts that two findings have to share to be the same, from strict to lenient; none of them only
where a tool undoes what both are about (``Finding.tidied``)."""


def fingerprint(rule: str, name: str, kind: tuple[str, ...], near: str = "", far: str = "") -> str:
    """The fingerprint of a finding of ``rule``; names are any text, invalid UTF-8 included.

    >>> fingerprint("SEP001", "/conv1", ("Conv", "3, 3"))
    '3c3b3cd087ea-91ed6d40f1832548-fb4518926967-fb4518926967'
    """
    return "-".join(
        (
            _digest(_NAME, rule, name),
            _digest(_KIND, rule, *kind),
            _digest(_NEAR, rule, *kind, near),
            _digest(_NEAR, rule, *kind, far),
        )
    )


def parts_of(text: str) -> Fingerprint:
    """A fingerprint's parts; raises ``ValueError`` where it has not four."""
    name, kind, near, far = text.split("-")
    return Fingerprint(name, kind, near, far)


def _digest(digits: int, *parts: str) -> str:
    # Lengths keep ("ab", "c") apart from ("a", "bc").
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
