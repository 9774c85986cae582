"""Mutational fuzzing of the whole tool: whatever the file, every promise is kept.

``python -m tests.fuzz.whole --seconds 600 --seed 7`` goes on for ten minutes. Mutants run in
batches, each in a child process, most of them with shape inference in that same child: that is
many times faster than a guarded worker for each, and whatever kills the child is then run once
more as users run it, guarded. An input that breaks a promise is written to ``--keep DIR``.
"""

from __future__ import annotations

import os
import random
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.model.limits import Limits
from tests.fuzz import corpus
from tests.fuzz.arguments import bounded
from tests.fuzz.cli_target import QUESTIONS, ask
from tests.fuzz.mutate import mutate
from tests.fuzz.promises import BrokenPromiseError, Depth, keep

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 100
ASKED = 12
"""Of so many mutants, one is the subject of another command line."""
SHOWN = 2
"""Mutants that are named at once for each thing that goes wrong."""
NOTED = 60.0
"""Seconds between two lines that say how far a run has come."""
_BATCH_LIMITS = Limits(guard_seconds=25, guard_stall_seconds=20, guard_bytes=3 << 30)
"""A batch takes 3 seconds of processor time, a mutant that is slow but allowed 10 more."""
_ALONE = Limits(guard_stall_seconds=60, guard_bytes=4 << 30)


@dataclass
class Tally:
    """What a run of the fuzzer saw."""

    outcomes: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    """How a mutant ended shape inference in its own process, and at which operators."""
    broken: dict[str, list[int]] = field(default_factory=dict)
    """Broken promise → numbers of the mutants that break it."""

    @property
    def mutants(self) -> int:
        return self.outcomes.total()

    def __str__(self) -> str:
        deaths, broken = self.deaths.total(), sum(map(len, self.broken.values()))
        return f"{self.mutants:,} mutants, {deaths:,} deaths, {broken:,} broken: " + ", ".join(
            f"{count:,} {outcome}" for outcome, count in sorted(self.outcomes.items())
        )


def mutant(seed: int, number: int) -> bytes:
    """Mutant ``number`` of the run ``seed``; the same bytes every time."""
    rng, pool = random.Random(seed << 40 | number), corpus.models()
    return mutate(rng.choice(pool), rng, pool)


def depth(number: int) -> Depth:
    """What to do with mutant ``number``."""
    return Depth(
        guard=number % 20 == 0,
        schema=number % 5 == 0,
        html=number % 40 == 1,
        pdf=number % 2000 == 41,
    )


def _asked(seed: int, number: int) -> str:
    """Run a command line about mutant ``number``, in this process: a guarded one has no files."""
    ask(QUESTIONS[number // ASKED % len(QUESTIONS)], mutant(seed, number))
    return "asked"


def _batch(seed: int, numbers: range, progress: Progress) -> list[tuple[int, str]]:
    """Outcome of each mutant; a broken promise comes as its message with a newline in it."""
    results = []
    for number in numbers:
        progress.at(number)
        results.append((number, _one(partial(keep, mutant(seed, number), depth(number)))))
    return results


def _one(judge: Callable[[], str]) -> str:
    try:
        return judge()
    except BrokenPromiseError as error:
        return f"promise\n{error}"
    except MemoryError:
        return "died\nMemoryError"
    except Exception as error:  # noqa: BLE001 - the bug that is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "/analyzer/" in f.filename]
        ours = ours or [place]
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
        return f"raised\n{type(error).__name__} at {where}: {' '.join(str(error).split())[:150]}"


def _guarded_one(data: bytes, how: Depth) -> str:
    """As ``_one``, guarded as users run it, in a child that a failing guard may not take along."""
    result = guarded(lambda _: _one(partial(keep, data, replace(how, guard=True))), limits=_ALONE)
    return f"promise\nguarded: {result.detail}" if isinstance(result, GuardFailure) else result


def run(
    seconds: float,
    seed: int,
    most: int | None = None,
    note: Callable[[str], object] = lambda _: None,
) -> Tally:
    """Fuzz for ``seconds``, or ``most`` mutants, from ``seed``; ``note`` gets totals meanwhile."""
    tally, start, done, noted = Tally(), time.monotonic(), 0, 0.0
    corpus.models()
    keep(corpus.models()[0], Depth(html=True))  # imports, once and not in every child
    while (passed := time.monotonic() - start) < seconds and (most is None or done < most):
        if passed - noted > NOTED:
            note(f"seed {seed}, {passed:.0f} s: {tally}")
            noted = passed
        numbers = range(done, done + min(BATCH, (most or 1 << 60) - done))
        results = guarded(partial(_batch, seed, numbers), limits=_BATCH_LIMITS)
        if not isinstance(results, GuardFailure):
            for number, result in results:
                _note(tally, seed, number, result)
            done = numbers.stop
            continue
        # What came before the one that killed the batch is run again, as a batch of its own.
        at = results.at if results.at is not None else done
        for first, last in ((done, at), (at, at + 1)):
            _rest(tally, seed, range(first, last), results)
        done = at + 1
    return tally


def _rest(tally: Tally, seed: int, numbers: range, death: GuardFailure) -> None:
    if len(numbers) == 1 and numbers.start == death.at:
        _note(tally, seed, numbers.start, f"died\n{death.detail}")
        return
    again = guarded(partial(_batch, seed, numbers), limits=_BATCH_LIMITS)
    if isinstance(again, GuardFailure):
        tally.broken.setdefault(f"not reproducible: {again.detail}", []).append(numbers.start)
        return
    for number, result in again:
        _note(tally, seed, number, result)


def _note(tally: Tally, seed: int, number: int, result: str) -> None:
    kind, _, what = result.partition("\n")
    if kind in {"died", "raised"} and not depth(number).guard:
        tally.deaths[what] += 1
        if tally.deaths[what] <= SHOWN:
            print(f"  {seed}/{number}: {kind} {what}", flush=True)
        kind, _, what = _guarded_one(mutant(seed, number), depth(number)).partition("\n")
        if not what and kind != "inconclusive":
            what = f"{kind} although shape inference died"
    if not what and number % ASKED == 2:
        _, _, what = _one(partial(_asked, seed, number)).partition("\n")
    if what:
        tally.broken.setdefault(what, []).append(number)
        if len(tally.broken[what]) <= SHOWN:
            print(f"BROKEN {seed}/{number}: {kind} {what}", flush=True)
        kind = "broken"
    tally.outcomes[kind] += 1


def main() -> None:
    parser = bounded(__doc__, "mutants")
    parser.add_argument("--keep", type=Path, help="folder for inputs that break a promise")
    arguments = parser.parse_args()
    start = time.monotonic()
    note = partial(print, flush=True)
    tally = run(arguments.seconds, arguments.seed, arguments.most, note)
    note(f"seed {arguments.seed}, {time.monotonic() - start:.0f} s: {tally}")
    for what, count in tally.deaths.most_common():
        print(f"{count:6,} {what}")
    for what, numbers in tally.broken.items():
        print(f"BROKEN by {len(numbers)}: {what}: {numbers[:5]}")
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            name = f"{arguments.seed}-{numbers[0]}.onnx"
            (arguments.keep / name).write_bytes(mutant(arguments.seed, numbers[0]))
    raise SystemExit(os.EX_SOFTWARE if tally.broken else 0)


if __name__ == "__main__":
    main()
