"""Which open axes are sound, and what a second of it is."""

from __future__ import annotations

import pytest
from onnx import TensorProto, helper

from analyzer.facts import Assumption, Second
from analyzer.shapes.stated import Bindings
from tests.golden.text import facts_of


def bound(
    shape: list[str | int],
    name: str = "x",
    kind: int = TensorProto.FLOAT,
    beside: str = "",
    metadata: dict[str, str] | None = None,
    **dims: int,
) -> Assumption:
    """What is assumed of the last open axis of an input, ``beside`` another one."""
    value = helper.make_tensor_value_info
    inputs = [value(name, kind, shape)]
    inputs += [value(beside, TensorProto.INT64, [])] if beside else []
    graph = helper.make_graph(
        [helper.make_node("Identity", [name], ["y"])], "g", inputs, [value("y", kind, None)]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    helper.set_model_props(model, metadata or {})
    return facts_of(model, Bindings(dims=dims)).assumptions[-1]


SPEECH = Second(16_000, "samples", "")
FRAMES = Second(100, "frames", "")


@pytest.mark.parametrize(
    ("shape", "name", "second"),
    [
        (["N", "T"], "audio", SPEECH),
        (["N", 1, "T"], "noisy_wav", SPEECH),
        (["N", "T", 1], "waveform", SPEECH),
        (["T"], "pcm", SPEECH),
        (["N", "samples"], "x", SPEECH),
        (["N", "sequence_length"], "input_values", SPEECH),
        (["N", 80, "T"], "mel", FRAMES),
        (["N", "T", 80], "x", FRAMES),
        (["N", 3, "frames", 160], "x", FRAMES),
        (["N", 1, "a", 257], "x", FRAMES),
    ],
)
def test_sound_is_told_by_names_and_bins(shape: list[str | int], name: str, second: Second) -> None:
    found = bound(shape, name)
    assert (found.value, found.second) == (second.steps, second)
    assert found.reason == f"default: a second of sound, {second.steps} steps in most models"


@pytest.mark.parametrize(
    ("shape", "name", "size"),
    [
        (["N", "T"], "x", 128),
        (["N", "T"], "audio_mask", 128),
        (["N", "T", 512], "speech", 128),  # hidden states, not bins
        (["N", "T", 768], "frames", 128),
        (["N", 3, 48, "W"], "x", 224),  # a line of text
        (["N", 1, 64, "W"], "x", 224),
        (["N", 3, 513, "W"], "x", 224),  # a picture of an odd side
        (["N", 3, "H", "W"], "mel", 224),
    ],
)
def test_what_is_not_surely_sound_is_none(shape: list[str | int], name: str, size: int) -> None:
    found = bound(shape, name)
    assert (found.value, found.second) == (size, None)


def test_whole_numbers_are_no_sound_but_of_16_bits() -> None:
    assert bound(["N", "T"], "speech", TensorProto.INT64).second is None
    assert bound(["N", "T"], "x", TensorProto.INT16).second == SPEECH


def test_an_input_that_takes_the_rate_tells_that_another_is_sound() -> None:
    assert bound(["N", "T"], beside="sr").second == SPEECH
    assert bound(["N", "T"], beside="size").second is None


def test_the_metadata_state_the_rate_and_the_hop() -> None:
    stated = {"sample_rate": "24000", "hop_length": "300"}
    found = bound(["N", "T"], metadata=stated)
    assert (found.value, found.second) == (24_000, Second(24_000, "samples", "sample_rate"))
    assert found.reason.endswith("24000 steps (metadata sample_rate)")
    frames = bound(["N", 80, "frames"], metadata=stated)
    assert frames.second == Second(80, "frames", "sample_rate, hop_length")
    uneven = bound(["N", 80, "frames"], metadata={"sample_rate": "24000", "hop_length": "256"})
    assert uneven.second == FRAMES
    assert bound(["N", "T"], metadata={"sample_rate": "fast"}).second is None


def test_sound_of_a_stated_length_is_sound_all_the_same() -> None:
    found = bound(["N", "samples"], samples=48_000)
    assert (found.value, found.reason, found.second) == (48_000, "--dim", SPEECH)
