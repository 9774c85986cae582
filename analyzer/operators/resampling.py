"""Interpolation: Resize, Upsample, sampling grids and regions of interest."""

from __future__ import annotations

from analyzer.operators.counts.resampling import affine_grid, crop, grid_sample, resize, roi_align
from analyzer.operators.formula import ORT, Formula, per_input, sourced
from analyzer.operators.record import (
    BOUND,
    DATA,
    INDEX,
    MICROSOFT,
    NCHWC,
    NHWC,
    POSITION,
    SHAPE,
    Nature,
    Operator,
    Scaling,
)
from analyzer.operators.results.common import cropped, sampled
from analyzer.operators.results.window import resized, upsampled

RESAMPLE = Nature.RESAMPLING
RESIZE_COST = Formula(
    resize, flops="2·|Y|·t^d   [t = 0 nearest, 2 linear, 4 cubic; d resized axes]"
)
GRID_COST = Formula(grid_sample, flops="2·|Y|·t^d   [t = 0 nearest, 2 linear, 4 cubic; d axes]")
SIZES = (DATA, BOUND, SHAPE, SHAPE)

OPERATORS = (
    Operator(
        "Resize", RESAMPLE, (DATA, SHAPE), RESIZE_COST, scaling=Scaling.RESIZE,
        channelwise=True, until=10,
    ),
    Operator(
        "Resize", RESAMPLE, SIZES, RESIZE_COST, scaling=Scaling.RESIZE, channelwise=True,
        since=11, changed=(13, 18, 19),
    ),
    Operator(
        "Upsample", RESAMPLE, (DATA, SHAPE), RESIZE_COST, scaling=Scaling.RESIZE,
        channelwise=True,
    ),
    Operator(
        "GridSample", RESAMPLE, (DATA, POSITION), GRID_COST, channelwise=True, changed=(20,)
    ),
    Operator(
        "AffineGrid", RESAMPLE, (DATA, SHAPE),
        Formula(affine_grid, flops="2·d·|Y|   [θ · (x, y, 1) in d dimensions]"),
    ),
    Operator(
        "RoiAlign", RESAMPLE, (DATA, INDEX, INDEX),
        Formula(roi_align, flops="|Y| · (9·s² + 1); unknown for sampling_ratio s = 0"),
        channelwise=True, changed=(16,),
    ),
    Operator(
        "Col2Im", RESAMPLE, (DATA, SHAPE, SHAPE), per_input(1, "overlapping columns are added")
    ),
    # com.microsoft
    Operator(
        "GridSample", RESAMPLE, (DATA, POSITION), sourced(GRID_COST, ORT), MICROSOFT,
        shape=sampled(), channelwise=True,
    ),
    Operator(
        "CropAndResize", RESAMPLE, (DATA, INDEX, INDEX, SHAPE),
        sourced(Formula(crop, flops="8·|Y|, nearest 0"), ORT), MICROSOFT, shape=cropped,
        channelwise=True,
    ),
    # blocked and channels-last
    Operator("Upsample", RESAMPLE, (DATA,), RESIZE_COST, NCHWC, shape=upsampled,
             channelwise=True),
    Operator("Resize", RESAMPLE, SIZES, RESIZE_COST, NHWC, shape=resized,
             channels_last=True),
    Operator(
        "GridSample", RESAMPLE, (DATA, POSITION), GRID_COST, NHWC,
        shape=sampled(channels_last=True), channels_last=True,
    ),
)  # fmt: skip
