"""Tensor dimensions as variables: which are equal, which follow from others, which may grow.

A what-if changes a few dimensions (input sides, learned channel counts) and lets the rest
follow. Equal dimensions share a class (union-find); a class may be *derived* from others by
an operator's arithmetic, *learned* (the output channels of a weight: free to scale),
*fixed* (part of the model's interface, or read by an operator nobody described).
"""

from __future__ import annotations

from dataclasses import replace
from math import lcm
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.graph.call import Unknown
from analyzer.scaling.arithmetic import unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from analyzer.scaling.arithmetic import Size


@dataclass(frozen=True, slots=True)
class Derivation:
    """``target = compute(*sources)``."""

    sources: tuple[int, ...]
    compute: Callable[..., int]
    """Raises ``Unknown`` for sources it cannot serve."""
    weak: bool = False
    """Gives way to any other derivation of the class."""
    need: Callable[[int], int] | None = None
    """Multiple each source must be of, for the target to be a multiple of the argument."""


class Dims:
    """A growing system of dimensions; ids are dense integers."""

    def __init__(self) -> None:
        self.sizes: list[Size] = []
        self.names: list[str] = []
        self._parent: list[int] = []
        self._learned: set[int] = set()
        self._spatial: set[int] = set()
        self._fixed: set[int] = set()
        self._channel: set[int] = set()
        self._fed: set[int] = set()
        self._multiple: dict[int, int] = {}
        self._derivations: dict[int, list[Derivation]] = {}
        self._readers: dict[int, list[tuple[int, Derivation]]] = {}
        self._roots: list[int] = []

    def add(self, size: Size, name: str = "") -> int:
        """A new dimension of that size today; ``name`` is for messages."""
        self.sizes.append(size)
        self.names.append(name)
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def find(self, dim: int) -> int:
        """Representative of the class of ``dim``."""
        root = dim
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[dim] != root:
            self._parent[dim], dim = root, self._parent[dim]
        return root

    def union(self, a: int, b: int) -> None:
        """``a`` and ``b`` are equal by construction; ignored where today's sizes disagree."""
        a, b = self.find(a), self.find(b)
        if a == b or self.sizes[a] != self.sizes[b] or self.sizes[a] is None:
            return
        self._parent[b] = a
        for flags in (self._learned, self._spatial, self._fixed, self._channel, self._fed):
            if b in flags:
                flags.add(a)
        if b in self._multiple:
            self._multiple[a] = lcm(self._multiple.get(a, 1), self._multiple.pop(b))
        if b in self._derivations:
            self._derivations.setdefault(a, []).extend(self._derivations.pop(b))

    def derive(
        self,
        target: int,
        sources: Iterable[int],
        compute: Callable[..., int],
        *,
        weak: bool = False,
        need: Callable[[int], int] | None = None,
    ) -> None:
        """``target`` follows from ``sources``; arithmetic that misses today's size is dropped."""
        sources = tuple(sources)
        today = [self.sizes[s] for s in sources]
        size = self.sizes[target]
        if None in today or size is None:
            return
        try:
            trusted = compute(*today) == size
        except Unknown:
            trusted = False
        if not trusted:
            compute = unchanged(today, size)
        root = self.find(target)
        derivation = Derivation(sources, compute, weak, need)
        self._derivations.setdefault(root, []).append(derivation)
        if any(self.is_channel(s) for s in sources):
            self._channel.add(root)

    def learn(self, dim: int) -> None:
        """``dim`` is the output channel count of a weight; one channel stays one channel."""
        if (self.sizes[dim] or 0) > 1:
            self._learned.add(self.find(dim))
            self._channel.add(self.find(dim))

    def fix(self, dim: int) -> None:
        """Width scaling must leave ``dim`` as it is."""
        self._fixed.add(self.find(dim))

    def feed(self, dim: int) -> None:
        """``dim`` is read by weights: it runs through the network."""
        self._fed.add(self.find(dim))

    def is_fed(self, dim: int) -> bool:
        """True when some weights read this very width."""
        return self.find(dim) in self._fed

    def mark_spatial(self, dim: int) -> None:
        self._spatial.add(self.find(dim))

    def require(self, dim: int, multiple: int) -> None:
        """``dim`` must stay a multiple, e.g. of the groups of a convolution."""
        root = self.find(dim)
        self._multiple[root] = lcm(self._multiple.get(root, 1), multiple)

    def is_channel(self, dim: int) -> bool:
        """True when ``dim`` is, or follows from, learned channels."""
        return self.find(dim) in self._channel

    def spatial_roots(self) -> set[int]:
        """Classes a kernel slides over, and what these alone follow from."""
        found = {self.find(d) for d in self._spatial}
        todo = list(found)
        while todo:
            for derivation in self._derivations.get(todo.pop(), ()):
                if len(derivation.sources) == 1:
                    root = self.find(*derivation.sources)
                    if root not in found:
                        found.add(root)
                        todo.append(root)
        return found

    def close(self) -> None:
        """End of construction: name classes by their roots, then push fixedness and required
        multiples back to what they follow from."""
        self._fixed |= self._bins()
        for root, derivations in self._derivations.items():
            self._derivations[root] = [
                replace(d, sources=tuple(map(self.find, d.sources))) for d in derivations
            ]
            for derivation in self._derivations[root]:
                for source in dict.fromkeys(derivation.sources):
                    self._readers.setdefault(source, []).append((root, derivation))
        self._fix_sources()
        self._require_sources()
        self._learned = {self.find(d) for d in self._learned} - self._fixed
        self._roots = list(dict.fromkeys(map(self.find, range(len(self.sizes)))))

    def _bins(self) -> set[int]:
        """Learned classes that kernels slide over and no weights read, as the bins of a Fourier
        transform: to narrow them is to count another picture, not a narrower network."""
        fed = {self.find(dim) for dim in self._fed}
        return (self.spatial_roots() & {self.find(dim) for dim in self._learned}) - fed

    def _fix_sources(self) -> None:
        self._fixed = {self.find(d) for d in self._fixed}
        todo = list(self._fixed)
        while todo:
            for derivation in self._derivations.get(todo.pop(), ()):
                fresh = [s for s in derivation.sources if s not in self._fixed]
                self._fixed.update(fresh)
                todo += fresh

    def _require_sources(self) -> None:
        todo = list(self._multiple)
        budget = 50 * (len(self._derivations) + 1)  # a cycle could grow multiples for ever
        while todo and (budget := budget - 1):
            root = todo.pop()
            for derivation in self._derivations.get(root, ()):
                if derivation.need is None:
                    continue
                wanted = derivation.need(self._multiple[root])
                for source in derivation.sources:
                    before = self._multiple.get(source, 1)
                    if before % wanted:
                        self._multiple[source] = lcm(before, wanted)
                        todo.append(source)

    def solve(
        self, pins: Mapping[int, int], widen: Callable[[int, int], int]
    ) -> Callable[[int], Size]:
        """New size of every dimension.

        Parameters
        ----------
        pins
            Sizes that are given, by dimension.
        widen
            (channels today, multiple required) → channels, applied to learned classes that
            are neither fixed nor derived.

        Raises ``Unknown`` where the model's arithmetic does not admit the change.
        """
        values: dict[int, Size] = {self.find(d): v for d, v in pins.items()}
        for root in self._roots:
            if root not in values and root not in self._derivations:
                values[root] = self._free(root, widen)
        weak: list[tuple[int, Derivation]] = []
        self._spread(list(values), values, weak)
        # what is left waits for a weak rule, or for itself: there something must be free
        open_ = [r for r in self._roots if r not in values]
        open_.sort(key=lambda root: root in self._learned)
        while weak or open_:
            if weak:
                root, derivation = weak.pop()
                if root not in values:
                    values[root] = self._apply(root, derivation, values)
                    self._spread([root], values, weak)
            elif (root := open_.pop()) not in values:
                values[root] = self._free(root, widen)
                self._spread([root], values, weak)
        self._check(values)
        return [values[self.find(dim)] for dim in range(len(self.sizes))].__getitem__

    def _free(self, root: int, widen: Callable[[int, int], int]) -> Size:
        """A class that follows from nothing: widened if it may be, else as it is."""
        size = self.sizes[root]
        if size is None or root not in self._learned:
            return size
        return widen(size, self._multiple.get(root, 1))

    def _spread(
        self, fresh: list[int], values: dict[int, Size], weak: list[tuple[int, Derivation]]
    ) -> None:
        """Derive everything that follows from the ``fresh`` values; put weak rules aside."""
        while fresh:
            for target, derivation in self._readers.get(fresh.pop(), ()):
                if target in values or any(s not in values for s in derivation.sources):
                    continue
                if derivation.weak:
                    weak.append((target, derivation))
                else:
                    values[target] = self._apply(target, derivation, values)
                    fresh.append(target)

    def _check(self, values: Mapping[int, Size]) -> None:
        """Every way to derive a size gives the same."""
        for root, derivations in self._derivations.items():
            for derivation in derivations:
                if derivation.weak:
                    continue
                got, have = self._apply(root, derivation, values), values[root]
                if got != have:
                    text = f"sizes that are equal today become {have} and {got}"
                    raise Unknown(f"{self.names[root]}: {text}")

    def _apply(self, target: int, derivation: Derivation, values: Mapping[int, Size]) -> Size:
        sizes: Sequence[Size] = [values[s] for s in derivation.sources]
        if None in sizes:
            return None
        try:
            value = derivation.compute(*sizes)
        except Unknown as unknown:
            raise Unknown(f"{self.names[target]}: {unknown}") from None
        if value < 1 and self.sizes[target] != value:
            raise Unknown(f"{self.names[target]}: nothing would be left of the feature map")
        return value
