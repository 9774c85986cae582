"""Nine real networks of the onnx wheel, counted exactly."""

from __future__ import annotations

import pytest

from analyzer.facts import Certainty
from tests.wheel import light

MACS = {
    "resnet50": 4_089_184_256,  # torchvision's 4.09 GMACs
    "vgg19": 19_632_062_464,  # torchvision's 19.63 GMACs
    "densenet121": 2_834_161_664,  # torchvision's 2.83 GMACs
    "squeezenet": 349_151_936,  # torchvision's SqueezeNet 1.1, 0.349 GMACs
    "inception_v1": 1_431_556_352,
    "inception_v2": 2_018_851_840,
    "shufflenet": 124_664_528,
    "bvlc_alexnet": 654_560_384,
    "zfnet512": 1_481_727_008,
}
"""Multiply-accumulates as ONNX Runtime's own tensor shapes give them, batch 1, 224×224."""
PARAMETERS = {
    "resnet50": 25_557_032,  # torchvision
    "squeezenet": 1_235_496,  # torchvision, SqueezeNet 1.1
    "vgg19": 143_667_240,  # torchvision
    "bvlc_alexnet": 60_965_224,  # Caffe model zoo, two groups in conv2, conv4, conv5
}


@pytest.mark.parametrize("name", MACS)
def test_macs_are_exact(name: str) -> None:
    totals = light(name).totals
    assert (totals.macs, totals.certainty, totals.complete) == (MACS[name], Certainty.EXACT, True)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_published_ones(name: str) -> None:
    assert light(name).parameters.weights == PARAMETERS[name]


@pytest.mark.parametrize("name", MACS)
def test_peak_memory_is_known(name: str) -> None:
    memory = light(name).memory
    assert memory.certainty is Certainty.EXACT
    assert memory.peak_bytes is not None
    assert memory.peak_bytes == sum(tensor.bytes or 0 for tensor in memory.alive)


def test_vgg19_peaks_between_the_first_two_convolutions() -> None:
    # conv1_1's output is alive while its ReLU (or conv1_2) writes: 2 · 64 · 224² · 4 bytes
    assert light("vgg19").memory.peak_bytes == 2 * 64 * 224**2 * 4
