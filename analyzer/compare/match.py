"""Which operator of one model is which of the other, whatever exports call and reorder.

Passes from the strictest evidence to the weakest; each takes operators out of both sides. First
what has the same everything before or behind it, weights included; then layers with the same
weights; names, where what bears them is alike; what is next to a pair; then order alone. Every
pass is linear in operators and edges.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from analyzer.compare import keys
from analyzer.compare.cones import Numbers, downstream, upstream
from analyzer.compare.contexts import around
from analyzer.compare.makers import makers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part
    from analyzer.costs.parameters import Root

    Key = Callable[[Part], Hashable]
    Looks = Mapping[Root, bytes]


class Matching:
    """Pairs of operators, by index.

    Parameters
    ----------
    old, new
        The two models.
    looks
        What the stored tensors of each look like; those that could not be read are left out.
    """

    def __init__(self, old: Wired, new: Wired, looks: tuple[Looks, Looks]) -> None:
        self.old: Wired = old
        self.new: Wired = new
        self.partner: dict[int, int] = {}
        """Operators of the new model by those of the old one."""
        self.back: dict[int, int] = {}
        """The other way round."""
        self._looks = {id(old): looks[0], id(new): looks[1]}
        self._run()

    def _run(self) -> None:
        numbers = Numbers()
        strict = [self._keyed(side, self._strict, numbers) for side in self._sides]
        before, after = (self._cones(cone, strict, numbers) for cone in (upstream, downstream))
        self._by(*_joined(before, after, numbers))
        self._by(*before, unique=True)
        self._by(*after, unique=True)
        weighty = [self._keyed(side, self._weighty, numbers) for side in self._sides]
        self._by(*weighty)
        self._by(*[self._keyed(side, self._learned, numbers) for side in self._sides])
        self._spread(keys.whole)
        self._spread(keys.typed)
        self._by(*[self._keyed(side, keys.named, numbers) for side in self._sides])
        loose = [self._keyed(side, keys.loose, numbers) for side in self._sides]
        ups = self._cones(upstream, loose, numbers)
        downs = self._cones(downstream, loose, numbers)
        self._by(*_joined(ups, downs, numbers))
        for old, new in around(self._sides, numbers, sized=True):
            self._by(old, new)
        self._spread(keys.whole)
        self._spread(keys.loose)
        self._by(*[self._keyed(side, keys.called, numbers) for side in self._sides])
        for old, new in around(self._sides, numbers, sized=False):
            self._by(old, new)
        self._spread(keys.loose)
        self._by(*[self._keyed(side, keys.numbered, numbers) for side in self._sides])
        self._by(*ups)
        self._by(*downs)
        self._spread(keys.loose)
        self._spread(keys.typed)
        for key in (keys.whole, keys.outlined):
            self._by(*[self._keyed(side, key, numbers) for side in self._sides])
            self._spread(keys.typed)
        self._spread(keys.family)
        for key in (keys.shaped, keys.kernel):
            self._by(*[self._keyed(side, key, numbers) for side in self._sides])
            self._spread(keys.family)
        self._spread(keys.placed)

    @property
    def _sides(self) -> tuple[Wired, Wired]:
        return self.old, self.new

    @cached_property
    def makers(self) -> tuple[Mapping[Hashable, Part], Mapping[Hashable, Part]]:
        """What makes each output, in both models."""
        return makers_of(self.old, self.partner), makers_of(self.new, self.back)

    def made_by(self, which: int, part: Part) -> tuple[Hashable, ...]:
        """Outputs that an operator of the old (0) or new (1) model makes."""
        return self._made[which].get(part.index, ())

    @cached_property
    def _made(self) -> list[dict[int, tuple[Hashable, ...]]]:
        found: list[dict[int, tuple[Hashable, ...]]] = []
        for makers in self.makers:
            by_part: dict[int, tuple[Hashable, ...]] = {}
            for end, part in makers.items():
                by_part[part.index] = (*by_part.get(part.index, ()), end)
            found.append(by_part)
        return found

    def _cones(
        self,
        cone: Callable[[Wired, Key, Numbers], list[int]],
        keys: list[list[int]],
        numbers: Numbers,
    ) -> list[list[int]]:
        return [cone(side, _of(key), numbers)
                for side, key in zip(self._sides, keys, strict=True)]  # fmt: skip

    def _keyed(
        self, network: Wired, key: Callable[..., Hashable | None], numbers: Numbers
    ) -> list[int]:
        """A number for what ``key`` says of each operator; -1 where it says nothing."""
        looks = self._looks[id(network)]
        wants_looks = key in (self._strict, self._weighty, self._learned)
        found = []
        for part in network.parts:
            said = key(part, looks) if wants_looks else key(part)
            found.append(-1 if said is None else numbers.of(said))
        return found

    def _strict(self, part: Part, looks: Looks) -> Hashable:
        return (part.outline, part.set, keys.seen(part, looks))

    def _weighty(self, part: Part, looks: Looks) -> Hashable | None:
        """A layer by its weights; nothing of one without, or whose weights were not seen."""
        seen = keys.seen(part, looks)
        if not part.is_weighted or not seen or any(each is None for _, each in seen):
            return None
        if keys.is_blank(part, looks):
            return None
        return (part.outline, seen)

    def _learned(self, part: Part, looks: Looks) -> Hashable | None:
        """A layer by what it multiplies by alone, whatever operator does it."""
        roots = [root for operand in part.operands if operand.kind == keys.WEIGHT
                 for root in operand.roots]  # fmt: skip
        if not roots or part.record is None or any(root not in looks for root in roots):
            return None
        if keys.is_blank(part, looks):
            return None
        return (part.record.nature, part.label, tuple(looks[root] for root in roots))

    def _by(self, old: list[int], new: list[int], *, unique: bool = False) -> None:
        """Pair what has one number, in order; ``unique``: only what nothing beside it is like."""
        if unique:
            often = Counter(n for i, n in enumerate(old) if i not in self.partner)
            others = Counter(n for i, n in enumerate(new) if i not in self.back)
            old, new = ([n if often[n] == others[n] == 1 else -1 for n in side]
                        for side in (old, new))  # fmt: skip
        waiting: dict[int, deque[int]] = defaultdict(deque)
        for index, number in enumerate(old):
            if number >= 0 and index not in self.partner:
                waiting[number].append(index)
        for index, number in enumerate(new):
            if number >= 0 and index not in self.back and waiting.get(number):
                self._pair(waiting[number].popleft(), index)

    def _pair(self, old: int, new: int) -> None:
        self.partner[old], self.back[new] = new, old

    def _spread(self, alike: Key) -> None:
        """From every pair to what feeds both at one slot, and to what alone reads both."""
        todo = deque(self.partner.items())
        while todo:
            before, after = todo.popleft()
            old, new = self.old.parts[before], self.new.parts[after]
            for one, other in chain(self._sources(old, new), self._readers(old, new, alike)):
                if one in self.partner or other in self.back:
                    continue
                if alike(self.old.parts[one]) == alike(self.new.parts[other]):
                    self._pair(one, other)
                    todo.append((one, other))

    def _sources(self, old: Part, new: Part) -> Iterator[tuple[int, int]]:
        there = {keys.slot(new, source.slot): source for source in new.sources}
        for source in old.sources:
            other = there.get(keys.slot(old, source.slot))
            if other is not None and source.port == other.port:
                yield source.part, other.part

    def _readers(self, old: Part, new: Part, alike: Key) -> Iterator[tuple[int, int]]:
        if max(len(old.readers), len(new.readers)) > _MANY:
            return
        sides: list[dict[Hashable, list[int]]] = []
        for part, network, taken in ((old, self.old, self.partner), (new, self.new, self.back)):
            found: dict[Hashable, list[int]] = {}
            for index, slot, port in part.readers:
                if index not in taken:
                    reader = network.parts[index]
                    where: Hashable = (keys.slot(reader, slot), port, alike(reader))
                    found.setdefault(where, []).append(index)
            sides.append(found)
        for where, indices in sides[0].items():
            others = sides[1].get(where, ())
            if len(indices) == len(others) == 1:
                yield from zip(indices, others, strict=True)


_MANY = 64
"""Readers of one tensor beyond which it is no hint who reads it."""


def _joined(ups: list[list[int]], downs: list[list[int]], numbers: Numbers) -> list[list[int]]:
    """A number for what is before and what is behind together."""
    return [
        [numbers.of(("both", a, b)) for a, b in zip(up, down, strict=True)]
        for up, down in zip(ups, downs, strict=True)
    ]


def _of(numbers: list[int]) -> Key:
    return lambda part: numbers[part.index]
