"""The shape pass: one forward walk over all scopes.

Each operator is visited once its inputs are typed: small known values are
evaluated (so in-graph padding and reshape arithmetic is exact), everything else
goes to onnx's inference function of that operator, then to our own rules for
operators onnx has no schema for. A shape nobody can derive stays unknown.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from analyzer.facts import Problem
from analyzer.graph.attributes import Misfit, Reference, decode_attribute
from analyzer.graph.call import MALFORMED
from analyzer.graph.tensors import dims, sparse_dims
from analyzer.model.dtypes import DTYPES
from analyzer.model.limits import Limits
from analyzer.model.proto import copied
from analyzer.shapes.bindings import bind
from analyzer.shapes.control import CONTROL
from analyzer.shapes.frame import Frame, Room
from analyzer.shapes.instance import Child, Instance, Shapes, running, scope_path
from analyzer.shapes.operators import infer_operator
from analyzer.shapes.session import Session
from analyzer.shapes.types import UNKNOWN, Type, decode_type, refine
from analyzer.shapes.ways import MAX_WAYS, follow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import onnx

    from analyzer.arrays import Elements
    from analyzer.graph.scope import FunctionKey, Op, Program
    from analyzer.model.guard import GuardFailure
    from analyzer.model.proto import NodeMessage
    from analyzer.shapes.stated import Bindings

    Deaths = Mapping[int, GuardFailure]


class Inference(Session):
    """One pass over a program."""

    def __init__(
        self,
        program: Program,
        bindings: Bindings,
        *,
        at: Callable[[int], None] = lambda _: None,
        deaths: Deaths | None = None,
        use_cpp: bool = True,
        give_up: bool = False,
        limits: Limits = Limits(),
    ) -> None:
        super().__init__(program, bindings, use_cpp=use_cpp)
        self._given_up = give_up
        """Nothing is inferred at all."""
        self._stopped: list[Problem] = []
        """Limits and deaths, which concern the whole model wherever they happened."""
        self.visits: int = 0
        self._left = program.work + limits.visits
        self._limits = limits
        self._room = Room(limits.folded_bytes)
        self._at = at
        self._deaths = dict(deaths or {})
        """Visits that killed a worker, and how: skipped, and put down as problems."""
        self._memo: dict[tuple[Any, ...], Instance] = {}
        self._active: list[FunctionKey] = []
        self._depth = 0
        self._specialisations: dict[str, int] = {}
        self._trust_declared = True
        self._exhausted = False

    def run(self) -> Shapes:
        """Infer all scopes reachable from the main graph."""
        bound = bind(self.program, self.bindings, self._limits.assumptions)
        self._trust_declared = bound.as_declared
        main = self.run_scope(0, "", bound.types, {}, None, {})
        for death in self._deaths.values():
            self._stopped.append(_killed(death, ""))
        if self._room.full_at is not None:
            limit = f"limit folded_bytes = {self._limits.folded_bytes:,}"
            text = f"too much is computed from constants ({limit}); the rest is not looked at"
            self._stopped.append(Problem("folding-limit", self._room.full_at, text))
        problems = [*self._stopped, *self.program.problems, *bound.problems]
        for instance in running(main):
            problems += instance.problems
        return Shapes(main, bound.assumptions, problems)

    # --- scopes -------------------------------------------------------------------------

    def run_scope(
        self,
        index: int,
        path: str,
        types: Mapping[str, Type],
        values: Mapping[str, Elements],
        parent: Frame | None,
        attributes: Mapping[str, onnx.AttributeProto],
    ) -> Instance:
        scope = self.program.scopes[index]
        instance = Instance(path, index)
        for name, tensor in scope.constants.items():
            known = Type(DTYPES.get(tensor.data_type), dims(tensor))
            instance.types[name] = UNKNOWN if name in scope.ambiguous else known
        for name, sparse in scope.sparse.items():
            instance.types[name] = Type(DTYPES.get(sparse.values.data_type), sparse_dims(sparse))
        instance.types.update(types)
        instance.values.update(values)
        frame = Frame(instance, scope, parent, attributes, self._room)
        if self._depth >= self._limits.calls:
            limit = f"limit calls = {self._limits.calls:,}"
            self._stop("nesting-limit", path, f"bodies and calls nest too deep ({limit})")
            return instance
        self._depth += 1
        for i, op in enumerate(scope.ops):
            if self._given_up:
                break
            self._left -= op.work
            if self._left < 0:
                limit = f"limit visits = {self._limits.visits:,}"
                text = f"functions and bodies expand to too many operators ({limit})"
                self._stop("work-limit", path, f"{text}; the rest has unknown shapes")
                break
            self.visits += 1
            self._at(self.visits)
            death = self._deaths.pop(self.visits, None)
            if death is not None:
                self._stopped.append(_killed(death, frame.place(op), op.op_type))
                instance.failures[i] = f"shape inference {death.detail}"
                self._set_unknown(frame, op)
                continue
            try:
                self._visit(frame, i, op)
            except MALFORMED as error:
                text = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                reason = f"the node does not fit the specification of {op.op_type}: {text}"
                instance.failures[i] = reason
                instance.problems.append(Problem("malformed-node", frame.place(op), reason))
                self._set_unknown(frame, op)
        self._depth -= 1
        return instance

    def _stop(self, code: str, where: str, message: str) -> None:
        if not self._exhausted:
            self._exhausted = True
            self._stopped.append(Problem(code, where, message))

    def _visit(self, frame: Frame, i: int, op: Op) -> None:
        node, attributes = self._resolve(frame, i, op)
        key = op.key
        if key in self.program.functions:
            self._call_function(frame, i, op, node, key)
        elif op.bodies:
            CONTROL.get(op.op_type, CONTROL[""])(self, frame, i, op, attributes)
        else:
            infer_operator(self, frame, i, op, node, attributes)
            if not frame.instance.ways.keys().isdisjoint(op.inputs):
                self._left -= MAX_WAYS * op.work
                follow(self, frame, i, op, node, attributes)
        self._complete(frame, op)

    def _resolve(self, frame: Frame, i: int, op: Op) -> tuple[NodeMessage, dict[str, Any]]:
        """Node and attributes with references to the function call's attributes replaced."""
        references = {k: v for k, v in op.attributes.items() if isinstance(v, Reference)}
        if not references:
            return op.proto, op.attributes
        node = copied(op.proto)
        kept = [a for a in node.attribute if not a.ref_attr_name]
        attributes = {k: v for k, v in op.attributes.items() if k not in references}
        del node.attribute[:]
        node.attribute.extend(kept)
        for name, reference in references.items():
            given = frame.attributes.get(reference.name)
            if given is not None:
                self._left -= given.ByteSize() >> 8  # it is decoded anew by each that refers to it
                node.attribute.append(given)
                node.attribute[-1].name = name
                try:
                    attributes[name] = decode_attribute(node.attribute[-1])
                except Misfit as reason:
                    problem = Problem(reason.code, frame.place(op), str(reason))
                    frame.instance.problems.append(problem)
        frame.instance.attributes[i] = attributes
        return node, attributes

    # --- functions ----------------------------------------------------------------------

    def _call_function(
        self, frame: Frame, i: int, op: Op, node: NodeMessage, key: FunctionKey
    ) -> None:
        label = ".".join(part for part in key if part)
        if key in self._active:
            frame.instance.problems.append(
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
            tuple((n, _key(t)) for n, t in types.items()),
            tuple((n, v.dtype.str, v.shape, _digest(v)) for n, v in values.items()),
            tuple(a.SerializeToString(deterministic=True) for a in attributes.values()),
        )
        instance = self._memo.get(signature)
        if instance is None:
            count = self._specialisations[label] = self._specialisations.get(label, 0) + 1
            path = scope_path(label if count == 1 else f"{label}#{count}")
            self._active.append(key)
            instance = self.run_scope(scope.index, path, types, values, None, attributes)
            self._active.pop()
            self._memo[signature] = instance
        frame.instance.children[i] = (Child("call", instance, 1),)
        if instance.refused:
            frame.instance.refused.add(i)
        for outer, inner in zip(op.outputs, scope.outputs, strict=False):
            if outer:
                frame.instance.types[outer] = instance.types.get(inner, UNKNOWN)
                if inner in instance.values:
                    frame.instance.values[outer] = instance.values[inner]

    # --- gaps -----------------------------------------------------------------------------

    def _complete(self, frame: Frame, op: Op) -> None:
        """Every output gets a type; gaps are filled from the file where it can be trusted."""
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


def _killed(death: GuardFailure, where: str, op_type: str = "") -> Problem:
    message = (
        f"shape inference of {op_type} {death.detail}; do not run this model" if op_type
        else f"shape inference {death.detail}; do not run this model"
    )  # fmt: skip
    return Problem("inference-" + death.kind, where, message)


def _key(value: Type) -> tuple[Any, ...]:
    items = None if value.items is None else tuple(map(_key, value.items))
    return value.dtype, value.shape, value.proto, items


def _digest(array: Elements) -> bytes:
    """Stands for the contents: a function may be called with large ones very often."""
    contents = repr(array.tolist()).encode() if array.dtype == object else array.tobytes()
    return sha256(contents).digest()
