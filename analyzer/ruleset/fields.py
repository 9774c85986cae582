"""The facts a rule can see: groups, their fields, and the kind of value behind each.

Read off the fact dataclasses themselves, so that a new fact is at once usable in rules and a
misspelt one is refused when the rule file loads.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from analyzer import evidence, facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMMON: Mapping[str, type] = {
    "model": facts.ModelInfo,
    "totals": facts.Totals,
    "parameters": facts.Parameters,
    "memory": facts.Memory,
    "separable": facts.Separable,
    "ceiling": facts.Ceiling,
    "conformance": facts.Conformance,
}
"""Groups about the whole model, visible to every rule."""

LAYER: Mapping[str, type] = {
    "weights": evidence.ValueStats,
    "filters": evidence.FilterUse,
    "kernel": evidence.KernelUse,
    "separability": evidence.Separability,
    "low_rank": evidence.LowRank,
    "core": evidence.KernelCore,
    "integers": evidence.IntegerWeights,
}
"""Groups about a layer's trained weights; all unknown where those were not read."""

STORED: Mapping[str, type] = {"weights": evidence.ValueStats, "stored": evidence.TensorEvidence}
"""Groups about a tensor that the file stores; all unknown of other tensors."""

AUDIT: Mapping[str, type] = {"audit": evidence.WeightEvidence}
"""The group about all weights together, visible beside those about some."""

EVIDENCE = frozenset({*LAYER, *STORED, *AUDIT})
"""Groups for which trained weights have to be read."""

NUMBER, TEXT, FLAG, LIST, ANY = "number", "text", "flag", "list", "any"
OPTION_KINDS = {"integer": NUMBER, "number": NUMBER, "flag": FLAG, "text": TEXT}

_SCALARS = {"int": NUMBER, "float": NUMBER, "Signed": NUMBER, "Dim": NUMBER, "str": TEXT,
            "Digest": TEXT, "Certainty": TEXT, "ConvKind": TEXT, "bool": FLAG,
            "Shape": LIST}  # fmt: skip
_RECORDS = {cls.__name__: cls for cls in
            (facts.Conv, facts.Saving, facts.Cost, evidence.Decoupling)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Values:
    """A mapping whose keys are data, such as ``totals.macs_by_kind``: every key is a field."""

    kind: str
    """Kind of all its values."""


Kind = str | type | Values
"""A scalar kind, a dataclass whose fields can be asked for, or a mapping."""


@cache
def fields_of(cls: type) -> dict[str, Kind]:
    """Kind of every public field and property of a fact dataclass.

    >>> fields_of(facts.Saving)["ratio"], fields_of(facts.Conv)["strides"]
    ('number', 'list')
    """
    kinds = {field.name: str(field.type) for field in fields(cls)}
    for name, member in vars(cls).items():
        if isinstance(member, property) and not name.startswith("_"):
            kinds[name] = str(member.fget.__annotations__["return"])
    return {name: _kind(annotation) for name, annotation in kinds.items()}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``, did you mean 'ratio'?`` or nothing.

    >>> did_you_mean("ratoi", ["ratio", "macs"])
    ", did you mean 'ratio'?"
    """
    close = get_close_matches(word[:80], sorted(known), n=1)
    return f", did you mean '{close[0]}'?" if close else ""


def _kind(annotation: str) -> Kind:
    base = annotation.removesuffix(" | None")
    if base in _RECORDS:
        return _RECORDS[base]
    if base.startswith("tuple["):
        return LIST
    if base.startswith("Mapping["):
        return Values(_SCALARS.get(base[:-1].split(", ", 1)[1], ANY))
    return _SCALARS.get(base, ANY)
