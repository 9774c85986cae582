"""Linear operators that could be one, or stand in another order, with the same result.

Convolutions, products, sums with constants, interpolation and averages are linear: what two of
them do in a row, one can do (to the rounding of floats). Nothing here holds for sizes that were
assumed only: shapes decide which axes are channels, counts what it saves.
"""

from analyzer.patterns.merging.find import merges_of
from analyzer.patterns.merging.merge import KINDS, Merge

__all__ = ["KINDS", "Merge", "merges_of"]
