"""What a report says in few models: steps, sums and reasons of parts made for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.converters import loading
from analyzer.converters.loading import OnLoad
from analyzer.errors import OutputError
from analyzer.evidence import DW_PW, PW_DW, SPATIAL
from analyzer.facts import Certainty
from analyzer.report import advised, brief, document, explain, pdf
from analyzer.report.compare import words as changes
from analyzer.report.explained import memory, weights
from analyzer.report.page import FirstStep
from analyzer.report.sketch import to_png
from analyzer.report.view import actions, pace, spared, split, whatif
from analyzer.report.view import weights as weight_view
from analyzer.report.view.joint import SAFE
from analyzer.report.view.options import form as forms
from analyzer.report.view.options import prepared, requantised, transformer
from analyzer.report.view.options.before import Before
from analyzer.report.view.options.form import SmallerForm
from analyzer.report.view.split import LayerSplit, SplitPart
from analyzer.report.words import identity
from analyzer.scaling import Stops


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def an_action(**about: Any) -> Any:
    return some(**{"macs": 0, "stored": 0, "traffic": 0, "traffic_loaded": 0,
                   "peak_folded": None, "peak_loaded": False, "slower_alone": 0,
                   "slower_on": (), "slower_factors": (), "device": "", "places": 1, "stays": 0,
                   "may_stay": 0, "slower": False, "unlocks": (),
                   "rests": None} | about)  # fmt: skip


def a_page(whole: int | None = 4000, macs: int = 4000, end: str = "") -> Any:
    return some(whole=whole, macs=macs, bounded=lambda text: f"{end}{text}")


@pytest.mark.parametrize(
    ("about", "whole", "said"),
    [
        ({}, 4000, []),
        ({"macs": 1000}, 4000, ["saves 1 kMAC (25.0 %)"]),
        ({"macs": 1000}, None, ["saves 1 kMAC"]),
        ({"stored": 2048}, 4000, ["2 KiB less to store"]),
        (
            {"traffic": 1024, "traffic_now": 4096},
            4000,
            ["saves 1 KiB of 4 KiB memory traffic per run"],
        ),
        ({"peak_folded": 0}, 4000, ["lowers peak activation memory to 0 B"]),
        ({"peak_folded": 3}, 4000, ["lowers peak activation memory to 3 B"]),
        ({"rests": 0.5, "rests_on": "seq"}, 4000, ["50.0 % of the MACs grow with seq"]),
        ({"unlocks": ("Ada", "Bob")}, 4000, ["then all operators on Ada and Bob"]),
        (
            {"slower_on": ("Ada", "Bob"), "slower_factors": (0.8, 0.5)},
            4000,
            ["takes longer by the roofline model: 2.00× on Bob and 1.25× on Ada"],
        ),
    ],
)
def test_a_step_of_a_rule_tells_each_figure_that_it_has(
    about: dict[str, Any], whole: int | None, said: list[str]
) -> None:
    assert [*brief._asks(an_action(**about), a_page(whole))] == said


def a_form(**about: Any) -> Any:
    form = some(**{"macs": None, "weight_bytes": None, "bytes_now": 4096, "scales_now": 0,
                   "file_bytes": None, "file_now": None, "constants": 0, "grows": False,
                   "at_most": False}
                | about)  # fmt: skip
    form.held = SmallerForm.held.fget(form)  # type: ignore[attr-defined]
    return form


def test_a_smaller_form_tells_what_is_left_of_macs_weights_and_the_file() -> None:
    half = {"weight_bytes": 2048}
    for about, page, said in (
        ({}, a_page(), []),
        ({"macs": 1000}, a_page(), ["leaves 1 kMAC (25.0 %)"]),
        ({"macs": 1000}, a_page(None, end="at least "), ["leaves at least 1 kMAC"]),
        ({"macs": 1000}, a_page(None, 0), []),
        (half, a_page(), ["weights 2 KiB instead of 4 KiB"]),
        (half | {"scales_now": 1}, a_page(), ["weights and scales 2 KiB instead of 4 KiB"]),
        (half | {"at_most": True}, a_page(), ["weights at most 2 KiB instead of 4 KiB"]),
        ({"weight_bytes": 4096}, a_page(), []),
        (half | {"file_bytes": 8000, "file_now": 8192}, a_page(),
         ["weights 2 KiB instead of 4 KiB", "the file about 7.812 KiB instead of 8 KiB"]),
    ):  # fmt: skip
        assert [*brief._leaves(a_form(**about), page)] == said
    assert forms.lighter(a_form(weight_bytes=2048)) == "weights 2 KiB instead of 4 KiB"


def test_a_form_has_no_places_that_its_tool_leaves() -> None:
    form = object.__new__(SmallerForm)
    assert advised.part(form) == ""
    assert advised.part(an_action(places=3, stays=1)) == " (it leaves 1 of 3 places as they are)"


def test_constants_are_to_be_put_into_layers_first_by_a_command_or_by_hand() -> None:
    assert prepared._bound((), slim=True) == ()
    (by_tool,) = prepared._bound(("BN001", "BN002"), slim=True)
    (by_hand,) = prepared._bound(("BN001", "BN002"), slim=False)
    behind = ": between quantised tensors they stay operators, which take more time than is saved"
    first = "Put the constants behind layers into them first"
    assert by_tool == Before(f"{first} with `onnxslim MODEL NEW`{behind}", tool="onnxslim")
    assert by_hand == Before(f"{first}{behind}", ("BN001", "BN002"))


def test_what_a_form_needs_is_told_in_words_or_as_the_step_that_does_it() -> None:
    form = a_form(how="Quantise", before=(Before("Fold", tool="onnxslim"), Before("State", ("A",)),
                                          Before("Rename")))  # fmt: skip
    state = FirstStep((an_action(rule="A", tool=""),), "")
    fold = FirstStep((an_action(rule="B", tool="onnxslim", limit=0),), "onnxslim")
    assert advised.how(form, ()) == "Fold. State. Rename. Quantise"
    assert advised.how(form, (state,)) == "Do step 1 first. Fold. Rename. Quantise"
    assert advised.how(form, (state, fold)) == "Do steps 1 and 2 first. Rename. Quantise"
    assert advised.how(a_form(how="Quantise", before=()), (state,)) == "Quantise"


def test_what_is_left_in_float32_is_told_from_one_part_in_a_hundred(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(share: float | None) -> list[Any]:
        monkeypatch.setattr(requantised, "quantisation_of", lambda _: some(float_share=share))
        return [*requantised.rest(some(nodes=()), None)]

    monkeypatch.setattr(requantised, "_is_left_by_default", lambda _: False)
    monkeypatch.setattr(requantised, "form", lambda *about, **_: about[2][0])
    assert [found(share) for share in (None, 0.0, 0.0099)] == [[], [], []]
    assert found(0.01) == ["int8-rest"]


def test_the_lesser_of_the_roofline_and_of_what_was_measured_is_the_speed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = some(factors=("f",))
    found: dict[str, float | None] = {"roof": 3.0, "measured": 2.0}
    for module in (pace, split):
        monkeypatch.setattr(module, "speedup", lambda *_: found["roof"])
        monkeypatch.setattr(module, "measured_speedup", lambda *_: found["measured"])
    monkeypatch.setattr(pace, "roof_of", lambda *_: None)
    parts: Any
    for parts in (None, {}):
        found |= {"roof": 3.0, "measured": 2.0}
        assert pace._speed(some(), (), device, parts) == 2.0
        assert pace._speed(some(), (), some(factors=()), parts) == 3.0
        assert pace._speed(some(), (), None, parts) == 3.0
        found["measured"] = None
        assert pace._speed(some(), (), device, parts) == 3.0
        found["roof"] = None
        assert pace._speed(some(), (), device, parts) is None


def a_conv(**about: Any) -> Any:
    return some(**{"in_channels": 2, "out_channels": 3, "groups": 1, "kernel_volume": 9,
                   "kernel_shape": (3, 3), "in_spatial": (5, 6), "out_spatial": (4, 3),
                   "transposed": False} | about)  # fmt: skip


MACS = 12 * 9 * 2 * 3
"""Of one image: positions, taps, and channels of both sides."""


def test_positions_are_of_all_images_and_unknown_without_sizes() -> None:
    assert split.positions_of(some(macs=2 * MACS), a_conv()) == (60, 24, 24, 2)
    assert split.positions_of(some(macs=MACS), a_conv(transposed=True)) == (30, 12, 30, 1)
    assert split.positions_of(some(macs=0), a_conv()) is None
    assert split.positions_of(some(macs=None), a_conv()) is None
    for axis in ("in_spatial", "out_spatial"):
        assert split.positions_of(some(macs=MACS), a_conv(**{axis: (4, None)})) is None
    assert split.positions_of(some(macs=7), a_conv(out_spatial=(0, 3))) == (30, 0, 0, 1)


def test_terms_are_pairs_of_convolutions_and_sums_of_their_maps() -> None:
    node = some(macs=MACS)
    first = split._terms(node, a_conv(), some(terms=2, order=DW_PW))
    pair = (SplitPart("depthwise", 12 * 9 * 2, (30 + 12 + 9) * 2),
            SplitPart("pointwise", 12 * 6, 12 * 5 + 6))  # fmt: skip
    assert first == LayerSplit((*pair, *pair, SplitPart("", 0, 3 * 12 * 3)), 2, 12 * 2)
    last = split._terms(node, a_conv(), some(terms=1, order=PW_DW))
    assert last == LayerSplit(
        (SplitPart("depthwise", 12 * 9 * 3, (30 + 12 + 9) * 3),
         SplitPart("pointwise", 30 * 6, 30 * 5 + 6)), 1, 30 * 3,
    )  # fmt: skip
    assert split._terms(some(macs=None), a_conv(), some(terms=2, order=DW_PW)) is None
    assert split._terms(node, a_conv(), some(terms=None, order=None)) is None


def test_two_layers_in_a_row_read_and_write_the_map_between_them() -> None:
    node = some(macs=MACS, conv=a_conv(), kind="standard")
    low = some(rank=4, split="channels")
    assert split._pair(node, low) == LayerSplit(
        (SplitPart("standard", 12 * 9 * 2 * 4, 30 * 2 + 48 + 9 * 2 * 4),
         SplitPart("pointwise", 48 * 3, 48 + (12 + 4) * 3)), 1, 48,
    )  # fmt: skip
    # A column of taps first, at each of the 4×6 positions between; then a row of them.
    between = 4 * 6 * 4
    assert split._pair(node, some(rank=4, split=SPATIAL)) == LayerSplit(
        (SplitPart("standard", between * 3 * 2, 30 * 2 + between + 3 * 2 * 4),
         SplitPart("standard", 12 * 3 * 3 * 4, between + (12 + 3 * 4) * 3)), 1, between,
    )  # fmt: skip
    assert split._pair(some(macs=None, conv=a_conv(), kind="standard"), low) is None


def test_a_product_is_two_whose_sides_add_up() -> None:
    # 10 rows of 6 × 4 through 2: (6 + 4) · 2 weights are left of 24.
    low = some(rank=2, params=20, params_now=24)
    node = some(macs=240, conv=None, kind="MatMul")
    assert split._pair(node, low) == LayerSplit(
        (SplitPart("MatMul", 20 * 6, 60 + 20 + 12), SplitPart("MatMul", 20 * 4, 40 + 20 + 8)),
        1, 20,
    )  # fmt: skip
    for macs, about in ((None, {}), (0, {}), (240, {"rank": 0}), (240, {"params_now": 0})):
        found = some(**vars(low) | about)
        assert split._products(some(macs=macs, conv=None, kind="MatMul"), found) is None


def test_a_formula_is_made_one_operator_on_load_in_float32_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def last(dtype: str, op_type: str = "Div") -> Any:
        return some(op_type=op_type, outputs=(some(dtype=dtype),))

    monkeypatch.setattr(loading, "_behind", lambda *_: True)
    monkeypatch.setattr(loading, "_after", lambda *_: some())
    assert [loading._gelu(some(), last(t)) for t in ("float32", "float16")] == [True, False]
    assert [loading._normalised(some(), last(*about)) for about in (
        ("float32",), ("float16",), ("float32", "Mul"),
    )] == [True, False, False]  # fmt: skip
    monkeypatch.setattr(loading, "_after", lambda *_: None)
    assert not loading._normalised(some(), last("float32"))


def test_a_constant_is_stored_or_an_operator_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [some(op_type="Constant")]
    monkeypatch.setattr(loading, "makers_before", lambda *_: made)
    monkeypatch.setattr(loading, "wires_of", lambda _: some(makers={("", "b"): "node"}))
    facts = some(once=lambda _: frozenset({"a", "b"}))
    node = some(inputs=("b",), scope="")
    assert loading._has_constant(facts, node)
    made[:] = [some(op_type="Relu")]
    assert not loading._has_constant(facts, node)
    assert loading._has_constant(facts, some(inputs=("b", "a"), scope=""))
    assert loading._has_constant(facts, some(inputs=("b",), scope="body"))
    assert not loading._has_constant(facts, some(inputs=("c",), scope=""))


def test_stops_are_shown_where_a_page_adds_them_up_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert whatif._shown(None) is None
    for macs, params in ((SAFE, 0), (0, SAFE)):
        found = some(widths=(1, 2), sides=(1,), depths=(1,), macs_at=lambda *_, n=macs: n,
                     params_at=lambda *_, n=params: n)  # fmt: skip
        assert whatif._shown(found) is None
    asked: list[tuple[int, ...]] = []
    largest = Stops((1.0, 2.0), ((1,), (2,), (3,)), (1.0,) * 3, (1.0,) * 4, (), (), (), ("a",))

    def counted(_: Stops, *at: int) -> int:
        asked.append(at)
        return SAFE - 1

    for name in ("macs_at", "params_at"):
        monkeypatch.setattr(Stops, name, counted)
    assert whatif._shown(largest) == largest
    assert asked == [(1, 2, 3)] * 2, "at the largest of each"


def test_a_model_that_is_not_recounted_at_its_own_size_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whatif, "Scaler", lambda _: some(sides=()))
    monkeypatch.setattr(whatif, "grid", lambda *_, **__: ((some(macs=None, reason="a loop"),),))
    facts = some(totals=some(weighted_layers=2), nodes=("a", "b"))
    assert whatif.view(facts).reason == "The model cannot be recounted: a loop."


def test_macs_from_which_the_rule_asks_are_its_limit_or_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result: Any = some()
    for limits, least in (({"min-macs": 5.0}, 5), ({}, 0)):
        monkeypatch.setattr(spared, "_limits", lambda _, limits=limits: limits)
        assert spared.least_macs(result) == least


def test_each_reason_to_keep_a_convolution_has_words() -> None:
    result = some(rules=(), set_rules=())
    said = {why: spared.words(why, result) for why in (
        spared.Why.CHANNELS, spared.Why.PATCHES, spared.Why.HALF, spared.Why.FUSED,
    )}  # fmt: skip
    assert [*said.values()] == ["", "patches: no input is read twice",
                                "half of a pair of 1×k and k×1",
                                "part of a fused MBConv block"]  # fmt: skip


NETWORK = {
    "blocks": (), "block_counts": (), "layers": 3, "branching": 0, "family": "convolutional",
    "function": "", "calls": 0, "first_convolution": None, "first_strides": (),
    "first_transposed": False, "first_kernel": None, "inputs": ("x",), "shapes": ("1×3",),
    "inputs_in_all": 1, "outputs": ("y",), "output_shapes": ("1×2",), "outputs_in_all": 1,
    "recurrent": (), "recurrent_counts": (),
}  # fmt: skip


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, "A convolutional network of 3 weighted layers; input x 1×3; output y 1×2."),
        ({"function": "f", "calls": 1200},
         ("A convolutional network of 3 weighted layers; the function f is called 1,200 times and "
          "counts at each call; input x 1×3; output y 1×2.")),
        ({"branching": 2},
         "A convolutional network of 3 weighted layers in a run; input x 1×3; output y 1×2."),
        ({"blocks": ("residual",), "block_counts": (1,), "layers": 0},
         "A convolutional network of 1 residual block; input x 1×3; output y 1×2."),
        ({"inputs": ("x", "y"), "shapes": ("", None), "inputs_in_all": 3},
         ("A convolutional network of 3 weighted layers; inputs x scalar, y unknown and 1 more; "
          "output y 1×2.")),
        ({"inputs": (), "shapes": (), "inputs_in_all": 0},
         "A convolutional network of 3 weighted layers; inputs none; output y 1×2."),
    ],
)  # fmt: skip
def test_the_sentence_about_a_network(about: dict[str, Any], said: str) -> None:
    assert identity.network(NETWORK | about) == said


def test_models_of_a_batch_are_those_that_could_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "Document", lambda result: f"document of {result}")
    found = document.BatchDocument.models.__get__(some(batch=some(results=("a", "b"))))
    assert found == ("document of a", "document of b")


def test_what_a_table_of_stored_tensors_leaves_out_is_one_summand() -> None:
    def told(elements: int, unlisted: int) -> list[tuple[str, str]]:
        tensors = [some(elements=6, role="weight"), some(elements=None, role="weight"),
                   some(elements=9, role="buffer")]  # fmt: skip
        facts = some(parameters=some(tensors=tensors, unlisted=unlisted))
        row = some(role="weights", elements=elements)
        return [(each.text, each.label) for each in memory._stored(facts, row)]

    assert told(10, 1)[-1] == ("4", "1 other")
    assert told(10, 2)[-1] == ("4", "2 others")
    assert told(6, 0)[-1][1] == ""


def test_energy_of_some_of_the_channels_is_assumed() -> None:
    row = some(node="a", first=0.5, noise=0.25, macs_now=8, macs=None, terms=None)
    page = some(weights=some(separable=(row,), noisy=()))
    for sampled, certainty in ((True, Certainty.ASSUMED), (False, Certainty.EXACT)):
        layers = {"a": some(separability=some(sampled=sampled))}
        result = some(facts=some(evidence=some(layers=layers)))
        first, *others = weights.explain(result, page)
        assert first.certainty is certainty
        assert {each.certainty for each in others} == {Certainty.EXACT}


def test_a_change_of_normalisations_says_that_the_weights_agree_where_they_do() -> None:
    said = changes._norms("{n} folded", "{n} folded each")
    assert said({"count": 1, "proven": True}) == "1 folded; the weights agree"
    assert said({"count": 2, "proven": False}) == "2 folded each"


def test_the_library_of_pages_is_used_as_it_is_where_it_has_another_inside() -> None:
    html = type("HTML", (), {"_ua_stylesheets": None})
    for other in (
        some(html=some(), HTML=html),
        some(html=some(UA="p {}"), HTML=type("HTML", (), {})),
    ):
        assert pdf._html.__wrapped__(other) is other.HTML
    sheet = some(html=some(UA="p {}", UA_COUNTER_STYLE={}), HTML=html,
                 CSS=lambda string, counter_style: (string, counter_style))  # fmt: skip
    (made,) = pdf._html.__wrapped__(sheet)()._ua_stylesheets()
    assert made == ("p {}", {})


def test_a_picture_that_cannot_be_drawn_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    resvg = pytest.importorskip("resvg_py")

    def refuse(**_: object) -> bytes:
        raise ValueError("no\nroom")

    monkeypatch.setattr(resvg, "svg_to_bytes", refuse)
    picture = some(svg=lambda **_: '<svg width="3" height="4"></svg>')
    with pytest.raises(OutputError, match=r"^the picture cannot be drawn: no\\x0aroom$"):
        to_png(picture, some())


def test_products_of_two_activations_are_what_a_dynamic_quantiser_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def left(*found: tuple[str, frozenset[int]], dynamic: bool = True) -> bool:
        nodes = {str(n): some(op_type=kind) for n, (kind, _) in enumerate(found)}
        known = {str(n): some(constants=slots) for n, (_, slots) in enumerate(found)}
        monkeypatch.setattr(requantised, "floating", lambda _: tuple(nodes))
        monkeypatch.setattr(requantised, "vertex", lambda _, name: known[name])
        others = [some(op_type="MatMulInteger")] if dynamic else []
        facts = type("Facts", (), {"__getitem__": lambda _, name: nodes[name], "graph": None,
                                   "nodes": others})()  # fmt: skip
        return requantised._is_left_by_default(facts)

    product = ("MatMul", frozenset[int]())
    assert left(product, ("MatMul", frozenset({2})))
    assert not left(product, dynamic=False)
    assert not left(product, ("Gemm", frozenset()))
    assert not left(product, ("MatMul", frozenset({0})))
    assert not left(product, ("MatMul", frozenset({1})))


def test_a_lower_peak_is_worth_its_share_from_64_kib_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 640 << 10
    monkeypatch.setattr(actions, "as_run", lambda _: now)
    for peak, share in ((now - (64 << 10) + 1, 0), (now - (64 << 10), 0.1), (now // 4, 0.75)):
        assert actions._lowered(some(), peak, (), OnLoad()) == share


def test_of_a_lower_peak_what_a_runtime_folds_itself_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No more is left to gain than what the results take that it leaves."""
    monkeypatch.setattr(actions, "as_run", lambda _: 1 << 20)
    nodes = {name: some(outputs=[some(bytes=size)])
             for name, size in (("a", 1 << 19), ("b", 1 << 17), ("c", None))}  # fmt: skip
    items: Any = [some(node=name) for name in (*nodes, "b", "gone")]
    facts: Any = nodes
    for done, share in (("", 0.75), ("a", 0.125), ("ab", 0), ("abc", 0), ("c", 0.625)):
        loaded = OnLoad("folded", frozenset(done))
        assert actions._lowered(facts, 1 << 18, items, loaded) == share, done


def test_a_peak_of_folded_constants_is_told_where_a_rule_asks_for_that() -> None:
    rule = {"subject": "surplus", "selector": ("foldable",)}
    levelled: list[int | None] = [None]
    facts: Any = some(memory=some(peak_bytes=9, fused_bytes=8, folded_bytes=6),
                      once=lambda _: levelled[0])  # fmt: skip
    assert actions.as_run(facts) == 8
    for other, peak in ((None, 6), (5, 6), (7, 7), (8, None)):
        levelled[0] = other
        assert actions._folded_peak(facts, some(**rule)) == peak
    levelled[0] = None
    facts.memory.fused_bytes = 100
    for after, told in ((95, 95), (96, None)):  # a twentieth less, and not that
        facts.memory.folded_bytes = after
        assert actions._folded_peak(facts, some(**rule)) == told
    facts.memory.folded_bytes, facts.memory.fused_bytes = 6, 8
    assert actions._folded_peak(facts, None) is None
    assert actions._folded_peak(facts, some(**rule | {"subject": "node"})) is None
    assert actions._folded_peak(facts, some(**rule | {"selector": ("idle",)})) is None
    for folded in (8, None):
        facts.memory.folded_bytes = folded
        assert actions._folded_peak(facts, some(**rule)) is None
    facts.memory.fused_bytes = None
    assert actions.as_run(facts) == 9
    facts.memory.peak_bytes = None
    assert actions.as_run(facts) == 0


def test_structure_is_energy_beyond_noise_from_a_twentieth_on() -> None:
    def row(first: float, noise: float) -> weight_view.SeparableRow:
        return weight_view.SeparableRow("a", first, noise, None, None, None)

    limit = weight_view.STRUCTURE
    assert row(limit, 0.0).structured
    assert not row(limit / 2, 0.0).structured
    assert not row(limit, limit / 2).structured


def test_a_cache_in_float16_is_half_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transformer, "form", lambda *_, **about: about["beside"])
    for held, sizes in (
        (some(bits=32, bytes=4096, tokens=7), [(4096, 2048)]),
        (some(bits=16, bytes=4096, tokens=7), []),
        (some(bits=32, bytes=0, tokens=7), []),
        (some(bits=32, bytes=None, tokens=7), []),
        (None, []),
    ):
        facts: Any = some(once=lambda _, held=held: held, parameters=some(kept_bytes=0),
                          memory=some(peak_bytes=None))  # fmt: skip
        made: Any = transformer._half_cache(facts, None)
        assert [*made] == sizes


def test_operators_of_one_name_are_listed_by_their_ids() -> None:
    found: Any = (some(id="a", op_type="Relu", scope=""), some(id="s/a", op_type="Conv", scope="s"))
    assert explain._listed(found, "a") == (
        "2 operators are called a; ask for one by its id:\n"
        "  id   operator  inside\n"
        "  a    Relu      main graph\n"
        "  s/a  Conv      s\n"
    )


def test_a_model_that_is_over_in_a_moment_gains_no_more_than_medium(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requantised, "quantisation_of", lambda _: some(
        signed_macs=1, left_on_x86=5, unaligned=2, float_forms=4))  # fmt: skip
    monkeypatch.setattr(requantised, "form", lambda *_, extra, **_others: extra)
    monkeypatch.setattr(requantised, "replace", lambda made, impact: (made, impact))
    said = "3 more of 4 layers in integers on x86 CPUs, {} of the MACs"
    for level, is_short, impact in (("high", False, "high"), ("high", True, "medium"),
                                 ("low", True, "low"), ("medium", False, "medium")):  # fmt: skip
        monkeypatch.setattr(requantised, "level_of", lambda _, level=level: level)
        monkeypatch.setattr(requantised, "is_brief", lambda *_, is_short=is_short: is_short)
        found: Any = requantised.unsigned(some(totals=some(macs=100)), None)
        assert [*found] == [(said.format("1.0 %"), impact)]
    for macs in (101, 0):
        none: Any = requantised.unsigned(some(totals=some(macs=macs)), None)
        assert [*none] == []
