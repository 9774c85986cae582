"""The first sentence of a report, in words: the gravest of what is true of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer import units
from analyzer.language import _, ngettext, series
from analyzer.report.view.pace import prices
from analyzer.sanitise import label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Mapping

    Values = Mapping[str, Any]

COMMON = 3
"""Words with which two titles begin from which the second is told without them."""
NAMED = 2
"""Devices of which the first sentence says how much longer a saving takes there."""


def verdict(v: Values) -> str:
    if v["kind"] == "errors":
        return _joined(_wrong(v), partly(v), _against(v))
    if v["kind"] == "findings":
        return _no_error(v)
    if v["kind"] == "doubts":
        return _doubtful(v)
    return {
        "inconclusive": lambda: _joined(
            _("Not conclusive: {problems}", problems=_unjudged(v["inconclusive"])),
            _against(v),
            _most(v),
        ),
        "misfit": lambda: _joined(partly(v), _against(v)),
        "partial": lambda: _joined(partly(v), _most(v)),
        "unbounded": lambda: _joined(partly(v), _most(v)),
        "silenced": lambda: _joined(
            _("Nothing new: no finding but {findings}.", findings=silenced(v)), _most(v)
        ),
        "clean": lambda: _joined(
            _(
                "Clean: {looked} of {n} rules had something to look at, and none objects.",
                looked=v["looked"],
                n=v["rules"],
            ),
            _most(v),
        ),
        "unjudged": lambda: _joined(
            _("No rule was applied; the numbers below are facts without a judgement."), _most(v)
        ),
    }[str(v["kind"])]()


def _against(v: Values) -> str:
    """What speaks against using the model, or is to be looked at before, where the first word is
    about something else."""
    return _doubted(v) if v["doubts"] else ""


def _unjudged(problems: int) -> str:
    return _("{problems} kept part of the model unjudged.", problems=many(problems, "problem"))


def _wrong(v: Values) -> str:
    """What to fix, and whether that, or something else, kept anything unjudged."""
    errors, one = many(v["errors"], "error"), v["errors"] == 1
    if v["errors"] > v["error_rules"]:
        errors = _("{errors} from {rules}", errors=errors, rules=many(v["error_rules"], "rule"))
    told = {"errors": errors, "error": label(v["error"], widths.SENTENCE)}
    if v["inconclusive"] and not v["besides"]:
        return (
            _("{errors} to fix before this model is used, which also kept part of it unjudged: "
              "{error}.", **told)
            if one
            else _("{errors} to fix before this model is used, which also kept part of it "
                   "unjudged, of which the first: {error}.", **told)
        )  # fmt: skip
    text = (
        _("{errors} to fix before this model is used: {error}.", **told)
        if one
        else _("{errors} to fix before this model is used, of which the first: {error}.", **told)
    )
    if v["besides"]:
        return _("{text} Besides, {more}", text=text, more=_unjudged(v["besides"]))
    return text


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _no_error(v: Values) -> str:
    """Nothing is urgent where nothing of what to do first is of high impact."""
    found, most = {"findings": many(v["findings"], "finding")}, _most(v)
    if _much(v):
        return _joined(_("No error: {findings}.", **found), most)
    if most:
        return _joined(_("Nothing urgent: {findings}.", **found), most)
    if v["findings"] == 1:
        return _("Nothing urgent: 1 finding, which does not save much compute.")
    return _("Nothing urgent: {findings}, none of which saves much compute.", **found)


def _much(v: Values) -> str:
    """What is of high impact: steps without training, or with, and what cheaper layers save."""
    named = _lead(v) if v["lead_how"] in ("free", "trained") else ""
    if v["fall"] != "high" or (named and v["doubts"]):
        return named
    return _joined(named, _could_fall(v, short=bool(named or v["doubts"])))


def _most(v: Values) -> str:
    """What to do first of what could be better: what is of high impact, else of medium. One thing
    behind what is said of its use."""
    if much := _much(v):
        return much
    if named := _lead(v):
        return named
    if not v["fall"]:
        return ""
    return _joined(_could_fall(v, short=bool(v["doubts"])), _("That is of medium impact."))


def _lead(v: Values) -> str:
    """The first steps of what could be better, as the list of what to do first has them."""
    steps: dict[int, list[str]] = {}
    shown = ""
    for step, title, brings in zip(v["lead_steps"], v["lead_titles"], v["lead_brings"],
                                   strict=True):  # fmt: skip
        words = f"“{_behind(shown, title)}”"
        steps.setdefault(step, []).append(f"{words} ({label(brings)})" if brings else words)
        shown = title
    if not steps:
        return ""
    named = [_("{one}, or {other}", one=of[0], other=of[1]) if of[1:] else of[0]
             for of in steps.values()]  # fmt: skip
    text = named[0]
    for more in named[1:]:
        text = _("{actions}; then {others}", actions=text, others=more)
    if v["lead_how"] == "free":
        return _("What would bring much without training: {actions}.", actions=text)
    if v["lead_how"] == "trained":
        return _("What would bring much, with training: {actions}.", actions=text)
    return _("Of medium impact: {actions}.", actions=text)


def _behind(one: str, other: str) -> str:
    """A title behind another, without the words with which both begin.

    >>> _behind("Convert weights to float16", "Convert weights to int8")
    '… int8'
    """
    first, words = label(one).split(), label(other).split()
    same = next((n for n, (a, b) in enumerate(zip(first, words, strict=False)) if a != b), 0)
    return " ".join(("…", *words[same:])) if same >= COMMON else label(other)


def _doubtful(v: Values) -> str:
    """What is to be looked at before the model is used, and what else is worth the first
    sentence."""
    return _joined(_doubted(v), partly(v), "" if v["misfits"] else _most(v))


def _doubted(v: Values) -> str:
    """Warnings that speak against using the model, or, without such, that are to be looked at
    before it is used."""
    doubt, harms = label(v["doubt"], widths.SENTENCE), v["harms"]
    if harms:
        text = (
            _("One warning speaks against using this model: {doubt}.", doubt=doubt)
            if harms == 1
            else _("{n} warnings speak against using this model, the first: {doubt}.",
                   n=harms, doubt=doubt)
        )  # fmt: skip
        more = v["doubts"] - harms
        return _joined(text, ngettext("{n} more is to be looked at before.",
                                      "{n} more are to be looked at before.", more)
                       if more else "")  # fmt: skip
    if v["warnings"] > v["doubts"]:
        return ngettext(
            "Of {of} warnings {n} is to be looked at before this model is used: {doubt}.",
            "Of {of} warnings {n} are to be looked at before this model is used, the first: "
            "{doubt}.", v["doubts"], of=units.count(v["warnings"]), doubt=doubt,
        )  # fmt: skip
    if v["doubts"] == 1:
        return _("One warning to look at before this model is used: {doubt}.", doubt=doubt)
    return _("{n} warnings to look at before this model is used, of which the first: {doubt}.",
             n=v["doubts"], doubt=doubt)  # fmt: skip


def _misfit(v: Values) -> str:
    return ngettext(
        "Judged in part: {n} operator cannot take the sizes that were assumed, so no figure "
        "of compute or memory is that of a run. State the real ones with {options}.",
        "Judged in part: {n} operators cannot take the sizes that were assumed, so no figure "
        "of compute or memory is that of a run. State the real ones with {options}.",
        v["misfits"],
        options=label(v["state"], widths.REASON),
    )


def partly(v: Values) -> str:
    """Of the verdict that figures are of a part; empty where problems say why a part is unjudged,
    and where none is."""
    if v["inconclusive"]:
        return ""
    if v["misfits"]:
        return _misfit(v)
    return _minima(v) if v["unknown_nodes"] or not v["complete"] else ""


def _minima(v: Values) -> str:
    """Why totals are at least, and not exactly, what they are."""
    if v["unknown_nodes"]:
        return _("Judged in part: the cost of {operators} is unknown, so totals are minima.",
                 operators=many(v["unknown_nodes"], "operator"))  # fmt: skip
    return _("Judged in part: nothing bounds how often a loop runs, so totals are minima.")


def _could_fall(v: Values, *, short: bool) -> str:
    """What cheaper layers save; ``short``: without what the figures beside it say."""
    figures = {
        "share": units.percent(v["share"]),
        "now": units.si(v["macs_now"], "MAC"),
        "after": units.si(v["macs_after"], "MAC"),
        "training": _("training") if v["untrained"] else _("retraining"),
    }
    if not v["decided"]:
        text = _("Compute could fall from at most {now} to at most {after}, at the price of "
                 "{training}", **figures)  # fmt: skip
    elif not v["complete"]:
        text = _("The part of compute that is known could fall by {share}, from {now} to {after}, "
                 "at the price of {training}", **figures)  # fmt: skip
    elif short:
        text = _("Compute could fall by {share} at the price of {training}", **figures)
    else:
        text = _("Compute could fall by {share}, from {now} to {after}, at the price of {training}",
                 **figures)  # fmt: skip
    if v["without_training"] is not None and v["decided"]:
        text = _("{text}, by {share} without: “{title}”", text=text,
                 share=units.percent(v["without_training"]),
                 title=label(v["without_title"]))  # fmt: skip
    if v["slower_on"] and short:
        where = (label(v["slower_on"][0]) if len(v["slower_on"]) == 1
                 else ngettext("{n} device", "{n} devices", len(v["slower_on"])))  # fmt: skip
        text = _("{text}; the converted layers take longer on {devices}", text=text, devices=where)
    elif v["slower_on"]:
        text = _("{text}; the converted layers take longer: {prices}", text=text,
                 prices=prices(v["slower_on"], v["slower_factors"], NAMED))  # fmt: skip
    return f"{text}."


def silenced(v: Values) -> str:
    """``2 suppressed and 1 in the baseline``; empty where no finding was silenced."""
    parts = []
    if v["suppressed"]:
        parts.append(_("{n} suppressed", n=units.count(v["suppressed"])))
    if v["accepted"]:
        parts.append(_("{n} in the baseline", n=units.count(v["accepted"])))
    return series(parts)
