"""May a model state another opset, because all of its operators mean the same there?"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onnx import defs, helper

from analyzer.operators import find
from analyzer.targets.use import defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.graph.scope import Op, Program
    from analyzer.shapes.instance import Shapes

OLDEST = 11
"""Below, axes may not be negative, and operators broadcast in ways of their own."""


def can_state(program: Program, shapes: Shapes, opset: int) -> bool:
    """Whether every operator of ai.onnx means the same at ``opset`` as at the one that is stated.

    Only the main graph and its bodies are looked at: what has local functions is left as it is.
    """
    stated = program.main.opsets.get("", 1)
    if program.functions or min(stated, opset) < OLDEST or opset > defs.onnx_opset_version():
        return False
    types: dict[int, dict[str, str | None]] = {}
    for instance in shapes.instances():
        known = types.setdefault(instance.scope, {})
        known.update((name, kind.dtype) for name, kind in instance.types.items())
    outer = types.get(0, {})
    return all(
        _means_the_same(op, stated, opset, {**outer, **types.get(scope.index, {})}
                        if scope.index else outer)
        for scope in program.scopes
        for op in scope.ops
        if not op.domain
    )  # fmt: skip


def needed_ir(program: Program, shapes: Shapes) -> int | None:
    """The oldest IR version that has all that the file uses; ``None`` where that is not known.

    It is the one that was released with the stated opset (onnx's table of releases), as long as
    every type is one that all of them have.
    """
    opset = program.main.opsets.get("", 1)
    released = [row[1] for row in helper.VERSION_TABLE if row[2] >= opset]
    kinds = {kind.dtype for instance in shapes.instances() for kind in instance.types.values()}
    if not released or not kinds <= _OLD_KINDS:
        return None
    return max(min(released), _FUNCTIONS if program.functions else 0)


_FUNCTIONS = 8
"""IR version that introduced local functions."""
_OLD_KINDS = frozenset({"float32", "float64", "float16", "bool", "string", "int8", "int16", "int32",
                        "int64", "uint8", "uint16", "uint32", "uint64"})  # fmt: skip


def _means_the_same(op: Op, old: int, new: int, types: Mapping[str, str | None]) -> bool:
    stated = tuple(sorted(a.name for a in op.proto.attribute))
    slots = (tuple(map(bool, op.inputs)), len(op.outputs))
    if not _compatible(op.op_type, old, new, stated, slots):
        return False
    kinds = {types.get(name) for name in (*op.inputs, *op.outputs) if name}
    return kinds <= _types_of(op.op_type, new) or _since(op.op_type, old) == _since(op.op_type, new)


@lru_cache(maxsize=4096)
def _compatible(
    op_type: str,
    old: int,
    new: int,
    stated: tuple[str, ...],
    slots: tuple[tuple[bool, ...], int],
) -> bool:
    before, after = _schema(op_type, old), _schema(op_type, new)
    if before is None or after is None or after.deprecated:
        return False
    if before.since_version == after.since_version:
        return True
    low, high = sorted((before.since_version, after.since_version))
    record = find("", op_type)
    if record is not None and any(low < version <= high for version in record.changed):
        return False
    given, outputs = slots
    return (
        _attributes_agree(op_type, old, new, stated)
        and _formals(before.inputs, len(given)) == _formals(after.inputs, len(given))
        and after.min_input <= len(given) <= after.max_input
        and after.min_output <= outputs <= after.max_output
    )


def _attributes_agree(op_type: str, old: int, new: int, stated: Iterable[str]) -> bool:
    """Those that are stated exist in both; those that are not have equal defaults where both know
    them, and exist in both or only where a default makes no difference."""
    before, after = defaults(op_type, old, ""), defaults(op_type, new, "")
    if before is None or after is None or any(name not in after for name in stated):
        return False
    unstated = (before.keys() | after.keys()) - set(stated)
    return all(_same(name, before, after) for name in unstated)


_NEUTRAL = frozenset({
    "allowzero", "block_size", "dilations", "output_dtype", "precision", "reduction", "round_mode",
    "saturate", "storage_order",
})  # fmt: skip
"""Attributes that came later and change nothing at their default."""


def _same(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if name in before and name in after:
        return repr(before[name]) == repr(after[name])
    return name in _NEUTRAL


def _formals(formals: Iterable[defs.OpSchema.FormalParameter], most: int) -> list[tuple[Any, ...]]:
    return [(f.name, str(f.option)) for f, _ in zip(formals, range(most), strict=False)]


def _schema(op_type: str, opset: int) -> defs.OpSchema | None:
    try:
        return defs.get_schema(op_type, opset, "")
    except defs.SchemaError:
        return None


def _since(op_type: str, opset: int) -> int:
    schema = _schema(op_type, opset)
    return -1 if schema is None else int(schema.since_version)


@lru_cache(maxsize=1024)
def _types_of(op_type: str, opset: int) -> frozenset[str]:
    """Element types that any operand may have; those that are no dense tensors are left out."""
    schema = _schema(op_type, opset)
    if schema is None:
        return frozenset()
    listed = {t for c in schema.type_constraints for t in c.allowed_type_strs}
    listed |= {f.type_str for f in (*schema.inputs, *schema.outputs)}
    long = {"float": "float32", "double": "float64"}
    words = (t[7:-1] for t in listed if t.startswith("tensor("))
    return frozenset(long.get(word, word) for word in words)
