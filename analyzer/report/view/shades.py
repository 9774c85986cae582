"""Kinds of layers that share a colour, told apart by its shades where a picture has no other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.report.view.kinds import COLORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def shades(found: Iterable[tuple[str, str, int]]) -> Mapping[str, str]:
    """By kind its shade, where all of a picture is of one colour: the colour itself for the kind
    with most multiply-accumulates, the last shade for all that there is none left for; empty where
    colours tell kinds apart, or there is but one. ``found``: kinds, their colours and MACs.

    >>> shades([("MatMulNBits", "dense", 9), ("MatMul", "dense", 1)])
    {'MatMulNBits': 'dense', 'MatMul': 'dense2'}
    >>> shades([("MatMul", "dense", 9), ("standard", "standard", 1)]), shades([])
    ({}, {})
    """
    macs: Counter[str] = Counter()
    colors = set()
    for kind, color, n in found:
        macs[kind] += n
        colors.add(color)
    if len(colors) != 1 or len(macs) < 2:
        return {}
    (color,) = colors
    names = [color, *(name for n in range(2, 5) if (name := f"{color}{n}") in COLORS)]
    order = sorted(macs, key=lambda kind: (-macs[kind], kind))
    return {kind: names[min(n, len(names) - 1)] for n, kind in enumerate(order)}
