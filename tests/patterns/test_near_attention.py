"""Attention one step from what it is, and the transformers that are made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analyzer.facts import Architecture
from analyzer.patterns.architecture import guesses
from analyzer.patterns.families.network import Network
from analyzer.patterns.families.transformer import _predicts, _vit, _vocabulary
from tests.golden.text import facts
from tests.patterns.builders import Net
from tests.patterns.builders import facts as judged
from tests.patterns.other_nets import heads
from tests.patterns.test_near_misses import changes
from tests.patterns.written import conv, named, written

TOKENS, WIDE, HEADS = 6, 8, 2


def attend(
    n: Net, *, masks: int = 1, axis: int = -1, turned: bool = False, project: tuple[bool, ...] =
    (True, True, True), behind: bool = True, values: str = "product", norm: str = "Softmax",
    kernel: int = 0, stride: int = 0,
) -> str:  # fmt: skip
    source = "x"
    if kernel:
        image = n.op("Reshape", "x", n.constant([1, WIDE, 2, 3]))
        small = n.op("Conv", image, n.weight(WIDE, WIDE, kernel, kernel), strides=[stride] * 2,
                     pads=[kernel - 1, kernel - 1, 0, 0])  # fmt: skip
        source = n.op("Reshape", small, n.constant([1, -1, WIDE]))
    q, k, v = (
        heads(
            n,
            n.op("MatMul", start, n.weight(WIDE, WIDE)) if learned else start,
            TOKENS,
            WIDE,
            HEADS,
        )
        for learned, start in zip(project, ("x", source, source), strict=True)
    )  # fmt: skip
    scores = n.op("MatMul", q, n.op("Transpose", k, perm=[0, 1, 3, 2]))
    for number in range(masks):
        scores = n.op("Add", scores, f"m{number}")
    how: dict[str, Any] = {"axis": axis} if norm == "Softmax" else {}
    shares = n.op(norm, scores, **how)
    if turned:
        y = n.op("MatMul", n.op("Transpose", v, perm=[0, 1, 3, 2]), shares)
    else:
        y = n.op("MatMul", shares, v) if values == "product" else n.op("Mul", shares, scores)
    y = n.op("Reshape", n.op("Transpose", y, perm=[0, 2, 1, 3]), n.constant([1, TOKENS, -1]))
    return n.op("MatMul", y, n.weight(y_width(turned), 5)) if behind else n.op("Relu", y)


def y_width(turned: bool) -> int:
    return HEADS * TOKENS if turned else WIDE


def found(**how: Any) -> list[tuple[str, dict[str, Any], int]]:
    """Kind, detail and number of operators of the blocks."""
    net = Net(image=(1, TOKENS, WIDE))
    model = net.model(attend(net, **how))
    model.graph.input.extend([type(model.graph.input[0])() for _ in range(how.get("masks", 1))])
    for number, value in enumerate(model.graph.input[1:]):
        value.CopyFrom(model.graph.input[0])
        value.name = f"m{number}"
        for size in (1, 1, TOKENS, TOKENS):
            value.type.tensor_type.shape.dim.add(dim_value=size)
        del value.type.tensor_type.shape.dim[:3]
    return [(b.kind, dict(b.detail), len(b.nodes)) for b in judged(model).blocks]


WHOLE = {"projections": 3, "output_projection": True, "fused": False, "spatial_reduction": False}


def test_attention_is_two_products_around_a_softmax_with_the_layers_about_them() -> None:
    for masks in (0, 1, 4):
        ((kind, detail, _),) = found(masks=masks)
        assert (kind, detail) == ("attention", WHOLE), masks
    assert found(masks=5) == []
    for how in changes({"norm": "Relu"}, {"values": "other"}, {"axis": 1}, {"axis": -2}):
        assert found(**how) == [], how
    bare = {**WHOLE, "output_projection": False}
    assert found(behind=False) == [("attention", bare, 15)], "without a shape and a layer behind"
    assert found() == [("attention", WHOLE, 17)]


def test_shares_are_summed_over_the_axis_along_which_they_add_up_to_one() -> None:
    assert [kind for kind, *_ in found(turned=True, axis=-2)] == ["attention"]
    assert found(turned=True, axis=-1) == []


def test_layers_that_make_queries_keys_and_values_are_counted() -> None:
    counts = {(True, True, True): (3, 17), (False, True, True): (2, 16),
              (True, False, False): (1, 15), (False, False, False): (0, 7)}  # fmt: skip
    for project, (count, operators) in counts.items():
        told = {**WHOLE, "projections": count}
        assert found(project=project) == [("attention", told, operators)], project


@pytest.mark.parametrize(("kernel", "stride", "reduces"), [(2, 2, True), (2, 1, False)])
def test_keys_and_values_of_a_smaller_map_reduce_space(
    kernel: int, stride: int, reduces: bool
) -> None:
    ((_, detail, _),) = found(kernel=kernel, stride=stride)
    assert detail == {**WHOLE, "spatial_reduction": reduces}


SIZES = {(12, 192): "Ti", (12, 384): "S", (12, 768): "B", (24, 1024): "L", (32, 1280): "H"}
"""Dosovitskiy et al. 2020 (arXiv 2010.11929), table 1; Touvron et al. 2020 (2012.12877)."""


def test_a_vit_cuts_the_image_into_square_patches_that_do_not_overlap() -> None:
    def vit(layers: int, wide: int, kernel: tuple[int, ...] = (16, 16), stride: int = 16,
            out: int = 0, more: int = 0) -> str:  # fmt: skip
        patches = [conv(kernel, out or wide, stride)] * (1 + more)
        return named(_vit(written("none", [], convs=patches), layers, wide))

    for (layers, wide), size in SIZES.items():
        words = f"{layers} layers, width {wide}, 0"
        assert vit(layers, wide) == f"ViT-{size}/16, {words}"
        assert vit(layers, wide, (14, 14), 14) == f"ViT-{size}/14, {words}"
        assert vit(layers + 1, wide).startswith("ViT, ")
        for other in changes({"kernel": (16, 8)}, {"stride": 8}, {"out": 8}, {"more": 1},
                             {"kernel": (16,)}):  # fmt: skip
            assert vit(layers, wide, **other) == "", other
    sideless = replace(conv((16, 16), 192, 16), kernel_shape=(), strides=())
    assert _vit(written("none", [], convs=[sideless]), 12, 192) is None, "of a broken model"


TABLES = """g (int64[1,3] i, int64[2] k, float[1,3,4] f) => (float y)
    <float[9,4] t = {%s}, float[9,5] u = {%s}, float[8,4] p = {%s}, int64[2] c = {0, 1},
    float[2,3,4] d = {%s}, float[2,4] s = {%s}, float[4] one = {1, 1, 1, 1}> { %s }"""
NUMBERS = tuple(", ".join(["1"] * n) for n in (36, 45, 32, 24, 8))


def rows(body: str) -> set[int]:
    model = facts(TABLES % (*NUMBERS, body))
    network = Network(model.graph, {n.id: n for n in model.nodes}, (), ())
    return _vocabulary(network, 4)


def test_a_vocabulary_is_a_stored_table_as_wide_as_the_model_that_inputs_look_into() -> None:
    sink = "y = com.example.Sink (a)"
    assert rows(f"a = Gather (t, i)  {sink}") == {9}
    assert rows(f"a = Gather (u, i)  {sink}") == set()
    assert rows(f"a = Gather (t, c)  {sink}") == set(), "always the same rows"
    assert rows(f"a = Gather (f, k)  {sink}") == set()
    assert rows(f"a = Gather (d, k)  {sink}") == set()
    assert rows("a = Gather (t, i)  b = Gather (p, k)  y = com.example.Sink (a, b)") == {9, 8}
    embedded = "a = com.microsoft.EmbedLayerNormalization (i, , t, p, , one, one)"
    assert rows(f"{embedded}  {sink}") == {9, 8}
    segments = embedded.replace("(i, , t, p, ,", "(i, i, t, p, s,")
    assert rows(f"{segments}  {sink}") == {9, 8, 2}


def test_a_published_network_has_the_layers_of_one_branch() -> None:
    """Two products with stored matrices, of which a run has one."""
    branches = ", ".join(
        f"{name} = {name[0]} () => (float[1,3,9] {name[0]}1) {{ {name[0]}1 = MatMul (f, w) }}"
        for name in ("then_branch", "else_branch")
    )
    found = facts(f"""g (bool c, float[1,3,4] f) => (float y) <float[4,9] w = {{0}}>
        {{ y = If (c) <{branches}> }}""")
    running = found.totals.weighted_layers
    network = Network(found.graph, {n.id: n for n in found.nodes}, (), (), running)
    assert (network.weighted_layers, running) == (2, 1)
    assert network.architecture("VGG").detail == "VGG, 1 weighted layers"
    assert not network.architecture("VGG", layers=1).backbone
    holding = replace(network, running=3)  # what vendors' operators hold is none of its layers
    assert holding.architecture("VGG", layers=1) == Architecture(
        "VGG", "VGG backbone", backbone=True
    )


def test_a_resolution_is_assumed_where_nothing_states_a_side_of_what_the_network_reads() -> None:
    def detail(shape: str, reason: str = "default", name: str = "x") -> str:
        found = facts(f"""g (float[{shape}] x, float[n] b) => (float y)
            <float[4,3,3,3] w = {{0}}, float[4] e = {{0}}>
            {{ a = Relu (x)  y = Conv <pads = [1, 1, 1, 1]> (a, w, e) }}""")
        nodes = {node.id: node for node in found.nodes}
        guessed = guesses([
            replace(a, input=name, reason=a.reason if a.reason == "same symbol" else reason)
            for a in found.assumptions if a.input == "x"
        ])  # fmt: skip
        return Network(found.graph, nodes, (), (), None, guessed).sides

    assert detail("1,3,32,32") == detail("N,3,32,32") == "32×32"
    assert detail("N,3,H,32").endswith("×32 assumed")
    assert detail("N,3,H,H").endswith(" assumed")
    assert "assumed" not in detail("N,3,H,H", "metadata size"), "one is stated, and so is the other"
    assert "assumed" not in detail("N,3,H,32", "--dim")
    assert "assumed" not in detail("N,3,H,32", "metadata size")
    assert "assumed" not in detail("N,3,H,32", name="b"), "of another input"


def test_a_language_model_scores_every_entry_of_its_vocabulary() -> None:
    def predicts(body: str, *vocabulary: int) -> bool:
        model = facts(TABLES % (*NUMBERS, body))
        network = Network(model.graph, {n.id: n for n in model.nodes}, (), ())
        return _predicts(network, {*vocabulary})

    scored = "a = Transpose (t)  y = MatMul (f, a)"
    assert predicts(scored, 9)
    assert predicts(scored, 4, 9)
    assert not predicts(scored, 4)
    assert not predicts(scored)
    assert not predicts("y = Relu (f)", 4)
    later = f"{scored.replace('y =', 'b =')}  c1 = MatMul (b, t)  y = Relu (c1)"
    assert not predicts(later, 9)
    assert predicts(later, 4)
