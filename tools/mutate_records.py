"""Would the tests notice? Each record of ``analyzer/operators`` and each row of it, changed.

    python -m tools.mutate_records --count 100 --seed 1 [--only NAME]

A mutant is one record gone, one field of one back at its default (or, of nature, another), or one
input gone, of another kind, or with other axes. Each is put in place in a process of its own, in
which the tests that assert an outside number, a role or a type are then collected and run; those
of generated documents, snapshots and counts of rows are not among them. Mutants that no test
notices are printed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from importlib import import_module
from typing import Any

import pytest

from analyzer import operators as registry
from analyzer.operators.formula import FREE, UNDESCRIBED
from analyzer.operators.record import DATA, INDEX, Nature, Operand, Operator

TESTS = (
    "tests/operators/test_roles.py", "tests/operators/test_traits.py",
    "tests/operators/test_meaning.py",
    "tests/operators/test_types.py", "tests/operators/test_packing.py",
    "tests/costs/test_counted.py", "tests/costs/test_coverage.py", "tests/costs/test_contrib.py",
    "tests/costs/test_conv.py", "tests/costs/test_linear.py", "tests/costs/test_attention.py",
)  # fmt: skip
GENERATED = "not published_table"
"""The one test among them that compares a generated document."""
SKIPPED = ("name", "domain", "declaration", "cost", "inputs")
"""Fields that are the key, and those that are changed in ways of their own."""


@dataclass(frozen=True)
class Mutant:
    """A record, and what stands in its place (``None``: nothing)."""

    record: Operator
    what: str
    new: Operator | None

    def __str__(self) -> str:
        return f"{self.record.domain or 'ai.onnx'}::{self.record.name}: {self.what}"


def mutants(record: Operator) -> Iterator[Mutant]:
    yield Mutant(record, "gone", None)
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name in SKIPPED:
            continue
        if field.name == "nature":
            nature = Nature.SEQUENCE if value is not Nature.SEQUENCE else Nature.MOVEMENT
            yield Mutant(record, "another nature", replace(record, nature=nature))
        elif field.default is not MISSING and value != field.default:
            fresh: dict[str, Any] = {field.name: field.default}
            yield Mutant(record, f"no {field.name}", replace(record, **fresh))
    cost = UNDESCRIBED if record.cost.is_free else FREE
    yield Mutant(record, "another cost", replace(record, cost=cost))
    for slot, operand in enumerate(record.inputs):
        rest = (record.inputs[:slot], record.inputs[slot + 1 :])
        yield Mutant(record, f"no input {slot}", replace(record, inputs=(*rest[0], *rest[1])))
        kind = INDEX.kind if operand.kind is DATA.kind else DATA.kind
        others = [Operand(kind, operand.axes, operand.packed)]
        if operand.axes:
            others.append(Operand(operand.kind, operand.axes[::-1], operand.packed))
        if operand.packed is not None:
            others.append(Operand(operand.kind, operand.axes))
        for other in others:
            inputs = (*rest[0], other, *rest[1])
            yield Mutant(record, f"input {slot} is {other}", replace(record, inputs=inputs))


def install(mutant: Mutant) -> None:
    """Put ``mutant`` where the record stands, in this process."""
    for index, family in enumerate(registry.FAMILIES):
        if any(record is mutant.record for record in family):
            new = () if mutant.new is None else (mutant.new,)
            changed = tuple(one for r in family for one in (new if r is mutant.record else (r,)))
            registry.FAMILIES = (
                *registry.FAMILIES[:index], changed, *registry.FAMILIES[index + 1 :]
            )  # fmt: skip
    registry._BY_KEY.clear()
    registry._BY_KEY.update(registry._index(registry.operators()))


def is_noticed(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether a test fails on ``mutant``; those that name the operator are run first."""
    child = os.fork()
    if child == 0:
        with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
            os.dup2(null.fileno(), 1)
            os.dup2(null.fileno(), 2)
            install(mutant)
            usual = ["-q", "-x", "-p", "no:cacheprovider", *tests]
            code = pytest.main([*usual, "-k", f"({mutant.record.name}) and {GENERATED}"])
            if code in (0, 5):
                code = pytest.main([*usual, "-k", GENERATED])
        os._exit(int(code))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) not in (0, 5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="mutants; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="name of an operator")
    arguments = parser.parse_args()
    for name in ("onnxruntime", "onnx.reference", "numpy.testing"):
        import_module(name)  # once, for every child to inherit
    records = [r for r in registry.operators() if arguments.only in ("", r.name)]
    found = [mutant for record in records for mutant in mutants(record)]
    if arguments.count:
        chosen = random.Random(arguments.seed).sample(found, min(arguments.count, len(found)))
    else:
        chosen = found
    survivors = [mutant for mutant in chosen if not is_noticed(mutant, TESTS)]
    for mutant in survivors:
        print(f"not noticed: {mutant}")
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} noticed ({len(found)} in all)")
    return 1 if survivors else 0


if __name__ == "__main__":
    raise SystemExit(main())
