"""Feature-map arithmetic: how an output side follows from an input side, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.scaling.site import Site


def slide(site: Site, kernel: tuple[int, ...]) -> None:
    """Tie the spatial axes of a convolution or pooling: floor((F + p − (d(K−1)+1))/s) + 1.

    ONNX operator specification of Conv and MaxPool, ``auto_pad`` and ``ceil_mode`` included.
    """
    x, y = site.x(), site.y()
    if x is None or y is None:
        return
    rank = len(kernel)
    strides = site.call.attr("strides") or (1,) * rank
    dilations = site.call.attr("dilations") or (1,) * rank
    pads = site.call.attr("pads") or (0,) * (2 * rank)
    auto = site.call.attr("auto_pad", "NOTSET") or "NOTSET"
    ceil = bool(site.call.attr("ceil_mode", 0))
    if min(len(strides), len(dilations), len(pads) // 2, len(x) - 2, len(y) - 2) < rank:
        return
    for axis in range(rank):
        reach = dilations[axis] * (kernel[axis] - 1) + 1
        padding = (pads[axis], pads[axis + rank])
        site.dims.mark_spatial(x[axis + 2])
        side = out_side(reach, strides[axis], padding, auto, ceil)
        site.dims.derive(y[axis + 2], (x[axis + 2],), side)


def out_side(
    reach: int, stride: int, pads: tuple[int, int], auto: str = "NOTSET", ceil: bool = False
) -> Callable[[int], int]:
    """Output side as a function of the input side.

    ``reach`` is the dilated kernel side, ``pads`` the padding before and after.

    >>> out_side(3, 2, (1, 1))(224), out_side(3, 2, (0, 0), ceil=True)(224)
    (112, 112)
    """

    def compute(side: int) -> int:
        if auto in ("SAME_UPPER", "SAME_LOWER"):
            return -(-side // stride)
        before, after = (0, 0) if auto == "VALID" else pads
        room = side + before + after - reach
        if room < 0:
            raise Unknown(f"a feature map of side {side} is smaller than its kernel of {reach}")
        if not ceil or auto == "VALID":
            return room // stride + 1
        steps = -(-room // stride) + 1
        # the last window must start inside the input or its front padding
        return steps - 1 if (steps - 1) * stride >= side + before else steps

    return compute


def transposed(site: Site, target: int, source: int, stride: int) -> None:
    """Output side of ConvTranspose: s·F plus what kernel and padding add, a constant."""
    out, inner = site.size(target), site.size(source)
    site.dims.mark_spatial(source)
    if out is None or inner is None:
        return
    extra = out - stride * inner
    site.dims.derive(target, (source,), lambda side: stride * side + extra)


def resize(site: Site) -> None:
    """Resize and Upsample keep their factor; a size computed in the graph yields to its peer."""
    x, y = site.x(), site.y()
    if x is None or y is None or len(x) != len(y):
        return
    slot = 1 if site.call.op_type == "Upsample" or len(site.inputs) == 2 else 2
    factors = site.call.reals(slot) or ()
    computed = site.x(3) is not None and 3 not in site.constants
    for axis, (source, target) in enumerate(zip(x, y, strict=True)):
        before, after = site.size(source), site.size(target)
        if before is None or after is None:
            continue
        if axis < 2 and before == after:
            site.dims.union(source, target)
            continue
        exact = Fraction(factors[axis]) if len(factors) == len(x) else None
        ratio = exact or Fraction(after, before or 1)
        site.dims.mark_spatial(source)
        site.dims.derive(target, (source,), _times(ratio), weak=computed)


def _times(ratio: Fraction) -> Callable[[int], int]:
    return lambda side: int(side * ratio)


def pool(site: Site) -> None:
    """Pooling; a kernel that covers the whole map is global and follows the map."""
    x, y = site.x(), site.y()
    kernel = site.call.attr("kernel_shape") or ()
    if x is None or y is None or len(x) != len(kernel) + 2:
        return
    for out in site.outputs:
        site.tie(x[:2], out[:2] if out else None)
        site.tie(y[2:], out[2:] if out else None)
    sides = tuple(site.size(d) for d in x[2:])
    if sides == tuple(kernel) and all(site.size(d) == 1 for d in y[2:]):
        for dim in x[2:]:
            site.dims.mark_spatial(dim)
        site.edits.append(("kernel_shape", x[2:]))
        return
    slide(site, tuple(kernel))


def global_pool(site: Site) -> None:
    """Batch and channels stay; every side becomes 1."""
    x, y = site.x(), site.y()
    site.tie(x[:2] if x else None, y[:2] if y else None)
    for dim in x[2:] if x else ():
        site.dims.mark_spatial(dim)
