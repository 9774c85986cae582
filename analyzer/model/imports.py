"""The versions a model is written against: IR version and imported operator sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.facts import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from onnx import ModelProto


def newest_opset(ir_version: int) -> int:
    """The newest ai.onnx opset released for ``ir_version`` (onnx's own table of releases)."""
    from onnx import helper

    releases = [row[2] for row in helper.VERSION_TABLE if row[1] == ir_version]
    return max(releases) if releases else max(row[2] for row in helper.VERSION_TABLE)


def release_of(domain: str, version: int) -> int | None:
    """The IR version with which a version of ONNX's own operators was released first.

    ``None`` for domains and versions that onnx's table of releases does not have.
    """
    from onnx import helper

    column = {"ai.onnx": 2, "ai.onnx.ml": 3, "ai.onnx.preview.training": 4}.get(domain)
    if column is None:
        return None
    rows: Iterable[tuple[Any, ...]] = helper.VERSION_TABLE
    return min((row[1] for row in rows if row[column:][:1] == (version,)), default=None)


def settle(model: ModelProto) -> Iterator[Problem]:
    """Make ``model.opset_import`` unambiguous in place, and say what had to be decided.

    Afterwards every domain is imported once, ai.onnx is spelled ``""`` and always there: with
    opset 1 before IR version 3 (the ONNX specification), else with the newest opset released
    for the model's IR version.
    """
    yield from _ir_version(model)
    versions: dict[str, int] = {}
    for entry in model.opset_import:
        domain = "" if entry.domain == "ai.onnx" else entry.domain
        if versions.get(domain, entry.version) != entry.version:
            yield Problem(
                "duplicate-opset", domain,
                f"opset {domain or 'ai.onnx'} is imported as {versions[domain]} and as "
                f"{entry.version}; {entry.version} is used, remove the other import",
            )  # fmt: skip
        versions[domain] = entry.version
    if "" not in versions:
        uses_onnx = any(node.domain in {"", "ai.onnx"} for node in model.graph.node)
        versions[""] = 1 if 0 < model.ir_version < 3 else newest_opset(model.ir_version)
        if model.ir_version >= 3 and (uses_onnx or not model.opset_import):
            yield Problem(
                "missing-opset", "",
                f"the model does not say which opset it uses; {versions['']} is assumed, "
                "add an opset_import",
            )  # fmt: skip
    yield from _unknown(versions[""])
    if [(e.domain, e.version) for e in model.opset_import] != list(versions.items()):
        del model.opset_import[:]
        for domain, version in versions.items():
            model.opset_import.add(domain=domain, version=version)


def _ir_version(model: ModelProto) -> Iterator[Problem]:
    from onnx import IR_VERSION

    if model.ir_version < 1:
        yield Problem(
            "missing-ir-version", "",
            "the model does not say which IR version it uses; export it again",
            inconclusive=False,
        )  # fmt: skip
    elif model.ir_version > IR_VERSION:
        yield Problem(
            "unknown-ir-version", "",
            f"IR version {model.ir_version} is newer than {IR_VERSION}, the newest known here; "
            "update onnx",
        )  # fmt: skip


def _unknown(version: int) -> Iterator[Problem]:
    from onnx.defs import onnx_opset_version

    if not 0 < version <= onnx_opset_version():
        yield Problem(
            "unknown-opset", "",
            f"opset {version} is not one of 1 to {onnx_opset_version()}, which are known here; "
            "update onnx or the model",
        )  # fmt: skip
