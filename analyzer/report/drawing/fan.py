"""Equal branches beside each other become one, however long they are.

What is told apart is what a part is, what all before it is and what all behind it is. Parts that
are the same in all of that are as far from the inputs, so that none of them feeds another, and
what they become has no circle.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.report.drawing.parts import DrawnPart, chained

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence


def abreast(
    parts: Sequence[DrawnPart], keys: Sequence[Hashable], least: int
) -> tuple[list[DrawnPart], list[int]]:
    """Parts with ``least`` equal branches or more as one, in topological order, and the position
    of the first member of each. Linear in parts and edges.

    ``keys`` are the same for parts that are alike.
    """
    after: list[list[int]] = [[] for _ in parts]
    for at, part in enumerate(parts):
        for source in part.before:
            after[source].append(at)
    count = range(len(parts))
    read = [(keys[at], *sorted(Counter(_inputs(parts[at])).items())) for at in count]
    back = _classes(count, read, [part.before for part in parts])
    forth = _classes(reversed(count), keys, after)
    groups: dict[tuple[int, int], list[int]] = {}
    for at in count:
        groups.setdefault((back[at], forth[at]), []).append(at)
    if max(map(len, groups.values()), default=0) < least:
        return [*parts], [*count]
    members = sorted(
        same for each in groups.values() for same in ([each] if len(each) >= least else
                                                      [[one] for one in each])
    )  # fmt: skip
    return _joined(parts, members)


def _inputs(part: DrawnPart) -> list[str]:
    """What is read of the model's inputs, by shape: each branch may have one of its own."""
    return [str(each.tensor.shape if each.tensor else None) for each in part.inputs.values()]


def _classes(
    order: Iterable[int], keys: Sequence[Hashable], links: Sequence[Iterable[int]]
) -> list[int]:
    """A number for each part: the same where it and all that its links lead to are alike."""
    numbers: dict[Hashable, int] = {}
    found = [0] * len(keys)
    for at in order:
        linked = tuple(sorted(found[other] for other in links[at]))
        found[at] = numbers.setdefault((keys[at], linked), len(numbers))
    return found


def _joined(
    parts: Sequence[DrawnPart], members: Sequence[Sequence[int]]
) -> tuple[list[DrawnPart], list[int]]:
    home = {at: group for group, same in enumerate(members) for at in same}
    before = {group: {home[source] for at in same for source in parts[at].before}
              for group, same in enumerate(members)}  # fmt: skip
    after: dict[int, list[int]] = {group: [] for group in before}
    for group, sources in before.items():
        for source in sorted(sources):
            after[source].append(group)
    order = chained(before, after)
    place = {group: index for index, group in enumerate(order)}
    found = []
    for group in order:
        first, *others = (parts[at] for at in members[group])
        joined = DrawnPart(
            [node for part in (first, *others) for node in part.nodes], first.block, first.module,
            {place[source] for source in before[group]}, abreast=1 + len(others),
            sample=first.nodes if others else [],
        )  # fmt: skip
        for part in (first, *others):
            joined.inputs |= part.inputs
            for source, handed in part.feeds.items():
                known = joined.feeds.setdefault(place[home[source]], [])
                seen = {*known} if others else set()
                known += [each for each in handed if each not in seen]
        found.append(joined)
    return found, [members[group][0] for group in order]
