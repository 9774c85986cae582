"""Names: each is defined once, before it is read, where its reader can see it.

Source: ONNX IR specification, *Names Within a Graph* and *Nodes*. A body of If, Loop or Scan sees
the names of the graphs around it and may not define them anew; a function sees only its own.
"""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

from analyzer.conformance.places import called_functions, nestings, quoted, uncalled
from analyzer.facts import Breach
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.conformance.places import Nesting
    from analyzer.graph.scope import Program

FAMILY = "name"
AMBIGUOUS = frozenset({"duplicate-value", "shadowed-name"})
"""Breaches that leave open which value a name means, and with it what waits for what."""
MAX_CANDIDATES = 2000
"""Names among which a similar one is looked for; comparing them costs microseconds each."""
LONGEST = 100
"""Letters of names that are compared."""


def check_names(program: Program) -> Iterator[Breach]:
    """Breaches of all scopes."""
    positions: dict[int, dict[str, int]] = {}
    called = called_functions(program)
    for nesting in nestings(program):
        own = positions[nesting.scope.index] = _positions(nesting)
        grave = nesting.scope.function is None or nesting.scope.function in called
        for breach in _scope(nesting, own, positions):
            yield breach if grave else uncalled(breach)


def _positions(nesting: Nesting) -> dict[str, int]:
    """Names that the scope defines, and the first operator that does; -1 for its boundary."""
    scope = nesting.scope
    own = dict.fromkeys((*scope.inputs, *scope.constants, *scope.sparse), -1)
    for i, op in enumerate(scope.ops):
        for name in op.outputs:
            own.setdefault(name, i)
    own.pop("", None)
    return own


def _scope(
    nesting: Nesting, own: Mapping[str, int], positions: Mapping[int, Mapping[str, int]]
) -> Iterator[Breach]:
    twice = [*_definitions(nesting), *_redefined(nesting, own, positions)]
    yield from twice
    yield from _reads(nesting, own, positions)
    yield from _results(nesting, own, positions)
    if not any(breach.code in AMBIGUOUS for breach in twice):
        yield from _order(nesting)
    yield from _node_names(nesting)


def _definitions(nesting: Nesting) -> Iterator[Breach]:
    """Values that are stated or made more than once."""
    scope, where = nesting.scope, nesting.within
    for name in repeated(scope.inputs):
        yield Breach(
            "duplicate-input", "definition", where(name),
            f"input {quoted(name)} of {nesting.label} is listed twice",
            "remove or rename one of them",
        )  # fmt: skip
    # A body may hand out one value twice: nobody asks for its outputs by name.
    if nesting.parent is None and scope.function is None:
        for name in repeated(scope.outputs):
            yield Breach(
                "duplicate-output", "definition", where(name),
                f"output {quoted(name)} of {nesting.label} is listed twice",
                "drop one of them", grave=False,
            )  # fmt: skip
    for name in repeated(scope.stored):
        how = " with different shapes or types" if name in scope.ambiguous else ""
        yield Breach(
            "duplicate-initializer", "definition", where(name),
            f"initializer {quoted(name)} of {nesting.label} is stored twice{how}; which of them "
            "counts depends on the reader",
            "remove one of them", grave=bool(how),
        )  # fmt: skip
    given = {*scope.inputs, *scope.constants, *scope.sparse}
    made = Counter(name for op in scope.ops for name in op.outputs if name)
    twins = {name for op in scope.ops for name in repeated(op.outputs)}
    for name, times in made.items():
        if times > 1 or name in given:
            also = "an input or initializer" if name in given else "the output of another operator"
            if name in twins:
                also = "another output of the same operator"
            yield Breach(
                "duplicate-value", "definition", where(name),
                f"{quoted(name)} is defined more than once in {nesting.label}: it is {also}, too",
                "give each output a name of its own, and its readers the one they mean",
            )  # fmt: skip


def repeated(names: Iterable[str]) -> list[str]:
    """Names that occur more than once, in order."""
    return [name for name, times in Counter(names).items() if times > 1 and name]


def _redefined(
    nesting: Nesting, own: Mapping[str, int], positions: Mapping[int, Mapping[str, int]]
) -> Iterator[Breach]:
    """Outputs in a body named like a value around it that is already defined there."""
    if nesting.parent is None:
        return
    for name, at in own.items():
        if at < 0:
            continue  # inputs and initializers of a body hide outer values: readers agree on that
        inner: Nesting = nesting
        while (outer := inner.parent) is not None:
            before = positions[outer.scope.index].get(name)
            if before is not None and before < inner.at:
                yield Breach(
                    "shadowed-name", "definition", nesting.within(name),
                    f"{nesting.label} defines {quoted(name)}, which {outer.label} around it has "
                    "defined already",
                    "rename the inner value",
                )  # fmt: skip
                break
            inner = outer


def _visible(
    name: str, nesting: Nesting, positions: Mapping[int, Mapping[str, int]]
) -> Nesting | None:
    """The scope around ``nesting`` that defines ``name``."""
    scope = nesting.parent
    while scope is not None and name not in positions[scope.scope.index]:
        scope = scope.parent
    return scope


def _reads(
    nesting: Nesting, own: Mapping[str, int], positions: Mapping[int, Mapping[str, int]]
) -> Iterator[Breach]:
    """Operands that nothing defines, each name once."""
    missing: dict[str, list[int]] = {}
    for i, op in enumerate(nesting.scope.ops):
        for name in op.inputs:
            if name and name not in own and _visible(name, nesting, positions) is None:
                missing.setdefault(name, []).append(i)
    for name, readers in missing.items():
        first = nesting.scope.ops[readers[0]]
        more = f" (and {so_many(len(readers) - 1, 'operator')} more)" if readers[1:] else ""
        declared = name in nesting.scope.declared
        note = ": a type is declared for it, but nothing makes it" if declared else ""
        yield Breach(
            "undefined-input", FAMILY, nesting.place(first),
            f"{first.op_type}{more} reads {quoted(name)}, which is no input, initializer or output "
            f"of an operator of {nesting.label}{note}",
            _suggestion(name, own, "add the initializer, input or operator that makes it, or "
                        "correct the name"),
        )  # fmt: skip


def _suggestion(name: str, known: Iterable[str], else_: str) -> str:
    some = [k for k in islice(known, MAX_CANDIDATES) if len(k) <= LONGEST >= len(name)]
    close = next(iter(get_close_matches(name, some, cutoff=0.8)), None)
    return else_ if close is None else f"{else_}; did you mean {quoted(close)}?"


def _results(
    nesting: Nesting, own: Mapping[str, int], positions: Mapping[int, Mapping[str, int]]
) -> Iterator[Breach]:
    """Outputs of the scope that nothing in it makes."""
    for name in dict.fromkeys(nesting.scope.outputs):
        if name in own:
            continue
        if name and _visible(name, nesting, positions) is not None:
            yield Breach(
                "outer-output", FAMILY, nesting.within(name),
                f"{nesting.label} returns {quoted(name)}, a value from outside of it",
                "pass the value through an Identity inside the body",
            )  # fmt: skip
            continue
        what = f"output {quoted(name)}" if name else "an output without a name"
        yield Breach(
            "undefined-output", FAMILY, nesting.within(name),
            f"nothing in {nesting.label} makes {what}",
            _suggestion(name, own, "remove the output, or name the value that it is"),
        )  # fmt: skip


def _order(nesting: Nesting) -> Iterator[Breach]:
    scope = nesting.scope
    if scope.sorted < len(scope.ops):
        behind = len(scope.ops) - scope.sorted
        first = scope.ops[scope.sorted]
        yield Breach(
            "cycle", "order", nesting.place(first),
            f"{so_many(behind, 'operator')} of {nesting.label} wait for their own output: they "
            "form a cycle or follow one",
            "cut the cycle; what repeats belongs into the body of a Loop",
        )  # fmt: skip
    elif scope.listed:
        # ONNX Runtime sorts the main graph itself and refuses bodies and functions.
        yield Breach(
            "unsorted", "order", nesting.path,
            f"operators of {nesting.label} are listed before those whose outputs they read",
            "sort them topologically",
            grave=bool(nesting.path),
        )  # fmt: skip


def _node_names(nesting: Nesting) -> Iterator[Breach]:
    names = repeated(op.name for op in nesting.scope.ops)
    if not names:
        return
    first = next(op for op in nesting.scope.ops if op.name == names[0])
    more = f" (and {so_many(len(names) - 1, 'other name')})" if names[1:] else ""
    yield Breach(
        "duplicate-node-name", "definition", nesting.place(first),
        f"duplicate operator name {quoted(names[0])}{more}: several operators of {nesting.label} "
        "have it",
        "give each operator a name of its own, or none",
    )  # fmt: skip
