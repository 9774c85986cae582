"""What there is to see in one model, before anybody's policy is applied to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.lint import Observed


@dataclass(frozen=True, slots=True)
class Seen:
    """Facts about a model, and what the rules say of them."""

    facts: Facts
    observed: Observed

    def without_rest(self) -> Seen:
        """The same with facts that have, of long lists, only the operators that findings are about:
        what most formats of ``check`` show, and what decides about findings."""
        facts = self.facts
        about = {finding.node for finding in self.observed.findings}
        few = replace(
            facts,
            nodes=tuple(node for node in facts.nodes if node.id in about),
            blocks=(),
            modules=None,
            shared=type(facts.shared)(),
            memory=replace(facts.memory, alive=()),
            parameters=replace(facts.parameters, tensors=()),
        )
        return replace(self, facts=few)
