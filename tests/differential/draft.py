"""A random graph under construction, grown one layer at a time.

The generator holds no shape formulas: a layer is accepted when ONNX Runtime runs it, and
the shapes it then has are what the next layer builds on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.differential.runtime import execute

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence

    from tests.differential.runtime import Executed, Shape

FLOAT = TensorProto.FLOAT
DOMAIN = "test.functions"


@dataclass(frozen=True, slots=True)
class Value:
    """A float tensor of the graph and the shape it really has."""

    name: str
    shape: Shape


@dataclass(slots=True)
class Draft:
    """Nodes, constants and functions of a model that is being built."""

    rng: random.Random
    opset: int
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initializers: list[onnx.TensorProto] = field(default_factory=list)
    functions: list[onnx.FunctionProto] = field(default_factory=list)
    attributes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Attributes by node key."""
    params: int = 0
    """Elements of the weights made so far."""
    count: int = 0

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def make(
        self, op: str, inputs: Sequence[str], outputs: int = 1, domain: str = "", **attributes: Any
    ) -> onnx.NodeProto:
        """A node with a unique key as its name, not yet part of the graph."""
        self.count += 1
        key = f"@{self.count}@"
        names = [f"{op.lower()}{self.count}_{i}" for i in range(outputs)]
        node: onnx.NodeProto = helper.make_node(
            op, inputs, names, name=key, domain=domain, **attributes
        )
        self.attributes[key] = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        return node

    def add(self, op: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append a node; its first output."""
        return self.add_all(op, inputs, 1, **attributes)[0]

    def add_all(self, op: str, inputs: Sequence[str], outputs: int, **attributes: Any) -> list[str]:
        node = self.make(op, inputs, outputs, **attributes)
        self.nodes.append(node)
        return list(node.output)

    # --- constants ------------------------------------------------------------------------

    def weight(self, *shape: int, generated: bool = True) -> str:
        """A float weight: initializer, Constant, ConstantOfShape, half or int8 behind Q/DQ.

        ``generated`` weights are weights only where the operator demands some.
        """
        self.params += int(np.prod(shape))
        array = np.ones(shape, np.float32)
        kinds = ["plain", "plain", "constant", "half", "int8", "sliced"]
        match self.rng.choice([*kinds, "generated"] if generated else kinds):
            case "constant":
                return self.add("Constant", [], value=numpy_helper.from_array(array))
            case "half":
                stored = self._store(array.astype(np.float16))
                return self.add("Cast", [stored], to=FLOAT)
            case "generated":
                return self.add("ConstantOfShape", [self.ints(*shape)])
            case "int8":
                scale, zero = self._store(np.float32(1)), self._store(np.int8(0))
                stored = self._store(array.astype(np.int8))
                return self.add("DequantizeLinear", [stored, scale, zero])
            case "sliced" if shape[0] > 1:
                stored, axis = self._store(array), self.ints(0)
                parts = [
                    self.add("Slice", [stored, self.ints(a), self.ints(b), axis])
                    for a, b in ((1, shape[0]), (0, 1))
                ]
                return self.add("Concat", parts, axis=0)
        return self._store(array)

    def ints(self, *values: int) -> str:
        """An int64 vector as initializer or Constant."""
        array = np.array(values, np.int64)
        if self.rng.random() < 0.5:
            return self._store(array)
        return self.add("Constant", [], value_ints=list(values))

    def array(self, values: Any, dtype: Any = np.int64) -> str:
        return self._store(np.array(values, dtype))

    def scalar(self, value: int | float | bool, dtype: Any = np.int64) -> str:
        return self.array(value, dtype)

    def _store(self, array: Any) -> str:
        name = self.fresh("const")
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    # --- models ---------------------------------------------------------------------------

    def model(
        self, inputs: Iterable[Value], outputs: Sequence[str], dynamic: bool = False
    ) -> onnx.ModelProto:
        """The draft as a model; with ``dynamic`` the inputs' sizes are left open."""
        graph = helper.make_graph(
            self.nodes,
            "g",
            [
                helper.make_tensor_value_info(
                    v.name,
                    FLOAT,
                    [f"{v.name}_{i}" if dynamic else n for i, n in enumerate(v.shape)],
                )
                for v in inputs
            ],
            [onnx.ValueInfoProto(name=name) for name in outputs],
            self.initializers,
        )
        imports = [helper.make_opsetid("", self.opset)]
        if self.functions:
            imports.append(helper.make_opsetid(DOMAIN, 1))
        return helper.make_model(
            graph, opset_imports=imports, functions=self.functions, ir_version=10
        )

    def branch(self) -> Draft:
        """An empty draft for one more layer, numbered on from this one."""
        return Draft(self.rng, self.opset, functions=list(self.functions), count=self.count)

    def absorb(self, other: Draft) -> None:
        self.nodes += other.nodes
        self.initializers += other.initializers
        self.functions = other.functions
        self.attributes |= other.attributes
        self.params += other.params
        self.count = other.count


def probe(draft: Draft, inputs: Sequence[Value], outputs: Sequence[str]) -> list[Value] | None:
    """Shapes of ``outputs`` by running the draft; ``None`` where the runtime refuses it."""
    try:
        runs = execute(draft.model(inputs, outputs), ones(inputs))
    except Exception:  # noqa: BLE001 - whatever the runtime refuses is not a valid layer
        return None
    shapes = shapes_by_name(draft.nodes, runs)
    if any(name not in shapes or 0 in shapes[name] for name in outputs):
        return None
    return [Value(name, shapes[name]) for name in outputs]


def shapes_by_name(nodes: Iterable[onnx.NodeProto], runs: Iterable[Executed]) -> dict[str, Shape]:
    """Output shapes of main-graph nodes that ran."""
    by_key = {run.key: run.outputs for run in runs}
    return {
        name: shape
        for node in nodes
        for name, shape in zip(filter(None, node.output), by_key.get(node.name, ()), strict=False)
    }


def ones(inputs: Iterable[Value]) -> dict[str, Any]:
    return {v.name: np.ones(v.shape, np.float32) for v in inputs}
