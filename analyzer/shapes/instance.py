"""What the shape pass returns: typed instances of scopes and how they call each other.

Plain picklable containers, because the pass may run in a worker process. An
*instance* is one scope with concrete types: a local function called with two
different input shapes has two instances, called a thousand times with the same
shapes it has one.
"""

from __future__ import annotations

from dataclasses import field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.arrays import Elements
    from analyzer.facts import Assumption, Problem, Shape
    from analyzer.shapes.types import Type


MAX_PATH = 500
"""Characters of an instance's path, which is a part of the identity of each of its operators."""


def scope_path(text: str) -> str:
    """``text`` as the path of an instance: if it is too long, a hash stands for its middle.

    >>> scope_path("loop/if.then_branch"), scope_path("x" * 600)[199:218]
    ('loop/if.then_branch', 'x…5130b33e6b87fbf5…')
    """
    if len(text) <= MAX_PATH:
        return text
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{text[:200]}…{digest}…{text[-200:]}"


@dataclass(slots=True)
class Child:
    """A body or function instance that an operator runs."""

    label: str
    """Attribute name of the body, or ``call`` for a function."""
    instance: Instance
    times: int | None
    """Runs per execution of the operator; ``None`` if not known statically."""
    least: int = 0
    """Fewest runs, where ``times`` is ``None``."""
    most: int | None = None
    """Most runs, where ``times`` is ``None``; ``None`` if nothing bounds them."""
    refuted: bool = False
    """True for a branch taken not to run because its operators contradict their operands."""

    @property
    def runs(self) -> tuple[int, int | None]:
        """Fewest and most runs."""
        return (self.least, self.most) if self.times is None else (self.times, self.times)


class Way(NamedTuple):
    """What a value is if an undecided If takes one of its branches."""

    type: Type
    value: Elements | None
    """Contents, where they are small and known."""


class Ways(NamedTuple):
    """A value whose shape depends on which branch is taken."""

    choice: str
    """Identity of the If."""
    each: tuple[Way, ...]
    """By branch; those of all values with one ``choice`` belong together."""


@dataclass(slots=True)
class Instance:
    """One scope with the types of all its values."""

    path: str
    """``""`` for the main graph; unique per instance."""
    scope: int
    """Index into ``Program.scopes``."""
    types: dict[str, Type] = field(default_factory=dict)
    values: dict[str, Elements] = field(default_factory=dict)
    """Contents of small values known before run time."""
    declared: set[str] = field(default_factory=set)
    """Values whose shape was completed from the file's own declaration."""
    children: dict[int, tuple[Child, ...]] = field(default_factory=dict)
    """By operator index."""
    attributes: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Resolved attributes by operator index, where a function body refers to its call."""
    failures: dict[int, str] = field(default_factory=dict)
    """By operator index: why its output types are not known."""
    refused: set[int] = field(default_factory=set)
    """Operators that contradict their operands, by index: no runtime would get past them."""
    ways: dict[str, Ways] = field(default_factory=dict)
    """By value name, what it may be."""
    forks: dict[int, str] = field(default_factory=dict)
    """Operators, by index, that read such a value; the If that decides."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with its own operators; no fault of the model where it never runs."""


@dataclass(slots=True)
class Shapes:
    """Result of the shape pass."""

    main: Instance
    assumptions: list[Assumption]
    problems: list[Problem]
    complaint: str = ""
    """What onnx's checker said of the model's structure; empty if nothing, or if it was not
    asked."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle callees before callers: nested in their callers they would need deep recursion."""
        flat = [*reversed(list(self.instances()))]
        return _restore, (flat, self.assumptions, self.problems, self.complaint)

    def instances(self) -> Iterator[Instance]:
        """Every instance once, callers before the instances they call, these in the order of the
        calls."""
        return _reachable(self.main, _children)

    def by_path(self) -> dict[str, dict[str, Shape]]:
        """Shapes of all values, by path of their instance and name."""
        return {
            instance.path: {name: kind.shape for name, kind in instance.types.items()}
            for instance in self.instances()
        }


def running(main: Instance) -> Iterator[Instance]:
    """``main`` and what it runs, without what runs 0 times, as ``Shapes.instances``."""
    return _reachable(main, lambda caller: (c for c in _children(caller) if c.times != 0))


def _reachable(
    main: Instance, children: Callable[[Instance], Iterator[Child]]
) -> Iterator[Instance]:
    """Depth first, what is called last first, and all of that turned round."""
    finished: list[Instance] = []
    seen: set[int] = {id(main)}
    stack: list[tuple[Instance, Iterator[Child]]] = [(main, children(main))]
    while stack:
        instance, rest = stack[-1]
        for child in rest:
            if id(child.instance) not in seen:
                seen.add(id(child.instance))
                stack.append((child.instance, children(child.instance)))
                break
        else:
            finished.append(instance)
            stack.pop()
    return reversed(finished)


def _restore(
    flat: list[Instance], assumptions: list[Assumption], problems: list[Problem], complaint: str
) -> Shapes:
    return Shapes(flat[-1], assumptions, problems, complaint)


def _children(instance: Instance) -> Iterator[Child]:
    return (child for children in reversed(instance.children.values())
            for child in reversed(children))  # fmt: skip
