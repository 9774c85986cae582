"""The network drawn: the compute graph without plumbing, equal blocks folded.

``draw`` makes boxes and edges of facts, which are part of a report's JSON; ``picture`` gives them
places, sizes and colours; ``analyzer.report.sketch`` makes a file of that.
"""

from analyzer.report.drawing.draw import draw
from analyzer.report.drawing.record import Box, BoxPart, Depth, Drawing, DrawnEdge

__all__ = ["Box", "BoxPart", "Depth", "Drawing", "DrawnEdge", "draw"]
