"""What people say of an operator without the names that are only its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.facts import Facts

BLANK = "\N{HORIZONTAL ELLIPSIS}"
NEAR = 8
"""Neighbours on each side whose names are looked for, and tensors of each: a message names few,
and a sum of thousands is beside each of them."""


class Neighbours:
    """Names of operators, of their tensors and of the operators beside them."""

    def __init__(self, facts: Facts) -> None:
        self.facts: Facts = facts
        self._spelled: dict[str, tuple[str, ...]] = {}

    def masked(self, node: str, texts: Iterable[str]) -> tuple[str, ...]:
        """``texts`` with a blank for each name that is near ``node``: what is left when operators
        that are in the same state are called differently."""
        names = sorted({*self._names(node)} - {""}, key=len, reverse=True)
        return tuple(_without(text, names) for text in texts)

    def _names(self, node: str) -> Iterator[str]:
        yield from self._spellings(node)
        if node not in self.facts:
            return
        graph = self.facts.graph
        beside = [node]
        if node in graph:
            beside += [*graph.predecessors(node)][:NEAR] + [*graph.successors(node)][:NEAR]
        for key in beside:
            if key in self.facts:
                there = self.facts[key]
                most = None if key == node else NEAR
                made = (tensor.name for tensor in there.outputs[:most])
                for name in (there.name, there.id, *there.inputs[:most], *made):
                    yield from self._spellings(name)

    def _spellings(self, name: str) -> tuple[str, ...]:
        """A name as it is, and as rules and pages show it."""
        known = self._spelled.get(name)
        if known is None:
            known = self._spelled[name] = (name, label(name))
        return known


def _without(text: str, names: Iterable[str]) -> str:
    for name in names:
        if name in text:
            text = "".join(_parts(text, name))
    return text


def _parts(text: str, name: str) -> Iterator[str]:
    """``text`` with a blank for ``name`` where it is a word of its own: 12 is not in 112×112."""
    done, at = 0, text.find(name)
    while at >= 0:
        end = at + len(name)
        before, behind = text[at - 1 : at], text[end : end + 1]
        if before == "." or _is_letter(before) or _is_letter(behind):
            at = text.find(name, at + 1)
            continue
        yield text[done:at]
        yield BLANK
        done, at = end, text.find(name, end)
    yield text[done:]


def _is_letter(sign: str) -> bool:
    return sign == "_" or sign.isalnum()
