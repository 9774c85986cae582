"""What ONNX Runtime makes of written-out formulas when it loads a model: seen in what it writes as
``optimized_model_filepath`` on x86 (1.32.0, all optimisations).

It fuses Gelu where the formula divides by √2 and the half is no factor of the sum alone, layer
normalisation where it squares with Pow, divides, and has both a factor and a summand; in float32.
HardSwish it has no kernel of, and makes HardSigmoid and a product of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.adjacency import call_of, fed_by, read_by, vertex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analyzer.facts import Facts

FUSED, KEPT = "fused", "kept"
"""It makes one operator of the formula; it makes the formula of the operator."""


def made_on_load(facts: Facts, rule: str, nodes: Iterable[str]) -> tuple[str, frozenset[str]]:
    """What it does of what a rule asks for, and with which of the last operators of formulas."""
    if rule not in _RULES:
        return "", frozenset()
    word, test = _RULES[rule]
    return word, frozenset(node for node in nodes if node in facts and test(facts, node))


def _gelu(facts: Facts, last: str) -> bool:
    if facts[last].outputs[0].dtype != "float32":
        return False
    halves = bool(vertex(facts.graph, last).constants)
    return _behind(facts, last, "Add", "Erf", "Div") or (
        halves and _behind(facts, last, "Mul", "Add", "Erf", "Div")
    )


def _normalised(facts: Facts, last: str) -> bool:
    if facts[last].op_type != "Div" or facts[last].outputs[0].dtype != "float32":
        return False
    return (
        _behind(facts, last, "Sqrt", "Add", "ReduceMean", "Pow")
        and _after(facts, _after(facts, last, "Mul"), "Add") is not None
    )


def _gated(facts: Facts, last: str) -> bool:
    return _behind(facts, last, "HardSigmoid")


def _behind(facts: Facts, node: str, *kinds: str) -> bool:
    """Whether operators of these types, one after another, feed one."""
    if not kinds:
        return True
    makers = {tail for tail, _edge in fed_by(facts.graph, node)}
    return any(
        call_of(facts.graph, maker).op_type == kinds[0] and _behind(facts, maker, *kinds[1:])
        for maker in makers
    )


def _after(facts: Facts, node: str | None, kind: str) -> str | None:
    """The only reader of an operator, where it is of that type and its other input constant."""
    readers = {head for head, _edge in read_by(facts.graph, node)} if node is not None else set()
    if len(readers) != 1:
        return None
    (only,) = readers
    place = vertex(facts.graph, only)
    return only if place.call.op_type == kind and place.constants else None


_RULES: Mapping[str, tuple[str, Callable[[Facts, str], bool]]] = {
    "STR120": (FUSED, _gelu),
    "STR122": (KEPT, _gated),
    "STR126": (FUSED, _normalised),
}
