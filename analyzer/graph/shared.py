"""Which names of a file do not say what is meant, in all its graphs, bodies and functions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from analyzer.naming import SharedNames, viewed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.graph.scope import Op, Program, Scope
    from analyzer.model.proto import ModelMessage


def shared_names(program: Program, proto: ModelMessage) -> SharedNames:
    """The names that several operators, values, tensors or graphs of ``proto`` have."""
    ops = [op for scope in program.scopes for op in scope.ops]
    roots = {0, *program.functions.values()}
    return SharedNames(
        operators=_repeated(op.name for op in ops),
        values=_repeated(
            name for scope in program.scopes for name in _defined(scope, root=scope.index in roots)
        ),
        tensors=_repeated(_tensors(program, ops)),
        graphs=_repeated(_graphs(proto, ops)),
        complete=len(proto.functions) == len(program.functions),
    )


def _repeated(names: Iterable[str]) -> frozenset[str]:
    count = Counter(map(viewed, names))
    return frozenset(name for name, times in count.items() if times > 1)


def _defined(scope: Scope, *, root: bool) -> Iterator[str]:
    """Values of ``scope``, as often as it defines them.

    What nobody around a graph or a function can define is a value of its own, if a missing one.
    """
    given = {*scope.inputs, *scope.stored}
    yield from given
    for op in scope.ops:
        yield from op.outputs
    if root:
        yield from scope.reads.keys() - given


def _tensors(program: Program, ops: Iterable[Op]) -> Iterator[str]:
    for scope in program.scopes:
        yield from scope.stored
        yield from (attribute.t.name for attribute in scope.defaults.values())
    for op in ops:
        made = op.outputs[0] if op.op_type == "Constant" and op.outputs else ""
        yield made
        if any(isinstance(value, (np.ndarray, TensorProto)) for value in op.attributes.values()):
            yield from (a.t.name for a in op.proto.attribute if a.t.name != made)


def _graphs(proto: ModelMessage, ops: Iterable[Op]) -> Iterator[str]:
    yield proto.graph.name
    for op in ops:
        for attribute in op.proto.attribute if op.bodies else ():
            yield from (graph.name for graph in (attribute.g, *attribute.graphs))
    yield from (function.name for function in proto.functions)
