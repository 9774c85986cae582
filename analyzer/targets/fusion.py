"""What ONNX Runtime's basic optimisations merge before a provider is asked.

Those that change which operators there are: what scales or shifts the result of a convolution by
constants becomes a part of it, and a Reshape whose target is put together from dimensions of its
own input gets a constant one, which leaves the shape arithmetic without a reader.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analyzer.targets.use import TensorValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.targets.flow import Dataflow
    from analyzer.targets.use import Use


def joins_convolution(use: Use, uses: Sequence[Use]) -> TensorValue | None:
    """The result of the convolution that ``use`` becomes a part of; ``None`` if it does not.

    Its first operand must have no other reader; the caller knows.
    """
    if use.domain or use.op_type not in ("BatchNormalization", "Mul", "Add"):
        return None
    given = use.given
    if len(given) < 2:
        return None
    data, *others = given
    if data.maker_type != "Conv" or not all(value.constant is True for value in others):
        return None
    if sum(value is not None for value in use.outputs) != 1:
        return None
    weights = uses[data.maker].given[1:]
    if not weights or not all(value.constant is True for value in weights):
        return None
    if use.op_type == "BatchNormalization":
        return data
    return data if _by_channel(others[0], weights[0], use.op_type == "Mul") else None


def _by_channel(operand: TensorValue, weight: TensorValue, scalar: bool) -> bool:
    """Whether ``operand`` holds one number for each channel that the convolution makes."""
    shape, kernel = operand.shape, weight.shape
    if shape is None or kernel is None:
        return False
    if scalar and not shape:
        return True
    spatial = len(kernel) - 2
    leading = shape[: len(shape) - spatial]
    trailing = shape[len(shape) - spatial :]
    if len(leading) not in (1, 2) or any(size != 1 for size in trailing):
        return False
    return leading[-1] == kernel[0] and leading[:-1] in ((), (1,))


def settle_reshapes(flow: Dataflow) -> None:
    """Give a Reshape a constant target where that comes from its own input; drop what nobody reads
    any more."""
    changed = []
    for index, use in enumerate(flow.uses):
        if use.op_type == "Reshape" and not use.domain and _settled(use, flow.uses):
            changed.append(index)
    if not changed:
        return
    readers = [0] * len(flow.uses)
    for before in flow.before:
        for maker in before:
            readers[maker] += 1
    dead: set[int] = set()
    for index in changed:
        target = flow.uses[index].inputs[1]
        assert target is not None
        maker, data = target.maker, flow.uses[index].inputs[0]
        known = TensorValue(target.dtype, target.shape, constant=True, long_dtype=target.long_dtype)
        flow.uses[index] = replace(flow.uses[index], inputs=(data, known), _key=None)
        if data is not None and data.maker == maker:  # sizes that are reshaped to themselves
            continue
        flow.before[index] = tuple(other for other in flow.before[index] if other != maker)
        readers[maker] -= 1
        _bury(flow, maker, readers, dead)
    _compact(flow, dead)


def _bury(flow: Dataflow, index: int, readers: list[int], dead: set[int]) -> None:
    waiting = [index]
    while waiting:
        node = waiting.pop()
        if readers[node] or node in dead or node in flow.ends or flow.uses[node].op.bodies:
            continue
        dead.add(node)
        for maker in flow.before[node]:
            readers[maker] -= 1
            waiting.append(maker)


def _compact(flow: Dataflow, dead: set[int]) -> None:
    """Take the operators ``dead`` out and number the others anew."""
    if not dead:
        return
    left = [index for index in range(len(flow.uses)) if index not in dead]
    number = {old: new for new, old in enumerate(left)}
    flow.gone.extend(flow.uses[index] for index in sorted(dead))
    flow.before = [tuple(number[m] for m in flow.before[old] if m in number) for old in left]
    flow.uses = [flow.uses[old] for old in left]
    flow.home = [flow.home[old] for old in left]
    flow.ends = {number[old] for old in flow.ends if old in number}
    flow.graphs = [[number[old] for old in graph if old in number] for graph in flow.graphs]
    for new, use in enumerate(flow.uses):
        for value in use.outputs:
            if value is not None:
                value.maker = new


def _settled(use: Use, uses: Sequence[Use]) -> bool:
    """Whether each size of the target is constant, or that of the same axis of the input; one may
    be neither, as -1 stands for it."""
    data, target = use.input(0), use.input(1)
    if data is None or target is None or target.maker < 0 or target.maker_type != "Concat":
        return False
    position, open_ = 0, 0
    for part in uses[target.maker].given:
        sizes = part.content
        if sizes is not None and sizes.ndim == 1:
            open_ += sizes.tolist().count(-1)
            position += sizes.size
            continue
        if part.shape != (1,):
            return False
        if _axis_of(part, data, uses) != position:
            open_ += 1
        position += 1
    return open_ <= 1


def _axis_of(part: TensorValue, data: TensorValue, uses: Sequence[Use]) -> int | None:
    """The axis of ``data`` whose size ``part`` is: what ONNX Runtime looks for is a Shape, a Gather
    and an Unsqueeze, and nothing else that comes to the same."""
    index, value = None, part
    for op_type in ("Unsqueeze", "Gather", "Shape"):
        if value.maker < 0 or value.maker_type != op_type:
            return None
        use = uses[value.maker]
        source = use.input(0)
        if source is None or use.domain:
            return None
        if op_type == "Gather":
            index = _number(use.input(1))
        value = source
    return index if value is data else None


def _number(value: TensorValue | None) -> int | None:
    if value is None or value.content is None or value.content.size != 1:
        return None
    return int(np.asarray(value.content).item())
