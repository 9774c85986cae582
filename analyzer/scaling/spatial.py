"""Feature-map arithmetic: how an output side follows from an input side, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.scaling.term import Term


def slide(term: Term, kernel: tuple[int, ...]) -> None:
    """Tie the spatial axes of a convolution or pooling: floor((F + p − (d(K−1)+1))/s) + 1.

    ONNX operator specification of Conv and MaxPool, ``auto_pad`` and ``ceil_mode`` included.
    """
    x, y = term.x(), term.y()
    if x is None or y is None:
        return
    rank = len(kernel)
    strides = term.call.attr("strides") or (1,) * rank
    dilations = term.call.attr("dilations") or (1,) * rank
    pads = term.call.attr("pads") or (0,) * (2 * rank)
    auto = term.call.attr("auto_pad", "NOTSET") or "NOTSET"
    ceil = bool(term.call.attr("ceil_mode", 0))
    if min(len(strides), len(dilations), len(pads) // 2, len(x) - 2, len(y) - 2) < rank:
        return
    for axis in range(rank):
        reach = dilations[axis] * (kernel[axis] - 1) + 1
        padding = (pads[axis], pads[axis + rank])
        term.dims.mark_spatial(x[axis + 2])
        side = out_side(reach, strides[axis], padding, auto, ceil)
        term.dims.derive(y[axis + 2], (x[axis + 2],), side)


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


def transposed(term: Term, target: int, source: int, stride: int) -> None:
    """Output side of ConvTranspose: s·F plus what kernel and padding add, a constant."""
    out, inner = term.size(target), term.size(source)
    term.dims.mark_spatial(source)
    if out is None or inner is None:
        return
    extra = out - stride * inner
    term.dims.derive(target, (source,), lambda side: stride * side + extra)


def resize(term: Term) -> None:
    """Resize and Upsample keep their factor; a size computed in the graph yields to its peer."""
    x, y = term.x(), term.y()
    if x is None or y is None or len(x) != len(y):
        return
    slot = 1 if term.call.op_type == "Upsample" or len(term.inputs) == 2 else 2
    factors = term.call.reals(slot) or ()
    computed = term.x(3) is not None and 3 not in term.constants
    for axis, (source, target) in enumerate(zip(x, y, strict=True)):
        before, after = term.size(source), term.size(target)
        if before is None or after is None:
            continue
        if axis < 2 and before == after:
            term.dims.union(source, target)
            continue
        exact = Fraction(factors[axis]) if len(factors) == len(x) else None
        ratio = exact or Fraction(after, before or 1)
        term.dims.mark_spatial(source)
        term.dims.derive(target, (source,), _times(ratio), weak=computed)


def _times(ratio: Fraction) -> Callable[[int], int]:
    return lambda side: int(side * ratio)


def pool(term: Term) -> None:
    """Pooling; a kernel that covers the whole map is global and follows the map."""
    x, y = term.x(), term.y()
    kernel = term.call.attr("kernel_shape") or ()
    if x is None or y is None or len(x) != len(kernel) + 2:
        return
    for out in term.outputs:
        term.tie(x[:2], out[:2] if out else None)
        term.tie(y[2:], out[2:] if out else None)
    sides = tuple(term.size(d) for d in x[2:])
    if sides == tuple(kernel) and all(term.size(d) == 1 for d in y[2:]):
        for dim in x[2:]:
            term.dims.mark_spatial(dim)
        term.edits.append(("kernel_shape", x[2:]))
        return
    slide(term, tuple(kernel))


def global_pool(term: Term) -> None:
    """Batch and channels stay; every side becomes 1."""
    x, y = term.x(), term.y()
    term.tie(x[:2] if x else None, y[:2] if y else None)
    for dim in x[2:] if x else ():
        term.dims.mark_spatial(dim)
