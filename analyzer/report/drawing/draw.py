"""Facts → ``Drawing``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _
from analyzer.operators import find
from analyzer.report.drawing.branches import branch_words
from analyzer.report.drawing.fan import abreast
from analyzer.report.drawing.fold import Run, cut, fold
from analyzer.report.drawing.parts import (
    LEVELS,
    DrawnPart,
    is_unknown,
    main_node,
    parts_of,
    telling,
)
from analyzer.report.drawing.record import Box, BoxPart, Drawing, DrawnEdge
from analyzer.report.drawing.wiring import wire
from analyzer.report.view.kinds import color_of, counted_macs
from analyzer.report.view.layers import shape_of
from analyzer.report.view.summary import block_name
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from analyzer.facts import Facts, Node, Tensor
    from analyzer.report.drawing.record import Becoming, Depth
    from analyzer.report.drawing.wiring import DrawnSource, Wiring
    from analyzer.report.result import Result

MOST: Mapping[str, int] = {"blocks": 60, "modules": 60, "operators": 1500}
"""Boxes of a picture, ends left out: beyond, neighbours become one."""
FAN: Mapping[str, int] = {"blocks": 4, "modules": 4, "operators": 16}
"""Equal branches beside each other from which on they are one."""
ENDS = 6
"""Inputs, and outputs, that have a box each; more share the last."""
LETTERS = 28
"""Of a box's title."""
TYPES = 6
"""Most types of operators that are named of a box."""
PARTS, ALL_PARTS = 16, 400
"""Most operators of a box, those that are alike counted once, that are listed; and of all boxes."""
GRAVEST = ("error", "warning", "info")
NOTHING: Mapping[str, Becoming] = {}


def draw(
    result: Result, depth: Depth = "blocks", changes: Mapping[str, Becoming] = NOTHING
) -> Drawing:
    """The collapsed compute graph of a judged model; linear in operators and edges.

    ``changes`` says of operators what became of them between two models; boxes of which not the
    same became are not folded.
    """
    facts = result.facts
    wiring = wire(facts)
    # The innermost modules of which there are not too many.
    for level in range(LEVELS if depth == "modules" else 1, 0, -1):
        parts = parts_of(facts, wiring, depth, level)
        became = [_became(facts, changes, part.nodes) for part in parts]
        apart, told = parts, [_described(facts, part) for part in parts]
        keys = [(was, *said) for was, said in zip(became, told, strict=True)]
        parts, firsts = abreast(parts, keys, FAN[depth])
        became = [became[at] for at in firsts]
        described = [
            told[at] if part is apart[at] else _described(facts, part)
            for at, part in zip(firsts, parts, strict=True)
        ]
        runs, joined = _runs(parts, depth, became, described)
        if not joined:
            break
    builder = _Builder(facts, wiring, parts, runs, _severities(result), changes)
    return builder.drawing(depth, joined)


def _became(facts: Facts, changes: Mapping[str, Becoming], nodes: Sequence[str]) -> Becoming:
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


def _runs(
    parts: Sequence[DrawnPart],
    depth: Depth,
    became: Sequence[Becoming],
    described: Sequence[tuple[Hashable, ...]],
) -> tuple[list[Run], bool]:
    """What is drawn as one box: what is alike, less alike where there would be too many boxes,
    neighbours where there still are."""
    most = MOST[depth]
    feeds = [part.before for part in parts]
    runs = [Run(at, 1, 1) for at in range(len(parts))]
    if depth == "operators" and len(parts) <= most:
        return runs, False
    beside = [part.abreast for part in parts]
    alike: tuple[Callable[[int], Hashable], ...] = (
        lambda at: described[at],
        lambda at: described[at][:2],
        lambda at: described[at][0],
    )
    for key in alike:
        runs = fold([(became[at], beside[at], key(at)) for at in range(len(parts))], feeds)
        if len(runs) <= most:
            return runs, False
    return cut(len(parts), most), True


def _described(facts: Facts, part: DrawnPart) -> tuple[Hashable, ...]:
    """(title, where it works, all that a reader would compare), for ever finer likeness."""
    node = main_node(facts, part.nodes)
    shape = node.outputs[0].shape if node.outputs else None
    macs = sum(counted_macs(facts[each]) for each in part.nodes)
    title, detail = _words(facts, part)
    if part.module:
        title = "".join("#" if each.isdigit() else each for each in part.module)
    return title, shape[2:] if shape else None, detail, macs, shape, node.op_type


def _words(facts: Facts, part: DrawnPart) -> tuple[str, str]:
    """Title and detail of one part."""
    node = main_node(facts, part.one)
    if part.branch is not None:
        return branch_words(facts, part.branch, LETTERS)
    if part.block is not None:
        detail = part.block.detail
        ends = (detail.get("in_channels"), detail.get("out_channels"))
        words = [f"{ends[0]} → {ends[1]}"] if None not in ends else []
        if detail.get("heads"):
            words.append(_("{n} heads", n=detail["heads"]))
        if detail.get("stride") not in (None, 1):
            words.append(f"/ {detail['stride']}")
        return block_name(part.block.kind), label(", ".join(map(str, words)), LETTERS)
    if part.module:
        return label(part.module, LETTERS), ""
    return _operator_words(facts, part, node)


def _operator_words(facts: Facts, part: DrawnPart, node: Node) -> tuple[str, str]:
    if counted_macs(node) and (node.conv is not None or not node.composite):
        title, _ = shape_of(node)
        head, _, tail = title.rpartition(" ") if " → " not in title else _ends(title)
        return label(head or tail, LETTERS), label(tail if head else "", LETTERS)
    others = [facts[each] for each in part.one if each != node.id]
    most = max(map(telling, others), default=0)
    counts = Counter(each.op_type for each in others if telling(each) == most)
    more = ", ".join(label(name, LETTERS - 8) for name, _ in counts.most_common(1))
    return _fitting_name(node), f"+ {more}" if more else ""


def _ends(title: str) -> tuple[str, str, str]:
    head, arrow, tail = title.partition(" → ")
    kind, _, first = head.rpartition(" ")
    return kind, arrow, f"{first} → {tail}"


def _severities(result: Result) -> dict[str, str]:
    """Operator → the gravest severity of what is found about it."""
    found: dict[str, str] = {}
    for finding in result.places:
        known = found.get(finding.node)
        if known is None or GRAVEST.index(finding.severity) < GRAVEST.index(known):
            found[finding.node] = str(finding.severity)
    return found


class _Builder:
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
        self.facts, self.wiring, self.parts, self.runs = facts, wiring, parts, runs
        self.severities, self.changes = severities, changes
        self.members: dict[str, list[Node]] = {}
        for node in facts.nodes:
            owner = wiring.owner.get(node.id)
            if owner is not None:
                self.members.setdefault(owner, []).append(node)
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
        held = sum(box.nodes for box in self.boxes)
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
        nodes = [node for each in drawn for node in self.members[each]]
        running = [node for node in nodes if node.executions_range[1] != 0] or nodes
        plain = [node for node in running if node.id in self.wiring.reads
                 or (node.scope and node.id not in self.wiring.through)]  # fmt: skip
        macs = _by_color(nodes)
        alone = Counter[str]() if macs.total() else _by_color(nodes, alone=True)
        title, detail = self._title(run)
        main = main_node(self.facts, drawn)
        written = [tensor.bytes for node in running for tensor in node.outputs]
        found = {self.severities[node.id] for node in nodes if node.id in self.severities}
        done = macs if macs.total() else alone
        color = max(done, key=lambda kind: (done[kind], kind)) if done.total() else "other"
        return Box(
            role="join" if self._is_join(run) else "part",
            title=title,
            detail=detail,
            color=color,
            count=run.times,
            abreast=stretch[0].abreast if len({p.abreast for p in stretch}) == 1 else 1,
            node=main.id,
            holds=_types(plain),
            nodes=len(nodes),
            macs=macs.total(),
            alone=alone.total(),
            complete=not any(map(is_unknown, nodes)),
            params=sum(node.params for node in nodes),
            written=None if None in written else max((b for b in written if b), default=0),
            severity=next((each for each in GRAVEST if each in found), ""),
            parts=_listed(plain, max(2, min(PARTS, ALL_PARTS // len(self.runs)))),
            change=_became(self.facts, self.changes, drawn),
        )

    def _title(self, run: Run) -> tuple[str, str]:
        """Of the first repetition; where it has several parts, those that cost most."""
        first = self.parts[run.start : run.start + run.period]
        part, *others = first
        if not others:
            title, detail = _words(self.facts, part)
            last = _words(self.facts, self.parts[run.stop - 1])[1]
            if self._is_join(run):
                title = _sign(self.facts[part.nodes[0]])
            return title, detail if detail == last else label(f"{detail} … {last}", 34)
        costs = [sum(counted_macs(self.facts[n]) for n in part.nodes) for part in first]
        ranked = sorted(range(len(first)), key=lambda at: (-costs[at], at))
        named = sorted(at for at in ranked[:2] if costs[at] or at == ranked[0])
        names = dict.fromkeys(_words(self.facts, first[at])[0] for at in named)
        rest = len(first) - len(named)
        return label(" + ".join(names), 34), _("and {n} more", n=rest) if rest else ""

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
        alike.setdefault(tensor.shape, []).append(tensor)
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
    detail = units.shape(tensor.shape) if tensor is not None else ""
    return Box(
        role="input" if role == "input" else "output", title=title, detail=label(detail, LETTERS),
        color="other", count=1, node=label(first), holds="", nodes=0, macs=0, complete=True,
        params=0, written=tensor.bytes if tensor is not None else None, severity="",
    )  # fmt: skip


def _types(nodes: Sequence[Node]) -> str:
    """``4 Conv, 3 Relu, Add``."""
    counts = Counter(label(node.op_type, 30) for node in nodes).most_common()
    shown = [f"{units.count(n)} {name}" if n > 1 else name for name, n in counts[:TYPES]]
    more = sum(n for name, n in counts[TYPES:])
    return ", ".join([*shown, *([_("{n} more", n=units.count(more))] if more else [])])


def _listed(nodes: Sequence[Node], most: int) -> tuple[BoxPart, ...]:
    """Operators that are alike added up; what costs least is one where there are too many."""
    alike: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        alike.setdefault(_likeness(node), []).append(node)
    parts = [
        BoxPart(title, place, same[0].id, len(same), sum(map(counted_macs, same)))
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
    return label(_full_name(node), widths.NAME), units.shape(shape) if shape else ""


def _shape(tensor: DrawnSource | Tensor | None) -> tuple[int | None, ...] | None:
    shape: tuple[int | None, ...] | None = getattr(tensor, "shape", None)
    return shape


def _fitting_name(node: Node) -> str:
    """The full name, without the domain where both together are too long for a box."""
    full = _full_name(node)
    return full if len(full) <= LETTERS else label(node.op_type, LETTERS)


def _full_name(node: Node) -> str:
    """The operator's type, with its domain where that is not one of ONNX's."""
    known = node.domain in ("", "ai.onnx", "ai.onnx.ml")
    return node.op_type if known else f"{node.domain}.{node.op_type}"


def _by_color(nodes: Iterable[Node], *, alone: bool = False) -> Counter[str]:
    """MACs that the totals contain by the color of their kind; ``alone``: of one run of what may
    run and is not counted, such as the other one of two branches."""
    macs = Counter[str]()
    for node in nodes:
        times = int(alone and not node.composite and node.executions_range[1] != 0)
        macs[color_of(node.kind)] += (node.macs or 0) * times if alone else counted_macs(node)
    return macs
