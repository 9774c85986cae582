"""The network as boxes and edges: what a picture of it shows, before it has places."""

from __future__ import annotations

from typing import Literal

from analyzer.restore import record

Depth = Literal["blocks", "modules", "operators"]
"""What one box is."""
Becoming = Literal["", "same", "changed", "weights", "added", "removed"]
Role = Literal["input", "output", "join", "part"]
"""What a box stands for: an end of the network, a meeting of branches, or anything else."""


@record
class BoxPart:
    """Operators of a box that are alike."""

    title: str
    """e.g. ``1×1 pointwise 64 → 256``; an operator's type where it has no MACs."""
    place: str
    """Shape that it works at; empty where unknown."""
    node: str
    """Id of the first; empty for all that there is no room for."""
    count: int
    macs: int
    """Of all of them, as far as they are known."""


@record
class Box:
    """Operators that are drawn as one."""

    role: Role
    title: str
    detail: str
    """What tells it from others of its title; may be empty."""
    color: str
    """Key of ``kinds.COLORS``, of what does most of its MACs."""
    count: int
    """How many equal ones in a row it stands for; figures are those of all of them."""
    node: str
    """Id of the operator that says most about it; a tensor's name for an end."""
    holds: str
    """Its operators by type, the most frequent first, without plumbing; empty for an end."""
    nodes: int
    """Operators, those of bodies and functions included."""
    macs: int
    """As far as they are known, and as often as the totals contain them."""
    complete: bool
    """False where the MACs of an operator in it are unknown."""
    params: int
    written: int | None
    """Bytes of its largest tensor; null where that of one is unknown."""
    severity: str
    """Of the gravest finding about its operators; empty for none."""
    parts: tuple[BoxPart, ...] = ()
    """Its operators by what they are, in the order of the file, without plumbing."""
    alone: int = 0
    """MACs of one run where the totals contain none of it: of a branch that is not counted."""
    a_pass: int = 0
    """MACs of one pass of a loop of which nobody knows how many it makes."""
    abreast: int = 1
    """How many equal ones beside each other it stands for, each of ``count`` in a row; figures are
    those of all of them."""
    change: Becoming = ""
    """What became of it between two models; ``weights``: its stored tensors alone are others. Empty
    where one model is drawn by itself."""


@record
class DrawnEdge:
    """Tensors from one box to another."""

    source: int
    """Position among the boxes."""
    target: int
    tensors: int
    shape: tuple[int | None, ...] | None
    """Of the first."""


@record
class Drawing:
    """The collapsed compute graph."""

    depth: Depth
    boxes: tuple[Box, ...]
    """Producers first."""
    edges: tuple[DrawnEdge, ...]
    operators: int
    """In all boxes together."""
    hidden: int
    """Operators that no box holds: constants, renaming and the arithmetic of shapes, unread."""
    joined: bool
    """True where there were so many boxes that neighbours that are not alike are one."""
    shares: bool
    """Whether shares of the boxes' sum are shares of the model, whose MACs are a single number."""
    branching: int
    """Operators of which both branches are drawn: data decide which one runs."""
