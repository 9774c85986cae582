"""Tensors: the model's inputs and outputs, what operators make, and what the file stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.facts import Tensor
from analyzer.graph.values import NodeView
from analyzer.patterns.index import index_of
from analyzer.ruleset.fields import AUDIT, STORED
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.ruleset.subjects.weights import audit_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Facts
    from analyzer.graph.values import Index

_NOT_STORED: Mapping[str, Any] = dict.fromkeys(STORED, UNKNOWN)


def _make(facts: Facts) -> Iterator[Subject]:
    return (subject for kind in KINDS for subject in _some(facts, kind))


def _some(facts: Facts, kind: str) -> Iterator[Subject]:
    audit = audit_group(facts)
    if kind == "stored":
        yield from _stored(facts, audit)
        return
    bare, index = {**_NOT_STORED, **audit}, index_of(facts)
    for scope, tensor in _flowing(facts, kind):
        yield Subject(
            kind=kind,
            place=tensor.name,
            name=f"{scope}/{tensor.name}",
            groups={**bare, "tensor": tensor, "maker": _maker(index, scope, tensor.name)},
            form=(kind,),
        )


def _flowing(facts: Facts, kind: str) -> Iterator[tuple[str, Tensor]]:
    """Tensors that one run makes or takes, with the scope of each."""
    if kind != "intermediate":
        yield from (("", tensor) for tensor in (facts.inputs if kind == "input" else facts.outputs))
        return
    ends = {tensor.name for tensor in facts.outputs}
    for node in facts.nodes:
        for tensor in node.outputs:
            if tensor.name and (node.scope or tensor.name not in ends):
                yield node.scope, tensor


def _stored(facts: Facts, audit: Mapping[str, Any]) -> Iterator[Subject]:
    for stored in facts.evidence.tensors if facts.evidence else ():
        values = stored.values
        yield Subject(
            kind="stored",
            place=stored.where,
            name=f"{stored.where}/{stored.name}",
            groups={"tensor": Tensor(stored.name, values.dtype), "stored": stored, "maker": UNKNOWN,
                    "weights": values, **audit},
            form=(stored.kind, "" if stored.reader else str(values.elements)),
        )  # fmt: skip


def _maker(index: Index, scope: str, name: str) -> Any:
    """The operator that makes a tensor; unknown for an input."""
    if scope not in index.names.scopes:
        return UNKNOWN  # facts that somebody made by hand
    return index.value(scope, name).producer or UNKNOWN


KINDS = ("input", "output", "intermediate", "stored")
SORT = Sort(
    "tensor",
    {"tensor": Tensor, "maker": NodeView, **STORED, **AUDIT},
    _make,
    kinds=KINDS,
    some=_some,
)
