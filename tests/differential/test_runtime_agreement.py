"""Random graphs: every shape, execution count, MAC and parameter equals what really happens.

Graphs come from fixed seeds. ONNX Runtime executes each; our analysis only reads the file.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from analyzer.analyze import analyze
from analyzer.facts import Certainty
from analyzer.model import load
from analyzer.shapes.stated import Bindings
from tests.differential.count import macs_of
from tests.differential.draft import Draft, Value, ones, probe
from tests.differential.flow import FLOWS
from tests.differential.layers import LAYERS
from tests.differential.moves import MOVES
from tests.differential.runtime import execute

if TYPE_CHECKING:
    from analyzer.facts import Facts

SEEDS = (*range(120), 155, 162, 165, 169, 191, 197, 207)
"""Those beyond reach lines of the tool that none of the others up to 240 does."""
BATCHES = 2
"""Seeds are spread over this many tests, so that workers share them."""
CONTROL = {"If", "Loop", "Scan"}


def grow(seed: int) -> tuple[Draft, Value, list[str], list[str]]:
    """A random graph: the draft, its input, the names of its outputs, the layers it has."""
    rng = random.Random(seed)
    draft = Draft(rng, opset=rng.choice((18, 21, 23, 23)))
    rank = rng.choice((2, 3, 3, 4, 4, 4, 5))
    x = Value("x", (rng.randint(1, 2), *(rng.randint(2, 9) for _ in range(rank - 1))))
    pool, used = [x], []
    for _ in range(rng.randint(3, 7)):
        kind = rng.choice((LAYERS, LAYERS, MOVES, MOVES, FLOWS))
        name, (least, layer) = rng.choice(list(kind.items()))
        source = rng.choice(pool[-2:])
        if len(source.shape) < least:
            continue
        step = draft.branch()
        found = probe(step, [source], [output]) if (output := layer(step, source)) else None
        if found is not None and max(found[0].shape, default=1) <= 400:
            draft.absorb(step)
            pool.append(found[0])
            used.append(name)
    return draft, x, [v.name for v in pool[1:]], used


def disagreements(seed: int) -> tuple[list[str], list[str]]:
    """What our facts say differently from the execution, and the layers that were compared."""
    draft, x, outputs, used = grow(seed)
    if not outputs:
        return [], []
    model = draft.model([x], outputs, dynamic=draft.rng.random() < 0.5)
    runs = execute(model, ones([x]))
    facts = analyze(load(model.SerializeToString()), Bindings(shapes={"x": x.shape}))
    actual = Counter((run.key, run.outputs) for run in runs)
    macs = sum(macs_of(run, draft.attributes.get(run.key, {})) for run in runs)
    wrong, totals = [], facts.totals
    if totals.macs != macs:
        wrong.append(f"MACs {totals.macs}, really {macs}")
    if totals.certainty is not Certainty.EXACT or not totals.complete:
        wrong.append(f"totals are {totals.certainty}: {totals.reason}")
    if totals.params != draft.params:
        wrong.append(f"parameters {totals.params}, really {draft.params}")
    shares = (totals.macs_by_kind, totals.macs_by_precision)
    if any(sum(share.values()) != totals.macs for share in shares):
        wrong.append("shares do not add up to the MACs")
    if sum(node.params for node in facts.nodes) != totals.params:
        wrong.append("the parameters of the nodes do not add up")
    wrong += [f"problem {p.code} {p.where}: {p.message}" for p in facts.problems]
    ours = inferred(facts, {key for key, _ in actual})
    wrong += [
        f"{key}: {n} runs with outputs {o}, inferred {ours[key, o]}"
        for (key, o), n in sorted(actual.items())
        if ours[key, o] != n
    ]
    wrong += [
        f"{key}: {n} runs with outputs {o} inferred only"
        for (key, o), n in sorted(ours.items(), key=str)
        if (key, o) not in actual
    ]
    return [f"seed {seed} {used}: {text}" for text in wrong], used


def inferred(facts: Facts, keys: set[str]) -> Counter[tuple[str, tuple[object, ...]]]:
    """Executions by node and output shapes, as the analysis has them."""
    ours: Counter[tuple[str, tuple[object, ...]]] = Counter()
    for node in facts.nodes:
        if node.name in keys and node.executions != 0:
            shapes = tuple(tensor.shape for tensor in node.outputs)
            ours[node.name, shapes] += -1 if node.executions is None else node.executions
    return ours


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_graphs_cost_what_their_execution_shows(batch: int) -> None:
    wrong: list[str] = []
    layers: Counter[str] = Counter()
    for seed in SEEDS[batch::BATCHES]:
        found, used = disagreements(seed)
        wrong += found
        layers.update(used)
    assert wrong == []
    assert layers.keys() >= {*LAYERS, *FLOWS}, layers
