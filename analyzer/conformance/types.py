"""Element types against type parameters: allowed there, and the same wherever ``T`` stands.

Source: ``type_constraints`` of onnx's schemas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.conformance.schemas import STANDARD, schema_at
from analyzer.facts import Breach
from analyzer.model.dtypes import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from analyzer.conformance.schemas import Formal, Schema
    from analyzer.graph.scope import FunctionKey
    from analyzer.shapes.sites import Site

FAMILY = "type"
_SPELLINGS = {"float32": "float", "float64": "double"}
"""Element types that schemas write in another way."""

Complaint = tuple[str, str]
"""Message and remedy."""


def check_types(sites: Sequence[Site], functions: AbstractSet[FunctionKey]) -> Iterator[Breach]:
    """Operators of the standard domains with operands of a type that they do not take."""
    known: dict[tuple[object, ...], Complaint | None] = {}
    for site in sites:
        op, call = site.op, site.call
        if op.domain not in STANDARD or (functions and _key(site) in functions):
            continue
        dtypes = tuple([t.dtype if t is not None else None for t in call.inputs])
        question = (op.domain, op.op_type, call.version, dtypes)
        if question in known:
            complaint = known[question]
        else:
            schema = schema_at(op.op_type, call.version, op.domain)
            complaint = known[question] = _complaint(op.op_type, schema, dtypes) if schema else None
        if complaint is not None:
            yield Breach("operand-type", FAMILY, site.id, *complaint)


def _key(site: Site) -> FunctionKey:
    return site.op.key


def _complaint(op_type: str, schema: Schema, dtypes: Sequence[str | None]) -> Complaint | None:
    bound: dict[str, tuple[str, str]] = {}
    for slot, dtype in enumerate(dtypes):
        spelled = spell_type(dtype)
        if spelled is None or not schema.inputs:
            continue
        if slot >= len(schema.inputs) and not schema.inputs[-1].variadic:
            break  # there are too many of them, which is said
        formal = schema.inputs[min(slot, len(schema.inputs) - 1)]
        if spelled not in formal.types:
            version = f"{op_type}-{schema.since}"
            what = f"input {formal.name} of {op_type} is {dtype}, which {version} does not take"
            if dtype in NUMBERS:
                return what, _cure(formal, op_type, schema)
            return what, f"pass what it takes: {_few(formal)}"
        if formal.variadic and not formal.homogeneous:
            continue
        first, before = bound.setdefault(formal.parameter, (formal.name, spelled))
        if before != spelled:
            return (
                (f"inputs {first} and {formal.name} of {op_type} must have one type; they are "
                f"{_readable(before)} and {dtype}"),
                "cast one of them",
            )  # fmt: skip
    return None


def _few(formal: Formal) -> str:
    """The first types that a parameter allows, in few words."""
    kinds = dict.fromkeys(spelled.partition("(")[0] for spelled in sorted(formal.types))
    words = {"seq": "a sequence", "optional": "an optional value", "map": "a map"}
    return " or ".join(words.get(kind, "a tensor") for kind in kinds)


def _cure(formal: Formal, op_type: str, schema: Schema) -> str:
    few = sorted(map(_readable, formal.types))
    if len(few) <= 4:
        return f"cast it to {' or '.join(few)}"
    return f"cast it to a type that {op_type}-{schema.since} lists"


def _readable(spelled: str) -> str:
    names: Mapping[str, str] = {v: k for k, v in _SPELLINGS.items()}
    inner = spelled.removeprefix("tensor(").removesuffix(")")
    return names.get(inner, inner)


def spell_type(dtype: str | None) -> str | None:
    """A type of ours as schemas write it; ``None`` where it is unknown or nested too deep.

    >>> spell_type("float32"), spell_type("seq(int64)"), spell_type("seq(?)")
    ('tensor(float)', 'seq(tensor(int64))', None)
    >>> spell_type("seq(map(int64, float32))"), spell_type("sparse(float64)")
    ('seq(map(int64,tensor(float)))', 'sparse_tensor(double)')
    """
    if dtype is None:
        return None
    if dtype in NUMBERS:
        return f"tensor({_SPELLINGS.get(dtype, dtype)})"
    outer, _, rest = dtype.partition("(")
    inner = rest.removesuffix(")")
    if outer == "map":
        key, _, value = inner.partition(", ")
        element = spell_type(value)
        return f"map({key},{element})" if element else None
    if outer == "sparse":
        return f"sparse_tensor({_SPELLINGS.get(inner, inner)})" if inner in NUMBERS else None
    element = spell_type(inner) if inner else None
    return f"{outer}({element})" if element and outer in ("seq", "optional") else None
