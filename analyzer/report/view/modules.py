"""The modules of the source code that cost most, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.restore import record
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts, Module

LEVELS = 4
"""Deepest level shown."""
ROWS = 24
"""Most modules shown."""


@record
class ModuleRow:
    """One module with its sub-modules."""

    path: str
    class_name: str
    cost: str
    """MACs, as a range where it is not known which bodies run."""
    share: float
    """Of the whole model's MACs."""
    params: int
    nodes: int


def rows(facts: Facts) -> tuple[ModuleRow, ...]:
    """The largest modules, each below its parent; empty where the file names none."""
    if facts.modules is None:
        return ()
    total = facts.modules.macs or 1
    found = [
        (module, level)
        for module, level in _walk(facts.modules, 0)
        if 0 < level <= LEVELS and (module.macs or module.params) and not _wraps(module)
    ]
    # a parent costs at least what its child does, so it is never left out before it
    largest = sorted(found, key=lambda item: (-item[0].macs, -item[0].params, item[1]))
    chosen = {module.path for module, _ in largest[:ROWS]}
    return tuple(
        ModuleRow(
            label(module.path, 80), label(module.class_name, 40),
            units.span(*module.macs_range, ""), module.macs / total, module.params, module.nodes,
        )
        for module, _ in found
        if module.path in chosen
    )  # fmt: skip


def _wraps(module: Module) -> bool:
    """Nothing but another module is in it."""
    return len(module.children) == 1 and module.children[0].nodes == module.nodes


def count(facts: Facts) -> int:
    """Modules in the tree, the model itself left out."""
    return 0 if facts.modules is None else sum(1 for _ in _walk(facts.modules, 0)) - 1


def _walk(module: Module, level: int) -> Iterator[tuple[Module, int]]:
    yield module, level
    for child in module.children:
        yield from _walk(child, level + 1)
