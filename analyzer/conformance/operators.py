"""Each operator against its schema: known, of its version, with its operands and attributes.

Source: the operator's entry in onnx's table (``onnx.defs``). Operators of ``com.microsoft`` have
none there; their signatures are contracts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from onnx import AttributeProto

from analyzer.conformance.places import called_functions, nestings, quoted, uncalled
from analyzer.conformance.schemas import EXTENSIONS, STANDARD, first_version, schema_at
from analyzer.facts import Breach
from analyzer.operators import find, shipped
from analyzer.operators.contracts.vendor import DOMAIN, is_known
from analyzer.operators.declared import held
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from analyzer.conformance.places import Nesting
    from analyzer.conformance.schemas import Formal, Schema
    from analyzer.facts import Problem
    from analyzer.graph.scope import Op, Program


class Complaint(NamedTuple):
    """A breach of whatever operator has this signature."""

    code: str
    family: str
    message: str
    remedy: str
    grave: bool = True


IMPLIED = frozenset({"ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview",
                     "ai.onnx.preview.training", "com.microsoft"})  # fmt: skip
"""Domains that ONNX Runtime imports for a model that does not."""


def check_operators(program: Program) -> Iterator[Breach]:
    """Breaches of all operators of all scopes."""
    known: dict[tuple[object, ...], tuple[Complaint, ...]] = {}
    unknown: dict[tuple[str, str, int | None], list[str]] = {}
    silent: dict[tuple[str, str, int | None], list[str]] = {}
    called = called_functions(program)
    for nesting in nestings(program):
        opsets, inside = nesting.scope.opsets, _in_function(nesting)
        idle = nesting.scope.function is not None and nesting.scope.function not in called
        for op in nesting.scope.ops:
            version = opsets.get(op.domain)
            missing = lacking(program, op, version)
            if missing is not None:
                where = silent if idle else unknown
                where.setdefault(missing, []).append(nesting.place(op))
                continue
            if op.domain not in STANDARD or _is_local(program, op):
                continue
            signature = _signature(op, version, inside)
            complaints = known.get(signature)
            if complaints is None:
                schema = schema_at(op.op_type, version or 1, op.domain)
                complaints = tuple(complaints_of(op, schema, inside)) if schema else ()
                known[signature] = complaints
            for code, family, message, remedy, grave in complaints:
                breach = Breach(code, family, nesting.place(op), message, remedy, grave)
                yield uncalled(breach) if idle else breach
    for (domain, op_type, version), places in unknown.items():
        others = _overloads(program, domain, op_type)
        yield _unknown(domain, op_type, version, places, others)
    for missing, places in silent.items():
        yield uncalled(_unknown(*missing, places, _overloads(program, *missing[:2])))


def _is_local(program: Program, op: Op) -> bool:
    return op.key in program.functions


def lacking(program: Program, op: Op, version: int | None) -> tuple[str, str, int | None] | None:
    """What nobody defines: domain, operator (empty: the import) and version; else ``None``."""
    local = bool(program.functions) and _is_local(program, op)
    if version is None and (local or op.domain):
        return op.domain, "", 0 if op.domain in IMPLIED and not local else None
    if local:
        return None
    if op.domain not in STANDARD:
        # Files use names in com.microsoft that are described here and that no runtime has there.
        described = op.domain != DOMAIN and find(op.domain, op.op_type) is not None
        defined = described or (op.domain, op.op_type) in held()
        return (
            None if defined or is_known(op.domain, op.op_type) else (op.domain, op.op_type, version)
        )
    if version is None or version < 1:
        return None  # the import is at fault, which is said of the model
    schema = schema_at(op.op_type, version, op.domain)
    lacks = schema is None or schema.deprecated
    return (op.domain, op.op_type, version) if lacks else None


def _in_function(nesting: Nesting) -> bool:
    while nesting.parent is not None:
        nesting = nesting.parent
    return bool(nesting.path)


def _signature(op: Op, version: int | None, inside: bool) -> tuple[object, ...]:
    """Everything that ``complaints_of`` looks at: no names but those of attributes."""
    return (
        op.domain, op.op_type, version, inside, tuple(map(bool, op.inputs)),
        tuple(map(bool, op.outputs)),
        tuple([(a.name, a.type, a.ref_attr_name) for a in op.proto.attribute]),
    )  # fmt: skip


def complaints_of(op: Op, schema: Schema, inside: bool) -> Iterator[Complaint]:
    """Breaches of ``schema`` by an operator, which may be ``inside`` of a function."""
    yield from _operands(op, "input", op.inputs, schema.inputs, schema.input_range)
    yield from _operands(op, "output", op.outputs, schema.outputs, schema.output_range)
    yield from _attributes(op, schema, inside)
    if op.standard == "Constant":
        yield from _values(op)


def _values(op: Op) -> Iterator[Complaint]:
    """``Constant`` has its value in one of several attributes."""
    stated = [a.name for a in op.proto.attribute if a.name.startswith(("value", "sparse_value"))]
    if not stated:
        yield Complaint(
            "missing-attribute", "attribute", "Constant has no value", "state its value"
        )
    elif stated[1:]:
        yield Complaint(
            "two-values", "attribute",
            f"Constant has {quoted(stated[0])} and {quoted(stated[1])}; it takes one value",
            "remove all but one", grave=False,
        )  # fmt: skip


def _operands(
    op: Op, what: str, names: Sequence[str], formals: Sequence[Formal], bounds: tuple[int, int]
) -> Iterator[Complaint]:
    fewest, most = bounds
    if not fewest <= len(names) <= most:
        wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        wanted = f"at least {fewest}" if most >= 2**31 - 1 else wanted
        few = len(names) < fewest
        missing = [f.name for f in formals[len(names) :] if f.required] if few else []
        which = f" ({', '.join(missing)})" if missing else ""
        yield Complaint(
            "arity", "arity",
            f"{op.op_type} has {so_many(len(names), what)}; it takes {wanted}",
            f"add what is missing{which}" if few else f"remove the {what}s that are too many",
        )  # fmt: skip
        return
    for slot, name in enumerate(names):
        if not name and formals:
            formal = formals[min(slot, len(formals) - 1)]
            if formal.required:
                yield Complaint(
                    f"empty-{what}", "arity",
                    f"{op.op_type} leaves out its {what} {formal.name}, which is not optional",
                    f"name the {what}",
                )  # fmt: skip


def _attributes(op: Op, schema: Schema, inside: bool) -> Iterator[Complaint]:
    seen: set[str] = set()
    twice: set[str] = set()
    for attribute in op.proto.attribute:
        name = attribute.name
        if name in twice:
            continue
        if name in seen:
            twice.add(name)
            yield Complaint(
                "duplicate-attribute", "attribute",
                f"{op.op_type} states its attribute {quoted(name)} twice", "remove one of them",
            )  # fmt: skip
            continue
        seen.add(name)
        if attribute.ref_attr_name and not inside:
            # Readers pass over it, which an attribute with a default survives.
            yield Complaint(
                "stray-reference", "attribute",
                f"attribute {quoted(name)} of {op.op_type} refers to "
                f"{quoted(attribute.ref_attr_name)} of a function, and is in none",
                "state the value", grave=name in schema.attributes and schema.attributes[name][1],
            )  # fmt: skip
        elif name not in schema.attributes:
            if not name.startswith("__"):  # readers pass over those, as internal
                yield Complaint(
                    "unknown-attribute", "attribute", *_unknown_attribute(op, name, schema)
                )
        elif attribute.type != schema.attributes[name][0]:
            kinds = AttributeProto.AttributeType
            wanted = kinds.Name(schema.attributes[name][0])
            given = kinds.Name(attribute.type) if attribute.type in kinds.values() else "unknown"
            yield Complaint(
                "attribute-type", "attribute",
                f"attribute {quoted(name)} of {op.op_type} is of type {given}, not {wanted}",
                f"state it as {wanted}",
            )  # fmt: skip
    missing = [n for n, (_, required) in schema.attributes.items() if required and n not in seen]
    if op.op_type == "Constant" and any(name.startswith("value") for name in seen):
        missing = []  # its value is there, under a name that another version has
    if missing and len(op.inputs) > schema.input_range[1]:
        newest = schema_at(op.op_type, 2**31 - 1, op.domain)
        moved = {formal.name for formal in newest.inputs} if newest else set()
        missing = [n for n in missing if n not in moved]  # it is there, as an input too many
    for name in missing:
        yield Complaint(
            "missing-attribute", "attribute",
            f"{op.op_type} lacks its attribute {quoted(name)}, which is required", "state it",
        )  # fmt: skip


def _unknown_attribute(op: Op, name: str, schema: Schema) -> tuple[str, str]:
    message = f"{op.op_type}-{schema.since} has no attribute {quoted(name)}"
    newer = schema_at(op.op_type, 2**31 - 1, op.domain)
    if any(formal.name == name for formal in schema.inputs):
        return message, f"{quoted(name)} is an input in this version: pass it as one"
    if _had_before(op, name, schema.since):
        return message, f"remove it: it belongs to versions before {schema.since}"
    if newer is not None and name in newer.attributes:
        first = _first_with(op, name, newer)
        return message, f"remove it, or import version {first} of the operators"
    return message, "remove it, or correct its name"


def _first_with(op: Op, name: str, schema: Schema) -> int:
    """The oldest of the versions up to that of ``schema`` that have attribute ``name``."""
    older = schema_at(op.op_type, schema.since - 1, op.domain)
    if older is None or name not in older.attributes:
        return schema.since
    return _first_with(op, name, older)


def _had_before(op: Op, name: str, since: int) -> bool:
    older = schema_at(op.op_type, since - 1, op.domain)  # none at version 0
    while older is not None and name not in older.attributes:
        older = schema_at(op.op_type, older.since - 1, op.domain)
    return older is not None


def check_misfits(problems: Iterable[Problem], told: Collection[str]) -> Iterator[Breach]:
    """Attributes of another type than their name stands for, in operators without a schema here.

    ``told`` are the places of grave breaches.
    """
    names = {place.rpartition("/")[2] for place in told}
    for problem in problems:
        known = problem.code == "attribute-type" and problem.inconclusive
        if known and problem.where.rpartition("/")[2] not in names:
            yield Breach(
                "attribute-type", "attribute", problem.where, problem.message,
                "state it as its type",
            )  # fmt: skip


def _overloads(program: Program, domain: str, op_type: str) -> list[str]:
    """What the model's own functions of that name are called."""
    return [
        quoted(overload) if overload else "one without a name"
        for space, name, overload in program.functions
        if (space, name) == (domain, op_type)
    ]


def _unknown(
    domain: str, op_type: str, version: int | None, places: Sequence[str], others: Sequence[str]
) -> Breach:
    """One breach for all operators of a kind that nothing defines.

    ``others`` are the overloads that local functions of the same name have.
    """
    more = f" ({so_many(len(places), 'operator')})" if places[1:] else ""
    label = quoted(domain or "ai.onnx")
    if not op_type:
        return Breach(
            "missing-import", "import", places[0],
            f"operators of domain {label} are used{more} and the domain is not imported",
            f"add an opset_import for {label}", grave=version is None,
        )  # fmt: skip
    name = quoted(op_type)
    if others:
        return Breach(
            "unknown-overload", "operator", places[0],
            f"{name} of domain {label}{more} is called in an overload that no local function "
            f"has; the model defines {', '.join(others[:4])}",
            "call one of those, or add a local function of that overload",
        )  # fmt: skip
    if domain not in STANDARD:
        return Breach(
            "custom-operator", "operator", places[0],
            f"{name} of domain {label}{more} is defined neither in the model nor by ONNX: only a "
            "runtime with that extension runs it",
            "ship a local function with its body, or load the extension"
            if shipped(domain, op_type)
            else "declare it in the configuration, ship a local function with its body, or load "
            "the extension", grave=False,
        )  # fmt: skip
    extends = domain == "" and (version or 1) in EXTENSIONS.get(op_type, ())
    schema = schema_at(op_type, version or 1, domain)
    first = first_version(op_type, domain)
    if schema is not None:
        return Breach(
            "deprecated-operator", "operator", places[0],
            f"{name}{more} was removed in version {schema.since} of {label}, and version {version} "
            "is imported",
            "replace it by its successor, or export the model again", grave=not extends,
        )  # fmt: skip
    if first is not None:
        return Breach(
            "newer-operator", "operator", places[0],
            f"{name}{more} exists since version {first} of {label}, and version {version} is "
            "imported",
            f"import version {first} or later, or export the model again", grave=not extends,
        )  # fmt: skip
    return Breach(
        "unknown-operator", "operator", places[0],
        f"there is no operator {name} in {label}{more}",
        "correct its name, or the domain if it is an extension", grave=not extends,
    )  # fmt: skip
