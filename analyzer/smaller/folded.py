"""By how much a file grows for constants that are computed before it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.facts import Facts


def folded_bytes(facts: Facts) -> int:
    """Bytes of what a simplifier stores in the place of operators that compute constants, without
    the tensors that nothing else reads; weights that are made of nothing among them. What the file
    shrinks by is 0."""
    made = facts.parameters.weight_bytes - facts.parameters.stored_bytes
    gone = {each.place for each in facts.structure.surplus if each.kind == "foldable"}
    if not gone:
        return max(0, made)
    read = {name for node in facts.nodes if node.id not in gone for name in node.inputs}
    read |= {tensor.name for tensor in facts.outputs}
    results = (t for n in facts.nodes if n.id in gone and not n.scope for t in n.outputs)
    stored = sum(tensor.bytes or 0 for tensor in results if tensor.name in read)
    left = sum(t.bytes or 0 for t in facts.structure.initializers
               if not t.scope and t.name not in read)  # fmt: skip
    return max(0, made + stored - left)
