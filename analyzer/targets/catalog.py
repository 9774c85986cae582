"""The targets that ship, and what a name such as ``coreml`` or ``ort_cpu@1.20`` means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import ConfigError
from analyzer.sanitise.widths import quoted
from analyzer.targets.history import table_at, versions
from analyzer.targets.table import MOST_BYTES, read_table, shipped
from analyzer.targets.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.targets.table import Table

SHIPPED = (
    "ort_cpu", "ort_cuda", "ort_dml", "ort_webgpu_js", "ort_webgpu_native", "ort_webgl",
    "ort_webnn", "nnapi", "coreml_mlprogram", "coreml_neuralnetwork", "qnn_htp", "tensorrt",
    "migraphx", "openvino", "tract", "rten", "tflite_onnx2tf_tf", "tflite_onnx2tf_direct",
)  # fmt: skip
"""Ids, in the order in which they are shown."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "coreml": ("coreml_mlprogram", "coreml_neuralnetwork"),
    "cuda": ("ort_cuda",),
    "directml": ("ort_dml",),
    "litert": ("tflite_onnx2tf_tf", "tflite_onnx2tf_direct"),
    "onnxruntime": ("ort_cpu",),
    "qnn": ("qnn_htp",),
    "webgl": ("ort_webgl",),
    "webgpu": ("ort_webgpu_js", "ort_webgpu_native"),
    "webnn": ("ort_webnn",),
}
"""Other names, each for one target or the several ways to one."""


def chosen(words: Iterable[str]) -> tuple[Table, ...]:
    """The tables that ``words`` name, each once; all that ship for no word.

    A word is an id, a name of ``GROUPS``, or the path of a file of the same form, which has a
    ``.csv`` at its end or a slash in it; behind an ``@`` may be a version.

    Raises
    ------
    ConfigError
        With every word that names nothing, and what was probably meant.
    """
    given = list(words)
    if not given:
        return tuple(map(shipped, SHIPPED))
    found: dict[tuple[str, str], Table] = {}
    mistakes: list[str] = []
    for word in given:
        try:
            for table in _tables(word):
                found[table.id, table.version] = table
        except ConfigError as error:
            mistakes += error.lines
    if mistakes:
        raise ConfigError(*mistakes)
    return tuple(found.values())


def _tables(word: str) -> tuple[Table, ...]:
    if word.endswith(".csv") or "/" in word:
        return (_own(word),)
    name, at, version = word.partition("@")
    key = name.strip().lower().replace("-", "_")
    ids = GROUPS.get(key) or ((key,) if key in SHIPPED else ())
    if not ids:
        known = (*SHIPPED, *GROUPS)
        hint = did_you_mean(key, known) or f"; there are {', '.join(known)}, and files of your own"
        raise ConfigError(f"there is no target {quoted(name)}{hint}")
    if not at:
        return tuple(map(shipped, ids))
    return tuple(_at(target, version.strip()) for target in ids)


def _at(target: str, version: str) -> Table:
    table = shipped(target)
    if version and _names(version, table.version):
        return table
    past = [v for v in versions(target) if version and _names(version, v)]
    if past:
        return table_at(table, past[-1])
    known = tuple(versions(target))
    if known:
        what = f"; versions are {', '.join(known)}"
        hint = did_you_mean(version, known) or what
    else:
        hint = f"; its table is about {table.version} only"
    raise ConfigError(f"target {target} has no version {quoted(version)}{hint}")


def _names(asked: str, version: str) -> bool:
    """Whether ``asked`` is ``version``, or the beginning of it.

    >>> _names("11", "11.1"), _names("1.2", "1.20.1"), _names("1.20", "1.20.1")
    (True, False, True)
    """
    return version == asked or version.startswith((f"{asked}.", f"{asked} ", f"{asked}-"))


def _own(path: str) -> Table:
    try:
        if not Path(path).is_file():  # a pipe would keep us waiting
            missing = "is not a file" if Path(path).exists() else "there is no such file"
            raise ConfigError(f"{path}: {missing}")
        with Path(path).open("rb") as stream:
            table = read_table(path, stream.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    if table.id in SHIPPED:
        raise ConfigError(f"{path}: the id {table.id!r} is taken; give your target its own")
    table.validate()
    return table
