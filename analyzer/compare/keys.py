"""What two operators are alike by: keys, from the whole of what is known to the family alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.compare.looks import BLANK
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from analyzer.compare.part import Part
    from analyzer.costs.parameters import Root

    Looks = Mapping[Root, bytes]

FAMILIES = (Nature.CONVOLUTION, Nature.PRODUCT, Nature.ATTENTION, Nature.RECURRENT)
"""Operators that stay what they are when they are quantised or fused: Conv and QLinearConv."""


SIZED = frozenset({"group", "shape", "split", "sizes", "output_shape"})
"""Settings that follow the width of the network."""
WEIGHT = Kind.WEIGHT.value


def seen(part: Part, looks: Looks) -> tuple[tuple[int, Hashable], ...]:
    """What the stored tensors of an operator look like, by slot."""
    return tuple(
        (operand.slot, None if any(root not in looks for root in operand.roots)
         else tuple(looks[root] for root in operand.roots))
        for operand in part.operands
    )  # fmt: skip


def is_blank(part: Part, looks: Looks) -> bool:
    """Whether all its weights are one number each: then they tell no layer from another."""
    roots = [root for operand in part.operands for root in operand.roots]
    return all(looks.get(root, BLANK).startswith(BLANK) for root in roots)


def named(part: Part) -> Hashable | None:
    """Scope, name and all else, where the name is more than a number."""
    node = part.node
    return (node.scope, node.name, part.outline, part.set) if tells(node.name) else None


def called(part: Part) -> Hashable | None:
    """Scope, name and type, where the name is more than a number."""
    return numbered(part) if tells(part.node.name) else None


def numbered(part: Part) -> Hashable | None:
    """Scope, name and type, whatever the name."""
    node = part.node
    return (node.scope, node.name, node.domain, node.op_type) if node.name else None


def tells(name: str) -> bool:
    """Whether a name is more than a type and a number, which shifts when something is put in."""
    return (bool(name) and not name[-1].isdigit()) or any(mark in name for mark in "./:")


def loose(part: Part) -> Hashable:
    """Operator and settings, whatever the sizes."""
    conv = part.node.conv
    settings = tuple(item for item in part.set if item[0] not in SIZED)
    kind = conv and conv.kind
    return (part.node.domain, part.node.op_type, settings, kind, part.joins, part.label)


def slot(part: Part, slot: int) -> int:
    """Where something comes in; all the same where only one thing does, and order is no matter."""
    return 0 if part.commutes and len(part.sources) + len(part.given) == 1 else slot


def typed(part: Part) -> Hashable:
    """Operator type alone, and of a convolution what it mixes and how it moves; arithmetic on sizes
    is alike everywhere, so that only the same one is taken for the same."""
    if part.is_plumbing:
        return loose(part)
    conv = part.node.conv
    form = conv and (conv.kind, conv.kernel_shape, conv.strides)
    return (part.node.domain, part.node.op_type, part.label, form, part.joins)


def whole(part: Part) -> Hashable:
    return (part.outline, part.arity, part.set, part.joins)


def outlined(part: Part) -> Hashable | None:
    return None if part.is_plumbing else (part.outline, part.joins)


def family(part: Part) -> Hashable:
    """Nature of a weighted layer; others are not taken for one another."""
    record = part.record
    if record is None or record.nature not in FAMILIES or not part.is_weighted:
        return ("only", part.index, id(part))
    conv = part.node.conv
    return (record.nature, record.is_transposed, conv and (conv.kind, conv.kernel_shape))


def placed(part: Part) -> Hashable:
    """What an operator that is no layer makes: of one place, one in the place of another."""
    if part.is_weighted or part.is_plumbing or part.node.composite:
        return ("only", part.index, id(part))
    record = part.record
    if record is not None and record.nature is Nature.MOVEMENT:
        return (part.types, part.label, "view") if record.reshapes else loose(part)
    return (part.types, part.label)


def shaped(part: Part) -> Hashable | None:
    """A weighted layer by family, kernel and the sizes of its output."""
    if not part.is_weighted or not part.node.outputs:
        return None
    conv = part.node.conv
    return (family(part), conv and (conv.kernel_shape, conv.groups, conv.strides),
            part.node.outputs[0].shape)  # fmt: skip


def kernel(part: Part) -> Hashable | None:
    """A weighted layer by family and kernel, whatever its width."""
    if not part.is_weighted:
        return None
    conv = part.node.conv
    return (family(part), conv and (conv.kernel_shape, conv.kind, conv.strides))
