"""Where a model runs, in words: on page 1 in a line, and above the table of targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer import units
from analyzer.language import _, mark, ngettext, series
from analyzer.sanitise import label
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Values = Mapping[str, Any]


def targets(v: Values) -> str:
    if 1 < len(v["whole"]) == v["count"]:
        return runs(v)
    verdicts = _VERDICTS | (_KNOWN if v["broken"] or v["missing"] or v["huge"] else {})
    parted = {**v, "split": [each for each in v["split"] if each not in v["idle"]]}
    said = [_(words, targets=_named(parted, verdict))
            for verdict, words in verdicts.items() if parted[verdict]]  # fmt: skip
    text = _("Of {targets}: {said}.", targets=many(v["count"], "target"), said="; ".join(said))
    return " ".join([text, *_provisos(v)])


def _named(v: Values, *verdicts: str) -> str:
    """Targets with these verdicts, by name."""
    names = dict(zip(v["ids"], v["names"], strict=True))
    return series([label(names[each]) for verdict in verdicts for each in v[verdict]])


def runs(v: Values) -> str:
    """Where all of it runs, and where not, in a line."""
    known = v["broken"] or v["missing"] or v["huge"]
    text = (_known_on if known else _runs_on)(
        len(v["whole"]), v["count"],
        {"n": units.count(len(v["whole"])), "targets": many(v["count"], "target"),
         "all": _named(v, "whole"), "others": _named(v, "split", "no"), "open": _named(v, "maybe")},
    )  # fmt: skip
    if v["whole"] and (v["split"] or v["no"]):
        others = _named(v, "split", "no")
        no = _("Not to {names}.", names=others) if known else _("Not on {names}.", names=others)
        text = f"{text} {no}"
    if v["maybe"] and v["count"] > 1:
        text = f"{text} {_('Not decided: {names}.', names=_named(v, 'maybe'))}"
    return " ".join([text, *_provisos(v)])


def _runs_on(whole: int, count: int, told: Mapping[str, str]) -> str:
    if whole == count:
        return (_("All of it runs on each of {targets}: {all}.", **told) if count > 1
                else _("All of it runs on {all}.", **told))  # fmt: skip
    if count == 1:
        return (_("Not all of it runs on {others}.", **told) if told["others"]
                else _("Whether all of it runs on {open} is not decided.", **told))  # fmt: skip
    if not whole:
        return _("All of it certainly runs on none of {targets}.", **told)
    return (_("All of it runs on {n} of {targets}: {all}.", **told) if told["others"]
            else _("All of it certainly runs on {n} of {targets}: {all}.", **told))  # fmt: skip


def _known_on(whole: int, count: int, told: Mapping[str, str]) -> str:
    """The same where nobody runs the file as it is."""
    if whole == count:
        return _("All its operators are known to each of {targets}: {all}.", **told)
    if not whole:
        return _("All its operators are certainly known to none of {targets}.", **told)
    return (_("All its operators are known to {n} of {targets}: {all}.", **told)
            if told["others"]
            else _("All its operators are certainly known to {n} of {targets}: {all}.", **told)
            )  # fmt: skip


def _provisos(v: Values) -> Iterator[str]:
    """What else it takes to run it."""
    if v["broken"]:
        yield _("The file has errors; none promises to load it.")
    elif v["missing"]:
        yield _("None loads it without its weights.")
    elif v["huge"]:
        yield _("Whether any has the memory is another question.")
    elif v["untested"]:
        yield ngettext("{n} is tested with newer opsets only.",
                       "{n} are tested with newer opsets only.", v["untested"])  # fmt: skip


_VERDICTS: dict[str, str] = {
    "whole": mark("all of it runs on {targets}"),
    "split": mark("some of its operators run on {targets}"),
    "idle": mark("only operators without MACs run on {targets}"),
    "no": mark("it does not run on {targets}"),
    "maybe": mark("whether all of it runs is not decided on {targets}"),
}
_KNOWN: dict[str, str] = {
    "whole": mark("all its operators are known to {targets}"),
    "split": mark("some of them are known to {targets}"),
    "idle": mark("only operators without MACs are known to {targets}"),
}
"""The same where nobody runs the file as it is."""
