"""Every budget that keeps a hostile file from costing more than it should."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, NoReturn

from analyzer.dataclass import dataclass
from analyzer.facts import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


RAISE_IT = "raise that limit if you trust it"
"""What to do about an exceeded limit."""


class LimitExceeded(Exception):  # noqa: N818 - named after what happened, like StopIteration
    """A budget ran out; ``str()`` names the limit, its value and the way to raise it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of reading, typing and showing one model.

    A file at any of the defaults is judged in ten seconds. They admit 15,000 operators with
    as much metadata as PyTorch's newest exporter writes, and 60,000 with declared shapes; whoever
    has a larger model that he trusts raises what the message names.
    """

    fields: int = 2_000_000
    """Protobuf fields of the structure. Protobuf spends up to 100 bytes on one; a message
    counts as several."""
    structure_bytes: int = 512 << 20
    """Bytes of structure: everything but tensor payloads."""
    nodes: int = 60_000
    """Operators, bodies and functions included."""
    operands: int = 400_000
    """Inputs of operators, each an edge of the graph if another operator makes it."""
    tensors: int = 200_000
    """Stored tensors: initializers, Constants, sparse parts."""
    values: int = 200_000
    """Values with a declared type: inputs, outputs and those in between."""
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
    """Problems, and breaches of ONNX, listed one by one; the rest are counted."""
    visits: int = 20_000
    """Operators typed over all calls and passes over loops, beyond those that the file has: what
    functions expand to. One with many operands or a long name counts as several."""
    assumptions: int = 10_000
    """Open dimensions of the inputs that get a size."""
    folded_bytes: int = 32 << 20
    """Contents computed from constants, of all operators together; of one, 4,096 elements."""
    calls: int = 100
    """Function calls and bodies inside each other."""
    weight_bytes: int = 4 << 30
    """Trained weights looked at, where they are asked for."""
    text_rows: int = 1_000
    """Findings of one rule listed in text and annotations; JSON and SARIF list all."""
    html_rows: int = 5_000
    """Operators listed in an HTML report; CSV and JSON list all."""
    pdf_rows: int = 160
    """Rows of operators in a PDF report; of more, a page of those that compute most. The JSON
    attached to it has all."""
    guard_seconds: float = 60.0
    """CPU seconds of one guarded call; four times as many on the wall clock. Shape inference gets
    a share that grows with the model, from one twenty-fourth."""
    guard_stall_seconds: float = 3.0
    """CPU seconds of one operator in shape inference; 0 for no limit."""
    guard_bytes: int = 2 << 30
    """Address space a guarded call may add to that of its parent."""
    guard_result_bytes: int = 256 << 20
    """Bytes a guarded call may hand back."""

    def listed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """``problems``, those beyond the limit as one that counts them; mere notes go first."""
        found = tuple(problems)
        if len(found) <= self.problems:
            return found
        found = tuple(sorted(found, key=lambda problem: not problem.inconclusive))
        found, rest = found[: self.problems], found[self.problems :]
        text = f"and {len(rest):,} more problem{'s' * (len(rest) > 1)}"
        return *found, Problem("more-problems", "", text, any(p.inconclusive for p in rest))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of all limits, for configuration files and documentation."""
        return tuple(field.name for field in fields(cls))


def exceeded(limits: Limits, name: str, what: str) -> NoReturn:
    """Raise ``LimitExceeded`` for limit ``name``; ``what`` says what there was too much of."""
    raise LimitExceeded(f"{what} (limit {name} = {getattr(limits, name):,})")
