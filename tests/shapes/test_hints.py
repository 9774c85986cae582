"""Sizes that the file's metadata states, and how far they are believed."""

from __future__ import annotations

import pytest
from onnx import helper

from analyzer.facts import Certainty, Facts
from analyzer.shapes.hints import read_hints
from analyzer.shapes.stated import Bindings
from tests.each import each
from tests.golden.text import facts_of, parse
from tests.steps import steps, stopped

LINES = 20_000  # of Python

IMAGE = "g (float[batch,3,height,width] images) => (float[b,c,h,w] y) { y = Relu (images) }"


def found(graph: str, bindings: Bindings | None = None, /, **metadata: str) -> Facts:
    model = parse(graph)
    helper.set_model_props(model, metadata)
    return facts_of(model, bindings or Bindings())


def shape_of(facts: Facts, index: int = 0) -> tuple[int | None, ...] | None:
    return facts.inputs[index].shape


def reasons(facts: Facts) -> list[str]:
    return [assumption.reason for assumption in facts.assumptions]


def test_imgsz_is_height_and_width_and_batch_the_first_axis() -> None:
    facts = found(IMAGE, imgsz="[480, 640]", batch="4", stride="32", names="{0: 'person'}")
    assert shape_of(facts) == (4, 3, 480, 640)
    assert reasons(facts) == ["metadata (batch)", "metadata (imgsz)", "metadata (imgsz)"]


@pytest.mark.parametrize(
    ("key", "text", "sides"),
    [
        ("imgsz", "640", (640, 640)),
        ("imgsz", "[320]", (320, 320)),
        ("imgsz", "(256, 512)", (256, 512)),
        ("image_size", "384x512", (384, 512)),
        ("input_size", "(3, 288, 352)", (288, 352)),
        ("input_shape", "[1, 3, 96, 128]", (96, 128)),
        ("tiles_size", "512", (512, 512)),
    ],
)
def test_image_sizes_are_read_as_exporters_write_them(
    key: str, text: str, sides: tuple[int, int]
) -> None:
    assert shape_of(found(IMAGE, None, **{key: text})) == (1, 3, *sides)


@pytest.mark.parametrize(
    ("name", "shape", "sized"),
    [
        ("x", "N,1,H,W", [2, 3]),
        ("x", "N,4,H,W", [2, 3]),
        ("x", "N,C,H,W", [2, 3]),
        ("x", "N,H,W,1", [1, 2]),
        ("x", "N,2,H,W", []),
        ("x", "N,5,H,W", []),
        ("past_key", "N,3,H,W", []),
        ("x", "N,3,H", []),
    ],
)
def test_an_image_has_one_three_or_four_channels(name: str, shape: str, sized: list[int]) -> None:
    graph = f"g (float[{shape}] {name}) => (float y) {{ y = Relu ({name}) }}"
    facts = found(graph, imgsz="[96, 160]")
    assert [a.axis for a in facts.assumptions if a.reason == "metadata (imgsz)"] == sized
    assert {96, 160} <= {*(shape_of(facts) or ())} or not sized


def test_channels_last_images_take_their_size_from_the_metadata_too() -> None:
    graph = "g (uint8[N,H,W,3] x) => (uint8[N,H,W,3] y) { y = Identity (x) }"
    assert shape_of(found(graph, imgsz="[96, 160]")) == (1, 96, 160, 3)


def test_an_entry_called_like_a_symbol_is_its_size() -> None:
    graph = "g (float[N,T,80] x, float[N,T,80] z) => (float[] y) { y = Add (x, z) }"
    facts = found(graph, T="45")
    assert shape_of(facts) == shape_of(facts, 1) == (1, 45, 80)
    assert "metadata (entry of this name)" in reasons(facts)


def test_what_the_user_states_goes_before_the_metadata() -> None:
    sized = Bindings(dims={"height": 96}, shapes={})
    assert shape_of(found(IMAGE, sized, imgsz="[640, 640]")) == (1, 3, 96, 640)
    whole = Bindings(shapes={"images": (2, 3, 64, 64)})
    assert shape_of(found(IMAGE, whole, imgsz="[640, 640]", batch="8")) == (2, 3, 64, 64)


def test_fixed_dimensions_are_what_the_file_says_whatever_the_metadata_state() -> None:
    graph = "g (float[1,3,480,W] x) => (float[1,3,480,W] y) { y = Relu (x) }"
    assert shape_of(found(graph, imgsz="[640, 640]")) == (1, 3, 480, 224)
    assert shape_of(found(graph, imgsz="[480, 640]")) == (1, 3, 480, 640)


def test_a_size_that_contradicts_the_graph_is_dropped() -> None:
    # Anchors of an 8×8 map are added: 64 pixels at stride 8, whatever the metadata state.
    anchors = ",".join(["1.0"] * 64)
    graph = (
        f"g (float[1,1,H,W] x) => (float[] y) <float[1,1,8,8] anchors = {{{anchors}}}> {{"
        " p = MaxPool <kernel_shape=[8,8], strides=[8,8]> (x)  y = Add (p, anchors) }"
    )
    facts = found(graph, imgsz="[640, 640]")
    assert shape_of(facts) == (1, 1, 64, 64)
    assert not any(reason.startswith("metadata") for reason in reasons(facts))


def test_tensors_that_are_no_images_have_no_image_size() -> None:
    graph = "g (float[N,8,past,64] past_key, int64[N,L] ids) => (float[] y) { y = Relu (past_key) }"
    facts = found(graph, imgsz="[640, 640]")
    assert shape_of(facts) == (1, 8, 0, 64)
    assert shape_of(facts, 1) == (1, 128)


def test_a_first_axis_that_is_a_length_is_no_batch() -> None:
    graph = "g (float[seq_len,N,8] x) => (float[] y) { y = Relu (x) }"
    assert shape_of(found(graph, batch="4")) == (1, 128, 8)


def test_counts_that_rest_on_metadata_are_assumed() -> None:
    graph = "g (float[1,1,H,W] x) => (float[] y) <float[1,1,1,1] w = {1.0}> { y = Conv (x, w) }"
    totals = found(graph, imgsz="[20, 30]").totals
    assert totals.macs == 600
    assert totals.certainty is Certainty.ASSUMED


@each(
    "text",
    ["", "[]", "0", "-1", "[640, 0]", "9" * 20, "__import__('os')", "[" * 50, "640.5", "{'a': 1}",
     "[640 640]", "²", "٦٤٠", "1,2,3,4,5,6,7"],
)  # fmt: skip
def test_what_is_no_size_states_nothing(text: str) -> None:
    assert read_hints({"imgsz": text, "batch": text}).image == ()
    assert read_hints({"imgsz": text, "batch": text}).batch is None


def test_a_size_is_looked_for_in_80_characters_of_a_thousand_entries_and_has_24_bits() -> None:
    def image(text: str, before: int = 0) -> tuple[int, ...]:
        return read_hints({**{f"k{n}": "-" for n in range(before)}, "imgsz": text}).image

    assert [image(f"{'[64]':{width}}") for width in (80, 81)] == [(64,), ()]
    assert [image("64", before) for before in (999, 1000)] == [(64,), ()]
    assert [image(str(size)) for size in (1 << 24, (1 << 24) + 1)] == [(1 << 24,), ()]


def test_long_texts_and_many_entries_cost_next_to_nothing() -> None:
    hostile = {f"k{i}": "[" * 1000 + "1," * 100_000 for i in range(50)}
    crafted = {f"c{i}": ("[" + "1," * 80)[:80] for i in range(100_000)}
    found: list[object] = []
    with stopped():
        lines = steps(lambda: found.append(read_hints({**hostile, **crafted}).named))
    assert found == [{}]
    assert lines < LINES


CONV = "g (float[1,1,H,W] x) => (float[] y) <float[1,1,1,1] w = {1.0}> { y = Conv (x, w) }"


def test_a_budget_is_judged_at_the_default_where_the_metadata_state_less() -> None:
    facts = found(CONV, imgsz="[32, 32]")
    assert facts.totals.macs == 32 * 32
    assert facts.ceiling.macs == 224 * 224
    assert "x axis 3 is 32" in facts.ceiling.macs_note
    assert facts.ceiling.activation_bytes == 2 * 4 * 224 * 224


def test_a_size_that_the_user_states_or_that_is_no_smaller_is_believed() -> None:
    assert found(CONV, imgsz="[640, 640]").at_defaults is None
    assert found(CONV, Bindings(dims={"H": 32, "W": 32}), imgsz="[16, 16]").at_defaults is None
    assert found(CONV).ceiling.macs == 224 * 224


def test_a_small_size_that_the_graph_demands_is_believed() -> None:
    # 64 weights of a product read the map of 64 pixels, flattened: nothing else fits.
    graph = (
        "g (float[1,1,H,W] x, float[64,2] w) => (float[] y) "
        "{ p = MaxPool <kernel_shape=[8,8], strides=[8,8]> (x)  f = Flatten (p)  "
        "y = MatMul (f, w) }"
    )
    facts = found(graph, imgsz="64")
    assert facts.totals.macs == facts.ceiling.macs == 128
