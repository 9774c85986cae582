"""What if: the model at another width, resolution and depth, recounted layer by layer."""

from analyzer.scaling.depth import Stage
from analyzer.scaling.frontier import Frontier, compound, frontier
from analyzer.scaling.joint import Grown, Joint, OpenStop, combine
from analyzer.scaling.products import Product
from analyzer.scaling.recount import Layer
from analyzer.scaling.stops import Stops, stops
from analyzer.scaling.tables import Growth, grid, growth, table, usual_resolutions
from analyzer.scaling.whatif import Scaled, Scaler, scale

__all__ = [
    "Frontier",
    "Grown",
    "Growth",
    "Joint",
    "Layer",
    "OpenStop",
    "Product",
    "Scaled",
    "Scaler",
    "Stage",
    "Stops",
    "combine",
    "compound",
    "frontier",
    "grid",
    "growth",
    "scale",
    "stops",
    "table",
    "usual_resolutions",
]
