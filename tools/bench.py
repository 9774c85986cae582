"""Print what onnxlint costs beside its budgets (`make bench`).

Everything is measured side by side in one run, because on a shared machine only ratios mean
something. Nothing is asserted: this is for people to read before and after a change.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import TensorProto, helper

ROOT = Path(__file__).parents[1]
RESNET50 = Path(onnx.__file__).parent / "backend/test/data/light/light_resnet50.onnx"
SMALL = ROOT / "samples/mobilenet_v1.onnx"
GIB = 1 << 30
IMPORTS = "import onnx, networkx, jinja2"
ANALYSE = """
import sys, time
from analyzer.analyze import analyze
from analyzer.lint import lint
from analyzer.model import load
from analyzer.ruleset import load_rules
model, rules, times = load(sys.argv[1]), load_rules(), []
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    lint(analyze(model), rules)
    times.append(time.process_time() - start)
print(sorted(times)[len(times) // 2])
"""
LOAD = "import sys; from analyzer.model import load; load(sys.argv[1], digest=False)"


@dataclass(frozen=True)
class Usage:
    """What one process and its children used."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processor time, user and system."""
    rss: int
    """Largest resident memory in MiB."""
    stdout: str


def run(*command: str | Path) -> Usage:
    """Run a command of this tree; its findings are no failure, a crash is."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        start = os.times()
        process = subprocess.Popen(
            [sys.executable, *map(str, command)], cwd=ROOT, stdout=out, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = os.times().elapsed - start.elapsed
        if process.returncode not in (0, 1):
            errors.seek(0)
            raise RuntimeError(f"{command} ended with {process.returncode}: {errors.read()}")
        out.seek(0)
        return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss >> 10, out.read())


def onnxlint(*arguments: str | Path) -> Usage:
    return run("-m", "analyzer", *arguments)


def chain(nodes: int) -> onnx.ModelProto:
    """``nodes`` convolutions and activations in a row, all 8 channels of 8×8."""
    weight = helper.make_tensor("w", TensorProto.FLOAT, [8, 8, 1, 1], [0.0] * 64)
    body = [
        helper.make_node("Relu", [f"t{i}"], [f"t{i + 1}"])
        if i % 2
        else helper.make_node("Conv", [f"t{i}", "w"], [f"t{i + 1}"])
        for i in range(nodes)
    ]
    first, last = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 8, 8, 8])
        for name in ("t0", f"t{nodes}")
    )
    graph = helper.make_graph(body, "chain", [first], [last], [weight])
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def varint(number: int) -> bytes:
    """Protobuf's base-128 encoding."""
    head = b""
    while number > 0x7F:
        head, number = head + bytes([number & 0x7F | 0x80]), number >> 7
    return head + bytes([number])


def write_heavy(path: Path, tensors: int, size: int) -> None:
    """A small model with ``tensors`` more weights of ``size`` bytes each, holes in a sparse file.

    Written field by field because a protobuf message cannot exceed 2 GiB in memory.
    """
    model = chain(2)
    graph = model.graph.SerializeToString()
    heads = []
    for number in range(tensors):
        tensor = TensorProto(name=f"w{number}", data_type=TensorProto.FLOAT, dims=[size // 4])
        fields = tensor.SerializeToString() + b"\x4a" + varint(size)  # raw_data is field 9
        heads.append(b"\x2a" + varint(len(fields) + size) + fields)  # initializer is field 5
    model.ClearField("graph")
    length = len(graph) + sum(len(head) + size for head in heads)
    with path.open("wb") as file:
        file.write(model.SerializeToString() + b"\x3a" + varint(length) + graph)  # field 7
        for head in heads:
            file.write(head)
            file.seek(size, os.SEEK_CUR)
        file.truncate()


def say(what: str, measured: str, budget: str) -> None:
    print(f"{what:<52} {measured:<34} budget {budget}", flush=True)


def bench_check() -> None:
    pairs = [(onnxlint("check", SMALL).wall, run("-c", IMPORTS).wall) for _ in range(9)]
    ours, base = (statistics.median(column) for column in zip(*pairs, strict=True))
    say(
        "check of a small CNN, whole process",
        f"{ours:.2f} s = {ours / base:.2f} × imports ({base:.2f} s)",
        "1.5 ×",
    )


def bench_analysis(folder: Path) -> None:
    seconds = float(run("-c", ANALYSE, RESNET50, "9").stdout)
    say("analysis of a loaded ResNet-50", f"{seconds * 1000:.0f} ms CPU", "60 ms")
    times = {}
    for nodes in (5_000, 20_000):
        path = folder / f"chain{nodes}.onnx"
        path.write_bytes(chain(nodes).SerializeToString())
        times[nodes] = onnxlint("check", path).cpu
    say(
        "check of a chain of 20,000 nodes",
        f"{times[20_000]:.1f} s CPU = {times[20_000] / times[5_000]:.1f} × 5,000 nodes",
        "5 s, linear",
    )


def bench_weights(folder: Path) -> None:
    light, heavy = folder / "light.onnx", folder / "heavy.onnx"
    write_heavy(light, 3, 1 << 10)
    write_heavy(heavy, 3, GIB)
    a, b = run("-c", LOAD, light), run("-c", LOAD, heavy)
    say(
        "structure of a model with 3 GiB of weights",
        f"{b.rss} MiB, {b.wall / a.wall:.2f} × with 3 KiB ({a.rss} MiB)",
        "200 MB, 1 ×",
    )


def bench_report(folder: Path) -> None:
    path = folder / "chain5000.onnx"
    for what, model, budget in (
        ("ResNet-50", RESNET50, "4 s, 200 MB"),
        ("5,000 nodes", path, "15 s"),
    ):
        used = onnxlint("report", model, "-o", folder / "report")
        say(f"HTML and PDF report of {what}", f"{used.cpu:.1f} s CPU, {used.rss} MiB", budget)


def main() -> None:
    bench_check()
    with tempfile.TemporaryDirectory() as name:
        bench_analysis(Path(name))
        bench_weights(Path(name))
        bench_report(Path(name))


if __name__ == "__main__":
    main()
