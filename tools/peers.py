"""onnxlint beside other tools: what each uses on the same models, and whether its count is right.

Every run is a process of its own. Repetitions are interleaved and the least of each quantity
counts, because a shared machine only ever adds to it.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from tools.measure import ROOT, Usage, run

LONG = 15.0
"""Seconds from which on a run is not repeated."""
QUIET = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}
"""A benchmark tells nobody about itself."""
Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Tool:
    """A program to measure; ``{path}`` in its command is the model, ``{shapes}`` its inputs."""

    name: str
    package: str
    command: tuple[str, ...]
    counts: bool = False
    """Whether it states multiply-accumulates."""
    accepts: tuple[int, ...] = (0, 1)
    """Exit codes that mean it did its work."""
    refusal: str = "\0"
    """What it prints when it could not read the model, whatever its exit code."""

    def run(self, path: Path, shapes: Shapes, home: Path) -> Usage:
        """In an empty directory, which is its home too."""
        words = list[str]()
        for word in self.command:
            if word == "{shapes}":
                words += [f"{n}={','.join(map(str, s))}" for n, s in shapes.items()]
            elif word == "{options}":
                for name, sizes in shapes.items():
                    words += ["--shape", f"{name}={','.join(map(str, sizes))}"]
            else:
                words.append(word.replace("{path}", str(path)))
        used = run(words, env={**QUIET, "HOME": str(home)}, cwd=home)
        if used.code in self.accepts and used.code > 1:
            used = replace(used, code=1)
        refused = used.code >= 0 and self.refusal in used.stdout + used.stderr
        return replace(used, code=2) if refused else used


ONNXLINT = Tool(
    "onnxlint", "onnxlint",
    (sys.executable, "-m", "analyzer", "check", "--format=json", "--no-config", "-q", "-j1",
     "{options}", "{path}"),
    counts=True, accepts=(0, 1, 2), refusal='"models": []',
)  # fmt: skip


def peers(environment: Path) -> tuple[Tool, ...]:
    """The other tools, installed in a virtual environment."""
    programs, script = environment.resolve() / "bin", str(ROOT / "tools/peer_run.py")

    def api(name: str, package: str, *, counts: bool = True) -> Tool:
        command = (str(programs / "python"), script, package, "{shapes}", "{path}")
        return Tool(name, package, command, counts)

    return (
        api("onnx.load + infer_shapes", "onnx", counts=False),
        api("onnx-tool", "onnx-tool"),
        api("onnx-opcounter", "onnx-opcounter"),
        api("onnxsim", "onnxsim"),
        Tool("onnx-doctor", "onnx-doctor", (str(programs / "onnx-doctor"), "check", "{path}"),
             refusal="ERR0"),
        Tool("modelaudit", "modelaudit",
             (str(programs / "modelaudit"), "scan", "--no-cache", "-q", "-f", "json", "{path}"),
             accepts=(0, 1, 2)),
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A model to measure on."""

    label: str
    source: str | Path
    """A file, or the name of what `bench_models` makes."""
    macs: int | None = None
    """Multiply-accumulates, known from elsewhere; ``None``: not compared."""
    shapes: Shapes = field(default_factory=dict)
    """Sizes to bind open inputs to."""
    disk: int = 0
    """Bytes of disk it takes where files cannot be sparse."""


def light(name: str) -> Path:
    """One of the networks inside the onnx package."""
    spec = find_spec("onnx")
    if spec is None or spec.origin is None:
        raise RuntimeError("onnx is not installed")
    return Path(spec.origin).parent / f"backend/test/data/light/light_{name}.onnx"


def cases(models: Path | None) -> tuple[Case, ...]:
    """What the table has rows for; ``models``: a folder in place of the generated batch."""
    tokens = dict.fromkeys(("ids", "kinds", "mask"), (1, 128))
    return (
        Case("MobileNetV1", ROOT / "samples/mobilenet_v1.onnx", 568_740_352),
        Case("ResNet-50", light("resnet50"), 4_089_184_256),
        Case("DenseNet-121", light("densenet121"), 2_834_161_664),
        Case("BERT-base, 128 tokens", "bert", 11_174_215_680, disk=438 << 20),
        Case("transformer, open shapes", "dynamic", 5_587_402_752, tokens, disk=268 << 20),
        Case("chain of 20,000 nodes", "chain20000", 40_960_000),
        Case("537 MB of weights", "stack8", 8 * 4096**2, disk=537 << 20),
        Case("3.0 GB of weights", "stack45", 45 * 4096**2, disk=3 << 30),
        Case("10 GB of external weights", "stack150", 150 * 4096**2, disk=10 << 30),
        Case(f"{_count(models)} small models", models or "small200"),
    )


def _count(models: Path | None) -> int:
    return 200 if models is None else len(list(models.glob("*.onnx")))


@contextmanager
def made(case: Case, folder: Path) -> Iterator[Path | None]:
    """The model's path; a generated one is deleted afterwards. ``None``: no room on the disk."""
    if isinstance(case.source, Path):
        yield case.source.resolve()
    elif shutil.disk_usage(folder).free < case.disk + (1 << 30):
        yield None
    else:
        place = folder / case.source
        place.mkdir()
        path = place / f"{case.source}.onnx"
        try:
            maker = run([sys.executable, "-m", "tools.bench_models", case.source, path])
            if maker.code:
                raise RuntimeError(maker.stderr)
            yield path
        finally:
            shutil.rmtree(place)


@dataclass(frozen=True)
class Outcome:
    """What a tool came to on one model."""

    wall: float
    cpu: float
    rss: float
    trouble: str = ""
    reason: str = ""
    macs: int | None = None
    failed: int = 0
    """Models of a batch that it could not read or count."""


def outcome(used: Usage) -> Outcome:
    """Read what was printed: JSON of onnxlint, or the last lines of `peer_run`."""
    macs, failed = None, 0
    if not used.trouble:
        if used.stdout.startswith("{") and '"onnxlint"' in used.stdout[:300]:
            result = json.loads(used.stdout)
            if len(result["models"]) == 1:
                macs = result["models"][0]["totals"]["macs"]
            failed = len(result["failures"]) + sum(
                model["outcome"] == "inconclusive" for model in result["models"]
            )
        elif match := re.search(r"^(macs|failed)=(\d+)$", used.stdout, re.MULTILINE):
            number = int(match[2])
            macs, failed = (number, 0) if match[1] == "macs" else (None, number)
    return Outcome(used.wall, used.cpu, used.rss, used.trouble, used.reason, macs, failed)


def least(outcomes: Sequence[Outcome]) -> Outcome:
    """The last of several runs, with the least that any of them used."""
    return replace(
        outcomes[-1],
        wall=min(o.wall for o in outcomes),
        cpu=min(o.cpu for o in outcomes),
        rss=min(o.rss for o in outcomes),
    )


def measure(
    case: Case, path: Path, tools: Iterable[Tool], home: Path, repeat: int
) -> list[Outcome]:
    """One outcome per tool, in their order."""
    found: dict[Tool, list[Outcome]] = {tool: [] for tool in tools}
    for _ in range(repeat):
        for tool, outcomes in found.items():
            if not outcomes or (outcomes[-1].wall < LONG and not outcomes[-1].trouble):
                outcomes.append(outcome(tool.run(path, case.shapes, home)))
    return [least(outcomes) for outcomes in found.values()]
