"""Model → ``Contents``: each list is one function below, called when a rule asks for it."""

from __future__ import annotations

from collections import Counter
from functools import cache, partial
from typing import TYPE_CHECKING

from analyzer.conformance.places import nestings
from analyzer.conformance.schemas import STANDARD, first_version
from analyzer.contents import (
    Annotation,
    Contents,
    DataFile,
    Extension,
    Override,
    Region,
    Repetition,
    Sighting,
    Switch,
    Text,
)
from analyzer.operators.declared import held
from analyzer.trust.files import find_files
from analyzer.trust.regions import find_regions
from analyzer.trust.repetitions import find_repetitions
from analyzer.trust.texts import Strings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from analyzer.digraph import Digraph
    from analyzer.graph.scope import Program
    from analyzer.model import Model
    from analyzer.operators.declared import Key


def contents_of(
    model: Model, program: Program, graph: Digraph[str], *, thorough: bool = False
) -> Contents:
    """What is in the file besides the network.

    Parameters
    ----------
    model, program, graph
        As ``analyzer.analyze`` has them.
    thorough
        Whether somebody pays for reading all weights.
    """

    declared = frozenset(held())  # now: they hold while the model is analysed, not when it is read

    @cache
    def strings() -> Strings:
        return Strings(model, program, thorough=thorough)

    def sightings() -> tuple[Sighting, ...]:
        from analyzer.trust.sightings import look  # lazily: the engine of expressions takes 5 ms

        return look(strings())

    def switches() -> Iterable[Switch]:
        from analyzer.trust.switches import find_switches

        return find_switches(graph)

    return Contents(
        {
            Text: lambda: _texts(strings()),
            Sighting: sightings,
            Region: partial(find_regions, model, program, thorough=thorough),
            DataFile: lambda: find_files(model, thorough),
            Extension: lambda: _extensions(program, declared),
            Override: lambda: _overrides(program),
            Switch: switches,
            Repetition: lambda: find_repetitions(program),
            Annotation: lambda: _annotations(model, program),
        }
    )


def _texts(strings: Strings) -> Iterator[Text]:
    for group in strings.groups():
        for data in group.first:
            yield group.describe(data, group.times(data))


def _extensions(program: Program, declared: Collection[Key]) -> Iterator[Extension]:
    """``declared`` are the operators that the configuration vouches for."""
    first: dict[tuple[str, str], str] = {}
    count: Counter[tuple[str, str]] = Counter()
    defined = {(domain, name) for domain, name, _ in program.functions}
    for nesting in nestings(program):
        for op in nesting.scope.ops:
            key = op.domain, op.op_type
            if op.domain in STANDARD or key in defined:
                continue
            count[key] += 1
            if key not in first:
                first[key] = nesting.place(op)
    for (domain, op_type), place in first.items():
        own = (domain, op_type) in declared
        yield Extension(domain, op_type, place, count[domain, op_type], own)


def _overrides(program: Program) -> Iterator[Override]:
    standard = [
        key for key in program.functions
        if key[0] in STANDARD and first_version(key[1], key[0]) is not None
    ]  # fmt: skip
    if not standard:
        return
    calls: dict[tuple[str, str, str], list[str]] = {}
    for nesting in nestings(program):
        for op in nesting.scope.ops:
            key = op.key
            calls.setdefault(key, []).append(nesting.place(op))
    for domain, name, overload in standard:
        places = calls.get((domain, name, overload), [])
        yield Override(places[0] if places else name, domain, name, len(places))


def _annotations(model: Model, program: Program) -> Iterator[Annotation]:
    """Of the main graph; ONNX has no other quantization annotations that anybody reads."""
    graph = model.proto.graph
    if not graph.quantization_annotation:
        return
    main = program.scopes[0]
    known = {*main.inputs, *main.stored, *(name for op in main.ops for name in op.outputs)}
    for annotation in graph.quantization_annotation:
        if annotation.tensor_name not in known:
            yield Annotation(annotation.tensor_name, "", annotation.tensor_name)
        for entry in annotation.quant_parameter_tensor_names:
            if entry.value not in known:
                yield Annotation(annotation.tensor_name, entry.key, entry.value)
