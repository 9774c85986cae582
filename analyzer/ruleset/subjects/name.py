"""Names that the file gives to operators and values, and those that hide another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.interface import Hidden, Name
from analyzer.ruleset.subjects.subject import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts

_KINDS = ("operator", "value", "input", "output")


def _make(facts: Facts) -> Iterator[Subject]:
    ends = {tensor.name for tensor in (*facts.inputs, *facts.outputs)}
    seen = {""}
    for kind, tensors in (("input", facts.inputs), ("output", facts.outputs)):
        for tensor in tensors:
            yield _subject(kind, tensor.name, tensor.name)
    for node in facts.nodes:
        if node.name:
            yield _subject("operator", node.name, node.id)
        for name in (*node.inputs, *(tensor.name for tensor in node.outputs)):
            if name not in seen and name not in ends:
                seen.add(name)
                yield _subject("value", name, node.id)


def _subject(kind: str, text: str, place: str) -> Subject:
    return Subject(
        kind=kind,
        place=place,
        name=f"{kind}/{place}",
        groups={
            "name": Name(
                text, kind, len(text), text.isascii(), text.isascii() and text.isidentifier()
            )
        },
        form=(kind,),
    )


def _hidden(facts: Facts) -> Iterator[Subject]:
    for hidden in facts.interface.hidden:
        yield Subject(
            kind=hidden.what,
            place=f"{hidden.scope}/{hidden.name}",
            name=f"{hidden.scope}/{hidden.name}",
            groups={"hidden": hidden},
            form=(hidden.what,),
        )


SORT = Sort("name", {"name": Name}, _make, kinds=_KINDS)
HIDDEN = Sort("hidden", {"hidden": Hidden}, _hidden, kinds=("input", "initializer"))
