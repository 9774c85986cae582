"""How the weights of a layer lie in its tensor, and what one look at them says."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from analyzer.dataclass import dataclass
from analyzer.evidence import FilterUse, KernelUse, LayerEvidence, LowRank, ValueStats
from analyzer.model.rows import Rows
from analyzer.operators import record_of
from analyzer.operators.record import Kind
from analyzer.weights import low_rank
from analyzer.weights.chunks import CHUNK_BYTES
from analyzer.weights.core import has_core, kernel_core, tap_energy
from analyzer.weights.filters import Layout, filter_use
from analyzer.weights.kernels import kernel_use
from analyzer.weights.scan import TensorScan, scan
from analyzer.weights.separability import Spectra, decoupling_work, judge, spectra, spectral_work
from analyzer.weights.values import int8_snr, name_of, value_stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.facts import Conv, Node
    from analyzer.graph.call import Call

WORK_PER_BYTE = 12
"""Work of a decomposition in the time that reading a byte and looking at it takes."""
TURNED_BYTES = 64 << 20
"""Largest weights of a transposed convolution that are turned in memory, as float32."""


@dataclass(frozen=True, slots=True)
class Form:
    """All that a look at weights depends on besides the weights."""

    shape: tuple[int, ...]
    """As stored."""
    layout: Layout
    kernel: tuple[int, ...] = ()
    """Of a convolution; empty for a matrix."""
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What a weight tensor says, whatever layer reads it."""

    values: ValueStats
    filters: FilterUse | None
    kernel: KernelUse | None
    spectra: Spectra | None
    channels: NDArray[np.float64] | None = None
    """Squared singular values of the weights as one matrix; ``None`` if not looked for."""
    axes: NDArray[np.float64] | None = None
    """The same of vertical against horizontal taps."""
    taps: NDArray[np.float64] | None = None
    """Squared norm by tap, of large kernels."""


def form_of(node: Node, call: Call) -> Form | None:
    """How ``node`` reads its weights; ``None`` for what is no layer of weights."""
    if node.conv is not None:
        return convolution(node.conv)
    record = record_of(call)
    slot = record.plain_weight if record else None
    if record is None or slot is None or record.inputs[slot].axes != ("K", "N"):
        return None
    weights = call.input(slot)
    match weights.shape if weights else None:
        case (int(first), int(second)):
            turned = bool(call.attr("transB", 0))
            outputs, inputs = (first, second) if turned else (second, first)
            bias = record.slot(Kind.BIAS)
            biased = bias is not None and call.input(bias) is not None
            layout = Layout(outputs, inputs, inputs_first=not turned, bias=biased)
            return Form((first, second), layout)
    return None


def convolution(conv: Conv) -> Form | None:
    """How a convolution reads its weights; ``None`` where channels do not fit its groups."""
    m, n, g = conv.in_channels, conv.out_channels, conv.groups
    if m % g or n % g:
        return None
    stored = (m, n // g) if conv.transposed else (n, m // g)
    biased = conv.params > n * (m // g) * conv.kernel_volume  # more parameters than weights
    layout = Layout(n, m, g, conv.kernel_volume, bias=biased)
    return Form((*stored, *conv.kernel_shape), layout, conv.kernel_shape, conv.transposed)


def work(form: Form, size: int) -> int:
    """What looking at ``size`` bytes of weights costs, in bytes read."""
    layout = form.layout
    if not form.kernel:
        return size
    return size + spectral_work(layout.outputs, layout.inputs, layout.groups,
                                layout.taps) // WORK_PER_BYTE  # fmt: skip


def decomposition(form: Form) -> int:
    """Work of decomposing every channel."""
    layout = form.layout
    return decoupling_work(layout.outputs, layout.inputs, layout.groups, layout.taps)


def splits(form: Form) -> int:
    """Work of looking for two smaller layers; 0 where that is not tried."""
    if form.transposed or form.layout.groups > 1:
        return 0
    rows, columns = form.shape[0], prod(form.shape[1:])
    found = low_rank.work(rows, columns) if low_rank.fits(rows, columns) else 0
    if len(form.kernel) == 2 and min(form.kernel) > 1:
        tall, wide = form.shape[1] * form.kernel[0], form.shape[0] * form.kernel[1]
        found += low_rank.work(tall, wide) if low_rank.fits(tall, wide) else 0
    return found


def look(stored: Rows, form: Form, every: int = 1, *, split: bool = False) -> Look | None:
    """All that takes reading ``stored``; ``None`` if it is not what the graph declares.

    ``every`` is for ``spectra``; ``split``: look for two smaller layers, too.
    """
    if tuple(stored.shape) != form.shape:
        return None
    layout, stored = form.layout, stored.held(CHUNK_BYTES)
    if not form.kernel:
        seen = scan(stored)
        filters = filter_use(None, seen, layout)
        values = value_stats(seen.tally, name_of(stored.dtype), (None, None))
        whole = low_rank.by_channels(stored) if split and values.finite else None
        return Look(values, filters, None, None, whole)
    if form.transposed and stored.size * 4 > TURNED_BYTES:
        seen = scan(stored, layout.groups)
        filters = filter_use(None, seen, replace(layout, inputs_first=True))
        values = value_stats(seen.tally, name_of(stored.dtype), (None, None))
        return Look(values, filters, _kernel(seen, form), None)
    weights = _out_first(stored, form) if form.transposed else stored
    seen = scan(weights, layout.groups)
    values = value_stats(seen.tally, name_of(stored.dtype), int8_snr(weights, seen))
    kernel = _kernel(seen, form)
    split = split and values.finite
    return Look(
        values,
        filter_use(weights, seen, layout),
        kernel,
        spectra(weights, layout.groups, every) if kernel and values.finite else None,
        low_rank.by_channels(weights) if split else None,
        low_rank.by_axes(weights) if split else None,
        tap_energy(weights) if has_core(form.kernel) and values.finite else None,
    )


def _kernel(seen: TensorScan, form: Form) -> KernelUse | None:
    """Of a spatial kernel that has weights, and not too many to tell apart."""
    if seen.columns is None or form.layout.taps < 2 or not seen.tally.elements:
        return None
    return kernel_use(seen.columns, form.kernel)


def layer_evidence(
    node: str,
    seen: Look,
    conv: Conv | None,
    *,
    shape: tuple[int, ...] = (),
    macs: int | None = None,
    macs_of_model: int | None = None,
) -> LayerEvidence:
    """Evidence for the layer ``node`` whose weights, stored in ``shape``, were ``seen``."""
    spectrum = seen.spectra
    judged = None if spectrum is None or conv is None else judge(spectrum, conv)
    split = _low_rank(seen, shape, conv, macs)
    core = None if seen.taps is None else kernel_core(seen.taps, macs)
    return LayerEvidence(
        node=node,
        values=seen.values,
        filters=seen.filters,
        kernel=seen.kernel,
        separability=judged and replace(judged, macs_of_model=macs_of_model),
        low_rank=split and replace(split, macs_of_model=macs_of_model),
        core=core and replace(core, macs_of_model=macs_of_model),
    )


def _low_rank(
    seen: Look, shape: tuple[int, ...], conv: Conv | None, macs: int | None
) -> LowRank | None:
    """The cheaper of the two splits."""
    found = []
    if seen.channels is not None and shape:
        found.append(low_rank.judge_channels(seen.channels, shape, macs))
    if seen.axes is not None and conv is not None:
        found.append(low_rank.judge_axes(seen.axes, conv))
    return min(found, key=lambda split: (split.macs or 0, split.params), default=None)


def _out_first(stored: Rows, form: Form) -> Rows:
    """The weights ``(M, N/g, *K)`` of a transposed convolution as ``(N, M/g, *K)``."""
    layout, array = form.layout, np.asarray(stored.whole())
    g, m, n = layout.groups, layout.inputs, layout.outputs
    split = array.reshape(g, m // g, n // g, prod(form.kernel)).swapaxes(1, 2)
    return Rows.of(np.ascontiguousarray(split).reshape(n, m // g, *form.kernel))
