"""Operators that compute again what another one has computed: value numbering.

Two operators of one scope are the same where their signatures are (operator, attributes, types,
contents of small operands) and each operand of one is the same value as that of the other. One
pass in topological order; small constants are compared by contents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.costs.settled import UNSETTLED
from analyzer.operators import find
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from analyzer.graph.signature import Signature
    from analyzer.redundancy.constants import Constants
    from analyzer.shapes.sites import Site

KEPT_APART = UNSETTLED | {Nature.QUANTISATION}
"""Natures of operators that may differ although they look the same. Runtimes want a
DequantizeLinear of its own before each integer kernel, so those are doubled on purpose."""


def repeated(sites: Iterable[Site], constants: Constants) -> dict[int, Site]:
    """By index of the site: the first operator of its scope that computes the same."""
    first: dict[tuple[int, Signature, tuple[Hashable, ...]], Site] = {}
    same: dict[tuple[int, str], Hashable] = {}
    """(instance, name) → what stands for the value, where that is not the name."""
    apart: dict[Signature, bool] = {}
    found: dict[int, Site] = {}
    for site in sites:
        if site.index in constants.foldable or site.children:
            continue
        signature = site.signature
        if signature not in apart:
            apart[signature] = _is_apart(site)
        if apart[signature]:
            continue
        scope = id(site.instance)
        operands: list[Hashable] = []
        for slot, name in enumerate(site.op.inputs):
            key = scope, name
            value = same.get(key)
            if value is None:
                value = name
                if name and constants.is_constant(site, slot):
                    value = same[key] = _contents(site, slot, constants)
            operands.append(value)
        key_ = scope, signature, _in_order(site, operands)
        before = first.setdefault(key_, site)
        if before is not site:
            found[site.index] = before
            for copy, original in zip(site.op.outputs, before.op.outputs, strict=False):
                if copy and original:
                    same[scope, copy] = same.get((scope, original), original)
    return found


def _in_order(site: Site, operands: list[Hashable]) -> tuple[Hashable, ...]:
    """The operands; two of an operator that commutes always in the same order.

    Three may be summed with another rounding, and count as they stand.
    """
    if len(operands) == 2 and all(isinstance(operand, str) for operand in operands):
        record = find(site.op.domain, site.op.op_type, site.call.version)
        if record is not None and record.commutes:
            operands = sorted(operands, key=str)
    return tuple(operands)


def _is_apart(site: Site) -> bool:
    """Whether it is not to be compared."""
    op = site.op
    record = find(op.domain, op.op_type, site.call.version)
    if record is None or record.nature in KEPT_APART or not op.inputs or op.bodies:
        return True
    if record.writes:
        return True
    return op.op_type == "Dropout" and site.call.input(2) is not None


def _contents(site: Site, slot: int, constants: Constants) -> Hashable:
    """What a constant operand is known by: small ones by their contents, others by name."""
    array = constants.value(site, slot)
    if array is None or array.dtype.hasobject:
        return site.op.inputs[slot]
    return array.dtype.str, array.shape, array.tobytes()
