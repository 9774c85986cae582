"""Layers along the network stand where they run, those of bodies and functions too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report import Result
from analyzer.report.view.layers import Bar, bars
from analyzer.report.view.order import as_run
from tests.golden.text import facts
from tests.report.results import html_of, words

if TYPE_CHECKING:
    from analyzer.facts import Facts

GRAPH = """g (float[2,3] x, float[3,3] w, float[3,4] v, bool c) => (float[2,4] y) {
    a = local.Twice (x, w)
    b = MatMul (a, w)
    d = local.Once (b, w)
    f = If (c) <then_branch = t () => (p) { p = MatMul (d, v) },
                else_branch = e () => (q) { q = MatMul (b, v) }>
    y = Relu (f)
}"""
FUNCTIONS = """
<domain: "local", opset_import: ["" : 17, "local" : 1]>
Once (x, w) => (y) { y = MatMul (x, w) }
<domain: "local", opset_import: ["" : 17, "local" : 1]>
Twice (x, w) => (y) { h = local.Once (x, w) y = local.Once (h, w) }
"""


def calling() -> Facts:
    return facts(GRAPH, functions=FUNCTIONS)


def test_operators_of_bodies_and_functions_come_behind_what_first_runs_them() -> None:
    found = calling()
    order = [(node.op_type, node.scope) for node in as_run(found)]
    assert [op for op, _ in order] == [
        "Twice", "Once", "MatMul", "Once", "MatMul", "Once", "If", "MatMul", "MatMul", "Relu",
    ]  # fmt: skip
    assert [scope for _, scope in order if "branch" in scope] == ["f.then_branch", "f.else_branch"]
    assert sorted(node.id for node in as_run(found)) == sorted(node.id for node in found.nodes)


def test_a_model_without_bodies_is_in_the_order_of_the_file() -> None:
    found = facts(
        "g (float[2,3] x, float[3,3] w) => (float[2,3] y) { a = MatMul (x, w) y = Relu (a) }"
    )
    assert as_run(found) is found.nodes


def test_a_bar_says_that_it_holds_several_runs() -> None:
    """Once has 2·3·3 MACs and runs three times, the branch that is counted 2·3·4."""
    assert bars(as_run(calling())) == (
        Bar(1, 1, "MatMul", 54, repeated=True),
        Bar(2, 2, "MatMul", 18),
        Bar(3, 3, "MatMul", 24),
    )


def test_functions_come_in_the_order_in_which_they_are_called() -> None:
    model = facts(
        "g (float[2,3] x) => (float[2,3] y) { a = local.First (x) y = local.Second (a) }",
        functions="""<domain: "local", opset_import: ["" : 17]> Second (x) => (y) { y = Relu (x) }
                     <domain: "local", opset_import: ["" : 17]> First (x) => (y) { y = Abs (x) }""",
    )
    assert [node.op_type for node in model.nodes] == ["First", "Second", "Abs", "Relu"]


def test_a_page_says_in_which_order_bodies_and_functions_are() -> None:
    graph = GRAPH.replace("d = ", "g = MatMul (b, w) d = ")
    page = words(html_of(Result(facts(graph, functions=FUNCTIONS))).decode())
    assert "in the order of the file; all runs of a layer are one bar" in page
    assert "In the order of the file; operators of bodies and functions come last." in page
    assert "which is that of execution" not in page
