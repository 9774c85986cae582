"""The shape pass: one forward walk over all scopes.

Each operator is visited once its inputs are typed: small known values are
evaluated (so in-graph padding and reshape arithmetic is exact), everything else
goes to onnx's inference function of that operator, then to our own rules for
operators onnx has no schema for. A shape nobody can derive stays unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import NodeProto, TensorProto

from analyzer.facts import Problem, Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.graph.program import Reference, decode_attribute
from analyzer.graph.tensors import DTYPES, SMALL, decode_tensor, dims
from analyzer.shapes.bindings import Bindings, bind
from analyzer.shapes.contrib import RULES
from analyzer.shapes.control import CONTROL
from analyzer.shapes.fold import BOUNDED, FOLDS, fold, shape_value
from analyzer.shapes.gaps import GAP_RULES
from analyzer.shapes.partial import PARTIAL_RULES
from analyzer.shapes.result import Child, Instance, Shapes
from analyzer.shapes.schema import (
    CPP_ERRORS,
    READS_DATA,
    encode_all,
    find_schema,
    infer_outputs,
    newest_schema,
    without_foreign_attributes,
)
from analyzer.shapes.types import UNKNOWN, Type, refine

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import onnx

    from analyzer.graph.program import FunctionKey, Op, Program, Scope
    from analyzer.shapes.fold import Array

MAX_VISITS = 2_000_000
"""Operators visited over all scopes and fixpoints; stops function and nesting bombs."""
MAX_CALL_DEPTH = 100
"""Nested function calls and bodies."""


class Frame:
    """An instance under construction, with name look-up through enclosing scopes."""

    __slots__ = ("attributes", "instance", "opsets", "parent", "scope")

    def __init__(
        self,
        instance: Instance,
        scope: Scope,
        parent: Frame | None,
        attributes: Mapping[str, onnx.AttributeProto],
    ) -> None:
        self.instance, self.scope, self.parent = instance, scope, parent
        self.attributes = attributes
        """Attributes of the function call this frame belongs to."""
        self.opsets = scope.opsets

    def type(self, name: str) -> Type:
        frame: Frame | None = self
        while frame is not None:
            found = frame.instance.types.get(name)
            if found is not None:
                return found
            frame = frame.parent
        return UNKNOWN

    def value(self, name: str) -> Array | None:
        """Contents of ``name`` if small and known."""
        frame: Frame | None = self
        while frame is not None:
            found = frame.instance.values.get(name)
            if found is not None:
                return found
            tensor = frame.scope.constants.get(name)
            if tensor is not None:
                array = decode_tensor(tensor)
                if array is not None:
                    frame.instance.values[name] = array
                return array  # type: ignore[no-any-return]
            if name in frame.instance.types:
                return None
            frame = frame.parent
        return None


class Inference:
    """State of one pass over a program."""

    def __init__(
        self,
        program: Program,
        bindings: Bindings,
        *,
        at: Callable[[int], None] = lambda _: None,
        skip: Collection[int] = (),
        use_cpp: bool = True,
    ) -> None:
        self.program, self.bindings = program, bindings
        self._use_cpp = use_cpp
        self.problems: list[Problem] = []
        self.visits = 0
        self._at, self._skip = at, skip
        self._memo: dict[tuple[Any, ...], Instance] = {}
        self._active: list[FunctionKey] = []
        self._depth = 0
        self._specialisations: dict[str, int] = {}
        self._trust_declared = True
        self._exhausted = False

    def run(self) -> Shapes:
        """Infer all scopes reachable from the main graph."""
        bound = bind(self.program, self.bindings)
        self._trust_declared = bound.as_declared
        main = self.run_scope(0, "", bound.types, {}, None, {})
        return Shapes(
            main, bound.assumptions, [*self.program.problems, *bound.problems, *self.problems]
        )

    # --- scopes -------------------------------------------------------------------------

    def run_scope(
        self,
        index: int,
        path: str,
        types: Mapping[str, Type],
        values: Mapping[str, Array],
        parent: Frame | None,
        attributes: Mapping[str, onnx.AttributeProto],
    ) -> Instance:
        """Infer one scope given the types (and perhaps values) of its inputs."""
        scope = self.program.scopes[index]
        instance = Instance(path, index)
        for name, tensor in scope.constants.items():
            instance.types[name] = Type(DTYPES.get(tensor.data_type), dims(tensor))
        for name, sparse in scope.sparse.items():
            instance.types[name] = Type(DTYPES.get(sparse.values.data_type), tuple(sparse.dims))
        instance.types.update(types)
        instance.values.update(values)
        frame = Frame(instance, scope, parent, attributes)
        if self._depth >= MAX_CALL_DEPTH:
            self._stop("nesting-limit", path, f"bodies and calls nest deeper than {MAX_CALL_DEPTH}")
            return instance
        self._depth += 1
        for i, op in enumerate(scope.ops):
            if self.visits >= MAX_VISITS:
                self._stop(
                    "work-limit",
                    path,
                    f"more than {MAX_VISITS:,} operator visits; the rest has unknown shapes",
                )
                break
            self.visits += 1
            self._at(self.visits)
            if self.visits in self._skip:
                instance.failures[i] = "shape inference crashed on this node"
                self._set_unknown(frame, op)
                continue
            self._visit(frame, i, op)
        self._depth -= 1
        return instance

    def _stop(self, code: str, where: str, message: str) -> None:
        if not self._exhausted:
            self._exhausted = True
            self.problems.append(Problem(code, where, message))

    def _visit(self, frame: Frame, i: int, op: Op) -> None:
        node, attributes = self._resolve(frame, i, op)
        key = (op.domain, op.op_type, op.proto.overload)
        if key in self.program.functions:
            self._call_function(frame, i, op, node, key)
        elif op.bodies:
            CONTROL.get(op.op_type, CONTROL[""])(self, frame, i, op, attributes)
        else:
            self._operator(frame, i, op, node, attributes)
        self._complete(frame, op)

    def _resolve(self, frame: Frame, i: int, op: Op) -> tuple[NodeProto, dict[str, Any]]:
        """Node and attributes with references to the function call's attributes replaced."""
        references = {k: v for k, v in op.attributes.items() if isinstance(v, Reference)}
        if not references:
            return op.proto, op.attributes
        node = NodeProto()
        node.CopyFrom(op.proto)
        kept = [a for a in node.attribute if not a.ref_attr_name]
        attributes = {k: v for k, v in op.attributes.items() if k not in references}
        del node.attribute[:]
        node.attribute.extend(kept)
        for name, reference in references.items():
            given = frame.attributes.get(reference.name)
            if given is not None:
                node.attribute.append(given)
                node.attribute[-1].name = name
                attributes[name] = decode_attribute(node.attribute[-1])
        frame.instance.attributes[i] = attributes
        return node, attributes

    # --- functions ----------------------------------------------------------------------

    def _call_function(
        self, frame: Frame, i: int, op: Op, node: NodeProto, key: FunctionKey
    ) -> None:
        label = ".".join(part for part in key if part)
        if key in self._active:
            self.problems.append(
                Problem(
                    "recursive-function",
                    label,
                    f"local function {label} calls itself, which ONNX forbids; its cost is unknown",
                )
            )
            frame.instance.failures[i] = "recursive local function"
            return
        scope = self.program.scopes[self.program.functions[key]]
        given = dict(zip(scope.inputs, op.inputs, strict=False))
        types = {inner: frame.type(outer) for inner, outer in given.items() if outer}
        values = {
            inner: value
            for inner, outer in given.items()
            if outer and (value := frame.value(outer)) is not None
        }
        attributes = {**scope.defaults, **{a.name: a for a in node.attribute}}
        signature = (
            key,
            tuple((n, t.dtype, t.shape, t.proto) for n, t in types.items()),
            tuple((n, v.dtype.str, v.shape, _bytes(v)) for n, v in values.items()),
            tuple(a.SerializeToString(deterministic=True) for a in attributes.values()),
        )
        instance = self._memo.get(signature)
        if instance is None:
            count = self._specialisations[label] = self._specialisations.get(label, 0) + 1
            path = label if count == 1 else f"{label}#{count}"
            self._active.append(key)
            instance = self.run_scope(scope.index, path, types, values, None, attributes)
            self._active.pop()
            self._memo[signature] = instance
        frame.instance.children[i] = (Child("call", instance, 1),)
        for outer, inner in zip(op.outputs, scope.outputs, strict=False):
            if outer:
                frame.instance.types[outer] = instance.types.get(inner, UNKNOWN)
                if inner in instance.values:
                    frame.instance.values[outer] = instance.values[inner]

    # --- plain operators ----------------------------------------------------------------

    def _operator(
        self, frame: Frame, i: int, op: Op, node: NodeProto, attributes: dict[str, Any]
    ) -> None:
        instance = frame.instance
        if op.domain == "" and op.op_type == "Constant":
            self._constant(frame, op, attributes)
            return
        inputs = [frame.type(n) if n else UNKNOWN for n in op.inputs]
        if op.domain == "" and op.op_type in ("Shape", "Size") and inputs:
            self._shape_of(frame, op, attributes, inputs[0])
            return
        version = frame.opsets.get(op.domain, 1)
        foldable = op.domain == "" and op.op_type in FOLDS
        values: list[Array | None] | None = None
        if foldable or op.op_type in READS_DATA or op.domain:
            values = [frame.value(n) if n else None for n in op.inputs]
        try:
            self._infer(frame, op, node, attributes, inputs, values, version)
        except Unknown as reason:
            instance.failures[i] = str(reason)
        if foldable and values is not None:
            self._fold(frame, op, attributes, values, version)

    def _infer(
        self,
        frame: Frame,
        op: Op,
        node: NodeProto,
        attributes: dict[str, Any],
        inputs: list[Type],
        values: list[Array | None] | None,
        version: int,
    ) -> None:
        types = frame.instance.types
        rule = RULES.get((op.domain, op.op_type))
        schema = find_schema(op.op_type, version, op.domain)
        if rule is not None and (schema is None or op.domain):
            call = make_call(op, attributes, inputs, [], version, values or ())
            for name, value in zip(op.outputs, rule(call), strict=False):
                if name:
                    types[name] = value
            if schema is None:
                return
        if schema is None:
            raise Unknown(f"no schema for {op.domain or 'ai.onnx'}::{op.op_type}")
        if not self._use_cpp:
            raise Unknown("onnx's shape inference was given up for this model")
        if values is not None and any(v is not None and v.dtype == object for v in values):
            partial = PARTIAL_RULES.get(op.op_type)
            if partial is not None:
                call = make_call(op, attributes, inputs, [], version, values)
                types[op.outputs[0]] = partial(call)
                return
        encoded = encode_all(op.inputs, inputs)
        if encoded is None:
            raise Unknown("the type of an input is unknown")
        data = {}
        if values is not None and op.op_type in READS_DATA:
            data = {
                name: value
                for name, value in zip(op.inputs, values, strict=True)
                if name and value is not None and value.dtype.kind in "iufb"
            }
        ir_version = self.program.ir_version
        try:
            inferred = infer_outputs(schema, node, encoded, data, frame.opsets, ir_version)
        except CPP_ERRORS as error:
            inferred = self._infer_leniently(frame, op, node, encoded, data)
            self._note(frame, op, error)
            if not inferred:
                partial = PARTIAL_RULES.get(op.op_type) if op.domain == "" else None
                if partial is None:
                    raise Unknown(_first_line(error)) from error
                call = make_call(op, attributes, inputs, [], version, values or ())
                inferred = {op.outputs[0]: partial(call)}
        for name, value_type in inferred.items():
            if name:
                types[name] = refine(value_type, types.get(name, UNKNOWN))
        if op.domain == "" and op.op_type in GAP_RULES:
            self.fill_gaps(frame, op, attributes)

    def fill_gaps(self, frame: Frame, op: Op, attributes: Mapping[str, Any]) -> None:
        """Complete outputs that onnx's inference leaves open by our own rule, if there is one."""
        types, rule = frame.instance.types, GAP_RULES.get(op.op_type)
        found = [types.get(name, UNKNOWN).shape for name in op.outputs[:1]]
        if rule is None or not found or (found[0] is not None and None not in found[0]):
            return
        inputs = [frame.type(n) if n else UNKNOWN for n in op.inputs]
        values = [frame.value(n) if n else None for n in op.inputs]
        call = make_call(op, attributes, inputs, [], frame.opsets.get("", 1), values)
        for name, value_type in zip(op.outputs, rule(call), strict=False):
            if name:
                types[name] = refine(value_type, types.get(name, UNKNOWN))

    def _infer_leniently(
        self,
        frame: Frame,
        op: Op,
        node: NodeProto,
        encoded: dict[str, onnx.TypeProto],
        data: dict[str, Array],
    ) -> dict[str, Type]:
        """Second try for a node that breaks its schema in a way runtimes forgive.

        Attributes of older versions are dropped and the newest schema, which
        allows more element types, is asked. Empty where that fails too.
        """
        schema = newest_schema(op.op_type, op.domain)
        if schema is None:
            return {}
        node = without_foreign_attributes(schema, node)
        try:
            return infer_outputs(
                schema, node, encoded, data, frame.opsets, self.program.ir_version
            )
        except CPP_ERRORS:  # the caller reports the first, more telling error
            return {}

    def _note(self, frame: Frame, op: Op, error: Exception) -> None:
        self.problems.append(
            Problem("shape-inference", _place(frame, op), _first_line(error), inconclusive=False)
        )

    def _fold(
        self,
        frame: Frame,
        op: Op,
        attributes: dict[str, Any],
        values: list[Array | None],
        version: int,
    ) -> None:
        if any(v is None and n for v, n in zip(values, op.inputs, strict=True)):
            return
        types = frame.instance.types
        first = types.get(op.outputs[0], UNKNOWN) if op.outputs else UNKNOWN
        elements = Tensor("", first.dtype, first.shape).elements
        partial = any(v is not None and v.dtype == object for v in values)
        if elements is None and not (op.op_type in BOUNDED or partial):
            return
        if elements is not None and elements > SMALL:
            return
        results = fold(op.op_type, attributes, values, version)
        if results is None:
            return
        for name, array in zip(op.outputs, results, strict=False):
            if name and array.size <= SMALL:
                frame.instance.values[name] = array
                inferred = types.get(name, UNKNOWN)
                types[name] = Type(inferred.dtype or array.dtype.name, tuple(array.shape))

    def _constant(self, frame: Frame, op: Op, attributes: dict[str, Any]) -> None:
        name = op.outputs[0] if op.outputs else ""
        value = attributes.get("value")
        if isinstance(value, TensorProto):
            frame.instance.types[name] = Type(DTYPES.get(value.data_type), dims(value))
            return
        if "sparse_value" in attributes:
            sparse = attributes["sparse_value"]
            frame.instance.types[name] = Type(
                DTYPES.get(sparse.values.data_type), tuple(sparse.dims)
            )
            return
        if "value_string" in attributes or "value_strings" in attributes:
            text = attributes.get("value_strings")
            frame.instance.types[name] = Type("string", () if text is None else (len(text),))
            return
        folded = fold("Constant", attributes, [], 1)
        if folded is not None:
            declared = _constant_dtype(op)
            frame.instance.values[name] = folded[0]
            frame.instance.types[name] = Type(
                declared or folded[0].dtype.name, tuple(folded[0].shape)
            )

    def _shape_of(
        self, frame: Frame, op: Op, attributes: dict[str, Any], value: Type
    ) -> None:
        name = op.outputs[0] if op.outputs else ""
        if op.op_type == "Size":
            frame.instance.types[name] = Type("int64", ())
            elements = Tensor("", None, value.shape).elements
            if elements is not None and elements < 2**63:
                frame.instance.values[name] = np.array(elements, dtype=np.int64)
            return
        if value.shape is None:
            frame.instance.types[name] = Type("int64", (None,))
            return
        result = shape_value(value.shape, attributes)
        frame.instance.values[name] = result
        frame.instance.types[name] = Type("int64", (len(result),))

    # --- gaps -----------------------------------------------------------------------------

    def _complete(self, frame: Frame, op: Op) -> None:
        """Every output gets a type; gaps are filled from the file where it can be trusted."""
        from analyzer.shapes.types import decode_type

        types = frame.instance.types
        for name in op.outputs:
            if not name:
                continue
            inferred = types.setdefault(name, UNKNOWN)
            if inferred.proto is not None:
                continue
            if inferred.shape is not None and None not in inferred.shape:
                continue
            declared = frame.scope.declared.get(name)
            if declared is None or not self._trust_declared:
                continue
            refined = refine(inferred, decode_type(declared))
            if refined != inferred:
                types[name] = refined
                if refined.shape is not None and None not in refined.shape:
                    frame.instance.declared.add(name)

    def _set_unknown(self, frame: Frame, op: Op) -> None:
        for name in op.outputs:
            if name:
                frame.instance.types[name] = UNKNOWN


def make_call(
    op: Op,
    attributes: Mapping[str, Any],
    inputs: list[Type],
    outputs: list[Type],
    version: int,
    values: Any,
) -> Call:
    """The view of an operator that shape rules and cost formulas work on."""
    return Call(
        op.op_type,
        op.domain,
        version,
        attributes,
        tuple(
            Tensor(n, t.dtype, t.shape) if n else None
            for n, t in zip(op.inputs, inputs, strict=True)
        ),
        tuple(
            Tensor(n, t.dtype, t.shape) if n else None
            for n, t in zip(op.outputs, outputs, strict=False)
        ),
        tuple(values),
    )


def _constant_dtype(op: Op) -> str | None:
    for attribute in op.proto.attribute:
        if attribute.name == "value":
            return DTYPES.get(attribute.t.data_type)
    return None


def _bytes(array: Array) -> Any:
    return tuple(array.reshape(-1)) if array.dtype == object else array.tobytes()


def _place(frame: Frame, op: Op) -> str:
    name = next((n for n in op.outputs if n), op.name or op.op_type)
    return f"{frame.instance.path}/{name}" if frame.instance.path else name


def _first_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:300] or type(error).__name__
