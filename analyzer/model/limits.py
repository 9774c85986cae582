"""Every budget that keeps a hostile file from costing more than it should."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NoReturn


class LimitExceeded(Exception):  # noqa: N818 - named after what happened, like StopIteration
    """A budget ran out; ``str()`` names the limit, its value and the way to raise it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of reading, typing and showing one model.

    The defaults admit every model we know (a 100,000-node export with stack traces in its
    metadata included) and keep the worst hostile file below about 1 GB of memory.
    """

    fields: int = 4_000_000
    """Protobuf fields of the structure. Protobuf spends up to 200 bytes on a 2-byte field."""
    structure_bytes: int = 512 << 20
    """Bytes of structure: everything but tensor payloads."""
    nodes: int = 500_000
    """Operators, bodies and functions included."""
    tensors: int = 500_000
    """Stored tensors: initializers, Constants, sparse parts."""
    functions: int = 20_000
    """Model-local functions."""
    nesting: int = 96
    """Messages inside messages; a body of If, Loop or Scan costs three. Protobuf refuses 100."""
    rank: int = 64
    """Dimensions of one tensor or type; NumPy has 64. Products of more get too long to print."""
    string_bytes: int = 1 << 20
    """One name. Longer documentation and longer string attributes are left out instead."""
    stdin_bytes: int = 2 << 30
    """Bytes read from standard input, which is held in memory."""
    problems: int = 200
    """Problems listed one by one; the rest are counted."""
    visits: int = 2_000_000
    """Operators typed over all calls and passes over loops: what functions expand to, and folding,
    of which one operator gets at most 4,096 elements."""
    calls: int = 100
    """Function calls and bodies inside each other."""
    html_rows: int = 5_000
    """Operators listed in an HTML report; CSV and JSON list all."""
    pdf_rows: int = 160
    """Operators listed in a PDF report, which the JSON attached to it completes."""
    guard_seconds: float = 60.0
    """CPU seconds of one guarded call; four times as many on the wall clock."""
    guard_bytes: int = 2 << 30
    """Address space a guarded call may add to that of its parent."""
    guard_result_bytes: int = 256 << 20
    """Bytes a guarded call may hand back."""

    def exceeded(self, name: str, what: str) -> NoReturn:
        """Raise ``LimitExceeded`` for limit ``name``; ``what`` says what there was too much of."""
        value = getattr(self, name)
        raise LimitExceeded(f"{what} (limit {name} = {value:,})")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of all limits, for configuration files and documentation."""
        return tuple(field.name for field in fields(cls))
