"""Check every claim of reports on models: python -m tools.claims MODEL_OR_FOLDER…

Each model is judged, reported as JSON and HTML, and held against ``tests.claims``: what a report
says and its own facts deny is printed, with how many models and claims were looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.claims.pages import objections
from tests.claims.truth import contradictions

ONNXLINT = (sys.executable, "-m", "analyzer")


def check(model: Path, folder: Path) -> tuple[int, list[str]]:
    """Claims made about a model, and what is wrong with them."""
    words = ("report", str(model), "-o", str(folder), "--format", "html,json", "--no-config", "-q")
    done = subprocess.run([*ONNXLINT, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        return 0, [f"no report: {done.stderr.strip()[:200]}"]
    document = json.loads((folder / f"{model.stem}.json").read_text())
    html = (folder / f"{model.stem}.html").read_text()
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
