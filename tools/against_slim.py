"""What onnxslim removes from models, and how much of it findings name: python -m
tools.against_slim MODEL…

For each model and operator type: how many operators onnxslim takes out (those of bodies included;
what it puts in instead is listed too), and how many of that type findings of the categories
structure and efficiency are about. The share that is named is the sum of the smaller numbers over
the sum of the first. Constant and ConstantOfShape are left aside: they are how constants are
written down. onnxslim is no dependency of anything: ``pip install onnxslim`` where it is wanted
(``make slim`` does); it runs in a process of its own, with all that it prints discarded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from analyzer.analyze import analyze
from analyzer.errors import ModelError
from analyzer.findings.group import ungroup
from analyzer.lint import Settings, lint
from analyzer.model import load
from analyzer.ruleset import load_rules

ASIDE = frozenset({"Constant", "ConstantOfShape"})
CATEGORIES = frozenset({"structure", "efficiency"})
ENOUGH = 0.9
SECONDS = 600

_SLIM = """
import contextlib, io, json, sys
from collections import Counter
import onnx, onnxslim

def count(graph, found):
    for node in graph.node:
        found[node.op_type] += 1
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                count(attribute.g, found)
    return found

model = onnx.load(sys.argv[1])
before = count(model.graph, Counter())
with contextlib.redirect_stdout(io.StringIO()):
    after = count(onnxslim.slim(model).graph, Counter())
print(json.dumps([before, after]))
"""


class Row(NamedTuple):
    """One operator type of one model."""

    op_type: str
    before: int
    removed: int
    named: int

    @property
    def met(self) -> int:
        """Removed operators that findings name."""
        return min(self.removed, self.named)


def slimmed(path: Path) -> tuple[Counter[str], Counter[str]]:
    """Operators by type before and after; raises ``RuntimeError`` where onnxslim fails."""
    done = subprocess.run([sys.executable, "-c", _SLIM, str(path)], capture_output=True, text=True,
                          timeout=SECONDS, check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["onnxslim failed"])[-1])
    before, after = json.loads(done.stdout.strip().splitlines()[-1])
    return Counter(before), Counter(after)


def named(path: Path, *, preview: bool) -> Counter[str]:
    """Operators by type that findings about structure are about, each once."""
    facts = analyze(load(path))
    rules = [rule for rule in load_rules() if rule.category in CATEGORIES]
    findings = ungroup(lint(facts, rules, Settings(preview=preview)))
    places = {finding.node for finding in findings if finding.node in facts}
    return Counter(facts[place].op_type for place in places)


def compare(before: Counter[str], after: Counter[str], found: Counter[str]) -> list[Row]:
    """One row for each type that became fewer, those removed most often first."""
    rows = [
        Row(op_type, count, count - after[op_type], found[op_type])
        for op_type, count in before.items()
        if op_type not in ASIDE and after[op_type] < count
    ]
    return sorted(rows, key=lambda row: (-row.removed, row.op_type))


def share(rows: list[Row]) -> float | None:
    """Named part of what was removed; ``None`` where nothing was."""
    removed = sum(row.removed for row in rows)
    return sum(row.met for row in rows) / removed if removed else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--preview", action="store_true", help="count preview rules too")
    opt = parser.parse_args()
    below = 0
    for path in opt.models:
        try:
            before, after = slimmed(path)
            rows = compare(before, after, named(path, preview=opt.preview))
        except (RuntimeError, ModelError, subprocess.TimeoutExpired) as error:
            sys.stdout.write(f"{path.name}: {error}\n")
            continue
        part = share(rows)
        below += part is not None and part < ENOUGH
        said = (
            "nothing removed" if part is None else f"{part:.0%} of what onnxslim removes is named"
        )
        sys.stdout.write(
            f"{path.name}: {before.total():,} -> {after.total():,} operators, {said}\n"
        )
        for row in rows:
            sys.stdout.write(f"  {row.op_type:<22} removed {row.removed:>4} of {row.before:>4}, "
                             f"named {row.named:>4}\n")  # fmt: skip
        added = {kind: after[kind] - before[kind] for kind in after if after[kind] > before[kind]}
        if added:
            sys.stdout.write(f"  put in: {', '.join(f'{n} {kind}' for kind, n in added.items())}\n")
    return min(below, 1)


if __name__ == "__main__":
    sys.exit(main())
