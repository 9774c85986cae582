"""Operators that kill, hang or bloat onnx's C++ shape inference: name → how it ends and a node.

Found with onnx 1.23.2 by mutating its own backend cases. What a newer onnx survives must still be
judged, so the tests ask for the death only where this version dies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onnx import ModelProto

from tests.golden.text import parse


@dataclass(frozen=True)
class Killer:
    """One operator ``k`` and what it reads."""

    how: str
    """``crashed``, ``timeout`` or ``memory``, as the guard says; a slow machine may time out."""
    node: str
    inputs: str = ""
    """Further graph inputs."""
    opset: int = 18
    equation: bytes = b""
    """Attribute that the text syntax cannot express."""
    luck: bool = False
    """Reads memory out of bounds: whether that ends the process depends on what lies there."""


KILLERS: Mapping[str, Killer] = {
    "LayerNormalization, axis beyond 32 bits": Killer(
        "crashed", "k, m, d = LayerNormalization <axis = 2147483648> (x, s)", ", float[8] s"
    ),
    "GatherND, batch_dims below zero": Killer(
        "crashed", "k = GatherND <batch_dims = -2> (x, i)", ", int64[2,1] i", luck=True
    ),
    "Split, more outputs than num_outputs": Killer(
        "crashed", "k, k1, k2, k3 = Split <axis = 3, num_outputs = 2> (x)"
    ),
    "Split, num_outputs beyond memory": Killer(
        "memory", "k, k1 = Split <axis = 3, num_outputs = 2147483647> (x)"
    ),
    "Einsum, an equation that is not text": Killer(
        "timeout", 'k = Einsum <equation = "?"> (e)', ", float e", equation=b"\xff"
    ),
    "Expand 8, to a rank beyond memory": Killer(
        "memory", "k = Expand (x, i)", ", int64[1099511627776] i", opset=8
    ),
}


def model(killer: Killer) -> ModelProto:
    """Two convolutions of 13,824 MACs each, one before ``k`` and one that does not need it."""
    made = parse(
        f"""g (float[1,3,8,8] x0, float[8,3,3,3] w{killer.inputs}) => (float[1,8,8,8] y) {{
          x = Conv <pads=[1,1,1,1]> (x0, w)
          {killer.node}
          y = Conv <pads=[1,1,1,1]> (x0, w)
        }}""",
        killer.opset,
    )
    for attribute in made.graph.node[1].attribute:
        if killer.equation and attribute.name == "equation":
            attribute.s = killer.equation
    return made
