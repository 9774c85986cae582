"""Steps of a picture, each by itself: what is read as data, merged, and in which row it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.operators.record import Kind, Nature
from analyzer.report.drawing import branches as drawn
from analyzer.report.drawing import coarse, parts, wiring
from analyzer.report.drawing.boxes import Builder
from analyzer.report.drawing.fold import Run
from analyzer.report.drawing.record import Box, Drawing, DrawnEdge
from analyzer.report.drawing.rows import Point, _Row, _Wrapping
from analyzer.report.view import summary
from analyzer.report.view.options import prepared
from analyzer.report.view.options.form import LOOSE, REPLACEABLE
from analyzer.report.view.summary import KindRow


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def test_what_steers_an_operator_is_no_data_of_it() -> None:
    call = some(inputs=(some(name="a"), None, some(name="b")))
    vertex: Any = some(call=call, implicit={"d", "c"})
    steers = {Kind.SHAPE, Kind.BOUND, Kind.SCALE, Kind.ZERO_POINT, Kind.STATISTIC}
    for kind in Kind:
        record: Any = some(operand=lambda slot, kind=kind: some(kind=kind) if slot else None)
        assert [*wiring._read(vertex, record)] == (
            ["a", "c", "d"] if kind in steers else ["a", "b", "c", "d"]
        )
    assert [*wiring._read(vertex, None)] == ["a", "b", "c", "d"]


def test_operators_of_bodies_belong_to_what_runs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that nobody runs are drawn by themselves where they multiply or hold parameters."""
    monkeypatch.setattr(wiring, "counted_macs", lambda node: node.macs)
    read: Any = ("read",)
    found = wiring.Wiring(owner={"loop": "box"}, reads={"params": read})
    found.branches["head"] = some(scope="then")
    runs = {"body": "loop", "deep": "in_body", "round": "in_round"}
    inner = [
        ("in_deep", "deep"), ("in_body", "body"), ("too", "deep"), ("in_then", "then"),
        ("macs", "lost"), ("params", "lost"), ("idle", "lost"), ("in_round", "round"),
    ]  # fmt: skip
    facts: Any = {
        node: some(macs=int(node == "macs"), params=int(node == "params")) for node, _ in inner
    }
    wiring._own_inner(found, runs, inner, facts)
    assert found.owner == {
        "loop": "box", "in_deep": "box", "in_body": "box", "too": "box", "in_then": "head",
        "macs": "macs", "params": "params",
    }  # fmt: skip
    assert found.reads == {"macs": (), "params": read}


def test_what_hands_on_or_converts_renames() -> None:
    for record, renames in (
        (None, False),
        (some(hands_on=True, nature=Nature.STATIC), True),
        (some(hands_on=False, nature=Nature.CONVERSION), True),
        (some(hands_on=False, nature=Nature.STATIC), False),
    ):
        assert wiring._renames(record, some()) is renames


def test_what_costs_nothing_and_computes_no_data_is_not_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wiring, "counted_macs", lambda node: node.macs)
    other = next(n for n in Nature if n not in (Nature.STATIC, Nature.CONVERSION))

    def is_plumbing(nature: Nature = other, *, hands_on: bool = False, inputs: Any = ("x",),
                    slots: Any = (), sources: Any = (None,), **about: Any) -> bool:  # fmt: skip
        node: Any = some(**{"macs": 0, "composite": False, "params": 0, "inputs": inputs} | about)
        record: Any = some(nature=nature, hands_on=hands_on, inputs=slots)
        return wiring._is_plumbing(node, record, sources)

    node: Any = some(macs=0, composite=False, params=0, inputs=("x",))
    assert not wiring._is_plumbing(node, None, (None,))
    assert is_plumbing(hands_on=True, sources=("s",))
    assert is_plumbing(Nature.CONVERSION, sources=("s",))
    assert not is_plumbing(hands_on=True, macs=1)
    assert not is_plumbing(hands_on=True, macs=None)
    assert not is_plumbing(hands_on=True, composite=True)
    assert is_plumbing(Nature.STATIC, sources=("s",))
    assert not is_plumbing(Nature.STATIC, params=1)
    assert is_plumbing(Nature.STATIC, params=1, slots=("x",))
    assert is_plumbing()
    assert not is_plumbing(sources=("s",))
    assert not is_plumbing(inputs=(), sources=())


def a_box(macs: int, **about: Any) -> Box:
    usual: dict[str, Any] = {
        "role": "part", "title": f"box of {macs}", "detail": "its own", "color": "", "count": 1,
        "node": "n", "holds": "", "nodes": 1, "macs": macs, "complete": True, "params": 10,
        "written": 8, "severity": "", "change": "",
    }  # fmt: skip
    return Box(**usual | about)


def test_two_boxes_are_one_in_the_words_of_what_multiplies_most() -> None:
    one = a_box(5, nodes=2, severity="info", written=9)
    other = a_box(7, nodes=3, severity="warning", complete=False)
    both = coarse._both(one, other, 0)
    assert (both.title, both.detail, both.role) == ("box of 7", "its own", "part")
    assert (both.nodes, both.macs, both.params, both.written) == (5, 12, 20, 9)
    assert (both.severity, both.complete, both.change) == ("warning", False, "")
    assert coarse._both(other, one, 2).detail == "and 2 more"
    assert coarse._both(a_box(5, title="first"), a_box(5, title="second"), 0).title == "second"
    joined = coarse._both(a_box(5, title="first"), a_box(5, title="second", role="join"), 0)
    assert (joined.title, joined.role) == ("first", "part")
    assert coarse._both(one, a_box(1, written=None), 0).written is None
    assert coarse._both(a_box(1, change="added"), a_box(1, change="added"), 0).change == "added"
    assert coarse._both(a_box(1, change="added"), a_box(1), 0).change == "changed"
    assert coarse._both(a_box(1, severity="error"), other, 0).severity == "error"


def test_merged_boxes_count_what_multiplies_and_add_up_their_edges() -> None:
    def merged(*macs: int, edges: tuple[tuple[int, int], ...] = (), more: dict[int, int]) -> Any:
        drawing: Any = object.__new__(Drawing)
        object.__setattr__(drawing, "boxes", tuple(map(a_box, macs)))
        object.__setattr__(drawing, "edges", tuple(DrawnEdge(*e, 1, None) for e in edges))
        made = coarse._Coarse(drawing)
        made._more = more
        return made

    made = merged(5, 7, 1, edges=((0, 1), (0, 2), (1, 2)), more={})
    made._merge(0, 1, 1)
    assert made._more == {1: 1}
    assert [*made._boxes] == [1, 2]
    assert {key: edge.tensors for key, edge in made._edges.items()} == {(1, 2): 2}
    made = merged(5, 7, more={0: 2, 1: 3})
    made._merge(1, 0, 0)
    assert made._more == {0: 6}
    made = merged(5, 0, more={0: 2})
    made._merge(0, 1, 1)
    assert made._more == {1: 2}
    made = merged(5, 0, more={})
    made._merge(0, 1, 1)
    assert made._more == {}


def test_a_box_is_in_the_row_of_its_middle() -> None:
    rows = [_Row(0, 100), _Row(100, 200), _Row(200, 300)]
    boxes = [(Point(90, 1), (30.0, 10.0)), (Point(60, 2), (60.0, 10.0)),
             (Point(80, 3), (40.0, 10.0)), (Point(280, 4), (90.0, 7.0))]  # fmt: skip
    made = _Wrapping(rows, [at for at, _ in boxes], [size for _, size in boxes], [])
    assert made.homes == [1, 0, 1, 2]
    assert [(row.top, row.bottom) for row in rows] == [(2, 12), (1, 13), (4, 11)]


def test_kinds_are_ordered_by_what_they_may_multiply() -> None:
    def row(kind: str, macs: int | None, high: Any = -1, params: int = 0) -> KindRow:
        ends = None if high == -1 else (0, high)
        return KindRow(kind, "", macs, None, params, 0.0, 1, ends)

    rows = [row("a", 5), row("b", None, 9), row("c", 7, None), row("d", 7, 8), row("e", None),
            row("f", None, None, 3), row("g", 7)]  # fmt: skip
    assert "".join(each.kind for each in sorted(rows, key=summary._most)) == "bdcgafe"


def test_a_limit_that_operators_are_kept_out_for_is_kept_while_one_of_them_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prepared, "met", lambda *_: ())
    monkeypatch.setattr(prepared, "_loose", lambda _: ("BN001",))
    merges = [some(node="m", operators=1, kind=next(iter(LOOSE))),
              some(node="idle", operators=0, kind=next(iter(LOOSE))),
              some(node="other", operators=1, kind="none of these")]  # fmt: skip
    monkeypatch.setattr(prepared, "merges_of", lambda _: merges)
    monkeypatch.setattr(prepared, "normalised", lambda _: [some(id="norm")])
    nodes = [some(id="m", op_type="Mul", scope=""), some(id="a", op_type="Relu", scope=""),
             some(id="b", op_type="Gelu", scope="body")]  # fmt: skip
    facts: Any = some(nodes=nodes, interface=some(declared=()))

    def a_limit(kept_out: bool, *places: str, remedy: str = "") -> Any:
        return some(limit=some(kept_out=kept_out, remedy=remedy, option=""), places=places)

    limits = [a_limit(False, "Mul"), a_limit(True, "Relu"), a_limit(True, "Mul"),
              a_limit(True, "Gelu")]  # fmt: skip
    found = prepared.preparation(facts, limits, static=True)
    assert found.limits == (*limits[:2],)
    (loose,) = found.before
    assert (found.gone, loose.tool) == (frozenset({"m"}), "onnxslim")
    assert prepared.preparation(facts, limits, static=False).limits == (*limits[:3],)
    folds = prepared.preparation(facts, [a_limit(False, "w", remedy="fold")], static=True)
    assert folds.gone == {"m", "norm"}
    monkeypatch.setattr(prepared, "_loose", lambda _: ())
    inputs = prepared.preparation(facts, [a_limit(False, "w", remedy="inputs")], static=True)
    (told,) = inputs.before
    assert (told.rules, inputs.gone) == ((REPLACEABLE,), frozenset())
    assert told.text == "Take the weights out of the graph's inputs first"


def test_branches_are_drawn_where_both_may_run_and_one_multiplies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def node(name: str, scope: str, macs: int | None = 0, params: int = 0, *, flops: int = 0,
             most: int | None = 1) -> Any:  # fmt: skip
        return SimpleNamespace(id=name, scope=scope, composite=name in "fgh", macs=macs,
                               params=params, flops=flops, executions_range=(0, most))  # fmt: skip

    runs = {name: [f"{name}.then_branch", f"{name}.else_branch", f"{name}.body"] for name in "fgh"}

    def vertex(_graph: object, name: str) -> Any:
        inputs = [SimpleNamespace(name=f"{name}.x"), None]
        call = SimpleNamespace(inputs=inputs)
        return SimpleNamespace(runs=runs.get(name, ()), implicit=frozenset({"w"}), call=call)

    monkeypatch.setattr(drawn, "vertex", vertex)
    first, second = (f"f.{side}_branch" for side in ("then", "else"))
    nodes = [
        *(node(name, "") for name in "fgh"),
        node("other", ""),
        node("loop", "f.body", 9),
        node("a", first, None, 5),
        node("b", first, 7),
        node("c", first, 7, 1),
        node("d", second, params=2),
        node("e", second, params=2, flops=4, most=None),
        node("p", "g.then_branch", 8),
        node("q", "g.else_branch", 8, most=0),
        node("r", "h.then_branch", None),
        node("s", "h.else_branch", params=9),
    ]
    found = drawn.branches(cast("Any", SimpleNamespace(nodes=nodes, graph=None)), {""})
    assert found == {"f": (
        drawn.DrawnBranch(first, "c", ("a", "b", "c"), frozenset({"a.x", "b.x", "c.x", "w"})),
        drawn.DrawnBranch(second, "e", ("d", "e"), frozenset({"d.x", "e.x", "w"})),
    )}  # fmt: skip


def test_what_only_changes_a_result_is_drawn_with_the_layer_that_makes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each operator by what it reads; ``x`` is an input."""
    reads = {
        "conv": "x", "relu": "conv", "copy": "relu", "next": "copy", "twice": "relu relu",
        "two": "conv other", "mixed": "conv x", "other": "x", "work": "conv", "held": "conv",
        "runs": "conv", "odd": "conv", "behind": "odd", "both": "odd relu", "inside": "conv",
        "one": "two", "then": "x",
    }  # fmt: skip
    nodes = {
        name: some(id=name, macs=None if name == "odd" else 0, params=int(name == "held"),
                   composite=name == "runs", counted=9 * (name == "work"),
                   executions_range=(1, 1))
        for name in reads
    }  # fmt: skip

    class Known(dict[str, Any]):
        graph, blocks = None, (some(nodes=("inside",)),)

        @property
        def nodes(self) -> list[Any]:
            return [*self.values()]

    regions = {"conv": ("conv", "relu", "both"), "other": ("other",)}
    monkeypatch.setattr(parts, "regions_of", lambda *_: regions)
    monkeypatch.setattr(parts, "counted_macs", lambda node: node.counted)
    made = wiring.Wiring(
        {node: tuple(wiring.DrawnSource(name, name == "x", cast("Any", None))
                     for name in names.split()) for node, names in reads.items()},
        branches={"then": cast("Any", None)}, split=frozenset({"if"}),
    )  # fmt: skip
    assert parts._anchors(cast("Any", Known(nodes)), made) == {
        "conv": "conv", "relu": "conv", "copy": "conv", "next": "conv", "twice": "conv",
        "other": "other", "odd": "odd", "behind": "odd", "both": "both", "one": "two",
        "then": "then", "if": "if",
    }  # fmt: skip


def test_a_repetition_of_several_parts_names_the_two_that_cost_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Builder._title.__globals__
    monkeypatch.setitem(names, "cost", int)
    monkeypatch.setitem(names, "words", lambda _, part: (f"T{part.nodes[0]}", "where"))

    def told(*costs: int) -> Any:
        builder: Any = object.__new__(Builder)
        builder.facts = range(99)
        builder.parts = [some(nodes=[cost]) for cost in (50, *costs, *costs)]
        return builder._title(Run(1, len(costs), 2))

    assert told(7, 8) == ("T7 + T8", "")
    assert told(7, 9, 8) == ("T9 + T8", "and 1 more")
    assert told(9, 1, 2, 8) == ("T9 + T8", "and 2 more")
    assert told(0, 9) == ("T9", "and 1 more")
    assert told(0, 0) == ("T0", "and 1 more")
    assert told(7, 7) == ("T7", ""), "of one name, once"
    monkeypatch.setitem(names, "words", lambda _, part: (f"{part.nodes[0]:0>15}", "where"))
    assert told(7, 9) == (f"{7:0>15} + {9:0>15}", "")
    monkeypatch.setitem(names, "words", lambda _, part: (f"{part.nodes[0]:0>16}", "where"))
    assert told(7, 9) == (f"{9:0>16}", "and 1 more"), "one name rather than two that are cut"


def test_an_operator_without_a_module_is_in_that_of_what_it_is_drawn_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "module_path", lambda node, _: node)
    facts = cast("Any", {"none": (), "a": ("m", "a"), "b": ("m", "b")})
    assert [parts._path(facts, *pair) for pair in (("a", "b"), ("none", "b"), ("a", "none"))] == [
        ("m", "a"), ("m", "b"), ("m", "a"),
    ]  # fmt: skip
