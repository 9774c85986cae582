"""Pieces of the arithmetic of sizes, asked by themselves."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.scaling import joint, layout, recount, spatial
from analyzer.scaling.products import Addend
from analyzer.scaling.recount import Layer

stops: Any = import_module("analyzer.scaling.stops")  # the package has a function of that name


def test_runs_of_axes_hold_the_same_number_of_elements() -> None:
    def runs(before: tuple[int, ...], after: tuple[int, ...]) -> list[Any]:
        sizes = (*before, *after)
        term: Any = SimpleNamespace(size=sizes.__getitem__)
        axes = range(len(sizes))
        return [*layout._runs(term, tuple(axes[: len(before)]), tuple(axes[len(before) :]))]

    assert runs((4, 6), (4, 6)) == [((0,), (2,)), ((1,), (3,))]
    assert runs((4, 6), (24,)) == [((0, 1), (2,))]
    assert runs((24,), (4, 6)) == [((0,), (1, 2))]
    assert runs((2, 6, 5), (4, 3, 5)) == [((0, 1), (3, 4)), ((2,), (5,))]
    assert runs((2, 3, 1), (6,)) == [((0, 1, 2), (3,))], "a one that the output has no more"
    assert runs((6,), (2, 3, 1)) == [((0,), (1, 2))]
    assert runs((4, 5), (6, 3)) == runs((4,), (2,)) == runs((2,), (4,)) == [], "not the same number"
    assert runs((3, 4), (3, 2)) == [], "nothing where anything does not fit"


def test_a_map_that_grows_follows_its_source_where_both_are_known() -> None:
    def side(out: int | None, inner: int | None, stride: int, then: int) -> int | None:
        found: list[Any] = []
        marked: list[int] = []
        dims = SimpleNamespace(mark_spatial=marked.append, derive=lambda *of: found.append(of))
        term: Any = SimpleNamespace(dims=dims, size=(out, inner).__getitem__)
        spatial.transposed(term, 0, 1, stride)
        assert marked == [1]
        if not found:
            return None
        ((target, sources, rule),) = found
        assert (target, sources) == (0, (1,))
        return int(rule(then))

    assert side(9, 4, 2, 10) == 21
    assert side(8, 4, 2, 10) == 20
    assert side(None, 4, 2, 10) is side(9, None, 2, 10) is side(None, None, 2, 10) is None


def test_windows_start_within_the_map_or_the_padding_before_it() -> None:
    """ONNX operator specification of MaxPool, ceil_mode and auto_pad included."""
    for reach, stride, pads, how, ceil, sides in (
        (3, 2, (1, 1), "NOTSET", False, {224: 112, 7: 4, 2: 1, 1: 1}),
        (3, 2, (0, 0), "NOTSET", True, {224: 112, 5: 2, 6: 3, 3: 1}),
        (3, 2, (0, 0), "NOTSET", False, {224: 111, 5: 2, 6: 2}),
        (2, 2, (0, 1), "NOTSET", True, {4: 2, 5: 3}), (1, 2, (0, 1), "NOTSET", True, {4: 2, 3: 2}),
        (1, 2, (1, 1), "NOTSET", True, {3: 2, 4: 3}), (3, 2, (1, 1), "VALID", True, {6: 2, 3: 1}),
        (3, 2, (9, 9), "SAME_UPPER", False, {5: 3, 6: 3}),
        (5, 3, (0, 0), "SAME_LOWER", True, {7: 3}),
    ):  # fmt: skip
        rule = spatial.out_side(reach, stride, pads, how, ceil)
        assert {side: rule(side) for side in sides} == sides
    small = spatial.out_side(5, 1, (1, 0))
    assert small(4) == 1
    with pytest.raises(Unknown, match="a feature map of side 3 is smaller than its kernel of 5"):
        small(3)


def test_sizes_that_are_tried_are_the_ends_of_the_curve_first() -> None:
    for now, step, tried in (
        (96, 1, [384, 16, 192, 97, 48, 98]), (96, 32, [384, 32, 192, 128, 160]),
        (1, 1, [4, 2, 3]), (0, 1, [1024, 42, 512, 1, 2]), (0, 16, [16384, 672, 8192, 16, 32]),
    ):  # fmt: skip
        size = SimpleNamespace(now=now, step=step)
        assert list(joint._others(cast("Any", size))) == tried, (now, step)


def test_coefficients_of_a_polynomial_are_solved_for_exactly() -> None:
    assert joint._inverse([[0, 1], [1, 0]]) == [[0, 1], [1, 0]], "a pivot further down"
    assert joint._inverse([[2, 0], [0, 4]]) == [[Fraction(1, 2), 0], [0, Fraction(1, 4)]]
    rows = [[1, 2, 4], [1, 3, 9], [1, 5, 25]]
    inverse = joint._inverse(rows)
    product = [[sum(a * b for a, b in zip(row, column, strict=True))
                for column in zip(*inverse, strict=True)] for row in rows]  # fmt: skip
    assert product == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert joint._product((2, 3, 5), (2, 0, 1)) == 20
    one = ((1, 2), (3, 4))
    assert joint._plus(one, ((10, 20), (30, 40))) == ((11, 22), (33, 44))
    found = SimpleNamespace(per=one, across=(7, 3))
    assert joint._times(cast("Any", found), 1) == ((3, 6), (9, 12))


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def layer(name: str, macs: int | None, params: int) -> Layer:
    return Layer(name, macs, None, params, ())


def test_pieces_are_there_as_often_as_their_blocks_are() -> None:
    """A stage of two blocks, an operator before it, and one in a body, at two widths and two
    sides; with one, two and four blocks."""
    base = {"before": (5, 1), "first": (7, 2), "last": (None, 3)}

    def sized(times: int) -> Any:
        layers = {name: layer(name, None if macs is None else macs * times, params)
                  for name, (macs, params) in base.items()}  # fmt: skip
        return some(layers=layers, more=lambda index: (layer("last", 11 * times, 4),))

    nodes = [some(id=name, kind=f"kind {name}", precision="f32", params=1, scope="")
             for name in base]  # fmt: skip
    nodes.append(some(id="inside", kind="", precision="f32", params=2, scope="loop"))
    stage = some(repeats=2, blocks=[some(nodes=("first",)), some(nodes=("last",))])
    facts = some(nodes=nodes, totals=some(params=3 + 9))
    grid = stops._Grid(some(facts=facts, stages=[stage]))
    places = [(0.5, 1.0), (0.5, 2.0), (1.0, 1.0), (1.0, 2.0)]
    grid.sized = {place: sized(at + 1) for at, place in enumerate(places)}
    found = [*grid._pieces(places, 2, ((1,), (2,), (4,)))]
    always, later = (1, 1, 1), (0, 1, 1)
    for (macs, params), (name, times, rows, held) in zip(found[:3], (
        ("before", always, [[5, 10], [15, 20]], 1), ("first", always, [[7, 14], [21, 28]], 2),
        ("last", later, [[0, 0], [0, 0]], 3),
    ), strict=True):  # fmt: skip
        assert macs == Addend(f"kind {name}", "f32", times, rows)
        assert params == Addend(f"kind {name}", "", times, [[held] * 2] * 2)
    more, inside = found[3:]
    assert more == (Addend("kind last", "f32", (0, 0, 2), [[11, 22], [33, 44]]),
                    Addend("kind last", "", (0, 0, 2), [[4, 4], [4, 4]]))  # fmt: skip
    assert inside == (Addend("", "", always, []), Addend("", "", always, [[9, 9], [9, 9]]))
    facts.totals.params = 3
    assert len([*grid._pieces(places, 2, ((1,), (2,)))]) == 3, "nothing more, and nothing inside"


def test_a_size_is_known_where_nothing_of_the_model_is_left_open() -> None:
    def known(**change: Any) -> tuple[bool, list[str], dict[Any, Any]]:
        about = {"macs": 9, "params": 2, "reason": "", "macs_range": (9, 9), "sides": (64, 64),
                 "resolution": 0.5, "assumed": "", "tied": ""} | change  # fmt: skip
        scaler = some(facts=None, at=lambda width, resolution: some(**about),
                      tied=lambda resolution: about["tied"], sized=lambda *of: of)  # fmt: skip
        grid = stops._Grid(scaler)
        result = grid._known(0.25, 0.75)
        assert grid.sized == ({(0.25, 0.75): ((64, 64), 0.25)} if result else {})
        return result, list(grid.assumed), grid.ratios

    ratios = {0.75: (0.5, (64, 64))}
    assert known() == (True, [], ratios)
    assert known(assumed="a batch of 1") == (True, ["a batch of 1"], ratios)
    for change in ({"macs": None}, {"params": None}, {"reason": "it is"}, {"tied": "to another"},
                   {"macs_range": (8, 9)}, {"macs_range": (9, None)}):  # fmt: skip
        assert known(**change) == (False, [], {})


def test_depths_are_those_that_differ_and_at_which_every_block_is_known() -> None:
    def depths(counts: dict[float, int], *, deep: bool = True, grows: Any = 5) -> list[float]:
        def more(index: int) -> Any:
            if grows is Unknown:
                raise Unknown("a block")
            return (layer("a", 1, 1), layer("b", grows, 1))

        scaler = some(facts=None, stages=[some(repeats=4)], deep=deep,
                      repeats=lambda depth: (counts.get(depth, round(4 * depth)),))  # fmt: skip
        grid = stops._Grid(scaler)
        grid.sized = {(1.0, 1.0): some(more=more)}
        found = grid._depths((1.0,), (1.0,))
        assert found == {depth: scaler.repeats(depth) for depth in found}
        return list(found)

    assert depths({}) == [0.5, 0.75, 1.0, 1.5, 2.0]
    assert depths({}, deep=False) == [1.0]
    assert depths({}, grows=None) == depths({}, grows=Unknown) == [0.5, 0.75, 1.0]
    assert depths({0.75: 2}) == [0.5, 1.0, 1.5, 2.0], "as half of them"
    assert depths({1.5: 4, 2.0: 4}, grows=None) == [0.5, 0.75, 1.0], "as today"
    assert depths({1.5: 4}) == [0.5, 0.75, 1.0, 2.0]


def test_resolutions_are_multiples_of_32_where_todays_side_is_one_of_a_square() -> None:
    sides = (96, 224, 448)
    usual = {side / stops.SIDES[0] for side in sides}
    assert stops._ratios((), sides) == {1.0}
    assert stops._ratios((100, 100), sides) == stops._ratios((64, 96), sides) == usual
    for today in (32, 64, 224):
        found = stops._ratios((today, today), sides)
        wanted = {max(1, round(today * rho / 32)) * 32 / today for rho in usual}
        assert found == wanted
        assert all((today * rho) % 32 == 0 for rho in found)
    assert stops._rows([1, 2, 3, 4, 5, 6], 3) == [[1, 2, 3], [4, 5, 6]]


def test_a_charge_is_of_all_operands_or_of_a_single_one() -> None:
    given = tuple(Tensor(name, "float32", shape) for name, shape in (
        ("x", (2, 3)), ("w", (4, 5)), ("b", (5,)),
    ))  # fmt: skip
    call = Call("Own", "", 1, {}, given, (None,))
    for params, slots, charged in (
        (25, (1, 2), (1, 2)), (20, (1, 2), [1]), (5, (1, 2), [2]), (6, (1, 2), None),
        (31, (0, 1, 2), (0, 1, 2)), (6, (0, 1, 2), [0]), (7, (), None),
    ):  # fmt: skip
        assert recount._charged(params, call, slots) == charged, (params, slots)
    assert recount._elements(call, 99) == 0, "an input that there is not"
