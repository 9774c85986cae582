"""Print what onnxlint costs: beside other tools, by size of model, beside its budgets.

``make bench`` runs all of it. Everything is measured side by side in one run, because on a shared
machine only ratios mean something. Nothing is asserted: this is for people to read before and
after a change. Standard library only, for the reason that `measure` gives.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tools.bench_table import markdown, ratio, row, seconds
from tools.measure import MEMORY, ROOT, SECONDS, Usage, run
from tools.peers import ONNXLINT, Case, Tool, cases, light, made, measure, peers

README = ROOT / "README.md"
PART = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- end -->)", re.DOTALL)
IMPORTS = "import onnx, networkx, jinja2"
ANALYSE = """
import sys, time
from analyzer.analyze import analyze
from analyzer.lint import lint
from analyzer.model import load
from analyzer.ruleset import load_rules
model, rules, times = load(sys.argv[1]), load_rules(), []
for _ in range(9):
    start = time.process_time()
    lint(analyze(model), rules)
    times.append(time.process_time() - start)
print(min(times))
"""
CHAINS = 1_000, 5_000, 20_000, 50_000
HEAVY = (
    ("537 MB embedded", "light8", "stack8", "0.4 s, 30 MiB"),
    ("3.0 GB embedded", "light45", "stack45", "60 MiB"),
    ("10 GB external", "light150", "stack150", "60 MiB"),
)
"""What, the same model with 64-byte weights, with heavy ones, the target."""


def python(*command: str | Path) -> Usage:
    """Run this interpreter; findings are no failure, anything else is."""
    used = run([sys.executable, *command], seconds=900)
    if used.trouble:
        raise RuntimeError(f"{command}: {used.trouble}: {used.stderr}")
    return used


def check(*arguments: str | Path) -> Usage:
    return python("-m", "analyzer", "check", "--no-config", "-q", *arguments)


def interleave(repeat: int, *measurements: Callable[[], Usage]) -> list[Usage]:
    """Of each measurement the run that took the least processor time."""
    rounds = [[measurement() for measurement in measurements] for _ in range(repeat)]
    return [min(column, key=lambda used: used.cpu) for column in zip(*rounds, strict=True)]


def versions(environment: Path, tools: tuple[Tool, ...]) -> dict[str, str]:
    """Of the packages in the peers' environment; those that are not installed are missing."""
    script = (
        "import sys\nfrom importlib.metadata import PackageNotFoundError, version\n"
        "for name in sys.argv[1:]:\n"
        "    try: print(name, version(name))\n    except PackageNotFoundError: pass"
    )
    words: list[str | Path] = [
        environment.resolve() / "bin/python",
        "-c",
        script,
        *(t.package for t in tools),
    ]
    lines = (line.partition(" ") for line in run(words).stdout.splitlines())
    return {name: number for name, _, number in lines}


def compare(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """onnxlint's column in units, the others as multiples of it."""
    everyone = peers(options.peers)
    installed = versions(options.peers, everyone)
    tools = (ONNXLINT, *(tool for tool in everyone if tool.package in installed))
    rows = []
    for case in cases(options.models):
        home = folder / "home"
        home.mkdir(exist_ok=True)
        with made(case, folder) as path:
            if path is None:
                rows.append([case.label, "not enough disk"])
                continue
            found = measure(case, path, tools, home, options.repeat)
        rows.append(row(case, tools, found))
        print(*rows[-1], sep=" | ", file=sys.stderr)
        for tool, other in zip(tools, found, strict=True):
            if other.trouble:
                print(f"  {tool.name}: {other.reason[:200]}", file=sys.stderr)
    head = ["", "onnxlint"]
    head += [f"{tool.name} {installed[tool.package]}" for tool in tools[1:]]
    yield markdown(head, rows)
    if missing := [tool.name for tool in everyone if tool.package not in installed]:
        yield f"\nNot installable here, so not measured: {', '.join(missing)}.\n"


def scaling(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Time and memory per operator, over those of a model with a few."""
    names = ["light8", *(f"chain{nodes}" for nodes in CHAINS)]
    paths = [folder / f"{name}.onnx" for name in names]
    for name, path in zip(names, paths, strict=True):
        python("-m", "tools.bench_models", name, path)
    base, *used = interleave(options.repeat, *(partial(check, p) for p in paths))
    yield markdown(
        ["operators in a chain", *(f"{nodes:,}" for nodes in CHAINS)],
        [
            ["`check`, processor time", *(seconds(u.cpu) for u in used)],
            ["µs per operator", *(
                f"{(u.cpu - base.cpu) / n * 1e6:.0f}" for u, n in zip(used, CHAINS, strict=True)
            )],
            ["KiB per operator", *(
                f"{(u.rss - base.rss) / n * 1024:.1f}" for u, n in zip(used, CHAINS, strict=True)
            )],
        ],
    )  # fmt: skip


def budgets(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    rows = [*_start(options), *_weights(options, folder), *_batch(options, folder)]
    rows += _reports(options, folder)
    yield markdown(["", "measured", "target"], rows)


def _start(options: argparse.Namespace) -> Iterator[list[str]]:
    small = ROOT / "samples/mobilenet_v1.onnx"
    ours, base = interleave(3 * options.repeat, lambda: check(small), lambda: python("-c", IMPORTS))
    yield [
        "`check` of MobileNetV1, whole process, beside importing onnx, networkx and jinja2",
        f"{ratio(ours.cpu / base.cpu)} × ({seconds(ours.cpu)} of processor time)", "1.5 ×",
    ]  # fmt: skip
    took = min(
        float(python("-c", ANALYSE, light("resnet50")).stdout) for _ in range(options.repeat)
    )
    yield [
        "analysis and rules, ResNet-50 already loaded", f"{took * 1000:.0f} ms of processor time",
        "60 ms",
    ]  # fmt: skip


def _weights(options: argparse.Namespace, folder: Path) -> Iterator[list[str]]:
    for what, small, big, target in HEAVY:
        path = folder / f"{small}.onnx"
        python("-m", "tools.bench_models", small, path)
        with made(next(c for c in cases(None) if c.source == big), folder) as heavy:
            if heavy is None:
                yield [what, "not enough disk", target]
                continue
            base, bare, hashed = interleave(
                options.repeat, partial(check, path), partial(check, heavy),
                partial(check, "--format=json", heavy),
            )  # fmt: skip
        yield [f"{what} over 64-byte weights", _more(bare, base), target]
        if "embedded" in what:  # the SHA-256 is that of the model's own file
            yield ["the same as JSON, with its SHA-256", _more(hashed, base), ""]


def _more(used: Usage, base: Usage) -> str:
    return f"{used.cpu - base.cpu:+.2f} s, {used.rss - base.rss:+.0f} MiB".replace("-", "−")


def _batch(options: argparse.Namespace, folder: Path) -> Iterator[list[str]]:
    case = Case("batch", options.models or "small200")
    with made(case, folder) as models:
        if models is None:
            raise RuntimeError("no disk space for 200 small models")
        number = len(list(models.glob("*.onnx")))
        words: list[str | Path] = [
            sys.executable,
            "-m",
            "analyzer",
            "check",
            "--no-config",
            "-q",
            "-j1",
            models,
        ]
        used = interleave(options.repeat, lambda: run(words))[0]
        first, again = _remembered(words, folder, options.repeat)
    yield [
        f"{number} small models, `-j 1`", f"{number / used.cpu:.0f} models/s, start included", "",
    ]  # fmt: skip
    yield [
        "the same for a cache that is empty", f"{ratio(first.cpu / used.cpu)} ×", "",
    ]  # fmt: skip
    yield [
        "the same once more, remembered", f"{ratio(again.cpu / first.cpu)} × that", "0.1 ×",
    ]  # fmt: skip


def _remembered(words: list[str | Path], folder: Path, repeat: int) -> tuple[Usage, Usage]:
    """The cheapest of runs that fill a cache, and of those that find everything in it."""
    runs = []
    for number in range(repeat):
        env = {"ONNXLINT_NO_CACHE": "", "ONNXLINT_CACHE_DIR": str(folder / f"cache{number}"),
               "XDG_STATE_HOME": str(folder / "state")}  # fmt: skip
        runs.append((run(words, env=env), run(words, env=env)))
    first, again = zip(*runs, strict=True)
    return min(first, key=lambda used: used.cpu), min(again, key=lambda used: used.cpu)


def _reports(options: argparse.Namespace, folder: Path) -> Iterator[list[str]]:
    chain = folder / "report.onnx"
    python("-m", "tools.bench_models", "chain5000", chain)
    for what, path, target in (
        ("ResNet-50", light("resnet50"), "4 s, 200 MiB"),
        ("a chain of 5,000 operators", chain, "15 s"),
    ):
        words = "-m", "analyzer", "report", "--no-config", "-q", path, "-o", folder / "out"
        used = interleave(options.repeat, partial(python, *words))[0]
        yield [
            f"HTML and PDF report of {what}",
            f"{seconds(used.cpu)} of processor time, {used.rss:.0f} MiB", target,
        ]  # fmt: skip


def machine() -> str:
    """When and where this was measured."""
    day = datetime.now(UTC).date()
    return (
        f"Measured on {day} with Python {platform.python_version()} on {os.cpu_count()} shared "
        f"{platform.machine()} cores (load {os.getloadavg()[0]:.1f}); at most {SECONDS} s of "
        f"processor time and {MEMORY >> 30} GiB of address space a process."
    )


PARTS = {"compare": compare, "scaling": scaling, "budgets": budgets}


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    parser.add_argument("--peers", type=Path, default=ROOT / "out/bench-venv",
                        help="virtual environment of the other tools")  # fmt: skip
    parser.add_argument("--models", type=Path, help="folder of small models, for the batch")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--readme", action="store_true", help="put the result into README.md")
    options = parser.parse_args()
    os.environ["ONNXLINT_NO_CACHE"] = "1"  # but where remembering is what is measured
    text = machine() + "\n"
    with tempfile.TemporaryDirectory() as name:
        for title, part in PARTS.items():
            if options.only in (None, title):
                folder = Path(name) / title
                folder.mkdir()
                text += "\n" + "".join(part(options, folder))
    print(text)
    if options.readme:
        README.write_text(PART.sub(lambda _: text, README.read_text()))


if __name__ == "__main__":
    main()
