"""What the model states to those who load and call it, see ``analyzer.interface``.

Source: ONNX IR specification, *Model Versioning*, *Operator Sets*, *Static tensor shapes* and
*Names Within a Graph*; the versions of releases are those of ``onnx.helper.VERSION_TABLE``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.conformance.places import nestings
from analyzer.interface import Declared, Hidden, Import, Interface
from analyzer.model.imports import release_of
from analyzer.shapes.types import decode_type, dimensions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from onnx.onnx_pb import TensorShapeProto

    from analyzer.conformance.places import Nesting
    from analyzer.graph.scope import Program
    from analyzer.shapes.types import Type

    _Dimension = TensorShapeProto.Dimension

ONNX = "ai.onnx"


def interface_of(
    program: Program,
    types: Mapping[str, Type],
    stated: Sequence[tuple[str, int]],
    sizes: Mapping[str, int],
) -> Interface:
    """What ``program`` states.

    Parameters
    ----------
    types : what inference finds of the values of the main graph.
    stated : domain and version of each import as the file has them.
    sizes : what the names of open axes of inputs were bound to.
    """
    return Interface(
        tuple(_imports(program, stated)),
        tuple(_declared(program, types, sizes)),
        tuple(_hidden(program)),
    )


def _imports(program: Program, stated: Sequence[tuple[str, int]]) -> Iterator[Import]:
    main = program.main
    uses = Counter(
        op.domain for scope in program.scopes if scope.opsets is main.opsets for op in scope.ops
    )
    times = Counter(domain or ONNX for domain, _ in stated)
    pairs = {(domain or ONNX, version) for domain, version in stated}
    spelt = {domain for domain, _ in stated}
    for domain in dict.fromkeys(domain or ONNX for domain, _ in stated):
        own = "" if domain == ONNX else domain
        version = main.opsets.get(own, 0)
        yield Import(
            domain=domain,
            version=version,
            uses=uses[own],
            times=times[domain],
            versions=sum(pair[0] == domain for pair in pairs),
            alias=domain == ONNX and ONNX in spelt,
            ir_version=release_of(domain, version),
        )


def _declared(
    program: Program, types: Mapping[str, Type], sizes: Mapping[str, int]
) -> Iterator[tuple[str, Declared]]:
    main = program.main
    ends = (
        *(("input", name, main.input_types.get(name)) for name in dict.fromkeys(main.inputs)),
        *(("output", name, main.declared.get(name)) for name in dict.fromkeys(main.outputs)),
    )
    for role, name, proto in ends:
        declared = None if proto is None else decode_type(proto)
        found = types.get(name)
        shape = None if declared is None else declared.shape
        axes = (dimensions(proto) if proto is not None else None) or ()
        yield (
            role,
            Declared(
                name=name,
                dtype=declared.dtype if declared else None,
                rank=None if shape is None else len(shape),
                symbols=tuple(axis.dim_param for axis in axes if not _is_fixed(axis)),
                is_plain=proto is None or proto.WhichOneof("value") in ("tensor_type", None),
                is_default=role == "input" and (name in main.constants or name in main.sparse),
                known_rank=None if found is None or found.shape is None else len(found.shape),
                clash=_clash(axes, found, sizes) if role == "output" else None,
            ),
        )


def _clash(axes: Sequence[_Dimension], found: Type | None, sizes: Mapping[str, int]) -> str | None:
    """The first axis that is called like one of an input and is not as long."""
    if found is None or found.shape is None or len(axes) != len(found.shape):
        return None
    for i, (axis, size) in enumerate(zip(axes, found.shape, strict=True)):
        name = axis.dim_param
        if not _is_fixed(axis) and size is not None and sizes.get(name, size) != size:
            return (
                f"axis {i} is called {name}, as one of an input is, but has {size:,} where "
                f"that has {sizes[name]:,}"
            )
    return None


def _is_fixed(axis: _Dimension) -> bool:
    return axis.HasField("dim_value") and axis.dim_value >= 0


def _hidden(program: Program) -> Iterator[Hidden]:
    """Readers agree on what these mean; people and tools that inline bodies may not."""
    if len(program.scopes) == 1:
        return
    own: dict[int, frozenset[str]] = {}
    for nesting in nestings(program):
        scope = nesting.scope
        made = (name for op in scope.ops for name in op.outputs)
        own[scope.index] = frozenset((*scope.inputs, *scope.stored, *made)) - {""}
        if nesting.parent is not None:
            yield from _hiding(nesting, "input", scope.inputs, own)
            inputs = frozenset(scope.inputs)
            rest = (name for name in dict.fromkeys(scope.stored) if name not in inputs)
            yield from _hiding(nesting, "initializer", rest, own)


def _hiding(
    nesting: Nesting, what: str, names: Iterable[str], own: Mapping[int, frozenset[str]]
) -> Iterator[Hidden]:
    for name in names:
        outer = nesting.parent
        while outer is not None and name not in own[outer.scope.index]:
            outer = outer.parent
        if outer is not None:
            yield Hidden(name, nesting.path, what, outer.path)
