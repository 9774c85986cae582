"""Which open axes of inputs are sound, and how many of their steps make a second.

A waveform has no other axes than batch and channels, and something says that it is one: the sample
rate in the file's metadata or an input that takes it, the name of the input or of the axis, samples
of 16 bits, or a convolution of one channel that hops as learned front ends do. A spectrogram has
bins, of which few numbers are in use, and a name, an axis of frames, or a Fourier transform's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from analyzer.facts import Second

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.facts import Dim

RATE_KEYS = ("sample_rate", "sampling_rate", "samplerate", "sr")
"""Entries of metadata, and inputs, that say how many samples of audio make a second."""
HOP_KEYS = ("hop_length", "hop_size")
"""Entries that say how many samples lie between two frames."""
MAX_RATE = 1_000_000
USUAL_RATE = 16_000
"""Samples a second that nearly all models of speech take."""
USUAL_FRAMES = 100
"""Frames a second of the usual hop of 10 ms (Kaldi, Whisper)."""

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
PCM = "int16"
WAVE = frozenset(
    {"audio", "wav", "wavs", "wave", "waveform", "waveforms", "pcm", "speech", "voice"}
)
SAMPLES = WAVE | {"samples"}
SPECTRUM = frozenset({"mel", "mels", "melspec", "spec", "spectrogram", "spectrograms", "fbank",
                      "fbanks", "filterbank", "mfcc", "mfccs", "logmel", "stft"})  # fmt: skip
FRAMES = frozenset({"frame", "frames"})
TIME = frozenset({"t", "time"})
FEATURES = frozenset({"x", "feats", "feat", "features", "input"})
NEITHER = frozenset({"len", "lens", "length", "lengths", "mask", "token", "tokens", "id", "ids",
                     "embed", "embedding", "embeddings", "state", "states", "cache", "past",
                     "hidden"})  # fmt: skip
"""Words in an input's name with which it is something about the sound, or made of it."""
WAVEFORM = "input_values"
"""What models of the transformers library call their waveform."""
MAX_NAME = 200
"""Characters of a name that are looked at."""
BINS = frozenset({13, 20, 26, 39, 40, 64, 80, 96, 120, 128, 160})
"""Coefficients and mel bands in use."""
FOURIER = frozenset({129, 161, 201, 241, 257, 321, 481, 513, 1025})
"""n/2 + 1 bins of transforms of n samples in use; sides of no image."""
CERTAIN_BINS = FOURIER | {40, 80}
CHANNELS = 4
KERNEL, HOP = 8, 4
"""Side and stride from which a convolution of one channel is a front end for sound."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


class FrontEnd(NamedTuple):
    """The convolution that reads an input."""

    channels: int | None
    kernel: int | None
    stride: int


class Sound:
    """What a file says about sound, whichever input it is about.

    Parameters
    ----------
    metadata : ``metadata_props``.
    inputs : names of the graph inputs.
    """

    def __init__(self, metadata: Mapping[str, str], inputs: Collection[str]) -> None:
        self._rate, self._key = _entry(metadata, RATE_KEYS)
        hop, key = _entry(metadata, HOP_KEYS)
        whole = bool(self._rate and hop and self._rate % hop == 0)
        self._frames = self._rate // hop if self._rate and hop and whole else USUAL_FRAMES
        self._frames_key = f"{self._key}, {key}" if whole else ""
        self._asked = any(name.lower() in RATE_KEYS for name in inputs)

    def second(
        self,
        name: str,
        symbol: str,
        axis: int,
        shape: Sequence[Dim],
        dtype: str | None,
        reader: FrontEnd | None,
    ) -> Second | None:
        """Steps of an open axis that make a second; ``None`` where it is not known to be sound.

        Parameters
        ----------
        name, symbol : of the input, and of its axis in the file.
        shape : sizes that are known, ``None`` for the open ones.
        reader : a convolution along one axis that reads the input.
        """
        rank, words = len(shape), _words(name)
        if dtype not in FLOATS | {PCM} or words & NEITHER or (axis == 0 and rank > 1):
            return None
        called = _words(symbol)
        others = [size for place, size in enumerate(shape) if place not in (0, axis)]
        if _is_waveform(rank, axis, others) and (
            self._rate
            or self._asked
            or dtype == PCM
            or words & WAVE
            or called & SAMPLES
            or name == WAVEFORM
            or (rank == 3 and _is_front_end(reader))
        ):
            return Second(self._rate or USUAL_RATE, "samples", self._key)
        bins = [size for size in others if size is None or size > CHANNELS]
        sure = rank == 4 and all(size in (1, 2) for size in others if size not in bins)
        if rank in (3, 4) and len(bins) == 1 and _has_frames(words, called, bins[0], sure):
            return Second(self._frames, "frames", self._frames_key)
        return None


def _is_waveform(rank: int, axis: int, others: Sequence[Dim]) -> bool:
    """Whether there is nothing else than a batch and one or two channels."""
    at_end = axis == rank - 1 or (rank == 3 and axis == 1)
    return rank <= 3 and at_end and all(size in (1, 2) for size in others)


def _is_front_end(reader: FrontEnd | None) -> bool:
    return (
        reader is not None
        and reader.channels == 1
        and (reader.kernel or 0) >= KERNEL
        and reader.stride >= HOP
    )


def _has_frames(words: set[str], called: set[str], bins: int | None, no_picture: bool) -> bool:
    """Whether an axis beside so many bins is one of frames."""
    if bins not in BINS | FOURIER:
        return False
    if words & (SPECTRUM | WAVE) or called & FRAMES:
        return True
    if no_picture:
        return bins in FOURIER
    return bins in CERTAIN_BINS and bool(called & TIME and words & FEATURES)


def _words(text: str) -> set[str]:
    """The words that a name consists of.

    >>> sorted(_words("degraded_audio")), sorted(_words("melSpec1.T"))
    (['audio', 'degraded'], ['mel', 'spec', 't'])
    """
    return {word.lower() for word in _WORDS.findall(text[:MAX_NAME])}


def _entry(metadata: Mapping[str, str], keys: Sequence[str]) -> tuple[int | None, str]:
    """The first of some entries that is a number of samples, and its key."""
    for key in keys:
        text = metadata.get(key, "").strip()
        if text.isascii() and text.isdigit() and len(text) < 8 and 0 < int(text) <= MAX_RATE:
            return int(text), key
    return None, ""
