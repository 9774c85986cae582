"""Contracts of operators that sample images: Resize, Upsample, GridSample, RoiAlign …"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.operators.contracts.parts import (
    MAX_LISTED,
    indices_in_range,
    rank,
    same_rank,
    same_size,
    size_of,
    vector,
)
from analyzer.operators.contracts.reading import (
    contents,
    elements_of,
    given,
    integers,
    rank_of,
    shape_of,
    size_at,
    whole,
    wholes,
)
from analyzer.operators.contracts.settings import (
    axes_in_range,
    flag,
    one_of,
    per_axis,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_TRANSFORMS = (
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
    "tf_half_pixel_for_nn", "tf_crop_and_resize",
)  # fmt: skip
_ROUNDING = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple")


def _resized_axes(call: Call) -> int | None:
    """Entries that scales and sizes have: one for each axis, or for each of ``axes``."""
    axes = wholes(call, "axes") if call.version >= 18 else None
    return len(axes) if axes else rank_of(call, 0)


def _resize(call: Call) -> Iterator[Violation]:
    """Scales or sizes, one of the two, one entry for each axis, positive."""
    scale_slot = 1 if call.version < 11 else 2
    count = _resized_axes(call)
    scales, sizes = elements_of(call, scale_slot), elements_of(call, 3)
    if call.version < 11 or not given(call, 3):
        sizes = 0
    if not given(call, scale_slot):
        scales = 0
    if scales is None or sizes is None:
        return
    if (scales > 0) == (sizes > 0):
        yield Violation(
            "resize-sizes",
            "both of scales and sizes are given"
            if scales
            else "neither of scales and sizes is given",
            "give one of the two, and leave the other out",
        )
        return
    name, length = ("scales", scales) if scales else ("sizes", sizes)
    if count is not None and length != count:
        yield Violation(
            "resize-length",
            f"{name} has {length} entries, {count} axes are resized",
            f"give {name} {count} entries",
        )
        return
    values = contents(call, scale_slot if scales else 3)
    if values is not None and values.size and not np.greater(values, 0).all():
        least = float(values.min())
        kept = call.attr("keep_aspect_ratio_policy", "stretch") == "stretch" or bool(scales)
        yield Violation(
            "resize-sizes", f"{name} has the entry {least:g}", f"give {name} entries above 0", kept
        )


def _roi(call: Call) -> Iterator[Violation]:
    """Cropping takes the corners of a box: two entries for each axis."""
    if call.version < 11 or call.attr("coordinate_transformation_mode") != "tf_crop_and_resize":
        return
    count, length = _resized_axes(call), elements_of(call, 1)
    if not given(call, 1) or (count is not None and length is not None and length != 2 * count):
        yield Violation(
            "resize-length",
            f"roi has {length or 0} entries, cropping {count} axes takes {2 * (count or 0)}",
            "give all starts, then all ends",
            grave=given(call, 1),
        )


def _upsample(call: Call) -> Iterator[Violation]:
    count = rank_of(call, 0)
    if call.version >= 9:
        length, values = elements_of(call, 1), contents(call, 1)
        least = None if values is None or not values.size else float(values.min())
    else:
        stated = call.attr("scales")
        if not isinstance(stated, tuple):
            return
        length, least = len(stated), float(min(stated, default=1.0))
    if count is not None and length is not None and length != count:
        yield Violation(
            "resize-length", f"scales has {length} entries, the input {count} axes",
            f"give scales {count} entries",
        )  # fmt: skip
    elif least is not None and least < 1:
        yield Violation(
            "resize-sizes", f"scales has the entry {least:g}, Upsample only enlarges",
            "use Resize to make an image smaller",
        )  # fmt: skip


def _grid(call: Call) -> Iterator[Violation]:
    """The grid holds one coordinate for each spatial axis."""
    axes, last = rank_of(call, 0), size_at(call, 1, -1)
    if axes is not None and last is not None and rank_of(call, 1) == axes and last != axes - 2:
        yield Violation(
            "grid-shape",
            f"the grid ({spell(shape_of(call, 1))}) has {last} coordinates for {axes - 2} spatial "
            "axes",
            f"give the last axis of grid {axes - 2} entries",
        )


def _sampling(call: Call) -> Iterator[Violation]:
    """Modes were renamed in version 20."""
    old, new = ("bilinear", "nearest", "bicubic"), ("linear", "nearest", "cubic")
    yield from one_of("mode", new if call.version >= 20 else old)(call)


def _boxes(call: Call) -> Iterator[Violation]:
    shape, columns = shape_of(call, 1), 5 if call.op_type == "MaxRoiPool" else 4
    if shape is not None and len(shape) == 2 and shape[1] not in (None, columns):
        yield Violation(
            "roi-shape",
            f"rois are {spell(shape)}, each takes {columns} numbers",
            f"give rois {columns} columns",
        )


def _theta(call: Call) -> Iterator[Violation]:
    size, theta = integers(call, 1), shape_of(call, 0)
    if size is None or theta is None or len(theta) != 3:
        return
    if len(size) not in (4, 5):
        yield Violation(
            "grid-shape", f"size has {len(size)} entries, it takes 4 or 5",
            "state (batch, channels, spatial sizes)",
        )  # fmt: skip
        return
    if min(size[0], *size[2:]) < 1:
        yield Violation(
            "attribute-value", f"size {list(size)} has an entry below 1", "state sizes above 0"
        )
        return
    wanted = (size[0], len(size) - 2, len(size) - 1)
    if any(a is not None and a != b for a, b in zip(theta, wanted, strict=True)):
        yield Violation(
            "grid-shape",
            f"theta is {spell(theta)}, the size {list(size)} takes {spell(wanted)}",
            "give one matrix for each image of the batch",
        )


def _columns(call: Call) -> Iterator[Violation]:
    """Col2Im: channels times the block's volume on axis 1."""
    block, size = integers(call, 2), size_at(call, 0, 1)
    if not block or size is None:
        return
    volume = 1
    for side in block:
        volume *= side
    if volume <= 0 or size % volume:
        yield Violation(
            "divisibility",
            f"axis 1 of the input ({spell(shape_of(call, 0))}) is {size}, a block of "
            f"{list(block[:MAX_LISTED])} has {volume} elements",
            "make axis 1 channels times the block's elements",
        )


def _slid(call: Call) -> Iterator[Violation]:
    """Col2Im: as many columns as places of the block in the image."""
    image, block, columns = integers(call, 1), integers(call, 2), size_at(call, 0, 2)
    if not image or not block or len(image) != len(block):
        return
    count = len(image)
    strides = wholes(call, "strides") or (1,) * count
    dilations = wholes(call, "dilations") or (1,) * count
    pads = wholes(call, "pads") or (0,) * (2 * count)
    if (len(strides), len(dilations), len(pads)) != (count, count, 2 * count) or min(strides) < 1:
        return
    if min(image) < 1 or min(block) < 1:
        yield Violation(
            "attribute-value", f"image_shape {list(image[:8])} or block_shape {list(block[:8])} "
            "has a size below 1", "state sizes above 0",
        )  # fmt: skip
        return
    places = 1
    for i in range(count):
        room = image[i] + pads[i] + pads[count + i] - dilations[i] * (block[i] - 1) - 1
        places *= max(0, room // strides[i] + 1)
    if columns is not None and columns != places:
        yield Violation(
            "column-count",
            f"the input ({spell(shape_of(call, 0))}) has {columns} columns, the block has "
            f"{places} places in the image",
            "make one column for each place",
        )


def _cropped(call: Call) -> Iterator[Violation]:
    axes, count, wanted = wholes(call, "axes"), rank_of(call, 0), elements_of(call, 1)
    expected = len(axes) if axes is not None else count
    if expected is not None and wanted is not None and wanted != expected:
        yield Violation(
            "resize-length", f"shape has {wanted} entries, {expected} axes are cropped or padded",
            f"give shape {expected} entries",
        )  # fmt: skip


def _crop(call: Call) -> Iterator[Violation]:
    sides = integers(call, 3)
    if sides and min(sides) < 1:
        yield Violation(
            "attribute-value", f"crop_size is {list(sides[:MAX_LISTED])}", "state sizes above 0"
        )


def _pooled(call: Call) -> Iterator[Violation]:
    sides = wholes(call, "pooled_shape")
    if sides is not None and (len(sides) != 2 or min(sides) < 1):
        yield Violation(
            "attribute-length", f"pooled_shape is {list(sides[:MAX_LISTED])}",
            "state height and width, both above 0",
        )  # fmt: skip


def _ratio(call: Call) -> Iterator[Violation]:
    for name in ("output_height", "output_width"):
        value = whole(call, name, 1)
        if value is not None and value < 1:
            yield Violation(
                "attribute-value", f"{name} is {value}", f"set {name} to 1 or more", value < 0
            )  # fmt: skip
            return


def _boxed(call: Call) -> Iterator[Violation]:
    """NonMaxSuppression: boxes (batch, n, 4), scores (batch, classes, n)."""
    boxes = shape_of(call, 0)
    if boxes is not None and len(boxes) == 3 and boxes[2] not in (None, 4):
        yield Violation(
            "roi-shape", f"boxes are {spell(boxes)}, each takes 4 numbers",
            "give boxes 4 entries on their last axis",
        )  # fmt: skip


RESAMPLING: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "Resize"): (
        _resize, _roi, one_of("mode", ("nearest", "linear", "cubic")),
        one_of("coordinate_transformation_mode", _TRANSFORMS),
        one_of("nearest_mode", _ROUNDING),
        one_of("keep_aspect_ratio_policy", ("stretch", "not_larger", "not_smaller")),
        axes_in_range(lambda c: wholes(c, "axes")),
    ),
    ("", "Upsample"): (_upsample, one_of("mode", ("nearest", "linear", "bilinear"))),
    ("", "GridSample"): (
        same_rank(0, "X", 1, "grid"), same_size(0, "X", 0, 1, "grid", 0), _grid,
        _sampling,
        one_of("padding_mode", ("zeros", "border", "reflection")),
        flag("align_corners"),
    ),
    ("", "RoiAlign"): (
        rank(0, "X", 4), rank(1, "rois", 2), _boxes, _ratio, one_of("mode", ("avg", "max")),
        vector(2, "batch_indices", size_of(1, 0), "one for each roi"),
        one_of("coordinate_transformation_mode", ("half_pixel", "output_half_pixel"), grave=False),
    ),
    ("", "MaxRoiPool"): (rank(0, "X", 4), rank(1, "rois", 2), _boxes, _pooled),
    ("", "AffineGrid"): (rank(0, "theta", 3), _theta),
    ("", "Col2Im"): (
        rank(0, "input", 3), rank(1, "image_shape", 1), rank(2, "block_shape", 1), _columns,
        _slid, per_axis("strides", lambda c: elements_of(c, 1), 1),
        per_axis("dilations", lambda c: elements_of(c, 1), 1),
        per_axis("pads", lambda c: elements_of(c, 1), 0, times=2),
    ),
    ("", "CenterCropPad"): (
        rank(1, "shape", 1),
        _cropped, axes_in_range(lambda c: wholes(c, "axes"))),
    ("", "NonMaxSuppression"): (
        rank(0, "boxes", 3), rank(1, "scores", 3), _boxed,
        same_size(0, "boxes", 0, 1, "scores", 0), same_size(0, "boxes", 1, 1, "scores", 2),
        one_of("center_point_box", (0, 1)),
    ),
    ("com.microsoft", "GridSample"): (
        rank(0, "X", 4), rank(1, "Grid", 4), _grid, same_size(0, "X", 0, 1, "Grid", 0),
        one_of("mode", ("bilinear", "nearest", "bicubic")),
        one_of("padding_mode", ("zeros", "border", "reflection")),
    ),
    ("com.microsoft", "CropAndResize"): (
        rank(0, "X", 4), rank(1, "rois", 2), _boxes,
        vector(2, "batch_indices", size_of(1, 0), "one for each roi"),
        vector(3, "crop_size", lambda _: 2, "height and width"), _crop,
        indices_in_range(2, "batch_indices", size_of(0, 0), "the batch", least=0),
        one_of("mode", ("bilinear", "nearest")),
    ),
}  # fmt: skip
