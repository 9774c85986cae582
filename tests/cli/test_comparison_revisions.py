"""OLD and NEW from a git repository."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.cli.conftest import Cli
from tests.cli.repositories import commit, git, pointer, store, write
from tests.cli.repositories import repository as empty
from tests.compare.test_weights import W, model


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return empty(tmp_path)


def put(folder: Path, proto: onnx.ModelProto, *, outside: bool = False) -> None:
    """Commit a model."""
    path = folder / "models" / "net.onnx"
    path.parent.mkdir(exist_ok=True)
    if outside:
        onnx.save(proto, path, save_as_external_data=True, location="net.data", size_threshold=0)
    else:
        path.write_bytes(proto.SerializeToString())
    commit(folder)


def test_a_revision_is_compared_with_what_is_there_now(cli: Cli, repository: Path) -> None:
    put(repository, model())
    (repository / "models/net.onnx").write_bytes(model(weights=W * 2).SerializeToString())
    outcome = cli("compare", "git:HEAD:models/net.onnx", "models/net.onnx", "--format=json")
    found = json.loads(outcome.out)
    assert (found["weights"]["layers"], found["weights"]["largest"]) == (1, 1.0)
    assert found["old"]["model"]["path"] == "git:HEAD:models/net.onnx"


def test_external_data_of_a_revision_are_read(cli: Cli, repository: Path) -> None:
    put(repository, model(), outside=True)
    new = model()
    new.graph.initializer[0].CopyFrom(numpy_helper.from_array(W + np.float32(1), "w"))
    (repository / "models/net.data").unlink()
    put(repository, new, outside=True)
    out = cli("compare", "git:HEAD~1:models/net.onnx", "git:HEAD:models/net.onnx").out
    assert "only weights changed: those of 1 layer" in out
    same = cli("compare", "git:HEAD:models/net.onnx", "models/net.onnx").out
    assert "the same: operators, attributes, types, connections and all weights" in same


def test_what_a_revision_does_not_have_is_named(cli: Cli, repository: Path) -> None:
    put(repository, model())
    outcome = cli("compare", "git:HEAD:models/other.onnx", "models/net.onnx")
    assert (outcome.code, "models/other.onnx" in outcome.err) == (2, True)
    assert cli("compare", "git:nowhere:models/net.onnx", "models/net.onnx").code == 2
    assert cli("compare", "git:HEAD", "models/net.onnx").code == 2


def test_a_text_where_a_model_should_be_is_named_as_git_has_it(cli: Cli, repository: Path) -> None:
    commit(repository, models__net=b"<html>")
    git(repository, "mv", "models/net", "models/net.onnx")
    commit(repository)
    outcome = cli("compare", "git:HEAD:models/net.onnx", "git:HEAD:models/net.onnx")
    assert outcome.code == 2
    assert "git:HEAD:models/net.onnx" in outcome.err
    assert "onnxlint-" not in outcome.err


def test_a_pointer_of_git_lfs_is_followed_where_its_content_is_here(
    cli: Cli, repository: Path
) -> None:
    data = model().SerializeToString()
    write(repository / "models/net.onnx", pointer(data))
    commit(repository)
    (repository / "models/net.onnx").write_bytes(data)
    words = ("compare", "git:HEAD:models/net.onnx", "models/net.onnx")
    assert cli(*words).code == 2
    store(repository, data)
    assert "the same: " in cli(*words).out
