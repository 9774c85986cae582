"""Tensors of weights that several operators use: which of them counts their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import find

if TYPE_CHECKING:
    from collections.abc import Container

    from analyzer.facts import Facts


class SharedWeights:
    """Weights of the main graph that more than one operator uses, and who counts them."""

    def __init__(self, facts: Facts) -> None:
        shared = {tensor.name for tensor in facts.parameters.shared}
        stored = (t for t in facts.parameters.tensors if t.name in shared and not t.scope)
        self._sizes = {tensor.name: tensor.elements or 0 for tensor in stored}
        self._used: dict[str, set[str]] = {}
        self._home: dict[str, str] = {}
        """Operator that counts a tensor: the first that runs."""
        if self._sizes:
            self._look(facts)

    def _look(self, facts: Facts) -> None:
        found = {name: name for name in self._sizes}
        for node in facts.nodes:
            record = find(node.domain, node.op_type)
            if node.scope:
                continue
            if record is not None and record.keeps_role and node.inputs[:1]:
                if node.inputs[0] in found:
                    found.update((t.name, found[node.inputs[0]]) for t in node.outputs)
                continue
            self._used[node.id] = {found[name] for name in node.inputs if name in found}
        for node in sorted(facts.nodes, key=lambda node: not node.counted):
            for name in self._used.get(node.id, ()):
                self._home.setdefault(name, node.id)

    def elsewhere(self, nodes: Container[str]) -> int:
        """Parameters that some of ``nodes`` use, and that count at an operator that is none."""
        used = {name for node, names in self._used.items() if node in nodes for name in names}
        return sum(self._sizes[name] for name in used if self._home[name] not in nodes)
