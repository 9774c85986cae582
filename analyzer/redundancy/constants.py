"""Which values are the same on every run, and their contents where those are small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.costs.settled import SMALL_CAST, grown_bytes, is_unsettled
from analyzer.graph.values import OVERRIDABLE_SINCE
from analyzer.operators import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.arrays import Elements
    from analyzer.graph.scope import Op, Program
    from analyzer.shapes.instance import Instance
    from analyzer.shapes.sites import Site

GIVEN = -2
"""Growth of no constant, although its contents seem to be known."""


def is_written_down(op: Op) -> bool:
    """Whether an operator is how a constant is written down, in as few bytes as there are."""
    record = find(op.domain, op.op_type)
    return record is not None and record.writes


class Constants:
    """The values of a program that no input and no open dimension has a say in.

    Parameters
    ----------
    program, sites
        Operators of every instance as they are with nothing assumed, callers before callees.
    """

    def __init__(self, program: Program, sites: Sequence[Site]) -> None:
        self._program = program
        self._sites = sites
        self._around: dict[int, Instance] = {}
        self._settled: dict[int, dict[str, int]] = {}
        """By instance and name: growth in bytes on the way to a constant; −1 of what is none, and
        ``GIVEN`` of what rests on contents that a caller may override."""
        self._called: set[int] = set()
        """Instances of functions and of bodies in them: what is known there, one call made so."""
        self.foldable: dict[int, int] = {}
        """By index of the site: see ``Surplus.growth_bytes``."""
        for site in sites:
            for child in site.children:
                if child.label != "call":
                    self._around[id(child.instance)] = site.instance
                if child.label == "call" or id(site.instance) in self._called:
                    self._called.add(id(child.instance))
        for site in sites:
            self._judge(site)

    def is_constant(self, site: Site, slot: int) -> bool:
        """Whether input ``slot`` is given and the same on every run."""
        inputs = site.op.inputs
        return slot < len(inputs) and bool(inputs[slot]) and self._growth(site, inputs[slot]) >= 0

    def value(self, site: Site, slot: int) -> Elements | None:
        """Contents of input ``slot`` where it is a small constant."""
        if not self.is_constant(site, slot):
            return None
        name = site.op.inputs[slot]
        scope: Instance | None = site.instance
        while scope is not None:
            found = scope.values.get(name)
            if found is not None:
                return None if found.dtype == object else found
            stored = self._program.scopes[scope.scope]
            if name in stored.constants:
                return None if name in stored.twice else stored.content(name)
            if name in scope.types:
                return None
            scope = self._around.get(id(scope))
        return None

    def drops(self, site: Site) -> bool:
        """Whether it is a Dropout that may draw what it drops when the model runs."""
        call = site.call
        if site.op.standard != "Dropout":
            return False
        if call.version < 7:
            return not call.attr("is_test", 0)
        if call.version < 12 or call.input(2) is None:
            return False
        training = self.value(site, 2)
        return training is None or bool(np.any(training))

    def sizes(self, site: Site, slot: int) -> list[int] | None:
        """Input ``slot`` as the target of a Reshape: a size that is not known is -1.

        ``None`` where two are not known, or nothing is.
        """
        array = self.value(site, slot)
        if array is None and slot < len(site.op.inputs):
            array = site.instance.values.get(site.op.inputs[slot])
        if array is None or array.ndim != 1 or array.dtype.kind not in "iuO":
            return None
        sizes = [-1 if size is None else int(size) for size in array.tolist()]
        return sizes if sizes.count(-1) <= 1 else None

    def _growth(self, site: Site, name: str) -> int:
        scope: Instance | None = site.instance
        while scope is not None:
            names = self._settled.get(id(scope))
            if names is None:
                names = self._settled[id(scope)] = self._given(scope)
            found = names.get(name)
            if found is not None:
                return found
            scope = self._around.get(id(scope))
        return -1

    def _given(self, instance: Instance) -> dict[str, int]:
        """What an instance holds before its operators run."""
        scope = self._program.scopes[instance.scope]
        given = dict.fromkeys((*scope.constants, *scope.sparse), 0)
        if scope.index or self._program.ir_version >= OVERRIDABLE_SINCE:
            given.update((name, GIVEN if name in given else -1) for name in scope.inputs)
        return given

    def _judge(self, site: Site) -> None:
        op = site.op
        growth = -1 if site.children or op.bodies else self._folded(site, op)
        names = self._settled.get(id(site.instance))
        if names is None:
            names = self._settled[id(site.instance)] = self._given(site.instance)
        for name in op.outputs:
            if name:
                names.setdefault(name, growth)
        if growth >= 0 and not is_written_down(op):
            self.foldable[site.index] = growth

    def _folded(self, site: Site, op: Op) -> int:
        """Growth on the way to the results; −1 where they are no constants."""
        if op.standard == "Constant":
            return 0
        known = self._is_known(site, op)
        if op.standard in ("Shape", "Size"):
            return 0 if known else -1
        if not known and not op.inputs:
            return -1
        growth = least = 0
        for name in op.inputs:
            if name:
                before = self._growth(site, name)
                least = min(least, before)
                growth = max(growth, before)
        if least == GIVEN or (least < 0 and not known):
            return least
        record = find(op.domain, op.op_type, site.call.version)
        if record is None or is_unsettled(record) or self.drops(site):
            return -1
        grown = grown_bytes(site)
        widens = op.op_type == "Cast" and (grown or 0) > SMALL_CAST
        return -1 if grown is None or widens else max(growth, grown)

    def _is_known(self, site: Site, op: Op) -> bool:
        """Whether the contents of every result are known whatever the inputs are."""
        values: Mapping[str, Elements] = site.instance.values
        for name in op.outputs:
            found = values.get(name)
            if name and (found is None or found.dtype == object):
                return False
        return id(site.instance) not in self._called


def is_uniform(array: Elements | None, number: float) -> bool:
    """Whether a small constant consists of one number."""
    if array is None or array.size == 0 or array.dtype.kind not in "iufb":
        return False
    return bool(np.all(np.equal(array, number)))
