"""Look at the weights of a model where hostile ones do no harm: in the guarded process."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analyzer.errors import ModelError
from analyzer.evidence import INTEGERS, WeightEvidence
from analyzer.facts import Problem
from analyzer.model.external import UNAVAILABLE
from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.units import so_many
from analyzer.weights.evidence import collect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.facts import Facts
    from analyzer.model import Limits, Model

SECONDS = 20
"""Processor time of the child, at most; what takes longer is inconclusive."""
GRACEFUL = 0.7
"""Share of it after which the child looks at nothing more and hands back what it has."""
CHILD_BYTES = 700 << 20
"""Address space that the child may add."""
RESULT_BYTES = 24 << 20
"""What the child may hand back: its parent holds that several times over."""


def audit(
    model: Model, facts: Facts, limits: Limits, *, asked: bool = True
) -> tuple[WeightEvidence, tuple[Problem, ...]]:
    """Evidence in the weights of ``model``, and the problems of ``facts`` with those of the look.

    That the file stores no weights is inconclusive where somebody ``asked`` for them.

    Raises
    ------
    ModelError
        The model file, or one with its data, changed since the model was loaded.
    """
    seconds = min(SECONDS, limits.guard_seconds)
    bounds = replace(
        limits,
        guard_seconds=seconds,
        guard_bytes=min(limits.guard_bytes, CHILD_BYTES),
        guard_result_bytes=min(limits.guard_result_bytes, RESULT_BYTES),
        guard_stall_seconds=0.0,  # what takes long is a large tensor
    )
    task = partial(_look, model, facts, limits.weight_bytes, seconds * GRACEFUL)
    found = guarded(task, limits=bounds)
    if isinstance(found, ModelError):
        raise found
    problems = tuple(
        replace(p, inconclusive=p.inconclusive or p.code in UNAVAILABLE) for p in facts.problems
    )
    if isinstance(found, GuardFailure):
        text = f"the weights could not be looked at: the process for it {found.detail}"
        every = tuple(node.id for node in facts.nodes if node.conv is not None)
        problem = Problem("weights-unreadable", _place(facts, found), text)
        return WeightEvidence({}, unread=every), (*problems, problem)
    return found, (*problems, *_unread(facts, problems, found, limits.weight_bytes, asked))


def _look(
    model: Model, facts: Facts, most: int, seconds: float, progress: Progress
) -> WeightEvidence | ModelError:
    try:
        return collect(model, facts, most=most, seconds=seconds, progress=progress.at)
    except ModelError as error:
        return error


def _place(facts: Facts, failure: GuardFailure) -> str:
    """The node at whose weights the child was."""
    known = failure.at is not None and failure.at < len(facts.nodes)
    return facts.nodes[failure.at or 0].id if known else ""


def _unread(
    facts: Facts,
    problems: Iterable[Problem],
    evidence: WeightEvidence,
    most: int,
    asked: bool,
) -> Iterator[Problem]:
    """What was not read, unless ``problems`` say so, and not looked at as closely as the rest."""
    if evidence.unsplit:
        some = so_many(len(evidence.unsplit), "layer")
        rest = (f"whether two smaller layers could stand for each of {some} was not looked at: "
                "others, with no fewer MACs, took all the time that there is for it")  # fmt: skip
        yield Problem("weights-unsplit", evidence.unsplit[0], rest, inconclusive=False)
    told = any(p.inconclusive and p.code.startswith(("external-", "tensor-")) for p in problems)
    if evidence.beyond:
        what = f"the values of {len(evidence.beyond):,} layers and tensors are too much to look at"
        text = f"{what} (limit weight_bytes = {most:,})"
        yield Problem("weights-limit", evidence.beyond[0], text)
    elif evidence.unread_tensors and not told:
        text = f"the values of {so_many(evidence.unread_tensors, 'stored tensor')} cannot be read"
        yield Problem("weights-unreadable", (*evidence.unread, "")[0], f"{text}; export it again")
    elif evidence.unread and not (told or evidence.layers or evidence.reads_weights):
        made = evidence.unread_origins
        none = ("no weights were read: what the layers use is generated, computed or given when "
                "the model runs, or stored as integers")  # fmt: skip
        if INTEGERS in made:
            none = "no weights were read: the layers store integers"
        elif made:
            none = f"no weights were read: they are made by {', '.join(made)} when the model runs"
        yield Problem("weights-unread", "", none, inconclusive=asked)
    elif evidence.unread and not told:
        layers = so_many(len(evidence.unread), "layer")
        text = (f"the weights of {layers} are not stored as they are used (generated, computed, "
                "or one of several) and were not looked at channel by channel")  # fmt: skip
        yield Problem("weights-computed", evidence.unread[0], text, inconclusive=False)
