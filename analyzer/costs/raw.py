"""Constants that an image is normalised by, before any layer: no parameters, though as large.

A mean image, as networks of the time of AlexNet have it, is subtracted from what the caller passes:
it is data of the training set, sized by the pixels of the input, and no published count has it.
What is added to features (position tables) stays a parameter, and so does what an input is compared
with, such as the samples of a nearest-neighbour search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import record_of
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.costs.axes import Key
    from analyzer.facts import Shape, Tensor
    from analyzer.graph.scope import Program
    from analyzer.shapes.sites import Site

NORMALISING = ("−", "÷")
"""What takes a mean from an image, and divides by a deviation; a product or sum may be learned."""
THROUGH = (Nature.ELEMENTWISE, Nature.CONVERSION)
"""Operators behind which an image is still that of the caller, moves of data aside."""
IMAGE_RANKS = (4, 5)
"""Of a batch of images, and of volumes or frames."""


def raw_values(
    program: Program, sites: Sequence[Site], feeds: Sequence[Mapping[int, object]]
) -> set[Key]:
    """Inputs of the model, and what arithmetic with constants alone has made of them.

    Parameters
    ----------
    feeds : by site index, the constants that each input slot takes.
    """
    main = program.main
    inputs = frozenset(main.inputs).difference(main.constants)
    raw: set[Key] = set()
    for site in sites:
        if site.instance.scope != main.index:
            continue
        place, record = id(site.instance), record_of(site.call)
        raw |= {(place, name) for name in site.op.inputs if name in inputs}
        if record is None or not (record.nature in THROUGH or record.keeps_role):
            continue
        read = [(slot, name) for slot, name in enumerate(site.op.inputs) if name]
        taken = [(place, name) in raw for _, name in read]
        others = (slot in feeds[site.index] for (slot, _), is_raw in zip(read, taken, strict=True)
                  if not is_raw)  # fmt: skip
        if any(taken) and all(others):
            raw |= {(place, name) for name in site.op.outputs}
    return raw


def normalises_image(site: Site, slot: int, raw: set[Key]) -> bool:
    """Whether input ``slot`` is taken from an image of the caller's, or divides it, pixel by pixel.

    The image is as large as the result: what is compared with many samples grows by that.
    """
    record = record_of(site.call)
    if record is None or record.sign not in NORMALISING:
        return False
    other = 1 - slot
    if (id(site.instance), site.op.inputs[other]) not in raw:
        return False
    call = site.call
    own, image, result = map(_shape, (call.input(slot), call.input(other), call.output(0)))
    if own is None or image is None or len(image) not in IMAGE_RANKS or image != result:
        return False
    return 1 not in own[-2:] and len(own) > 1 and own[-2:] == image[-2:]


def _shape(tensor: Tensor | None) -> Shape:
    return None if tensor is None else tensor.shape
