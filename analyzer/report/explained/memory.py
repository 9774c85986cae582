"""Memory: what is alive at the peak, and what the file stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import BITS
from analyzer.language import _, ngettext, term
from analyzer.report.explained.sums import EXACT, SUMMANDS, added_up, how_sure
from analyzer.report.view.explained import Explained, Summand
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.facts import Facts, Tensor
    from analyzer.report.page import Page
    from analyzer.report.result import Result
    from analyzer.report.view.memory import RoleRow

ROLES = {"weights": "weight", "buffers": "buffer", "quantization": "quantization",
         "positions": "position", "masks": "mask", "constants": "constant"}  # fmt: skip
"""Names of roles on a page, before they are translated → those of ``parameters.tensors``."""


def explain(result: Result, page: Page) -> Iterator[Explained]:
    facts = result.facts
    memory = facts.memory
    if memory.peak_bytes:
        sure = how_sure(memory)
        parts = tuple(_alive(memory.alive, memory.peak_bytes))
        yield Explained("memory.peak_bytes", memory.peak_bytes, "peak", parts, *sure)
        yield from _lower(facts)
    for index, row in enumerate(page.roles):
        if row.elements:
            yield Explained(f"page.roles[{index}].elements", row.elements, "role",
                            tuple(_stored(facts, row)), *EXACT)  # fmt: skip
    for index, tensor in enumerate(memory.alive[: len(page.alive)]):
        if tensor.bytes:
            yield Explained(f"page.alive[{index}].bytes", tensor.bytes, "tensor",
                            (Summand(_bytes(tensor)),), *EXACT)  # fmt: skip


def _lower(facts: Facts) -> Iterator[Explained]:
    """What runtimes that reuse buffers, or fuse, come to."""
    memory, claim = facts.memory, "claims.memory.peak"
    sure = how_sure(memory)
    step = max(memory.timeline, key=lambda step: step.in_place_bytes, default=None)
    if step is not None and step.in_place_bytes < (memory.peak_bytes or 0):
        name = facts[step.node].name if step.node in facts else step.node
        parts = [Summand(str(step.bytes), label(name or step.node, widths.WORD))]
        if spared := step.bytes - step.in_place_bytes:
            parts.append(Summand(f"−{spared}", _("written over")))
        yield Explained(f"{claim}.in_place_bytes", step.in_place_bytes, "peak.in_place",
                        tuple(parts), *sure)  # fmt: skip
    if memory.folded_bytes:
        yield Explained(f"{claim}.folded_bytes", memory.folded_bytes, "peak.folded",
                        (Summand(str(memory.folded_bytes)),), *sure)  # fmt: skip
    if memory.fused_bytes:
        parts = [*_alive(memory.fused_alive, memory.fused_bytes)]
        yield Explained(f"{claim}.fused_bytes", memory.fused_bytes, "peak.fused",
                        tuple(parts), *sure)  # fmt: skip


def _alive(alive: Iterable[Tensor], peak: int) -> Iterator[Summand]:
    tensors = [tensor for tensor in alive if tensor.bytes]
    for tensor in tensors[:SUMMANDS]:
        yield Summand(_bytes(tensor), label(tensor.name, widths.WORD))
    rest = peak - sum(t.bytes or 0 for t in tensors[:SUMMANDS])
    if rest:
        count = len(tensors) - SUMMANDS
        yield Summand(str(rest), ngettext("{n} other", "{n} others", count) if count > 0 else "")


def _stored(facts: Facts, row: RoleRow) -> Iterator[Summand]:
    """Tensors of a role; the facts list no more than the largest."""
    stored = facts.parameters
    role = {term(name): role for name, role in ROLES.items()}[row.role]
    sizes = [t.elements or 0 for t in stored.tensors if t.role == role]
    yield from added_up((size, "") for size in sizes)
    if rest := row.elements - sum(sizes):
        yield Summand(str(rest), ngettext("{n} other", "{n} others", stored.unlisted))


def _bytes(tensor: Tensor) -> str:
    bits = BITS.get(tensor.dtype or "", 0)
    if tensor.shape is None or None in tensor.shape or not bits:
        return str(tensor.bytes)
    sides = "·".join(map(str, tensor.shape)) or "1"
    whole = tensor.elements
    if bits % 8 or whole is None or whole * bits // 8 != tensor.bytes:
        return str(tensor.bytes)
    return f"{sides} · {bits // 8}"
