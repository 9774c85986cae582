"""What is drawn: each operator in one box, equal boxes folded, every edge between two boxes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import get_args

import pytest

from analyzer.report import Result
from analyzer.report.drawing import Box, Depth, Drawing, draw
from analyzer.report.drawing.boxes import becoming
from analyzer.report.drawing.draw import MOST
from analyzer.report.drawing.fold import cut, fold
from analyzer.report.drawing.record import Becoming
from analyzer.report.drawing.titles import fitting_name
from tests.each import each
from tests.golden.text import facts
from tests.report.drawing.networks import FILES, MADE, branching, network, of

NETWORKS = (*FILES, *MADE)


def parts(drawing: Drawing) -> list[Box]:
    return [box for box in drawing.boxes if box.role in ("part", "join")]


@pytest.mark.parametrize("depth", get_args(Depth))
@pytest.mark.parametrize("name", NETWORKS)
def test_every_mac_is_in_exactly_one_box(name: str, depth: Depth) -> None:
    result = network(name)
    drawing = draw(result, depth)
    assert sum(box.macs for box in drawing.boxes) == result.facts.totals.macs
    held = sum(node.params for node in result.facts.nodes)
    assert sum(box.params for box in drawing.boxes) == held
    assert drawing.operators == sum(box.nodes for box in drawing.boxes)
    assert drawing.operators + drawing.hidden == len(result.facts.nodes)


@each("depth", get_args(Depth))
@each("name", NETWORKS)
def test_edges_lead_from_producers_to_readers_that_exist(name: str, depth: Depth) -> None:
    drawing = draw(network(name), depth)
    outputs = {n for n, box in enumerate(drawing.boxes) if box.role == "output"}
    targets = {edge.target for edge in drawing.edges}
    assert outputs <= targets
    for edge in drawing.edges:
        assert 0 <= edge.source < edge.target < len(drawing.boxes)
        assert drawing.boxes[edge.target].role != "input"
        assert edge.source not in outputs


@pytest.mark.parametrize("name", NETWORKS)
def test_blocks_are_no_more_than_a_page_has_room_for(name: str) -> None:
    drawing = draw(network(name))
    assert len(parts(drawing)) <= MOST["blocks"] == 60


def test_resnet50_has_the_stages_of_the_paper() -> None:
    """He et al. 2016, table 1: 3, 4, 6 and 3 bottlenecks."""
    drawing = draw(network("resnet50"))
    blocks = [box for box in parts(drawing) if box.title == "bottleneck"]
    assert [box.count for box in blocks] == [1, 2, 1, 3, 1, 5, 1, 2]
    assert len(drawing.boxes) <= 60


def test_densenet121_has_the_blocks_of_the_paper() -> None:
    """Huang et al. 2017, table 1: 6, 12, 24 and 16 layers."""
    found = [box.count for box in parts(draw(network("densenet121"))) if box.count > 1]
    assert found == [6, 12, 24, 16]


def test_mobilenet_folds_the_five_equal_blocks_of_the_paper() -> None:
    """Howard et al. 2017, table 1: five times 512 → 512 at 14×14."""
    boxes = parts(draw(network("mobilenet")))
    assert [(box.count, box.detail) for box in boxes if box.count > 1] == [(5, "512 → 512")]


def test_what_is_not_alike_is_not_folded() -> None:
    assert [run.times for run in fold("abab", [set(), set(), {0}, {1}])] == [1, 1, 1, 1]
    assert [run.times for run in fold("aaa", [set(), set(), set()])] == [1, 1, 1]


def test_rows_of_several_boxes_are_folded() -> None:
    chain = [set(), *({n} for n in range(7))]
    assert [(r.start, r.period, r.times) for r in fold("xabababy", chain)] == [
        (0, 1, 1), (1, 2, 3), (7, 1, 1),
    ]  # fmt: skip


def test_a_branch_that_leaves_early_is_not_hidden_in_a_fold() -> None:
    chain = [set(), {0}, {1}, {2}, {3}, {4}]
    assert [run.times for run in fold("xaaayz", chain)] == [1, 3, 1, 1]
    leaving = [*chain[:5], {1, 4}]  # as a skip connection of a U-Net does
    assert [run.times for run in fold("xaaayz", leaving)] == [1, 1, 2, 1, 1]


def test_pieces_cover_all_and_are_no_more_than_wanted() -> None:
    runs = cut(1001, 60)
    assert len(runs) <= 60
    assert [at for run in runs for at in range(run.start, run.stop)] == [*range(1001)]


def test_a_loop_holds_the_work_of_its_turns() -> None:
    """3 turns of 4·8·8 multiply-accumulates."""
    (loop,) = [box for box in parts(draw(network("loop"))) if box.title == "Loop"]
    assert loop.macs == 3 * 4 * 8 * 8
    assert loop.nodes == 3 + 1  # the body's two, and the activation behind it


def test_gravest_finding_of_a_box_is_told(wasteful: Result) -> None:
    drawing = draw(wasteful)
    told = Counter(box.severity for box in parts(drawing))
    assert told.keys() == {"", "warning"}
    assert told[""] == 2  # the first layer and the classifier are no candidates
    assert {box.severity for box in draw(network("standard")).boxes} == {""}


def test_constants_and_shape_arithmetic_are_no_boxes() -> None:
    titles = {box.title for box in parts(draw(network("shufflenet"), "operators"))}
    assert "Conv" in titles or any("grouped" in title for title in titles)
    assert titles.isdisjoint({"Constant", "Identity", "Shape"})


def test_what_computes_names_a_box_not_what_moves_data_before_it() -> None:
    quantised = facts(
        "g (float[4] x) => (float[4] y) { s = Constant <value = float {0.5}> ()  "
        "z = Constant <value = uint8 {0}> ()  a = Constant <value_ints = [0]> ()  "
        "u = Unsqueeze (x, a)  t = Transpose (u)  q = QuantizeLinear (t, s, z)  "
        "d = DequantizeLinear (q, s, z)  r = Tanh (d)  e = Transpose (r)  y = Squeeze (e) }"
    )
    (box,) = parts(draw(Result(quantised)))
    assert (box.title, box.detail) == ("Tanh", "+ QuantizeLinear")


def test_a_long_domain_is_left_out_before_the_operator_is_cut() -> None:
    model = network("shufflenet").facts
    node = replace(model.nodes[0], domain="com.acme.vision.extra", op_type="HardSwooshPlus")
    assert fitting_name(node) == "HardSwooshPlus"
    assert fitting_name(replace(node, domain="acme")) == "acme.HardSwooshPlus"


def test_modules_of_the_source_code_are_boxes() -> None:
    model = branching(6)
    for number, node in enumerate(model.graph.node):
        node.name = f"/encoder/encoder.{number // 4}/{node.op_type}"
    (box,) = parts(draw(of(model), "modules"))
    assert (box.title, box.count, box.nodes) == ("encoder.0", 3, 12)
    assert box.holds == "6 Conv, 6 Add"


def test_same_model_gives_the_same_drawing() -> None:
    from analyzer.analyze import analyze
    from analyzer.model import load

    again = Result(analyze(load(str(FILES["squeezenet"]))))
    assert draw(again) == draw(network("squeezenet"))


@pytest.mark.parametrize(
    ("product", "bend", "together"),
    [
        ("added", "same", "added"),
        ("removed", "same", "removed"),
        ("same", "added", "changed"),
        ("changed", "same", "changed"),
        ("weights", "same", "weights"),
        ("same", "same", "same"),
        (None, "added", "added"),
        (None, "weights", "weights"),
    ],
)
def test_what_computes_most_of_a_box_says_whether_it_came_or_went(
    product: Becoming | None, bend: Becoming, together: Becoming
) -> None:
    found = facts(
        "g (float[2,2] x) => (float[2,2] y) <float[2,2] w = {1, 2, 3, 4}> "
        "{ a = MatMul (x, w) y = Relu (a) }"
    )
    changes = {"y": bend} if product is None else {"a": product, "y": bend}
    assert becoming(found, changes, list(changes)) == together
    assert becoming(found, {}, ["a", "y"]) == ""


def test_branches_between_which_data_decide_are_beside_each_other() -> None:
    """A product of 4·8·8 MACs, or one of 4·8·2 and what follows it; the larger is counted."""
    for condition, otherwise, expected in (
        ("bool c", "d = MatMul (x, v)  b = Relu (d)",
         [("then: MatMul 8 → 8", ""), ("else: MatMul 8 → 2", "64 MAC, not counted")]),
        ("bool c", "d = MatMul (x, v)  b = MatMul (d, u)",
         [("then: MatMul 8 → 8", ""), ("else: 2 layers", "128 MAC, not counted")]),
        ("bool c", "b = Relu (x)", [("then: MatMul 8 → 8", ""), ("else: Relu", "")]),
    ):  # fmt: skip
        model = facts(f"""g (float[4,8] x, {condition}, float[8,8] w, float[8,2] v, float[2,8] u)
            => (float[4,N] y) {{
            y = If (c) <then_branch = t () => (a) {{ a = MatMul (x, w) }},
                        else_branch = e () => (b) {{ {otherwise} }}>
            }}""")
        drawing = draw(Result(model))
        assert drawing.branching == 1
        boxes = {box.title: n for n, box in enumerate(drawing.boxes)}
        both = [box for box in drawing.boxes if box.title.startswith(("then", "else"))]
        assert sorted((box.title, box.detail) for box in both) == sorted(expected)
        for box in both:
            macs, *_ = box.detail.split(" ")
            assert box.alone == int(macs or 0), "what it does where it runs"
            assert box.color == ("dense" if box.macs + box.alone else "other")
        assert sum(box.macs for box in drawing.boxes) == model.totals.macs == 256
        edges = {(edge.source, edge.target) for edge in drawing.edges}
        for title, _ in expected:
            assert {(boxes["x"], boxes[title]), (boxes[title], boxes["If"])} <= edges
        assert (boxes["c"], boxes["If"]) in edges


def test_a_branch_that_never_runs_or_two_without_products_are_no_boxes() -> None:
    for first, second in (("a = Relu (x)", "b = Abs (x)"), ("a = MatMul (x, w)", "")):
        nodes = f"then_branch = t () => (a) {{ {first} }}, else_branch = e () => (b) {{ {second} }}"
        given = "c" if second else "k"
        model = facts(f"""g (float[4,8] x, bool c, float[8,8] w) => (float[4,N] y) {{
            k = Constant <value = bool {{1}}> ()
            y = If ({given}) <{nodes if second else nodes.replace("{  }", "{ b = Relu (x) }")}>
            }}""")
        drawing = draw(Result(model))
        assert drawing.branching == 0
        assert not [box for box in drawing.boxes if box.title.startswith(("then", "else"))]


@pytest.mark.parametrize(
    ("given", "behind", "titles"),
    [
        ("k = Constant <value = bool {1}> ()", "y = Relu (f)", ["MatMul", "1 pointwise"]),
        ("k = Constant <value = bool {1}> ()", "y = Identity (f)", ["MatMul", "1 pointwise"]),
        ("k = Constant <value = bool {1}> ()", "y = Add (f, x)", ["MatMul", "1 pointwise", "+"]),
        ("s = Shape (x) n = Size (s) q = Constant <value = int64 {3}> () k = Equal (n, q)",
         "y = Identity (f)", ["MatMul", "1 pointwise"]),
    ],
)  # fmt: skip
def test_the_branch_that_runs_is_drawn_like_what_is_around_it(
    given: str, behind: str, titles: list[str]
) -> None:
    """What never runs costs nothing, known or not, and its weights count."""
    model = facts(f"""g (float[1,4,8] x) => (float[1,4,8] y)
        <float[8,8] w = {{{", ".join("1" * 64)}}}, float[4,4,1] u = {{{", ".join("1" * 16)}}},
         float[8,8] v = {{{", ".join("2" * 64)}}}> {{
        {given}
        f = If (k) <then_branch = t () => (a) {{
                        m = MatMul (x, w)
                        a = If (k) <then_branch = tt () => (b) {{ b = Conv (m, u) }},
                                    else_branch = te () => (c) {{ c = acme.ai.Magic (m) }}> }},
                    else_branch = e () => (d) {{ d = MatMul (x, v) }}>
        {behind} }}""")
    drawing = draw(Result(model))
    boxes = parts(drawing)
    assert [box.title for box in boxes] == titles
    assert all(box.complete for box in boxes)
    assert [box.macs for box in boxes][:2] == [4 * 8 * 8, 4 * 4 * 8]
    assert sum(box.params for box in boxes) == 64 + 16 + 64
    assert not [name for box in boxes for name in ("Magic", "If") if name in box.holds]


def test_a_branch_that_alone_fits_meets_what_decides() -> None:
    """The file does not say that it runs, so what would choose is drawn."""
    model = facts("""g (float[N,8] x, int64 rate, float[8,4] w, float[5,4] v) => (float[N,4] y) {
        k = Constant <value = int64 {16000}> () c = Equal (rate, k)
        y = If (c) <then_branch = t () => (a) { a = MatMul (x, w) },
                    else_branch = e () => (b) { b = MatMul (x, v) }> }""")
    drawing = draw(Result(model))
    titles = [box.title for box in drawing.boxes]
    edges = {(titles[edge.source], titles[edge.target]) for edge in drawing.edges}
    assert {("x", "MatMul"), ("MatMul", "If"), ("rate", "Equal"), ("Equal", "If"),
            ("If", "y")} <= edges  # fmt: skip
    assert drawing.branching == 0
    assert all(box.complete for box in drawing.boxes)


def test_an_operator_of_unknown_cost_is_a_box_and_what_follows_goes_with_it() -> None:
    """Not with the layer before it: nobody knows what it makes of its result."""
    for nodes, expected in (
        ("y = Relu (m)", [("MatMul", True, 1), ("acme.ai.Magic", False, 2)]),
        ("s = Relu (a) y = Add (m, s)",
         [("MatMul", True, 2), ("acme.ai.Magic", False, 1), ("+", True, 1)]),
    ):  # fmt: skip
        model = facts(f"""g (float[4,8] x, float[8,8] w) => (float[4,8] y) {{
            a = MatMul (x, w) m = acme.ai.Magic (a) {nodes} }}""")
        boxes = parts(draw(Result(model)))
        assert [(box.title, box.complete, box.nodes) for box in boxes] == expected
