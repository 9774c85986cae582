"""What to do about a file before a quantiser reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.converters import converter, met
from analyzer.language import _
from analyzer.patterns.held import normalised
from analyzer.patterns.merging import merges_of
from analyzer.report.view.options.form import COMMANDS, LOOSE, REPLACEABLE
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.converters import Converter, Met
    from analyzer.facts import Facts

NAMED = 240
"""Characters of a name that somebody has to find in the file."""
SIMPLIFIED = frozenset({"fold", "normalise"})
"""What a simplifier does that puts constants into layers."""


class Preparation(NamedTuple):
    """What comes before, and what is left of the limits of the quantiser then."""

    told: tuple[str, ...]
    limits: tuple[Met, ...]
    gone: frozenset[str] = frozenset()
    """Ids of operators that are in layers then."""
    needs: str = ""
    """The rule whose remedy has to be followed before."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Operators of which others are made then, and those."""


def preparation(facts: Facts, limits: Sequence[Met], *, static: bool) -> Preparation:
    """One tool for all that has to be in layers: where constants behind them have to, what does
    that folds normalisations and what makes weights, too."""
    loose = _loose(facts) if static else ()
    slim = bool(loose) and not met(facts, converter("onnxslim")) and all(
        each.is_plain for _role, each in facts.interface.declared
    )  # fmt: skip
    folds = any(each.limit.remedy in SIMPLIFIED for each in limits)
    gone = set[str]()
    if loose:
        gone = {m.node for m in merges_of(facts) if m.operators and m.kind in LOOSE}
    if folds and static:
        gone |= {node.id for node in normalised(facts)}
    kinds = {node.op_type for node in facts.nodes if not node.scope and node.id not in gone}
    kept = tuple(each for each in limits
                 if not each.limit.kept_out or not kinds.isdisjoint(each.places))  # fmt: skip
    prepared = met(facts, converter("quant_pre_process")) if folds else ()
    asked = [each for each in (*prepared, *kept)
             if not slim or each.limit.remedy not in SIMPLIFIED]  # fmt: skip
    inputs = any(each.limit.remedy == "inputs" for each in asked)
    command = COMMANDS["onnxslim"] if slim else ""
    told = (*first(asked, arguments(prepared)), *_bound(loose, command))
    needs = REPLACEABLE if inputs else next(iter(loose), "")
    renamed = converter("onnxslim").renamed if slim else ()
    return Preparation(told, kept, frozenset(gone), needs, renamed)


def _loose(facts: Facts) -> tuple[str, ...]:
    """Rules that ask for constants to go into the layers before them."""
    kinds = {merge.kind for merge in merges_of(facts) if merge.operators}
    return tuple(rule for kind, rule in LOOSE.items() if kind in kinds)


def _bound(loose: Sequence[str], command: str) -> tuple[str, ...]:
    """What to do about them before tensors are quantised."""
    if not loose:
        return ()
    rules = ", ".join(loose)
    if command:
        return (
            _(
                "Put the constants behind layers into them first with `{command}` ({rules}): "
                "between quantised tensors they stay operators, which take more time than is saved",
                rules=rules, command=command,
            ),
        )  # fmt: skip
    return (
        _(
            "Put the constants behind layers into them first ({rules}): between quantised "
            "tensors they stay operators, which take more time than is saved",
            rules=rules,
        ),
    )


def arguments(limits: Iterable[Met]) -> list[str]:
    """Arguments that help, each once."""
    return list(dict.fromkeys(each.limit.option for each in limits if each.limit.option))


def first(limits: Iterable[Met], options: Sequence[str] = ()) -> tuple[str, ...]:
    """What has to be done to the file before, each once; ``options`` of what folds weights."""
    places: dict[str, list[str]] = {}
    for each in limits:
        places.setdefault(each.limit.remedy, []).extend(each.places)
    if "fold" in places:  # the same tool does it
        places.pop("normalise", None)
    return tuple(_before(remedy, tuple(dict.fromkeys(names)), options)
                 for remedy, names in places.items() if remedy)  # fmt: skip


def _before(remedy: str, places: tuple[str, ...], options: Sequence[str]) -> str:
    if remedy == "inputs":
        return _("Take the weights out of the graph's inputs first ({rule})", rule=REPLACEABLE)
    if remedy == "ir-version":
        return _("State IR version 4 first: the converter of versions takes weights that are no "
                 "inputs for undefined")  # fmt: skip
    tool = "onnxruntime.quantization.quant_pre_process"
    given = ", ".join(("skip_symbolic_shape=True", *options))
    if remedy == "normalise":
        return _(
            "Fold BatchNormalization into the layers first, with `{tool}(…, {options})`: between "
            "quantised tensors it takes more time than is saved",
            tool=tool, options=given,
        )  # fmt: skip
    if remedy == "fold":
        return _(
            "Make initializers of weights and biases first, with `{tool}(…, {options})`: the "
            "quantiser does not see through {operators}",
            tool=tool,
            options=given,
            operators=", ".join(places[:3]),
        )  # fmt: skip
    return _(
        "Rename {tensors} first, to what no other name begins with: the quantiser gives its "
        "copies names that other tensors have",
        tensors=", ".join(label(name, NAMED) for name in places[:3]),
    )


def called(tool: Converter, limits: Iterable[Met], more: Sequence[str] = ()) -> str:
    """A tool, with the arguments that a model needs."""
    options = ", ".join(f"`{option}`" for option in (*arguments(limits), *more))
    call = f"`{tool.name}`"
    return _("{tool} with {options}", tool=call, options=options) if options else call
