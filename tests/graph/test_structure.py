"""Structural facts against brute force and networkx on small random graphs."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx

from analyzer.digraph import Edge, new_digraph
from analyzer.facts import Cost, Node, Tensor
from analyzer.graph.adjacency import Vertex, add_vertex, vertex
from analyzer.graph.call import Call
from analyzer.graph.structure import (
    critical_path,
    cut_points,
    generations,
    operators_between,
    parallel_width,
    unneeded,
)
from tests.golden.text import facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.digraph import Digraph

SAMPLES = 150


class Sample(NamedTuple):
    """A random operator graph with what it was made from."""

    graph: Digraph[str]
    nodes: dict[str, Node]
    plain: nx.DiGraph[str]
    """Operators alone."""
    inputs: dict[str, bool]
    """Whether an operator reads the graph input."""
    outputs: list[str]


def sample(seed: int) -> Sample:
    """Up to 9 operators that read earlier ones, the graph input ``x`` or a constant."""
    random = Random(seed)
    names = [f"n{i}" for i in range(random.randint(1, 9))]
    graph: Digraph[str] = new_digraph()
    plain: nx.DiGraph[str] = nx.DiGraph()
    nodes: dict[str, Node] = {}
    inputs: dict[str, bool] = {}
    outputs = [name for name in names if random.random() < 0.2] or names[-1:]
    for i, name in enumerate(names):
        choice = [*names[max(0, i - 4) : i], "x", "w"]
        operands = random.choices(choice, [4] * (len(choice) - 2) + [2, 1], k=random.randint(1, 3))
        call = Call("Sum", "", 17, {}, tuple(map(Tensor, operands)), (Tensor(name),))
        constants = frozenset(k for k, operand in enumerate(operands) if operand == "w")
        exports = frozenset({0} if name in outputs else ())
        add_vertex(graph, name, Vertex(call, "", constants, exports))
        plain.add_node(name)
        for slot, operand in enumerate(operands):
            if operand in nodes:
                graph.add_edge(operand, name, Edge(operand, 0, slot))
                plain.add_edge(operand, name)
        inputs[name] = "x" in operands
        cost = Cost(random.choice([0, 0, 1, 5, 7, 30]), 0)
        nodes[name] = Node(name, "", "", "Sum", "", tuple(operands), (), (),
                           cost, 0, 1, 0, 0)  # fmt: skip
    return Sample(graph, nodes, plain, inputs, outputs)


def over_samples(check: Callable[[Sample], None]) -> Callable[[], None]:
    """A test that makes ``check`` of every sample and names the one that fails."""

    def test() -> None:
        for seed in range(SAMPLES):
            try:
                check(sample(seed))
            except AssertionError as error:
                raise AssertionError(f"sample {seed}: {error}") from error

    return test


def paths(plain: nx.DiGraph[str], source: str, target: str) -> list[list[str]]:
    return [[source]] if source == target else list(nx.all_simple_paths(plain, source, target))


@over_samples
def test_unneeded_are_those_without_a_path_to_an_output(found: Sample) -> None:
    expected = [n for n in found.graph
                if not any(nx.has_path(found.plain, n, end) for end in found.outputs)]  # fmt: skip
    assert list(unneeded(found.graph)) == expected


@over_samples
def test_cut_points_are_on_every_path_from_input_to_output(found: Sample) -> None:
    ways = [
        path
        for entry, reads in found.inputs.items()
        for end in found.outputs
        if reads
        for path in paths(found.plain, entry, end)
    ]
    on_all = set.intersection(*map(set, ways)) if ways else set()
    assert list(cut_points(found.graph)) == [n for n in found.graph if n in on_all]


@over_samples
def test_the_critical_path_is_the_heaviest_of_all_paths(found: Sample) -> None:
    macs = {key: node.macs or 0 for key, node in found.nodes.items()}
    best = max(
        sum(macs[n] for n in path)
        for source in found.plain
        for target in found.plain
        for path in paths(found.plain, source, target)
    )
    path = critical_path(found.graph, found.nodes)
    assert path is not None
    assert path.macs == best == sum(macs[n] for n in path.nodes)
    assert all(
        found.plain.has_edge(*pair) for pair in zip(path.nodes, path.nodes[1:], strict=False)
    )


@over_samples
def test_generations_are_the_earliest_steps_and_as_wide_as_can_run_at_once(
    found: Sample,
) -> None:
    entries = [node for node, reads in found.inputs.items() if reads]
    running = {n for e in entries for n in (e, *nx.descendants(found.plain, e))}
    plain = found.plain.subgraph(running)
    steps = generations(found.graph)
    assert {node for step in steps for node in step} == running
    for step, nodes in enumerate(steps):
        for node in nodes:
            depths = [len(p) - 1 for n in plain for p in paths(plain, n, node)]
            assert max(depths) == step
    ordered = {frozenset(pair) for pair in nx.transitive_closure(plain).edges}
    apart = {pair for pair in combinations(plain, 2) if frozenset(pair) not in ordered}
    antichain = max(
        size
        for size in range(len(plain) + 1)
        for group in combinations(plain, size)
        if apart.issuperset(combinations(group, 2))
    )
    assert bool(running) <= parallel_width(found.graph) <= antichain


@over_samples
def test_operators_between_are_those_on_a_path(found: Sample) -> None:
    last = found.outputs[-1]
    expected = {
        node
        for entry, reads in found.inputs.items()
        if reads
        for path in paths(found.plain, entry, last)
        for node in path
    }
    assert set(operators_between(found.graph, "x", last)) == expected


def test_operators_between_two_tensors_leave_out_what_makes_the_first() -> None:
    graph = facts("g (float[2] x) => (float[2] y) { a = Relu (x)  b = Neg (a)  c = Abs (a)  "
                  "d = Add (b, c)  y = Relu (d) }").graph  # fmt: skip
    assert operators_between(graph, "a", "d") == ("b", "c", "d")
    assert operators_between(graph, "b", "d") == ("d",)
    assert operators_between(graph, "d", "a") == ()


BODY = (
    "g (bool c, float[2] x) => (float[2] y) { pre = Relu (c1)  late = Relu (x)  unused = Neg (x)  "
    "y = If (c) <then_branch = t () => (float[2] p) { p = Neg (late)  lost = Abs (late) }, "
    "else_branch = e () => (float[2] q) { q = Abs (x) }> }"
).replace("pre = Relu (c1)  ", "")


def test_a_body_is_needed_as_far_as_the_operator_that_runs_it() -> None:
    graph = facts(BODY).graph
    assert unneeded(graph) == ("unused", "y.then_branch/lost")
    assert vertex(graph, "y").runs == ("y.then_branch", "y.else_branch")
    assert vertex(graph, "y").implicit == {"late", "x"}


def test_what_a_body_reads_is_read_by_the_operator_that_runs_it() -> None:
    graph = facts(BODY).graph
    assert cut_points(graph) == ("y",)
    assert operators_between(graph, "x", "y") == ("late", "y")
    assert operators_between(graph, "late", "y") == ("y",)
    assert operators_between(graph, "late", "p", "y.then_branch") == ("y.then_branch/p",)


def test_a_function_is_one_operator_with_the_macs_of_its_body() -> None:
    found = facts(
        "g (float[2,2] x, float[2,2] w) => (float[2,2] y) "
        "{ a = local.F (x, w)  b = MatMul (x, w)  y = Add (a, b) }",
        functions='<domain: "local", opset_import: ["" : 17]> '
        "F (u, w) => (v) { t = MatMul (u, w)  v = MatMul (t, w) }",
    )
    path = critical_path(found.graph, found)
    assert path == (("a",), 16, True)
    inner = critical_path(found.graph, found, "local.F")
    assert inner == (("local.F/t", "local.F/v"), 16, True)


def test_a_skip_connection_leaves_no_cut_point_inside() -> None:
    graph = facts("g (float[2] x) => (float[2] y) { a = Relu (x)  b = Neg (a)  c = Abs (b)  "
                  "d = Add (a, c)  y = Relu (d) }").graph  # fmt: skip
    assert cut_points(graph) == ("a", "d", "y")


def test_an_unknown_cost_makes_the_critical_path_a_lower_bound() -> None:
    found = facts("g (float[2,2] x) => (float[2,2] y) "
                  "{ a = MatMul (x, x)  y = com.acme.Fancy (a) }")  # fmt: skip
    path = critical_path(found.graph, found)
    assert path == (("a",), 8, False)


def test_a_cycle_has_no_path_no_steps_and_no_cut() -> None:
    found = facts("g (float[2] x) => (float[2] y) { a = Add (x, b)  b = Neg (a)  y = Relu (b) }")
    assert critical_path(found.graph, found) is None
    assert generations(found.graph) == ()
    assert parallel_width(found.graph) == 0
    assert cut_points(found.graph) == ()
