"""Resampling: every value is the weighted sum of its neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.costs.counted.case import MS, Case, f
from tests.costs.counted.convolutions import INTERNAL, NCHWC, NHWC
from tests.costs.counted.parts import (
    SAMPLING,
    A,
    first,
    last,
)
from tests.costs.counted.tally import counted, left_out, plain


def resize(x: A, *rest: A, **how: Any) -> A:
    """Separate weights along the last two axes, multiplied beforehand."""
    mode = how.get("mode", "nearest")
    scale = 2
    sides = [n * scale for n in x.shape[2:]]
    with left_out(SAMPLING):
        tables = [weights(n, m, scale, mode, how) for n, m in zip(x.shape[2:], sides, strict=True)]
    if mode == "nearest":
        (at_y, _), (at_x, _) = tables
        return counted(plain(x)[:, :, at_y[:, 0]][..., at_x[:, 0]])
    return weighted(x, *tables)


def weights(size: int, out: int, scale: float, mode: str, how: dict[str, Any]) -> tuple[Any, Any]:
    """Neighbours and weights of each output along one axis (half-pixel coordinates)."""
    at = (np.arange(out) + 0.5) / scale - 0.5
    if how.get("coordinate_transformation_mode") == "asymmetric":
        at = np.arange(out) / scale
    if mode == "nearest":
        index = np.floor(at)[:, None]
        return np.clip(index, 0, size - 1).astype(int), np.ones_like(index)
    low = np.floor(at)
    d = at - low
    if mode == "linear":
        near, share = np.stack([low, low + 1], 1), np.stack([1 - d, d], 1)
    else:
        a = how.get("cubic_coeff_a", -0.75)
        near = np.stack([low - 1, low, low + 1, low + 2], 1)
        share = np.stack(
            [
                a * (d + 1) ** 3 - 5 * a * (d + 1) ** 2 + 8 * a * (d + 1) - 4 * a,
                (a + 2) * d**3 - (a + 3) * d**2 + 1,
                (a + 2) * (1 - d) ** 3 - (a + 3) * (1 - d) ** 2 + 1,
                a * (2 - d) ** 3 - 5 * a * (2 - d) ** 2 + 8 * a * (2 - d) - 4 * a,
            ],
            1,
        )
    return np.clip(near, 0, size - 1).astype(int), share


def weighted(x: A, rows: tuple[Any, Any], columns: tuple[Any, Any]) -> A:
    """Σ over the neighbours of value · weight."""
    (at_y, wy), (at_x, wx) = rows, columns
    seen = plain(x)[:, :, at_y[:, None, :, None], at_x[None, :, None, :]]  # (…, p, q, ty, tx)
    share = (wy[:, None, :, None] * wx[None, :, None, :]).astype(np.float32)
    return (counted(seen) * share).sum(axis=(-1, -2))


def grid_sample(x: A, grid: A, mode: str = "linear", align_corners: int = 1, **_: Any) -> A:
    """Corners aligned, zeros outside."""
    with left_out(SAMPLING):
        wide = np.pad(plain(x), [(0, 0), (0, 0), (3, 3), (3, 3)])
        at = (plain(grid)[..., ::-1] + 1) / 2 * (np.array(x.shape[2:]) - 1) + 3
        low = np.floor(at).astype(int)
        part = at - low
        batch = np.arange(x.shape[0])[:, None, None]
        seen, shares = [], []
        for dy in (0, 1):
            for dx in (0, 1):
                picked = wide.transpose(0, 2, 3, 1)[batch, low[..., 0] + dy, low[..., 1] + dx]
                seen.append(picked.transpose(0, 3, 1, 2))
                share = (part[..., 0] if dy else 1 - part[..., 0]) * (
                    part[..., 1] if dx else 1 - part[..., 1]
                )
                shares.append(np.broadcast_to(share[:, None], seen[-1].shape))
    return (counted(np.stack(seen)) * counted(np.float32(np.stack(shares)))).sum(axis=0)


def affine_grid(theta: A, size: A, align_corners: int = 0) -> A:
    """θ · (x, y, 1): the constant column is added and not multiplied."""
    _, _, rows, columns = map(int, plain(size))
    with left_out(SAMPLING):
        y, x = (
            np.linspace(-1, 1, n) if align_corners else (np.arange(n) * 2 + 1) / n - 1
            for n in (rows, columns)
        )
        grid = np.stack(np.meshgrid(x, y), -1).astype(np.float32)  # (rows, columns, 2)
    parts = counted(grid[None, :, :, None]) * theta[:, None, None, :, :2]
    return parts[..., 0] + parts[..., 1] + theta[:, None, None, :, 2]


def crop_and_resize(x: A, rois: A, batch: A, size: A, mode: str = "bilinear", **_: Any) -> A:
    """Corner aligned crops; each value from 4 neighbours."""
    height, width = map(int, plain(size))
    found = []
    for box, image in zip(plain(rois), plain(batch), strict=True):
        with left_out(SAMPLING):
            tables = []
            for low, high, n, out in ((box[0], box[2], x.shape[2], height),
                                      (box[1], box[3], x.shape[3], width)):  # fmt: skip
                at = low * (n - 1) + np.arange(out) * (high - low) * (n - 1) / (out - 1)
                start = np.floor(at)
                near = np.clip(np.stack([start, start + 1], 1), 0, n - 1).astype(int)
                tables.append((near, np.stack([1 - (at - start), at - start], 1)))
        found.append(plain(weighted(counted(plain(x)[image : image + 1]), *tables))[0])
    return counted(np.stack(found))


def roi_align(
    x: A, rois: A, batch: A, *, output_height: int, output_width: int, sampling_ratio: int,
    spatial_scale: float = 1.0, **_: Any,
) -> A:  # fmt: skip
    """s² bilinear samples a value, added up and divided (He et al. 2017, arXiv 1703.06870)."""
    s = sampling_ratio
    found = []
    for box, image in zip(plain(rois), plain(batch), strict=True):
        with left_out(SAMPLING):
            tables = []
            for low, high, n, out in (
                (box[1], box[3], x.shape[2], output_height),
                (box[0], box[2], x.shape[3], output_width),
            ):
                low, high = low * spatial_scale - 0.5, high * spatial_scale - 0.5
                at = low + (np.arange(out * s) + 0.5) * (high - low) / (out * s)
                at = np.clip(at, 0, n - 1)
                start = np.minimum(np.floor(at), n - 1)
                near = np.stack([start, np.minimum(start + 1, n - 1)], 1).astype(int)
                tables.append((near, np.stack([1 - (at - start), at - start], 1)))
        samples = weighted(counted(plain(x)[image : image + 1]), *tables)[0]
        parts = samples.reshape(x.shape[1], output_height, s, output_width, s)
        found.append(plain(parts.sum(axis=(2, 4)) / (s * s)))
    return counted(np.stack(found))


def columns_to_image(x: A, shape: A, block: A) -> A:
    """Stride 1: each value is added where it falls."""
    rows, columns = map(int, plain(shape))
    high, wide = map(int, plain(block))
    parts = x.reshape(x.shape[0], -1, high, wide, rows - high + 1, columns - wide + 1)
    out = np.zeros((x.shape[0], parts.shape[1], rows, columns), np.float32)
    for i in range(high):
        for j in range(wide):
            spot = out[:, :, i : i + rows - high + 1, j : j + columns - wide + 1]
            spot[:] = plain(counted(spot) + parts[:, :, i, j])
    return counted(out)


IMAGE = f(1, 2, 4, 6)
SCALES = np.array([1, 1, 2, 2], np.float32)
NEAR: dict[str, Any] = {"nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}
GRID = f(1, 3, 5, 2)


def ms(op: str, inputs: Any, define: Any, beside: str = "onnxruntime", **more: Any) -> Case:
    outputs, tolerance = more.pop("outputs", 1), more.pop("tolerance", 5e-4)
    return Case(op, inputs, define, more, MS, 1, outputs, beside, tolerance)


CASES: tuple[Case, ...] = (
    *(Case(op, inputs, resize, {"mode": mode, **more}, domain, version, beside=beside)
      for op, inputs, domain, version, beside in (
          ("Resize", (IMAGE, None, SCALES), "", 19, "onnxruntime"),
          ("Resize", (IMAGE, None, SCALES), NHWC, 1, INTERNAL),
          ("Upsample", (IMAGE, SCALES), "", 9, "its coordinates are older than half pixels"),
          ("Upsample", (IMAGE,), NCHWC, 1, INTERNAL))
      for mode, more in (("nearest", NEAR), ("linear", {}), ("cubic", {}))),
    Case("GridSample", (IMAGE, GRID), grid_sample, {"mode": "linear", "align_corners": 1}),
    Case("GridSample", (np.moveaxis(IMAGE, 1, -1), GRID),
         lambda x, grid, **how: last(grid_sample(first(x), grid, **how)),
         {"mode": "linear", "align_corners": 1}, NHWC, 1, beside=INTERNAL),
    ms("GridSample", (IMAGE, GRID), grid_sample, mode="bilinear", align_corners=1),
    Case("AffineGrid", (f(2, 2, 3), np.array([2, 1, 3, 4])), affine_grid),
    ms("CropAndResize", (IMAGE, np.array([[0.1, 0.2, 0.8, 0.9]], np.float32),
                         np.array([0], np.int32), np.array([3, 4], np.int32)), crop_and_resize),
    Case("RoiAlign", (IMAGE, np.array([[0.5, 0.6, 4.2, 3.1]], np.float32), np.array([0])),
         roi_align, {"output_height": 2, "output_width": 3, "sampling_ratio": 2}, version=16),
    Case("Col2Im", (f(1, 4, 12), np.array([4, 5]), np.array([2, 2])), columns_to_image),
)  # fmt: skip
