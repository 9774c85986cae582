"""What the outputs do not need, and what is settled before the model runs.

Every answer is proven from the file alone: from stored constants, and from sizes that the file
states. Sizes that were assumed, or given by the user, prove nothing here. An operator has one
entry at most, of the first cause that explains it: an operator that nobody reads is dead, and not
a duplicate as well.
"""

from __future__ import annotations

from analyzer.redundancy.batch import batch_growth
from analyzer.redundancy.find import find_structure

__all__ = ["batch_growth", "find_structure"]
