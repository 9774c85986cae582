"""Ask targets about models in ONNX's text syntax."""

from __future__ import annotations

import onnx
from onnx import parser

from analyzer.analyze import analyze
from analyzer.deployment import TargetFit
from analyzer.model import load
from analyzer.targets.catalog import chosen
from analyzer.targets.table import Table, read_table


def model(text: str) -> onnx.ModelProto:
    """A model in text syntax; ``opset`` 17 unless it says another."""
    if not text.lstrip().startswith("<"):
        text = f'<ir_version: 8, opset_import: ["" : 17]>\n{text}'
    return parser.parse_model(text)


def fits(proto: onnx.ModelProto | str, *targets: str | Table) -> tuple[TargetFit, ...]:
    """What each target says of a model."""
    proto = model(proto) if isinstance(proto, str) else proto
    tables = [table for t in targets for table in (chosen([t]) if isinstance(t, str) else (t,))]
    return analyze(load(proto.SerializeToString(), digest=False), targets=tables).targets


def fit(proto: onnx.ModelProto | str, target: str | Table) -> TargetFit:
    """What one target says of a model."""
    return fits(proto, target)[0]


HEAD = """# id: {id}
# name: Our accelerator
# version: 1.0
# date: 2026-11
# source: our own measurements
# licence: none
# kind: {kind}
# match: range
# trust: A ours
domain,op,since,until,dtypes,condition,note
"""


def own(rows: str, kind: str = "delegate", head: str = "") -> Table:
    """A table of an accelerator of one's own."""
    text = HEAD.format(id="ours", kind=kind)
    text = text.replace("domain,op", f"{head}domain,op", 1)
    return read_table("ours.csv", (text + rows).encode())
