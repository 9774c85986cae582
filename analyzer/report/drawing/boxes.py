"""Runs of parts → boxes, edges and the ends of the network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _
from analyzer.operators import find
from analyzer.report.drawing.lent import lent
from analyzer.report.drawing.parts import DrawnPart, is_unknown, main_node
from analyzer.report.drawing.record import Box, BoxPart, Drawing, DrawnEdge
from analyzer.report.drawing.titles import LETTERS, cost, full_name, words
from analyzer.report.view.kinds import color_of, counted_macs
from analyzer.report.view.layers import shape_of
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.facts import Facts, Node, Tensor
    from analyzer.report.drawing.fold import Run
    from analyzer.report.drawing.record import Becoming, Depth
    from analyzer.report.drawing.wiring import DrawnSource, Wiring

ENDS = 6
"""Inputs, and outputs, that have a box each; more share the last."""
NAMES = 34
"""Of a box's title that names two parts."""
TYPES = 6
"""Most types of operators that are named of a box."""
PARTS, ALL_PARTS = 16, 400
"""Most operators of a box, those that are alike counted once, that are listed; and of all boxes."""
GRAVEST = ("error", "warning", "info")


def becoming(facts: Facts, changes: Mapping[str, Becoming], nodes: Sequence[str]) -> Becoming:
    """Of several operators together: those that compute most of it say whether it came or went."""
    if not changes:
        return ""
    heavy = [node for node in nodes if counted_macs(facts[node]) or facts[node].params]
    lead = {changes[node] for node in heavy or nodes}
    if lead in ({"added"}, {"removed"}):
        return lead.pop()
    found = {changes[node] for node in nodes}
    if found & {"changed", "added", "removed"}:
        return "changed"
    return "weights" if "weights" in found else "same"


class Builder:
    """Runs of parts → boxes, edges and the ends of the network."""

    def __init__(
        self,
        facts: Facts,
        wiring: Wiring,
        parts: Sequence[DrawnPart],
        runs: Sequence[Run],
        severities: Mapping[str, str],
        changes: Mapping[str, Becoming],
    ) -> None:
        self.facts: Facts = facts
        self.wiring: Wiring = wiring
        self.parts: Sequence[DrawnPart] = parts
        self.runs: Sequence[Run] = runs
        self.severities: Mapping[str, str] = severities
        self.changes: Mapping[str, Becoming] = changes
        self.members: dict[str, list[Node]] = {}
        for node in facts.nodes:
            owner = wiring.owner.get(node.id)
            if owner is not None:
                self.members.setdefault(owner, []).append(node)
        self.lent: dict[str, list[tuple[Node, int]]] = {}
        for node_id, callers in lent(facts, wiring).items():
            for caller, times in callers.items():
                self.lent.setdefault(caller, []).append((facts[node_id], times))
        self.shared: set[str] = {node.id for nodes in self.lent.values() for node, _ in nodes}
        self.boxes: list[Box] = []
        self.edges: dict[tuple[int, int], list[DrawnSource | Tensor | None]] = {}

    def drawing(self, depth: Depth, joined: bool) -> Drawing:
        place = {
            at: number for number, run in enumerate(self.runs) for at in range(run.start, run.stop)
        }
        home = {node: place[at] for at, part in enumerate(self.parts) for node in part.nodes}
        inputs = self._inputs(place)
        offset = len(inputs)
        for names, tensor in inputs:
            self.boxes.append(_end("input", names, tensor))
        self.boxes += [self._box(run) for run in self.runs]
        for number, (names, tensor) in enumerate(inputs):
            wanted = {*names}
            for at, part in enumerate(self.parts):
                if wanted & part.inputs.keys():
                    self.edges.setdefault((number, place[at] + offset), []).append(tensor)
        for at, part in enumerate(self.parts):
            for source, handed in part.feeds.items():
                if place[source] != place[at]:
                    key = (place[source] + offset, place[at] + offset)
                    known = self.edges.setdefault(key, [])
                    known += [each.tensor for each in handed]
        self._outputs(home, offset, inputs)
        edges = tuple(
            DrawnEdge(source, target, len(tensors), _shape(tensors[0]))
            for (source, target), tensors in sorted(self.edges.items())
        )
        held = sum(map(len, self.members.values()))
        return Drawing(depth, tuple(self.boxes), edges, held, len(self.facts.nodes) - held, joined,
                       self.facts.totals.whole is not None, len(self.wiring.split))  # fmt: skip

    def _inputs(self, place: Mapping[int, int]) -> list[tuple[tuple[str, ...], Tensor | None]]:
        """Inputs that something reads; where there are many, one box for those of one shape."""
        read = {name for part in self.parts for name in part.inputs}
        read |= {s.node for _, s in self.wiring.outputs if s.is_input}
        return _gathered([t for t in self.facts.inputs if t.name in read])

    def _outputs(
        self,
        home: Mapping[str, int],
        offset: int,
        inputs: Sequence[tuple[tuple[str, ...], Tensor | None]],
    ) -> None:
        made = {tensor.name: source for tensor, source in self.wiring.outputs}
        fed = {name: number for number, (names, _) in enumerate(inputs) for name in names}
        for names, tensor in _gathered([tensor for tensor, source in self.wiring.outputs]):
            number = len(self.boxes)
            self.boxes.append(_end("output", names, tensor))
            for name in names:
                source = made[name]
                if source.is_input:
                    maker = fed[source.node]
                elif source.node in home:
                    maker = home[source.node] + offset
                else:
                    continue
                self.edges.setdefault((maker, number), []).append(tensor)

    def _box(self, run: Run) -> Box:
        stretch = self.parts[run.start : run.stop]
        drawn = [node for part in stretch for node in part.nodes]
        own = [node for each in drawn for node in self.members[each]]
        held = [(node, counted_macs(node)) for node in own if node.id not in self.shared]
        held += [
            (node, 0 if node.composite else (node.macs or 0) * times)
            for each in drawn
            for node, times in self.lent.get(each, ())
        ]
        nodes = [node for node, _ in held]
        running = [each for each in held if each[0].executions_range[1] != 0] or held
        plain = [(node, once) for node, once in running if node.id in self.wiring.reads
                 or (node.scope and node.id not in self.wiring.through)]  # fmt: skip
        macs = Counter[str]()
        for node, once in held:
            macs[color_of(node.kind)] += once
        alone = Counter[str]() if macs.total() else _alone(nodes)
        title, detail = self._title(run)
        main = main_node(self.facts, drawn)
        written = [tensor.bytes for node, _ in running for tensor in node.outputs]
        found = {self.severities[node.id] for node in nodes if node.id in self.severities}
        done = macs if macs.total() else alone
        color = max(done, key=lambda kind: (done[kind], kind)) if done.total() else _only(nodes)
        return Box(
            role="join" if self._is_join(run) else "part",
            title=title,
            detail=detail,
            color=color,
            count=run.times,
            abreast=stretch[0].abreast if len({p.abreast for p in stretch}) == 1 else 1,
            node=main.id,
            holds=_types(node for node, _ in plain),
            nodes=len(nodes),
            macs=macs.total(),
            alone=alone.total(),
            a_pass=alone.total() if main.op_type == "Loop" and main.macs is None else 0,
            complete=not any(map(is_unknown, nodes)),
            params=sum(node.params for node in own),
            written=None if None in written else max((b for b in written if b), default=0),
            severity=next((each for each in GRAVEST if each in found), ""),
            parts=_listed(plain, max(2, min(PARTS, ALL_PARTS // len(self.runs)))),
            change=becoming(self.facts, self.changes, drawn),
        )

    def _title(self, run: Run) -> tuple[str, str]:
        """Of the first repetition; where it has several parts, those that cost most."""
        first = self.parts[run.start : run.start + run.period]
        part, *others = first
        if not others:
            title, detail = words(self.facts, part)
            last = words(self.facts, self.parts[run.stop - 1])[1]
            if self._is_join(run):
                title = _sign(self.facts[part.nodes[0]])
            return title, detail if detail == last else label(f"{detail} … {last}", 34)
        costs = [sum(cost(self.facts[n]) for n in part.nodes) for part in first]
        ranked = sorted(range(len(first)), key=lambda at: (-costs[at], at))
        named = sorted(at for at in ranked[:2] if costs[at] or at == ranked[0])
        names = dict.fromkeys(words(self.facts, first[at])[0] for at in named)
        if len(" + ".join(names)) > NAMES:  # one that can be read rather than two cut
            lead = words(self.facts, first[ranked[0]])[0]
            names = {lead: None}
            named = [at for at in named if words(self.facts, first[at])[0] == lead]
        rest = len(first) - len(named)
        return " + ".join(names), _("and {n} more", n=rest) if rest else ""

    def _is_join(self, run: Run) -> bool:
        """A bare addition or concatenation, where branches meet."""
        part = self.parts[run.start]
        return (
            (run.period, run.times, len(part.nodes)) == (1, 1, 1)
            and part.block is None
            and not part.module
            and bool(_sign(self.facts[part.nodes[0]]))
            and len(part.before) + len(part.inputs) > 1
        )


def _sign(node: Node) -> str:
    """What is written on a join of branches; empty for what joins none."""
    record = find(node.domain, node.op_type)
    if record is None or record.compares or record.is_logic:
        return ""
    return "concat" if record.role == "concat" else record.sign


def _gathered(tensors: Sequence[Tensor]) -> list[tuple[tuple[str, ...], Tensor | None]]:
    """Tensors that have a box each, or one for all that have the same shape."""
    if len(tensors) <= ENDS:
        return [((tensor.name,), tensor) for tensor in tensors]
    alike: dict[object, list[Tensor]] = {}
    for tensor in tensors:
        alike.setdefault((tensor.shape, units.form(tensor.dtype, tensor.shape)), []).append(tensor)
    groups = [*alike.values()]
    kept = groups[: ENDS - 1] if len(groups) > ENDS else groups
    result: list[tuple[tuple[str, ...], Tensor | None]] = [
        (tuple(t.name for t in group), group[0]) for group in kept
    ]
    rest = [tensor.name for group in groups[len(kept) :] for tensor in group]
    if rest:
        result.append((tuple(rest), None))
    return result


def _end(role: str, names: Sequence[str], tensor: Tensor | None) -> Box:
    first, *others = names
    count = len(names)
    many = units.many(count, "input") if role == "input" else units.many(count, "output")
    title = many if others else label(first, widths.WORD)
    detail = units.form(tensor.dtype, tensor.shape) if tensor is not None else ""
    return Box(
        role="input" if role == "input" else "output", title=title, detail=label(detail, LETTERS),
        color="other", count=1, node=label(first), holds="", nodes=0, macs=0, complete=True,
        params=0, written=tensor.bytes if tensor is not None else None, severity="",
    )  # fmt: skip


def _types(nodes: Iterable[Node]) -> str:
    """``4 Conv, 3 Relu, Add``."""
    counts = Counter(label(node.op_type, 30) for node in nodes).most_common()
    shown = [f"{units.count(n)} {name}" if n > 1 else name for name, n in counts[:TYPES]]
    more = sum(n for name, n in counts[TYPES:])
    return ", ".join([*shown, *([_("{n} more", n=units.count(more))] if more else [])])


def _listed(nodes: Iterable[tuple[Node, int]], most: int) -> tuple[BoxPart, ...]:
    """Operators, each with its MACs, that are alike added up; what costs least is one where there
    are too many."""
    alike: dict[tuple[str, str], list[tuple[Node, int]]] = {}
    for node, macs in nodes:
        alike.setdefault(_likeness(node), []).append((node, macs))
    parts = [
        BoxPart(title, place, same[0][0].id, len(same), sum(macs for _, macs in same))
        for (title, place), same in alike.items()
    ]
    if len(parts) <= most:
        return tuple(parts)
    ranked = sorted(range(len(parts)), key=lambda at: (-parts[at].macs, at))
    kept, rest = sorted(ranked[: most - 1]), ranked[most - 1 :]
    count, macs = sum(parts[at].count for at in rest), sum(parts[at].macs for at in rest)
    more = BoxPart(_("{n} more", n=units.count(count)), "", "", count, macs)
    return (*(parts[at] for at in kept), more)


def _likeness(node: Node) -> tuple[str, str]:
    """What it is and where it works; operators of which these are the same cost the same."""
    if counted_macs(node) and not node.composite:
        return shape_of(node)
    shape = node.outputs[0].shape if node.outputs else None
    return label(full_name(node), widths.NAME), units.shape(shape) if shape else ""


def _shape(tensor: DrawnSource | Tensor | None) -> tuple[int | None, ...] | None:
    shape: tuple[int | None, ...] | None = getattr(tensor, "shape", None)
    return shape


def _only(nodes: Iterable[Node]) -> str:
    """The color of what has no known cost, where that is of one kind."""
    colors = {color_of(node.kind) for node in nodes if is_unknown(node)} - {"other"}
    return colors.pop() if len(colors) == 1 else "other"


def _alone(nodes: Iterable[Node]) -> Counter[str]:
    """MACs by the color of their kind of one run of what may run and is not counted, such as the
    other one of two branches."""
    macs = Counter[str]()
    for node in nodes:
        if not node.composite and node.executions_range[1] != 0:
            macs[color_of(node.kind)] += node.macs or 0
    return macs
