"""What a pattern matches and what it does not."""

from __future__ import annotations

import pytest

from analyzer.patterns.index import index_of
from analyzer.ruleset.pattern import Lookup, Matcher, model_allowance, parse_pattern
from tests.golden.text import facts
from tests.ruleset.pattern.find import all_matches, found, places

F = "float[2,4]"


def unary(body: str, inputs: str = f"{F} x", outputs: str = f"{F} y") -> str:
    return f"g ({inputs}) => ({outputs}) {{ {body} }}"


def test_a_chain_matches_producer_and_reader() -> None:
    graph = unary("c = Neg (x) y = Relu (c)")
    assert found(graph, "c = Neg (x)\ny = Relu (c)") == ["y: c=c x=x y=y"]


def test_a_reader_of_another_tensor_is_no_match() -> None:
    graph = unary("c = Neg (x) y = Relu (x)", outputs=f"{F} y, {F} c")
    assert found(graph, "c = Neg (x)\ny = Relu (c)") == []


def test_alternatives_match_either_operator() -> None:
    graph = unary("c = Neg (x) y = Relu (c) z = Clip (c)", outputs=f"{F} y, {F} z")
    assert places(graph, "c = Neg (x)\ny = Relu | Clip (c, ...)") == ["y", "z"]


def test_operands_of_a_commutative_operator_match_in_any_order() -> None:
    pattern = "s = Sigmoid (x)\ny = Mul (x, s)"
    for order in ("x, s", "s, x"):
        assert places(unary(f"s = Sigmoid (x) y = Mul ({order})"), pattern) == ["y"]


def test_operands_of_other_operators_match_in_their_order_only() -> None:
    pattern = "m = Neg (x)\ny = Sub (x, m)"
    assert places(unary("m = Neg (x) y = Sub (x, m)"), pattern) == ["y"]
    assert places(unary("m = Neg (x) y = Sub (m, x)"), pattern) == []


def test_both_orders_of_two_free_operands_are_matches() -> None:
    graph = unary("y = Add (x, z)", inputs=f"{F} x, {F} z")
    assert found(graph, "y = Add (a, b)") == ["y: a=x b=z y=y", "y: a=z b=x y=y"]


def test_one_tensor_as_both_operands_is_one_match() -> None:
    assert found(unary("y = Add (x, x)"), "y = Add (a, b)") == ["y: a=x b=x y=y"]


def test_the_same_metavariable_is_the_same_tensor() -> None:
    square = "y = Mul (a, a)"
    assert places(unary("y = Mul (x, x)"), square) == ["y"]
    assert places(unary("c = Neg (x) y = Mul (x, c)"), square) == []


def test_two_constants_of_one_value_are_two_tensors() -> None:
    graph = unary(
        "k = Constant <value_float = 2.0> () l = Constant <value_float = 2.0> ()"
        " c = Mul (x, k) y = Mul (c, l)"
    )
    assert places(graph, "c = Mul (x, k)\ny = Mul (c, k)") == []
    assert places(graph, "c = Mul (x, k)\ny = Mul (c, l)") == ["y"]


@pytest.mark.parametrize(
    ("stored", "wanted", "match"),
    [
        ("0.044715", "0.044715", True),
        ("0.04471", "0.044715", False),
        ("1.41421354", "1.4142135623730951", True),
        ("1.4142", "1.4142135623730951", False),
        ("3.0", "3", True),
        ("-0.5", "-0.5", True),
    ],
)
def test_a_number_is_a_constant_within_float32_rounding(
    stored: str, wanted: str, match: bool
) -> None:
    graph = unary(f"k = Constant <value_float = {stored}> () y = Mul (x, k)")
    assert (places(graph, f"y = Mul (x, {wanted})") == ["y"]) is match


def test_a_number_is_a_constant_of_one_element_whatever_its_rank() -> None:
    graph = unary("k = Constant <value = float[1,1] {3.0}> () y = Pow (x, k)")
    assert places(graph, "y = Pow (x, 3)") == ["y"]


def test_a_number_is_no_vector_of_it() -> None:
    graph = unary("k = Constant <value = float[4] {3.0,3.0,3.0,3.0}> () y = Pow (x, k)")
    assert places(graph, "y = Pow (x, 3)") == []


def test_a_number_is_no_tensor_that_is_only_known_at_run_time() -> None:
    assert places(unary("y = Pow (x, z)", inputs=f"{F} x, float z"), "y = Pow (x, 3)") == []


def test_a_list_is_a_constant_vector_of_these_elements() -> None:
    graph = "g (float[2,4] x) => (float[4,2] y) <int64[2] s = {4,2}> { y = Reshape (x, s) }"
    assert places(graph, "y = Reshape (x, [4, 2])") == ["y"]
    assert places(graph, "y = Reshape (x, [2, 4])") == []
    assert places(graph, "y = Reshape (x, [4])") == []


def test_a_blank_operand_is_omitted() -> None:
    graph = """g (float[2,4] x, float h) => (float[2,4] y, float[2,4] z) {
        y = Clip (x, , h) z = Clip (x, h, h) }"""
    assert places(graph, "y = Clip (x, , high)") == ["y"]
    assert places(graph, "y = Clip (x, _, high)") == ["y", "z"]
    assert places(graph, "y = Clip (x, low, high)") == ["z"]


def test_trailing_operands_are_counted_unless_the_pattern_is_open() -> None:
    graph = (
        "g (float[1,2,4] x, float[2,2,1] w, float[2] b) => (float[1,2,4] y) { y = Conv (x, w, b) }"
    )
    assert places(graph, "y = Conv (x, w)") == []
    assert places(graph, "y = Conv (x, w, b)") == ["y"]
    assert places(graph, "y = Conv (x, ...)") == ["y"]


def test_an_open_commutative_operator_takes_further_operands() -> None:
    graph = unary("y = Max (x, z, z)", inputs=f"{F} x, {F} z")
    assert places(graph, "y = Max (a, ...)") == ["y"]
    assert places(graph, "y = Max (a, b)") == []


def test_outputs_are_told_by_position() -> None:
    graph = """g (float[2,4] x) => (float[2,2] y, float[2,2] z) {
        a, b = Split <axis = 1> (x) y = Relu (a) z = Neg (b) }"""
    assert places(graph, "_, b = Split (x, ...)\ny = Neg (b)", opset=13) == ["z"]
    assert places(graph, "a, _ = Split (x, ...)\ny = Neg (a)", opset=13) == []


def test_a_setting_is_compared_with_a_literal() -> None:
    graph = "g (float[2,4,3] x) => (float[2,3,4] y) { y = Transpose <perm = [0,2,1]> (x) }"
    assert places(graph, "y = Transpose <perm = [0, 2, 1]> (x)") == ["y"]
    assert places(graph, "y = Transpose <perm = [0, 1, 2]> (x)") == []


def test_a_default_of_the_schema_counts_as_the_setting() -> None:
    graph = "g (float[2,4] x, float[4,2] w) => (float[2,2] y) { y = Gemm (x, w) }"
    assert places(graph, "y = Gemm <transB = 0, alpha = 1.0> (x, w)") == ["y"]
    assert places(graph, "y = Gemm <transB = 1> (x, w)") == []


def test_settings_are_bound_by_name_and_equal_where_the_name_is_the_same() -> None:
    text = """g (float[2,4,3] x) => (float[2,4,3] y) {{
        a = Transpose <perm = [0,2,1]> (x) y = Transpose <perm = [{}]> (a) }}"""
    pattern = "a = Transpose <perm = p> (x)\ny = Transpose <perm = {}> (a)"
    (match,) = all_matches(facts(text.format("0,2,1")), pattern.format("q"))
    assert match.settings == {"p": (0, 2, 1), "q": (0, 2, 1)}
    assert len(all_matches(facts(text.format("0,2,1")), pattern.format("p"))) == 1
    assert all_matches(facts(text.format("1,0,2")), pattern.format("p")) == []


def test_a_setting_that_nothing_states_is_unknown_and_equal_to_nothing() -> None:
    graph = """g (float[2,4] x) => (float[2,4] y) { a = Transpose (x) y = Transpose (a) }"""
    (match,) = all_matches(facts(graph), "a = Transpose <perm = p> (x)\ny = Transpose (a)")
    assert match.settings == {"p": None}
    assert places(graph, "a = Transpose <perm = p> (x)\ny = Transpose <perm = p> (a)") == []


def test_siblings_are_tied_by_what_they_read() -> None:
    graph = unary("a = Neg (x) b = Abs (x) y = Add (a, b)")
    assert found(graph, "a = Neg (x)\nb = Abs (x)\ny = Add (a, b)") == ["y: a=a b=b x=x y=y"]


def test_two_statements_are_two_operators() -> None:
    pattern = "a = Relu (x)\nb = Relu (x)"
    assert places(unary("y = Relu (x)"), pattern) == []
    assert places(unary("y = Relu (x) z = Relu (x)", outputs=f"{F} y, {F} z"), pattern) == [
        "y",
        "z",
    ]


def test_domains_are_written_before_the_operator() -> None:
    graph = unary("y = com.microsoft.FastGelu (x)")
    assert places(graph, "y = com.microsoft.FastGelu (x, ...)") == ["y"]
    assert places(graph, "y = Gelu (x)") == []


def test_a_body_is_a_scope_of_its_own() -> None:
    graph = """g (bool c, float[2] x) => (float[2] y) {
        m = Neg (x)
        y = If (c) <
          then_branch = t () => (float[2] a) { n = Neg (x) a = Relu (n) },
          else_branch = e () => (float[2] b) { b = Relu (m) }
        > }"""
    model = facts(graph)
    matches = all_matches(model, "n = Neg (x)\na = Relu (n)")
    assert [model[m.place].op_type for m in matches] == ["Relu"]
    assert matches[0].tensors == {"n": "n", "a": "a", "x": "x"}
    # what comes from outside is a tensor like any other
    assert len(all_matches(model, "a = Relu (n)")) == 2


def test_an_if_is_an_operator_like_any_other() -> None:
    graph = """g (float[2] x, bool k) => (float[2] z) {
        c = Not (k)
        y = If (c) <
          then_branch = t () => (float[2] a) { a = Relu (x) },
          else_branch = e () => (float[2] b) { b = Neg (x) }
        >
        z = Abs (y) }"""
    assert places(graph, "c = Not (k)\ny = If (c)\nz = Abs (y)") == ["z"]


def test_a_function_that_is_called_with_two_shapes_matches_in_both_instances() -> None:
    graph = """g (float[2] x, float[3] v) => (float[2] y, float[3] z) {
        y = local.f (x) z = local.f (v) }"""
    function = """<domain: "local", opset_import: ["" : 17]>
        f (p) => (q) { r = Neg (p) q = Relu (r) }"""
    model = facts(graph, functions=function)
    assert len({m.place for m in all_matches(model, "r = Neg (p)\nq = Relu (r)")}) == 2


def test_operators_stand_between_where_the_rule_sees_through_them() -> None:
    graph = unary("c = Neg (x) i = Identity (c) j = Identity (i) y = Relu (j)")
    pattern = "c = Neg (x)\ny = Relu (c)"
    assert found(graph, pattern) == []
    assert found(graph, pattern, "Identity") == ["y: c=c x=x y=y"]


def test_a_tensor_is_the_same_behind_operators_that_the_rule_sees_through() -> None:
    graph = unary("i = Identity (x) s = Sigmoid (i) y = Mul (x, s)")
    pattern = "s = Sigmoid (x)\ny = Mul (x, s)"
    assert places(graph, pattern) == []
    assert places(graph, pattern, "Identity") == ["y"]


def test_a_tensor_that_is_only_read_is_what_its_first_reader_reads() -> None:
    graph = unary("i = Identity (x) c = Neg (i) y = Relu (c)")
    assert found(graph, "c = Neg (v)\ny = Relu (c)", "Identity") == ["y: c=c v=i y=y"]


def test_only_the_data_of_what_is_seen_through_lead_on() -> None:
    graph = """g (float[2] x) => (float[2] y) {
        r = Neg (x) b = Constant <value_float = 0.5> ()
        d, m = Dropout (r, b) e = Cast <to = 1> (m) y = Relu (e) }"""
    assert places(graph, "r = Neg (x)\ny = Relu (r)", "Dropout Cast") == []


def test_unless_shares_what_is_bound() -> None:
    graph = unary(
        "c = Neg (x) y = Relu (c) d = Abs (x) z = Relu (d) k = Abs (c)",
        outputs=f"{F} y, {F} z, {F} k",
    )
    model = facts(graph)
    lookup = Lookup(index_of(model))
    budget = model_allowance(len(lookup))
    unless = Matcher(parse_pattern("other = Abs (c)"), lookup, budget)
    matches = Matcher(parse_pattern("c = Neg | Abs (x)\ny = Relu (c)"), lookup, budget).find()
    assert {m.place: unless.holds(m) for m in matches} == {"y": True, "z": False}


def test_a_place_that_is_done_is_not_searched_again() -> None:
    graph = unary("y = Add (x, z)", inputs=f"{F} x, {F} z")
    model = facts(graph)
    lookup, done = Lookup(index_of(model)), set[str]()
    seen = 0
    for match in Matcher(parse_pattern("y = Add (a, b)"), lookup, model_allowance(1)).find(done):
        done.add(match.place)
        seen += 1
    assert seen == 1


def test_an_operand_stands_anywhere_between_open_ends() -> None:
    graph = """g (float[2] a, float[2] b, float[2] d) => (float[6] y) {
        c = Neg (b) y = Concat <axis = 0> (a, c, d) }"""
    assert places(graph, "c = Neg (x)\ny = Concat (..., c, ...)") == ["y"]
    assert places(graph, "c = Neg (x)\ny = Concat (c, ...)") == []
    assert places(graph, "c = Neg (x)\ny = Concat (..., c)") == []
    assert places(graph, "c = Neg (x)\ny = Concat (..., c, d)") == ["y"]


def test_what_a_body_reads_from_around_it_ties_its_operators_too() -> None:
    """In one branch two operators read what is made outside, in the other but one."""
    graph = """g (bool c, float[2] x) => (float[2] y) {
        m = Neg (x)
        y = If (c) <
          then_branch = t () => (float[2] a) { p = Relu (m) q = Abs (m) a = Add (p, q) },
          else_branch = e () => (float[2] b) { r = Relu (m) b = Abs (r) }
        > }"""
    model = facts(graph)
    pattern = "p = Relu (m)\nq = Abs (m)"
    matches = all_matches(model, pattern)
    assert [sorted(match.tensors.items()) for match in matches] == [
        [("m", "m"), ("p", "p"), ("q", "q")]
    ]
    assert all_matches(model, "p = Relu (m)\nq = Neg (m)") == []


def test_readers_are_followed_behind_what_the_rule_sees_through_and_to_its_start() -> None:
    graph = unary("i = Identity (x) j = Identity (i) a = Neg (i) b = Abs (j) y = Add (a, b)")
    pattern = "a = Neg (x)\nb = Abs (x)"
    assert found(graph, pattern) == []
    assert places(graph, pattern, "Identity") == ["b"]
    assert places(graph, pattern, "Cast") == []
    # a second input of what is seen through is no copy of it
    clipped = unary("i = Clip (x) a = Neg (x) b = Abs (i) y = Add (a, b)")
    assert places(clipped, pattern, "Clip") == ["b"]
    bounded = unary("i = Clip (k, x) a = Neg (x) b = Abs (i) y = Add (a, b)", f"{F} x, {F} k")
    assert places(bounded, pattern, "Clip") == []


def test_each_16_operands_of_an_operator_are_a_step() -> None:
    def steps(operands: int) -> int:
        many = ", ".join(["x"] * operands)
        lookup = Lookup(index_of(facts(unary(f"c = Concat <axis = 0> ({many}) y = Relu (c)"))))
        budget = model_allowance(len(lookup))
        before = budget.left
        assert len([*Matcher(parse_pattern("c = Concat (...)"), lookup, budget).find()]) == 1
        return before - budget.left

    assert [steps(n) - steps(1) for n in (15, 16, 31, 32)] == [0, 1, 1, 2]
