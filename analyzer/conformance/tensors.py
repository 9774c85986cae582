"""Stored tensors: their elements fill their shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Breach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.facts import Problem

FAMILY = "tensor"


def check_tensors(problems: Iterable[Problem]) -> Iterator[Breach]:
    """What reading the file found of sizes that do not fit."""
    for problem in problems:
        if problem.code == "tensor-size":
            yield Breach(
                "tensor-size", FAMILY, problem.where, problem.message,
                "store the elements that the shape asks for, or export the model again",
            )  # fmt: skip
