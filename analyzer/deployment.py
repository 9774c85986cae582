"""Facts about where a model runs: one record for each target that was asked about."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from analyzer.dataclass import dataclass
from analyzer.records import HIDDEN, Signed

if TYPE_CHECKING:
    from collections.abc import Mapping

Verdict = Literal["whole", "split", "no", "maybe"]


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why some operators do not run on a target, or why nobody can say."""

    node: str
    """Id of the first operator it is about; empty for the whole model."""
    op_type: str
    """With its domain where that is not ai.onnx; empty for the whole model."""
    code: str
    """``operator``, ``version``, ``cliff`` (the target runs it at an older opset), ``type``,
    ``condition``, ``function``, ``opset``, ``ir`` or ``undecided``."""
    reason: str
    """One clause, with the value that decides."""
    count: int
    """Operators it is about."""
    certain: bool = True
    """False where the file does not decide it."""
    opset: int | None = None
    """Of a cliff: the newest opset at which the target runs the operator."""
    nodes: tuple[str, ...] = field(default=(), metadata=HIDDEN)
    """Ids of all operators it is about."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What the targets that were asked about make of one operator."""

    supported: bool | None
    """All of them run it; ``None``: that is not decided."""
    reason: str
    """Why the first of them does not, or why nobody can say; empty where all do."""
    targets: tuple[str, ...]
    """Ids of those that do not, or may not."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the model, and what would come of it: it was tried."""

    text: str
    """What to do, as an imperative."""
    kind: str
    """``opset``, ``ir``, ``size``, ``reshape``, ``constant`` or ``removal``."""
    verdict: Verdict
    """Afterwards."""
    partitions: int
    """Afterwards."""
    supported: int
    """Afterwards."""
    nodes: int
    """Operators afterwards."""
    opset: int | None = None
    """Version of ai.onnx that the model is to state."""
    ir: int | None = None
    """IR version that the model is to state."""
    sizes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Shapes that inputs are to have, by name."""
    reshapes: Mapping[str, tuple[Signed, ...]] = field(default_factory=dict)
    """Constant targets of the Reshapes that are to take the place of operators, by the name of
    their first output."""
    constants: tuple[str, ...] = ()
    """Initializers that are to be no inputs of the graph any more."""
    maybe: int = 0
    """Operators afterwards of which nobody can say."""
    macs_share: float | None = None
    """As ``TargetFit.macs_share``, afterwards."""
    removed: tuple[str, ...] = ()
    """Ids of operators that are to go, as the result of each is one of its inputs."""


@dataclass(frozen=True, slots=True)
class TargetFit:
    """What a target would do with the model."""

    target: str
    """Id of the table."""
    name: str
    """For people."""
    version: str
    """Of the runtime that the table is about."""
    verdict: Verdict
    """``whole``: all of it runs; ``split``: a part falls back to something else; ``no``: nothing
    does, or the target has nothing to fall back to; ``maybe``: that depends on what the file does
    not tell."""
    certain: bool
    """False where the figures, or the verdict, rest on what could not be decided."""
    partitions: int
    """Parts that go to the target, each counted per graph, where what could not be decided is
    taken to run."""
    partitions_certain: int
    """The same, where it is taken not to run."""
    nodes: int
    """Operators that run, bodies included; Constants and what is computed beforehand are not."""
    supported: int
    """Operators that certainly run on the target."""
    maybe: int
    """Operators of which nobody can say."""
    macs_share: float | None
    """MACs of the supported operators in all MACs; ``None`` where not known, or where there are
    none."""
    blockers: tuple[Blocker, ...]
    """What keeps operators off the target, most operators first."""
    edits: tuple[Edit, ...] = ()
    """The smallest changes that help, best first."""
    sized: Blocker | None = None
    """What blocks first with fixed sizes, where that was tried and does not help."""
    delegates: bool = True
    """True where what the target cannot run falls back to something else."""
    needs: str = ""
    """The oldest version of the target that runs all of it, where the table has a history."""
    tested_from: int | None = None
    """The oldest opset that the target is tested with, where the model is of an older one."""

    @property
    def title(self) -> str:
        """The target, with its version where that is a number."""
        return self.target if " " in self.version else f"{self.target} {self.version}"

    @property
    def needs_note(self) -> str:
        """Clause for people that begins with a semicolon: the version that runs all of it."""
        return f"; version {self.needs} runs all of it" if self.needs else ""
