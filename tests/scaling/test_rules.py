"""Operators by themselves: which axes are one size, which follow, by the operators' definitions.

A line has the shapes of an operator's operands and results today, then at another size. ``=``
marks a constant operand, ``^`` a size that is learned, ``*`` one that is given anew. What is
learned and free becomes (m + 1) times what it was, where m is what it has to be a multiple of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.operators import find, record_of
from analyzer.operators.record import Scaling
from analyzer.scaling.dims import Dims
from analyzer.scaling.layout import refit
from analyzer.scaling.system import RELATIONS, _relation
from analyzer.scaling.term import Term
from tests.each import each


@dataclass
class Line:
    """One operator; sizes as text, operands before and results behind an arrow."""

    op: str
    before: str
    after: str
    """What all sizes become."""
    attributes: dict[str, Any] = field(default_factory=dict)
    values: dict[int, list[Any]] = field(default_factory=dict)
    """Contents of constant operands."""
    edits: dict[str, Any] = field(default_factory=dict)
    """Attributes that follow."""
    fed: str = ""
    """Axes whose size weights read, as ``a1``: operand and position."""
    slid: str = ""
    """Axes that are places of an image."""
    why: str = ""
    """What is said where the operator does not go with the sizes that are given."""
    version: int = 17
    constants: bool = False
    """Read by the rule for what only prepares constants."""


def shapes(text: str) -> list[list[str]]:
    """Sizes by tensor; nothing for an omitted one."""
    return [[] if word == "-" else word.lstrip("=").split(",") for word in text.split()]


class Judged:
    """A line, related and solved."""

    def __init__(self, line: Line) -> None:
        self.line = line
        inputs, _, outputs = line.before.partition("->")
        names = [*"abcdefghijk"[: len(inputs.split())], *"yzuvw"[: len(outputs.split())]]
        self.dims = Dims()
        self.ids: dict[str, tuple[int, ...] | None] = {}
        operands: list[Tensor | None] = []
        texts = shapes(f"{inputs} {outputs}")
        for name, sizes in zip(names, texts, strict=True):
            shape = tuple(None if s == "?" else int(s.lstrip("^")) for s in sizes)
            missing = not sizes
            operands.append(None if missing else Tensor(name, "float32", shape))
            self.ids[name] = None if missing else tuple(map(self.dims.add, shape))
            for dim, size in zip(self.ids[name] or (), sizes, strict=True):
                if size.startswith("^"):
                    self.dims.learn(dim)
        count = len(inputs.split())
        held = frozenset(i for i, word in enumerate(inputs.split()) if word.startswith("="))
        values = tuple(np.array(line.values[i]) if i in line.values else None for i in range(count))
        call = Call(line.op, "", line.version, line.attributes, tuple(operands[:count]),
                    tuple(operands[count:]), values)  # fmt: skip
        every = [self.ids[name] for name in names]
        self.term = Term(self.dims, call, tuple(every[:count]), tuple(every[count:]), held)
        record = find("", line.op)
        assert record is not None
        (refit if line.constants else RELATIONS[record.scaling])(self.term)
        self.fed = self._labels(self.dims.is_fed)
        self.dims.close()
        moving = self.dims.spatial_roots()
        self.slid = self._labels(lambda dim: self.dims.find(dim) in moving)

    def _labels(self, holds: Any) -> str:
        return " ".join(f"{name}{at}" for name, axes in self.ids.items()
                        for at, dim in enumerate(axes or ()) if holds(dim))  # fmt: skip

    def sizes(self) -> tuple[str, dict[str, Any]]:
        """All sizes, and the attributes that follow."""
        inputs, _, outputs = self.line.after.partition("->")
        wanted = shapes(f"{inputs} {outputs}")
        pins = {dim: int(size.removeprefix("*"))
                for axes, sizes in zip(self.ids.values(), wanted, strict=True)
                for dim, size in zip(axes or (), sizes, strict=True)
                if size.startswith("*")}  # fmt: skip
        size = self.dims.solve(pins, lambda now, multiple: now * (multiple + 1))
        found = [",".join(map(str, map(size, axes))) if axes is not None else "-"
                 for axes in self.ids.values()]  # fmt: skip
        edits = {name: size(to) if isinstance(to, int) else tuple(map(size, to))
                 for name, to in self.term.edits}  # fmt: skip
        return " ".join(found).replace("None", "?"), edits


def plain(text: str) -> str:
    return " ".join(text.replace("->", " ").replace("*", "").replace("=", "").split())


LOST = "follows a change of size is not known"

PRODUCTS = [
    Line("MatMul", "2,8,16 =16,32 -> 2,8,32", "*3,*9,*20 =20,64 -> 3,9,64", fed="a2 b0"),
    Line("MatMul", "2,8,16 2,16,32 -> 2,8,32", "*3,*9,*20 3,20,*40 -> 3,9,40"),
    Line("MatMul", "4,2,8,16 16,32 -> 4,2,8,32", "*5,*3,*9,*20 20,*40 -> 5,3,9,40"),
    Line("MatMul", "8,16 4,16,32 -> 4,8,32", "*9,*20 *5,20,*40 -> 5,9,40"),
    Line("MatMul", "1,8,16 4,16,32 -> 4,8,32", "1,*9,*20 *5,20,*40 -> 5,9,40"),
    Line("MatMul", "16 16,32 -> 32", "*20 16,32 -> 32", why=LOST),
    Line("Gemm", "4,16 =16,32 =32 -> 4,32", "*5,*20 =20,64 =64 -> 5,64", fed="a1 b0"),
    Line("Gemm", "4,16 =32,16 =32 -> 4,32", "*5,*20 =64,20 =64 -> 5,64", {"transB": 1},
         fed="a1 b1"),
    Line("Gemm", "16,4 =16,32 - -> 4,32", "*20,*5 =20,64 - -> 5,64", {"transA": 1}, fed="a0 b0"),
    Line("Gemm", "4,16 16,32 4,32 -> 4,32", "*5,*20 20,*40 5,40 -> 5,40"),
    Line("Gemm", "4,16 16,32 1 -> 4,32", "*5,*20 20,*40 1 -> 5,40"),
    Line("Gemm", "4,16,1 16,32 -> 4,32", "*5,*20,1 16,32 -> 4,32", why=LOST),
]  # fmt: skip

MAPS = [
    Line("Conv", "1,16,8,9 =32,16,3,3 =32 -> 1,32,6,7", "*2,*24,*10,*8 =64,24,3,3 =64 -> 2,64,8,6",
         fed="a1 b1", slid="a2 a3"),
    Line("Conv", "1,16,9,9 =32,16,3,3 - -> 1,32,5,5", "1,16,*20,*21 =64,16,3,3 - -> 1,64,10,11",
         {"strides": (2, 2), "pads": (1, 1, 1, 1)}, fed="a1 b1", slid="a2 a3"),
    Line("Conv", "1,16,9,9 =32,16,3,3 - -> 1,32,6,5", "1,16,*20,*21 =64,16,3,3 - -> 1,64,17,17",
         {"dilations": (2, 2), "pads": (1, 0, 0, 0)}, fed="a1 b1", slid="a2 a3"),
    Line("Conv", "1,16,9,9 =32,16,3,3 - -> 1,32,5,5", "1,16,*20,*21 =64,16,3,3 - -> 1,64,10,11",
         {"strides": (2, 2), "auto_pad": "SAME_UPPER"}, fed="a1 b1", slid="a2 a3"),
    Line("Conv", "1,16,9,9 =32,16,3,3 - -> 1,32,4,4", "1,16,*20,*21 =64,16,3,3 - -> 1,64,9,10",
         {"strides": (2, 2), "auto_pad": "VALID", "pads": (9, 9, 9, 9)}, fed="a1 b1", slid="a2 a3"),
    Line("Conv", "1,16,9 =16,1,3 =16 -> 1,16,7", "1,*24,9 =24,1,3 =24 -> 1,24,7", {"group": 16},
         edits={"group": 24}, slid="a2"),
    Line("Conv", "1,16,9 =32,1,3 =32 -> 1,32,7", "1,*24,9 =48,1,3 =48 -> 1,48,7", {"group": 16},
         edits={"group": 24}, slid="a2"),
    Line("Conv", "1,16,9 =32,4,3 =32 -> 1,32,7", "1,*24,9 =160,6,3 =160 -> 1,160,7", {"group": 4},
         slid="a2"),
    Line("Conv", "1,^16,9 =32,4,3 =32 -> 1,32,7", "1,80,9 =160,20,3 =160 -> 1,160,7", {"group": 4},
         slid="a2"),
    Line("Conv", "1,16,9 =32,16,3,3 - -> 1,32,7", "1,*24,9 =32,16,3,3 - -> 1,32,7", why=LOST),
    Line("Conv", "1,16,9 =32,16,?  - -> 1,32,7", "1,*24,9 =64,24,? - -> 1,64,7", fed="a1 b1"),
    Line("ConvTranspose", "1,16,4,5 =16,8,3,3 =8 -> 1,8,9,11",
         "*2,*24,*6,*6 =24,16,3,3 =16 -> 2,16,13,13", {"strides": (2, 2)}, fed="a1 b0",
         slid="a2 a3"),
    Line("ConvTranspose", "1,16,4 =16,1,3 =16 -> 1,16,6", "1,*24,*7 =24,1,3 =24 -> 1,24,9",
         {"group": 16}, edits={"group": 24}, fed="a1 b0", slid="a2"),
    Line("ConvTranspose", "1,^16,4 =16,2,3 =8 -> 1,8,6", "1,80,4 =80,10,3 =40 -> 1,40,6",
         {"group": 4}, fed="a1 b0", slid="a2"),
    Line("ConvTranspose", "1,16,4,4 =16,8,3,3 =8 -> 1,8,9,9",
         "1,16,*6,*7 =16,16,3,3 =16 -> 1,16,13,15", {"strides": (2, 2), "output_shape": (9, 9)},
         edits={"output_shape": (13, 15)}, fed="a1 b0", slid="a2 a3"),
    Line("ConvTranspose", "1,16,4 =16,8,3,3 - -> 1,8,6", "1,*24,4 =16,8,3,3 - -> 1,8,6", why=LOST),
    Line("MaxPool", "1,4,3,3 -> 1,4,3,3", "1,4,*5,*6 -> 1,4,5,6",
         {"kernel_shape": (3, 3), "pads": (1, 1, 1, 1)}, slid="a2 a3"),
    Line("MaxPool", "1,4,5,5 -> 1,4,1,1", "1,4,*8,*9 -> 1,4,3,3",
         {"kernel_shape": (4, 4), "strides": (2, 2)}, slid="a2 a3"),
    Line("ConvTranspose", "1,16,4 =16,8,3 - -> 1,8,6,1", "1,*24,4 =16,8,3 - -> 1,8,6,1", why=LOST),
    Line("ConvTranspose", "1,16,4 - - -> 1,8,6", "1,*24,4 - - -> 1,8,6", why=LOST),
    Line("MaxPool", "1,16,8,8 -> 1,16,4,4 1,16,4,4", "*2,*24,*10,*12 -> 2,24,5,6 2,24,5,6",
         {"kernel_shape": (2, 2), "strides": (2, 2)}, slid="a2 a3"),
    Line("MaxPool", "1,16,7,7 -> 1,16,4,4", "1,16,*9,*8 -> 1,16,5,4",
         {"kernel_shape": (2, 2), "strides": (2, 2), "ceil_mode": 1}, slid="a2 a3"),
    Line("MaxPool", "1,16,6 -> 1,16,3", "1,16,*7 -> 1,16,3",
         {"kernel_shape": (1,), "strides": (3,), "ceil_mode": 1, "pads": (0, 2)}, slid="a2"),
    Line("AveragePool", "1,16,7,5 -> 1,16,1,1", "1,*24,*9,*6 -> 1,24,1,1", {"kernel_shape": (7, 5)},
         edits={"kernel_shape": (9, 6)}, slid="a2 a3"),
    Line("AveragePool", "1,16,7,5 -> 1,16,1,3", "1,16,*9,*6 -> 1,16,3,4", {"kernel_shape": (7, 3)},
         slid="a2 a3"),
    Line("AveragePool", "1,16,7 -> 1,16,7", "1,*24,7 -> 1,16,7", {"kernel_shape": (1, 1)}),
    Line("GlobalAveragePool", "1,16,7,5 -> 1,16,1,1", "*2,*24,*9,*6 -> 2,24,1,1", slid="a2 a3"),
    Line("DepthToSpace", "1,16,4,5 -> 1,4,8,10", "*2,*32,*6,*7 -> 2,8,12,14", {"blocksize": 2},
         slid="a2 a3"),
    Line("DepthToSpace", "1,^16,4,5 -> 1,4,8,10", "1,80,4,5 -> 1,20,8,10", {"blocksize": 2},
         slid="a2 a3"),
    Line("DepthToSpace", "1,^8,3,3 -> 1,8,3,3", "1,16,3,3 -> 1,16,3,3", slid="a2 a3"),
    Line("SpaceToDepth", "1,^4,8,10 -> 1,16,4,5", "*2,8,*12,*14 -> 2,32,6,7", {"blocksize": 2},
         slid="a2 a3"),
    Line("DepthToSpace", "1,16,4 -> 1,4,8", "1,*32,4 -> 1,4,8", attributes={"blocksize": 2},
         why=LOST),
]  # fmt: skip

SEQUENCES = [
    Line("LSTM", "5,1,8 =1,64,8 =1,64,16 =1,128 - 1,1,16 1,1,16 =1,48 -> 5,1,1,16 1,1,16 1,1,16",
         "*7,*2,*10 =1,128,10 =1,128,32 =1,256 - 1,2,32 1,2,32 =1,96 -> 7,1,2,32 1,2,32 1,2,32",
         {"hidden_size": 16}, edits={"hidden_size": 32}, fed="a2 b2"),
    Line("GRU", "1,5,8 =1,48,8 =1,48,16 - - 1,1,16 -> 1,5,1,16 1,1,16",
         "*2,*7,*10 =1,96,10 =1,96,32 - - 2,1,32 -> 2,7,1,32 2,1,32",
         {"hidden_size": 16, "layout": 1}, edits={"hidden_size": 32}, fed="a2 b2"),
    Line("RNN", "5,1,8 1,16,8 1,16,16 -> - 1,1,16", "*7,*2,*10 1,16,10 1,16,16 -> - 1,2,16",
         {"hidden_size": 16}, edits={"hidden_size": 16}, fed="a2 b2"),
    Line("RNN", "5,8 =1,16,8 =1,16,16 -> 5,1,1,16", "*7,8 =1,16,8 =1,16,16 -> 5,1,1,16", why=LOST),
    Line("Gather", "=50,16 2,7 -> 2,7,16", "=50,32 *3,*9 -> 3,9,32"),
    Line("Gather", "4,50,16 2,7 -> 4,2,7,16", "*5,50,*20 *3,*9 -> 5,3,9,20", {"axis": 1}),
    Line("Gather", "4,50,16 2 -> 4,50,2", "*5,*60,16 *3 -> 5,60,3", {"axis": -1}),
    Line("Gather", "4,^50 2 -> 4,2", "4,50 2 -> 4,2", {"axis": 1}),
    Line("Gather", "4,50 2 -> 4,2,1", "*5,50 2 -> 4,2,1", why=LOST),
]  # fmt: skip

NORMS = [
    Line("BatchNormalization", "1,16,8 =16 =16 =16 =16 -> 1,16,8",
         "*2,*24,*9 =24 =24 =24 =24 -> 2,24,9"),
    Line("BatchNormalization", "16 =16 =16 =16 =16 -> 16", "*24 =16 =16 =16 =16 -> 24"),
    Line("QuantizeLinear", "4,16 =16 =16 -> 4,16", "*5,*24 =24 =24 -> 5,24"),
    Line("DequantizeLinear", "16,4 =16 =16 -> 16,4", "*24,*5 =24 =24 -> 24,5", {"axis": 0}),
    Line("DequantizeLinear", "16,4 =16 - -> 16,4", "*24,*5 =24 - -> 24,5", {"axis": -2}),
    Line("DequantizeLinear", "16,4 =16 - -> 16,4", "*24,*5 =16 - -> 24,5", {"axis": 2}),
    Line("DequantizeLinear", "16,4 =16 - -> 16,4", "*24,*5 =16 - -> 24,5", {"axis": -3}),
    Line("DequantizeLinear", "16,4 =16,4 - -> 16,4", "*24,*5 =16,4 - -> 24,5", {"axis": 0}),
    Line("Relu", "2,3 -> 2,3", "*4,*5 -> 4,5"),
    Line("Relu", "2,3 -> 2", "*4,*5 -> 2"),
    Line("Add", "2,3 3 -> 2,3", "*4,*5 5 -> 4,5"),
    Line("Add", "2,3 1 -> 2,3", "*4,*5 1 -> 4,5"),
    Line("Add", "2,1 1,3 -> 2,3", "*4,1 1,*5 -> 4,5"),
    Line("Add", "2,1 2,1 -> 2,1", "*4,*6 4,1 -> 4,6"),
    Line("Where", "3 2,3 1,3 -> 2,3", "*5 *4,5 1,5 -> 4,5"),
]  # fmt: skip

LAYOUTS = [
    Line("Concat", "2,3 2,4 2,3 -> 2,10", "*5,*6 5,*4 5,*7 -> 5,17", {"axis": -1}),
    Line("Concat", "2,3 -> 2,3", "*5,*6 -> 5,6", {"axis": 1}),
    Line("Concat", "2,3 2 -> 2,4", "*5,3 2 -> 2,4", attributes={"axis": 1}, why=LOST),
    Line("Split", "2,12 -> 2,4 2,8", "*3,*18 -> 3,6 3,12", {"axis": 1}),
    Line("Split", "2,12 -> 2,4 2", "*3,12 -> 2,4 2", attributes={"axis": 1}, why=LOST),
    Line("Split", "12,3 -> 6,3 6,3", "*18,*5 -> 9,5 9,5"),
    Line("Split", "- -> 2,^3", "- -> 2,3"),
    Line("Transpose", "2,3,4 -> 4,3,2", "*5,*6,*7 -> 7,6,5"),
    Line("Transpose", "2,3,4 -> 2,4,3", "*5,*6,*7 -> 5,7,6", {"perm": (0, 2, 1)}),
    Line("Transpose", "2,3,4 -> 4,3", "*5,6,7 -> 4,3", why=LOST),
    Line("Slice", "8,9 -> 3,9", "*10,*12 -> 3,12", {"starts": (1,), "ends": (4,)}, version=9),
    Line("Slice", "8,9 -> 3,8", "*10,*12 -> 3,8", {"starts": (1, -8), "ends": (4, 99)}, version=9),
    Line("Slice", "8,9 -> 8,5", "*10,*12 -> 10,8", {"starts": (3,), "ends": (-1,), "axes": (-1,)},
         version=9),
    Line("Slice", "8,9 =1 =1 =1 =1 -> 8,3", "*10,*12 =1 =1 =1 =1 -> 10,3",
         values={1: [0], 2: [9], 3: [1], 4: [3]}),
    Line("Slice", "8,9 =1 =1 =1 =1 -> 8,5", "*10,*12 =1 =1 =1 =1 -> 10,6",
         values={1: [-1], 2: [-(2**31) - 1], 3: [1], 4: [-2]}),
    Line("Slice", "8,9 =1 =1 =1 1 -> 8,3", "8,*12 =1 =1 =1 1 -> 8,4",
         values={1: [0], 2: [3], 3: [1]}),
    Line("Slice", "8,9 =1 =1 1 -> 8,3", "8,*12 =1 =1 1 -> 8,4", values={1: [0], 2: [3]}),
    Line("Slice", "8,9 1 =1 =1 -> 8,3", "8,*12 1 =1 =1 -> 8,4", values={2: [3], 3: [1]}),
    Line("Slice", "8,9 =1 1 =1 -> 8,3", "8,*12 =1 1 =1 -> 8,4", values={1: [0], 3: [1]}),
    Line("Slice", "4,^8 =1 =1 =1 -> 4,2", "4,16 =1 =1 =1 -> 4,4", values={1: [0], 2: [2], 3: [1]}),
    Line("Slice", "8,9 =1 =1 -> 8", "*9,9 =1 =1 -> 8", why=LOST, values={1: [0], 2: [3]}),
    Line("Pad", "4,6 -> 4,9", "*5,*10 -> 5,13", {"pads": (0, 1, 0, 2)}, version=2),
    Line("Pad", "4,6 -> 4,4", "*5,*10 -> 5,8", {"pads": (0, -1, 0, -1)}, version=2),
    Line("Pad", "4,? -> 4,9", "*5,? -> 5,9", {"pads": (0, 1, 0, 2)}, version=2),
    Line("Pad", "4,6 -> 4,6,1", "*5,6 -> 4,6,1", why=LOST, version=2),
    Line("Tile", "2,3 =2 -> 4,3", "*5,*4 =2 -> 10,4"),
    Line("Expand", "1,3 =3 -> 7,4,3", "1,*5 =3 -> 7,4,5"),
    Line("Expand", "4,3 =1 -> 4,3", "*5,*6 =1 -> 5,6"),
    *[Line(name, f"{before} -> {after}", f"{before} -> {after}".replace("^", ""))
      for name in ("Expand", "Transpose", "Pad", "Slice", "ReduceMean", "Concat", "Flatten")
      for before, after in (("-", "2,^3"), ("2,^3", "-"), ("-", "-"))],
    Line("ReduceMean", "2,3,4 -> 2,1,1", "*5,*6,*7 -> 5,1,1", {"axes": (1, 2)}),
    Line("ReduceMean", "2,1,4 -> 2,1,1", "*5,*6,4 -> 5,1,1", {"axes": (1, 2)}),
    Line("ReduceMean", "2,3,4 -> 2,4", "*5,*6,*7 -> 5,7", {"axes": (-2,), "keepdims": 0}),
    Line("ReduceSum", "2,3,4 =1 -> 3,4", "*5,*6,*7 =1 -> 6,7", {"keepdims": 0}, values={1: [0]}),
    Line("ReduceMean", "- -> 2,^3", "- -> 2,3"),
    Line("ArgMax", "2,3,2 -> 3,2", "*5,*6,*7 -> 6,7", {"keepdims": 0}),
    Line("ArgMin", "2,3,2 -> 2,3", "*5,*6,*7 -> 5,6", {"keepdims": 0, "axis": -1}),
]  # fmt: skip

SHAPES = [
    Line("Reshape", "2,3,4 =2 -> 2,12", "*5,*6,*7 =2 -> 5,42"),
    Line("Flatten", "2,3,4 -> 6,4", "*5,*6,*7 -> 30,7", {"axis": 2}),
    Line("Squeeze", "2,1,3,1 -> 2,3", "*5,1,*6,1 -> 5,6"),
    Line("Unsqueeze", "2,3 -> 2,1,3", "*5,*6 -> 5,1,6"),
    Line("Reshape", "2,^12 =3 -> 2,3,4", "2,48 =3 -> 2,3,16"),
    Line("Reshape", "2,^12 =4 -> 2,3,1,4", "2,48 =4 -> 2,3,1,16"),
    Line("Reshape", "2,^24 =4 -> 2,2,3,4", "2,168 =4 -> 2,2,3,28"),
    Line("Reshape", "2,12 =3 -> 2,3,4", "2,*24 =3 -> 2,6,4"),
    Line("Reshape", "2,12 =3 -> 2,3,4", "2,*13 =3 -> 2,3,4",
         why="39 does not split into 12 equal parts"),
    Line("Reshape", "2,16 =3 -> 2,4,4", "*3,*25 =3 -> 3,5,5"),
    Line("Reshape", "2,16 =3 -> 2,4,4", "2,*24 =3 -> 2,4,4",
         why="24 positions are not a square map"),
    Line("Reshape", "2,27 =4 -> 2,3,3,3", "2,*64 =4 -> 2,4,4,4"),
    Line("Reshape", "1,^6,4 =2 -> 4,6", "1,12,*10 =2 -> 10,12"),
    Line("Reshape", "^6,4 =2 -> 2,12", "12,*8 =2 -> 4,24"),
    Line("Reshape", "0,3 =2 -> 0,3", "0,*4 =2 -> 0,3", why=LOST),
    Line("Reshape", "4,6 =2 -> 4,6", "*5,*7 =2 -> 5,7", constants=True),
    Line("Reshape", "16 =3 -> 1,16,1", "*24 =3 -> 1,24,1", constants=True),
    Line("Reshape", "4,6 =1 -> 24", "*5,*7 =1 -> 24", constants=True),
    Line("Reshape", "2,6 =2 -> 2,6", "*5,*7 =2 -> 5,7", constants=True),
    Line("Reshape", "1,2 =3 -> 2,1,1", "1,*3 =3 -> 3,1,1", constants=True),
    Line("Transpose", "4,6 -> 6,4", "*5,*7 -> 6,4", constants=True),
]  # fmt: skip

RESIZES = [
    Line("Resize", "1,16,4,5 - =4 -> 1,16,8,10", "*2,*24,*6,*7 - =4 -> 2,24,12,14",
         values={2: [1.0, 1.0, 2.0, 2.0]}, slid="a2 a3"),
    Line("Resize", "1,16,4,5 - =4 -> 1,16,6,7", "1,16,*6,*7 - =4 -> 1,16,9,10",
         values={2: [1.0, 1.0, 1.5, 1.5]}, slid="a2 a3"),
    Line("Resize", "1,16,4,5 =4 -> 1,16,8,10", "1,16,*6,*7 =4 -> 1,16,12,14",
         values={1: [1.0, 1.0, 2.0, 2.0]}, version=10, slid="a2 a3"),
    Line("Upsample", "1,16,4,5 =4 -> 1,16,8,10", "1,16,*6,*7 =4 -> 1,16,12,14",
         values={1: [1.0, 1.0, 2.0, 2.0]}, version=9, slid="a2 a3"),
    Line("Resize", "1,16,4,4 - - =4 -> 1,16,6,4", "1,16,*6,*7 - - =4 -> 1,16,9,7", slid="a2 a3"),
    Line("Resize", "1,3,4 - =3 -> 1,6,4", "*2,*5,*7 - =3 -> 2,10,7", values={2: [1.0, 2.0, 1.0]},
         slid="a1 a2"),
    Line("Resize", "1,16,? - =3 -> 1,16,?", "*2,*24,? - =3 -> 2,24,?"),
    Line("Resize", "1,16,4 - =4 -> 1,16,4,4", "*2,16,4 - =4 -> 1,16,4,4"),
]  # fmt: skip
EVERY = [*PRODUCTS, *MAPS, *SEQUENCES, *NORMS, *LAYOUTS, *SHAPES, *RESIZES]


@each("line", EVERY, ids=lambda line: f"{line.op} {line.before}")
def test_sizes_follow_as_the_operator_is_defined(line: Line) -> None:
    judged = Judged(line)
    assert (judged.fed, judged.slid) == (line.fed, line.slid)
    if line.why:
        with pytest.raises(Unknown, match=line.why):
            judged.sizes()
    else:
        assert judged.sizes() == (plain(line.after), line.edits)


def test_what_only_prepares_constants_keeps_the_rules_that_tie_equal_sizes() -> None:
    kept = {"Relu": Scaling.SAME, "Add": Scaling.BROADCAST, "QuantizeLinear": Scaling.QUANTISE,
            "Transpose": Scaling.TRANSPOSE, "Shape": Scaling.NOTHING}  # fmt: skip
    for op in (*kept, "Concat", "Reshape", "Conv"):
        call = Call(op, "", 17, {}, (Tensor("a", "float32", (2,)), None), ())
        for constants in ({0}, {0, 1}):
            made = _relation(Term(Dims(), call, (), (), frozenset(constants)))
            assert made is (RELATIONS[kept[op]] if op in kept else refit), op
        read = _relation(Term(Dims(), call, (), (), frozenset({1})))
        record = record_of(call)
        assert record is not None
        assert read is RELATIONS[record.scaling] is not refit
