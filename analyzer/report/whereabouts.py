"""Where a model runs, in words: on page 1 in a line, and above the table of targets."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from analyzer import units
from analyzer.language import _, mark, retold, series
from analyzer.report.view.deployment import blocking
from analyzer.report.view.gains import NAMED
from analyzer.sanitise import clean, label, widths
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Values = Mapping[str, Any]


def targets(v: Values) -> str:
    parted = _parted(v)
    if 1 < len(parted["whole"]) == v["count"]:
        return runs(v)
    verdicts = _VERDICTS | (_KNOWN if _is_refused(v) else {})
    said = [_(words, targets=_named(parted, verdict))
            for verdict, words in verdicts.items() if parted[verdict]]  # fmt: skip
    text = _("Of {targets}: {said}.", targets=many(v["count"], "target"), said="; ".join(said))
    return " ".join([text, *_undivided(v), *_provisos(v)])


def _undivided(v: Values) -> Iterator[str]:
    """Why those that have some of the operators do not run them."""
    if v["undivided"]:
        yield _("On {targets} a model runs whole or not at all.", targets=_named(v, "undivided"))


def _parted(v: Values) -> dict[str, Any]:
    """The same with each target under one verdict; none is untested where nobody runs the file."""
    partly, stuck = v["partly"], v["stuck"]
    untested = [] if _is_refused(v) else v["untested"]
    whole = [each for each in v["whole"] if each not in untested]
    idle = [each for each in v["idle"] if each not in (*partly, *stuck)]
    split = [each for each in v["split"] if each not in (*partly, *stuck, *idle)]
    maybe = [each for each in v["maybe"] if each not in partly]
    return {**v, "cut": v["split"], "whole": whole, "untested": untested, "idle": idle,
            "split": split, "maybe": maybe}  # fmt: skip


def _is_refused(v: Values) -> bool:
    """Whether nobody runs the file as it is."""
    return bool(v["broken"] or v["missing"] or v["huge"])


def _named(v: Values, *verdicts: str) -> str:
    """Targets with these verdicts, by name."""
    return _names(v, [each for verdict in verdicts for each in v[verdict]])


def _names(v: Values, ids: Iterable[str]) -> str:
    names = dict(zip(v["ids"], v["names"], strict=True))
    return series([label(names[each]) for each in ids])


def edits(v: Values) -> str:
    """Changes of the model, and which targets take how much of it then."""
    if not v["count"]:
        none = (_("No change that was tried helps much.") if v["replaced"]
                else _("No small change was found that helps much."))  # fmt: skip
        return " ".join([none, *_replaced(v), *_left(v)])
    after = zip(v["helped"], v["whole"], v["parts"], v["supported"], v["operators"],
                v["undecided"], strict=True)  # fmt: skip
    told, how = [], _how(v)
    for text, count in zip(v["texts"], v["targets"], strict=True):
        same: dict[tuple[int, ...], list[str]] = {}
        for target, *outcome in islice(after, count):
            same.setdefault(tuple(outcome), []).append(target)
        comes = "; ".join(_comes(_names(v, ids), *outcome) for outcome, ids in same.items())
        told.append(f"{clean(retold(text))}{next(how)} ({comes})")
    said = _(
        "What helps, each change tried, of the operators left then: {edits}.", edits="; ".join(told)
    )
    if v["unhelped"]:
        said = (
            f"{said} {_('Nothing tried helps much on {targets}.', targets=_named(v, 'unhelped'))}"
        )
    return " ".join([said, *_replaced(v), *_left(v)])


def _how(v: Values) -> Iterator[str]:
    """By change, the command that makes it, behind a colon; empty where there is none."""
    left = iter(v["arguments"])
    for command, again in zip(v["commands"], v["again"], strict=True):
        more = [f"`{clean(each)}`" for each in islice(left, again)]
        typed = f"`{clean(command)}`"
        if more:
            typed = _("{command}, then the same on NEW with {arguments}", command=typed,
                      arguments=series(more))  # fmt: skip
        yield _(": {command}", command=typed) if command else ""


def _comes(
    targets: str, whole: int, parts: int, supported: int, operators: int, undecided: int
) -> str:
    """What comes of a change on these targets."""
    if whole:
        return _("all operators on {targets}", targets=targets)
    told = {"n": units.count(supported), "operators": many(operators, "operator")}
    said = (_("{n} of {operators} on {targets}", targets=targets, **told) if parts < 2
            else _("{n} of {operators} on {targets}, in {parts}", targets=targets,
                   parts=many(parts, "part"), **told))  # fmt: skip
    return said + (_(", {n} more not decided", n=units.count(undecided)) if undecided else "")


def _replaced(v: Values) -> Iterator[str]:
    """What rules ask to replace of what is in the way, which was not tried."""
    same: dict[tuple[str, str, int], list[str]] = {}
    rows = zip(v["replaced"], v["replacing"], v["replaced_operators"], v["replaced_counts"],
               strict=True)  # fmt: skip
    for target, *change in rows:
        same.setdefault(tuple(change), []).append(target)
    for (rule, op, count), ids in same.items():
        yield _("Not tried: what {rule} asks for replaces what blocks first on {targets}, {n} "
                "{operator}.", rule=rule, targets=_names(v, ids), n=units.count(count),
                operator=label(op))  # fmt: skip


def _left(v: Values) -> Iterator[str]:
    """What is in the way of targets that fixed sizes do not help."""
    rows = zip(v["sized"], v["sized_operators"], v["sized_reasons"], v["sized_counts"], strict=True)
    for target, op, reason, count in rows:
        yield _("With fixed sizes, what blocks first on {target} is this: {blocker}.",
                target=_names(v, [target]), blocker=blocking(op, reason, count))  # fmt: skip


def runs(v: Values) -> str:
    """Where all of it runs, and where not, in a line."""
    known, v = _is_refused(v), _parted(v)
    others = _named(v, "split", "idle", "stuck", "no", "partly")
    text = (_known_on if known else _runs_on)(
        len(v["whole"]), v["count"],
        {"n": units.count(len(v["whole"])), "targets": many(v["count"], "target"),
         "all": _named(v, "whole"), "others": others, "open": _named(v, "maybe"),
         "untested": _named(v, "untested")},
    )  # fmt: skip
    said = [text, *_gained(v, known=known)]
    v = _measured(_without(v, v["gained"]))
    if v["count"] > 1:
        for words, verdicts in (_KNOWN_TO if known else _RUNS_ON).items():
            names = _named(v, *verdicts)
            if names and (v["whole"] or v["untested"] or "no" not in verdicts):
                said.append(_(words, names=names))
    return " ".join([*said, *_provisos(v)])


def _without(v: Values, told: Iterable[str]) -> dict[str, Any]:
    """The same without targets of which more is told elsewhere."""
    gone = frozenset(told)
    kept = {verdict: [each for each in v[verdict] if each not in gone]
            for verdict in ("split", "idle", "stuck", "partly", "no", "maybe")}  # fmt: skip
    return {**v, **kept}


def _measured(v: Values) -> dict[str, Any]:
    """The same, where a target that takes a part has how much that is beside its name."""
    names = dict(zip(v["ids"], v["names"], strict=True))
    rows = zip(v["cut"], v["macs"], v["parts"], v["supported"], v["operators"], strict=True)
    for target, macs, parts, supported, operators in rows:
        if target in v["split"]:
            names[target] = f"{names[target]} ({_part(macs, parts, supported, operators)})"
    return {**v, "names": tuple(names[each] for each in v["ids"])}


def _part(macs: float | None, parts: int, supported: int, operators: int) -> str:
    """How much a target takes, and in how many parts; those alone where it has all MACs."""
    if macs == 1 and parts > 1:
        return many(parts, "part")
    how = (
        _("{n} of {operators}", n=units.count(supported), operators=many(operators, "operator"))
        if macs is None
        else _("all MACs") if macs == 1
        else _("{share} of the MACs", share=units.percent(macs))
    )  # fmt: skip
    return how if parts < 2 else _("{how}, {parts}", how=how, parts=many(parts, "part"))


def _gained(v: Values, *, known: bool) -> Iterator[str]:
    """Where all of it runs after one small change."""
    same: dict[tuple[Any, ...], list[str]] = {}
    rows = zip(v["gained"], v["gain_kinds"], v["gain_amounts"], v["gain_names"], strict=True)
    for target, *change in rows:
        same.setdefault(tuple(change), []).append(target)
    for (kind, amount, what), ids in same.items():
        told = {"once": _once(kind, amount, what), "names": _names(v, ids)}
        if known:
            yield (_("{once} all its operators are known to {names}, too.", **told) if v["whole"]
                   else _("{once} all its operators are known to {names}.", **told))  # fmt: skip
        else:
            yield (_("{once} all of it runs on {names}, too.", **told) if v["whole"]
                   else _("{once} all of it runs on {names}.", **told))  # fmt: skip


def _once(kind: str, amount: int, what: str) -> str:
    """A change that is made, as the beginning of a sentence."""
    if kind == "size":
        more = amount - NAMED
        what = _("{names} and {n} more", names=what, n=more) if more > 0 else what
        return _(
            "With the open sizes of the inputs fixed ({sizes}),", sizes=label(what, widths.NOTE)
        )
    if kind == "removal":
        return _("Without what does nothing ({operators}),", operators=label(what, widths.NOTE))
    if kind == "opset":
        return _("With opset {n} stated,", n=amount)
    if kind == "ir":
        return _("With IR version {n} stated,", n=amount)
    if kind == "reshape":
        return _("With {operators} written as Reshape,", operators=many(amount, "Flatten"))
    return _("With {tensors} taken out of the graph's inputs,",
             tensors=many(amount, "initializer"))  # fmt: skip


def _runs_on(whole: int, count: int, told: Mapping[str, str]) -> str:
    place = "targets" if count > 1 else "all"
    told = {**told, place: _("{targets} (by tables, not tried)", targets=told[place])}
    if whole == count:
        return (_("All of it runs on each of {targets}: {all}.", **told) if count > 1
                else _("All of it runs on {all}.", **told))  # fmt: skip
    if count == 1:
        return (_("Not all of it runs on {others}.", **told) if told["others"]
                else _(_UNTESTED, names=told["untested"]) if told["untested"]
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


_UNTESTED = mark("All its operators are known to {names}, tested with newer opsets only.")
_RUNS_ON: dict[str, tuple[str, ...]] = {
    _UNTESTED: ("untested",),
    mark("In parts on {names}."): ("split",),
    mark("At most in parts on {names}."): ("partly",),
    mark("Not on {names}."): ("idle", "stuck", "no"),
    mark("Not decided: {names}."): ("maybe",),
}
"""In a line, behind where all of it runs; where it does not is told only if it runs anywhere, or
may."""
_KNOWN_TO: dict[str, tuple[str, ...]] = {
    mark("Some of them to {names}."): ("split", "stuck"),
    mark("Some of them at most to {names}."): ("partly",),
    mark("Not to {names}."): ("idle", "no"),
    mark("Not decided: {names}."): ("maybe",),
}
"""The same where nobody runs the file as it is."""
_VERDICTS: dict[str, str] = {
    "whole": mark("all of it runs on {targets}"),
    "untested": mark("all its operators are known to {targets}, tested with newer opsets only"),
    "split": mark("some of its operators run on {targets}"),
    "idle": mark("only operators without MACs run on {targets}"),
    "stuck": mark("some of its operators are known to {targets}, where nothing runs the rest"),
    "partly": mark("at most a part of it runs on {targets}"),
    "no": mark("it does not run on {targets}"),
    "maybe": mark("whether all of it runs is not decided on {targets}"),
}
_KNOWN: dict[str, str] = {
    "whole": mark("all its operators are known to {targets}"),
    "split": mark("some of them are known to {targets}"),
    "idle": mark("only operators without MACs are known to {targets}"),
    "stuck": mark("others of them are known to {targets}"),
    "partly": mark("at most a part of them is known to {targets}"),
}
"""The same where nobody runs the file as it is."""
