"""How long a device takes at least to read what it multiplies with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.devices.room import narrowed
from analyzer.operators import find

if TYPE_CHECKING:
    from analyzer.devices.profile import Profile
    from analyzer.facts import Facts, Node

CACHE = 1 << 26
"""Bytes of weights from which on no cache of a device that ships holds them from run to run: the
largest, of the A100, has 40 MB."""
EXPERTS = "E"
"""The axis of weights along which a mixture has its experts."""


def reading(facts: Facts, device: Profile) -> float | None:
    """Seconds in which the weights of all that multiplies at every run are read once, at the peak
    bandwidth of main memory; ``None`` where a cache may hold them, or flash does.

    Of 415 MiB of BERT-base, 324 are of products: 218 µs at 1,555 GB/s.

    >>> round(340e6 / 1.555e12 * 1e6)
    219
    """
    if device.flash is not None:
        return None
    size = read_bytes(facts, device)
    return size / device.bandwidth if size >= CACHE else None


def read_bytes(facts: Facts, device: Profile) -> int:
    """Bytes of those weights, as the device keeps them."""
    return sum(
        narrowed(stored, type_, device.kept) for type_, stored in facts.once(_multiplied).items()
    )


def _reads_in_part(node: Node) -> bool:
    """Whether it reads the weights of those experts alone that data choose."""
    record = find(node.domain, node.op_type)
    return record is not None and any(EXPERTS in operand.axes for operand in record.inputs)


def _multiplied(facts: Facts) -> dict[str, int]:
    """Bytes of weights by type, each tensor once; none of bodies, nor of what operators make."""
    read = {
        name
        for node in facts.nodes
        if node.macs and not node.scope and node.executions_range[0] and not node.composite
        and not _reads_in_part(node)
        for name in node.inputs
    }  # fmt: skip
    found: dict[str, int] = {}
    for tensor in facts.parameters.tensors:
        if tensor.role == "weight" and not tensor.scope and tensor.name in read:
            type_ = tensor.dtype or ""
            found[type_] = found.get(type_, 0) + (tensor.bytes or 0)
    return found
