"""What is known of an operator of nearly every kind, and of where it runs: beside what ONNX Runtime
computes, and compared with a file, which `make snapshots` rewrites."""

from __future__ import annotations

from dataclasses import fields, replace
from enum import Enum
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import helper

from analyzer import units
from analyzer.analyze import analyze
from analyzer.facts import Tensor
from analyzer.model import load
from analyzer.operators import operators, record_of
from analyzer.targets.catalog import SHIPPED, chosen
from tests.operators.contracts.neighbours import RUNS
from tests.operators.contracts.test_neighbours import FAMILIES, RAN, RECORDED, calculated
from tests.snapshots.test_snapshots import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts, Node
    from analyzer.operators.record import Operator

SAID = {"domain", "inputs", "name"}
DOMAINS = {"com.microsoft": 1, "ai.onnx.ml": 3}


def _merged(opset: int, version: int) -> onnx.ModelProto:
    """All valid operators of an operator set side by side, each with the name of its family."""
    graph = onnx.GraphProto(name="all")
    for number, (name, family) in enumerate(FAMILIES.items()):
        node = family.make(np.random.default_rng(0))
        if (node.opset, node.version) != (opset, version):
            continue
        one = node.model().graph
        (made,) = one.node
        made.name = name
        for names in (made.input, made.output):
            names[:] = [f"{number}_{value}" if value else "" for value in names]
        for value in (*one.input, *one.output, *one.initializer):
            value.name = f"{number}_{value.name}"
        graph.MergeFrom(onnx.GraphProto(node=one.node, input=one.input, output=one.output,
                                        initializer=one.initializer))  # fmt: skip
    imports = [helper.make_opsetid("", opset)]
    imports += [helper.make_opsetid(domain, version or v) for domain, v in DOMAINS.items()]
    return helper.make_model(graph, opset_imports=imports, ir_version=10)


@cache
def known() -> tuple[Facts, ...]:
    nodes = [family.make(np.random.default_rng(0)) for family in FAMILIES.values()]
    return tuple(
        analyze(load(_merged(*which).SerializeToString()), targets=chosen(tuple(SHIPPED)))
        for which in sorted({(node.opset, node.version) for node in nodes})
    )


def test_operators_in_a_model_have_results_as_the_runtime_computes_them() -> None:
    seen, wrong = 0, []
    for facts in known():
        for node in facts.nodes:
            shapes = [t.shape or () for t in node.outputs]
            known_all = all(t.shape is not None and None not in t.shape for t in node.outputs)
            told = ";".join("x".join(map(str, shape)) for shape in shapes)
            seen += known_all
            if (
                known_all
                and RECORDED[node.name][0] in RUNS
                and RAN[node.name][0] not in (told, "-")
            ):
                wrong.append((node.name, told, RAN[node.name][0]))
    assert wrong == []
    assert seen > 300


def _line(node: Node) -> str:
    results = " ".join(f"{t.dtype or '?'}:{units.shape(t.shape)}" for t in node.outputs)
    cost = node.cost
    counts = (cost.macs, cost.flops, node.params, node.read_bytes, node.write_bytes)
    told = ["unknown" if n is None else str(n) for n in counts]
    return " | ".join((
        node.name, results, *told, cost.certainty, cost.substitution, cost.flops_substitution,
        node.params_substitution, node.precision, " ".join(node.tags), cost.reason,
    ))  # fmt: skip


def _lines(facts: Facts) -> Iterator[str]:
    names = {node.id: node.name for node in facts.nodes}
    yield "operator | results | MACs | FLOPs | parameters | bytes read | bytes written | …"
    yield from map(_line, facts.nodes)
    for problem in facts.problems:
        yield f"{problem.code} | {names.get(problem.where, problem.where)} | {problem.message}"
    for breach in facts.breaches:
        yield f"{breach.code} | {names.get(breach.where, breach.where)} | {breach.message}"
    for fit in facts.targets:
        yield f"{fit.target} | {fit.verdict} | {fit.supported} of {fit.nodes} | {fit.needs}"
        blockers = sorted(fit.blockers, key=lambda b: (b.code, b.reason))
        for (code, reason), some in groupby(blockers, key=lambda b: (b.code, b.reason)):
            places = [names[node] for blocker in some for node in blocker.nodes]
            yield f"  {code} | {reason} | {', '.join(places)}"
        for edit in fit.edits:
            yield f"  {edit.kind} | {edit.text} | {edit.verdict} | {edit.supported}"


def test_operators_are_their_snapshot() -> None:
    compare("operators.facts", "\n\n".join("\n".join(_lines(f)) for f in known()) + "\n")


def _record(record: Operator) -> str:
    """What a record states, without what it calculates with."""
    stated = [f"{record.domain or 'ai.onnx'}::{record.name}"]
    stated += [f"{operand.kind.value}{list(operand.axes) or ''}" for operand in record.inputs]
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Enum):
            stated.append(f"{field.name} {value.name.lower()}")
        elif value and isinstance(value, str | int | tuple) and field.name not in SAID:
            stated.append(f"{field.name} {value}")
    cost = record.cost
    return " | ".join((*stated, cost.macs, cost.flops, cost.source, cost.reason))


def test_records_are_their_snapshot() -> None:
    lines = map(_record, operators())
    compare("operators.records", "\n".join(" ".join(line.split()) for line in lines) + "\n")


def _counts(name: str) -> Iterator[str]:
    """MACs and FLOPs of every step from a valid operator that ONNX Runtime runs."""
    for made, shapes in calculated(name):
        record = record_of(made)
        assert record is not None
        outputs = tuple(Tensor(f"o{i}", "float32", shape) for i, shape in enumerate(shapes))
        cost = record.cost.cost(replace(made, outputs=outputs))
        counts = ("?" if n is None else str(n) for n in (cost.macs, cost.flops))
        yield "/".join(counts).removeprefix("0/")


def test_counts_of_steps_from_operators_are_their_snapshot() -> None:
    lines = [
        f"{name}: " + " ".join(f"{each} x{n}" if (n := len([*some])) > 1 else each
                               for each, some in groupby(_counts(name)))
        for name in FAMILIES
    ]  # fmt: skip
    compare("operators.counts", "\n".join(line.strip() for line in lines) + "\n")
