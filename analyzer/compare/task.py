"""What is to be read of two stored tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from analyzer.compare.folding import Fold
    from analyzer.costs.parameters import Root


class Task(NamedTuple):
    """Two tensors to be read, and what lies between them."""

    before: Root | None
    """``None``: zeros, the bias of a layer that has none."""
    after: Root | None
    turned: bool = False
    """They lie as each other's transpose."""
    fold: Fold | None = None
    """A normalisation that is in one of the tensors and beside the other."""
    unfolds: bool = False
    """It is in the old one."""
    is_bias: bool = False
    """Of a fold: what is added, not what is multiplied."""
    apart: bool = False
    """What is stored is cut, joined or computed with on its way, and not alike in both."""
