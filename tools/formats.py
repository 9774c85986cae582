"""Rewrite the examples of docs/formats.md: what ``check`` prints in each format.

Below ``<!-- format NAME -->`` stands the output for the standard MobileNet and a file that does not
exist; of formats that say more than anybody wants to read in one piece, a part. A test compares.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from tools.readme import KEEP, ROOT, run

DOCUMENT = ROOT / "docs/formats.md"
PART = re.compile(r"(<!-- format (?P<name>[\w-]+) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)
MODEL = "samples/mobilenet_v1_standard.onnx"
MOST = {"csv": 3, "junit": 16}
"""Lines that are shown of an example, where not all are."""
WIDTH = 160
LANGUAGES = {"json": "json", "jsonl": "json", "sarif": "json", "gitlab": "json", "csv": "csv",
             "junit": "xml", "markdown": "markdown"}  # fmt: skip


def example(name: str) -> str:
    """The fenced example of a format."""
    environment = {key: os.environ[key] for key in KEEP if key in os.environ}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "samples").symlink_to(ROOT / "samples")
        words = ["check", MODEL, "missing.onnx", "--format", name, "--no-config"]
        done = run(words, Path(folder), environment | {"NO_COLOR": "1", "PYTHONPATH": str(ROOT)})
    if not done.stdout:
        raise RuntimeError(f"check --format {name} printed nothing: {done.stderr}")
    lines = _part(name, done.stdout)
    most = MOST.get(name, len(lines))
    shown = [line if len(line) <= WIDTH else f"{line[: WIDTH - 2]} …" for line in lines[:most]]
    more = ["…"] if len(lines) > most else []
    return "\n".join([f"````{LANGUAGES.get(name, 'text')}", *shown, *more, "````", ""])


def _part(name: str, text: str) -> list[str]:
    """The lines to show of an output."""
    if name == "json":
        found: Any = json.loads(text)
        model = found["models"][0]
        finding = model["findings"][0] | {"places": model["findings"][0]["places"][:1]}
        found = {"schema": found["schema"], "tool": found["tool"], "outcome": found["outcome"],
                 "models": [{"outcome": model["outcome"], "findings": [finding]}],
                 "failures": found["failures"]}  # fmt: skip
    elif name == "sarif":
        found = json.loads(text)["runs"][0]["results"][0]
        found["relatedLocations"] = found["relatedLocations"][:1]
    else:
        return text.splitlines()
    return json.dumps(found, indent=1, ensure_ascii=False).splitlines()


def render(text: str) -> str:
    """``text`` with every example made anew."""
    return PART.sub(lambda match: f"{match[1]}{example(match['name'])}{match[4]}", text)


def main() -> None:
    DOCUMENT.write_text(render(DOCUMENT.read_text()))
    print(DOCUMENT)


if __name__ == "__main__":
    main()
