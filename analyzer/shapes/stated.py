"""What somebody says about sizes that a file leaves open; ``bindings`` makes use of it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "default"
"""How the reason of an assumption begins that nothing but experience speaks for."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Sizes for open dimensions that nothing else decides."""

    image: int = 224
    """Height and width of a rank-4 input."""
    sequence: int = 128
    """Further axes of inputs of rank 1 to 3."""
    sound: int | None = None
    """Axes of sound; ``None`` for a second of it."""
    batch: int = 1
    channels: int = 3
    past: int = 0
    other: int = 1


@dataclass(frozen=True, slots=True)
class Bindings:
    """What the user says about sizes that the file leaves open."""

    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Full shape by graph-input name; overrides the file, also its static dims."""
    dims: Mapping[str, int] = field(default_factory=dict)
    """Size by symbol."""
    trips: Mapping[str, int] = field(default_factory=dict)
    """Trip count by Loop/Scan node name or output."""
    defaults: Defaults = Defaults()
    """For dimensions that remain."""
    hinted: bool = True
    """Whether sizes that the file's metadata states go before the defaults."""
    assume: bool = True
    """False leaves open what is not stated here: what then holds, holds for every size."""
