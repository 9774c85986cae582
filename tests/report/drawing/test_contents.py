"""What is said of a box: words, figures and operators of small models, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer.facts import Block
from analyzer.findings.finding import Severity
from analyzer.report import Result
from analyzer.report.drawing import Box, draw
from analyzer.report.drawing.boxes import _gathered, _listed, _sign, _types
from analyzer.report.drawing.draw import _severities
from analyzer.report.drawing.fold import cut, fold
from analyzer.report.drawing.parts import DrawnPart, chained, main_node, telling
from analyzer.report.drawing.record import BoxPart, DrawnEdge
from analyzer.report.drawing.titles import _ends, _operator_words, full_name
from analyzer.report.drawing.titles import words as words_of
from analyzer.report.drawing.wiring import wire
from analyzer.report.view.kinds import counted_macs
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node


def zeros(count: int) -> str:
    return "{" + ", ".join("0" * count) + "}"


@cache
def small() -> Facts:
    """A convolution of 3 to 4 channels whose result is added to its own sigmoid, then pooled."""
    return facts(
        f"g (float[1,3,8,8] x, float[1] unread) => (float[1,4,8,8] y, float[1,4,4,4] z) "
        f"<float[4,3,3,3] w = {zeros(108)}, float[4] b = {zeros(4)}> {{ "
        "c = Conv <pads = [1, 1, 1, 1]> (x, w, b)  r = Relu (c)  d = Sigmoid (c)  y = Add (r, d)  "
        "z = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (y) }"
    )


X = Box("input", "x", "1×3×8×8", "other", 1, "x", "", 0, 0, True, 0, 768, "")
Y = Box("output", "y", "1×4×8×8", "other", 1, "y", "", 0, 0, True, 0, 1024, "")
Z = Box("output", "z", "1×4×4×4", "other", 1, "z", "", 0, 0, True, 0, 256, "")
LAYER = BoxPart("3×3 standard 3 → 4", "8×8", "c", 1, 8 * 8 * 3 * 3 * 3 * 4)
OTHERS = (
    BoxPart("Relu", "1×4×8×8", "r", 1, 0),
    BoxPart("Sigmoid", "1×4×8×8", "d", 1, 0),
    BoxPart("Add", "1×4×8×8", "y", 1, 0),
    BoxPart("MaxPool", "1×4×4×4", "z", 1, 0),
)


def test_a_layer_is_drawn_with_what_only_changes_its_result() -> None:
    found = draw(Result(small()))
    assert found.boxes == (
        X,
        Box("part", "3×3 standard", "3 → 4", "standard", 1, "c",
            "Conv, Relu, Sigmoid, Add, MaxPool", 5, 6912, True, 112, 1024, "", (LAYER, *OTHERS)),
        Y, Z,
    )  # fmt: skip
    assert found.edges == (
        DrawnEdge(0, 1, 1, (1, 3, 8, 8)), DrawnEdge(1, 2, 1, (1, 4, 8, 8)),
        DrawnEdge(1, 3, 1, (1, 4, 4, 4)),
    )  # fmt: skip
    assert (found.depth, found.operators, found.hidden) == ("blocks", 5, 0)
    assert (found.joined, found.shares) == (False, True)


def test_operators_by_themselves_have_a_box_each() -> None:
    found = draw(Result(small()), "operators")
    part = Box("part", "Relu", "", "other", 1, "r", "Relu", 1, 0, True, 0, 1024, "", OTHERS[:1])
    assert found.boxes == (
        X,
        Box("part", "3×3 standard", "3 → 4", "standard", 1, "c", "Conv", 1, 6912, True, 112, 1024,
            "", (LAYER,)),
        part,
        replace(part, title="Sigmoid", node="d", holds="Sigmoid", parts=OTHERS[1:2]),
        replace(part, role="join", title="+", node="y", holds="Add", parts=OTHERS[2:3]),
        replace(part, title="MaxPool", node="z", holds="MaxPool", written=256, parts=OTHERS[3:]),
        Y, Z,
    )  # fmt: skip
    links = [(e.source, e.target) for e in found.edges]
    assert links == [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (4, 5), (4, 6), (5, 7)]
    assert {e.shape for e in found.edges[1:-1]} == {(1, 4, 8, 8)}


def test_an_input_that_is_an_output_has_an_edge_to_it_and_constants_have_none() -> None:
    found = draw(
        Result(
            facts(
                "g (float[2] x, float[2] u) => (float[2] x, float[2] y, float[2] k) "
                "{ y = Relu (u) k = Constant <value = float[2] {1, 2}> () }"
            )
        ),
        "operators",
    )
    assert [(box.role, box.title) for box in found.boxes] == [
        ("input", "x"), ("input", "u"), ("part", "Relu"), ("output", "x"), ("output", "y"),
    ]  # fmt: skip
    assert [(e.source, e.target) for e in found.edges] == [(0, 3), (1, 2), (2, 4)]


def many(count: int, shapes: list[tuple[int, ...]]) -> list[Any]:
    return [
        SimpleNamespace(name=f"t{n}", dtype="float32", shape=shapes[n % len(shapes)])
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "shapes", "groups"),
    [
        (0, 1, []),
        (6, 1, [1, 1, 1, 1, 1, 1]),
        (7, 1, [7]),
        (12, 6, [2, 2, 2, 2, 2, 2]),
        (14, 7, [2, 2, 2, 2, 2, -4]),  # of all other shapes together, no shape is told
    ],
)
def test_more_than_six_ends_share_boxes_by_their_shape(
    count: int, shapes: int, groups: list[int]
) -> None:
    found = _gathered(many(count, [(n,) for n in range(shapes)]))
    assert [len(names) * (1 if tensor else -1) for names, tensor in found] == groups
    assert sorted(name for names, _ in found for name in names) == sorted(
        f"t{n}" for n in range(count)
    )


def test_many_ends_are_counted_in_their_box() -> None:
    names = [f"x{n}" for n in range(7)]
    found = draw(
        Result(
            facts(
                f"g ({', '.join(f'float[2] {n}' for n in names)}) => (float[2] y) "
                f"{{ y = Sum ({', '.join(names)}) }}"
            )
        )
    )
    assert found.boxes[0] == replace(X, title="7 inputs", detail="2", node="x0", written=8)
    assert found.edges[0] == DrawnEdge(0, 1, 1, (2,))


def node(op_type: str, domain: str = "", **changes: object) -> Node:
    return replace(small()["r"], op_type=op_type, domain=domain, **changes)  # type: ignore[arg-type]


def test_six_types_of_operators_are_named_the_most_frequent_first() -> None:
    names = [*"aab", *"cdef"]
    assert _types([node(name) for name in names]) == "2 a, b, c, d, e, f"
    assert (
        _types([node(name) for name in [*names, "g", "h", "h"]]) == "2 a, 2 h, b, c, d, e, 2 more"
    )
    assert _types([]) == ""


def test_operators_that_cost_least_are_one_line_where_there_are_too_many() -> None:
    known = small()
    nodes = [known[each] for each in ("r", "d", "c", "y", "z", "r")]
    held = [(node, counted_macs(node)) for node in nodes]
    assert _listed(held, 5) == (replace(OTHERS[0], count=2), OTHERS[1], LAYER, *OTHERS[2:])
    assert _listed(held, 4) == (
        replace(OTHERS[0], count=2), OTHERS[1], LAYER, BoxPart("2 more", "", "", 2, 0),
    )  # fmt: skip
    assert _listed(held, 2) == (LAYER, BoxPart("5 more", "", "", 5, 0))


def test_gravest_severity_of_an_operator_counts() -> None:
    places = [("a", Severity.INFO), ("a", Severity.ERROR), ("a", Severity.WARNING),
              ("b", Severity.WARNING), ("b", Severity.INFO), ("c", Severity.INFO)]  # fmt: skip
    result = SimpleNamespace(places=[SimpleNamespace(node=n, severity=s) for n, s in places])
    found = _severities(cast("Result", result))
    assert found == {"a": "error", "b": "warning", "c": "info"}


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("3×3 standard 3 → 4", ("3×3 standard", " → ", "3 → 4")),
        ("Gemm 8 → 2", ("Gemm", " → ", "8 → 2")),
    ],
)
def test_a_layer_is_parted_before_its_channels(title: str, parts: tuple[str, ...]) -> None:
    assert _ends(title) == parts


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        (["c"], ("3×3 standard", "3 → 4")),
        (["r"], ("Relu", "")),
        (["r", "d"], ("Relu", "+ Sigmoid")),
        (["d", "d", "r"], ("Sigmoid", "+ Relu")),
    ],
)
def test_a_part_is_named_by_its_main_operator_and_what_is_with_it(
    nodes: list[str], words: tuple[str, str]
) -> None:
    known, part = small(), DrawnPart(nodes)
    assert words_of(known, part) == _operator_words(known, part, main_node(known, nodes)) == words


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("inverted-residual", {"in_channels": 8, "out_channels": 16, "stride": 2},
         ("inverted residual", "8 → 16, / 2")),
        ("inverted-residual", {"in_channels": 8, "out_channels": 16, "stride": 1},
         ("inverted residual", "8 → 16")),
        ("attention", {"heads": 12}, ("attention", "12 heads")),
        ("attention", {"heads": 0, "in_channels": 8}, ("attention", "")),
        ("attention", {"out_channels": 8, "stride": 3}, ("attention", "/ 3")),
    ],
)  # fmt: skip
def test_a_block_tells_channels_heads_and_stride(
    kind: str, detail: dict[str, int | str | bool], words: tuple[str, str]
) -> None:
    assert words_of(small(), DrawnPart(["c"], Block(kind, ("c",), 0, 0, detail))) == words


def test_a_module_is_its_own_name() -> None:
    assert words_of(small(), DrawnPart(["c"], module="encoder.3")) == ("encoder.3", "")


def test_words_are_as_long_as_a_box_is_wide() -> None:
    def odd(length: int, name: str = "r") -> Facts:
        renamed = {name: replace(small()[name], op_type="O" * length, domain="com.acme")}
        made = [renamed.get(node.id, node) for node in small().nodes]
        return replace(small(), nodes=tuple(made))

    def words(known: Facts, *nodes: str) -> tuple[str, str]:
        return words_of(known, DrawnPart(list(nodes)))

    assert words(odd(19), "r") == (f"com.acme.{'O' * 19}", "")
    for length in (20, 28):
        assert words(odd(length), "r") == ("O" * length, "")
    assert words(odd(29), "r") == (f"{'O' * 14}…{'O' * 13}", "")
    for length, shown in ((20, "O" * 20), (21, f"{'O' * 10}…{'O' * 9}")):
        assert words(odd(length, "d"), "r", "d") == ("Relu", f"+ {shown}")
    assert _types([odd(31)["r"]]) == f"{'O' * 15}…{'O' * 14}"
    assert _types([odd(30)["r"]]) == "O" * 30
    module = DrawnPart(["c"], module="m" * 29)
    assert words_of(small(), module) == (f"{'m' * 14}…{'m' * 13}", "")


def test_names_of_domains_beyond_onnx_are_told() -> None:
    domains = ("", "ai.onnx", "ai.onnx.ml", "com.acme", "ai.onnx.preview")
    assert [full_name(node("Op", domain)) for domain in domains] == [
        "Op", "Op", "Op", "com.acme.Op", "ai.onnx.preview.Op",
    ]  # fmt: skip


def test_signs_stand_on_what_joins_branches() -> None:
    types = ("Add", "Mul", "Sub", "Div", "Concat", "Equal", "Less", "And", "Or", "Relu", "Conv")
    found = {name: _sign(node(name)) for name in types}
    assert {name: sign for name, sign in found.items() if sign} == {
        "Add": "+", "Mul": "×", "Sub": "−", "Div": "÷", "Concat": "concat",
    }  # fmt: skip
    assert _sign(node("Add", "com.acme")) == ""


def test_what_computes_says_more_than_what_converts_and_that_more_than_what_moves() -> None:
    said = {2: ("Relu", "MatMul", "Warp"), 1: ("Cast", "QuantizeLinear", "DequantizeLinear"),
            0: ("Transpose", "Reshape", "Shape", "SequenceAt")}  # fmt: skip
    for score, types in said.items():
        assert [telling(node(each)) for each in types] == [score] * len(types)


def test_eight_boxes_are_the_longest_row_that_repeats() -> None:
    for period, runs in ((8, [(0, 8, 2)]), (9, [(n, 1, 1) for n in range(18)])):
        row = "abcdefghi"[:period] * 2
        chain = [set(), *({n} for n in range(len(row) - 1))]
        assert [tuple(run) for run in fold(row, chain)] == runs


def test_repetitions_are_linked_and_fed_alike() -> None:
    chain = [set(), *({n} for n in range(5))]
    assert [tuple(r) for r in fold("ababab", chain)] == [(0, 2, 3)]
    # The third is fed by the first of its own turn and not by the turn before.
    assert fold("ababab", [*chain[:4], set(), {4}])[0] == (0, 2, 2)
    # Where a branch leaves the first for what comes right behind, the last one has to, too.
    assert [tuple(r) for r in fold("xaaay", [set(), {0}, {1}, {2}, {1}])] == [
        (0, 1, 1), (1, 1, 1), (2, 1, 2), (4, 1, 1),
    ]  # fmt: skip
    # The last b does not read its own a.
    assert fold("ababab", [*chain[:5], {3}])[0] == (0, 2, 2)


@pytest.mark.parametrize(
    ("length", "most", "runs"),
    [
        (7, 3, [(0, 3, 1), (3, 3, 1), (6, 1, 1)]),
        (6, 3, [(0, 2, 1), (2, 2, 1), (4, 2, 1)]),
        (2, 3, [(0, 1, 1), (1, 1, 1)]),
        (0, 3, []),
    ],
)
def test_neighbours_are_joined_in_equal_stretches(
    length: int, most: int, runs: list[tuple[int, int, int]]
) -> None:
    assert [tuple(run) for run in cut(length, most)] == runs


def test_a_branch_is_followed_to_where_it_meets_another() -> None:
    before = {0: set[int](), 1: {0}, 2: {0}, 3: {1}, 4: {2}, 5: {3, 4}, 6: set[int]()}
    after = {0: [1, 2], 1: [3], 2: [4], 3: [5], 4: [5], 5: [], 6: []}
    assert chained(before, after) == [0, 1, 3, 2, 4, 5, 6]


def names_of(tensors: tuple[Any, ...]) -> list[tuple[str, bool]]:
    return [(source.node, source.is_input) for source in tensors]


def test_plumbing_is_looked_through_and_belongs_to_what_reads_it() -> None:
    known = facts(
        "g (float[2,3] x, int64[1] n) => (float[6] y, int64[2] s) { "
        "i = Identity (x)  h = Cast <to = 1> (i)  k = Constant <value_ints = [6]> ()  "
        "s = Shape (x)  f = Reshape (h, k)  y = Relu (f) }"
    )
    wiring = wire(known)
    assert {name: names_of(sources) for name, sources in wiring.reads.items()} == {
        "f": [("x", True)], "y": [("f", False)],
    }  # fmt: skip
    assert wiring.owner == {"f": "f", "y": "y", "i": "f", "h": "f", "k": "f"}
    assert [(tensor.name, source.node) for tensor, source in wiring.outputs] == [("y", "y")]


def test_a_loop_owns_what_its_body_holds_however_deep() -> None:
    known = facts(
        "g (float[2] x, bool p) => (float[2] y) { "
        "y = If (p) <then_branch = a () => (float[2] t) { "
        "t = If (p) <then_branch = c () => (float[2] v) { v = Relu (x) }, "
        "else_branch = d () => (float[2] w) { w = Abs (x) }> }, "
        "else_branch = b () => (float[2] u) { u = Neg (x) }> }"
    )
    wiring = wire(known)
    assert names_of(wiring.reads["y"]) == [("p", True), ("x", True)]
    assert set(wiring.owner.values()) == {"y"}
    assert len(wiring.owner) == len(known.nodes) == 5
