"""Batch normalisations that are in the weights of the layer in front of them.

With W, b of the layer, γ, β, μ, σ² and ε of the normalisation (Ioffe and Szegedy 2015, and the
ONNX operator BatchNormalization):

    s = γ / √(σ² + ε)        W′ = s · W        b′ = s · (b − μ) + β
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part
    from analyzer.costs.origins import Origins
    from analyzer.costs.parameters import Root

    _Vector = NDArray[np.float64]

CLOSE = 1e-5
"""Relative change up to which folding explains all: it is computed in float32."""


class Fold(NamedTuple):
    """A normalisation that has gone into the layer in front of it."""

    gain: Root
    shift: Root
    mean: Root
    variance: Root
    epsilon: float
    axis: int
    """Axis of the layer's weights that holds its output channels."""


def folds_of(network: Wired, paired: Mapping[int, int]) -> Mapping[int, Fold]:
    """Normalisations that are in one model only, of layers that are in both, by layer.

    Parameters
    ----------
    paired : operators of this model that are in both.
    """
    found = {}
    for part in network.parts:
        if part.node.op_type != "BatchNormalization" or part.index in paired:
            continue
        roots = [root for operand in part.operands if len(operand.roots) == 1
                 for root in operand.roots]  # fmt: skip
        layer = layer_before(network, paired, part)
        conv = None if layer is None else layer.node.conv
        if layer is None or len(roots) != VECTORS or conv is None:
            continue
        axis = 1 if conv.transposed else 0
        if axis == 0 or conv.groups == 1:
            epsilon = float(part.call.attr("epsilon", 1e-5))
            gain, shift, mean, variance = roots
            found[layer.index] = Fold(gain, shift, mean, variance, epsilon, axis)
    return found


VECTORS = 4
"""γ, β, μ and σ²."""


def layer_before(network: Wired, paired: Mapping[int, int], part: Part) -> Part | None:
    """The layer that feeds a normalisation alone, where it is in both models."""
    for source in part.flows:
        maker = network.parts[source.part]
        if maker.is_weighted and maker.index in paired and len(maker.readers) == 1:
            return maker
    return None


def folded(origins: Origins, rows: Rows, fold: Fold, *, is_bias: bool) -> Rows | None:
    """Weights, or the bias, with the normalisation in them; ``None`` if that cannot be read."""
    vectors = []
    for root in (fold.gain, fold.shift, fold.mean, fold.variance):
        vector = _vector(origins, root)
        if vector is None:
            return None
        vectors.append(vector)
    gain, shift, mean, variance = vectors
    with np.errstate(all="ignore"):
        scale = gain / np.sqrt(variance + fold.epsilon)
    if is_bias:
        if rows.size != len(scale):
            return None
        bias = np.asarray(rows.whole(), np.float64).reshape(-1)
        return Rows.of(scale * (bias - mean) + shift)
    if rows.ndim <= fold.axis or rows.shape[fold.axis] != len(scale):
        return None
    return _scaled(rows, scale, fold.axis)


def _scaled(rows: Rows, scale: _Vector, axis: int) -> Rows:
    inner = 1
    for side in rows.shape[axis + 1 :]:
        inner *= side

    def read(start: int, stop: int) -> _Vector:
        channel = np.arange(start, stop) // inner % len(scale)
        return np.asarray(rows.flat(start, stop), np.float64) * scale[channel]

    return Rows(np.dtype(np.float64), rows.shape, read)


def _vector(origins: Origins, root: Root) -> _Vector | None:
    with origins.opened(root) as rows:
        if rows is None or rows.dtype.hasobject or rows.dtype.kind == "c":
            return None
        return np.asarray(rows.whole(), np.float64).reshape(-1)
