"""The script of HTML reports: small files, each with one job, put together in a fixed order."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from analyzer.language import _, mark
from analyzer.report.briefly import with_brief_properties, with_short_names
from analyzer.report.keeping import kept_script
from analyzer.report.tight import tight_script
from analyzer.resources import templates_dir

if TYPE_CHECKING:
    from analyzer.report.view.sizes import Sliders

FILES = (
    "theme", "columns", "sort", "operators", "search", "contents", "keys", "sizes", "growth",
    "map", "boxes", "tips", "explain",
)  # fmt: skip
"""What stands after ``tools`` in ``templates/script``; each in a block, so that names of one file
are not seen by another."""
WORDS = {
    "light": mark("Light theme"),
    "dark": mark("Dark theme"),
    "resized": mark("{macs} MACs, {share} of today's; {params} parameters, {held} of today's."),
    "grown": mark("{macs} MACs, {share} of those at today's size."),
    "beside": mark("At the other sizes chosen: {macs} MACs (dashed)."),
    "least": mark("The arithmetic takes at least {time} on {device}."),
    "whole": mark("Whole network"),
    "short": mark("“{short}” is “{name}”"),
    "formula": mark("Formula"),
    "values": mark("With its values"),
    "source": mark("Source"),
    "certainty": mark("Certainty"),
    "exact": mark("Exact: it follows from the file alone."),
    "macs": mark("MACs of {what}"),
    "flops": mark("FLOPs of {what}"),
    "params": mark("Parameters of {what}"),
    "tensors": mark("Σ values of the weights that it is the first to use"),
    "shapes": mark("shapes of its tensors in the file"),
    "layers": mark("layers · "),
    "close": mark("Close"),
    "shown": mark("{shown} of {all} shown"),
    "operators": mark("{shown} of {all} operators"),
    "more": mark("and {n} more"),
    "scope": mark("in {scope}"),
    "executions": mark("{n} executions"),
    "found": mark("{n} results"),
    "first": mark("{n} results, the first {shown} listed"),
    "nothing": mark("Nothing found"),
    "section": mark("section"),
    "keys": mark("Keys"),
    "all": mark("All columns"),
    "few": mark("Fewer columns"),
}
"""What the script says. It stands in the page as data, so that the script is the same in each."""


def words() -> dict[str, str]:
    """``WORDS`` in the language that holds."""
    return {name: _(text) for name, text in WORDS.items()}


def needed(sliders: Sliders) -> tuple[str, ...]:
    """Those of ``FILES`` that a page with these sliders has a use for."""
    idle = {"growth"} if not sliders.growth else set()
    if not sliders.growth and sliders.stops is None:
        idle.add("sizes")
    return tuple(name for name in FILES if name not in idle)


@cache
def script(files: tuple[str, ...] = FILES) -> Markup:
    """``files`` as one function with short names, without spaces and lines of comment that only
    people need; no data is in it."""
    blocks = (f"{{\n{_read(name)}}}\n" for name in files)
    whole = f'(() => {{\n"use strict";\n{_read("tools")}{"".join(blocks)}}})();\n'
    place = templates_dir() / "script" / f"{'-'.join(files)}.js"
    return Markup(kept_script(place, whole, _shorter))


def _shorter(script: str) -> str:
    return tight_script(with_brief_properties(with_short_names(script)))


def _read(name: str) -> str:
    text = (templates_dir() / "script" / f"{name}.js").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
