"""Tensors: the model's inputs and outputs, what operators make, and what the file stores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from analyzer.facts import Tensor
from analyzer.ruleset.fields import AUDIT, STORED
from analyzer.ruleset.sandbox import UNKNOWN
from analyzer.ruleset.subjects.subject import Sort, Subject
from analyzer.ruleset.subjects.weights import audit_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Facts

_NOT_STORED: Mapping[str, Any] = dict.fromkeys(STORED, UNKNOWN)


def _make(facts: Facts) -> Iterator[Subject]:
    ends = {tensor.name for tensor in facts.outputs}
    roles: list[tuple[str, str, Tensor]] = [("input", "", t) for t in facts.inputs]
    roles += [("output", "", t) for t in facts.outputs]
    for node in facts.nodes:
        inner = (t for t in node.outputs if t.name and (node.scope or t.name not in ends))
        roles += [("intermediate", node.scope, t) for t in inner]
    audit = audit_group(facts)
    for role, scope, tensor in roles:
        rank = None if tensor.shape is None else len(tensor.shape)
        yield Subject(
            kind=role,
            place=tensor.name,
            name=f"{scope}/{tensor.name}",
            structure=partial(tuple, (role, tensor.dtype, rank)),
            groups={"tensor": tensor, **_NOT_STORED, **audit},
        )
    for stored in facts.evidence.tensors if facts.evidence else ():
        values = stored.values
        yield Subject(
            kind="stored",
            place=stored.where,
            name=f"{stored.where}/{stored.name}",
            structure=partial(tuple, (stored.operator, stored.kind, values.dtype, values.elements)),
            groups={"tensor": Tensor(stored.name, values.dtype), "stored": stored,
                    "weights": values, **audit},
        )  # fmt: skip


SORT = Sort(
    "tensor",
    {"tensor": Tensor, **STORED, **AUDIT},
    _make,
    kinds=("input", "output", "intermediate", "stored"),
)
