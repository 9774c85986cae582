"""How the work grows with the size of an input, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, mark, series
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.report.headline import Values


_UNITS: Mapping[str, tuple[str, str]] = {
    "token": (mark("{rate} a token of {dim}"), mark("{rate} a token at {dim} = {size}")),
    "second": (mark("{rate} a second of audio of {dim}"),
               mark("{rate} a second of audio at {dim} = {size}")),
    "megapixel": (mark("{rate} a megapixel of image (sides: {dim})"),
                  mark("{rate} a megapixel of image at {dim} = {size}")),
    "step": (mark("{rate} a step of {dim}"), mark("{rate} a step at {dim} = {size}")),
}  # fmt: skip
"""The rate of a unit where it is the same at all sizes, and where it is not."""
_SECONDS: Mapping[tuple[str, bool], str] = {
    ("samples", True): mark("{text} ({n} samples a second, as the file states)"),
    ("samples", False): mark("{text} ({n} samples a second, as in most models)"),
    ("frames", True): mark("{text} ({n} frames a second, as the file states)"),
    ("frames", False): mark("{text} ({n} frames a second assumed; the file states none)"),
}
"""What a second of audio is made of, and who says so."""


def growth(v: Values) -> str:
    dim, square = label(v["dim"], widths.TERM), v["square"]
    text = _(_UNITS[v["unit"]][v["varies"]],
             rate=units.si(v["rate"], "MAC"), dim=dim, size=units.count(v["size"]))  # fmt: skip
    if v["unit"] == "second":
        text = _a_second(text, v)
    if v["fixed"]:
        text = _("{text}, and {macs} whatever the size",
                 text=text, macs=units.si(v["fixed"], "MAC"))  # fmt: skip
    if square:
        text = _("{text}; {share} of the work grows with the square of {dim}",
                 text=text, share=units.percent(square), dim=dim)  # fmt: skip
        if v["even"]:
            text = _("{text}, more than half from {size} on",
                     text=text, size=units.count(v["even"]))  # fmt: skip
    if v["longest"] and v["beside"]:
        text = _("{text}; at {others} {dim} can be {size} at most, the length of a tensor in "
                 "the file", text=text, others=series(list(v["beside"])), dim=dim,
                 size=units.count(v["longest"]))  # fmt: skip
    elif v["longest"]:
        text = _("{text}; {dim} can be {size} at most, the length of a tensor in the file",
                 text=text, dim=dim, size=units.count(v["longest"]))  # fmt: skip
    return f"{text}."


def runs(v: Values) -> str:
    text = _("{rate} a second of audio in runs of {dim} = {size}",
             rate=units.si(v["rate"], "MAC"), dim=label(v["dim"], widths.TERM),
             size=units.count(v["size"]))  # fmt: skip
    return f"{_a_second(text, v)}."


def _a_second(text: str, v: Values) -> str:
    return _(_SECONDS[v["of"], v["stated"]], text=text, n=units.count(v["per"]))
