"""Forests, counted by hand, and their bytes as protobuf writes them."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from analyzer.facts import Facts
from analyzer.smaller.forest import Forest, forest
from tests.golden.text import facts_of

DEEP = ([0, 1, 2, 3, 4], ["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"],
        [1, 0, 3, 0, 0], [2, 0, 4, 0, 0])  # fmt: skip
"""A comparison, and one more on its right."""
STUMP = ([0, 1, 2], ["BRANCH_LEQ", "LEAF", "LEAF"], [1, 0, 0], [2, 0, 0])


def listed(*trees: tuple[list[int], list[str], list[int], list[int]]) -> onnx.ModelProto:
    """A regressor of these trees: nodes, modes, and where true and false lead."""
    ids = [n for n, tree in enumerate(trees) for _ in tree[0]]
    leaves = [(n, node) for n, tree in enumerate(trees)
              for node, mode in zip(tree[0], tree[1], strict=True) if mode == "LEAF"]  # fmt: skip
    return model(helper.make_node(
        "TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1,
        nodes_treeids=ids, nodes_nodeids=[each for t in trees for each in t[0]],
        nodes_modes=[each for t in trees for each in t[1]],
        nodes_truenodeids=[each for t in trees for each in t[2]],
        nodes_falsenodeids=[each for t in trees for each in t[3]],
        nodes_featureids=[300] * len(ids), nodes_values=[0.5] * len(ids),
        target_treeids=[n for n, _ in leaves], target_nodeids=[node for _, node in leaves],
        target_ids=[0] * len(leaves), target_weights=[1.0] * len(leaves),
    ), 3)  # fmt: skip


def model(node: onnx.NodeProto, version: int) -> onnx.ModelProto:
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size])
            for name, size in (("x", 301), ("y", 1)))  # fmt: skip
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", version)]
    graph = helper.make_graph([node], "g", [x], [y])
    return helper.make_model(graph, opset_imports=imports, ir_version=9)


def found(facts: Facts) -> Forest:
    made = forest(facts)
    assert made is not None
    return made


def test_a_sample_takes_the_depth_of_every_tree_at_most() -> None:
    made = found(facts_of(listed(DEEP, STUMP)))
    assert (len(made.trees), made.nodes, made.leaves, made.depth) == (2, 8, 5, 2)
    assert made.comparisons == 2 + 1
    assert made.mean_comparisons == pytest.approx((1 + 2 + 2) / 3 + 1)


def test_half_of_the_trees_takes_the_bytes_that_protobuf_writes_for_them() -> None:
    def written(*trees: tuple[list[int], list[str], list[int], list[int]]) -> int:
        (node,) = listed(*trees).graph.node
        per_row = ("nodes_", "target_")
        return sum(
            len(onnx.AttributeProto(ints=a.ints, floats=a.floats, strings=a.strings)
                .SerializeToString())
            for a in node.attribute if a.name.startswith(per_row)
        )  # fmt: skip

    made = found(facts_of(listed(DEEP, STUMP, STUMP)))
    assert made.bytes == written(DEEP, STUMP, STUMP)
    assert made.first(1).bytes == written(DEEP)


def test_trees_of_the_newer_operator_have_tables_of_their_own() -> None:
    # root 0: true -> leaf 0, false -> node 1: leaves 1 and 2
    node = helper.make_node(
        "TreeEnsemble", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1, tree_roots=[0],
        nodes_featureids=[0, 1], nodes_trueleafs=[1, 1], nodes_falseleafs=[0, 1],
        nodes_truenodeids=[0, 1], nodes_falsenodeids=[1, 2], leaf_targetids=[0, 0, 0],
        nodes_splits=onnx.numpy_helper.from_array(np.array([0.5, 0.5], np.float32)),
        nodes_modes=onnx.numpy_helper.from_array(np.array([0, 0], np.uint8)),
        leaf_weights=onnx.numpy_helper.from_array(np.array([1, 2, 3], np.float32)),
    )  # fmt: skip
    (tree,) = found(facts_of(model(node, 5))).trees
    assert (tree.inner, tree.leaves, tree.depth, tree.leaf_depths) == (2, 3, 2, 1 + 2 + 2)
    # five integers of two bytes, a float and a byte for a node; an integer and a float for a leaf
    assert tree.bytes == 2 * (5 * 2 + 4 + 1) + 3 * (2 + 4)


def test_nodes_of_the_newer_operator_that_lead_back_are_no_tree() -> None:
    for false in (0, 1):
        node = helper.make_node(
            "TreeEnsemble", ["x"], ["y"], domain="ai.onnx.ml", n_targets=1, tree_roots=[0],
            nodes_featureids=[0, 1], nodes_trueleafs=[1, 1], nodes_falseleafs=[0, 0],
            nodes_truenodeids=[0, 1], nodes_falsenodeids=[1, false], leaf_targetids=[0, 0],
        )  # fmt: skip
        assert forest(facts_of(model(node, 5))) is None


def test_nodes_that_lead_back_are_no_tree() -> None:
    loop = ([0, 1, 2], ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"], [1, 0, 0], [2, 2, 0])
    assert forest(facts_of(listed(loop))) is None


def test_nodes_that_lead_nowhere_are_no_tree() -> None:
    assert forest(facts_of(listed(([0, 1], ["BRANCH_LEQ", "LEAF"], [1, 0], [8, 0])))) is None


@pytest.mark.parametrize("name", ["nodes_truenodeids", "nodes_modes", "nodes_treeids"])
def test_an_attribute_of_another_type_is_no_tree(name: str) -> None:
    made = listed(STUMP)
    (node,) = made.graph.node
    kept = [each for each in node.attribute if each.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, 7)])
    assert forest(facts_of(made)) is None
