"""What a configuration says."""

from __future__ import annotations

import os
from dataclasses import field
from typing import TYPE_CHECKING, Any

from analyzer.cli.config.exclude import DEFAULT
from analyzer.cli.config.globs import path_within
from analyzer.dataclass import dataclass
from analyzer.ruleset.trusted import Trusted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.cli.budgets.limit import Limit
    from analyzer.cli.config.exclude import PathPattern
    from analyzer.cli.config.globs import Glob
    from analyzer.cli.config.scan import Place
    from analyzer.findings.suppress import Suppression
    from analyzer.operators.declared import Declaration


MISSING_DATA = "missing-external-data"
"""Name of the rule about it."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelsEntry:
    """One ``[[models]]``: what holds for the models that its globs mean."""

    globs: tuple[Glob, ...]
    said: Mapping[str, Any]
    """Fields of ``Config`` that it states, and their values."""
    place: Place
    """Where it is in the file, such as ``("models", "2")``."""

    @property
    def path(self) -> str:
        """Its globs as the file has them."""
        return ", ".join(glob.text for glob in self.globs)

    def concerns(self, path: str) -> bool:
        """Whether it is about a model, whose path begins at the configuration's folder."""
        return any(glob.matches(path) for glob in self.globs)


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration file, or none: then everything is at its default."""

    path: str = ""
    """The file; empty for none."""
    fail_on: str = "error"
    """Least severity that makes ``check`` exit 1; ``never`` for none."""
    count: str = "macs"
    """Headline unit of reports, ``macs`` or ``flops``."""
    select: tuple[str, ...] = ()
    """Rules to apply; empty for all stable ones."""
    ignore: tuple[str, ...] = ()
    """Rules not to apply."""
    preview: bool = False
    """Apply preview rules too."""
    weights: bool = False
    """Read trained weights, for the rules about them."""
    allow_missing_data: bool = False
    """Structure is all there is: external data that is missing is no error."""
    rules: tuple[str, ...] = ()
    """Folders of rule files besides those that ship, resolved against the file's folder."""
    baseline: str = ""
    """Baseline file, resolved likewise; empty for none."""
    severity: Mapping[str, str] = field(default_factory=dict)
    """Selector → severity instead of the rule's own."""
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Rule → option → value."""
    budgets: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    """Figure → the budgets that it must keep to."""
    base: str = ""
    """What budgets with a sign are relative to: ``git:REV``, ``git:REV:path`` or a file, resolved
    against the file's folder; empty for none."""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Shape by graph input."""
    dims: Mapping[str, int] = field(default_factory=dict)
    """Size by name of a dimension."""
    trip_counts: Mapping[str, int] = field(default_factory=dict)
    """Iterations by Loop or Scan node."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Fields of ``analyzer.model.limits.Limits``."""
    suppress: tuple[Suppression, ...] = ()
    operators: tuple[Declaration, ...] = ()
    """What the project says of operators of its own."""
    plugins: tuple[str, ...] = ()
    """Entry points of installed packages that say such things in Python."""
    trusted: tuple[str, ...] | None = None
    """Domains of operators that are trusted; ``None``: those of ONNX Runtime."""
    targets: tuple[str, ...] = ()
    """Where models are to run: names, or files resolved against the file's folder."""
    models: tuple[ModelsEntry, ...] = ()
    """What it says of some models; of those about one model the last counts."""
    exclude: tuple[PathPattern, ...] = DEFAULT
    """What searching a folder for models leaves out."""
    extend_exclude: tuple[PathPattern, ...] = ()
    """And this."""
    force_exclude: bool = False
    """Leave it out where it is named on the command line, too."""
    nested: bool = False
    """Folders inside the project may have configurations of their own."""
    lines: Mapping[Place, int] = field(default_factory=dict, compare=False)
    """Line of every key, for messages about it."""

    def entries(self, model: str) -> tuple[ModelsEntry, ...]:
        """Those of ``models`` that are about a model, given by its path."""
        if not self.models:
            return ()
        path = path_within(model, os.path.dirname(self.path))
        return tuple(entry for entry in self.models if path and entry.concerns(path))

    def rule_settings(self) -> dict[str, Any]:
        """The part that ``analyzer.lint.Settings`` takes as it is."""
        return {
            "select": self.select,
            "ignore": (*self.ignore, *((MISSING_DATA,) if self.allow_missing_data else ())),
            "preview": self.preview,
            "severity": self.severity,
            "options": self.options,
            "suppressions": self.suppress,
            **({} if self.trusted is None else {"trusted": Trusted(self.trusted)}),
        }
