"""Kinds and neighbourhoods hashed, from strict to lenient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from analyzer.operators import record_of
from analyzer.patterns.index import index_of
from analyzer.patterns.likeness.contract import Contraction, Entry, contract
from analyzer.patterns.likeness.kinds import (
    conv_kind,
    join_word,
    layer_kind,
    operand_word,
    operator_word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts, Node
    from analyzer.graph.names import NameTable, Read
    from analyzer.patterns.likeness.contract import Source

NEAR, FAR = 2, 4
"""Layers and joins to either side that ``Likeness.near`` and ``Likeness.far`` look at."""


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """What identifies an operator or a tensor across exports; compare the strictest first.

    Two layers with one ``kind`` compute the same thing with other weights; with one ``near`` they
    also stand among the same neighbours, with one ``far`` among more of them and as deep in the
    network. None of it depends on names, opset, sizes of the data or element types. A layer that
    is put in or taken out changes ``far`` of all that follow, ``near`` of its neighbours, and
    ``kind`` of nothing else. Each is 16 hexadecimal digits.
    """

    kind: str
    """Of a layer its family, kernel, strides, groups and channels; of another operator its type
    and the kind of layer that it stands behind; of what is computed from constants and shapes
    alone, the kind of layer that it is for."""
    near: str
    """``kind``, and what is up to two layers or joins away on either side."""
    far: str
    """``near``, what is up to four away, and how many layers come before it at most."""


NOTHING = Likeness("", "", "")
"""Of what is no operator and no tensor of the model."""


def likenesses_of(facts: Facts) -> Likenesses:
    """The likenesses of one model, made when first asked for; linear in its size."""
    return facts.once(Likenesses)


class Likenesses:
    """Likenesses of the operators and tensors of one model."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._names: NameTable = index_of(facts).names
        self._contraction = contract(facts, self._names)
        self._hashed = _Hashes(facts, self._names, self._contraction).likenesses()
        self._found: dict[tuple[str, str, Source], Likeness] = {}

    def __getitem__(self, node: str) -> Likeness:
        """The likeness of an operator; raises ``KeyError`` where there is no such operator."""
        vertex = self._names.vertices.get(node)
        if vertex is None:
            return _alone(self._facts[node])
        source = self._contraction.sources[node]
        if source == node:
            return self._hashed[node]
        word = operator_word(vertex.call, record_of(vertex.call))
        if source is None:
            return _constant(word, self._constants.get(node, NOTHING))
        return self._belonging(word, "behind", source)

    def at(self, place: str) -> Likeness:
        """The likeness of a place of a finding: an operator, a tensor, else ``NOTHING``."""
        if not place:
            return NOTHING
        return self[place] if place in self._facts else self.tensor("", place)

    def tensor(self, scope: str, name: str) -> Likeness:
        """The likeness of a tensor of a graph: by what makes it, else by what reads it."""
        names = self._names.scopes.get(scope)
        if names is None:
            return NOTHING
        made = names.makers.get(name)
        if made is not None:
            return _derived("output", str(made[1]), self[made[0]])
        if name in names.inputs and name not in names.stored:
            return self._belonging("input", "", Entry(scope, name))
        return self._read(names.reads.get(name, ()))

    def _belonging(self, word: str, how: str, source: Source) -> Likeness:
        key = word, how, source
        if key not in self._found:
            self._found[key] = _derived(word, how, self._hashed.get(source, NOTHING))
        return self._found[key]

    def _read(self, reads: Iterable[Read]) -> Likeness:
        """A constant by its readers: of several the first in the order of their hashes."""
        return min(map(self._reading, reads), default=NOTHING)

    def _reading(self, read: Read) -> Likeness:
        """A constant by one reader: what it is to the layer that the reader belongs to."""
        source = self._contraction.sources.get(read.node)
        if source is None:
            return self._constants.get(read.node, NOTHING)
        record = record_of(self._names.vertices[read.node].call)
        return self._belonging(operand_word(record, read.slot), "of", source)

    @cached_property
    def _constants(self) -> Mapping[str, Likeness]:
        """What operators are computed for that have no source themselves, by id."""
        found: dict[str, Likeness] = {}
        sources = self._contraction.sources
        self._constants = found  # what is found first is asked for by what is found later
        for node, vertex in reversed(self._names.vertices.items()):
            if sources[node] is None:
                own = self._names.scopes[vertex.scope]
                made = [t.name for t in vertex.call.outputs if t is not None]
                uses = (self._read(own.reads[name]) for name in made if name in own.reads)
                found[node] = min(uses, default=NOTHING)
        return found


class _Hashes:
    """The vertices of the contracted graph → their likenesses."""

    def __init__(self, facts: Facts, names: NameTable, contraction: Contraction) -> None:
        ends_of = contraction.inputs
        known = (*contraction.sources.values(), *(end for ends in ends_of.values() for end in ends))
        self._inputs: dict[Source, tuple[Source, ...]] = {
            source: () for source in known if isinstance(source, Entry)
        }
        self._inputs.update(ends_of)
        self._readers: dict[Source, list[Source]] = {vertex: [] for vertex in self._inputs}
        for vertex, ends in self._inputs.items():
            for end in ends:
                self._readers[end].append(vertex)
        self._depths: dict[Source, int] = {}
        for vertex, ends in self._inputs.items():
            before = max((self._depths[end] for end in ends), default=0)
            self._depths[vertex] = before + (vertex in contraction.layers)
        self._kinds = self._find_kinds(facts, names, contraction)

    def likenesses(self) -> dict[Source, Likeness]:
        """Of every vertex; O(V + E) for each step of ``FAR``."""
        up, down = dict(self._kinds), dict(self._kinds)
        near: dict[Source, bytes] = {}
        for step in range(1, FAR + 1):
            up = self._spread(up, self._inputs)
            down = self._spread(down, self._readers)
            if step == NEAR:
                near = {v: _digest(self._kinds[v], up[v], down[v]) for v in up}
        return {
            v: Likeness(
                self._kinds[v].hex(),
                near[v].hex(),
                _digest(near[v], up[v], down[v], b"%d" % self._depths[v]).hex(),
            )
            for v in up
        }

    def _spread(
        self, known: Mapping[Source, bytes], ends: Mapping[Source, Iterable[Source]]
    ) -> dict[Source, bytes]:
        """One step further: equal neighbours count once, as exporters share and repeat."""
        return {
            vertex: _digest(kind, *sorted({known[end] for end in ends[vertex]}))
            for vertex, kind in self._kinds.items()
        }

    def _find_kinds(
        self, facts: Facts, names: NameTable, contraction: Contraction
    ) -> dict[Source, bytes]:
        kinds: dict[Source, bytes] = {}
        words: dict[Source, bytes] = {}
        for vertex, ends in self._inputs.items():
            if isinstance(vertex, Entry):
                kinds[vertex] = words[vertex] = _digest(b"input")
                continue
            call = names.vertices[vertex].call
            record = record_of(call)
            if vertex in contraction.layers:
                kind = layer_kind(call, facts[vertex].conv, record, contraction.layers[vertex])
                kinds[vertex] = words[vertex] = _digest(repr(kind).encode())
            else:
                words[vertex] = _digest(b"join", join_word(record).encode())
                kinds[vertex] = _digest(words[vertex], *sorted({words[end] for end in ends}))
        return kinds


def _alone(node: Node) -> Likeness:
    """Of an operator of a graph that somebody made by hand."""
    kind = ("operator", node.domain, node.op_type) if node.conv is None else conv_kind(node.conv)
    digest = _digest(repr(kind).encode()).hex()
    return Likeness(digest, digest, digest)


def _constant(word: str, use: Likeness) -> Likeness:
    """Of an operator that computes a constant: what it is for, however it is computed."""
    found = _derived("constant", "for", use)
    return replace(_derived(word, "for", use), kind=found.kind)


def _derived(word: str, how: str, base: Likeness) -> Likeness:
    """Of something that is ``word`` to ``base``."""
    prefix = f"{word} {how} ".encode("utf-8", "surrogatepass")
    parts = base.kind, base.near, base.far
    return Likeness(*(_digest(prefix, part.encode()).hex() for part in parts))


def _digest(*parts: bytes) -> bytes:
    return blake2b(b"|".join(parts), digest_size=8).digest()
