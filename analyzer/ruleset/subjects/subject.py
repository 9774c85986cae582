"""What a rule is evaluated on, and what a sort of such things brings into the language.

A file beside this one holds one sort: a frozen dataclass record or several, whose fields are
documented with unit and meaning (authors read those texts), and a maker from facts to subjects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from analyzer.facts import Facts, Saving


class Subject(NamedTuple):
    """One thing a rule can have an opinion about; a tuple, since each node becomes one."""

    kind: str
    """What ``applies-to`` selects by: operator type, block kind, tensor role, problem code."""
    place: str
    """Where a finding about it points: node id, tensor name; empty for the model."""
    name: str
    """What people call it, for fingerprints: scope and own name; survives renamed tensors."""
    groups: Mapping[str, Any]
    """Records by group name, those of ``fields.COMMON`` excluded; ``UNKNOWN`` for an absent one."""
    saving: Saving | None = None
    form: tuple[str, ...] = ()
    """What it is besides what stands at its place (``analyzer.patterns.likeness`` says that), for
    fingerprints. Nothing that a name, an exporter, an opset or the size of the data changes."""
    stands_at: str | None = None
    """The operator or tensor that it is, for fingerprints; ``None``: that at ``place``."""
    detail: tuple[str, ...] = ()
    """What tells it apart among others of its form at its place, and may change."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of subjects."""

    name: str
    """The word in ``applies-to``."""
    groups: Mapping[str, type]
    """Record behind each group that it brings."""
    make: Callable[[Facts], Iterator[Subject]]
    """All subjects of a model, called once and only if a rule asks; a few µs each."""
    kinds: tuple[str, ...] = ()
    """The words that a selector may list; empty where they are data, such as operator types."""
    some: Callable[[Facts, str], Iterable[Subject]] | None = None
    """The subjects of one kind, where finding those alone is cheaper than making all."""
    meaning: str = ""
    """One sentence for authors; empty: the first of its module."""
