"""What operators have learned without a tensor: numbers in their attributes."""

from __future__ import annotations

from typing import NamedTuple


class Learned(NamedTuple):
    """Trained numbers in attributes, as operators of ai.onnx.ml have them."""

    operators: int = 0
    """That have any."""
    coefficients: int = 0
    """Numbers of linear models and support vectors."""
    trees: int = 0
    tree_nodes: int = 0
    """Inner nodes and leaves of all trees."""
    comparisons: int = 0
    """Most comparisons that one sample takes in all trees."""
    mean_comparisons: float = 0.0
    """Comparisons for one sample if every leaf of a tree is as likely as any other."""
    bytes: int = 0
    """Of coefficients and trees, as the file stores them."""
