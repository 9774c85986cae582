"""The identity of a finding across runs and versions of a model."""

from __future__ import annotations

from hashlib import sha256

_DIGITS = 12


def fingerprint(rule: str, name: str, structure: tuple[object, ...]) -> str:
    """``<name>-<structure>``: two hashes, each over the rule and one half of the identity.

    The first changes when the node is renamed, the second when what it computes changes, so a
    baseline can follow a node through either. Neither holds a severity, a message or a count
    that depends on bound dimensions. A name is any text, invalid UTF-8 included.

    >>> fingerprint("SEP001", "/conv1", ("Conv", (3, 3)))
    '3c3b3cd087ea-d3616c6dd206'
    """
    return f"{_digest(rule, name)}-{_digest(rule, repr(structure))}"


def structure_of(print_: str) -> str:
    """The half that survives renaming."""
    return print_.rpartition("-")[2]


def _digest(*parts: str) -> str:
    # Lengths keep ("ab", "c") apart from ("a", "bc").
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
