"""Local functions: stated once, with their imports, and called as they are declared.

Source: ONNX IR specification, *Functions*.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx

from analyzer.conformance.operators import complaints_of
from analyzer.conformance.places import nestings, quoted
from analyzer.conformance.schemas import STANDARD, schema_at
from analyzer.facts import Breach
from analyzer.graph.attributes import Reference
from analyzer.graph.program import normal_domain
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import onnx

    from analyzer.graph.scope import FunctionKey, Op, Program, Scope
    from analyzer.model.proto import ModelMessage

FAMILY = "function"
FIRST_IR = 8
"""IR version that introduced local functions."""


def check_functions(program: Program, model: ModelMessage) -> Iterator[Breach]:
    """Breaches of the functions of a model and of the calls to them."""
    if not model.functions:
        return
    if 0 < model.ir_version < FIRST_IR:
        yield Breach(
            "functions-too-early", FAMILY, "",
            f"the model has local functions and states IR version {model.ir_version}; they exist "
            f"since {FIRST_IR}", f"state IR version {FIRST_IR} or later", grave=False,
        )  # fmt: skip
    yield from _repeated(model)
    for function in model.functions:
        yield from _declaration(function, program)
    yield from _recursive(program)
    yield from _calls(program)


def _label(key: FunctionKey) -> str:
    return ".".join(part for part in key if part)


def _repeated(model: ModelMessage) -> Iterator[Breach]:
    keys = Counter((normal_domain(f.domain), f.name, f.overload) for f in model.functions)
    for key, times in keys.items():
        if times > 1:
            yield Breach(
                "duplicate-function", FAMILY, _label(key),
                f"local function {quoted(_label(key))} is defined {times} times",
                "remove or rename all but one",
            )  # fmt: skip


def _declaration(function: onnx.FunctionProto, program: Program) -> Iterator[Breach]:
    key = (normal_domain(function.domain), function.name, function.overload)
    label = _label(key)
    if not function.name:
        yield Breach("unnamed-function", FAMILY, label, "a local function has no name",
                     "name or remove it", grave=False)  # fmt: skip
    imported = {normal_domain(o.domain) for o in function.opset_import}
    if function.node and (
        not imported
        or ("" not in imported and any(not normal_domain(n.domain) for n in function.node))
    ):
        what = "version of the ONNX operators, which it uses" if imported else "operator set"
        yield Breach(
            "function-without-opset", FAMILY, label,
            f"local function {quoted(label)} imports no {what}",
            "add the opset_import that it was written against",
        )  # fmt: skip
    for name, times in Counter(function.output).items():
        if times > 1:
            yield Breach(
                "duplicate-output", FAMILY, label,
                f"local function {quoted(label)} lists its output {quoted(name)} {times} times",
                "return each value once, and let callers read it as often as they need it",
            )  # fmt: skip
    names = Counter([*function.attribute, *(a.name for a in function.attribute_proto)])
    for name, times in names.items():
        if times > 1:
            yield Breach(
                "duplicate-attribute", FAMILY, label,
                f"local function {quoted(label)} declares its attribute {quoted(name)} twice",
                "remove one of them", grave=False,
            )  # fmt: skip
    for name in dict.fromkeys(function.output):
        if name in function.input:
            yield Breach(
                "function-returns-input", FAMILY, label,
                f"local function {quoted(label)} returns its input {quoted(name)} as it is, which "
                "runtimes do not take", "pass it through an Identity",
            )  # fmt: skip
    yield from _versions(function, label, program)


def _versions(function: onnx.FunctionProto, label: str, program: Program) -> Iterator[Breach]:
    """Operators that mean one thing to the function and another to the model that inlines it.

    ONNX Runtime inlines them in the model's version, and refuses what is malformed there.
    """
    own = {normal_domain(o.domain): o.version for o in function.opset_import}
    outer = program.main.opsets
    told: dict[str, Breach] = {}
    key = (normal_domain(function.domain), function.name, function.overload)
    for op in program.scopes[program.functions[key]].ops:
        domain = op.domain
        mine, theirs = own.get(domain), outer.get(domain)
        if domain not in STANDARD or mine is None or theirs is None or mine == theirs:
            continue
        first, second = (schema_at(op.op_type, v, domain) for v in (mine, theirs))
        if first is None or second is None or first.since == second.since:
            continue
        if op.op_type not in told:
            told[op.op_type] = Breach(
                "function-opset", FAMILY, label,
                f"local function {quoted(label)} means {op.op_type}-{first.since} (it imports "
                f"version {mine}), the model {op.op_type}-{second.since} (version {theirs})",
                "import the same version in both",
                grave=any(c.grave for c in complaints_of(op, second, inside=True)),
            )  # fmt: skip
    if told:
        worst = max(told.values(), key=lambda breach: breach.grave)
        others = len(told) - 1
        more = f"; {so_many(others, 'more operator')} of another version" if others else ""
        yield replace(worst, message=worst.message + more)


def _recursive(program: Program) -> Iterator[Breach]:
    """Functions that call themselves, directly or by way of others."""
    calls = {
        key: {
            other
            for scope in _inside(program, index)
            for op in scope.ops
            if (other := op.key) in program.functions
        }
        for key, index in program.functions.items()
    }
    for key in _on_cycles(calls):
        yield Breach(
            "recursive-function", FAMILY, _label(key),
            f"local function {quoted(_label(key))} calls itself, which ONNX forbids",
            "write the repetition as a Loop",
        )  # fmt: skip


def _inside(program: Program, index: int) -> Iterator[Scope]:
    waiting = [index]
    while waiting:
        scope = program.scopes[waiting.pop()]
        yield scope
        for op in scope.ops:
            waiting.extend(op.bodies.values())


def _on_cycles(calls: Mapping[FunctionKey, set[FunctionKey]]) -> list[FunctionKey]:
    """Keys that lead back to themselves; what calls them, or is called by them, need not."""
    graph: nx.DiGraph[FunctionKey] = nx.DiGraph()
    graph.add_edges_from((key, other) for key, called in calls.items() for other in called)
    circles = nx.strongly_connected_components(graph)
    found = {key: len(circle) > 1 for circle in circles for key in circle}
    return [key for key in calls if found.get(key) or key in calls[key]]


def _calls(program: Program) -> Iterator[Breach]:
    needed: dict[FunctionKey, set[str]] = {}
    operands = _required(program)
    for nesting in nestings(program):
        for op in nesting.scope.ops:
            key = op.key
            if key not in program.functions:
                continue
            scope = program.scopes[program.functions[key]]
            if key not in needed:
                needed[key] = _references(program, scope) - set(scope.defaults)
            complaints = [*_call(op, scope, needed[key]), *_left_out(op, scope, operands[key])]
            for code, message, remedy in complaints:
                yield Breach(code, FAMILY, nesting.place(op), f"{op.op_type}: {message}", remedy)


def _required(program: Program) -> dict[FunctionKey, set[str]]:
    """Inputs of each function that an operator in it cannot do without, directly or by a call."""
    required: dict[FunctionKey, set[str]] = {key: set() for key in program.functions}
    handed: dict[tuple[FunctionKey, str], list[tuple[FunctionKey, str]]] = {}
    waiting: list[tuple[FunctionKey, str]] = []
    for key, index in program.functions.items():
        for scope, op, formals in _seeing(program, index):
            called = op.key
            if called in program.functions:
                names = program.scopes[program.functions[called]].inputs
                for inner, outer in zip(names, op.inputs, strict=False):
                    if outer in formals:
                        handed.setdefault((called, inner), []).append((key, outer))
                continue
            schema = schema_at(op.op_type, scope.opsets.get(op.domain, 1), op.domain)
            for formal, name in zip(schema.inputs if schema else (), op.inputs, strict=False):
                if formal.required and name in formals:
                    waiting.append((key, name))
    while waiting:
        key, name = waiting.pop()
        if name not in required[key]:
            required[key].add(name)
            waiting.extend(handed.get((key, name), ()))
    return required


def _seeing(program: Program, index: int) -> Iterator[tuple[Scope, Op, frozenset[str]]]:
    """Operators of a function and of the bodies in it, with the inputs that each can see."""
    waiting = [(index, frozenset(program.scopes[index].inputs))]
    while waiting:
        current, formals = waiting.pop()
        scope = program.scopes[current]
        if current != index:  # a body's own inputs and initializers hide outer values
            formals -= {*scope.inputs, *scope.constants, *scope.sparse}
        for op in scope.ops:
            yield scope, op, formals
            waiting.extend((body, formals) for body in op.bodies.values())


def _left_out(op: Op, scope: Scope, required: set[str]) -> Iterator[tuple[str, str, str]]:
    """Inputs that the body needs and the call does not give."""
    given = dict(zip(scope.inputs, op.inputs, strict=False))
    for name in dict.fromkeys(scope.inputs):
        if name in required and not given.get(name):
            yield (
                "function-input",
                (f"the call leaves out input {quoted(name)}, which an operator of the local "
                "function requires"), "give the call that input",
            )  # fmt: skip


def _references(program: Program, scope: Scope) -> set[str]:
    """Attributes of the call that a required attribute in the function's body refers to."""
    found = set()
    for inner in _inside(program, scope.index):
        for op in inner.ops:
            schema = schema_at(op.op_type, inner.opsets.get(op.domain, 1), op.domain)
            for name, value in op.attributes.items():
                required = schema is not None and schema.attributes.get(name, (0, False))[1]
                if isinstance(value, Reference) and required:
                    found.add(value.name)
    return found


def _call(op: Op, scope: Scope, needed: set[str]) -> Iterator[tuple[str, str, str]]:
    for what, given, most in (
        ("input", len(op.inputs), len(scope.inputs)),
        ("output", len(op.outputs), len(scope.outputs)),
    ):
        if given > most:
            yield (
                "function-arity",
                f"the call has {so_many(given, what)}, the local function {most}",
                f"remove the {what}s that are too many",
            )  # fmt: skip
    listed, outputs = len(op.outputs), len(scope.outputs)
    if listed < outputs:
        yield (
            "function-arity",
            f"the call has {so_many(listed, 'output')}, the local function {outputs}",
            "list all outputs; an empty name stands for one that nobody reads",
        )  # fmt: skip
    missing = needed - {a.name for a in op.proto.attribute}
    for name in sorted(missing):
        yield (
            "function-attribute",
            (f"the call does not state {quoted(name)}, which an operator of the local function "
            "requires"), "state it, or give the function a default",
        )  # fmt: skip
