"""``[operators."domain::Name"]`` of a configuration: what a team says of its own operators."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.operators import shipped
from analyzer.operators.declared import KINDS, Declaration, declarable, operator_key
from analyzer.ruleset.arithmetic import Arithmetic
from analyzer.ruleset.fields import did_you_mean
from analyzer.ruleset.trees import Refused
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from analyzer.cli.config.table import ConfigTable
    from analyzer.operators.record import Kind

SAME = "x"
"""The shape of every output is that of the first input."""


def declarations(table: ConfigTable, path: str) -> tuple[Declaration, ...]:
    """Everything under ``operators``; what is wrong goes to the table's errors."""
    found = []
    for name, entry in table.named_tables("operators"):
        declaration = _declaration(name, entry, os.path.basename(path))
        entry.finish()
        if declaration is None:
            own = "of a domain that is not ONNX's own, and no operator that is known already"
            table.error(
                "operators", f"{quoted(name, widths.NAME)} must be 'domain::Operator', {own}"
            )
        else:
            found.append(declaration)
    return tuple(found)


def _declaration(name: str, entry: ConfigTable, path: str) -> Declaration | None:
    like, kinds = entry.text("like"), entry.texts("inputs")
    macs, flops = _number(entry, "macs"), _number(entry, "flops")
    shape = _shape(entry)
    other = operator_key(like) if like else None
    if other is not None and shipped(*other) is None:
        entry.error("like", f"no operator {quoted(like, widths.NAME)} is known")
        other = None
    inputs = tuple(found for kind in kinds if (found := _kind(entry, kind)) is not None)
    if not declarable(name):
        return None
    return Declaration(
        *operator_key(name), path, other, inputs if entry.has("inputs") else None, shape, macs,
        flops,
    )  # fmt: skip


def _kind(entry: ConfigTable, word: str) -> Kind | None:
    kind = KINDS.get(word)
    if kind is None:
        hint = did_you_mean(word, KINDS) or f"; known are {', '.join(KINDS)}"
        entry.error("inputs", f"unknown kind {quoted(word)}{hint}")
    return kind


def _number(entry: ConfigTable, key: str) -> Arithmetic | None:
    text = entry.text(key) if entry.has(key) else ""
    return _parse(entry, key, text) if text else None


def _parse(entry: ConfigTable, key: str, text: str) -> Arithmetic | None:
    try:
        return Arithmetic(text)
    except Refused as refusal:
        entry.error(key, str(refusal))
        return None


def _shape(entry: ConfigTable) -> tuple[tuple[Arithmetic, ...], ...] | None:
    """``"x"``, a list with an expression for each axis, or such a list for each output."""
    outputs = entry.axes("shape")
    if outputs is None:
        return None
    if outputs == SAME:
        return ()
    parsed = [[_parse(entry, "shape", axis) for axis in axes] for axes in outputs]
    return tuple(tuple(size for size in axes if size is not None) for axes in parsed)
