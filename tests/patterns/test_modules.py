"""Module trees from the scope names of three exporters."""

from __future__ import annotations

import pytest

from analyzer.facts import Cost, Node
from analyzer.patterns import module_tree
from analyzer.patterns.scopes import module_path, strings


def node(
    name: str, macs: int | None = 0, params: int = 0, executions: int = 1,
    composite: bool = False,
) -> Node:  # fmt: skip
    return Node(
        id=name, scope="", name=name, op_type="Conv", domain="", inputs=(), outputs=(), tags=(),
        cost=Cost(macs, None), params=params, executions=executions, counted=executions,
        executions_range=(executions, executions), read_bytes=None, write_bytes=None,
        composite=composite,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/conv1/Conv", ("conv1",)),
        ("/layer1/layer1.0/conv1/Conv", ("layer1", "0", "conv1")),
        ("/features/features.2/block/block.0/block.0.2/Relu", ("features", "2", "block", "0", "2")),
        ("/encoder/layer.0/self/MatMul_1", ("encoder", "layer", "0", "self")),
        ("/Flatten", ()),
        ("Conv_12", ()),
        ("", ()),
        ("StatefulPartitionedCall/mobilenet_1.00_224/conv_dw_1/depthwise",
         ("mobilenet_1.00_224", "conv_dw_1")),
        ("m/cqt/conv1d_1;m/cqt/conv1d_1", ("m", "cqt")),
        ("m/relu/Relu;m/conv_a/BiasAdd;m/conv_b/Conv2D;m/conv_a/Conv2D1", ("m", "conv_a")),
        ("m/norm/Sqrt;m/other/Mul", ("m", "norm")),
    ],
)  # fmt: skip
def test_path_of_a_node_name(name: str, path: tuple[str, ...]) -> None:
    assert module_path(node(name), {}) == path


def test_dynamo_metadata_wins_over_the_name_and_names_the_class() -> None:
    metadata = {
        "pkg.torch.onnx.name_scopes": "['', 'layer1', 'layer1.2', 'layer1.2.conv1', 'conv2d_8']",
        "pkg.torch.onnx.class_hierarchy": "['torchvision.models.resnet.ResNet', "
        "'torch.nn.modules.container.Sequential', 'torchvision.models.resnet.Bottleneck', "
        "'torch.nn.modules.conv.Conv2d', 'aten.conv2d.default']",
    }
    tree = module_tree([node("node_Conv_1", macs=7)], {"node_Conv_1": metadata})
    assert tree is not None
    found = []
    here = tree
    while here.children:
        found.append((here.path, here.class_name))
        (here,) = here.children
    found.append((here.path, here.class_name))
    assert found == [
        ("", "ResNet"), ("layer1", "Sequential"), ("layer1.2", "Bottleneck"),
        ("layer1.2.conv1", "Conv2d"),
    ]  # fmt: skip


def test_sums_contain_the_submodules_and_every_execution() -> None:
    tree = module_tree(
        [
            node("/a/b/Conv", macs=10, params=3, executions=2),
            node("/a/c/Conv", macs=5, params=2),
            node("/d/Relu"),
            node("Gemm", macs=1, params=1),
        ]
    )
    assert tree is not None
    assert (tree.macs, tree.params, tree.nodes, tree.complete) == (26, 6, 4, True)
    assert [(m.name, m.macs, m.params) for m in tree.children] == [("a", 25, 5), ("d", 0, 0)]
    assert [m.path for m in tree.children[0].children] == ["a.b", "a.c"]


def test_an_unknown_cost_makes_its_modules_incomplete_only() -> None:
    tree = module_tree([node("/a/Conv", macs=None), node("/b/Conv", macs=4)])
    assert tree is not None
    assert (tree.complete, [m.complete for m in tree.children]) == (False, [False, True])
    assert tree.macs == 4


def test_a_call_counts_through_its_body_only() -> None:
    tree = module_tree([node("/a/f", macs=9, composite=True), node("/a/f/Conv", macs=9)])
    assert tree is not None
    assert tree.macs == 9


def test_without_scope_names_there_is_no_tree() -> None:
    assert module_tree([node("Conv_0", macs=4), node("/a/Relu")]) is None
    assert module_tree([]) is None


def test_hostile_names_stay_shallow_and_unevaluated() -> None:
    deep = "/" + "a/" * 50_000 + "Conv"
    assert len(module_path(node(deep), {})) <= 24
    assert strings("__import__('os').system('x')" + "[" * 10_000) == ["os", "x"]
    assert module_tree([node(deep, macs=1)]) is not None
