"""Compare what is said of targets with measurements that others made.

``python -m tools.targets_check FOLDER --models FOLDER`` reads reference files of these names, as
far as they are there, and prints for each how many rows agree and which do not:

- ``usability.csv``: parts, supported operators and operators by ONNX Runtime's usability checker.
  Given the checker's own verdict on each operator, ours have to count the same.
- ``val_cpu_nodes.csv``, ``val_cpu_models.csv``: whether ONNX Runtime made a session on CPU.
- ``qnn_measured.csv``: into how many parts a model fell on QNN.
- ``opset_cliffs.csv``: operators that a target runs at an older opset only.

``--edits`` also makes every change that is suggested on the models, and asks again.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.tools.mobile_helpers import usability_checker
from onnxruntime.tools.onnx_model_utils import ModelProtoWithShapeInfo, is_fixed_size_tensor

from analyzer.analyze import analyze
from analyzer.deployment import TargetFit
from analyzer.graph.program import program_of
from analyzer.model import load
from analyzer.model.limits import Limits
from analyzer.shapes.run import infer_shapes
from analyzer.shapes.stated import Bindings
from analyzer.targets.catalog import chosen
from analyzer.targets.flow import Manner
from analyzer.targets.judge import covers
from analyzer.targets.lowering import flow_of
from analyzer.targets.partition import partitions
from analyzer.targets.signatures import version_of
from analyzer.targets.table import Table, shipped
from tests.targets.test_edits import applied, keeps

LISTS = {
    "nnapi": ("nnapi_supported_ops.md", 999),
    "coreml_neuralnetwork": ("coreml_supported_neuralnetwork_ops.md", 5),
    "coreml_mlprogram": ("coreml_supported_mlprogram_ops.md", 5),
}
"""The checker's list of operators, and the highest rank that it allows."""
VERDICTS = {"whole": "yes", "no": "no", "maybe": "maybe"}
Row = dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where references, models and scratch files are."""

    reference: Path
    models: Path
    scratch: Path

    def rows(self, name: str) -> list[Row]:
        """A reference file; empty where there is none."""
        path = self.reference / name
        if not path.is_file():
            return []
        with path.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))

    def model(self, name: str) -> Path:
        """A model by its name in the references, which may have been cut short."""
        path = self.models / name
        return path if path.is_file() else self.models / f"{name.removesuffix('.onnx')}.onnx"


def fit_of(path: Path, tables: tuple[Table, ...]) -> tuple[TargetFit, ...]:
    """Where the model in a file runs."""
    return analyze(load(str(path), digest=False), targets=tables).targets


# --- the checker's count --------------------------------------------------------------------------


def usability(place: Place) -> None:
    """Parts by the checker's verdicts, on models after ONNX Runtime's basic optimisations."""
    by_model: dict[str, list[Row]] = defaultdict(list)
    for row in place.rows("usability.csv"):
        by_model[row["model"]].append(row)
    equal = reasons = 0
    for name, rows in by_model.items():
        path = optimised(place, name)
        program = program_of(load(str(path), digest=False), Limits())
        shapes = infer_shapes(program, Bindings(assume=False))
        flow = flow_of(program, shapes, Manner(fold=False))
        for row in rows:
            wanted = [row[key] for key in ("partitions", "supported_nodes", "total_nodes")]
            if not all(word.isdecimal() for word in wanted):
                reasons += 1
                print(f"  {name} {row['target']}: the checker gave up: {' '.join(wanted)}")
                continue
            verdicts = _verdicts(path, row["target"], row["mode"].startswith("static"))
            runs = [verdicts[use.op_type, tuple(use.op.proto.output)] for use in flow.uses]
            found = [str(n) for n in (partitions(flow, runs), sum(runs), len(runs))]
            equal += found == wanted
            if found != wanted:
                print(f"  {name} {row['target']} {row['mode']}: {found}, not {wanted}")
    print(f"usability: {equal} rows equal, {reasons} in which the checker raised an error")


@cache
def optimised(place: Place, name: str) -> Path:
    """The model after ONNX Runtime's basic optimisations; missing weights are zeros."""
    source = place.model(name)
    target = place.scratch / source.name
    if target.is_file():
        return target
    with tempfile.TemporaryDirectory() as folder:
        path = _complete(source, Path(folder))
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = str(target)
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 3
        options.add_session_config_entry(
            "session.optimized_model_external_initializers_file_name", f"{source.name}.data"
        )
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return target


def _complete(source: Path, folder: Path) -> Path:
    """The model with files of zeros for external data that is not there."""
    model = onnx.load(str(source), load_external_data=False)
    sizes: dict[str, int] = {}
    for tensor in _tensors(model.graph):
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        where = {entry.key: entry.value for entry in tensor.external_data}
        width = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)).itemsize
        size = int(where.get("length", np.prod(tensor.dims, dtype=np.int64) * width))
        end = int(where.get("offset", 0)) + size
        sizes[where["location"]] = max(sizes.get(where["location"], 0), end)
    if not sizes:
        return source
    for name, size in sizes.items():
        with (folder / name).open("wb") as stream:
            stream.truncate(size)
    return Path(shutil.copy(source, folder))


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            if attribute.HasField("g"):
                yield from _tensors(attribute.g)


def _verdicts(path: Path, target: str, fixed: bool) -> dict[tuple[str, tuple[str, ...]], bool]:
    """What the checker says of each operator, its faults included."""
    name, most = LISTS[target]
    listed = usability_checker._SupportedOpsChecker(
        str(Path(usability_checker.__file__).parent / name)
    )
    model = ModelProtoWithShapeInfo(path).model_with_shape_info
    found: dict[tuple[str, tuple[str, ...]], bool] = {}

    def look(
        graph: onnx.GraphProto, outer: dict[str, onnx.ValueInfoProto], known: set[str]
    ) -> None:
        values = dict(outer)
        if fixed:
            values |= {v.name: v for v in (*graph.input, *graph.output, *graph.value_info)}
        own = known | {tensor.name for tensor in graph.initializer}
        for node in graph.node:
            ranks = [len(values[n].type.tensor_type.shape.dim) for n in node.input if n in values]
            if node.op_type == "Transpose" and node.attribute:
                ranks.append(len(node.attribute[0].ints))
            sizes = all(is_fixed_size_tensor(values[n]) if n in values else n in own
                        for n in node.input)  # fmt: skip
            runs = (
                listed.is_op_supported(node)
                and (not fixed or sizes)
                and max(ranks, default=0) <= most
            )
            found[node.op_type, tuple(node.output)] = bool(runs)
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    look(attribute.g, values, own)

    look(model.graph, {}, set())
    return found


# --- sessions -------------------------------------------------------------------------------------


def sessions(place: Place, name: str, folder: Path) -> None:
    """Certain answers about ONNX Runtime on CPU against whether it made a session."""
    tables, counts = chosen(["ort_cpu"]), Counter[str]()
    for row in place.rows(name):
        path = folder / row["model"]
        if not path.is_file():
            path = place.model(row["model"])
        if not path.is_file():
            counts["no such model"] += 1
            continue
        verdict = VERDICTS[fit_of(path, tables)[0].verdict]
        wrong = (verdict, row["session"]) in {("no", "ok"), ("yes", "NotImplemented")}
        counts[verdict] += 1
        counts["wrong"] += wrong
        if wrong or verdict == "maybe":
            print(f"  {row['model']}: {verdict}, session {row['session']}")
    total = counts.total() - counts["wrong"]
    share = counts["maybe"] / total if total else 0
    print(f"{name}: {dict(counts)}, maybe {share:.1%}")


def node_models(folder: Path) -> None:
    """onnx's own examples of operators as files."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    for case in cases:
        if case.model is not None:
            (folder / f"{case.name}.onnx").write_bytes(case.model.SerializeToString())


# --- QNN ------------------------------------------------------------------------------------------


def qnn(place: Place) -> None:
    """Parts on QNN, of the files as they are and as ONNX Runtime's optimisations leave them."""
    tables, counts = chosen(["qnn_htp"]), Counter[str]()
    for row in place.rows("qnn_measured.csv"):
        if row["status"] != "ok":
            continue
        counts["rows"] += 1
        real = int(row["qnn_partitions"])
        for what, path in (
            ("file", place.model(row["model"])),
            ("optimised", optimised(place, row["model"])),
        ):
            fit = fit_of(path, tables)[0]
            counts[f"{what}: possible equal"] += fit.partitions == real
            counts[f"{what}: one of two"] += real in (fit.partitions, fit.partitions_certain)
            if fit.partitions != real:
                print(f"  {row['model']} ({what}): {fit.partitions}/{fit.partitions_certain}, "
                      f"measured {real}")  # fmt: skip
    print(f"qnn: {dict(counts)}")


# --- cliffs and changes ---------------------------------------------------------------------------


def cliffs(place: Place) -> None:
    """Operators that a target runs at an older opset, but no longer at a newer one."""
    counts = Counter[str]()
    for row in place.rows("opset_cliffs.csv"):
        table = shipped(row["target"])
        old, new = int(row["newest_supported_version"]), int(row["first_unsupported_version"])
        rows = table.rows("", row["op"])
        runs = [any(covers(table.match, each, rows, v) for each in rows) for v in (old, new)]
        known = version_of("", row["op"], new)
        ok = runs == [True, False] and known is not None and known.since == new
        counts["equal" if ok else "different"] += 1
        if not ok:
            print(f"  {row['target']} {row['op']}: {old} {runs[0]}, {new} {runs[1]}, {known}")
    print(f"cliffs: {dict(counts)}")


def changes(place: Place) -> None:
    """Every change that is suggested on the models, made with onnx and asked about again."""
    tables, counts = chosen([]), Counter[str]()
    for path in sorted(place.models.glob("*.onnx")):
        proto = onnx.load(str(path), load_external_data=False)
        asked: dict[str, list[tuple[TargetFit, int]]] = defaultdict(list)
        models: dict[str, onnx.ModelProto] = {}
        for fit in fit_of(path, tables):
            for number, edit in enumerate(fit.edits):
                key = repr((edit.opset, edit.ir, edit.sizes, edit.reshapes, edit.constants))
                models.setdefault(key, applied(proto, edit))
                asked[key].append((fit, number))
        for key, model in models.items():
            concerned = tuple(shipped(fit.target) for fit, _ in asked[key])
            after = analyze(
                load(model.SerializeToString(), digest=False), targets=concerned
            ).targets
            for (fit, number), now in zip(asked[key], after, strict=True):
                edit = fit.edits[number]
                counts["suggested"] += 1
                counts[edit.kind] += 1
                counts["kept"] += keeps(edit, now)
                if not keeps(edit, now):
                    print(f"  {path.name} {fit.target}: {edit.text}: promised {edit.verdict} "
                          f"{edit.partitions} {edit.supported}/{edit.nodes}, got {now.verdict} "
                          f"{now.partitions} {now.supported}/{now.nodes}")  # fmt: skip
    print(f"changes: {dict(counts)}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="folder of the reference files")
    parser.add_argument("--models", type=Path, required=True, help="folder of the models")
    parser.add_argument("--edits", action="store_true", help="make every suggested change, too")
    parser.add_argument("--only", default="", help="one of usability, nodes, models, qnn, cliffs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(arguments.reference, arguments.models, Path(folder))
        steps: dict[str, Callable[[], None]] = {
            "usability": lambda: usability(place),
            "models": lambda: sessions(place, "val_cpu_models.csv", place.models),
            "nodes": lambda: _nodes(place),
            "qnn": lambda: qnn(place),
            "cliffs": lambda: cliffs(place),
        }
        for name, step in steps.items():
            if arguments.only in ("", name):
                step()
        if arguments.edits:
            changes(place)


def _nodes(place: Place) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node_models(Path(folder))
        sessions(place, "val_cpu_nodes.csv", Path(folder))


if __name__ == "__main__":
    main()
