"""How much looking a pattern may do: work in steps, one for each operand or operator tried.

A step takes a microsecond or two. Real models need fewer than one for each operator that the
pattern names; thousands of equal operators that all read one another would need a power of that.
"""

from __future__ import annotations

from analyzer.dataclass import dataclass

RULE_STEPS, RULE_STEPS_EACH = 200_000, 20
"""Steps of one rule in one model, and more of them for each operator of the model."""
MODEL_STEPS, MODEL_STEPS_EACH = 1_000_000, 40
"""Steps of all rules together, and more of them for each operator of the model."""


class Exhausted(Exception):  # noqa: N818 - a control-flow signal, not a failure of the tool
    """A search ended before it was through: what it has not found is unknown."""


@dataclass(slots=True)
class Allowance:
    """Steps that may still be taken, on one's own and together with others."""

    left: int
    common: Allowance | None = None
    """Whose steps these are, too."""

    def spend(self, steps: int = 1) -> None:
        """Take steps; raises ``Exhausted`` where none is left."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted
        if self.common is not None:
            self.common.spend(steps)


def model_allowance(operators: int) -> Allowance:
    """For all rules, in a model of so many operators."""
    return Allowance(MODEL_STEPS + MODEL_STEPS_EACH * operators)


def rule_allowance(operators: int, common: Allowance) -> Allowance:
    """For one of them."""
    return Allowance(RULE_STEPS + RULE_STEPS_EACH * operators, common)
