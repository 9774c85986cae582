"""Hostile models, generated: name → bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnx import GraphProto, ModelProto, TensorProto, helper

from tests.golden.text import parse

if TYPE_CHECKING:
    from collections.abc import Callable

BIGGEST = 2**63 - 1
INDEX, FLAG = (helper.make_tensor_type_proto(kind, []) for kind in (7, 9))
ELEMENT = helper.make_tensor_type_proto(1, [1, 1])
_RELU = "g (float[2,3] x) => (float[2,3] y) { y = Relu (x) }"


def serialised(model: ModelProto) -> bytes:
    data: bytes = model.SerializeToString()
    return data


def text(graph: str, functions: str = "", opset: int = 17) -> bytes:
    return serialised(parse(graph, opset, functions))


def wired(*nodes: tuple[str, str, str], outputs: str = "y") -> bytes:
    """A graph of ``(operator, inputs, outputs)`` that no parser would accept."""
    model = parse(_RELU)
    model.graph.ClearField("node")
    for operator, given, made in nodes:
        domain, _, name = operator.rpartition(".")
        model.graph.node.add(op_type=name, domain=domain, input=given.split(),
                             output=made.split())  # fmt: skip
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(n) for n in outputs.split())
    return serialised(model)


def tower(height: int, calls: int = 2, leaf: str = "MatMul (x, x)") -> bytes:
    """Functions that each call the one below ``calls`` times, over a 1×1 product."""
    bodies = [f'<domain: "local", opset_import: ["" : 17]> F0 (x) => (y) {{ y = {leaf} }}']
    for i in range(1, height + 1):
        steps = [f"t{k} = local.F{i - 1} ({f't{k - 1}' if k else 'x'})" for k in range(calls - 1)]
        last = f"y = local.F{i - 1} ({f't{calls - 2}' if calls > 1 else 'x'})"
        bodies.append(
            '<domain: "local", opset_import: ["" : 17, "local" : 1]> '
            f"F{i} (x) => (y) {{ {' '.join([*steps, last])} }}"
        )
    graph = f"g (float[1,1] x) => (float[1,1] y) {{ y = local.F{height} (x) }}"
    return text(graph, "".join(bodies))


def recursive(*names: str) -> bytes:
    """Functions that call each other in a ring."""
    ring = zip(names, (*names[1:], names[0]), strict=True)
    bodies = [
        '<domain: "local", opset_import: ["" : 17, "local" : 1]> '
        f"{name} (x) => (y) {{ y = local.{below} (x) }}"
        for name, below in ring
    ]
    return text(f"g (float[2] x) => (float[2] y) {{ y = local.{names[0]} (x) }}", "".join(bodies))


def nested_ifs(depth: int) -> bytes:
    """A product below ``depth`` conditions."""
    model = parse("g (float[4,4] x, bool c) => (float[4,4] y0) { y0 = MatMul (x, x) }")
    for level in range(1, depth + 1):
        inner = GraphProto()
        inner.CopyFrom(model.graph)
        del inner.input[:]
        node = helper.make_node("If", ["c"], [f"y{level}"], then_branch=inner, else_branch=inner)
        if level > 4:  # both branches would double the file each time
            del node.attribute[1:]
        del model.graph.node[:]
        model.graph.node.append(node)
        model.graph.output[0].name = f"y{level}"
    return serialised(model)


def nested_loops(depth: int, trips: int, batch: tuple[int, ...] = ()) -> bytes:
    """A 1×1 product, for each entry of a batch, below ``depth`` loops of ``trips`` iterations."""
    sizes = ",".join(map(str, (*batch, 1, 1)))
    model = parse(f"g (float[{sizes}] x) => (float[{sizes}] y0) {{ y0 = MatMul (x, x) }}")
    for level in range(1, depth + 1):
        body = GraphProto.FromString(model.graph.SerializeToString())
        del body.input[:], body.output[:]
        body.input.add(name=f"i{level}").type.CopyFrom(INDEX)
        body.input.add(name=f"go{level}").type.CopyFrom(FLAG)
        body.output.add(name=f"go{level}").type.CopyFrom(FLAG)
        body.output.add(name=f"y{level - 1}").type.CopyFrom(ELEMENT)
        body.initializer.append(helper.make_tensor(f"n{level}", 7, [], [trips]))
        del model.graph.node[:]
        made = helper.make_tensor(f"n{level}", TensorProto.INT64, [], [trips])
        model.graph.initializer.append(made)
        model.graph.node.append(
            helper.make_node("Loop", [f"n{level}", ""], [f"y{level}"], body=body)
        )
        model.graph.output[0].name = f"y{level}"
        del model.graph.output[0].type.tensor_type.shape.dim[:]
    return serialised(model)


def steered(operator: str, lists: list[list[Any]], opset: int) -> bytes:
    """``operator`` once for each list of constants, which say how large its output is to be."""
    model = parse("g (float[2,3] x) => (float[A,B] y) { y = Relu (x) }", opset)
    del model.graph.node[:]
    slots = {"Range": (0, 1, 2), "OneHot": (1,), "ConstantOfShape": (0,), "Resize": (3,)}
    scalar = operator in {"Range", "OneHot", "HannWindow"}
    for number, values in enumerate(lists):
        node = model.graph.node.add(op_type=operator, input=["x"], output=[f"y{number or ''}"])
        kind = TensorProto.INT64 if all(isinstance(v, int) for v in values) else TensorProto.FLOAT
        for k, slot in enumerate(slots.get(operator, (1,))):
            while len(node.input) <= slot:
                node.input.append("")
            node.input[slot] = f"c{number}.{k}"
            part = values[k : k + 1] if scalar else values
            dims = [] if scalar else [len(values)]
            made = helper.make_tensor(node.input[slot], kind, dims, part)
            model.graph.initializer.append(made)
        if operator == "OneHot":
            node.input.append("x")
    return serialised(model)


def edited(change: Callable[[ModelProto], object], graph: str = _RELU) -> bytes:
    """A model in text after ``change``."""
    model = parse(graph)
    change(model)
    return serialised(model)


def claims(kind: int, *dims: int) -> bytes:
    """A weight that says it is ``dims`` large and stores nothing."""
    return edited(lambda m: m.graph.initializer.add(name="w", data_type=kind).dims.extend(dims))
