"""Weights of matrix products in blocks of few bits, as ONNX Runtime's MatMulNBits stores them.

Each of the N columns of a K × N matrix is cut into blocks; a block has its weights packed into
whole bytes and a scale of the type of the activations (ONNX Runtime, "Contrib Operators",
MatMulNBits): ``N · ⌈K / block⌉ · (block · bits / 8 + bytes of a scale)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import BITS
from analyzer.graph.adjacency import producer, vertices

if TYPE_CHECKING:
    from analyzer.facts import Facts

BLOCK = 32
"""Weights that share a scale: the finest that ONNX Runtime's quantiser offers but 16, and what most
published 4-bit models have."""


@dataclass(frozen=True, slots=True)
class Packable:
    """Constant matrices of a model's products in floating point."""

    matrices: tuple[tuple[int, int, int], ...]
    """K, N and the bits of an element of each, every tensor once."""
    nodes: tuple[str, ...] = ()
    """Ids of the products that read one first."""

    @property
    def bytes(self) -> int:
        """As they are stored."""
        return sum(k * n * bits // 8 for k, n, bits in self.matrices)

    def packed_bytes(self, bits: int, block: int = BLOCK) -> int:
        """With so many bits a weight and a scale for each block, without zero points."""
        return sum(packed_bytes(k, n, bits, each // 8, block) for k, n, each in self.matrices)


def packed_bytes(k: int, n: int, bits: int, scale: int, block: int = BLOCK) -> int:
    """Bytes of one matrix; ``scale`` is what a scale takes.

    Llama-2-7B's gate projection in 4 bits with scales of float16: 4.5 bits a weight.

    >>> packed_bytes(4096, 11008, 4, 2)
    25362432
    >>> 4096 * 11008 * 4.5 / 8
    25362432.0
    """
    blocks = -(-k // block)
    return n * blocks * (block * bits // 8 + scale)


def packable(facts: Facts) -> Packable:
    """The matrices that MatMul multiplies by, of 16 or 32 bits."""
    seen: set[tuple[str, str]] = set()
    found, ids = [], []
    nodes = {node.id: node for node in facts.nodes if node.op_type == "MatMul" and not node.domain}
    for key, place in vertices(facts.graph) if nodes else ():
        node, tensor = nodes.get(key), place.call.input(1)
        if node is None or tensor is None or 1 not in place.constants or tensor.shape is None:
            continue
        if producer(facts.graph, key, 1) is not None:
            continue  # quantisers read initializers alone
        name = node.scope, node.inputs[1]
        bits = BITS.get(tensor.dtype or "", 0)
        if len(tensor.shape) != 2 or name in seen or "float" not in (tensor.dtype or ""):
            continue
        k, n = tensor.shape
        if k is not None and n is not None and k >= BLOCK and bits in (16, 32):
            seen.add(name)
            found.append((k, n, bits))
            ids.append(key)
    return Packable(tuple(found), tuple(ids))
