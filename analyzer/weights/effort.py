"""How closely weights are looked at, so that all of a model's take some seconds."""

from __future__ import annotations

import time
from dataclasses import field
from math import prod
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.weights import low_rank
from analyzer.weights.layers import decomposition, splits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts
    from analyzer.weights.layers import Form

SEPARABLE_BYTES = 128 << 20
"""Weights of spatial kernels in a model that are decomposed whole; of more, only a part is."""
SEPARABLE_WORK = 250_000_000
"""Work of that which takes a tenth of a second. VGG-19 asks for a sixth of it, a network of
thousands of layers that are all different for twenty times as much."""
MANY = 100
"""Layers from which on those are not taken apart that are next to nothing of the model."""
NOTHING = 256
"""Of a model's MACs, one part in so many is: no more layers than that have as much."""


@dataclass(slots=True)
class Budget:
    """How much may still be looked at."""

    most: int
    """Bytes."""
    seconds: float
    """Of processor time of this process, from now on."""
    beyond: list[str] = field(default_factory=list)
    """What there was too much of: node ids and names of tensors."""
    end: float = field(init=False)

    def __post_init__(self) -> None:
        self.end = time.process_time() + self.seconds

    def allows(self, cost: int, name: str) -> bool:
        """Spend ``cost``, or note that ``name`` is beyond."""
        if cost > self.most or time.process_time() >= self.end:
            self.beyond.append(name)
            return False
        self.most -= cost
        return True


def sparseness(forms: Iterable[Form]) -> int:
    """How sparsely channels are decomposed, so that all decompositions take a second or two."""
    spatial = [form for form in forms if prod(form.kernel) > 1]
    size = sum(4 * prod(form.shape) for form in spatial)
    effort = sum(decomposition(form) for form in spatial)
    return max(1, size // SEPARABLE_BYTES, effort // SEPARABLE_WORK)


def worth_splitting(
    facts: Facts, forms: Mapping[str, Form]
) -> tuple[frozenset[str], frozenset[str]]:
    """The layers with the most MACs, as many as may be taken apart, and those that there was too
    much work for: not the many that are next to nothing of a large model."""
    costs = {node: facts[node].total_macs or 0 for node, form in forms.items() if splits(form)}
    if len(costs) > MANY:
        least = facts.totals.macs / NOTHING
        costs = {node: macs for node, macs in costs.items() if macs >= least}
    left, chosen = low_rank.WORK, set[str]()
    for node in sorted(costs, key=lambda node: -costs[node]):
        work = splits(forms[node])
        if work <= left:
            left -= work
            chosen.add(node)
    return frozenset(chosen), frozenset(costs) - chosen
