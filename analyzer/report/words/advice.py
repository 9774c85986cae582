"""What to do about a model, and what the rules found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, mark, ngettext, series, term
from analyzer.report import headline
from analyzer.report.view.pace import prices
from analyzer.report.view.unseen import why
from analyzer.sanitise import label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.headline import Values


MOMENT = 1e-6
"""Seconds below which a time has no digits: none is measured so."""


def actions(v: Values) -> str:
    """Why there is no action; the actions themselves are the rules' words."""
    if v["rules"]:
        return ""
    if v["slower"]:
        return _(
            "Nothing recommended: what {rules} would change saves multiply-accumulates, and no "
            "time by our own estimate; see the findings.",
            rules=series(list(v["slower"])),
        )
    if not v["applied"]:
        return _("Nothing was judged: no rule was applied.")
    if v["gains"]:
        return _("No rule asks for a change. A small change helps further targets.")
    return _("Nothing: no rule asks for a change.")


def order(v: Values) -> str:
    """By what rule the first steps are the first."""
    one, *then = (_(words) for word, words in _TURNS.items() if word in v["turns"])
    said = []
    if v["steps"] > 1 and (then or "better" in v["turns"]):
        turns = _(", then ").join((one, *then))
        said.append(_("The order is: {turns}; each figure is for that step alone.", turns=turns))
    if v["ahead"]:
        said.append(_("A step that another needs stands before it."))
    if v["unlisted"]:
        said.append(ngettext(
            "{n} entry of the map is not in the list: it comes later, is an option of low impact "
            "or high effort, or may not pay.",
            "{n} entries of the map are not in the list: they come later, are options of low "
            "impact or high effort, or may not pay.",
            v["unlisted"],
        ))  # fmt: skip
    said.append(_(
        "Impact is high for what keeps the model from being judged, and for a quarter of the MACs, "
        "of the time or of the bytes (64 KiB and more), medium for a twentieth or a warning "
        "without a figure; less is low."
    ))  # fmt: skip
    if v["slower"]:
        said.append(_("What is slower on {device} has low impact.", device=label(v["device"])))
    if v["by_itself"]:
        said.append(_("What ONNX Runtime saves itself does not count."))
    if v["lighter"]:
        said.append(_("To convert layers is graded by MACs and time alone."))
    if v["unlocks"]:
        said.append(_("What lets a target take all of the model is of high impact where that "
                      "multiplies nothing of it today, else of medium."))  # fmt: skip
    if v["brief"]:
        said.append(_(
            "To save compute is medium at most where the arithmetic of one run takes less than "
            "1 ms, as here on {device}.",
            device=label(v["device"]),
        ))  # fmt: skip
    return " ".join(said)


_TURNS: dict[str, str] = {
    "against": mark("what speaks against use"),
    "unjudged": mark("what keeps the model from being judged"),
    "use": mark("what to look at before use"),
    "sharing": mark("what to do before the model is shared"),
    "minima": mark("what makes totals more than minima"),
    "better": mark("most impact, of equals the least effort"),
    "figures": mark("what makes figures truer"),
}
"""What comes one after another."""


def options(v: Values) -> str:
    """How to read the times, and what weights are with scales today; the forms are told in their
    own words."""
    held = _("Weights and scales are {bytes} today.", bytes=units.size(v["weight_bytes_now"]))
    held = held if v["scales_now"] else ""
    levels = _levels() if v["smaller"] else ""
    if not v["device"]:
        return f"{held} {levels}".strip()
    times = _("Times are arithmetic bounds on {device}.", device=v["device"])
    if v["seconds_now"] is not None and v["seconds_now"] >= MOMENT:
        times = _(
            "Times are arithmetic bounds on {device}: {seconds} for the model as it is.",
            device=v["device"], seconds=units.seconds(v["seconds_now"]),
        )  # fmt: skip
    return " ".join(filter(None, (times, held, levels)))


def _levels() -> str:
    """What the words of the columns mean."""
    return _(
        "Effort: a tool or a setting (low), code, calibration or fine-tuning (medium), training or "
        "more (high). Certainty of the figures, not of accuracy: they follow from the file (high), "
        "the tool or unread weights may change them (medium), the file does not say all (low)."
    )


def passed(v: Values) -> str:
    looked, passed = sum(v["rules"]), sum(v["rules"]) - sum(v["speak"]) - sum(v["stated"])
    counts = zip(v["categories"], v["rules"], v["speak"], v["stated"], v["unjudged"], strict=True)
    # Elsewhere the report has something to say of these, though no rule has.
    told_of = {"weights": v["odd"], "quantisation": not v["integers"]}
    silent = [term(name) for name, rules, *others in counts
              if rules and not any(others) and not told_of.get(name)]  # fmt: skip
    told = {"passed": passed, "rules": many(looked, "rule")}
    text = (
        _("{passed} of {rules} that had something to look at found nothing, among them all of "
          "{sound}.", sound=series(silent), **told)
        if silent and passed < looked
        else _("{passed} of {rules} that had something to look at found nothing.", **told)
    )  # fmt: skip
    if v["blind"]:
        text = f"{text} " + ngettext(
            "{n} that looks at stored weights could not judge: {reason}.",
            "{n} that look at stored weights could not judge: {reason}.",
            v["blind"],
            reason=why(v["unseen"]),
        )
    if stated := sum(v["stated"]):
        text = f"{text} " + ngettext(
            "{n} is about sizes that had to be assumed, figures that are unknown or outputs that "
            "are no tensors: these are stated where they count, and are no findings.",
            "{n} are about sizes that had to be assumed, figures that are unknown or outputs that "
            "are no tensors: these are stated where they count, and are no findings.",
            stated,
        )
    if not v["idle"]:
        return text
    return f"{text} " + ngettext(
        "{n} more is about what the model does not have.",
        "{n} more are about what the model does not have.",
        v["idle"],
    )


def trust(v: Values) -> str:
    return " ".join([_found_trust(v), *_hidden(v), *_endless(v)])


def _hidden(v: Values) -> Iterator[str]:
    """What nobody saw, and who would have looked at it."""
    if v["hidden_bytes"] == 0:
        return
    size = v["hidden_bytes"]
    what = (_("Part of the external data") if size is None
            else _("{size} of external data", size=units.size(size)))  # fmt: skip
    if v["blind"]:
        yield ngettext(
            "{what} was not seen, so {n} more rule could not judge.",
            "{what} was not seen, so {n} more rules could not judge.", v["blind"], what=what,
        )  # fmt: skip
    else:
        yield _("{what} was not seen.", what=what)


def _endless(v: Values) -> Iterator[str]:
    """Loops that run as often as callers like: a run may take as long as they like."""
    if not v["open_loops"]:
        return
    loop = label(v["loop"], widths.NAME)
    if v["open_loops"] > 1:
        loop = _("{names} and {n} more", names=loop, n=v["open_loops"] - 1)
    if v["inputs"]:
        yield _(
            "Nothing in the file bounds how often {loop} runs: whoever calls the model decides, by "
            "{inputs}, and with that how long a run takes.",
            loop=loop, inputs=series([label(name, widths.NAME) for name in v["inputs"]]),
        )  # fmt: skip
    else:
        yield _(
            "Nothing in the file bounds how often {loop} runs: what the model is given decides, "
            "and with that how long a run takes.", loop=loop,
        )  # fmt: skip


def _found_trust(v: Values) -> str:
    if v["findings"] == 1:
        return _("Trust: {finding}.", finding=label(v["first"], widths.SENTENCE))
    if v["findings"]:
        return _("Trust: {n} findings, of which the first: {finding}.",
                 n=v["findings"], finding=label(v["first"], widths.SENTENCE))  # fmt: skip
    rules = many(v["rules"], "rule")
    if v["hidden_bytes"] != 0:
        return _("Trust: nothing found by {rules} in what is here.", rules=rules)
    text = _("Trust: nothing found by {rules}.", rules=rules)
    if not v["blind"]:
        return text
    more = _("{n} more could not judge: {reason}.", n=v["blind"], reason=why(v["unseen"]))
    return f"{text} {more}"


def findings(v: Values) -> str:
    if not v["count"]:
        return _("No findings to list.")
    looked = ""
    if v["rules"]:
        looked = " " + _("{looked} of {n} rules had something to look at.",
                         looked=v["looked"], n=v["rules"])  # fmt: skip
    found = many(v["count"], "finding")
    if v["places"] > v["count"]:
        found = _("{findings}, one for each cause, at {places}", findings=found,
                  places=units.places(v["places"]))  # fmt: skip
    return f"{found}.{looked}"


def silenced(v: Values) -> str:
    return _("Not listed: {findings}.", findings=headline.silenced(v))


def conversion(v: Values) -> str:
    return _(
        "MACs of the model after converting the best k candidates; {best} of {candidates} bring "
        "80 % of what all of them save",
        best=units.count(v["best"]), candidates=units.count(v["candidates"]),
    )  # fmt: skip


def conversion_memory(v: Values) -> str:
    told = {"now": units.size(v["now"]), "after": units.size(v["after"])}
    if v["after"] > v["now"]:
        return _(
            "The map between the two convolutions is held, too: those converted raise the "
            "peak of activations from {now} to {after}, in the file's order of operators.",
            **told,
        )  # fmt: skip
    return _(
        "The map between the two convolutions is held, too, but does not raise the peak of "
        "activations, {now}, in the file's order of operators.", **told,
    )  # fmt: skip


def conversion_speed(v: Values) -> str:
    told = {"device": v["device"], "faster": units.times(v["factor"])}
    text = (
        _("By the roofline model of {device}, which counts memory traffic beside arithmetic, "
          "without fusion, the flagged convolutions that are not left out together run {faster} "
          "as fast once converted.", **told)
        if v["left_out"]
        else _("By the roofline model of {device}, which counts memory traffic beside arithmetic, "
               "without fusion, the flagged convolutions together run {faster} as fast once "
               "converted.", **told)
    )  # fmt: skip
    if not v["slower_on"]:
        return text
    return f"{text} " + _("They take longer elsewhere: {prices}.",
                          prices=prices(v["slower_on"], v["slower_factors"]))  # fmt: skip
