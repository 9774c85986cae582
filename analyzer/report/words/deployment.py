"""Where a model runs, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _, mark, series
from analyzer.sanitise import label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.report.headline import Values


def vendor(v: Values) -> str:
    pairs = zip(v["types"], v["counts"], strict=True)
    types = ", ".join(f"{label(op, widths.TERM)} ×{count}" for op, count in pairs)
    left = v["types_in_all"] - len(v["types"])
    if left:
        types = _("{names} and {n} more", names=types, n=left)
    domains = series([label(domain, widths.TERM) for domain in v["domains"]])
    left = v["domains_in_all"] - len(v["domains"])
    if left:
        domains = _("{names} and {n} more", names=domains, n=left)
    if v["compiled"]:
        return _("Runs only with the execution provider and on the device that it was compiled "
                 "for: {types}.", types=types)  # fmt: skip
    if v["runtime"]:
        return _("Runs only where operators of {domains} are known, as in {runtime}: {types}.",
                 domains=domains, runtime=v["runtime"], types=types)  # fmt: skip
    return _("Runs only where a library for operators of {domains} is loaded: {types}.",
             domains=domains, types=types)  # fmt: skip


_IN_THE_WAY: Mapping[str, str] = {
    "operator": mark("{op}, not supported"), "version": mark("{op}, in this version"),
    "cliff": mark("{op}, at this opset"), "type": mark("{op}, with these types"),
    "condition": mark("{op}, as it is used here"), "function": mark("{op}, a local function"),
}  # fmt: skip
_TOO_NEW: Mapping[str, str] = {"opset": mark("the opset"), "ir": mark("the IR version")}


def blockers(v: Values) -> str:
    found = [
        f"{_(_IN_THE_WAY[code], op=label(op)) if op else _(_TOO_NEW[code])} "
        f"({many(count, 'target')})"
        for op, code, count in zip(v["operators"], v["codes"], v["targets"], strict=True)
    ]
    open_ = [
        f"{label(op)} ({many(count, 'target')})"
        for op, count in zip(v["undecided"], v["undecided_targets"], strict=True)
    ]
    causes, more = "; ".join(found), v["count"] - len(found)
    if more:
        causes = _("{causes}; and {more}", causes=causes, more=many(more, "more cause"))
    said = (_("In the way: {causes}.", causes=causes) if found
            else _("Nothing is certainly in the way."))  # fmt: skip
    if not open_:
        return said
    left = v["undecided_in_all"] - len(open_)
    open_ += [_("{n} more", n=left)] if left else []
    return f"{said} {_('Not decided: {names}.', names='; '.join(open_))}"
