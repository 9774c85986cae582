"""Read what a rule finds on real models: python -m tools.readings RULE MODEL_OR_FOLDER…

Prints findings of the rule that nobody has read yet, spread over the models and in an order that
``--seed`` decides, each with what its reader needs: the operator, its operands and neighbours, the
message and the remedy. Lines ``right|wrong|useless REASON`` on standard input, one for each finding
in the order printed, are appended to ``tests/readings/RULE.csv``; an empty line skips one. With
``--check`` instead of a rule: the readings of all rules on the models that are found by their
SHA-256, and which of them no longer hold.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from analyzer.analyze import analyze, analyze_weights
from analyzer.errors import ModelError
from analyzer.facts import Facts, Tensor
from analyzer.findings.finding import Finding
from analyzer.graph.adjacency import fed_by, read_by, vertex
from analyzer.lint import Settings, judge
from analyzer.model import load
from analyzer.ruleset import Rule, load_rules
from tests.readings.record import (
    ENOUGH,
    VERDICTS,
    Reading,
    append,
    files,
    path_of,
    read,
    specified,
)

MOST = 6
"""Neighbours and operands that are printed."""


class Seen(NamedTuple):
    """One finding at one place."""

    facts: Facts
    finding: Finding

    @property
    def key(self) -> tuple[str, str]:
        return self.facts.model.sha256 or "", self.finding.node


def models_in(paths: Iterable[str]) -> list[Path]:
    """Model files, those of folders in order of their names."""
    each = map(Path, paths)
    return [m for p in each for m in (sorted(p.rglob("*.onnx")) if p.is_dir() else [p])]


def judged(models: Iterable[Path], rules: Sequence[Rule]) -> Iterator[tuple[Facts, list[Finding]]]:
    """Facts and findings of each model that can be judged, each content once."""
    settings, known = Settings(preview=True), set()
    weights = any(rule.reads_weights for rule in rules)
    look = analyze_weights if weights else analyze
    for path in models:
        try:
            model = load(path)
            if model.info.sha256 in known:
                continue
            known.add(model.info.sha256)
            facts = look(model)
        except ModelError as error:
            sys.stderr.write(f"{path}: {error}\n")
            continue
        yield facts, list(judge(facts, rules, settings).findings)


def spread(found: Mapping[str, Sequence[Seen]], seed: int) -> list[Seen]:
    """Findings by model in turn, so that no model fills the sample."""
    draw = random.Random(seed)  # others can redraw it
    columns = [draw.sample(list(each), len(each)) for _, each in sorted(found.items())]
    draw.shuffle(columns)
    return [each for row in zip_longest(*columns) for each in row if each is not None]


def describe(seen: Seen) -> Iterator[str]:
    """What one needs to know to judge a finding."""
    facts, finding = seen
    yield f"{facts.model.path} ({facts.model.producer}, opset {facts.model.opset})"
    yield f"  at {finding.node or 'the model'}: {finding.message}"
    yield f"  remedy: {finding.remedy or ' '.join(finding.fix.split())}"
    if finding.node in facts:
        yield from _operator(facts, finding.node)
    else:
        yield from _tensor(facts, finding.node)


def _operator(facts: Facts, node: str) -> Iterator[str]:
    graph, call = facts.graph, vertex(facts.graph, node).call
    settings = " ".join(f"{k}={str(v)[:60]}" for k, v in call.attributes.items())
    yield f"  {call.domain and call.domain + '.'}{call.op_type} {settings}"
    constants = vertex(graph, node).constants
    for slot, tensor in enumerate(call.inputs[:MOST]):
        value = call.values[slot] if slot < len(call.values) else None
        said = "" if value is None else f" = {value.ravel()[:8].tolist()}"
        made = next((tail for tail, edge in fed_by(graph, node) if edge.slot == slot), None)
        by = f" from {vertex(graph, made).call.op_type} {made}" if made else ""
        yield f"    in {slot} {tensor}{' constant' if slot in constants else ''}{said}{by}"
    for tensor in call.outputs[:MOST]:
        yield f"    out {tensor}"
    ends = {t.name for t in facts.outputs}
    if any(t is not None and t.name in ends for t in call.outputs):
        yield "    an output of the model"
    for head, edge in [*read_by(graph, node)][:MOST]:
        yield f"    read by {vertex(graph, head).call.op_type} {head} as operand {edge.slot}"


def _tensor(facts: Facts, name: str) -> Iterator[str]:
    """Where a tensor is declared, made and read."""
    ends: Iterable[tuple[str, Tensor]] = (
        *(("input", t) for t in facts.inputs), *(("output", t) for t in facts.outputs),
        *((f"output of {n.op_type}", t) for n in facts.nodes for t in n.outputs),
    )  # fmt: skip
    for role, tensor in ends:
        if tensor.name == name:
            yield f"    {role} {tensor}"
    readers = [node for node in facts.nodes if name in node.inputs]
    for node in readers[:MOST] if name else ():
        yield f"    read by {node.op_type} {node.id}"


def read_rule(rule: Rule, opt: argparse.Namespace, others: Sequence[Rule]) -> int:
    """Print findings that were not read, and append the verdicts that come in."""
    old = {reading.key for reading in read(path_of(rule.id))}
    found: dict[str, list[Seen]] = defaultdict(list)
    total = 0
    rules = [rule, *(each for each in others if each.id in rule.yields_to)]
    for facts, findings in judged(models_in(opt.paths), rules):
        for finding in findings:
            if finding.rule != rule.id:
                continue
            total += 1
            seen = Seen(facts, finding)
            if seen.key not in old:
                found[seen.key[0]].append(seen)
    sample = spread(found, opt.seed)[: opt.count]
    sys.stdout.write(f"{rule.id} {rule.name}: {total} findings here, {len(old)} read\n")
    for number, seen in enumerate(sample, 1):
        sys.stdout.write(f"\n[{number}] " + "\n".join(describe(seen)) + "\n")
    if opt.list or not sample:
        return 0
    verdicts = []
    for seen, line in zip(sample, sys.stdin, strict=False):
        verdict, _, reason = line.strip().partition(" ")
        if verdict and verdict not in VERDICTS:
            sys.stderr.write(f"{verdict!r} is none of {', '.join(VERDICTS)}; nothing was written\n")
            return 2
        if verdict:
            verdicts.append(Reading(*seen.key, verdict, reason.strip()))
    append(rule.id, verdicts)
    sys.stdout.write(f"{len(verdicts)} readings appended to {path_of(rule.id)}\n")
    return 0


def check(paths: Sequence[str], rules: Sequence[Rule]) -> int:
    """Say which readings no longer hold, and which rules have findings that wait for a reader."""
    readings = {path.stem: {r.key: r for r in read(path)} for path in files()}
    totals: Counter[str] = Counter()
    present, stale = set(), 0
    for facts, findings in judged(models_in(paths), rules):
        digest = facts.model.sha256 or ""
        present.add(digest)
        now = {(finding.rule, finding.node) for finding in findings}
        totals.update(rule for rule, _ in now)
        for rule, known in readings.items():
            for (model, node), reading in known.items():
                said = (rule, node) in now
                if model == digest and said != (reading.verdict == "right"):
                    stale += 1
                    what = "is still said" if said else "is no longer said"
                    sys.stdout.write(
                        f"{rule}: {node or 'the model'} of {facts.model.path} was read as "
                        f"{reading.verdict} and {what}: {reading.reason}\n"
                    )
    for each in rules:
        have, there = len(readings.get(each.id, ())), totals[each.id]
        if each.status == "stable" and each.id not in specified() and have < min(ENOUGH, there):
            sys.stdout.write(f"{each.id}: {have} of {there} findings were read\n")
    absent = {model for known in readings.values() for model, _ in known} - present
    sys.stdout.write(
        f"{sum(map(len, readings.values()))} readings of {len(readings)} rules: {stale} no longer "
        f"hold; {len(absent)} of their models are not here\n"
    )
    return min(stale, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="judge the readings there are")
    parser.add_argument("--list", action="store_true", help="print findings, read no verdicts")
    parser.add_argument("--count", type=int, default=ENOUGH, help="findings to print")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("paths", nargs="+", help="RULE, then models or folders")
    opt = parser.parse_args()
    rules = load_rules()
    if opt.check:
        return check(opt.paths, rules)
    wanted, *opt.paths = opt.paths
    rule = next((each for each in rules if wanted in (each.id, each.name)), None)
    if rule is None or not opt.paths:
        parser.error("a rule and then models or folders are needed")
    return read_rule(rule, opt, rules)


if __name__ == "__main__":
    raise SystemExit(main())
