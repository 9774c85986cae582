"""What the file says it is written against: IR version and operator sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Breach
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.facts import Problem
    from analyzer.graph.scope import Program
    from analyzer.model.proto import ModelMessage

FAMILY = "import"
INPUTS_OPTIONAL = 4
"""First IR version in which an initializer need not be an input, too."""


def check_versions(
    model: ModelMessage, program: Program, problems: Sequence[Problem]
) -> Iterator[Breach]:
    """``problems`` are those of reading the file, which had to settle the imports."""
    codes = {p.code: p for p in problems}
    if "missing-ir-version" in codes:
        stated = model.HasField("ir_version")
        yield Breach(
            "missing-ir-version", FAMILY, "",
            "the model states IR version 0" if stated else "the model states no IR version",
            "export it again with a current exporter", grave=not stated,
        )  # fmt: skip
    if "missing-opset" in codes:
        yield Breach(
            "missing-opset", FAMILY, "",
            "the model imports no version of the ONNX operators",
            "add the opset_import that it was written against",
        )  # fmt: skip
    version = program.main.opsets.get("", 1)
    if version < 1:
        yield Breach(
            "unknown-opset", FAMILY, "",
            f"the model imports version {version} of the ONNX operators; the first is 1",
            "import the version that it was written against",
        )  # fmt: skip
    elif 0 < model.ir_version < INPUTS_OPTIONAL:
        inputs = set(program.main.inputs)
        apart = [name for name in program.main.stored if name not in inputs]
        if apart:
            yield Breach(
                "initializer-without-input", FAMILY, apart[0],
                f"the file states IR version {model.ir_version}, in which every initializer is an "
                f"input, too; not listed there: {so_many(len(apart), 'initializer')}",
                f"state IR version {INPUTS_OPTIONAL} or later",
                grave=False,
            )  # fmt: skip
