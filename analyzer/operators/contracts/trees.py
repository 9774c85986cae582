"""Contracts of tree ensembles of ai.onnx.ml: nodes, branches and leaves of each tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.lists import POST, equal_lengths, exclusive, length_of
from analyzer.operators.contracts.reading import shape_of, whole, wholes
from analyzer.operators.contracts.settings import one_of
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_MODES = frozenset(
    "BRANCH_LEQ BRANCH_LT BRANCH_GTE BRANCH_GT BRANCH_EQ BRANCH_NEQ BRANCH_MEMBER LEAF".split()
)
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


def _branches(call: Call) -> Iterator[Violation]:
    """Both children of a branch are other nodes of its tree, which has each node once."""
    lists = [wholes(call, f"nodes_{part}") for part in ("treeids", "nodeids")]
    children = [wholes(call, f"nodes_{part}") for part in ("truenodeids", "falsenodeids")]
    modes = call.attr("nodes_modes")
    if None in lists or None in children or not isinstance(modes, tuple):
        return
    trees, nodes = (tuple(values or ()) for values in lists)
    if len({len(x or ()) for x in (*lists, *children, modes)}) != 1:
        return
    known = set(zip(trees, nodes, strict=True))
    if len(known) < len(nodes):
        yield Violation("tree-nodes", "a tree has a node twice", "number the nodes of each tree")
        return
    for i, mode in enumerate(modes):
        for child in (values[i] for values in children if values and mode != "LEAF"):
            if (trees[i], child) not in known or child == nodes[i]:
                yield Violation(
                    "tree-nodes",
                    f"node {nodes[i]} of tree {trees[i]} leads to node {child}, which is "
                    f"{'itself' if child == nodes[i] else 'not there'}",
                    "let both children of a branch be other nodes of its tree",
                )
                return


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
    nodes, leaves = wholes(call, "nodes_featureids"), length_of(call.attr("leaf_weights"))
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
            first, limit = (0, leaves or 0) if end else (1, len(nodes))  # none leads to the root
            if limit and not first <= node < limit:
                yield Violation(
                    "index-range", f"nodes_{side}nodeids holds {node} of {limit}",
                    f"keep it within {first} to {limit - 1}" if first < limit
                    else "let it lead to a leaf",
                )  # fmt: skip
                return


def _leaves(kind: str) -> Contract:
    """Values belong to nodes that exist."""

    def check(call: Call) -> Iterator[Violation]:
        nodes = zip(
            wholes(call, "nodes_treeids") or (), wholes(call, "nodes_nodeids") or (), strict=False
        )
        known = set(nodes)
        named = zip(
            wholes(call, f"{kind}_treeids") or (), wholes(call, f"{kind}_nodeids") or (),
            strict=False,
        )  # fmt: skip
        missing = [pair for pair in named if pair not in known]
        if known and missing:
            tree, node = missing[0]
            yield Violation(
                "tree-nodes", f"{kind}_nodeids name node {node} of tree {tree}, which is not there",
                "name leaves of the trees",
            )  # fmt: skip

    return check


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


def _trees(kind: str, *more: Contract) -> tuple[Contract, ...]:
    return (
        equal_lengths(*_NODE_LISTS), _nodes, _branches, _features, POST, _targets(kind),
        _leaves(kind),
        equal_lengths(*(f"{kind}_{part}" for part in ("treeids", "nodeids", "ids", "weights"))),
        *more,
    )  # fmt: skip


TREES: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("ai.onnx.ml", "TreeEnsembleRegressor"): _trees(
        "target", one_of("aggregate_function", ("AVERAGE", "SUM", "MIN", "MAX"))
    ),
    ("ai.onnx.ml", "TreeEnsembleClassifier"): _trees(
        "class", exclusive("classlabels_strings", "classlabels_int64s")
    ),
    ("ai.onnx.ml", "TreeEnsemble"): (
        equal_lengths("nodes_featureids", "nodes_modes", "nodes_splits", "nodes_truenodeids",
                      "nodes_falsenodeids", "nodes_trueleafs", "nodes_falseleafs"),
        equal_lengths("leaf_targetids", "leaf_weights"), _features, _roots,
        one_of("post_transform", (0, 1, 2, 3, 4)), one_of("aggregate_function", (0, 1, 2, 3)),
    ),
}  # fmt: skip
