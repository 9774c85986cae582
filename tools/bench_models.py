"""Models of every size for `make bench`, whose weights are holes in sparse files.

``python -m tools.bench_models NAME PATH`` writes one. The measuring process never imports this
module: the system counts a child's largest memory from before it is replaced by the program to
measure, so that process has to stay small.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper

MATRIX = 4096
"""Side of the square matrices of a heavy `stack`: 64 MiB each."""


@dataclass
class Draft:
    """A graph under construction; float weights are declared here and stored by `write`."""

    nodes: list[NodeProto] = field(default_factory=list)
    weights: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Shape by name."""
    small: dict[str, TensorProto] = field(default_factory=dict)
    """Integers and scalars that are part of the graph's structure."""

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Append an operator; its only output."""
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], output, **attributes))
        return output

    def weight(self, *dims: int) -> str:
        name = f"w{len(self.weights)}"
        self.weights[name] = dims
        return name

    def scalar(self, value: float) -> str:
        name = f"c{value:g}"
        self.small[name] = helper.make_tensor(name, TensorProto.FLOAT, [], [value])
        return name

    def ints(self, *values: int) -> str:
        name = "i" + "_".join(map(str, values))
        self.small[name] = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
        return name

    def linear(self, x: str, inputs: int, outputs: int) -> str:
        """``x @ W + b``."""
        return self.add("Add", self.add("MatMul", x, self.weight(inputs, outputs)),
                        self.weight(outputs))  # fmt: skip

    def norm(self, x: str, width: int) -> str:
        return self.add("LayerNormalization", x, self.weight(width), self.weight(width))

    def model(
        self, inputs: dict[str, tuple[int, list[int] | list[str]]], outputs: dict[str, list[Any]]
    ) -> ModelProto:
        """``inputs``: data type and shape by name; ``outputs``: shape by name, all float."""
        graph = helper.make_graph(
            self.nodes,
            "bench",
            [helper.make_tensor_value_info(name, *what) for name, what in inputs.items()],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs.items()],
            list(self.small.values()),
        )
        opset = helper.make_opsetid("", 17)
        return helper.make_model(graph, ir_version=8, opset_imports=[opset])


def chain(nodes: int) -> tuple[ModelProto, Draft]:
    """``nodes`` convolutions and activations in turn, all 8 channels of 8×8: 4,096 MACs a pair."""
    draft, last = Draft(), "x"
    weight = draft.weight(8, 8, 1, 1)
    for number in range(nodes):
        last = (
            draft.add("Relu", last)
            if number % 2
            else draft.add("Conv", last, weight, kernel_shape=[1, 1])
        )
    shape = [1, 8, 8, 8]
    return draft.model({"x": (TensorProto.FLOAT, shape)}, {last: shape}), draft


def stack(matrices: int, side: int = MATRIX) -> tuple[ModelProto, Draft]:
    """A vector times ``matrices`` square matrices, one after the other."""
    draft, last = Draft(), "x"
    for _ in range(matrices):
        last = draft.add("MatMul", last, draft.weight(side, side))
    shape = [1, side]
    return draft.model({"x": (TensorProto.FLOAT, shape)}, {last: shape}), draft


@dataclass(frozen=True)
class Sizes:
    """Of a transformer encoder; the defaults are BERT-base, uncased (Devlin et al., 2019)."""

    layers: int = 12
    hidden: int = 768
    heads: int = 12
    inner: int = 3072
    vocabulary: int = 30522
    positions: int = 512
    sequence: int = 128
    """Tokens; what the open dimension is bound to where there is one."""

    @property
    def macs(self) -> int:
        """Per layer 4·S·H² for projections, 2·S²·H for attention, 2·S·H·F behind; H² to pool."""
        tokens, width = self.sequence, self.hidden
        layer = 4 * tokens * width**2 + 2 * tokens**2 * width + 2 * tokens * width * self.inner
        return self.layers * layer + width**2


def transformer(sizes: Sizes, *, dynamic: bool) -> tuple[ModelProto, Draft]:
    """An encoder with pooler, written operator by operator as exporters do.

    ``dynamic``: batch and sequence are open, and the graph computes its reshapes from them.
    """
    draft, width = Draft(), sizes.hidden
    shape: Any = ["batch", "sequence"] if dynamic else [1, sizes.sequence]
    size = draft.add("Shape", "ids") if dynamic else ""

    def reshape(x: str, *tail: int) -> str:
        if not dynamic:
            return draft.add("Reshape", x, draft.ints(1, sizes.sequence, *tail))
        return draft.add("Reshape", x, draft.add("Concat", size, draft.ints(*tail), axis=0))

    def heads(x: str, perm: list[int]) -> str:
        apart = reshape(draft.linear(x, width, width), sizes.heads, width // sizes.heads)
        return draft.add("Transpose", apart, perm=perm)

    length = draft.add("Slice", size, draft.ints(1), draft.ints(2)) if dynamic else ""
    position = draft.add(
        "Slice", draft.weight(sizes.positions, width), draft.ints(0),
        length or draft.ints(sizes.sequence), draft.ints(0),
    )  # fmt: skip
    words = draft.add("Gather", draft.weight(sizes.vocabulary, width), "ids")
    kinds = draft.add("Gather", draft.weight(2, width), "kinds")
    x = draft.norm(draft.add("Add", draft.add("Add", words, kinds), position), width)
    mask = draft.add("Unsqueeze", "mask", draft.ints(1, 2))
    mask = draft.add("Mul", draft.add("Sub", mask, draft.scalar(1.0)), draft.scalar(1e4))
    for _ in range(sizes.layers):
        query, key, value = (heads(x, p) for p in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))
        scale = draft.scalar((width // sizes.heads) ** 0.5)
        score = draft.add("Div", draft.add("MatMul", query, key), scale)
        share = draft.add("Softmax", draft.add("Add", score, mask), axis=-1)
        mixed = draft.add("Transpose", draft.add("MatMul", share, value), perm=[0, 2, 1, 3])
        x = draft.norm(draft.add("Add", draft.linear(reshape(mixed, width), width, width), x),
                       width)  # fmt: skip
        y = draft.linear(x, width, sizes.inner)
        bell = draft.add("Erf", draft.add("Div", y, draft.scalar(2**0.5)))
        bell = draft.add("Mul", draft.add("Add", bell, draft.scalar(1.0)), draft.scalar(0.5))
        y = draft.linear(draft.add("Mul", y, bell), sizes.inner, width)
        x = draft.norm(draft.add("Add", y, x), width)
    small = draft.small.setdefault("first", helper.make_tensor("first", TensorProto.INT64, [], [0]))
    first = draft.add("Gather", x, small.name, axis=1)
    pooled = draft.add("Tanh", draft.add("Gemm", first, draft.weight(width, width),
                                         draft.weight(width)))  # fmt: skip
    integers = TensorProto.INT64
    return draft.model(
        {"ids": (integers, shape), "kinds": (integers, shape), "mask": (TensorProto.FLOAT, shape)},
        {pooled: [shape[0], width]},
    ), draft


def varint(number: int) -> bytes:
    """Protobuf's base-128 encoding."""
    head = b""
    while number > 0x7F:
        head, number = head + bytes([number & 0x7F | 0x80]), number >> 7
    return head + bytes([number])


def write(path: Path, model: ModelProto, draft: Draft, *, external: bool = False) -> None:
    """The model with its weights, all zero: holes in ``path``, or in a file of data beside it.

    Embedded ones are written field by field because a protobuf message cannot exceed 2 GiB in
    memory.
    """
    graph, offset, heads = GraphProto(), 0, list[tuple[bytes, int]]()
    graph.CopyFrom(model.graph)
    for name, dims in draft.weights.items():
        size = 4 * prod(dims)
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=dims)
        if external:
            tensor.data_location = TensorProto.EXTERNAL
            where = {"location": f"{path.name}.data", "offset": offset, "length": size}
            for key, value in where.items():
                tensor.external_data.add(key=key, value=str(value))
            graph.initializer.append(tensor)
            offset += size
        else:
            fields = tensor.SerializeToString() + b"\x4a" + varint(size)  # raw_data is field 9
            heads.append((b"\x2a" + varint(len(fields) + size) + fields, size))  # initializer: 5
    if external:
        with path.with_name(f"{path.name}.data").open("wb") as file:
            file.truncate(offset)
    rest = ModelProto()
    rest.CopyFrom(model)
    rest.ClearField("graph")
    body = graph.SerializeToString()
    length = len(body) + sum(len(head) + size for head, size in heads)
    with path.open("wb") as file:
        file.write(rest.SerializeToString() + b"\x3a" + varint(length) + body)  # graph: field 7
        for head, size in heads:
            file.write(head)
            file.seek(size, os.SEEK_CUR)
        file.truncate()


def small_models(folder: Path, count: int) -> None:
    """``count`` of ONNX's own operator tests, taken evenly from all of them by name."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # their reference arithmetic overflows on purpose
        cases = {case.name: case.model for case in collect_testcases(None) if case.model}
    folder.mkdir()
    for name in _evenly(sorted(cases), count):
        (folder / f"{name}.onnx").write_bytes(cases[name].SerializeToString())


def _evenly(names: list[str], count: int) -> Iterator[str]:
    yield from (names[number * len(names) // count] for number in range(count))


MAKERS: dict[str, Callable[[Path], None]] = {
    "chain1000": lambda path: write(path, *chain(1_000)),
    "chain5000": lambda path: write(path, *chain(5_000)),
    "chain20000": lambda path: write(path, *chain(20_000)),
    "chain50000": lambda path: write(path, *chain(50_000)),
    "bert": lambda path: write(path, *transformer(Sizes(), dynamic=False), external=True),
    "dynamic": lambda path: write(path, *transformer(Sizes(layers=6), dynamic=True), external=True),
    "light8": lambda path: write(path, *stack(8, 4)),
    "light45": lambda path: write(path, *stack(45, 4)),
    "light150": lambda path: write(path, *stack(150, 4), external=True),
    "stack8": lambda path: write(path, *stack(8)),
    "stack45": lambda path: write(path, *stack(45)),
    "stack150": lambda path: write(path, *stack(150), external=True),
    "small200": lambda path: small_models(path, 200),
}

if __name__ == "__main__":
    MAKERS[sys.argv[1]](Path(sys.argv[2]))
