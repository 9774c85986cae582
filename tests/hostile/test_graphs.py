"""Properties of any graph: every promise is kept, and what does not matter does not count."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto

from analyzer.analyze import analyze
from analyzer.facts import Facts
from analyzer.model import load
from tests.fuzz.graphs import models, renamed, shuffled
from tests.fuzz.promises import Depth, keep
from tests.unguarded import unguarded


def judged(model: ModelProto) -> Facts:
    """Facts of a graph of well-formed operators, which onnx's C++ need not be guarded against."""
    with unguarded():
        return analyze(load(model.SerializeToString()))


def figures(facts: Facts) -> tuple[object, ...]:
    """What must not depend on how the file is written: counts, shapes, kinds of problems."""
    nodes = sorted(
        (n.op_type, n.scope != "", n.macs or 0, n.flops or 0, n.executions or 0,
         str([t.shape for t in n.outputs]))
        for n in facts.nodes  # parameters are listed at the first of those that share them
    )  # fmt: skip
    totals = facts.totals
    return (
        totals.macs, totals.flops, totals.params, totals.weight_bytes, totals.complete,
        facts.outputs and facts.outputs[0].shape, nodes, sorted({p.code for p in facts.problems}),
    )  # fmt: skip


@settings(
    max_examples=settings().max_examples // 4
)  # each in a child, and half of them in every format
@given(models(wild=True), st.booleans())
def test_wild_graphs_break_no_promise(model: ModelProto, formats: bool) -> None:
    outcome = keep(model.SerializeToString(), Depth(schema=formats, formats=formats))
    assert outcome in {"clean", "findings", "inconclusive"}


@settings(max_examples=settings().max_examples // 2)
@given(models(wild=False), st.randoms(use_true_random=False))
def test_the_order_of_operators_in_the_file_does_not_count(model: ModelProto, rng: object) -> None:
    order = list(range(len(model.graph.node)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    assert figures(judged(shuffled(model, order))) == figures(judged(model))


@settings(max_examples=settings().max_examples // 2)
@given(models(wild=False), st.sampled_from(["a/", "0", "\N{GREEK SMALL LETTER ALPHA}.", "#2"]))
def test_names_do_not_count(model: ModelProto, prefix: str) -> None:
    assert figures(judged(renamed(model, prefix))) == figures(judged(model))
