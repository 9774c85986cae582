"""Entry point of the shape pass: in a guarded worker, around what crashes it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analyzer.facts import Problem
from analyzer.model.guard import GuardFailure, guarded
from analyzer.model.limits import Limits
from analyzer.operators.declared import Carried, held
from analyzer.shapes.bindings import ALTERNATIVES, bind
from analyzer.shapes.hints import LABEL
from analyzer.shapes.infer import Inference
from analyzer.shapes.stated import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from analyzer.graph.scope import Program
    from analyzer.model.guard import Progress
    from analyzer.shapes.infer import Deaths
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.stated import Bindings, Defaults

MAX_GUESSED = 3000
"""Largest model for which other defaults are tried when the usual ones contradict it."""
GUESSING = 0
"""Where progress is while other defaults are tried; operators count from 1."""
CHECKING = 1 << 62
"""Where progress is while ``check`` runs."""
MAX_RESTARTS = 4
"""Times the pass starts again around an operator that killed its worker."""
SLOW, MAX_SLOW = frozenset({"timeout", "memory"}), 2
"""Deaths that take seconds each, and how many of them are borne."""
FULL_SIZE = 115_000
"""Operators of a model that gets all of ``guard_seconds``. An operator takes about 50 µs, a tenth
of its part, so only a bomb of functions or a hang gets near it."""
LEAST_SHARE = 1 / 24
"""Share of ``guard_seconds`` that the smallest model gets: 2.5 seconds."""


def infer_shapes(
    program: Program,
    bindings: Bindings,
    *,
    limits: Limits = Limits(),
    guard: bool = True,
    check: Callable[[], str] | None = None,
) -> Shapes:
    """Types of every value of every scope; see ``analyzer.shapes.infer``.

    onnx's C++ can crash, hang or take all memory on a hostile operator, so the
    pass runs in a worker process. When that dies, the operator it was at is
    skipped (its outputs stay unknown, a problem names it) and the pass starts
    again; after ``MAX_RESTARTS`` deaths, or ``MAX_SLOW`` slow ones, it goes on
    without onnx's C++, and if even that fails everything stays unknown.

    Parameters
    ----------
    limits : time and memory of one worker.
    guard : False runs in this process, for callers who trust the model.
    check : asked in the same worker once all types are known, because a second process would cost
        as much as inference; its answer is ``Shapes.complaint``. It may change the model. If it
        kills the worker, it is left out and a problem says so. Never asked without a worker.
    """
    if not guard:
        return Inference(program, bindings, limits=limits).run()
    share = min(1.0, LEAST_SHARE + program.operators / FULL_SIZE)
    deaths: dict[int, GuardFailure] = {}
    guess = True
    unchecked: list[Problem] = []
    for _ in range(MAX_RESTARTS):
        task = partial(_infer, program, bindings, limits, deaths, guess, check)
        result = guarded(_carried(task), limits=limits, share=share)
        if not isinstance(result, GuardFailure):
            result.problems.extend(unchecked)
            return result
        if result.at == CHECKING:
            check = None
            text = f"onnx's checker {result.detail}; do not run this model"
            unchecked.append(Problem(f"checker-{result.kind}", "", text))
            continue
        if result.at == GUESSING:  # what came before it was fine, and is enough
            guess = False
            continue
        known = result.at is None or result.at in deaths
        deaths.setdefault(result.at or 0, result)
        if known or sum(death.kind in SLOW for death in deaths.values()) >= MAX_SLOW:
            break
    last = partial(_infer_without_cpp, program, bindings, limits, deaths)
    result = guarded(_carried(last), limits=limits, share=share)
    if isinstance(result, GuardFailure):
        result = Inference(program, bindings, deaths=deaths, give_up=True, limits=limits).run()
    result.problems.extend(unchecked)
    return result


def _carried(task: Callable[[Progress], Shapes]) -> Callable[[Progress], Shapes]:
    """``task`` with the operators that are declared here, in whatever process it runs."""
    records = tuple(held().values())
    return Carried(task, records) if records else task


def _infer_without_cpp(
    program: Program, bindings: Bindings, limits: Limits, deaths: Deaths, progress: Progress
) -> Shapes:
    return Inference(
        program, bindings, at=progress.at, deaths=deaths, use_cpp=False, limits=limits
    ).run()


def _infer(
    program: Program,
    bindings: Bindings,
    limits: Limits,
    deaths: Deaths,
    guess: bool,
    check: Callable[[], str] | None,
    progress: Progress,
) -> Shapes:
    shapes = _infer_with_sizes(program, bindings, limits, deaths, guess, progress)
    if check is not None:
        progress.at(CHECKING)
        shapes.complaint = check()
    return shapes


def _infer_with_sizes(
    program: Program,
    bindings: Bindings,
    limits: Limits,
    deaths: Deaths,
    guess: bool,
    progress: Progress,
) -> Shapes:
    """Shapes with the defaults, or with others if those contradict the graph."""
    shapes = Inference(program, bindings, at=progress.at, deaths=deaths, limits=limits).run()
    if deaths or not guess or not _contradictions(shapes):
        return shapes
    return _best(shapes, _others(program, bindings, shapes, limits, progress), _contradictions)


def fit_sizes(
    program: Program,
    bindings: Bindings,
    shapes: Shapes,
    refused: Callable[[Shapes], int],
    *,
    certain: int,
    first: Sequence[Defaults] = (),
    limits: Limits = Limits(),
) -> Shapes:
    """Shapes with other defaults than those of ``shapes``, if fewer operators are refused then.

    Parameters
    ----------
    refused : operators that cannot take their operands; asked in the guarded worker.
    certain : how many of them no size would fit, so that no fewer are looked for.
    first : defaults that are likelier than the usual alternatives.
    """
    if not _may_guess(program, shapes):
        return shapes
    task = partial(_fit, program, bindings, shapes, refused, certain, tuple(first), limits)
    share = min(1.0, LEAST_SHARE + program.operators / FULL_SIZE)
    result = guarded(_carried(task), limits=limits, share=share)
    return shapes if isinstance(result, GuardFailure) else result


def _fit(
    program: Program,
    bindings: Bindings,
    shapes: Shapes,
    refused: Callable[[Shapes], int],
    certain: int,
    first: tuple[Defaults, ...],
    limits: Limits,
    progress: Progress,
) -> Shapes:
    others = _others(program, bindings, shapes, limits, progress, first)
    found = _best(shapes, others, refused, certain)
    found.complaint = shapes.complaint
    return found


def _best(
    shapes: Shapes, others: Iterable[Shapes], count: Callable[[Shapes], int], least: int = 0
) -> Shapes:
    """The first of which fewest are counted; of ``shapes``, ``least`` are bound to be."""
    best, fewest = shapes, count(shapes)
    for other in others if fewest > least else ():
        found = count(other)
        if found < fewest:
            best, fewest = other, found
        if fewest <= least:
            break
    return best


def _may_guess(program: Program, shapes: Shapes) -> bool:
    """Whether a size was assumed that another default would change."""
    guessed = any(a.reason.startswith((DEFAULT, LABEL)) for a in shapes.assumptions)
    return guessed and program.operators <= MAX_GUESSED


def _others(
    program: Program,
    bindings: Bindings,
    shapes: Shapes,
    limits: Limits,
    progress: Progress,
    first: tuple[Defaults, ...] = (),
) -> Iterator[Shapes]:
    """Shapes with each of the alternative defaults that changes any input."""
    if not _may_guess(program, shapes):
        return
    # What the metadata states may be stale or a lie: it goes first where it contradicts the graph.
    hinted = any(a.reason.startswith(LABEL) for a in shapes.assumptions)
    usual = (bindings.defaults,) if hinted else ()
    tried = [{name: shapes.main.types.get(name) for name in program.main.inputs}]
    for defaults in (*usual, *first, *ALTERNATIVES):
        other = replace(bindings, defaults=defaults, hinted=False)
        inputs = bind(program, other, limits.assumptions).types
        if any(all(known.get(name) == kind for name, kind in inputs.items()) for known in tried):
            continue
        tried.append(dict(inputs))
        yield Inference(program, other, at=lambda _: progress.at(GUESSING), limits=limits).run()


def _contradictions(shapes: Shapes) -> int:
    """Nodes that onnx's inference found to contradict their inputs."""
    return sum(p.code == "shape-inference" for p in shapes.problems)
