"""How many parts: the same as ONNX Runtime's own count, on graphs of every form."""

from __future__ import annotations

import random

import onnx
from onnx import TensorProto, helper
from onnxruntime.tools.mobile_helpers import usability_checker

from tests.each import each
from tests.targets.asking import fit, own

RELU_ONLY = "ai.onnx,Relu,1,,,,\nai.onnx,Add,1,,,,\n"


class _Names:
    """A list of supported operators, as ONNX Runtime's checker wants one."""

    def is_op_supported(self, node: onnx.NodeProto) -> bool:
        return node.op_type in ("Relu", "Add")


def their_count(model: onnx.ModelProto) -> tuple[int, int, int]:
    """Parts, supported operators and operators by ONNX Runtime's checker."""
    found = usability_checker.check_partitioning(model.graph, _Names(), False)
    return found.num_partitions, found.num_supported_nodes, found.num_nodes


def _value(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [4])


def _random_model(seed: int, size: int) -> onnx.ModelProto:
    """A graph of two supported and two unsupported operators, all of whose results are read."""
    chance = random.Random(seed)
    names, nodes = ["x0", "x1"], list[onnx.NodeProto]()
    unread = set[str]()
    for index in range(size):
        op = chance.choice(["Relu", "Sin", "Add", "Mul"])
        inputs = chance.sample(names[-6:], 2 if op in ("Add", "Mul") else 1)
        if any((n.op_type, list(n.input)) == (op, inputs) for n in nodes):
            continue  # computed once, by every optimiser
        unread -= set(inputs)
        nodes.append(helper.make_node(op, inputs, [f"v{index}"]))
        names.append(f"v{index}")
        unread.add(f"v{index}")
    graph = helper.make_graph(
        nodes, "g", [_value("x0"), _value("x1")], [_value(name) for name in sorted(unread)]
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@each("seed", range(60))
def test_random_graphs_fall_into_as_many_parts_as_for_onnx_runtime(seed: int) -> None:
    model = _random_model(seed, 5 + seed)
    found = fit(model, own(RELU_ONLY))
    assert (found.partitions, found.supported, found.nodes) == their_count(model)


def test_a_part_never_leaves_and_comes_back() -> None:
    """``b`` needs the result of what is not supported, so that it cannot go with ``a``."""
    found = fit(
        "g (float[2] x) => (float[2] y) { a = Relu (x) s = Sin (a) y = Add (a, s) }",
        own(RELU_ONLY),
    )
    assert (found.verdict, found.partitions, found.supported, found.nodes) == ("split", 2, 2, 3)


def test_parallel_branches_are_one_part() -> None:
    found = fit(
        "g (float[2] x) => (float[2] y) { a = Relu (x) s = Sin (x) b = Add (a, x) y = Mul (b, s) }",
        own(RELU_ONLY),
    )
    assert (found.partitions, found.supported, found.nodes) == (1, 2, 4)


BODIES = """g (float[2] x, bool go) => (float[2] y) {
  a = Relu (x)
  y = If (go) <then_branch = t () => (float[2] p) { p = Relu (a) },
               else_branch = e () => (float[2] q) { s = Sin (a) q = Relu (s) }>
}"""


def test_bodies_are_counted_apart_and_added() -> None:
    found = fit(BODIES, own(RELU_ONLY))
    assert (found.partitions, found.supported, found.nodes) == (3, 3, 5)
    assert their_count(onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["":17]> {BODIES}')
                       ) == (3, 3, 5)  # fmt: skip


def test_bodies_stay_outside_where_the_table_says_so() -> None:
    found = fit(BODIES, own(RELU_ONLY, head="# bodies: no\n"))
    assert (found.partitions, found.supported, found.nodes) == (1, 1, 5)
    maybe = fit(BODIES, own(RELU_ONLY, head="# bodies: option\n"))
    assert (maybe.partitions, maybe.partitions_certain, maybe.maybe) == (3, 1, 2)


def test_constants_are_no_operators() -> None:
    found = fit(
        "g (float[2] x) => (float[2] y) { c = Constant <value = float[2] {1.0, 2.0}> () "
        "y = Add (x, c) }",
        own(RELU_ONLY),
    )
    assert (found.verdict, found.partitions, found.nodes) == ("whole", 1, 1)


def test_the_best_and_the_worst_case_are_told_apart() -> None:
    text = "g (float[2] x) => (float[2] y) { a = Relu (x) b = Abs (a) y = Relu (b) }"
    found = fit(text, own("ai.onnx,Relu,1,,,,\nai.onnx,Abs,1,,,?who knows,\n"))
    assert (found.verdict, found.certain) == ("maybe", False)
    assert (found.partitions, found.partitions_certain) == (1, 2)
    assert (found.supported, found.maybe) == (2, 1)
