"""Blocks of published networks: how many the papers say there are, whoever exported them."""

from __future__ import annotations

from collections import Counter

import pytest

from analyzer.facts import Facts
from analyzer.patterns import recognise
from samples.build_mobilenet_v1 import Variant
from samples.build_mobilenet_v1 import build as build_v1
from tests.patterns.builders import Net, facts
from tests.patterns.mobile_nets import (
    efficientnet_b0,
    ghostnet,
    mobilenet_v2,
    mobilenet_v3_large,
    shufflenet_v2,
)
from tests.patterns.other_nets import (
    bert_base,
    convnext_tiny,
    gpt,
    resnet,
    resnet_v2_50,
    token_net,
    vgg16,
    vit_b16,
)
from tests.wheel import light


def kinds(found: Facts) -> dict[str, int]:
    return dict(Counter(block.kind for block in found.blocks))


def true(found: Facts, kind: str, name: str) -> int:
    return sum(bool(b.detail[name]) for b in found.blocks if b.kind == kind)


def architecture(found: Facts) -> str | None:
    nodes = {node.id: node for node in found.nodes}
    known = recognise(found.graph, nodes, found.blocks, found.inputs)
    return known.detail if known else None


@pytest.mark.parametrize(
    ("alpha", "side", "name"),
    [
        (1.0, 224, "MobileNetV1, α = 1, 224×224, 28 weighted layers"),
        (0.5, 160, "MobileNetV1, α = 0.5, 160×160, 28 weighted layers"),
        (0.25, 128, "MobileNetV1, α = 0.25, 128×128, 28 weighted layers"),
    ],
)
def test_mobilenet_v1_has_13_separable_blocks(alpha: float, side: int, name: str) -> None:
    found = facts(build_v1(alpha, side))
    assert kinds(found) == {"separable": 13}
    assert architecture(found) == name


def test_shallow_mobilenet_v1_has_8_separable_blocks() -> None:
    found = facts(build_v1(variant=Variant.SHALLOW))
    assert kinds(found) == {"separable": 8}
    assert architecture(found) == "MobileNetV1, shallow, α = 1, 224×224, 18 weighted layers"


def test_mobilenet_with_standard_convolutions_has_no_block_and_no_name() -> None:
    found = facts(build_v1(variant=Variant.STANDARD))
    assert kinds(found) == {}
    assert architecture(found) is None
    assert len(found.separable.candidates) == 14  # the stem too; rules leave it alone


@pytest.mark.parametrize("norm", ["op", "decomposed", "folded"])
@pytest.mark.parametrize("qdq", [False, True])
def test_mobilenet_v2_has_17_inverted_residuals_10_of_them_residual(norm: str, qdq: bool) -> None:
    net = Net(norm=norm, qdq=qdq)
    found = net.facts(mobilenet_v2(net))
    assert kinds(found) == {"inverted-residual": 17}
    assert true(found, "inverted-residual", "residual") == 10
    assert [b.detail["expansion"] for b in found.blocks] == [1] + [6] * 16
    assert found.totals.macs == 300_774_272
    assert architecture(found) == "MobileNetV2, α = 1, 224×224, 53 weighted layers"


@pytest.mark.parametrize(
    ("alpha", "macs"), [(0.75, 209_069_792), (0.5, 97_131_840), (1.4, 582_195_824)]
)
def test_mobilenet_v2_width_is_recovered_from_rounded_channels(alpha: float, macs: int) -> None:
    net = Net()
    found = net.facts(mobilenet_v2(net, alpha))
    assert found.totals.macs == macs
    assert architecture(found) == f"MobileNetV2, α = {alpha:g}, 224×224, 53 weighted layers"


@pytest.mark.parametrize("activations", ["op", "decomposed"])
def test_mobilenet_v3_large_has_15_bnecks_8_of_them_gated(activations: str) -> None:
    net = Net(activations=activations)
    found = net.facts(mobilenet_v3_large(net))
    assert kinds(found) == {"inverted-residual": 15}
    assert true(found, "inverted-residual", "squeeze_excite") == 8
    assert architecture(found) == "MobileNetV3-Large, α = 1, 224×224, 64 weighted layers"


@pytest.mark.parametrize("norm", ["op", "folded"])
def test_efficientnet_b0_has_16_mbconvs_all_gated(norm: str) -> None:
    net = Net(norm=norm)
    found = net.facts(efficientnet_b0(net))
    assert kinds(found) == {"inverted-residual": 16}
    assert true(found, "inverted-residual", "squeeze_excite") == 16
    assert found.totals.macs == 385_814_752
    assert (architecture(found) or "").startswith("EfficientNet-B0, 224×224")


def test_ghostnet_has_32_ghost_modules_and_5_separable_shortcuts() -> None:
    net = Net(activations="decomposed")
    found = net.facts(ghostnet(net))
    assert kinds(found) == {"ghost-module": 32, "separable": 5, "squeeze-excite": 7}
    assert (architecture(found) or "").startswith("GhostNet, α = 1, 224×224")


def test_ghostnet_v2_is_told_from_the_first_by_its_attention() -> None:
    net = Net()
    found = net.facts(ghostnet(net, attention=True))
    assert kinds(found)["ghost-module"] == 32
    assert (architecture(found) or "").startswith("GhostNetV2, α = 1, 224×224")


def test_a_network_with_layers_of_its_own_behind_the_published_ones_is_a_backbone() -> None:
    for build, name in ((efficientnet_b0, "EfficientNet-B0"), (ghostnet, "GhostNet")):
        net = Net()
        scores = net.op("Reshape", build(net), net.constant([1, 1000, 1, 1]))
        found = net.facts(net.conv(net.conv(scores, 1000, 8), 8, 8))
        assert (architecture(found) or "").startswith(f"{name} backbone, ")


def test_the_resolution_is_that_of_the_image_not_of_the_padded_one() -> None:
    net = Net()
    padded = net.op("Pad", "x", net.constant([0, 0, 0, 0, 0, 0, 1, 1]))
    found = net.facts(mobilenet_v2(net, image=padded))
    assert architecture(found) == "MobileNetV2, α = 1, 224×224, 53 weighted layers"


def test_shufflenet_v2_has_16_shuffles_and_19_separable_branches() -> None:
    net = Net()
    found = net.facts(shufflenet_v2(net))
    assert kinds(found) == {"channel-shuffle": 16, "separable": 19}
    assert found.totals.macs == 144_907_992
    assert (architecture(found) or "").startswith("ShuffleNetV2, 1.0×, 224×224")


@pytest.mark.parametrize(
    ("stages", "deep", "kind", "blocks", "projections", "macs", "depth"),
    [
        ((2, 2, 2, 2), False, "basic-residual", 8, 3, 1_814_073_344, 18),
        ((3, 4, 6, 3), False, "basic-residual", 16, 3, 3_663_761_408, 34),
        ((3, 4, 6, 3), True, "bottleneck", 16, 4, 4_089_184_256, 50),
        ((3, 4, 23, 3), True, "bottleneck", 33, 4, 7_801_405_440, 101),
    ],
)
def test_resnets_have_their_residual_blocks(
    stages: tuple[int, ...], deep: bool, kind: str, blocks: int, projections: int,
    macs: int, depth: int,
) -> None:  # fmt: skip
    net = Net()
    found = net.facts(resnet(net, stages, deep))
    assert kinds(found) == {kind: blocks}
    assert true(found, kind, "projection") == projections
    assert found.totals.macs == macs
    layers = depth + projections
    assert architecture(found) == f"ResNet-{depth}, 224×224, {layers} weighted layers"


def test_grouped_and_gated_bottlenecks_are_bottlenecks() -> None:
    net = Net()
    found = net.facts(resnet(net, (3, 4, 6, 3), True, groups=32, gate=16))
    assert kinds(found) == {"bottleneck": 16}
    assert true(found, "bottleneck", "squeeze_excite") == 16
    assert (architecture(found) or "").startswith("SE-ResNeXt-50, 32 groups")


@pytest.mark.parametrize(
    ("alpha", "wider", "name"),
    [
        (0.5, 1, "ResNet-50, α = 0.5"),
        (1.0, 2, "Wide ResNet-50-2"),
        (1.0, 3, None),
    ],
)
def test_a_resnet_of_other_widths_is_not_called_the_published_one(
    alpha: float, wider: int, name: str | None
) -> None:
    net = Net()
    found = net.facts(resnet(net, (3, 4, 6, 3), True, alpha=alpha, wider=wider))
    assert kinds(found) == {"bottleneck": 16}
    assert architecture(found) == (name and f"{name}, 224×224, 54 weighted layers")


def test_normalisation_before_the_layers_is_resnet_v2() -> None:
    net = Net()
    found = net.facts(resnet_v2_50(net))
    assert kinds(found) == {"bottleneck": 16}
    assert architecture(found) == "ResNetV2-50, 224×224, 54 weighted layers"


def test_vgg16_has_no_blocks_but_a_name() -> None:
    net = Net(norm="folded")
    found = net.facts(vgg16(net))
    assert kinds(found) == {}
    assert found.totals.macs == 15_470_264_320
    assert architecture(found) == "VGG-16, 224×224, 16 weighted layers"


@pytest.mark.parametrize("form", ["op", "decomposed"])
def test_convnext_tiny_has_18_blocks(form: str) -> None:
    net = Net(norm=form, activations=form)
    found = net.facts(convnext_tiny(net))
    assert kinds(found) == {"convnext": 18}
    assert {b.detail["kernel"] for b in found.blocks} == {"7×7"}
    assert {b.detail["expansion"] for b in found.blocks} == {4}
    assert (architecture(found) or "").startswith("ConvNeXt-T, 224×224")


@pytest.mark.parametrize("form", ["op", "decomposed"])
def test_vit_b16_has_12_attentions_and_12_mlps(form: str) -> None:
    net = Net(norm=form, activations=form)
    found = net.facts(vit_b16(net))
    assert kinds(found) == {"attention": 12, "mlp": 12}
    assert found.totals.macs == 17_563_828_224
    assert (architecture(found) or "").startswith("ViT-B/16, 12 layers, width 768, 224×224")
    # 4 projections, scores and values: 4·T·D² + 2·T²·D with T = 197, D = 768
    attention = next(b for b in found.blocks if b.kind == "attention")
    assert attention.macs == 4 * 197 * 768**2 + 2 * 197**2 * 768


def test_an_image_model_that_looks_words_up_is_no_vit() -> None:
    """CLIP (arXiv 2103.00020) has a text encoder beside its ViT."""
    net = Net()
    word = net.op("ArgMax", vit_b16(net), axis=1)
    found = net.facts(net.op("Gather", net.weight(49408, 768), word))
    assert kinds(found) == {"attention": 12, "mlp": 12}
    assert architecture(found) is None


def test_bert_base_has_12_attentions_and_12_mlps_and_normalises_after() -> None:
    net = token_net()
    found = net.facts(bert_base(net))
    assert kinds(found) == {"attention": 12, "mlp": 12}
    assert architecture(found) == "BERT-like encoder, 12 layers, width 768, 72 weighted layers"


@pytest.mark.parametrize(("gated", "name"), [(False, "GPT-like"), (True, "Llama-like")])
def test_a_language_model_head_after_pre_norm_layers_is_a_decoder(gated: bool, name: str) -> None:
    net = token_net()
    found = net.facts(gpt(net, gated))
    assert kinds(found) == {"attention": 2, "mlp": 2}
    assert (architecture(found) or "").startswith(f"{name}, 2 layers, width 64")
    assert found.architecture is not None
    assert found.architecture.resolution == (), "tokens have no sides"


def test_pre_norm_layers_that_score_no_vocabulary_are_no_decoder() -> None:
    net = token_net()
    found = net.facts(net.linear(gpt(net), 5000, 7))
    assert kinds(found) == {"attention": 2, "mlp": 2}
    assert architecture(found) is None


@pytest.mark.parametrize(
    ("file", "expected", "name"),
    [
        ("resnet50", {"bottleneck": 16}, "ResNet-50, 224×224, 54"),
        ("squeezenet", {"fire": 8}, "SqueezeNet 1.1, 224×224, 26"),
        ("shufflenet", {"channel-shuffle": 16}, "ShuffleNetV1, g = 4, 224×224, 50"),
        ("densenet121", {"dense-layer": 58}, "DenseNet-121, growth 32, 224×224, 121"),
        ("inception_v1", {"inception": 9}, "GoogLeNet, 224×224, 58"),
        ("inception_v2", {"inception": 10}, "BN-Inception, 224×224, 70"),
        ("vgg19", {}, "VGG-19, 224×224, 19"),
    ],
)
def test_models_of_the_onnx_wheel(file: str, expected: dict[str, int], name: str) -> None:
    found = light(file)
    assert kinds(found) == expected
    assert (architecture(found) or "").startswith(f"{name} weighted layers")


def test_every_operator_is_in_at_most_one_block_and_in_order() -> None:
    net = Net(activations="decomposed")
    found = net.facts(mobilenet_v3_large(net))
    members = [node for block in found.blocks for node in block.nodes]
    assert len(members) == len(set(members))
    position = {node.id: i for i, node in enumerate(found.nodes)}
    firsts = [position[block.nodes[0]] for block in found.blocks]
    assert firsts == sorted(firsts)
    inside = set(members)
    outside = sum(n.macs or 0 for n in found.nodes if n.id not in inside)
    assert sum(block.macs or 0 for block in found.blocks) + outside == found.totals.macs
