"""A model's main graph as a system of dimensions that can be solved for another size."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import Tensor
from analyzer.graph.adjacency import vertices
from analyzer.graph.call import MALFORMED, Call
from analyzer.operators.record import Scaling
from analyzer.scaling import channels, layout, spatial
from analyzer.scaling.bases import bases
from analyzer.scaling.dims import Dims
from analyzer.scaling.term import Axes, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts

Relation = Callable[[Term], None]


def _nothing(_site: Term) -> None:
    """Results whose shape depends on nothing that scales (Constant, Shape, …)."""


RELATIONS: Mapping[Scaling, Relation] = {
    Scaling.OPAQUE: Term.opaque,
    Scaling.NOTHING: _nothing,
    Scaling.SAME: channels.unary,
    Scaling.BROADCAST: channels.elementwise,
    Scaling.REDUCE: layout.reduce,
    Scaling.RESHAPE: layout.reshape,
    Scaling.CONVOLVE: channels.conv,
    Scaling.DECONVOLVE: channels.conv_transpose,
    Scaling.GEMM: channels.gemm,
    Scaling.MATMUL: channels.matmul,
    Scaling.RECURRENT: channels.recurrent,
    Scaling.POOL: spatial.pool,
    Scaling.GLOBAL_POOL: spatial.global_pool,
    Scaling.PER_CHANNEL: channels.per_channel,
    Scaling.QUANTISE: channels.quantize,
    Scaling.RESIZE: spatial.resize,
    Scaling.TILE: layout.tile,
    Scaling.BLOCKS: channels.depth_to_space,
    Scaling.GATHER: channels.gather,
    Scaling.CONCATENATE: layout.concat,
    Scaling.SPLIT: layout.split,
    Scaling.CUT: layout.cut,
    Scaling.PAD: layout.pad,
    Scaling.TRANSPOSE: layout.transpose,
}
"""What the word in an operator's record stands for."""

TYING = (channels.unary, channels.elementwise, channels.quantize, layout.transpose, _nothing)
"""Relations that only tie equal sizes, and so hold in both directions."""


@dataclass(frozen=True, slots=True)
class System:
    """Dimensions of every tensor of the main graph, and the operators that relate them."""

    dims: Dims
    terms: Mapping[str, Term]
    """By ``Node.id``, in topological order."""
    axes: Mapping[str, tuple[int, ...]]
    """Dimension ids by tensor name."""
    tensors: Mapping[str, Tensor]
    """Those tensors, as they are today."""
    names: Mapping[str, frozenset[str] | None]
    """Of the tensors of each operator; ``None`` where one of them is another of the same name."""
    opaque: tuple[str, ...]
    """Operators that nobody described: what comes behind does not follow another size."""
    trusted: tuple[str, ...]
    """Those among them that hand on the shape of their input, and are taken to do so always."""
    sides: tuple[int, ...]
    """Dimensions of graph inputs that kernels slide over: what ρ multiplies."""

    def solve(
        self, pins: Mapping[int, int], widen: Callable[[int, int], int]
    ) -> Mapping[str, Call]:
        """Every operator at the new size, by ``Node.id``; raises ``Unknown`` (see ``Dims``)."""
        size = self.dims.solve(pins, widen)
        sized: dict[str, Tensor] = {}
        moved = set[str]()
        for name, axes in self.axes.items():
            today, shape = self.tensors[name], tuple(map(size, axes))
            if shape == today.shape:
                sized[name] = today
            else:
                sized[name] = Tensor(name, today.dtype, shape)
                moved.add(name)
        return {
            node: term.call
            if (names := self.names[node]) is not None and names.isdisjoint(moved)
            else _resized(term, size, sized)
            for node, term in self.terms.items()
        }


def system(facts: Facts) -> System:
    """Relate the dimensions of the main graph of ``facts``."""
    nodes = {
        node: (record.call, record.constants)
        for node, record in vertices(facts.graph)
        if record.scope == ""
    }
    bodies = frozenset(node.id for node in facts.nodes if node.composite)
    names = [t.name for t in facts.inputs], [t.name for t in facts.outputs]
    return relate(nodes, *names, bodies)


def relate(
    nodes: Mapping[str, tuple[Call, frozenset[int]]],
    inputs: Iterable[str],
    outputs: Iterable[str],
    bodies: frozenset[str] = frozenset(),
) -> System:
    """System of ``id → (call, constant slots)``, in topological order.

    ``inputs`` and ``outputs`` are the interface: their widths are fixed. An output is free
    where its width also runs through the network, as that of a transformer's hidden state.
    ``bodies`` are operators that are counted through their bodies.
    """
    dims = Dims()
    axes: dict[str, tuple[int, ...]] = {}
    tensors: dict[str, Tensor] = {}
    terms: dict[str, Term] = {}
    opaque: list[str] = []
    trusted: list[str] = []

    def ids(tensor: Tensor | None) -> Axes:
        if tensor is None or tensor.shape is None:
            return None
        if tensor.name not in axes:
            tensors[tensor.name] = tensor
            axes[tensor.name] = tuple(
                dims.add(d, f"{tensor.name} axis {i}") for i, d in enumerate(tensor.shape)
            )
        return axes[tensor.name]

    for node, (call, constants) in nodes.items():
        term = Term(
            dims, call, tuple(map(ids, call.inputs)), tuple(map(ids, call.outputs)), constants
        )
        unknown = term.is_opaque() and node not in bodies
        if unknown and constants.issuperset(s for s, t in enumerate(call.inputs) if t is not None):
            unknown = False  # it only prepares constants, which fit what reads them
        if unknown:
            (trusted if term.keeps_shape() else opaque).append(node)
        try:
            (channels.unary if unknown and term.keeps_shape() else _relation(term))(term)
        except MALFORMED:
            term.opaque()
        terms[node] = term
    _keep(terms[node] for node in bases(terms))
    inputs = list(inputs)
    for dim in (d for name in inputs for d in axes.get(name) or ()):
        dims.fix(dim)
    for dim in (d for name in outputs for d in axes.get(name) or ()):
        if not dims.is_fed(dim):
            dims.fix(dim)
    dims.close()
    moving = dims.spatial_roots()
    sides = tuple(
        dim
        for name in inputs
        for dim in (axes.get(name) or ())[1:]
        if dims.find(dim) in moving and (dims.sizes[dim] or 0) > 1
    )
    names = {node: _names(term.call, tensors) for node, term in terms.items()}
    return System(dims, terms, axes, tensors, names, tuple(opaque), tuple(trusted), sides)


def _keep(found: Iterable[Term]) -> None:
    """Leave weights as they are that nobody trains."""
    for term in found:
        for dim in term.x(term.weight()) or ():
            term.dims.fix(dim)


def operator_name(call: Call) -> str:
    """``ai.acme::RequantShift``."""
    return f"{call.domain or 'ai.onnx'}::{call.op_type}"


def _relation(term: Term) -> Relation:
    """Rule of an operator; constants fit what reads them, so they never hold a size back."""
    call = term.call
    record = term.record
    relation = RELATIONS[record.scaling] if record is not None else None
    fed = [slot for slot, tensor in enumerate(call.inputs) if tensor is not None]
    if fed and term.constants.issuperset(fed):
        return relation if relation in TYING else layout.refit
    return relation or Term.opaque


def _names(call: Call, tensors: Mapping[str, Tensor]) -> frozenset[str] | None:
    """Of the tensors whose ranks are known; ``None`` where one is not that of ``tensors``."""
    known = [t for t in (*call.inputs, *call.outputs) if t is not None and t.shape is not None]
    same = all(tensors[tensor.name] is tensor for tensor in known)
    return frozenset(tensor.name for tensor in known) if same else None


def _resized(term: Term, size: Callable[[int], int | None], sized: Mapping[str, Tensor]) -> Call:
    """The call with new shapes; the very same object when nothing moved."""
    call = term.call

    def moved(tensor: Tensor | None) -> Tensor | None:
        return tensor if tensor is None or tensor.shape is None else sized[tensor.name]

    inputs, outputs = tuple(map(moved, call.inputs)), tuple(map(moved, call.outputs))
    if all(map(is_, inputs, call.inputs)) and all(map(is_, outputs, call.outputs)):
        return call
    edits = {
        name: size(to) if isinstance(to, int) else tuple(map(size, to)) for name, to in term.edits
    }
    attributes = {**call.attributes, **edits} if edits else call.attributes
    return Call(call.op_type, call.domain, call.version, attributes, inputs, outputs, call.values)
