"""The modules of the source code that cost most, the largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.facts import Facts, Module

LEVELS = 4
"""Deepest level shown."""
ROWS = 24
"""Most modules shown."""
NAMED = 5
"""Most modules, or stretches of them, that one row names."""


@record
class ModuleRow:
    """One module with its sub-modules, or siblings that are alike."""

    path: str
    """Of the first."""
    count: int
    """Siblings that are alike."""
    last: str
    """Name of the last of them; empty for one."""
    class_name: str
    cost: str
    """MACs, as a range where it is not known which bodies run."""
    macs: int
    share: float | None
    """Of the whole model's MACs; ``None`` where those are no single number."""
    params: int
    nodes: int
    fresh: int
    """MACs of it, and of those that are alike, that are not of a row above it."""
    gaps: str = ""
    """What stands behind the path where those that are alike do not follow each other: ``, 3–5``
    behind 1, for 1, 3, 4 and 5."""


def rows(facts: Facts) -> tuple[ModuleRow, ...]:
    """The modules that cost most, the largest first and parents before what is in them; empty where
    the file names none."""
    if facts.modules is None:
        return ()
    total = facts.modules.macs or 1
    found = [
        (first, alike, level)
        for alike, level in _folded((facts.modules,), 0)
        for first, *_others in (alike,)
        if 0 < level <= LEVELS and (first.macs or first.params)
    ]
    # a parent costs at least what its child does, so it is never left out before it
    largest = sorted(found, key=lambda one: (-one[0].macs, -one[0].params, one[2]))
    made: list[ModuleRow] = []
    above: list[str] = []
    for first, alike, _level in largest[:ROWS]:
        inside = any(first.path.startswith(f"{path}.") for path in above)
        above.append(first.path)
        made.append(ModuleRow(
            label(first.path, widths.PATH), len(alike), _last(alike),
            label(first.class_name, widths.TERM),
            units.span(*first.macs_range, ""), first.macs,
            None if facts.totals.whole is None else first.macs / total, first.params,
            first.nodes, 0 if inside else sum(each.macs for each in alike), _gaps(alike),
        ))  # fmt: skip
    return tuple(made)


def outside(facts: Facts) -> ModuleRow | None:
    """What belongs to no module; ``None`` where that is nothing, or no table of modules is told."""
    root = facts.modules
    if root is None or not rows(facts):
        return None
    macs, params = (root.macs - sum(c.macs for c in root.children),
                    root.params - sum(c.params for c in root.children))  # fmt: skip
    if macs <= 0 and params <= 0:
        return None
    return ModuleRow(
        "", 1, "", "", units.si(macs), macs,
        None if facts.totals.whole is None else macs / (root.macs or 1), params,
        root.nodes - sum(c.nodes for c in root.children), macs,
    )  # fmt: skip


def _folded(alike: tuple[Module, ...], level: int) -> Iterator[tuple[tuple[Module, ...], int]]:
    """Modules with those of their siblings that cost the same; what is in them once, and of one in
    another that costs the same the outer."""
    yield alike, level
    first, *_others = alike
    waiting = [first]
    groups: dict[tuple[object, ...], list[Module]] = {}
    while waiting:
        for child in waiting.pop().children:
            if level and (child.macs_range, child.params) == (first.macs_range, first.params):
                waiting.append(child)
            else:
                groups.setdefault(_cost(child), []).append(child)
    for group in groups.values():
        yield from _folded(tuple(group), level + 1)


def _cost(module: Module) -> tuple[object, ...]:
    """The same for modules that are alike, as far as a table tells."""
    return (module.class_name, module.macs_range, module.params, module.nodes)


def _last(alike: tuple[Module, ...]) -> str:
    return label(alike[-1].path.rpartition(".")[2], widths.TERM) if len(alike) > 1 else ""


def _gaps(alike: Sequence[Module]) -> str:
    """The others by name, where there are some and they and the first do not just count up."""
    names = [label(each.path.rpartition(".")[2], widths.TERM) for each in alike]
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    if len(names) < 3 or len(runs) == 1:
        return ""
    told = [run[0] if len(run) == 1 else f"{run[0]}–{_number(run[-1])}" for run in runs]
    told[0] = told[0].removeprefix(names[0])
    if len(told) > NAMED:
        told[NAMED - 1 : -1] = ["…"]
    return ", ".join(told)


def _follows(one: str, other: str) -> bool:
    first, second = _number(one), _number(other)
    if not (first and second) or one.removesuffix(first) != other.removesuffix(second):
        return False
    return int(second) == int(first) + 1


def _number(name: str) -> str:
    """What a name ends in: ``7`` of ``layer_7``."""
    return name[len(name.rstrip("0123456789")) :]


def count(facts: Facts) -> int:
    """Modules in the tree, the model itself left out."""
    return 0 if facts.modules is None else sum(1 for _ in _walk(facts.modules)) - 1


def every_module(facts: Facts) -> Iterator[Module]:
    """Modules in the tree, the model itself and parents first."""
    if facts.modules is not None:
        yield from _walk(facts.modules)


def _walk(module: Module) -> Iterator[Module]:
    yield module
    for child in module.children:
        yield from _walk(child)
