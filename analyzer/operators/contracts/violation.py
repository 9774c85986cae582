"""One broken contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.graph.call import Call

    Contract = Callable[[Call], Iterator["Violation"]]


@dataclass(frozen=True, slots=True)
class Violation:
    """An operand or attribute that is not what its operator takes."""

    code: str
    """Stable kebab-case identifier, e.g. ``reshape-volume``."""
    text: str
    """What is wrong, with the numbers."""
    remedy: str
    """What to do about that."""
    grave: bool = True
    """A runtime refuses it, or readers would differ; False: it is broken but runs."""
