"""What the file declares of its values beside what follows from it.

Source: ONNX IR specification, *Static tensor shapes*: a declaration must agree with what the
operators make. ONNX Runtime refuses another element type and passes over another shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.conformance.names import repeated
from analyzer.conformance.places import quoted
from analyzer.facts import Breach
from analyzer.graph.tensors import dims
from analyzer.model.dtypes import DTYPES
from analyzer.shapes.types import decode_type
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import onnx

    from analyzer.graph.scope import Program, Scope
    from analyzer.shapes.instance import Instance, Shapes
    from analyzer.shapes.types import Type

FAMILY = "declaration"


def check_declarations(
    program: Program, shapes: Shapes, *, is_certain: Callable[[Instance, str], bool]
) -> Iterator[Breach]:
    """Breaches of every scope that runs or may run, functions aside: those have many types.

    ``is_certain`` says whether a value's size does not hang on an assumption.
    """
    seen: set[int] = set()
    yield from _boundary(program.main)
    for instance in shapes.instances():
        scope = program.scopes[instance.scope]
        if scope.function is not None or scope.index in seen:
            continue
        seen.add(scope.index)
        yield from _overridden(scope, instance)
        yield from _values(scope, instance, is_certain)


def _boundary(main: Scope) -> Iterator[Breach]:
    """Inputs and outputs of the model need a type that a reader knows."""
    for name, proto in main.input_types.items():
        if proto.WhichOneof("value") is None:
            yield Breach(
                "untyped-input", FAMILY, name, f"input {quoted(name)} has no type", "declare it"
            )
    for name in main.outputs:
        declared = main.declared.get(name)
        if declared is not None and declared.WhichOneof("value") is None:
            yield Breach(
                "untyped-output", FAMILY, name, f"output {quoted(name)} has no type",
                "declare it", grave=False,
            )  # fmt: skip
    for name, declared in (*main.input_types.items(), *main.declared.items()):
        if declared.HasField("tensor_type") and declared.tensor_type.elem_type not in DTYPES:
            number = declared.tensor_type.elem_type
            yield Breach(
                "element-type", FAMILY, name,
                f"{quoted(name)} is declared with the unknown element type {number}" if number
                else f"{quoted(name)} is declared with no element type",
                "declare the element type that it has",
            )  # fmt: skip


def _overridden(scope: Scope, instance: Instance) -> Iterator[Breach]:
    """Inputs of a graph for which an initializer of another type is the default."""
    if not scope.constants:
        return
    for name, proto in scope.input_types.items():
        tensor = scope.constants.get(name)
        if tensor is None or not proto.HasField("tensor_type"):
            continue
        declared, dtype, shape = decode_type(proto), DTYPES.get(tensor.data_type), dims(tensor)
        where = f"{instance.path}/{name}" if instance.path else name
        if declared.dtype and dtype and declared.dtype != dtype:
            yield Breach(
                "initializer-type", FAMILY, where,
                f"input {quoted(name)} is declared {declared.dtype}, and its initializer is "
                f"{dtype}", "declare what is stored",
            )  # fmt: skip
        elif differ(declared.shape, shape):
            yield Breach(
                "initializer-shape", FAMILY, where,
                f"input {quoted(name)} is declared {spell(declared.shape)}, and its initializer "
                f"is {spell(shape)}", "declare what is stored",
            )  # fmt: skip


def _values(
    scope: Scope, instance: Instance, is_certain: Callable[[Instance, str], bool]
) -> Iterator[Breach]:
    ends = set(scope.outputs)
    twice = () if instance.path else repeated(scope.outputs)
    for name, proto in scope.declared.items():
        inferred = instance.types.get(name)
        if inferred is None or name in scope.input_types or name in twice:
            continue  # of two declarations one may be right: the fault is that there are two
        declared = _declared(proto)
        if declared is None or declared.dtype is None or inferred.dtype is None:
            continue
        where = f"{instance.path}/{name}" if instance.path else name
        kind = "output" if name in ends else "value"
        if declared.dtype != inferred.dtype:
            yield Breach(
                "declared-type", FAMILY, where,
                f"{kind} {quoted(name)} is declared {declared.dtype}, and the operator that makes "
                f"it gives {inferred.dtype}", "correct the declaration, or cast the value",
            )  # fmt: skip
        elif (
            name not in instance.declared
            and differ(declared.shape, inferred.shape)
            and is_certain(instance, name)
        ):
            yield Breach(
                "declared-shape", FAMILY, where,
                f"{kind} {quoted(name)} is declared {spell(declared.shape)}, and the operator that "
                f"makes it gives {spell(inferred.shape)}",
                "correct the declaration, or drop it and infer shapes anew", grave=False,
            )  # fmt: skip


def _declared(proto: onnx.TypeProto) -> Type | None:
    """The declared type where it says something; sparse tensors and tensors are told apart."""
    if proto.WhichOneof("value") is None or proto.HasField("sparse_tensor_type"):
        return None
    return decode_type(proto)


def differ(a: tuple[int | None, ...] | None, b: tuple[int | None, ...] | None) -> bool:
    """Whether two shapes cannot be the same."""
    if a is None or b is None:
        return False
    return len(a) != len(b) or any(
        p is not None and q is not None and p != q for p, q in zip(a, b, strict=True)
    )
