"""Arithmetic of other sizes by itself: rounding, sums, products, budgets and frontiers."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.graph.call import Unknown
from analyzer.scaling.arithmetic import share, unchanged
from analyzer.scaling.depth import Stage, repeats, units
from analyzer.scaling.dims import Dims
from analyzer.scaling.freedom import Freedom, InputAxis, _sums
from analyzer.scaling.frontier import compound, frontier, imbalance
from analyzer.scaling.open_sizes import _chosen
from analyzer.scaling.products import Addend, Product, products
from analyzer.scaling.recount import Layer, Sums, _upper, total
from analyzer.scaling.stops import _ratios
from analyzer.scaling.symbolic import more
from analyzer.scaling.tables import growth, usual_resolutions
from analyzer.scaling.whatif import Scaled, _check, _mean_ratio
from analyzer.scaling.width import exact, nearest, widener

if TYPE_CHECKING:
    from collections.abc import Callable


def test_channels_round_to_the_nearest_multiple_and_never_lose_a_tenth() -> None:
    found = {(c, m): nearest(Fraction(c), m) for c, m in (
        (1, 8), (11, 8), (12, 8), (19, 8), (20, 8), (90, 100), (89, 80), (88, 80), (9, 8), (8, 8),
        (0, 4), (5, 4), (6, 4),
    )}  # fmt: skip
    assert found == {
        (1, 8): 8, (11, 8): 16, (12, 8): 16, (19, 8): 24, (20, 8): 24, (90, 100): 100,
        (89, 80): 160, (88, 80): 80, (9, 8): 16, (8, 8): 8, (0, 4): 4, (5, 4): 8, (6, 4): 8,
    }  # fmt: skip
    assert nearest(Fraction(80, 9), 8) == 8, "a tenth less is not more than a tenth"


def test_a_width_multiplier_is_the_number_that_was_written() -> None:
    assert exact(0.7) == Fraction(7, 10)
    assert exact(2) == 2
    assert [widener(0.7)(10, 1), widener(0.7)(10, 4), widener(0.01)(10, 1)] == [7, 8, 1]
    assert [widener(0.5, 8)(30, 1), widener(0.5, 8)(30, 3), widener(0.5, 4)(10, 6)] == [16, 24, 12]
    assert [widener(1.0)(7, 4), widener(1.0, 8)(7, 4)] == [7, 7]


def test_sums_with_something_unknown_are_unknown() -> None:
    one, none = Layer("a", 2, 3, 4, ()), Layer("b", None, 5, 6, ())
    assert total([one, one]) == Sums(4, 6, 8)
    assert total([one, none]) == Sums(None, 8, 10)
    assert total([Layer("c", 1, None, 1, ()), one]) == Sums(3, None, 5)
    assert Sums(2, 3, 4).times(-2) == Sums(-4, -6, -8)
    assert Sums(None, 3, 4).times(2) == Sums(None, 6, 8)
    assert Sums(2, None, 4).times(2) == Sums(4, None, 8)
    assert total([]) == Sums(0, 0, 0)
    ends = [_upper(5, (3, 9)), _upper(None, (3, 9)), _upper(5, (3, None)), _upper(0, (0, 0))]
    assert ends == [(9, 6), (None, 0), (None, 0), (0, 0)]


def test_like_layers_are_one_product_and_what_rounds_is_kept_stop_by_stop() -> None:
    def layer(values: list[list[int]], times: tuple[int, ...] = (1,), kind: str = "k") -> Addend:
        return Addend(kind, "float32", times, values)

    alike = [layer([[4, 1], [8, 2]]), layer([[12, 3], [24, 6]])]
    assert products(alike) == (Product("k", "float32", ((4, 8),), (4, 1)),)
    deep = products([layer([[4, 1], [8, 2]], (1, 3)), layer([[4, 1], [8, 2]], (0, 1))])
    assert deep == (Product("k", "float32", ((1, 2), (4, 8)), (4, 1)),)
    rounded = products([layer([[4, 1], [8, 3]])])
    assert rounded == (
        Product("k", "float32", ((4, 8),), (1, 0)), Product("k", "float32", ((1, 3),), (0, 1)),
    )  # fmt: skip
    assert products([layer([[0, 0], [0, 0]])]) == ()
    late = products([layer([[0, 0], [6, 9]])])
    assert late == (Product("k", "float32", ((0, 3),), (2, 3)),)
    first = products([layer([[0, 6], [0, 9]])])
    assert first == (Product("k", "float32", ((6, 9),), (0, 1)),)
    many = products([layer([[4, 1]]), layer([[9, 2]]), layer([[5, 3]])])
    assert many == (
        Product("k", "float32", ((18,),), (1, 0)), Product("k", "float32", ((6,),), (0, 1)),
    )  # fmt: skip
    two = products([layer([[4, 1]]), layer([[9, 2]])])
    assert [p.across for p in two] == [(4, 1), (9, 2)]
    assert [p.kind for p in products([layer([[1]]), layer([[1]], kind="l")])] == ["k", "l"]
    assert Product("k", "f", ((1, 2), (3, 4)), (5, 6)).at(1, 0, 1) == 20


def test_sides_are_multiples_of_32_where_todays_are_and_the_image_is_square() -> None:
    usual = {side / 224 for side in (112, 224)}
    assert _ratios((), (112,)) == {1.0}
    assert _ratios((224, 224), (112, 224)) == {128 / 224, 1.0}
    assert _ratios((225, 225), (112, 224)) == usual
    assert _ratios((224, 192), (112, 224)) == usual
    assert _ratios((64, 64), (112, 224)) == {0.5, 1.0}
    assert _ratios((32, 32), (32, 224)) == {1.0}


def test_a_share_of_a_size_is_exact_or_unknown() -> None:
    compute, need = share(12, 16)
    assert (compute(8), compute(20), need(1), need(3), need(2)) == (6, 15, 4, 4, 8)
    with pytest.raises(Unknown, match=r"^6 does not divide by 4$"):
        compute(6)
    double, wanted = share(32, 16)
    assert (double(3), wanted(1), wanted(2), wanted(3)) == (6, 1, 1, 3)
    nothing, _ = share(0, 16)
    assert nothing(5) == 0
    same = unchanged([2, 3], 7, "Fold")
    assert same(2, 3) == 7
    with pytest.raises(Unknown, match=r"^how Fold arithmetic follows a change of size"):
        same(3, 2)


def test_blocks_are_repeated_up_to_the_next_whole_number() -> None:
    def stage(count: int, layered: int = 0) -> Stage:
        block: Any = None
        return Stage("separable", (), (block,) * count, layered=layered)

    found = [repeats(stage(n), d) for n, d in ((3, 0.5), (3, 0.1), (5, 1.2), (4, 1.25), (4, 1.26))]
    assert found == [2, 1, 6, 5, 6]
    mixed = [stage(1), stage(3), stage(6, 1), stage(6, 1), stage(4, 2)]
    assert units(mixed, [1, 3, 6, 6, 4]) == 1 + 3 + 6 + 4
    assert units(mixed, [2, 5, 7, 7, 3]) == 2 + 5 + 7 + 3


def test_classes_of_sizes_join_only_where_todays_sizes_agree() -> None:
    dims = Dims()
    four, other, five, open_ = dims.add(4, "a"), dims.add(4), dims.add(5), dims.add(None)
    for pair in ((four, five), (open_, open_), (four, open_)):
        dims.union(*pair)
        assert dims.find(pair[0]) != dims.find(pair[1]) or pair[0] == pair[1]
    dims.learn(other)
    dims.mark_spatial(other)
    dims.feed(other)
    dims.require(four, 4)
    dims.require(other, 6)
    dims.union(four, other)
    assert dims.find(other) == dims.find(four)
    assert dims.is_fed(four)
    assert dims.is_channel(four)
    assert dims.spatial_roots() == {dims.find(four)}
    dims.close()
    size = dims.solve({}, lambda now, multiple: now * multiple)
    assert [size(dim) for dim in (four, other, five, open_)] == [4 * 12, 4 * 12, 5, None]


def test_one_channel_is_not_learned_and_fixed_ones_stay() -> None:
    dims = Dims()
    one, many = dims.add(1), dims.add(8)
    dims.learn(one)
    dims.learn(many)
    dims.fix(many)
    dims.close()
    size = dims.solve({}, lambda now, _multiple: 10 * now)
    assert (size(one), size(many), dims.is_channel(one), dims.is_channel(many)) == (
        1,
        8,
        False,
        True,
    )


def derived(compute: Callable[..., int], today: int, **how: Any) -> tuple[Dims, int, int]:
    dims = Dims()
    source, target = dims.add(8, "x axis 1"), dims.add(today, "y axis 1")
    dims.derive(target, [source], compute, **how)
    dims.close()
    return dims, source, target


def test_a_size_that_does_not_follow_is_told_by_its_name() -> None:
    dims, source, target = derived(lambda size: size // 2, 4)
    assert dims.solve({source: 6}, max)(target) == 3
    with pytest.raises(Unknown, match=r"^y axis 1: nothing would be left of the feature map$"):
        dims.solve({source: 1}, max)
    zero, source, target = derived(lambda _size: 0, 0)
    assert zero.solve({source: 6}, max)(target) == 0
    off, source, target = derived(lambda size: size, 4)
    assert off.solve({}, max)(target) == 4
    with pytest.raises(Unknown, match=r"^y axis 1: how unknown arithmetic follows"):
        off.solve({source: 6}, max)
    dims, source, target = derived(lambda size: size // 2, 4)
    with pytest.raises(Unknown, match=r"^y axis 1: sizes that are equal today become 9 and 3$"):
        dims.solve({source: 6, target: 9}, max)
    weak, source, target = derived(lambda size: size // 2, 4, weak=True)
    assert weak.solve({source: 6, target: 9}, max)(target) == 9
    assert weak.solve({source: 6}, max)(target) == 3


def point(width: float, resolution: float, depth: float, macs: int | None) -> Scaled:
    return Scaled(width, resolution, depth, (int(100 * resolution),), (int(2 * depth),),
                  macs, 0, 0, None)  # fmt: skip


def scaler(cost: Callable[[float, float, float], float | None], *, deep: bool = True,
           sides: tuple[int, ...] = (100,), macs: int = 1000,
           tied: bool = False) -> Any:  # fmt: skip
    def at(width: float = 1.0, resolution: float = 1.0, depth: float = 1.0, *,
           sides: tuple[int, ...] | None = None, divisor: int | None = None) -> Scaled:  # fmt: skip
        resolution = resolution if sides is None else sides[0] / 100
        found = cost(width, resolution, depth)
        return point(width, resolution, depth, None if found is None else round(found))

    def held(resolution: float) -> tuple[str, ...]:
        return ("priors",) if tied and resolution != 1 else ()

    return SimpleNamespace(at=at, deep=deep, sides=sides, tied=held,
                           repeats=lambda depth: (int(2 * depth),),
                           facts=SimpleNamespace(totals=SimpleNamespace(macs=macs)))  # fmt: skip


def rule(width: float, resolution: float, depth: float) -> float:
    return 1000 * depth * width**2 * resolution**2


def test_a_frontier_has_what_fits_and_no_axis_of_which_can_be_raised() -> None:
    axes: Any = {"depths": (2.0, 1.0), "widths": (2.0, 1.0), "resolutions": (2.0, 1.0)}
    found = frontier(scaler(rule), 4000, **axes)
    fitting = [(p.width, p.resolution, p.depth) for p in found.points]
    assert sorted(fitting) == [(1.0, 1.0, 2.0), (1.0, 2.0, 1.0), (2.0, 1.0, 1.0)]
    assert (found.affordable, found.budget, found.balanced) == (4, 4000, found.points[0])
    assert frontier(scaler(rule), 3999, **axes).affordable == 2
    assert frontier(scaler(rule), 999, **axes).points == ()
    assert frontier(scaler(rule), 999, **axes).balanced is None
    wide = frontier(scaler(rule, tied=True), 9000, divisor=None)
    assert {p.resolution for p in wide.points} == {1.0}
    assert {p.resolution for p in frontier(scaler(rule), 9000).points} > {1.0}
    flat = frontier(scaler(rule, deep=False, sides=()), 4000, **axes)
    assert [(p.width, p.resolution, p.depth) for p in flat.points] == [(2.0, 1.0, 1.0)]
    unknown = scaler(lambda w, r, d: None if r == 1.0 or d == 2.0 else rule(w, r, d))
    assert [(p.width, p.resolution) for p in frontier(unknown, 4000, **axes).points] == [(1.0, 2.0)]


def test_the_balanced_direction_is_that_of_compound_scaling() -> None:
    for phi in (-1.0, 0.5, 2.0):
        assert imbalance(point(1.1**phi, 1.15**phi, 1.2**phi, 1)) == pytest.approx(0, abs=1e-12)
    assert imbalance(point(2.0, 1.0, 1.0, 1)) == pytest.approx(0.6402, abs=1e-4)
    grown = compound(scaler(rule), 2.0)
    assert (grown.depth, grown.width, grown.resolution) == (1.2**2, 1.1**2, 1.15**2)
    flat = compound(scaler(rule, deep=False, sides=()), 2.0)
    assert (flat.depth, flat.width, flat.resolution) == (1.0, 1.1**2, 1.0)


def test_macs_grow_along_each_axis_by_a_power() -> None:
    found = growth(scaler(lambda *axes: 10**6 * rule(*axes), sides=(224, 224), macs=10**9))
    assert [(g.axis, round(g.exponent or 0, 6), g.expected) for g in found] == [
        ("width", 2, 2), ("resolution", 2, 2), ("depth", 1, 1),
    ]  # fmt: skip
    assert [p.width for p in found[0].points] == [1.0, 0.75, 0.5, 0.25]
    assert [p.depth for p in found[2].points] == [1.0, 0.5, 2.0]
    assert [g.axis for g in growth(scaler(rule, deep=False, sides=()))] == ["width"]
    assert [g.axis for g in growth(scaler(rule, tied=True))] == ["width", "depth"]
    some = growth(scaler(lambda w, r, d: None if w == 0.25 else 1000 * w**3, macs=1000))[0]
    assert (len(some.points), round(some.exponent or 0, 2)) == (3, 3.0)
    alone = growth(scaler(lambda w, _r, _d: 1000 if w == 1 else None))[0]
    assert (len(alone.points), alone.exponent) == (1, None)


def test_usual_resolutions_are_those_of_the_paper_at_multiples_of_32() -> None:
    paper = [1.0, 192 / 224, 160 / 224, 128 / 224]
    assert usual_resolutions(scaler(rule, sides=(224, 224))) == paper
    assert usual_resolutions(scaler(rule, sides=(100, 100))) == paper
    assert usual_resolutions(scaler(rule, sides=(224, 192))) == paper
    assert usual_resolutions(scaler(rule, sides=())) == paper
    assert usual_resolutions(scaler(rule, sides=(128, 128))) == [1.0, 0.75, 0.5]
    assert usual_resolutions(scaler(rule, sides=(96, 96))) == paper
    assert usual_resolutions(scaler(rule, sides=(224, 224), tied=True)) == [1.0]
    refused = scaler(lambda _w, r, _d: None if r == 160 / 224 else 1, sides=(96, 96))
    assert usual_resolutions(refused) == [1.0, 192 / 224, 64 / 96, 128 / 224]


def test_multipliers_are_above_0_and_at_most_the_largest() -> None:
    for right in (1_000_000, 1e-9):
        _check("width", right)
    for wrong in (0, -1.0, 1_000_001, float("nan")):
        with pytest.raises(ValueError, match=r"^the width multiplier must be positive and"):
            _check("width", wrong)
    assert _mean_ratio([2, 8], [1, 1]) == 4.0
    assert _mean_ratio([], []) == 1.0


def test_a_scaled_model_deviates_from_the_rule_by_the_quotient() -> None:
    plain = point(1.0, 1.0, 1.0, 150)
    assert plain.deviation is None
    expected = Scaled(1.0, 1.0, 1.0, (), (), 150, 0, 0, 100.0)
    assert expected.deviation == 0.5
    assert Scaled(1.0, 1.0, 1.0, (), (), None, 0, 0, 100.0).deviation is None
    assert Scaled(1.0, 1.0, 1.0, (), (), 150, 0, 0, 0.0).deviation is None


def free(name: str, size: int, *axes: tuple[str, int], batch: bool = False, image: bool = False,
         sums: tuple[InputAxis, ...] = ()) -> Freedom:  # fmt: skip
    return Freedom(name, tuple(InputAxis(*axis) for axis in axes), size, batch, image, sums)


def test_a_sum_of_open_sizes_grows_with_each_that_it_names_once() -> None:
    past, tokens = free("past", 4, ("p", 1)), free("tokens", 3, ("t", 1))
    both, three = free("past + tokens", 7, ("m", 1)), free("past+tokens+1", 8, ("n", 1))
    wrong, twice = free("past + tokens", 9, ("m", 1)), free("past + past", 8, ("m", 1))
    every = [past, tokens, both, three]
    assert [*_sums(past, every)] == [InputAxis("m", 1), InputAxis("n", 1)]
    assert [*_sums(both, every)] == []
    assert [*_sums(past, [past, tokens, wrong])] == []
    assert [*_sums(past, [past, twice])] == []
    assert [*_sums(past, [past, both])] == [], "nothing is known of the tokens"


def test_two_sizes_are_studied_that_are_no_batch_no_side_of_an_image_and_no_sum() -> None:
    batch, image = (
        free("N", 1, ("x", 0), batch=True),
        free("H = W", 8, ("x", 2), ("x", 3), image=True),
    )
    side, total_ = free("H", 8, ("x", 2)), free("a + b", 3, ("m", 1))
    one = free("a", 1, ("p", 1), sums=(InputAxis("m", 1),))
    two, last = free("b", 2, ("q", 1)), free("c", 2, ("r", 1))
    assert [f.name for f in _chosen([batch, side, one, total_, two, last, image])] == ["H = W", "a"]
    assert [f.name for f in _chosen([batch, side, one, total_, two])] == ["H", "a"]
    assert _chosen([batch]) == []


def test_more_of_either_is_more() -> None:
    found = [more(now, (1, 1)) for now in ((1, 1), (2, 1), (1, 2), (0, 0))]
    assert found == [False, True, True, False]
