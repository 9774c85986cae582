"""What the catalogue of rules says about real models: python -m tools.catalogue MODEL_OR_FOLDER…

Printed are, for ``check`` as it is by default and with every rule and the weights: how many groups
of findings people get per model (median, third quartile, most), how many models carry a trust
warning or graver, which rules speak, and how many different remedies the catalogue has. With
``--full`` also the models that get the most groups.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from analyzer.ruleset import load_rules
from analyzer.ruleset.rule import Rule

ONNXLINT = (sys.executable, "-m", "analyzer")
EVERYTHING = ("--preview", "--weights", "--select", "ALL")
BOUGHT_ELSEWHERE = frozenset({"conformance", "budget"})
"""Categories whose remedy is "keep to ONNX" or "stay in your budget", whatever the rule."""
TRUST = "TRU"
_HEAD = "rule    status   severity  models groups  most  places  name"
MOST_GROUPS = 8
"""Groups of findings that three models of four may get by default."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule over all models."""

    rule: str
    name: str
    severity: str
    """The gravest that it was seen with."""
    models: int
    groups: int
    """What people see: one for each cause."""
    places: int
    most: int
    """Most groups in one model."""


@dataclass(frozen=True, slots=True)
class Measures:
    """All that one run of ``check`` over a folder says about the catalogue."""

    groups: Mapping[str, int]
    """Groups of findings by model."""
    rows: Sequence[Row]
    """The rules that speak, in most models first."""
    suspected: Sequence[str]
    """Models with a trust finding at warning or above."""
    outcomes: Mapping[str, int]

    @property
    def quartile(self) -> float:
        """Groups that three models of four do not exceed."""
        counts = sorted(self.groups.values())
        return quantiles(counts, n=4, method="inclusive")[2] if len(counts) > 1 else sum(counts)


def measure(models: Iterable[Mapping[str, Any]]) -> Measures:
    """Counts over the models of a JSON document of ``check``."""
    groups: dict[str, int] = {}
    outcomes: Counter[str] = Counter()
    suspected: list[str] = []
    by_rule: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for model in models:
        path, findings = model["model"]["path"], model["findings"]
        groups[path] = len(findings)
        outcomes[model["outcome"]] += 1
        for finding in findings:
            by_rule.setdefault(finding["rule"], {}).setdefault(path, []).append(finding)
        if any(f["rule"].startswith(TRUST) and f["severity"] != "info" for f in findings):
            suspected.append(path)
    rows = [_row(rule, found) for rule, found in by_rule.items()]
    rows.sort(key=lambda row: (-row.models, row.rule))
    return Measures(groups, rows, suspected, outcomes)


def _row(rule: str, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Row:
    findings = [finding for each in found.values() for finding in each]
    return Row(
        rule=rule,
        name=findings[0]["name"],
        severity=min((f["severity"] for f in findings), key=("error", "warning", "info").index),
        models=len(found),
        groups=len(findings),
        places=sum(f["count"] for f in findings),
        most=max(map(len, found.values())),
    )


def remedies(rules: Iterable[Rule], status: str = "") -> dict[str, int]:
    """How many different things to do the rules of each category name, those of one status only
    where that is given."""
    by_category: dict[str, set[str]] = {}
    for rule in rules:
        wanted = rule.status == status if status else rule.status != "deprecated"
        if wanted and rule.category not in BOUGHT_ELSEWHERE:
            by_category.setdefault(rule.category, set()).add(" ".join(rule.fix.split()))
    return {category: len(texts) for category, texts in sorted(by_category.items())}


def lines(measures: Measures, rules: Mapping[str, Rule], *, full: bool) -> Iterable[str]:
    """The measures as text."""
    counts = sorted(measures.groups.values())
    if not counts:
        yield "no model could be judged"
        return
    over = [path for path, count in measures.groups.items() if count > MOST_GROUPS]
    yield (
        f"{len(counts)} models: median {median(counts):g} groups, 75th percentile "
        f"{measures.quartile:g}, most {counts[-1]}; {len(over)} above {MOST_GROUPS}"
    )
    share = len(measures.suspected) / len(counts)
    yield f"trust warnings or errors in {len(measures.suspected)} models ({share:.1%})"
    yield from (f"  {path}" for path in measures.suspected[:20])
    yield "outcomes: " + ", ".join(f"{n} {word}" for word, n in sorted(measures.outcomes.items()))
    yield _HEAD
    for row in measures.rows:
        status = rules[row.rule].status if row.rule in rules else ""
        yield (
            f"{row.rule:8}{status:9}{row.severity:9}{row.models:7}{row.groups:7}{row.most:6}"
            f"{row.places:8}  {row.name}"
        )
    if full:
        for path in sorted(over, key=lambda path: -measures.groups[path])[:20]:
            yield f"{measures.groups[path]:4} groups in {path}"


def run(paths: Sequence[str], options: Sequence[str] = ()) -> Sequence[Mapping[str, Any]]:
    """The models of the JSON that ``check`` prints; raises ``ValueError`` if it prints none."""
    words = ("check", *paths, "--format", "json", "--no-config", "--no-hash", *options)
    done = subprocess.run([*ONNXLINT, *words], capture_output=True, text=True, check=False)
    if not done.stdout:
        raise ValueError(done.stderr.strip()[-400:])
    models: Sequence[Mapping[str, Any]] = json.loads(done.stdout)["models"]
    return models


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--full", action="store_true", help="name the models with most groups")
    parser.add_argument("--default-only", action="store_true", help="leave the second run out")
    opt = parser.parse_args()
    rules = {rule.id: rule for rule in load_rules()}
    for title, options in (("by default", ()), ("with " + " ".join(EVERYTHING), EVERYTHING)):
        if options and opt.default_only:
            break
        sys.stdout.write(f"== check {title}\n")
        text = "\n".join(lines(measure(run(opt.paths, options)), rules, full=opt.full))
        sys.stdout.write(text + "\n\n")
    for status in ("", "stable"):
        named = remedies(rules.values(), status)
        parts = ", ".join(f"{category} {count}" for category, count in named.items())
        words = f"{status} remedies" if status else "different remedies"
        sys.stdout.write(f"== {sum(named.values())} {words}: {parts}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
