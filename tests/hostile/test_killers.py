"""Each operator that kills onnx's C++ is named and left out; the rest of the model is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze
from analyzer.model import Limits, load
from analyzer.model.guard import GuardFailure, guarded
from analyzer.report import Result
from analyzer.scaling.symbolic import symbolic_growth
from analyzer.shapes import run
from analyzer.shapes.onnx_inference import find_schema, infer_outputs
from tests import warm
from tests.fuzz import promises
from tests.fuzz.promises import kept
from tests.golden.text import facts, parse
from tests.hostile.killers import KILLERS, Killer, model

SEEN_WITH = "1.23.2"
"""Version of onnx that these kill: a later one may have learnt to refuse them."""
INSTALLED = onnx.__version__
STALL = 0.3
"""Seconds of a processor for one operator, which takes 50 µs: long enough to be a hang."""


def certain(killer: Killer) -> bool:
    """Whether the onnx installed here must die of it."""
    return INSTALLED == SEEN_WITH and not killer.luck


@pytest.mark.parametrize("name", KILLERS)
def test_killer_is_named_and_the_rest_is_judged(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no promise is broken."""
    killer = KILLERS[name]
    monkeypatch.setattr(promises, "LIMITS", replace(promises.LIMITS, guard_stall_seconds=STALL))
    result = kept(model(killer).SerializeToString())
    assert isinstance(result, Result)
    found = result.facts
    assert [n.op_type for n in found.nodes] == ["Conv", name.split(",")[0].split()[0], "Conv"]
    assert found.totals.macs == 2 * 13_824
    assert found.outputs[0].shape == (1, 8, 8, 8)
    deaths = [p for p in found.problems if p.code.startswith("inference-")]
    if deaths or certain(killer):
        (death,) = deaths
        assert death.code in {f"inference-{killer.how}", "inference-timeout"}
        assert death.where == "k"
        assert death.message.startswith(f"shape inference of {found.nodes[1].op_type} ")
        assert result.outcome == "inconclusive"


@pytest.mark.parametrize(
    ("kind", "restarts"), [("crashed", 4), ("error", 4), ("timeout", 2), ("memory", 2)]
)
def test_patience_with_a_model_of_many_killers_is_limited(
    monkeypatch: pytest.MonkeyPatch, kind: str, restarts: int
) -> None:
    tries: list[int] = []

    def dies(task: Any, *, limits: Limits, share: float) -> Any:
        if task.func is run._infer:
            tries.append(len(tries) + 1)
            return GuardFailure(kind, "died", tries[-1])
        return guarded(task, limits=limits, share=share)

    monkeypatch.setattr(run, "guarded", dies)
    relus = " ".join(f"t{i + 1} = Relu (t{i})" for i in range(9))
    found = facts(f"g (float[2] t0) => (float[2] t9) {{ {relus} }}")
    assert [p.where for p in found.problems] == [f"t{n}" for n in tries]
    assert len(tries) == restarts


def test_a_killer_is_asked_once_and_not_at_every_size() -> None:
    killer = model(KILLERS["Einsum, an equation that is not text"])
    killer.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "N"
    limits = Limits(guard_stall_seconds=STALL)
    found = symbolic_growth(load(killer.SerializeToString()), limits=limits)
    if any(growth.kind == "unknown" for growth in found) or INSTALLED == SEEN_WITH:
        (growth,) = found
        assert growth.reason.startswith("shape inference does not survive this model")


def test_slice_of_a_negative_dimension_never_reaches_onnx() -> None:
    made = parse(
        """g (float[2] i) => (float[?] k)
        <int64[1] s = {9}, int64[1] e = {0}, int64[1] a = {0}, int64[1] t = {-1}>
        { k = Slice (x, s, e, a, t) }"""
    )
    made.graph.initializer.add(name="x", data_type=TensorProto.FLOAT, dims=[-3])
    (node,) = made.graph.node
    stored = {t.name: t for t in made.graph.initializer}
    types = {name: helper.make_tensor_type_proto(t.data_type, t.dims) for name, t in stored.items()}
    data = {name: numpy_helper.to_array(t) for name, t in stored.items() if name != "x"}

    def ask(_: object) -> object:
        schema = find_schema("Slice", 17, "")
        return schema and infer_outputs(schema, node, types, data, {"": 17}, 10)

    raw = guarded(ask)
    if INSTALLED == SEEN_WITH:
        assert isinstance(raw, GuardFailure)
        assert raw.detail == "died of SIGABRT"
    found = analyze(load(made.SerializeToString()))
    assert {b.code for b in found.breaches if b.grave} == {"tensor-size"}


def test_all_killers_at_once(tmp_path: Path) -> None:
    killers = {name: killer for name, killer in KILLERS.items() if killer.how != "timeout"}
    for number, killer in enumerate(killers.values()):
        (tmp_path / f"{number}.onnx").write_bytes(model(killer).SerializeToString())
    words = ["check", str(tmp_path)]
    words += ["--limit", "guard_stall_seconds=1", "--limit", f"guard_bytes={1 << 29}"]
    done = warm.run_text(words, capture_output=True)
    assert "Traceback" not in done.stderr
    if INSTALLED == SEEN_WITH:
        assert done.returncode == 2
        for name in (name for name, killer in killers.items() if certain(killer)):
            assert f"shape inference of {name.split(',')[0].split()[0]} " in done.stdout
