"""All that is known of a model in a few lines, without what is empty, exact or told elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from analyzer.costs.conventions import conventions
from analyzer.facts import Facts, Tensor
from analyzer.patterns.held import held_bytes
from analyzer.patterns.merging.find import merges_of
from analyzer.patterns.open_loops import open_loops
from analyzer.patterns.quantised import quantisation_of
from analyzer.scaling import Scaler
from analyzer.smaller.attributes import coefficients
from analyzer.smaller.cache import cache
from analyzer.smaller.forest import forest
from analyzer.smaller.heads import attention_layers
from analyzer.smaller.integers import is_static, made_weights
from analyzer.smaller.packed import packable
from analyzer.smaller.pruned import pruned
from analyzer.smaller.recurrent import recurrent
from analyzer.weights.made import made_of_nothing

ELSEWHERE = frozenset({
    "at_node", "complete", "domain", "executions_range", "flops_complete", "flops_formula",
    "flops_substitution", "formula", "held", "id", "inputs", "intensity", "macs_by_arithmetic",
    "macs_by_precision", "model", "name", "nodes", "op_type", "opsets", "outputs", "schema",
    "scope", "source", "stored_bytes", "substitution", "timeline", "tool",
})  # fmt: skip
"""Derived, or of no interest: formulas have a snapshot of their own."""


def known(facts: Facts) -> Iterator[str]:
    """Lines about the whole, then about each operator, then what could go."""
    shown = facts.to_dict()
    for name, value in shown.items():
        if name not in ELSEWHERE and (text := brief(value)):
            yield f"{name} {text}"
    for node, record in zip(facts.nodes, shown["nodes"], strict=True):
        made = " ".join(map(_tensor, node.outputs))
        yield f"{node.op_type} {made} {brief(record)[1:-1]}".rstrip()
    for each in facts.structure.surplus:
        numbers = (each.operators, each.result_bytes, each.operand_bytes, each.growth_bytes)
        yield f"surplus {each.kind} {each.place} {each.by or '-'} {numbers} {each.why}"
    yield from _beside(facts)


DERIVED = ("_find_batch_growth", "_find_fixed", "_find_open_sizes")
LOOKS: tuple[Callable[[Facts], object], ...] = (
    attention_layers, cache, coefficients, forest, held_bytes, made_of_nothing, made_weights,
    merges_of, open_loops, packable, pruned, recurrent,
)  # fmt: skip
SIZES = ((0.5, 1.0, 1.0), (1.5, 2.0, 1.5))
"""Multipliers of width, resolution and depth."""


def derived(facts: Facts) -> Iterator[str]:
    """What a rule made somebody find by other analyses."""
    found = {derive.__name__: value for (derive, *_), value in facts._derived.items()}
    for name in DERIVED:
        if found.get(name):
            yield f"{name.removeprefix('_find_')} {spelled(found[name])}"


def _beside(facts: Facts) -> Iterator[str]:
    """What is asked of facts later: other counts, other sizes, other stores."""
    counts = (f"{'' if each.exact else '~'}{each.count}" for each in conventions(facts))
    yield f"conventions {' '.join(counts)}"
    for look in LOOKS:
        if (found := look(facts)) and (text := _filled(found)) != "()":
            yield f"{look.__name__} {text}"
    if not is_static(facts):
        yield "not static"
    quantisation = quantisation_of(facts)
    answers = {
        name: getattr(quantisation, name)
        for name, each in vars(type(quantisation)).items()
        if isinstance(each, property) and not name.startswith("_")
    }
    shown = [f"{name}={spelled(value)}" for name, value in answers.items() if value]
    if shown:
        yield f"quantisation {' '.join(shown)}"
    scaler = Scaler(facts)
    for sizes in SIZES:
        at = scaler.at(*sizes)
        told = f"{at.macs} {at.flops} {at.params} {at.repeats or ''} {at.reason}{at.assumed}"
        yield f"at {sizes}: {told}".rstrip()


def _filled(value: Any) -> str:
    """``spelled``, without fields that hold nothing."""
    if is_dataclass(value) and not isinstance(value, type):
        held = {each.name: getattr(value, each.name) for each in fields(value)}
        return " ".join(f"{name}={spelled(each)}" for name, each in held.items() if each)
    return spelled(value)


def brief(value: Any) -> str:
    """A part of the output without what says nothing; numbers to the digits all processors share.

    >>> brief({"macs": 4, "flops": 0, "shape": [2, None], "range": [3, 3], "at": {"x": 0.123456}})
    '{macs:4 shape:[2,None] at:{x:0.12346}}'
    """
    if isinstance(value, dict):
        parts = [
            f"{name}:{text}"
            for name, each in value.items()
            if name not in ELSEWHERE - {"name"}
            and not _is_single(name, each)
            and (text := brief(each))
        ]
        return "{" + " ".join(parts) + "}" if parts else ""
    if isinstance(value, list):
        return "[" + ",".join(brief(each) or str(each) for each in value) + "]" if value else ""
    if isinstance(value, float):
        return f"{value:.5g}"
    return "" if value in (None, "", 0, "exact") else str(value)


def _is_single(name: str, value: Any) -> bool:
    """Whether it is a range of one number."""
    return "range" in name and isinstance(value, list) and len(value) == 2 and value[0] == value[1]


def _tensor(tensor: Tensor) -> str:
    shape = tensor.shape
    sides = "?" if shape is None else "×".join("?" if s is None else str(s) for s in shape)
    return f"{tensor.dtype or '?'}:{sides}"


def spelled(value: Any) -> str:
    """A value by what it holds."""
    match value:
        case Enum():
            return value.name
        case Mapping():
            return "{" + ", ".join(f"{spelled(k)}: {spelled(v)}" for k, v in value.items()) + "}"
        case Set():
            return "{" + ", ".join(sorted(map(spelled, value))) + "}"
        case list() | tuple():
            return "(" + ", ".join(map(spelled, value)) + ")"
        case None | bool() | int() | float() | str() | bytes():
            return repr(value)
        case Fraction():
            return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        held = (f"{each.name}={spelled(getattr(value, each.name))}" for each in fields(value))
        return f"{type(value).__name__}({', '.join(held)})"
    return type(value).__name__
