"""The schema as a contract: arity, element types and attributes of ``com.microsoft``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.operators.contracts.vendor import schema_of
from analyzer.operators.contracts.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.vendor import FormalParameter, VendorSchema

_PYTHON: dict[str, tuple[type, ...]] = {
    "INT": (int,), "FLOAT": (float,), "STRING": (str,),
    "INTS": (tuple,), "FLOATS": (tuple,), "STRINGS": (tuple,),
}  # fmt: skip
_ITEMS: dict[str, type] = {"INTS": int, "FLOATS": float, "STRINGS": str}
_BODIES = ("GRAPH", "GRAPHS")
"""A call does not hold the bodies of its operator."""


def matches_schema(call: Call) -> Iterator[Violation]:
    """Arity, element types and attributes are those of the operator's schema."""
    schema = schema_of(call.op_type)
    if schema is None:
        return
    yield from _arity(call, schema)
    yield from _types(call, schema)
    yield from _attributes(call, schema)


def _arity(call: Call, schema: VendorSchema) -> Iterator[Violation]:
    least_in, most_in, least_out, most_out = schema.arity
    for what, count, least, most in (
        ("inputs", len(call.inputs), least_in, most_in),
        ("outputs", len(call.outputs), least_out, most_out),
    ):
        if not least <= count <= most:
            takes = f"{least}" if least == most else f"{least} or more" if most > 99 else (
                f"{least} to {most}"
            )  # fmt: skip
            have = f"{count} inputs" if what == "inputs" else f"{count} outputs"
            yield Violation(
                "arity",
                f"it has {have} and takes {takes}",
                "list as many as it takes; an empty name stands for one that is left out",
            )
            return
    for operand, tensor in zip(schema.inputs, call.inputs, strict=False):
        if tensor is None and not operand.kind:
            yield Violation(
                "operand-missing",
                f"{operand.name} is left out, and it is needed",
                f"give {operand.name}",
            )


def _operands(call: Call, schema: VendorSchema) -> Iterator[tuple[FormalParameter, str]]:
    """Each input that is there, with its element type."""
    described = schema.inputs
    for slot, tensor in enumerate(call.inputs):
        if not described or tensor is None or tensor.dtype is None:
            continue
        operand = described[min(slot, len(described) - 1)]
        if slot < len(described) or "*" in operand.kind:
            yield operand, tensor.dtype


def _types(call: Call, schema: VendorSchema) -> Iterator[Violation]:
    bound: dict[str, tuple[str, str]] = {}
    for operand, dtype in _operands(call, schema):
        allowed = schema.types.get(operand.type, frozenset((operand.type,)))
        if any(name.startswith("sparse") for name in allowed):
            continue  # a call does not tell sparse from dense
        if dtype not in allowed:
            listing = ", ".join(sorted(allowed))
            yield Violation(
                "operand-type",
                f"{operand.name} is {dtype}, it takes {listing}",
                f"cast {operand.name} to {'one of ' if len(allowed) > 1 else ''}{listing}",
            )
            return
        if operand.type not in schema.types or "~" in operand.kind:
            continue
        name, before = bound.setdefault(operand.type, (operand.name, dtype))
        if before != dtype:
            yield Violation(
                "operand-type",
                f"{operand.name} is {dtype} and {name} is {before}; it takes one type for both",
                f"cast {operand.name} to {before}",
            )
            return


def _attributes(call: Call, schema: VendorSchema) -> Iterator[Violation]:
    for name, kind in schema.attributes.items():
        needed, kind = kind.endswith("!"), kind.removesuffix("!")
        if kind in _BODIES:
            continue
        if name not in call.attributes:
            if needed:
                yield Violation(
                    "attribute-missing",
                    f"{name} is absent, and it is needed",
                    f"state {name} ({kind.lower()})",
                )
        elif not _fits(call.attributes[name], kind):
            yield Violation(
                "attribute-type",
                f"{name} is {type(call.attributes[name]).__name__}, it takes {kind.lower()}",
                f"write {name} as {kind.lower()}",
            )
    unknown = [n for n in call.attributes if n not in schema.attributes]
    if unknown and not unknown[0].startswith("__"):
        yield Violation(
            "attribute-unknown",
            f"there is no attribute {unknown[0][:60]!r}",
            "remove it, or correct its name",
        )


def _fits(value: Any, kind: str) -> bool:
    """An empty list may be of any type."""
    wanted = _PYTHON.get(kind)
    if wanted is None:
        return True
    item = _ITEMS.get(kind)
    if item is None or not isinstance(value, tuple):
        return isinstance(value, wanted)
    return wanted == (tuple,) and all(isinstance(entry, item) for entry in value)
