"""What each open axis is taken to be, by its place, its name and what reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from onnx import numpy_helper

from analyzer.facts import Assumption, Second
from analyzer.graph.program import build_program
from analyzer.shapes import bindings
from analyzer.shapes.bindings import bind, sizes_of_symbols
from analyzer.shapes.sound import FrontEnd, Sound
from analyzer.shapes.stated import Bindings
from analyzer.shapes.types import Type
from tests.each import each
from tests.golden.text import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

Dims = tuple[int | None, ...]


def bound(
    inputs: str, body: str = "y = Identity (x)", stated: Bindings = Bindings(), most: int = 1000,
    weights: Mapping[str, tuple[int, ...]] = {},
) -> bindings.Bound:  # fmt: skip
    model = parse(f"g ({inputs}) => (float[] y) {{ {body} }}")
    for name, shape in weights.items():
        model.graph.initializer.append(numpy_helper.from_array(np.ones(shape, np.float32), name))
    return bind(build_program(model, {"": 17}), stated, most)


@each(
    ("declared", "shape"),
    [
        # the first of several axes is the batch, the others are steps up to three of them
        ("a", (128,)), ("a,b", (1, 128)), ("a,b,c", (1, 128, 128)),
        ("a,b,c,d", (1, 3, 224, 224)), ("a,b,c,d,e", (1, 1, 1, 1, 1)),
        # an image has its channels second, or last where they are 1, 3 or 4 there alone
        ("a,b,c,1", (1, 224, 224, 1)), ("a,b,c,3", (1, 224, 224, 3)),
        ("a,b,c,4", (1, 224, 224, 4)), ("a,b,c,2", (1, 3, 224, 2)), ("a,b,c,5", (1, 3, 224, 5)),
        ("a,1,c,3", (1, 1, 224, 3)), ("a,3,c,4", (1, 3, 224, 4)), ("a,4,c,1", (1, 4, 224, 1)),
        ("a,2,c,3", (1, 2, 224, 3)), ("a,5,c,d", (1, 5, 224, 224)),
        # names of axes
        ("7,batch,c", (7, 1, 128)), ("7,BATCH_size,c", (7, 1, 128)),
        ("7,batch_len,c", (7, 128, 128)),
        ("7,batch_seq,c", (7, 128, 128)), ("7,past,c", (7, 0, 128)), ("past_batch,3", (0, 3)),
    ],
)  # fmt: skip
def test_an_open_axis_is_what_its_place_and_its_name_say(declared: str, shape: Dims) -> None:
    assert bound(f"float[{declared}] x").types["x"].shape == shape


@pytest.mark.parametrize(
    ("declared", "shape"),
    [("a,b,c,d", (1, 1, 0, 1)), ("a,b,c", (1, 0, 1)), ("a,b", (1, 1)),
     ("2,a,b,c,d", (2, 1, 1, 0, 1))],
)  # fmt: skip
def test_what_is_past_is_empty_along_its_last_axis_but_one(declared: str, shape: Dims) -> None:
    found = bound(f"float[{declared}] Past_0", "y = Identity (Past_0)")
    assert found.types["Past_0"].shape == shape


@each(
    ("declared", "body", "weights", "shape"),
    [
        ("a,b,c", "y = Conv (x, w)", {"w": (8, 5, 3)}, (1, 5, 128)),
        ("a,b,c,d", "y = Conv (x, w)", {"w": (8, 5, 3)}, (1, 3, 224, 224)),
        ("a,b", "y = Conv (x, w)", {"w": (8, 5)}, (1, 128)),
        ("a,b,c,d", "y = Conv <group = 2> (x, w)", {"w": (8, 5, 3, 3)}, (1, 10, 224, 224)),
        ("a,b,c,d", "y = Conv <group = 0> (x, w)", {"w": (8, 5, 3, 3)}, (1, 3, 224, 224)),
        ("a,b,c,d", "y = Conv <group = -1> (x, w)", {"w": (8, 5, 3, 3)}, (1, 3, 224, 224)),
        ("a,b,c,d", "y = Conv (x, w)", {"w": (8, 0, 3, 3)}, (1, 3, 224, 224)),
        ("a,b,c", "y = MatMul (x, w)", {"w": (33, 9)}, (1, 128, 33)),
        ("a,b", "y = MatMul (x, w)", {"w": (33, 9)}, (1, 33)),
        ("a,b", "y = MatMul (x, w)", {"w": (2, 33, 9)}, (1, 128)),
        ("a", "y = MatMul (x, w)", {"w": (33, 9)}, (128,)),
        ("a,b", "y = Gemm (x, w)", {"w": (33, 9)}, (1, 33)),
        ("a,b", "y = Gemm <transB = 1> (x, w)", {"w": (33, 9)}, (1, 9)),
        ("a,b", "y = Gemm <transA = 1> (x, w)", {"w": (33, 9)}, (1, 128)),
        ("a,b", "y = Gemm (x, w)", {"w": (33,)}, (1, 128)),
        ("a,b,c", "y = Gemm (x, w)", {"w": (33, 9)}, (1, 128, 128)),
        ("a,b", "y = Add (x, w)", {"w": (33, 9)}, (1, 128)),
        # the first reader that dictates any
        ("a,b", "z = Gemm (x, v) y = Gemm (x, w)", {"v": (7, 9), "w": (33, 9)}, (1, 7)),
        ("a,b", "z = MatMul (x, v) y = Gemm (x, w)", {"v": (7,), "w": (33, 9)}, (1, 33)),
        ("a,b", "y = MatMul (w, x)", {"w": (33, 9)}, (1, 128)),
    ],
)  # fmt: skip
def test_weights_say_the_sizes_that_they_are_multiplied_with(
    declared: str, body: str, weights: dict[str, tuple[int, ...]], shape: Dims
) -> None:
    assert bound(f"float[{declared}] x", body, weights=weights).types["x"].shape == shape


def test_symbols_that_mean_one_size_are_told() -> None:
    def assumed(dim: str, value: int, axis: int = 0) -> Assumption:
        return Assumption("x", axis, dim, value, "default")

    assert sizes_of_symbols([assumed("N", 1), assumed("T", 128), assumed("N", 1)]) == {
        "N": 1, "T": 128,
    }  # fmt: skip
    assert sizes_of_symbols([assumed("N", 1), assumed("T", 2), assumed("T", 3)]) == {"N": 1}
    assert sizes_of_symbols([assumed("?", 1), assumed("", 2), assumed("None", 3)]) == {}


def test_as_many_sizes_are_guessed_as_the_limit_allows() -> None:
    inputs = "float[a,b] x, float[c,d] z"
    assert [a.value for a in bound(inputs, most=4).assumptions] == [1, 128, 1, 128]
    cut = bound(inputs, most=3)
    assert (cut.types["x"].shape, cut.types["z"].shape) == ((1, 128), (None, None))
    assert [(p.code, p.where) for p in cut.problems] == [("assumption-limit", "z")]
    assert cut.problems[0].message == (
        "too many dimensions are open (limit assumptions = 3); the rest has unknown sizes"
    )
    assert [p.where for p in bound(inputs, most=1).problems] == ["x"]


def test_nothing_is_guessed_where_nobody_wants_it() -> None:
    found = bound("float[a,3] x", stated=Bindings(assume=False))
    assert (found.types["x"].shape, found.assumptions) == ((None, 3), [])


def test_the_file_s_own_shapes_hold_where_no_size_is_another() -> None:
    for shape, same in (((2, 3), True), ((2, 4), False)):
        assert bound("float[2,3] x", stated=Bindings(shapes={"x": shape})).as_declared is same


def test_what_is_stated_beside_the_inputs_names_those_that_are_there() -> None:
    many = ", ".join(f"float[a{i}] x{i}" for i in range(9))
    wrong = bound(many, "y = Identity (x0)", Bindings(shapes={"z": (1,)}, dims={"q": 1}))
    assert [(p.code, p.where, p.inconclusive) for p in wrong.problems] == [
        ("unknown-input", "z", False), ("unknown-dimension", "q", False),
    ]  # fmt: skip
    eight = ", ".join(f"x{i}" for i in range(8))
    assert wrong.problems[0].message.endswith(f"inputs are {eight}")
    assert wrong.problems[1].message.endswith("open are " + eight.replace("x", "a"))
    none = bound("", "y = Constant <value_int = 1> ()", Bindings(shapes={"z": (1,)}))
    assert none.problems[0].message.endswith("inputs are none")
    series = bound("seq(float[2]) x", stated=Bindings(shapes={"x": (2,)}))
    assert [p.message for p in series.problems] == [
        "--shape states sizes of an input that is no tensor; they are ignored"
    ]


SPEECH = Second(16_000, "samples", "")
FRAMES = Second(100, "frames", "")
Asked = tuple[str, str, int, list[int | None], str, FrontEnd | None]
LEARNED = FrontEnd(1, 8, 4)
OPEN = None
SOUND: list[tuple[Asked, Second | None]] = [
    # a waveform: a batch, at most two channels, and the samples last (or second of three)
    (("audio", "", 1, [OPEN, OPEN], "float32", None), SPEECH),
    (("audio", "", 0, [OPEN, OPEN], "float32", None), None),
    (("audio", "", 0, [OPEN], "float32", None), SPEECH),
    (("audio", "", 2, [OPEN, 1, OPEN], "float32", None), SPEECH),
    (("audio", "", 2, [OPEN, 2, OPEN], "float16", None), SPEECH),
    (("audio", "", 2, [OPEN, 3, OPEN], "float32", None), None),
    (("audio", "", 1, [OPEN, OPEN, 1], "float32", None), SPEECH),
    (("audio", "", 1, [OPEN, OPEN, 1, 1], "float32", None), None),
    (("audio", "", 3, [OPEN, 1, 1, OPEN], "float32", None), None),
    (("audio", "", 1, [OPEN, OPEN], "int64", None), None),
    (("audio", "", 1, [OPEN, OPEN], "int16", None), SPEECH),
    (("audio_length", "", 1, [OPEN, OPEN], "float32", None), None),
    (("x", "", 1, [OPEN, OPEN], "int16", None), SPEECH),
    (("x", "", 1, [OPEN, OPEN], "float32", None), None),
    (("x", "samples", 1, [OPEN, OPEN], "float32", None), SPEECH),
    (("x", "wave", 1, [OPEN, OPEN], "float32", None), SPEECH),
    (("samples", "", 1, [OPEN, OPEN], "float32", None), None),
    (("input_values", "", 1, [OPEN, OPEN], "float32", None), SPEECH),
    # a convolution of one channel that hops by 4 or more with a kernel of 8 or more
    (("x", "", 2, [OPEN, 1, OPEN], "float32", LEARNED), SPEECH),
    (("x", "", 2, [OPEN, 1, OPEN], "float32", LEARNED._replace(channels=2)), None),
    (("x", "", 2, [OPEN, 1, OPEN], "float32", LEARNED._replace(kernel=7)), None),
    (("x", "", 2, [OPEN, 1, OPEN], "float32", LEARNED._replace(kernel=None)), None),
    (("x", "", 2, [OPEN, 1, OPEN], "float32", LEARNED._replace(stride=3)), None),
    (("x", "", 1, [OPEN, OPEN], "float32", LEARNED), None),
    # a spectrogram: bins in use and a name, an axis of frames, or a Fourier transform's bins
    (("mel", "", 2, [OPEN, 64, OPEN], "float32", None), FRAMES),
    (("mel", "", 2, [OPEN, 65, OPEN], "float32", None), None),
    (("mel", "", 1, [OPEN, OPEN], "float32", None), None),
    (("mel", "", 3, [OPEN, 1, 64, OPEN], "float32", None), FRAMES),
    (("mel", "", 3, [OPEN, 4, 64, OPEN], "float32", None), FRAMES),
    (("mel", "", 3, [OPEN, 5, 64, OPEN], "float32", None), None),
    (("mel", "", 4, [OPEN, 1, 1, 64, OPEN], "float32", None), None),
    (("x", "frames", 2, [OPEN, 64, OPEN], "float32", None), FRAMES),
    (("x", "time", 2, [OPEN, 80, OPEN], "float32", None), FRAMES),
    (("x", "time", 2, [OPEN, 257, OPEN], "float32", None), FRAMES),
    (("x", "time", 2, [OPEN, 64, OPEN], "float32", None), None),
    (("y", "time", 2, [OPEN, 80, OPEN], "float32", None), None),
    (("x", "n", 2, [OPEN, 80, OPEN], "float32", None), None),
    (("x", "", 2, [OPEN, 257, OPEN], "float32", None), None),
    (("x", "", 3, [OPEN, 1, 257, OPEN], "float32", None), FRAMES),
    (("x", "", 3, [OPEN, 2, 257, OPEN], "float32", None), FRAMES),
    (("x", "", 3, [OPEN, 3, 257, OPEN], "float32", None), None),
    (("x", "", 3, [OPEN, 1, 80, OPEN], "float32", None), None),
]


def test_sound_is_told_from_all_else() -> None:
    said = Sound({}, ["x"])
    found = {i: said.second(*asked) for i, (asked, _) in enumerate(SOUND)}
    assert found == {i: second for i, (_, second) in enumerate(SOUND)}


@each(
    ("stated", "rate", "frames"),
    [
        ({"sample_rate": "8000"}, 8000, 100), ({"sr": " 44100 "}, 44_100, 100),
        ({"sampling_rate": "22050", "sr": "8000"}, 22_050, 100),
        ({"sample_rate": "1000000"}, 1_000_000, 100), ({"sample_rate": "1000001"}, None, 100),
        ({"sample_rate": "0"}, None, 100), ({"sample_rate": "-8000"}, None, 100),
        ({"sample_rate": "8e3"}, None, 100), ({"sample_rate": "00000001"}, None, 100),
        ({"sample_rate": "8000", "hop_size": "80"}, 8000, 100),
        ({"sample_rate": "8000", "hop_length": "200"}, 8000, 40),
        ({"sample_rate": "8000", "hop_length": "300"}, 8000, 100),
        ({"hop_length": "200"}, None, 100),
    ],
)  # fmt: skip
def test_rate_and_hop_are_whole_numbers_of_the_metadata(
    stated: dict[str, str], rate: int | None, frames: int
) -> None:
    said = Sound(stated, ["x"])
    wave = said.second("x", "", 1, [OPEN, OPEN], "float32", None)
    assert (wave.steps if wave else None) == rate
    found = said.second("mel", "", 2, [OPEN, 80, OPEN], "float32", None)
    assert found is not None
    assert found.steps == frames


@pytest.mark.parametrize(
    ("attributes", "front"),
    [("", 1), ("<strides = [4]>", 4), ("<strides = [4, 9]>", 4)],
)
def test_the_stride_of_a_front_end_is_its_first(attributes: str, front: int) -> None:
    program = build_program(
        parse("g (float[a,1,b] x, float[8,1,9] w) => (float[] y) "
              f"{{ y = Conv {attributes} (x, w) }}"),
        {"": 17},
    )  # fmt: skip
    (op,) = program.main.ops
    assert bindings._front_end(op, (8, 1, 9)) == FrontEnd(1, 9, front)


@pytest.mark.parametrize(("line", "shape", "front"), [
    ("Conv <strides = [5]> (x, w)", (8, 1, 10), FrontEnd(1, 10, 5)),
    ("Conv (x, w)", (8, 1, 10, 1), None),
    ("MatMul (x, w)", (8, 1, 10), None),
    ("Gemm (x, w)", (8, 10), None),
])  # fmt: skip
def test_a_front_end_is_a_convolution_along_time(
    monkeypatch: pytest.MonkeyPatch, line: str, shape: tuple[int, ...], front: FrontEnd | None
) -> None:
    seen = []
    monkeypatch.setattr(Sound, "second", lambda _, *given: seen.append(given[-1]))
    weight = ",".join(map(str, shape))
    program = build_program(
        parse(f"g (float[a,1,b] x, float[{weight}] w) => (float[] y) {{ y = {line} }}"), {"": 17}
    )
    (op,) = program.main.ops
    proto = program.main.input_types["x"]
    declared = Type("float32", (None, 1, None))
    assert bindings._seconds(Sound({}, ["x"]), "x", proto, declared, [(op, shape)]) == {}
    assert seen == [front, front]
