"""Rows of operators that stand in one body or function: what all of them say is said once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from analyzer.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.view.layers import LayerRow

FEWEST = 2
"""Rows whose names have a beginning in common from which on it is said above them."""
WORTH = 12
"""Letters of such a beginning, at least."""
FITTING = 34
"""Letters of a name that has a line to itself: shorter ones keep their beginnings."""
ENDS = "/.:_"
"""Where a name can be parted."""


def shortened(rows: Sequence[LayerRow]) -> tuple[LayerRow, ...]:
    """Rows with a line above each stretch that says where they stand, how often that runs and what
    the names begin with."""
    found: list[LayerRow] = []
    for (scope, executions), stretch in groupby(rows, lambda row: (row.scope, row.executions)):
        found += _stretch(scope, executions, [*stretch], first=not found)
    return tuple(found)


def _stretch(scope: str, executions: str, rows: list[LayerRow], *, first: bool) -> list[LayerRow]:
    begin = beginning([row.name for row in rows])
    said = [_("In {scope}", scope=scope)] if scope else []
    if executions != "1":
        said.append(_("{n} executions", n=executions))
    if begin:
        said.append(_("… stands for {beginning}", beginning=begin))
    if not said and not first:
        said = [_("In the main graph")]
    return [
        replace(row, lead="; ".join(said) if at == 0 else "", scope="", executions="1",
                name=f"…{row.name[len(begin):]}" if begin and row.name.startswith(begin)
                else row.name)
        for at, row in enumerate(rows)
    ]  # fmt: skip


def beginning(names: Sequence[str]) -> str:
    """What the names that are too long for a line begin with, up to where a name can be parted: as
    saves most letters in all. Empty where that is short or they are few.

    >>> layer = "network/encoder/layer."
    >>> beginning([f"{layer}0/attention/MatMul", f"{layer}1/Add", f"{layer}2/Add", "Gather"])
    'network/encoder/layer.'
    """
    if max(map(len, names), default=0) <= FITTING:
        return ""
    found = Counter(
        name[:end]
        for name in names
        for end in range(WORTH, len(name))
        if name[end - 1] in ENDS
    )  # fmt: skip
    saved = [(len(begin) * count, begin) for begin, count in found.items() if count >= FEWEST]
    return max(saved, default=(0, ""))[1]
