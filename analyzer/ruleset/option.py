"""What users may change about a rule, as its file says."""

from __future__ import annotations

from analyzer.dataclass import dataclass

OptionValue = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class Option:
    """A number or word in a rule that users may change."""

    name: str
    """As written in rule and configuration files, e.g. ``min-macs``; ``option.min_macs`` in
    expressions."""
    default: OptionValue
    """Value unless configured; ``None`` is *unset*, and comparisons with it are false."""
    kind: str
    """``integer``, ``number``, ``flag`` or ``text``."""
    unit: str
    """``MACs``, ``FLOPs``, ``bytes``, ``parameters`` …; empty for a share, a flag or a word."""
    help: str
    """One line: what changing it does."""
