"""The tables of published networks, by what their papers say about each row."""

from __future__ import annotations

import pytest

from analyzer.patterns.families import classic, mobile, transformer


def test_resnet_depths_count_a_stem_a_classifier_and_the_layers_of_blocks() -> None:
    """He et al. 2015 (arXiv 1512.03385), table 1: two layers a basic block, three a bottleneck."""
    layers = {"basic-residual": 2, "bottleneck": 3}
    assert sorted(classic.RESNET.values()) == [18, 34, 50, 101, 152]
    for (kind, stages), depth in classic.RESNET.items():
        assert depth == 2 + layers[kind] * sum(stages)


def test_vgg_depths_count_convolutions_and_three_layers_of_the_classifier() -> None:
    """Simonyan and Zisserman 2014 (arXiv 1409.1556), table 1."""
    assert sorted(classic.VGG.values()) == [11, 13, 16, 19]
    assert all(depth == sum(stages) + 3 for stages, depth in classic.VGG.items())


def test_densenet_depths_count_two_layers_a_step_three_transitions_stem_and_classifier() -> None:
    """Huang et al. 2016 (arXiv 1608.06993), table 1."""
    assert sorted(classic.DENSENET.values()) == [121, 161, 169, 201]
    assert all(depth == 2 * sum(stages) + 5 for stages, depth in classic.DENSENET.items())


def test_convnext_sizes_have_18_or_36_blocks_and_their_published_widths() -> None:
    """Liu et al. 2022 (arXiv 2201.03545), section 3."""
    found = {size: (sum(stages), width) for (stages, width), size in classic.CONVNEXT.items()}
    assert found == {"T": (18, 96), "S": (36, 96), "B": (36, 128), "L": (36, 192), "XL": (36, 256)}


def test_inception_modules_have_four_branches_but_for_the_two_that_halve_the_map() -> None:
    assert {name: len(branches) for name, branches in classic.INCEPTION.items()} == {
        "GoogLeNet": 9,
        "BN-Inception": 10,
    }
    assert [sum(branches) for branches in classic.INCEPTION.values()] == [36, 38]


@pytest.mark.parametrize(
    ("size", "millions"), [("Ti", 5.7), ("S", 22), ("B", 86), ("L", 307), ("H", 632)]
)
def test_vit_sizes_have_their_published_parameters(size: str, millions: float) -> None:
    """12 · layers · width² of attention and MLP, beside Dosovitskiy et al. 2020 and DeiT."""
    ((layers, width),) = [row for row, name in transformer.VIT.items() if name == size]
    assert 12 * layers * width**2 / 1e6 == pytest.approx(millions, rel=0.08)


def test_efficientnet_coefficients_are_those_of_the_reference_implementation() -> None:
    b = {1: (1.0, 1.1), 4: (1.4, 1.8), 7: (2.0, 3.1)}
    assert len(mobile.COMPOUND) == 8
    assert {n: mobile.COMPOUND[n] for n in b} == b
    for narrow, wide in zip(mobile.COMPOUND, mobile.COMPOUND[1:], strict=False):
        assert narrow[0] <= wide[0]
        assert narrow[1] < wide[1]


def test_mobilenet_v3_has_15_and_11_bnecks_that_halve_the_map_four_times() -> None:
    """Howard et al. 2019 (arXiv 1905.02244), tables 1 and 2; the stem halves it, too."""
    for rows, count, gated in ((mobile.V3_LARGE, 15, 8), (mobile.V3_SMALL, 11, 9)):
        assert len(rows) == count
        assert sum(gate for _, _, gate, _ in rows) == gated
        assert sum(stride == 2 for *_, stride in rows) == 4
