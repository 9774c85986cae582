"""Facts and rule files made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyzer.digraph import new_digraph
from analyzer.facts import (
    Assumption,
    Block,
    Certainty,
    Conv,
    Cost,
    Facts,
    Memory,
    ModelInfo,
    Node,
    Parameters,
    Problem,
    Saving,
    Separable,
    Tensor,
    Totals,
)

CONV = Conv(
    kind="standard", transposed=False, kernel="3×3", kernel_shape=(3, 3), kernel_volume=9,
    in_channels=256, out_channels=256, groups=1, channel_multiplier=None, strides=(1, 1),
    dilations=(1, 1), in_spatial=(14, 14), out_spatial=(14, 14), macs=115_605_504, params=589_824,
)  # fmt: skip
"""3×3, 256 to 256 channels on a 14×14 map: 14² · 3² · 256 · 256 MACs."""

SAVING = Saving(
    macs_now=115_605_504, macs_after=13_296_640, params_now=589_824, params_after=67_840,
    ratio=13_296_640 / 115_605_504, theory_ratio=1 / 256 + 1 / 9,
)  # fmt: skip
"""Depthwise 14² · 3² · 256 plus pointwise 14² · 256 · 256 MACs."""


def node(key: str = "y", **changes: Any) -> Node:
    """The convolution above as a node, changed at will."""
    plain = Node(
        id=key, scope="", name=key, op_type="Conv", domain="", inputs=("x", "w"),
        outputs=(Tensor(key, "float32", (1, 256, 14, 14)),), tags=(), cost=Cost(CONV.macs, None),
        params=CONV.params, executions=1, read_bytes=None, write_bytes=None, conv=CONV,
        saving=SAVING,
    )  # fmt: skip
    return replace(plain, **changes)


def facts(
    *nodes: Node,
    problems: tuple[Problem, ...] = (),
    assumptions: tuple[Assumption, ...] = (),
    blocks: tuple[Block, ...] = (),
    path: str = "models/net.onnx",
) -> Facts:
    """A model of the given nodes."""
    known = sum(n.macs or 0 for n in nodes)
    return Facts(
        model=ModelInfo(path, None, 0, 8, {"": 17}, "test"),
        inputs=(Tensor("x", "float32", (1, 256, 14, 14)),),
        outputs=(),
        assumptions=assumptions,
        nodes=nodes,
        blocks=blocks,
        totals=Totals(
            known, 0, 0, 0, None, True, 0, len(nodes), 0, {}, {}, {}, {}, Certainty.EXACT
        ),
        parameters=Parameters(0, 0, 0, 0, {"float32": 4}),
        memory=Memory(None, "", (), Certainty.UNKNOWN),
        separable=Separable(0, 0, 0, 0, ()),
        problems=problems,
        graph=new_digraph(),
    )


RULE = """\
id: TST001
name: test-rule
category: testing
severity: warning
applies-to: {node: [Conv]}
options:
  min-macs: {default: 1000, unit: MACs, help: Ignore cheaper ones.}
  max-ratio: {default: 0.5, help: A share.}
when: |
  conv.kind == 'standard'
  and conv.macs >= option.min_macs
message: |
  {{ conv.kernel }} convolution in {{ node.name }}
summary: Finds things.
rationale: Because.
fix: Change it.
examples:
  - name: one
    expect: match
    model: a
  - name: other
    expect: no-match
    model: b
"""
"""A rule file without errors."""


def rule_text(**changes: str) -> str:
    """``RULE`` with the one-line or block value of some keys replaced."""
    text = RULE
    for key, value in changes.items():
        key = key.replace("_", "-")
        lines = text.split("\n")
        start = next(i for i, line in enumerate(lines) if line.startswith(f"{key}:"))
        end = next(i for i in range(start + 1, len(lines)) if not lines[i].startswith(" "))
        lines[start:end] = [f"{key}: {value}"]
        text = "\n".join(lines)
    return text
