"""What to do about a file before a quantiser reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.converters import converter, left, met
from analyzer.language import _
from analyzer.patterns.held import normalised
from analyzer.patterns.merging import merges_of
from analyzer.report.view.options.before import Before
from analyzer.report.view.options.form import COMMANDS, LOOSE, REPLACEABLE
from analyzer.sanitise import label
from analyzer.smaller.integers import making

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analyzer.converters import Converter, Met
    from analyzer.facts import Facts
    from analyzer.report.view.options.before import Tool

NAMED = 240
"""Characters of a name that somebody has to find in the file."""
SIMPLIFIED = frozenset({"fold", "normalise"})
"""What a simplifier does that puts constants into layers."""
SIMPLIFIER = "onnxslim"
STATED = "ONX014"
"""The rule about the version that the file states, among what runtimes pass over."""
_FOLDED = ("STR001", "STR009")
"""Rules about operators that make weights of constants: what a tool leaves of what they name."""
_NORMALISED = "STR101"


class Preparation(NamedTuple):
    """What comes before, and what is left of the limits of the quantiser then."""

    before: tuple[Before, ...]
    limits: tuple[Met, ...]
    gone: frozenset[str] = frozenset()
    """Ids of operators that are in layers then."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Operators of which others are made then, and those."""


def preparation(facts: Facts, limits: Sequence[Met], *, static: bool) -> Preparation:
    """One tool for all that has to be in layers: where constants behind them have to, and where it
    manages all, what does that folds normalisations and what makes weights, too."""
    loose = _loose(facts) if static else ()
    remedies = {each.limit.remedy for each in limits} & SIMPLIFIED
    slim = static and _runs(facts) and (bool(loose) or _folds(facts, remedies))
    gone = set[str]()
    if loose:
        gone = {m.node for m in merges_of(facts) if m.operators and m.kind in LOOSE}
    if remedies and static:
        gone |= {node.id for node in normalised(facts)}
    kinds = {node.op_type for node in facts.nodes if not node.scope and node.id not in gone}
    kept = tuple(each for each in limits
                 if not each.limit.kept_out or not kinds.isdisjoint(each.places))  # fmt: skip
    prepared = met(facts, converter("quant_pre_process")) if remedies and not slim else ()
    asked = [each for each in (*prepared, *kept)
             if not (slim and loose) or each.limit.remedy not in SIMPLIFIED]  # fmt: skip
    asked = [*(met(facts, converter(SIMPLIFIER)) if slim else ()), *asked]
    told = first(asked, arguments(prepared), simplified=slim)
    renamed = converter(SIMPLIFIER).renamed if slim else ()
    return Preparation((*told, *_bound(loose, slim=slim)), kept, frozenset(gone), renamed)


def _runs(facts: Facts) -> bool:
    """Whether the simplifier leaves a model that loads, once what it needs itself is done."""
    limits = met(facts, converter(SIMPLIFIER))
    return all(each.limit.remedy == "outputs" for each in limits) and all(
        each.is_plain for _role, each in facts.interface.declared
    )


def _folds(facts: Facts, remedies: Collection[str]) -> bool:
    """Whether the simplifier leaves none of what has to be in layers, and something has to be."""
    tool = converter(SIMPLIFIER)
    held = met(facts, converter("quant_pre_process"))
    if not remedies or any(each.limit.remedy == "inputs" for each in held):
        return False
    made = {node.id for node in making(facts)} if "fold" in remedies else set()
    found = {_NORMALISED: {node.id for node in normalised(facts)}, **dict.fromkeys(_FOLDED, made)}
    return not any(any(left(facts, tool, rule, places)) for rule, places in found.items())


def _loose(facts: Facts) -> tuple[str, ...]:
    """Rules that ask for constants to go into the layers before them."""
    kinds = {merge.kind for merge in merges_of(facts) if merge.operators}
    return tuple(rule for kind, rule in LOOSE.items() if kind in kinds)


def _bound(loose: tuple[str, ...], *, slim: bool) -> tuple[Before, ...]:
    """What to do about them before tensors are quantised."""
    if not loose:
        return ()
    if slim:
        text = _(
            "Put the constants behind layers into them first with `{command}`: between quantised "
            "tensors they stay operators, which take more time than is saved",
            command=COMMANDS["onnxslim"],
        )
        return (Before(text, tool="onnxslim"),)
    return (
        Before(
            _(
                "Put the constants behind layers into them first: between quantised tensors they "
                "stay operators, which take more time than is saved"
            ),
            loose,
        ),
    )


def arguments(limits: Iterable[Met]) -> list[str]:
    """Arguments that help, each once."""
    return list(dict.fromkeys(each.limit.option for each in limits if each.limit.option))


def first(
    limits: Iterable[Met], options: Sequence[str] = (), *, simplified: bool = False
) -> tuple[Before, ...]:  # fmt: skip
    """What has to be done to the file before, each once; ``options`` of what folds weights, unless
    that is ``simplified``."""
    places: dict[str, list[str]] = {}
    for each in limits:
        places.setdefault(each.limit.remedy, []).extend(each.places)
    if "fold" in places:  # the same tool does it
        places.pop("normalise", None)
    given = ", ".join(("skip_symbolic_shape=True", *options))
    command = f"onnxruntime.quantization.quant_pre_process(…, {given})"
    tool: Tool = "onnxslim" if simplified else ""
    return tuple(
        _before(remedy, tuple(dict.fromkeys(names)), COMMANDS[tool] if tool else command, tool)
        for remedy, names in places.items() if remedy
    )  # fmt: skip


def _before(remedy: str, places: tuple[str, ...], command: str, tool: Tool) -> Before:
    if remedy == "inputs":
        return Before(_("Take the weights out of the graph's inputs first"), (REPLACEABLE,))
    if remedy == "outputs":
        return Before(_("List each output once first"), (STATED,))
    if remedy == "ir-version":
        text = _("State IR version 4 first: the converter of versions takes weights that are no "
                 "inputs for undefined")  # fmt: skip
        return Before(text, (STATED,))
    if remedy == "normalise":
        text = _(
            "Fold BatchNormalization into the layers first, with `{command}`: between quantised "
            "tensors it takes more time than is saved",
            command=command,
        )
        return Before(text, tool=tool)
    if remedy == "fold":
        text = _(
            "Make initializers of weights and biases first, with `{command}`: the quantiser does "
            "not see through {operators}",
            command=command,
            operators=", ".join(places[:3]),
        )
        return Before(text, tool=tool)
    return Before(
        _(
            "Rename {tensors} first, to what no other name begins with: the quantiser gives its "
            "copies names that other tensors have",
            tensors=", ".join(label(name, NAMED) for name in places[:3]),
        )
    )


def called(tool: Converter, limits: Iterable[Met], more: Sequence[str] = ()) -> str:
    """A tool, with the arguments that a model needs."""
    options = ", ".join(f"`{option}`" for option in (*arguments(limits), *more))
    call = f"`{tool.name}`"
    return _("{tool} with {options}", tool=call, options=options) if options else call
