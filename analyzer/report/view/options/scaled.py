"""Narrower, shallower, and with a smaller image, as the papers of MobileNet scale networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _
from analyzer.report.view.options.form import STAY, Terms, form, is_guessed
from analyzer.scaling.tables import GRID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts, Parameters, Tensor
    from analyzer.report.view.options.form import SmallerForm
    from analyzer.report.view.whatif import Column, DepthRow, WhatIf

IMAGE_RANK, COLOURS = 4, frozenset({3, 4})
WIDTH = "0.75"
"""The first step down of the MobileNet paper. Transformers are made shallower, or have fewer heads:
another width would need the whole training again."""


def forms(facts: Facts, sizes: WhatIf, device: Profile | None) -> Iterator[SmallerForm]:
    """Narrower, shallower and smaller in the input, where that is known."""
    rows = {row.width: row for row in sizes.rows}
    if "1" not in rows or not facts.totals.macs:
        return
    full, narrow = rows["1"], rows.get(WIDTH)
    judged = Terms("high", "high", _("accuracy: train again"), "high",
                    _("every layer recounted"), "train")  # fmt: skip
    bound = judged._replace(rests=_("every layer recounted; weights at most, buffers shrink too"))
    attends = any(block.kind == "attention" for block in facts.blocks)
    if not attends and narrow is not None and narrow.macs[0] is not None:
        yield form(
            facts,
            device,
            (
                "width",
                _("Narrow every layer: width × {width}", width=WIDTH),
                _("Multiply the channels of every layer by {width}, and train again", width=WIDTH),
            ),
            bound if narrow.held is None else judged,
            macs=narrow.macs[0],
            weight_bytes=_held(facts, narrow.held, full.params, narrow.params),
            at_most=narrow.held is None,
        )
    less = next((row for row in sizes.depths if float(row.depth) < 1), None)
    if less is not None and less.macs[0] is not None:
        yield form(
            facts,
            device,
            (
                "depth",
                *_fewer(less),
            ),
            bound if less.held is None else judged,
            macs=less.macs[0],
            weight_bytes=_held(facts, less.held, full.params, less.params),
            at_most=less.held is None,
        )
    column = next((n for n, at in enumerate(sizes.columns) if n and _is_usual(at.sides)), 0)
    if column and full.macs[column] is not None and _is_image(facts):
        yield form(
            facts,
            device,
            ("resolution", *_shrunk(sizes.columns[column])),
            judged,
            macs=full.macs[column],
            weight_bytes=_resized(facts, full.params, sizes.columns[column]),
            at_most=sizes.columns[column].held is None,
        )


def _shrunk(at: Column) -> tuple[str, str]:
    """What to do, and how; tables of positions and the first product behind maps laid flat have
    the size that follows. (Other constants that are sized by the input belong to one size of it:
    ``Scaler.tied``.)"""
    title = _("Shrink the input to {smaller}", smaller=at.sides)
    if not at.remade:
        return title, _("Scale inputs to {smaller}, and train again", smaller=at.sides)
    return title, _(
        "Scale inputs to {smaller}, give {tensors} the size that follows, and train again",
        smaller=at.sides, tensors=", ".join(at.remade),
    )  # fmt: skip


def _fewer(less: DepthRow) -> tuple[str, str]:
    """What to keep, and how; attention and the perceptron behind it are one layer."""
    left, today = less.units, less.units_today
    if less.unit == "layers":
        return (
            _("Keep {left} of {layers} layers", left=left, layers=today),
            _("Leave layers out, and train again or distil from this model"),
        )
    return (
        _("Keep {left} of {blocks} blocks", left=left, blocks=today),
        _("Leave blocks out, and train again or distil from this model"),
    )


def _is_usual(sides: str) -> bool:
    """Whether sides are multiples of the total stride of most networks: others nobody trains.

    >>> _is_usual("192×192"), _is_usual("206×274"), _is_usual("")
    (True, False, False)
    """
    return all(side.isdecimal() and int(side) % GRID == 0 for side in sides.split("×"))


def _is_image(facts: Facts) -> bool:
    """An input has colours, or one channel that is as high as wide: frames of audio by mel bands
    are no picture that somebody could scale. Nor is what is as long as a line or a recording, with
    one side that is open and one that is not: how long it is, nobody chooses. Sides that the file
    leaves open and nobody stated are no size to shrink from."""
    return any(_has_sides(tensor, facts) for tensor in facts.inputs)


def _has_sides(tensor: Tensor, facts: Facts) -> bool:
    shape = tensor.shape or ()
    if len(shape) != IMAGE_RANK:
        return False
    if not ({shape[1], shape[3]} & COLOURS or (shape[1] == 1 and shape[2] == shape[3])):
        return False
    sides = (1, 2) if shape[3] in COLOURS and shape[1] not in COLOURS else (2, 3)
    left_open = {each.axis for each in facts.assumptions if each.input == tensor.name}
    return len(left_open.intersection(sides)) != 1 and not is_guessed(
        facts, ((tensor.name, side) for side in sides)
    )


def _resized(facts: Facts, now: int | None, at: Column) -> int | None:
    if at.held is None and now == at.params:
        return STAY
    return _held(facts, at.held, now, at.params)


def _held(facts: Facts, held: int | None, now: int | None, then: int | None) -> int | None:
    """What was counted tensor by tensor, else at most what the parameters leave."""
    return params_bytes(facts, now, then) if held is None else held


def params_bytes(facts: Facts, now: int | None, then: int | None) -> int | None:
    """Bytes with ``then`` parameters instead of ``now``; of weights of several types, at most: as
    if all that go were of the narrowest."""
    kept = facts.parameters
    if now is None or then is None:
        return None
    if sum(1 for n in kept.bytes_by_dtype.values() if n) == 1:
        each, rest = divmod(kept.weight_bytes, kept.weights + kept.buffers)
        if not rest:
            return kept.kept_bytes - each * (now - then)
    bits = _narrowest(kept)
    if bits is None or then > now:
        return None
    return kept.kept_bytes - bits * (now - then) // 8


def _narrowest(kept: Parameters) -> int | None:
    """Least bits of a weight, those of packed ones without their padding; ``None``: unknown, as of
    those that operators make."""
    weights = [(t.elements, t.bytes) for t in kept.tensors if t.role == "weight" and t.elements]
    if kept.unlisted or not all(size for _elements, size in weights):
        return None
    return min((8 * size // elements for elements, size in weights if size), default=None)
