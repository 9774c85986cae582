"""Contracts of ai.onnx.ml: the lists that describe a model are as long as they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.operators.contracts.parts import rank
from analyzer.operators.contracts.reading import shape_of, whole, wholes
from analyzer.operators.contracts.settings import (
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_POST = one_of("post_transform", ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"))
_MODES = frozenset(
    "BRANCH_LEQ BRANCH_LT BRANCH_GTE BRANCH_GT BRANCH_EQ BRANCH_NEQ BRANCH_MEMBER LEAF".split()
)


def _length(value: Any) -> int | None:
    """Entries of a list or small tensor; 0 where it is absent, ``None`` if it cannot be told."""
    if value is None:
        return 0
    if isinstance(value, tuple | np.ndarray):
        return len(value) if isinstance(value, tuple) or value.ndim else None
    return None


def equal_lengths(*names: str, needed: bool = False) -> Contract:
    """Lists ``names`` that are there have the same length; with ``needed`` all are there."""

    def check(call: Call) -> Iterator[Violation]:
        lengths = {name: n for name in names if (n := _length(call.attr(name))) is not None}
        there = lengths if needed else {name: n for name, n in lengths.items() if n}
        if len(set(there.values())) > 1:
            listing = ", ".join(f"{name} {n}" for name, n in there.items())
            yield Violation(
                "list-lengths",
                f"lists that belong together differ in length: {listing}",
                "give one entry of each",
            )

    return check


_NODE_LISTS = (
    "nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_modes", "nodes_values",
    "nodes_truenodeids", "nodes_falsenodeids", "nodes_hitrates",
    "nodes_missing_value_tracks_true",
)  # fmt: skip


def _nodes(call: Call) -> Iterator[Violation]:
    modes = call.attr("nodes_modes")
    if isinstance(modes, tuple):
        strange = [m for m in modes if isinstance(m, str) and m not in _MODES]
        if strange:
            yield Violation(
                "attribute-value",
                f"nodes_modes has {strange[0][:60]!r}, a tree knows {', '.join(sorted(_MODES))}",
                "use one of them",
            )
    missing = [n for n in _NODE_LISTS[:7] if isinstance(modes, tuple) and not call.attr(n)]
    if missing and modes:
        yield Violation(
            "list-lengths", f"nodes_modes has {len(modes)} nodes and {missing[0]} none",
            "describe each node in every list",
        )  # fmt: skip


def _features(call: Call) -> Iterator[Violation]:
    """Trees ask for features that the input has."""
    shape, asked = shape_of(call, 0), wholes(call, "nodes_featureids")
    modes = call.attr("nodes_modes")
    if not shape or shape[-1] is None or not asked:
        return
    leaf = [mode == "LEAF" for mode in modes] if isinstance(modes, tuple) else []
    used = [f for i, f in enumerate(asked) if not (i < len(leaf) and leaf[i])]
    if used and not 0 <= min(used) <= max(used) < shape[-1]:
        yield Violation(
            "index-range",
            f"nodes_featureids reach {max(used)}, the input ({spell(shape)}) has {shape[-1]} "
            "features",
            f"keep nodes_featureids within 0 to {shape[-1] - 1}",
        )


def _roots(call: Call) -> Iterator[Violation]:
    """TreeEnsemble: branches lead to nodes and leaves that exist."""
    nodes, leaves = wholes(call, "nodes_featureids"), _length(call.attr("leaf_weights"))
    if nodes is None:
        return
    roots = wholes(call, "tree_roots")
    if roots and not 0 <= min(roots) <= max(roots) < len(nodes):
        yield Violation(
            "index-range", f"tree_roots holds {max(roots)} of {len(nodes)} nodes",
            f"keep tree_roots within 0 to {len(nodes) - 1}",
        )  # fmt: skip
        return
    for side in ("true", "false"):
        ids, leaf = wholes(call, f"nodes_{side}nodeids"), wholes(call, f"nodes_{side}leafs")
        for node, end in zip(ids or (), leaf or (), strict=False):
            limit = (leaves or 0) if end else len(nodes)
            if limit and not 0 <= node < limit:
                yield Violation(
                    "index-range", f"nodes_{side}nodeids holds {node} of {limit}",
                    f"keep it within 0 to {limit - 1}",
                )  # fmt: skip
                return


def _targets(kind: str) -> Contract:
    """Identifiers of targets or classes are those of the outputs."""

    def check(call: Call) -> Iterator[Violation]:
        ids = wholes(call, f"{kind}_ids")
        if kind == "target":
            limit = whole(call, "n_targets")
        else:
            names = call.attr("classlabels_strings") or call.attr("classlabels_int64s")
            limit = len(names) if isinstance(names, tuple) and names else None
        if ids and limit is not None and not 0 <= min(ids) <= max(ids) < limit:
            yield Violation(
                "index-range",
                f"{kind}_ids reach from {min(ids)} to {max(ids)}, there are {limit} of them",
                f"keep {kind}_ids within 0 to {limit - 1}",
            )

    return check


def _exclusive(*names: str) -> Contract:
    """One of the lists ``names`` is given, not more."""

    def check(call: Call) -> Iterator[Violation]:
        there = [name for name in names if _length(call.attr(name))]
        if len(there) > 1:
            yield Violation(
                "attribute-choice", f"both {there[0]} and {there[1]} are given",
                "give one of the two",
            )  # fmt: skip

    return check


_KEYS = ("keys_int64s", "keys_floats", "keys_strings", "keys_tensor")
_VALUES = ("values_int64s", "values_floats", "values_strings", "values_tensor")


def _labels(call: Call) -> Iterator[Violation]:
    """As many keys as values, of one type each (since version 2)."""
    if call.version < 2:
        return
    keys = [n for name in _KEYS if (n := _length(call.attr(name)))]
    values = [n for name in _VALUES if (n := _length(call.attr(name)))]
    if len(keys) == 1 and len(values) == 1 and keys != values:
        yield Violation(
            "list-lengths", f"{keys[0]} keys for {values[0]} values", "give one value for each key"
        )


def _scaler(call: Call) -> Iterator[Violation]:
    shape = shape_of(call, 0)
    features = None if not shape else shape[-1] if len(shape) < 3 else shape[1]
    for name in ("offset", "scale"):
        count = _length(call.attr(name))
        if count and features is not None and count not in (1, features):
            yield Violation(
                "list-lengths",
                f"{name} has {count} entries for {features} features ({spell(shape)})",
                f"give {name} 1 or {features} entries",
            )
            return


def _linear(call: Call) -> Iterator[Violation]:
    """One coefficient for each feature and output."""
    count = _length(call.attr("coefficients"))
    if not count:
        return
    if call.op_type == "LinearRegressor":
        outputs: int | None = whole(call, "targets", 1)
    else:
        outputs = _length(call.attr("intercepts")) or None
    if outputs is not None and outputs < 1:
        yield Violation("attribute-value", f"targets is {outputs}", "state 1 or more")
    elif outputs and count % outputs:
        yield Violation(
            "list-lengths",
            f"{count} coefficients do not divide into {outputs} outputs",
            "give one coefficient for each feature and output",
        )


def _wide_enough(call: Call) -> Iterator[Violation]:
    """LinearRegressor reads a coefficient for each feature of the input."""
    shape, count = shape_of(call, 0), _length(call.attr("coefficients"))
    outputs = whole(call, "targets", 1)
    if not shape or len(shape) > 2 or shape[-1] is None or not count or not outputs:
        return
    if count < shape[-1] * outputs:
        yield Violation(
            "list-lengths",
            f"{count} coefficients for {shape[-1]} features and {outputs} output(s)",
            f"give {shape[-1] * outputs} coefficients",
        )


def _support(call: Call) -> Iterator[Violation]:
    """Support vectors fill whole rows of features."""
    vectors, count = _length(call.attr("support_vectors")), whole(call, "n_supports", 0)
    per_class = wholes(call, "vectors_per_class")
    count = sum(per_class) if per_class else count
    shape = shape_of(call, 0)
    if not vectors or not count:
        return
    if vectors % count or (shape and shape[-1] is not None and shape[-1] != vectors // count):
        yield Violation(
            "list-lengths",
            f"support_vectors has {vectors} entries for {count} vectors of "
            f"{shape[-1] if shape else '?'} features",
            "give one entry for each vector and feature",
        )


def _dimensions(call: Call) -> Iterator[Violation]:
    sizes = wholes(call, "inputdimensions")
    if sizes is not None and len(sizes) != len(call.inputs):
        yield Violation(
            "list-lengths", f"inputdimensions has {len(sizes)} entries for {len(call.inputs)} "
            "inputs", "give one entry for each input",
        )  # fmt: skip


def _either(*names: str) -> Contract:
    """One of the lists ``names`` is given, exactly."""

    def check(call: Call) -> Iterator[Violation]:
        there = [name for name in names if _length(call.attr(name)) != 0]
        if len(there) != 1:
            given = " and ".join(there) or "none"
            yield Violation(
                "attribute-choice", f"of {' and '.join(names)}, {given} is given",
                "give one of them",
            )  # fmt: skip

    return check


def _imputed(call: Call) -> Iterator[Violation]:
    shape = shape_of(call, 0)
    count = _length(call.attr("imputed_value_floats") or call.attr("imputed_value_int64s"))
    if count and shape and shape[-1] is not None and count not in (1, shape[-1]):
        yield Violation(
            "list-lengths", f"{count} imputed values for {shape[-1]} features",
            f"give 1 or {shape[-1]}", grave=False,
        )  # fmt: skip


def _trees(kind: str) -> tuple[Contract, ...]:
    return (
        equal_lengths(*_NODE_LISTS), _nodes, _features, _POST, _targets(kind),
        equal_lengths(*(f"{kind}_{part}" for part in ("treeids", "nodeids", "ids", "weights"))),
        _exclusive("classlabels_strings", "classlabels_int64s"),
        one_of("aggregate_function", ("AVERAGE", "SUM", "MIN", "MAX")),
    )  # fmt: skip


_LABELLED = _either("classlabels_strings", "classlabels_int64s")
_KERNEL = one_of("kernel_type", ("LINEAR", "POLY", "RBF", "SIGMOID"))


_BY_OPERATOR: Mapping[str, tuple[Contract, ...]] = {
    "TreeEnsembleRegressor": _trees("target"),
    "TreeEnsembleClassifier": _trees("class"),
    "TreeEnsemble": (
        equal_lengths("nodes_featureids", "nodes_modes", "nodes_splits", "nodes_truenodeids",
                      "nodes_falsenodeids", "nodes_trueleafs", "nodes_falseleafs"),
        equal_lengths("leaf_targetids", "leaf_weights"), _features, _roots,
        one_of("post_transform", (0, 1, 2, 3, 4)), one_of("aggregate_function", (0, 1, 2, 3)),
    ),
    "LabelEncoder": (_labels,),
    "CategoryMapper": (equal_lengths("cats_int64s", "cats_strings", needed=True),),
    "DictVectorizer": (_exclusive("string_vocabulary", "int64_vocabulary"),),
    "FeatureVectorizer": (_dimensions,),
    "Imputer": (_either("imputed_value_floats", "imputed_value_int64s"), _imputed),
    "LinearClassifier": (_POST, _linear),
    "LinearRegressor": (_POST, rank(0, "X", 1, 2), _linear, _wide_enough),
    "Normalizer": (one_of("norm", ("MAX", "L1", "L2")), rank(0, "X", 1, 2)),
    "OneHotEncoder": (_either("cats_int64s", "cats_strings"),),
    "SVMClassifier": (_POST, _KERNEL, _support, _LABELLED),
    "SVMRegressor": (_POST, _KERNEL, _support),
    "Scaler": (_scaler,),
    "ZipMap": (_LABELLED,),
}  # fmt: skip

MACHINE_LEARNING: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("ai.onnx.ml", op): contracts for op, contracts in _BY_OPERATOR.items()
}
