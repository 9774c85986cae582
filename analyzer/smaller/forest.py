"""Forests of decision trees: their size, and what one sample costs.

A sample goes from the root of every tree to one leaf, a comparison at each inner node (ONNX,
``TreeEnsemble``). How deep depends on data, so a forest has no number of operations, but a most:
the depths of its trees added up.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from analyzer.dataclass import dataclass
from analyzer.graph.adjacency import vertices
from analyzer.graph.call import MALFORMED
from analyzer.operators import record_of
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.digraph import Digraph
    from analyzer.facts import Facts

MOST_NODES = 1_000_000
"""Nodes of all trees above which they are not followed."""
LEAF = "LEAF"
PER_TREE = {"nodes_": "nodes_treeids", "class_": "class_treeids", "target_": "target_treeids"}
"""Beginnings of the attributes that have an element for each node or leaf, and the one among them
that says of which tree."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree of an ensemble."""

    inner: int
    """Nodes that compare."""
    leaves: int
    depth: int
    """Comparisons on the longest way to a leaf."""
    leaf_depths: int
    """Comparisons on the ways to all leaves, added up."""
    bytes: int
    """Of the attributes that describe it, as the file stores them."""


@dataclass(frozen=True, slots=True)
class Forest:
    """All trees of a model."""

    operators: int
    trees: tuple[Tree, ...]
    """In the order of the file."""

    @property
    def nodes(self) -> int:
        """Inner nodes and leaves."""
        return sum(tree.inner + tree.leaves for tree in self.trees)

    @property
    def leaves(self) -> int:
        """Leaves of all trees."""
        return sum(tree.leaves for tree in self.trees)

    @property
    def depth(self) -> int:
        """Of the deepest tree."""
        return max(tree.depth for tree in self.trees)

    @property
    def comparisons(self) -> int:
        """Most comparisons for one sample."""
        return sum(tree.depth for tree in self.trees)

    @property
    def mean_comparisons(self) -> float:
        """Comparisons for one sample if every leaf of a tree is as likely as any other."""
        return sum(tree.leaf_depths / tree.leaves for tree in self.trees if tree.leaves)

    @property
    def bytes(self) -> int:
        """Of the attributes that describe the trees, as the file stores them."""
        return sum(tree.bytes for tree in self.trees)

    def first(self, trees: int) -> Forest:
        """The forest of the first so many trees."""
        return Forest(self.operators, self.trees[:trees])


def forest(facts: Facts) -> Forest | None:
    """The trees of a model; ``None`` where it has none, or they cannot be followed."""
    return facts.once(_forest)


def _forest(facts: Facts) -> Forest | None:
    return forest_in(facts.graph)


def forest_in(graph: Digraph[str]) -> Forest | None:
    """``forest`` of the operators of a graph."""
    found: list[Tree] = []
    operators = left = 0
    for _, place in vertices(graph):
        record = record_of(place.call)
        if record is None or record.nature is not Nature.TREE:
            continue
        operators += 1
        attributes = place.call.attributes
        left += len(_list(attributes.get("nodes_truenodeids", ())))
        if left > MOST_NODES:
            return None
        try:
            indexed = "tree_roots" in attributes
            found += (_indexed if indexed else _listed)(attributes)
        except (*MALFORMED, _Loop):
            return None
    return Forest(operators, tuple(found)) if found else None


class _Loop(Exception):  # noqa: N818 - a signal: what is followed is no tree
    """A node is reached twice."""


def _listed(attributes: Mapping[str, Any]) -> list[Tree]:
    """Trees of the classifier and the regressor: nodes have the number of their tree."""
    trees, ids = attributes["nodes_treeids"], attributes["nodes_nodeids"]
    modes = attributes["nodes_modes"]
    true, false = attributes["nodes_truenodeids"], attributes["nodes_falsenodeids"]
    children: dict[int, dict[int, tuple[int, ...]]] = {}
    for tree, node, mode, yes, no in zip(trees, ids, modes, true, false, strict=True):
        children.setdefault(tree, {})[node] = () if _text(mode) == LEAF else (yes, no)
    sizes = _bytes_by_tree(attributes)
    return [
        _followed(nodes, next(iter(nodes)), sizes.get(tree, 0)) for tree, nodes in children.items()
    ]


def _followed(nodes: Mapping[int, tuple[int, ...]], root: int, size: int) -> Tree:
    inner = leaves = deepest = together = 0
    todo, seen = [(root, 0)], {root}
    while todo:
        node, depth = todo.pop()
        after = nodes[node]
        if not after:
            leaves, together, deepest = leaves + 1, together + depth, max(deepest, depth)
            continue
        inner += 1
        for child in after:
            if child in seen:
                raise _Loop
            seen.add(child)
            todo.append((child, depth + 1))
    return Tree(inner, leaves, deepest, together, size)


def _bytes_by_tree(attributes: Mapping[str, Any]) -> Counter[int]:
    sizes: Counter[int] = Counter()
    for name, values in attributes.items():
        prefix = next((start for start in PER_TREE if name.startswith(start)), "")
        owners = attributes.get(PER_TREE.get(prefix, ""), ())
        if len(owners) == len(_list(values)):
            for tree, size in zip(owners, _stored(values), strict=True):
                sizes[tree] += size
    return sizes


def _indexed(attributes: Mapping[str, Any]) -> list[Tree]:
    """Trees of ``TreeEnsemble``, which has inner nodes and leaves in tables of their own."""
    ways = [
        (attributes[f"nodes_{word}nodeids"], attributes[f"nodes_{word}leafs"])
        for word in ("true", "false")
    ]
    node_sizes = _row_sizes(attributes, "nodes_", len(ways[0][0]))
    leaf_sizes = _row_sizes(attributes, "leaf_", len(attributes["leaf_targetids"]))
    made, seen = [], set[tuple[bool, int]]()
    for root in attributes["tree_roots"]:
        inner = leaves = deepest = together = size = 0
        todo = [(False, root, 0)]
        while todo:
            ends, node, depth = todo.pop()
            if (ends, node) in seen:
                raise _Loop
            seen.add((ends, node))
            if ends:
                size += leaf_sizes[node]
                leaves, together, deepest = leaves + 1, together + depth, max(deepest, depth)
                continue
            inner, size = inner + 1, size + node_sizes[node]
            todo += [(bool(flags[node]), next_[node], depth + 1) for next_, flags in ways]
        made.append(Tree(inner, leaves, deepest, together, size))
    return made


def _row_sizes(attributes: Mapping[str, Any], prefix: str, rows: int) -> list[int]:
    sizes = [0] * rows
    for name, values in attributes.items():
        if name.startswith(prefix) and len(_list(values)) == rows:
            sizes = [a + b for a, b in zip(sizes, _stored(values), strict=True)]
    return sizes


def _stored(values: Any) -> list[int]:
    """Bytes of each element in the file: of a tensor its own, else those of a repeated field.

    A field takes a byte for its number; an integer takes seven bits a byte, a float four bytes, a
    text its bytes and their length (Protocol Buffers, "Encoding").

    >>> _stored((1, 300, 0.5, "LEAF"))
    [2, 3, 5, 6]
    """
    if hasattr(values, "itemsize"):
        return [values.itemsize] * values.size
    elements = _list(values)
    bytes_of = {element: _field(element) for element in set(elements)}  # most are told many times
    return [bytes_of[element] for element in elements]


def _field(value: Any) -> int:
    if isinstance(value, float):
        return 5
    if isinstance(value, int):
        return 1 + (_varint(value) if value >= 0 else 10)
    long = len(value if isinstance(value, bytes) else str(value).encode())
    return 1 + _varint(long) + long


def _varint(value: int) -> int:
    return max(1, -(-value.bit_length() // 7))


def _list(values: Any) -> Sequence[Any]:
    return values if hasattr(values, "__len__") and not isinstance(values, str | bytes) else ()


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
