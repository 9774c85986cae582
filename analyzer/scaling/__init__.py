"""What if: the model at another width, resolution and depth, recounted layer by layer."""

from analyzer.scaling.depth import Stage
from analyzer.scaling.frontier import Frontier, compound, frontier
from analyzer.scaling.recount import Layer
from analyzer.scaling.stops import Product, Stops, stops
from analyzer.scaling.tables import Growth, grid, growth, table, usual_resolutions
from analyzer.scaling.whatif import Scaled, Scaler, scale

__all__ = [
    "Frontier",
    "Growth",
    "Layer",
    "Product",
    "Scaled",
    "Scaler",
    "Stage",
    "Stops",
    "compound",
    "frontier",
    "grid",
    "growth",
    "scale",
    "stops",
    "table",
    "usual_resolutions",
]
