"""What an operator is, by its definition, as whoever adds it states it beside its cases."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.operators.record import Kind, Nature, Scaling


@dataclass(frozen=True)
class Traits:
    """What the definition of an operator says that its results do not show."""

    op: str
    nature: Nature
    inputs: tuple[Kind, ...]
    """What each input is."""
    domain: str = ""
    axes: tuple[str, ...] = ()
    """Of the (first) weight: ``N`` outputs, ``M`` inputs, ``K`` contracted."""
    scaling: Scaling = Scaling.OPAQUE
    """How its outputs follow the width and resolution of its inputs."""
    role: str = ""
    tags: tuple[str, ...] = ()
    repeat: int = 0
    flags: tuple[str, ...] = ()
    """Further attributes of its record that hold, in the order of the alphabet."""
    work: str = "counted"
    """``free`` of arithmetic on data, or ``unknown``: not to be told from shapes and attributes."""
    sign: str = ""
    """How mathematics writes it."""
    neutral: int | None = None
    """The operand that leaves the other as it is."""
    moot: tuple[str, ...] = ()
    """Attributes that change no result at inference."""
    fuses: tuple[str, ...] = ()
    """Operators of ai.onnx that are written in its place."""
    changed: tuple[int, ...] = ()
    """Versions since which it means something else."""

    @property
    def key(self) -> tuple[str, str]:
        return self.domain, self.op
