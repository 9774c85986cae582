"""Names, sizes and metadata by which an open axis is sound, each by itself, and their bounds.

Names are those of exported speech models; bins are n/2 + 1 of Fourier transforms in use, and the
mel bands and coefficients of Kaldi, Whisper, HiFi-GAN and their kin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from analyzer.facts import Second
from analyzer.shapes.sound import FrontEnd, Sound
from tests.each import each

BATCH_TIME = (None, None)


def second(
    name: str = "x",
    shape: Sequence[int | None] = BATCH_TIME,
    *,
    symbol: str = "n",
    axis: int = 1,
    dtype: str | None = "float32",
    reader: FrontEnd | None = None,
    metadata: Mapping[str, str] = {},
    inputs: Sequence[str] = (),
) -> Second | None:
    return Sound(metadata, inputs).second(name, symbol, axis, shape, dtype, reader)


SPEECH, FRAMES = Second(16000, "samples", ""), Second(100, "frames", "")


def test_each_name_of_a_waveform_is_one() -> None:
    words = "audio wav wavs wave waveform waveforms pcm speech voice input_values".split()
    assert {word: second(word) for word in words} == dict.fromkeys(words, SPEECH)
    assert second("input_value") is None
    assert second("sound") is None


def test_each_name_of_an_axis_of_samples_is_one() -> None:
    words = "audio wav wavs wave waveform waveforms pcm speech voice samples".split()
    assert {word: second(symbol=word) for word in words} == dict.fromkeys(words, SPEECH)
    assert second("samples") is None


def test_each_name_of_what_is_made_of_sound_is_none() -> None:
    words = ("len lens length lengths mask token tokens id ids embed embedding embeddings state "
             "states cache past hidden").split()  # fmt: skip
    assert [word for word in words if second(f"audio_{word}") is not None] == []
    assert second("audio_other") == SPEECH


def test_each_name_of_a_spectrogram_is_one_where_its_bins_are_in_use() -> None:
    words = ("mel mels melspec spec spectrogram spectrograms fbank fbanks filterbank mfcc mfccs "
             "logmel stft audio speech").split()  # fmt: skip
    shape = (None, None, 64)
    assert {word: second(word, shape) for word in words} == dict.fromkeys(words, FRAMES)
    for symbol in ("frame", "frames"):
        assert second("x", shape, symbol=symbol) == FRAMES
    assert second("x", shape) is None


def test_bins_are_those_in_use_and_no_others() -> None:
    used = {13, 20, 26, 39, 40, 64, 80, 96, 120, 128, 160}
    used |= {129, 161, 201, 241, 257, 321, 481, 513, 1025}
    near = used | {size + step for size in used for step in (-1, 1)}
    assert {size for size in near if second("mel", (None, None, size))} == used


def test_a_time_axis_of_features_needs_bins_that_nothing_else_has() -> None:
    certain = {40, 80, 129, 161, 201, 241, 257, 321, 481, 513, 1025}
    found = {
        size for size in certain | {13, 20, 26, 39, 64, 96, 120, 128, 160}
        if second("x", (None, None, size), symbol="T")
    }  # fmt: skip
    assert found == certain
    names = "x feats feat features input".split()
    assert [name for name in names if second(name, (None, None, 80), symbol="time")] == names
    assert second("y", (None, None, 80), symbol="time") is None
    assert second("x", (None, None, 80), symbol="steps") is None


@pytest.mark.parametrize(
    ("shape", "axis", "found"),
    [
        ((None,), 0, SPEECH),
        ((None, None), 0, None),  # a batch
        ((None, None), 1, SPEECH),
        ((None, 1, None), 2, SPEECH),
        ((None, 2, None), 2, SPEECH),
        ((None, 3, None), 2, None),
        ((None, None, 1), 1, SPEECH),
        ((None, None, 3), 1, None),
        ((None, None, 1), 2, None),
        ((None, 1, 1, None), 3, None),
    ],
)
def test_a_waveform_has_a_batch_and_two_channels_at_most(
    shape: Sequence[int | None], axis: int, found: Second | None
) -> None:
    assert second("audio", shape, axis=axis) == found


@pytest.mark.parametrize(
    ("shape", "axis", "found"),
    [
        ((None, 1, None, 257), 2, True),  # no picture has that side
        ((None, 2, None, 257), 2, True),
        ((None, 3, None, 257), 2, False),
        ((None, 1, None, 80), 2, False),
        ((None, 4, None, 80), 2, False),
        ((None, 257, None, 4), 2, False),
        ((None, 257, None), 2, False),
        ((None, 257, None, 2, 1), 2, False),
    ],
)
def test_four_axes_are_a_spectrogram_where_their_side_is_a_transforms(
    shape: Sequence[int | None], axis: int, found: bool
) -> None:
    assert (second("x", shape, axis=axis) == FRAMES) == found


def test_channels_of_a_picture_are_no_bins() -> None:
    for channels, found in ((3, FRAMES), (4, FRAMES), (5, None)):
        assert second("mel", (None, channels, None, 80), axis=2) == found


def test_samples_are_floats_or_of_16_bits() -> None:
    kinds = "float16 bfloat16 float32 float64 int16".split()
    assert [kind for kind in kinds if second("audio", dtype=kind)] == kinds
    for kind in ("int8", "int32", "int64", "uint8", None):
        assert second("audio", dtype=kind) is None
    assert [kind for kind in kinds if second("x", dtype=kind)] == ["int16"]


@pytest.mark.parametrize(
    ("reader", "found"),
    [
        (FrontEnd(1, 8, 4), True),
        (FrontEnd(1, 7, 4), False),
        (FrontEnd(1, 8, 3), False),
        (FrontEnd(2, 8, 4), False),
        (FrontEnd(None, 8, 4), False),
        (FrontEnd(1, None, 4), False),
        (None, False),
    ],
)
def test_a_learned_front_end_hops_over_one_channel(reader: FrontEnd | None, found: bool) -> None:
    assert (second("x", (None, 1, None), axis=2, reader=reader) == SPEECH) == found
    assert second("x", reader=reader) is None


@each(
    ("metadata", "samples", "frames"),
    [
        ({}, SPEECH, FRAMES),
        *(({key: "8000"}, Second(8000, "samples", key), FRAMES)
          for key in ("sample_rate", "sampling_rate", "samplerate", "sr")),
        *(({"sr": "8000", key: "160"}, Second(8000, "samples", "sr"),
           Second(50, "frames", f"sr, {key}")) for key in ("hop_length", "hop_size")),
        ({"sr": "8000", "hop_size": "300"}, Second(8000, "samples", "sr"), FRAMES),
        ({"hop_size": "160"}, SPEECH, FRAMES),
        ({"sr": " 8000 "}, Second(8000, "samples", "sr"), FRAMES),
        ({"sr": "1000000"}, Second(1000000, "samples", "sr"), FRAMES),
        ({"sr": "1000001"}, SPEECH, FRAMES),
        ({"sr": "0"}, SPEECH, FRAMES),
        ({"sr": "1"}, Second(1, "samples", "sr"), FRAMES),
        ({"sr": "0016000"}, Second(16000, "samples", "sr"), FRAMES),
        ({"sr": "00016000"}, SPEECH, FRAMES),
        ({"sr": "8 kHz"}, SPEECH, FRAMES),
        ({"sr": "٨٠٠٠"}, SPEECH, FRAMES),
        ({"sr": "8000", "sample_rate": "bad"}, Second(8000, "samples", "sr"), FRAMES),
    ],
)  # fmt: skip
def test_rate_and_hop_are_what_the_metadata_says(
    metadata: Mapping[str, str], samples: Second, frames: Second
) -> None:
    assert second("audio", metadata=metadata) == samples
    assert second("mel", (None, None, 80), metadata=metadata) == frames


def test_a_stated_rate_or_an_input_for_it_makes_any_two_axes_sound() -> None:
    assert second("x") is None
    assert second("x", metadata={"sr": "8000"}) == Second(8000, "samples", "sr")
    for name in ("sample_rate", "SAMPLE_RATE", "sr", "Sr"):
        assert second("x", inputs=(name,)) == SPEECH
    assert second("x", inputs=("rate",)) is None
