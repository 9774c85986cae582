"""Every command once on the samples: does onnxlint run with what is installed here?

``make lowest`` asks this of the lowest versions that pyproject.toml allows, where there is no test
tool. Numbers are those of the MobileNet paper; anything else that goes wrong ends with an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib.metadata import requires, version
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples"
MODEL = str(SAMPLES / "mobilenet_v1.onnx")
STANDARD = str(SAMPLES / "mobilenet_v1_standard.onnx")


def onnxlint(*words: str, code: int = 0) -> str:
    """What a command prints; it has to end with ``code``."""
    command = [sys.executable, "-m", "analyzer", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != code:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}, not {code}\n{done.stderr}")
    return done.stdout


def _try_examples() -> None:
    """Those of all rules, but for denormal numbers, which onnx before 1.23 cannot read as text."""
    newest = int(version("onnx").split(".")[1]) >= 23
    told = onnxlint("rules", "test", code=0 if newest else 1).splitlines()
    failed = [line for line in told if "FAIL" in line and "stof" not in line]
    if failed:
        sys.exit("\n".join(failed))


def main() -> None:
    """Run them all, and say with which versions."""
    if json.loads(onnxlint("inspect", MODEL, "--format", "json"))["totals"]["macs"] != 568_740_352:
        sys.exit("MobileNetV1 has other MACs than in its paper")
    onnxlint("check", MODEL, STANDARD, "--fail-on", "never")
    onnxlint("check", STANDARD, "--fail-on", "warning", "--format", "json", code=1)
    _try_examples()
    onnxlint("scale", MODEL)
    onnxlint("compare", STANDARD, MODEL)
    onnxlint("targets", MODEL)
    with tempfile.TemporaryDirectory() as folder:
        onnxlint("report", STANDARD, "-o", folder, "--format", "html,pdf,json,csv,netron")
        for suffix in ("graphml", "json", "dot"):
            onnxlint("graph", MODEL, "-o", f"{folder}/graph.{suffix}")
        if not Path(folder, "mobilenet_v1_standard.pdf").read_bytes().startswith(b"%PDF"):
            sys.exit("the report is no PDF")
    wanted = (name for name in requires("onnxlint") or () if "extra ==" not in name)
    names = [name.split(";")[0].split("<")[0].split(">")[0].split("!")[0] for name in wanted]
    print(f"Python {sys.version.split()[0]}:", ", ".join(f"{n} {version(n)}" for n in names))


if __name__ == "__main__":
    main()
