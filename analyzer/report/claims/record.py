"""What a report says, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.records import Signed
from analyzer.restore import record

Scalar = Signed | float | str | bool | None
Value = Scalar | tuple[Scalar, ...]


@record
class Claim:
    """One statement about the model: true or false by the facts it names, whatever its words.

    Templates and formats only word it, and a sentence of a page carries the claim's id.
    """

    id: str
    """Stable, such as ``compute`` or ``memory.peak``."""
    values: Mapping[str, Value]
    """What is said, as numbers, names and flags; nothing that would need the words to be read."""
    facts: tuple[str, ...]
    """Members of this document that it rests on, such as ``totals.macs_range``."""
