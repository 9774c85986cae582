"""Products with one-hot rows, each of which picks a row of the weights as a look-up would.

``Σ_k [i = k] · w_k = w_i``: a comparison of indices with 0 … n − 1, or OneHot, makes n numbers of
each index, and a product multiplies all but one of them by 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import record_of
from analyzer.patterns.merging.merge import LOOKUP, Merge, sole_reader

if TYPE_CHECKING:
    from analyzer.graph.values import NodeView, Value
    from analyzer.patterns.merging.merge import LinearLayer

WHOLE = ("int", "uint")


def lookup(layer: LinearLayer) -> Merge | None:
    """A product of one-hot rows, which nobody else reads, and a table of weights."""
    view, shape = layer.view, layer.weights.shape
    turned = view.attr.get("transA", 0) or view.attr.get("transB", 0)
    if view.domain or turned or shape is None or len(shape) != 2 or shape[0] is None:
        return None
    chain = _made_alone(next(iter(view.inputs), None), view)
    if not chain:
        return None
    if not (_is_one_hot(chain[-1]) or (len(chain) > 1 and _compares(chain[-1], shape[0]))):
        return None
    made = [value.bytes for each in chain for value in each.outputs[:1] if value is not None]
    known = [size for size in made if size is not None]
    return Merge(
        kind=LOOKUP,
        node=view.id,
        partner=chain[-1].name or chain[-1].id,
        partner_type=chain[-1].op_type,
        operators=len(chain),
        macs_now=layer.macs,
        macs=0,
        params_now=layer.weights.elements,
        params=layer.weights.elements,
        moved_bytes=2 * sum(known) if len(known) == len(chain) else None,
    )


def _made_alone(value: Value | None, reader: NodeView) -> list[NodeView]:
    """What makes rows for ``reader`` alone, backwards as far as a conversion of their type."""
    chain: list[NodeView] = []
    while value is not None and sole_reader(value) is (chain[-1] if chain else reader):
        maker = value.producer
        if maker is None or maker.domain:
            return []
        chain.append(maker)
        if maker.op_type not in ("Cast", "CastLike"):
            return chain
        value = next(iter(maker.inputs), None)
    return []


def _compares(view: NodeView, size: int) -> bool:
    """Whether indices, along a last axis of one element, are compared with 0 … ``size`` − 1."""
    record = record_of(view.vertex.call) if view.vertex is not None else None
    known = [value for value in view.inputs if value is not None and value.is_constant]
    others = [value for value in view.inputs if value is not None and not value.is_constant]
    if record is None or record.sign != "=" or (len(known), len(others)) != (1, 1):
        return False
    shape, own = known[0].shape or (), others[0].fixed_shape or ()
    along = shape[-1:] == (size,) and known[0].values == tuple(range(size))
    alone = own[-1:] == (1,) and len(own) >= len(shape)
    return along and alone and (others[0].dtype or "").startswith(WHOLE)


def _is_one_hot(view: NodeView) -> bool:
    """Whether it puts a 1 where each index says, and 0 elsewhere, along a new last axis."""
    if view.op_type != "OneHot" or len(view.inputs) != 3:
        return False
    index, _, numbers = view.inputs
    if index is None or numbers is None or index.is_constant:
        return False
    last = view.attr.get("axis", -1) in (-1, index.rank)
    return last and numbers.values == (0, 1) and (index.dtype or "").startswith(WHOLE)
