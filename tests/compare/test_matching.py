"""Two models side by side: which operators match, and by how much the others differ."""

from __future__ import annotations

import onnx

import analyzer
from analyzer.compare import compare
from tests.golden.text import facts, facts_of

TWO = "{ [one] t = MatMul (x, w)  [two] y = MatMul (t, v) }"


def model(rows: int = 4, inner: int = 5, body: str = TWO) -> str:
    return f"g (float[{rows},7] x, float[7,{inner}] w, float[{inner},2] v) => (float[N,2] y) {body}"


def test_a_model_is_the_same_as_itself() -> None:
    found = compare(facts(model()), facts(model()))
    assert (found.changes, found.interface, found.same, found.renamed) == ((), (), 2, 0)


def test_operators_are_matched_by_what_they_are_where_names_are_gone() -> None:
    other = model(body="{ [b] y0 = MatMul (x, w)  [a] y = MatMul (y0, v) }")
    found = compare(facts(model()), facts(other))
    assert (found.changes, found.same, found.renamed) == ((), 2, 2)


def test_what_changes_has_its_difference_and_the_largest_comes_first() -> None:
    found = compare(facts(model()), facts(model(inner=6)))
    # 4·7·6 − 4·7·5 and 4·6·2 − 4·5·2
    assert [(c.old and c.old.name, c.macs) for c in found.changes] == [("one", 28), ("two", 8)]
    names = [(old and old.name, new and new.shape) for old, new in found.interface]
    assert names == [("w", (7, 6)), ("v", (6, 2))]


def test_a_name_that_another_operator_took_over_is_no_change_of_that_operator() -> None:
    body = "{ [two] t = MatMul (x, w)  [one] u = Relu (t)  [three] y = MatMul (u, v) }"
    found = compare(facts(model()), facts(model(body=body)))
    changes = [(c.old and c.old.op_type, c.new and c.new.op_type) for c in found.changes]
    assert changes == [(None, "Relu")]
    assert (found.same, found.renamed) == (2, 2)


def test_unknown_costs_come_first_and_are_no_number() -> None:
    body = "{ [one] t = com.example.Magic (x, w)  [two] y = MatMul (t, v) }"
    found = compare(facts(model()), facts(model(body=body)))
    assert found.changes[0].macs is None
    assert [c.macs for c in found.changes if c.new is None] == [-4 * 7 * 5]


def test_the_library_offers_it() -> None:
    found = analyzer.compare(facts(model()), facts(model()))
    assert isinstance(found, analyzer.Comparison)


def test_an_empty_graph_has_nothing_to_match() -> None:
    empty = onnx.helper.make_model(onnx.helper.make_graph([], "g", [], []))
    found = compare(facts_of(empty), facts(model()))
    assert [c.old for c in found.changes] == [None, None]


def test_a_name_that_is_the_output_of_another_operator_hides_none() -> None:
    body = "{ one = Relu (x)  [one] t = MatMul (one, w)  [two] y = MatMul (t, v) }"
    found = compare(facts(model(body=body)), facts(model(body=body)))
    assert (found.changes, found.same) == ((), 3)


def test_what_lost_its_name_and_its_bias_has_changed() -> None:
    ends = "(float[1,3,8,8] x, float[4,3,3,3] w, float[4] b) => (float[1,4,6,6] y)"
    found = compare(
        facts(f"g {ends} {{ [a] y = Conv (x, w, b) }}"),
        facts(f"g {ends} {{ [node_1] y = Conv (x, w) }}"),
    )
    names = [(c.old and c.old.name, c.new and c.new.name, c.macs) for c in found.changes]
    assert names == [("a", "node_1", 0)]


def test_among_equal_macs_the_largest_difference_in_parameters_comes_first() -> None:
    weights = "float[5] a = {1, 2, 3, 4, 5}, float[2] b = {1, 2}"
    graph = f"g (float[5] x, float[2] z) => (float[5] u, float[2] v) <{weights}> "
    found = compare(
        facts(graph + "{ v = Mul (z, z)  u = Mul (x, x) }"),
        facts(graph + "{ v = Mul (z, b)  u = Mul (x, a) }"),
    )
    assert [c.params for c in found.changes] == [5, 2]


def test_operators_alike_are_told_apart_by_the_weights_behind_them() -> None:
    """Two branches alike but for their weights, written in the other order without names."""
    one = "{h} = MatMul (x, w)  {r} = Relu ({h})  {s} = Neg ({r})"
    two = one.replace(", w)", ", v)")
    ends = "y = Sub ({0}, {1})"
    graph = ("g (float[2,2] x) => (float[2,2] y) "
             "<float[2,2] w = {{1, 2, 3, 4}}, float[2,2] v = {{5, 6, 7, 8}}> "
             "{{ {} {} {} }}")  # fmt: skip
    first, second = ({"h": f"h{n}", "r": f"r{n}", "s": f"s{n}"} for n in "ab")
    old = graph.format(one.format(**first), two.format(**second), ends.format("sa", "sb"))
    new = graph.format(two.format(**first), one.format(**second), ends.format("sb", "sa"))
    found = compare(facts(old), facts(new))
    assert (found.changes, found.same) == ((), 7)
