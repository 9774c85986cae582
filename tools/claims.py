"""Check every claim of reports on models: python -m tools.claims MODEL_OR_FOLDER…

Each model is judged, reported as JSON, laid out as a page, and held against ``tests.claims``: what
a report says and its own facts deny is printed, with how many models and claims were looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from analyzer.report.content import HTML
from analyzer.report.rendering import render
from analyzer.report.result import Options
from analyzer.report.sheet import Report
from tests.claims.pages import objections
from tests.claims.truth import contradictions

ONNXLINT = (sys.executable, "-m", "analyzer")


def check(model: Path, folder: Path) -> tuple[int, list[str]]:
    """Claims made about a model, and what is wrong with them."""
    words = ("report", str(model), "-o", str(folder), "--format", "json", "--no-config", "-q")
    done = subprocess.run([*ONNXLINT, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        return 0, [f"no report: {done.stderr.strip()[:200]}"]
    data = (folder / f"{model.stem}.json").read_bytes()
    document = json.loads(data)
    # Before it is made brief: the marks of sentences are still there.
    html = render(Report(data).sheet, Options(), HTML)
    try:
        found = [*contradictions(document), *objections(html, document)]
    except AssertionError as error:
        found = [f"a fact is denied: {error}"[:300]]
    return len(document["claims"]), found


def main() -> int:
    paths = [Path(word) for word in sys.argv[1:]]
    models = [m for p in paths for m in (sorted(p.rglob("*.onnx")) if p.is_dir() else [p])]
    claims = wrong = 0
    for model in models:
        with tempfile.TemporaryDirectory() as folder:
            made, found = check(model, Path(folder))
        claims, wrong = claims + made, wrong + len(found)
        for line in found:
            sys.stdout.write(f"{model}: {line}\n")
    sys.stdout.write(f"{len(models)} models, {claims} claims, {wrong} contradictions\n")
    return min(wrong, 1)


if __name__ == "__main__":
    raise SystemExit(main())
