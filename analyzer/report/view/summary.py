"""The first page: what it is, the verdict, four numbers, the shares, what to do first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.facts import Certainty
from analyzer.findings.finding import Severity
from analyzer.report.result import FINDINGS, INCONCLUSIVE
from analyzer.report.view.kinds import color_of
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Facts, Node
    from analyzer.report.result import Result
    from analyzer.report.view.findings import Group


@dataclass(frozen=True, slots=True)
class Card:
    """One of the four headline numbers."""

    title: str
    value: str
    """With unit; *at least* in front where something is missing."""
    detail: tuple[str, ...]
    """Short lines under the number."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """One row of the breakdown by kind of layer."""

    kind: str
    color: str
    macs: int
    macs_share: float
    params: int
    params_share: float


def describe(facts: Facts) -> str:
    """One or two sentences on what the network is, from counts and shapes alone."""
    layers = facts.totals.weighted_layers
    parts = [f"{units.count(layers)} weighted {_plural(layers, 'layer')}"]
    kinds = Counter(block.kind for block in facts.blocks).most_common(2)
    parts += [f"{n} {_plural(n, block_name(kind) + ' block')}" for kind, n in kinds]
    text = f"{_family(facts)} of {_and(parts)}"
    first = next((n.conv for n in facts.nodes if n.conv is not None), None)
    if first is not None:
        stride = f", stride {_sides(first.strides)}" if max(first.strides, default=1) > 1 else ""
        text += f"; first convolution {first.kind} ({first.kernel}{stride})"
    inputs = [f"{label(t.name, 40)} {units.shape(t.shape)}" for t in facts.inputs[:3]]
    more = f" and {len(facts.inputs) - 3} more" if len(facts.inputs) > 3 else ""
    return f"{text}; {_plural(len(inputs), 'input')} {', '.join(inputs) or 'none'}{more}."


def block_name(kind: str) -> str:
    return kind.replace("-", " ")


def _family(facts: Facts) -> str:
    """The word for the network: what does half of its multiply-accumulates."""
    by: Counter[str] = Counter()
    for kind, macs in facts.totals.macs_by_kind.items():
        color = color_of(kind)
        by["products" if color in ("dense", "attention") else color] += macs
    convolutions = by.total() - by["products"] - by["recurrent"] - by["other"]
    half = by.total() // 2
    if not by.total():
        return "A graph"
    if convolutions > half:
        return "A convolutional network"
    if by["recurrent"] > half:
        return "A recurrent network"
    if by["products"] > half and any(block.kind == "attention" for block in facts.blocks):
        return "A transformer"
    return "A network of matrix products" if by["products"] > half else "A network"


def verdict(result: Result, groups: tuple[Group, ...]) -> str:
    """One sentence that a reader in a hurry may take away."""
    facts = result.facts
    errors = sum(f.severity is Severity.ERROR for f in result.groups)
    saved, _ = possible_saving(result)
    share = saved / facts.totals.macs if facts.totals.macs else 0
    if result.outcome == INCONCLUSIVE:
        n = sum(problem.inconclusive for problem in facts.problems)
        return f"Not conclusive: {many(n, 'problem')} kept part of the model unjudged."
    if errors:
        return f"{many(errors, 'error')} to fix before this model is used; see the findings."
    if share >= 0.01:
        now, after = facts.totals.macs, facts.totals.macs - saved
        known = "Compute" if facts.totals.complete else "The part of compute that is known"
        return (
            f"{known} could fall by {units.percent(share)}, from {units.si(now, 'MAC')} to "
            f"{units.si(after, 'MAC')}, at the price of retraining."
        )
    if facts.totals.unknown_nodes:
        unknown = many(facts.totals.unknown_nodes, "operator")
        return f"Judged in part: the cost of {unknown} is unknown, so totals are minima."
    if not facts.totals.complete:
        return "Judged in part: nothing bounds how often a loop runs, so totals are minima."
    if result.outcome == FINDINGS:
        n = len(result.groups)
        rules = many(len(groups), "rule")
        return f"Nothing urgent: {many(n, 'finding')} from {rules}, no large saving."
    if silent := silenced(result):
        return f"Nothing new: no finding but {silent}."
    if result.rules:
        return f"Clean: none of the {len(result.rules)} rules applied objects to this model."
    return "No rule was applied; the numbers below are facts without a judgement."


def silenced(result: Result) -> str:
    """``2 suppressed and 1 in the baseline``; empty where no finding was silenced."""
    counts = (result.suppressed, "suppressed"), (result.accepted, "in the baseline")
    return " and ".join(f"{units.count(n)} {word}" for n, word in counts if n)


def possible_saving(result: Result) -> tuple[int, int]:
    """(MACs, parameters) that acting on every finding saves, each node once.

    Without rules the separable plan stands in: every convolution with a cheaper form.
    """
    best: dict[str, tuple[int, int]] = {}
    for finding in result.places:
        if finding.saving is not None:
            figures = (finding.saving.macs, finding.saving.params)
            best[finding.node] = max(best.get(finding.node, (0, 0)), figures)
    if not result.rules and not result.findings:
        plan = result.facts.separable
        return plan.macs_now - plan.macs_after, plan.params_now - plan.params_after
    return sum(macs for macs, _ in best.values()), sum(params for _, params in best.values())


def cards(result: Result, headline: str) -> tuple[Card, ...]:
    """Compute, parameters, peak activation, possible saving."""
    facts = result.facts
    return (_compute(facts, headline), _parameters(facts), _peak(facts), _saving(result))


def _compute(facts: Facts, headline: str) -> Card:
    totals = facts.totals
    macs = units.span(*totals.macs_range, "MAC")
    flops = units.span(*totals.flops_range, "FLOP")
    unknown = many(totals.unknown_nodes, "operator")
    how = {
        Certainty.EXACT: "exact, from the file alone",
        Certainty.ASSUMED: "exact under the assumptions below",
        Certainty.LOWER_BOUND: f"{unknown} of unknown cost"
        if totals.unknown_nodes
        else "nothing bounds how often a loop runs",
        Certainty.UNKNOWN: "not known",
    }[totals.certainty]
    if totals.certainty is Certainty.ASSUMED and totals.macs_range[0] != totals.macs_range[1]:
        how = "depending on data"
    if headline == "flops":
        return Card("Compute", flops, (f"{units.span(*totals.flops_range)} FLOPs = {macs}", how))
    return Card("Compute", macs, (f"{units.span(*totals.macs_range)} MACs = {flops}", how))


def _parameters(facts: Facts) -> Card:
    stored = facts.parameters.weight_bytes
    where = f"{units.count(facts.totals.params)} values, {units.size(stored)} in memory"
    buffers = facts.parameters.buffers
    extra = (f"and {units.count(buffers)} buffer values",) if buffers else ()
    if facts.parameters.certainty is not Certainty.EXACT:
        extra = (*extra, f"{facts.parameters.certainty}: {label(facts.parameters.reason, 120)}")
    return Card("Parameters", units.si(facts.totals.params), (where, *extra))


def _peak(facts: Facts) -> Card:
    memory = facts.memory
    low, high = memory.peak_range
    value = units.size(memory.peak_bytes) if memory.peak_bytes is not None else "unknown"
    if memory.peak_bytes is not None and high is None:
        value = f"at least {value}"
    elif low != high:
        value = f"{units.size(low)} to {units.size(high)}"
    node = next((n.name for n in facts.nodes if n.id == memory.at_node), "") or memory.at_node
    where = (f"while {label(node, 40)} runs",) if node else ()
    return Card("Peak activation memory", value, (*where, "in the file's order of operators"))


def _saving(result: Result) -> Card:
    macs, params = possible_saving(result)
    total = result.facts.totals.macs
    if not macs or not total:
        silent = silenced(result)
        words = f"not counting {silent}" if silent else "no rule suggests a cheaper layer"
        return Card("Possible saving", "none found", (words,))
    whole = "compute" if result.facts.totals.complete else "the known compute"
    share = f"{units.percent(macs / total)} of {whole}"
    return Card(
        "Possible saving", units.si(macs, "MAC"), (share, f"and {units.si(params)} parameters")
    )


def shares(facts: Facts) -> tuple[KindRow, ...]:
    """MACs and parameters by kind, largest first; kinds below 0.05 % of both are joined."""
    totals = facts.totals
    macs_sum = sum(totals.macs_by_kind.values()) or 1
    params_sum = sum(totals.params_by_kind.values()) or 1
    rows: list[KindRow] = []
    rest_macs = rest_params = 0
    for kind in {**totals.macs_by_kind, **totals.params_by_kind}:
        macs, params = totals.macs_by_kind.get(kind, 0), totals.params_by_kind.get(kind, 0)
        if max(macs / macs_sum, params / params_sum) < 0.0005 or len(rows) >= 9:
            rest_macs, rest_params = rest_macs + macs, rest_params + params
            continue
        rows.append(
            KindRow(
                label(kind, 40), color_of(kind), macs, macs / macs_sum, params, params / params_sum
            )
        )
    if rest_macs or rest_params:
        rows.append(
            KindRow("all others", "other", rest_macs, rest_macs / macs_sum, rest_params,
                  rest_params / params_sum)
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda r: (-r.macs, -r.params, r.kind)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many operators have a known cost, and why the others have not."""

    known: int
    total: int
    missing: tuple[tuple[str, int, str], ...]
    """(operator type, how many, reason), most frequent first."""

    @property
    def complete(self) -> bool:
        return self.known == self.total

    @property
    def share(self) -> float:
        return self.known / self.total if self.total else 1.0


def coverage(nodes: Iterable[Node]) -> Coverage:
    """Operators whose MACs are known; those inside a branch that is not counted are left out."""
    judged = [n for n in nodes if n.counted and not n.composite]
    missing = Counter(
        (_qualified(n), label(n.cost.reason) or "no reason given") for n in judged if n.macs is None
    )
    rows = sorted(missing.items(), key=lambda item: (-item[1], item[0]))
    return Coverage(
        len(judged) - missing.total(), len(judged), tuple((op, n, why) for (op, why), n in rows)
    )


def opsets(imports: Mapping[str, int]) -> str:
    """``ai.onnx 17, com.microsoft 1``."""
    return ", ".join(f"{label(d) or 'ai.onnx'} {v}" for d, v in sorted(imports.items())) or "none"


def _qualified(node: Node) -> str:
    domain = f"{node.domain}." if node.domain not in ("", "ai.onnx") else ""
    return label(domain + node.op_type)


def many(n: int, word: str) -> str:
    """``1 layer``, ``2 layers``."""
    return f"{units.count(n)} {_plural(n, word)}"


def _sides(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else "×".join(map(str, values))


def _plural(n: int, word: str) -> str:
    return word if n == 1 else f"{word}s"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
