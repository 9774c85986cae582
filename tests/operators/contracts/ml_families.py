"""Operators of ai.onnx.ml that are valid, and ways to break a contract of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import numpy_helper

from tests.operators.contracts.nodes import Family, Node, both, deeper, each, ints, put, real, state

if TYPE_CHECKING:
    from collections.abc import Mapping

ML = "ai.onnx.ml"
POST = each("post_transform", "NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")
KERNELS = each("kernel_type", "LINEAR", "POLY", "RBF", "SIGMOID")


def _tree(rng: np.random.Generator) -> Node:
    return Node(
        "TreeEnsembleRegressor", [real(rng, 3, 4)],
        {"n_targets": 1, "nodes_treeids": [0, 0, 0], "nodes_nodeids": [0, 1, 2],
         "nodes_featureids": [0, 0, 0], "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
         "nodes_values": [0.5, 0.0, 0.0], "nodes_truenodeids": [1, 0, 0],
         "nodes_falsenodeids": [2, 0, 0], "target_treeids": [0, 0], "target_nodeids": [1, 2],
         "target_ids": [0, 0], "target_weights": [1.0, 2.0]},
        domain=ML,
    )  # fmt: skip


def _votes(rng: np.random.Generator) -> Node:
    node = _tree(rng)
    for name in ("treeids", "nodeids", "ids", "weights"):
        node.attributes[f"class_{name}"] = node.attributes.pop(f"target_{name}")
    del node.attributes["n_targets"]
    node.attributes |= {"classlabels_int64s": [0, 1], "class_ids": [0, 1]}
    node.op, node.outputs = "TreeEnsembleClassifier", 2
    return node


def _tensor(*values: float, dtype: str = "float32") -> Any:
    return numpy_helper.from_array(np.array(values, dtype))


def _ensemble(rng: np.random.Generator) -> Node:
    """Two branches: the root leads to a leaf and to the other, which leads to two leaves."""
    return Node(
        "TreeEnsemble", [real(rng, 3, 4)],
        {"n_targets": 2, "tree_roots": [0], "nodes_featureids": [0, 3],
         "nodes_splits": _tensor(0.5, 0.25), "nodes_modes": _tensor(0, 0, dtype="uint8"),
         "nodes_truenodeids": [0, 1], "nodes_trueleafs": [1, 1],
         "nodes_falsenodeids": [1, 2], "nodes_falseleafs": [0, 1],
         "leaf_targetids": [0, 1, 0], "leaf_weights": _tensor(1, 2, 3)},
        domain=ML, version=5,
    )  # fmt: skip


def _machine(rng: np.random.Generator) -> Node:
    return Node(
        "SVMRegressor", [real(rng, 2, 3)],
        {"support_vectors": [float(n) for n in range(6)], "n_supports": 2, "kernel_type": "LINEAR",
         "coefficients": [1.0, 2.0], "rho": [0.5], "kernel_params": [0.5, 0.0, 3.0]},
        domain=ML,
    )  # fmt: skip


def _classes(rng: np.random.Generator) -> Node:
    return Node(
        "SVMClassifier", [real(rng, 2, 3)],
        {"support_vectors": [float(n) for n in range(6)], "vectors_per_class": [1, 1],
         "kernel_type": "LINEAR", "coefficients": [1.0, 2.0], "rho": [0.5],
         "kernel_params": [0.5, 0.0, 3.0], "classlabels_ints": [0, 1]},
        domain=ML, outputs=2,
    )  # fmt: skip


def _lines(rng: np.random.Generator) -> Node:
    return Node(
        "LinearClassifier", [real(rng, 2, 3)],
        {"coefficients": [1.0] * 6, "intercepts": [0.0, 1.0], "classlabels_ints": [0, 1],
         "multi_class": 1},
        domain=ML, outputs=2,
    )  # fmt: skip


F = Family
FAMILIES: Mapping[str, Family] = {
    "TreeEnsembleRegressor": F(_tree, {
        "values": state(nodes_values=[0.5]), "modes": state(nodes_modes=["IF", "LEAF", "LEAF"]),
        "targets": state(target_weights=[1.0]), "post_transform": state(post_transform="TANH"),
        "target_ids": state(target_ids=[0, 3]), "feature": state(nodes_featureids=[9, 0, 0]),
        "child": state(nodes_truenodeids=[7, 0, 0]), "itself": state(nodes_falsenodeids=[0, 0, 0]),
        "leaf": state(target_nodeids=[1, 9]), "twice": state(nodes_nodeids=[0, 1, 1]),
        "no child": state(nodes_truenodeids=None), "no mode": state(nodes_featureids=None),
        "below the first feature": state(nodes_featureids=[-1, 0, 0]),
        "one feature too far": state(nodes_featureids=[4, 0, 0]),
        "trees of two": state(nodes_treeids=[0, 0]),
        "children of two": state(nodes_truenodeids=[1, 0]),
    }, (*POST, *each("aggregate_function", "AVERAGE", "SUM", "MIN", "MAX"),
        *(state(nodes_modes=[mode, "LEAF", "LEAF"]) for mode in (
            "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")),
        state(nodes_featureids=[3, 0, 0]), state(nodes_featureids=[0, 9, 9]))),
    "TreeEnsembleClassifier": F(_votes, {
        "class_ids": state(class_ids=[0, 2]), "weights": state(class_weights=[1.0]),
        "both labels": state(classlabels_strings=["a", "b"]),
        "leaf": state(class_nodeids=[1, 9]), "post_transform": state(post_transform="TANH"),
    }, POST),
    "TreeEnsemble": F(_ensemble, {
        "splits": state(nodes_splits=_tensor(0.5)), "modes": state(nodes_modes=_tensor(0)),
        "leafs": state(nodes_trueleafs=[1]), "targets": state(leaf_targetids=[0, 1]),
        "feature": state(nodes_featureids=[0, 4]), "root": state(tree_roots=[2]),
        "leaf": state(nodes_falsenodeids=[1, 3]), "branch": state(nodes_falsenodeids=[2, 2]),
        "post_transform": state(post_transform=5), "aggregate": state(aggregate_function=4),
    }, (*each("post_transform", 0, 1, 2, 3, 4), *each("aggregate_function", 0, 1, 2, 3))),
    "SVMRegressor": F(_machine, {
        "kernel_type": state(kernel_type="CUBIC"), "post_transform": state(post_transform="TANH"),
        "vectors": state(support_vectors=[1.0] * 5), "features": state(support_vectors=[1.0] * 8),
    }, (*KERNELS, *POST)),
    "SVMClassifier": F(_classes, {
        "kernel_type": state(kernel_type="CUBIC"), "labels": state(classlabels_ints=None),
        "both labels": state(classlabels_strings=["a", "b"]),
        "features": state(support_vectors=[1.0] * 8),
    }, KERNELS),
    "LinearClassifier": F(_lines, {
        "coefficients": state(coefficients=[1.0] * 5), "post_transform": state(post_transform="X"),
        "both labels": state(classlabels_strings=["a", "b"]),
    }, POST),
    "LinearRegressor": F(lambda r: Node("LinearRegressor", [real(r, 2, 3)], {
        "coefficients": [1.0] * 6, "intercepts": [0.0, 1.0], "targets": 2}, domain=ML), {
        "odd": state(coefficients=[1.0] * 5), "short": state(coefficients=[1.0] * 4),
        "targets": state(targets=0), "rank": deeper(0),
    }, POST),
    "OneHotEncoder": F(lambda r: Node("OneHotEncoder", [ints(1, 2)], {"cats_int64s": [1, 2]},
                                      domain=ML), {
        "none": state(cats_int64s=None), "both": state(cats_strings=["a"])}),
    "FeatureVectorizer": F(lambda r: Node("FeatureVectorizer", [real(r, 2, 3), real(r, 2, 2)], {
        "inputdimensions": [3, 2]}, domain=ML, fed=(0, 1)), {
        "one": state(inputdimensions=[3]), "three": state(inputdimensions=[3, 2, 1])}),
    "CategoryMapper": F(lambda r: Node("CategoryMapper", [np.array(["a", "b"])], {
        "cats_int64s": [1, 2], "cats_strings": ["a", "b"]}, domain=ML, fed=()), {
        "lengths": state(cats_int64s=[1]), "one": state(cats_int64s=None)}),
    "LabelEncoder": F(lambda r: Node("LabelEncoder", [ints(1, 2)], {
        "keys_int64s": [1, 2], "values_int64s": [3, 4]}, domain=ML), {
        "values": state(values_int64s=[3])}),
    "Scaler": F(lambda r: Node("Scaler", [real(r, 2, 3)], {
        "offset": [0.0, 1.0, 2.0], "scale": [1.0, 1.0, 1.0]}, domain=ML), {
        "scale": state(scale=[1.0, 1.0]), "offset": state(offset=[1.0, 1.0])},
        (both(state(offset=[1.0]), state(scale=[1.0])),)),
    "Normalizer": F(lambda r: Node("Normalizer", [real(r, 2, 3)], {"norm": "L2"}, domain=ML), {
        "norm": state(norm="L3"), "rank": deeper(0)}, (*each("norm", "MAX", "L1"),
        put(0, np.ones(3, np.float32)))),
    "Imputer": F(lambda r: Node("Imputer", [real(r, 2, 3)], {
        "imputed_value_floats": [1.0, 2.0, 3.0], "replaced_value_float": 0.0}, domain=ML), {
        "none": state(imputed_value_floats=None), "both": state(imputed_value_int64s=[1]),
        "two": state(imputed_value_floats=[1.0, 2.0])}, each("imputed_value_floats", [1.0])),
}  # fmt: skip
