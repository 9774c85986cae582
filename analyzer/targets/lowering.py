"""What is left of a model when it is about to run: operators of every graph, and what feeds what.

A runtime folds constants, takes the branch of an If that is decided, and puts the bodies of local
functions in the place of their calls before it asks what can go where. That is done here, on
facts alone: nothing is computed that the shape pass has not computed, and no size is assumed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.graph.attributes import Reference
from analyzer.graph.tensors import dims
from analyzer.model.dtypes import DTYPES
from analyzer.targets.branching import Sizings, parting, rests_on_data
from analyzer.targets.dtypes import short
from analyzer.targets.elimination import folds, is_kept_apart, stands_for
from analyzer.targets.flow import Dataflow, Manner, TooMany, Untyped
from analyzer.targets.fusion import joins_convolution, settle_reshapes
from analyzer.targets.signatures import version_of
from analyzer.targets.use import TensorValue, Use

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from analyzer.graph.scope import Op, Program
    from analyzer.shapes.instance import Child, Instance, Shapes

FIRST_OVERRIDABLE = 4
"""IR version from which on an initializer that is also an input is a default, no constant."""
MOST = 20_000
"""Operators that functions expand to, beyond those that the file has."""


class _Env:
    """Names of one scope and of those around it."""

    __slots__ = ("around", "values")

    def __init__(self, around: _Env | None = None) -> None:
        self.values: dict[str, TensorValue] = {}
        self.around = around

    def find(self, name: str) -> TensorValue:
        found = self.known(name)
        if found is None:
            found = self.values[name] = TensorValue()
        return found

    def known(self, name: str) -> TensorValue | None:
        env: _Env | None = self
        while env is not None:
            found = env.values.get(name)
            if found is not None:
                return found
            env = env.around
        return None


def flow_of(
    program: Program,
    shapes: Shapes,
    manner: Manner,
    sizings: Sizings | None = None,
    removed: Mapping[str, int] | None = None,
) -> Dataflow:
    """The operators of ``program`` that a runtime of this ``manner`` is left with.

    Parameters
    ----------
    shapes : inferred without assuming any size.
    sizings : the same at sizes that are assumed, to see which branches hang on them.
    removed : operators that are not there, by id, and which input the result of each is.

    Raises
    ------
    TooMany, Untyped
    """
    return _Builder(program, manner, sizings or Sizings(), removed or {}).run(shapes.main)


class _Builder:
    def __init__(
        self, program: Program, manner: Manner, sizings: Sizings, removed: Mapping[str, int]
    ) -> None:
        self.program, self.manner, self.sizings, self.removed = program, manner, sizings, removed
        self.flow = Dataflow()
        self.most = program.operators + MOST
        self.same: dict[Hashable, Use] = {}
        """Operators of the main graph by what they compute."""
        self.readers = [_counted(scope.ops, scope.outputs) for scope in program.scopes]

    def run(self, main: Instance) -> Dataflow:
        self.flow.graphs.append([])
        self._scope(main, _Env(), 0, ends=True)
        if self.manner.host and self.manner.fold:
            settle_reshapes(self.flow)
        return self.flow

    def _scope(self, instance: Instance, env: _Env, graph: int, *, ends: bool) -> set[int]:
        """Put the operators of an instance into ``graph``; returns the operators of graphs around
        it that they read. ``ends``: its outputs are those of the graph."""
        scope = self.program.scopes[instance.scope]
        self._constants(instance, env)
        for name in scope.inputs:
            if name and name not in env.values:
                env.values[name] = _typed(instance, name)
        outputs = frozenset(scope.outputs) if ends else frozenset()
        outer: set[int] = set()
        for i, op in enumerate(scope.ops):
            outer |= self._operator(instance, i, op, env, graph, outputs)
        return outer

    def _constants(self, instance: Instance, env: _Env) -> None:
        scope = self.program.scopes[instance.scope]
        overridable = scope.index == 0 and self.program.ir_version >= FIRST_OVERRIDABLE
        inputs = frozenset(scope.inputs) if overridable else frozenset()
        for name, tensor in scope.constants.items():
            value = _typed(instance, name)
            if value.long_dtype is None:
                value.long_dtype = DTYPES.get(tensor.data_type)
                value.dtype = short(value.long_dtype)
            value.shape = value.shape if value.shape is not None else dims(tensor)
            value.constant = True
            if name in inputs:  # whoever runs the model may replace it
                value.constant = False if self.manner.host else None
            elif value.content is None:
                value.content = scope.content(name)
            env.values[name] = value
        for name in scope.sparse:
            env.values[name] = _typed(instance, name)
            env.values[name].constant = True

    def _operator(
        self,
        instance: Instance,
        i: int,
        op: Op,
        env: _Env,
        graph: int,
        ends: frozenset[str],
    ) -> set[int]:
        inputs = tuple([env.find(name) if name else None for name in op.inputs])
        children = instance.children.get(i, ())
        if op.standard == "Constant":
            for name in op.outputs:
                env.values[name] = _typed(instance, name)
                env.values[name].constant = True
            self._keep_contents(op, instance, env)
            return set()
        called = op.key in self.program.functions
        if not children and (op.bodies or called):
            raise Untyped  # a limit was reached before, or it is malformed
        call = children[0] if children and children[0].label == "call" else None
        if call is not None and self.manner.inline:
            return self._call(op, call, inputs, env, graph)
        taken = _taken(op, inputs, children)
        if taken is not None and self.manner.fold:
            return self._branch(op, taken, env, graph)
        outputs = tuple([_typed(instance, name) if name else None for name in op.outputs])
        attributes = instance.attributes.get(i) or op.attributes
        if any(isinstance(value, Reference) for value in attributes.values()):
            attributes = {k: v for k, v in attributes.items() if not isinstance(v, Reference)}
        opset = self.program.scopes[instance.scope].opsets.get(op.domain, 1)
        use = Use(
            op.op_type, op.domain, opset, attributes, inputs, outputs, op,
            _identity(instance, op, i), version_of(op.domain, op.op_type, opset), call is not None,
            self._parting(instance, op, children, inputs, env),
        )  # fmt: skip
        if call is None and self.manner.fold and self._folds(use, instance, op):
            self.flow.gone.append(use)
            for name, value in zip(op.outputs, outputs, strict=True):
                if value is not None:
                    value.constant = True
                    value.content = instance.values.get(name)
                    env.values[name] = value
            return set()
        if use.site in self.removed and self._removed(use, op, env, graph, ends):
            return set()
        readers = self.readers[instance.scope]
        optimised = self.manner.host and self.manner.fold
        if optimised and self._dropped(use, op, readers, env, graph, ends):
            return set()
        bodies = children if call is None else ()
        return self._place(use, op, bodies, env, graph, ends)

    def _parting(
        self,
        instance: Instance,
        op: Op,
        children: Sequence[Child],
        inputs: Sequence[TensorValue | None],
        env: _Env,
    ) -> tuple[tuple[int, tuple[int, int]], ...]:
        """As ``Use.parting``."""
        if op.op_type != "If" or op.domain or not inputs:
            return ()
        readers = self.readers[instance.scope]
        ranks = parting([self._ranks(child, env) for child in children])
        found = tuple(each for each in ranks if readers[op.outputs[each[0]]])
        if not found or rests_on_data(inputs[0], self.flow):
            return found
        return found if self.sizings.goes_both_ways(instance.path, op.inputs[0]) else ()

    def _ranks(self, child: Child, env: _Env) -> list[int | None]:
        ranks: list[int | None] = []
        for name in self.program.scopes[child.instance.scope].outputs:
            value = child.instance.types.get(name) or env.known(name)
            ranks.append(None if value is None or value.shape is None else len(value.shape))
        return ranks

    def _removed(self, use: Use, op: Op, env: _Env, graph: int, ends: frozenset[str]) -> bool:
        """Whether its input takes the place of its result; an output of the graph needs an operator
        that makes it, and makes no other."""
        value = use.inputs[self.removed[use.site]]
        if value is None:
            return False
        if not ends.isdisjoint(op.outputs):
            maker = value.maker
            if maker < 0 or maker in self.flow.ends or self.flow.home[maker] != graph:
                return False
            self.flow.ends.add(maker)
        env.values[op.outputs[0]] = value
        return True

    def _dropped(
        self,
        use: Use,
        op: Op,
        readers: Mapping[str, int],
        env: _Env,
        graph: int,
        ends: frozenset[str],
    ) -> bool:
        """Whether another operator gives what it would compute; a result of the graph only where
        it becomes a part of that other."""
        is_end = not ends.isdisjoint(op.outputs)
        same = None if is_end else stands_for(use, readers, op)
        joined = joins_convolution(use, self.flow.uses)
        if joined is not None and self._reads_alone(joined, use, op, readers):
            same = joined
            self.flow.ends |= {joined.maker} if is_end else set()
        if same is not None:
            self.flow.gone.append(use)
            env.values[op.outputs[0]] = same
            return True
        if is_end or graph or op.bodies or is_kept_apart(use):
            return False
        key = (use.op_type, use.domain, tuple(map(_operand, use.inputs)),
               tuple(map(bool, op.outputs)),
               tuple(sorted(a.SerializeToString() for a in op.proto.attribute)))  # fmt: skip
        first = self.same.setdefault(key, use)
        if first is use:
            return False
        self.flow.gone.append(use)
        for name, value in zip(op.outputs, first.outputs, strict=True):
            if value is not None:
                env.values[name] = value
        return True

    @staticmethod
    def _reads_alone(value: TensorValue, use: Use, op: Op, readers: Mapping[str, int]) -> bool:
        slot = next(i for i, other in enumerate(use.inputs) if other is value)
        return readers.get(op.inputs[slot]) == 1

    def _folds(self, use: Use, instance: Instance, op: Op) -> bool:
        return folds(use) or (not self.manner.host and _known(instance, op))

    def _keep_contents(self, op: Op, instance: Instance, env: _Env) -> None:
        if op.outputs and op.outputs[0]:
            env.values[op.outputs[0]].content = instance.values.get(op.outputs[0])

    def _call(
        self, op: Op, call: Child, inputs: Sequence[TensorValue | None], env: _Env, graph: int
    ) -> set[int]:
        """The body of a local function in the place of its call."""
        scope = self.program.scopes[call.instance.scope]
        inner = _Env()
        for name, value in zip(scope.inputs, inputs, strict=False):
            if value is not None:
                inner.values[name] = value
        outer = self._scope(call.instance, inner, graph, ends=False)
        self._hand_over(op, scope.outputs, inner, env)
        return outer

    def _branch(self, op: Op, taken: Child, env: _Env, graph: int) -> set[int]:
        """The only branch that an If can take, in its place."""
        inner = _Env(env)
        outer = self._scope(taken.instance, inner, graph, ends=False)
        self._hand_over(op, self.program.scopes[taken.instance.scope].outputs, inner, env)
        return outer

    @staticmethod
    def _hand_over(op: Op, names: Iterable[str], inner: _Env, env: _Env) -> None:
        for outside, inside in zip(op.outputs, names, strict=False):
            if outside:
                env.values[outside] = inner.find(inside)

    def _place(
        self,
        use: Use,
        op: Op,
        children: Sequence[Child],
        env: _Env,
        graph: int,
        ends: frozenset[str],
    ) -> set[int]:
        flow = self.flow
        makers = {value.maker for value in use.inputs if value is not None and value.maker >= 0}
        for child in children:
            flow.graphs.append([])
            inner = _Env(env)
            makers |= self._scope(child.instance, inner, len(flow.graphs) - 1, ends=True)
        index = len(flow.uses)
        if index >= self.most:
            raise TooMany
        for name, value in zip(op.outputs, use.outputs, strict=True):
            if value is not None:
                value.maker, value.maker_type = index, op.op_type
                env.values[name] = value
        own = {maker for maker in makers if flow.home[maker] == graph}
        if not ends.isdisjoint(op.outputs):
            flow.ends.add(index)
        flow.uses.append(use)
        flow.before.append(tuple(sorted(own)))
        flow.graphs[graph].append(index)
        flow.home.append(graph)
        return makers - own


def _typed(instance: Instance, name: str) -> TensorValue:
    kind = instance.types.get(name)
    if kind is None:
        return TensorValue()
    return TensorValue(short(kind.dtype), kind.shape, long_dtype=kind.dtype, proto=kind.proto)


def _operand(value: TensorValue | None) -> Hashable:
    """What two operands have to have in common to be the same."""
    if value is not None and value.constant and value.content is not None:
        return value.key()
    return id(value)


def _known(instance: Instance, op: Op) -> bool:
    """Whether the shape pass has computed all outputs."""
    if op.bodies or not op.outputs:
        return False
    found = [instance.values.get(name) for name in op.outputs if name]
    return all(array is not None and array.dtype != object for array in found) and bool(found)


def _taken(op: Op, inputs: Sequence[TensorValue | None], children: Sequence[Child]) -> Child | None:
    """The branch of an If whose condition is known before the model runs."""
    if op.op_type != "If" or op.domain or not inputs or inputs[0] is None:
        return None
    content = inputs[0].content
    if not inputs[0].constant or content is None or content.size != 1:
        return None
    label = "then_branch" if bool(content.item()) else "else_branch"
    return next((child for child in children if child.label == label), None)


def _counted(ops: Sequence[Op], outputs: Sequence[str]) -> Counter[str]:
    """How often anything in a scope, or its outputs, reads a name."""
    names = Counter(outputs)
    for op in ops:
        names.update(op.inputs)
        names.update(op.captured)
    return names


def _identity(instance: Instance, op: Op, i: int) -> str:
    name = next((n for n in op.outputs if n), "") or op.name or f"{op.op_type}[{i}]"
    return f"{instance.path}/{name}" if instance.path else name
