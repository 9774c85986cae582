"""The attachment that Netron shows beside a model: costs, tags and findings of its operators.

Netron (9.3, ``Attachment`` in its ``view.js``) reads JSON with the signature below: lists of
``kind`` (node, value, tensor, graph or model), ``target``, ``name`` and ``value``. It finds
operators by their name, wherever in the file they are, values by the name of the value and the
model by an empty one. What has no name of its own is not annotated there: what is known of such an
operator stands at the connection that it makes. Netron escapes all texts, and unfolds long ones if
they are of one line.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.errors import ConfigError
from analyzer.facts import Certainty
from analyzer.naming import key_of
from analyzer.report.json import encode
from analyzer.report.netron_figures import connection, figures, totals
from analyzer.report.result import Failure
from analyzer.report.sheet import judged
from analyzer.report.view.findings import first_sentence
from analyzer.sanitise import clean, label, widths
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.facts import Facts, Node, StoredTensor
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Batch, Options, Result
    from analyzer.report.sheet import Report

    Place = tuple[str, str]
    """Kind and target."""
    Line = tuple[str, str]
    """Name and text."""
    Texts = dict[Place, dict[str, dict[str, None]]]
    """By place and name, each once and in their order."""

SIGNATURE = "netron:attachment"
MODEL: Place = ("model", "")
MOST = 50
"""Most texts of one name at one place."""


def render(subject: Result | Report, options: Options) -> bytes:
    """One model, for ``inspect`` and ``report``."""
    return _Overlay(judged(subject)).encode()


def render_batch(batch: Batch, options: Options) -> bytes:
    """One model, for ``check``; raises ``ConfigError`` for several."""
    if len(batch.items) != 1:
        raise ConfigError("netron: an attachment is about one model; name one")
    (item,) = batch.items
    if isinstance(item, Failure):
        return _encode({MODEL: {"onnxlint": {f"cannot judge: {clean(item.reason)}": None}}}, {})
    return render(item, options)


def _encode(metadata: Texts, metrics: Texts) -> bytes:
    return encode(
        {"signature": SIGNATURE, "metadata": [*_listed(metadata)], "metrics": [*_listed(metrics)]}
    )


def _listed(texts: Texts) -> Iterator[dict[str, str]]:
    """One line for each text; of several with one name, all but the first have a number."""
    for (kind, target), entries in texts.items():
        for name, lines in entries.items():
            shown = list(lines)
            if len(shown) > MOST:
                shown[MOST - 1 :] = [f"and {len(shown) - MOST + 1:,} more"]
            for number, text in enumerate(shown, 1):
                called = name if number == 1 else f"{name} ({number})"
                yield {"kind": kind, "target": target, "name": called, "value": text}


class _Overlay:
    """Texts by place: what Netron lists as metadata, and as metrics."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.facts: Facts = result.facts
        self.metadata: Texts = {}
        self.metrics: Texts = {}
        self.stored = {tensor.name for tensor in self.facts.parameters.tensors}
        self.places: dict[str, Place] = {}
        """Where each operator is annotated, by its id."""
        shared = self.facts.shared
        # Of a function that is defined twice nobody knows which of them Netron shows.
        self.nodes: dict[Place, list[Node]] = {}
        for node in self.facts.nodes if shared.complete else ():
            place = self._place_of(node)
            if place is not None:
                self.nodes.setdefault(place, []).append(node)
                self.places[node.id] = place

    def encode(self) -> bytes:
        self._model()
        for place, nodes in self.nodes.items():
            self._operator(place, nodes)
        if self.facts.shared.complete:
            self._values()
            self._tensors()
        self._opinions()
        return _encode(self.metadata, self.metrics)

    def _place_of(self, node: Node) -> Place | None:
        """By what Netron finds ``node`` and no other operator."""
        shared = self.facts.shared
        if key := key_of(node.name, shared.operators):
            return "node", key
        keys = (key_of(tensor.name, shared.values) for tensor in node.outputs)
        return next((("value", key) for key in keys if key), None)

    def _say(self, place: Place, name: str, text: str) -> None:
        _add(self.metadata, place, name, text)

    def _count(self, place: Place, entries: Iterable[Line]) -> None:
        for name, text in entries:
            _add(self.metrics, place, name, text)

    def _model(self) -> None:
        facts, result = self.facts, self.result
        places = [MODEL]
        if name := key_of(facts.model.graph_name, facts.shared.graphs):
            places.append(("graph", name))
        for place in places:
            self._say(place, "onnxlint", f"{_verdict(result)} (onnxlint {__version__})")
            if facts.architecture:
                self._say(place, "network", label(facts.architecture.detail))
            for assumption in facts.assumptions:
                self._say(place, "assumed", label(str(assumption)))
            for problem in facts.problems:
                if problem.inconclusive:
                    where = f"{label(problem.where)}: " if problem.where else ""
                    self._say(place, "inconclusive", f"{where}{clean(problem.message)}")
        if hidden := len(facts.nodes) - len(self.places):
            what = units.many(hidden, "operator")
            self._say(MODEL, "not shown", f"{what} that Netron cannot tell from others")
        self._count(MODEL, totals(facts))
        # Netron lists metrics of one graph at every other, functions included.
        for place in places[1:]:
            for name, text in totals(facts):
                if name in ("MACs", "FLOPs"):
                    self._say(place, name, text)

    def _operator(self, place: Place, nodes: list[Node]) -> None:
        if place[0] == "value":
            self._say(place, "made by", f"{label(nodes[0].op_type)} {_naming(nodes[0])}")
        self._count(place, figures(nodes, self.facts))
        for node in nodes:
            if node.tags:
                self._say(place, "tags", " ".join(node.tags))
            if node.cost.certainty is not Certainty.EXACT:
                reason = f": {label(node.cost.reason, widths.TEXT)}" if node.cost.reason else ""
                self._say(place, "certainty", f"{node.cost.certainty}{reason}")
            if node.location:
                self._say(place, "source", label(node.location))

    def _values(self) -> None:
        shared = self.facts.shared.values
        made = (tensor for node in self.facts.nodes for tensor in node.outputs)
        for tensor in (*self.facts.inputs, *made):
            if key := key_of(tensor.name, shared):
                self._count(("value", key), connection(tensor))

    def _tensors(self) -> None:
        for tensor in self.facts.parameters.tensors:
            if place := self._place_of_tensor(tensor):
                self._say(place, "counted as", f"{tensor.role} ({label(tensor.why)})")
                counts = ("elements", tensor.elements), ("bytes", tensor.bytes)
                self._count(place, ((name, units.count(value)) for name, value in counts))

    def _place_of_tensor(self, tensor: StoredTensor) -> Place | None:
        key = key_of(tensor.name, self.facts.shared.tensors)
        return ("tensor", key) if key else None

    def _opinions(self) -> None:
        for block in self.facts.blocks:
            about = f"{block.kind}, {units.many(len(block.nodes), 'operator')}"
            for node in block.nodes:
                if node in self.places:
                    self._say(self.places[node], "block", f"{about}, {units.si(block.macs, 'MAC')}")
        for problem in self.facts.problems:
            if problem.where in self.places:
                word = "inconclusive" if problem.inconclusive else "note"
                self._say(self.places[problem.where], word, clean(problem.message))
        for finding in self.result.places:
            place, about = self._found_at(finding)
            rule = label(finding.rule)
            message = f"{about}: {clean(finding.message)}" if about else clean(finding.message)
            self._say(place, rule, f"{finding.severity}, {label(finding.name)}: {message}")
            if remedy := clean(finding.remedy) or first_sentence(finding.fix):
                self._say(place, f"{rule} fix", remedy)
            if finding.ask:
                self._say(place, f"{rule} ask", clean(finding.ask))

    def _found_at(self, finding: Finding) -> tuple[Place, str]:
        """Where a finding stands, and what it is about where that does not say so."""
        shared = self.facts.shared
        if finding.node in self.places or finding.node in self.facts:
            place = self.places.get(finding.node)
        else:
            value = key_of(finding.node, shared.values)
            tensor = key_of(finding.node, shared.tensors)
            place = ("value", value) if value else None
            if finding.node in self.stored:
                place = ("tensor", tensor) if tensor else None
        if place is None or not shared.complete:
            return MODEL, label(finding.node)
        return place, ""


def _add(texts: Texts, place: Place, name: str, text: str) -> None:
    texts.setdefault(place, {}).setdefault(name, {})[text] = None


def _verdict(result: Result) -> str:
    """``findings: 1 error, 3 warnings, 2 suppressed``."""
    counts = Counter(finding.severity.value for finding in result.groups)
    parts = [units.many(n, severity) for severity, n in counts.items()]
    silent = {"suppressed": result.suppressed, "in the baseline": result.accepted}
    parts += [f"{n:,} {what}" for what, n in silent.items() if n]
    return f"{result.outcome}: {', '.join(parts)}" if parts else result.outcome


def _naming(node: Node) -> str:
    """Why an operator is not found by its name."""
    return f"(its name {label(node.name)} is not its own)" if node.name else "(it has no name)"
