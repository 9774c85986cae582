"""How much of what the package offers a user's type checker knows, by ``pyright --verifytypes``.

``python -m tools.typed`` names what of ours has no known type, and fails if anything has none.
pyright says it of everything in one run, and is asked again, about ours alone, where its words
are those for what lacks a type by itself.
NumPy's arrays, protobuf's messages, networkx's graphs and Jinja2's nodes are partly unknown
themselves, as are the numbers of the standard library, and whatever mentions one is so, too. It
fails if fewer than ``KNOWN`` are left, and ``--external`` names the others: what is handed on has
a type of our own (``analyzer.arrays``, ``analyzer.digraph``, ``analyzer.model.proto``).

mypy, which has just read everything else for `make lint`, is asked about the example in README.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.readme import ROOT, example_code

KNOWN = 0.99
"""Share of the public names whose type has to be known, the types of others counted."""
_LACKING = re.compile(r"missing|Unknown|unknown type|Type unknown")
"""What pyright says of a name that has no type, or one that is open, itself; of what is partly
unknown because something else is, it says only that."""


def report(*options: str) -> dict[str, Any]:
    """What pyright says of the package that this interpreter imports."""
    here = Path(sys.executable).parent
    path = os.pathsep.join([str(here), os.environ.get("PATH", "")])  # pyright asks its python
    done = subprocess.run(
        [here / "pyright", "--verifytypes", "analyzer", "--outputjson", *options],
        env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not done.stdout:
        raise SystemExit(f"pyright did not run: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)["typeCompleteness"]
    return found


def missing(found: dict[str, Any]) -> list[str]:
    """Public names without a known type, and what is the matter with each."""
    return [
        f"{symbol['name']}: {' '.join(told['message'].split())}"
        for symbol in found["symbols"]
        if symbol["isExported"] and (not symbol["isTypeKnown"] or symbol["isTypeAmbiguous"])
        for told in symbol["diagnostics"]
        if told["severity"] == "error"
    ]


def example() -> str:
    """What mypy has against README's example; nothing if its types are known."""
    code = example_code((ROOT / "README.md").read_text(encoding="utf-8"))
    code += "\nreveal_type(page)\nreveal_type(facts)\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "example.py")
        path.write_text(code, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "mypy", path], cwd=ROOT,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    notes = re.findall(r'note: Revealed type is "([\w.]+)"', done.stdout)
    known = [note.rpartition(".")[2] for note in notes] == ["str", "Facts"]
    return "" if known and not done.returncode else done.stdout + done.stderr


def main(words: list[str]) -> int:
    if complaints := example():
        print(f"README's example: {complaints}")
        return 1
    everything = report()
    others = missing(everything)
    total = sum(everything["exportedSymbolCounts"].values())
    share = everything["completenessScore"]
    suspicious = any(_LACKING.search(line.partition(": ")[2]) for line in others)
    lacking = missing(report("--ignoreexternal")) if suspicious else []
    for line in [*lacking, *(others if "--external" in words else ())]:
        print(line)
    names = {line.partition(": ")[0] for line in lacking}
    print(
        f"types known: {1 - len(names) / (total or 1):.1%} of {total:,} public names;"
        f" with the types of others, {share:.2%}"
    )
    return bool(lacking) or not total or share < KNOWN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
