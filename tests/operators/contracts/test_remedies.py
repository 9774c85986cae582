"""What a remedy asks for can be carried out: both ends of a range that it names are taken, and
what lies beyond them is what was refused."""

from __future__ import annotations

import copy
import re
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tests.operators.contracts.nodes import violations
from tests.operators.contracts.test_contracts import BREAKS, FAMILIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.operators.contracts.nodes import Node

EXPECTED = [True, False, False, True]
"""Whether it is refused: below the range, its ends, above it."""
RANGE = re.compile(r"(-?\d+) to (-?\d+)$")


def _changed(valid: Node, broken: Node) -> Callable[[int], Node] | None:
    """The broken operator with another number where it is not as the valid one; ``None`` where
    they differ in more than numbers."""
    place: str | int = ""
    for name, value in broken.attributes.items():
        if valid.attributes.get(name) != value:
            place, old, new = name, valid.attributes.get(name), value
    for slot, (before, after) in enumerate(zip(valid.inputs, broken.inputs, strict=False)):
        if after is not None and (before is None or not np.array_equal(before, after)):
            place, old, new = slot, before, after
    if place == "" or (old is not None and np.shape(old) != np.shape(new)):
        return None
    wrong = np.ones(np.shape(new), bool) if old is None else np.asarray(old) != np.asarray(new)

    def change(number: int) -> Node:
        node = copy.deepcopy(broken)
        numbers = np.where(wrong, number, new).astype(np.asarray(new).dtype)
        if isinstance(place, int):
            node.inputs[place] = numbers
        else:
            node.attributes[place] = numbers.tolist()
        return node

    return change


def test_a_range_that_a_remedy_names_is_all_that_is_taken() -> None:
    tried = 0
    wrong = []
    for family, name in BREAKS:
        valid, broken = (
            make(np.random.default_rng(0))
            for make in (FAMILIES[family].make, partial(FAMILIES[family].broken, name))
        )
        changed = _changed(valid, broken)
        for found in violations(broken):
            if changed is not None and (ends := RANGE.search(found.remedy)):
                low, high = map(int, ends.groups())
                nodes = map(changed, (low - 1, low, high, high + 1))
                refused = [found.code in {v.code for v in violations(node)} for node in nodes]
                tried += 1
                wrong += [(family, name, found.remedy)] if refused != EXPECTED else []
    assert wrong == []
    assert tried > 40
