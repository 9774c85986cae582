"""ModelProto → program: scopes of operators with decoded attributes, in topological order.

Nesting depth is bounded by protobuf's own parser (100 messages, about 31
nested graphs), so the recursion over bodies cannot be driven deeper by a file.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from onnx import AttributeProto

from analyzer.errors import ModelError
from analyzer.facts import Problem
from analyzer.graph.attributes import Misfit, decode_attribute
from analyzer.graph.connect import connect, topological_order
from analyzer.graph.scope import Op, Program, Scope
from analyzer.model.limits import RAISE_IT, LimitExceeded, Limits, exceeded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import onnx

    from analyzer.model import Model
    from analyzer.model.proto import GraphMessage, ModelMessage, NodeMessage


def normal_domain(domain: str) -> str:
    """``ai.onnx`` is an alias of the empty domain in files of the wild."""
    return "" if domain == "ai.onnx" else domain


def build_program(
    proto: ModelMessage, opsets: dict[str, int], limits: Limits = Limits()
) -> Program:
    """Decode ``proto`` into scopes.

    Parameters
    ----------
    proto : the model, its big tensor payloads possibly stripped.
    opsets : imported version by domain, defaults already applied.
    limits : ``operands`` applies.

    Returns
    -------
    Program with the main graph as scope 0. Attributes that cannot be used are
    recorded as problems; cycles and clashes are left to conformance. Raises
    ``LimitExceeded``.
    """
    program = Program([], {}, proto.ir_version, [], limits)
    _add_graph(program, proto.graph, opsets)
    for function in proto.functions:
        key = (normal_domain(function.domain), function.name, function.overload)
        if key in program.functions:
            continue  # the first definition counts; conformance names the others
        versions = {normal_domain(o.domain): o.version for o in function.opset_import} or opsets
        scope = _open_scope(program, versions)
        program.functions[key] = scope.index
        scope.function = key
        scope.inputs, scope.outputs = tuple(function.input), tuple(function.output)
        scope.declared = {v.name: v.type for v in function.value_info}
        scope.defaults = {a.name: a for a in function.attribute_proto}
        _add_ops(program, scope, function.node)
    return program


def program_of(model: Model, limits: Limits) -> Program:
    """``build_program`` of a loaded model; raises ``ModelError`` where that exceeds a limit."""
    try:
        program = build_program(model.proto, dict(model.info.opsets), limits)
    except LimitExceeded as error:
        raise ModelError(model.info.path, str(error), RAISE_IT) from error
    program.metadata = model.info.metadata
    _locate(program, model.nodes)
    return program


def _locate(program: Program, extents: Sequence[tuple[int, int]]) -> None:
    """Tell the operators of the main graph, and those of their bodies, where they are stated."""
    main = program.scopes[0]
    ops = main.listed or main.ops
    if len(ops) != len(extents):
        return
    todo = [*zip(ops, extents, strict=True)]
    while todo:
        op, extent = todo.pop()
        op.extent = extent
        inner = (program.scopes[index] for index in op.bodies.values())
        todo += [(each, extent) for scope in inner for each in scope.ops]


def _open_scope(program: Program, opsets: dict[str, int]) -> Scope:
    scope = Scope(len(program.scopes), [], (), (), opsets=opsets)
    program.scopes.append(scope)
    return scope


def _add_graph(program: Program, graph: GraphMessage, opsets: dict[str, int]) -> Scope:
    scope = _open_scope(program, opsets)
    scope.constants = {t.name: t for t in graph.initializer}
    scope.sparse = {t.values.name: t for t in graph.sparse_initializer}
    scope.stored = (*scope.constants, *scope.sparse)
    if len(scope.stored) < len(graph.initializer) + len(graph.sparse_initializer):
        dense = (t.name for t in graph.initializer)
        scope.stored = (*dense, *(t.values.name for t in graph.sparse_initializer))
        scope.twice = frozenset(n for n, times in Counter(scope.stored).items() if times > 1)
        types = {(t.name, t.data_type, tuple(t.dims)) for t in graph.initializer}
        stated = Counter(name for name, _, _ in types)
        scope.ambiguous = frozenset(name for name, forms in stated.items() if forms > 1)
    scope.inputs = tuple(i.name for i in graph.input)
    scope.outputs = tuple(o.name for o in graph.output)
    scope.input_types = {i.name: i.type for i in graph.input}
    scope.declared = {v.name: v.type for v in graph.value_info}
    scope.declared.update({o.name: o.type for o in graph.output})
    _add_ops(program, scope, graph.node)
    return scope


def _add_ops(program: Program, scope: Scope, nodes: Iterable[onnx.NodeProto]) -> None:
    ops = [_decode_op(program, node, scope.opsets) for node in nodes]
    in_order = connect(program, scope, ops)
    ordered, cyclic = (ops, []) if in_order else topological_order(program, ops)
    scope.ops = [*ordered, *cyclic]
    scope.sorted = len(ordered)
    scope.listed = () if in_order else tuple(ops)


def _decode_op(program: Program, node: NodeMessage, opsets: dict[str, int]) -> Op:
    attributes: dict[str, Any] = {}
    bodies: dict[str, int] = {}
    misfits: list[Misfit] = []
    for attribute in node.attribute:
        if attribute.type == AttributeProto.GRAPH:
            bodies[attribute.name] = _add_graph(program, attribute.g, opsets).index
        elif attribute.type == AttributeProto.GRAPHS:
            for i, graph in enumerate(attribute.graphs):
                bodies[f"{attribute.name}[{i}]"] = _add_graph(program, graph, opsets).index
        else:
            try:
                attributes[attribute.name] = decode_attribute(attribute)
            except Misfit as reason:
                misfits.append(reason)
    if misfits:
        where = next(filter(None, (*node.output, node.name)), node.op_type)
        known = node.domain.startswith(("com.microsoft", "ai.onnx")) or not node.domain
        more = f" (and so were {len(misfits) - 1:,} more)" if misfits[1:] else ""
        text = f"{misfits[0]}{more}"
        program.problems.append(Problem(misfits[0].code, where, text, inconclusive=known))
    program.operands += len(node.input)
    if program.operands > program.limits.operands:
        exceeded(program.limits, "operands", "too many inputs of operators")
    return Op(
        node,
        node.name,
        node.op_type,
        normal_domain(node.domain),
        tuple(node.input),
        tuple(node.output),
        attributes,
        bodies,
        _captured(program, bodies.values()) if bodies else (),
    )


def _captured(program: Program, bodies: Iterable[int]) -> tuple[str, ...]:
    """Names that the scopes ``bodies`` read but do not define, in order of first use."""
    inner = [program.scopes[index] for index in bodies]
    names = (name for scope in inner for name in scope.reads if not scope.defines(name))
    return tuple(dict.fromkeys(names))
