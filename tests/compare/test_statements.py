"""Headlines, each at its bounds: what is said, of how many, and which changes it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from onnx import helper

import analyzer
from analyzer.compare import compare
from analyzer.compare.headlines.channels import Widths, _factor, _still
from tests.compare.networks import Net
from tests.golden.text import facts, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    import onnx

    from analyzer.compare import Comparison

Said = tuple[str, dict[str, Any], int]
"""Kind of a headline, its values, and how many changes it covers."""


def said(found: Comparison) -> list[Said]:
    return [(h.kind, dict(h.values), len(h.covers)) for h in found.headlines]


def between(old: str, new: str, opset: int = 17) -> list[Said]:
    """What is said of two graphs in text."""
    return said(compare(facts(f"g {old}", opset), facts(f"g {new}", opset)))


def built(old: onnx.ModelProto, new: onnx.ModelProto) -> list[Said]:
    return said(compare(analyzer.analyze(old), analyzer.analyze(new)))


FILE = "(float[2] x) => (float[2] y) { y = com.example.Mystery (x) }"


def about(change: Callable[[onnx.ModelProto], Any]) -> list[Said]:
    """What is said of a file of which only the envelope has changed."""
    old, new = _plain(), _plain()
    change(new)
    return built(old, new)


def _plain() -> onnx.ModelProto:
    net = Net("{layer}")
    return net.model(net.add("Relu", "r", net.add("Neg", "n", "x")))


def test_operator_sets_that_operators_use_are_told_by_version_and_idle_ones_by_name() -> None:
    def imports(model: onnx.ModelProto) -> None:
        model.opset_import[0].version = 16
        for number in range(5):
            model.opset_import.add(domain=f"d{number}", version=1)

    assert about(imports) == [
        ("opset", {"domain": "ai.onnx", "old": 17, "new": 16}, 0),
        ("imports", {"count": 5, "domains": "d0, d1, d2, d3"}, 0),
    ]


def test_an_operator_set_that_only_one_model_uses_is_told_by_version() -> None:
    plain, vendor = (parse(f"g {FILE.replace('com.example.Mystery', op)}")
                     for op in ("Neg", "com.example.Mystery"))  # fmt: skip
    kept = [entry for entry in plain.opset_import if entry.domain != "com.example"]
    del plain.opset_import[:]
    plain.opset_import.extend(kept)
    for old, new, versions in ((plain, vendor, (None, 1)), (vendor, plain, (1, None))):
        told = [each for each in built(old, new) if each[0] in ("opset", "imports")]
        values = dict(zip(("old", "new"), versions, strict=True))
        assert told == [("opset", {"domain": "com.example", **values}, 0)]


def test_metadata_is_told_by_four_keys_of_forty_letters() -> None:
    keys = ["b" * 50, "a", "c", "e", "d"]
    told = about(lambda model: helper.set_model_props(model, dict.fromkeys(keys, "1")))
    listed = f"a, {'b' * 40}, c, d"
    assert told == [("metadata", {"count": 5, "keys": listed}, 0)]


def chain(*kinds: str) -> onnx.ModelProto:
    """Operators in a row between two convolutions."""
    net = Net("{layer}")
    x = net.conv("first", "x", 4, 3)
    for number, kind in enumerate(kinds):
        x = net.add(kind, f"{number}", x)
    return net.model(net.conv("last", x, 4, 4))


@pytest.mark.parametrize(("count", "told"), [(2, 0), (3, 1)])
def test_operators_of_a_type_that_came_or_went_are_counted_from_three(
    count: int, told: int
) -> None:
    old, new = chain(), chain(*["Erf"] * count)
    listed = {"operator": "Erf", "count": count}
    assert built(old, new) == [("operators-added", listed, count)] * told
    assert built(new, old) == [("operators-removed", listed, count)] * told


def test_six_types_of_operators_that_came_are_told_the_most_frequent_first() -> None:
    kinds = ["Abs", "Neg", "Erf", "Floor", "Ceil", "Sin", "Cos"]
    new = chain(*(kind for n, kind in enumerate(kinds) for _ in range(9 - n)))
    told = [(kind, values["operator"], covers) for kind, values, covers in built(chain(), new)]
    assert told == [("operators-added", kind, 9 - n) for n, kind in enumerate(kinds[:6])]


def test_one_operator_in_the_place_of_another_is_told_with_how_many() -> None:
    assert built(chain("Erf", "Neg", "Erf"), chain("Abs", "Neg", "Abs")) == [
        ("replaced", {"old": "Erf", "new": "Abs", "count": 2}, 2)
    ]
    assert built(chain("Relu", "Neg"), chain("Tanh", "Neg")) == [
        ("activation", {"old": "Relu", "new": "Tanh", "count": 1}, 1)
    ]


def dense(kind: str, *, shared: bool = False) -> onnx.ModelProto:
    """A product with a bias behind it, or in it."""
    net = Net("{layer}")
    x = net.add("Flatten", "flat", "x")
    w = net.store("w", net.random("w", 3 * 4, 5))
    b = net.store("b", net.random("b", 5))
    if kind == "Gemm":
        y = net.add("Gemm", "dense", x, w, b)
    else:
        y = net.add("MatMul", "dense", x, w)
        behind = net.add(kind, "dense", y, b)
        y = net.add("Sum", "both", y, behind) if shared else behind
    return net.model(net.add("Tanh", "end", y), side=2)


@pytest.mark.parametrize(
    ("kind", "shared", "covers"), [("Add", False, 2), ("Sub", False, 1), ("Add", True, 1)]
)
def test_an_addition_that_went_into_the_product_in_front_of_it_is_covered(
    kind: str, shared: bool, covers: int
) -> None:
    first, *_ = built(dense(kind, shared=shared), dense("Gemm"))
    assert first == ("replaced", {"old": "MatMul", "new": "Gemm", "count": 1}, covers)


def test_a_factor_of_widths_is_the_simplest_that_every_layer_follows() -> None:
    def factor(*pairs: tuple[int, int]) -> float | None:
        return _factor([Widths(None, old, new) for old, new in pairs])  # type: ignore[arg-type]

    assert factor((32, 24), (64, 48), (1280, 960)) == 0.75
    assert factor((100, 70), (1000, 700)) == 0.7
    assert factor((1000, 850), (2000, 1700)) == 0.85
    assert factor((1000, 330), (2000, 660)) == 0.33
    # between .3285 and .3325, .6235 and .6275, .6985 and .7025, .8485 and .8525
    for old, new, share in ((330, 661, 0.33), (625, 1251, 0.625), (700, 1401, 0.7),
                            (850, 1701, 0.85)):  # fmt: skip
        assert factor((1000, old), (2000, new)) == share
    assert factor((32, 16), (64, 32), (128, 64)) == 0.5
    assert factor((100, 104), (10_000, 10_000)) == 1.0
    # four off today's 100 is still 1 ×, five is not; eight is where no tenth may be lost
    assert factor((100, 104), (100_000, 100_000)) == 1.0
    assert factor((100, 108), (100_000, 100_000)) == 1.0
    assert factor((100, 109), (100_000, 100_000)) is None
    assert factor((4, 1), (400, 1)) == pytest.approx(((1 - 4) + (1 + 4)) / 400 / 2)


@pytest.mark.parametrize(
    ("widths", "still"),
    [
        ([(8, 4), (8, 8), (8, 8)], 2),
        ([(8, 8), (8, 8), (8, 8)], 2),
        ([(8, 4), (8, 8), (8, 4)], 0),
        ([(8, 8), (8, 4), (8, 8)], 1),
        ([(8, 8)], 1),
        ([], 0),
    ],
)
def test_two_layers_at_the_end_may_stay_as_wide_as_they_were(
    widths: list[tuple[int, int]], still: int
) -> None:
    assert _still([Widths(None, old, new) for old, new in widths]) == still  # type: ignore[arg-type]


ENDS = "({}) => (float[2] y) {{ y = Neg (x) }}"


def test_inputs_and_outputs_are_told_by_name_and_type() -> None:
    plain = ENDS.format("float[2] x")
    extra = ENDS.format("float[2] x, int64[3,4] z")
    assert between(plain, extra) == [("input-new", {"name": "z", "type": "int64 3×4"}, 0)]
    assert between(extra, plain) == [("input-gone", {"name": "z", "type": "int64 3×4"}, 0)]
    other = "(float[2] z) => (float[2] w) { w = Neg (z) }"
    assert between(plain, other) == [
        ("input-renamed", {"old": "x", "new": "z"}, 0),
        ("output-renamed", {"old": "y", "new": "w"}, 0),
    ]
    wider = "(float[3] z) => (float[3] y) { y = Neg (z) }"
    kinds = [kind for kind, _, _ in between(plain, wider)]
    assert kinds == ["input-gone", "input-new", "output-type"]


def test_eight_inputs_are_told_one_by_one() -> None:
    def graph(names: str, dtype: str = "float", size: str = "2") -> str:
        listed = ", ".join(f"{dtype}[{size}] {names}{n}" for n in range(9))
        return ENDS.format(f"float[2] x, {listed}")

    plain = ENDS.format("float[2] x")
    for old, new, kind in (
        (plain, graph("a"), "input-new"),
        (graph("a"), plain, "input-gone"),
        (graph("a"), graph("b"), "input-renamed"),
        (graph("a"), graph("a", "double"), "input-type"),
        (graph("a", size="1"), graph("a", size="N"), "input-type"),
    ):
        assert [each[0] for each in between(old, new)] == [kind] * 8


def test_a_size_that_is_open_is_told_by_its_name_of_twenty_letters() -> None:
    name = "sequence_length_of_the_encoder"
    graph = "(float[{},4] x, float[3] z) => (float[A,4] y) {{ y = Neg (x) }}"
    told = [
        each for each in between(graph.format(1), graph.format(name)) if each[0] == "input-type"
    ]
    assert told == [
        ("input-type", {"name": "x", "old": "float32 1×4", "new": f"float32 {name[:20]}×4"}, 0)
    ]


IMAGE = "({}[{}] x) => ({}[{}] y) {{ y = Relu (x) }}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1,3,8,8", "1,3,4,6", ("resolution", {"name": "x", "old": "8×8", "new": "4×6"})),
        ("1,3,8,8", "1,4,8,8", ("input-type", {"name": "x", "old": "float32 1×3×8×8",
                                              "new": "float32 1×4×8×8"})),
        ("1,3,8,8", "2,3,8,8", ("input-type", {"name": "x", "old": "float32 1×3×8×8",
                                              "new": "float32 2×3×8×8"})),
        ("1,3,8", "1,3,9", ("input-type", {"name": "x", "old": "float32 1×3×8",
                                          "new": "float32 1×3×9"})),
    ],
)  # fmt: skip
def test_an_image_of_other_sides_alone_is_a_resolution(
    old: str, new: str, expected: tuple[str, dict[str, str]]
) -> None:
    before, after = (IMAGE.format("float", sides, "float", sides) for sides in (old, new))
    first, *_ = between(before, after)
    assert first == (*expected, 1)


def test_an_image_of_another_type_is_no_resolution() -> None:
    types = (("float", "1,3,8,8"), ("double", "1,3,4,4"))
    old, new = (IMAGE.format(dtype, sides, dtype, sides) for dtype, sides in types)
    assert between(old, new)[0][0] == "input-type"


def test_eight_settings_are_told_those_of_most_operators_first() -> None:
    def graph(add: float) -> str:
        alphas = [n for n in range(9) for _ in range(2 if n == 8 else 1)]
        ops = "  ".join(
            f"v{i + 1} = Elu <alpha = {n + 0.5 + add}> (v{i})" for i, n in enumerate(alphas)
        )
        return f"(float[2] v0) => (float[2] v{len(alphas)}) {{ {ops} }}"

    told = between(graph(0), graph(20))
    assert [kind for kind, _, _ in told] == ["setting"] * 8
    assert told[0] == (
        "setting",
        {"operator": "Elu", "setting": "alpha", "old": "8.5", "new": "28.5", "count": 2},
        2,
    )
    assert [values["old"] for _, values, _ in told[1:]] == [f"{n}.5" for n in range(7)]


def convolutions(how: str) -> onnx.ModelProto:
    """Two layers without a bias, with one, or with what is added behind."""
    net = Net("{layer}")
    x, m = "x", 3
    for n in range(2):
        x, m = net.conv(f"c{n}", x, 4, m, bias=how == "bias"), 4
        if how == "add":
            x = net.add("Add", f"a{n}", x, net.store(f"s{n}", net.random(f"s{n}", 1, 4, 1, 1)))
        x = net.add("Relu", f"r{n}", x)
    return net.model(x)


def products(names: str) -> onnx.ModelProto:
    """Three products by one matrix, stored once or three times."""
    net = Net("{layer}")
    x, w = net.add("Flatten", "flat", "x"), net.random("w", 12, 12)
    for n, name in enumerate(names):
        x = net.add("Tanh", f"t{n}", net.add("MatMul", f"m{n}", x, net.store(name, w)))
    return net.model(x, side=2)


def test_biases_that_come_go_or_were_added_behind_are_counted() -> None:
    plain, biased, added = (convolutions(how) for how in ("", "bias", "add"))
    assert built(plain, biased) == [("biases-added", {"count": 2}, 2)]
    assert built(biased, plain) == [("biases-gone", {"count": 2}, 2)]
    assert built(added, biased) == [("folded-additions", {"count": 2}, 4)]


def test_what_is_stored_once_or_for_each_use_is_told_by_its_numbers() -> None:
    once, thrice = products("www"), products("abc")
    assert built(once, thrice) == [("sharing", {"old": 2 * 12 * 12, "new": 0}, 0)]
    assert built(thrice, once) == [("sharing", {"old": 0, "new": 2 * 12 * 12}, 0)]
