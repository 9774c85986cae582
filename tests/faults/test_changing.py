"""Model files that shrink, grow, are rewritten, replaced or disappear while they are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.errors import ModelError
from analyzer.model import Model, elements, load, source, wire
from analyzer.model.encoding import Buffer
from tests.cli.conftest import Cli

COUNT = 300_000
"""Elements of a weight: more than a page, less than a view that is mapped."""


def write_model(path: Path, *, external: str = "") -> None:
    """A convolution whose weights the file, or one beside it, holds."""
    weights = np.zeros((COUNT // 300, 100, 3, 1), np.float32)
    tensor = numpy_helper.from_array(weights, "w")
    if external:
        path.with_name(external).write_bytes(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=external)
    node = helper.make_node("Conv", ["x", "w"], ["y"])
    x = helper.make_tensor_value_info("x", 1, [1, 100, 8, 8])
    y = helper.make_tensor_value_info("y", 1, None)
    graph = helper.make_graph([node], "g", [x], [y], [tensor])
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    path.write_bytes(model.SerializeToString())
    for each in path.parent.iterdir():
        os.utime(each, (1e9, 1e9))  # file systems do not tell times within some ms apart


def shrink(path: Path) -> None:
    os.truncate(path, 100)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(bytes(1 << 20))


def rewrite(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[::-1])


def replace(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(path.read_bytes())
    new.replace(path)


def remove(path: Path) -> None:
    path.unlink()


CHANGES = [shrink, empty, grow, rewrite, replace, remove]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the models here like files of many MB: read only what is looked at."""
    monkeypatch.setattr(source, "_IN_MEMORY", 0)


def refused(work: Callable[[], object]) -> str:
    """The message of the ``ModelError`` that ``work`` ends with: not by SIGBUS, for instance."""
    with pytest.raises(ModelError) as caught:
        work()
    return str(caught.value)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("change", CHANGES)
def test_before_the_structure_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "m.onnx"
    write_model(path)
    strip = wire.Walk.strip

    def late(self: wire.Walk, data: Buffer) -> bytes:
        change(path)
        return strip(self, data)

    monkeypatch.setattr(wire.Walk, "strip", late)
    assert refused(lambda: load(str(path))).startswith(f"{path}: ")


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("change", CHANGES)
def test_around_the_reading_of_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], moment: str
) -> None:
    path = tmp_path / "m.onnx"
    write_model(path)
    model = load(str(path))
    monkeypatch.setattr(elements, "stored", around(elements.stored, change, path, moment))
    says = f"{path}: the file changed while it was being read; try again"
    assert refused(lambda: first(model)) == says


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("change", [shrink, empty, grow, rewrite])
def test_around_the_reading_of_external_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], moment: str
) -> None:
    path = tmp_path / "m.onnx"
    write_model(path, external="w.bin")
    weights = tmp_path / "w.bin"
    model = load(str(path))
    monkeypatch.setattr(elements, "raw", around(elements.raw, change, weights, moment))
    says = f"{weights}: the file changed while it was being read; try again"
    assert refused(lambda: first(model)) == says


@pytest.mark.parametrize("change", CHANGES)
def test_external_weights_are_those_there_were_at_first(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """Of the same size too: half of the weights would be those of another model."""
    path = tmp_path / "m.onnx"
    write_model(path, external="w.bin")
    model = load(str(path))
    assert isinstance(first(model), np.ndarray)
    change(tmp_path / "w.bin")
    says = f"{tmp_path / 'w.bin'}: the file changed while it was being read; try again"
    assert refused(lambda: first(model)) == says


def test_external_weights_that_appear_late_are_not_read(tmp_path: Path) -> None:
    """The problems of the model say that they are missing."""
    path, weights = tmp_path / "m.onnx", tmp_path / "w.bin"
    write_model(path, external="w.bin")
    weights.rename(tmp_path / "later")
    model = load(str(path))
    assert [problem.code for problem in model.problems] == ["external-missing"]
    (tmp_path / "later").rename(weights)
    assert "the file changed" in refused(lambda: first(model))


def around(
    read: Callable[..., object], change: Callable[[Path], None], path: Path, moment: str
) -> Callable[..., object]:
    """``read``, before or after which the file changes."""

    def reading(*arguments: object) -> object:
        if moment == "before":
            change(path)
        result = read(*arguments)
        if moment == "after":
            change(path)
        return result

    return reading


def first(model: Model) -> object:
    return model.payloads.array(model.proto.graph.initializer[0])


@pytest.mark.usefixtures("large")
def test_a_disk_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.model import file

    def fail(*_: int) -> bytes:
        raise OSError(5, "Input/output error")

    path = tmp_path / "m.onnx"
    write_model(path)
    monkeypatch.setattr(file, "_read_at", fail)
    says = f"{path}: cannot be read: Input/output error; check the disk or copy it again"
    assert refused(lambda: load(str(path))) == says


@pytest.mark.usefixtures("large")
def test_views_too_large_for_memory_are_mapped_and_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.model import file

    path = tmp_path / "m.onnx"
    write_model(path)
    read = first(load(str(path)))
    monkeypatch.setattr(file, "_LARGE", 4096)
    mapped = first(load(str(path)))
    assert isinstance(read, np.ndarray)
    assert isinstance(mapped, np.ndarray)
    assert np.array_equal(read, mapped)
    assert not mapped.flags.writeable


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("command", ["inspect", "check"])
def test_the_command_line_says_it_in_one_line(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    path = tmp_path / "m.onnx"
    write_model(path)
    monkeypatch.setattr(elements, "rows", around(elements.rows, shrink, path, "before"))
    outcome = cli(command, "m.onnx", "--weights", "-q")
    assert outcome.code == 2
    assert (outcome.out + outcome.err).count("\n") == 1
    assert "m.onnx: " in outcome.out + outcome.err
    assert "the file changed while it was being read; try again\n" in outcome.out + outcome.err
